"""Row 17: what names a client leaves by mail only under a release that still holds when it leaves."""

import canaries
import outside
import pytest
from smtp_server import SmtpServer


@pytest.fixture
def desk(settings, warm, clock):
    """A product of its own whose letter about C-0101 waits to be mailed."""
    with SmtpServer() as mailbox, outside.served(settings, warm, mailbox) as product:
        outside.people(product.app)
        owner = product.sign_in()

        def post(path: str, **form: object) -> None:
            answer = owner.post(path, form)
            assert answer.status in {303, 204}, (path, answer.status)

        canaries.tell(product.app, post, outside.local_today())
        yield product, owner


def state(product) -> list[tuple[object, ...]]:
    return product.sql("SELECT state FROM outbox_message WHERE kind = 'letter'")


def test_row_17_a_release_withdrawn_between_queue_and_claim_holds_the_letter(desk):
    product, owner = desk
    assert state(product) == [("queued",)]
    [(release,)] = product.sql("SELECT id FROM client_release")
    assert owner.post(f"/clients/C-0101/releases/{release}/withdraw").status == 303
    product.tick()
    assert state(product) == [("held",)]
    assert [kept for kept in product.mailbox.kept if "office@example.com" in kept.recipients] == []


def test_row_17_without_agreeing_to_this_very_letter_none_is_queued(desk):
    product, owner = desk
    before = len(state(product))
    answer = owner.post("/documents/1/send", {"channel": "email"})
    assert answer.status in {404, 409, 422}
    assert len(state(product)) == before
