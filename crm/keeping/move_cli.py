"""The command that carries a practice which has outgrown its SQLite file over to PostgreSQL."""

import json

import click
from alembic.migration import MigrationContext
from flask.cli import with_appcontext
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from crm.console import Refused, said_in_one_line, settings
from crm.db import begin_write, db
from crm.keeping import move
from crm.outreach.worker_cli import only_one


@click.command("move-db")
@click.option("--to", "address", required=True, help="An empty database: postgresql://user@host/name")
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def move_db(address: str, as_json: bool) -> None:
    """Carry everything over to an empty PostgreSQL database; the SQLite file stays as it is.

    One transaction: a move that fails or is killed leaves nothing behind. What waits to be sent is held there.
    """
    where = settings()
    if not where.is_sqlite:
        raise click.ClickException("the database set here is PostgreSQL already; set the SQLite file to carry over")
    with only_one(where.data_dir / "serve.lock"):
        try:
            engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
        except ArgumentError:
            raise Refused("to", "write it as postgresql://user@host/name", as_json=as_json) from None
        begin_write()
        try:
            with engine.begin() as target:
                _refuse_other_age(db.session.connection(), target)
                moved = move.carry(db.session.connection(), target)
        except move.NotMoved as reason:
            raise click.ClickException(str(reason)) from None
        finally:
            db.session.rollback()
            engine.dispose()
    if as_json:
        click.echo(json.dumps({"rows": moved.rows, "content": moved.content, "held": moved.held}))
        return
    click.echo(f"{moved.rows} rows are over there; the content of both databases is the same ({moved.content[:16]}).")
    click.echo(f"{moved.held} messages wait for you in the outbox.")
    click.echo("Set HANDOFF_DATABASE_URL to the new database, keep the keys, and never start the old one again.")


def _refuse_other_age(source: Connection, target: Connection) -> None:
    """Both databases must stand at the same migration."""
    there, here = (MigrationContext.configure(of).get_current_revision() for of in (target, source))
    if there is None or there != here:
        raise click.ClickException(
            "that database is not ready for this program; run `flask init` on both first "
            "(HANDOFF_DATABASE_URL names the one)"
        )
