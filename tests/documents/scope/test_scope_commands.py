"""`flask scope check` and `flask scope cases`: output, exit codes, with and without a database."""

import json

import builders
import pytest

from crm.db import db
from crm.documents import scope_cli
from crm.factory import create_app
from crm.settings import Settings

LETTER = "We offer exercise therapy for knee pain."


@pytest.fixture
def bare(tmp_path):
    """An application without any database."""
    return create_app(Settings(data_dir=tmp_path / "none")).test_cli_runner()


def run(runner, *args, given=""):
    return runner.invoke(args=["scope", *args], input=given)


def test_a_blocked_text_is_status_1_and_one_json_object(bare, tmp_path):
    result = run(bare, "check", "--kind", "letter", "-", given=LETTER)
    assert result.exit_code == 1
    shown = json.loads(result.stdout)
    assert shown["blocked"] is True
    assert shown["missing"] == []
    (finding,) = shown["findings"]
    assert (finding["rule"], finding["start"], finding["end"]) == ("T02", 9, 25)
    assert {"id": "E2", "how": "say that you do not provide it"} in finding["would_allow"]
    assert not (tmp_path / "none").exists()


def test_a_file_that_passes_is_status_0(bare, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Thank you.", encoding="utf-8")
    result = run(bare, "check", "--kind", "letter", str(path))
    assert (result.exit_code, json.loads(result.stdout)["blocked"]) == (0, False)
    assert run(bare, "check", "--kind", "letter", "-").exit_code == 0


def test_a_warning_does_not_block(bare):
    assert run(bare, "check", "--kind", "letter", "-", given="A prognosis").exit_code == 0


def test_the_options_reach_the_check(bare):
    assert run(bare, "check", "--kind", "letter", "--first-contact", "-", given="Hello").exit_code == 1
    assert run(bare, "check", "--kind", "letter", "--first-contact", "--fragment", "-", given="Hello").exit_code == 0
    assert run(bare, "check", "--kind", "letter", "--release", "-", given="MRN 12345").exit_code == 0
    named = ("--name", "Lakeside physical therapy", "--name", "other")
    assert run(bare, "check", "--kind", "letter", *named, "-", given="Lakeside physical therapy called.").exit_code == 0


@pytest.mark.parametrize(
    ("args", "given"),
    [
        pytest.param(["--kind", "poem", "-"], "x", id="unknown kind"),
        pytest.param(["-"], "x", id="no kind"),
        pytest.param(["--kind", "letter", "/no/such/file"], "", id="unreadable file"),
        pytest.param(["--kind", "letter", "-"], b"\xff\xfe", id="not UTF-8"),
        pytest.param(["--kind", "letter", "-"], "a\0b", id="NUL"),
        pytest.param(["--kind", "letter", "-"], "a" * 200_001, id="too long"),
        pytest.param(["--jsonl", "-"], "{", id="no JSON"),
        pytest.param(["--jsonl", "-"], '{"id": 1, "kind": "letter"}', id="no text"),
        pytest.param(["--jsonl", "-"], '{"id": 1, "kind": "poem", "text": ""}', id="unknown kind in a line"),
        pytest.param(["--jsonl", "-"], '{"kind": "letter", "text": ""}', id="no id"),
        pytest.param(["--jsonl", "-"], '{"id": 1, "kind": "letter", "text": "", "names": "x"}', id="names are a list"),
        pytest.param(["--jsonl", "-"], '{"id": 1, "kind": "note", "text": "", "release": 1}', id="true or false"),
    ],
)
def test_bad_input_is_status_2_and_standard_output_stays_empty(bare, args, given):
    result = run(bare, "check", *args, given=given)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_the_longest_text_is_taken(bare):
    assert run(bare, "check", "--kind", "note", "-", given="\ufeff" + "a" * 200_000).exit_code == 0


def test_a_broken_rules_file_is_status_2(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(scope_cli, "RULES", tmp_path / "none.toml")
    result = run(bare, "check", "--kind", "letter", "-", given="x")
    assert (result.exit_code, result.stdout) == (2, "")


def test_lines_give_lines_in_the_same_order(bare):
    rows = [
        {"id": "b", "kind": "letter", "text": LETTER},
        {"id": 2, "kind": "letter", "text": "Hello", "first_contact": True, "fragment": True},
        {"id": None, "kind": "note", "text": "Lakeside rehab", "names": ["Lakeside Rehab"], "release": False},
    ]
    result = run(bare, "check", "--jsonl", "-", given="\n".join(map(json.dumps, rows)) + "\n")
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["blocked"]) for row in shown] == [("b", True), (2, False), (None, False)]
    assert result.exit_code == 1
    calm = run(bare, "check", "--jsonl", "-", given=json.dumps(rows[1]))
    assert calm.exit_code == 0


def test_labelled_sentences_are_compared(bare, tmp_path):
    table = tmp_path / "cases.csv"
    table.write_text('kind,text,expected,note\r\nletter,"We\r\ntreat.",X01:block,\r\nnote,Hello,pass,\r\n', "utf-8")
    assert run(bare, "cases", str(table)).exit_code == 0
    table.write_text("kind,text,expected,note\nletter,We treat.,pass,why\n", "utf-8")
    result = run(bare, "cases", str(table))
    assert result.exit_code == 1
    assert "X01:block" in result.stdout
    assert "1 sentences, 1 wrong" in result.stdout
    table.write_text("a,b\n1,2\n", "utf-8")
    assert run(bare, "cases", str(table)).exit_code == 2


def test_with_a_database_its_offices_are_third_parties(app):
    text = "Please ask Lakeside physical therapy."
    assert run(app.test_cli_runner(), "check", "--kind", "letter", "-", given=text).exit_code == 1
    with app.app_context():
        builders.office(name="Lakeside Physical Therapy")
        db.session.commit()
    assert run(app.test_cli_runner(), "check", "--kind", "letter", "-", given=text).exit_code == 0
