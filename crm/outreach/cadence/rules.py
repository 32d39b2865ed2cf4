"""The rules as data: read from config/cadence.toml, indexed by what starts and what ends a task (cadence.md 5, 6)."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from crm.outreach.cadence.offsets import NO_WINDOW, Offset, Window, parse_offset, parse_window
from crm.outreach.cadence.records import BadInput, Override

Parsed = TypeVar("Parsed")

SHIPPED_FILE = Path(__file__).parents[3] / "config" / "cadence.toml"


# Rules whose tasks are made by the effects of section 7, not because they list the event.
MADE_BY_EFFECT = frozenset(
    {"C14", "C31", "C31m", "C33", "C42", "C43", "C45", "C48", "C4Aa", "C4Ab", "C51a", "C51b", "C51c", "C51d", "C62"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One row of the rule table; `place` is its position, which is the order of creation.

    Rules are compared by identity, so that what is worked out for one can be remembered cheaply.
    """

    place: int
    id: str
    enabled: bool
    step: int
    on: tuple[str, ...]
    subject: str
    occurrence: str
    due: Offset
    window: Window
    roll: str
    calendar: str
    channel: str
    template: str
    touch: str
    cancel_on: frozenset[str]
    complete_on: frozenset[str]
    flags: frozenset[str]
    repeat: Offset | None
    urgent: bool
    pausable: bool
    clock: bool
    prefer: bool
    watch: bool
    card: bool
    cutoff: bool

    @property
    def counts_to_cap(self) -> bool:
        return self.touch in ("courtesy", "unsolicited")


class RuleTable:
    """All rules in table order, and which of them an event starts, cancels or completes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.by_id = {rule.id: rule for rule in rules}
        self.started_by = self._index(lambda rule: () if rule.id in MADE_BY_EFFECT else rule.on)
        self.cancelled_by = self._index(lambda rule: rule.cancel_on)
        self.completed_by = self._index(lambda rule: rule.complete_on)

    def __getitem__(self, rule_id: str) -> Rule:
        return self.by_id[rule_id]

    def started_by_any(self, triggers: Sequence[str]) -> Sequence[Rule]:
        """The rules that list one of `triggers`, each once, in table order; those made by effects are left out."""
        if len(triggers) == 1:
            return self.started_by.get(triggers[0], ())
        found = {rule.id: rule for trigger in triggers for rule in self.started_by.get(trigger, ())}
        return sorted(found.values(), key=lambda rule: rule.place)

    def with_overrides(self, overrides: Mapping[str, Override]) -> "RuleTable":
        """The table as one practice has changed it.

        Raises BadInput for an unknown rule, an offset that cannot be read and a date of a rule with
        behaviour in code, whose dates are not free to move.
        """
        return _changed_table(self, frozenset(overrides.items())) if overrides else self

    def changed(self, overrides: Iterable[tuple[str, Override]]) -> "RuleTable":
        changed = {rule_id: self._overridden(rule_id, change) for rule_id, change in overrides}
        return RuleTable({**self.by_id, **changed}.values())

    def _overridden(self, rule_id: str, change: Override) -> Rule:
        path = f"practice.rules.{rule_id}"
        rule = self.by_id.get(rule_id)
        if rule is None:
            raise BadInput(path, "there is no such rule")
        if change.enabled is not None:
            rule = replace(rule, enabled=change.enabled)
        if change.due is not None:
            rule = replace(rule, due=_moved(f"{path}.due", rule, change.due, parse_offset))
        if change.window is not None:
            rule = replace(rule, window=_moved(f"{path}.window", rule, change.window, parse_window))
        return rule

    def _index(self, listed: Callable[[Rule], Iterable[str]]) -> dict[str, tuple[Rule, ...]]:
        index: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.by_id.values():
            for name in listed(rule):
                index[name].append(rule)
        return {name: tuple(found) for name, found in index.items()}


@lru_cache(maxsize=256)
def _changed_table(table: RuleTable, overrides: frozenset[tuple[str, Override]]) -> RuleTable:
    """One table for one set of changes, however often it is replayed."""
    return table.changed(overrides)


def _moved(path: str, rule: Rule, text: str, parse: Callable[[str], Parsed]) -> Parsed:
    if "code" in rule.flags:
        raise BadInput(path, "the dates of this rule are fixed; it can only be switched off")
    return _read(path, text, parse)


def _read(path: str, text: str, parse: Callable[[str], Parsed]) -> Parsed:
    try:
        return parse(text)
    except ValueError as error:
        raise BadInput(path, str(error)) from error


def load_rules(toml_text: str) -> RuleTable:
    """Read the rule file; raise BadInput naming the row and column that cannot be read."""
    rows = tomllib.loads(toml_text)["rule"]
    return RuleTable(_rule_of(place, row) for place, row in enumerate(rows))


def _rule_of(place: int, row: Mapping[str, Any]) -> Rule:
    path = f"rule.{row['id']}"
    subject, occurrence = row["key"].split(".")
    flags = frozenset(row["flags"])
    repeat = next((flag.removeprefix("repeat=") for flag in flags if flag.startswith("repeat=")), None)
    return Rule(
        place=place,
        id=row["id"],
        enabled=row["enabled"],
        step=row["step"],
        on=tuple(row["on"]),
        subject=subject,
        occurrence=occurrence,
        due=_read(f"{path}.due", row["due"], parse_offset),
        window=_read(f"{path}.window", row["window"], parse_window) if "window" in row else NO_WINDOW,
        roll=row["roll"],
        calendar=row["cal"],
        channel=row["channel"],
        template=row["template"],
        touch=row["touch"],
        cancel_on=frozenset(row["cancel_on"]),
        complete_on=frozenset(row["complete_on"]),
        flags=flags,
        repeat=_read(f"{path}.flags", repeat, parse_offset) if repeat else None,
        urgent="urgent" in flags,
        pausable="pausable" in flags,
        clock="clock" in flags,
        prefer="prefer" in flags,
        watch="watch" in flags,
        card="card" in flags,
        cutoff="cutoff" in flags,
    )


SHIPPED = load_rules(SHIPPED_FILE.read_text(encoding="utf-8"))
RULES: Mapping[str, Rule] = SHIPPED.by_id
