"""The task table as a projection: replay a circle of care and write the difference back by key."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from crm import clock
from crm.accounts.models import Practice
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach import cadence as engine
from crm.outreach import circle_queries as circles
from crm.outreach import manual
from crm.outreach.circle_queries import Circle, CircleEvent
from crm.outreach.models import Task, TaskStatus
from crm.outreach.workdays import calendar_of
from crm.sources.models import Source

# What a reader of list, digest or feed can see of a task; a change of any of these is a new revision.
SHOWN = (
    "rule", "due", "window_end", "status", "source_id", "client_id", "channel", "template", "reason", "trigger",
    "trigger_on", "anchor_on", "snoozed",
)  # fmt: skip


def engine_practice(practice: Practice) -> engine.Practice:
    """Return the practice as the cadence engine wants it."""
    return engine.Practice(
        time_zone=practice.time_zone,
        closed_days=frozenset(date.fromisoformat(day) for day in practice.closed_days),
        cutoff=time.fromisoformat(practice.cutoff),
        office_per_week=practice.office_per_week,
        rules={},
    )


def replan(practice: Practice, source_ids: Iterable[int], client_ids: Iterable[int], *, now: datetime) -> Circle:
    """Replay the circle of care around some sources and clients and write the difference to the task table.

    Safe to repeat: the same journal on the same local day gives the same rows. Returns the circle.
    """
    circle = circles.circle_around(practice.id, source_ids, client_ids)
    events = circles.events_in(practice, circle)
    plan = plan_circle(
        practice, circle, [event.event for event in events], today=clock.local_date(now, practice.time_zone)
    )
    wanted = _rows(practice, circle, plan, events)
    if _write(practice, circle, wanted, now):
        practice.task_revision += 1
    _refresh_next_due(circle)
    return circle


def preview(
    practice: Practice,
    circle: Circle,
    extra: Iterable[dict[str, Any]],
    *,
    new_clients: Iterable[engine.Client] = (),
    new_sources: Iterable[engine.Source] = (),
    today: date,
) -> list[engine.PlannedTask]:
    """Return the open tasks that further events would add or move, without saving anything.

    `extra` are event payloads as the engine reads them (`{"type": ..., "at" or "on": ...}`).
    """
    events = [event.event for event in circles.events_in(practice, circle)]
    before = {task.key: task for task in plan_circle(practice, circle, events, today=today).tasks}
    now_too = [*events, *(engine.event_from(payload, practice.time_zone) for payload in extra)]
    after = plan_circle(practice, circle, now_too, today=today, new_clients=new_clients, new_sources=new_sources).tasks
    return [task for task in after if task.status == "open" and _shown(task) != _shown(before.get(task.key))]


def _shown(task: engine.PlannedTask | None) -> tuple[object, ...] | None:
    return (task.due, task.status, task.channel) if task else None


def plan_circle(
    practice: Practice,
    circle: Circle,
    events: list[engine.Event],
    *,
    today: date,
    new_clients: Iterable[engine.Client] = (),
    new_sources: Iterable[engine.Source] = (),
) -> engine.Plan:
    """Ask the engine what one circle of care obliges the practice to do as of `today` (local)."""
    there = [
        engine.Client(row.code, f"s{row.source_id}" if row.source_id else None) for row in circles.clients_in(circle)
    ]
    clients = [*there, *new_clients]
    return engine.simulate(
        engine_practice(practice),
        [*(_engine_source(row) for row in circles.sources_in(circle)), *new_sources],
        [*clients, *_erased(events, {client.id for client in clients})],
        events,
        today,
    )


def _erased(events: list[engine.Event], there: set[str]) -> list[engine.Client]:
    """Return the clients who are in the journal only, each with the source of their first event that names one."""
    gone: dict[str, str | None] = {}
    for event in events:
        if event.client and event.client not in there and not gone.get(event.client):
            gone[event.client] = event.source
    return [engine.Client(code, source, erased=True) for code, source in gone.items()]


def _engine_source(row: Row[Any]) -> engine.Source:
    return engine.Source(
        id=f"s{row.id}",
        grade=row.grade or "C",  # a source nobody has graded plans no research and no reminders
        credential=row.credential,
        office=f"o{row.office_id}" if row.office_id else f"s{row.id}",
        channel=row.channel,
        closed_weekdays=frozenset(int(day) - 1 for day in row.closed_weekdays or ""),
        closed_days=frozenset(date.fromisoformat(day) for day in row.closed_days or []),
        report_days=row.report_days,
    )


def _rows(
    practice: Practice, circle: Circle, plan: engine.Plan, events: list[CircleEvent]
) -> dict[str, dict[str, Any]]:
    clients = {row.code: row.id for row in circles.clients_in(circle)}
    done: dict[str, datetime] = {}
    snoozed: dict[str, int] = {}
    for event in events:
        key = str(event.payload.get("key"))
        if event.payload["type"] == "task_done":
            done[key] = event.moment
        elif event.payload["type"] == "task_snoozed":
            snoozed[key] = snoozed.get(key, 0) + 1
    return {
        task.key: {
            "practice_id": practice.id,
            "key": task.key,
            "rule": task.rule,
            "due": task.due,
            "window_end": task.window_end,
            "status": TaskStatus(task.status),
            "source_id": int(task.source[1:]) if task.source else None,
            "client_id": clients[task.client] if task.client else None,
            "channel": task.channel,
            "template": task.template,
            "reason": task.reason,
            "trigger": task.trigger,
            "trigger_on": task.trigger_on,
            "anchor_on": task.anchor_on,
            "snoozed": snoozed.get(task.key, 0),
            "done_at": done.get(task.key) if task.status == "done" else None,
        }
        for task in plan.tasks
    }


def _write(practice: Practice, circle: Circle, wanted: dict[str, dict[str, Any]], now: datetime) -> bool:
    """Insert, update and delete until the circle's rows are the wanted ones; return whether anything changed."""
    columns = [getattr(Task, name) for name in ("id", "key", *SHOWN)]
    there = {
        row.key: row
        for row in db.session.execute(
            select(*columns).where(
                Task.practice_id == practice.id,
                Task.rule != manual.RULE,
                or_(Task.source_id.in_(circle.source_ids), Task.client_id.in_(circle.client_ids)),
            )
        )
    }
    new = [{**row, "changed_at": now} for key, row in wanted.items() if key not in there]
    changed = [
        {"id": there[key].id, "changed_at": now, **row}
        for key, row in wanted.items()
        if key in there and any(getattr(there[key], name) != row[name] for name in SHOWN)
    ]
    gone = [row.id for key, row in there.items() if key not in wanted]
    if new:
        db.session.execute(insert(Task), new)
    for row in changed:
        db.session.execute(update(Task).where(Task.id == row.pop("id")).values(**row, revision=Task.revision + 1))
    if gone:
        db.session.execute(delete(Task).where(Task.id.in_(gone)))
    return bool(new or changed or gone)


def _refresh_next_due(circle: Circle) -> None:
    """Keep the earliest open task of each source beside its name, for the board's order."""
    earliest = (
        select(func.min(Task.due)).where(Task.source_id == Source.id, Task.status == TaskStatus.OPEN).scalar_subquery()
    )
    db.session.execute(
        update(Source)
        .where(Source.id.in_(circle.source_ids), Source.next_due_on.is_distinct_from(earliest))
        .values(next_due_on=earliest)
        .execution_options(synchronize_session=False)
    )


def sources_of_clients(circle: Circle, client_ids: set[int]) -> set[int]:
    """Return the sources that share one of these clients, whose step may therefore have changed."""
    return {row.source_id for row in circles.clients_in(circle) if row.id in client_ids and row.source_id}


def add_manual_task(
    practice: Practice, details: manual.Details, *, sealed: bytes | None, task_uuid: str, now: datetime
) -> Task:
    """Add a task somebody typed in; the replay leaves it alone. The caller records it and commits."""
    task = Task(
        practice_id=practice.id,
        uuid=task_uuid,
        key=f"manual:new-{task_uuid}",
        rule=manual.RULE,
        due=details.due,
        window_end=details.due,
        source_id=details.source_id,
        client_id=details.client_id,
        channel=manual.CHANNELS[details.kind],
        manual_kind=details.kind,
        sealed=sealed,
        trigger="manual_task_added",
        trigger_on=clock.local_date(now, practice.time_zone),
        anchor_on=details.due,
        changed_at=now,
    )
    db.session.add(task)
    db.session.flush()
    task.key = f"manual:{task.id}"
    return task


def replay_manual(practice: Practice, keys: set[str], *, now: datetime) -> None:
    """Fold the journal over tasks typed in by hand, so that done, put off, skipped and undone hold for them too."""
    query = select(Task).where(Task.practice_id == practice.id, Task.key.in_(keys))
    for task in db.session.scalars(query):
        days = calendar_of(practice.closed_days)
        state = manual.replay(_manual_events(practice, task), due=task.anchor_on or task.due, days=days)
        before = (task.due, task.status, task.reason)
        task.due, task.window_end = state.due, max(state.due, task.anchor_on or state.due)
        task.status, task.reason = TaskStatus(state.status), state.reason
        task.snoozed, task.done_at = state.snoozed, state.done_at
        if before != (task.due, task.status, task.reason):
            task.revision += 1
            task.changed_at = now
    practice.task_revision += 1
    db.session.flush()


def _manual_events(practice: Practice, task: Task) -> list[manual.Act]:
    query = select(JournalEntry).where(
        JournalEntry.practice_id == practice.id,
        JournalEntry.type.in_(manual.ACTS | {"entry_undone"}),
        JournalEntry.source_id.is_not_distinct_from(task.source_id),
        JournalEntry.client_id.is_not_distinct_from(task.client_id),
    )
    entries = [e for e in db.session.scalars(query.order_by(JournalEntry.seq)) if e.payload.get("key") == task.key]
    undone = {e.undoes for e in entries}
    return [
        manual.Act(e.type, e.happened_at or e.at, e.payload.get("to"))
        for e in entries
        if e.undoes is None and e.seq not in undone
    ]
