"""The door to the security log: an entry on the practice's chain in the act's own transaction, nothing replayed."""

from datetime import datetime

from crm.accounts.models import Practice
from crm.journal import service as journal
from crm.journal.access_acts import Access
from crm.journal.models import JournalEntry


def note(
    practice: Practice, event: Access, *, now: datetime, user_id: int | None = None, ip: str = "", session: str = ""
) -> JournalEntry:
    """Write one act into the log. The caller began to write, for this practice, and commits.

    `user_id` is who did it, None for the machine. `ip` and `session` are taken from the request where they are
    not given. It costs two statements, however long the journal is.
    """
    entry = JournalEntry(
        practice_id=practice.id,
        at=now,
        actor=user_id,
        type=event.type,
        happened_at=now,
        payload=event.payload(),
        ip=ip,
        session=session[:8],
    )
    journal.hang_on(practice, [entry])
    return entry
