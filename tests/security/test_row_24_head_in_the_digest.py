"""Row 24: each morning's digest carries the head of the log out of the house, and a later log is held against it."""

import re
from datetime import timedelta

import outside

from crm.outreach.workdays import US_WORKDAYS


def test_row_24_the_digest_carries_a_head_that_the_log_of_later_still_answers_for(settings, warm, server):
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        owner = product.sign_in()
        assert owner.post("/sources/new", {"name": "Dr. Ada Marsh", "channel": "fax", "grade": "A"}).status == 303
        morning = US_WORKDAYS.on_or_after(outside.local_today() + timedelta(days=1))  # today's was empty already
        call = {"line": "call", "kind": "call", "due": morning.isoformat(), "source_id": "1", "client_code": ""}
        assert owner.post("/quick-add", call).status == 303
        product.tick(f"{morning.isoformat()}T20:00:00+00:00")
        mails = [kept for kept in product.mailbox.kept if outside.OWNER in kept.recipients]
        found = [re.search(r"log (\d+ [0-9a-f]{8})", mail.message.get_body(("plain",)).get_content()) for mail in mails]
        heads = [head[1] for head in found if head]
        assert heads
        owner.post("/sources/new", {"name": "Dr. Bo Marsh", "channel": "fax", "grade": "A"})
        verify = ("audit", "verify", "--practice", "1", "--since-head")
        assert product.flask(*verify, heads[0])[0] == 0
        other = heads[0][:-1] + ("0" if heads[0][-1] != "0" else "1")
        assert product.flask(*verify, other)[0] == 1
