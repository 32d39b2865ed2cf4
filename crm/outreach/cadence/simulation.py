"""The one question the engine answers: given what has happened, what is due, when, and why?"""

from collections.abc import Iterable
from datetime import date

from crm.outreach.cadence.desk import Desk
from crm.outreach.cadence.events import Event, in_order
from crm.outreach.cadence.planning import plan
from crm.outreach.cadence.records import Client, Plan, Practice, Source
from crm.outreach.cadence.replay import replay
from crm.outreach.cadence.rules import SHIPPED, RuleTable


def simulate(  # noqa: PLR0917 - the six things a plan depends on
    practice: Practice,
    sources: Iterable[Source],
    clients: Iterable[Client],
    events: Iterable[Event],
    as_of: date,
    rules: RuleTable = SHIPPED,
) -> Plan:
    """Replay `events` up to the end of `as_of` and plan what is open then.

    A pure function: no clock, no database. Events of later days have not happened yet.
    Raises BadInput if the practice's own rules cannot be read.
    """
    desk = Desk(practice, sources, clients, rules.with_overrides(practice.rules))
    replay(desk, in_order(event for event in events if event.on <= as_of))
    return plan(desk, as_of)
