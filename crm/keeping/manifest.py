"""What a backup says of itself: which program and schema wrote it, what is in it, who was erased, what was sent."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

BACKUP, LEDGER = "backup", "ledger"


@dataclass(frozen=True, slots=True)
class Contents:
    """One table: its columns in their order, how many rows, and the SHA-256 of its lines."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        """Name the file of the table in the archive."""
        return f"tables/{self.name}.jsonl.gz"


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
    """The first member of every archive. A ledger has no tables: it only says who was erased."""

    kind: str
    program: str
    schema: str  # revision of the newest migration
    made_at: datetime
    database: str  # sqlite, postgresql
    key_id: str
    practices: tuple[str, ...] = ()  # uuids
    tables: tuple[Contents, ...] = ()
    files: dict[str, str] = field(default_factory=dict)  # SHA-256 by name
    erased: tuple[Erased, ...] = ()
    outbox: Watermark = Watermark()
    heads: dict[str, str] = field(default_factory=dict)  # end of each practice's journal, by uuid
    trouble: str = ""  # what was wrong with the journal's chain when the backup was made

    def members(self) -> dict[str, str]:
        """Return the SHA-256 of each member of the archive, unpacked, by name."""
        return {table.member: table.sha256 for table in self.tables} | self.files

    def rows_in(self, member: str, otherwise: int) -> int:
        """Return how many lines a member has; `otherwise` for one that is no table."""
        return next((table.rows for table in self.tables if table.member == member), otherwise)

    @property
    def rows(self) -> int:
        """Return how many rows are in the backup."""
        return sum(table.rows for table in self.tables)

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
                "practices": tuple(told["practices"]),
                "tables": tuple(Contents(**{**t, "columns": tuple(t["columns"])}) for t in told["tables"]),
                "erased": tuple(Erased(**{**e, "at": datetime.fromisoformat(e["at"])}) for e in told["erased"]),
                "outbox": Watermark(
                    **{**told["outbox"], "sent_at": datetime.fromisoformat(sent_at) if sent_at else None}
                ),
            }
        )
