"""Erasing a client: what is held of them goes; their code in the journal and a line in the ledger stay."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.clients.record_models import Erasure
from crm.db import db
from crm.documents.models import Delivery, Document
from crm.journal import service as journal
from crm.journal.models import EntryNote, JournalEntry
from crm.journal.rights_acts import ClientErased
from crm.outreach.models import MessageState, OutboxMessage

ON_ITS_WAY = (MessageState.CLAIMED, MessageState.IN_DATA)


class LeavingNow(Exception):  # noqa: N818
    """A letter about this client is being handed to the mail server this moment."""


def erase(practice: Practice, client: Client, *, now: datetime, actor: int | None = None) -> Erasure:
    """Delete all that is held about a client and write the ledger.

    The caller commits, then wipes the disk (`upkeep_jobs.wipe_deleted`). The journal is append-only and keeps what
    happened under the code; how their sources stand does not change.
    Raises LeavingNow where a letter about them is on the wire.
    """
    messages = _messages_of(practice.id, client.id)
    if any(message.state in ON_ITS_WAY for message in messages):
        raise LeavingNow
    entry = journal.record(practice, ClientErased(client=client.code), now=now, actor=actor)
    entries = select(JournalEntry.seq).where(
        JournalEntry.practice_id == practice.id, JournalEntry.client_id == client.id
    )
    sources = set(
        db.session.scalars(
            select(JournalEntry.source_id).where(JournalEntry.seq.in_(entries), JournalEntry.source_id.is_not(None))
        )
    )
    db.session.execute(delete(EntryNote).where(EntryNote.entry_seq.in_(entries)))
    db.session.execute(delete(Document).where(Document.practice_id == practice.id, Document.client_id == client.id))
    db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_([message.id for message in messages])))
    line = Erasure(practice_id=practice.id, client_uuid=client.uuid, code=client.code, erased_at=now, erased_by=actor)
    db.session.add(line)
    # All else of a client hangs on their row and goes with it.
    db.session.execute(delete(Client).where(Client.practice_id == practice.id, Client.id == client.id))
    db.session.expunge(client)
    db.session.flush()
    journal.retell(practice, {id_ for id_ in sources if id_ is not None}, {client.id}, now=now, seq=entry.seq)
    return line


def _messages_of(practice_id: int, client_id: int) -> Sequence[OutboxMessage]:
    query = (
        select(OutboxMessage)
        .join(Delivery, Delivery.message_id == OutboxMessage.id)
        .join(Document, Document.id == Delivery.document_id)
        .where(OutboxMessage.practice_id == practice_id, Document.client_id == client_id)
    )
    return db.session.scalars(query).all()
