"""What a backup says of itself: which program and schema wrote it, what is in it, who was erased, what was sent."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

PROGRAM = "0.1.0"  # the version of this program, as pyproject.toml has it


@dataclass(frozen=True, slots=True)
class Erased:
    """A client who was erased, in the words of the ledger."""

    practice: str  # its uuid
    client: str  # their uuid
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the outbox had come: the newest message, the last one that was sent, and how many were on their way."""

    last_id: int = 0
    sent_at: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first line of every backup; the database follows it."""

    program: str
    schema: str  # revision of the newest migration
    made_at: datetime
    database: str  # where the rows came from: sqlite, postgresql
    key_id: str
    size: int  # of the database's file, unpacked
    sha256: str
    rows: dict[str, int]  # by table
    heads: dict[str, str]  # end of each practice's journal, by the practice's uuid
    erased: tuple[Erased, ...] = ()
    outbox: Watermark = Watermark()
    key_ids: tuple[str, ...] = ()  # that rows inside are sealed with; none said before keys could be changed
    trouble: str = ""  # what was wrong with a journal's chain when the backup was made

    @property
    def row_count(self) -> int:
        """Return how many rows are in the backup."""
        return sum(self.rows.values())

    def told(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        told = asdict(self)
        told["made_at"] = self.made_at.isoformat()
        told["erased"] = [{**asdict(line), "at": line.at.isoformat()} for line in self.erased]
        told["outbox"]["sent_at"] = self.outbox.sent_at.isoformat() if self.outbox.sent_at else None
        return told

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Manifest":
        """Return what `told` gave; raises KeyError, TypeError or ValueError for anything else."""
        sent_at = told["outbox"]["sent_at"]
        return cls(
            **{
                **told,
                "made_at": datetime.fromisoformat(told["made_at"]),
                "key_ids": tuple(told.get("key_ids", ())),
                "erased": tuple(Erased(**{**e, "at": datetime.fromisoformat(e["at"])}) for e in told["erased"]),
                "outbox": Watermark(
                    **{**told["outbox"], "sent_at": datetime.fromisoformat(sent_at) if sent_at else None}
                ),
            }
        )
