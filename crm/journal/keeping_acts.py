"""What happened to the data as a whole."""

from dataclasses import dataclass
from typing import ClassVar

from crm.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class DataRestored(Event):
    """The desk came back out of a backup made at `made_at` (ISO, UTC); what was entered later is missing."""

    type: ClassVar[str] = "data_restored"
    cadence: ClassVar[bool] = False
    made_at: str


@dataclass(frozen=True, kw_only=True)
class KeyRotated(Event):
    """New rows are sealed with the key `key_id` from here on."""

    type: ClassVar[str] = "key_rotated"
    cadence: ClassVar[bool] = False
    key_id: str
