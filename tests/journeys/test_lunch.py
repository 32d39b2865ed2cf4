"""A lunch-and-learn by hand, on the sample practice: planned, moved, attended and in the ledger, by keyboard alone."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk import Person, zone_at_work
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ZONE = zone_at_work()


def typed(me: Person, name: str, *words: str) -> None:
    """Type into one field after the other with the keyboard alone, beginning at `name`; Enter sends."""
    me.page.locator(f"#{name}").focus()
    for place, text in enumerate(words):
        if place:
            me.page.keyboard.press("Tab")
        me.page.keyboard.press("ControlOrMeta+a")
        me.page.keyboard.type(text)


def test_a_lunch_from_the_plan_to_the_ledger_by_keyboard(me: Person):
    page = me.page
    page.goto("/sources?q=Vance")
    page.get_by_role("link", name=re.compile("Vance")).first.click()
    at = re.sub(r"/sources/(\d+).*", r"/sources/\1/lunch", page.url)
    page.goto(at)
    page.get_by_role("link", name="Planner").press("Enter")
    expect(page.get_by_role("heading", name="Lunch planner")).to_be_visible()
    me.look("lunch-planner-new")

    typed(me, "head_count", "7", "Two vegetarian", "Bowls at 11:45", "184.50")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Saved.")
    typed(me, "people", "Dana Cole, front desk, dana@example.com\nMia Berg, office manager\nDANA COLE")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Two new contacts, one on the sheet already.")

    before = page.locator("[aria-labelledby=h-before]")
    done = before.locator("button.tick[aria-pressed=false]").first
    done.press("Enter")
    expect(page.locator("#said")).to_contain_text("Done.")
    planner = page.url
    page.goto(at)
    to = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=30)
    page.locator("#moved_to").fill(to.isoformat())
    page.get_by_role("button", name="Move it").press("Enter")
    expect(page.locator("#said")).to_contain_text("What is open follows.")
    page.goto(planner)
    expect(before).to_contain_text("1 of 4 done")

    page.goto(at)
    page.get_by_role("button", name="It was held").press("Enter")
    expect(page.locator("#said")).to_contain_text("Held.")
    page.goto(planner)
    expect(page.locator("[aria-labelledby=h-after] .task")).to_have_count(3)
    me.look("lunch-planner-held")
    page.goto("/practice/gifts")
    expect(page.locator("#main, main").first).to_contain_text("$184.50 in all")
    me.look("lunch-ledger")
    page.goto("/insights/lunches")
    expect(page.locator("main")).to_contain_text("Open until")
    me.look("lunch-around")
    assert me.said == []
