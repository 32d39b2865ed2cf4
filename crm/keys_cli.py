"""Commands that keep the keys from being lost: print the recovery sheet, prove that it exists, type it in again."""

import json
import random
import sys
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from crm.clients.models import Client
from crm.console import Refused, moment, said_in_one_line, settings
from crm.crypto import Keyring, KeyringError, Sealer, Unreadable, load_keyring, write_keyring
from crm.db import db
from crm.recovery import BadSheet, SheetLine, fingerprint, read, read_line, sheet

ASKED = 2  # groups to type back


@click.group()
def keys() -> None:
    """The keys of client data."""


@keys.command("sheet")
@said_in_one_line
@with_appcontext
def print_sheet() -> None:
    """Print the recovery sheet: whoever has it and the data can read everything."""
    keyring = _keyring()
    click.echo(f"Recovery sheet of Handoff, keys {fingerprint(keyring)}\n")
    for line in sheet(keyring):
        click.echo(f"  {line}")
    click.echo(
        "\nPrint it or write it down, and keep it where the computer is not. Then: flask keys confirm"
        "\nOn a new machine: flask keys restore, and type these lines. A 0 and an O, a 1, an I and an L are the same."
    )


@keys.command()
@said_in_one_line
@with_appcontext
def confirm() -> None:
    """Show that the sheet is there: type two of its groups back."""
    keyring = _keyring()
    for line, place in _asked(keyring):
        typed = click.prompt(f"Line {line.number}, group {place + 1}", default="", show_default=False)
        if read_group(typed) != line.groups[place]:
            raise Refused("group", f"that is not group {place + 1} of line {line.number}; look at the sheet again")
    note_confirmed(keyring, moment(None).date())
    click.echo("The sheet is confirmed.")


@keys.command()
@said_in_one_line
@with_appcontext
def restore() -> None:
    """Type the recovery sheet in, one line each; an empty line ends it."""
    path = settings().keyring_path
    if path.exists():
        raise Refused("keys", f"there are keys already: {path}. Move that file away first")
    try:
        keyring = read(_typed())
    except BadSheet as error:
        raise Refused("sheet", str(error)) from None
    write_keyring(path, keyring)
    note_confirmed(keyring, moment(None).date())  # who typed the whole of it has it
    click.echo(f"The keys {fingerprint(keyring)} are back in {path}.")
    if not _opens(keyring):
        click.echo("They do not open the client data on this machine: the sheet belongs to other data.", err=True)
        sys.exit(1)


def confirmed_on(keyring: Keyring) -> date | None:
    """Return when the sheet of these very keys was confirmed; None if it never was."""
    try:
        noted = json.loads(_note_path().read_text())
        return date.fromisoformat(noted["on"]) if noted["keys"] == fingerprint(keyring) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_confirmed(keyring: Keyring, on: date) -> None:
    """Write down that the sheet of these keys is on paper."""
    path = _note_path()
    path.touch(0o600)
    path.write_text(json.dumps({"keys": fingerprint(keyring), "on": on.isoformat()}) + "\n")


def read_group(typed: str) -> str:
    """Return a group as the sheet writes it."""
    return typed.upper().translate(str.maketrans("OIL", "011", "- "))


def _keyring() -> Keyring:
    try:
        return load_keyring(settings().keyring_path)
    except KeyringError as error:
        raise click.ClickException(str(error)) from None


def _note_path() -> Path:
    return settings().keyring_path.with_suffix(".confirmed")


def _asked(keyring: Keyring) -> list[tuple[SheetLine, int]]:
    """Choose the groups to ask for: always the same ones of the same keys, so that a second try asks nothing new."""
    places = [(line, place) for line in sheet(keyring) for place in range(len(line.groups))]
    return random.Random(fingerprint(keyring)).sample(places[:-1], ASKED)  # noqa: S311 - chooses, protects nothing


def _typed() -> list[str]:
    """Read lines until an empty one; a person is asked again for a line with a slip, a script is not."""
    lines: list[str] = []
    asks = sys.stdin.isatty()
    while line := (input(f"Line {len(lines) + 1}: ") if asks else sys.stdin.readline()).strip():
        try:
            read_line(len(lines) + 1, line)
        except BadSheet as error:
            if not asks:
                raise
            click.echo(str(error), err=True)
        else:
            lines.append(line)
    return lines


def _opens(keyring: Keyring) -> bool:
    """Try the keys on one client, if there is one."""
    try:
        client = db.session.scalar(select(Client).where(Client.sealed.is_not(None)).limit(1))
        if client is not None and client.sealed is not None:
            Sealer(keyring).open(client.sealed, table="client", row=client.uuid)
    except Unreadable:
        return False
    except SQLAlchemyError:
        return True  # no database here yet
    return True
