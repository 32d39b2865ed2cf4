"""The guards: each mistake that costs referrals, what keeps it from happening here, and how it stands now (pure).

A guard whose state nothing on file could show is never called fine: it says what enforces it.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from crm.documents.habits import EVERYONE
from crm.readiness.outputs import CHECKS, OnFile

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "guards.toml"
SHOWN = 5  # rows named under a guard; the others are counted
CHECK_AGE = 90  # days a readiness check stays a reading of the present


class Standing(StrEnum):
    """How a guard stands: the mistake is there, it is not, nothing to look at yet, or it cannot be made."""

    TRIPPED = "tripped"
    HOLDS = "holds"
    IDLE = "idle"
    BUILT = "built"


@dataclass(frozen=True, slots=True)
class Guard:
    """One mistake, as config/guards.toml has it."""

    key: str
    group: str
    title: str
    why: str
    rule: str
    where: str
    at: str
    needs: str
    state: str
    finds: tuple[str, ...] = ()
    among: str = ""
    fact: str = ""
    of: str = ""
    one: str = ""
    many: str = ""
    holds: str = ""
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Something one can open: its name and its address."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Writing:
    """A text, wording, draft or report, with what was found in it; `kind` is what `among` asks for, or empty."""

    row: Row
    found: frozenset[str]  # rules, missing statements, habits; "block" where something must be replaced
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on file, as far as the guards ask."""

    today: date
    on_file: OnFile = field(default_factory=OnFile)
    writings: Sequence[Writing] = ()
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """How a guard stands, in words, with the rows behind it."""

    standing: Standing
    words: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def shown(self) -> tuple[Row, ...]:
        """Return the rows that are named."""
        return self.rows[:SHOWN]

    @property
    def more(self) -> int:
        """Count the others."""
        return len(self.rows) - len(self.shown)


def _load() -> dict[str, Guard]:
    told = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))["guard"]
    return {key: Guard(key=key, **(row | {"finds": tuple(row.get("finds", ()))})) for key, row in told.items()}


GUARDS = _load()


def state_of(guard: Guard, facts: Facts) -> State:
    """Say how a guard stands."""
    return _QUESTIONS[guard.state](guard, facts)


def _writings(guard: Guard, facts: Facts) -> State:
    looked_at = [one for one in facts.writings if not guard.among or one.kind == guard.among]
    return _rows_of(guard, [one.row for one in looked_at if not one.found.isdisjoint(guard.finds)], len(looked_at))


def _rows(guard: Guard, facts: Facts) -> State:
    found = facts.rows.get(guard.fact, ())
    return _rows_of(guard, found, facts.totals.get(guard.of or guard.fact, 0))


def _rows_of(guard: Guard, rows: Sequence[Row], looked_at: int) -> State:
    if rows:
        return State(Standing.TRIPPED, _counted(guard, len(rows)), tuple(rows))
    return State(Standing.HOLDS, guard.holds) if looked_at else State(Standing.IDLE, guard.idle)


def _counted(guard: Guard, count: int) -> str:
    return guard.one if count == 1 else guard.many.format(n=count)


def _built(_guard: Guard, _facts: Facts) -> State:
    return State(Standing.BUILT)


def _role(guard: Guard, facts: Facts) -> State:
    if not facts.on_file.role:
        return State(Standing.TRIPPED, guard.one)
    return State(Standing.HOLDS, guard.holds.format(role=facts.on_file.role))


def _niche(guard: Guard, facts: Facts) -> State:
    told = facts.on_file.texts.get("niche")
    if told is None or not told.text:
        return State(Standing.TRIPPED, guard.one)
    named = any(EVERYONE in one.found for one in facts.writings if one.row.at == guard.at)
    return State(Standing.TRIPPED, guard.many) if named else State(Standing.HOLDS, guard.holds)


def _pitch(guard: Guard, facts: Facts) -> State:
    passes = CHECKS["pitch"](facts.on_file)
    return State(Standing.HOLDS, guard.holds) if passes else State(Standing.TRIPPED, guard.one)


def _checked(guard: Guard, facts: Facts) -> State:
    last = max(facts.on_file.checks, default=None)
    if last is None:
        return State(Standing.TRIPPED, guard.one)
    age = (facts.today - last).days
    return State(Standing.TRIPPED, guard.many.format(n=age)) if age > CHECK_AGE else State(Standing.HOLDS, guard.holds)


_QUESTIONS: Mapping[str, Callable[[Guard, Facts], State]] = {
    "writings": _writings,
    "rows": _rows,
    "built": _built,
    "role": _role,
    "niche": _niche,
    "pitch": _pitch,
    "checked": _checked,
}
