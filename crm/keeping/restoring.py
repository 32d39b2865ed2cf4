"""Bring a backup back as a data folder: all is checked before anything is touched, and nothing sends by itself."""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import CursorResult, delete, select, update

from crm.accounts import notices_service as notices
from crm.accounts.models import Practice, Role, SetupLink, User, UserSession
from crm.accounts.notice_words import Notice
from crm.accounts.permissions import RoleName
from crm.clients import erasure_service
from crm.clients.models import Client
from crm.clients.record_models import Erasure
from crm.crypto import Keyring
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.audit_cli import verdict_of
from crm.journal.keeping_acts import DataRestored
from crm.keeping import archive, copying
from crm.keeping.manifest import Erased, Manifest
from crm.keeping.models import KeepingRun, Kind, RunState
from crm.outreach import jobs, mornings, upkeep_jobs
from crm.outreach.models import ActionUse, DigestDay, MessageState, OutboxMessage

ROOM, DATABASE = ".restoring", "handoff.sqlite3"
ENDED = (MessageState.SENT, MessageState.FAILED, MessageState.CANCELLED)
# A feed says "nothing new" to a calendar that names the revision it has seen; the lost days may have come further.
JUMP = 1_000_000


class Refusal(Exception):  # noqa: N818
    """A file that cannot be restored, or a folder it cannot go into; `field` says which of them."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back and what was done to it."""

    manifest: Manifest
    held: int
    signed_out: int
    erased_again: tuple[str, ...]  # codes
    unread: tuple[str, ...]  # backups beside it whose ledger could not be read
    trouble: str = ""


def restore(path: Path, into: Path, keyring: Keyring, *, now: datetime, ledger: Path | None = None) -> Restored:
    """Bring a backup back into an empty folder. Raises Refusal, and then nothing was touched.

    Whoever was erased after the backup stays erased: the ledger is read from `ledger`, or from all backups that lie
    beside `path`. Messages that had not left are held, sessions and links end, feeds go on.
    """
    _refuse_taken(into)
    manifest = _checked(path, keyring)
    erased, unread = _ledger(path, keyring, ledger)
    with _room_in(into) as room:
        copy = room / DATABASE
        with copy.open("xb") as file:
            copy.chmod(0o600)
            archive.read(path, keyring, file)
        _check_rows(path.name, copy, manifest)
        with current_app.extensions["handoff"].elsewhere(room).app_context():
            try:
                upgrade()
                restored = _settled(path.name, manifest, (*manifest.erased, *erased), unread, now)
                upkeep_jobs.wipe_deleted()
            finally:
                db.session.remove()
                db.engine.dispose()
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copy.rename(into / DATABASE)
    sync_folder(into)
    return restored


def sync_folder(folder: Path) -> None:
    """Let a rename in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_taken(into: Path) -> None:
    if into.exists() and not into.is_dir():
        raise Refusal("into", f"{into} is no folder")
    if into.exists() and any(path.name != ROOM for path in into.iterdir()):
        raise Refusal("into", f"{into} is not empty; choose a folder that is empty or not there yet")


def _checked(path: Path, keyring: Keyring) -> Manifest:
    """Read the whole backup once; nothing is written."""
    if not path.is_file():
        raise Refusal("file", f"there is no file {path}")
    try:
        manifest = archive.read(path, keyring)
    except archive.BadArchive as error:
        raise Refusal("file", f"{path.name} cannot be restored: {error}") from None
    scripts = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    if manifest.schema not in {script.revision for script in scripts.walk_revisions()}:
        raise Refusal("file", f"{path.name} was made by a newer program ({manifest.program}); install that one first")
    return manifest


def _check_rows(name: str, copy: Path, manifest: Manifest) -> None:
    try:
        rows = copying.examine(copy)
    except copying.NotWhole as error:
        raise Refusal("file", f"{name}: its database was damaged when it was made ({error})") from None
    if rows != manifest.rows:
        raise Refusal("file", f"{name}: its rows are not those its manifest counts")


def _ledger(path: Path, keyring: Keyring, ledger: Path | None) -> tuple[list[Erased], tuple[str, ...]]:
    """Return who was erased by the manifests beside a backup, and the names of those that cannot be read."""
    if ledger is not None:
        try:
            return list(archive.read_manifest(ledger, keyring).erased), ()
        except (archive.BadArchive, OSError) as error:
            raise Refusal("ledger", f"{ledger.name} cannot be read: {error}") from None
    erased: list[Erased] = []
    unread: list[str] = []
    for beside in sorted(path.parent.glob("*.backup")):
        try:
            erased += archive.read_manifest(beside, keyring).erased
        except (archive.BadArchive, OSError):
            unread.append(beside.name)
    return erased, tuple(unread)


@contextmanager
def _room_in(into: Path) -> Iterator[Path]:
    """Give a folder to work in, which goes again; on any error nothing of ours is left."""
    was_there = into.exists()
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    room = into / ROOM
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(mode=0o700)
    try:
        yield room
    except BaseException:
        shutil.rmtree(into if not was_there else room, ignore_errors=True)
        raise
    shutil.rmtree(room)


def _settled(
    name: str, manifest: Manifest, erased: Iterable[Erased], unread: tuple[str, ...], now: datetime
) -> Restored:
    """Make a database of the past fit for today; in the context of its own application."""
    with writing(jobs.HEARTBEAT_LOCK):
        held = _hold_all(manifest.made_at)
        signed_out = _sign_out_all()
        db.session.execute(delete(KeepingRun).where(KeepingRun.state == RunState.RUNNING))
        db.session.add(KeepingRun(kind=Kind.RESTORE, state=RunState.OK, at=manifest.made_at, file=name[:120]))
        for practice in db.session.scalars(select(Practice).order_by(Practice.id)).all():
            practice.task_revision += JUMP
            _count_digests_as_sent(practice, now)
            journal.record(practice, DataRestored(made_at=manifest.made_at.isoformat()), now=now)
            _tell_owners(practice, manifest.made_at, now)
    with writing(jobs.HEARTBEAT_LOCK):
        codes = tuple(line.code for line in {e.client: e for e in erased}.values() if _erase_again(line, now))
    verdicts = [verdict_of(practice)[0] for practice in db.session.scalars(select(Practice)).all()]
    trouble = next((f"The journal does not hold: {v.trouble}." for v in verdicts if not v.holds), "")
    return Restored(manifest, held, signed_out, codes, unread, trouble)


def _tell_owners(practice: Practice, made_at: datetime, now: datetime) -> None:
    base_url = current_app.extensions["handoff"].settings.base_url
    owners = select(User).where(
        User.practice_id == practice.id, User.active.is_(True), User.roles.any(Role.name == RoleName.OWNER)
    )
    for owner in db.session.scalars(owners):
        told = f"the backup of {made_at:%Y-%m-%d %H:%M} UTC"
        notices.tell(owner, Notice.RESTORED, now=now, base_url=base_url, detail=told)


def _hold_all(made_at: datetime) -> int:
    note = f"From the backup of {made_at:%Y-%m-%d %H:%M} UTC; may have been sent since."
    held = db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state.not_in(ENDED))
        .values(state=MessageState.HELD, reply=note, lease_until=None, claim=OutboxMessage.claim + 1)
    )
    assert isinstance(held, CursorResult)  # noqa: S101 - an UPDATE gives no other
    return held.rowcount


def _sign_out_all() -> int:
    """End every session, action link and setup link: all but the last hang on what is made anew here."""
    users = db.session.scalars(select(User)).all()
    for user in users:
        user.fs_uniquifier = uuid.uuid4().hex
    db.session.execute(delete(UserSession))
    db.session.execute(delete(ActionUse))
    db.session.execute(delete(SetupLink).where(SetupLink.used_at.is_(None)))
    return len(users)


def _count_digests_as_sent(practice: Practice, now: datetime) -> None:
    """Where today's hour of a digest is over it may have gone out already: at most one a day."""
    local = now.astimezone(ZoneInfo(practice.time_zone))
    for user in db.session.scalars(select(User).where(User.practice_id == practice.id)):
        if local.time() < mornings.wishes_of(user).hour:
            continue
        if db.session.get(DigestDay, (user.id, local.date())) is None:
            db.session.add(DigestDay(user_id=user.id, on=local.date(), empty=False, at=now))


def _erase_again(line: Erased, now: datetime) -> bool:
    """Erase a client whom the backup still knows, and keep the line of the ledger; return whether they were there."""
    practice = db.session.scalar(select(Practice).where(Practice.uuid == line.practice))
    if practice is None:
        return False
    client = db.session.scalar(select(Client).where(Client.uuid == line.client, Client.practice_id == practice.id))
    if client is not None:
        erasure_service.erase(practice, client, now=now).erased_at = line.at
        return True
    known = select(Erasure.id).where(Erasure.client_uuid == line.client)
    if db.session.scalar(known) is None:
        db.session.add(Erasure(practice_id=practice.id, client_uuid=line.client, code=line.code, erased_at=line.at))
    return False
