"""Gathers what is on file for a client's support packet, and says where none is made."""

from crm.accounts.models import Practice
from crm.clients import criteria_queries, opened_queries, queries, record_queries
from crm.clients.criteria import Referred, why_no_packet
from crm.clients.models import Client
from crm.clients.record import Person
from crm.clients.record_models import Part
from crm.crypto import Sealer, Unreadable
from crm.documents.facts import Recipient, Reported
from crm.documents.packet_words import ReferralOnFile, packet_lines
from crm.documents.report_queries import on_file


def person_of(practice: Practice, client: Client, sealer: Sealer) -> Person:
    """Return who the client is. Raises Unreadable: nobody may take a government plan for none (H10)."""
    row = record_queries.sheet(practice.id, client.id, Part.PERSON)
    person: Person = opened_queries.read_part(row, Part.PERSON, sealer)
    return person


def refusal(practice: Practice, client: Client, sealer: Sealer) -> str:
    """Say why no packet is made for this client; empty where one may be."""
    try:
        person = person_of(practice, client, sealer)
    except Unreadable:
        return "How the client is insured cannot be read: no support packet is made."
    return why_no_packet(person.insurance, criteria_queries.referred(practice, client, sealer))


def addressed(practice: Practice, client: Client, sealer: Sealer) -> Recipient:
    """Return the client as the one a packet is for; by the code where no name is on file. Raises Unreadable."""
    person = person_of(practice, client, sealer)
    return Recipient(person.name or client.code, "", "", is_doctor=False, street=person.address)


def packet(practice: Practice, client: Client, sealer: Sealer) -> Reported:
    """Return what a packet says by itself, or why there is none."""
    if why := refusal(practice, client, sealer):
        return Reported(refused=why)
    sessions = [(row.id, row.held_on) for row in criteria_queries.logged(practice, client, sealer)]
    lines = packet_lines(on_file(practice, client, sealer), sessions, _referral(practice, client, sealer))
    return Reported(lines=lines)


def _referral(practice: Practice, client: Client, sealer: Sealer) -> ReferralOnFile | None:
    """Return the newest referral that is valid for this purpose."""
    for row in queries.referrals_of(practice.id, client.id):
        by = Referred(
            row.source.display_name, row.source.credential.value, row.received_on, row.is_written, row.has_transition
        )
        if by.valid:
            return ReferralOnFile(row.id, by.by, row.received_on, _requested(row.sealed, row.uuid, sealer))
    return None


def _requested(sealed: bytes, uuid: str, sealer: Sealer) -> str:
    try:
        return str(sealer.open(sealed, table="referral", row=uuid).get("service") or "")
    except Unreadable:
        return ""
