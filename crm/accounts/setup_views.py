"""Ways in without a password: the first start, an invitation, a reset. A one-time link is the proof."""

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user
from sqlalchemy import select

from crm.accounts import queries, reset_service, service, sign_in_events
from crm.accounts import throttle_service as throttle
from crm.accounts.forms import OwnerForm, PasswordForm, ResetForm
from crm.accounts.models import LinkPurpose, SetupLink, User
from crm.accounts.sign_in import ONWARD
from crm.db import NotFound, db, writing
from crm.journal import access_acts as acts
from crm.outreach import mailer, outbox
from crm.outreach.models import MessageKind
from crm.outreach.sending import NewMessage
from crm.settings import Settings
from crm.throttle_pages import count_wrong
from crm.web import invalid

setup_bp = Blueprint("setup", __name__)


@setup_bp.get("/setup/<string(length=43):token>")
def start(token: str) -> ResponseReturnValue:
    link, user = _link(token)
    return _page(_form(user), token, link)


@setup_bp.post("/setup/<string(length=43):token>")
def finish(token: str) -> ResponseReturnValue:
    link, user = _link(token)
    form = _form(user)
    if not form.validate_on_submit():
        return invalid(_page(form, token, link))
    password_hash = service.hashed(form.password.data)
    try:
        user = _choose(token, password_hash) if user else _make_owner(token, form, password_hash)
    except service.EmailTaken:
        form.email.errors = ["Somebody signs in with this address already."]
        return invalid(_page(form, token, link))
    except service.LinkGone:
        raise NotFound from None
    return _second_step(user, "/" if link.user_id else url_for("accounts.welcome"))


def _link(token: str) -> tuple[SetupLink, User | None]:
    try:
        link = service.find_link(token, now=g.now)
    except service.LinkGone:
        count_wrong("setup")
        raise NotFound from None
    user = db.session.get(User, link.user_id) if link.user_id else None
    if user is not None and not user.active:
        raise NotFound
    return link, user


def _form(user: User | None) -> PasswordForm | OwnerForm:
    if user is None:
        return OwnerForm()
    form = PasswordForm()
    form.about = (user.name, user.email, queries.name_of_practice(user.practice_id))
    return form


def _page(form: PasswordForm, token: str, link: SetupLink) -> str:
    return render_template("accounts/setup.html", form=form, token=token, purpose=link.purpose.value)


def _choose(token: str, password_hash: str) -> User:
    with writing():
        link = service.use_link(token, now=g.now)
        user = db.session.scalars(select(User).where(User.id == link.user_id, User.active.is_(True))).one()
        reset_service.choose_password(user, password_hash)
        if link.purpose is LinkPurpose.RESET:
            sign_in_events.password_changed(user, "reset")
    return user


def _make_owner(token: str, form: OwnerForm, password_hash: str) -> User:
    with writing():
        service.use_link(token, now=g.now)
        practice = queries.first_practice() or service.create_practice("", form.time_zone.data)
        practice.name, practice.time_zone = form.practice_name.data, form.time_zone.data
        practice.work_days = "".join(sorted(form.work_days.data))
        person = service.Person(form.email.data, form.name.data, form.credential.data or "")
        return service.create_user(practice, person, password_hash=password_hash)


def _second_step(user: User, onward: str) -> ResponseReturnValue:
    """Ask for the second factor, or let the person set it up; only where it is off does the password open the desk."""
    session[ONWARD] = onward
    asked = current_app.extensions["security"].two_factor_plugins.tf_enter(user, False, "password", next_loc=None)
    if asked is not None:
        asked.status_code = 303
        response: ResponseReturnValue = asked
        return response
    with writing():
        login_user(user, authn_via=["password"])
    return redirect(onward, 303)


@setup_bp.get("/reset")
def ask_reset() -> ResponseReturnValue:
    return _reset_page(ResetForm(formdata=None))


@setup_bp.post("/reset")
def send_reset() -> ResponseReturnValue:
    """Send a link where there is somebody to send it to, and answer the same with the same work where there is not."""
    form = ResetForm()
    if not form.validate_on_submit() or mailer.missing():
        return invalid(_reset_page(form))
    throttle.attempt("reset", form.email.data.lower(), request.remote_addr or "", now=g.now)
    user = queries.find_user(form.email.data)
    with writing():
        if user is not None and user.active and user.password:
            _queue(user, form.email.data)
        elif somebody := db.session.scalar(select(User).order_by(User.id).limit(1)):
            with db.session.begin_nested() as undone:  # written like the other, and taken back
                _queue(somebody, form.email.data)
                undone.rollback()
    return _reset_page(form, asked=True)


def _queue(user: User, recipient: str) -> None:
    settings: Settings = current_app.extensions["handoff"].settings
    secret = reset_service.new_reset(user, now=g.now)
    address = f"{settings.base_url}{url_for('setup.start', token=secret)}"
    text = render_template("email/reset.txt", address=address, minutes=service.RESET_MINUTES)
    key = f"reset:{user.id}:{g.now.isoformat()}"
    mail = NewMessage(user.practice_id, key, MessageKind.NOTICE, recipient, "A new password for Handoff", text)
    outbox.enqueue(mail, host=settings.hostname, now=g.now)
    sign_in_events.wrote(user, acts.ResetAsked(user=user.id), by_machine=True)


def _reset_page(form: ResetForm, *, asked: bool = False) -> str:
    return render_template("accounts/reset.html", form=form, asked=asked, mail_is_set=not mailer.missing())
