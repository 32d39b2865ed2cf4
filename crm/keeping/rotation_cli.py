"""Commands that change keys while the desk runs: a new one for client data, the old one out, one for signing."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from crm import signing_keys
from crm.accounts.models import Practice
from crm.console import Refused, moment, said_in_one_line, settings
from crm.crypto import Keyring, KeyringError, load_keyring, replace_keyring, replace_secret
from crm.db import begin_write, db, writing
from crm.journal import queries
from crm.journal import service as journal
from crm.journal.keeping_acts import KeyRotated
from crm.keeping import archive, reseal_jobs
from crm.keys_cli import confirmed_on, note_confirmed

CHANGING = 0  # the number of no practice: two changes of keys do not cross


@click.command()
@click.option("--add-only", is_flag=True, help="Only add the key, to copy the key file to other machines first.")
@click.option("--now", "now_text")
@said_in_one_line
@with_appcontext
def rotate(add_only: bool, now_text: str | None) -> None:
    """Seal all client data with a new key; the desk may run. What was stopped half-way goes on instead."""
    now = moment(now_text)
    active = _keyring().active
    if count := reseal_jobs.reseal_rows():
        click.echo(f"A change of keys was not finished: {_rows(count)} left are now sealed with {active}.")
        click.echo("For one more new key, run it again.")
        return
    keyring = _begin(now, add_only=add_only)
    if add_only:
        click.echo(f"{settings().keyring_path} holds one key more. Copy it to every machine, then: flask keys rotate")
        return
    click.echo(
        f"New rows are sealed with {keyring.active}. The older ones follow; if this is stopped, the clock goes on."
    )
    click.echo(f"{_rows(reseal_jobs.reseal_rows())} sealed anew.")
    click.echo("The recovery sheet is out of date: flask keys sheet, keep the print, then: flask keys confirm")
    click.echo("The old key stays for backups that need it. Once none does: flask keys retire")


@click.command()
@said_in_one_line
@with_appcontext
def retire() -> None:
    """Take old keys out of the key file once no row, no kept backup and no seal of the journal needs them."""
    with writing(CHANGING):
        for practice_id in db.session.scalars(select(Practice.id).order_by(Practice.id)).all():
            begin_write(practice_id)  # nobody is between sealing a row and saving it
        keyring = _keyring()
        old = sorted(key_id for key_id in keyring.keys if key_id < keyring.active)
        needs = {key_id: _needs(key_id, keyring) for key_id in old}
        free = {key_id for key_id in old if not needs[key_id]}
        if free:
            _replace(keyring.without(free))
    for key_id in old:
        for need in needs[key_id]:
            click.echo(f"{key_id} is needed by {need}.", err=True)
        if key_id in free:
            click.echo(f"{key_id} is gone. Backups you keep elsewhere and that it opens need an old recovery sheet.")
    if not old:
        click.echo("There is no old key.")
    if old and not free:
        raise click.exceptions.Exit(1)


@click.command("renew-secret")
@click.option("--at-once", is_flag=True, help="Void every link that is out: the old key may be known to somebody.")
@said_in_one_line
@with_appcontext
def renew_secret(at_once: bool) -> None:
    """Make a new key to sign with; links that are out stay good, by the key before."""
    path = settings().secret_key_path
    known = signing_keys.read(path)
    if not known.signing:
        raise Refused("secret_key", f"there is no key {path}; run `flask init`")
    _write(path, known.renewed(keep=not at_once))
    click.echo("A new key signs once the desk is started again.")
    if at_once:
        click.echo(
            "Links that are out are void then. Codes of authenticators still rest on the old key: whoever has it"
        )
        click.echo("and the database can work them out. Set the second factors up anew, on each one's account page.")
    else:
        click.echo("Links that are out stay good.")


def _begin(now: datetime, *, add_only: bool) -> Keyring:
    """Add a key, or take the one that was added before, and make it active; the journal and the file say so at once."""
    with writing(CHANGING):
        keyring = _keyring()
        newest = max(keyring.keys)
        known = Keyring(newest, keyring.keys) if newest > keyring.active else keyring.with_new_key()
        if add_only:
            known = Keyring(keyring.active, known.keys)
        else:
            _write_down(known.active, now)
        _replace(known)
    return known


def _write_down(key_id: str, now: datetime) -> None:
    for practice in db.session.scalars(select(Practice).order_by(Practice.id)).all():
        begin_write(practice.id)
        journal.record(practice, KeyRotated(key_id=key_id), now=now)


def _needs(key_id: str, keyring: Keyring) -> list[str]:
    """Say what still needs a key; nothing where it can go."""
    rows = reseal_jobs.rows_by_key().get(key_id, Counter())
    told = [
        f"{_rows(count)} of {table}: the clock seals them anew, but for damaged ones" for table, count in rows.items()
    ]
    names = [path.name for path in sorted(settings().backup_path.glob("*.backup")) if _is_in(path, key_id, keyring)]
    if names:
        told.append(f"{len(names)} kept backups, the newest {names[-1]}")
    heads = [queries.newest_seal(id_) for id_ in db.session.scalars(select(Practice.id)).all()]
    if any(head is not None and head.key_id <= key_id for head in heads):
        told.append("the newest seal of the journal: the clock makes another with the next entry")
    return told


def _is_in(path: Path, key_id: str, keyring: Keyring) -> bool:
    """Say whether a backup is sealed with a key, or holds rows that are."""
    try:
        manifest = archive.read_manifest(path, keyring)
    except archive.BadArchive:
        return archive.key_id_of(path) == key_id
    return key_id in {manifest.key_id, *manifest.key_ids}


def _keyring() -> Keyring:
    try:
        return load_keyring(settings().keyring_path)
    except KeyringError as error:
        raise click.ClickException(str(error)) from None


def _replace(keyring: Keyring) -> None:
    """Write the key file; where keys only went, what is on paper still opens everything, and stays confirmed."""
    path = settings().keyring_path
    before = load_keyring(path)
    on = confirmed_on(before) if keyring.keys.items() < before.keys.items() else None
    try:
        replace_keyring(path, keyring)
    except OSError as error:
        raise click.ClickException(f"the key file {path} cannot be replaced: {error.strerror}") from None
    if on is not None:
        note_confirmed(keyring, on)


def _write(path: Path, content: str) -> None:
    try:
        replace_secret(path, content)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be replaced: {error.strerror}") from None


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def install(keys: click.Group) -> None:
    """Add the commands to the group `flask keys`."""
    for command in (rotate, retire, renew_secret):
        keys.add_command(command)
