"""The rules file is data, and it is refused loudly when something is wrong with it."""

import re
import tomllib
from pathlib import Path

import pytest

from crm.documents.scope import BrokenRules, load_rules
from crm.documents.scope.patterns import CLASS, UNBOUNDED, first_letters

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "scope_language.toml"
TABLE = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
LISTS = """version = 1
[lists]
provider = []
body = []
condition = []
organisation = []
service_word = []
lookalikes = []
"""
RULE = """
[[rule]]
id = "T01"
severity = "block"
patterns = ['therapy']
reason = "It is."
suggestion = "Do not."
"""


def written(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_small_file_loads(tmp_path):
    book = load_rules(written(tmp_path, LISTS + RULE))
    assert book.version == 1
    assert [rule.id for rule in book.rules] == ["T01"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "T01"', 'id = "T01"\ncolour = "red"', "colour"),
        ("version = 1", "version = 1\nauthor = 'me'", "author"),
        ("version = 1", "version = '1'", "version"),
        ("'therapy'", "'ther(apy'", "is no pattern"),
        ("'therapy'", "'ther.*'", "without a bound"),
        ("'therapy'", "'(?:a+){1,3}'", "without a bound"),
        ("'therapy'", "'(?:therapy)?'", "matches nothing"),
        ("'therapy'", "'{nothing}'", "no list nothing"),
        ("'therapy'", "'(?P<other>x)'", "hit"),
        ("['therapy']", "[]", "patterns"),
        ('"block"', '"fatal"', "fatal"),
        ('"It is."', '""', "reason"),
        ('"Do not."', '""', "suggestion"),
        ("patterns", 'exceptions = ["E12"]\npatterns', "E12"),
        ("patterns", 'severity_by_kind = { poem = "warn" }\npatterns', "poem"),
        ("patterns", 'severity_by_kind = { note = "loud" }\npatterns', "loud"),
        ("patterns", "not_here = ['[']\npatterns", "is no pattern"),
        ("lookalikes = []", "lookalikes = ['abc']", "abc"),
        ("body = []\n", "", "body"),
        (RULE, RULE + RULE, "twice"),
        (RULE, "", "no rule"),
        ("version = 1", "version = ", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, says):
    with pytest.raises(BrokenRules, match=re.escape(says)):
        load_rules(written(tmp_path, (LISTS + RULE).replace(old, new)))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BrokenRules):
        load_rules(tmp_path / "none.toml")


def test_a_second_severity_needs_a_variant(tmp_path):
    second = RULE.replace('"block"', '"warn"').replace("reason", 'variant = "b"\nreason').replace("therapy", "x")
    assert len(load_rules(written(tmp_path, LISTS + RULE + second)).rules) == 2


@pytest.mark.parametrize("rule", TABLE["rule"], ids=lambda rule: f"{rule['id']}-{rule.get('variant', '')}")
def test_no_pattern_repeats_without_a_bound_and_none_speaks_in_capitals(rule):
    for pattern in (*rule["patterns"], *rule.get("not_here", [])):
        plain = CLASS.sub("", re.sub(r"\(\?-i:[^)]*\)|\(\?P<hit>", "", pattern))
        assert not UNBOUNDED.search(plain), pattern
        assert plain == plain.lower(), pattern


def test_every_pattern_says_what_letter_it_begins_with():
    """Else it would be tried at every word of a text."""
    broad = [p for rule in TABLE["rule"] for p in rule["patterns"] if "*" in first_letters(p, TABLE["lists"])]
    assert broad == []


def test_the_order_of_the_file_is_that_of_the_specification():
    ids = [rule["id"] for rule in TABLE["rule"]]
    order = "T R X D P M S C F A H"
    assert [i[0] for i in dict.fromkeys(ids)] == sorted([i[0] for i in dict.fromkeys(ids)], key=order.index)
    assert len(set(ids)) == 43
