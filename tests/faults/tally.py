"""Count what became of every mail of a run with kills, in the words of Jepsen's test of queues. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crm.outreach.models import MessageState
from crm.outreach.sending import COUNTED_AS_SENT


class Verdict(StrEnum):
    """What became of one mail; the last four must not be."""

    OK = "ok"  # sent once, undisturbed
    RECOVERED = "recovered"  # cut off at least once, sent once all the same
    REFUSED = "refused"  # the server said no for good, and the row says so with its words
    UNKNOWN = "unknown"  # cut off between DATA and the commit: a person is asked
    COUNTED = "counted_as_sent"  # the same doubt about a digest, which counts as sent by design
    LOST = "lost"  # said to be sent and never kept, gone from the table, stuck, or given up without a refusal
    DUPLICATED = "duplicated"  # kept more than once
    UNEXPECTED = "unexpected"  # kept, and there is no row, or one that says it never left
    UNKNOWN_ELSEWHERE = "unknown_elsewhere"  # in doubt although nothing was cut off between DATA and the commit


VIOLATIONS = (Verdict.LOST, Verdict.DUPLICATED, Verdict.UNEXPECTED, Verdict.UNKNOWN_ELSEWHERE)
DOUBT = (Verdict.UNKNOWN, Verdict.COUNTED)


@dataclass(frozen=True)
class Row:
    """What the table says of a mail in the end."""

    recipient: str
    state: MessageState
    reply: str = ""


@dataclass
class History:
    """All that was seen from outside, and the table; each mail has a recipient of its own."""

    queued: dict[str, str] = field(default_factory=dict)  # Message-ID -> recipient, noted as it was queued
    rows: dict[str, Row] = field(default_factory=dict)  # by Message-ID
    kept: Counter[str] = field(default_factory=Counter)  # how often the server kept each Message-ID
    cut: set[str] = field(default_factory=set)  # recipients whose mail was cut off anywhere
    in_doubt: set[str] = field(default_factory=set)  # those cut off between DATA and the commit
    refusals: set[str] = field(default_factory=set)  # every refusal the server said
    kills: list[tuple[str, str]] = field(default_factory=list)  # where, and whose mail was under way ("": nobody's)

    def verdicts(self) -> dict[str, Verdict]:
        """Judge every mail, by Message-ID; also those that only the server knows."""
        strangers = self.kept.keys() - self.queued.keys()
        return {name: self._judge(name) for name in self.queued} | dict.fromkeys(strangers, Verdict.UNEXPECTED)

    def _judge(self, name: str) -> Verdict:
        row, copies = self.rows.get(name), self.kept[name]
        if copies > 1:
            return Verdict.DUPLICATED
        doubt = row is not None and (row.state == MessageState.UNKNOWN or row.reply == COUNTED_AS_SENT)
        if row is not None and doubt and row.recipient not in self.in_doubt:
            return Verdict.UNKNOWN_ELSEWHERE
        if row is not None and doubt:
            return Verdict.UNKNOWN if row.state == MessageState.UNKNOWN else Verdict.COUNTED
        return self._left(row) if copies else self._stayed(row)

    def _left(self, row: Row | None) -> Verdict:
        if row is None or row.state != MessageState.SENT:
            return Verdict.UNEXPECTED
        return Verdict.RECOVERED if row.recipient in self.cut else Verdict.OK

    def _stayed(self, row: Row | None) -> Verdict:
        if row is not None and row.state == MessageState.FAILED and row.reply in self.refusals:
            return Verdict.REFUSED
        return Verdict.LOST

    def wrong(self) -> Iterator[str]:
        """Tell of each mail that must not be, for the person who looks for the bug."""
        for name, verdict in self.verdicts().items():
            if verdict in VIOLATIONS:
                row = self.rows.get(name)
                told = f"{row.recipient} {row.state.value} ({row.reply})" if row else "no row"
                yield f"{verdict.value}: {name} kept {self.kept[name]} times; {told}"


@dataclass
class Tally:
    """The figures of one or many histories."""

    mails: int = 0
    kills: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    doubt_arrived: int = 0  # of the mails in doubt, those the server had kept
    steps: dict[str, Counter[str]] = field(default_factory=dict)  # kills at each step, and what became of the mail
    wrong: list[str] = field(default_factory=list)

    def add(self, history: History) -> None:
        """Count one history."""
        verdicts = history.verdicts()
        of_recipient = {recipient: verdicts[name] for name, recipient in history.queued.items()}
        self.mails += len(history.queued)
        self.kills += len(history.kills)
        self.verdicts.update(verdict.value for verdict in verdicts.values())
        self.doubt_arrived += sum(history.kept[name] for name, verdict in verdicts.items() if verdict in DOUBT)
        for where, recipient in history.kills:
            became = of_recipient[recipient].value if recipient else "nothing_under_way"
            self.steps.setdefault(where, Counter()).update(["kills", became])
        self.wrong += history.wrong()

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Tally":
        """Return what `written()` gave."""
        counted = {"verdicts": Counter(told.get("verdicts")), "steps": _counters(told.get("steps", {}))}
        return cls(**(told | counted))

    def written(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        steps = {step: dict(counts) for step, counts in sorted(self.steps.items())}
        return {**vars(self), "verdicts": dict(self.verdicts), "steps": steps}

    @property
    def violations(self) -> int:
        """How many mails ended as none may."""
        return sum(self.verdicts[verdict.value] for verdict in VIOLATIONS)


def _counters(told: dict[str, dict[str, int]]) -> dict[str, Counter[str]]:
    return {step: Counter(counts) for step, counts in told.items()}
