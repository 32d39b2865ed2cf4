"""The command that reads a list of providers in."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from crm.console import Refused, moment, said_in_one_line, the_practice
from crm.db import db, writing
from crm.outreach import service as outreach
from crm.sources import import_service as service
from crm.sources.import_plan import Counts
from crm.sources.provider_file import MAX_BYTES
from crm.sources.provider_list import ProviderList, UnreadableList, read_provider_list


@click.group("import")
def group() -> None:
    """Read lists in."""


@group.command("sources")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--practice", "practice_id", type=int, help="Needed where there are several practices.")
@click.option("--now", "now_text", help="Another moment than the present, such as 2026-05-06T14:00:00Z.")
@said_in_one_line
@with_appcontext
def import_sources(file: Path, dry_run: bool, as_json: bool, practice_id: int | None, now_text: str | None) -> None:
    """Read FILE, a CSV list of providers; new ones are listed, known ones updated."""
    now = moment(now_text)
    found = _read(file, as_json=as_json)
    practice = the_practice(practice_id)
    if dry_run:
        counts = service.compare(practice.id, found.rows).counts
    else:
        with writing(practice.id):
            imported = service.import_rows(practice, file.name, found, now=now)
            if imported.moved:
                outreach.replan(practice, imported.moved, (), now=now)
        counts = imported.counts
    db.session.rollback()
    click.echo(json.dumps(_answer(counts, found)) if as_json else _words(counts, found, dry_run=dry_run))


def _read(file: Path, *, as_json: bool) -> ProviderList:
    try:
        with file.open("rb") as handle:
            return read_provider_list(handle.read(MAX_BYTES + 1))
    except OSError as error:
        raise Refused("file", f"{file} cannot be read: {error.strerror}", as_json=as_json) from None
    except UnreadableList as unreadable:
        raise Refused(unreadable.field, unreadable.message, as_json=as_json) from None


def _answer(counts: Counts, found: ProviderList) -> dict[str, object]:
    refused = [{"row": row.line, "field": row.field, "reason": row.reason} for row in found.refused]
    return {"new": counts.new, "updated": counts.updated, "same": counts.same, "refused": refused}


def _words(counts: Counts, found: ProviderList, *, dry_run: bool) -> str:
    lines = [
        f"{'Nothing is saved. ' if dry_run else ''}{counts.new:,} new, {counts.updated:,} updated, "
        f"{counts.same:,} the same, {len(found.refused):,} refused.",
        *found.notes,
        *(f"Row {row.line}: {row.reason}" for row in found.refused),
    ]
    return "\n".join(lines)
