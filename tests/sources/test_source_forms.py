"""Adding and editing a source: what is kept, what is refused, what follows."""

from datetime import date

import builders
import pytest
from sqlalchemy import func, select

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.sources.models import Channel, Credential, Grade, Office, Source

NPI = "1234567893"


def only() -> Source:
    return db.session.scalars(select(Source)).one()


def types() -> list[str]:
    return list(db.session.scalars(select(JournalEntry.type).order_by(JournalEntry.seq)))


def edited(**changes: object) -> dict[str, object]:
    form = {"first_name": "Helen", "last_name": "Marsh", "credentials": "MD", "specialty": "Orthopedic surgery",
            "grade": "", "channel": "fax", "report_days": "30"}  # fmt: skip
    return form | changes


@pytest.fixture
def listed(app) -> int:
    with app.app_context(), writing():
        return builders.source(grade=None, credentials_text="MD").id


def test_a_source_is_added_with_a_name_alone(app, owner):
    answer = owner.post("/sources/new", data={"name": "helen marsh", "channel": "fax", "grade": ""})
    assert answer.status_code == 303
    with app.app_context():
        source = only()
        assert (source.first_name, source.last_name, source.added_on) == ("Helen", "Marsh", None)
        assert types() == []
    assert owner.get(answer.location).status_code == 200


def test_a_graded_source_is_worked_with_from_the_start(app, owner):
    form = {"name": "Luis Ferrer Jr.", "credentials": "D.O.", "specialty": "ortho", "grade": "A", "channel": "letter",
            "phone": "512.555.0134", "office_name": "Hillside Clinic"}  # fmt: skip
    assert owner.post("/sources/new", data=form).status_code == 303
    with app.app_context():
        source = only()
        assert source.credential is Credential.DO
        assert (source.suffix, source.specialty, source.phone) == ("Jr.", "Orthopedic surgery", "(512) 555-0134")
        assert db.session.get(Office, source.office_id).name == "Hillside Clinic"
        assert source.added_on == date(2026, 5, 6)
        assert types() == ["source_added"]
        assert db.session.scalar(select(Task.rule)) == "C01"


def test_the_same_name_at_the_same_office_is_added_once(app, owner):
    form = {"name": "Helen Marsh", "channel": "fax", "office_name": "Lakeside"}
    assert owner.post("/sources/new", data=form).status_code == 303
    again = owner.post("/sources/new", data=form)
    assert again.status_code == 422
    assert "Helen Marsh is listed at this office already." in again.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Source)) == 1
        assert db.session.scalar(select(func.count()).select_from(Office)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("name", "", "Say who it is.", id="no name"),
        pytest.param("name", "x" * 300, "This may have 200 characters.", id="an endless name"),
        pytest.param("phone", "555", "This is not a telephone number.", id="half a number"),
        pytest.param("email", "helen at example", "This is not an email address.", id="no address"),
        pytest.param("grade", "Z", "Not a valid choice", id="an unknown grade"),
        pytest.param("channel", "pigeon", "Not a valid choice", id="an unknown channel"),
        pytest.param("office_id", "1 or 1=1", "Choose the office", id="an office that is no number"),
        pytest.param("office_id", "99999", "Choose the office", id="an office that is not there"),
    ],
)
def test_a_refused_form_names_the_field_and_keeps_what_was_typed(app, owner, field, value, said):
    form = {"name": "Helen Marsh", "specialty": "Kept as typed", "channel": "fax", "grade": ""} | {field: value}
    page = owner.post("/sources/new", data=form)
    assert page.status_code == 422
    assert said in page.text
    assert "Kept as typed" in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Source)) == 0


def test_grading_a_listed_source_begins_its_tasks(app, owner, listed):
    assert owner.post(f"/sources/{listed}/edit", data=edited(grade="B")).status_code == 303
    with app.app_context():
        assert only().added_on == date(2026, 5, 6)
        assert types() == ["source_changed", "source_added"]
        assert db.session.scalar(select(Task.rule).where(Task.source_id == listed)) == "C01"


def test_grading_it_c_begins_nothing(app, owner, listed):
    owner.post(f"/sources/{listed}/edit", data=edited(grade="C"))
    with app.app_context():
        assert only().added_on is None
        assert db.session.scalar(select(Task)) is None


def test_saving_without_a_change_writes_nothing(app, owner, listed):
    page = owner.post(f"/sources/{listed}/edit", data=edited(), follow_redirects=True)
    assert "Nothing was changed." in page.text
    with app.app_context():
        assert types() == []


def test_an_npi_must_prove_itself_and_be_of_one_source_only(app, owner, listed):
    wrong = owner.post(f"/sources/{listed}/edit", data=edited(npi="1234567890"))
    assert (wrong.status_code, "This is not an NPI" in wrong.text) == (422, True)
    with app.app_context(), writing():
        other = builders.source(first_name="Ada", last_name="Quill", npi=NPI).id
    taken = owner.post(f"/sources/{listed}/edit", data=edited(npi=NPI, specialty="Kept as typed"))
    assert taken.status_code == 422
    assert "Dr. Ada Quill, MD has this number." in taken.text
    assert f'href="/sources/{other}"' in taken.text
    assert "Kept as typed" in taken.text
    with app.app_context():
        assert db.session.get(Source, listed).npi is None


def test_the_same_npi_in_another_practice_is_no_matter(app, owner, listed):
    with app.app_context(), writing():
        builders.source(builders.practice(name="Elsewhere"), npi=NPI)
    assert owner.post(f"/sources/{listed}/edit", data=edited(npi=f"{NPI[:4]} {NPI[4:]}")).status_code == 303
    with app.app_context():
        assert db.session.get(Source, listed).npi == NPI


def test_a_closed_weekday_moves_what_is_planned(app, owner, listed):
    owner.post(f"/sources/{listed}/edit", data=edited(grade="A", office_name="Lakeside"))
    owner.post(f"/sources/{listed}/touch", data={"kind": "package_sent", "on": "2026-05-06"})
    with app.app_context():
        due = db.session.scalar(select(Task.due).where(Task.rule == "C11"))
        office_id, revision = only().office_id, builders.practice().task_revision
        db.session.rollback()
    form = edited(
        grade="A",
        office_id=str(office_id),
        office_name="Lakeside",
        office_title="Lakeside",
        closed_weekdays=[str(due.isoweekday())],
    )
    assert owner.post(f"/sources/{listed}/edit", data=form).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(Task.due).where(Task.rule == "C11")) > due
        assert db.session.get(Office, office_id).closed_weekdays == str(due.isoweekday())
        assert builders.practice().task_revision > revision


def test_a_new_name_gives_its_tasks_a_new_revision(app, owner, listed):
    owner.post(f"/sources/{listed}/edit", data=edited(grade="A"))
    with app.app_context():
        before = db.session.scalar(select(Task.revision).where(Task.status == TaskStatus.OPEN))
    owner.post(f"/sources/{listed}/edit", data=edited(grade="A", last_name="Stone"))
    with app.app_context():
        assert db.session.scalar(select(Task.revision).where(Task.status == TaskStatus.OPEN)) > before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("last_name", "", "A source needs a last name.", id="no last name"),
        pytest.param("report_days", "many", "", id="days that are no number"),
        pytest.param("report_days", "1000", "Between 7 and 90 days.", id="days out of bounds"),
        pytest.param("closed_days", "2026-12-24\nsoon", "“soon” is not a date.", id="a closed day that is no date"),
        pytest.param("closed_weekdays", ["1", "2", "3", "4", "5"], "Leave one day open.", id="never open"),
        pytest.param("closed_weekdays", ["8"], "", id="an eighth day"),
        pytest.param("office_id", "4711", "Choose the office", id="a foreign office"),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(app, owner, listed, field, value, said):  # noqa: PLR0917
    page = owner.post(f"/sources/{listed}/edit", data=edited(first_name="Typed", **{field: value}))
    assert page.status_code == 422
    assert said in page.text
    assert "Typed" in page.text
    with app.app_context():
        assert only().first_name == "Helen"


def test_opting_out_ends_everything_and_is_kept(app, owner, listed):
    owner.post(f"/sources/{listed}/edit", data=edited(grade="A"))
    owner.post(f"/sources/{listed}/edit", data=edited(grade="A", no_contact="y"))
    with app.app_context():
        assert only().do_not_contact
        assert db.session.scalar(select(Task).where(Task.status == TaskStatus.OPEN)) is None
    assert "They want no contact." in owner.get(f"/sources/{listed}/edit").text
    owner.post(f"/sources/{listed}/edit", data=edited(grade="A", last_name="Stone"))
    with app.app_context():
        assert only().do_not_contact


def test_only_declared_fields_can_be_posted(app, owner, listed):
    forged = edited(
        id="99", practice_id="99", added_on="2020-01-01", lane="5", do_not_contact="y", sample="y", batch_id="1"
    )
    owner.post(f"/sources/{listed}/edit", data=forged)
    with app.app_context():
        source = only()
        assert (source.id, source.added_on, source.lane.value, source.do_not_contact, source.sample) == (
            listed,
            None,
            "0",
            False,
            False,
        )
        assert source.channel is Channel.FAX
        assert source.grade is not Grade.A
