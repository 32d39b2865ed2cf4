"""What the journal holds about a source becomes its place on the board."""

from datetime import date

import builders
import pytest

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import AssessmentDone, PackageReady, ReferralReceived, TaskDone
from crm.pipeline import service
from crm.pipeline.signs import Sign, Step
from crm.sources.models import Lane, Source


@pytest.fixture
def practice(app):
    with app.app_context():
        yield builders.practice()


def known(practice, source_id):
    return service.facts_of(practice, {source_id})[source_id]


@pytest.mark.parametrize(
    ("sent", "in_time"),
    [pytest.param(date(2026, 5, 11), 1, id="inside its window"), pytest.param(date(2026, 5, 12), 0, id="a day late")],
)
def test_whether_a_task_was_on_time_is_read_from_the_task(practice, clock, sent, in_time):
    with writing():
        marsh = builders.source().id
        journal.record(practice, PackageReady(source=f"s{marsh}"), now=clock.now)
        clock.set("2026-05-13T14:00:00+00:00")
        done = TaskDone(key=f"C10:s{marsh}:2026-05-06")
        journal.record(practice, done, now=clock.now, on=sent, source_id=marsh)
    facts = known(practice, marsh)
    assert (facts.step, facts.counts[Sign.INTRODUCTION], facts.on_time[Sign.INTRODUCTION]) == (1, 1, in_time)
    assert db.session.get(Source, marsh).lane is Lane.FIRST_CONTACT


def test_what_happens_to_a_client_reaches_its_source_and_no_other(practice, clock):
    with writing():
        marsh, other = builders.source().id, builders.source(last_name="Other").id
        builders.client(source=db.session.get(Source, marsh))
        referral = ReferralReceived(source=f"s{marsh}", id="r1", client="C-0142", complete=True)
        journal.record(practice, referral, now=clock.now)
        journal.record(practice, AssessmentDone(client="C-0142"), now=clock.now)
    assert known(practice, marsh).active == {"C-0142"}
    assert known(practice, other).active == frozenset()
    assert known(practice, marsh).step is Step.REINFORCEMENT


def test_placing_twice_changes_nothing(practice, clock):
    with writing():
        marsh = builders.source().id
        journal.record(practice, PackageReady(source=f"s{marsh}"), now=clock.now)
        source = db.session.get(Source, marsh)
        before = (source.lane, source.step_since, source.last_contact_on)
        service.apply(practice, [marsh], today=date(2026, 5, 6))
        service.apply(practice, [], today=date(2026, 5, 6))
        assert (source.lane, source.step_since, source.last_contact_on) == before
