"""Releases on a client's page: filed, refused, withdrawn, taken back."""

from datetime import date

import builders
import paperwork
import pytest

from crm.clients.models import Release
from crm.db import db
from crm.outreach.models import Task

FROM, UNTIL = "2026-05-01", "2026-12-31"


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source(), released=False)
        yield owner


def file(browser, **values):
    return browser.post("/clients/C-0142/releases", data={"from_on": FROM, "until_on": UNTIL} | values)


def test_a_release_is_for_one_recipient_and_its_renewal_is_planned(browser):
    assert file(browser).status_code == 303
    release = paperwork.only(Release)
    assert (release.source_id, release.from_on, release.until_on) == (1, date(2026, 5, 1), date(2026, 12, 31))
    assert "Dr. Helen Marsh, MD may be told" in browser.get("/clients/C-0142").text
    assert "C62" in {task.rule for task in db.session.query(Task)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"until_on": ""}, "a release without an end is none", id="no end"),
        pytest.param({"until_on": "2026-04-01"}, "It would end before it begins.", id="ends before it begins"),
        pytest.param({"from_on": "2026-01-01", "until_on": "2026-05-05"}, "This day is over.", id="over already"),
        pytest.param({"from_on": "soon"}, "This is not a date.", id="no date"),
    ],
)
def test_what_is_no_release_is_refused_with_the_reason_and_nothing_is_saved(browser, values, said):
    answer = file(browser, **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Release).count() == 0


def test_a_release_names_another_source_than_the_clients_own(browser):
    other = paperwork.source("Other")
    file(browser, release_source_id=str(other))
    assert paperwork.only(Release).source_id == other


def test_a_source_of_another_practice_cannot_be_named(browser, app):
    stranger = builders.practice(name="Elsewhere")
    foreign = builders.source(of=stranger, last_name="Foreign")
    db.session.commit()
    assert file(browser, release_source_id=str(foreign.id)).status_code == 404
    assert db.session.query(Release).count() == 0


def test_a_withdrawn_release_covers_nothing_from_that_day_on_and_can_be_taken_back(browser):
    file(browser)
    browser.post("/clients/C-0142/releases/1/withdraw")
    release = paperwork.only(Release)
    assert release.withdrawn_on == date(2026, 5, 6)
    assert release.covers(date(2026, 5, 5))
    assert not release.covers(date(2026, 5, 6))
    assert "Withdrawn today" in browser.get("/clients/C-0142").text
    browser.post("/clients/C-0142/releases/1/restore")
    assert paperwork.only(Release).covers(date(2026, 5, 6))


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        pytest.param(date(2026, 4, 30), False, id="the day before"),
        pytest.param(date(2026, 5, 1), True, id="the first day"),
        pytest.param(date(2026, 12, 31), True, id="the last day"),
        pytest.param(date(2027, 1, 1), False, id="the day after"),
    ],
)
def test_both_ends_belong_to_a_release(day, covered):
    release = Release(from_on=date(2026, 5, 1), until_on=date(2026, 12, 31))
    assert release.covers(day) is covered
