"""Row 8: nothing typed, and nothing forced into the database, adds a header or a recipient to a mail."""

from datetime import UTC, datetime, timedelta

import pytest
from outside import OWNER

SPLITTERS = [
    "\r",
    "\n",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\x1b",
    "\x7f",
]
ATTACK = "X-Evil: 1\r\nBcc: evil@example.net"
HEADERS = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"}
MORE = {"List-Unsubscribe", "List-Unsubscribe-Post", "Content-Transfer-Encoding"}  # the last where it has one part


def queue(product, **values: str) -> int:
    """Put a message into the queue behind the product's back."""
    row = {
        "message_id": f"<{datetime.now(UTC).timestamp()}@localhost>", "recipient": "owner@example.com",
        "subject": "subject", "unsubscribe": "",
    } | values  # fmt: skip
    now = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S.%f")  # due, by whole seconds too
    product.sql(
        "INSERT INTO outbox_message (practice_id, key, kind, message_id, recipient, subject, text, html, unsubscribe, "
        "next_at, created_at, state, attempts, claim, reply) VALUES (1, :key, 'notice', :message_id, :recipient, "
        ":subject, 'text', '', :unsubscribe, :now, :now, 'queued', 0, 0, '')",
        now=now, **row,
    )  # fmt: skip
    return int(str(product.sql("SELECT max(id) FROM outbox_message")[0][0]))


@pytest.mark.parametrize("field", ["recipient", "subject", "message_id", "unsubscribe"])
def test_row_08_a_message_forced_into_the_queue_fails_and_never_leaves(product, field):
    usual = {"recipient": "owner@example.com", "subject": "x", "message_id": "<x@localhost>",
             "unsubscribe": "https://localhost/x"}[field]  # fmt: skip
    for number, splitter in enumerate(SPLITTERS):
        if splitter == "\x00" and not product.settings.is_sqlite:
            continue  # PostgreSQL holds no NUL
        queue(product, **{"key": f"{field}:{number}", field: f"{usual}{splitter}{ATTACK}"})
    before = len(product.mailbox.kept)
    product.tick()
    states = {
        str(row[0]) for row in product.sql("SELECT state FROM outbox_message WHERE key LIKE :key", key=f"{field}:%")
    }
    assert states == {"failed"}
    assert not any(b"vil" in kept.content for kept in product.mailbox.kept[before:])  # other mail may leave


def test_row_08_one_mailbox_is_one_recipient(product):
    several = ("a@example.com, b@example.com", "a@example.com b@example.com", "<a@example.com>", "a@example.com>",
               "a@example.com> SIZE=1", "A <a@example.com>", "")  # fmt: skip
    for number, recipient in enumerate(several):
        queue(product, key=f"one:{number}", recipient=recipient)
    product.tick()
    states = product.sql("SELECT state FROM outbox_message WHERE key LIKE 'one:%'")
    assert {str(state) for (state,) in states} == {"failed"}


def test_row_08_what_a_form_takes_ends_in_no_header(sample):
    product = sample.product
    for splitter in SPLITTERS:
        for name in ("practice_name", "email", "fax_gateway"):
            for form in sample.forms:
                if name in form.typed and form.action.startswith("/practice"):
                    assert sample.send(form, **{name: f"a@example.com{splitter}{ATTACK}"}).status < 500
    assert product.sign_in().get("/practice").status == 200
    product.sql('UPDATE "user" SET digest_on = :on WHERE email = :who', on=True, who=OWNER)
    product.tick(datetime.now(UTC).replace(hour=23, minute=30).isoformat())
    assert product.mailbox.kept
    for kept in product.mailbox.kept:
        names = set(kept.message.keys())
        assert HEADERS <= names <= HEADERS | MORE
        assert len(kept.recipients) == 1
        assert "@example.net" not in kept.content.decode("ascii").split("\r\n\r\n")[0]
    said = [command for talk in product.mailbox.talks for command in talk if command.upper().startswith("RCPT")]
    assert len(said) >= len(product.mailbox.kept)
    assert not any("evil@" in command for command in said)
