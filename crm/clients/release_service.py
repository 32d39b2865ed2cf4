"""Releases: a client's permission to tell one source about them, filed, withdrawn, taken back (H3)."""

from datetime import date, datetime

from crm.accounts.models import Practice
from crm.clients.models import Client, Release
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import ReleaseRestored, ReleaseWithdrawn
from crm.journal.events import ReleaseSigned
from crm.sources.models import Source


def file_release(
    practice: Practice,
    client: Client,
    source: Source,
    *,
    from_on: date,
    until_on: date,
    now: datetime,
    actor: int | None = None,
) -> Release:
    """File a release; the reminder before it ends follows (C62). The caller commits."""
    release = Release(
        practice_id=practice.id, client_id=client.id, source_id=source.id, from_on=from_on, until_on=until_on
    )
    db.session.add(release)
    db.session.flush()
    signed = ReleaseSigned(client=client.code, expires_on=until_on.isoformat())
    journal.record(practice, signed, now=now, actor=actor)
    return release


def withdraw_release(practice: Practice, client: Client, release: Release, *, now: datetime, actor: int) -> None:
    """Withdraw a release: from today on nothing leaves under it, not even what waits in the outbox."""
    release.withdrawn_on = practice.local(now)
    journal.record(practice, ReleaseWithdrawn(client=client.code, release=release.id), now=now, actor=actor)


def restore_release(practice: Practice, client: Client, release: Release, *, now: datetime, actor: int) -> None:
    """Take a withdrawal back."""
    release.withdrawn_on = None
    journal.record(practice, ReleaseRestored(client=client.code, release=release.id), now=now, actor=actor)
