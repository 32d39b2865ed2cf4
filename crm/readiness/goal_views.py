"""Goals: what months are to bring against what they brought, the top three goals, and the top three sources."""

from datetime import date, timedelta
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.analytics import insights
from crm.analytics import queries as analytics
from crm.db import NotFound
from crm.outreach import task_rows
from crm.pipeline import steps
from crm.readiness import goal_queries, goal_service, goals
from crm.readiness.base_views import bp
from crm.readiness.goal_forms import EarnedForm, GoalsForm, MonthForm, TopGoalForm, aim_as_typed
from crm.readiness.goals import Counted, Month, Progress, TopGoal, Verdict, Wanted
from crm.sources import top_queries
from crm.web import BaseForm, commit, invalid

LISTED = 12
SHOWN = 200  # sessions of a month
YEAR = timedelta(days=365)
VERDICTS = {
    Verdict.NO_GOAL: ("later", "No goal"),
    Verdict.OPEN: ("now", "Still open"),
    Verdict.REACHED: ("done", "Reached"),
    Verdict.NOT_REACHED: ("ask", "Not reached"),
    Verdict.TOO_FEW: ("later", "Too few to judge"),
    Verdict.NOT_KNOWN: ("ask", "Not typed in"),
}


@bp.get("/practice/goals")
def goals_page() -> ResponseReturnValue:
    months = _months(insights.months_until(g.today, LISTED))
    return render_template(
        "readiness/goals.html",
        months=list(reversed(months)),
        now=months[-1],
        following=goals.next_month(months[-1].month),
        title=goals.title,
        verdicts=VERDICTS,
        top={one.goal.place: one for one in _progress()},
        places=goals.PLACES,
        sources=top_queries.standing(g.practice.id, since=g.today - YEAR),
        task_row=lambda item: task_rows.row(item, g.today),
        step_labels={int(step): label for step, label in steps.STEP_LABELS.items()},
    )


@bp.get("/practice/goals/<month>")
def month_goals(month: str) -> ResponseReturnValue:
    kept = goal_queries.wanted(g.practice.id, [_known(month)]).get(month, Wanted())
    return _month_page(month, _form_class(month)(formdata=None, obj=kept))


@bp.post("/practice/goals/<month>")
def save_month_goals(month: str) -> ResponseReturnValue:
    form = _form_class(_known(month))()
    if not form.validate_on_submit():
        return invalid(_month_page(month, form))
    typed = {name: field.data for name, field in form._fields.items() if name in Wanted.__slots__}
    goal_service.save_month(g.practice, month, Wanted(**typed), now=g.now, actor=g.user.id)
    commit()
    flash(f"Saved for {goals.title(month)}.")
    return redirect(url_for("readiness.goals_page"), 303)


@bp.get("/practice/goals/top/<int:position>")
def top_goal(position: int) -> ResponseReturnValue:
    kept = _kept(position)
    return _top_page(position, TopGoalForm(formdata=None, data=_typed(kept)), kept)


@bp.post("/practice/goals/top/<int:position>")
def save_top_goal(position: int) -> ResponseReturnValue:
    kept, form = _kept(position), TopGoalForm()
    if not form.validate_on_submit():
        return invalid(_top_page(position, form, kept))
    told = TopGoal(
        position, form.words.data, Counted(form.counted.data), form.number, form.from_on.data, form.until_on.data,
        form.reached.data or 0,
    )  # fmt: skip
    _save([*_others(position), told])
    flash("Saved.")
    return redirect(url_for("readiness.goals_page"), 303)


@bp.post("/practice/goals/top/<int:position>/remove")
def remove_top_goal(position: int) -> ResponseReturnValue:
    if _kept(position) is not None:
        _save(_others(position))
    flash("Taken out.")
    return redirect(url_for("readiness.goals_page"), 303)


def _save(told: list[TopGoal]) -> None:
    goal_service.save_top(g.practice, told, now=g.now, actor=g.user.id)
    commit()


def _others(position: int) -> list[TopGoal]:
    return [one for one in goal_queries.top_goals(g.practice.id) if one.place != position]


def _kept(position: int) -> TopGoal | None:
    if position not in goals.PLACES:
        raise NotFound
    return next((one for one in goal_queries.top_goals(g.practice.id) if one.place == position), None)


def _typed(kept: TopGoal | None) -> dict[str, Any]:
    if kept is None:
        return {"from_on": g.today.replace(day=1)}
    return {
        "words": kept.words, "counted": kept.counted.value, "aim": aim_as_typed(kept.counted, kept.aim),
        "reached": kept.reached or None, "from_on": kept.from_on, "until_on": kept.until_on,
    }  # fmt: skip


def _known(month: str) -> str:
    """Return a month one may open: any of our years up to twelve ahead."""
    if not goals.is_month(month) or month > goals.month_of(g.today + YEAR):
        raise NotFound
    return month


def _form_class(month: str) -> type[BaseForm]:
    first, until = goals.days_of(month)
    if until <= g.today:
        return EarnedForm
    return GoalsForm if first > g.today else MonthForm


def _months(months: list[str]) -> list[Month]:
    first, until = goals.days_of(months[0])[0], goals.days_of(months[-1])[1]
    events = goal_queries.events(g.practice, first, until)
    wanted = goal_queries.wanted(g.practice.id, months)
    return [
        goals.read(
            month,
            wanted.get(month, Wanted()),
            goal_queries.happened([one for one in events if goals.month_of(one.on) == month]),
            today=g.today,
        )
        for month in months
    ]


def _progress() -> list[Progress]:
    return [_progress_of(goal) for goal in goal_queries.top_goals(g.practice.id)]


def _progress_of(goal: TopGoal) -> Progress:
    last: date = goal.last_on(g.today)
    events = goal_queries.events(g.practice, goal.from_on, last + timedelta(days=1))
    earned = goal_queries.earned(g.practice.id, goal.from_on, last)
    return goals.progress(goal, goal_queries.happened(events), earned, today=g.today)


def _month_page(month: str, form: BaseForm) -> str:
    events = goal_queries.events(g.practice, *goals.days_of(month))
    return render_template(
        "readiness/month_goals.html",
        form=form,
        read=_months([month])[0],
        title=goals.title(month),
        over=goals.days_of(month)[1] <= g.today,
        verdicts=VERDICTS,
        referrals=[one for one in events if one.what == "referral"],
        sessions=[one for one in events if one.what != "referral"],
        shown=SHOWN,
        names=analytics.names(g.practice.id, {one.source_id for one in events if one.source_id}),
    )


def _top_page(position: int, form: BaseForm, kept: TopGoal | None) -> str:
    told = _progress_of(kept) if kept else None
    return render_template("readiness/top_goal.html", form=form, position=position, kept=told, verdicts=VERDICTS)
