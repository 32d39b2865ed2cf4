"""What a client may ask for: a copy of all that is held, what was changed, and to be erased."""

import json

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from crm.clients import erasure_service, export_queries, queries
from crm.clients.amendment_queries import amendments
from crm.clients.models import Client
from crm.crypto import KeyringError, Unreadable
from crm.db import writing
from crm.journal import service as journal
from crm.journal.rights_acts import ClientExported
from crm.outreach.upkeep_jobs import wipe_deleted
from crm.web import BaseForm, invalid, sealer

bp = Blueprint("rights", __name__)
FORMATS = [("html", "A page to read"), ("json", "JSON, for another program")]


class CopyForm(BaseForm):
    """In which form the copy is."""

    form = RadioField("As", choices=FORMATS, default="html")


class EraseForm(BaseForm):
    """The code once more, by hand: nothing brings an erased client back."""

    code = StringField("Type the client’s code", [InputRequired("Type the code of the client to erase.")])


@bp.get("/clients/<code>/rights")
def show(code: str) -> ResponseReturnValue:
    return _page(queries.get_client_by_code(g.practice.id, code))


@bp.post("/clients/<code>/copy")
def copy(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = CopyForm(prefix="copy")
    if not form.validate_on_submit():
        return invalid(_page(client, copying=form))
    try:
        key = sealer()
    except KeyringError:
        form.form.errors = ["What is sealed cannot be read: the key is missing."]
        return invalid(_page(client, copying=form), 503)
    with writing(g.practice.id):
        journal.record(g.practice, ClientExported(client=client.code), now=g.now, actor=g.user.id)
    held = export_queries.everything(g.practice, client, key)
    if form.form.data == "json":
        told = {"practice": g.practice.name, "client": client.code, "made": g.now.isoformat(), **held}
        return _file(json.dumps(told, indent=1, ensure_ascii=False), f"{client.code}.json", "application/json")
    page = render_template("clients/copy.html", client=client, held=held, practice=g.practice, made=g.today)
    return _file(page, f"{client.code}.html", "text/html; charset=utf-8")


def _file(content: str, name: str, kind: str) -> Response:
    return Response(content, headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'})


@bp.post("/clients/<code>/erase")
def erase(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = EraseForm(prefix="erase")
    if not form.validate_on_submit():
        return invalid(_page(client, erasing=form))
    if form.code.data.upper() != client.code:
        form.code.errors = [f"That is not {client.code}. Nothing was erased."]
        return invalid(_page(client, erasing=form))
    try:
        with writing(g.practice.id):
            erasure_service.erase(g.practice, client, now=g.now, actor=g.user.id)
    except erasure_service.LeavingNow:
        form.code.errors = ["A letter about this client is leaving the house right now. Try again in a minute."]
        return invalid(_page(queries.get_client_by_code(g.practice.id, code), erasing=form), 409)
    flash(f"{code} is erased. The ledger of erasures says so, and nothing else does.")
    wipe_deleted()
    return redirect(url_for("clients.index"), 303)


def _page(client: Client, copying: CopyForm | None = None, erasing: EraseForm | None = None) -> str:
    try:
        changed = amendments(g.practice, client, sealer())
    except (KeyringError, Unreadable):
        changed = None
    return render_template(
        "clients/rights.html",
        client=client,
        changed=changed,
        copying=copying or CopyForm(prefix="copy", formdata=None),
        erasing=erasing or EraseForm(prefix="erase", formdata=None),
    )
