"""The planner of one lunch-and-learn: its tasks by date, what it needs, who came, and the papers of the day."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.db import NotFound, db
from crm.documents import press, render, words_service
from crm.documents.draft_views import as_pdf
from crm.documents.fact_queries import writer_of
from crm.documents.facts import letterhead, long_date
from crm.documents.layout import Sheet, blocks
from crm.documents.scope import Finding, check
from crm.money import dollars, shared
from crm.outreach import circle_queries, day_words, kinds, task_rows
from crm.outreach import service as outreach
from crm.readiness import gift_service
from crm.readiness.models import LunchPlan
from crm.readiness.queries import find_text
from crm.sources import (
    lunch_plan_queries,
    lunch_plan_service,
    lunch_plans,
    lunch_queries,
    lunch_service,
    lunches,
    queries,
)
from crm.sources.base_views import bp
from crm.sources.guests import Found
from crm.sources.lunch_plan_forms import GuestsForm, PlanForm
from crm.sources.lunch_plan_service import Planned, Seated
from crm.sources.lunches import Lunch
from crm.sources.models import Source
from crm.web import commit, invalid

PLANNED = ("topic", "agenda", "starts_at", "head_count", "diets", "order_text")


@bp.get("/sources/<int:source_id>/lunch/<lunch_id>")
def lunch_plan(source_id: int, lunch_id: str) -> ResponseReturnValue:
    return _page(*_known(source_id, lunch_id))


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/plan")
def save_lunch_plan(source_id: int, lunch_id: str) -> ResponseReturnValue:
    source, lunch = _known(source_id, lunch_id)
    form = PlanForm()
    if not form.validate_on_submit() or not _may_be_printed(form):
        return invalid(_page(source, lunch, form=form))
    told: dict[str, Any] = {name: form[name].data for name in PLANNED}
    planned = Planned(**told, cost_cents=form.cost.data)
    lunch_plan_service.save_plan(g.practice, source, lunch.id, planned, now=g.now, actor=g.user.id)
    return _saved(source, lunch, "Saved.")


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/guests")
def add_guests(source_id: int, lunch_id: str) -> ResponseReturnValue:
    source, lunch = _known(source_id, lunch_id)
    form = GuestsForm()
    if not form.validate_on_submit():
        return invalid(_page(source, lunch, guests=form))
    seated = lunch_plan_service.seat(g.practice, source, lunch.id, form.guests, now=g.now, actor=g.user.id)
    return _saved(source, lunch, _seated_words(seated, len(form.guests) - len(seated)))


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/guests/<int:guest_id>/remove")
def remove_guest(source_id: int, lunch_id: str, guest_id: int) -> ResponseReturnValue:
    source, lunch = _known(source_id, lunch_id)
    guest = lunch_plan_queries.get_guest(g.practice.id, source.id, lunch.id, guest_id)
    lunch_plan_service.unseat(g.practice, source, guest, now=g.now, actor=g.user.id)
    return _saved(source, lunch, "Off the sheet. Who they are on file stays.")


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/guests/<int:guest_id>/source")
def make_guest_source(source_id: int, lunch_id: str, guest_id: int) -> ResponseReturnValue:
    source, lunch = _known(source_id, lunch_id)
    guest = lunch_plan_queries.get_guest(g.practice.id, source.id, lunch.id, guest_id)
    made = lunch_plan_service.make_source(g.practice, source, guest, now=g.now, actor=g.user.id)
    return _saved(source, lunch, f"{made.display_name} is listed as a source. Grade them, and the work begins.")


@bp.get("/sources/<int:source_id>/lunch/<lunch_id>/sign-in.pdf")
def sign_in_sheet(source_id: int, lunch_id: str) -> ResponseReturnValue:
    """Print the sheet guests sign; it names the practice, the office and the day, and no client."""
    source, lunch = _known(source_id, lunch_id)
    plan = _plan_of(source, lunch)
    rows = {
        "practice": g.practice.name, "topic": plan.topic, "date": long_date(lunch.event_on),
        "time": lunch_plans.clock_words(plan.starts_at), "office": source.office.name if source.office else "",
        "lines": lunch_plans.lines(plan.head_count),
    }  # fmt: skip
    db.session.rollback()  # no transaction is held while it is typeset
    return as_pdf(render.to_paper("sign-in", rows, at=g.now), "sign-in-sheet.pdf")


@bp.get("/sources/<int:source_id>/lunch/<lunch_id>/handout.pdf")
def lunch_handout(source_id: int, lunch_id: str) -> ResponseReturnValue:
    """Print the handout from the practice's own outline, if nothing in it is left to replace."""
    source, lunch = _known(source_id, lunch_id)
    words, plan, writer = _handout(), _plan_of(source, lunch), writer_of(g.practice, g.user)
    if not words:
        raise NotFound
    sheet = Sheet(
        title=plan.topic or "Medical Exercise Training", blocks=blocks(words, "paper"), author=writer.practice,
        letterhead=letterhead(writer), qr=press.way_back(writer), draft=bool(render.unprintable(words)),
    )  # fmt: skip
    db.session.rollback()
    return as_pdf(render.to_pdf("overview", sheet, at=g.now)[0], "lunch-handout.pdf")  # the frame of a standing paper


def _known(source_id: int, lunch_id: str) -> tuple[Source, Lunch]:
    """Return a source and a lunch of it, whatever has become of it; raises NotFound."""
    source = queries.get_source(g.practice.id, source_id)
    found = next((one for one in lunch_service.lunches_of(g.practice.id, source.id) if one.id == lunch_id), None)
    if found is None:
        raise NotFound
    return source, found


def _plan_of(source: Source, lunch: Lunch) -> LunchPlan:
    """Return what is planned; nothing is kept of a plan nobody has saved."""
    empty = LunchPlan(topic="", agenda=lunch_plans.AGENDA, starts_at="12:00", diets="", order_text="")
    return lunch_plan_queries.find_plan(g.practice.id, source.id, lunch.id) or empty


def _saved(source: Source, lunch: Lunch, said: str) -> ResponseReturnValue:
    follow_in_ledger(source, lunch)
    commit()
    flash(said)
    return redirect(url_for("sources.lunch_plan", source_id=source.id, lunch_id=lunch.id), 303)


def follow_in_ledger(source: Source, lunch: Lunch) -> None:
    """Let the ledger of meals follow a lunch: its cost is shared among its guests once it was held."""
    if plan := lunch_plan_queries.find_plan(g.practice.id, source.id, lunch.id):
        came = lunch_plan_queries.guests_of(g.practice.id, plan.id)
        gift_service.follow_lunch(g.practice, plan, came, held_on=_held_on(source, lunch))


def _held_on(source: Source, lunch: Lunch) -> date | None:
    return lunch_queries.held_days(g.practice, source.id).get((source.id, lunch.id))


def _handout() -> str:
    row = find_text(g.practice.id, "lunch")
    return lunch_plans.handout(row.slots) if row and not row.blocked else ""


def _may_be_printed(form: PlanForm) -> bool:
    blocked = [one for one in _findings(form.topic.data or "") if one.severity == "block"]
    form.topic.errors = [f"“{one.matched}” goes on no paper: {one.reason}" for one in blocked]
    return not blocked


def _findings(words: str) -> tuple[Finding, ...]:
    if not words:
        return ()
    rules = words_service.rules_of(g.practice)
    told = check(words, "letter", rules, fragment=True, licensed=bool(g.user.licence), doctorate=g.user.has_doctorate)
    return told.findings


def _seated_words(seated: list[Seated], there: int) -> str:
    counts = {found: sum(one.found == found for one in seated) for found in Found}
    told = [
        day_words.count_of(counts[Found.NEW], "new contact", "new contacts") if counts[Found.NEW] else "",
        f"{day_words.number(counts[Found.CONTACT])} on file already" if counts[Found.CONTACT] else "",
        day_words.count_of(counts[Found.SOURCE], "source", "sources") if counts[Found.SOURCE] else "",
        f"{day_words.number(there)} on the sheet already" if there else "",
    ]
    return f"{day_words.sentence(', '.join(filter(None, told)))}."


def _tasks(source: Source, lunch: Lunch, rules: tuple[str, ...]) -> list[task_rows.TaskRow]:
    keys = lunch_plans.task_keys(source.id, lunch.id, rules)
    found = lunch_plan_queries.tasks_by_key(g.practice.id, keys)
    return [task_rows.row(replace(item, office_name=None), g.today) for item in found]


def _to_follow(source: Source, lunch: Lunch) -> list[tuple[str, Any]]:
    """Ask the engine what follows if the lunch is held on its day."""
    payload = {
        "type": "ll_held", "source": f"s{source.id}", "id": lunch.id,
        "at": f"{lunch.event_on.isoformat()}T12:00",
    }  # fmt: skip
    circle = circle_queries.circle_around(g.practice.id, {source.id}, ())
    planned = outreach.preview(g.practice, circle, [payload], today=max(g.today, lunch.event_on))
    rules = lunch_plans.AFTER
    return [(kinds.plain(one.rule), one.due) for one in sorted(planned, key=lambda one: one.due) if one.rule in rules]


def _page(source: Source, lunch: Lunch, **forms: Any) -> str:
    plan = _plan_of(source, lunch)
    came = lunch_plan_queries.guests_of(g.practice.id, plan.id) if plan.id else []
    cost = plan.cost_cents
    after = _tasks(source, lunch, lunch_plans.AFTER)
    blank = {name: getattr(plan, name) for name in PLANNED} | {"cost": cost}
    form = forms.get("form") or PlanForm(formdata=None, **blank)
    return render_template(
        "sources/lunch_plan.html",
        source=source,
        lunch=lunch,
        held_on=_held_on(source, lunch),
        before=_tasks(source, lunch, lunch_plans.BEFORE),
        after=after,
        to_follow=_to_follow(source, lunch) if lunch.state == lunches.AGREED else [],
        form=form,
        guests=forms.get("guests") or GuestsForm(formdata=None),
        came=list(zip(came, shared(cost or 0, len(came)), strict=True)),
        cost=cost,
        dollars=dollars,
        findings=_findings("\n".join(filter(None, (form.topic.data, form.agenda.data)))),
        handout=bool(_handout()),
        lines=lunch_plans.lines(plan.head_count),
    )
