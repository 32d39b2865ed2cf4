"""Decide what a list of providers means for what is on file: who is new, who changed, who stays as they are."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from crm.sources.credentials import OTHER
from crm.sources.provider_rows import ProviderRow, office_key

NAMED = (
    "first_name", "middle_name", "last_name", "suffix", "credential", "credentials_text", "specialty", "npi",
    "phone", "fax", "email",
)  # fmt: skip
NAMES = ("last_name", "first_name", "suffix")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows were what; each row counts once."""

    new: int = 0
    updated: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A source on file, as far as a list can speak of it."""

    id: int
    values: dict[str, str]
    office_id: int | None
    office_key: str
    zip: str
    has_street: bool
    is_worked: bool


@dataclass(slots=True)
class Person:
    """Somebody a list speaks of in one or more rows."""

    values: dict[str, str]
    known: Known | None = None
    office_key: str = ""
    changes: list[bool] = field(default_factory=list)  # for each row: did it say anything else?

    @property
    def moves(self) -> bool:
        """Say whether the list gives an office other than the one on file."""
        return bool(self.office_key) and (self.known is None or self.office_key != self.known.office_key)

    @property
    def is_changed(self) -> bool:
        """Say whether anything on file has to be written anew."""
        return self.known is not None and (self.moves or self.values != self.known.values)

    def take(self, row: ProviderRow) -> None:
        """Let a row speak: what it leaves empty stays, and a later row wins over an earlier one."""
        changed = False
        for name in NAMED:
            said = getattr(row, name)
            if said and self.values[name] != said and not (name == "credential" and said == OTHER):
                self.values[name] = said
                changed = True
        key = office_key(row)
        if key and key != self.office_key and not self._stays(row):
            self.office_key = key
            changed = True
        self.changes.append(changed)

    def _stays(self, row: ProviderRow) -> bool:
        """Keep an office somebody typed in without an address: the list's may well be the same one."""
        known = self.known
        return known is not None and known.office_id is not None and not known.has_street and bool(row.street)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everybody of a list, and a row for each office it names."""

    people: Sequence[Person]
    offices: dict[str, ProviderRow]
    counts: Counts


def sort_name(last_name: str, first_name: str) -> str:
    """Return the name that lists are sorted by."""
    return f"{last_name} {first_name}".strip().lower()[:180]


def plan(rows: Collection[ProviderRow], known: Iterable[Known]) -> Plan:
    """Match each row to somebody on file or of an earlier row.

    The NPI decides; without one the name with the office or the ZIP. The rows that tell most speak first. Somebody
    whose NPI is in the list is known by what its rows say, not by what is on file: so reading the same list twice
    finds the same people, whatever is kept of them.
    """
    desk = _Desk({row.npi for row in rows if row.npi})
    for one in known:
        desk.remember(desk.add(Person(dict(one.values), one, one.office_key)), None, _places(one.office_key, one.zip))
    offices: dict[str, ProviderRow] = {}
    keyed = sorted(((office_key(row), row) for row in rows), key=lambda pair: _speaks(*pair))
    for key, row in keyed:
        if key:
            offices.setdefault(key, row)
        places = _places(key, row.zip)
        person = desk.find(row, places) or desk.add(Person(dict.fromkeys(NAMED, "") | {"credential": OTHER}))
        person.take(row)
        desk.remember(person, row, places)
    people = [person for person in desk.people if person.changes]
    return Plan(people, offices, _counts(people))


def _speaks(key: str, row: ProviderRow) -> tuple[bool, bool, int]:
    return not row.npi, not key, row.line


def _places(key: str, zip_code: str) -> tuple[str, ...]:
    """Return what tells namesakes apart, the best first; without an office no place is kept, so "" comes last."""
    area = (f"zip {zip_code[:5]}",) if zip_code else ()
    return (f"office {key}", *area) if key else (*area, "")


class _Desk:
    """Everybody met so far, to be found by NPI or by name and place; `npis` are those of the list."""

    def __init__(self, npis: Collection[str]) -> None:
        self.people: list[Person] = []
        self._npis = npis
        self._by_npi: dict[str, Person] = {}
        self._listed: dict[tuple[str, str], list[Person]] = {}  # whose NPI is in the list
        self._others: dict[tuple[str, str], list[Person]] = {}

    def add(self, person: Person) -> Person:
        self.people.append(person)
        return person

    def remember(self, person: Person, row: ProviderRow | None, places: tuple[str, ...]) -> None:
        """Know a person by what a row says of them, or by what is on file."""
        if npi := person.values["npi"]:
            self._by_npi[npi] = person
        if self._is_listed(person) and row is None:
            return
        index = self._listed if self._is_listed(person) else self._others
        said = (row.last_name, row.first_name, row.suffix) if row else [person.values[name] for name in NAMES]
        for place in places:
            namesakes = index.setdefault((_name(*said), place), [])
            if not any(other is person for other in namesakes):
                namesakes.append(person)

    def find(self, row: ProviderRow, places: tuple[str, ...]) -> Person | None:
        if row.npi and (person := self._by_npi.get(row.npi)):
            return person
        return next((person for person in self._namesakes(row, places) if _may_be(person, row)), None)

    def _namesakes(self, row: ProviderRow, places: tuple[str, ...]) -> Iterator[Person]:
        name = _name(row.last_name, row.first_name, row.suffix)
        for place in places:
            yield from self._listed.get((name, place), ())
            yield from (other for other in self._others.get((name, place), ()) if not self._is_listed(other))

    def _is_listed(self, person: Person) -> bool:
        return person.values["npi"] in self._npis


def _name(last_name: str, first_name: str, suffix: str) -> str:
    return f"{sort_name(last_name, first_name)}|{suffix.lower()}"


def _may_be(person: Person, row: ProviderRow) -> bool:
    """Say whether a namesake at the same place can be the person of a row: no other NPI, no other middle name."""
    mine, theirs = person.values["middle_name"].lower().rstrip("."), row.middle_name.lower().rstrip(".")
    same_middle = mine.startswith(theirs) or theirs.startswith(mine)
    return same_middle and not (row.npi and person.values["npi"])


def _counts(people: Iterable[Person]) -> Counts:
    found = {"new": 0, "updated": 0, "same": 0}
    for word in (word for person in people for word in _outcomes(person)):
        found[word] += 1
    return Counts(**found)


def _outcomes(person: Person) -> Iterator[str]:
    if person.known is None:
        yield "new"
        yield from ("updated" if changed else "same" for changed in person.changes[1:])
    elif person.is_changed:
        yield from ("updated" if changed else "same" for changed in person.changes)
    else:
        yield from ("same" for _changed in person.changes)
