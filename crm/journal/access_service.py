"""The door to the security log: an entry on the practice's chain in the act's own transaction, nothing replayed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from crm.accounts.models import Practice, User
from crm.db import db
from crm.journal import service as journal
from crm.journal.access_acts import Access, SettingsChanged
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


def note_once(
    practice: Practice, event: Access, *, now: datetime, within: timedelta, user_id: int | None = None
) -> JournalEntry | None:
    """Write one act into the log unless the same was written within that time; return None then."""
    same = select(JournalEntry.payload).where(
        JournalEntry.practice_id == practice.id,
        JournalEntry.type == event.type,
        JournalEntry.at > now - within,
        JournalEntry.actor.is_not_distinct_from(user_id),
    )
    if event.payload() in db.session.scalars(same).all():
        return None
    return note(practice, event, now=now, user_id=user_id)


@contextmanager
def watched(practice: Practice, *rows: Practice | User, now: datetime, user_id: int | None) -> Iterator[None]:
    """Note which fields of these rows the block changes, never what they say; nothing is noted of no change."""
    before = [_held(row) for row in rows]
    yield
    changed = {
        name for row, was in zip(rows, before, strict=True) for name, value in _held(row).items() if was[name] != value
    }
    if changed:
        note(practice, SettingsChanged(fields=" ".join(sorted(changed))), now=now, user_id=user_id)


def _held(row: Practice | User) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
