"""`flask import sources`: what a script can rely on."""

import json
from pathlib import Path

import builders
import pytest
from sqlalchemy import func, select

from crm.db import db
from crm.sources.models import ImportBatch, Source

LISTS = Path(__file__).parent / "lists"


@pytest.fixture
def run(app):
    with app.app_context():
        builders.practice()
    return lambda *args: app.test_cli_runner().invoke(args=["import", "sources", *map(str, args)])


def sources(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Source))


def test_every_row_counts_in_exactly_one_of_the_four(app, run):
    result = run(LISTS / "registry.csv", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert list(answer) == ["new", "updated", "same", "refused"]
    with app.app_context():
        total = db.session.scalars(select(ImportBatch.total_rows)).one()
    assert answer["new"] + answer["updated"] + answer["same"] + len(answer["refused"]) == total
    assert all(set(row) == {"row", "field", "reason"} for row in answer["refused"])


def test_a_second_run_finds_everything_the_same(run):
    first = json.loads(run(LISTS / "registry.csv", "--json").output)
    again = json.loads(run(LISTS / "registry.csv", "--json").output)
    assert (again["new"], again["updated"]) == (0, 0)
    assert again["same"] == first["new"] + first["updated"] + first["same"]
    assert again["refused"] == first["refused"]


def test_a_dry_run_says_the_same_and_saves_nothing(app, run):
    dry = run(LISTS / "registry.csv", "--json", "--dry-run").output
    assert sources(app) == 0
    assert run(LISTS / "registry.csv", "--json").output == dry


@pytest.mark.parametrize("name", ["binary.csv", "open_quote.csv", "no_header.csv", "nowhere.csv"])
def test_a_list_that_cannot_be_read_is_bad_input(app, run, name):
    result = run(LISTS / name, "--json")
    assert result.exit_code == 2
    assert set(json.loads(result.output)["error"]) == {"field", "message"}
    assert sources(app) == 0


def test_without_json_it_speaks_to_people(run):
    result = run(LISTS / "registry.csv", "--dry-run")
    assert "Nothing is saved." in result.output


def test_the_practice_has_to_be_named_where_there_are_several(app, run):
    with app.app_context():
        builders.practice(name="Elsewhere")
    assert run(LISTS / "registry.csv", "--json").exit_code == 2
