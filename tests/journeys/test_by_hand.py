"""The desk by hand, on the sample practice: the keyboard, a dragged card, the way back, and the next morning's mail."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk import SHOTS, Desk, Person, zone_at_work
from playwright.sync_api import Locator, expect
from smtp_server import SmtpServer

pytestmark = pytest.mark.browser
ZONE = zone_at_work()


def first_plain_row(me: Person) -> tuple[int, str]:
    """Return the place and the tick's id of the first row that is ticked at once and may be put off."""
    rows = me.page.locator("[data-list] [data-item]")
    fits = rows.evaluate_all(
        "rows => rows.findIndex(row => row.querySelector('button.tick[aria-pressed=false]')"
        " && row.querySelector('[data-do=s]'))"
    )
    assert fits >= 0, "the sample has a task to tick and to put off"
    return fits, rows.nth(fits).locator(".tick").get_attribute("id") or ""


def row_of(me: Person, tick: str) -> Locator:
    return me.page.locator(".task", has=me.page.locator(f'[id="{tick}"]'))


def to_row(me: Person, place: int) -> None:
    for _ in range(place + 1):
        me.page.keyboard.press("j")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("sample-today", "/"),
        ("sample-pipeline", "/pipeline"),
        ("sample-compact", "/pipeline?compact=1"),
        ("sample-source", "/sources/1"),
        ("sample-clients", "/clients"),
        ("sample-client", "/clients/C-0101"),
        ("sample-calendar", "/calendar"),
        ("sample-digest", "/digest/next"),
        ("sample-referral", "/referrals/new"),
        ("sample-quick-add", "/quick-add"),
        ("sample-outcomes", "/insights/outcomes"),
    ],
)
def test_a_full_page_is_fit_to_be_shown(me: Person, name: str, path: str):
    answer = me.page.goto(path)
    assert answer is not None
    assert answer.ok
    me.look(name)


def test_a_row_is_done_and_taken_back_by_keyboard(me: Person):
    page = me.page
    page.goto("/")
    place, tick = first_plain_row(me)
    to_row(me, place)
    page.keyboard.press("x")
    expect(row_of(me, tick)).to_have_class(re.compile("task-done"))
    page.keyboard.press("u")
    expect(row_of(me, tick)).not_to_have_class(re.compile("task-done"))
    assert me.said == []


def test_a_row_is_put_off_and_taken_back_by_keyboard(me: Person):
    page = me.page
    page.goto("/")
    place, tick = first_plain_row(me)
    before = row_of(me, tick).locator(".state").inner_text()
    to_row(me, place)
    page.keyboard.press("s")
    to = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=7)
    page.locator("#layer #to").fill(to.isoformat())
    page.locator("#layer").get_by_role("button", name="Put it off").click()
    expect(page.locator("#said")).to_contain_text("Put off to")
    page.keyboard.press("u")
    expect(row_of(me, tick).locator(".state")).to_have_text(before)
    assert me.said == []


def test_a_card_that_is_dragged_against_the_evidence_asks_why_and_comes_back(me: Person):
    page = me.page
    page.goto("/pipeline")
    home, target = page.locator("#lane-2 .lane-list"), page.locator("#lane-4 .lane-list")
    card = home.locator(".slip").first
    who = card.locator("[data-row]").inner_text()
    card.drag_to(target)
    expect(page.locator("#layer #reason")).to_be_visible()
    page.keyboard.press("Escape")
    expect(home).to_contain_text(who)  # nothing was said, so nothing moved
    page.locator("#lane-2 .slip", has_text=who).drag_to(target)
    page.locator("#layer #reason").fill("They asked for reports from the start")
    page.locator("#layer").get_by_role("button", name="Move").click()
    expect(target).to_contain_text(who)
    page.locator("#said").get_by_role("button", name="Undo").click()
    expect(page.locator("#lane-2 .lane-list")).to_contain_text(who)
    assert me.said == []


def test_the_way_back_leads_to_the_list_as_it_was(me: Person):
    page = me.page
    page.goto("/sources")
    page.select_option("#list-grade", "A")
    expect(page.locator("#list [role=status]")).to_contain_text("found")
    found = page.locator("#list .who").all_inner_texts()
    page.locator("#list .who").last.click()
    expect(page.get_by_role("link", name="Log a touch")).to_be_visible()
    page.go_back()
    expect(page.locator("#list-grade")).to_have_value("A")
    expect(page.locator("#list .who")).to_have_text(found)


def test_a_referral_without_a_source_keeps_what_was_typed(me: Person):
    page = me.page
    page.goto("/referrals/new")
    page.fill("#service", "Medical Exercise Training, 2 per week")
    page.fill("#diagnosis", "Low back pain")
    page.get_by_role("button", name="Save the referral").click()
    expect(page.get_by_role("alert").first).to_contain_text("From")
    expect(page.locator("#service")).to_have_value("Medical Exercise Training, 2 per week")
    expect(page.locator("#diagnosis")).to_have_value("Low back pain")


def test_the_dark_look_is_kept_for_every_page(me: Person):
    page = me.page
    page.goto("/account")
    for theme in ("Dark", "Light"):
        page.locator("label", has_text=theme).click()
        page.get_by_role("button", name="Save the look").click()
        page.goto("/pipeline")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme.lower())
        page.goto("/account")


def test_the_next_working_morning_brings_the_days_list_by_mail(desk: Desk, me: Person, mailbox: SmtpServer):
    zone = ZoneInfo(ZONE)
    on = datetime.now(zone).date()
    while not mailbox.kept:
        on += timedelta(days=1)
        assert on < datetime.now(zone).date() + timedelta(days=6), "no digest in a week's time"
        morning = datetime.combine(on, time(7, 30), zone).isoformat()
        desk.flask("worker", "--once", "--now", morning)
    (kept,) = mailbox.kept
    body = kept.message.get_body(("plain",)).get_content()
    shown = desk.flask("digest", "show", "--user", "robin@example.com", "--on", on.isoformat(), "--now", morning)
    assert kept.recipients == ["robin@example.com"]
    without_head = [re.sub(r"\s+", " ", re.sub(r"log \d+ \w+", "", text)).strip() for text in (body, shown)]
    assert without_head[0] in without_head[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 700])
def test_the_mail_is_fit_to_be_read(me: Person, mailbox: SmtpServer, width: int, scheme: str):
    assert me.page.context.browser is not None
    page = me.page.context.browser.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 740})
    page.set_content(mailbox.kept[0].message.get_body(("html",)).get_content())
    page.screenshot(path=SHOTS / f"mail-{width}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Person(page).violations() == []
    page.close()


def test_a_link_of_the_mail_asks_acts_once_and_is_taken_back_on_a_phone(desk: Desk, me: Person, mailbox: SmtpServer):
    text = mailbox.kept[0].message.get_body(("plain",)).get_content()
    link, later, pause, stop = (
        re.search(rf"{desk.url}(/\w/\S+{end}\S*)", text)[1] for end in (r"\.done-", r"\.later-", "/pause", "/stop")
    )
    page = me.page
    page.context.clear_cookies()  # a phone on which nobody has signed in
    for path in (later, pause, stop):
        page.goto(path)
        assert me.violations() == []
    page.goto(link)
    me.look("link-asks")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Mark it done")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="Already done")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    page.goto("/a/nothing-of-ours")
    me.look("link-refused")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
