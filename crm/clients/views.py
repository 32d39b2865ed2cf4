"""Clients by code: the list, one client, the referral form, visits and what happened."""

from datetime import date

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue, RouteCallable

from crm.clients import (
    chart_views,
    criteria_views,
    door_views,
    flag_views,
    goal_views,
    measure_views,
    queries,
    record_views,
    referral_views,
    release_views,
    retention_queries,
    service,
    session_views,
    warm_views,
)
from crm.clients.client_page_views import client_page
from crm.clients.forms import VisitForm
from crm.clients.models import Visit
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid

bp = Blueprint("clients", __name__)
PAGE = 50


@bp.get("/clients")
def index() -> ResponseReturnValue:
    page = max(1, row_id(request.args.get("page")) or 1)
    total, rows = queries.page_of_clients(g.practice.id, today=g.today, page=page, size=PAGE)
    years = current_app.extensions["handoff"].settings.retention_years
    return render_template(
        "clients/index.html",
        rows=rows,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        years=years if retention_queries.is_due(g.practice, years=years, today=g.today) else 0,
    )


@bp.get("/clients/<code>")
def show(code: str) -> ResponseReturnValue:
    return client_page(queries.get_client_by_code(g.practice.id, code))


@bp.post("/clients/<code>/visits")
def add_visit(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = VisitForm()
    if not form.validate_on_submit() or not _not_past(form):
        return invalid(client_page(client, visit_form=form))
    source = client.source
    if (chosen := row_id(form.source_id.data)) is not None:
        source = get_source(g.practice.id, chosen)
    visit = service.schedule_visit(g.practice, client, form.visit_on.data, source=source, now=g.now, actor=g.user.id)
    commit()
    off = url_for("clients.cancel_visit", code=code, visit_id=visit.id)
    flash("The visit is on file. The report before it is planned.", f"undo:{off}")
    return redirect(url_for("clients.show", code=code), 303)


@bp.post("/clients/<code>/visits/<int:visit_id>/move")
def move_visit(code: str, visit_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    visit = queries.get_visit(g.practice.id, client.id, visit_id)
    form = VisitForm()
    if not form.validate_on_submit() or not _not_past(form):
        return invalid(client_page(client, visit_form=form, moving=visit.id))
    undo = _way_back_of(code, visit)
    service.move_visit(g.practice, client, visit, form.visit_on.data, now=g.now, actor=g.user.id)
    commit()
    flash("The visit is moved. What is open follows; what was sent stays.", undo)
    return redirect(url_for("clients.show", code=code), 303)


def _not_past(form: VisitForm) -> bool:
    if form.visit_on.data < g.today:
        form.visit_on.errors = ["This day is over. A visit on file lies ahead."]
        return False
    return True


@bp.post("/clients/<code>/visits/<int:visit_id>/cancel")
def cancel_visit(code: str, visit_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    visit = queries.get_visit(g.practice.id, client.id, visit_id)
    undo = _way_back_of(code, visit)
    service.cancel_visit(g.practice, client, visit, now=g.now, actor=g.user.id)
    commit()
    flash("The visit is off the file.", undo)
    return redirect(url_for("clients.show", code=code), 303)


def _way_back_of(code: str, visit: Visit) -> str:
    on = visit.visit_on.isoformat()
    return f"undo:{url_for('clients.put_visit_back', code=code, visit_id=visit.id, on=on)}"


@bp.post("/clients/<code>/visits/<int:visit_id>/back")
def put_visit_back(code: str, visit_id: int) -> ResponseReturnValue:
    """Undo a move or a cancellation: the visit stands on that day again."""
    client = queries.get_client_by_code(g.practice.id, code)
    visit = queries.get_visit(g.practice.id, client.id, visit_id)
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        abort(404)
    service.move_visit(g.practice, client, visit, day, now=g.now, actor=g.user.id)
    commit()
    flash("Taken back.")
    return redirect(url_for("clients.show", code=code), 303)


for address, view in (
    ("/clients/<code>/releases", release_views.add_release),
    ("/clients/<code>/releases/<int:release_id>/withdraw", release_views.withdraw_release),
    ("/clients/<code>/releases/<int:release_id>/restore", release_views.restore_release),
):
    bp.add_url_rule(address, view_func=view, methods=["POST"])
ROWS: tuple[tuple[str, RouteCallable, str, str], ...] = (
    *referral_views.ROWS,
    *record_views.ROWS,
    *session_views.ROWS,
    *measure_views.ROWS,
    *goal_views.ROWS,
    *criteria_views.ROWS,
    *flag_views.ROWS,
    *door_views.ROWS,
    *warm_views.ROWS,
)
for rule, handler, endpoint, http_method in ROWS:
    bp.add_url_rule(rule, endpoint, handler, methods=[http_method])
bp.context_processor(lambda: {"doors_of": door_views.doors_of})
for filter_name, drawing in chart_views.FILTERS.items():
    bp.add_app_template_filter(drawing, filter_name)
