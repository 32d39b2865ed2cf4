"""Commands; each opens its own transaction and ends with an exit code a script can rely on."""

import secrets
from zoneinfo import available_timezones

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from crm import demo, keys_cli, signing_keys
from crm.accounts import queries, service, user_cli
from crm.clients.client_cli import client_group
from crm.console import Refused, moment, said_in_one_line, settings, the_practice
from crm.crypto import Sealer, create_keyring, load_keyring, replace_secret
from crm.db import db, writing
from crm.documents.scope_cli import scope
from crm.journal.audit_cli import audit
from crm.keeping import keeping_cli, rotation_cli
from crm.keeping.move_cli import move_db
from crm.outreach import jobs, worker_cli
from crm.outreach.cadence_cli import cadence
from crm.outreach.feed_cli import feed_group
from crm.sources import import_cli

DEMO_EMAIL = "demo@example.com"


@click.command()
@said_in_one_line
@with_appcontext
def init() -> None:
    """Make the data folder, keys and database, or bring them to the newest form. Safe to repeat."""
    where = settings()
    where.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not where.keyring_path.exists():
        create_keyring(where.keyring_path)
        click.echo(f"New keys in {where.keyring_path}.")
    if not where.secret_key_path.exists():
        where.secret_key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_secret(where.secret_key_path, signing_keys.first())
    if newer_than_program():
        raise click.ClickException("the database is newer than this program; install the newer program")
    upgrade()
    if queries.first_practice() is None:
        with writing():
            service.create_practice("", "America/New_York")
    if where.is_sqlite:
        for path in where.data_dir.glob("handoff.sqlite3*"):
            path.chmod(0o600)
    if keys_cli.confirmed_on(load_keyring(where.keyring_path)) is None:
        click.echo("If the keys are lost, so is client data: flask keys sheet, keep the print, flask keys confirm.")
    click.echo(f"Ready: {where.data_dir}")


def newer_than_program() -> bool:
    """Say whether the database was migrated by a newer program than this one."""
    known = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    with db.engine.connect() as connection:
        head = MigrationContext.configure(connection).get_current_revision()
    return head is not None and head not in {script.revision for script in known.walk_revisions()}


@click.group()
def practice() -> None:
    """Practices of this installation."""


@practice.command("create")
@click.option("--name", required=True)
@click.option("--time-zone", required=True)
@said_in_one_line
@with_appcontext
def create_practice(name: str, time_zone: str) -> None:
    """Add a practice and print its id."""
    if time_zone not in available_timezones():
        raise Refused("time-zone", f"there is no time zone {time_zone}; write one such as America/Chicago")
    with writing():
        made = service.create_practice(name, time_zone)
    click.echo(made.id)


@click.group("demo")
def demo_group() -> None:
    """The sample practice."""


@demo_group.command("load")
@click.option("--practice", "practice_id", type=int)
@click.option("--now", "now_text")
@click.option("--owner", is_flag=True, help=f"Also make an owner {DEMO_EMAIL} where nobody can sign in yet.")
@said_in_one_line
@with_appcontext
def load_demo(practice_id: int | None, now_text: str | None, owner: bool) -> None:
    """Put twelve made-up sources and eight clients in, relative to today."""
    now = moment(now_text)
    password = secrets.token_urlsafe(12) if owner and not queries.owner_exists() else None
    password_hash = service.hashed(password) if password else None
    with writing():
        where = the_practice(practice_id)
        if password_hash:
            where.name = where.name or "Sample Exercise Practice"
            service.create_user(where, service.Person(DEMO_EMAIL, "Robin Vale", "MES"), password_hash=password_hash)
            for name, value in demo.LETTERHEAD.items():
                setattr(where, name, value)
        demo.load(where, _sealer(), now=now)
    click.echo("The sample practice is loaded.")
    if password:
        click.echo(f"Sign in at {settings().base_url}/login as {DEMO_EMAIL} with the password {password}")


@demo_group.command("remove")
@click.option("--practice", "practice_id", type=int)
@said_in_one_line
@with_appcontext
def remove_demo(practice_id: int | None) -> None:
    """Take the sample practice out again and touch nothing else."""
    with writing():
        demo.remove(the_practice(practice_id))
    click.echo("The sample practice is gone.")


def _sealer() -> Sealer:
    found: Sealer = current_app.extensions["handoff"].sealer()
    return found


@cadence.command("replan")
@click.option("--dry-run", is_flag=True)
@click.option("--now", "now_text")
@said_in_one_line
@with_appcontext
def replan(dry_run: bool, now_text: str | None) -> None:
    """Replay all offices and print what differs from the task table."""
    now = moment(now_text)
    for difference in jobs.replan_all(now=now, dry_run=dry_run):
        click.echo(difference)


def register(app: Flask) -> None:
    """Hang the commands into `flask`."""
    rotation_cli.install(keys_cli.keys)
    for command in (
        init,
        keys_cli.keys,
        client_group,
        practice,
        user_cli.user,
        user_cli.break_glass,
        demo_group,
        audit,
        cadence,
        scope,
        feed_group,
        import_cli.group,
        move_db,
        *keeping_cli.COMMANDS,
        *worker_cli.COMMANDS,
    ):
        app.cli.add_command(command)
