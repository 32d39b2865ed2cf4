"""Import and undo on a real database: all or nothing, again is the same, and out again is as before."""

from datetime import date, timedelta
from pathlib import Path

import builders
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import OptOut, SourceAdded
from crm.journal.models import JournalEntry
from crm.outreach.models import Task
from crm.sources import import_service as service
from crm.sources import import_undo_service as undoing
from crm.sources.import_plan import Counts
from crm.sources.models import BatchState, Grade, ImportBatch, Office, Source, SourceTerm
from crm.sources.provider_list import read_provider_list
from crm.sources.service import index_sources

LISTS = Path(__file__).parent / "lists"
HEADERS = "NPI,Last name,First name,Specialty,Phone,Office,Street,City,State,ZIP\n"
HELEN = "1555000011,Marsh,Helen,Cardiology,617 555 0101,,1 Main St,Boston,MA,02134\n"


@pytest.fixture
def practice(app):
    with app.app_context():
        yield builders.practice()


def bring(practice, clock, raw: bytes) -> Counts:
    with writing(practice.id):
        return service.import_rows(practice, "list.csv", read_provider_list(raw), now=clock.now).counts


def take_out(practice, clock) -> undoing.Undone:
    with writing(practice.id):
        batch = db.session.scalar(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(1))
        return undoing.undo(practice, batch, now=clock.now, actor=None)


def dump() -> dict[str, list[tuple[object, ...]]]:
    db.session.rollback()
    names = {"source": "id", "office": "id", "source_term": "source_id, term", "task": "id"}
    return {
        name: [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {name} ORDER BY {order}"))]  # noqa: S608
        for name, order in names.items()
    }


@pytest.mark.parametrize("name", ["registry.csv", "hand_made.csv", "whole_names.csv", "semicolon_windows_1252.csv"])
def test_the_same_list_again_changes_nothing(practice, clock, name):
    raw = (LISTS / name).read_bytes()
    first = bring(practice, clock, raw)
    before = dump()
    again = bring(practice, clock, raw)
    assert (first.updated + first.new > 0, again.new, again.updated) == (True, 0, 0)
    assert again.same == first.new + first.updated + first.same
    assert dump() == before


@pytest.mark.parametrize("name", ["registry.csv", "hand_made.csv", "whole_names.csv"])
def test_import_and_undo_leave_everything_as_it_was(practice, clock, name):
    with writing():
        place = builders.office(street="1 Main St", city="Boston", zip="02134")
        index_sources([builders.source(office=place, npi="1555000011"), builders.source(first_name="Bo")])
    before = dump()
    bring(practice, clock, (LISTS / name).read_bytes())
    assert dump() != before
    take_out(practice, clock)
    assert dump() == before


cell = st.sampled_from(["", "A", "B"])
some_rows = st.lists(
    st.tuples(st.sampled_from(["", "1555000011", "1555000029"]), st.sampled_from(["Marsh", "Lee"]), cell, cell, cell),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some_rows)
@example(rows=[  # somebody is looked for by a name that an earlier row of the same NPI had, in a place it had then
    ("1555000011", "Marsh", "B", "A", "B"), ("1555000029", "Marsh", "", "", "B"), ("", "Marsh", "", "", "B"),
    ("", "Lee", "", "", ""), ("", "Marsh", "", "", "B"), ("1555000011", "Lee", "", "A", ""),
    ("1555000029", "Marsh", "A", "B", "B"),
])  # fmt: skip
def test_whatever_the_rows_a_second_import_is_all_same_and_undo_is_complete(practice, clock, rows):
    zips = {"": "", "A": "02134", "B": "05478"}
    lines = [
        f"{npi},{last},Helen,,,{office},{street and f'{street} Main St'},Boston,MA,{zips[area]}\n"
        for npi, last, office, street, area in rows
    ]
    raw = (HEADERS + "".join(lines)).encode()
    before = dump()
    counts = bring(practice, clock, raw)
    assert counts.new + counts.updated + counts.same == len(rows)
    middle = dump()
    assert bring(practice, clock, raw) == Counts(same=len(rows))
    assert dump() == middle
    take_out(practice, clock)
    with writing(practice.id):
        first = db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(2)).all()[1]
        undoing.undo(practice, first, now=clock.now, actor=None)
    assert dump() == before


def test_people_of_a_list_are_only_listed(practice, clock):
    bring(practice, clock, (HEADERS + HELEN).encode())
    source = db.session.scalars(select(Source)).one()
    assert (source.added_on, source.grade, source.npi) == (None, None, "1555000011")
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0
    assert db.session.scalars(select(JournalEntry.type)).all() == ["providers_imported"]
    assert "marsh" in db.session.scalars(select(SourceTerm.term)).all()


def test_two_people_at_one_address_share_an_office(practice, clock):
    other = '1555000029,Lee,Ann,,,,"1 Main Street",Boston,MA,02134-1111\n'
    bring(practice, clock, (HEADERS + HELEN + other).encode())
    assert db.session.scalar(select(func.count()).select_from(Office)) == 1


def test_an_update_keeps_what_a_person_decided(practice, clock):
    with writing():
        source = builders.source(npi="1555000011", grade=Grade.B, fax="(617) 555-0199", phone="(617) 555-0100")
    with writing(practice.id):
        journal.record(practice, SourceAdded(source=f"s{source.id}"), now=clock.now)
        journal.record(practice, OptOut(source=f"s{source.id}"), now=clock.now)
    assert bring(practice, clock, (HEADERS + HELEN).encode()) == Counts(updated=1)
    db.session.expire_all()
    source = db.session.scalars(select(Source)).one()
    assert source.do_not_contact
    assert (source.grade, source.fax, source.phone[-4:]) == (Grade.B, "(617) 555-0199", "0101")


def test_undo_keeps_whom_you_have_worked_with_since(practice, clock):
    other = "1555000029,Lee,Ann,,,,2 Elm St,Boston,MA,02134\n"
    bring(practice, clock, (HEADERS + HELEN + other).encode())
    with writing(practice.id):
        helen = db.session.scalar(select(Source).where(Source.npi == "1555000011"))
        journal.record(practice, SourceAdded(source=f"s{helen.id}"), now=clock.now)
    undone = take_out(practice, clock)
    assert (undone.removed, undone.kept) == (1, 1)
    assert db.session.scalars(select(Source.last_name)).all() == ["Marsh"]
    assert db.session.scalars(select(Office.street)).all() == ["1 Main St"]


def test_undo_leaves_alone_what_was_edited_since(practice, clock):
    with writing():
        builders.source(npi="1555000011", phone="(617) 555-0100", specialty="Family medicine")
    bring(practice, clock, (HEADERS + HELEN).encode())
    with writing():
        db.session.scalars(select(Source)).one().phone = "(617) 555-0177"
    take_out(practice, clock)
    source = db.session.scalars(select(Source)).one()
    assert (source.phone, source.specialty) == ("(617) 555-0177", "Family medicine")


def test_undo_ends_after_a_day(practice, clock):
    bring(practice, clock, (HEADERS + HELEN).encode())
    clock.now += timedelta(hours=24)
    with pytest.raises(service.OutOfStep):
        take_out(practice, clock)


def test_a_break_in_the_middle_leaves_nothing(practice, clock):
    before = dump()
    with pytest.raises(KeyboardInterrupt), writing(practice.id):
        service.import_rows(practice, "list.csv", read_provider_list((HEADERS + HELEN).encode()), now=clock.now)
        raise KeyboardInterrupt
    assert dump() == before
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_another_practice_has_its_own_people(app, practice, clock):
    bring(practice, clock, (HEADERS + HELEN).encode())
    assert bring(builders.practice(name="Elsewhere"), clock, (HEADERS + HELEN).encode()) == Counts(new=1)


def test_a_long_list_is_read_in_pieces(practice, clock):
    lines = "".join(f",Name{n},Ann,,,,{n} Main St,Boston,MA,02134\n" for n in range(4500)) + ",,,,,,,,,\n"
    raw = (HEADERS + lines).encode()
    with writing(practice.id):
        _shape, total = service.measure(raw)
        batch = service.start(practice, "long.csv", raw, total, now=clock.now)
        chosen = {column.index: column.field for column in service.shape_of(batch).columns}
        service.choose_columns(batch, chosen)
        steps = 0
        while batch.state is BatchState.UPLOADED:
            service.keep_piece(batch, service.read_piece(batch))
            steps += 1
    assert (steps, batch.checked_rows, batch.counts["new"] + len(batch.refused)) == (3, total, total)
    assert date(2026, 5, 6) == batch.created_at.date()
