"""Findings point into the original text, whatever was folded for matching."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.documents.scope import check, load_rules
from crm.documents.scope.normalise import normalise

RULES = load_rules(Path(__file__).resolve().parents[3] / "config" / "scope_language.toml")
PIECES = (
    "therapy", "treat", "we", "not", "Dr. Lee", "diagnose", "t h e r a p y",
    "thera-\r\npeutic", "\u00ad", "\u200b", "e\u0301",
    "\n", "\r\n", " ", ". ", "; ", ", ", "- ", "1) ", '"', "'", "“", "”", "’", "–", "—", "½", "ﬁx knees", "тherapy",
    "97110",     "Lakeside Rehab Center", "12 Rehab Road", "without", "never",
    "Medicare pays", "likely a tear", "your", "C-0142",
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))


def found(text, kind="letter", **more):
    return check(text, kind, RULES, fragment=True, **more).findings


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        pytest.param("We offer therapy.", ["therapy"], id="plain"),
        pytest.param("\ufeffWe offer therapy.", ["therapy"], id="the byte-order mark is not counted"),
        pytest.param("We offer the\u00adrapy.", ["the\u00adrapy"], id="soft hyphen inside"),
        pytest.param("We offer ther\u200bapy.", ["ther\u200bapy"], id="zero-width space inside"),
        pytest.param("We offer the\u0301rapy.", ["the\u0301rapy"], id="combining accent inside"),
        pytest.param("We offer therapy\u0301.", ["therapy\u0301"], id="accent of the last letter"),
        pytest.param("A\r\nB\r\nWe offer therapy.", ["therapy"], id="carriage returns are counted"),
        pytest.param("We offer physical\r\ntherapy.", ["physical\r\ntherapy"], id="line break inside the term"),
        pytest.param("We offer thera-\npeutic exercise.", ["thera-\npeutic exercise"], id="broken word"),
        pytest.param("We offer thera\u00ad\npeutic exercise.", ["thera\u00ad\npeutic exercise"], id="soft break"),
        pytest.param("Our post-\nrehab clients", [], id="a prefix keeps its hyphen"),
        pytest.param("We t r e a t knees.", ["t r e a t"], id="spaced letters: the whole run"),
        pytest.param("We t*r*e*a*t knees.", ["t*r*e*a*t"], id="starred letters"),
        pytest.param("We t_r_e_a_t knees.", ["t_r_e_a_t"], id="underscored letters"),
        pytest.param("We c u r e.", ["c u r e"], id="four letters are enough"),
        pytest.param("We offer 𝐭𝐡𝐞𝐫𝐚𝐩𝐲.", ["𝐭𝐡𝐞𝐫𝐚𝐩𝐲"], id="astral letters are one code point each"),
        pytest.param("😀 We offer therapy.", ["therapy"], id="astral characters before"),
        pytest.param("We ﬁx knees.", ["ﬁx knees"], id="ligature"),
        pytest.param("We offer THERAPY.", ["THERAPY"], id="capitals"),
        pytest.param("We offer\u00a0physical\u00a0therapy.", ["physical\u00a0therapy"], id="hard spaces"),
        pytest.param("Please use code 97110.", ["97110"], id="the dot is not part of the code"),
        pytest.param("Our “therapy” is new.", ["therapy"], id="quotes are not part of it"),
        pytest.param("Tone your legs and burn fat!", ["Tone your legs", "burn fat"], id="two matches, two findings"),
        pytest.param("Our therapists meet you.", ["therapists"], id="only the hit is marked"),
        pytest.param("We offer exercise therapy.", ["exercise therapy"], id="the longer match stays"),
        pytest.param("An alternative to physical therapy.", ["alternative to physical therapy"], id="A01 swallows T01"),
        pytest.param("The treatment plan works.", ["treatment plan"], id="X02 swallows X01"),
    ],
)  # fmt: skip
def test_a_finding_holds_the_original_characters(text, matched):
    assert [finding.matched for finding in found(text)] == matched


def test_the_specification_example_starts_at_nine():
    (finding,) = found("We offer exercise therapy for knee pain.")
    assert (finding.rule, finding.start, finding.end) == ("T02", 9, 25)


def test_findings_are_sorted_by_place():
    starts = [finding.start for finding in found("We treat. We diagnose. Our therapy heals. 97110")]
    assert starts == sorted(starts)
    assert len(starts) == 5


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["letter", "form", "report", "billing", "note"]))
def test_spans_always_index_the_original(text, kind):
    verdict = check(text, kind, RULES, first_contact=True, names=["Lakeside Rehab"])
    original = text.removeprefix("\ufeff")
    assert all(original[f.start : f.end] == f.matched for f in verdict.findings)
    assert all(0 <= f.start < f.end <= len(original) for f in verdict.findings)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_the_way_back_to_the_original_never_turns_round(text):
    normal = normalise(text, RULES.lookalikes)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert normal.starts == sorted(normal.starts)
    assert normal.ends == sorted(normal.ends)
    assert all(start < end <= len(text) for start, end in zip(normal.starts, normal.ends, strict=True))


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\ufeff", "\x00", "\ud800", "-", "- ", "1.", ":", '"', "İİİ ﷽ ẞ", "\n:\n- \n- a"]
)
def test_any_text_is_valid(text):
    for kind in ("letter", "form", "report", "billing", "note"):
        check(text, kind, RULES, first_contact=True)
