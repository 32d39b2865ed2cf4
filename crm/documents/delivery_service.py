"""How an approved letter leaves, what proves that it arrived, and what lets it leave at the last moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from crm.accounts.models import Practice
from crm.db import db
from crm.documents import letters, queries
from crm.documents.channels import Address, mail_words, outreach_foot
from crm.documents.facts import town
from crm.documents.models import Delivery, DeliveryChannel, DeliveryState, Document, DocumentState, Proof
from crm.documents.service import NoRelease, brief_of, release_for
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.acts import DeliveryConfirmed, DocumentSent
from crm.journal.events import TaskDone
from crm.journal.models import JournalEntry
from crm.outreach import outbox, task_queries
from crm.outreach.models import MessageKind, OutboxMessage
from crm.outreach.sending import AFTER_OUTAGE, NewMessage

BACKLOG = 10  # more overdue letters than this after an outage wait for one click
OVERDUE = timedelta(hours=1)
NEXT_MORNING = time(8)
PROOFS_ARRIVAL = frozenset({Proof.FAX_RECEIPT, Proof.PORTAL, Proof.IN_PERSON, Proof.FRONT_DESK, Proof.IN_CHART})


class NotApproved(Exception):  # noqa: N818
    """Only what was approved may leave."""


class OnItsWay(Exception):  # noqa: N818
    """This letter waits to leave, or left, on this channel already."""


class DoNotContact(Exception):  # noqa: N818
    """The source does not want to be written to (H18)."""


class ByHandOnly(Exception):  # noqa: N818
    """What is for the client alone is handed over; it never goes to a provider or a payer."""


class AlreadySettled(Exception):  # noqa: N818
    """This copy left, or was taken back, before."""


class Answer(StrEnum):
    """What is said to a message that is about to leave."""

    GO = "go"
    HOLD = "hold"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Leave:
    """Whether a message may leave now; if not, why, and from when it may. `urgent`: no limit on mail delays it."""

    answer: Answer
    reason: str = ""
    at: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """How an arrival is known, and who at the office said so or took it."""

    proof: Proof = Proof.NONE
    to: str = ""


def send(
    practice: Practice, document: Document, to: Address, *, host: str, now: datetime, actor: int, unsubscribe: str = ""
) -> Delivery:
    """Put an approved letter on its way: by mail into the outbox, on paper onto the pile.

    What is told to somebody (phone, visit, portal) leaves at once; see `mark_sent`. The caller commits.

    Raises NotApproved, ByHandOnly, DoNotContact (H18), NoRelease (H3) and OnItsWay.
    """
    if document.state != DocumentState.APPROVED:
        raise NotApproved
    brief = brief_of(document)
    if brief.kind.for_client and (to.channel != DeliveryChannel.HAND or document.source_id is not None):
        raise ByHandOnly
    if document.source is not None and document.source.do_not_contact and document.key != "change-in-status":
        raise DoNotContact
    release = release_for(practice, brief, now)
    if brief.needs_release and release is None:
        raise NoRelease
    earlier = [d for d in queries.deliveries_of(practice.id, document.id) if d.channel == to.channel]
    if any(d.state != DeliveryState.CANCELLED for d in earlier):
        raise OnItsWay
    delivery = Delivery(
        practice_id=practice.id,
        document_id=document.id,
        source_id=document.source_id,
        channel=to.channel,
        to_name=to.name,
        to_address=to.address,
        release_id=release.id if release else None,
        created_at=now,
        created_by=actor,
    )
    if to.mailbox:
        subject, text = mail_words(practice.name, brief.kind, signed=to.signed)
        if brief.kind.unsolicited:
            text += outreach_foot((practice.street, town(practice.city, practice.state, practice.zip)), unsubscribe)
        message = NewMessage(
            practice_id=practice.id,
            key=f"task:{document.task_key or '-'}:{document.id}:{to.channel}{len(earlier) + 1}",
            kind=MessageKind.LETTER,
            recipient=to.mailbox,
            subject=subject,
            text=text,
            unsubscribe=unsubscribe if brief.kind.unsolicited else "",
        )
        delivery.message_id = outbox.enqueue(message, host=host, now=now)
    db.session.add(delivery)
    db.session.flush()
    return delivery


def mark_sent(
    practice: Practice,
    delivery: Delivery,
    *,
    at: datetime,
    now: datetime,
    actor: int | None = None,
    proven: Proven | None = None,
) -> None:
    """Note that a copy left: it stands on the timeline and the task it was written for is done.

    With a proof of arrival the check whether it reached the chart need not be made (C25).
    Raises AlreadySettled.
    """
    if delivery.state != DeliveryState.WAITING:
        raise AlreadySettled
    proven = proven or Proven()
    delivery.state, delivery.sent_at = DeliveryState.SENT, at
    if proven.proof:
        delivery.proof, delivery.proof_to, delivery.proof_at = proven.proof, proven.to, at
    document = delivery.document
    said = DocumentSent(
        document=document.id,
        delivery=delivery.id,
        template=document.key,
        channel=delivery.channel.value,
        source=f"s{delivery.source_id}" if delivery.source_id else None,
        client=document.client.code if document.client else None,
    )
    happenings = [journal.Happening(said, at=at)]
    if task := task_queries.find_open_task(practice.id, document.task_key) if document.task_key else None:
        done = TaskDone(key=task.key, receipt=True if proven.proof in PROOFS_ARRIVAL else None)
        happenings.append(journal.Happening(done, at=at, source_id=task.source_id, client_id=task.client_id))
    journal.record_all(practice, happenings, now=now, actor=actor)


def take_back(practice: Practice, delivery: Delivery, *, now: datetime, actor: int) -> None:
    """Say that a copy marked as sent by hand did not leave after all: it waits again.

    The journal gets two more entries; nothing is taken out. Raises AlreadySettled for what went by mail.
    """
    if delivery.state != DeliveryState.SENT or delivery.message_id is not None:
        raise AlreadySettled
    for entry in _entries_of(practice, delivery):
        journal.undo(practice, entry, now=now, actor=actor)
    delivery.state, delivery.sent_at = DeliveryState.WAITING, None
    delivery.proof, delivery.proof_to, delivery.proof_at = Proof.NONE, "", None


def _entries_of(practice: Practice, delivery: Delivery) -> Sequence[JournalEntry]:
    """Find what `mark_sent` wrote for this copy, the last first, so that tasks are replayed backwards."""
    entries = journal_queries.entries_at(practice.id, delivery.sent_at, {"document_sent", "task_done"})
    of_task = delivery.document.task_key
    mine = [
        e for e in entries if e.payload.get("delivery") == delivery.id or (of_task and e.payload.get("key") == of_task)
    ]
    return [e for e in reversed(mine) if not journal_queries.is_undone(practice.id, e.seq)]


def cancel(delivery: Delivery) -> None:
    """Take a copy back that has not left. Raises AlreadySettled."""
    if delivery.state != DeliveryState.WAITING:
        raise AlreadySettled
    if delivery.message_id is not None:
        outbox.cancel(delivery.practice_id, delivery.message_id)
    delivery.state = DeliveryState.CANCELLED


def confirm(practice: Practice, delivery: Delivery, proven: Proven, *, now: datetime, actor: int) -> None:
    """Note how the arrival is known. An open check whether it reached the chart is done with it."""
    if delivery.state != DeliveryState.SENT:
        raise NotApproved
    delivery.proof, delivery.proof_to, delivery.proof_at = proven.proof, proven.to, now
    document = delivery.document
    said = DeliveryConfirmed(
        document=document.id,
        delivery=delivery.id,
        template=document.key,
        proof=proven.proof.value,
        source=f"s{delivery.source_id}" if delivery.source_id else None,
        client=document.client.code if document.client else None,
    )
    happenings = [journal.Happening(said, at=now)]
    if document.key == "assessment-summary" and document.client_id is not None:
        check = task_queries.find_open_task_of_rule(practice.id, "C25", client_id=document.client_id)
        if check is not None:
            done = TaskDone(key=check.key, receipt=True)
            happenings.append(journal.Happening(done, at=now, source_id=check.source_id, client_id=check.client_id))
    journal.record_all(practice, happenings, now=now, actor=actor)


def follow_mail(practice: Practice, *, now: datetime) -> int:
    """Settle the copies whose message was sent or cancelled. Safe to repeat. Returns how many."""
    settled = 0
    for delivery, message in queries.settled_mail(practice.id):
        if message.sent_at is None:
            delivery.state = DeliveryState.CANCELLED
        else:
            mark_sent(practice, delivery, at=message.sent_at, now=now, actor=delivery.created_by)
        settled += 1
    return settled


def may_leave(practice: Practice, message: OutboxMessage, *, now: datetime) -> Leave:
    """Say at the last moment whether a letter may leave: release, do-not-contact, one a day for each provider.

    A change in status is a matter of safety: only the release stands above it.
    """
    delivery = queries.find_delivery_of_message(message.id)
    if delivery is None:
        return Leave(Answer.GO)  # it carries no document, so it is about nobody
    document, today = delivery.document, practice.local(now)
    kind, urgent = letters.kind_of(document.key), document.key == "change-in-status"
    if kind.about == "client":
        release = queries.find_release(practice.id, delivery.release_id) if delivery.release_id else None
        if release is None or not release.covers(today):
            return Leave(Answer.HOLD, "The release for this recipient was withdrawn or has ended.")
    if delivery.source is not None and delivery.source.do_not_contact and not urgent:
        return Leave(Answer.HOLD, "This source does not want to be contacted.")
    if kind.unsolicited and delivery.source_id is not None and not urgent:
        midnight = datetime.combine(today, time(), ZoneInfo(practice.time_zone))
        since = midnight.astimezone(now.tzinfo)
        if queries.other_mail_since(practice.id, delivery.source_id, since, message_id=message.id):
            morning = datetime.combine(today + timedelta(days=1), NEXT_MORNING, ZoneInfo(practice.time_zone))
            return Leave(Answer.LATER, "One message a day is enough for one person.", morning.astimezone(now.tzinfo))
    return Leave(Answer.GO, urgent=urgent)


def hold_backlog(practice: Practice, *, now: datetime) -> int:
    """Hold letters that are long overdue, as after an outage, where they are more than ten. Returns how many."""
    overdue = queries.overdue_mail(practice.id, before=now - OVERDUE)
    if len(overdue) <= BACKLOG:
        return 0
    return outbox.hold_waiting(overdue, AFTER_OUTAGE)
