"""Clients by code: the list, one client, the referral form, visits and what happened."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue, RouteCallable
from sqlalchemy.exc import IntegrityError

from crm import guards
from crm.accounts.permissions import Permission
from crm.clients import (
    chart_views,
    criteria_views,
    door_views,
    flag_views,
    goal_views,
    measure_views,
    queries,
    record_views,
    release_views,
    retention_queries,
    service,
    session_views,
    warm_views,
)
from crm.clients.client_page_views import client_page
from crm.clients.forms import PaperForm, ReferralForm, VisitForm
from crm.clients.models import ClientClass, ReferralMethod, Visit
from crm.clients.referral_check import ELEMENTS, missing
from crm.db import NotFound
from crm.outreach import cadence, circle_queries, kinds
from crm.outreach import service as outreach
from crm.sources import service as sources
from crm.sources.models import Source
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid, is_htmx, sealer

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


@bp.get("/referrals/new")
def referral() -> ResponseReturnValue:
    form = _referral_form()(today=g.today, received_on=g.today)
    if source_id := row_id(request.args.get("source")):
        source = get_source(g.practice.id, source_id)
        form.source_id.data, form.source_name.data = str(source.id), source.display_name
    template = "clients/_referral_layer.html" if is_htmx() else "clients/referral.html"
    return render_template(template, form=form, **_check_of(form))


@bp.post("/referrals/new")
def save_referral() -> ResponseReturnValue:
    form = _referral_form()(today=g.today)
    source = _chosen_source(form) if form.validate_on_submit() else None
    if source is None:
        return invalid(render_template("clients/referral.html", form=form, **_check_of(form)))
    try:
        saved = service.receive_referral(
            g.practice, source, _details(form), sealer=sealer(), now=g.now, actor=g.user.id
        )
        commit()
    except service.AlreadySaved as done:
        return redirect(url_for("clients.show", code=done.referral.client.code), 303)
    except service.DuplicateReferral as earlier:
        form.client_code.errors = [
            f"{earlier.referral.client.code} has an open referral from {source.display_name} "
            f"of {earlier.referral.received_on:%d %b %Y} already."
        ]
        return invalid(render_template("clients/referral.html", form=form, **_check_of(form)))
    except service.CodeTaken:
        form.client_code.errors = ["A client with this code was erased. Leave it empty for the next free one."]
        return invalid(render_template("clients/referral.html", form=form, **_check_of(form)))
    except IntegrityError:
        return redirect(url_for("clients.index"), 303)  # the same form twice at once: the other one won
    flash(f"Referral of {_code_of(saved.client_id)} saved. Its tasks are planned.")
    return redirect(url_for("clients.show", code=_code_of(saved.client_id)), 303)


def _code_of(client_id: int) -> str:
    return queries.get_client(g.practice.id, client_id).code


@bp.post("/referrals/check")
def check_referral() -> ResponseReturnValue:
    """Show what is missing and what saving would plan, while the form is filled in. Saves nothing."""
    form = _referral_form()(today=g.today)
    return render_template("clients/_check.html", **_check_of(form))


def _chosen_source(form: ReferralForm) -> Source | None:
    """Return who the referral is from, a new source where the form says so; None where that is not clear."""
    if not form.source_id.data:
        return _new_source(form)
    try:
        return get_source(g.practice.id, int(form.source_id.data))
    except NotFound:
        form.source_id.errors = ["Choose the source from the list, or say below that it is new."]
        return None


def _new_source(form: ReferralForm) -> Source | None:
    details = sources.named(form.source_name.data)
    try:
        return sources.add_source(g.practice, details, sources.OfficeDetails(), now=g.now, actor=g.user.id)
    except sources.AlreadyListed as twin:
        form.source_name.errors = [f"{twin.other.display_name} is on file already. Choose them from the list."]
        return None


def _referral_form() -> type[ReferralForm]:
    return ReferralForm if guards.may(Permission.RECORD) else PaperForm


def _details(form: ReferralForm) -> service.ReferralDetails:
    said = form.data  # a paper form has no words of the referral in it
    return service.ReferralDetails(
        received_on=form.received_on.data,
        method=ReferralMethod(form.method.data),
        service=said.get("service") or "",
        diagnosis=said.get("diagnosis") or "",
        icd10=said.get("icd10") or "",
        written=form.written.data,
        transition=form.transition.data,
        form_key=form.form_key.data,
        client_code=form.client_code.data or "",
        client_name=form.client_name.data or "",
        client_class=ClientClass(said["client_class"]) if said.get("client_class") else None,
        visit_on=form.visit_on.data,
        on_paper=form.elements,
    )


def _check_of(form: ReferralForm) -> dict[str, Any]:
    elements = form.elements
    return {
        "elements": [(label, getattr(elements, name)) for name, label, _ask in ELEMENTS],
        "missing": missing(elements) if form.is_read else [],
        "planned": _planned(form, complete=elements.complete),
    }


def _planned(form: ReferralForm, *, complete: bool) -> list[dict[str, Any]]:
    """Ask the engine what saving this form would plan."""
    if (source_id := row_id(form.source_id.data)) is None:
        return []
    try:
        source = get_source(g.practice.id, source_id)
    except NotFound:
        return []
    code = form.client_code.data or "new"
    known = queries.find_client(g.practice.id, code)
    received = form.received_on.data or g.today
    stamp = {"at": g.now.strftime("%Y-%m-%dT%H:%M:%SZ")} if received == g.today else {"on": received.isoformat()}
    extra: list[dict[str, Any]] = [
        {
            "type": "referral_received",
            "source": f"s{source.id}",
            "client": code,
            "id": "new",
            "complete": complete,
            **stamp,
        }
    ]
    if source.added_on is None:
        extra.insert(0, {"type": "source_added", "source": f"s{source.id}", **stamp})
    if known is None:
        extra.append({"type": "client_added", "client": code, **stamp})
    if form.visit_on.data:
        extra.append(
            {
                "type": "visit_scheduled", "client": code, "id": "new", "visit_on": form.visit_on.data.isoformat(),
                "source": f"s{source.id}", "at": g.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )  # fmt: skip
    circle = circle_queries.circle_around(g.practice.id, {source.id}, {known.id} if known else set())
    new_clients = [] if known else [cadence.Client(code, f"s{source.id}")]
    tasks = outreach.preview(g.practice, circle, extra, new_clients=new_clients, today=g.today)
    return [{"words": kinds.plain(task.rule), "due": task.due} for task in sorted(tasks, key=lambda t: (t.due, t.key))]


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


@bp.post("/clients/<code>/visits/<int:visit_id>/back/<on>")
def put_visit_back(code: str, visit_id: int, on: str) -> ResponseReturnValue:
    """Undo a move or a cancellation: the visit stands on that day again."""
    client = queries.get_client_by_code(g.practice.id, code)
    visit = queries.get_visit(g.practice.id, client.id, visit_id)
    try:
        day = date.fromisoformat(on)
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
