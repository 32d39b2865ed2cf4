"""Planning: what the tasks left by the replay mean on one day (cadence.md 8)."""

from datetime import date

from crm.outreach.cadence.desk import Dates, Desk, Task
from crm.outreach.cadence.drafts import Draft, planned
from crm.outreach.cadence.gates import apply_gates
from crm.outreach.cadence.records import Plan, PlannedTask, Status
from crm.outreach.cadence.reports import add_measures, merge_reports, yield_calls
from crm.outreach.cadence.timing import dates_of
from crm.outreach.cadence.touches import bundle_cards, cap_offices, limit_unanswered


def plan(desk: Desk, as_of: date) -> Plan:
    """Plan the open tasks step by step, each step seeing the results of the former, and list all that are due."""
    drafts = [Draft.of(task, dates_of(desk, task)) for task in desk.open_tasks() if not _is_erased(desk, task)]
    apply_gates(desk, drafts, as_of)
    merge_reports(desk, drafts)
    yield_calls(drafts)
    add_measures(desk, drafts)
    limit_unanswered(desk, drafts)
    bundle_cards(desk, drafts)
    drafts = [draft for draft in drafts if not _is_silent(draft.task, draft.status, draft.due, as_of)]
    cap_offices(desk, drafts)
    tasks = [_of_draft(desk, draft) for draft in drafts] + _finished(desk, as_of)
    tasks.sort(key=lambda task: (task.due, task.key))
    return Plan(as_of, tuple(tasks), tuple(sorted(desk.ignored)))


def _is_erased(desk: Desk, task: Task) -> bool:
    return task.client is not None and desk.clients[task.client].client.erased


def _is_silent(task: Task, status: Status, due: date, as_of: date) -> bool:
    """Watch rules keep quiet until they are needed; one ended before its day was never needed."""
    if not task.rule.watch or status is Status.DONE:
        return False
    return due > (task.finished_by.on if task.finished_by and status is Status.CANCELLED else as_of)


def _of_draft(desk: Desk, draft: Draft) -> PlannedTask:
    dates = Dates(draft.due, draft.window_end, draft.channel)
    return planned(desk, draft.task, dates, status=draft.status, reason=draft.reason)


def _finished(desk: Desk, as_of: date) -> list[PlannedTask]:
    return [
        planned(desk, task, task.frozen, status=task.status, reason=task.reason)
        for task in desk.tasks.values()
        if task.frozen is not None
        and not _is_erased(desk, task)
        and not _is_silent(task, task.status, task.frozen.due, as_of)
    ]
