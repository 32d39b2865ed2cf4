"""Goals: set, brought forward, ended."""

from datetime import timedelta

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.clients import goal_service, goals, opened_queries, queries, record_queries
from crm.clients.client_page_views import measured, open_file
from crm.clients.goal_forms import GoalForm, ProgressForm
from crm.clients.goals import GoalTold
from crm.clients.models import Client
from crm.clients.record_models import GoalStatus
from crm.web import commit, invalid, sealer


def new(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    return _page(client, GoalForm(today=g.today))


def _page(client: Client, form: GoalForm) -> str:
    return render_template("clients/goal.html", client=client, form=form)


def save(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = GoalForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(client, form))
    days = int(form.days.data)
    goal_service.set_goal(
        g.practice, client, _told(client, form), days=days, due_on=form.due_on.data or g.today + timedelta(days=days),
        sealer=sealer(), now=g.now, actor=g.user.id,
    )  # fmt: skip
    commit()
    flash("The goal is on file.")
    return redirect(url_for("clients.show", code=code) + "#goals", 303)


def _told(client: Client, form: GoalForm) -> GoalTold:
    """Return what was typed; without a number for now, the newest value of the measure is where it begins."""
    baseline = form.baseline.data
    if baseline is None and form.measure.data:
        series = measured(client, open_file(client))["by_key"].get((form.measure.data, form.side.data))
        baseline = series.current.value if series else None
    return GoalTold(
        activity=form.activity.data, measure=form.measure.data, side=form.side.data, unit=form.unit.data or "",
        baseline=baseline, target=form.target.data, reached=None if form.measure.data else baseline,
    )  # fmt: skip


def update(code: str, goal_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    goal = record_queries.get_goal(g.practice.id, client.id, goal_id)
    form = ProgressForm()
    if not form.validate_on_submit():
        flash(next(iter(form.errors.values()))[0], "error")
        return redirect(url_for("clients.show", code=code) + "#goals", 303)
    said = "Noted."
    if form.value.data is not None:
        goal_service.note_progress(goal, float(form.value.data), on=g.today, sealer=sealer())
        if goals.is_reached(opened_queries.open_goal(goal, sealer()), float(form.value.data)):
            said = "Noted. That is the goal: say that it is met."
    if form.status.data != goal.status.value:
        goal_service.end_goal(g.practice, client, goal, GoalStatus(form.status.data), now=g.now, actor=g.user.id)
        said = f"The goal is marked: {goals.STATUS_WORDS[goal.status].lower()}."
    commit()
    flash(said)
    return redirect(url_for("clients.show", code=code) + "#goals", 303)


ROWS = (
    ("/clients/<code>/goals/new", new, "new_goal", "GET"),
    ("/clients/<code>/goals", save, "set_goal", "POST"),
    ("/clients/<code>/goals/<int:goal_id>", update, "update_goal", "POST"),
)
