"""Sessions: what took place, what was done, and how it was borne."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from crm.accounts.models import Practice
from crm.clients import queries, record_queries
from crm.clients.models import Client, ClientClass
from crm.clients.opened_queries import SESSIONS, EarlierLog, earlier_logs, open_words
from crm.clients.record_models import Attendance, SessionLog
from crm.clients.service import refresh_status
from crm.clients.vitals import Words
from crm.crypto import Sealer
from crm.db import db
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.client_acts import SessionMissed, SessionWritten
from crm.journal.events import Event, SessionHeld, TaskDone
from crm.journal.models import JournalEntry
from crm.outreach.task_queries import find_open_task


class NeedsReason(Exception):  # noqa: N818
    """A session that should rest was held; `why` says what stands against it, and a reason is asked for."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class AlreadyLogged(Exception):  # noqa: N818
    """This very form was saved before; `session` is what came of it."""

    def __init__(self, session: SessionLog) -> None:
        super().__init__(session.id)
        self.session = session


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """A planned session as it was entered; `reason`: why one was held although something stood against it."""

    held_on: date
    attendance: Attendance
    words: Words
    form_key: str
    later: bool = False  # held, its log is written afterwards
    reason: str = ""


def log_session(
    practice: Practice,
    client: Client,
    details: SessionDetails,
    *,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> SessionLog:
    """Log a session. One that was held plans what follows; the caller commits.

    Raises AlreadyLogged for a form posted twice, and NeedsReason where exercise rests after a red flag
    (H13) or the referral of a post-rehab client is missing (H9) and no reason was given.
    """
    if logged := record_queries.find_session_by_form(practice.id, details.form_key):
        raise AlreadyLogged(logged)
    attended = details.attendance is Attendance.ATTENDED
    against = stands_against(practice, client) if attended else ""
    if against and not details.reason.strip():
        raise NeedsReason(against)
    event: Event = SessionMissed(client=client.code, attendance=details.attendance.value)
    if attended:
        event = SessionHeld(client=client.code, logged=False if details.later else None)
    on = details.held_on if details.held_on < journal.local_day(practice, now) else None
    entry = journal.record(practice, event, now=now, on=on, actor=actor)
    if against:
        journal.add_note(entry, f"{against} {details.reason}", sealer)
    row = _row(practice, client, details, entry, sealer)
    refresh_status(practice, client)
    return row


def _row(
    practice: Practice, client: Client, details: SessionDetails, entry: JournalEntry, sealer: Sealer
) -> SessionLog:
    row = SessionLog(
        practice_id=practice.id,
        client_id=client.id,
        entry_seq=entry.seq,
        held_on=details.held_on,
        attendance=details.attendance,
        sealed=b"",
        form_key=details.form_key,
    )
    db.session.add(row)
    db.session.flush()
    _seal(row, details.words, sealer)
    return row


def stands_against(practice: Practice, client: Client) -> str:
    """Say why no session should be held now; empty where nothing stands against it."""
    if client.on_hold:
        return "Exercise rests after a red flag."
    begun = journal_queries.entries_of_types(practice.id, client.id, {"session_held"})
    if client.client_class is ClientClass.POST_REHAB and not begun and not queries.referrals_of(practice.id, client.id):
        return "A post-rehab client begins with a referral, and none is on file."
    return ""


def write_log(
    practice: Practice,
    client: Client,
    row: SessionLog,
    words: Words,
    *,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> None:
    """Write, or write anew, the log of a session; the task that waits for it is done. Raises Unreadable.

    What stood there before is kept under the same seal.
    """
    before, earlier = open_words(row, sealer), earlier_logs(row, sealer)
    if before == words:
        return
    if not before.is_empty:
        earlier = [*earlier, {"until": now.isoformat(), "by": actor, "words": asdict(before)}]
    _seal(row, words, sealer, earlier)
    journal.record(practice, SessionWritten(client=client.code, session=row.id), now=now, actor=actor)
    key = f"C46:{client.code}:{row.held_on.isoformat()}"
    if (task := find_open_task(practice.id, key)) is not None:
        journal.record(
            practice, TaskDone(key=key), now=now, actor=actor, source_id=task.source_id, client_id=task.client_id
        )


def _seal(row: SessionLog, words: Words, sealer: Sealer, earlier: Sequence[EarlierLog] = ()) -> None:
    row.sealed = sealer.seal(asdict(words) | {"earlier": list(earlier)}, table=SESSIONS, row=row.uuid)
