"""Say whether all is well: every thing that could be wrong by name, in a plain sentence, with the way out."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from crm.accounts.models import Practice
from crm.console import moment, settings
from crm.db import DAMAGED, PRAGMAS, db
from crm.journal.audit_cli import verdict_of
from crm.keeping import care_jobs, house_cli, postgres_cli, queries, standing
from crm.keeping.findings import Finding, State, bad, is_well, warn, well
from crm.keeping.models import Kind, RunState
from crm.outreach import mailer
from crm.outreach.models import Heartbeat, MessageState, OutboxMessage
from crm.settings import Settings

SILENT = timedelta(minutes=5)
NUMBERS = {"FULL": "2", "ON": "1", "OFF": "0", "MEMORY": "2"}
RESTORE = (
    "Stop the desk, then: flask restore {backups}/<newest>.backup --into <new folder>, and set HANDOFF_DATA_DIR to it"
)
HOUSE: tuple[Callable[[Settings], Finding], ...] = (
    house_cli.keys, house_cli.recovery_sheet, house_cli.files, house_cli.disk, house_cli.file_system,
    house_cli.versions, house_cli.backup_place, postgres_cli.way_to_database,
)  # fmt: skip


@click.command()
@click.option("--now", "now_text")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def doctor(now_text: str | None, as_json: bool) -> None:
    """Look at everything that could be wrong; exit code 1 where something is."""
    found = examine(now=moment(now_text))
    if as_json:
        click.echo(json.dumps({"well": is_well(found), "findings": [asdict(finding) for finding in found]}))
    else:
        for finding in found:
            click.echo(f"{finding.state.value:<5}{finding.name}: {finding.said}")
            if finding.way_out:
                click.echo(f"     -> {finding.way_out}.")
    if not is_well(found):
        sys.exit(1)


def examine(*, now: datetime) -> list[Finding]:
    """Look at everything; without a database that can be used, at all that needs none."""
    where = settings()
    found = [look(where) for look in HOUSE]
    try:
        found.append(_schema())
        if found[-1].state == State.OK:
            found += _inside(where, now)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        found.append(bad("database", f"It cannot be used: {said}.", _restore_words(where)))
    return found


def _inside(where: Settings, now: datetime) -> list[Finding]:
    own = _inside_sqlite(where) if where.is_sqlite else [postgres_cli.role()]
    return [*own, _clock(now), _mail(now), _outbox(), _backups(where, now), _rehearsal(now), _journal()]


def _inside_sqlite(where: Settings) -> list[Finding]:
    return [_damage(where), _pragmas(), house_cli.log_of_sqlite(where)]


def _schema() -> Finding:
    scripts = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    with db.engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
    if there == scripts.get_current_head():
        return well("database", f"{db.engine.dialect.name}, form {there}.")
    if there is not None and there not in {script.revision for script in scripts.walk_revisions()}:
        return bad("database", "It is newer than this program.", "Install the newer program")
    return bad("database", "It is not ready for this program.", "Run `flask init`")


def _damage(where: Settings) -> Finding:
    note = where.data_dir / DAMAGED
    trouble = note.read_text().strip() if note.exists() else care_jobs.damage(thorough=False)
    if trouble:
        return bad(
            "integrity", f"The database is damaged; nothing more is written to it. {trouble}", _restore_words(where)
        )
    return well("integrity", "Every page of the database is whole.")


def _restore_words(where: Settings) -> str:
    return RESTORE.format(backups=where.backup_path)


def _pragmas() -> Finding:
    with db.engine.connect() as connection:
        read = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name, _value in PRAGMAS}
    wrong = [name for name, value in PRAGMAS if read[name].upper() != NUMBERS.get(value, value)]
    if wrong:
        return bad(
            "settings of SQLite",
            f"{', '.join(wrong)} could not be set.",
            "Restart the desk; if it stays, tell us with the output of flask doctor --json",
        )
    return well("settings of SQLite", "Every write is on the disk before it is called saved.", read)


def _clock(now: datetime) -> Finding:
    ticked_at = db.session.scalar(select(Heartbeat.ticked_at).limit(1))
    way_out = "Start `flask serve`, or `flask worker` beside `flask web`"
    if ticked_at is None:
        return warn("clock", "It has not ticked yet: digests and letters wait.", way_out)
    if now - ticked_at > SILENT:
        return bad("clock", f"It last ticked {ticked_at:%Y-%m-%d %H:%M} UTC: digests and letters wait.", way_out)
    row = db.session.execute(select(Heartbeat)).scalar_one()
    troubles = sorted(name for name, told in row.details.items() if isinstance(told, dict) and told.get("kind"))
    if troubles:
        return bad(
            "clock", f"These fail at each tick: {', '.join(troubles)}.", "Look at the log of the desk for job_failed"
        )
    return well("clock", f"It ticked {ticked_at:%H:%M:%S} UTC.")


def _mail(now: datetime) -> Finding:
    if reason := mailer.missing():
        return warn("mail", f"{reason} Mail waits in the outbox.", "Set MAIL_SERVER and start the desk again")
    row = db.session.execute(select(Heartbeat)).scalars().first()
    if row is not None and row.channel_paused:
        again = (
            f", next try {row.channel_next_at:%H:%M} UTC" if row.channel_next_at and row.channel_next_at > now else ""
        )
        return bad(
            "mail",
            f"Mail stands still{again}: {row.channel_paused}",
            "Put the settings of the mail server right and start the desk again",
        )
    return well("mail", "Nothing stands in its way.")


def _outbox() -> Finding:
    """I6 of security.md 4.2: what waits for a person is counted here and in the exit code."""
    waits = (MessageState.UNKNOWN, MessageState.FAILED, MessageState.HELD)
    query = (
        select(OutboxMessage.state, func.count()).where(OutboxMessage.state.in_(waits)).group_by(OutboxMessage.state)
    )
    counts = dict(db.session.execute(query).tuples().all())
    said = ", ".join(f"{counts.get(state, 0)} {state.value}" for state in waits)
    if counts.get(MessageState.UNKNOWN) or counts.get(MessageState.FAILED):
        return bad("outbox", f"{said}.", "Decide on the page Outbox, or: flask outbox list")
    if counts:
        return warn("outbox", f"{said}.", "Release them on the page Outbox, or: flask outbox list")
    return well("outbox", "Nothing waits for a decision.")


def _backups(where: Settings, now: datetime) -> Finding:
    clock = queries.clock_of(now)
    if clock is None:
        return warn("backups", "There is no practice yet to back up.", "Run `flask init`")
    latest = queries.latest()
    told, newest = standing.standing(latest, clock), latest.get((Kind.BACKUP, RunState.OK))
    if told.warning:
        return bad("backups", told.warning, "Put that right, then run: flask backup")
    if newest and where.is_sqlite and not (where.backup_path / newest.file).is_file():
        said = f"The last one, {newest.file}, is not in {where.backup_path} any more."
        return bad("backups", said, "Bring it back, or run: flask backup")
    return well("backups", told.line)


def _rehearsal(now: datetime) -> Finding:
    latest = queries.latest()
    done = standing.at_of(latest, Kind.REHEARSAL, RunState.OK)
    if done is None and standing.has_backup(latest):
        return warn("rehearsal", "No backup was restored on trial yet.", "It comes with the clock, within a day")
    if done and now - done > 2 * standing.WEEK:
        return warn(
            "rehearsal", f"The last restore on trial was {done:%Y-%m-%d}.", "Let the clock run; it does one a week"
        )
    return well("rehearsal", f"Restored on trial {done:%Y-%m-%d}." if done else "It follows the first backup.")


def _journal() -> Finding:
    for practice in db.session.scalars(select(Practice).order_by(Practice.id)).all():
        verdict, without = verdict_of(practice)
        if not verdict.holds:
            return bad(
                "journal", f"It was changed: {verdict.trouble}.", "Run: flask audit verify, and compare with a backup"
            )
        if without:
            return warn("journal", without, "Put the key file back")
    return well("journal", "Its chain holds.")
