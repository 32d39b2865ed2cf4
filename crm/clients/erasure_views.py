"""Erasing a client: what will go, said before; the code typed; gone."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue, RouteCallable
from wtforms import StringField
from wtforms.validators import InputRequired

from crm.clients import erasure_service, queries
from crm.clients.models import Client
from crm.outreach.jobs import wipe_deleted
from crm.web import BaseForm, commit, invalid


class EraseForm(BaseForm):
    """The code once more, by hand: nothing brings an erased client back."""

    code = StringField("Type the client’s code", [InputRequired("Type the code of the client to erase.")])


def confirm_erasure(code: str) -> ResponseReturnValue:
    return _page(queries.get_client_by_code(g.practice.id, code), EraseForm(formdata=None))


def erase(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = EraseForm()
    if not form.validate_on_submit():
        return invalid(_page(client, form))
    if form.code.data.upper() != client.code:
        form.code.errors = [f"That is not {client.code}. Nothing was erased."]
        return invalid(_page(client, form))
    try:
        erasure_service.erase(g.practice, client, now=g.now, actor=g.user.id)
    except erasure_service.LeavingNow:
        form.code.errors = ["A letter about this client is leaving the house right now. Try again in a minute."]
        return invalid(_page(client, form), 409)
    commit()
    flash(f"{code} is erased. The ledger of erasures says so, and nothing else does.")
    wipe_deleted()
    return redirect(url_for("clients.index"), 303)


def _page(client: Client, form: EraseForm) -> str:
    return render_template("clients/erase.html", client=client, form=form)


ROWS: tuple[tuple[str, RouteCallable, str, str], ...] = (
    ("/clients/<code>/erase", confirm_erasure, "confirm_erasure", "GET"),
    ("/clients/<code>/erase", erase, "erase", "POST"),
)
