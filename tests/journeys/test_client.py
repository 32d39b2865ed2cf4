"""One client on a phone, from the referral to the discharge; every date is the one the command gives."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cases import agrees
from desk import Desk, Person, day_words, plain, served, settled_in, zone_at_work
from playwright.sync_api import Locator, expect
from smtp_server import SmtpServer

from crm.settings import load_settings

pytestmark = pytest.mark.browser
ZONE = zone_at_work()
CODE, NAME = "C-0109", "Philippa Underhill"
LETTERHEAD = {
    "street": "18 Orchard Row", "city": "Fairfield", "state": "OR", "zip": "97000", "phone": "(503) 555-0100",
    "fax": "(503) 555-0101",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("client")
    with SmtpServer() as mailbox, served(folder, mailbox.port) as desk:
        yield desk


@pytest.fixture(scope="module")
def me(desk: Desk) -> Iterator[Person]:
    """Somebody with the sample practice, a letterhead and a phone."""
    with settled_in(desk, ZONE) as somebody:
        page = somebody.page
        page.goto("/practice")
        for name, value in LETTERHEAD.items():
            page.fill(f"#{name}", value)
        page.get_by_role("button", name="Save the letterhead").click()
        page.set_viewport_size({"width": 360, "height": 740})
        yield somebody


def day(shift: int) -> date:
    """Return a day so many days from today."""
    return datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=shift)


def test_a_client_from_the_referral_to_the_discharge(desk: Desk, me: Person) -> None:
    for chapter in (
        refer, take_in, measure_the_baseline, hold_three_sessions, report_before_the_visit, move_the_visit,
        be_away_and_come_back, raise_a_red_flag, measure_again, discharge,
    ):  # fmt: skip
        chapter(me)
        assert agrees(load_settings(data_dir=desk.folder / "var", base_url=desk.url), day(0)), chapter.__name__


def client(me: Person) -> Locator:
    """Go to the client's page."""
    me.page.goto(f"/clients/{CODE}")
    return me.page.locator("main")


def choose(scope: Locator, label: str) -> None:
    """Choose one of several."""
    scope.locator("label", has_text=label).first.click()


def log(me: Person, what: str, **values: str) -> None:
    """Log something that happened to the client, by the menu of their page."""
    client(me)
    page = me.page
    page.get_by_role("button", name=f"More for {CODE}").click()
    page.locator("#more-client").get_by_role("link", name=what).click()
    for name, value in values.items():
        page.locator(f"#layer #{name}").fill(value)
    page.locator("#layer").get_by_role("button", name="Log it").click()
    expect(page.locator("#layer form")).to_have_count(0)


def refer(me: Person) -> None:
    page = me.page
    page.goto("/referrals/new")
    page.fill("#source_name", "marsh")
    page.locator("#source_name-list [role=option]").first.click()
    page.fill("#received_on", day(-30).isoformat())
    page.fill("#client_name", NAME)
    page.fill("#service", "Medical Exercise Training, 2 per week")
    page.fill("#diagnosis", "Total knee replacement, right")
    page.fill("#icd10", "Z96.651")
    page.fill("#visit_on", day(10).isoformat())
    page.get_by_role("button", name="Save the referral").click()
    expect(page.get_by_role("heading", name=CODE)).to_be_visible()
    page.locator("#releases").locator("xpath=../..").locator("summary").click()
    page.fill("#from_on", day(-30).isoformat())
    page.fill("#until_on", day(300).isoformat())
    page.get_by_role("button", name="File the release").click()
    expect(page.locator("main")).to_contain_text("may be told")


def take_in(me: Person) -> None:
    page = me.page
    log(me, "First appointment agreed", on=day(-29).isoformat())
    log(me, "Initial assessment held", on=day(-28).isoformat())
    page.goto(f"/clients/{CODE}/record/person")
    page.fill("#born_on", f"{day(0).year - 67}-01-15")
    page.select_option("#sex", "f")
    page.get_by_role("button", name="Save").click()
    page.goto(f"/clients/{CODE}/record/health")
    page.fill("#systolic", "150")
    page.fill("#set_by", "Dr. Helen Marsh")
    page.fill("#confirmed_on", day(-29).isoformat())
    page.fill("#contraindications", "Kneeling on the right knee")
    page.get_by_role("button", name="Save").click()
    page.goto(f"/clients/{CODE}/record/plan")
    page.fill("#frequency", "2 per week")
    page.fill("#duration", "12 weeks")
    page.fill("#progression", "A set more once three sessions went well")
    page.get_by_role("button", name="Save").click()
    page.goto(f"/clients/{CODE}/record/gate")
    for question in page.locator("fieldset.choices").all():
        choose(question, "Yes")
    for name in page.locator("input[id^=form_]").all():
        name.fill(day(-28).isoformat())
    me.look("client-intake")
    page.get_by_role("button", name="Save").click()
    main = client(me)
    expect(main).to_contain_text("Every point is answered with yes.")
    expect(main.locator(".guard")).to_contain_text("150")


def measure_the_baseline(me: Person) -> None:
    client(me)
    page = me.page
    page.get_by_role("link", name="Enter measures").first.click()
    page.get_by_role("link", name="Knee or hip replacement").click()
    page.fill("#measured_on", day(-27).isoformat())
    values = {"chair-stand-30s": "8", "tug": "13.2", "gait-speed": "0.9", "six-minute-walk": "340", "lefs": "41"}
    for name, value in values.items():
        page.fill(f"#{name}", value)
    page.fill("#chair-stand-30s", "800")
    page.get_by_role("button", name="Save the values").click()
    expect(page.get_by_role("alert")).to_contain_text("30-second chair stand")
    expect(page.locator("#tug")).to_have_value("13.2")  # nothing typed is lost
    me.look("client-battery")
    page.fill("#chair-stand-30s", "8")
    page.get_by_role("button", name="Save the values").click()
    expect(page.locator("#said")).to_contain_text("on file")
    expect(page.locator("main")).to_contain_text(f"since the baseline on {day_words(day(-27), day(0))}")


def hold_three_sessions(me: Person) -> None:
    page = me.page
    for shift, systolic in ((-27, "128"), (-20, "158"), (-13, "131")):
        page.goto(f"/clients/{CODE}/sessions/new")
        page.fill("#held_on", day(shift).isoformat())
        page.fill("#before_systolic", systolic)
        page.fill("#before_diastolic", "78")
        page.locator("#before_heart_rate").press("Tab")
        if systolic == "158":
            expect(page.locator("#reminders")).to_contain_text("150")
            me.look("client-session")
        page.fill("#done", "Sit to stand, step-ups, walking intervals")
        page.fill("#plan", "One more set of step-ups")
        page.get_by_role("button", name="Log the session").click()
        expect(page.get_by_role("heading", name=CODE)).to_be_visible()
    expect(page.locator("main")).to_contain_text("3 sessions")
    page.goto(f"/clients/{CODE}/goals/new")
    page.fill("#activity", "Climb two flights without the rail")
    page.select_option("#measure", "chair-stand-30s")
    page.fill("#target", "12")
    page.get_by_role("button", name="Set the goal").click()
    me.look("client-page")


def report_before_the_visit(me: Person) -> None:
    page = me.page
    measure(me, day(-2), chair="11", tug="11.9")
    client(me)
    page.get_by_role("link", name=re.compile("Send the report before the visit")).first.click()
    text = page.locator("#text").input_value()
    assert "8" in text
    assert "11" in text
    assert NAME not in page.title() + page.url
    me.look("client-report")
    expect(page.locator("#opening")).to_contain_text("It is ready.")
    page.get_by_role("button", name="Approve").click()
    page.locator(".choices label", has_text="Print and post").click()
    page.get_by_role("button", name="Put it on its way").click()
    page.goto("/pile")
    page.get_by_role("button", name="These are posted").click()
    report = client(me).locator("tr", has_text="Report before the visit")
    expect(report).to_contain_text("Sent")


def measure(me: Person, on: date, chair: str, tug: str) -> None:
    """Measure two things again."""
    page = me.page
    page.goto(f"/clients/{CODE}/measures/new")
    page.fill("#measured_on", on.isoformat())
    page.fill("#chair-stand-30s", chair)
    page.fill("#tug", tug)
    page.get_by_role("button", name="Save the values").click()
    expect(page.locator("#said")).to_contain_text("on file")


def move_the_visit(me: Person) -> None:
    page = me.page
    main = client(me)
    assert f"Next medical visit {day_words(day(10), day(0))}" in plain(main.inner_text())
    page.locator("input[id^=move-]").fill(day(17).isoformat())
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#said")).to_contain_text("The visit is moved")
    assert f"Next medical visit {day_words(day(17), day(0))}" in plain(main.inner_text())


def be_away_and_come_back(me: Person) -> None:
    page = me.page
    log(me, "Away for a while", on=day(-2).isoformat(), until=day(3).isoformat())
    expect(page.locator(".page-head")).to_contain_text("Away")
    me.look("client-away")
    log(me, "Back again", on=day(-1).isoformat())
    expect(page.locator("main")).to_contain_text("back since yesterday")


def raise_a_red_flag(me: Person) -> None:
    page = me.page
    client(me)
    page.get_by_role("link", name="Red flag").click()
    choose(page.locator("#layer #flags"), "hest")
    page.fill("#layer #seen", "Pressure in the chest on the second flight of stairs")
    page.locator("#layer").get_by_role("button", name="Raise the flag").click()
    expect(page.get_by_role("heading", name="What follows now")).to_be_visible()
    me.look("client-flag")
    page.goto(f"/clients/{CODE}/sessions/new")
    page.fill("#done", "Walking")
    page.get_by_role("button", name="Log the session").click()
    expect(page.locator("main")).to_contain_text("Lift the hold")
    client(me)
    page.get_by_role("link", name="What was seen, and how it goes on").click()
    page.fill("#who", "Dr. Helen Marsh, by phone")
    page.fill("#limits", "Heart rate below 110")
    page.get_by_role("button", name="Let exercise go on").click()
    expect(page.locator("#said")).to_contain_text("Exercise may go on")


def measure_again(me: Person) -> None:
    measure(me, day(0), chair="12", tug="10.4")
    page = me.page
    page.goto(f"/clients/{CODE}/measures")
    expect(page.locator("main")).to_contain_text("Meaningful change")
    me.look("client-measures")


def discharge(me: Person) -> None:
    page = me.page
    log(me, "Last session planned", last_on=day(0).isoformat())
    log(me, "Discharged")
    expect(page.locator(".page-head")).to_contain_text("Discharged")
    page.get_by_role("link", name=re.compile("discharge summary")).first.click()
    text = page.locator("#text").input_value()
    assert "12" in text
    me.look("client-discharged")
    for name in ("rights", "criteria"):
        page.goto(f"/clients/{CODE}/{name}")
        me.look(f"client-{name}")
