"""The list of sources: what it shows, how it is narrowed, and what it costs."""

import builders
import pytest
from sqlalchemy import insert
from statements import count_statements

from crm.db import db, writing
from crm.sources import service
from crm.sources.models import Channel, Credential, Grade, Source


def many(count: int, start: int = 0) -> None:
    practice = builders.practice()
    rows = [
        {
            "practice_id": practice.id,
            "first_name": "Pat",
            "last_name": f"Provider{number:05}",
            "sort_name": f"provider{number:05} pat",
            "credential": Credential.MD,
            "credentials_text": "MD",
            "specialty": ("Neurology", "Podiatry")[number % 2],
            "channel": Channel.FAX,
            "report_days": 30,
        }
        for number in range(start, start + count)
    ]
    with writing():
        db.session.execute(insert(Source), rows)


def test_an_empty_list_says_what_belongs_there(owner):
    page = owner.get("/sources").text
    assert "No sources yet" in page
    assert "Import a list" in page


def test_the_list_opens_with_its_counts_and_pages_by_fifty(app, owner):
    with app.app_context():
        many(120)
    page = owner.get("/sources").text
    assert "120 listed, 0 worked with." in page
    assert page.count("data-item") == 50
    assert 'Page <span class="num">1</span> of <span class="num">3</span>' in page
    third = owner.get("/sources?page=3").text
    assert third.count("data-item") == 20
    assert "Provider00119" in third


@pytest.mark.parametrize("page", ["999999", "-3", "x", "1e9", "99999999999999999999"])
def test_a_page_that_is_none_shows_the_nearest(app, owner, page):
    with app.app_context():
        many(60)
    assert owner.get(f"/sources?page={page}").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "&lane=0&grade=A", "&worked=yes", "&worked=no&specialty=Podiatry", "&lane=9&grade=%27", "&q=provider000"],
)
def test_any_wish_is_answered(app, owner, query):
    with app.app_context():
        many(3)
    for sort in ("name", "specialty", "grade", "contact", "due", "id; drop table source", ""):
        assert owner.get(f"/sources?sort={sort}{query}").status_code == 200, sort


def test_filters_leave_those_that_fit(app, owner):
    with app.app_context():
        many(10)
        with writing():
            builders.source(grade=Grade.B)
    page = owner.get("/sources?specialty=Podiatry").text
    assert "Five sources found" in page
    assert "Marsh" not in page
    assert "Marsh" in owner.get("/sources?grade=B").text
    assert "Nobody fits" in owner.get("/sources?worked=yes").text


def test_typing_refreshes_the_rows_alone(app, owner):
    with app.app_context():
        many(2)
        with writing():
            service.index_sources([builders.source()])
    part = owner.get("/sources?q=mars", headers={"HX-Request": "true"}).text
    assert 'Dr. Helen Marsh, <span class="nowrap">MD</span>' in part
    assert "Provider" not in part
    assert "<html" not in part


@pytest.mark.parametrize("query", ["", "?page=2", "?q=provider", "?specialty=Podiatry&sort=due", "?sort=contact"])
def test_the_list_costs_the_same_however_long_it_is(app, owner, query):
    def cost() -> tuple[int, int]:
        owner.get(f"/sources{query}")
        with count_statements(app) as seen:
            page = owner.get(f"/sources{query}")
        assert page.status_code == 200
        return len(seen), len(page.data)

    with app.app_context():
        many(110)
    statements, size = cost()
    assert statements <= 8
    assert size <= 60_000
    with app.app_context():
        many(990, start=110)
    more_statements, more_size = cost()
    assert more_statements == statements
    assert more_size < size * 2
