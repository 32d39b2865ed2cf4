"""Row 7: wording somebody may change is plain text with named places; nothing in it is computed or typeset as code."""

import re
from pathlib import Path

import builders
import paperwork
import pytest

from crm.documents import letters

ROOT = Path(__file__).resolve().parents[2]
KEY = "/documents/templates/thank-you"
UNKNOWN = ["{{ secret_key }}", "{{config}}", "{{ practice_id }}", "{{x}} and {{ nobody_knows }}"]
# Not our placeholders, so plain letters: they are printed as they stand.
LITERAL = [
    "{{ 7*7 }}", "{{ self.__init__.__globals__ }}", "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{% for x in range(9) %}a{% endfor %}", "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{{{ a b }}}}",
    "${7*7}", "#{7*7}", "<%= 7*7 %>", "%(secret)s", "{0.__class__}", "{# gone #}", "{{ practice.users }}",
    "{% include '/etc/passwd' %}", "{{ today | upper }}", "{{today|attr('x')}}", "{{ " + "b" * 41 + " }}",
    '#panic("x")', '#read("/etc/passwd")', '#import "letter.typ"', "#eval(\"1\")", "*bold* _x_ $x^2$ @ref <label>",
    "#sys.inputs", "\\u{41}", "= Title", "`raw`", "```", "// gone", "/* gone */", "#{while true {}}", "#(1/0)",
]  # fmt: skip
COMPUTED = ("49", "aaaaaaaaa", "root:x", "uid=0")


@pytest.mark.parametrize("words", UNKNOWN)
def test_row_07_a_place_nobody_knows_is_refused_when_it_is_saved(sample, words):
    before = sample.product.dbhash()
    answer = sample.owner.post(KEY, {"words": words})
    assert answer.status == 422
    assert "The desk knows no" in answer.text
    assert sample.product.dbhash() == before


def test_row_07_code_of_any_kind_is_printed_as_it_stands(app, owner):
    """Every attack is saved as wording, typeset on the page and read back from the picture's own words."""
    with app.app_context():
        builders.practice()
    for attack in LITERAL:
        answer = owner.post(KEY, data={"words": f"Begin {attack} end"})
        assert answer.status_code == 303, (attack, answer.status_code)
        page = owner.get(KEY)
        assert page.status_code == 200
        assert not any(word in page.text for word in COMPUTED[1:])
        assert owner.get(f"{KEY}/page.svg").status_code == 200, attack
    tables = owner.get("/documents/templates").status_code
    assert tables == 200


def test_row_07_code_in_a_letter_stands_on_the_paper_as_it_was_typed(sample):
    text = "\n\n".join(f"Begin {attack} end" for attack in LITERAL[:6] + LITERAL[17:24])
    source = sample.product.sql("SELECT id FROM source WHERE practice_id = 1 ORDER BY id")[0][0]
    answer = sample.owner.post(
        "/documents/text", {"key": "intro-physician", "source": source, "text": text, "version": 0}
    )
    assert answer.status == 303, answer.status
    pdf = sample.owner.get(f"{answer.header('Location')}/test.pdf")
    assert pdf.status == 200
    _pages, printed = paperwork.read(pdf.body)
    squeezed = re.sub(r"\s", "", printed)
    assert all(re.sub(r"\s", "", attack) in squeezed for attack in ("{{7*7}}", '#panic("x")'))
    assert not any(word in printed for word in COMPUTED[1:])


def test_row_07_a_bomb_is_refused_or_small(sample):
    before = sample.product.dbhash()
    for bomb in ("x" * 65_537, "{{ today }}" * 6_000, "{{ practice }}\n" * 5_000, "{" * 70_000, "{{ " * 20_000):
        answer = sample.owner.post(KEY, {"words": bomb})
        assert answer.status in {413, 422}, answer.status
    assert sample.product.dbhash() == before
    # What may be saved at most, full of the longest fact, still fills a small text.
    words = "{{practice}}" * (letters.TEXT_LIMIT // 12)
    assert len(letters.fill(words, {"practice": "x" * 100_000})) <= 65_536


def test_row_07_no_part_of_the_product_makes_a_template_or_a_typst_source_of_words():
    files = [*(ROOT / "crm").rglob("*.py")]
    for file in files:
        code = file.read_text()
        assert "render_template_string" not in code, file
        assert not re.search(r"from_string\(|Template\(", code), file
    typeset = [
        file.name for file in files if re.search(r"^import typst|typst\.Compiler", file.read_text(), re.MULTILINE)
    ]
    assert typeset == ["render.py"]
    for source in (ROOT / "crm" / "templates" / "letters").rglob("*.typ"):
        assert not re.search(r"\beval\(|\bplugin\(|mode: *\"markup\"", source.read_text()), source
