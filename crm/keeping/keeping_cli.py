"""The commands that keep data from being lost: backup, restore, doctor."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from crm import signing_keys
from crm.console import Refused, moment, said_in_one_line, settings
from crm.crypto import Keyring, KeyringError, load_keyring, replace_secret, write_keyring
from crm.keeping import backup_jobs, doctor_cli, restoring
from crm.keeping.models import Kind
from crm.keeping.runs_jobs import Failed, Outcome, note
from crm.settings import Settings


@click.command()
@click.option("--now", "now_text")
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def backup(now_text: str | None, as_json: bool) -> None:
    """Make a backup, read it again, and let those go that are no longer needed."""
    now, made = moment(now_text), []

    def make(_now: Any) -> Outcome:
        made.append(backup_jobs.make(now=now))
        return Outcome(made[0].path.name, made[0].size, made[0].manifest.trouble)

    try:
        note(Kind.BACKUP, make, now)
    except Failed as error:
        _failed(str(error), as_json)
    done = made[0]
    if as_json:
        click.echo(json.dumps({
            "file": str(done.path), "bytes": done.size, "seconds": round(done.seconds, 2), "pruned": done.pruned,
            "manifest": done.manifest.told(),
        }))  # fmt: skip
        return
    click.echo(f"{done.path}: {done.manifest.row_count:,} rows, {done.size / 1e6:.1f} MB, read again and whole.")
    if done.manifest.trouble:
        click.echo(done.manifest.trouble, err=True)
    for name in done.pruned:
        click.echo(f"No longer needed, removed: {name}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), required=True, help="An empty or new data folder.")
@click.option("--ledger", type=click.Path(path_type=Path), help="A newer backup that knows who was erased since.")
@click.option("--now", "now_text")
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def restore(file: Path, into: Path, ledger: Path | None, now_text: str | None, as_json: bool) -> None:
    """Bring a backup back into a new data folder; everything is checked before anything is touched."""
    try:
        keyring = load_keyring(settings().keyring_path)
    except KeyringError as error:
        _failed(f"{error}; or type the recovery sheet in: flask keys restore", as_json)
    there = _settings_of(into)
    _refuse_other_keys(there, keyring, as_json)
    try:
        done = restoring.restore(file, into, keyring, now=moment(now_text), ledger=ledger)
    except restoring.Refusal as error:
        raise Refused(error.field, str(error), as_json=as_json) from None
    except OSError as error:
        _failed(f"{into} cannot be written ({error.strerror}); nothing of the backup is left there", as_json)
    authenticators_fit = _give_keys(there, keyring)
    if as_json:
        click.echo(json.dumps({
            "into": str(into), "made_at": done.manifest.made_at.isoformat(), "rows": done.manifest.row_count,
            "held": done.held, "signed_out": done.signed_out, "erased_again": done.erased_again,
            "ledgers_unread": done.unread, "trouble": done.trouble, "authenticators_fit": authenticators_fit,
        }))  # fmt: skip
        return
    _tell(done, into, authenticators_fit=authenticators_fit)


def _tell(done: restoring.Restored, into: Path, *, authenticators_fit: bool) -> None:
    made = f"{done.manifest.made_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{into} holds the desk as it was on {made}: {done.manifest.row_count:,} rows.")
    click.echo(f"Missing: whatever was entered since {made}.")
    click.echo(f"Held in the outbox until somebody looks, since they may have left meanwhile: {done.held}.")
    click.echo(
        "Everybody has to sign in again, and links in older mails are void. Calendar addresses go on as they are."
    )
    if not authenticators_fit:
        click.echo(
            "Codes of authenticators do not fit here, since what they rest on is in no backup: sign in with a recovery "
            "code and set up another authenticator, or: flask break-glass --email E."
        )
    if done.erased_again:
        click.echo(f"Erased again, as the ledger says: {', '.join(done.erased_again)}.")
    for name in done.unread:
        click.echo(f"{name} could not be read: who was erased after {made} may be back, if only it knew.", err=True)
    if done.trouble:
        click.echo(done.trouble, err=True)
    click.echo(f"Start it with HANDOFF_DATA_DIR={into} flask serve. On PostgreSQL, carry it over with flask move-db.")


def _settings_of(into: Path) -> Settings:
    return settings().model_copy(update={"data_dir": into, "database_url": ""})


def _refuse_other_keys(there: Settings, keyring: Keyring, as_json: bool) -> None:
    """Keys that lie beside the new folder already have to be these, or the desk could not read what came back."""
    if not there.keyring_path.exists():
        return
    try:
        same = load_keyring(there.keyring_path).keys.items() >= keyring.keys.items()
    except KeyringError:
        same = False
    if not same:
        raise Refused("into", f"{there.keyring_path} holds other keys; move that file away first", as_json=as_json)


def _give_keys(there: Settings, keyring: Keyring) -> bool:
    """Put the keys beside the new folder, where the desk looks for them; keys that are there stay.

    A new key signs; what authenticators rest on goes over from here. Returns whether there is such a thing.
    """
    if not there.keyring_path.exists():
        write_keyring(there.keyring_path, keyring)
    if not there.secret_key_path.exists():
        known = signing_keys.read(settings().secret_key_path)
        replace_secret(there.secret_key_path, known.renewed(keep=False) if known.signing else signing_keys.first())
        return bool(known.signing)
    return True


def _failed(message: str, as_json: bool) -> Any:
    if as_json:
        click.echo(json.dumps({"error": {"field": None, "message": message}}))
        sys.exit(1)
    raise click.ClickException(message)


COMMANDS = [backup, restore, doctor_cli.doctor]
