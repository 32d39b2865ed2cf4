"""Row 47: what was told about a client is listed: what, to whom, when, why, under which release; and as a table."""

import csv
import io

import builders
import mailroom
import paperwork
from paperwork import Desk

from crm.db import db
from crm.documents.models import Delivery
from crm.outreach import jobs


def test_row_47_sent_printed_and_handed_over_are_three_lines_and_the_table_says_the_same(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        desk, source_id = Desk(app, builders.signed_in(app)), paperwork.source()
        paperwork.client(source_id)
        document_id = desk.approved(key="message-note", source=source_id, client="C-0142")
        desk.send(document_id, "email", agreed="y")
        assert "Nothing was told yet" in desk.browser.get("/clients/C-0142/disclosures").text  # it only waits
        jobs.send_outbox(now=clock.now)
        for channel in ("letter", "hand"):
            desk.send(document_id, channel)
            newest = paperwork.newest(Delivery).id
            if channel == "letter":
                desk.browser.post("/pile/posted", data={"delivery": newest})
            else:
                desk.browser.post(f"/deliveries/{newest}/sent", data={"proof": "front_desk", "to": "Leo"})
        page = desk.browser.get("/clients/C-0142/disclosures").text
        table = desk.browser.get("/clients/C-0142/disclosures.csv").text
        db.session.remove()
        db.engine.dispose()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["channel"] for row in rows] == ["email", "letter", "hand"]
    for row in rows:
        assert row["date"] == "2026-05-06"
        assert "Marsh" in row["to"]
        assert row["purpose"] == "report to a treating provider" or row["purpose"]
        assert row["release"] == "2026-01-01 to 2026-12-31"
        for word in (row["document"], row["to"], row["purpose"], row["release"]):
            assert word in page
    assert page.count("Message note to") == 3
