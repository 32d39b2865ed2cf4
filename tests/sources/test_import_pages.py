"""The pages of an import, as a browser without a script sends them."""

import io
import re
from pathlib import Path

import builders
import pytest
from sqlalchemy import func, select, text

from crm.db import db
from crm.sources.models import ImportBatch, Source
from crm.sources.provider_file import MAX_BYTES

LISTS = Path(__file__).parent / "lists"
REGISTRY = (LISTS / "registry.csv").read_bytes()


def upload(browser, raw: bytes, name: str = "list.csv"):
    return browser.post("/imports", data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")


def checked(browser, raw: bytes) -> str:
    """Bring a list, take the columns as they are recognized, check it; return its address."""
    page = upload(browser, raw)
    assert page.status_code == 303
    columns = browser.get(page.location).text
    selects = re.findall(r'<select [^>]*name="(column-\d+)".*?</select>', columns, re.DOTALL)
    bodies = re.findall(r"<select .*?</select>", columns, re.DOTALL)
    chosen = {name: (re.search(r'value="(\w*)" selected', body) or [None, ""])[1]
              for name, body in zip(selects, bodies, strict=True)}  # fmt: skip
    where = browser.post(page.location, data=chosen).location
    while 'progress class="bar" max' in browser.get(where).text:
        browser.post(f"{where}/step")
    return where


def count(app, table=Source) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def everything(app) -> str:
    with app.app_context():
        return repr([
            list(db.session.execute(text(f'SELECT * FROM "{name}"')))  # noqa: S608
            for name in sorted(db.metadata.tables) if name not in {"session"}
        ])  # fmt: skip


def test_a_list_comes_in_and_goes_out_by_its_pages(app, owner):
    where = checked(owner, REGISTRY)
    page = owner.get(where).text
    assert "Nothing is saved yet" in page
    assert count(app) == 0
    assert owner.post(f"{where}/import").status_code == 303
    page = owner.get(where).text
    assert "The list is in" in page
    assert "Undo the import" in page
    assert count(app) > 0
    owner.post(f"{where}/undo")
    assert "The list is out again" in owner.get(where).text
    assert count(app) == 0


def test_importing_twice_by_a_second_click_imports_once(app, owner):
    where = checked(owner, REGISTRY)
    owner.post(f"{where}/import")
    before = count(app)
    assert owner.post(f"{where}/import").status_code == 303
    assert count(app) == before


HEAD = b"Last name,First name\n"
BAD = [
    pytest.param((LISTS / "binary.csv").read_bytes(), id="binary"),
    pytest.param((LISTS / "open_quote.csv").read_bytes(), id="a quote that is never closed"),
    pytest.param((LISTS / "no_header.csv").read_bytes(), id="no header"),
    pytest.param(HEAD + b"Marsh,Helen\n" * 20_001, id="20,001 rows"),
    pytest.param(HEAD + b"\x81\x8d\x90\x9d,\xff\xfe\n", id="unknown encoding"),
    pytest.param(b"", id="empty"),
    pytest.param(HEAD, id="headers only"),
    pytest.param(HEAD + b"x" * MAX_BYTES, id="more than 5 MB"),
]


@pytest.mark.parametrize("raw", BAD)
def test_a_bad_file_gets_one_message_and_changes_nothing(app, owner, raw):
    before = everything(app)
    answer = upload(owner, raw)
    assert answer.status_code == 422
    assert answer.text.count('<p class="small late"') == 1
    assert everything(app) == before


def test_no_file_at_all_is_said_at_the_field(owner):
    answer = owner.post("/imports", data={})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_columns_without_a_name_are_asked_for_and_the_choice_is_kept(owner):
    where = upload(owner, b"Who,What,Phone\nHelen Marsh,Cardiology,617 555 0101\n").location
    answer = owner.post(where, data={"column-1": "specialty"})
    assert answer.status_code == 422
    assert 'value="specialty" selected' in answer.text
    assert owner.post(where, data={"column-0": "name", "column-1": "specialty"}).status_code == 303


def test_one_field_chosen_twice_is_refused(owner):
    where = upload(owner, HEAD + b"Marsh,Helen\n").location
    answer = owner.post(where, data={"column-0": "last_name", "column-1": "last_name"})
    assert answer.status_code == 422
    assert "Two columns" in answer.text


def test_refused_rows_are_shown_with_row_field_and_reason_and_can_be_downloaded(owner):
    where = checked(owner, b"Last name,First name,NPI\nMarsh,Helen,1555000012\n,,\nLee,Ann,\n")
    page = owner.get(where).text
    assert "Row 2" in page
    assert "check digit" in page
    answer = owner.get(f"{where}/refused.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "2,NPI," in answer.text


def test_a_formula_in_a_refused_row_stays_words_in_the_download(owner):
    where = checked(owner, b"Last name,NPI\nMarsh,=1+1\n")
    cells = owner.get(f"{where}/refused.csv").text.splitlines()[1].split(",", 2)
    assert cells[2].lstrip('"').startswith("'")


def test_names_of_files_and_headers_are_shown_as_text(owner):
    where = upload(owner, b"Last name,<script>alert(1)</script>\nMarsh,<b>x</b>\n", "<img src=x>.csv").location
    page = owner.get(where).text
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page


def test_another_practice_does_not_see_a_list(app, owner):
    where = checked(owner, REGISTRY)
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    for method, path in [("GET", where), ("GET", f"{where}/columns"), ("POST", f"{where}/columns"),
                         ("POST", f"{where}/step"), ("POST", f"{where}/import"), ("POST", f"{where}/undo"),
                         ("GET", f"{where}/refused.csv")]:  # fmt: skip
        assert stranger.open(path, method=method).status_code == 404, path
    assert "list.csv" not in stranger.get("/imports").text


def test_a_step_asked_by_htmx_answers_the_part(owner):
    where = upload(owner, REGISTRY).location.removesuffix("/columns")
    owner.post(f"{where}/columns", data={"column-3": "last_name", "column-4": "first_name"})
    part = owner.post(f"{where}/step", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'id="import-state"' in part.text


def test_what_was_left_lying_goes_when_the_next_list_comes(app, owner):
    upload(owner, REGISTRY)
    upload(owner, REGISTRY)
    assert count(app, ImportBatch) == 1
