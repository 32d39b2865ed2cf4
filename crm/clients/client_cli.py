"""A client's rights by command: a copy of all that is held, and erasing."""

import json
import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from crm.accounts.models import Practice
from crm.clients import erasure_service, export_queries, queries
from crm.clients.models import Client
from crm.console import Refused, moment, said_in_one_line, the_practice
from crm.crypto import KeyringError
from crm.db import NotFound, writing
from crm.journal import service as journal
from crm.journal.rights_acts import ClientExported
from crm.outreach.upkeep_jobs import wipe_deleted


@click.group("client")
def client_group() -> None:
    """What a client may ask for."""


@client_group.command("export")
@click.argument("code")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder for the copy.")
@click.option("--practice", "practice_id", type=int)
@said_in_one_line
@with_appcontext
def export(code: str, out: Path, practice_id: int | None) -> None:
    """Write all that is held about a client as JSON and as a page to read; the files are not sealed."""
    practice = the_practice(practice_id)
    client, now = _client(practice, code), moment(None)
    try:
        held = export_queries.everything(practice, client, current_app.extensions["handoff"].sealer())
    except KeyringError as error:
        raise click.ClickException(str(error)) from None
    told = {"practice": practice.name, "client": client.code, "made": now.isoformat(), **held}
    page = current_app.jinja_env.get_template("clients/copy.html").render(
        client=client, held=held, practice=practice, made=practice.local(now)
    )
    with writing(practice.id):
        journal.record(practice, ClientExported(client=client.code), now=now)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for ending, content in (("json", json.dumps(told, indent=1, ensure_ascii=False)), ("html", page)):
        path = out / f"{client.code}.{ending}"
        path.unlink(missing_ok=True)  # an older copy may be open to others
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
        click.echo(path)


@client_group.command("erase")
@click.argument("code")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--practice", "practice_id", type=int)
@said_in_one_line
@with_appcontext
def erase(code: str, yes: bool, practice_id: int | None) -> None:
    """Delete all that is held about a client; the journal keeps the code, the ledger says so."""
    practice = the_practice(practice_id)
    client = _client(practice, code)
    if not yes:
        click.confirm(f"Erase {client.code} for good?", abort=True)
    try:
        with writing(practice.id):
            erasure_service.erase(practice, client, now=moment(None))
    except erasure_service.LeavingNow:
        raise click.ClickException("a letter about this client is leaving right now; try again in a minute") from None
    wipe_deleted()
    click.echo(f"{code} is erased.")


def _client(practice: Practice, code: str) -> Client:
    try:
        return queries.get_client_by_code(practice.id, code)
    except NotFound:
        raise Refused("code", f"there is no client {code}") from None
