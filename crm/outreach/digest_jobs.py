"""The morning digest on its way: who is due one now, what it says, and into the outbox once a date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import css_inline
from flask import current_app, render_template
from sqlalchemy import exists, select

from crm.accounts.models import Practice, User
from crm.db import Turn, by_one_worker, db, writing
from crm.journal import chain
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.acts import DigestRecorded
from crm.outreach import action_links, agenda, agenda_queries, digest, mornings, outbox, today_queries
from crm.outreach.action_links import Seal
from crm.outreach.models import DigestDay, MessageKind
from crm.outreach.sending import NewMessage
from crm.outreach.workdays import calendar_of
from crm.settings import Settings

URGENT_DAYS = 3  # working days ahead in which a report before a visit cannot wait (domain.md 12.5)
# Mail programs read style attributes; what asks for the reader's light and width has to stay a rule.
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class DigestMail:
    """A digest as it would be mailed."""

    subject: str
    text: str
    html: str
    unsubscribe: str
    empty: bool


@by_one_worker(Turn.DIGESTS)
def queue_digests(*, now: datetime) -> int:
    """Put the digests that are due into the outbox; returns how many days were decided, empty ones too.

    Once per user and local date, whatever runs twice or beside it: a row of `digest_day` says so. After
    an outage only today's comes, not one for every day missed. Of several workers one writes them.
    """
    decided = 0
    for practice_id in db.session.scalars(select(Practice.id).order_by(Practice.id)).all():
        practice = db.session.get_one(Practice, practice_id)
        local = now.astimezone(ZoneInfo(practice.time_zone))
        for user_id in _undecided(practice_id, local.date()):
            decided += _decide(practice_id, user_id, local, now=now)
    return decided


def digest_of(user: User, on: date, *, now: datetime) -> DigestMail:
    """Write a user's digest of the local date `on`, with links that hold for 72 hours from `now`."""
    written = written_digest(user, on, now=now)
    parts = {
        ending: render_template(f"email/digest.{ending}", digest=written) for ending in ("subject.txt", "txt", "html")
    }
    return DigestMail(
        subject=parts["subject.txt"].strip(),
        text=parts["txt"],
        html=INLINER.inline(parts["html"]),
        unsubscribe=written.stop_url,
        empty=written.is_empty,
    )


def written_digest(user: User, on: date, *, now: datetime) -> digest.Digest:
    """Say a user's digest of the local date `on` from the tasks as they stand."""
    practice = db.session.get_one(Practice, user.practice_id)
    calendar = calendar_of(practice.closed_days)
    items = agenda_queries.open_items(practice.id, today=on, until=on + timedelta(days=digest.REPORT_DAYS))
    found = agenda.group(items, on, urgent_until=calendar.count(on, URGENT_DAYS))
    without = agenda_queries.sources_without_step(practice.id, 2)
    morning = digest.Morning(
        without_step=[source.display_name for source in without],
        without_step_count=agenda_queries.count_without_step(practice.id),
        closed_yesterday=agenda_queries.closed_on(practice, on - timedelta(days=1)),
        next_on=mornings.next_morning(mornings.wishes_of(user), on, calendar),
        at=user.digest_hour,
        log_head=chain.short(*head) if (head := journal_queries.head(practice.id)) else "",
        has_letterhead=bool(practice.street and practice.phone),
    )
    settings: Settings = current_app.extensions["handoff"].settings
    seal = Seal(current_app.config["SECRET_KEY"], user.fs_uniquifier)
    mailing = digest.Mailing(user.id, settings.base_url, seal, action_links.ends_at(now))
    return digest.compose(found, morning, mailing)


def _undecided(practice_id: int, today: date) -> list[int]:
    query = select(User.id).where(
        User.practice_id == practice_id,
        User.active.is_(True),
        User.digest_on.is_(True),
        ~exists().where(DigestDay.user_id == User.id, DigestDay.on == today),
    )
    return list(db.session.scalars(query.order_by(User.id)))


def _decide(practice_id: int, user_id: int, local: datetime, *, now: datetime) -> bool:
    """Queue one user's digest of this local date if it is due, or note that there is nothing to say."""
    user = db.session.get_one(User, user_id)
    wishes = mornings.wishes_of(user)
    if not mornings.hour_has_come(wishes, local):
        return False  # before its hour nothing needs to be read
    calendar = calendar_of(db.session.get_one(Practice, practice_id).closed_days)
    urgent = today_queries.urgent(practice_id, calendar.count(local.date(), URGENT_DAYS), 1)
    if not mornings.is_due(wishes, now_local=local, calendar=calendar, has_urgent=bool(urgent)):
        return False
    mail = digest_of(user, local.date(), now=now)
    with writing(practice_id):
        if db.session.get(DigestDay, (user_id, local.date())) is not None:
            return False
        _record(user_id, mail, local.date(), now=now)
    return True


def _record(user_id: int, mail: DigestMail, on: date, *, now: datetime) -> None:
    user = db.session.get_one(User, user_id)
    practice = db.session.get_one(Practice, user.practice_id)
    settings: Settings = current_app.extensions["handoff"].settings
    skipped = mail.empty and not user.digest_when_empty
    db.session.add(DigestDay(user_id=user_id, on=on, empty=skipped, at=now))
    if not skipped:
        message = NewMessage(
            practice_id=practice.id,
            key=f"digest:{user_id}:{on.isoformat()}",
            kind=MessageKind.DIGEST,
            recipient=user.email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            unsubscribe=mail.unsubscribe,
        )
        outbox.enqueue(message, host=settings.hostname, now=now)
    journal.record(practice, DigestRecorded(user=user_id, on=on.isoformat(), empty=skipped), now=now)
