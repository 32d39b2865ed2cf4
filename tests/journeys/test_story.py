"""The main job, end to end, in a real browser: from a list of providers to a moved visit."""

import re
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from cases import agrees
from desk import ROOT, Desk, Person, day_words, person, plain, served, wait_until, zone_at_work
from icalendar import Calendar
from playwright.sync_api import expect
from smtp_server import SmtpServer

from crm.settings import load_settings

pytestmark = pytest.mark.browser
LIST = ROOT / "tests" / "sources" / "lists" / "registry.csv"
ZONE = zone_at_work()
NAME, DIAGNOSIS = "Zephyrine Quackenbush", "Total knee replacement"


@pytest.fixture(scope="module")
def mailbox():
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="module")
def desk(tmp_path_factory, mailbox):
    with served(tmp_path_factory.mktemp("desk"), mailbox.port) as desk:
        yield desk


@pytest.fixture(scope="module")
def me(desk):
    with person(desk) as somebody:
        yield somebody


def today() -> date:
    return datetime.now(ZoneInfo(ZONE)).date()


def test_the_story(desk: Desk, me: Person, mailbox: SmtpServer):
    set_up(desk, me)
    import_a_list(me)
    begin_with_a_source(me)
    enter_a_referral(me)
    follow_the_client(me)
    work_through_today(me)
    move_on_the_board(me)
    read_the_digest(desk, mailbox)
    feed = subscribe(desk, me)
    move_the_visit(desk, me, feed)
    look_around(me)
    the_table_is_what_the_command_says(desk)


def set_up(desk: Desk, me: Person) -> None:
    page = me.page
    page.goto(desk.setup_url)
    me.look("setup")
    page.fill("#name", "Robin Vale")
    page.fill("#email", "robin@example")
    page.fill("#practice_name", "Northside Exercise")
    page.fill("#password", "a long enough passphrase")
    page.fill("#again", "a long enough passphrase")
    page.select_option("#time_zone", ZONE)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not an e-mail address")
    expect(page.locator("#name")).to_have_value("Robin Vale")  # nothing typed is lost
    me.look("setup-error")
    page.fill("#email", "robin@example.com")
    page.fill("#password", "a long enough passphrase")
    page.fill("#again", "a long enough passphrase")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="A look around first?")).to_be_visible()
    me.look("welcome")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Who might refer to you?")).to_be_visible()
    me.look("welcome-sources")


def import_a_list(me: Person) -> None:
    page = me.page
    page.get_by_role("link", name="Import a list").click()
    me.look("import")
    page.set_input_files("input[type=file]", LIST)
    page.get_by_role("button", name="Look at the columns").click()
    expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()
    me.look("import-columns")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    me.look("import-checked")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The list is in.")).to_be_visible()
    me.look("import-done")
    page.get_by_role("link", name="Pipeline").first.click()
    expect(page.locator("#lane-0")).to_contain_text("McAllistair")
    me.look("pipeline-listed")


def begin_with_a_source(me: Person) -> None:
    page = me.page
    page.goto("/sources")
    me.look("sources")
    page.fill("[data-search]", "mcall")
    page.get_by_role("link", name=re.compile("McAllistair")).click()
    page.get_by_role("link", name="Edit").click()
    page.locator("label", has_text=re.compile(r"^A\b")).first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Log a touch").click()
    page.locator("#layer label", has_text=re.compile("ready", re.IGNORECASE)).first.click()
    page.locator("#layer").get_by_role("button", name="Log the touch").click()
    expect(page.locator(".owed, .panel").first).to_contain_text("Send the introduction package")
    page.get_by_role("link", name="Log a touch").click()
    page.locator("#layer label", has_text=re.compile("sent", re.IGNORECASE)).first.click()
    page.locator("#layer").get_by_role("button", name="Log the touch").click()
    expect(page.locator("main")).to_contain_text("Step 1 of 5")
    me.look("source")


def enter_a_referral(me: Person) -> None:
    page = me.page
    page.get_by_role("link", name="Referral", exact=True).click()
    form = page.locator("#layer form")
    expect(form.locator("#source_name")).to_have_value(re.compile("McAllistair"))
    form.locator("#client_name").fill(NAME)
    form.locator("#service").fill("Medical Exercise Training, 2 per week")
    form.locator("#diagnosis").fill(DIAGNOSIS)
    form.locator("#visit_on").fill((today() + timedelta(days=21)).isoformat())
    form.locator("label", has_text="The office confirms").click()
    expect(form.locator("#check")).to_contain_text("ICD-10 code is missing")
    form.locator("#icd10").fill("Z96.651")
    expect(form.locator("#check")).to_contain_text("Saving plans:")
    expect(form.locator("#check")).to_contain_text("Thank-you card")
    expect(form.locator("#check")).not_to_contain_text("ICD-10 code is missing")
    me.look("referral")
    form.get_by_role("button", name="Save the referral").click()
    expect(page.get_by_role("heading", name="C-0101")).to_be_visible()
    assert NAME not in page.title() + page.url


def follow_the_client(me: Person) -> None:
    page = me.page
    expect(page.locator(".page-head")).to_contain_text(NAME)
    log(me, "Initial assessment held")
    page.get_by_role("link", name="Enter measures").first.click()
    page.fill("#chair-stand-30s", "8")
    page.get_by_role("button", name="Save the values").click()
    expect(page.locator("#said")).to_contain_text("on file")
    page.get_by_role("link", name="Red flag").click()
    page.locator("#layer #seen").fill("Chest pressure while climbing")
    page.locator("#layer").get_by_role("button", name="Raise the flag").click()
    expect(page.locator("main")).to_contain_text("What follows now")
    page.get_by_role("link", name="To the client").click()
    expect(page.locator("main")).to_contain_text("Send the report before the visit")
    visit = today() + timedelta(days=21)
    assert f"sees the doctor on {day_words(visit, today())}" in plain(page.locator("main").inner_text())
    me.look("client")


def log(me: Person, what: str) -> None:
    page = me.page
    page.get_by_role("button", name="More for C-0101").click()
    page.locator("#more-client").get_by_role("link", name=what).click()
    page.locator("#layer").get_by_role("button", name="Log it").click()
    expect(page.locator("#said")).to_contain_text("is logged")


def work_through_today(me: Person) -> None:
    page = me.page
    page.goto("/")
    expect(page.get_by_role("heading", name="Urgent")).to_be_visible()
    me.look("today")
    card = page.locator(".task", has_text="Write a thank-you card")
    card.locator(".tick").click()
    expect(page.locator(".task-done", has_text="Write a thank-you card")).to_be_visible()
    page.locator("#said").get_by_role("button", name="Undo").click()
    expect(page.locator(".task:not(.task-done)", has_text="Write a thank-you card")).to_be_visible()

    report = page.locator(".task", has_text="Send the assessment summary")
    before = plain(report.locator(".state").inner_text())
    report.get_by_role("button", name=re.compile("^More for")).click()
    report.get_by_role("link", name="Pick a date").click()  # before a long weekend, "Next week" is its own day
    page.locator("#layer #to").fill((today() + timedelta(days=10)).isoformat())
    page.locator("#layer").get_by_role("button", name="Put it off").click()
    expect(page.locator("#said")).to_contain_text("Put off to")
    assert before not in plain(
        page.locator(".task", has_text="Send the assessment summary").locator(".state").inner_text()
    )

    page.reload()
    page.keyboard.press("j")  # by the keyboard: the first row, how the call went
    page.keyboard.press("x")
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    me.look("today-call")
    page.get_by_role("button", name="Log the call").click()
    expect(page.locator("#said")).to_contain_text("Call logged")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    taken = "document.querySelector('#layer #line')?.['htmx-internal-data']?.firstInitCompleted"
    wait_until(lambda: bool(page.evaluate(taken)))  # no person types before the field reads along
    page.locator("#layer #line").fill(f"call {NAME} tomorrow 10am")
    expect(page.locator("#layer #read .chip").first).to_have_text("Call")
    me.look("quick-add")
    page.locator("#layer").get_by_role("button", name="Plan it").click()
    expect(page.locator("#said")).to_contain_text("Planned for")


def move_on_the_board(me: Person) -> None:
    page = me.page
    page.goto("/pipeline")
    lane, card = page.locator("#lane-2"), page.locator(".slip", has_text="McAllistair")
    expect(lane).to_contain_text("McAllistair")  # the referral took it there
    me.look("pipeline")
    card.get_by_role("button", name=re.compile("^Move or log")).click()
    page.locator("#move-menu").get_by_role("button", name="Documentation").click()
    page.locator("#layer #reason").fill("They asked for reports from the start")
    me.look("pipeline-reason")
    page.locator("#layer").get_by_role("button", name="Move").click()
    expect(page.locator("#lane-4")).to_contain_text("McAllistair")
    page.locator("#said").get_by_role("button", name="Undo").click()
    expect(page.locator("#lane-2")).to_contain_text("McAllistair")


def read_the_digest(desk: Desk, mailbox: SmtpServer) -> None:
    desk.flask("worker", "--once")
    wait_until(lambda: len(mailbox.kept) == 1)
    message: EmailMessage = mailbox.kept[0].message
    body = message.get_body(("plain",)).get_content()
    assert message["To"] == "robin@example.com"
    assert "urgent" in message["Subject"]
    assert "C-0101" in body
    assert "McAllistair" in body
    for private in (NAME, NAME.split()[1], DIAGNOSIS, "Z96.651"):
        assert private not in message.as_string()
    desk.flask("worker", "--once")
    assert len(mailbox.kept) == 1  # once a day


def subscribe(desk: Desk, me: Person) -> str:
    page = me.page
    page.goto("/calendar")
    page.get_by_role("link", name="On your phone").click()
    page.fill("#name", "My phone")
    page.get_by_role("button", name="Make an address").click()
    address = page.input_value("#feed-address")
    me.look("calendar")
    path = address.removeprefix(desk.url)
    events = {title for title, _on in feed_of(desk, path)}
    page.goto("/")
    rows = plain(page.locator("main").inner_text())
    events.remove("A call")  # typed in by hand: outside it is its kind, inside it has its words
    assert f"call {NAME} tomorrow 10am" in rows
    for title in events:
        person = title.removeprefix("Report due: C-0101, to ")
        assert person in rows or title in rows, title
    assert not any(NAME in title or DIAGNOSIS in title for title in events)
    return path


def feed_of(desk: Desk, path: str) -> list[tuple[str, date]]:
    calendar = Calendar.from_ical(desk.fetch(path))
    return [(plain(str(event["SUMMARY"])), event["DTSTART"].dt) for event in calendar.walk("VEVENT")]


def report_day(events: list[tuple[str, date]]) -> date:
    return min(on for title, on in events if title.startswith("Report due: C-0101") and on > today())


def move_the_visit(desk: Desk, me: Person, feed: str) -> None:
    page = me.page
    before = report_day(feed_of(desk, feed))
    page.goto("/clients/C-0101")
    to = today() + timedelta(days=28)
    page.locator("input[id^=move-]").fill(to.isoformat())
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#said")).to_contain_text("The visit is moved")
    after = report_day(feed_of(desk, feed))
    assert after > before
    assert f"sees the doctor on {day_words(to, today())}" in plain(page.locator("main").inner_text())
    page.goto("/")
    row = page.locator(".task", has_text="Send the report before the visit")
    assert day_words(after, today()) in plain(row.inner_text())
    digest = desk.flask("digest", "show", "--user", "robin@example.com", "--on", after.isoformat())
    assert "Report due: C-0101" in digest
    assert NAME not in digest


def look_around(me: Person) -> None:
    page = me.page
    for name, path in (
        ("clients", "/clients"),
        ("outbox", "/outbox"),
        ("practice", "/practice"),
        ("call-sheet", "/today/calls"),
        ("source-edit", "/sources/1/edit"),
        ("source-new", "/sources/new"),
        ("imports", "/imports"),
        ("nowhere", "/nowhere"),
    ):
        page.goto(path)
        me.look(name)
    page.goto("/account")
    page.locator("label", has_text="Dark").click()
    page.get_by_role("button", name="Save the look").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.keyboard.press("Control+k")
    page.locator("#palette-q").fill("mcall")
    expect(page.locator("#palette-list")).to_contain_text("McAllistair")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    me.look("login")


def the_table_is_what_the_command_says(desk: Desk) -> None:
    assert agrees(load_settings(data_dir=desk.folder / "var", base_url=desk.url), today())
