"""What the journal knows about one source: its events folded into where it stands and why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from crm.pipeline.signs import (
    ANSWERS,
    BY_HAND,
    ENTERS,
    EVENT_SIGNS,
    HEARD,
    IN_PROGRAMME,
    INTERNAL,
    RULE_SIGNS,
    Side,
    Sign,
    Step,
)

NURTURE_DAYS = 90  # domain.md 12.3 C14: one note every 90 days
DECLINED_DAYS = 365  # C15: next possible contact
UNHEARD_DAYS = 90  # C60: no referral; we count any word from the source
UNTOUCHED_DAYS = 45  # C60: no touch


@dataclass(frozen=True, slots=True)
class Fact:
    """One event that concerns the source: type, local date, and the fields of the journal's payload.

    A `task_done` also carries `on_time`, which is true when left out.
    """

    type: str
    on: date
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aside:
    """A side state: since when, why, and the date to look again. `ends`: that date ends it."""

    side: Side
    since: date
    why: str
    wake_on: date | None = None
    ends: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one source after its last event; `proven` is the highest step by evidence alone."""

    step: Step = Step.IDENTIFIED
    since: date | None = None
    evidence: tuple[str, ...] = ()
    proven: Step = Step.IDENTIFIED
    aside: Aside | None = None
    opted_out: bool = False
    answered: bool = False  # since the latest introduction
    counts: Mapping[Sign, int] = field(default_factory=dict)
    on_time: Mapping[Sign, int] = field(default_factory=dict)
    heard_on: date = date.min
    touched_on: date = date.min
    quiet_from: date = date.min  # a silence is counted from here at the earliest: moved by hand, woken, discharged
    active: frozenset[str] = frozenset()
    discharged: frozenset[str] = frozenset()


def fold(facts: Iterable[Fact]) -> Facts:
    """Fold a source's events, given in the order in which they were written down.

    They take effect in the order of their dates, except that what is written down after a move by hand
    is news to that move, even when it happened before it.
    """
    known = Facts()
    for on, fact in _in_order(facts):
        known = pass_time(known, on)
        known = _apply(replace(known, since=known.since or on), on, fact)
    return known


def _in_order(facts: Iterable[Fact]) -> list[tuple[date, Fact]]:
    floor, dated = date.min, []
    for fact in facts:
        on = max(fact.on, floor)
        dated.append((on, fact))
        floor = on if fact.type in BY_HAND else floor
    return sorted(dated, key=lambda pair: pair[0])


def pass_time(known: Facts, today: date) -> Facts:
    """Let the calendar do what it does by `today`: wake who was put aside until a date, see who went silent."""
    aside = known.aside
    if aside and aside.ends and aside.wake_on and aside.wake_on <= today:
        known = _woken(known, aside.wake_on)
    if known.aside is None and (silent := _silent_from(known)) and silent <= today:
        why = f"referred before, and nothing heard for {UNHEARD_DAYS} days"
        known = replace(known, aside=Aside(Side.DORMANT, silent, why))
    return known


def _silent_from(known: Facts) -> date | None:
    """Return when a source that referred becomes silent; None while a shared client is in the programme.

    C60 warns when either clock runs out. We park only when both have: nothing heard for 90 days and no
    touch for 45, so that neither our own idleness nor a courtesy call under way hides a source.
    """
    if not known.counts.get(Sign.REFERRAL) or known.active:
        return None
    return max(
        known.heard_on + timedelta(UNHEARD_DAYS),
        known.touched_on + timedelta(UNTOUCHED_DAYS),
        known.quiet_from + timedelta(UNTOUCHED_DAYS),
    )


def _apply(known: Facts, on: date, fact: Fact) -> Facts:
    if handler := HANDLERS.get(fact.type):
        return handler(known, on, fact)
    if sign := EVENT_SIGNS.get(fact.type):
        return _see(known, on, fact, sign)
    return known


def _see(known: Facts, on: date, fact: Fact, sign: Sign) -> Facts:
    """Take one sign in: count it, move the step it enters, begin or end a side state."""
    in_time = bool(fact.fields.get("on_time", True))
    known = replace(
        known,
        counts={**known.counts, sign: known.counts.get(sign, 0) + 1},
        on_time={**known.on_time, sign: known.on_time.get(sign, 0) + in_time},
        heard_on=max(known.heard_on, fact.on) if sign in HEARD else known.heard_on,
        answered=sign in ANSWERS or (known.answered and sign is not Sign.INTRODUCTION),
    )
    if sign in ENTERS:
        known = _enter(known, on, *ENTERS[sign])
    return _side_after(known, on, sign)


def _enter(known: Facts, on: date, step: Step, words: str) -> Facts:
    known = replace(known, proven=max(known.proven, step))
    if step > known.step:
        return replace(known, step=step, since=on, evidence=(words,))
    if step == known.step and words not in known.evidence:
        return replace(known, evidence=(*known.evidence, words))
    return known


def _side_after(known: Facts, on: date, sign: Sign) -> Facts:
    """Begin or end a side state (domain.md 1.6). "Do not contact" is absolute (H18, D34)."""
    effect = SIDE_EFFECTS.get(sign)
    return known if effect is None or known.opted_out else effect(known, on)


def _opted_out(known: Facts, on: date) -> Facts:
    return replace(known, opted_out=True, aside=Aside(Side.DO_NOT_CONTACT, on, "asked not to be contacted"))


def _declined(known: Facts, on: date) -> Facts:
    """Leave a source that said no alone for a year (C15)."""
    wake_on = on + timedelta(DECLINED_DAYS)
    return replace(known, aside=Aside(Side.DECLINED, on, "politely said no", wake_on, ends=True))


def _unanswered(known: Facts, on: date) -> Facts:
    """Rest after the third touch without an answer since the latest introduction (H17, C14)."""
    if known.answered or known.aside:
        return known
    wake_on = on + timedelta(NURTURE_DAYS)
    return replace(known, aside=Aside(Side.NURTURE, on, "third touch without a reply", wake_on))


def _begun_anew(known: Facts, on: date) -> Facts:
    return _woken(known, on) if _is(known, Side.NURTURE) else known


def _noted(known: Facts, on: date) -> Facts:
    """Put the next look off after a nurture note; a date chosen by hand stays."""
    if known.aside is None or known.aside.side is not Side.NURTURE or known.aside.by_hand:
        return known
    return replace(known, aside=replace(known.aside, wake_on=on + timedelta(NURTURE_DAYS)))


def _is(known: Facts, side: Side) -> bool:
    return known.aside is not None and known.aside.side is side


def _woken(known: Facts, on: date) -> Facts:
    if known.aside is None or known.opted_out:
        return known
    return replace(known, aside=None, since=max(on, known.since or on), quiet_from=on)


def _on_task_done(known: Facts, on: date, fact: Fact) -> Facts:
    """Read a finished task by its rule: the part of its key before the first colon."""
    rule = str(fact.fields["key"]).partition(":")[0]
    known = known if rule in INTERNAL else _on_touch(known, on, fact)
    sign = RULE_SIGNS.get(rule)
    if rule == "C11" and fact.fields.get("receipt"):
        sign = Sign.RECEIPT
    return _see(known, on, fact, sign) if sign else known


def _on_touch(known: Facts, on: date, fact: Fact) -> Facts:
    """Count a contact; it also ends a silence, since the source is being worked again."""
    touched = replace(known, touched_on=max(known.touched_on, fact.on))
    by_silence = known.aside is not None and known.aside.side is Side.DORMANT and not known.aside.by_hand
    return _woken(touched, on) if by_silence else touched


def _on_client(known: Facts, on: date, fact: Fact) -> Facts:
    """Note a shared client in the programme: such a source is not dormant."""
    client = str(fact.fields["client"])
    if client in known.discharged:
        return known
    known = replace(known, active=known.active | {client})
    return _woken(known, on) if _is(known, Side.DORMANT) else known


def _on_discharged(known: Facts, on: date, fact: Fact) -> Facts:
    client = str(fact.fields["client"])
    return replace(
        known,
        active=known.active - {client},
        discharged=known.discharged | {client},
        quiet_from=max(known.quiet_from, on),
    )


def _on_overridden(known: Facts, on: date, fact: Fact) -> Facts:
    known = _woken(known, on)
    return replace(known, step=Step(int(fact.fields["to"])), since=on, evidence=("placed by hand",), quiet_from=on)


def _on_parked(known: Facts, on: date, fact: Fact) -> Facts:
    side, wake_on = Side(fact.fields["side"]), fact.fields.get("wake_on")
    if known.opted_out:
        return known
    if side is Side.DO_NOT_CONTACT:
        return _see(known, on, fact, Sign.OPTED_OUT)
    until = date.fromisoformat(wake_on) if wake_on else None
    return replace(known, aside=Aside(side, on, "parked by hand", until, ends=until is not None, by_hand=True))


def _on_woken(known: Facts, on: date, fact: Fact) -> Facts:  # noqa: ARG001
    return _woken(known, on)


HANDLERS: dict[str, Callable[[Facts, date, Fact], Facts]] = {
    "task_done": _on_task_done,
    "touch_logged": _on_touch,
    "discharged": _on_discharged,
    "step_overridden": _on_overridden,
    "source_parked": _on_parked,
    "source_woken": _on_woken,
    **dict.fromkeys(IN_PROGRAMME, _on_client),
}
SIDE_EFFECTS: dict[Sign, Callable[[Facts, date], Facts]] = {
    Sign.OPTED_OUT: _opted_out,
    Sign.DECLINED: _declined,
    Sign.THIRD_TOUCH: _unanswered,
    Sign.INTRODUCTION: _begun_anew,
    Sign.NOTE: _noted,
    **dict.fromkeys(ANSWERS, _woken),
}
