"""Every event of the cadence can be recorded on a page, through that page's own form."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import builders
import paperwork
import pytest

from crm.clients import doors
from crm.clients.models import Client, ClientStatus
from crm.db import db, writing
from crm.journal.events import CADENCE_TYPES
from crm.journal.models import EntryNote
from crm.outreach.models import Task

TODAY, C_PAGE = "2026-05-06", "/clients/C-0142"


@dataclass(frozen=True)
class Fill:
    """The page somebody is on, the form they use there, and what they fill in."""

    page: str
    action: str
    values: dict[str, Any] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page: address and, by name, what each field holds before anybody types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]], set[str]]] = []
        self.buttons: set[str] = set()  # addresses of buttons that stand outside their form
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append((given.get("action") or "", {}, set()))
        elif given.get("formaction"):
            self.buttons.add(str(given["formaction"]))
        elif tag in {"input", "textarea", "select", "option", "button"} and self.found:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str | None]) -> None:
        _action, held, names = self.found[-1]
        name = given.get("name") or ""
        if tag == "select":
            self.select = name
        if name:
            names.add(name)
        if tag == "option" and ("selected" in given or self.select not in held):  # a browser begins with the first
            held[self.select] = [given.get("value") or ""]
        elif (
            tag == "input" and name and (given.get("type") not in {"checkbox", "radio", "submit"} or "checked" in given)
        ):
            held.setdefault(name, []).append(given.get("value") or "")


def fill_in(browser: Any, way: Fill) -> Any:
    """Open the page, find its form or button, fill it in and send it; a field that is not there fails."""
    page = browser.get(way.page)
    assert page.status_code == 200, way.page
    forms = Forms(page.text)
    if way.action in forms.buttons:
        return browser.post(way.action)
    held, names = next((held, names) for action, held, names in forms.found if action == way.action)
    assert set(way.values) <= names, set(way.values) - names
    return browser.post(way.action, data={**held, **way.values})


def touch(kind: str) -> Fill:
    return Fill("/sources/1/touch", "/sources/1/touch", {"kind": kind})


def happened(what: str, **values: Any) -> Fill:
    return Fill(f"{C_PAGE}/happened/{what}", f"{C_PAGE}/happened/{what}", values)


def lunch(what: str = "", **values: Any) -> Fill:
    return Fill("/sources/1/lunch", f"/sources/1/lunch{what}", values)


def measured(value: str) -> Fill:
    page = f"{C_PAGE}/measures/new?with=chair-stand-30s"
    return Fill(page, f"{C_PAGE}/measures", {"chair-stand-30s": value})


def session(day: str) -> Fill:
    return Fill(f"{C_PAGE}/sessions/new", f"{C_PAGE}/sessions", {"held_on": day, "attendance": "attended"})


REFERRAL = Fill("/referrals/new?source=1", "/referrals/new", {"service": "Medical Exercise Training"})
VISIT = Fill(C_PAGE, f"{C_PAGE}/visits", {"visit_on": "2026-06-01"})
AGREED = lunch(event_on="2026-06-10", reason="They asked for it themselves.")
ADDED = Fill("/sources/new", "/sources/new", {"name": "Ada Lindqvist", "credentials": "MD", "grade": "A"})
TASK = "/tasks/C01:s2:2026-05-06"
CALL = "/tasks/C30:C-0142:1"

# event type -> what is filled in, one after the other; the last records it
WAYS = {
    "source_added": [ADDED],
    "client_added": [Fill("/clients/new", "/clients", {})],
    "package_ready": [touch("package_ready")],
    "reply_received": [touch("reply")],
    "referral_received": [REFERRAL],
    "source_declined": [touch("declined")],
    "opt_out": [touch("opt_out")],
    "client_booked": [happened("booked")],
    "assessment_done": [happened("assessed")],
    "session_held": [session(TODAY)],
    "baseline_done": [measured("9")],
    "measures_taken": [measured("9"), measured("12")],
    "visit_scheduled": [VISIT],
    "visit_cancelled": [VISIT, Fill(C_PAGE, f"{C_PAGE}/visits/1/cancel")],
    "client_paused": [happened("away", until="2026-05-20")],
    "client_resumed": [happened("away"), happened("back")],
    "red_flag": [Fill(f"{C_PAGE}/flag", f"{C_PAGE}/flag", {"flags": "swelling"})],
    "client_sent_out": [happened("sent-out", source_id="1")],
    "release_signed": [Fill(C_PAGE, f"{C_PAGE}/releases", {"until_on": "2026-12-31"})],
    "discharge_planned": [happened("assessed"), happened("last-session", last_on="2026-06-30")],
    "discharged": [happened("discharged")],
    "education_asked": [touch("asked")],
    "ll_declined": [lunch("/declined")],
    "ll_scheduled": [AGREED],
    "ll_cancelled": [AGREED, lunch("/l1/cancelled")],
    "ll_held": [AGREED, lunch("/l1/held")],
    "task_done": [ADDED, Fill("/sources/2", f"{TASK}/done")],
    "task_skipped": [ADDED, Fill(f"{TASK}/skip", f"{TASK}/skip", {"reason": "Known well already."})],
    "task_snoozed": [ADDED, Fill(f"{TASK}/snooze", f"{TASK}/snooze", {"to": "2026-05-20"})],
    "call_missed": [
        happened("assessed"),
        *(session(f"2026-05-0{day}") for day in (4, 5, 6)),
        Fill(C_PAGE, "/tasks/C24:C-0142:1/done"),
        Fill(f"{CALL}/outcome", f"{CALL}/outcome", {"outcome": "no_answer"}),
    ],
}


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source())
        yield owner


def test_no_event_of_the_cadence_is_forgotten():
    assert set(WAYS) == CADENCE_TYPES


@pytest.mark.parametrize("kind", sorted(WAYS))
def test_every_event_has_a_door_on_a_page(browser, clock, kind):
    for number, way in enumerate(WAYS[kind]):
        clock.set(f"2026-05-06T14:{number:02}:00+00:00")
        answer = fill_in(browser, way)
        assert answer.status_code == 303, re.findall(r"-error\">([^<]+)", answer.text)
    assert kind in {entry.type for entry in builders.told()[-2:]}
    entry = next(entry for entry in builders.told() if entry.type == kind)
    assert entry.actor is not None


@pytest.mark.parametrize(
    ("status", "names"),
    [
        pytest.param("referred", ["booked", "assessed", "away", "sent-out", "discharged"], id="referred"),
        pytest.param("active", ["assessed", "away", "sent-out", "last-session", "discharged"], id="active"),
        pytest.param("paused", ["back", "sent-out", "last-session", "discharged"], id="away"),
        pytest.param("discharged", [], id="discharged"),
    ],
)
def test_only_what_can_happen_is_offered_on_the_clients_page(browser, status, names):
    with writing():
        db.session.query(Client).one().status = ClientStatus(status)
    page = browser.get(C_PAGE).text
    offered = [door.what for door in doors.DOORS if f"{C_PAGE}/happened/{door.what}" in page]
    assert offered == names


@pytest.mark.parametrize(
    ("before", "way", "said"),
    [
        pytest.param([], happened("back"), "The client is not away.", id="back without having been away"),
        pytest.param([happened("away")], happened("away"), "The client is away already.", id="away twice"),
        pytest.param([happened("assessed")], happened("assessed"), doors.ON_FILE, id="assessed twice"),
        pytest.param([happened("booked")], happened("booked"), doors.ON_FILE, id="booked twice"),
        pytest.param([happened("discharged")], happened("discharged"), doors.ENDED, id="discharged twice"),
        pytest.param([happened("discharged")], happened("sent-out"), doors.ENDED, id="sent out afterwards"),
    ],
)
def test_what_cannot_happen_is_refused_with_the_reason(browser, before, way, said):
    for earlier in before:
        assert fill_in(browser, earlier).status_code == 303
    count = len(builders.told())
    assert said in browser.get(way.page).text
    answer = browser.post(way.action, data={"on": TODAY, "source_id": "1"})
    assert answer.status_code == 422
    assert said in answer.text
    assert len(builders.told()) == count


@pytest.mark.parametrize(
    ("what", "values", "said"),
    [
        pytest.param("booked", {"on": "2026-05-07"}, "This day has not come yet.", id="a day to come"),
        pytest.param("away", {"until": "2026-05-01"}, "That is before the client is away.", id="back too early"),
        pytest.param("sent-out", {}, "Choose the provider from the list", id="sent to nobody"),
        pytest.param("discharged", {"on": ""}, "Say when it happened.", id="no day"),
    ],
)
def test_what_is_not_right_is_named_and_nothing_typed_is_lost(browser, what, values, said):
    answer = fill_in(browser, happened(what, note="Told by the daughter.", **values))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Told by the daughter." in answer.text


def test_a_last_session_lies_ahead(browser):
    fill_in(browser, happened("assessed"))
    answer = fill_in(browser, happened("last-session", last_on="2026-05-05"))
    assert answer.status_code == 422
    assert "This day is over." in answer.text


def test_until_when_the_client_is_away_is_a_sealed_note(app, browser):
    fill_in(browser, happened("away", until="2026-05-20", note="Hip surgery."))
    entry = builders.told()[-1]
    assert entry.payload == {"client": "C-0142"}
    sealed = db.session.get(EntryNote, entry.seq).sealed
    sealer = app.extensions["handoff"].sealer()
    words = sealer.open(sealed, table="entry_note", row=str(entry.seq))["text"]
    assert words == "Back about Wednesday 20 May. Hip surgery."


def test_a_day_of_last_week_is_the_day_it_happened_on(browser):
    fill_in(browser, happened("discharged", on="2026-04-30"))
    assert str(builders.told()[-1].happened_on) == "2026-04-30"
    assert {t.rule: str(t.due) for t in db.session.query(Task)}["C49"] == "2026-05-04"


def test_the_door_stands_in_the_dialog_too(browser):
    page = browser.get(f"{C_PAGE}/happened/away", headers={"HX-Request": "true"}).text
    assert "layer-title" in page
    assert "<html" not in page


def test_who_is_sent_out_is_followed_to_the_provider_they_go_to(browser):
    other = paperwork.source("Other")
    answer = fill_in(browser, happened("sent-out", source_id=str(other), note="Dizzy on standing up."))
    assert answer.status_code == 303
    assert {t.rule: t.source_id for t in db.session.query(Task) if t.rule.startswith("C61")} == dict.fromkeys(
        ("C61a", "C61b", "C61c"), other
    )
    assert "No release covers Dr. Helen Other, MD" in browser.get(C_PAGE).text


def test_nobody_is_sent_to_a_source_of_another_practice(browser):
    with writing():
        foreign = builders.source(of=builders.practice(name="Elsewhere"), last_name="Foreign").id
    assert browser.post(f"{C_PAGE}/happened/sent-out", data={"on": TODAY, "source_id": foreign}).status_code == 404


def test_what_happened_is_taken_back_with_undo(browser):
    fill_in(browser, happened("away"))
    browser.post(f"/undo/{builders.told()[-1].seq}")
    db.session.rollback()
    assert db.session.query(Client).one().status is ClientStatus.REFERRED


def test_there_is_no_other_door(browser):
    assert browser.get(f"{C_PAGE}/happened/vanished").status_code == 404
