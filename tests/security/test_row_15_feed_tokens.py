"""Row 15: a feed's address is one feed's alone, kept as a hash, shown once, and gone the moment it is withdrawn."""

import hashlib
import re

import outside
import pytest

ADDRESS = re.compile(r"/cal/((?:crmf_)?[\w-]{43})\.ics")


@pytest.fixture(scope="module")
def desk(product):
    product.sql("DELETE FROM throttle")
    return product


def made(product, owner, name: str) -> str:
    """Make a feed as its owner does and return its secret."""
    shown = owner.post("/calendar/feeds", {"name": name})
    found = ADDRESS.search(shown.text if shown.status == 200 else owner.get("/calendar/feeds").text)
    assert found, shown.status
    return found[1]


def test_row_15_the_secret_is_long_marked_shown_once_and_lies_nowhere(desk):
    owner = desk.sign_in()
    token = made(desk, owner, "Telephone")
    assert token.startswith("crmf_")
    assert desk.visitor().get(f"/cal/{token}.ics").status == 200
    assert token not in owner.get("/calendar/feeds").text
    [(kept,)] = desk.sql("SELECT token_hash FROM calendar_feed WHERE name = 'Telephone'")
    assert kept == hashlib.sha256(token.encode()).hexdigest()
    assert token not in desk.logged()
    assert [path for path in desk.files() if token.encode() in path.read_bytes()] == []
    assert desk.sql("SELECT count(*) FROM journal_entry WHERE CAST(payload AS text) LIKE :it", it=f"%{token}%") == [
        (0,)
    ]


def test_row_15_a_withdrawn_a_wrong_and_an_unknown_address_answer_in_the_same_bytes(desk):
    owner = desk.sign_in()
    first, second = made(desk, owner, "One"), made(desk, owner, "Two")
    [(feed_id,)] = desk.sql("SELECT id FROM calendar_feed WHERE name = 'One'")
    assert owner.post(f"/calendar/feeds/{feed_id}/revoke").status in {200, 204, 303}
    withdrawn = desk.visitor().get(f"/cal/{first}.ics")
    unknown = desk.visitor().get(f"/cal/crmf_{'x' * 43}.ics")
    wrong = desk.visitor().get(f"/cal/{second[:-1]}{'A' if second[-1] != 'A' else 'B'}.ics")
    assert withdrawn.status == unknown.status == wrong.status == 404
    assert withdrawn.body == unknown.body == wrong.body
    assert desk.visitor().get(f"/cal/{second}.ics").status == 200


def test_row_15_the_feed_of_somebody_disabled_is_unknown(desk):
    email = "leaving@example.com"
    with desk.app.app_context():
        outside.builders.user(outside.builders.practice(), email)
        outside.builders.password(email)
    token = made(desk, desk.sign_in(email), "Leaving")
    assert desk.visitor().get(f"/cal/{token}.ics").status == 200
    desk.sql('UPDATE "user" SET active = :off WHERE email = :email', off=False, email=email)
    assert desk.visitor().get(f"/cal/{token}.ics").status == 404
