"""Row 53: nobody has an account before the one-time link of the console was used, once."""

import re
from concurrent.futures import ThreadPoolExecutor

import builders
import outside
import pytest
from outside import Browser, Product

FORM = {
    "name": "Robin Vale", "credential": "MES", "practice_name": "Northside", "time_zone": "America/New_York",
    "work_days": ["1", "2", "3", "4", "5"], "password": builders.PASSWORD, "again": builders.PASSWORD,
}  # fmt: skip


@pytest.fixture
def fresh(settings, warm, server):
    with outside.served(settings, warm, server, HANDOFF_SECOND_FACTOR="on") as product:
        yield product


def setup_path(product: Product) -> str:
    """Return what the console was told."""
    found = re.search(r"http://\S+?(/setup/\S+)", product.logged())
    assert found, product.logged()
    return found[1]


def test_row_53_of_two_who_race_with_the_link_one_becomes_the_owner_and_the_link_is_gone(fresh):
    assert fresh.sql('SELECT count(*) FROM "user"') == [(0,)]
    for name, password in (("admin", "admin"), ("admin@example.com", "password1234"), (outside.OWNER, "")):
        assert fresh.visitor().post("/login", {"email": name, "password": password}).status == 200
    path = setup_path(fresh)
    browsers = [fresh.visitor() for _ in range(2)]

    def race(number: int) -> int:
        browser: Browser = browsers[number]
        browser.fetch_token(path)
        return browser.post(path, FORM | {"email": f"owner{number}@example.com"}).status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(race, range(2))) == [303, 404]
    assert fresh.sql('SELECT count(*) FROM "user"') == [(1,)]
    assert fresh.visitor().get(path).status == 404
    assert fresh.visitor().post(path, FORM | {"email": "third@example.com"}).status == 404
    winner = next(browser for browser in browsers if browser.get("/account/authenticator").status == 200)
    assert winner.get("/").header("Location") == "/login"
