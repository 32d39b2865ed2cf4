"""Rows 62 and 76: the access matrix on paper is the one that runs."""

import re
from pathlib import Path

import pytest
from flask import Flask

from crm import guards
from crm.accounts.permissions import GRANTED, NEEDED, PUBLIC, RoleName, may_open
from crm.factory import create_app
from crm.settings import Settings

PAPER = Path(__file__).resolve().parents[2] / "docs" / "security" / "access-matrix.md"
HEAD = ["what", "needs", "addresses", "nobody", "owner", "assistant", "other practice", "disabled"]


def rows() -> list[dict[str, str]]:
    lines = [line for line in PAPER.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == HEAD
    return [dict(zip(HEAD, line, strict=True)) for line in cells[2:]]


@pytest.fixture
def app(settings: Settings) -> Flask:
    """An installation where every way of signing in is open."""
    return create_app(settings.model_copy(update={"base_url": "https://desk.example.com", "second_factor": "on"}))


def test_row_62_each_address_stands_in_the_matrix_once_as_the_guards_have_it(app):
    written = [(endpoint, row) for row in rows() for endpoint in re.findall(r"`([\w.]+)`", row["addresses"])]
    names = [endpoint for endpoint, _row in written]
    assert sorted(names) == sorted({rule.endpoint for rule in app.url_map.iter_rules()})
    for endpoint, row in written:
        is_open = endpoint in PUBLIC
        assert (row["nobody"], row["disabled"]) == (("open", "open") if is_open else ("sign-in", "sign-in")), endpoint
        assert row["other practice"] == ("open" if is_open else "not there"), endpoint
        assert row["needs"] == ("-" if is_open else NEEDED[endpoint].value), endpoint
        if is_open:
            assert guards.guard_of(app, endpoint) in {guards.public, guards.as_listed}, endpoint
            continue
        assert guards.guard_of(app, endpoint) in {guards.login_required, guards.owner_required, guards.as_listed}, (
            endpoint
        )
        assert row["owner"] == "yes", endpoint
        assert row["assistant"].partition(";")[0] == ("yes" if may_open(RoleName.ASSISTANT, endpoint) else "no"), (
            endpoint
        )


def test_row_62_a_blueprint_for_owners_holds_nothing_an_assistant_was_granted(app):
    for rule in app.url_map.iter_rules():
        if guards.guard_of(app, rule.endpoint) is guards.owner_required:
            assert NEEDED[rule.endpoint] not in GRANTED[RoleName.ASSISTANT], rule.endpoint
