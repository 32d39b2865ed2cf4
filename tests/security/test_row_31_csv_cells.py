"""Row 31: no cell of a list we write is a formula to a spreadsheet, and reading it in again gives back what was there."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outside import FORM

from crm.sources.provider_list import read_provider_list
from crm.text import csv_cell, from_csv_cell

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", " =1", "\x01=1", "\n@x", "=HYPERLINK(\"x\")",
    "'=1", "''=1", "-5", "-5,0", "+49 30 1", "--", "=", "'", "'x", "plain", "-1e5", "\uff1d1", "\u00a0=1", "\u200b=1",
]  # fmt: skip
ANY = st.text(st.sampled_from("=+-@' \t\r\n1.5ax\uff1d\u200b"), max_size=8)
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def is_formula(cell: str) -> bool:
    """What a spreadsheet makes of a cell: it passes over white space and what cannot be seen."""
    seen = re.sub(r"^[\s\x00-\x20\u200b\ufeff\u00ad\u2060]+", "", cell)
    return seen[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20") and not PLAIN_NUMBER.fullmatch(cell)


@pytest.mark.parametrize("value", FORMULAS)
def test_row_31_a_cell_is_no_formula(value):
    assert not is_formula(csv_cell(value))


@given(ANY)
@settings(max_examples=300)
def test_row_31_a_cell_of_any_kind_is_no_formula(value):
    assert not is_formula(csv_cell(value))


@given(ANY)
@settings(max_examples=300)
def test_row_31_reading_a_cell_takes_the_quotation_mark_away_that_writing_it_added(value):
    assert from_csv_cell(csv_cell(value)) == value


def exported(offices: list[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Last name", "First name", "Office"])
    writer.writerows(["Marsh", "Helen", csv_cell(name)] for name in offices)
    return out.getvalue().encode()


def test_row_31_export_import_export_gives_the_same_bytes():
    typed = [
        value for value in FORMULAS if value.isprintable() and re.search(r"[A-Z0-9]", value) and "\u200b" not in value
    ]
    stored = [row.office_name for row in read_provider_list(exported(typed)).rows]
    first = exported(stored)
    assert [row.office_name for row in read_provider_list(first).rows] == stored
    assert exported([row.office_name for row in read_provider_list(first).rows]) == first
    assert sum(name.startswith(("=", "+", "@", "-", "'")) for name in stored) >= 8


def test_row_31_what_leaves_the_running_product_is_a_list_without_formulas(product):
    owner = product.sign_in()
    owner.fetch_token("/practice")
    listed = "Last name,NPI,Phone\r\n" + "".join(f'Marsh,"{value}",5\r\n' for value in ("=1+1", "@x", "-2+3", "\t=5"))
    bound = "----x"
    parts = {"csrf_token": ("", owner.token), "file": ('; filename="=1+1.csv"', listed)}
    body = "".join(
        f'--{bound}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
        for name, (more, value) in parts.items()
    )
    kind = FORM.replace("application/x-www-form-urlencoded", f"multipart/form-data; boundary={bound}")
    sent = owner.ask("POST", "/imports", f"{body}--{bound}--\r\n", headers={"Content-Type": kind})
    batch = (sent.header("Location") or "").removesuffix("/columns")
    owner.post(f"{batch}/columns", {"column-0": "last_name", "column-1": "npi", "column-2": "phone"})
    owner.post(f"{batch}/step")
    answer = owner.get(f"{batch}/refused.csv")
    assert answer.header("Content-Type") == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text), strict=True))
    assert len(rows) >= 4
    assert not [cell for row in rows for cell in row if is_formula(cell)]
    assert answer.text.count("\r\n") == len(rows)  # RFC 4180
