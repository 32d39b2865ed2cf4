"""The ledger of meals and gifts: exact to the cent, warned by the practice's own limit, blind to referrals."""

import ast
import re
from datetime import date
from pathlib import Path

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statements import count_statements

from crm.db import db, writing
from crm.readiness.gifts import Given, ledger, standing
from crm.readiness.models import Gift

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 3, 1)


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def one(number: int, person: str, cents: int, *known: str) -> Given:
    return Given(number, DAY, person, cents, known=known)


def form(**changed: str) -> dict[str, str]:
    usual = {
        "kind": "gift", "source_id": "", "person": "Pat Long", "on": "2026-05-01", "amount": "24.10", "what": "Fruit",
    }  # fmt: skip
    return usual | changed


@pytest.mark.parametrize(
    ("given", "sums"),
    [
        pytest.param([one(1, "Ada", 3333), one(2, "Ada", 1)], {"Ada": 3334}, id="by name"),
        pytest.param([one(1, "COLE, DANA", 5), one(2, "Dana Cole", 7)], {"Dana Cole": 12}, id="by cleaned name"),
        pytest.param(
            [one(1, "Dana Cole", 5, "contact 1"), one(2, "Dana Berg", 7, "contact 1")], {"Dana Berg": 12},
            id="one on file under two names",
        ),
        pytest.param(
            [one(1, "Dana Cole", 5, "contact 1"), one(2, "Dana Cole", 7, "contact 2")], {"Dana Cole": (7, 5)},
            id="two on file of one name",
        ),
        pytest.param(
            [one(1, "Dana Cole", 5, "contact 1"), one(2, "dana cole", 7)], {"dana cole": 12},
            id="typed by name, and one on file is called so",
        ),
        pytest.param(
            [one(1, "Dana Cole", 5, "contact 1"), one(2, "Dana Cole", 7, "contact 2"), one(3, "Dana Cole", 9)],
            {"Dana Cole": (9, 7, 5)}, id="typed by name, and two on file are called so",
        ),
        pytest.param(
            [one(1, "Ed", 1, "contact 1"), one(2, "Ed", 2, "source 4"), one(3, "Ed", 4, "contact 1", "source 4")],
            {"Ed": 7}, id="a contact who became a source",
        ),
        pytest.param([], {}, id="nothing"),
    ],
)  # fmt: skip
def test_each_person_s_year_against_a_table_worked_by_hand(given, sums):
    found = [(person.name, person.cents) for person in ledger(given)]
    assert found == [
        (name, cents) for name, told in sums.items() for cents in ([told] if isinstance(told, int) else told)
    ]


KNOWN = st.lists(st.sampled_from(["contact 1", "contact 2", "source 1", "source 2"]), max_size=2, unique=True)


@given(
    st.lists(st.tuples(st.sampled_from(["Ada", "ADA", "Bo Li", "Li, Bo"]), st.integers(0, 10**7), KNOWN), max_size=12)
)
def test_the_sums_of_all_add_up_to_all_that_was_given(told):
    given = [one(number, name, cents, *known) for number, (name, cents, known) in enumerate(told)]
    found = ledger(given)
    assert sum(person.cents for person in found) == sum(cents for _name, cents, _known in told)
    assert sorted(entry.id for person in found for entry in person.given) == list(range(len(told)))
    assert all(person.cents == sum(entry.cents for entry in person.given) for person in found)


@pytest.mark.parametrize(
    ("cents", "limit", "word"),
    [
        (7999, 10000, "Within"), (8000, 10000, "Near your limit"), (10000, 10000, "Near your limit"),
        (10001, 10000, "Over your limit"), (0, 0, "Within"), (1, 0, "Over your limit"),
    ],
)  # fmt: skip
def test_a_sum_is_read_against_the_limit(cents, limit, word):
    assert standing(cents, limit)[1] == word


@pytest.mark.parametrize(
    ("what", "cash"),
    [("Gift card, 25", True), ("cash", True), ("a Voucher", True), ("Cashews", False), ("Fruit", False), ("", False)],
)
def test_cash_and_its_like_are_named(what, cash):
    assert Given(1, DAY, "Ada", 1, what=what).is_cash is cash


def test_the_year_s_ledger_sums_to_the_cent(owner):
    for person, amount, on in (
        ("Pat Long", "33.33", "2026-01-01"), ("LONG, PAT", "66.68", "2026-05-06"), ("Ada Lin", "0.99", "2026-02-02"),
        ("Pat Long", "500", "2025-12-31"),
    ):  # fmt: skip
        assert owner.post("/practice/gifts", data=form(person=person, amount=amount, on=on)).status_code == 303
    page = plain(owner.get("/practice/gifts"))
    assert "$101.00 in all" in page  # 33.33 + 66.68 + 0.99
    assert re.findall(r'data-label="In the year">\$([\d.]+)<', page) == ["100.01", "0.99"]
    assert "One person is over your limit." in page
    assert "$500.00 in all" in plain(owner.get("/practice/gifts?year=2025"))
    lines = owner.get("/practice/gifts.csv").text.splitlines()
    assert lines[0].lstrip("\ufeff") == "person,office,day,kind,what,amount,person in the year"
    assert lines[1:] == [
        "Pat Long,,2026-01-01,gift,Fruit,33.33,100.01",
        '"LONG, PAT",,2026-05-06,gift,Fruit,66.68,100.01',
        "Ada Lin,,2026-02-02,gift,Fruit,0.99,0.99",
    ]


def test_the_limit_is_the_practice_s_own(owner):
    owner.post("/practice/gifts", data=form(amount="50"))
    assert "Nobody is over your limit." in plain(owner.get("/practice/gifts"))
    assert owner.post("/practice/gifts/limit", data={"limit": "49.99"}).status_code == 303
    assert "One person is over your limit." in plain(owner.get("/practice/gifts"))
    assert owner.post("/practice/gifts/limit", data={"limit": "much"}).status_code == 422


def test_what_is_like_cash_is_said_first(owner):
    owner.post("/practice/gifts", data=form(what="Gift card"))
    assert "One entry is cash or like cash. That is never given." in plain(owner.get("/practice/gifts"))


def test_an_entry_is_taken_out(app, owner):
    owner.post("/practice/gifts", data=form())
    assert owner.post("/practice/gifts/1/remove").status_code == 303
    with app.app_context():
        assert db.session.query(Gift).count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"person": ""}, "Say who got it."),
        ({"amount": "12,50"}, "Write a point before the cents"),
        ({"amount": ""}, "Say what it was worth."),
        ({"on": "2026-05-07"}, "This day has not come yet."),
        ({"on": ""}, "Say when."),
        ({"source_id": "999"}, "Choose them from the list again"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(owner, changed, said):
    answer = owner.post("/practice/gifts", data=form(what="A fern", **changed))
    assert answer.status_code == 422
    assert said in plain(answer)
    assert 'value="A fern"' in answer.text


def test_another_practice_sees_and_changes_none_of_it(app, owner):
    owner.post("/practice/gifts", data=form())
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert stranger.post("/practice/gifts/1/remove").status_code == 404
    assert "Pat Long" not in stranger.get("/practice/gifts").text + stranger.get("/practice/gifts.csv").text
    with app.app_context(), writing():
        theirs = builders.source(builders.practice(name="Elsewhere"), "Olga", "Otherway").id
    assert owner.post("/practice/gifts", data=form(source_id=str(theirs))).status_code == 422


def test_the_ledger_neither_imports_nor_names_referrals():
    for path in [*(ROOT / "crm/readiness").glob("gift*.py"), ROOT / "crm/money.py"]:
        tree = ast.parse(path.read_text())
        words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                words |= {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
        assert not [word for word in words if re.search("referr|crm.clients|crm.analytics|crm.pipeline", word.lower())]
    assert "referr" not in (ROOT / "crm/templates/readiness/gifts.html").read_text().lower()


def test_the_ledger_asks_the_database_for_no_referral(app, owner):
    owner.post("/practice/gifts", data=form())
    with count_statements(app) as seen:
        owner.get("/practice/gifts")
        owner.get("/practice/gifts.csv")
    assert not [statement for statement in seen if re.search(r"\breferral\b", statement)]
