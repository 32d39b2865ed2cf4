"""One's own account: how somebody signs in. What changes that asks for the password first (crm/fresh.py)."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user

from crm.accounts import queries, reset_service, sign_in_events
from crm.accounts.account_forms import AddressForm, IdleForm
from crm.accounts.proofs import NewPassword
from crm.db import writing
from crm.journal import access_service as access
from crm.web import invalid

bp = Blueprint("account", __name__)


@bp.get("/account")
def index() -> ResponseReturnValue:
    return _page(IdleForm(formdata=None, minutes=g.user.idle_minutes))


def _page(idle: IdleForm) -> str:
    security = current_app.extensions["security"]
    return render_template(
        "accounts/account.html",
        idle=idle,
        factor=security.two_factor,
        passkeys=g.user.webauthn if security.webauthn else None,
        codes_left=len(g.user.mf_recovery_codes),
        sessions_url=url_for("sessions.index"),
    )


@bp.post("/account/idle")
def save_idle() -> ResponseReturnValue:
    form = IdleForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    with writing(g.practice.id), access.watched(g.practice, g.user, now=g.now, user_id=g.user.id):
        g.user.idle_minutes = form.minutes.data
    flash(f"Saved. Without a click the desk closes after {form.minutes.data} minutes.")
    return redirect(url_for("account.index"), 303)


@bp.get("/account/password")
def password() -> ResponseReturnValue:
    return render_template("accounts/password.html", form=NewPassword(formdata=None))


@bp.post("/account/password")
def change_password() -> ResponseReturnValue:
    form = NewPassword()
    if not form.validate_on_submit():
        return invalid(render_template("accounts/password.html", form=form))
    with writing():
        reset_service.choose_password(g.user, form.hashed)
        login_user(g.user, authn_via=["change"])
        sign_in_events.password_changed(g.user, "account")
    flash("The new password holds. Everywhere else you are signed out.")
    return redirect(url_for("account.index"), 303)


@bp.get("/account/address")
def address() -> ResponseReturnValue:
    return render_template("accounts/address.html", form=AddressForm(formdata=None))


@bp.post("/account/address")
def change_address() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return invalid(render_template("accounts/address.html", form=form))
    with writing():
        wanted = form.email.data.lower()
        is_free = (held := queries.find_user(wanted)) is None or held.id == g.user.id
        if is_free:
            sign_in_events.address_changed(g.user, before=g.user.email, after=wanted)
    if not is_free:
        form.email.errors = ["Somebody signs in with this address already."]
        return invalid(render_template("accounts/address.html", form=form))
    flash("Saved. From now on you sign in with this address.")
    return redirect(url_for("account.index"), 303)
