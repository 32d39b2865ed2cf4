"""Selects over documents, their files and deliveries; the first argument is always the practice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from crm.clients.models import Client, Release
from crm.db import NotFound, db
from crm.documents.models import (
    Delivery,
    DeliveryChannel,
    DeliveryState,
    Document,
    DocumentFile,
    DocumentState,
    LetterWords,
)
from crm.outreach.models import MessageKind, MessageState, OutboxMessage
from crm.sources.models import Office, Source


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of a list and how it left, if it did."""

    document: Document
    delivery: Delivery | None


def get_document(practice_id: int, document_id: int, *, lock: bool = False) -> Document:
    """Return a document with source, office and client; raises NotFound for a missing or a foreign one alike."""
    query = (
        select(Document)
        .where(Document.practice_id == practice_id, Document.id == document_id)
        .options(joinedload(Document.source).joinedload(Source.office), joinedload(Document.client))
    )
    if lock:
        query = query.execution_options(populate_existing=True)
    document: Document | None = db.session.scalar(query)
    if document is None:
        raise NotFound
    return document


def find_draft(practice_id: int, task_key: str) -> Document | None:
    """Return the draft or the approved letter that was begun for a task, the newest."""
    query = select(Document).where(
        Document.practice_id == practice_id, Document.task_key == task_key, Document.state != DocumentState.DISCARDED
    )
    return db.session.scalar(query.order_by(Document.id.desc()).limit(1))


def page_of(practice_id: int, state: DocumentState, *, limit: int, offset: int = 0) -> list[Listed]:
    """Return documents of a state, the last changed first, each with its latest delivery."""
    copies = aliased(Delivery)
    latest = (
        select(func.max(copies.id))
        .where(copies.document_id == Document.id, copies.state != DeliveryState.CANCELLED)
        .correlate(Document)
        .scalar_subquery()
    )
    query = (
        select(Document, Delivery)
        .outerjoin(Delivery, Delivery.id == latest)
        .where(Document.practice_id == practice_id, Document.state == state)
        .options(joinedload(Document.source), joinedload(Document.client))
        .order_by(Document.updated_at.desc(), Document.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Listed(document, delivery) for document, delivery in db.session.execute(query)]


def count_of(practice_id: int, state: DocumentState) -> int:
    """Count documents of a state."""
    query = select(func.count()).where(Document.practice_id == practice_id, Document.state == state)
    return db.session.scalar(query) or 0


def files_of(document_id: int) -> Sequence[DocumentFile]:
    """Return the frozen files of a document, the letter itself first."""
    query = select(DocumentFile).where(DocumentFile.document_id == document_id)
    return db.session.scalars(query.order_by(DocumentFile.position)).all()


def deliveries_of(practice_id: int, document_id: int) -> Sequence[Delivery]:
    """Return the copies of a document, oldest first."""
    query = select(Delivery).where(Delivery.practice_id == practice_id, Delivery.document_id == document_id)
    return db.session.scalars(query.order_by(Delivery.id)).all()


def get_delivery(practice_id: int, delivery_id: int) -> Delivery:
    """Return a delivery with its document; raises NotFound."""
    query = select(Delivery).where(Delivery.practice_id == practice_id, Delivery.id == delivery_id)
    options = (
        joinedload(Delivery.document).joinedload(Document.source),
        joinedload(Delivery.document).joinedload(Document.client),
        joinedload(Delivery.source),
    )
    delivery: Delivery | None = db.session.scalar(query.options(*options))
    if delivery is None:
        raise NotFound
    return delivery


def pile_of(practice_id: int) -> Sequence[Delivery]:
    """Return what waits to be printed and posted or carried, oldest first, with addresses."""
    query = select(Delivery).where(
        Delivery.practice_id == practice_id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.channel.in_([DeliveryChannel.LETTER, DeliveryChannel.HAND]),
    )
    options = (
        joinedload(Delivery.document).joinedload(Document.client),
        joinedload(Delivery.source).joinedload(Source.office),
    )
    return db.session.scalars(query.options(*options).order_by(Delivery.id)).all()


def settled_mail(practice_id: int) -> Sequence[tuple[Delivery, OutboxMessage]]:
    """Return deliveries still marked as waiting whose message was sent or cancelled."""
    query = (
        select(Delivery, OutboxMessage)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(
            Delivery.practice_id == practice_id,
            Delivery.state == DeliveryState.WAITING,
            OutboxMessage.state.in_([MessageState.SENT, MessageState.CANCELLED]),
        )
        .options(joinedload(Delivery.document).joinedload(Document.client))
        .order_by(Delivery.id)
    )
    return list(db.session.execute(query).tuples())


def find_delivery_of_message(message_id: int) -> Delivery | None:
    """Return the copy that an outgoing message carries, with its document and recipient."""
    query = select(Delivery).where(Delivery.message_id == message_id)
    return db.session.scalar(query.options(joinedload(Delivery.document), joinedload(Delivery.source)))


def overdue_mail(practice_id: int, *, before: datetime) -> Sequence[int]:
    """Return the letters that should have left before a moment and still wait."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.practice_id == practice_id,
        OutboxMessage.kind == MessageKind.LETTER,
        OutboxMessage.state == MessageState.QUEUED,
        OutboxMessage.next_at < before,
    )
    return db.session.scalars(query.order_by(OutboxMessage.id)).all()


def practices_with_mail() -> Sequence[int]:
    """Return the practices with copies in the outbox that are not settled yet."""
    query = select(Delivery.practice_id).where(
        Delivery.state == DeliveryState.WAITING, Delivery.message_id.is_not(None)
    )
    return db.session.scalars(query.distinct()).all()


def find_valid_release(practice_id: int, client_id: int, source_id: int, on: date) -> Release | None:
    """Return the release of a client that covers a recipient on a day, the one that lasts longest."""
    query = select(Release).where(
        Release.practice_id == practice_id, Release.client_id == client_id, Release.source_id == source_id
    )
    valid = [release for release in db.session.scalars(query) if release.covers(on)]
    return max(valid, key=lambda release: release.until_on, default=None)


def find_release(practice_id: int, release_id: int) -> Release | None:
    """Return the release a copy leaves under, as it stands now."""
    query = select(Release).where(Release.practice_id == practice_id, Release.id == release_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def other_mail_since(practice_id: int, source_id: int, moment: datetime, *, message_id: int) -> bool:
    """Say whether another letter left by mail for this source at or after `moment`, or is leaving now."""
    leaving = OutboxMessage.state.in_([MessageState.CLAIMED, MessageState.IN_DATA])
    left = OutboxMessage.state.in_([MessageState.SENT, MessageState.UNKNOWN])
    query = (
        select(OutboxMessage.id)
        .join(Delivery, Delivery.message_id == OutboxMessage.id)
        .where(
            Delivery.practice_id == practice_id,
            Delivery.source_id == source_id,
            OutboxMessage.id != message_id,
            or_(leaving, and_(left, func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at) >= moment)),
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


def own_words(practice_id: int, key: str) -> LetterWords | None:
    """Return a practice's own wording of a letter, if it has one."""
    return db.session.get(LetterWords, (practice_id, key))


def keys_with_own_words(practice_id: int) -> set[str]:
    """Return which letters a practice has its own wording of."""
    return set(db.session.scalars(select(LetterWords.key).where(LetterWords.practice_id == practice_id)))


def offices_named_in(practice_id: int, text: str) -> list[str]:
    """Return the names of offices that stand in a text: the scope check takes them as other people's names."""
    query = select(Office.name).where(
        Office.practice_id == practice_id,
        func.length(Office.name) > 3,
        literal(text.lower()).like(literal("%") + func.lower(Office.name) + literal("%")),
    )
    return list(db.session.scalars(query))


def sealed_clients(practice_id: int) -> list[tuple[str, bytes]]:
    """Return uuid and sealed part of every client of a practice: their names may stand in no other's letter."""
    query = select(Client.uuid, Client.sealed).where(Client.practice_id == practice_id, Client.sealed.is_not(None))
    return [(uuid, sealed) for uuid, sealed in db.session.execute(query) if sealed is not None]


def disclosures_of(practice_id: int, client_id: int) -> Sequence[Delivery]:
    """Return everything about a client that left the house, oldest first."""
    query = (
        select(Delivery)
        .join(Document, Document.id == Delivery.document_id)
        .where(
            Delivery.practice_id == practice_id,
            Document.client_id == client_id,
            Delivery.state == DeliveryState.SENT,
        )
        .options(joinedload(Delivery.document), joinedload(Delivery.source))
        .order_by(Delivery.sent_at, Delivery.id)
    )
    return db.session.scalars(query).all()


def releases_by_id(practice_id: int, ids: set[int]) -> dict[int, Release]:
    """Return some releases by id."""
    query = select(Release).where(Release.practice_id == practice_id, Release.id.in_(ids))
    return {release.id: release for release in db.session.scalars(query)}
