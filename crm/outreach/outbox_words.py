"""What the outbox says about a message: where it is listed, what happened to it, what one can do about it."""

from dataclasses import dataclass
from enum import StrEnum

from crm.outreach.day_words import sentence
from crm.outreach.models import MessageKind, MessageState, OutboxMessage
from crm.outreach.sending import AFTER_OUTAGE, NO_SENDER, NO_SERVER, RETRY_MINUTES

KINDS = {MessageKind.DIGEST: "Digest", MessageKind.LETTER: "Letter", MessageKind.NOTICE: "Notice"}
NO_CHANNEL = (NO_SERVER, NO_SENDER)  # no fault of the message and nothing to decide: it leaves once mail is set up
SIGN_IN = ("530", "534", "535", "538")
NEXT_TICK = "It goes out at the next tick of the clock."


class Group(StrEnum):
    """The parts of the page, in their order."""

    YOU = "you"
    LEAVE = "leave"
    SENT = "sent"
    CANCELLED = "cancelled"


TITLES = {
    Group.YOU: "Waiting for you",
    Group.LEAVE: "Waiting to leave",
    Group.SENT: "Sent",
    Group.CANCELLED: "Cancelled",
}
# state -> kind of state, its word
STATES = {
    MessageState.QUEUED: ("later", "Waiting"),
    MessageState.CLAIMED: ("now", "Going out"),
    MessageState.IN_DATA: ("now", "Going out"),
    MessageState.RETRY: ("later", "Tries again"),
    MessageState.HELD: ("ask", "Held"),
    MessageState.UNKNOWN: ("ask", "Not known"),
    MessageState.FAILED: ("late", "Failed"),
    MessageState.SENT: ("done", "Sent"),
    MessageState.CANCELLED: ("done", "Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """Why no mail leaves at all, and what whoever runs the machine does about it."""

    title: str
    happened: str
    do: str


def paused_banner(reply: str) -> Banner:
    """Return what is said once, above all messages, while the channel is at fault."""
    if reply.startswith(SIGN_IN):
        return Banner(
            "The mail server refuses the password",
            reply,
            "Set MAIL_USERNAME and MAIL_PASSWORD to what the mail server knows, start Handoff again, then try now.",
        )
    if "certificate" in reply:
        return Banner(
            "The mail server’s certificate is not accepted",
            reply,
            "Set MAIL_SERVER to the name the certificate carries, or MAIL_CA_FILE if the authority is your own; start "
            "Handoff again, then try now. If you changed nothing, ask first: somebody may stand in between.",
        )
    if any(word in reply for word in ("STARTTLS", "MAIL_", "encrypt")):
        return Banner(
            "Mail would not be encrypted",
            reply,
            "Set MAIL_PORT, MAIL_USE_TLS and MAIL_USE_SSL as the mail server wants them; start Handoff again, then try "
            "now.",
        )
    return Banner("The mail server turns us away", reply, "Ask whoever runs the mail server, then try now.")


def unset_banner(reason: str) -> Banner:
    """Return what is said once while the desk knows no mail server or no sender."""
    name = "MAIL_SERVER" if reason == NO_SERVER else "MAIL_DEFAULT_SENDER"
    return Banner(
        "Nothing is sent yet", reason, f"Set {name} and start Handoff again. What waits then leaves by itself."
    )


def story(message: OutboxMessage, *, next_at: str, is_due: bool, stands_still: bool) -> str:
    """Say what happened to a message and what comes of it by itself; `next_at` in words."""
    told, comes = _ended(message.reply), ""
    match message.state:
        case MessageState.QUEUED | MessageState.RETRY if stands_still and is_due:
            comes = "It waits until mail leaves again."
        case MessageState.QUEUED:
            told, comes = ("", NEXT_TICK) if is_due else (told, f"It goes out {next_at}.")
        case MessageState.RETRY:
            again = "at the next tick of the clock" if is_due else next_at
            comes = f"Tried again {again}, try {message.attempts + 1} of {len(RETRY_MINUTES) + 1}."
        case MessageState.CLAIMED | MessageState.IN_DATA:
            told = "It is being handed to the mail server."
        case MessageState.FAILED:
            comes = "It is not tried again by itself."
        case MessageState.SENT if message.reply.startswith("2"):
            told = ""  # the server's "250 ok" says no more than "sent"
    return f"{told} {comes}".strip()


def what_to_do(message: OutboxMessage) -> str:
    """Say what a person can do; a backlog and a desk without mail are spoken of once, above."""
    match message.state:
        case MessageState.UNKNOWN:
            return (
                "Did it arrive? Look into the mailbox it was sent from, or ask. It is not sent again unless you say so."
            )
        case MessageState.FAILED:
            return "Mend what the answer says, then send it again. Or let it be."
        case MessageState.HELD if message.reply not in (AFTER_OUTAGE, *NO_CHANNEL):
            return "Once that is settled, release it. Or cancel it."
    return ""


def moved_on(state: MessageState) -> str:
    """Say why a decision came too late, and that it changed nothing."""
    now = {
        MessageState.QUEUED: "it waits to go out",
        MessageState.RETRY: "it waits for its next try",
        MessageState.CLAIMED: "it is going out",
        MessageState.IN_DATA: "it is going out",
        MessageState.SENT: "it was sent",
        MessageState.FAILED: "it failed",
        MessageState.HELD: "it is held",
        MessageState.UNKNOWN: "nobody knows whether it arrived",
        MessageState.CANCELLED: "it was cancelled",
    }[state]
    return f"It has moved on meanwhile: {now}. Nothing was changed."


def _ended(reply: str) -> str:
    """Let a server's words end like a sentence."""
    return sentence(reply) if not reply or reply.endswith((".", "!", "?")) else f"{sentence(reply)}."
