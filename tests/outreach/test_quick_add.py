"""A task in one line."""

import re
from concurrent.futures import ThreadPoolExecutor

import builders

from crm.db import db
from crm.outreach.models import Task


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
