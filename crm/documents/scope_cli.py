"""The commands `scope check` and `scope cases`: a text in, its findings out; a database is optional (section 11)."""

import csv
import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from crm.console import settings
from crm.db import db
from crm.documents.scope import BrokenRules, Rulebook, Verdict, check, load_rules
from crm.documents.scope.records import KINDS
from crm.sources.models import Office

RULES = Path(__file__).resolve().parents[2] / "config" / "scope_language.toml"
LONGEST = 200_000


class BadInput(click.ClickException):
    """What cannot be checked: status 2, nothing on standard output."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Given:
    """One text to check and what is known about it."""

    text: str
    kind: str
    first_contact: bool = False
    fragment: bool = False
    release: bool = False
    names: tuple[str, ...] = ()


@click.group("scope")
def scope() -> None:
    """Words that are out of a medical exercise practice's scope."""


@scope.command("check")
@click.argument("file")
@click.option("--kind", default="", help="letter, form, report, billing or note; with --jsonl each line says its own.")
@click.option("--first-contact", is_flag=True, help="A letter to somebody new: it must hold four statements.")
@click.option("--fragment", is_flag=True, help="Part of a document: no required statements.")
@click.option("--release", is_flag=True, help="A valid release covers the provider addressed.")
@click.option("--name", "names", multiple=True, help="Somebody else's name, such as a clinic's. Repeatable.")
@click.option("--jsonl", is_flag=True, help="FILE holds one JSON object a line.")
@with_appcontext
def check_file(file: str, kind: str, jsonl: bool, names: tuple[str, ...], **flags: bool) -> None:
    """Check FILE (- for standard input) and print what was found as JSON; status 1 means blocked."""
    rules, content = _rules(), _read(file)
    if jsonl:
        shared = (*names, *_source_names())
        rows = [_of_line(line, number, shared, flags) for number, line in _lines(content)]
        results = [(name, _judge(given, rules)) for name, given in rows]
        for name, verdict in results:
            click.echo(json.dumps({"id": name, **verdict.to_json()}))
        sys.exit(any(verdict.blocked for _, verdict in results))
    _refuse_odd(content, kind)
    given = Given(content, kind, names=(*names, *_source_names()), **flags)
    verdict = _judge(given, rules)
    click.echo(json.dumps(verdict.to_json(), indent=1))
    sys.exit(verdict.blocked)


@scope.command("cases")
@click.argument("file")
def check_cases(file: str) -> None:
    """Compare each sentence of FILE (columns kind, text, expected, note) with what it is labelled."""
    rules = _rules()
    rows = list(csv.DictReader(StringIO(_read(file).removeprefix("\ufeff"), newline="")))
    wrong = 0
    for number, row in enumerate(rows, start=1):
        expected, found = _labelled(row, number), _found(row, rules)
        if expected != found:
            wrong += 1
            click.echo(f"{number}: {row['text']!r} ({row['kind']}): expected {_shown(expected)}, found {_shown(found)}")
    click.echo(f"{len(rows)} sentences, {wrong} wrong")
    sys.exit(bool(wrong))


def _labelled(row: Mapping[str, str | None], number: int) -> set[str]:
    expected, text, kind = row.get("expected"), row.get("text"), row.get("kind")
    if expected is None or text is None or kind is None:
        raise BadInput(f"row {number}: the columns are kind, text, expected, note")
    _refuse_odd(text, kind)
    return {label.strip() for label in expected.split(";")} - {"pass", ""}


def _found(row: Mapping[str, str], rules: Rulebook) -> set[str]:
    verdict = check(row["text"], row["kind"], rules, fragment=True)
    return {f"{finding.rule}:{finding.severity}" for finding in verdict.findings}


def _shown(labels: Collection[str]) -> str:
    return ";".join(sorted(labels)) or "pass"


def _judge(given: Given, rules: Rulebook) -> Verdict:
    return check(
        given.text,
        given.kind,
        rules,
        first_contact=given.first_contact,
        fragment=given.fragment,
        release=given.release,
        names=given.names,
    )


def _rules() -> Rulebook:
    try:
        return load_rules(RULES)
    except BrokenRules as error:
        raise BadInput(f"the rules file is broken: {error}") from error


def _read(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8: byte {error.start}") from error


def _refuse_odd(text: str, kind: str) -> None:
    if kind not in KINDS:
        raise BadInput(f"{kind or 'no kind'!s}: --kind is one of {', '.join(KINDS)}")
    if "\0" in text:
        raise BadInput("the text holds a NUL character")
    if len(text.removeprefix("\ufeff")) > LONGEST:
        raise BadInput(f"the text is longer than {LONGEST:,} characters")


def _lines(content: str) -> list[tuple[int, str]]:
    rows = enumerate(content.removeprefix("\ufeff").split("\n"), start=1)
    return [(number, row) for number, row in rows if row.strip()]


def _of_line(line: str, number: int, names: Collection[str], flags: Mapping[str, bool]) -> tuple[Any, Given]:
    """Read one line of --jsonl; what it leaves open the options say."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"line {number} is not JSON") from error
    bad = partial(_bad_field, number)
    if not isinstance(row, dict) or "id" not in row:
        raise bad("id")
    text, kind, own = row.get("text"), row.get("kind"), row.get("names", [])
    if not isinstance(text, str):
        raise bad("text")
    if not isinstance(kind, str):
        raise bad("kind")
    if not isinstance(own, list) or not all(isinstance(name, str) for name in own):
        raise bad("names")
    said = {key: row.get(key, given) for key, given in flags.items()}
    for key, value in said.items():
        if not isinstance(value, bool):
            raise bad(key)
    try:
        _refuse_odd(text, kind)
    except BadInput as error:
        raise BadInput(f"line {number}: {error.message}") from error
    return row["id"], Given(text, kind, names=(*own, *names), **said)


def _bad_field(number: int, field: str) -> BadInput:
    return BadInput(f"line {number}: {field} is missing or of the wrong type")


def _source_names() -> tuple[str, ...]:
    """Return the names of offices on file; without a database there are none, and none is made."""
    where = settings()
    if (
        where.is_sqlite
        and not Path(str(current_app.config["SQLALCHEMY_DATABASE_URI"]).removeprefix("sqlite:///")).is_file()
    ):
        return ()
    try:
        return tuple(db.session.scalars(select(Office.name).distinct()))
    except SQLAlchemyError:
        return ()
