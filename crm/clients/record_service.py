"""The record of a client: its parts saved as versions, who else treats them, a client who came without a referral."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.accounts.models import Practice
from crm.clients import queries, record, record_queries
from crm.clients.models import Client, ClientClass
from crm.clients.opened_queries import PROVIDERS, SHEETS, Provider, open_sheet
from crm.clients.record_models import ClientSheet, Part, TreatingProvider
from crm.clients.service import CodeTaken, add_client
from crm.crypto import Sealer
from crm.db import db
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.client_acts import RecordSaved
from crm.journal.events import ClientAdded
from crm.sources.models import Source


class Stale(Exception):  # noqa: N818
    """Somebody saved this part meanwhile; `newest` is how it stands now."""

    def __init__(self, newest: ClientSheet | None) -> None:
        super().__init__(newest.id if newest else 0)
        self.newest = newest


def take_in(
    practice: Practice,
    *,
    code: str,
    source: Source | None,
    client_class: ClientClass | None,
    name: str,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> Client:
    """Add a client who came without a referral. The caller commits. Raises CodeTaken."""
    if code and (queries.find_client(practice.id, code) or queries.was_erased(practice.id, code)):
        raise CodeTaken(code)
    client = add_client(
        practice, code=code, source=source, client_class=client_class, private={"name": name}, sealer=sealer
    )
    journal.record(practice, ClientAdded(client=client.code), now=now, actor=actor)
    return client


def save_sheet(
    practice: Practice,
    client: Client,
    part: Part,
    values: Mapping[str, Any],
    *,
    base: int,
    reason: str = "",
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> ClientSheet:
    """Save a part as a new version; the old one stays, with why it changed. The caller commits.

    `base` is the id of the version somebody saw, 0 for none. What did not change makes no version.
    Raises Stale where another version was saved since, Unreadable where the old one cannot be read:
    nothing is saved over what nobody could see.
    """
    newest = record_queries.sheet(practice.id, client.id, part)
    if (newest.id if newest else 0) != base:
        raise Stale(newest)
    if newest is not None and open_sheet(newest, sealer) == dict(values):
        return newest
    row = ClientSheet(practice_id=practice.id, client_id=client.id, part=part, sealed=b"", saved_at=now, saved_by=actor)
    db.session.add(row)
    db.session.flush()  # its uuid binds the seal
    row.sealed = sealer.seal({"values": dict(values), "reason": reason}, table=SHEETS, row=row.uuid)
    _keep_up(client, part, values, sealer)
    journal.record(practice, RecordSaved(client=client.code, part=part.value), now=now, actor=actor)
    return row


def _keep_up(client: Client, part: Part, values: Mapping[str, Any], sealer: Sealer) -> None:
    """Keep name and diagnosis beside the client's code too: letters read them, and every approval looks for names."""
    if part not in {Part.PERSON, Part.HEALTH}:
        return
    held = sealer.open(client.sealed, table="client", row=client.uuid) if client.sealed else {}
    if part is Part.PERSON:
        held["name"] = values.get("name", "")
    else:
        first: Mapping[str, Any] = next(iter(values.get("diagnoses") or ()), {})
        held |= {"diagnosis": first.get("text", ""), "icd10": first.get("icd10", "")}
    client.sealed = sealer.seal(held, table="client", row=client.uuid)


def name_provider(
    practice: Practice,
    client: Client,
    told: Provider,
    source: Source | None,
    *,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> TreatingProvider:
    """Note who else treats a client. Somebody who is no source yet is a task: get to know them (C02)."""
    row = TreatingProvider(
        practice_id=practice.id, client_id=client.id, source_id=source.id if source else None, sealed=b""
    )
    db.session.add(row)
    db.session.flush()
    held = {name: getattr(told, name) for name in Provider.__slots__}
    row.sealed = sealer.seal(held, table=PROVIDERS, row=row.uuid)
    named_before = journal_queries.entries_of_types(practice.id, client.id, {"client_added"})
    if source is None and not any(entry.payload.get("new_provider") for entry in named_before):
        journal.record(practice, ClientAdded(client=client.code, new_provider=True), now=now, actor=actor)
    return row


@dataclass(frozen=True, slots=True)
class Told:
    """What a referral already said of a client."""

    name: str
    diagnosis: record.Diagnosis | None


def told_by_referral(practice: Practice, client: Client, sealer: Sealer) -> Told:
    """Return what the newest referral told, so that nobody types it twice. Raises Unreadable."""
    held = sealer.open(client.sealed, table="client", row=client.uuid) if client.sealed else {}
    referral = next(iter(queries.referrals_of(practice.id, client.id)), None)
    if referral is None:
        return Told(held.get("name", ""), None)
    told = sealer.open(referral.sealed, table="referral", row=referral.uuid)
    if not (told.get("diagnosis") or told.get("icd10")):
        return Told(held.get("name", ""), None)
    by = referral.source.display_name
    stated = record.Diagnosis(told.get("diagnosis", ""), told.get("icd10", ""), by, referral.received_on)
    return Told(held.get("name", ""), stated)
