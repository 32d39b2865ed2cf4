"""What a message is while it leaves: its claim, what a try can come to, and when the next one is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.outreach.models import MessageKind

RETRY_MINUTES = (1, 5, 30, 120, 720)
CHANNEL_PAUSE = timedelta(minutes=15)

NO_SERVER = "No mail server is set."
NO_SENDER = "No sender address is set (MAIL_DEFAULT_SENDER)."
COUNTED_AS_SENT = "not known; counted as sent"
INTERRUPTED = "Sending was interrupted. It may have arrived."
NO_KEY = "The letter cannot be opened: the key file is missing or the row is damaged."
AFTER_OUTAGE = "Overdue after an outage. Look, then send them with one click."
OVERTAKEN = "Its day is over; a newer digest takes its place."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try, with the server's words or ours."""

    reply: str


class Sent(Outcome):
    """The server said 250 to the whole message."""


@dataclass(frozen=True, slots=True)
class Retry(Outcome):
    """Nothing was handed over; `server_down`: no message would get through now."""

    server_down: bool = False


class Failed(Outcome):
    """The server refused this message for good."""


class Unknown(Outcome):
    """DATA had begun and no answer was seen: it may have arrived."""


class ChannelDown(Outcome):
    """Password, certificate or encryption: the fault of the channel, so every message waits."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to one recipient; `key` says what it is for, so that it is never planned twice."""

    practice_id: int
    key: str
    kind: MessageKind
    recipient: str
    subject: str
    text: str
    html: str = ""
    unsubscribe: str = ""  # what List-Unsubscribe says; empty for what somebody asked for


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message once; `token` is worth nothing as soon as somebody claims it again."""

    id: int
    token: int
    attempts: int
    kind: MessageKind
    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime
    unsubscribe: str = ""


def retry_delay(message_id: int, attempts: int) -> timedelta:
    """Return how long to wait after the n-th try: 1, 5, 30, 120, 720 minutes, up to 20 % more or less.

    The deviation follows from the row, so that many messages spread out and a test can know it.
    """
    digest = hashlib.sha256(f"{message_id}:{attempts}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    return timedelta(minutes=RETRY_MINUTES[attempts - 1] * (0.8 + 0.4 * share))
