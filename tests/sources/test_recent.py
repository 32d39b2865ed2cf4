"""The palette opens on what one worked on last."""

import builders

from crm.db import writing
from crm.journal import service as journal
from crm.journal.events import ClientAdded, SourceAdded


def test_what_one_acted_on_last_stands_first_and_each_once(app, owner, clock):
    with app.app_context(), writing():
        practice, me = builders.practice(), builders.user()
        first, second = builders.source(office=builders.office()), builders.source(last_name="Tanaka")
        builders.client(code="C-0142")
        for event in (SourceAdded(source=f"s{first.id}"), SourceAdded(source=f"s{second.id}")):
            journal.record(practice, event, now=clock.now, actor=me.id)
        journal.record(practice, ClientAdded(client="C-0142"), now=clock.now, actor=me.id)
        journal.record(practice, SourceAdded(source=f"s{first.id}"), now=clock.now, actor=me.id)
    page = owner.get("/search/recent").text
    assert page.index("Marsh") < page.index("C-0142") < page.index("Tanaka")
    assert page.count("Marsh") == 1
    assert "Lakeside Orthopedics" in page


def test_what_others_did_and_what_is_gone_is_not_among_it(app, owner, clock):
    with app.app_context(), writing():
        practice, me = builders.practice(), builders.user()
        journal.record(practice, SourceAdded(source=f"s{builders.source().id}"), now=clock.now)
        gone = builders.client(code="C-0142")
        journal.record(practice, ClientAdded(client="C-0142"), now=clock.now, actor=me.id)
        gone.code = "C-0999"
    page = owner.get("/search/recent").text
    assert "Marsh" not in page
    assert "C-0999" in page  # the record as it is now


def test_nothing_yet_is_no_heading(owner):
    assert "Recent" not in owner.get("/search/recent").text
