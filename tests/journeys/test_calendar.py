"""The calendar by hand: a task dragged to another day, dragged where it may not go, moved by keys, and taken back."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from desk import Person, zone_at_work
from playwright.sync_api import Locator, expect

from crm.outreach.workdays import US_WORKDAYS

pytestmark = pytest.mark.browser
ZONE = zone_at_work()


def working_week() -> list[date]:
    """Return Monday to Friday of a week of next month on which all five days are worked."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    monday = first + timedelta(days=(7 - first.weekday()) % 7)
    weeks = [[monday + timedelta(days=7 * week + day) for day in range(5)] for week in range(3)]
    return next(week for week in weeks if all(US_WORKDAYS.is_open(day) for day in week))


WEEK = working_week()
MONTH = f"/calendar?month={WEEK[0]:%Y-%m}"


@pytest.fixture
def task(me: Person) -> Locator:
    """A call typed in for Tuesday of that week, on its month's page."""
    me.page.goto("/quick-add")
    me.page.fill("#line", f"call about the chairs {WEEK[1].isoformat()}")
    me.page.fill("#due", WEEK[1].isoformat())
    me.page.get_by_role("button", name="Plan it").click()
    me.page.goto(MONTH)
    item = list_of(me, WEEK[1]).locator("[id^=c-manual-]").last
    expect(item).to_be_visible()
    return me.page.locator(f"#{item.get_attribute('id')}")


def list_of(me: Person, day: date) -> Locator:
    return me.page.locator(f"#l-{day.isoformat()}")


def stands_on(me: Person, task: Locator, day: date) -> None:
    expect(list_of(me, day).locator(task)).to_be_visible()


def test_a_dragged_task_is_put_off_and_taken_back(me: Person, task: Locator):
    task.drag_to(list_of(me, WEEK[3]))
    expect(me.page.locator("#said")).to_contain_text("Put off to")
    stands_on(me, task, WEEK[3])
    me.page.reload()
    stands_on(me, task, WEEK[3])
    task.drag_to(list_of(me, WEEK[4]))
    expect(me.page.locator("#said")).to_contain_text("Put off to")
    me.page.locator("#said").get_by_role("button", name="Undo").click()
    expect(me.page.locator("#said")).to_contain_text("Taken back")
    stands_on(me, task, WEEK[3])
    assert me.said == []


def test_a_task_dropped_where_it_may_not_go_goes_back_and_says_why(me: Person):
    was = me.page.viewport_size
    me.page.set_viewport_size({"width": 1280, "height": 1400})  # no scrolling under the pointer
    me.page.goto("/calendar")
    urgent = me.page.locator("[id^=c-C34a-]")
    day = str(urgent.locator("xpath=..").get_attribute("data-day"))
    lists = me.page.locator(f"[data-day]:not([data-day='{day}'])")
    urgent.drag_to(lists.last)
    expect(me.page.locator("#layer")).to_contain_text("A change in status cannot wait")
    expect(me.page.locator(f"[data-day='{day}']").locator(urgent)).to_be_visible()
    me.page.keyboard.press("Escape")
    urgent.drag_to(lists.first)
    expect(me.page.locator("#layer .errors")).to_be_visible()
    expect(me.page.locator(f"[data-day='{day}']").locator(urgent)).to_be_visible()
    assert me.said == []
    assert was is not None
    me.page.set_viewport_size(was)


def test_a_task_is_moved_by_keys_alone(me: Person, task: Locator):
    task.locator("[data-row]").focus()
    me.page.keyboard.press("Shift+ArrowRight")
    expect(me.page.locator("#said")).to_contain_text("Put off to")
    stands_on(me, task, WEEK[2])
    expect(task.locator("[data-row]")).to_be_focused()
    me.page.keyboard.press("Tab")
    me.page.keyboard.press("Enter")
    me.page.locator("#layer #to").fill(WEEK[3].isoformat())
    me.page.locator("#layer").get_by_role("button", name="Put it off").click()
    stands_on(me, task, WEEK[3])
    task.locator("[data-row]").focus()
    me.page.keyboard.press("Shift+ArrowRight")
    expect(me.page.locator("#layer")).to_contain_text("put off twice before")  # and so it asks why
    stands_on(me, task, WEEK[3])
    assert me.said == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("calendar-month", "/calendar?view=month"),
        ("calendar-agenda", "/calendar?view=agenda"),
        ("calendar-day", f"/calendar/day/{WEEK[1].isoformat()}"),
    ],
)
def test_each_view_is_fit_to_be_shown(me: Person, name: str, path: str):
    me.page.goto(path)
    me.look(name)
