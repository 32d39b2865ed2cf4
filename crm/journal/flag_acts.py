"""What happens around a red flag beside the cadence: exercise goes on, and who was asked to call the provider."""

from dataclasses import dataclass
from typing import ClassVar

from crm.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class HoldLifted(Event):
    """Exercise goes on after a red flag; `flag` is the entry of the flag, who said so is in the sealed note."""

    type: ClassVar[str] = "hold_lifted"
    cadence: ClassVar[bool] = False
    client: str
    flag: int


@dataclass(frozen=True, kw_only=True)
class ProviderAskedThroughClient(Event):
    """Somebody was asked to call the provider, as no release lets us write: `who` is client or emergency."""

    type: ClassVar[str] = "provider_asked_through_client"
    cadence: ClassVar[bool] = False
    client: str
    flag: int
    who: str
