"""One client with a full file: a hundred sealed values, logs and notes, filed as the product files them."""

from datetime import date, datetime, timedelta

from crm.accounts.models import Practice
from crm.clients import measure_service, session_service
from crm.clients.measures import Reading
from crm.clients.models import Client
from crm.clients.record_models import Attendance, Occasion
from crm.clients.vitals import Words
from crm.crypto import Sealer
from crm.journal import queries as journal_queries
from crm.journal import service as journal

MEASURES = {"chair-stand-30s": 9.0, "tug": 13.0, "gait-speed": 0.9, "six-minute-walk": 310.0, "grip": 22.0}
OCCASIONS = 20
SESSIONS = 100


def fill(practice: Practice, client: Client, sealer: Sealer, *, now: datetime, today: date) -> None:
    """File twenty times five measured values and a hundred sessions, each with a log and a note."""
    for number in range(SESSIONS):
        held_on = today - timedelta(days=SESSIONS - number)
        words = Words(done=f"Round {number}: step-ups, carries, balance.", response="No pain.", plan="Step height up.")
        details = session_service.SessionDetails(
            held_on, Attendance.ATTENDED, words, form_key=f"bench-{number}", reason="A clearance is on file."
        )
        session_service.log_session(practice, client, details, sealer=sealer, now=now)
    for entry in journal_queries.entries_of_types(practice.id, client.id, {"session_held"})[-SESSIONS:]:
        journal.add_note(entry, "Came by bus, slept well, wants to garden again.", sealer)
    for number in range(OCCASIONS):
        on = today - timedelta(days=(OCCASIONS - number) * 5)
        readings = [Reading(key, value * (1 + number / 50), on) for key, value in MEASURES.items()]
        occasion = Occasion.AGAIN if number else Occasion.BASELINE
        measure_service.take_measures(practice, client, readings, occasion, on=on, sealer=sealer, now=now)
