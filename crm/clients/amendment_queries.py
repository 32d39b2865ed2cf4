"""Every change of a client's file that is kept: versions of the record, corrected values, letters written again."""

from dataclasses import asdict
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import aliased

from crm.accounts.models import Practice, User
from crm.clients.amendments import Amendment, Change, changes
from crm.clients.measures import MEASURES
from crm.clients.models import Client
from crm.clients.opened_queries import earlier_logs, open_sheet, open_value, open_words, reason_of
from crm.clients.record_models import ClientSheet, Part
from crm.clients.record_queries import measurements_of, sessions_of
from crm.crypto import Sealer
from crm.db import db
from crm.documents.letters import kind_of
from crm.documents.models import Document
from crm.journal.models import EntryNote, JournalEntry

TITLES = {
    Part.PERSON: "Person", Part.HEALTH: "Health and limits", Part.GATE: "Intake", Part.PLAN: "Plan of exercise",
    Part.CRITERIA: "Six criteria",
}  # fmt: skip


def amendments(practice: Practice, client: Client, sealer: Sealer) -> list[Amendment]:
    """Return what was changed, newest first. Raises Unreadable where a version cannot be read."""
    found = [
        *_of_record(practice, client, sealer),
        *_of_values(practice, client, sealer),
        *_of_sessions(practice, client, sealer),
        *_of_letters(practice, client),
    ]
    return sorted(found, key=lambda amendment: amendment.on, reverse=True)


def _of_record(practice: Practice, client: Client, sealer: Sealer) -> list[Amendment]:
    query = (
        select(ClientSheet, User.name)
        .outerjoin(User, User.id == ClientSheet.saved_by)
        .where(ClientSheet.practice_id == practice.id, ClientSheet.client_id == client.id)
        .order_by(ClientSheet.part, ClientSheet.id)
    )
    versions = db.session.execute(query).tuples().all()
    return [
        Amendment(
            TITLES[row.part],
            practice.local(row.saved_at),
            by or "",
            reason_of(row, sealer),
            changes(open_sheet(before, sealer), open_sheet(row, sealer)),
        )
        for (before, _by), (row, by) in pairwise(versions)
        if before.part is row.part
    ]


def _of_values(practice: Practice, client: Client, sealer: Sealer) -> list[Amendment]:
    rows = {row.id: row for row in measurements_of(practice.id, client.id, replaced=True)}
    corrected = [row for row in rows.values() if row.replaces_id in rows]
    told = _entries([row.entry_seq for row in corrected], sealer)
    found = []
    for row in corrected:
        now, before = open_value(row, sealer), open_value(rows[row.replaces_id or 0], sealer)
        measure, (at, by, reason) = MEASURES[now.measure], told[row.entry_seq]
        change = Change(f"Value of {now.on.isoformat()}", measure.with_unit(before.value), measure.with_unit(now.value))
        found.append(Amendment(measure.title, practice.local(at), by, reason, (change,)))
    return found


def _of_sessions(practice: Practice, client: Client, sealer: Sealer) -> list[Amendment]:
    names = dict(db.session.execute(select(User.id, User.name).where(User.practice_id == practice.id)).tuples().all())
    found = []
    for row in sessions_of(practice.id, client.id):
        earlier = earlier_logs(row, sealer)
        words = [*(log["words"] for log in earlier), asdict(open_words(row, sealer))]
        for log, (before, after) in zip(earlier, pairwise(words), strict=True):
            on = practice.local(datetime.fromisoformat(log["until"]))
            title = f"Session log of {row.held_on.isoformat()}"
            found.append(Amendment(title, on, names.get(log["by"] or 0, ""), "", changes(before, after)))
    return found


def _entries(seqs: list[int], sealer: Sealer) -> dict[int, tuple[datetime, str, str]]:
    """Return when, by whom and why some entries were written."""
    query = (
        select(JournalEntry.seq, JournalEntry.at, User.name, EntryNote.sealed)
        .outerjoin(EntryNote, EntryNote.entry_seq == JournalEntry.seq)
        .outerjoin(User, User.id == JournalEntry.actor)
        .where(JournalEntry.seq.in_(seqs))
    )
    return {
        seq: (at, by or "", str(sealer.open(note, table="entry_note", row=str(seq))["text"]) if note else "")
        for seq, at, by, note in db.session.execute(query).tuples()
    }


def _of_letters(practice: Practice, client: Client) -> list[Amendment]:
    """Return the letters that were written again: the approved one is kept, the newer one names it."""
    older = aliased(Document)
    query = (
        select(Document, older.approved_at, User.name)
        .join(older, older.id == Document.replaces_id)
        .outerjoin(User, User.id == Document.created_by)
        .where(Document.practice_id == practice.id, Document.client_id == client.id)
    )
    found = []
    for row, approved_at, by in db.session.execute(query).tuples():
        before = f"approved on {practice.local(approved_at).isoformat()}" if approved_at else ""
        after = f"approved on {practice.local(row.approved_at).isoformat()}" if row.approved_at else row.state.value
        on = practice.local(row.created_at)
        found.append(Amendment(kind_of(row.key).title, on, by or "", "", (Change("Written again", before, after),)))
    return found
