"""What the scope check answers with: findings, missing statements, and the verdict over a text (section 1)."""

from dataclasses import dataclass
from typing import Any

KINDS = ("letter", "form", "report", "billing", "note")
SEVERITIES = ("off", "hint", "warn", "block")  # by weight
FULL = 500  # findings after which the check may stop


class BrokenRules(Exception):  # noqa: N818 - it reads as a fact
    """The rules file cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One match of one rule that no exception excuses; `start` and `end` count code points of the original text."""

    rule: str
    severity: str  # block, warn, hint
    start: int
    end: int
    matched: str
    reason: str
    suggestion: str
    would_allow: tuple[dict[str, str], ...]  # {"id": "E9", "how": "name the provider it belongs to"}
    replacement: str = ""  # wording for one click; empty: somebody has to reword

    def to_json(self) -> dict[str, Any]:
        """Return the fields of section 1; the one-click wording is for the editor only."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "start": self.start,
            "end": self.end,
            "matched": self.matched,
            "reason": self.reason,
            "suggestion": self.suggestion,
            "would_allow": [dict(way) for way in self.would_allow],
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """A statement this kind of document must contain and does not (section 9)."""

    id: str
    severity: str
    reason: str
    suggestion: str

    def to_json(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return {"id": self.id, "severity": self.severity, "reason": self.reason, "suggestion": self.suggestion}


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings in the order of the text and all that is missing; `truncated`: there were too many to go on."""

    findings: tuple[Finding, ...] = ()
    missing: tuple[Missing, ...] = ()
    truncated: bool = False

    @property
    def blocked(self) -> bool:
        """Say whether the document cannot be finalised."""
        severities = {finding.severity for finding in self.findings} | {gap.severity for gap in self.missing}
        return self.truncated or "block" in severities

    def to_json(self) -> dict[str, Any]:
        """Return the object `flask scope check` prints (section 11)."""
        shown: dict[str, Any] = {
            "findings": [finding.to_json() for finding in self.findings],
            "missing": [gap.to_json() for gap in self.missing],
            "blocked": self.blocked,
        }
        return {**shown, "truncated": True} if self.truncated else shown
