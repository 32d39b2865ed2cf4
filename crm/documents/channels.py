"""The ways a letter leaves, behind one small interface: where it goes, and what a mail around it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crm.documents.letters import Kind
from crm.documents.models import DeliveryChannel


class NoAddress(Exception):  # noqa: N818
    """What is needed to use a channel is not on file; `field` names it, `where` says whose it is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Address:
    """Where one copy goes: shown as `name` and `address`; `mailbox` is set where a machine sends it."""

    channel: DeliveryChannel
    name: str
    address: str = ""
    mailbox: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is on file about reaching a source, and the practice's fax service."""

    name: str
    email: str = ""
    fax: str = ""
    postal: tuple[str, ...] = ()
    fax_gateway: str = ""
    signed: str = ""


# channel -> its words on a button, whether the office is asked who took it
WORDS: dict[DeliveryChannel, str] = {
    DeliveryChannel.EMAIL: "E-mail",
    DeliveryChannel.FAX: "Fax",
    DeliveryChannel.LETTER: "Print and post",
    DeliveryChannel.PORTAL: "Portal",
    DeliveryChannel.HAND: "By hand",
    DeliveryChannel.PHONE: "By phone",
    DeliveryChannel.VISIT: "At a visit",
}


def address(channel: DeliveryChannel, reach: Reach) -> Address:
    """Return where a letter goes on a channel. Raises NoAddress with the field that is missing."""
    match channel:
        case DeliveryChannel.EMAIL:
            if not reach.email:
                raise NoAddress("email", f"There is no e-mail address of {reach.name} on file.")
            return Address(channel, reach.name, reach.email, mailbox=reach.email, signed=reach.signed)
        case DeliveryChannel.FAX:
            if not reach.fax:
                raise NoAddress("fax", f"There is no fax number of {reach.name} on file.")
            return Address(channel, reach.name, reach.fax, mailbox=_fax_mailbox(reach), signed=reach.signed)
        case DeliveryChannel.LETTER:
            return Address(channel, reach.name, ", ".join(reach.postal))
        case _:
            return Address(channel, reach.name)


def _fax_mailbox(reach: Reach) -> str:
    """Return the mail address that becomes a fax; empty where a machine on the desk sends it."""
    if not reach.fax_gateway:
        return ""
    digits = re.sub(r"\D", "", reach.fax)
    return f"{'1' if len(digits) == 10 else ''}{digits}@{reach.fax_gateway}"


def mail_words(practice: str, kind: Kind, *, signed: str) -> tuple[str, str]:
    """Return subject and text of the mail around a letter: neither says whom it is about (H1)."""
    what = "report" if kind.frame == "report" else "letter"
    enclosed = " What it encloses is attached as well." if kind.enclosures else ""
    text = (
        f"Please find a one-page {what} attached.{enclosed}\n\n"
        "If it reached you by mistake, please delete it and tell us.\n\n"
        f"{signed}\n{practice}\n"
    )
    return f"A {what} from {practice}", text


def outreach_foot(postal: Sequence[str], refuse: str) -> str:
    """Return what stands below a mail nobody asked for: where it comes from, and how to have no more of them."""
    where = "".join(f"{line}\n" for line in postal if line)
    if refuse.startswith("https://"):
        return f"{where}\nNo more letters by mail: {refuse}\n"
    return f"{where}\nNo more letters by mail: answer this one with the word unsubscribe.\n"
