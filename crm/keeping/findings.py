"""What the doctor says: one finding for each thing it looks at, in a plain sentence, with the way out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How a thing is; only `bad` makes the whole unwell."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `way_out` says what to do where it is not well."""

    name: str
    state: State
    said: str
    way_out: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)  # what was read, for a script


def well(name: str, said: str, facts: Mapping[str, str] | None = None) -> Finding:
    return Finding(name, State.OK, said, facts=facts or {})


def warn(name: str, said: str, way_out: str) -> Finding:
    return Finding(name, State.WARN, said, way_out)


def bad(name: str, said: str, way_out: str) -> Finding:
    return Finding(name, State.BAD, said, way_out)


def is_well(findings: Iterable[Finding]) -> bool:
    """Say whether nothing is bad; warnings alone are well enough."""
    return all(finding.state != State.BAD for finding in findings)


def size(count: float) -> str:
    """Say an amount of bytes: "1.2 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
