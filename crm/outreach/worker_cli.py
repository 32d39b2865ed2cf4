"""Commands that keep Handoff running: serve, web, worker."""

import fcntl
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext

from crm import servers
from crm.accounts import queries as accounts
from crm.accounts import service
from crm.console import Refused, moment, said_in_one_line, settings
from crm.db import db, writing
from crm.keeping import house_cli
from crm.keeping.findings import State
from crm.outreach import mailer, outbox_cli
from crm.outreach.worker import Worker
from crm.settings import Settings


@click.command()
@said_in_one_line
@with_appcontext
def serve() -> None:
    """Run pages and clock in this one process."""
    where, app = settings(), _app()
    signal.signal(signal.SIGTERM, _leave)
    _check(where)
    lock = only_one(where.data_dir / "serve.lock")
    server = _listen(app, where)
    _say_first_words(where)
    worker = Worker(app)
    worker.start(where.tick_seconds)
    try:
        server.run()
    finally:
        server.close()
        _end(worker)
        lock.close()


@click.command()
@click.option("--workers", type=click.IntRange(1, 32), default=2)
@said_in_one_line
@with_appcontext
def web(workers: int) -> None:
    """Run the pages only, in several processes; needs PostgreSQL and `flask worker` beside it."""
    where, app = settings(), _app()
    if where.is_sqlite:
        raise click.ClickException(
            "several processes need PostgreSQL: set HANDOFF_DATABASE_URL=postgresql://..., or run `flask serve`"
        )
    _check(where)
    _say_first_words(where)
    servers.Pages(app, where, workers, _port(where)).run()


@click.command("worker")
@click.option("--once", is_flag=True, help="Run every job once and end.")
@click.option("--now", "now_text", help="With --once: the moment to take for now.")
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def worker_command(once: bool, now_text: str | None, as_json: bool) -> None:
    """Run the clock only: plan, queue digests, send mail."""
    if now_text and not once:
        raise Refused("now", "goes with --once", as_json=as_json)
    now = moment(now_text)
    _check(settings())
    db.session.remove()
    if not once:
        _run_until_told(Worker(_app()), settings().tick_seconds)
        return
    done = Worker(_app()).run_once(now)
    if as_json:
        click.echo(json.dumps(done))
    else:
        for name, count in done.items():
            click.echo(f"{name}: {'failed' if count is None else count}")
    if None in done.values():
        sys.exit(1)


COMMANDS = [serve, web, worker_command, outbox_cli.outbox_group, outbox_cli.digest]


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def _check(where: Settings) -> None:
    """Say in one line what keeps Handoff from running, and the way out."""
    if not where.data_dir.is_dir():
        raise click.ClickException(f"there is no data folder {where.data_dir}; run `flask init` first")
    if not os.access(where.data_dir, os.W_OK | os.X_OK):
        raise click.ClickException(
            f"{where.data_dir} cannot be written; give this user the right or set HANDOFF_DATA_DIR"
        )
    if (disk := house_cli.file_system(where)).state == State.BAD:
        raise click.ClickException(f"{disk.said} {disk.way_out}")
    if not where.secret_key_path.is_file():
        raise click.ClickException(f"there is no key {where.secret_key_path}; run `flask init` first")
    known = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    with db.engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
    if there == known.get_current_head():
        return
    if there is not None and there not in {script.revision for script in known.walk_revisions()}:
        raise click.ClickException("the database is newer than this program; install the newer program")
    raise click.ClickException("the database is not ready for this program; run `flask init` first")


def only_one(path: Path) -> IO[str]:
    """Lock a file for as long as it stays open; raises ClickException where another process holds it."""
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise click.ClickException(
            f"Handoff is already running on {path.parent}; stop it first or set HANDOFF_DATA_DIR to another folder"
        ) from None
    return handle


def _port(where: Settings) -> int:
    """Return the port to listen on: the base address's own, or 8000 behind a proxy."""
    return urlsplit(where.base_url).port or int(os.environ.get("PORT", "8000"))


def _listen(app: Flask, where: Settings) -> Any:
    port = _port(where)
    try:
        return servers.listen(app, where, port)
    except OSError as error:
        raise click.ClickException(
            f"port {port} of {where.host} cannot be used ({error.strerror}); choose another: PORT=8001 make run"
        ) from None


def _say_first_words(where: Settings) -> None:
    """Say where the desk is, once no query runs any more: from these words on somebody may tell it to end."""
    secret = None
    if not accounts.owner_exists():
        with writing():
            secret = service.new_link(now=moment(None))
    db.session.remove()
    db.engine.dispose()
    click.echo(f"Handoff is at {where.base_url}")
    if reason := mailer.missing():
        click.echo(f"{reason} Mail waits in the outbox until you set MAIL_SERVER and start again.")
    if secret:
        click.echo(f"Set it up within an hour: {where.base_url}/setup/{secret}")


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def _run_until_told(worker: Worker, tick_seconds: int) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: told.set())
    worker.start(tick_seconds)
    told.wait()
    _end(worker)


def _end(worker: Worker) -> None:
    """Let what runs come to its end; what does not in time is left as it stands in the tables and taken up later."""
    if not worker.stop():
        sys.stdout.flush()
        os._exit(0)
