"""The invariants of security.md 4.2, read off the database, the mailbox and what people were told."""

from collections import Counter
from typing import Any

import mailroom
from chaos_people import Book
from smtp_server import SmtpServer
from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.clients.models import Client, Referral
from crm.clock import local_date, utcnow
from crm.db import db
from crm.documents.models import Delivery
from crm.journal import chain
from crm.journal import queries as journal_queries
from crm.outreach.models import DigestDay, MessageKind, MessageState, OutboxMessage, Task
from crm.outreach.sending import COUNTED_AS_SENT
from crm.shell_queries import shell_of

SETTLED = {MessageState.SENT, MessageState.UNKNOWN, MessageState.FAILED, MessageState.HELD, MessageState.CANCELLED}


def tally(book: Book, server: SmtpServer) -> dict[str, Any]:
    """Count what went well and what did not. Needs an application context."""
    rows = list(mailroom.rows().values())
    kept = Counter(message.message_id for message in server.kept)
    states = Counter(row.state.value for row in rows)
    sent = [row for row in rows if row.state == MessageState.SENT and row.reply != COUNTED_AS_SENT]
    known = {row.message_id for row in rows}
    return {
        "mails": len(rows),
        "sent": states["sent"],
        "unknown": states["unknown"],
        "unknown_that_arrived": sum(kept[row.message_id] for row in rows if row.state == MessageState.UNKNOWN),
        "referrals": len(book.referrals),
        "tasks": book.tasks,
        "letters": len(book.letters),
        "answers_cut": book.answers_cut,
        "broken": {
            "I1 lost writes": _lost_writes(book),
            "I2 called sent and never kept": sum(1 for row in sent if not kept[row.message_id]),
            "I3 kept twice": sum(1 for count in kept.values() if count > 1),
            "I4 stuck": sum(1 for row in rows if row.state not in SETTLED and row.next_at <= utcnow()),
            "I5 second digest of a day": _second_digests(),
            "I6 not shown": _not_shown(states),
            "I7 unexpected mails": sum(count for message_id, count in kept.items() if message_id not in known),
            "unexpected answers": len(book.unexpected),
            "journal": _journal(),
        },
        "said": book.unexpected[:5],
    }


def _lost_writes(book: Book) -> int:
    """Count what people were told is saved and is not there, or is there more than once."""
    query = select(Referral.form_key, Client.code).join(Client, Client.id == Referral.client_id)
    saved = {row.form_key: row.code for row in db.session.execute(query)}
    wrong = sum(1 for form_key, code in book.referrals.items() if saved.get(form_key) != code)
    tasks = db.session.scalar(select(func.count()).select_from(Task).where(Task.rule == "manual")) or 0
    wrong += max(0, book.tasks - tasks) + max(0, tasks - book.tasks - book.tasks_in_doubt)
    on_their_way = Counter(db.session.scalars(select(Delivery.document_id).where(Delivery.message_id.is_not(None))))
    return wrong + sum(1 for document in book.letters if on_their_way[document] != 1)


def _second_digests() -> int:
    """Count digests beyond one for each user and decided day; each decided day that had something to say has one."""
    days = db.session.scalar(select(func.count()).select_from(DigestDay).where(DigestDay.empty.is_(False)))
    mails = db.session.scalar(select(func.count()).where(OutboxMessage.kind == MessageKind.DIGEST))
    return abs((mails or 0) - (days or 0))


def _not_shown(states: Counter[str]) -> int:
    practice = db.session.scalars(select(Practice)).one()
    shown = shell_of(practice.id, local_date(utcnow(), practice.time_zone)).counts["outbox"]
    return abs(shown - states["unknown"] - states["failed"] - states["held"])


def _journal() -> int:
    practice = db.session.scalars(select(Practice)).one()
    return 1 if chain.verify(practice.id, journal_queries.chained(practice.id), [], {}).trouble else 0
