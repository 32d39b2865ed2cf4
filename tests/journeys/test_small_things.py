"""What is promised on every page: the line that is read, the sheet that prints, keys, the row one comes back to."""

import re

import pytest
from desk import Person, wait_until
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
READY = "document.querySelector('#layer #line')?.['htmx-internal-data']?.firstInitCompleted"
PAGES = (
    "/search?q=mar", "/today/calls", "/today/week", "/clock", "/clients/new", "/clients/retention",
    "/clients/C-0101/rights", "/clients/C-0101/flag", "/clients/C-0101/criteria", "/sources/new", "/sources/1/edit",
    "/sources/1/contacts/new", "/sources/1/facts/new", "/sources/1/touch", "/sources/1/lunch", "/sources/1/call-brief",
    "/pipeline/1/move", "/practice/log", "/account/sessions", "/account/address", "/practice/goals",
    "/documents/rules", "/documents/templates", "/imports", "/calendar/feeds", "/outbox", "/practice/guards",
    "/nothing-here",
)  # fmt: skip


def test_the_fields_of_quick_add_follow_the_line_but_not_over_what_a_person_chose(me: Person):
    page = me.page
    page.goto("/")
    page.keyboard.press("c")
    wait_until(lambda: bool(page.evaluate(READY)))
    page.locator("#layer #line").fill("write Dr Marsh in 3 days about the chairs")
    expect(page.locator("#layer #read .chip").first).to_have_text("Letter")
    expect(page.locator("#layer #kind")).to_have_value("letter")
    chip = page.locator("#layer #read time").get_attribute("datetime") or ""
    expect(page.locator("#layer #due")).to_have_value(chip)
    page.locator("#layer #kind").select_option("visit")
    page.locator("#layer #line").fill("write Dr Marsh in 4 days about the chairs")
    expect(page.locator("#layer #due")).not_to_have_value(chip)
    expect(page.locator("#layer #kind")).to_have_value("visit")
    page.keyboard.press("Escape")
    assert me.said == []


def test_the_call_sheet_prints(me: Person):
    page = me.page
    page.goto("/today/calls")
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")


def test_the_list_of_keys_names_every_page_of_the_side(me: Person):
    page = me.page
    page.goto("/")
    page.keyboard.press("?")
    for link in page.locator(".side [data-go]").all():
        expect(page.locator("#layer .keys")).to_contain_text(link.locator("span").first.inner_text())
    me.judge("keys")
    page.keyboard.press("Escape")


def test_back_leads_to_the_row_one_left(me: Person):
    page = me.page
    page.goto("/clients")
    for _ in range(3):
        page.keyboard.press("j")
    left = page.locator("[data-row]:focus").inner_text()
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1, name=left)).to_be_visible()
    page.go_back()
    expect(page.locator("[data-row]:focus")).to_have_text(left)


def test_rows_of_letters_and_of_figures_are_walked_by_the_same_keys(me: Person):
    page = me.page
    for path in ("/documents", "/insights/rows?loop=thanked", "/search?q=mar"):
        page.goto(path)
        page.keyboard.press("j")
        expect(page.locator("main a:focus")).to_have_count(1)
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("/sources/"))


def test_the_palette_opens_on_what_one_worked_on_last(me: Person):
    page = me.page
    page.goto("/sources/2/touch")
    who = page.locator("h1").inner_text()
    page.get_by_role("button", name=re.compile("^Log")).click()
    expect(page.locator("#said")).not_to_be_empty()
    page.goto("/calendar")
    page.keyboard.press("Control+k")
    first = page.locator("#palette-recent [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    assert first.get_attribute("href") == "/sources/2", who
    me.judge("palette")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_seldom_opened_is_fit_to_be_seen(me: Person, path: str):
    answer = me.page.goto(path)
    assert answer is not None
    assert answer.status == (404 if path == "/nothing-here" else 200)
    me.judge(path.strip("/").replace("/", "-").partition("?")[0])
