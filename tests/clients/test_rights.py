"""What a client may ask for: the copy is whole and nobody else's, changes keep the old value."""

import json
import re
import stat

import builders
import pytest
from sqlalchemy import func, select

from crm import demo
from crm.clients import export_queries, queries
from crm.clients.amendments import Change, changes
from crm.clients.export_queries import HELD, LEFT_OUT
from crm.clients.models import Client
from crm.clients.record_models import ClientSheet, Measurement, SessionLog
from crm.db import db, writing
from crm.documents.models import Document
from crm.journal.models import JournalEntry

NOT_IN_THE_COPY = {
    "erasure": "speaks of clients who are no more",
    "entry_note": "in the copy beside its entry of the history",
}


@pytest.fixture
def practice(app, clock):
    """The sample practice: eight clients with files."""
    with app.app_context():
        made = builders.practice()
        with writing():
            demo.load(made, app.extensions["handoff"].sealer(), now=clock.now)
        yield made


def copy_of(owner, code, form="json"):
    return owner.post(f"/clients/{code}/copy", data={"copy-form": form})


def reaches(table, seen=frozenset()):
    """Say whether a row of this table hangs on a client's, directly or over others."""
    parents = {key.column.table for key in table.foreign_keys} - {table} - seen
    return any(parent.name == "client" or reaches(parent, seen | {table}) for parent in parents)


def test_no_table_that_hangs_on_a_client_is_forgotten(app):
    tables = {held.model.__table__.name for held in HELD}
    hanging = {table.name for table in db.metadata.tables.values() if "client_id" in table.columns or reaches(table)}
    assert hanging | {"client"} <= tables | set(NOT_IN_THE_COPY)


def test_every_column_is_in_the_copy_or_left_out_by_name(app, practice, owner):
    client = queries.get_client_by_code(practice.id, "C-0101")
    copy = export_queries.everything(practice, client, app.extensions["handoff"].sealer())
    for held in HELD:
        rows = db.session.scalars(select(held.model).where(held.whose(client.id))).all()
        assert len(copy[held.name]) == len(rows), held.name
        named = {column.key for column in held.model.__table__.columns} - LEFT_OUT
        told = {"source_id" if key == "source" else key for row in copy[held.name] for key in row}
        filled = {key for key in named if any(getattr(row, key) is not None for row in rows)}
        assert filled <= told, held.name
    assert len(copy["measurements"]) > 5
    assert copy["record"][0]["content"]["values"]


def test_nobody_elses_words_are_in_it(app, practice, owner):
    sealer = app.extensions["handoff"].sealer()
    told = copy_of(owner, "C-0101").text
    for other in db.session.scalars(select(Client).where(Client.code != "C-0101")):
        assert other.code not in told
        name = sealer.open(other.sealed, table="client", row=other.uuid).get("name") if other.sealed else None
        assert not name or name not in told


def test_the_copy_is_a_file_with_the_code_for_a_name(owner, practice):
    answer = copy_of(owner, "C-0101")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="C-0101.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    held = json.loads(answer.text)
    assert held["client"][0]["code"] == "C-0101"
    assert {"record", "sessions", "measurements", "goals", "history"} <= set(held)


def test_the_page_to_read_needs_nothing_from_outside(owner, practice):
    page = copy_of(owner, "C-0101", "html").text
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "30-second" in page or "chair-stand-30s" in page


def test_the_copy_is_noted(owner, practice):
    noted = select(func.count(JournalEntry.seq)).where(JournalEntry.type == "client_exported")
    assert db.session.scalar(noted) == 0
    copy_of(owner, "C-0101")
    assert db.session.scalar(noted) == 1


def test_without_the_key_there_is_no_copy(app, owner, practice, settings):
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    app.extensions["handoff"]._sealer = None
    answer = copy_of(owner, "C-0101")
    assert answer.status_code == 503
    assert "the key is missing" in answer.text


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param({"a": "x"}, {"a": "x"}, (), id="nothing"),
        pytest.param({"set_by": ""}, {"set_by": "Dr. Marsh"}, (Change("Set by", "", "Dr. Marsh"),), id="filled in"),
        pytest.param({"name": "A"}, {}, (Change("Name", "A", ""),), id="taken out"),
        pytest.param(
            {"limits": {"systolic": 150}}, {"limits": {"systolic": 140}}, (Change("Limits, systolic", "150", "140"),),
            id="inside",
        ),
        pytest.param(
            {"diagnoses": [{"text": "A"}]}, {"diagnoses": [{"text": "A"}, {"text": "B"}]},
            (Change("Diagnoses 2, text", "", "B"),), id="one more row",
        ),
        pytest.param({"days": ["mon"]}, {"days": ["mon", "tue"]}, (Change("Days", "mon", "mon, tue"),), id="a list"),
        pytest.param({"a": 0}, {"a": 1}, (Change("A", "0", "1"),), id="a number"),
    ],
)  # fmt: skip
def test_a_change_is_told_field_by_field(before, after, found):
    assert changes(before, after) == found


def test_what_was_corrected_stands_beside_what_was_there(owner, practice):
    client = queries.get_client_by_code(practice.id, "C-0101")
    sheet = db.session.scalar(
        select(ClientSheet).where(ClientSheet.client_id == client.id, ClientSheet.part == "person")
    )
    form = {"base": str(sheet.id if sheet else 0), "name": "Somebody Else", "insurance": "", "sex": "",
            "reason": "The client asked for it"}  # fmt: skip
    assert owner.post("/clients/C-0101/record/person", data=form).status_code == 303
    row = db.session.scalar(
        select(Measurement).where(Measurement.client_id == client.id).order_by(Measurement.id.desc())
    )
    wrong = {"value": "9", "reason": "Typed into the wrong row"}
    assert owner.post(f"/clients/C-0101/measures/{row.id}", data=wrong).status_code == 303
    page = owner.get("/clients/C-0101/rights").text
    assert "Typed into the wrong row" in page
    assert "<del>" in page
    if sheet is not None:
        assert "The client asked for it" in page


def test_a_session_log_written_anew_keeps_what_stood_there(owner, practice):
    client = queries.get_client_by_code(practice.id, "C-0101")
    row = db.session.scalar(select(SessionLog).where(SessionLog.client_id == client.id).order_by(SessionLog.id.desc()))
    for done in ("Stairs, two flights", "Stairs, three flights"):
        form = {"done": done, "held_on": row.held_on.isoformat(), "attendance": row.attendance.value}
        assert owner.post(f"/clients/C-0101/sessions/{row.id}", data=form).status_code == 303
    page = owner.get("/clients/C-0101/rights").text
    assert "<del>Stairs, two flights</del> Stairs, three flights" in page
    assert "Stairs, two flights" in copy_of(owner, "C-0101").text


def test_a_letter_written_again_names_the_one_before(app, owner, practice, clock):
    client = queries.get_client_by_code(practice.id, "C-0101")
    with writing():
        old = Document(
            practice_id=practice.id, key="progress-report", client_id=client.id, sealed=b"x", state="approved",
            approved_at=clock.now,
        )  # fmt: skip
        db.session.add(old)
        db.session.flush()
        db.session.add(
            Document(
                practice_id=practice.id, key="progress-report", client_id=client.id, sealed=b"x", replaces_id=old.id
            )
        )
    page = owner.get("/clients/C-0101/rights").text
    assert "approved on 2026-05-06" in page


def test_the_commands_do_the_same(app, practice, tmp_path):
    run = app.test_cli_runner().invoke
    done = run(args=["client", "export", "C-0101", "--out", str(tmp_path / "copy")])
    assert done.exit_code == 0, done.output
    files = sorted((tmp_path / "copy").iterdir())
    assert [path.name for path in files] == ["C-0101.html", "C-0101.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert json.loads(files[1].read_text())["measurements"]
    files[1].chmod(0o644)
    assert run(args=["client", "export", "C-0101", "--out", str(tmp_path / "copy")]).exit_code == 0
    assert stat.S_IMODE(files[1].stat().st_mode) == 0o600
    assert run(args=["client", "erase", "C-0999", "--yes"]).exit_code == 2
    assert run(args=["client", "erase", "C-0101"], input="n\n").exit_code == 1
    assert queries.find_client(practice.id, "C-0101")
    assert run(args=["client", "erase", "C-0101", "--yes"]).exit_code == 0
    db.session.rollback()
    assert queries.find_client(practice.id, "C-0101") is None
