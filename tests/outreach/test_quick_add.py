"""A task in one line."""

import re
from concurrent.futures import ThreadPoolExecutor

import builders
import pytest

from crm.db import db, writing
from crm.outreach.models import Task
from crm.sources.service import index_sources


def test_a_form_sent_many_times_plans_one_task(app, owner):
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', owner.get("/quick-add").text).group(1)
    form = {"form_key": key, "line": "ring the office", "kind": "call", "due": "2026-05-08"}

    def send(_number: int) -> int:
        return builders.signed_in(app).post("/quick-add", data=form).status_code

    with ThreadPoolExecutor(4) as many:
        assert set(many.map(send, range(8))) == {303}
    with app.app_context():
        assert db.session.query(Task).count() == 1
    assert "That was planned already" in owner.post("/quick-add", data=form, follow_redirects=True).text


def test_a_form_without_a_usable_key_is_saved_all_the_same(app, owner):
    for key in ("", "x" * 36, "1"):
        form = {"form_key": key, "line": "ring the office", "kind": "call", "due": "2026-05-08"}
        assert owner.post("/quick-add", data=form).status_code == 303
    with app.app_context():
        assert db.session.query(Task).count() == 3


def test_the_line_is_read_from_the_body_of_a_request_and_never_from_an_address(app, owner):
    assert owner.get("/quick-add/read?line=ring+Jordan").status_code == 405
    read = owner.post("/quick-add/read", data={"line": "ring the office Fri", "due": "2026-05-04"}).text
    assert 'datetime="2026-05-08"' in read
    assert "hx-get" not in owner.get("/quick-add").text.split("data-quick", 1)[1].split('id="read"', 1)[0]


TODAY = "2026-05-06"


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        pytest.param({"line": "write Dr Vo Fri", "kind": "call", "due": TODAY}, ("letter", "2026-05-08"),
                     id="kind and day are the line's where nobody touched the fields"),
        pytest.param({"line": "write Dr Vo Fri", "kind": "call", "due": TODAY, "by_hand": "kind due"}, ("call", TODAY),
                     id="what a person chose stands"),
        pytest.param({"line": "write Dr Vo Fri", "kind": "visit", "due": "2026-05-12"}, ("visit", "2026-05-12"),
                     id="without a script a changed field shows that it was changed"),
        pytest.param({"line": "Dr Vo, the chairs", "kind": "call", "due": TODAY}, ("call", TODAY),
                     id="a line without day and verb leaves the fields alone"),
    ],
)  # fmt: skip
def test_what_the_line_says_is_what_is_saved(app, owner, typed, saved):
    assert owner.post("/quick-add", data=typed).status_code == 303
    with app.app_context():
        task = db.session.query(Task).one()
        assert (task.manual_kind, task.due.isoformat()) == saved


def test_a_line_that_names_one_source_is_about_that_source(app, owner):
    with app.app_context(), writing():
        source = builders.source(last_name="Vonderlea")
        index_sources([source])
        named = source.id
    owner.post("/quick-add", data={"line": "call Dr Vonderlea Fri", "kind": "call", "due": TODAY})
    with app.app_context():
        assert db.session.query(Task).filter(Task.manual_kind == "call").one().source_id == named


def test_a_step_planned_from_a_source_stays_with_that_source_whatever_the_line_says(app, owner):
    with app.app_context(), writing():
        asked_from = builders.source().id
    form = owner.get(f"/quick-add?source={asked_from}").text
    assert re.search(r'name="by_hand"[^>]*value="source_id source_name"', form)
