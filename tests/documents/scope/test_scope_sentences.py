"""Labelled sentences: the ones handed to us and our own, on both sides of every edge."""

import csv
from functools import cache
from pathlib import Path

import pytest

from crm.documents.scope import Rulebook, check, load_rules

ROOT = Path(__file__).resolve().parents[3]
RULES_FILE = ROOT / "config" / "scope_language.toml"
TABLES = (ROOT / "tests" / "cases" / "scope_language.csv", Path(__file__).with_name("own_sentences.csv"))


@cache
def rules() -> Rulebook:
    return load_rules(RULES_FILE)


def labelled():
    for table in TABLES:
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield pytest.param(row["kind"], row["text"], row["expected"], id=f"{row['kind']}-{row['text'][:60]!r}")


@pytest.mark.parametrize(("kind", "text", "expected"), labelled())
def test_a_sentence_is_judged_as_it_is_labelled(kind, text, expected):
    verdict = check(text, kind, rules(), fragment=True)
    found = {f"{finding.rule}:{finding.severity}" for finding in verdict.findings}
    assert found == set(expected.split(";")) - {"pass"}


@pytest.mark.parametrize("rule", sorted({rule.id for rule in load_rules(RULES_FILE).rules}))
def test_every_rule_has_sentences_on_both_sides(rule):
    """Found in one sentence, and in another matched but excused or left out on purpose."""
    found = [row.values[1] for row in labelled() if rule in row.values[2]]
    assert found
    words = {word for text in found for word in text.lower().split() if len(word) > 3}
    passing = [row.values[1].lower() for row in labelled() if rule not in row.values[2]]
    assert any(word in text for word in words for text in passing)


def test_a_licence_or_a_doctorate_on_the_profile_switches_its_rule_off():
    assert check("I am a licensed exercise professional.", "letter", rules(), licensed=True).findings == ()
    assert check("I am a doctor of exercise science.", "letter", rules(), doctorate=True).findings == ()


def test_a_name_from_the_source_table_is_a_third_party():
    text = "Please ask Riverbend physical therapy for the notes."
    assert check(text, "letter", rules(), fragment=True).blocked
    assert not check(text, "letter", rules(), fragment=True, names=["Riverbend Physical Therapy"]).blocked


def test_a_release_lets_identifiers_pass_but_never_a_social_security_number():
    text = "DOB 3/7/1958, MRN 12345, SSN 123-45-6789"
    assert [f.matched for f in check(text, "letter", rules(), fragment=True).findings] == [
        "DOB 3/7/1958",
        "MRN 12345",
        "123-45-6789",
    ]
    released = check(text, "letter", rules(), fragment=True, release=True)
    assert [f.matched for f in released.findings] == ["123-45-6789"]
