"""Touches: which event each becomes, what it completes, and that it can be undone."""

import builders
import pytest
from sqlalchemy import select

from crm.db import db, writing
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.sources.models import Source
from crm.sources.touches import Outcome, TouchKind, ends


@pytest.fixture
def source_id(app) -> int:
    with app.app_context(), writing():
        return builders.source(office=builders.office()).id


def log(owner, source_id: int, **fields: str):
    return owner.post(
        f"/sources/{source_id}/touch", data={"kind": "call", "outcome": "reached", "on": "2026-05-06"} | fields
    )


def events(app) -> list[tuple[str, dict[str, object]]]:
    with app.app_context():
        entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.seq))
        return [(entry.type, entry.payload) for entry in entries]


def open_rules(app) -> dict[str, str]:
    with app.app_context():
        return dict(
            db.session.execute(select(Task.rule, Task.key).where(Task.status == TaskStatus.OPEN)).tuples().all()
        )


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        ("letter", "touch_logged"),
        ("email", "touch_logged"),
        ("visit", "touch_logged"),
        ("reply", "reply_received"),
        ("declined", "source_declined"),
        ("asked", "education_asked"),
        ("opt_out", "opt_out"),
        ("package_ready", "package_ready"),
    ],
)
def test_each_kind_of_touch_is_its_own_event(app, owner, source_id, kind, recorded):
    assert log(owner, source_id, kind=kind).status_code == 303
    assert events(app)[-1][0] == recorded


def test_a_call_keeps_its_outcome(app, owner, source_id):
    log(owner, source_id, outcome="gatekeeper")
    assert events(app) == [("touch_logged", {"source": f"s{source_id}", "kind": "call", "outcome": "gatekeeper"})]


def test_a_package_that_was_sent_completes_its_task(app, owner, source_id):
    log(owner, source_id, kind="package_ready")
    assert "C10" in open_rules(app)
    log(owner, source_id, kind="package_sent")
    assert events(app)[-1][0] == "task_done"
    assert "C10" not in open_rules(app)
    assert "C11" in open_rules(app)


def test_a_package_sent_without_its_task_is_made_ready_first(app, owner, source_id):
    log(owner, source_id, kind="package_sent")
    assert [name for name, _payload in events(app)] == ["source_added", "package_ready", "task_done"]
    assert "C11" in open_rules(app)


def test_a_touch_completes_the_chosen_task(app, owner, source_id):
    log(owner, source_id, kind="package_sent")
    key = open_rules(app)["C11"]
    log(owner, source_id, outcome="gatekeeper", task=key, note="Carmen found it")
    assert events(app)[-1] == ("task_done", {"key": key})
    assert "C11" not in open_rules(app)


def test_a_call_nobody_answered_leaves_the_task_open(app, owner, source_id):
    log(owner, source_id, kind="package_sent")
    key = open_rules(app)["C11"]
    page = owner.post(
        f"/sources/{source_id}/touch",
        data={"kind": "call", "outcome": "no_answer", "on": "2026-05-06", "task": key},
        follow_redirects=True,
    )
    assert "The task stays open." in page.text
    assert "C11" in open_rules(app)


@pytest.mark.parametrize(
    ("rule", "kind", "outcome", "made"),
    [
        ("C30", TouchKind.CALL, Outcome.REACHED, "task_done"),
        ("C30", TouchKind.CALL, Outcome.GATEKEEPER, "call_missed"),
        ("C33", TouchKind.CALL, Outcome.MESSAGE, "call_missed"),
        ("C30", TouchKind.LETTER, None, "task_done"),
        ("C11", TouchKind.CALL, Outcome.MESSAGE, "task_done"),
        ("C11", TouchKind.CALL, Outcome.NO_ANSWER, ""),
    ],
)
def test_what_a_touch_makes_of_its_task(rule, kind, outcome, made):
    assert ends(rule, kind, outcome) == made


def test_an_earlier_day_is_a_date_and_today_is_a_moment(app, owner, source_id):
    log(owner, source_id, on="2026-05-04")
    log(owner, source_id)
    with app.app_context():
        first, second = db.session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
        assert (str(first.happened_on), first.happened_at) == ("2026-05-04", None)
        assert second.happened_at is not None


def test_a_note_is_sealed_and_shown_on_the_page_only(app, owner, source_id):
    log(owner, source_id, note="Avery Stone kneels again")
    with app.app_context():
        assert b"Avery" not in db.session.scalar(select(EntryNote.sealed))
        assert "Avery" not in str(db.session.scalar(select(JournalEntry.payload)))
    assert "Avery Stone kneels again" in owner.get(f"/sources/{source_id}").text


def test_without_the_key_the_page_still_shows(app, owner, source_id, settings):
    log(owner, source_id, note="Avery Stone kneels again")
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    app.extensions["handoff"]._sealer = None
    page = owner.get(f"/sources/{source_id}")
    assert page.status_code == 200
    assert "cannot be read without the key" in page.text
    refused = log(owner, source_id, note="more")
    assert (refused.status_code, "the key for that is missing" in refused.text) == (422, True)
    assert log(owner, source_id).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("on", "2026-05-07", "This day has not come yet.", id="a day to come"),
        pytest.param("on", "soon", "This is not a date.", id="no date"),
        pytest.param("on", "0001-01-01", "The year must lie between", id="long ago"),
        pytest.param("kind", "telepathy", "Not a valid choice", id="an unknown kind"),
        pytest.param("task", "C10:s99", "Not a valid choice", id="a task of somebody else"),
        pytest.param("note", "x" * 4001, "This may have 4000 characters.", id="an endless note"),
    ],
)
def test_a_touch_that_does_not_fit_is_said_and_kept(app, owner, source_id, field, value, said):  # noqa: PLR0917
    page = log(owner, source_id, **({"note": "kept as typed"} | {field: value}))
    assert page.status_code == 422
    assert said in page.text
    assert field == "note" or "kept as typed" in page.text
    assert events(app) == []


def test_a_touch_is_undone_by_the_message(app, owner, source_id):
    page = owner.post(
        f"/sources/{source_id}/touch", data={"kind": "opt_out", "on": "2026-05-06"}, follow_redirects=True
    )
    assert "They are not contacted any more." in page.text
    with app.app_context():
        seq = db.session.scalar(select(JournalEntry.seq).where(JournalEntry.type == "opt_out"))
    assert f'action="/undo/{seq}"' in page.text
    assert owner.post(f"/undo/{seq}").status_code == 303
    with app.app_context():
        assert not db.session.get(Source, source_id).do_not_contact
