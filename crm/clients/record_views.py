"""The record of a client: its parts, who else treats them, a client who came without a referral."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm import guards
from crm.accounts.permissions import Permission
from crm.clients import opened_queries, queries, record, record_queries, record_service
from crm.clients.client_page_views import client_page
from crm.clients.models import Client, ClientClass
from crm.clients.opened_queries import Provider
from crm.clients.record_forms import (
    BookedClientForm,
    ClassForm,
    GateForm,
    HealthForm,
    NewClientForm,
    PartForm,
    PersonForm,
    PlanForm,
    ProviderForm,
)
from crm.clients.record_models import Part
from crm.clients.service import CodeTaken
from crm.sources import service as sources
from crm.sources.credentials import read_credentials
from crm.sources.models import Credential, Source
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid, sealer

FORMS: dict[Part, type[PartForm]] = {
    Part.PERSON: PersonForm,
    Part.HEALTH: HealthForm,
    Part.GATE: GateForm,
    Part.PLAN: PlanForm,
}
TITLES = {
    Part.PERSON: ("Person", "Who it is, whom to call, how they are insured. Every word is sealed."),
    Part.HEALTH: ("Health and limits", "As stated by those who may state it, and what to keep in view."),
    Part.GATE: ("Intake", "Is exercise appropriate here and now, and which forms are signed?"),
    Part.PLAN: ("Plan of exercise", "What it is for, what it consists of, when it goes up, back, and stops."),
}


def new() -> ResponseReturnValue:
    return render_template("clients/new.html", form=_client_form())


def add() -> ResponseReturnValue:
    form = _client_form()
    if not form.validate_on_submit():
        return invalid(render_template("clients/new.html", form=form))
    try:
        client = record_service.take_in(
            g.practice, code=form.code.data or "", source=_source(form.source_id.data), name=form.name.data or "",
            client_class=_class(form.data.get("client_class")), sealer=sealer(), now=g.now, actor=g.user.id,
        )  # fmt: skip
    except CodeTaken:
        form.code.errors = ["Another client has this code. Leave it empty for the next free one."]
        return invalid(render_template("clients/new.html", form=form))
    commit()
    if not guards.may(Permission.RECORD):
        flash(f"{client.code} is taken in.")
        return redirect(url_for("clients.show", code=client.code), 303)
    flash(f"{client.code} is taken in. Next: health and limits.")
    return redirect(url_for("clients.record", code=client.code, part=Part.HEALTH.value), 303)


def _client_form() -> NewClientForm:
    return NewClientForm() if guards.may(Permission.RECORD) else BookedClientForm()


def _source(typed: str | None) -> Source | None:
    return get_source(g.practice.id, found) if (found := row_id(typed)) else None


def _class(typed: str | None) -> ClientClass | None:
    return ClientClass(typed) if typed else None


def change_class(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = ClassForm()
    if not form.validate_on_submit():
        return invalid(client_page(client, class_form=form))
    client.client_class = _class(form.client_class.data)
    commit()
    flash("The class is changed.")
    return redirect(url_for("clients.show", code=code), 303)


def edit(code: str, part: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    name = _part(part)
    row = record_queries.sheet(g.practice.id, client.id, name)
    known = opened_queries.read_part(row, name, sealer())
    form = FORMS[name](today=g.today, base=str(row.id if row else 0), **FORMS[name].shown(_begun(client, name, known)))
    return _page(client, name, form)


def _begun(client: Client, part: Part, known: Any) -> Any:
    """Return what a form begins with: what the referral told stands where nothing was entered yet."""
    if part is Part.PERSON and not known.name:
        return replace(known, name=record_service.told_by_referral(g.practice, client, sealer()).name)
    if part is Part.HEALTH and not known.diagnoses:
        told = record_service.told_by_referral(g.practice, client, sealer()).diagnosis
        return replace(known, diagnoses=(told,) if told else ())
    return known


def _part(name: str) -> Part:
    if name not in {part.value for part in FORMS}:
        abort(404)
    return Part(name)


def _page(client: Client, part: Part, form: PartForm) -> str:
    title, opening = TITLES[part]
    return render_template(
        "clients/record.html", client=client, part=part.value, form=form, title=title, opening=opening,
        parts=[(name.value, words) for name, (words, _opening) in TITLES.items()], lists=record,
    )  # fmt: skip


def save(code: str, part: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    name = _part(part)
    form = FORMS[name](today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(client, name, form))
    try:
        record_service.save_sheet(
            g.practice, client, name, record.write(form.part()), base=form.seen, reason=form.reason.data or "",
            sealer=sealer(), now=g.now, actor=g.user.id,
        )  # fmt: skip
    except record_service.Stale as stale:
        form.base.data = str(stale.newest.id if stale.newest else 0)
        form.base.errors = ["Somebody saved this page meanwhile. Look at what you typed, then save it over theirs."]
        return invalid(_page(client, name, form), 409)
    commit()
    flash(f"{TITLES[name][0]} saved. What stood there before is kept.")
    return redirect(url_for("clients.show", code=code), 303)


def add_provider(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = ProviderForm()
    if not form.validate_on_submit():
        return invalid(client_page(client, provider_form=form))
    source = _source(form.provider_source_id.data)
    told = Provider(
        source.first_name if source else form.first_name.data or "",
        source.last_name if source else form.last_name.data or "",
        form.credential.data or "", form.office.data or "", form.phone.data or "", form.treats.data or "",
    )  # fmt: skip
    record_service.name_provider(g.practice, client, told, source, sealer=sealer(), now=g.now, actor=g.user.id)
    commit()
    flash("Noted. Somebody who treats a client of yours is worth a first letter." if source is None else "Noted.")
    return redirect(url_for("clients.show", code=code) + "#providers", 303)


def make_source(code: str, provider_id: int) -> ResponseReturnValue:
    """Turn somebody who treats a client into a source: the warm list."""
    client = queries.get_client_by_code(g.practice.id, code)
    row = record_queries.get_provider(g.practice.id, client.id, provider_id)
    if row.source_id is None:
        told = opened_queries.open_provider(row, sealer())
        row.source_id = _listed(told).id
        commit()
        flash("On the list of sources now. Grade them to begin.")
    return redirect(url_for("sources.show", source_id=row.source_id), 303)


def _listed(told: Provider) -> Source:
    """Return the source of this name at this office, added where there was none."""
    read = read_credentials(told.credential)
    details = sources.SourceDetails(
        first_name=told.first_name, last_name=told.last_name, phone=told.phone,
        credential=Credential(read.engine), credentials_text=read.display,
    )  # fmt: skip
    try:
        return sources.add_source(
            g.practice, details, sources.OfficeDetails(name=told.office), now=g.now, actor=g.user.id
        )
    except sources.AlreadyListed as listed:
        return listed.other


ROWS = (
    ("/clients/new", new, "new", "GET"),
    ("/clients", add, "add", "POST"),
    ("/clients/<code>/class", change_class, "change_class", "POST"),
    ("/clients/<code>/record/<part>", edit, "record", "GET"),
    ("/clients/<code>/record/<part>", save, "save_record", "POST"),
    ("/clients/<code>/providers", add_provider, "add_provider", "POST"),
    ("/clients/<code>/providers/<int:provider_id>/source", make_source, "make_source", "POST"),
)
