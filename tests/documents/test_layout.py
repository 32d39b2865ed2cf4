"""Plain text becomes the blocks of a page, and nothing in it is markup."""

import pytest

from crm.documents.layout import ROW_FRAMES, blocks, runs

KINDS = [
    ("a blank line parts", "One.\n\nTwo.", "letter", ["lines", "lines"]),
    ("a line break stays", "One\nTwo", "letter", ["lines"]),
    ("a bare colon heads", "Next steps:\nOne.", "letter", ["head", "lines"]),
    ("a list", "- one\n- two", "letter", ["list"]),
    ("a list below its lead", "We bring\n- one\n- two", "letter", ["lines", "list"]),
    ("text below a list", "- one\nThen go.", "letter", ["list", "lines"]),
    ("boxes to tick", "[ ] one\n[x] two", "sheet", ["ticks"]),
    ("lines to write on", "Name: ______  Date: ____", "paper", ["fields"]),
    ("rows of a report", "Strength: good\nEndurance: 410 meters", "report", ["rows"]),
    ("no rows in a letter", "Strength: good\nEndurance: 410 meters", "letter", ["lines"]),
    ("a closing", "With kind regards,", "letter", ["closing"]),
    ("a salutation is no closing", "Dear Dr. Marsh,", "letter", ["lines"]),
    ("enclosures", "Enclosures: service overview", "letter", ["small"]),
    ("nothing", " \n\n ", "letter", []),
]


@pytest.mark.parametrize(("text", "frame", "kinds"), [case[1:] for case in KINDS], ids=[case[0] for case in KINDS])
def test_a_text_becomes_these_blocks(text: str, frame: str, kinds: list[str]) -> None:
    assert [block["kind"] for block in blocks(text, frame)] == kinds


@pytest.mark.parametrize("frame", sorted(ROW_FRAMES))
def test_a_row_parts_label_and_value(frame: str) -> None:
    assert blocks("Strength: ten: twice", frame)[0]["rows"] == [{"label": ["Strength"], "value": ["ten: twice"]}]


def test_two_blanks_part_the_fields_of_a_line() -> None:
    assert blocks("Name: ____  Date: ___", "paper")[0]["rows"] == [[["Name: ", {"fill": 4}], ["Date: ", {"fill": 3}]]]


def test_boxes_and_lines_stand_where_they_were_typed() -> None:
    assert runs("[x] yes ___ [ ] no") == [{"box": True}, "yes ", {"fill": 3}, " ", {"box": False}, "no"]


@pytest.mark.parametrize("text", ["#panic()", "*bold* _x_", "$x$", "= Title", "@ref <a>"])
def test_typst_code_stays_text(text: str) -> None:
    assert blocks(text, "letter") == [{"kind": "lines", "lines": [[text]]}]
