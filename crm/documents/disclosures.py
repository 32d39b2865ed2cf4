"""The list of what was told about a client: what, to whom, when, why and under which release (164.528)."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from crm.clients.models import Release
from crm.documents.letters import kind_of
from crm.documents.models import Delivery, Proof
from crm.text import csv_cell

HEAD = ("date", "document", "to", "channel", "address", "purpose", "release", "arrival", "confirmed by")
# why something is told, by the group of the letter
PURPOSES = {
    "Referrals": "answer to the office's own referral",
    "Reports": "report to a treating provider",
    "Shared clients": "coordination with a treating provider",
    "For the client": "handed to the client for their own use",
}
NO_RELEASE = {"referral": "none needed: initials and date only", "self": "none needed: it is the client's own"}


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One copy that left."""

    on: date
    title: str
    to: str
    channel: str
    address: str
    purpose: str
    release: str
    arrival: str
    confirmed_by: str
    document_id: int

    @classmethod
    def of(cls, delivery: Delivery, release: Release | None, on: date) -> Self:
        """Put one delivery into words; `on` is its local date."""
        kind = kind_of(delivery.document.key)
        covered = (
            f"{release.from_on} to {release.until_on}"
            if release
            else NO_RELEASE.get(kind.about, NO_RELEASE["referral"])
        )
        return cls(
            on, kind.title, delivery.to_name, delivery.channel.value, delivery.to_address,
            PURPOSES.get(kind.group, "correspondence"), covered,
            delivery.proof.value.replace("_", " ") if delivery.proof != Proof.NONE else "not confirmed",
            delivery.proof_to, delivery.document_id,
        )  # fmt: skip

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table as text that no spreadsheet takes for a formula."""
        values = (
            self.on.isoformat(), self.title, self.to, self.channel, self.address, self.purpose, self.release,
            self.arrival, self.confirmed_by,
        )  # fmt: skip
        return tuple(csv_cell(value) for value in values)
