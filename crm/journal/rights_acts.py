"""What a client may ask for: a copy of all that is held, or that it be erased."""

from dataclasses import dataclass
from typing import ClassVar

from crm.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ClientExported(Event):
    """A copy of all that is held about a client was made for them."""

    type: ClassVar[str] = "client_exported"
    cadence: ClassVar[bool] = False
    client: str


@dataclass(frozen=True, kw_only=True)
class ClientErased(Event):
    """All that was held about a client was deleted; the ledger of erasures says the same."""

    type: ClassVar[str] = "client_erased"
    cadence: ClassVar[bool] = False
    client: str


@dataclass(frozen=True, kw_only=True)
class RetentionReviewed(Event):
    """Somebody looked through the records that have been kept as long as suggested."""

    type: ClassVar[str] = "retention_reviewed"
    cadence: ClassVar[bool] = False
