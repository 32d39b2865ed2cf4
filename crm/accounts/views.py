"""The welcome steps, and the practice page."""

from contextlib import AbstractContextManager

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm import demo
from crm.accounts import service, sessions
from crm.accounts.forms import DigestForm, LetterheadForm, PracticeForm, SampleForm
from crm.db import db
from crm.fresh import ask
from crm.journal import access_service as access
from crm.keeping import keeping_views as keeping
from crm.outreach import jobs
from crm.web import commit, invalid, sealer

bp = Blueprint("accounts", __name__)


@bp.get("/welcome")
def welcome() -> ResponseReturnValue:
    return render_template("accounts/welcome.html", form=SampleForm(), has_sample=demo.is_loaded(g.practice.id))


@bp.post("/welcome")
def choose_sample() -> ResponseReturnValue:
    form = SampleForm()
    if not form.validate_on_submit():
        return invalid(render_template("accounts/welcome.html", form=form, has_sample=demo.is_loaded(g.practice.id)))
    if form.sample.data == "yes":
        demo.load(g.practice, sealer(), now=g.now)
    commit()
    return redirect(url_for("accounts.welcome_sources"), 303)


@bp.get("/welcome/sources")
def welcome_sources() -> ResponseReturnValue:
    return render_template("accounts/welcome_sources.html")


@bp.post("/sample/remove")
def remove_sample() -> ResponseReturnValue:
    demo.remove(g.practice)
    jobs.replan_soon(g.practice, now=g.now)
    commit()
    flash("The sample practice is gone. Your own records are untouched.")
    return redirect(url_for("outreach.today"), 303)


@bp.get("/practice")
def practice() -> ResponseReturnValue:
    return _practice_page(_practice_form())


def _practice_form() -> PracticeForm:
    return PracticeForm(
        formdata=None,
        practice_name=g.practice.name,
        time_zone=g.practice.time_zone,
        cutoff=g.practice.cutoff,
        work_days=list(g.practice.work_days),
        closed_days="\n".join(g.practice.closed_days),
    )


@bp.post("/practice")
def save_practice() -> ResponseReturnValue:
    form = PracticeForm()
    if not form.validate_on_submit():
        return invalid(_practice_page(form))
    with _watched():
        g.practice.name, g.practice.time_zone = form.practice_name.data, form.time_zone.data
        g.practice.cutoff = form.cutoff.data
        service.change_work_days(g.practice, "".join(sorted(form.work_days.data)))
        g.practice.closed_days = sorted(set(form.closed_dates))
    db.session.flush()
    at_once = jobs.replan_soon(g.practice, now=g.now)
    commit()
    flash("Saved. All dates follow." if at_once else "Saved. All dates follow within minutes.")
    return redirect(url_for("accounts.practice"), 303)


@bp.post("/practice/digest")
def save_digest() -> ResponseReturnValue:
    form = DigestForm()
    valid = form.validate_on_submit()
    until = form.digest_paused_until.data
    if until is not None and until <= g.today:
        form.digest_paused_until.errors = ["Choose a day after today, or leave it empty."]
        valid = False
    if not valid:
        return invalid(_practice_page(_practice_form(), digest=form))
    with _watched():
        g.user.digest_on, g.user.digest_hour = form.digest_on.data, form.digest_hour.data
        g.user.digest_days = "".join(sorted(form.digest_days.data))
        g.user.digest_paused_until, g.user.digest_when_empty = until, form.digest_when_empty.data
    commit()
    flash("Saved. The next digest keeps to it.")
    return redirect(url_for("accounts.practice"), 303)


def _watched() -> AbstractContextManager[None]:
    """Have what is set in the block noted in the log, by the names of the fields."""
    return access.watched(g.practice, g.practice, g.user, now=g.now, user_id=g.user.id)


def _digest_form() -> DigestForm:
    until = g.user.digest_paused_until
    return DigestForm(
        formdata=None,
        digest_on=g.user.digest_on,
        digest_hour=g.user.digest_hour,
        digest_days=list(g.user.digest_days),
        digest_paused_until=until if until and until > g.today else None,
        digest_when_empty=g.user.digest_when_empty,
    )


PRACTICE_FIELDS = (
    "street", "city", "state", "zip", "phone", "fax", "email", "role_title", "serves", "fax_gateway",
)  # fmt: skip
PERSON_FIELDS = ("credential", "licence", "has_doctorate")


@bp.post("/practice/letterhead")
def save_letterhead() -> ResponseReturnValue:
    form = LetterheadForm()
    if not form.validate_on_submit():
        return invalid(_practice_page(_practice_form(), form))
    # Whoever changes it has all faxes. It is one short field: what else was typed is saved before the question.
    waits = form.fax_gateway.data != g.practice.fax_gateway and not sessions.current().is_fresh(g.now)
    if waits:
        form.fax_gateway.data = g.practice.fax_gateway
    with _watched():
        for owner, names in ((g.practice, PRACTICE_FIELDS), (g.user, PERSON_FIELDS)):
            for name in names:
                setattr(owner, name, form[name].data)
    commit()
    if waits:
        flash("Saved, but for the fax service: where faxes go is changed by nobody else. Now write it once more.")
        return ask("accounts.practice")
    flash("Saved. Every letter from now on carries it; what was approved stays as it was.")
    return redirect(url_for("accounts.practice"), 303)


def _letterhead_form() -> LetterheadForm:
    held = {name: getattr(g.practice, name) for name in PRACTICE_FIELDS}
    return LetterheadForm(formdata=None, data=held | {name: getattr(g.user, name) for name in PERSON_FIELDS})


def _practice_page(
    form: PracticeForm, letterhead: LetterheadForm | None = None, digest: DigestForm | None = None
) -> str:
    return render_template(
        "accounts/practice.html",
        form=form,
        letterhead=letterhead or _letterhead_form(),
        digest=digest or _digest_form(),
        has_sample=demo.is_loaded(g.practice.id),
        safety=keeping.safety(),
        mail_is_set=bool(current_app.extensions["handoff"].settings.mail_server),
    )
