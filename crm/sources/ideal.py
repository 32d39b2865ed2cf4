"""Who is worth writing to: candidates with their fit, in order, and this week's five."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crm.sources import fit
from crm.sources.fit import Fit
from crm.sources.models import Grade

FIVE = 5


@dataclass(frozen=True, slots=True)
class Ranked:
    """A source with its fit, as the page lists it."""

    source_id: int
    name: str
    specialty: str
    office_id: int | None
    office: str
    grade: Grade | None
    worked: bool
    top_rank: int | None
    volume: int | None
    next_due_on: date | None
    fit: Fit


@dataclass(frozen=True, slots=True)
class Advice:
    """How many are worked at each grade, and what to think of it."""

    a: int
    b: int
    words: str
    too_many: bool


def in_order(candidates: Iterable[Ranked]) -> list[Ranked]:
    """Return candidates with the best fit first; equal ones by name."""
    return sorted(candidates, key=lambda one: (-one.fit.total, one.name, one.source_id))


def this_weeks_five(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return the five best who are only listed, one an office, so that no front desk gets five letters."""
    found: list[Ranked] = []
    offices: set[int] = set()
    for one in ranked:
        if one.worked or one.grade is Grade.C or (one.office_id is not None and one.office_id in offices):
            continue
        found.append(one)
        offices |= {one.office_id} if one.office_id is not None else set()
        if len(found) == FIVE:
            break
    return found


def chosen(ranked: Iterable[Ranked]) -> list[Ranked]:
    """Return who is worked with as an A or a B, in the order given."""
    return [one for one in ranked if one.worked and one.grade in (Grade.A, Grade.B)]


def advice(a: int, b: int) -> Advice:
    """Say whether what is graded A and B is more than one person can serve."""
    worked, most = a + b, fit.WORKED_AT_ONCE
    if worked > most:
        more = worked - most
        said = f"{worked} sources are graded A or B. One person serves about {most} well: let {more} rest as C."
        return Advice(a, b, said, True)
    if a > FIVE:
        return Advice(a, b, f"{a} are graded A. Three to five As get the care an A needs; make the others B.", True)
    room = most - worked
    return Advice(a, b, f"{worked} of about {most} are worked with; there is room for {room}.", False)
