"""What the clock does: idempotent jobs that take `now`, commit by themselves and return how many they did."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from flask import current_app
from sqlalchemy import select

from crm.accounts.models import Practice
from crm.clock import local_date
from crm.crypto import KeyringError, Unreadable
from crm.db import Turn, by_one_worker, db, take_turn, writing
from crm.documents import delivery_service as deliveries
from crm.documents import queries as document_queries
from crm.documents import service as documents
from crm.outreach import limit_queries, mailer, outbox, service
from crm.outreach.cadence import BadInput
from crm.outreach.circle_queries import Circle
from crm.outreach.models import MessageKind, OutboxMessage, Task, TaskStatus
from crm.outreach.sending import NO_KEY, ChannelDown, Claim, Outcome, Retry, Sent
from crm.pipeline import service as pipeline
from crm.settings import Settings
from crm.sources.models import Source

log = structlog.get_logger()
AT_ONCE = 100  # relationships and clients replayed while a person waits
HEARTBEAT_LOCK = 0  # the number of no practice: on PostgreSQL it keeps two workers from crossing in the heartbeat row


def replan_practice(practice: Practice, *, now: datetime) -> int:
    """Replay every circle of care of a practice in one transaction; return how many. The caller commits."""
    return sum(1 for _circle in _replayed(practice, *_waiting(practice.id), now=now))


def replan_soon(practice: Practice, *, now: datetime) -> bool:
    """Replay a practice after its calendar changed: at once where that is a matter of a second, else at the next tick.

    Returns whether it is done. The caller commits.
    """
    sources, clients = _waiting(practice.id)
    if len(sources) + len(clients) > AT_ONCE:
        practice.replanned_on = ""
        return False
    replan_practice(practice, now=now)
    return True


@by_one_worker(Turn.REPLAN)
def replan_today(*, now: datetime) -> int:
    """Replay each practice once on every local day, since "today" moves watches, gates and caps.

    Each circle is a transaction of its own, so that nobody waits for all of them. Idempotent: the local date
    of the last complete run stands in the practice. Of several workers one does it; if it dies, the next to
    tick does. Returns how many circles were replayed.
    """
    circles = 0
    for practice_id in db.session.scalars(select(Practice.id).order_by(Practice.id)).all():
        practice = db.session.get_one(Practice, practice_id)
        today = local_date(now, practice.time_zone).isoformat()
        if practice.replanned_on == today:
            continue  # not >=: after a clock that ran ahead was put right, the days in between are days too
        sources, clients = _waiting(practice_id)
        while sources or clients:
            circles += _replayed_alone(practice_id, sources, clients, now=now)
        with writing(practice_id):
            db.session.get_one(Practice, practice_id).replanned_on = today
    return circles


def _replayed_alone(practice_id: int, sources: set[int], clients: set[int], *, now: datetime) -> int:
    """Replay one circle in a transaction of its own; one that cannot be read is logged and holds up no other."""
    try:
        with writing(practice_id):
            practice = db.session.get_one(Practice, practice_id)
            next(_replayed(practice, sources, clients, now=now))
    except (BadInput, ValueError, LookupError, TypeError) as error:
        log.error("circle_not_replayed", practice=practice_id, kind=type(error).__name__, exc_info=error)
        return 0
    return 1


def _waiting(practice_id: int) -> tuple[set[int], set[int]]:
    """Return the relationships of a practice, and the clients for whom something waits, by id."""
    open_ones = select(Task.client_id).where(
        Task.practice_id == practice_id,
        Task.status.in_([TaskStatus.OPEN, TaskStatus.SUPPRESSED]),
        Task.client_id.is_not(None),
    )
    clients = {client_id for client_id in db.session.scalars(open_ones.distinct()) if client_id is not None}
    worked_with = select(Source.id).where(Source.practice_id == practice_id, Source.added_on.is_not(None))
    return set(db.session.scalars(worked_with)), clients


def _replayed(practice: Practice, sources: set[int], clients: set[int], *, now: datetime) -> Iterator[Circle]:
    """Replay circle after circle, taking what each holds out of the two sets."""
    today = local_date(now, practice.time_zone)
    while sources or clients:
        of_source = {sources.pop()} if sources else set()
        circle = service.replan(practice, of_source, set() if of_source else {clients.pop()}, now=now)
        pipeline.apply(practice, circle.source_ids, today=today)
        sources -= circle.source_ids
        clients -= circle.client_ids
        yield circle


def replan_all(*, now: datetime, dry_run: bool = False) -> list[str]:
    """Replay every practice and return one line for each task that differs; `dry_run` changes nothing."""
    differences: list[str] = []
    for practice_id in db.session.scalars(select(Practice.id).order_by(Practice.id)).all():
        try:
            with writing(practice_id):
                before = _plan(practice_id)
                replan_practice(db.session.get_one(Practice, practice_id), now=now)
                after = _plan(practice_id)
                differences += [
                    f"{key}: {before.get(key, 'nothing')} -> {after.get(key, 'nothing')}"
                    for key in sorted(before.keys() | after.keys())
                    if before.get(key) != after.get(key)
                ]
                if dry_run:
                    raise _OnlyLooking
        except _OnlyLooking:
            db.session.expire_all()
    return differences


class _OnlyLooking(Exception):  # noqa: N818
    """Ends a dry run, so that nothing of it stays."""


def _plan(practice_id: int) -> dict[str, str]:
    query = select(Task.key, Task.status, Task.due, Task.window_end).where(Task.practice_id == practice_id)
    return {row.key: f"{row.status.value} {row.due} to {row.window_end}" for row in db.session.execute(query)}


def send_outbox(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, one message at a time. Returns how many were tried.

    On SQLite one sender works at a time: the lock is held for this pass only and goes with the process
    that holds it. `claimed`, `in_data` and the outcome are each committed before the next word is said
    to the server, so that a dead sender leaves nothing lost and nothing sent twice, only doubt that is
    shown. No transaction is open while the server is spoken to.
    """
    tried = 0
    with _the_only_sender() as lock_held:
        if not _prepare(now=now, lock_held=lock_held):
            return 0
        while not stop() and (claim := _claim(now)):
            tried += 1
            if not _send(claim, now=now):
                break
    follow_letters(now=now)
    return tried


def _prepare(*, now: datetime, lock_held: bool) -> bool:
    """Tidy the queue before a pass; return whether anything may be sent now."""
    with writing(HEARTBEAT_LOCK):
        outbox.recover(now=now, lock_held=lock_held)
        for practice in db.session.scalars(select(Practice)):
            outbox.drop_old_digests(practice.id, before=local_date(now, practice.time_zone))
        if reason := mailer.missing():
            outbox.hold_all(reason)
            return False
        outbox.let_go()
        for practice in db.session.scalars(select(Practice)):
            deliveries.hold_backlog(practice, now=now)
        return outbox.channel_may_try(now=now)


def _claim(now: datetime) -> Claim | None:
    """Claim the next message that may leave; a letter is asked at this last moment (H3, H18)."""
    while True:
        with writing():
            claim = outbox.claim_next(now=now)
            if claim is None or claim.kind != MessageKind.LETTER or _leaves(claim, now=now):
                return claim


def _leaves(claim: Claim, *, now: datetime) -> bool:
    """Say whether a claimed letter may leave now; if not, it is held or put off in the same transaction.

    Two letters to one provider must not be asked about by two workers at once: neither would see the other.
    """
    message = db.session.get_one(OutboxMessage, claim.id)
    take_turn(Turn.LETTERS, message.practice_id)
    leave = deliveries.may_leave(db.session.get_one(Practice, message.practice_id), message, now=now)
    match leave.answer:
        case deliveries.Answer.HOLD:
            outbox.hold(claim, leave.reason)
        case deliveries.Answer.LATER if leave.at is not None:
            outbox.put_off(claim, leave.reason, until=leave.at)
        case _ if not leave.urgent and (wait := limit_queries.wait_of(claim.id, mailer.mail_limits(), now=now)):
            outbox.put_off(claim, wait.reason, until=wait.until)
        case _:
            return True
    return False


def follow_letters(*, now: datetime) -> int:
    """Let the letters follow their mail: what was sent stands on the timeline and its task is done. Idempotent."""
    followed = 0
    for practice_id in document_queries.practices_with_mail():
        with writing(practice_id):
            followed += deliveries.follow_mail(db.session.get_one(Practice, practice_id), now=now)
    return followed


def _files(claim: Claim) -> list[mailer.File]:
    """Return the frozen files a letter carries. Raises KeyringError, Unreadable."""
    if claim.kind != MessageKind.LETTER:
        return []
    handoff = current_app.extensions["handoff"]
    delivery = document_queries.find_delivery_of_message(claim.id)
    found = document_queries.files_of(delivery.document_id) if delivery else []
    files = [mailer.File(f"{file.key}.pdf", documents.open_file(file, handoff.sealer())) for file in found]
    db.session.rollback()  # no transaction while the server is spoken to
    return files


def _send(claim: Claim, *, now: datetime) -> bool:
    """Try one message; return whether the next may be tried in this pass."""

    def on_data() -> None:
        with writing():
            outbox.mark_in_data(claim)

    try:
        files = _files(claim)
    except (KeyringError, Unreadable):
        with writing():
            outbox.hold(claim, NO_KEY)
        return True
    with mailer.connect() as connection:
        try:
            outcome = connection.deliver(mailer.compose(claim, files), on_data=on_data)
        except outbox.ClaimLost:  # it was taken up by another, or taken back, before anything was said of it
            log.warning("claim_lost", message=claim.id)
            return True
        _settle(claim, outcome, now=now)
    if not isinstance(outcome, Sent):
        log.warning("mail_not_sent", message=claim.id, attempts=claim.attempts, outcome=type(outcome).__name__)
    return not (isinstance(outcome, ChannelDown) or (isinstance(outcome, Retry) and outcome.server_down))


def _settle(claim: Claim, outcome: Outcome, *, now: datetime) -> None:
    """Write down what came of a try. Workers wait for each other only where the channel's one row has to change."""
    news = outbox.says_news(outcome, now=now)
    with writing(HEARTBEAT_LOCK if news else None):
        outbox.settle(claim, outcome, now=now)
        if news:
            outbox.note_channel(outcome, now=now)


@contextmanager
def _the_only_sender() -> Iterator[bool]:
    """Hold the senders' lock; yields whether there is one. PostgreSQL hands out messages by itself."""
    settings: Settings = current_app.extensions["handoff"].settings
    if not settings.is_sqlite:
        yield False
        return
    with (settings.data_dir / "sender.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield True
