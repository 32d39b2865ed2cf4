"""Row 36: a form changes the fields it shows, whatever else is sent along under the names of our columns."""

from typing import Any

import builders
import outside
import pytest
import sent_forms
from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, LargeBinary, inspect, select, text
from werkzeug.datastructures import MultiDict

from crm.accounts.models import User
from crm.column_types import UtcDateTime
from crm.db import db

WORD, NUMBER, DAY = "poisoned-column", 424242, "2041-02-03"
COLUMNS = {column.name: column.type for table in db.metadata.sorted_tables for column in table.columns}


def poison(kind: Any) -> str:
    """Return a value a column of this type would take and that no honest row holds."""
    if isinstance(kind, Boolean):
        return "true"
    if isinstance(kind, Integer):
        return str(NUMBER)
    if isinstance(kind, Date | DateTime | UtcDateTime):
        return DAY
    if isinstance(kind, Enum):
        return str(kind.enums[-1])
    return WORD


def poisoned_columns(both) -> set[tuple[str, str]]:
    """Return where a poison lies in the database."""
    found = set()
    with both.app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')).mappings():  # noqa: S608
                for name, value in row.items():
                    if any(mark in str(value) for mark in (WORD, str(NUMBER), DAY)):
                        found.add((table.name, name))
        db.session.rollback()
    return found


def standing(both) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the rows that rights and money hang on, column by column."""
    with both.app.app_context():
        rows = {}
        for name in ("user", "practice", "role", "roles_users", "setup_link", "client", "source", "calendar_feed"):
            table = db.metadata.tables[name]
            for number, row in enumerate(db.session.execute(select(table).order_by(*table.primary_key)).mappings()):
                rows[name, number] = dict(row)
        return rows


def changed(before: dict, after: dict) -> set[tuple[str, str]]:
    return {
        (key[0], column)
        for key in before.keys() & after.keys()
        for column in before[key]
        if before[key][column] != after[key][column]
    }


def test_row_36_every_column_of_every_model_sent_to_every_form_changes_nothing_undeclared(both):
    """Each form goes twice: as its page offers it, and with all our columns beside; it may change no more."""
    owner = both.browser(outside.OWNER)
    forms = list(sent_forms.offered(both))
    assert len(forms) > 55, [form.endpoint for form in forms]
    assert len(COLUMNS) > 150
    taken, not_taken = 0, []
    for form in forms:
        before = standing(both)
        owner.post(form.action, data=MultiDict(form.fields))
        between = standing(both)
        extra = [(name, poison(kind)) for name, kind in COLUMNS.items() if name not in form.names]
        answer = owner.post(form.action, data=MultiDict([*form.fields, *extra]))
        assert answer.status_code < 500, form.endpoint
        taken += answer.status_code in {200, 204, 303}
        not_taken += [] if answer.status_code in {200, 204, 303} else [form.endpoint]
        after = standing(both)
        undeclared = changed(between, after) - changed(before, between)
        # A new link is a new row: PostgreSQL gives it a new number, SQLite the one that became free.
        new_link = {("setup_link", "id"), ("setup_link", "token_hash")}
        moves = {("user", "update_datetime"), ("practice", "task_revision"), *new_link}
        assert undeclared - moves == set(), form.endpoint
        assert poisoned_columns(both) == set(), form.endpoint
    assert taken > 40, not_taken


@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param("/practice/digest", {"digest_hour": "07:00", "digest_days": "1"}, id="my digest"),
        pytest.param("/quick-add", {"line": "call", "kind": "call", "due": "2026-06-01"}, id="a task in one line"),
        pytest.param("/account/idle", {"minutes": "20"}, id="my account"),
    ],
)
def test_row_36_nobody_makes_themselves_an_owner_by_a_field(both, path, form):
    assistant = both.browser(outside.ASSISTANT)
    rights = {"role": "owner", "roles": "owner", "roles-0": "1", "practice_id": "2", "active": "y", "is_owner": "1",
              "user_id": "1", "id": "1", "fs_uniquifier": "x"}  # fmt: skip
    assistant.post(path, data=form | rights)
    with both.app.app_context():
        user = db.session.scalars(select(User).where(User.email == outside.ASSISTANT)).one()
        assert [role.name for role in user.roles] == ["assistant"]
        assert user.practice_id == builders.practice().id
        assert inspect(user).identity == (user.id,)


def test_row_36_a_sealed_column_is_filled_by_the_seal_alone(both):
    """Bytes can be sent under the name of a sealed column as well; the row keeps its own."""
    sealed = [(t.name, c.name) for t in db.metadata.sorted_tables for c in t.columns if isinstance(c.type, LargeBinary)]
    assert ("client", "sealed") in sealed
    owner = both.browser(outside.OWNER)
    before = both.scalar(text("SELECT sealed FROM client WHERE code = 'C-0101' ORDER BY id"))
    owner.post(
        "/clients/C-0101/class", data={"client_class": "corrective"} | dict.fromkeys({n for _t, n in sealed}, "x")
    )
    assert both.scalar(text("SELECT sealed FROM client WHERE code = 'C-0101' ORDER BY id")) == before
