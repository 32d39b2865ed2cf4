"""What a verdict says: severities by kind, ways out, replacements, required statements, truncation."""

import json
from pathlib import Path

import pytest

from crm.documents.scope import BrokenRules, OwnTerm, check, load_rules

RULES = load_rules(Path(__file__).resolve().parents[3] / "config" / "scope_language.toml")
FIRST = """Dear Dr. Marsh,
I do not diagnose, treat, or provide therapy. My work complements physical therapy.
Written referrals are welcome.
Enclosure: one-page overview
"""
FORM = """Service: Medical Exercise Training
Diagnosis: ______ ICD-10: ______
[ ] The client has completed physical therapy
Signature ______ Credential ______ Date ______
"""
REPORT = """Client C-0142
30-second chair stand: 8 stands on March 2, 13 stands on April 1
Next steps: two sessions a week
"""


def missing(text, kind, **more):
    return [gap.id for gap in check(text, kind, RULES, **more).missing]


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("letter", "block"), ("form", "warn"), ("report", "warn"), ("billing", "warn"), ("note", "warn")],
)
def test_weight_loss_blocks_in_letters_only(kind, severity):
    (finding,) = check("Weight loss", kind, RULES, fragment=True).findings
    assert finding.severity == severity


def test_the_ways_out_are_those_the_rule_accepts():
    (finding,) = check("We treat knees.", "letter", RULES, fragment=True).findings
    assert [way["id"] for way in finding.would_allow] == ["E1", "E2", "E3", "E4", "E7", "E8", "E9"]
    assert all(way["how"] for way in finding.would_allow)
    (finding,) = check("A dose", "letter", RULES, fragment=True).findings
    assert finding.would_allow == ()


def test_the_json_holds_the_fields_of_the_specification_and_no_more():
    shown = check("We treat knees.", "letter", RULES, fragment=True).to_json()
    assert set(shown) == {"findings", "missing", "blocked"}
    fields = {"rule", "severity", "start", "end", "matched", "reason", "suggestion", "would_allow"}
    assert set(shown["findings"][0]) == fields
    assert json.loads(json.dumps(shown)) == shown


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("We offer exercise therapy.", "medical exercise training"),
        ("A treatment plan", "plan of exercise"),
        ("Two treatment plans", "plans of exercise"),
        ("Our patients", "clients"),
        ("Our patient came.", "client"),
        ("Our clinic", "practice"),
        ("Book a workout", "exercise session"),
        ("Workouts", "Exercise sessions"),
        ("THERAPEUTIC EXERCISE", "FUNCTIONAL CONDITIONING"),
        ("We treat knees.", ""),
    ],
)
def test_a_replacement_fits_number_and_capitals(text, replacement):
    (finding,) = check(text, "letter", RULES, fragment=True).findings
    assert finding.replacement == replacement


def test_a_first_letter_with_all_four_statements_lacks_nothing():
    assert missing(FIRST, "letter", first_contact=True) == []
    assert missing("Thank you.", "letter") == []
    assert missing("Thank you.", "letter", first_contact=True) == ["P1", "P2", "P3", "P4"]
    assert missing("Thank you.", "letter", first_contact=True, fragment=True) == []


@pytest.mark.parametrize(
    ("old", "new", "lacking"),
    [
        pytest.param("diagnose, treat, or", "treat or", ["P1"], id="one of three is not denied"),
        pytest.param("do not diagnose", "diagnose", ["P1"], id="nothing is denied"),
        pytest.param("complements", "is not a substitute for", [], id="no substitute"),
        pytest.param("complements", "comes after", ["P2"], id="beside nothing"),
        pytest.param("Written referrals", "A referral in writing", ["P3"], id="not the words"),
        pytest.param("one-page overview", "form", ["P4"], id="another enclosure"),
        pytest.param("Enclosure: one", "Enclosure:\none", ["P4"], id="on two lines"),
    ],
)
def test_each_statement_of_a_first_letter_is_asked_for(old, new, lacking):
    assert missing(FIRST.replace(old, new), "letter", first_contact=True) == lacking


@pytest.mark.parametrize(
    ("old", "new", "lacking"),
    [
        ("", "", []),
        ("Medical Exercise Training", "Exercise", ["PF1"]),
        ("Medical Exercise Training", "Post Rehab Conditioning", []),
        ("ICD-10", "Code", ["PF2"]),
        ("completed", "started", ["PF3"]),
        ("Credential", "Title", ["PF4"]),
        ("Date ______", "Date of birth ______", ["PF4"]),
    ],
)
def test_each_statement_of_a_form_is_asked_for(old, new, lacking):
    assert missing(FORM.replace(old, new) if old else FORM, "form") == lacking


@pytest.mark.parametrize(
    ("old", "new", "lacking"),
    [
        ("", "", []),
        ("C-0142", "Ms. Ortiz", ["PR2"]),
        ("Next steps", "Then", ["PR3"]),
        ("Next steps:", "Plan\n", []),
        ("30-second chair stand: 8 stands on March 2, 13 stands on April 1", "Seen on March 2", ["PR1"]),
        ("8 stands on March 2, 13 stands on April 1", "8 stands", ["PR1"]),
    ],
)
def test_each_statement_of_a_report_is_asked_for(old, new, lacking):
    assert missing(REPORT.replace(old, new) if old else REPORT, "report") == lacking


def test_notes_and_billing_papers_need_no_statement():
    assert missing("", "note") == missing("", "billing") == []


def test_the_check_stops_after_five_hundred_findings_and_blocks():
    verdict = check("A dose. " * 501, "letter", RULES, fragment=True)
    assert len(verdict.findings) == 500
    assert verdict.truncated
    assert verdict.blocked
    assert verdict.to_json()["truncated"] is True
    whole = check("A dose. " * 500, "letter", RULES, fragment=True)
    assert not whole.truncated
    assert "truncated" not in whole.to_json()


def test_a_practice_adds_terms_and_relaxes_warnings():
    own = RULES.with_own([OwnTerm("U1", "knee school", "hint")], ["P02"])
    found = check("A dose of Knee   school", "letter", own, fragment=True).findings
    assert [(f.rule, f.severity) for f in found] == [("P02", "hint"), ("U1", "hint")]


@pytest.mark.parametrize(
    ("terms", "relaxed"),
    [
        ([], ["X01"]),
        ([], ["P01"]),
        ([], ["Z99"]),
        ([OwnTerm("U1", "x", "block")], []),
        ([OwnTerm("X01", "x")], []),
        ([OwnTerm("U1", " ")], []),
    ],
)
def test_nobody_relaxes_a_block(terms, relaxed):
    with pytest.raises(BrokenRules):
        RULES.with_own(terms, relaxed)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="poem"):
        check("", "poem", RULES)
