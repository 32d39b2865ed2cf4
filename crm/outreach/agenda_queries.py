"""The one query behind Today, the digest and the calendar feed: tasks as every reader sees them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import load_only

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.db import db
from crm.outreach import sound_queries
from crm.outreach.agenda import WINDOW_AHEAD, WINDOW_BEFORE, AgendaItem
from crm.outreach.models import Task, TaskStatus
from crm.sources.models import Lane, Office, Source

# Never the sealed words of a task typed in by hand: what reads these items cannot leak them.
COLUMNS = (
    Task.key, Task.rule, Task.due, Task.window_end, Task.status, Task.channel, Task.template, Task.reason,
    Task.source_id, Task.trigger, Task.trigger_on, Task.anchor_on, Task.revision, Task.changed_at, Task.done_at,
    Task.manual_kind, Task.snoozed, Task.id,
)  # fmt: skip
NAME_COLUMNS = (
    Source.first_name, Source.last_name, Source.suffix, Source.credential, Source.credentials_text, Source.step,
)  # fmt: skip

REPORT_RULES = ("C24", "C34b", "C42", "C43", "C49")


def open_items(
    practice_id: int,
    *,
    today: date,
    since: date | None = None,
    until: date | None = None,
    done_since: datetime | None = None,
) -> list[AgendaItem]:
    """Return the open tasks in the window around the local date `today`, earliest first, in one statement.

    `since` begins and `until` ends it nearer. `done_since` adds those done since that moment, which a list still shows
    struck through.
    """
    first, last = max(since or date.min, today - WINDOW_BEFORE), min(until or date.max, today + WINDOW_AHEAD)
    wanted: ColumnElement[bool] = and_(Task.status == TaskStatus.OPEN, Task.due.between(first, last))
    if done_since is not None:
        wanted = or_(wanted, and_(Task.status == TaskStatus.DONE, Task.done_at >= done_since))
    return _items(statement(practice_id).where(wanted))


def items_of_source(practice_id: int, source_id: int) -> list[AgendaItem]:
    """Return the open tasks of one source, earliest first."""
    return _items(statement(practice_id).where(Task.source_id == source_id, Task.status == TaskStatus.OPEN))


def items_of_client(practice_id: int, client_id: int) -> list[AgendaItem]:
    """Return the open tasks of one client, earliest first."""
    return _items(statement(practice_id).where(Task.client_id == client_id, Task.status == TaskStatus.OPEN))


def reports_of_client(practice_id: int, client_id: int) -> list[AgendaItem]:
    """Return what is owed and was sent to providers about a client, newest first."""
    shown = (TaskStatus.OPEN, TaskStatus.DONE, TaskStatus.SUPPRESSED)
    query = statement(practice_id).where(
        Task.client_id == client_id, Task.rule.in_(REPORT_RULES), Task.status.in_(shown)
    )
    return sorted(_items(query), key=lambda item: (item.due, item.key), reverse=True)


def sources_without_step(practice_id: int, limit: int) -> list[Source]:
    """Return relationships that nothing is planned for, longest without contact first; parked ones rest."""
    query = select(Source).options(load_only(*NAME_COLUMNS)).where(*_without_step(practice_id))
    query = query.order_by(func.coalesce(Source.last_contact_on, Source.added_on), Source.id).limit(limit)
    return list(db.session.scalars(query))


def count_without_step(practice_id: int) -> int:
    """Return how many there are."""
    return db.session.scalar(select(func.count(Source.id)).where(*_without_step(practice_id))) or 0


def closed_on(practice: Practice, day: date) -> int:
    """Return how many tasks were done on a local day of the practice."""
    zone = ZoneInfo(practice.time_zone)
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    query = select(func.count()).where(
        Task.practice_id == practice.id, Task.status == TaskStatus.DONE, Task.done_at >= begin, Task.done_at < end
    )
    return db.session.scalar(query) or 0


def phones_of(source_ids: set[int]) -> dict[int, str]:
    """Return the numbers to call some sources under: their own, else the office's."""
    query = select(Source.id, Source.phone, Office.phone.label("office_phone")).outerjoin(Office)
    return {
        row.id: row.phone or row.office_phone or ""
        for row in db.session.execute(query.where(Source.id.in_(source_ids)))
    }


def _without_step(practice_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Source.practice_id == practice_id,
        Source.added_on.is_not(None),
        Source.next_due_on.is_(None),
        Source.lane != Lane.PARKED,
        Source.do_not_contact.is_(False),
    )


def statement(practice_id: int) -> Select[*tuple[Any, ...]]:
    """Return the select that every list of tasks begins with; its rows go to `to_item`."""
    return (
        select(*COLUMNS, Source, Office.name.label("office_name"), Client.code.label("client_code"))
        .outerjoin(Source, Source.id == Task.source_id)
        .outerjoin(Office, Office.id == Source.office_id)
        .outerjoin(Client, Client.id == Task.client_id)
        .options(load_only(*NAME_COLUMNS))
        .where(Task.practice_id == practice_id)
        .order_by(Task.due, Task.id)
    )


def _items(query: Select[*tuple[Any, ...]]) -> list[AgendaItem]:
    return [to_item(row) for row in sound_queries.rows(query, Task.id)]


def to_item(row: Row[Any]) -> AgendaItem:
    """Turn a row of `statement` into what every reader sees."""
    source: Source | None = row.Source
    return AgendaItem(
        key=row.key,
        rule=row.rule,
        due=row.due,
        window_end=row.window_end,
        status=row.status.value,
        channel=row.channel,
        template=row.template,
        reason=row.reason,
        source_id=row.source_id,
        source_name=source.display_name if source else None,
        office_name=row.office_name,
        client_code=row.client_code,
        trigger=row.trigger,
        trigger_on=row.trigger_on,
        anchor_on=row.anchor_on,
        revision=row.revision,
        changed_at=row.changed_at,
        done_at=row.done_at,
        manual_kind=row.manual_kind,
        source_step=source.step if source else None,
        snoozed=row.snoozed,
        task_id=row.id,
    )
