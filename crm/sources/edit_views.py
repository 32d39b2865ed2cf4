"""Adding a source and editing what is known of it."""

from dataclasses import replace
from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.db import NotFound
from crm.outreach import service as outreach
from crm.sources import queries, service
from crm.sources.base_views import bp
from crm.sources.forms import EditSourceForm, NewSourceForm
from crm.sources.models import Channel, Credential, Grade, Office, Source
from crm.sources.service import OfficeDetails, SourceDetails
from crm.sources.specialties import known_specialties, read_specialty
from crm.web import commit, invalid, is_htmx

NO_OFFICE = "Choose the office from the list, or type the name of a new one."


@bp.get("/sources/new")
def add() -> ResponseReturnValue:
    return _new_page(NewSourceForm(formdata=None, name=request.args.get("name", "")[:200]))


@bp.post("/sources/new")
def save_new() -> ResponseReturnValue:
    form = NewSourceForm()
    if not form.validate_on_submit():
        return invalid(_new_page(form))
    office = OfficeDetails(office_id=_number(form.office_id.data), name=form.office_name.data or "")
    try:
        source = service.add_source(g.practice, _new_details(form), office, now=g.now, actor=g.user.id)
    except service.AlreadyListed as twin:
        form.name.errors = [f"{twin.other.display_name} is listed at this office already."]
        return invalid(_new_page(form, twin.other))
    except NotFound:
        form.office_name.errors = [NO_OFFICE]
        return invalid(_new_page(form))
    commit()
    flash(f"{source.display_name} is on file.")
    return redirect(url_for("sources.show", source_id=source.id), 303)


def _new_page(form: NewSourceForm, other: Source | None = None) -> str:
    template = "sources/_new_layer.html" if is_htmx() else "sources/new.html"
    return render_template(template, form=form, other=other, specialties=known_specialties())


def _new_details(form: NewSourceForm) -> SourceDetails:
    named = service.named(form.name.data)
    credential, letters = service.letters(form.credentials.data or named.credentials_text, form.specialty.data or "")
    return replace(
        named,
        credential=credential,
        credentials_text=letters,
        specialty=read_specialty(form.specialty.data or "").name[:80],
        grade=Grade(form.grade.data) if form.grade.data else None,
        channel=Channel(form.channel.data),
        phone=form.phone.data or "",
        fax=form.fax.data or "",
        email=form.email.data or "",
    )


@bp.get("/sources/<int:source_id>/edit")
def edit(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    return _edit_page(source, EditSourceForm(formdata=None, **_typed(source)))


@bp.post("/sources/<int:source_id>/edit")
def save(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    form = EditSourceForm()
    if not form.validate_on_submit():
        return invalid(_edit_page(source, form))
    shown_name, old_office = source.display_name, source.office_id
    try:
        changed = service.change_source(
            g.practice,
            source,
            _details(form),
            _office(source, form),
            no_contact=form.no_contact.data,
            now=g.now,
            actor=g.user.id,
        )
    except service.NpiTaken as taken:
        form.npi.errors = [f"{taken.other.display_name} has this number."]
        return invalid(_edit_page(source, form, shown_name=shown_name, other=taken.other))
    except NotFound:
        form.office_name.errors = [NO_OFFICE]
        return invalid(_edit_page(source, form, shown_name=shown_name))
    if old_office is not None and old_office != source.office_id:
        left = queries.colleagues_of(g.practice.id, old_office, source.id)
        outreach.replan(g.practice, left, (), now=g.now)  # its touches no longer count at the office it left
    commit()
    flash("Saved. What is planned follows." if changed else "Nothing was changed.")
    return redirect(url_for("sources.show", source_id=source_id), 303)


def _edit_page(source: Source, form: EditSourceForm, *, shown_name: str = "", other: Source | None = None) -> str:
    return render_template(
        "sources/edit.html",
        source_id=source.id,
        shown_name=shown_name or source.display_name,
        do_not_contact=source.do_not_contact,
        form=form,
        other=other,
        specialties=known_specialties(),
    )


def _typed(source: Source) -> dict[str, object]:
    """Return a source as the form shows it."""
    office = source.office
    typed: dict[str, object] = {
        name: getattr(source, name)
        for name in (
            "first_name",
            "middle_name",
            "last_name",
            "suffix",
            "specialty",
            "npi",
            "phone",
            "fax",
            "email",
            "report_days",
        )
    }
    typed |= {
        "credentials": source.credentials_text
        or ("" if source.credential is Credential.OTHER else source.credential.value),
        "grade": source.grade.value if source.grade else "",
        "channel": source.channel.value,
    }
    return typed | (_typed_office(office) if office else {})


def _typed_office(office: Office) -> dict[str, object]:
    same = {name: getattr(office, name) for name in ("street", "city", "state", "zip", "hours")}
    return same | {
        "office_id": str(office.id),
        "office_name": office.name,
        "office_title": office.name,
        "office_phone": office.phone,
        "office_fax": office.fax,
        "closed_weekdays": list(office.closed_weekdays),
        "closed_days": "\n".join(office.closed_days),
    }


def _details(form: EditSourceForm) -> SourceDetails:
    credential, letters = service.letters(form.credentials.data or "", form.specialty.data or "")
    return SourceDetails(
        first_name=form.first_name.data or "",
        middle_name=form.middle_name.data or "",
        last_name=form.last_name.data,
        suffix=form.suffix.data or "",
        credential=credential,
        credentials_text=letters,
        specialty=form.specialty.data or "",
        npi=form.npi.data or None,
        grade=Grade(form.grade.data) if form.grade.data else None,
        channel=Channel(form.channel.data),
        phone=form.phone.data or "",
        fax=form.fax.data or "",
        email=form.email.data or "",
        report_days=form.report_days.data,
    )


def _office(source: Source, form: EditSourceForm) -> OfficeDetails:
    """Return the office meant. Its own fields count only for the office they were filled from, or for the first one."""
    chosen, name = _number(form.office_id.data), form.office_name.data or ""
    if chosen != source.office_id or (chosen is None and not name):
        return OfficeDetails(office_id=chosen, name="" if chosen else name)
    days: tuple[date, ...] = form.days_closed()
    return OfficeDetails(
        office_id=chosen,
        name=(form.office_title.data or name) if chosen else name,
        street=form.street.data or "",
        city=form.city.data or "",
        state=form.state.data or "",
        zip=form.zip.data or "",
        phone=form.office_phone.data or "",
        fax=form.office_fax.data or "",
        hours=form.hours.data or "",
        closed_weekdays="".join(sorted(form.closed_weekdays.data or ())),
        closed_days=days,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text else None
