"""A source's own page: three parts, told in words, at the same cost however much happened."""

from datetime import date, timedelta

import builders
import pytest
from sqlalchemy import select
from statements import count_statements

from crm.clients import service as clients
from crm.clients.models import ReferralMethod
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.acts import TouchLogged
from crm.journal.service import Happening
from crm.sources.models import BackgroundFact, Contact, ContactRole


@pytest.fixture
def source_id(app) -> int:
    with app.app_context(), writing():
        office = builders.office(hours="Calls Tue to Thu at noon", closed_weekdays="5", street="40 Lake Street")
        return builders.source(office=office, fax="(503) 555-0162").id


@pytest.fixture
def referred(app, clock, source_id) -> int:
    with app.app_context(), writing():
        practice = builders.practice()
        details = clients.ReferralDetails(
            date(2026, 5, 6), ReferralMethod.FAX, "Medical Exercise Training", "Knee", "M17.11", True, True, "f" * 36,
            visit_on=date(2026, 5, 20),
        )  # fmt: skip
        source = builders.db.session.get(builders.Source, source_id)
        sealer = app.extensions["handoff"].sealer()
        clients.receive_referral(practice, source, details, sealer=sealer, now=clock.now)
    return source_id


def test_a_listed_source_says_how_its_work_begins(owner, source_id):
    page = owner.get(f"/sources/{source_id}").text
    assert "Only listed." in page
    assert "Fax, (503) 555-0162" in page
    assert "Calls Tue to Thu at noon" in page
    assert "Closed on Fridays" in page
    assert "To reach step 1" in page


def test_what_is_next_stands_above_what_happened(owner, referred):
    page = owner.get(f"/sources/{referred}").text
    assert page.index('class="planned"') < page.index('class="now"') < page.index("Referral of")
    assert "Moved to Reinforcement" in page
    assert "To reach step 3" in page
    assert "Step 2 of 5, Reinforcement" in page
    assert "/tasks/C22:" in page


def test_shared_clients_stand_with_the_last_word_from_us(owner, referred):
    page = owner.get(f"/sources/{referred}").text
    assert "Last word from us" in page
    assert 'href="/clients/C-0101"' in page
    assert "today" in page[page.index("Last word from us") :]


@pytest.mark.parametrize(
    ("show", "seen", "unseen"),
    [
        pytest.param("calls", "Call, reached", "Referral of", id="calls"),
        pytest.param("referrals", "Referral of", "Call, reached", id="referrals"),
        pytest.param("steps", "Moved to Reinforcement", "Call, reached", id="steps"),
        pytest.param("letters", "Letter or fax", "Call, reached", id="letters"),
        pytest.param("nonsense", "Call, reached", "Nothing of this kind", id="an unknown filter shows everything"),
    ],
)
def test_the_history_can_be_narrowed(owner, referred, show, seen, unseen):
    for kind in ("call", "letter"):
        owner.post(f"/sources/{referred}/touch", data={"kind": kind, "outcome": "reached", "on": "2026-05-06"})
    history = (
        owner.get(f"/sources/{referred}?show={show}").text.partition('<ol class="history">')[2].partition("</ol>")[0]
    )
    assert seen in history
    assert unseen not in history


def test_the_page_costs_the_same_after_years(app, owner, clock, referred):
    def cost() -> tuple[int, int]:
        owner.get(f"/sources/{referred}")
        with count_statements(app) as seen:
            page = owner.get(f"/sources/{referred}")
        return len(seen), len(page.data)

    def more(count: int) -> None:
        with app.app_context(), writing():
            touch = TouchLogged(source=f"s{referred}", kind="call", outcome="reached")
            day = date(2026, 5, 6)
            happenings = [Happening(touch, on=day - timedelta(days=number)) for number in range(count)]
            journal.record_all(builders.practice(), happenings, now=clock.now)

    more(40)
    statements, size = cost()
    assert statements <= 10, statements
    more(400)
    more_statements, more_size = cost()
    assert more_statements == statements
    assert more_size < size * 2


def test_earlier_entries_are_loaded_thirty_at_a_time(app, owner, clock, source_id):
    with app.app_context(), writing():
        touch = TouchLogged(source=f"s{source_id}", kind="letter")
        journal.record_all(builders.practice(), [Happening(touch, at=clock.now)] * 35, now=clock.now)
    page = owner.get(f"/sources/{source_id}").text
    assert page.count("<b>Letter or fax</b>") == 30
    address = page.partition('class="load-more" hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    rest = owner.get(address, headers={"HX-Request": "true"}).text
    assert rest.count("<b>Letter or fax</b>") == 5
    assert "load-more" not in rest
    assert owner.get(address).text.count("<b>Letter or fax</b>") == 5


def test_people_are_added_changed_and_removed(app, owner, source_id):
    at = f"/sources/{source_id}/contacts"
    form = {"name": "Carmen Diaz", "role": "office_manager", "phone": "503 555 0165", "email": ""}
    assert owner.post(f"{at}/new", data=form).status_code == 303
    with app.app_context():
        contact = db.session.scalars(select(Contact)).one()
        assert (contact.role, contact.phone) == (ContactRole.OFFICE_MANAGER, "(503) 555-0165")
    assert "Carmen Diaz" in owner.get(f"/sources/{source_id}").text
    assert "Carmen Diaz" in owner.get(f"{at}/{contact.id}").text
    owner.post(f"{at}/{contact.id}", data=form | {"name": "Carmen Diaz-Lee", "role": "front_desk"})
    page = owner.get(f"/sources/{source_id}").text
    assert "Carmen Diaz-Lee" in page
    assert "Front desk" in page
    assert owner.post(f"{at}/{contact.id}/remove").status_code == 303
    assert "Carmen" not in owner.get(f"/sources/{source_id}").text


@pytest.mark.parametrize("change", [{"name": ""}, {"role": "boss"}, {"phone": "12"}, {"email": "x"}])
def test_a_contact_that_does_not_fit_is_kept_as_typed(app, owner, source_id, change):
    form = {"name": "Carmen Diaz", "role": "nurse", "phone": "", "email": ""} | change
    page = owner.post(f"/sources/{source_id}/contacts/new", data=form)
    assert page.status_code == 422
    assert change.get("name") == "" or "Carmen Diaz" in page.text
    with app.app_context():
        assert db.session.scalar(select(Contact)) is None


def test_a_background_fact_names_its_source_and_day(app, owner, source_id):
    at = f"/sources/{source_id}/facts"
    fact = {"text": "Runs the lake relay", "found_at": "Office web page", "read_on": "2026-03-14"}
    missing = owner.post(f"{at}/new", data=fact | {"found_at": ""})
    assert (missing.status_code, "Say where everybody can read it." in missing.text) == (422, True)
    assert owner.post(f"{at}/new", data=fact | {"read_on": "2026-06-01"}).status_code == 422
    assert owner.post(f"{at}/new", data=fact).status_code == 303
    assert "Office web page, read" in owner.get(f"/sources/{source_id}").text
    with app.app_context():
        fact_id = db.session.scalars(select(BackgroundFact.id)).one()
    owner.post(f"{at}/{fact_id}", data=fact | {"text": "Rows on the lake"})
    assert "Rows on the lake" in owner.get(f"/sources/{source_id}").text
    owner.post(f"{at}/{fact_id}/remove")
    assert "Rows on the lake" not in owner.get(f"/sources/{source_id}").text


@pytest.mark.parametrize("path", ["", "/edit", "/touch", "/contacts/new", "/contacts/1", "/facts/new", "/facts/1"])
def test_what_is_foreign_is_not_there(app, source_id, path):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert stranger.get(f"/sources/{source_id}{path}").status_code == 404
    assert stranger.get("/sources/4711" + path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sources/new", "/sources/{}/touch", "/sources/{}/contacts/new", "/sources/{}/facts/new"]
)
def test_forms_come_as_a_page_and_as_a_dialog(owner, source_id, path):
    address = path.format(source_id)
    assert "<html" in owner.get(address).text
    layer = owner.get(address, headers={"HX-Request": "true"}).text
    assert "<html" not in layer
    assert 'id="layer-title"' in layer
