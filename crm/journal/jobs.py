"""What the clock does for the journal: the newest digest of each practice's chain under a seal."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from crm.accounts.models import Practice
from crm.crypto import Keyring, KeyringError, load_keyring
from crm.db import db, writing
from crm.journal import chain, queries
from crm.journal.models import JournalHead

PURPOSE = "audit"


def seal_journal(*, now: datetime) -> int:
    """Seal what was written since the last time; return for how many practices.

    Without the key nothing is sealed until it is back; the chain grows all the same.
    """
    try:
        keyring = load_keyring(current_app.extensions["handoff"].settings.keyring_path)
    except KeyringError:
        return 0
    return sum(_seal(practice_id, keyring, now) for practice_id in db.session.scalars(select(Practice.id)).all())


def _seal(practice_id: int, keyring: Keyring, now: datetime) -> bool:
    if not _is_news(practice_id):
        return False
    with writing(practice_id):
        head, last = queries.head(practice_id), queries.newest_seal(practice_id)
        if head is None or (last and last.seq == head[0]):
            return False
        seq, digest = head
        key = keyring.sub_key(keyring.active, PURPOSE)
        mac = chain.seal_of(key, practice_id, seq, digest, last.mac if last else "")
        db.session.add(
            JournalHead(practice_id=practice_id, seq=seq, digest=digest, mac=mac, key_id=keyring.active, at=now)
        )
    return True


def _is_news(practice_id: int) -> bool:
    head, last = queries.head(practice_id), queries.newest_seal(practice_id)
    return head is not None and (last is None or last.seq != head[0])
