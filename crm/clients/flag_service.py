"""A red flag: raised, answered, lifted. While one stands, exercise rests (H13)."""

from datetime import date, datetime

from crm.accounts.models import Practice
from crm.clients import flags, record_queries
from crm.clients.models import Client
from crm.clients.record_models import FlagRaised
from crm.clients.service import HOLD_TYPES, record_client_event, resting
from crm.crypto import Sealer
from crm.db import db
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.events import RedFlag
from crm.journal.flag_acts import HoldLifted, ProviderAskedThroughClient
from crm.journal.models import JournalEntry

TABLE = "red_flag"


class AlreadyLifted(Exception):  # noqa: N818
    """Exercise goes on after this flag already."""


def raise_flag(
    practice: Practice,
    client: Client,
    told: flags.Told,
    *,
    on: date,
    sealer: Sealer | None,
    now: datetime,
    actor: int | None = None,
) -> JournalEntry:
    """Record a red flag: exercise rests, the call and the letter are planned. The caller commits.

    `on` is the local day it was seen. Without a sealer nothing that was told is kept, but the flag stands.
    """
    earlier = on if on < journal.local_day(practice, now) else None
    entry = record_client_event(practice, client, RedFlag(client=client.code), now=now, on=earlier, actor=actor)
    if sealer is not None:
        row = FlagRaised(practice_id=practice.id, client_id=client.id, entry_seq=entry.seq, raised_on=on, sealed=b"")
        db.session.add(row)
        db.session.flush()  # its uuid binds the seal
        row.sealed = sealer.seal(flags.write(told), table=TABLE, row=row.uuid)
    if told.asked != "nobody":
        ask_through(practice, client, entry, told.asked, on=on, now=now, actor=actor)
    return entry


def open_flag(row: FlagRaised, sealer: Sealer) -> flags.Told:
    """Return what was written about a flag. Raises Unreadable."""
    return flags.read(sealer.open(row.sealed, table=TABLE, row=row.uuid))


def lift(
    practice: Practice,
    client: Client,
    flag: JournalEntry,
    words: str,
    *,
    on: date,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> JournalEntry:
    """Let exercise go on after a flag; `words` say who said so and within which limits. The caller commits.

    Raises AlreadyLifted.
    """
    if flag.seq not in standing(practice, client):
        raise AlreadyLifted(flag.seq)
    lifted = HoldLifted(client=client.code, flag=flag.seq)
    earlier = on if on < journal.local_day(practice, now) else None
    entry = record_client_event(practice, client, lifted, now=now, on=earlier, actor=actor)
    journal.add_note(entry, words, sealer)
    return entry


def ask_through(
    practice: Practice,
    client: Client,
    flag: JournalEntry,
    who: str,
    *,
    on: date,
    now: datetime,
    actor: int | None = None,
) -> JournalEntry:
    """Note that the client or the emergency contact was asked to call the provider. The caller commits."""
    asked = ProviderAskedThroughClient(client=client.code, flag=flag.seq, who=who)
    earlier = on if on < journal.local_day(practice, now) else None
    return journal.record(practice, asked, now=now, on=earlier, actor=actor)


def standing(practice: Practice, client: Client) -> list[int]:
    """Return the entries of the flags after which exercise still rests, oldest first."""
    return resting(journal_queries.entries_of_types(practice.id, client.id, set(HOLD_TYPES)))


def find_row(practice: Practice, client: Client, seq: int) -> FlagRaised | None:
    """Return what is on file of the flag behind an entry; None where the entry is all there is."""
    return next((row for row in record_queries.flags_of(practice.id, client.id) if row.entry_seq == seq), None)
