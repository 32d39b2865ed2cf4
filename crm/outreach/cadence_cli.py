"""The command `cadence simulate`: one case in, one JSON object out; no database (cadence.md 9 and 10)."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from crm.outreach.cadence import BadInput, parse_case, plan_to_json, simulate


@click.group("cadence")
def cadence() -> None:
    """What is due, when, and why."""


@cadence.command("simulate")
@click.argument("case")
def simulate_case(case: str) -> None:
    """Replay the events of CASE (a JSON file, or - for standard input) and print what is due."""
    try:
        given = parse_case(_read(case))
        plan = simulate(given.practice, given.sources, given.clients, given.events, given.as_of)
    except BadInput as error:
        click.echo(json.dumps({"error": {"field": error.field, "message": error.message}}))
        sys.exit(2)
    click.echo(json.dumps(plan_to_json(plan), indent=1))


def _read(case: str) -> Any:
    try:
        content = sys.stdin.buffer.read() if case == "-" else Path(case).read_bytes()
    except OSError as error:
        raise BadInput("$", f"the file cannot be read: {error.strerror}") from error
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput("$", f"this is not JSON: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
