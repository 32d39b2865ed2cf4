"""Planning steps 2 to 4: one report where two would meet, calls that yield, measures in time (cadence.md 8)."""

from datetime import date, timedelta

from crm.outreach.cadence.desk import Desk, Task
from crm.outreach.cadence.drafts import Draft, by_due, open_by
from crm.outreach.cadence.facts import REPORTS
from crm.outreach.cadence.timing import dates_of

FIVE_DAYS = timedelta(days=5)
TEN_DAYS = timedelta(days=10)


def merge_reports(desk: Desk, drafts: list[Draft]) -> None:
    """Two reports within the band become one (R6, D25 to D27)."""
    for client, own in open_by(_reports(drafts), lambda task: task.client).items():
        kept: list[Draft] = []
        for visit_report in sorted((draft for draft in own if draft.task.rule.id == "C43"), key=by_due):
            _keep_or_merge(visit_report, kept, desk.clients[client].reports_sent)
        for progress_report in (draft for draft in own if draft.task.rule.id == "C42"):
            _merge_progress_report(progress_report, kept)


def _keep_or_merge(draft: Draft, kept: list[Draft], sent: list[Task]) -> None:
    if covering := _covering_report(draft, sent):
        draft.suppress(f"covered:{covering.key}")
    elif near := [other for other in kept if draft.due - FIVE_DAYS <= other.due]:
        draft.suppress(f"merged:{near[0].key}")
    else:
        kept.append(draft)


def _covering_report(draft: Draft, sent: list[Task]) -> Task | None:
    """The latest report that lay in the chart in time: fresh, and for the same source or sent knowing of the visit."""
    covering = None
    for report in sent:
        event = report.finished_by
        if event is None or not draft.due - FIVE_DAYS <= event.on < draft.task.anchor:
            continue
        if report.source == draft.task.source or draft.task.trigger.stamp <= event.stamp:
            covering = report
    return covering


def _merge_progress_report(draft: Draft, kept: list[Draft]) -> None:
    for visit_report in kept:
        if draft.due - TEN_DAYS <= visit_report.due <= draft.due + FIVE_DAYS:
            draft.suppress(f"merged:{visit_report.key}")
            return


def yield_calls(drafts: list[Draft]) -> None:
    """A call to the provider gives way to a report due within ten days (D17)."""
    reports = open_by(_reports(drafts), lambda task: task.client)
    for draft in drafts:
        if draft.task.rule.id != "C33" or not draft.is_open:
            continue
        own = sorted(reports.get(draft.task.client or "", []), key=by_due)
        near = [report for report in own if abs(report.due - draft.due) <= TEN_DAYS]
        if near:
            draft.suppress(f"report-near:{near[0].key}")


def add_measures(desk: Desk, drafts: list[Draft]) -> None:
    """Ask for measures five days before the next report if the last are older than ten days then (C41, D20)."""
    if not desk.rules["C41"].enabled:
        return
    for client, own in open_by(_reports(drafts), lambda task: task.client).items():
        report = min(own, key=by_due)
        measured_on = desk.clients[client].measured_on
        if measured_on is not None and measured_on < report.due - TEN_DAYS:
            task = _measures_for(desk, client, report.task, report.due)
            drafts.append(Draft.of(task, dates_of(desk, task)))


def _measures_for(desk: Desk, client: str, report: Task, due: date) -> Task:
    """A task that is derived anew each time and never stored."""
    rule = desk.rules["C41"]
    return Task(
        key=f"C41:{client}:{report.occurrence}",
        rule=rule,
        occurrence=report.occurrence,
        source=None,
        client=client,
        trigger=report.trigger,
        anchor=due,
        offset=rule.due,
    )


def _reports(drafts: list[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.task.rule.id in REPORTS]
