"""Row 49: all that is held about a client in one click, as a page and as JSON, for whoever proves who they are."""

import io
import json
import zipfile

import builders
import canaries
import pytest

from crm.accounts.models import UserSession
from crm.clients.export_queries import HELD, LEFT_OUT
from crm.db import db, writing
from crm.journal.models import JournalEntry

STRANGER = "Otherella Neighbour"
BY_DOCUMENT = "document_id IN (SELECT id FROM document WHERE client_id = :id)"
BY_MESSAGE = f"id IN (SELECT message_id FROM delivery WHERE {BY_DOCUMENT})"  # noqa: S608
WHOSE = {"client": "id = :id", "document_file": BY_DOCUMENT, "delivery": BY_DOCUMENT, "outbox_message": BY_MESSAGE}


@pytest.fixture(scope="module")
def copy(product) -> dict[str, bytes]:
    """Return the two files of the copy of the client with a canary in every field."""
    owner = product.sign_in()
    assert owner.post("/clients", {"code": "C-0490", "name": STRANGER, "client_class": ""}).status == 303
    answer = owner.post("/clients/C-0101/copy", {"copy-form": "both"})
    assert answer.status == 200, answer.text[:500]
    assert answer.header("Content-Disposition") == 'attachment; filename="C-0101.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        assert sorted(packed.namelist()) == ["C-0101.html", "C-0101.json"]
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.name)
def test_row_49_every_row_and_every_field_of_the_model_is_in_the_copy(product, copy, held):
    told = json.loads(copy["C-0101.json"])
    client_id = product.sql("SELECT id FROM client WHERE code = 'C-0101' AND practice_id = 1")[0][0]
    table = held.model.__table__
    where = WHOSE.get(table.name, "client_id = :id")
    fields = [column.key for column in table.columns if column.key not in LEFT_OUT]
    quoted = ", ".join(f'"{name}"' for name in fields)
    rows = product.sql(f"SELECT {quoted} FROM {table.name} WHERE {where}", id=client_id)  # noqa: S608 - our own names
    assert len(told[held.name]) == len(rows)
    there = {name for row in told[held.name] for name in row} | {"source_id"}
    assert {name for row in rows for name, value in zip(fields, row, strict=True) if value is not None} <= there


def test_row_49_what_was_told_in_confidence_is_in_both_files_and_nobody_elses_words(copy):
    for name, content in copy.items():
        for word in set(canaries.CANARIES) - {canaries.NOTES[1]}:  # that one was said about a source
            assert word.encode() in content, (word, name)
        assert STRANGER.encode() not in content
        assert b"C-0490" not in content


def test_row_49_an_open_desk_alone_gives_no_copy(app, owner, clock):
    with app.app_context(), writing():
        builders.client()
    copy, form = "/clients/C-0142/copy", {"copy-form": "both"}
    assert owner.post(copy, data=form).status_code == 200
    with app.app_context(), writing():
        session = db.session.query(UserSession).one()
        proved = json.loads(session.contents) | {"proved_at": clock.now.timestamp() - 601}
        session.contents = json.dumps(proved)
    led = owner.post(copy, data=form)
    assert (led.status_code, led.mimetype) == (303, "text/html")
    assert led.location.startswith("/verify?next=")
    with app.app_context():
        assert db.session.query(JournalEntry).filter_by(type="client_exported").count() == 1
