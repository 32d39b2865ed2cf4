"""Where client data lies sealed: every column that holds it, in one list; a test finds the one that is missing."""

from dataclasses import dataclass
from typing import Any

from crm.clients.models import Client, Referral
from crm.clients.record_models import ClientSheet, FlagRaised, Goal, Measurement, SessionLog, TreatingProvider
from crm.documents.models import Document, DocumentFile
from crm.journal.models import EntryNote
from crm.outreach.models import Task

BATCH = 500
FILES = 50  # each of them is a whole letter


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """The column `sealed` of a table: the number of a row, what its value is bound to, and how many to take at once."""

    model: type[Any]
    number: str = "id"
    bound_to: str = "uuid"
    batch: int = BATCH

    @property
    def table(self) -> str:
        """Return the name of the table, to which values are bound as well."""
        return str(self.model.__tablename__)


SEALED = (
    SealedColumn(Client),
    SealedColumn(Referral),
    SealedColumn(ClientSheet),
    SealedColumn(TreatingProvider),
    SealedColumn(SessionLog),
    SealedColumn(Measurement),
    SealedColumn(Goal),
    SealedColumn(FlagRaised),
    SealedColumn(Document),
    SealedColumn(DocumentFile, batch=FILES),
    SealedColumn(EntryNote, number="entry_seq", bound_to="entry_seq"),
    SealedColumn(Task),
)
