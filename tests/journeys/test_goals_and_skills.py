"""Goals, the top three and skills at the keyboard, on a desk and on a phone."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from desk import Person, zone_at_work
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ZONE = zone_at_work()


def test_three_sources_are_chosen_on_their_own_pages_and_one_makes_room(me: Person) -> None:
    page = me.page
    page.goto("/sources")
    addresses = page.eval_on_selector_all("main a.who", "links => links.map(link => link.getAttribute('href'))")
    for address in addresses[:3]:
        page.goto(address)
        page.locator("[popovertarget=more-source]").focus()
        page.keyboard.press("Enter")
        choose = page.get_by_role("button", name="Make one of the top three")
        if choose.count():  # not where a source is put aside
            choose.focus()
            page.keyboard.press("Enter")
            expect(page.get_by_text(re.compile("Number [123] of the top three"))).to_be_visible()
    me.look("source-on-top")
    page.goto("/practice/goals")
    out = page.get_by_role("button", name=re.compile("Take out of the top three")).first
    who = (out.get_attribute("aria-label") or "").removeprefix("Take out of the top three: ")
    out.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{who} is no longer one of your top three.")).to_be_visible()


def test_a_month_is_planned_its_wrong_amount_is_said_and_the_goals_stand(me: Person) -> None:
    page = me.page
    page.goto("/practice")
    page.get_by_role("link", name="Goals").click()
    me.look("goals-empty")
    page.get_by_role("link", name="Set or change").click()
    month = f"{datetime.now(ZoneInfo(ZONE)):%B %Y}"
    expect(page.get_by_role("heading", level=1)).to_have_text(month)
    page.get_by_label("Referrals wanted").fill("4")
    page.get_by_label("Sessions kept, in percent").fill("90")
    page.get_by_label("Revenue wanted").fill("4,200.50")
    page.get_by_label("Revenue so far").fill("1.234,50")
    page.keyboard.press("Enter")
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("Revenue so far: Write a point before the cents")
    expect(page.get_by_label("Revenue wanted")).to_have_value("4,200.50")
    me.look("month-wrong")
    page.get_by_label("Revenue so far").fill("1,234.50")
    page.keyboard.press("Enter")
    expect(page.get_by_text("$1,234.50").first).to_be_visible()
    page.get_by_role("link", name="Say goal 1").click()
    page.get_by_label("The goal, in your own words").fill("Twelve written referrals by the summer")
    page.get_by_label("The number to reach").fill("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Twelve written referrals by the summer")).to_be_visible()
    me.look("goals")
    page.get_by_role("link", name="Twelve written referrals by the summer").click()
    me.look("goal")
    page.goto("/practice/goals")
    page.get_by_role("link", name=month).first.click()
    me.look("month")


def test_a_skill_is_ticked_with_a_day_and_words_and_a_figure_opens_its_rows(me: Person) -> None:
    page = me.page
    page.goto("/practice/skills")
    me.look("skills")
    page.get_by_role("link", name="Blood pressure and pulse").click()
    page.get_by_label("What shows it").fill("Twelve people, under Dana Reyes, RN")
    page.get_by_role("button", name="Tick it").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#skill-vitals")).to_contain_text("Twelve people, under Dana Reyes, RN")
    expect(page.get_by_role("region", name="Essential")).to_contain_text("1 of 12 ticked by you")
    page.get_by_role("link", name="Range and strength").click()
    expect(page.get_by_text("Missing: ten more assessments finished.")).to_be_visible()
    me.look("skill")
    page.get_by_role("link", name="0 of 10 assessments finished").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Finished assessments")
    me.look("skill-rows")
