"""The setup plan: thirty cards, what each brings, where it stands, and the readiness beside it."""

from datetime import date

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import DataRequired

from crm.db import NotFound
from crm.outreach import day_words
from crm.readiness import check_views, jobs, plan, plan_service
from crm.readiness.base_views import bp
from crm.readiness.models import SetupPlan
from crm.readiness.plan import CARDS, WEEKS
from crm.readiness.plan_service import Reading
from crm.readiness.score import GATES
from crm.web import BaseForm, Day, commit, invalid


class StartForm(BaseForm):
    """When the plan begins, and on which days it falls."""

    started_on = Day("First day", [DataRequired("Choose the first day.")])
    days = RadioField(
        "It falls on", choices=[("work", "Working days"), ("every", "Every day, weekends too")], default="work"
    )


@bp.get("/setup")
def setup() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/setup/start")
def start_plan() -> ResponseReturnValue:
    form = StartForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    on, every_day = form.started_on.data, form.days.data == "every"
    plan_service.start(g.practice, on, every_day=every_day, now=g.now, actor=g.user.id)
    return _back(f"The plan begins {day_words.near_day(on, g.today)}. Its cards stand in Today, digest and calendar.")


@bp.post("/setup/pause")
def pause_plan() -> ResponseReturnValue:
    plan_service.pause(g.practice, _found(), now=g.now, actor=g.user.id)
    return _back("The plan rests. Go on whenever you like; it goes on where it stopped.")


@bp.post("/setup/resume")
def resume_plan() -> ResponseReturnValue:
    plan_service.resume(g.practice, _found(), now=g.now, actor=g.user.id)
    return _back("The plan goes on today.")


@bp.post("/setup/catch-up")
def catch_up() -> ResponseReturnValue:
    plan_service.catch_up(g.practice, _found(), now=g.now, actor=g.user.id)
    return _back("What was missed begins again today; the rest follows.")


@bp.post("/setup/stop")
def stop_plan() -> ResponseReturnValue:
    plan_service.stop(g.practice, now=g.now, actor=g.user.id)
    return _back("The plan is put away. What it brought stays.")


@bp.post("/setup/days/<int:day>/skip")
def skip_day(day: int) -> ResponseReturnValue:
    _found()
    if day not in CARDS:
        raise NotFound
    seq = plan_service.skip(g.practice, day, now=g.now, actor=g.user.id)
    if seq is None:
        return _back("This day is over, or has no date yet.")
    commit()
    flash(f"Day {day} is left out.", f"undo:{url_for('outreach.undo', seq=seq)}")
    return redirect(url_for("readiness.setup"), 303)


@bp.post("/setup/look")
def look_again() -> ResponseReturnValue:
    """Look now for what has come, instead of at the clock's next tick."""
    _found()
    new = jobs.seen(g.practice, now=g.now)
    return _back(f"Seen: {', '.join(new)}." if new else "Nothing new is there yet.")


def _found() -> SetupPlan:
    found = plan_service.find_plan(g.practice)
    if found is None:
        raise NotFound
    return found


def _back(said: str) -> ResponseReturnValue:
    """Let the desk follow, and say what happened."""
    jobs.follow(g.practice, now=g.now)
    commit()
    flash(said)
    return redirect(url_for("readiness.setup"), 303)


def _form() -> StartForm:
    found = plan_service.find_plan(g.practice)
    days = "every" if found and found.every_day else "work"
    return StartForm(formdata=None, started_on=found.started_on if found else g.today, days=days)


def _page(form: StartForm) -> str:
    found = plan_service.find_plan(g.practice)
    told = plan_service.read(g.practice, found, now=g.now) if found else None
    weeks = [
        (number, title, [card for card in CARDS.values() if card.week == number]) for number, title in WEEKS.items()
    ]
    return render_template(
        "readiness/setup.html",
        form=form,
        plan=found,
        told=told,
        weeks=weeks,
        opening=_opening(found, told),
        now_week=_week_of(told),
        panel=check_views.panel(),
        gates=GATES,
    )


def _opening(found: SetupPlan | None, told: Reading | None) -> tuple[str, str]:
    if found is None or told is None:
        return (
            "Thirty days, an hour a day at most.",
            "Each card leaves one thing on your desk that referring offices look for.",
        )
    if len(told.done | told.skipped) == plan.LAST:
        return "The thirty days are behind you.", _done(told)
    if found.paused_on is not None:
        return "The plan rests.", _done(told)
    if told.standing.today is None:
        return _done(told), _next(told, found.started_on)
    card = CARDS[told.standing.today]
    behind = (
        f" {day_words.sentence(day_words.number(told.standing.behind))} waiting from earlier."
        if told.standing.behind > 1
        else ""
    )
    return f"Day {card.day} of 30.", f"{card.output}{behind}"


def _done(told: Reading) -> str:
    done, left_out = len(told.done), len(told.skipped)
    return f"{done} of {plan.LAST} done{f', {left_out} left out' if left_out else ''}."


def _next(told: Reading, started_on: date) -> str:
    to_come = [on for day, on in told.standing.dates.items() if day not in told.done | told.skipped]
    if started_on > g.today:
        return f"It begins {day_words.near_day(started_on, g.today)}."
    return f"The next card comes {day_words.near_day(min(to_come), g.today)}." if to_come else ""


def _week_of(told: Reading | None) -> int:
    """Return the week to show open: that of today's card, else the first with something left."""
    if told is None:
        return 1
    over = told.done | told.skipped
    day = told.standing.today or next((day for day in CARDS if day not in over), plan.LAST)
    return CARDS[day].week
