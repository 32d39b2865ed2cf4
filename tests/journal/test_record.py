"""Telling the journal: entries, tasks and steps appear together or not at all."""

import builders
import pytest
from cases import all_circles, case_of, simulated, table_rows
from sqlalchemy import func, select

from crm.db import NotFound, db, writing
from crm.journal import service as journal
from crm.journal.acts import EntryUndone, TouchLogged
from crm.journal.events import CADENCE_TYPES, PackageReady, ReplyReceived, SourceAdded, TaskDone, TaskSnoozed
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.cadence.events import EVENT_TYPES
from crm.outreach.models import Task, TaskStatus
from crm.sources.models import Lane, Source


@pytest.fixture
def desk(app):
    with app.app_context():
        practice = builders.practice()
        with writing():
            office = builders.office(practice)
            source = builders.source(practice, office=office)
        yield practice, source


def open_rules(practice):
    query = select(Task.rule).where(Task.practice_id == practice.id, Task.status == TaskStatus.OPEN)
    return sorted(db.session.scalars(query.order_by(Task.rule)))


def test_the_journal_knows_exactly_the_events_of_the_engine():
    assert set(EVENT_TYPES) == CADENCE_TYPES


def test_an_event_plans_its_tasks_and_moves_its_source(desk, clock):
    practice, source = desk
    with writing():
        journal.record(practice, PackageReady(source=f"s{source.id}"), now=clock.now)
    assert open_rules(practice) == ["C01", "C10"]
    db.session.refresh(source)
    assert source.next_due_on is not None
    task = db.session.scalar(select(Task).where(Task.rule == "C10"))
    with writing():
        journal.record(practice, TaskDone(key=task.key), now=clock.now, source_id=source.id)
    assert open_rules(practice) == ["C01", "C11"]
    assert db.session.get(Source, source.id).lane == Lane.FIRST_CONTACT


def test_a_listed_source_becomes_a_relationship_by_the_first_event_that_names_it(desk, clock):
    practice, source = desk
    assert source.added_on is None
    with writing():
        journal.record(practice, ReplyReceived(source=f"s{source.id}"), now=clock.now)
    assert source.added_on.isoformat() == "2026-05-06"
    assert db.session.scalars(select(JournalEntry.type).order_by(JournalEntry.seq)).all() == [
        "source_added",
        "reply_received",
    ]


def test_a_touch_alone_plans_nothing(desk, clock):
    practice, source = desk
    with writing():
        journal.record(practice, TouchLogged(source=f"s{source.id}", kind="call"), now=clock.now)
    assert open_rules(practice) == []
    assert source.added_on is None


def test_undo_takes_back_what_followed_and_can_be_done_once(desk, clock):
    practice, source = desk
    with writing():
        journal.record(practice, PackageReady(source=f"s{source.id}"), now=clock.now)
    task = db.session.scalar(select(Task).where(Task.rule == "C10"))
    with writing():
        entry = journal.record(practice, TaskDone(key=task.key), now=clock.now, source_id=source.id)
    with writing():
        journal.undo(practice, entry, now=clock.now)
    assert open_rules(practice) == ["C01", "C10"]
    assert db.session.get(Source, source.id).lane == Lane.IDENTIFIED
    assert db.session.scalar(select(JournalEntry).where(JournalEntry.type == EntryUndone.type)).undoes == entry.seq
    with pytest.raises(journal.AlreadyUndone), writing():
        journal.undo(practice, entry, now=clock.now)


def test_recording_in_another_practice_is_refused_and_leaves_no_trace(desk, clock):
    _practice, source = desk
    other = builders.practice(name="Elsewhere")
    before = db.session.scalar(select(func.count()).select_from(JournalEntry))
    with pytest.raises(NotFound), writing():
        journal.record(other, SourceAdded(source=f"s{source.id}"), now=clock.now)
    assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == before


def test_a_visible_change_raises_the_revision_and_a_replay_without_one_does_not(desk, clock):
    practice, source = desk
    with writing():
        journal.record(practice, PackageReady(source=f"s{source.id}"), now=clock.now)
    task = db.session.scalar(select(Task).where(Task.rule == "C10"))
    assert (task.revision, revision := practice.task_revision) == (0, practice.task_revision)
    with writing():
        journal.record(practice, TouchLogged(source=f"s{source.id}", kind="call"), now=clock.now)
    assert practice.task_revision == revision
    with writing():
        journal.record(practice, TaskSnoozed(key=task.key, to="2026-05-14"), now=clock.now, source_id=source.id)
    db.session.expire_all()
    task = db.session.scalar(select(Task).where(Task.rule == "C10"))
    assert (task.revision, task.due.isoformat(), task.snoozed) == (1, "2026-05-14", 1)
    assert practice.task_revision == revision + 1


def test_a_note_is_sealed(app, desk, clock):
    practice, source = desk
    sealer = app.extensions["handoff"].sealer()
    with writing():
        entry = journal.record(practice, TouchLogged(source=f"s{source.id}", kind="call"), now=clock.now)
        journal.add_note(entry, "Spoke with Gloria about Avery Stone", sealer)
    note = db.session.get(EntryNote, entry.seq)
    assert b"Avery" not in note.sealed
    assert sealer.open(note.sealed, table="entry_note", row=str(entry.seq))["text"].startswith("Spoke")


def test_the_task_table_is_what_the_command_says_of_the_circle(desk, clock):
    practice, source = desk
    with writing():
        journal.record(practice, PackageReady(source=f"s{source.id}"), now=clock.now)
    today = journal.local_day(practice, clock.now)
    for circle in all_circles(practice):
        assert simulated(case_of(practice, circle, today)) == table_rows(practice, circle)
