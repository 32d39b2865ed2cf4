"""The board over HTTP: what it shows, what it costs, and moving sources on it."""

import re
from datetime import date, timedelta

import builders
import pytest
from sqlalchemy import insert, select
from statements import count_statements

from crm.crypto import Sealer, load_keyring
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import OptOut, PackageReady, ReferralReceived, ReplyReceived, SourceAdded
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.models import Task
from crm.pipeline.models import StepChange
from crm.sources.models import Grade, Lane, Source

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/pipeline?grade=A"}
TODAY = date(2026, 5, 6)


class Desk:
    """The signed-in owner's browser, and a look behind the page between two requests."""

    def __init__(self, app, browser, clock):
        self.app, self.clock, self.browser = app, clock, browser
        self.get, self.post = browser.get, browser.post

    def add(self, **values):
        """Add a source and return its id."""
        with self.app.app_context(), writing():
            return builders.source(**values).id

    def many(self, count, **values):
        """Add sources in bulk."""
        defaults = {"grade": "B", "credential": "MD", "lane": "0", "channel": "fax", "first_name": "Pat"}
        with self.app.app_context(), writing():
            defaults["practice_id"] = builders.practice().id
            rows = [{**defaults, "last_name": f"N {n:06}", "sort_name": f"n {n:06}", **values} for n in range(count)]
            db.session.execute(insert(Source), rows)

    def record(self, *events):
        with self.app.app_context(), writing():
            for what in events:
                journal.record(builders.practice(), what, now=self.clock.now)

    def stands(self, source_id):
        source = self.source(source_id)
        return source.lane, source.side

    def source(self, source_id):
        with self.app.app_context():
            return db.session.get(Source, source_id)

    def all(self, query):
        with self.app.app_context():
            return list(db.session.scalars(query))


@pytest.fixture
def desk(app, owner, clock):
    return Desk(app, owner, clock)


def lane_of(page, key):
    """The text of one lane."""
    return re.search(rf'<section[^>]*id="lane-{key}".*?</section>', page, re.S).group()


def test_an_empty_board_says_what_belongs_there(desk):
    page = desk.get("/pipeline").text
    assert "Your sources will stand here" in page
    assert "data-board" not in page


def test_each_source_stands_in_its_lane_with_what_comes_next(desk, app):
    with app.app_context(), writing():
        lakeside = builders.office(name="Lakeside Orthopedics")
        marsh = builders.source(office=lakeside).id
    tanaka = desk.add(first_name="Mei", last_name="Tanaka", credential="NP", grade=Grade.B)
    desk.record(PackageReady(source=f"s{marsh}"), ReplyReceived(source=f"s{tanaka}"))
    page = desk.get("/pipeline").text
    identified, reinforcement = lane_of(page, "0"), lane_of(page, "2")
    assert "Dr. Helen Marsh, MD" in identified
    assert "Lakeside Orthopedics" in identified
    assert "introduction" in identified
    assert "Mei Tanaka, NP" in reinforcement
    assert "since the last contact" in reinforcement
    assert "Two sources, two on the move." in page


def test_lists_only_fill_the_first_lane_and_stand_behind_the_worked(desk):
    listed = desk.add(first_name="Ann", last_name="Abbott")
    worked = desk.add(first_name="Zoe", last_name="Zimmer")
    desk.record(SourceAdded(source=f"s{worked}"))
    page = desk.get("/pipeline").text
    assert page.index(f'id="card-{worked}"') < page.index(f'id="card-{listed}"')
    assert "Only listed" in page
    assert "One more is only listed." in page


@pytest.mark.parametrize(
    ("query", "there", "away"),
    [
        pytest.param("grade=A", "Marsh", "Tanaka", id="grade"),
        pytest.param("specialty=Cardiology", "Tanaka", "Marsh", id="specialty"),
        pytest.param("niche=joint", "Marsh", "Tanaka", id="niche"),
        pytest.param(
            "niche=joint&specialty=Cardiology", "Cardiology", "Marsh", id="a specialty the niche does not name"
        ),
        pytest.param("miles=10", "Marsh", "Tanaka", id="distance"),
        pytest.param("miles=7", "Tanaka", None, id="a distance that is not offered is no filter"),
        pytest.param("niche=moon", "Tanaka", None, id="a niche that is none is no filter"),
        pytest.param("grade=Z", "Marsh", None, id="a grade that is none is no filter"),
    ],
)
def test_the_board_is_limited_to_what_is_asked(desk, app, query, there, away):
    with app.app_context(), writing():
        builders.practice().zip = "97201"
        builders.source(office=builders.office(zip="97205-1234"))
        far = builders.office(name="Far off", zip="97801")
        builders.source(first_name="Mei", last_name="Tanaka", grade=Grade.B, specialty="Cardiology", office=far)
    page = desk.get(f"/pipeline?{query}").text
    assert there in page
    assert away is None or f"{away}, " not in page


def test_distance_is_offered_where_the_practice_says_where_it_is(desk, app):
    desk.add()
    assert "Any distance" not in desk.get("/pipeline").text
    with app.app_context(), writing():
        builders.practice().zip = "97201"
    assert "Within 10 miles" in desk.get("/pipeline").text


def test_a_lane_that_goes_on_keeps_the_filters(desk):
    desk.many(60, specialty="Orthopedic surgery")
    assert re.search(r'hx-get="/pipeline/lanes/0\?[^"]*niche=joint', desk.get("/pipeline?niche=joint").text)


def test_compact_is_a_switch_in_the_address(desk):
    desk.add()
    assert 'class="board compact"' in desk.get("/pipeline?compact=1").text
    assert 'class="board compact"' not in desk.get("/pipeline").text


def test_another_practice_is_not_on_the_board(desk, app):
    with app.app_context(), writing():
        other = builders.practice(name="Elsewhere")
        foreign = builders.source(other, last_name="Foreigner").id
    page = desk.get("/pipeline").text
    assert "Foreigner" not in page
    assert desk.get(f"/pipeline/{foreign}/move").status_code == 404
    assert desk.post(f"/pipeline/{foreign}/move", data={"step": "1"}).status_code == 404


# --- more of a lane


def cards_in(page):
    return [int(found) for found in re.findall(r'id="card-(\d+)"', page)]


def test_a_long_lane_is_loaded_piece_by_piece_without_gap_or_repeat(desk):
    desk.many(60)
    ids = desk.all(select(Source.id).order_by(Source.id))
    desk.record(SourceAdded(source=f"s{ids[40]}"), SourceAdded(source=f"s{ids[50]}"), PackageReady(source=f"s{ids[7]}"))
    page = desk.get("/pipeline").text
    found = cards_in(page)
    while more := re.search(r'hx-get="([^"]*/pipeline/lanes/[^"]*)"', page):
        page = desk.get(more.group(1).replace("&amp;", "&"), headers={"HX-Request": "true"}).text
        assert "<html" not in page
        found += cards_in(page)
    assert len(found) == len(set(found)) == 60
    assert set(found[:3]) == {ids[40], ids[50], ids[7]}


def test_without_a_script_the_rest_of_a_lane_is_a_page(desk):
    desk.many(30)
    url = re.search(r'href="([^"]*/pipeline/lanes/[^"]*)"', desk.get("/pipeline?grade=B").text).group(1)
    answer = desk.get(url.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "<html" in answer.text
    assert len(cards_in(answer.text)) == 5
    assert "grade=B" in url


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/pipeline/lanes/9?after=2..1", 404, id="no such lane"),
        pytest.param("/pipeline/lanes/0?after=abc", 400, id="no such place"),
        pytest.param("/pipeline/lanes/0", 400, id="no place"),
        pytest.param("/pipeline/99999/move", 404, id="no such source"),
    ],
)
def test_an_address_that_cannot_be_is_refused(desk, address, status):
    assert desk.get(address).status_code == status


def cost_of_board(desk):
    with count_statements(desk.app) as seen:
        page = desk.get("/pipeline")
    assert page.status_code == 200
    return len(seen), len(page.data)


def test_ten_times_the_sources_cost_the_same(desk):
    today = TODAY - timedelta(3)
    for lane in Lane:
        values = {"added_on": today, "step_since": today, "side": "nurture" if lane is Lane.PARKED else ""}
        desk.many(40, lane=lane.value, last_contact_on=today, **values)
    few, small = cost_of_board(desk)
    for lane in Lane:
        desk.many(360, lane=lane.value, added_on=today, step_since=today, last_contact_on=today)
    desk.many(3000)
    more, large = cost_of_board(desk)
    assert more == few <= 10
    assert large < small * 1.05
    assert large <= 300_000


# --- moving


def test_a_move_with_the_evidence_is_saved_at_once_and_answered_with_the_card(desk):
    marsh = desk.add()
    desk.record(ReplyReceived(source=f"s{marsh}"))
    desk.post(f"/pipeline/{marsh}/move", data={"step": "4", "reason": "They asked for it."})
    assert desk.stands(marsh) == (Lane.DOCUMENTATION, "")
    answer = desk.post(f"/pipeline/{marsh}/move", data={"step": "2"}, headers=HTMX)
    assert answer.status_code == 200
    assert desk.stands(marsh) == (Lane.REINFORCEMENT, "")
    assert cards_in(answer.text) == [marsh]
    assert 'id="lane-2-head"' in answer.text
    assert 'id="lane-4-head"' in answer.text
    assert "Dr. Helen Marsh moved to Reinforcement." in answer.text
    assert "/undo/" in answer.text


def test_a_move_against_the_evidence_asks_for_a_reason_and_keeps_it_sealed(desk, settings):
    marsh = desk.add()
    desk.record(ReplyReceived(source=f"s{marsh}"))
    asked = desk.post(f"/pipeline/{marsh}/move", data={"step": "4"}, headers=HTMX)
    assert asked.status_code == 422
    assert "The evidence says <b>Reinforcement</b>" in asked.text
    assert "not right yet" not in asked.text
    again = desk.post(f"/pipeline/{marsh}/move", data={"step": "4", "asked": "1", "reason": " "})
    assert again.status_code == 422
    assert "Say why it is otherwise." in again.text
    assert desk.stands(marsh) == (Lane.REINFORCEMENT, "")
    done = desk.post(
        f"/pipeline/{marsh}/move",
        data={"step": "4", "asked": "1", "reason": "Reports went out by hand.", "back": "/pipeline?grade=A"},
    )
    assert (done.status_code, done.location) == (303, "/pipeline?grade=A")
    assert desk.stands(marsh) == (Lane.DOCUMENTATION, "")
    (entry,) = desk.all(select(JournalEntry).where(JournalEntry.type == "step_overridden"))
    (note,) = desk.all(select(EntryNote).where(EntryNote.entry_seq == entry.seq))
    assert entry.payload == {"source": f"s{marsh}", "to": 4}
    sealer = Sealer(load_keyring(settings.keyring_path))
    opened = sealer.open(note.sealed, table="entry_note", row=str(entry.seq))
    assert opened == {"text": "Reports went out by hand."}
    change = desk.all(select(StepChange).order_by(StepChange.id))[-1]
    assert (change.from_lane, change.to_lane, change.evidence) == ("2", "4", "placed by hand")


def test_new_evidence_takes_a_source_on_from_where_it_was_put(desk, app):
    marsh = desk.add()
    desk.post(f"/pipeline/{marsh}/move", data={"step": "1", "reason": "Met at the clinic."})
    assert desk.stands(marsh) == (Lane.FIRST_CONTACT, "")
    assert desk.source(marsh).added_on == TODAY
    with app.app_context(), writing():
        builders.client(source=db.session.get(Source, marsh))
    desk.record(ReferralReceived(source=f"s{marsh}", id="r1", client="C-0142", complete=True))
    assert desk.stands(marsh) == (Lane.REINFORCEMENT, "")


def test_a_move_to_where_it_stands_records_nothing(desk):
    marsh = desk.add()
    desk.record(ReplyReceived(source=f"s{marsh}"))
    before = desk.all(select(JournalEntry.seq))
    answer = desk.post(f"/pipeline/{marsh}/move", data={"step": "2"}, headers=HTMX)
    assert answer.status_code == 200
    assert "moved to" not in answer.text
    assert desk.all(select(JournalEntry.seq)) == before


def test_a_dropped_card_is_asked_why_it_rests_and_until_when(desk):
    marsh = desk.add()
    desk.record(ReplyReceived(source=f"s{marsh}"))
    asked = desk.post(f"/pipeline/{marsh}/move", data={"step": "parked"}, headers=HTMX)
    assert asked.status_code == 422
    assert 'value="2026-08-04"' in asked.text
    assert "not right yet" not in asked.text
    parked = desk.post(
        f"/pipeline/{marsh}/move",
        data={"step": "parked", "asked": "1", "side": "dormant", "wake_on": "2026-08-03"},
        follow_redirects=True,
    )
    assert "Dr. Helen Marsh parked until Mon\xa03\xa0Aug: dormant." in parked.text
    assert desk.stands(marsh) == (Lane.PARKED, "dormant")
    assert "Dormant, next look Mon 3 Aug" in lane_of(desk.get("/pipeline").text, "parked")
    desk.clock.set("2026-08-03T14:00:00+00:00")
    desk.post(f"/pipeline/{marsh}/move", data={"step": "wake"})
    assert desk.stands(marsh) == (Lane.REINFORCEMENT, "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param({"step": "parked"}, "Choose why the source is parked.", id="no reason"),
        pytest.param({"step": "parked", "side": "nurture"}, "Choose the day on which", id="no date"),
        pytest.param({"step": "parked", "side": "nurture", "wake_on": "2026-05-06"}, "a day after today", id="today"),
        pytest.param({"step": "parked", "side": "nurture", "wake_on": "soon"}, "This is not a date", id="no such date"),
        pytest.param({"step": "parked", "side": "asleep"}, "Not a valid choice", id="no such reason"),
        pytest.param({"step": "9"}, "Not a valid choice", id="no such step"),
        pytest.param({}, "Choose where the source goes.", id="nothing chosen"),
        pytest.param({"step": "1", "reason": "x" * 1001}, "Keep it under 1,000", id="too long a reason"),
    ],
)
@pytest.mark.parametrize("headers", [pytest.param({}, id="page"), pytest.param(HTMX, id="dialog")])
def test_a_form_with_something_wrong_says_so_and_changes_nothing(desk, data, words, headers):
    marsh = desk.add()
    answer = desk.post(f"/pipeline/{marsh}/move", data={"asked": "1", **data}, headers=headers)
    assert answer.status_code == 422
    assert words in answer.text
    assert ("<html" in answer.text) is (not headers)
    assert desk.stands(marsh) == (Lane.IDENTIFIED, "")
    assert desk.all(select(JournalEntry.seq)) == []


def test_a_decline_by_hand_plans_the_closing_note_and_wakes_after_a_year(desk):
    marsh = desk.add()
    desk.record(ReplyReceived(source=f"s{marsh}"))
    desk.post(f"/pipeline/{marsh}/move", data={"step": "parked", "asked": "1", "side": "declined"})
    assert desk.stands(marsh) == (Lane.PARKED, "declined")
    assert desk.source(marsh).wake_on == date(2027, 5, 6)
    assert "C15" in desk.all(select(Task.rule).where(Task.source_id == marsh))


def test_do_not_contact_is_not_lifted_by_a_move(desk):
    marsh = desk.add()
    desk.record(OptOut(source=f"s{marsh}"))
    answer = desk.post(
        f"/pipeline/{marsh}/move", data={"step": "2", "reason": "They changed their mind."}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "asked not to be contacted" in answer.text
    assert desk.stands(marsh) == (Lane.PARKED, "do_not_contact")


def test_a_move_is_taken_back(desk):
    marsh = desk.add()
    desk.record(ReplyReceived(source=f"s{marsh}"))
    answer = desk.post(f"/pipeline/{marsh}/move", data={"step": "5", "reason": "Lunch is fixed."}, headers=HTMX)
    undo = re.search(r'action="(/undo/\d+)"', answer.text).group(1)
    assert desk.post(undo, data={"back": "/pipeline"}).status_code in {200, 303}
    assert desk.stands(marsh) == (Lane.REINFORCEMENT, "")


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", ""])
def test_the_way_back_is_always_one_of_ours(desk, back):
    marsh = desk.add()
    answer = desk.post(f"/pipeline/{marsh}/move", data={"step": "1", "reason": "Met.", "back": back})
    assert (answer.status_code, answer.location) == (303, "/")


def test_the_question_is_a_page_or_a_dialog(desk):
    marsh = desk.add()
    page = desk.get(f"/pipeline/{marsh}/move")
    assert "<html" in page.text
    assert "First contact" in page.text
    assert 'value="0"' not in page.text
    assert 'value="wake"' not in page.text
    dialog = desk.get(f"/pipeline/{marsh}/move?step=parked", headers=HTMX)
    assert "<html" not in dialog.text
    assert "Do not contact" in dialog.text
    assert 'name="back" value="/pipeline?grade=A"' in dialog.text
