"""Credentials and insurances of the practice, with the day each runs out and a reminder before it."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from crm import removed_views
from crm.db import db
from crm.readiness import jobs, papers, queries
from crm.readiness.base_views import bp
from crm.readiness.models import Paper, PaperKind
from crm.web import BaseForm, Day, commit, invalid

KINDS = {
    PaperKind.CERTIFICATION: "Certification",
    PaperKind.CPR: "CPR and first aid",
    PaperKind.LIABILITY: "Liability insurance",
    PaperKind.LICENCE: "Licence",
    PaperKind.OTHER: "Other",
}


class PaperForm(BaseForm):
    """A credential or an insurance."""

    kind = SelectField("What it is", choices=[(kind.value, word) for kind, word in KINDS.items()])
    name = StringField("Name", [DataRequired("Write what it is called."), Length(max=120)])
    issuer = StringField("Issued by", [Optional(), Length(max=120)])
    expires_on = Day("Valid until", [Optional()])
    remind_days = IntegerField("Remind me, days before", [NumberRange(1, 365, "Between 1 and 365 days.")], default=60)


@bp.get("/practice/papers")
def papers_page() -> ResponseReturnValue:
    return _page(PaperForm(formdata=None))


@bp.post("/practice/papers")
def add_paper() -> ResponseReturnValue:
    form = PaperForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    db.session.add(_filled(Paper(practice_id=g.practice.id), form))
    return _saved("Entered. The desk says so before it runs out." if form.expires_on.data else "Entered.")


@bp.get("/practice/papers/<int:paper_id>")
def paper(paper_id: int) -> ResponseReturnValue:
    row = queries.get_paper(g.practice.id, paper_id)
    return _page(PaperForm(formdata=None, obj=row, kind=row.kind.value), row)


@bp.post("/practice/papers/<int:paper_id>")
def save_paper(paper_id: int) -> ResponseReturnValue:
    row = queries.get_paper(g.practice.id, paper_id)
    form = PaperForm()
    if not form.validate_on_submit():
        return invalid(_page(form, row))
    _filled(row, form)
    return _saved("Saved.")


@bp.post("/practice/papers/<int:paper_id>/remove")
def remove_paper(paper_id: int) -> ResponseReturnValue:
    row = queries.get_paper(g.practice.id, paper_id)
    undo = removed_views.keep(row)
    db.session.delete(row)
    return _saved("Taken out, with its reminder.", undo)


def _filled(row: Paper, form: PaperForm) -> Paper:
    row.kind, row.name, row.issuer = PaperKind(form.kind.data), form.name.data, form.issuer.data or ""
    row.expires_on, row.remind_days = form.expires_on.data, form.remind_days.data
    return row


def _saved(said: str, undo: str = "message") -> ResponseReturnValue:
    db.session.flush()
    jobs.follow_papers(g.practice, now=g.now)
    commit()
    flash(said, undo)
    return redirect(url_for("readiness.papers_page"), 303)


def _page(form: PaperForm, row: Paper | None = None) -> str:
    held = [(one, KINDS[one.kind], papers.words(one.expires_on, g.today)) for one in queries.papers_of(g.practice.id)]
    return render_template("readiness/papers.html", form=form, row=row, held=held)
