"""One planner for each lunch: its tasks, what it needs, its papers, its guests, and the ledger that follows."""

import re
from datetime import date, timedelta

import builders
import paperwork
import pytest
from statements import count_statements

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach.models import Task
from crm.readiness.models import Gift, LunchGuest, LunchPlan
from crm.sources import lunch_plans
from crm.sources.models import Contact, Lane, Office, Source

LUNCH = "/sources/1/lunch"
PAGE = f"{LUNCH}/l1"
WHY = "Their manager asked for it at the front desk."


@pytest.fixture
def browser(app, owner):
    """A source with an office, and a lunch agreed for 10 June."""
    with app.app_context():
        paperwork.letterhead()
        paperwork.client(paperwork.source())
        owner.post(LUNCH, data={"event_on": "2026-06-10", "reason": WHY})
        yield owner


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def need(**changed: str) -> dict[str, str]:
    usual = {
        "topic": "", "starts_at": "12:15", "agenda": "Ten minutes, then questions", "head_count": "7",
        "diets": "two vegetarian", "order_text": "bowls", "cost": "184.50",
    }  # fmt: skip
    return usual | changed


def rows(model):
    db.session.rollback()
    return list(db.session.query(model).order_by(model.id))


def tasks() -> dict[str, tuple[str, str]]:
    return {task.rule: (task.due.isoformat(), task.status.value) for task in rows(Task) if task.rule.startswith("C5")}


def seat(browser, *lines: str):
    return browser.post(f"{PAGE}/guests", data={"people": "\n".join(lines)}, follow_redirects=True)


def hold(browser, on="2026-05-06"):
    return browser.post(f"{PAGE}/held", data={"held-on": on})


def test_moving_a_lunch_moves_only_what_is_open(browser, clock):
    assert tasks() == {
        "C51a": ("2026-06-03", "open"), "C51b": ("2026-06-05", "open"),
        "C51c": ("2026-06-08", "open"), "C51d": ("2026-06-09", "open"),
    }  # fmt: skip
    clock.now += timedelta(minutes=5)
    browser.post("/tasks/C51a:s1:l1/done")
    assert "1 of 4 done" in plain(browser.get(PAGE))
    clock.now += timedelta(minutes=5)
    assert browser.post(f"{PAGE}/moved", data={"moved_to": "2026-06-24"}).status_code == 303
    assert tasks() == {
        "C51a": ("2026-06-03", "done"), "C51b": ("2026-06-18", "open"),
        "C51c": ("2026-06-22", "open"), "C51d": ("2026-06-23", "open"),
    }  # fmt: skip
    page = plain(browser.get(PAGE))
    assert "Was due Wednesday 3 June 2026" in page
    assert "1 of 4 done" in page
    assert "Wed&nbsp;24&nbsp;Jun" in page


def test_what_is_planned_of_a_lunch_stays_with_it_when_it_moves(browser):
    browser.post(f"{PAGE}/plan", data=need(topic="Exercise after discharge"))
    browser.post(f"{PAGE}/moved", data={"moved_to": "2026-06-24"})
    assert "Exercise after discharge" in browser.get(PAGE).text


def test_before_it_is_held_the_engine_says_what_will_follow(browser):
    page = plain(browser.get(PAGE))
    for what, on in (("Thanks for the lunch", "Thu&nbsp;11"), ("Packet after the lunch", "Mon&nbsp;15"),
                     ("Call after the lunch", "Wed&nbsp;24")):  # fmt: skip
        assert re.search(rf"{what}.{{1,80}}{on}&nbsp;Jun|{what}.*?{on}&nbsp;Jun", page), what
    assert "C52a" not in tasks()


def test_held_it_shows_its_thanks_packet_and_call(browser):
    hold(browser)
    page = plain(browser.get(PAGE))
    assert "No longer needed" in page
    assert 'href="/tasks/C52a:s1:l1"' in page
    assert {"C52a", "C52b", "C52c"} <= set(tasks())


def test_it_begins_with_the_agenda_of_the_field_and_keeps_what_is_written(browser):
    assert "what Medical Exercise Training is, and what it is not" in browser.get(PAGE).text
    assert rows(LunchPlan) == []  # looking keeps nothing
    browser.post(f"{PAGE}/plan", data=need())
    [plan] = rows(LunchPlan)
    assert (plan.agenda, plan.head_count, plan.cost_cents, plan.starts_at) == (
        "Ten minutes, then questions", 7, 18450, "12:15",
    )  # fmt: skip
    assert 'value="184.50"' in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"starts_at": "noon"}, "Write the time as 12:15.", id="no time"),
        pytest.param({"starts_at": ""}, "Say when it begins.", id="time missing"),
        pytest.param({"head_count": "0"}, "Between 1 and 200.", id="nobody comes"),
        pytest.param({"cost": "a lot"}, "Write an amount in dollars", id="no amount"),
        pytest.param({"topic": "We treat and cure knee pain"}, "goes on no paper", id="out of scope"),
        pytest.param({"topic": "x" * 161}, "This may have 160 characters.", id="too long"),
    ],
)
def test_what_is_not_right_is_named_and_nothing_is_lost(browser, changed, said):
    answer = browser.post(f"{PAGE}/plan", data=need(diets="one without gluten", **changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "one without gluten" in answer.text
    assert rows(LunchPlan) == []


def test_an_agenda_out_of_scope_is_told(browser):
    browser.post(f"{PAGE}/plan", data=need(agenda="How we diagnose your patients"))
    assert "Replace" in browser.get(PAGE).text


def test_the_sign_in_sheet_names_practice_office_and_day_and_no_client(browser):
    browser.post(f"{PAGE}/plan", data=need(topic="Exercise after discharge", head_count="20"))
    answer = browser.get(f"{PAGE}/sign-in.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages, words = paperwork.read(answer.data)
    for told in ("Northside Exercise", "Exercise after discharge", "June 10, 2026", "12:15 pm", "Marsh Orthopedics"):
        assert told in words
    assert pages == 2
    assert words.count("Sign-in sheet") == 2  # its head again
    assert re.findall(r"^\d+$", words, re.MULTILINE) == [str(n) for n in range(1, 24)]  # head count and three more
    assert paperwork.NAME not in words
    assert "C-0142" not in words


@pytest.mark.parametrize(("head_count", "lines"), [(None, 16), (5, 16), (13, 16), (14, 17), (40, 43)])
def test_the_sheet_has_lines_to_spare(head_count, lines):
    assert lunch_plans.lines(head_count) == lines


@pytest.mark.parametrize(
    ("starts_at", "words"), [("00:05", "12:05 am"), ("11:59", "11:59 am"), ("12:00", "12:00 pm"), ("17:30", "5:30 pm")]
)
def test_the_time_is_said_as_on_paper_here(starts_at, words):
    assert lunch_plans.clock_words(starts_at) == words


def test_the_handout_comes_from_the_outline_once_it_passes(browser):
    assert browser.get(f"{PAGE}/handout.pdf").status_code == 404
    outline = {
        "what": "We cure arthritis.",
        "whom": "People whose care has ended.",
        "helps": "",
        "receives": "One page.",
    }
    browser.post("/practice/lunch", data=outline)
    assert browser.get(f"{PAGE}/handout.pdf").status_code == 404
    assert "nothing in it is left to replace" in browser.get(PAGE).text
    browser.post("/practice/lunch", data=outline | {"what": "Supervised exercise, measured every thirty days."})
    _pages, words = paperwork.read(browser.get(f"{PAGE}/handout.pdf").data)
    assert "Supervised exercise, measured every thirty days." in words
    assert "Whom it is for" in words
    assert "What it adds in the long run" not in words  # nothing is written of it
    assert "Northside Exercise" in words


def test_letters_about_the_lunch_know_its_time(browser):
    browser.post(f"{PAGE}/plan", data=need())
    assert "June 10, 2026 at 12:15 pm" in browser.get("/documents/new?key=ll-confirm&source=1").text


def test_guests_become_contacts_without_duplicates(browser):
    browser.post("/sources/1/contacts/new", data={"name": "Dana Cole", "role": "front_desk", "phone": "", "email": ""})
    answer = seat(
        browser, "COLE, Dana; front desk; dana@example.com", "Mia Berg, office manager, mia@example.com",
        "Dr. Helen Marsh, MD", "mia berg", "M. Berg, , mia@example.com",
    )  # fmt: skip
    said = "One new contact, one on file already, one source, two on the sheet already."
    assert said in plain(answer)
    assert [(one.name, one.role.value, one.email) for one in rows(Contact)] == [
        ("Dana Cole", "front_desk", "dana@example.com"),  # it had no e-mail
        ("Mia Berg", "office_manager", "mia@example.com"),
    ]
    assert [(one.name, one.contact_id, one.guest_source_id) for one in rows(LunchGuest)] == [
        ("COLE, Dana", 1, None), ("Mia Berg", 2, None), ("Dr. Helen Marsh, MD", None, 1),
    ]  # fmt: skip
    assert "Three on the sheet already." in plain(seat(browser, "Dana Cole", "Mia Berg", "Helen Marsh"))
    assert len(rows(Contact)) == 2


def test_a_contact_of_a_colleague_at_the_office_is_no_new_one(browser):
    with writing():
        builders.source(last_name="Lee", office=db.session.get_one(Office, 1))
    browser.post("/sources/2/contacts/new", data={"name": "Dana Cole", "role": "nurse", "phone": "", "email": ""})
    seat(browser, "Dana Cole", "Helen Lee, MD")
    assert len(rows(Contact)) == 1
    assert [(one.contact_id, one.guest_source_id) for one in rows(LunchGuest)] == [(1, None), (None, 2)]


def test_lines_that_are_not_right_are_named_and_none_is_taken(browser):
    answer = browser.post(f"{PAGE}/guests", data={"people": "Mia Berg\nDana Cole, nobody@"})
    assert answer.status_code == 422
    assert "Line 2 is not an email address." in answer.text
    assert "Dana Cole, nobody@" in answer.text
    assert rows(LunchGuest) == rows(Contact) == []


def test_a_guest_is_listed_as_a_source_once(browser):
    seat(browser, "Luis Ortega, DO, , luis@example.com")
    assert browser.post(f"{PAGE}/guests/1/source").status_code == 303
    made = rows(Source)[-1]
    assert (made.display_name, made.email, made.office_id) == ("Dr. Luis Ortega, DO", "luis@example.com", 1)
    assert (made.lane, made.added_on) == (Lane.IDENTIFIED, None)  # listed; the work begins with a grade
    browser.post(f"{PAGE}/guests/1/source")
    assert len(rows(Source)) == 2
    assert rows(LunchGuest)[0].guest_source_id == made.id


def test_a_guest_taken_off_stays_on_file(browser):
    seat(browser, "Mia Berg")
    assert browser.post(f"{PAGE}/guests/1/remove").status_code == 303
    assert rows(LunchGuest) == []
    assert len(rows(Contact)) == 1


def test_a_held_lunch_stands_in_the_ledger_to_the_cent(browser):
    browser.post(f"{PAGE}/plan", data=need(cost="100"))
    seat(browser, "Mia Berg", "Dana Cole", "Helen Marsh")
    assert rows(Gift) == []  # it was not held
    hold(browser)
    assert [(gift.person, gift.cents, gift.on) for gift in rows(Gift)] == [
        ("Mia Berg", 3334, date(2026, 5, 6)),
        ("Dana Cole", 3333, date(2026, 5, 6)),
        ("Helen Marsh", 3333, date(2026, 5, 6)),
    ]
    ledger = plain(browser.get("/practice/gifts"))
    assert "$100.00 in all" in ledger
    assert "follows its lunch" in ledger
    assert "Marsh Orthopedics" in ledger
    assert browser.post(f"/practice/gifts/{rows(Gift)[0].id}/remove").status_code == 404  # it follows its lunch


def test_the_ledger_follows_each_change_of_the_lunch(browser):
    browser.post(f"{PAGE}/plan", data=need(cost="100"))
    seat(browser, "Mia Berg", "Dana Cole")
    hold(browser)
    seat(browser, "Ann Poe")
    assert [gift.cents for gift in rows(Gift)] == [3334, 3333, 3333]
    browser.post(f"{PAGE}/guests/1/remove")
    assert [(gift.person, gift.cents) for gift in rows(Gift)] == [("Dana Cole", 5000), ("Ann Poe", 5000)]
    browser.post(f"{PAGE}/plan", data=need(cost="0.01"))
    assert [gift.cents for gift in rows(Gift)] == [1, 0]
    browser.post(f"{PAGE}/plan", data=need(cost=""))
    assert rows(Gift) == []


def test_a_lunch_that_is_not_held_after_all_leaves_the_ledger(browser):
    browser.post(f"{PAGE}/plan", data=need(cost="100"))
    seat(browser, "Mia Berg")
    hold(browser)
    held = [entry for entry in rows_of_journal() if entry.type == "ll_held"][-1]
    browser.post(f"/undo/{held.seq}")
    assert "Nothing was given yet." in plain(browser.get("/practice/gifts"))


def rows_of_journal():
    db.session.rollback()
    return list(db.session.query(JournalEntry).order_by(JournalEntry.seq))


def test_each_change_stands_in_the_history(browser):
    browser.post(f"{PAGE}/plan", data=need())
    seat(browser, "Mia Berg")
    told = [entry.payload["fields"] for entry in rows_of_journal() if entry.type == "source_changed"]
    assert told == ["lunch", "contacts lunch"]
    assert "lunch-and-learn" in browser.get("/sources/1").text


@pytest.mark.parametrize("path", ["l2", "l1x", "..", "l1/guests/9/remove"])
def test_what_is_no_lunch_is_not_there(browser, path):
    ask = browser.post if path.endswith("remove") else browser.get
    assert ask(f"{LUNCH}/{path}").status_code in {404, 405}


def test_another_practice_sees_and_changes_none_of_it(app, owner):
    with app.app_context():
        paperwork.source()
    owner.post(LUNCH, data={"event_on": "2026-06-10", "reason": WHY})
    owner.post(f"{PAGE}/guests", data={"people": "Mia Berg"})
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    for path in ("", "/sign-in.pdf", "/handout.pdf"):
        assert stranger.get(PAGE + path).status_code == 404
    for path in ("/plan", "/guests", "/guests/1/remove", "/guests/1/source"):
        assert stranger.post(PAGE + path, data=need(people="Eve")).status_code == 404
    assert "Mia Berg" in owner.get(PAGE).text


def test_the_planner_asks_for_no_referral_beside_the_cost(app, owner):
    with app.app_context():
        paperwork.source()
    owner.post(LUNCH, data={"event_on": "2026-06-10", "reason": WHY})
    with count_statements(app) as seen:
        page = owner.get(PAGE)
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert "referrals" not in main
    assert not [statement for statement in seen if re.search(r"(FROM|JOIN) referral\b", statement)]
