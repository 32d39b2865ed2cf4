"""Planning steps 5, 6 and 8: how often one source or one office hears from the practice (cadence.md 8.5, 8.6, 8.8)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from heapq import heapify, heappop, heappush

from crm.outreach.cadence.desk import Desk, Task
from crm.outreach.cadence.drafts import Draft, open_by
from crm.outreach.cadence.records import Status

WEEK = timedelta(days=7)
UNANSWERED_SPAN = timedelta(days=60)
UNANSWERED_LIMIT = 3


def limit_unanswered(desk: Desk, drafts: list[Draft]) -> None:
    """Seven days between unanswered touches, three in sixty days (H17, D10)."""
    for source, own in open_by(drafts, lambda task: task.source).items():
        file = desk.sources[source]
        sent_on = [
            event.on
            for event in (task.finished_by for task in file.unsolicited_sent)
            if event and (file.answered_at is None or event.stamp > file.answered_at)
        ]
        for draft in own:
            if draft.task.rule.touch == "unsolicited" and sent_on:
                _limit_one(desk, draft, sent_on)


def _limit_one(desk: Desk, draft: Draft, sent_on: list[date]) -> None:
    earliest = max(sent_on) + WEEK
    if draft.due < earliest:
        draft.move(desk.days_for(draft.task.rule, draft.task.source).on_or_after(earliest), "moved:H17")
    recent = [day for day in sent_on if draft.due - UNANSWERED_SPAN < day <= draft.due]
    if len(recent) >= UNANSWERED_LIMIT:
        draft.suppress("H17")


def bundle_cards(desk: Desk, drafts: list[Draft]) -> None:
    """One open card per source, seven days between cards (D12)."""
    cards = [draft for draft in drafts if draft.task.rule.card]
    for source, own in open_by(cards, lambda task: task.source).items():
        sent = desk.sources[source].cards_sent
        kept: Draft | None = None
        for draft in sorted(own, key=lambda draft: (draft.task.trigger.stamp, draft.key)):
            if earlier := _card_that_thanks_for(draft, sent):
                draft.suppress(f"bundled:{earlier.key}")
            elif kept is not None:
                draft.suppress(f"bundled:{kept.key}")
            else:
                kept = draft
                _keep_apart(desk, draft, sent)


def _card_that_thanks_for(draft: Draft, sent: list[Task]) -> Task | None:
    """The first card written after the occasion thanks for it too."""
    for card in sent:
        if card.finished_by is not None and card.finished_by.stamp >= draft.task.trigger.stamp:
            return card
    return None


def _keep_apart(desk: Desk, draft: Draft, sent: list[Task]) -> None:
    sent_on = [card.finished_by.on for card in sent if card.finished_by is not None]
    if sent_on and draft.due < max(sent_on) + WEEK:
        earliest = max(sent_on) + WEEK
        draft.move(desk.days_for(draft.task.rule, draft.task.source).on_or_after(earliest), "moved:card-gap")


def cap_offices(desk: Desk, drafts: Iterable[Draft]) -> None:
    """At most so many touches per office and week; the rest queues for the next week."""
    taken = Counter(
        (_office(desk, task), _monday(task.finished_by.on))
        for task in desk.tasks.values()
        if task.status is Status.DONE and task.finished_by and task.rule.counts_to_cap
    )
    waiting = [(draft.due, draft.key, draft) for draft in drafts if draft.is_open and draft.task.rule.counts_to_cap]
    heapify(waiting)
    while waiting:
        due, key, draft = heappop(waiting)
        week = _office(desk, draft.task), _monday(due)
        if taken[week] >= desk.practice.office_per_week:
            days = desk.days_for(draft.task.rule, draft.task.source)
            heappush(waiting, (days.on_or_after(_monday(due) + WEEK), key, draft))
            continue
        taken[week] += 1
        if due != draft.due:
            draft.move(due, "moved:office-cap")


def _office(desk: Desk, task: Task) -> str:
    return desk.sources[task.source or ""].source.office_id


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
