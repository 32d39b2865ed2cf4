"""The people at a source's office, and background facts with their public source."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm import removed_views
from crm.sources import people_service, queries
from crm.sources.base_views import bp
from crm.sources.forms import ContactForm, FactForm
from crm.sources.models import BackgroundFact, Contact, ContactRole, Source
from crm.web import commit, invalid, is_htmx


@bp.get("/sources/<int:source_id>/contacts/new")
def add_contact(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    return _contact_page(source, None, ContactForm(formdata=None, role=ContactRole.FRONT_DESK.value))


@bp.post("/sources/<int:source_id>/contacts/new")
def save_new_contact(source_id: int) -> ResponseReturnValue:
    return _put_contact(queries.get_source(g.practice.id, source_id), None)


@bp.get("/sources/<int:source_id>/contacts/<int:contact_id>")
def contact(source_id: int, contact_id: int) -> ResponseReturnValue:
    row = queries.get_contact(g.practice.id, source_id, contact_id)
    form = ContactForm(formdata=None, name=row.name, role=row.role.value, phone=row.phone, email=row.email)
    return _contact_page(queries.get_source(g.practice.id, source_id), row, form)


@bp.post("/sources/<int:source_id>/contacts/<int:contact_id>")
def save_contact(source_id: int, contact_id: int) -> ResponseReturnValue:
    row = queries.get_contact(g.practice.id, source_id, contact_id)
    return _put_contact(queries.get_source(g.practice.id, source_id), row)


@bp.post("/sources/<int:source_id>/contacts/<int:contact_id>/remove")
def remove_contact(source_id: int, contact_id: int) -> ResponseReturnValue:
    row = queries.get_contact(g.practice.id, source_id, contact_id)
    return _removed(queries.get_source(g.practice.id, source_id), row, "The contact is off the file.")


def _put_contact(source: Source, row: Contact | None) -> ResponseReturnValue:
    form = ContactForm()
    if not form.validate_on_submit():
        return invalid(_contact_page(source, row, form))
    people_service.put_contact(
        g.practice,
        source,
        row,
        name=form.name.data,
        role=ContactRole(form.role.data),
        phone=form.phone.data or "",
        email=form.email.data or "",
        now=g.now,
        actor=g.user.id,
    )
    commit()
    flash("The contact is saved.")
    return redirect(url_for("sources.show", source_id=source.id), 303)


def _contact_page(source: Source, row: Contact | None, form: ContactForm) -> str:
    template = "sources/_contact_layer.html" if is_htmx() else "sources/contact.html"
    return render_template(template, source=source, contact=row, form=form)


@bp.get("/sources/<int:source_id>/facts/new")
def add_fact(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    return _fact_page(source, None, FactForm(formdata=None, today=g.today, read_on=g.today))


@bp.post("/sources/<int:source_id>/facts/new")
def save_new_fact(source_id: int) -> ResponseReturnValue:
    return _put_fact(queries.get_source(g.practice.id, source_id), None)


@bp.get("/sources/<int:source_id>/facts/<int:fact_id>")
def fact(source_id: int, fact_id: int) -> ResponseReturnValue:
    row = queries.get_fact(g.practice.id, source_id, fact_id)
    form = FactForm(formdata=None, today=g.today, text=row.text, found_at=row.found_at, read_on=row.read_on)
    return _fact_page(queries.get_source(g.practice.id, source_id), row, form)


@bp.post("/sources/<int:source_id>/facts/<int:fact_id>")
def save_fact(source_id: int, fact_id: int) -> ResponseReturnValue:
    row = queries.get_fact(g.practice.id, source_id, fact_id)
    return _put_fact(queries.get_source(g.practice.id, source_id), row)


@bp.post("/sources/<int:source_id>/facts/<int:fact_id>/remove")
def remove_fact(source_id: int, fact_id: int) -> ResponseReturnValue:
    row = queries.get_fact(g.practice.id, source_id, fact_id)
    return _removed(queries.get_source(g.practice.id, source_id), row, "The note is off the file.")


def _put_fact(source: Source, row: BackgroundFact | None) -> ResponseReturnValue:
    form = FactForm(today=g.today)
    if not form.validate_on_submit() or form.read_on.data is None:
        return invalid(_fact_page(source, row, form))
    people_service.put_fact(
        g.practice,
        source,
        row,
        text=form.text.data,
        found_at=form.found_at.data,
        read_on=form.read_on.data,
        now=g.now,
        actor=g.user.id,
    )
    commit()
    flash("Noted for the conversation.")
    return redirect(url_for("sources.show", source_id=source.id), 303)


def _fact_page(source: Source, row: BackgroundFact | None, form: FactForm) -> str:
    template = "sources/_fact_layer.html" if is_htmx() else "sources/fact.html"
    return render_template(template, source=source, fact=row, form=form)


def _removed(source: Source, row: Contact | BackgroundFact, said: str) -> ResponseReturnValue:
    undo = removed_views.keep(row)
    people_service.remove(g.practice, source, row, now=g.now, actor=g.user.id)
    commit()
    flash(said, undo)
    return redirect(url_for("sources.show", source_id=source.id), 303)
