"""Planning step 1: the gates that hold an open task back or end it, first match wins (cadence.md 8.1)."""

from collections.abc import Callable
from datetime import date, timedelta

from crm.outreach.cadence.desk import Desk
from crm.outreach.cadence.drafts import Draft

REST_AFTER_DECLINE = timedelta(days=365)


def apply_gates(desk: Desk, drafts: list[Draft], as_of: date) -> None:
    cared_for = {file.client.source for file in desk.clients.values() if file.has_baseline and not file.discharged}
    for draft in drafts:
        for gate in GATES:
            if gate(desk, draft, as_of):
                break
        else:
            if draft.task.rule.id == "C60" and draft.task.source in cared_for:
                draft.suppress("active-client")


def _opted_out(desk: Desk, draft: Draft, _as_of: date) -> bool:
    """Do-not-contact is absolute, except for the safety of a shared client (D18, D34)."""
    rule, source = draft.task.rule, draft.task.source
    if rule.touch == "none" or rule.urgent or source is None or not desk.sources[source].opted_out:
        return False
    draft.cancel("opt_out")
    return True


def _declined(desk: Desk, draft: Draft, _as_of: date) -> bool:
    """Who said no is left alone for a year."""
    if draft.task.rule.id != "C10":
        return False
    declined_on = desk.sources[draft.task.source or ""].declined_on
    if declined_on is None or not declined_on <= draft.task.trigger.on < declined_on + REST_AFTER_DECLINE:
        return False
    draft.suppress("declined")
    return True


def _visit_passed(_desk: Desk, draft: Draft, as_of: date) -> bool:
    if draft.task.rule.id != "C43" or as_of < draft.task.anchor:
        return False
    draft.cancel("visit-passed")
    return True


def _paused(desk: Desk, draft: Draft, _as_of: date) -> bool:
    """A pause holds tasks back instead of deleting them (D28)."""
    client = draft.task.client
    if not draft.task.rule.pausable or client is None or desk.clients[client].paused_since is None:
        return False
    draft.suppress("paused")
    return True


def _too_late(_desk: Desk, draft: Draft, _as_of: date) -> bool:
    """Nothing is due on or after the visit it prepares (D23)."""
    if draft.task.rule.id != "C43" or draft.due < draft.task.anchor:
        return False
    draft.suppress("too-late")
    return True


Gate = Callable[[Desk, Draft, date], bool]
GATES: tuple[Gate, ...] = (_opted_out, _declined, _visit_passed, _paused, _too_late)
