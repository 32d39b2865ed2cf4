"""The people of a practice: who may sign in and as what. Owners only."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import notices_service as notices
from crm.accounts import people_queries, people_service, reset_service, service, sessions
from crm.accounts.models import User
from crm.accounts.notice_words import Notice
from crm.accounts.people_forms import InviteForm, RoleForm
from crm.accounts.permissions import RoleName
from crm.journal import access_service as access
from crm.journal.access_acts import Access, AccountCreated, AccountDisabled, AccountEnabled, RoleChanged, SessionEnded
from crm.outreach import mailer, outbox
from crm.outreach.models import MessageKind
from crm.outreach.sending import NewMessage
from crm.settings import Settings
from crm.web import BaseForm, commit, invalid

bp = Blueprint("people", __name__)
LAST = "Nobody else could do everything: make somebody else an owner first, one who has chosen a password."
ROLE_WORDS = {RoleName.OWNER: "Owner", RoleName.ASSISTANT: "Assistant", None: "No role"}


@bp.get("/practice/people")
def index() -> ResponseReturnValue:
    return _page(InviteForm(formdata=None))


@bp.post("/practice/people")
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    person = service.Person(form.email.data, form.name.data)
    try:
        user, secret = people_service.invite(g.practice, person, RoleName(form.role.data), now=g.now)
    except service.EmailTaken:
        form.email.errors = ["Somebody signs in with this address already."]
        return invalid(_page(form))
    _note(AccountCreated(user=user.id, role=form.role.data))
    return _link_shown(user, secret)


@bp.post("/practice/people/<int:user_id>/link")
def new_link(user_id: int) -> ResponseReturnValue:
    user = _asked(user_id)
    try:
        secret = people_service.new_link(user, now=g.now)
    except people_service.IsDisabled:
        flash("A disabled account takes no link. Let them in again first.", "error")
        return redirect(url_for("people.index"), 303)
    return _link_shown(user, secret)


def _link_shown(user: User, secret: str) -> ResponseReturnValue:
    """Mail a link where mail can leave, and show it this once: the secret is kept nowhere a page could read it."""
    settings = _settings()
    address = f"{settings.base_url}{url_for('setup.start', token=secret)}"
    is_mailed = not mailer.missing()
    if is_mailed:
        words = {"practice": g.practice.name, "by": g.user.name, "address": address, "hours": service.INVITE_HOURS}
        letter = NewMessage(
            g.practice.id,
            f"invitation:{user.id}:{g.now.isoformat()}",
            MessageKind.NOTICE,
            user.email,
            "Your way into Handoff",
            render_template("email/invitation.txt", **words),
        )
        outbox.enqueue(letter, host=settings.hostname, now=g.now)
    commit()
    return _page(InviteForm(formdata=None), shown=user, address=address, is_mailed=is_mailed)


@bp.post("/practice/people/<int:user_id>/role")
def change_role(user_id: int) -> ResponseReturnValue:
    user, form = _asked(user_id), RoleForm()
    if form.role.data not in set(RoleName):
        abort(400)
    role = RoleName(form.role.data)
    try:
        is_other = people_service.change_role(user, role)
    except people_service.LastOwner:
        return _refused()
    if is_other:
        sessions.end_all(user.id)  # with other rights everybody signs in anew, here too
        _note(RoleChanged(user=user.id, role=role.value))
        notices.tell(user, Notice.ROLE_CHANGED, now=g.now, base_url=_settings().base_url, detail=ROLE_WORDS[role])
    commit()
    flash(f"{user.name} is {ROLE_WORDS[role].lower()} from now on." if is_other else "Nothing had to be changed.")
    return redirect(url_for("people.index" if user.id != g.user.id else "outreach.today"), 303)


@bp.post("/practice/people/<int:user_id>/disable")
def disable(user_id: int) -> ResponseReturnValue:
    user = _asked(user_id)
    try:
        if people_service.disable(user):
            _note(AccountDisabled(user=user.id))
    except people_service.LastOwner:
        return _refused()
    commit()
    flash(f"{user.name} is shut out, on every device. What they did stays in the history.")
    return redirect(url_for("people.index"), 303)


@bp.post("/practice/people/<int:user_id>/enable")
def enable(user_id: int) -> ResponseReturnValue:
    user = _asked(user_id)
    if people_service.enable(user):
        _note(AccountEnabled(user=user.id))
    commit()
    flash(f"{user.name} may sign in again.")
    return redirect(url_for("people.index"), 303)


@bp.post("/practice/people/<int:user_id>/sign-out")
def end_sessions(user_id: int) -> ResponseReturnValue:
    user = _asked(user_id)
    reset_service.end_sessions(user)
    _note(SessionEnded(user=user.id, ended="others"))
    commit()
    flash(f"{user.name} is signed out everywhere, and links in their mails work no more.")
    return redirect(url_for("people.index"), 303)


def _asked(user_id: int) -> User:
    """Return whom a form is about; the form itself holds nothing but its token."""
    user = people_queries.get_person(g.practice.id, user_id)
    if not BaseForm().validate_on_submit():
        abort(400)
    return user


def _note(act: Access) -> None:
    access.note(g.practice, act, now=g.now, user_id=g.user.id)


def _settings() -> Settings:
    found: Settings = current_app.extensions["handoff"].settings
    return found


def _refused() -> ResponseReturnValue:
    flash(LAST, "error")
    return redirect(url_for("people.index"), 303)


def _page(form: InviteForm, *, shown: User | None = None, address: str = "", is_mailed: bool = False) -> str:
    return render_template(
        "accounts/people.html",
        form=form,
        people=people_queries.people_of(g.practice.id, now=g.now),
        role_words=ROLE_WORDS,
        shown=shown,
        address=address,
        is_mailed=is_mailed,
        hours=service.INVITE_HOURS,
    )
