"""The letterhead: what every letter carries, checked as it is saved."""

import builders
import pytest

from crm.accounts.models import User
from crm.db import db

FULL = {
    "street": "18 Orchard Row", "city": "Fairfield", "state": "OR", "zip": "97000", "phone": "503.555.0100",
    "fax": "", "email": "desk@example.com", "role_title": "Medical Exercise Specialist", "serves": "adults",
    "fax_gateway": "@Fax.Example.com", "credential": "MES", "licence": "",
}  # fmt: skip


def test_a_letterhead_is_saved_in_one_form_of_each_thing(app, owner):
    assert owner.post("/practice/letterhead", data=FULL).status_code == 303
    with app.app_context():
        practice = builders.practice()
        assert (practice.phone, practice.fax_gateway) == ("(503) 555-0100", "fax.example.com")
        assert db.session.query(User).one().credential == "MES"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("zip", "9700", "A ZIP code looks like", id="zip"),
        pytest.param("phone", "555-0100", "The number has no area code.", id="phone without area code"),
        pytest.param("fax", "call me", "The number is not a telephone number.", id="fax"),
        pytest.param("email", "desk at example", "This is not an e-mail address.", id="email"),
        pytest.param("fax_gateway", "user@fax", "Write the part behind the @ only", id="fax service"),
        pytest.param("role_title", "", "Say what you are", id="role"),
        pytest.param("street", "x" * 200_000, "Field cannot be longer than 160 characters.", id="200,000 characters"),
    ],
)
def test_what_cannot_stand_there_is_refused_with_the_field_named(app, owner, field, value, said):
    answer = owner.post("/practice/letterhead", data=FULL | {field: value})
    assert answer.status_code == 422
    assert said in answer.text
    with app.app_context():
        assert builders.practice().city == ""


def test_a_header_cannot_be_smuggled_in(app, owner):
    owner.post("/practice/letterhead", data=FULL | {"street": "18 Orchard Row\r\nBcc: x@example.com"})
    with app.app_context():
        assert builders.practice().street == "18 Orchard Row Bcc: x@example.com"
