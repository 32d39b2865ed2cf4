"""Clients: a referral and all it obliges, visits known and moved, what happens to a client."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crm.accounts.models import Practice
from crm.clients import queries
from crm.clients.models import Client, ClientClass, ClientStatus, Referral, ReferralMethod, Visit
from crm.clients.record_models import FlagRaised
from crm.clients.referral_check import Elements, check
from crm.crypto import Sealer
from crm.db import db
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.events import ClientAdded, Event, RedFlag, ReferralReceived, VisitCancelled, VisitScheduled
from crm.journal.flag_acts import HoldLifted
from crm.journal.models import JournalEntry
from crm.sources.models import Source


class DuplicateReferral(Exception):  # noqa: N818
    """This client has an open referral from this source already; `referral` is it."""

    def __init__(self, referral: Referral) -> None:
        super().__init__(referral.id)
        self.referral = referral


class AlreadySaved(Exception):  # noqa: N818
    """This very form was saved before; `referral` is what came of it."""

    def __init__(self, referral: Referral) -> None:
        super().__init__(referral.id)
        self.referral = referral


class CodeTaken(Exception):  # noqa: N818
    """Another client has this code, or had it before they were erased."""


@dataclass(frozen=True, slots=True)
class ReferralDetails:
    """What a referral says, as it was typed in."""

    received_on: date
    method: ReferralMethod
    service: str
    diagnosis: str
    icd10: str
    written: bool
    transition: bool
    form_key: str
    client_code: str = ""  # empty: a new client with the next code
    client_name: str = ""
    client_class: ClientClass | None = None
    visit_on: date | None = None
    on_paper: Elements | None = None  # what was seen on the paper, where nobody typed what it says

    @property
    def elements(self) -> Elements:
        """Return which of the four elements are there."""
        return self.on_paper or check(
            written=self.written,
            service=self.service,
            diagnosis=self.diagnosis,
            icd10=self.icd10,
            transition=self.transition,
        )


def receive_referral(
    practice: Practice,
    source: Source,
    details: ReferralDetails,
    *,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> Referral:
    """Record a referral and everything it obliges the practice to do.

    One unit of work: client, referral, visit, journal entries, tasks and step. The caller commits.

    Raises AlreadySaved for a form posted twice, DuplicateReferral if this client has an open referral
    from `source`, and CodeTaken for the code of a client who was erased.
    """
    if saved := queries.find_referral_by_form(practice.id, details.form_key):
        raise AlreadySaved(saved)
    client, is_new = _client_of(practice, source, details, sealer)
    if not is_new and (earlier := queries.find_open_referral(practice.id, source.id, client.id)):
        raise DuplicateReferral(earlier)
    referral = _referral(practice, source, client, details, sealer)
    visit = _visit(practice, client, details.visit_on, source) if details.visit_on else None

    on = details.received_on if details.received_on < journal.local_day(practice, now) else None
    events: list[Event] = [
        ReferralReceived(
            source=f"s{source.id}", id=f"r{referral.id}", client=client.code, complete=details.elements.complete
        )
    ]
    if is_new:
        events.append(ClientAdded(client=client.code))
    happenings = [journal.Happening(event, None if on else now, on) for event in events]
    if visit is not None:
        # The visit became known with the referral's arrival on this desk, not before.
        happenings.append(journal.Happening(_scheduled(client, visit), now))
    journal.record_all(practice, happenings, now=now, actor=actor)
    return referral


def _client_of(practice: Practice, source: Source, details: ReferralDetails, sealer: Sealer) -> tuple[Client, bool]:
    if details.client_code:
        found = queries.find_client(practice.id, details.client_code)
        if found is not None:
            return found, False
        if queries.was_erased(practice.id, details.client_code):
            raise CodeTaken(details.client_code)
    return add_client(
        practice,
        code=details.client_code,
        source=source,
        client_class=details.client_class,
        private={"name": details.client_name, "diagnosis": details.diagnosis, "icd10": details.icd10},
        sealer=sealer,
    ), True


def add_client(
    practice: Practice,
    *,
    code: str,
    source: Source | None,
    client_class: ClientClass | None,
    private: dict[str, Any],
    sealer: Sealer,
) -> Client:
    """Add a client; without a code it gets the practice's next one. What names it is sealed."""
    client = Client(
        practice_id=practice.id,
        code=code or next_code(practice),
        source_id=source.id if source else None,
        client_class=client_class,
        sample=bool(source and source.sample),
    )
    db.session.add(client)
    db.session.flush()
    client.sealed = sealer.seal(private, table="client", row=client.uuid)
    return client


def next_code(practice: Practice) -> str:
    """Return the next free code, C-0101 and on."""
    while True:
        code = f"C-{practice.next_client:04}"
        practice.next_client += 1
        if queries.find_client(practice.id, code) is None and not queries.was_erased(practice.id, code):
            return code


def _referral(practice: Practice, source: Source, client: Client, details: ReferralDetails, sealer: Sealer) -> Referral:
    elements = details.elements
    referral = Referral(
        practice_id=practice.id,
        source_id=source.id,
        client_id=client.id,
        received_on=details.received_on,
        method=details.method,
        is_written=elements.written,
        has_wording=elements.wording,
        has_diagnosis=elements.diagnosis,
        has_transition=elements.transition,
        sealed=b"",
        form_key=details.form_key,
    )
    db.session.add(referral)
    db.session.flush()  # the event names the referral by id, and the sealed text is bound to its uuid
    told = {"service": details.service, "diagnosis": details.diagnosis, "icd10": details.icd10}
    referral.sealed = sealer.seal(told, table="referral", row=referral.uuid)
    return referral


def _visit(practice: Practice, client: Client, visit_on: date, source: Source | None) -> Visit:
    visit = Visit(
        practice_id=practice.id, client_id=client.id, source_id=source.id if source else None, visit_on=visit_on
    )
    db.session.add(visit)
    db.session.flush()
    return visit


def _scheduled(client: Client, visit: Visit) -> VisitScheduled:
    return VisitScheduled(
        client=client.code,
        id=f"v{visit.id}",
        visit_on=visit.visit_on.isoformat(),
        source=f"s{visit.source_id}" if visit.source_id else None,
    )


def schedule_visit(
    practice: Practice,
    client: Client,
    visit_on: date,
    *,
    source: Source | None,
    now: datetime,
    actor: int | None = None,
) -> Visit:
    """Put a medical visit on file; the report before it and the question after it follow."""
    visit = _visit(practice, client, visit_on, source)
    journal.record(practice, _scheduled(client, visit), now=now, actor=actor)
    return visit


def move_visit(
    practice: Practice, client: Client, visit: Visit, to: date, *, now: datetime, actor: int | None = None
) -> None:
    """Move a visit; open tasks follow, sent reports stay (R9). The same date again has no effect."""
    if visit.visit_on == to and not visit.cancelled:
        return
    visit.visit_on, visit.cancelled = to, False
    db.session.flush()
    journal.record(practice, _scheduled(client, visit), now=now, actor=actor)


def cancel_visit(practice: Practice, client: Client, visit: Visit, *, now: datetime, actor: int | None = None) -> None:
    """Take a visit off the file."""
    visit.cancelled = True
    db.session.flush()
    journal.record(practice, VisitCancelled(client=client.code, id=f"v{visit.id}"), now=now, actor=actor)


STATUS_AFTER = {
    "assessment_done": ClientStatus.ACTIVE,
    "session_held": ClientStatus.ACTIVE,
    "client_paused": ClientStatus.PAUSED,
    "client_resumed": ClientStatus.ACTIVE,
    "discharged": ClientStatus.DISCHARGED,
}
HOLD_TYPES = frozenset({RedFlag.type, HoldLifted.type})


def record_client_event(
    practice: Practice, client: Client, event: Event, *, now: datetime, on: date | None = None, actor: int | None = None
) -> JournalEntry:
    """Record what happened to a client and keep the status that lists show. The caller commits."""
    entry = journal.record(practice, event, now=now, on=on, actor=actor)
    refresh_status(practice, client)
    return entry


def refresh_status(practice: Practice, client: Client) -> None:
    """Read off the journal again, as after an undo: a client's status, the hold, and its referrals' end."""
    entries = journal_queries.entries_of_types(practice.id, client.id, set(STATUS_AFTER) | HOLD_TYPES)
    client.status, ended = ClientStatus.REFERRED, None
    for entry in entries:
        client.status = STATUS_AFTER.get(entry.type, client.status)
        if entry.type == "discharged":
            ended = entry.happened_on or journal.local_day(practice, entry.happened_at or entry.at)
            break  # discharge is final
    for referral in db.session.scalars(select(Referral).where(Referral.client_id == client.id)):
        referral.closed_on = ended
    client.on_hold = bool(resting(entries))
    lifted = {entry.payload["flag"]: entry.seq for entry in entries if entry.type == HoldLifted.type}
    for flag in db.session.scalars(select(FlagRaised).where(FlagRaised.client_id == client.id)):
        flag.lifted_seq = lifted.get(flag.entry_seq)
    db.session.flush()


def resting(entries: Iterable[JournalEntry]) -> list[int]:
    """Return the red flags among a client's entries after which exercise still rests (H13)."""
    found = list(entries)
    lifted = {entry.payload["flag"] for entry in found if entry.type == HoldLifted.type}
    return [entry.seq for entry in found if entry.type == RedFlag.type and entry.seq not in lifted]
