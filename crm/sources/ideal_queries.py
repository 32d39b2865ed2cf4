"""What is known of the sources that may fit a practice, gathered in a few selects."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select

from crm.accounts.models import Practice
from crm.clients.models import Client, ClientStatus
from crm.clients.record_models import TreatingProvider
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach import kinds
from crm.pipeline.signs import INTERNAL
from crm.readiness.niches import Niche
from crm.sources.distances import miles_between
from crm.sources.fit import Facts, fit
from crm.sources.ideal import Ranked
from crm.sources.models import Contact, ContactRole, Grade, Lane, Office, Source

MOST = 3000  # candidates weighed; of more, the first by name are taken
YEAR = timedelta(days=365)
DESK = (ContactRole.OFFICE_MANAGER, ContactRole.FRONT_DESK, ContactRole.REFERRAL_COORDINATOR)
REPLIES = ("reply_received", "referral_received", "education_asked")
TOUCHES = ("touch_logged", "task_done", "call_missed")


def ranked(practice: Practice, niches: Sequence[Niche], *, today: date) -> list[Ranked]:
    """Return everybody who sees people of the niches, or is worked with, with their fit; in no order."""
    order = {name: 2 for niche in niches for name in niche.second} | {n: 1 for niche in niches for n in niche.first}
    titles = {name: niche.title for niche in reversed(niches) for name in (*niche.second, *niche.first)}
    rows = db.session.execute(
        select(Source, Office.name, Office.zip, Office.phone, Office.fax)
        .outerjoin(Office, Source.office_id == Office.id)
        .where(
            Source.practice_id == practice.id,
            Source.do_not_contact.is_(False),
            Source.lane != Lane.PARKED,
            or_(Source.specialty.in_(order), Source.added_on.is_not(None)),
        )
        .order_by(Source.sort_name, Source.id)
        .limit(MOST)
    ).all()
    shared, desk = _shared_clients(practice.id), _with_a_name_at_the_desk(practice.id)
    touches, replies, spoken = _year_of_words(practice.id, today)
    return [
        Ranked(
            source_id=source.id,
            name=source.display_name,
            specialty=source.specialty,
            office_id=source.office_id,
            office=office or "",
            grade=source.grade,
            worked=source.added_on is not None,
            top_rank=source.top_rank,
            volume=source.volume,
            next_due_on=source.next_due_on,
            fit=fit(
                Facts(
                    credential=source.credential,
                    niche_rank=order.get(source.specialty, 0),
                    niche_title=titles.get(source.specialty, ""),
                    volume=source.volume,
                    shared_clients=shared.get(source.id, 0),
                    desk_name=source.id in desk,
                    reachable=bool(source.phone or source.fax or phone or fax),
                    spoken=source.id in spoken,
                    replies=replies[source.id],
                    touches=touches[source.id],
                    miles=miles_between(practice.zip, zip_code or ""),
                )
            ),
        )
        for source, office, zip_code, phone, fax in rows
    ]


def count_graded(practice_id: int) -> tuple[int, int]:
    """Return how many sources are graded A and B and not put aside."""
    query = (
        select(Source.grade, func.count())
        .where(Source.practice_id == practice_id, Source.lane != Lane.PARKED, Source.grade.in_([Grade.A, Grade.B]))
        .group_by(Source.grade)
    )
    found = dict(db.session.execute(query).tuples().all())
    return found.get(Grade.A, 0), found.get(Grade.B, 0)


def _shared_clients(practice_id: int) -> Counter[int]:
    """Count the clients of now by source: whom it referred, and whom it treats too; each client once."""
    now = (Client.practice_id == practice_id, Client.status != ClientStatus.DISCHARGED)
    referred = select(Client.source_id, Client.id).where(*now, Client.source_id.is_not(None))
    treated = (
        select(TreatingProvider.source_id, Client.id)
        .join(Client, TreatingProvider.client_id == Client.id)
        .where(*now, TreatingProvider.source_id.is_not(None))
    )
    pairs = {(source, client) for query in (referred, treated) for source, client in db.session.execute(query)}
    return Counter(source for source, _client in pairs if source is not None)


def _with_a_name_at_the_desk(practice_id: int) -> set[int]:
    query = select(Contact.source_id).where(Contact.practice_id == practice_id, Contact.role.in_(DESK))
    return set(db.session.scalars(query.distinct()))


def _year_of_words(practice_id: int, today: date) -> tuple[Counter[int], Counter[int], set[int]]:
    """Count what went to each source and what came back in a year, and tell whom a call has reached.

    What was taken back does not count.
    """
    query = select(
        JournalEntry.seq, JournalEntry.undoes, JournalEntry.source_id, JournalEntry.type, JournalEntry.payload
    ).where(
        JournalEntry.practice_id == practice_id,
        JournalEntry.source_id.is_not(None),
        or_(JournalEntry.type.in_((*REPLIES, *TOUCHES)), JournalEntry.undoes.is_not(None)),
        JournalEntry.at >= datetime.combine(today - YEAR, time.min, UTC),
    )
    entries = db.session.execute(query).all()
    undone = {entry.undoes for entry in entries}
    touches: Counter[int] = Counter()
    replies: Counter[int] = Counter()
    spoken: set[int] = set()
    for entry in entries:
        if entry.seq in undone or entry.undoes is not None:
            continue
        rule = str(entry.payload.get("key", "")).partition(":")[0]
        reached = entry.payload.get("outcome") == "reached" or (
            rule in kinds.PROVIDER_CALLS and entry.type == "task_done"
        )
        if reached:
            spoken.add(entry.source_id)
        if entry.type in REPLIES or reached:
            replies[entry.source_id] += 1
        if entry.type in TOUCHES and rule not in INTERNAL:
            touches[entry.source_id] += 1
    return touches, replies, spoken
