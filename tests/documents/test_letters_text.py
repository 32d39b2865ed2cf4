"""Every letter, report, card, paper and sheet: its words, its one page, its scope, read back from the PDF."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from letter_facts import RECIPIENT, facts_for, values_for
from pypdf import PdfReader

from crm.documents import letters, press, render
from crm.documents.press import sheet_of
from crm.documents.scope import check
from crm.documents.words_service import rules
from crm.outreach.cadence import RULES

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "letters"
AT = datetime(2026, 9, 23, 14, 0, tzinfo=UTC)
SET = [kind for kind in letters.KINDS.values() if kind.is_set]
KINDS = pytest.mark.parametrize("kind", SET, ids=[kind.key for kind in SET])


def filled(kind):
    return letters.fill(letters.our_words(kind.key), values_for(kind))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_template_key_of_the_cadence_opens_something(rule):
    template = RULES[rule].template
    keys = ["intro-physician", "intro-pt", "intro-chiro"] if template == "intro" else [template]
    for key in keys:
        assert letters.place_of(key, f"{rule}:x:1", source_id=7, client_code="C-0142") != "/"
        assert key in letters.KINDS


@KINDS
def test_our_words_know_only_facts_of_the_list(kind):
    assert [gap.name for gap in letters.gaps(letters.our_words(kind.key)) if not gap.known] == []


@KINDS
def test_filled_with_the_longest_facts_nothing_is_left_open(kind):
    assert letters.gaps(filled(kind)) == ()


@KINDS
def test_the_text_is_the_golden_one(kind):
    golden = GOLDEN / f"{kind.key}.txt"
    assert filled(kind) + "\n" == golden.read_text(encoding="utf-8")


@KINDS
def test_it_is_one_page_in_the_typeset_pdf(kind):
    text = filled(kind)
    pdf, fit = render.to_pdf(kind.key, sheet_of(kind, facts_for(kind), text), at=AT)
    assert fit.fits
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


@KINDS
def test_another_program_reads_the_same_words_in_the_pdf(kind):
    text = filled(kind)
    pdf, _fit = render.to_pdf(kind.key, sheet_of(kind, facts_for(kind), text), at=AT)
    read = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert words_of(text) - words_of(read) == set()


def words_of(text):
    plain = re.sub(r"_{3,}|\[[ x]\]", " ", text.replace("\u00ad", ""))
    return set(re.findall(r"[A-Za-z0-9]{2,}", plain))


@KINDS
def test_it_is_lint_clean_and_says_what_its_kind_must(kind):
    found = check(
        filled(kind), kind.scope, rules(), first_contact=kind.first_contact, release=True, names=[RECIPIENT.office]
    )
    assert [(f.rule, f.matched) for f in found.findings if f.severity != "hint"] == []
    assert [entry.id for entry in found.missing] == [] or kind.frame == "sheet"


@pytest.mark.parametrize(
    "kind", [k for k in SET if k.about not in {"client", "self"} and k.key != "sample-report"], ids=lambda k: k.key
)
def test_what_speaks_of_nobody_asks_for_no_client(kind):
    asked = {gap.name for gap in letters.gaps(letters.our_words(kind.key))}
    told = {"client", "client_full", "diagnosis", "measure", "function", "sessions", "last_seen_on", "first_visit_on"}
    if kind.about == "nobody":
        told |= {"client_initials", "referral_on", "missing", "requested"}
    assert asked & told == set()


def test_the_same_sheet_at_the_same_moment_gives_the_same_bytes():
    kind = letters.kind_of("intro-physician")
    made = [press.typeset(kind, facts_for(kind), filled(kind), [], at=AT).files for _ in range(2)]
    assert made[0] == made[1]
