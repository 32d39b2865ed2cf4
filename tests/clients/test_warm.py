"""The warm list joins what the records say of one person and says what comes next with each."""

import re

import builders
import pytest
from sqlalchemy import select

from crm.clients.warm import Known, Next, warm_list
from crm.db import db, writing
from crm.sources.models import Source


def test_one_person_of_several_clients_is_one_line():
    told = warm_list(
        [
            Known("C-0102", 2, "Ada Bell", "", "Lakeside", None),
            Known("C-0101", 1, "ada bell", "PT", "lakeside", None),
            Known("C-0101", 3, "Ada Bell", "", "Elsewhere", None),  # another person, for all anybody knows
            Known("C-0103", 4, "Kim Lee", "MD", "", 7, contacted=True),
            Known("C-0104", 5, "K. Lee", "MD", "", 7),
            Known("C-0104", 6, "Zoe Ray", "DC", "", 8),
        ]
    )
    assert [(one.name, one.clients, one.credential, one.next) for one in told] == [
        ("Ada Bell", ("C-0102", "C-0101"), "PT", Next.LIST),
        ("Kim Lee", ("C-0103", "C-0104"), "MD", Next.WORKED),
        ("Ada Bell", ("C-0101",), "", Next.LIST),
        ("Zoe Ray", ("C-0104",), "DC", Next.WRITE),
    ]


@pytest.fixture
def client(app):
    with app.app_context(), writing():
        builders.client(builders.practice(), "C-0142")
    return "C-0142"


def page(owner) -> str:
    return re.sub(r"\s+", " ", owner.get("/sources/warm").text)


def test_an_empty_list_says_where_names_come_from(owner, client):
    assert "Ask each client who else looks after them" in page(owner)


def test_from_a_record_to_the_list_to_the_first_letter(app, owner, client):
    form = {"first_name": "Dana", "last_name": "Frost", "credential": "PT", "office": "Hill PT", "treats": "the knee"}
    assert owner.post(f"/clients/{client}/providers", data=form).status_code == 303
    text = page(owner)
    assert "Not on your list yet" in text
    assert "Dana Frost" in text
    assert "the knee" not in text
    action = re.search(r'action="(/clients/C-0142/providers/\d+/source)"', text)[1]
    assert owner.post(action).status_code == 303
    assert "On your list, not written to" in page(owner)
    assert "Write the first letter" in page(owner)
    with app.app_context(), writing():
        db.session.scalar(select(Source)).step = 1
    assert "Worked with" in page(owner)


def test_another_practice_sees_none_of_it(app, owner, client):
    owner.post(f"/clients/{client}/providers", data={"first_name": "Dana", "last_name": "Frost"})
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert "Dana" not in stranger.get("/sources/warm").text
