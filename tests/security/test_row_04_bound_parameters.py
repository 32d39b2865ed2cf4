"""Row 4: whatever stands in an address, a query or a field, no SQL comes of it."""

import re
import time
from urllib.parse import quote

import form_walk
import pytest

SQL = "x'\"`;--/*) UNION SELECT 1,pg_sleep(9)||randomblob(9)%s%%\\"
VALUES = (SQL, "' OR '1'='1", "99999999999999999999", "9" * 400, "%", "\x00", "\u0661", "-1", "1e3", "NEAR(")
NAMES = (
    "q", "for", "page", "month", "view", "grade", "specialty", "compact", "sort", "show", "before", "kind", "source",
    "task", "key", "client", "due", "battery", "with", "name", "lane", "offset", "line", "v",
)  # fmt: skip
LISTS = ("/sources", "/clients", "/documents", "/outbox", "/pipeline", "/calendar")
PARTS = ("99999999999999999999", "9" * 400, quote(SQL, safe=""), "%00", "..%2f..%2fetc", "%ff", "-1", "2026-02-30")


@pytest.fixture
def quick(sample):
    """No answer waits, as it would for an injected sleep."""
    began, before = time.monotonic(), len(sample.product.log.read_bytes())
    yield
    assert time.monotonic() - began < 120  # one of hundreds that slept nine seconds would show
    assert b"ProgrammingError" not in sample.product.log.read_bytes()[before:]


def test_row_04_a_query_that_speaks_sql_breaks_no_page(sample, quick):
    paths = {form_walk.shape_of(page.at).split("?")[0]: page.at.split("?")[0] for page in sample.pages}
    broken = []
    for path in (path for path in paths.values() if not path.endswith((".svg", ".pdf"))):
        for value in VALUES:
            query = "&".join(f"{name}={quote(value)}" for name in NAMES)
            answer = sample.owner.get(f"{path}?{query}")
            if answer.status >= 500:
                broken.append((path, value[:20]))
    assert broken == []


@pytest.mark.parametrize("path", LISTS)
def test_row_04_a_sort_or_filter_that_speaks_sql_shows_the_rows_it_would_show_without(sample, path):
    def rows(query: str) -> list[str]:
        return re.findall(r'href="(/(?:sources|clients|documents)/[\w-]+)"', sample.owner.get(f"{path}?{query}").text)

    for name in ("sort", "page", "view", "show"):
        assert rows(f"{name}={quote(SQL)}") == rows(f"{name}=nothing"), name
    for name in ("q", "specialty"):
        assert rows(f"{name}={quote(chr(39) + ' OR 1=1 --')}") == rows(f"{name}=qqqqqq"), name


def test_row_04_an_address_that_speaks_sql_finds_nothing(sample, quick):
    broken = []
    for rule in sample.product.app.url_map.iter_rules():
        if not rule.arguments or rule.endpoint.endswith("static"):
            continue
        for part in PARTS:
            path = re.sub(r"<[^>]*>", part.replace("\\", r"\\"), rule.rule)
            for method in rule.methods & {"GET", "POST"}:
                answer = sample.owner.get(path) if method == "GET" else sample.owner.post(path)
                if answer.status >= 500:
                    broken.append((method, path[:80]))
    assert broken == []


def test_row_04_a_field_that_speaks_sql_is_a_word_like_any_other(sample, quick):
    tables = {name for name in sample.product.app.extensions["migrate"].db.metadata.tables}
    broken = []
    for form in sample.forms:
        for name in sample.filled(form):
            if sample.send(form, **{name: SQL}).status >= 500:
                broken.append((form.action, name))
    assert broken == []
    assert all(sample.product.sql(f'SELECT count(*) FROM "{name}"') for name in tables)  # noqa: S608 - our own names
