"""Who is worth writing to, off a long list of made-up people."""

import re

import builders
import pytest
from sqlalchemy import insert, select

from crm.clients.models import Client
from crm.db import db, writing
from crm.readiness.models import PracticeText
from crm.sources.ideal import advice
from crm.sources.models import Contact, ContactRole, Credential, Grade, Source


@pytest.fixture
def listed(app, clock):
    """Thirteen hundred listed sources of three specialties, and a practice that serves people with new joints."""
    with app.app_context():
        practice = builders.practice()
        with writing():
            practice.zip = "97201"
            near = builders.office(practice, "Near Clinic", zip="97201", phone="503 555 0100")
            far = builders.office(practice, "Far Clinic", zip="97801")
            rows = [
                {"practice_id": practice.id, "first_name": "Ada", "last_name": f"Marsh{n:04}",
                 "sort_name": f"marsh{n:04} ada",
                 "specialty": ("Orthopedic surgery", "Physical therapy", "Dermatology")[n % 3],
                 "credential": (Credential.MD, Credential.PT, Credential.MD)[n % 3],
                 "office_id": near.id if n < 6 else far.id if n < 600 else None}
                for n in range(1300)
            ]  # fmt: skip
            db.session.execute(insert(Source), rows)
            db.session.add(
                PracticeText(practice_id=practice.id, kind="niche", slots={"niches": ["joint"]}, changed_at=clock.now)
            )
        return practice.id


def page(owner) -> str:
    return re.sub(r"\s+", " ", owner.get("/sources/ideal").text)


def test_without_a_niche_it_asks_for_one(owner):
    assert "First the niche" in page(owner)


def test_the_best_come_first_with_their_reasons_and_one_an_office(owner, listed):
    text = page(owner)
    five = text[text.index("This week’s five") : text.index("Everybody who fits")]
    assert re.findall(r"Marsh\d{4}", five)[0] == "Marsh0000"
    assert five.count('class="who"') == 5
    assert five.count("Near Clinic") == five.count("Far Clinic") == 1
    # niche 3x3, a number at the office 1x2, in the ZIP code 3x1, MD 3x1
    assert '<span class="num">17</span> of 42' in five
    assert "sees these people first: Knee or hip replacement" in five
    assert "in your ZIP code" in five
    assert 'Everybody who fits</h2> <span class="n">867</span>' in text  # nobody of dermatology
    assert "Dermatology" not in text


def test_choosing_begins_the_work_and_the_next_takes_the_place(app, owner, listed):
    answer = owner.post("/sources/1/choose", data={"grade": "A"})
    assert (answer.status_code, answer.location) == (303, "/sources/ideal")
    with app.app_context():
        source = db.session.get(Source, 1)
        assert (source.grade, source.added_on is not None, source.next_due_on is not None) == (Grade.A, True, True)
    text = page(owner)
    five, chosen = text.index("This week’s five"), text.index('id="h-chosen"')
    assert "Marsh0000" not in text[five:chosen]
    told = text[chosen : text.index("Everybody who fits")]
    assert "Marsh0000" in told
    assert (
        "17</span> of 42: sees these people first: Knee or hip replacement; in your ZIP code; a referral of an MD"
        in told
    )
    assert "1 of about 15 are worked with; there is room for 14." in text


def test_the_fifth_choice_ends_the_day_of_the_plan(owner, listed):
    owner.post("/setup/start", data={"started_on": "2026-05-06", "days": "work"})
    for source in (1, 2, 4, 5):
        owner.post(f"/sources/{source}/choose", data={"grade": "B"})
        assert "Done in the setup plan" not in page(owner)
    owner.post("/sources/7/choose", data={"grade": "A"})
    assert "is an A now. The first steps are planned. Done in the setup plan: Ideal sources." in page(owner)


def test_without_a_zip_code_of_its_own_the_practice_is_asked_for_it(app, owner, listed):
    assert "enter it in the letterhead" not in page(owner)
    with app.app_context(), writing():
        builders.practice().zip = ""
    assert 'href="/practice#h-letterhead">enter it in the letterhead' in page(owner)


def test_what_somebody_knows_raises_the_sum(app, owner, listed):
    with app.app_context(), writing():
        db.session.add(Contact(practice_id=listed, source_id=1, name="Gloria", role=ContactRole.FRONT_DESK))
        builders.client(source=db.session.get(Source, 1))
    assert owner.post("/sources/1/judge", data={"volume": "3", "rank": "1"}).status_code == 303
    # 17 - 2 + 4 (a name at the desk) + 6 (volume) + 3 (a client in common)
    text = page(owner)
    assert '<span class="num">28</span> of 42' in text
    top = text[text.index("Your top three") : text.index("This week’s five")]
    assert "Marsh0000" in top


def test_there_is_one_of_each_rank(app, owner, listed):
    for source in (1, 2):
        owner.post(f"/sources/{source}/judge", data={"volume": "", "rank": "1"})
    with app.app_context():
        assert list(db.session.scalars(select(Source.id).where(Source.top_rank == 1))) == [2]


@pytest.mark.parametrize("form", [{"grade": "D"}, {}])
def test_a_grade_that_is_none_changes_nothing(app, owner, listed, form):
    assert owner.post("/sources/1/choose", data=form).status_code == 422
    with app.app_context():
        assert db.session.get(Source, 1).grade is None


@pytest.mark.parametrize(
    ("a", "b", "too_many", "words"),
    [
        (3, 9, False, "12 of about 15 are worked with; there is room for 3."),
        (3, 12, False, "15 of about 15 are worked with; there is room for 0."),
        (4, 13, True, "17 sources are graded A or B. One person serves about 15 well: let 2 rest as C."),
        (6, 2, True, "6 are graded A. Three to five As get the care an A needs; make the others B."),
    ],
)
def test_advice_on_how_many(a, b, too_many, words):
    assert (advice(a, b).too_many, advice(a, b).words) == (too_many, words)


def test_clients_who_left_are_no_shared_clients(app, owner, listed):
    with app.app_context(), writing():
        client: Client = builders.client(source=db.session.get(Source, 1))
        client.status = "discharged"
    assert "no client in common yet" in page(owner)
