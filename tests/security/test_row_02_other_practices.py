"""Row 2: what belongs to one practice does not exist for another: same answer as for nothing at all."""

import builders
import canaries
import outside
import pytest
import two_practices
from sqlalchemy import select

from crm.accounts.permissions import NEEDED
from crm.db import db
from crm.outreach.models import CalendarFeed

# What names something in a catalogue that everybody has, or a word of the reader's own.
CATALOGUE = {"key", "what", "part", "on", "rule", "token", "filename", "position", "day"}
SECRETS = [*canaries.CANARIES, *two_practices.OF_SOURCES]


def objects(rule) -> set[str]:
    """Return the arguments of an address that name something of a practice's own."""
    tasks = {"key"} if rule.rule.startswith("/tasks/") else set()
    return (rule.arguments - CATALOGUE) | tasks


def nothing_of_the_first(answer, where) -> None:
    told = answer.get_data(as_text=True) + str(answer.headers)
    assert [word for word in [*SECRETS, "Marsh", two_practices.OFFICE] if word in told] == [], where


def test_row_02_every_id_of_the_first_practice_is_404_for_the_second(both):
    """All ids at once where the second has nothing of the kind, and one at a time beside its own."""
    stranger = both.browser(outside.OTHER)
    own = {"code": two_practices.CLIENT, "source_id": both.ids["their_source"]}
    before, walked = both.dbhash(), 0
    for rule in both.app.url_map.iter_rules():
        foreign = objects(rule)
        if rule.endpoint not in NEEDED or not foreign - {"code"}:  # both practices have a client of this code
            continue
        values = {name: both.ids.get(name, "x") for name in rule.arguments}
        beside = [values | {name: own[name]} for name in foreign & set(own) if foreign != {name}]
        for asked in [values, *beside]:
            for method in rule.methods & {"GET", "POST"}:
                answer = stranger.open(both.path(rule.endpoint, asked, method), method=method)
                assert answer.status_code == 404, (rule.endpoint, method, asked, answer.status_code)
                nothing_of_the_first(answer, (rule.endpoint, asked))
                walked += 1
    assert walked > 70
    assert both.dbhash() == before


def test_row_02_a_client_of_the_same_code_is_the_readers_own(both):
    stranger = both.browser(outside.OTHER)
    for rule in both.app.url_map.iter_rules():
        if rule.arguments & {"code"} and rule.arguments <= {"code", "part", "what"} and "GET" in rule.methods:
            for part in ("person", "health", "gate", "plan") if "part" in rule.arguments else ("client_away",):
                path = both.path(rule.endpoint, {"code": "C-0101", "part": part, "what": part})
                nothing_of_the_first(stranger.get(path), path)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/today/more", "/today/calls", "/pipeline", "/pipeline/lanes/identified", "/sources", "/offices?q=lake",
        "/clients", "/calendar", "/calendar?view=agenda", "/calendar/day/2026-05-20", "/calendar/feeds", "/outbox",
        "/outbox?show=sent", "/documents", "/documents/rules", "/pile", "/pile.pdf", "/imports", "/digest/next",
        "/clock", "/practice", "/practice/people", "/search?q=marsh", "/search?q=C-01", "/search?q=lakeside",
        "/search?q=marsh&for=source", "/sources/2/call-brief?task=C22:s1:r1",
    ],
)  # fmt: skip
def test_row_02_no_list_search_feed_or_queue_shows_the_first_to_the_second(both, path):
    nothing_of_the_first(both.browser(outside.OTHER).get(path), path)


FOREIGN_FORMS = [
    ("/referrals/new", {"source_id": "{source_id}", "received_on": "2026-05-06", "method": "fax", "client_class": ""}),
    ("/referrals/check", {"source_id": "{source_id}", "received_on": "2026-05-06", "method": "fax"}),
    ("/quick-add", {"line": "call", "kind": "call", "due": "2026-05-07", "source_id": "{source_id}"}),
    ("/quick-add/read", {"line": "call Marsh Tue"}),
    ("/clients", {"code": "", "name": "", "client_class": "", "source_id": "{source_id}"}),
    ("/clients/C-0101/visits", {"visit_on": "2026-06-01", "source_id": "{source_id}"}),
    ("/clients/C-0101/releases", {"release_source_id": "{source_id}", "from_on": "2026-05-06",
                                  "until_on": "2026-08-01"}),
    ("/clients/C-0101/providers", {"provider_source_id": "{source_id}"}),
    ("/clients/C-0101/happened/sent-out", {"on": "2026-05-06", "source_id": "{source_id}"}),
    ("/documents/text", {"key": "thank-you", "source": "{source_id}", "text": "Thank you."}),
    ("/documents/text", {"document": "{document_id}", "version": "1", "text": "Mine now."}),
    ("/documents/approve", {"document": "{document_id}", "version": "1", "text": "Mine now."}),
    ("/documents/new", {"source": "{source_id}", "key": "thank-you"}),
    ("/pile/posted", {"delivery": "{delivery_id}"}),
    ("/sources/{their_source}/touch", {"kind": "call", "outcome": "reached", "on": "2026-05-06", "task": "{key}"}),
]  # fmt: skip


ONLY_READ = {"/referrals/check", "/quick-add/read"}


@pytest.mark.parametrize(("path", "form"), FOREIGN_FORMS, ids=[f"{p} {sorted(f)[0]}" for p, f in FOREIGN_FORMS])
def test_row_02_no_form_takes_an_id_of_another_practice(both, path, form):
    before = both.dbhash()
    sent = {name: value.format(**both.ids) for name, value in form.items()}
    answer = both.browser(outside.OTHER).post(path.format(**both.ids), data=sent)
    assert answer.status_code in {303, 404, 422} or path in ONLY_READ, answer.status_code
    nothing_of_the_first(answer, path)
    assert both.dbhash() == before


@pytest.mark.parametrize("path", ["/documents/new?key=thank-you&source={source_id}", "/documents/new?task={key}",
                                  "/sheets/visit-sheet?task={key}",
                                  "/referrals/new?source={source_id}", "/quick-add?source={source_id}",
                                  "/documents/new/page.svg?key=thank-you&source={source_id}",
                                  "/documents/new/test.pdf?key=thank-you&source={source_id}"])  # fmt: skip
def test_row_02_no_address_takes_an_id_of_another_practice_in_its_query(both, path):
    answer = both.browser(outside.OTHER).get(path.format(**both.ids))
    nothing_of_the_first(answer, path)
    assert answer.status_code == 404, answer.status_code


def test_row_02_an_address_is_taken_once_on_the_whole_installation(both):
    """And the answer says no more than that somebody signs in with it."""
    answer = both.browser(outside.OTHER).post(
        "/practice/people", data={"name": "Me", "email": outside.ASSISTANT, "role": "owner"}
    )
    assert answer.status_code == 422
    assert "Northside" not in answer.text


def test_row_02_the_feed_of_one_person_holds_their_practice_alone(both):
    stranger = both.browser(outside.OTHER)
    page = stranger.post(
        "/calendar/feeds", data={"name": "Theirs", "kind": "all", "days_back": "90", "days_ahead": "370"}
    ).text
    path = page.partition('id="feed-address" value="http://localhost')[2].partition('"')[0]
    feed = both.app.test_client().get(path)
    assert feed.status_code == 200
    assert "BEGIN:VEVENT" in feed.text
    nothing_of_the_first(feed, path)
    with both.app.app_context():
        owners = {feed.practice_id for feed in db.session.scalars(select(CalendarFeed))}
        assert len(owners) == 2 and builders.practice().id in owners
