"""Row 76: the papers are there and true: each is held against the program it speaks of."""

import re

import guards
import papers
import pytest
from sqlalchemy import LargeBinary

from crm.db import PRAGMAS, db

EXPECTED = [
    "access-matrix",
    "break-glass",
    "crypto-inventory",
    "data-classes",
    "limits",
    "log-inventory",
    "threat-model",
    "waivers",
]
CLASSES = {"sealed", "client", "practice", "provider", "person", "secret", "log", "work"}


@pytest.mark.parametrize("name", EXPECTED)
def test_row_76_a_paper_is_there_and_claims_to_meet_no_law(name):
    said = (papers.PAPERS / f"{name}.md").read_text()
    assert len(said) > 500
    assert not re.search(r"\bcomplian|\bcompliant|\bcertified\b", said, re.IGNORECASE)


def test_row_76_each_requirement_has_one_line_and_the_waived_ones_are_counted():
    assert list(guards.security_rows()) == list(guards.ROWS)
    said = re.search(r"^Waived rows: (\d+)\.", (papers.ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    assert said
    assert int(said[1]) == len(guards.waived())
    assert not re.search(r"\bcomplian|\bcompliant", (papers.ROOT / "SECURITY.md").read_text(), re.IGNORECASE)


@pytest.mark.parametrize("row", guards.ROWS)
def test_row_76_a_requirement_names_its_tests_and_they_exist(row):
    _does, proof = guards.security_rows()[row]
    if row in guards.waived():
        assert len(proof) > len(guards.WAIVED) + 20
        return
    assert proof == f"`test_row_{row:02}_*`"
    assert guards.tests_of_row(row)


def test_row_76_every_column_has_a_class_and_what_is_sealed_is_bytes():
    told = {}
    for name, kind, columns in papers.table("data-classes.md", "Table"):
        assert kind in CLASSES, (name, kind)
        for column in papers.listed(columns):
            assert (name, column) not in told, (name, column)
            told[name, column] = kind
    there = {(table.name, column.name): column.type for table in db.metadata.sorted_tables for column in table.columns}
    assert set(told) == set(there)
    for of, kind in told.items():
        assert (kind == "sealed") <= isinstance(there[of], LargeBinary), of
        assert (of[1] == "sealed") <= (kind == "sealed"), of


def test_row_76_what_the_papers_call_sealed_begins_like_a_seal_in_the_running_product(product):
    looked = 0
    for name, kind, columns in papers.table("data-classes.md", "Table"):
        for column in papers.listed(columns) if kind == "sealed" else []:
            query = f'SELECT "{column}" FROM "{name}" WHERE "{column}" IS NOT NULL'  # noqa: S608 - names of our tables
            for (value,) in product.sql(query):
                assert bytes(value)[:1] == b"\x01", (name, column)
                looked += 1
    assert looked > 10


def test_row_76_every_module_with_cryptography_is_in_the_inventory():
    told = {path for row in papers.table("crypto-inventory.md", "Use") for path in papers.listed(row[-1])}
    assert told == papers.modules_with_cryptography()


def test_row_76_every_entry_and_every_line_of_the_log_is_in_the_inventory():
    told = [name for row in papers.table("log-inventory.md", "Entry") for name in papers.listed(row[0])]
    assert sorted(told) == sorted(papers.entry_types())
    lines = [name for row in papers.table("log-inventory.md", "Line") for name in papers.listed(row[0])]
    assert sorted(lines) == sorted(papers.logged_events())


@pytest.mark.sqlite  # numbers of the program; no row is asked for
@pytest.mark.parametrize("row", papers.table("limits.md", "Limit"), ids=lambda row: row[0])
def test_row_76_a_limit_is_what_the_paper_says(app, row):
    _limit, value, where = row
    assert str(papers.running(where, app)) == value


def test_row_76_the_settings_of_sqlite_are_what_the_paper_says():
    assert [tuple(row) for row in papers.table("limits.md", "Pragma")] == [tuple(pair) for pair in PRAGMAS]


def test_row_76_the_threat_model_names_rows_there_are_and_waivers_give_reasons():
    for row in papers.table("threat-model.md", "Threat"):
        for number in re.findall(r"\d+", row[3]):
            assert int(number) in guards.security_rows()
    assert all(len(reason) > 30 for *_item, reason in papers.table("waivers.md", "Item"))
