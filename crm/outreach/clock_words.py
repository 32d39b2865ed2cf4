"""What is said about the clock: when it ticked, whether it is silent, what comes next, how its jobs went."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from crm.outreach.day_words import count_of, near_day, sentence
from crm.outreach.mornings import Wishes, comes_on, next_morning
from crm.outreach.workdays import Workdays

SILENT = timedelta(minutes=5)
# job -> what it does, what it counts
JOBS = {
    "replan_today": ("Looks at every plan anew, once a day", "plan", "plans"),
    "queue_digests": ("Writes the morning digests", "digest", "digests"),
    "follow_plans": ("Sees which outputs of the setup plan have come", "plan", "plans"),
    "send_outbox": ("Sends what is due", "message", "messages"),
    "seal_journal": ("Seals the journal", "entry", "entries"),
    "housekeeping": ("Keeps the database tidy", "", ""),
    "check_database": ("Looks whether the database is sound, each night", "", ""),
    "reseal": ("Seals client data anew after a change of keys", "row", "rows"),
    "back_up": ("Makes a backup each night, and restores one on trial each week", "", ""),
}


@dataclass(frozen=True, slots=True)
class Beat:
    """One sentence about the clock for the foot of every page; `is_late`: it stands still, so it is said on top."""

    text: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class JobLine:
    """How a job of the clock went: what it does, its last run, its last trouble; `fails`: the last run failed."""

    what: str
    last_run: str
    trouble: str
    fails: bool


def silence(tick_seconds: int) -> timedelta:
    """Return after how long without a tick the clock counts as stopped: five minutes, or two ticks if that is more."""
    return max(SILENT, timedelta(seconds=2 * tick_seconds))


def beat(ticked_at: datetime | None, now: datetime, *, tick_seconds: int, leaving: int, digest: str) -> Beat:
    """Say when the clock ticked, when the next digest comes (in words, or "") and how many messages wait to leave."""
    if ticked_at is None:
        return Beat("The clock has not ticked yet. Digests and letters wait until it runs.", is_late=True)
    if now - ticked_at > silence(tick_seconds):
        return Beat(f"The clock last ticked {ago(ticked_at, now)}. Digests and letters wait until it runs again.", True)
    waits = f"{count_of(leaving, 'message waits', 'messages wait')} to leave" if leaving else ""
    said = [f"The clock ticked {ago(ticked_at, now)}", digest and f"the next digest comes {digest}", waits]
    return Beat(f"{'; '.join(words for words in said if words)}.", is_late=False)


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago something was: "a moment ago", "7 minutes ago", "3 hours ago", "2 days ago"."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 1:
        return "a moment ago"
    units = ((24 * 60, "a day", "days"), (60, "an hour", "hours"), (1, "a minute", "minutes"))
    size, one, many = next(unit for unit in units if minutes >= unit[0])
    return f"{one} ago" if minutes // size == 1 else f"{minutes // size} {many} ago"


def next_digest(local: datetime, wishes: Wishes, calendar: Workdays) -> str:
    """Say when the next digest comes if nothing is urgent before: "today at 7:00". `local` is the practice's wall."""
    at, today = wishes.hour, local.date()
    comes_today = local.time() < at and comes_on(wishes, today, calendar)
    on = today if comes_today else next_morning(wishes, today, calendar)
    return clock_time(on, at, today)


def clock_time(on: date, at: time, today: date) -> str:
    """Say a moment on the practice's wall: "today at 14:03", "Thu 14 May at 8:00"."""
    return f"{near_day(on, today)} at {at.hour}:{at.minute:02}"


def job_lines(details: dict[str, Any], now: datetime) -> list[JobLine]:
    """Tell of each job from what the clock noted beside the heartbeat: last runs, failures, what fails just now."""
    runs, failures = details.get("runs", {}), details.get("failures", {})
    return [_job_line(name, runs.get(name), failures.get(name), name in details, now) for name in {**JOBS, **runs}]


def _job_line(name: str, run: Any, failure: Any, fails: bool, now: datetime) -> JobLine:
    what, one, many = JOBS.get(name, (sentence(name.replace("_", " ")), "", ""))
    ran = "It has not run yet."
    if run:
        did = f", {count_of(run['done'], one, many)}" if one and run["done"] else ""
        ran = f"Ran {ago(datetime.fromisoformat(run['at']), now)}, in {run['seconds']:.2f} s{did}."
    trouble = ""
    if failure:
        times = count_of(failure["count"], "time", "times")
        trouble = f"Failed {times}, last {ago(datetime.fromisoformat(failure['at']), now)} ({failure['kind']})."
    return JobLine(what, ran, trouble, fails)
