"""The cadence engine: from what has happened to what is due, when, and why (a pure function)."""

from crm.outreach.cadence.events import Event, event_from
from crm.outreach.cadence.parsing import CaseInput, parse_case, plan_to_json
from crm.outreach.cadence.records import (
    BadInput,
    Client,
    Override,
    Plan,
    PlannedTask,
    Practice,
    Source,
    Status,
)
from crm.outreach.cadence.rules import RULES, SHIPPED, Rule, RuleTable, load_rules
from crm.outreach.cadence.simulation import simulate

__all__ = [
    "RULES",
    "SHIPPED",
    "BadInput",
    "CaseInput",
    "Client",
    "Event",
    "Override",
    "Plan",
    "PlannedTask",
    "Practice",
    "Rule",
    "RuleTable",
    "Source",
    "Status",
    "event_from",
    "load_rules",
    "parse_case",
    "plan_to_json",
    "simulate",
]
