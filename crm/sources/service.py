"""Add and change sources and their offices, and keep the words they are found by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SourceChanged
from crm.journal.events import OptOut, SourceAdded
from crm.outreach.models import Task, TaskStatus
from crm.sources import queries
from crm.sources.credentials import OTHER, read_credentials
from crm.sources.models import Channel, Credential, Grade, Office, Source, SourceTerm
from crm.sources.person_names import split_whole_name
from crm.sources.search import terms_of
from crm.sources.specialties import read_specialty

CHUNK = 500
TITLE_FIELDS = {"name", "credential", "office"}  # they stand in the titles of tasks
COLUMNS = {
    "name": ("first_name", "middle_name", "last_name", "suffix"),
    "credential": ("credential", "credentials_text"),
    "specialty": ("specialty",),
    "npi": ("npi",),
    "grade": ("grade",),
    "channel": ("channel",),
    "phone": ("phone",),
    "fax": ("fax",),
    "email": ("email",),
    "report_days": ("report_days",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetails:
    """Everything somebody can say of a source, in our own form."""

    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    credential: Credential = Credential.OTHER
    credentials_text: str = ""
    specialty: str = ""
    npi: str | None = None
    grade: Grade | None = None
    channel: Channel = Channel.FAX
    phone: str = ""
    fax: str = ""
    email: str = ""
    report_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDetails:
    """Where a source works: an office on file by its id, or one by name; `days` only where they were asked for."""

    office_id: int | None = None
    name: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    fax: str = ""
    hours: str = ""
    closed_weekdays: str = ""
    closed_days: tuple[date, ...] = ()


OFFICE_COLUMNS = ("name", "street", "city", "state", "zip", "phone", "fax", "hours", "closed_weekdays")


class NpiTaken(Exception):  # noqa: N818
    """Another source of the practice has this NPI."""

    def __init__(self, other: Source) -> None:
        super().__init__(other.id)
        self.other = other


class AlreadyListed(Exception):  # noqa: N818
    """Somebody of this full name is listed at this office."""

    def __init__(self, other: Source) -> None:
        super().__init__(other.id)
        self.other = other


def letters(typed: str, specialty: str) -> tuple[Credential, str]:
    """Read the letters behind a name; a profession that only the specialty tells counts too."""
    read = read_credentials(typed)
    engine = read.engine if read.engine != OTHER else read_specialty(specialty).profession or OTHER
    return Credential(engine), read.display[:80]


def named(text: str) -> SourceDetails:
    """Return what a name as people write it says of a source: "Helen Marsh, MD"."""
    name = split_whole_name(text)
    credential, shown = letters(name.credentials, "")
    return SourceDetails(
        first_name=name.first,
        middle_name=name.middle,
        last_name=name.last,
        suffix=name.suffix,
        credential=credential,
        credentials_text=shown,
    )


def add_source(
    practice: Practice, details: SourceDetails, office: OfficeDetails, *, now: datetime, actor: int | None = None
) -> Source:
    """Add a source; graded A or B it is worked with from now on, else it is only listed. The caller commits.

    Raises NpiTaken, AlreadyListed, and NotFound for an office of another practice.
    """
    _refuse_npi(practice, details.npi, None)
    place = _office_of(practice, office)
    source = Source(practice_id=practice.id, office_id=place.id if place else None, created_at=now)
    _write(source, details)
    if other := queries.find_namesake(practice.id, source):
        raise AlreadyListed(other)
    db.session.add(source)
    db.session.flush()
    index_sources([source])
    _begin_work(practice, source, now=now, actor=actor)
    return source


def change_source(
    practice: Practice,
    source: Source,
    details: SourceDetails,
    office: OfficeDetails,
    *,
    no_contact: bool = False,
    now: datetime,
    actor: int | None = None,
) -> set[str]:
    """Write what was edited, record which facts changed, and return them. The caller commits.

    Grading a listed source A or B begins its tasks. `no_contact` records an opt-out; nothing here takes one
    back. Raises NpiTaken, and NotFound for an office of another practice.
    """
    before, before_office = _facts(source), _office_facts(source.office)
    old_office_id = source.office_id
    _refuse_npi(practice, details.npi, source.id)
    place = _office_of(practice, office)
    _write(source, details)
    if place is not None and office.office_id == old_office_id:
        _write_office(place, office)
    source.office_id = place.id if place else None
    db.session.flush()
    after = _facts(source)
    changed = {name for name in COLUMNS if before[name] != after[name]}
    changed |= _office_changes(old_office_id, before_office, place)
    if changed:
        index_sources([source])
        _titles_changed(practice, source, changed, now)
        journal.record(practice, _changed(source, changed), now=now, actor=actor)
    _begin_work(practice, source, now=now, actor=actor)
    if no_contact and not source.do_not_contact:
        journal.record(practice, OptOut(source=f"s{source.id}"), now=now, actor=actor)
    return changed


def grade_source(practice: Practice, source: Source, grade: Grade, *, now: datetime, actor: int | None = None) -> None:
    """Give a source a grade; A or B begins its tasks. The caller commits."""
    if source.grade != grade:
        source.grade = grade
        journal.record(practice, _changed(source, {"grade"}), now=now, actor=actor)
    _begin_work(practice, source, now=now, actor=actor)


def _changed(source: Source, fields: Iterable[str]) -> SourceChanged:
    return SourceChanged(source=f"s{source.id}", fields=" ".join(sorted(fields)))


def _begin_work(practice: Practice, source: Source, *, now: datetime, actor: int | None) -> None:
    if source.added_on is None and source.grade in {Grade.A, Grade.B}:
        journal.record(practice, SourceAdded(source=f"s{source.id}"), now=now, actor=actor)


def _write(source: Source, details: SourceDetails) -> None:
    for names in COLUMNS.values():
        for name in names:
            setattr(source, name, getattr(details, name))
    source.sort_name = f"{details.last_name} {details.first_name}".strip().lower()[:180]


def _refuse_npi(practice: Practice, npi: str | None, source_id: int | None) -> None:
    if npi and (other := queries.find_by_npi(practice.id, npi)) and other.id != source_id:
        raise NpiTaken(other)


def _facts(source: Source) -> dict[str, tuple[object, ...]]:
    return {field: tuple(getattr(source, name) for name in names) for field, names in COLUMNS.items()}


def _office_facts(office: Office | None) -> dict[str, object]:
    return {name: getattr(office, name) for name in (*OFFICE_COLUMNS, "closed_days")} if office else {}


def _office_changes(old_id: int | None, before: dict[str, object], place: Office | None) -> set[str]:
    if (place.id if place else None) != old_id:
        return {"office", "closed_days"}
    after = _office_facts(place)
    names = {name for name in after if after[name] != before.get(name)}
    found = {"closed_days"} if names & {"closed_weekdays", "closed_days"} else set()
    if "hours" in names:
        found.add("hours")
    return found | ({"office"} if names - {"closed_weekdays", "closed_days", "hours"} else set())


def _office_of(practice: Practice, details: OfficeDetails) -> Office | None:
    """Return the office meant: the chosen one, one of exactly this name, or a new one."""
    if details.office_id is not None:
        return queries.get_office(practice.id, details.office_id)
    if not details.name:
        return None
    if found := queries.find_office(practice.id, details.name):
        return found
    office = Office(practice_id=practice.id)
    _write_office(office, details)
    db.session.add(office)
    db.session.flush()
    return office


def _write_office(office: Office, details: OfficeDetails) -> None:
    for name in OFFICE_COLUMNS:
        setattr(office, name, getattr(details, name))
    office.closed_days = sorted(day.isoformat() for day in details.closed_days)


def _titles_changed(practice: Practice, source: Source, changed: set[str], now: datetime) -> None:
    """Give what a calendar shows of this source a new revision, since its titles read differently."""
    practice.task_revision += 1
    if changed & TITLE_FIELDS:
        db.session.execute(
            update(Task)
            .where(Task.practice_id == practice.id, Task.source_id == source.id, Task.status == TaskStatus.OPEN)
            .values(revision=Task.revision + 1, changed_at=now)
            .execution_options(synchronize_session=False)
        )


def index_sources(sources: Collection[Source]) -> None:
    """Write the words that sources are found by, in place of what was there; the sources must have their ids."""
    found = list(sources)
    offices = _offices_of({source.office_id for source in found if source.office_id is not None})
    for start in range(0, len(found), CHUNK):
        piece = found[start : start + CHUNK]
        db.session.execute(delete(SourceTerm).where(SourceTerm.source_id.in_([source.id for source in piece])))
        rows = [
            {"practice_id": source.practice_id, "term": term, "source_id": source.id}
            for source in piece
            for term in _terms(source, offices.get(source.office_id or 0))
        ]
        if rows:
            db.session.execute(insert(SourceTerm), rows)


def _offices_of(office_ids: set[int]) -> dict[int, tuple[str, str]]:
    ids, found = sorted(office_ids), {}
    for start in range(0, len(ids), CHUNK):
        query = select(Office.id, Office.name, Office.city).where(Office.id.in_(ids[start : start + CHUNK]))
        found.update({row.id: (row.name, row.city) for row in db.session.execute(query)})
    return found


def _terms(source: Source, office: tuple[str, str] | None) -> list[str]:
    return terms_of(
        source.first_name,
        source.middle_name,
        source.last_name,
        source.specialty,
        source.npi,
        *(office or ()),
    )
