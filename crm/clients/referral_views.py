"""The referral form: who it is from, what stands on the paper, what saving it would plan."""

from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue, RouteCallable
from sqlalchemy.exc import IntegrityError

from crm import guards
from crm.accounts.permissions import Permission
from crm.clients import queries, service
from crm.clients.forms import PaperForm, ReferralForm
from crm.clients.models import ClientClass, ReferralMethod
from crm.clients.referral_check import ELEMENTS, missing
from crm.db import NotFound
from crm.outreach import cadence, circle_queries, kinds
from crm.outreach import service as outreach
from crm.sources import service as sources
from crm.sources.models import Source
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid, is_htmx, sealer

NEW = cadence.Source("s0", grade="C", office="s0")  # a source that comes on file with its referral


def referral() -> ResponseReturnValue:
    form = _referral_form()(today=g.today, received_on=g.today)
    if source_id := row_id(request.args.get("source")):
        source = get_source(g.practice.id, source_id)
        form.source_id.data, form.source_name.data = str(source.id), source.display_name
    template = "clients/_referral_layer.html" if is_htmx() else "clients/referral.html"
    return render_template(template, form=form, **_check_of(form))


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
    source = _source_on_file(form)
    if source is None and not (form.new_source.data and form.source_name.data):
        return []
    ref = f"s{source.id}" if source else NEW.id
    code = form.client_code.data or "new"
    known = queries.find_client(g.practice.id, code)
    received, now = form.received_on.data or g.today, {"at": g.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    stamp = now if received == g.today else {"on": received.isoformat()}
    extra: list[dict[str, Any]] = [
        {"type": "referral_received", "source": ref, "client": code, "id": "new", "complete": complete, **stamp}
    ]
    if source is None or source.added_on is None:
        extra.insert(0, {"type": "source_added", "source": ref, **stamp})
    if known is None:
        extra.append({"type": "client_added", "client": code, **stamp})
    if form.visit_on.data:
        visit = {"visit_on": form.visit_on.data.isoformat(), "source": ref, **now}
        extra.append({"type": "visit_scheduled", "client": code, "id": "new", **visit})
    tasks = outreach.preview(
        g.practice,
        circle_queries.circle_around(g.practice.id, {source.id} if source else (), {known.id} if known else ()),
        extra,
        new_clients=[] if known else [cadence.Client(code, ref)],
        new_sources=[] if source else [replace(NEW, credential=sources.named(form.source_name.data).credential)],
        today=g.today,
    )
    return [{"words": kinds.plain(task.rule), "due": task.due} for task in sorted(tasks, key=lambda t: (t.due, t.key))]


def _source_on_file(form: ReferralForm) -> Source | None:
    if (source_id := row_id(form.source_id.data)) is None:
        return None
    try:
        return get_source(g.practice.id, source_id)
    except NotFound:
        return None


ROWS: tuple[tuple[str, RouteCallable, str, str], ...] = (
    ("/referrals/new", referral, "referral", "GET"),
    ("/referrals/new", save_referral, "save_referral", "POST"),
    ("/referrals/check", check_referral, "check_referral", "POST"),
)
