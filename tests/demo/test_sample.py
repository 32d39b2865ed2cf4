"""The sample practice keeps its promises on any day, and goes without touching anything else."""

from datetime import date

import builders
import pytest
from cases import all_circles, case_of, simulated, table_rows
from flask import current_app
from sqlalchemy import func, select, text

from crm import demo
from crm.clients.models import Client, ClientStatus
from crm.db import db, writing
from crm.documents import letters
from crm.documents.fact_queries import Brief, gather
from crm.journal import service as journal
from crm.journal.events import PackageReady
from crm.outreach.models import Task, TaskStatus
from crm.sources.models import Lane, Source
from crm.sources.queries import get_source

DAYS = [
    pytest.param("2026-05-06T10:00-04:00", id="a Wednesday in May"),
    pytest.param("2026-07-03T10:00-04:00", id="a holiday"),
    pytest.param("2026-11-29T08:00-05:00", id="the Sunday after Thanksgiving"),
    pytest.param("2027-01-02T23:00-05:00", id="a Saturday night at new year"),
    pytest.param("2026-03-09T07:00-04:00", id="the Monday after the clocks change"),
]


@pytest.fixture
def load(app, clock):
    with app.app_context():
        practice = builders.practice()

        def at(moment: str):
            clock.set(moment)
            with writing():
                demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
            return practice

        yield at


def tasks(*where):
    return db.session.scalars(select(Task).where(*where)).all()


@pytest.mark.parametrize("moment", DAYS)
def test_it_shows_what_it_promises(load, clock, moment):
    practice = load(moment)
    today = journal.local_day(practice, clock.now)
    lanes = set(db.session.scalars(select(Source.lane)))
    assert db.session.scalar(select(func.count()).select_from(Source)) == 12
    assert lanes == set(Lane)
    classes = set(db.session.scalars(select(Client.client_class)))
    assert (db.session.scalar(select(func.count()).select_from(Client)), len(classes)) == (8, 4)
    assert db.session.scalar(select(func.count()).where(Client.status == ClientStatus.DISCHARGED)) == 1

    is_open = Task.status == TaskStatus.OPEN
    assert len(tasks(is_open, Task.rule == "C34a")) == 1
    assert len(tasks(is_open, Task.rule.in_(["C42", "C43"]), Task.due < today)) == 1
    assert (
        len(tasks(Task.rule == "C42", Task.status == TaskStatus.SUPPRESSED, Task.reason.startswith("merged:C43"))) == 1
    )
    assert 1 <= len(tasks(is_open, Task.due < today)) <= 7  # some are late, the page is not drowned in them
    idle = select(func.count()).where(Source.next_due_on.is_(None), Source.lane != Lane.PARKED)
    assert db.session.scalar(idle) == 2


@pytest.mark.parametrize("moment", DAYS[:3])
def test_every_circle_is_what_the_command_says(load, clock, moment):
    practice = load(moment)
    circles = all_circles(practice)
    assert len(circles) >= 8
    for circle in circles:
        case = case_of(practice, circle, journal.local_day(practice, clock.now))
        assert simulated(case) == table_rows(practice, circle)


def test_a_sample_report_says_the_diagnosis_as_the_provider_stated_it(load):
    load("2026-05-06T10:00-04:00")
    builders.user()
    sealer = current_app.extensions["handoff"].sealer()
    for client_id in db.session.scalars(select(Client.id)).all():
        db.session.remove()  # what a request of its own would find
        client = db.session.get_one(Client, client_id)
        source = get_source(client.practice_id, client.source_id)
        brief = Brief(letters.kind_of("progress-report"), source, client)
        about = gather(builders.practice(), builders.user(), brief, sealer=sealer, today=date(2026, 5, 6)).about
        assert about.diagnosis
        assert about.stated_by == source.display_name


def dump() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but the practice's own counters."""
    names = [name for name in sorted(db.metadata.tables) if name not in {"practice", "alembic_version"}]
    rows = {name: db.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names}  # noqa: S608
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def test_it_goes_and_leaves_everything_else_as_it_was(app, load, clock):
    practice = builders.practice()
    with writing():
        own = builders.source(practice, "Olive", "Garner", office=builders.office(practice, "Own Clinic"))
        journal.record(practice, PackageReady(source=f"s{own.id}"), now=clock.now)
    before = dump()
    load("2026-05-06T10:00-04:00")
    assert demo.is_loaded(practice.id)
    assert dump() != before
    with writing():
        demo.remove(practice)
    assert not demo.is_loaded(practice.id)
    assert dump() == before


def test_loading_twice_is_loading_once(load):
    load("2026-05-06T10:00-04:00")
    load("2026-05-06T10:00-04:00")
    assert db.session.scalar(select(func.count()).select_from(Source)) == 12
