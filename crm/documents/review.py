"""Everything that is said about a text before it may leave: words, gaps, characters, names, the one page."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crm.clients.series import FRESH
from crm.documents.facts import Facts, Reported
from crm.documents.letters import PLACEHOLDERS, WRITTEN, Gap, Kind, mended_at
from crm.documents.report_words import Line
from crm.documents.scope import Finding, Missing, Verdict
from crm.readiness.texts import FACTS

REASON_MIN = 3
CODE = re.compile(r"\bC-(?!0000\b)\d{4,}\b")  # C-0000 is nobody: the made-up person of the sample report


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at, at `start` to `end` of the text; `kept` is why somebody left a warning as it is."""

    rule: str
    severity: str  # block, warn, hint
    start: int
    end: int
    matched: str
    reason: str
    suggestion: str
    replacement: str = ""
    allow: tuple[str, ...] = ()
    kept: str = ""
    place: str = ""  # the page where it is mended

    @property
    def is_rule(self) -> bool:
        """Say whether a rule of the scope check found it, so that there is a page to look it up on."""
        return self.rule[:1].isalpha() and self.rule[1:].isdigit()

    @property
    def advice(self) -> str:
        """Return the suggestion as a sentence."""
        said = self.suggestion[:1].upper() + self.suggestion[1:]
        return said if said.endswith((".", "?")) else f"{said}."

    @property
    def stops(self) -> bool:
        """Say whether it stands in the way of approval as things are."""
        return self.severity == "block" or (self.severity == "warn" and not self.kept)


@dataclass(frozen=True, slots=True)
class Kept:
    """A warning somebody left as it is, and why; it holds for this very sentence."""

    rule: str
    matched: str
    sentence: str
    reason: str
    user: int
    at: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a document's seal holds: its text and the warnings somebody decided to keep."""

    text: str
    kept: tuple[Kept, ...] = ()
    traced: tuple[Line, ...] = ()  # once approved: which words of it came from which rows


@dataclass(frozen=True, slots=True)
class Review:
    """What stands in a text and what it lacks."""

    remarks: tuple[Remark, ...]
    missing: tuple[Missing, ...]
    pages: int
    lines_free: int

    @property
    def stops(self) -> int:
        """Count what stands in the way of approval."""
        return sum(r.stops for r in self.remarks) + len(self.missing) + (self.pages != 1)

    @property
    def to_replace(self) -> int:
        """Count findings that block."""
        return sum(r.severity == "block" for r in self.remarks)

    @property
    def to_consider(self) -> int:
        """Count warnings nobody has decided about."""
        return sum(r.severity == "warn" and not r.kept for r in self.remarks)


def review(
    text: str,
    verdict: Verdict,
    *,
    gaps: Iterable[Gap] = (),
    unprintable: Iterable[tuple[int, str]] = (),
    named: Iterable[Remark] = (),
    kept: Sequence[Kept] = (),
    fit: tuple[int, int] = (1, 0),
) -> Review:
    """Put together all that was found, in the order of the text."""
    remarks = [_of_finding(finding) for finding in verdict.findings]
    remarks += [_of_gap(gap) for gap in gaps]
    remarks += [_of_character(at, char) for at, char in unprintable]
    remarks += named
    remarks = [_decided(remark, text, kept) for remark in remarks]
    if not text.strip():
        remarks.append(Remark("EMPTY", "block", 0, 0, "", "There is no text yet.", "Write it, or take our wording."))
    ordered = sorted(remarks, key=lambda r: (r.start, r.end, r.rule))
    return Review(tuple(ordered), verdict.missing, *fit)


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence a finding stands in: a decision about it holds until that sentence changes."""
    before = max((text.rfind(mark, 0, start) for mark in (".", "!", "?", "\n")), default=-1) + 1
    ends = [at for mark in (".", "!", "?", "\n") if (at := text.find(mark, end)) >= 0]
    return " ".join(text[before : min(ends, default=len(text))].split())


def named_clients(text: str, kind: Kind, *, names: Iterable[str], own: str, released: bool) -> list[Remark]:
    """Find clients in a text that may not speak of them (H3, H4).

    `names` are the full names of the practice's clients, `own` that of the client the letter is about,
    `released`: a release covers this recipient today.
    """
    found: list[Remark] = []
    folded = _folded(text)
    for name in names:
        wanted = _folded(name)
        if " " not in wanted or (name == own and (kind.for_client or (kind.about == "client" and released))):
            continue
        places = re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded)
        found += [_named(place.start(), place.end(), text, kind) for place in places]
    if kind.about not in {"client", "self"}:
        found += [_named(match.start(), match.end(), text, kind) for match in CODE.finditer(text)]
    return found


def measured_lately(kind: Kind, text: str, reported: Reported | None, today: date) -> list[Remark]:
    """Hold a report against the values on file: old ones stop it (H15), and so does a text older than they are."""
    if reported is None:
        return []
    if reported.refused:
        return [Remark("H10", "block", 0, 0, "", reported.refused, "Put it aside.")]
    found = [_outdated(at, line) for line in reported.outdated if (at := text.find(line)) >= 0]
    if kind.fresh and (reported.newest_on is None or today - reported.newest_on > FRESH):
        day = f"{reported.newest_on:%B} {reported.newest_on.day}" if reported.newest_on else ""
        said = f"The newest value is of {day}, more than ten days ago." if day else "Nothing was measured yet."
        found.append(Remark("H15", "block", 0, 0, "", said, "Enter measures, then fill it in anew."))
    return found


def traced(text: str, facts: Facts) -> tuple[Line, ...]:
    """Return the lines of a text that stand there as the desk made them, each with the rows it was made from."""
    return tuple(line for line in (facts.reported.lines if facts.reported else ()) if line.text in text)


def _outdated(at: int, line: str) -> Remark:
    return Remark("H15", "block", at, at + len(line), line, "Newer values are on file.", "Fill the report in anew.")


def _folded(text: str) -> str:
    """Fold case and accents one character at a time, so that places stay the same."""
    return "".join((unicodedata.normalize("NFD", char)[0].casefold() or char)[:1] for char in text)


def _named(start: int, end: int, text: str, kind: Kind) -> Remark:
    reason, way_out = {
        "nobody": ("This kind of letter names no client at all.", "Take it out."),
        "referral": ("This note may hold initials and the referral's date only.", "Write the initials instead."),
    }.get(kind.about, ("No release lets you name this client to this recipient.", "File the release, or take it out."))
    return Remark("H4" if kind.about == "nobody" else "H3", "block", start, end, text[start:end], reason, way_out)


def _decided(remark: Remark, text: str, kept: Sequence[Kept]) -> Remark:
    """Add why somebody left a warning as it is, where they did and its sentence still stands."""
    if remark.severity != "warn":
        return remark
    sentence = sentence_around(text, remark.start, remark.end)
    asked = (remark.rule, remark.matched, sentence)
    return replace(remark, kept=next((k.reason for k in kept if (k.rule, k.matched, k.sentence) == asked), ""))


def _of_finding(finding: Finding) -> Remark:
    return Remark(
        finding.rule,
        finding.severity,
        finding.start,
        finding.end,
        finding.matched,
        finding.reason,
        finding.suggestion,
        finding.replacement,
        tuple(way["how"] for way in finding.would_allow),
    )


def _of_gap(gap: Gap) -> Remark:
    shown = "{{" + gap.name + "}}"
    if not gap.known:
        return Remark("GAP", "block", gap.start, gap.end, shown, "The desk knows no such placeholder.",
                      "Choose one from the list, or write the words.")  # fmt: skip
    what = PLACEHOLDERS[gap.name]
    if gap.name in WRITTEN:
        return Remark("GAP", "block", gap.start, gap.end, shown, f"To be written: {what}.", "Write it here.")
    place = mended_at(gap.name)
    if gap.name in FACTS:
        return Remark("GAP", "block", gap.start, gap.end, shown, f"Not there, or not in scope yet: {what}.",
                      "Write it, or replace what the scope check found in it.", place=place)  # fmt: skip
    return Remark("GAP", "block", gap.start, gap.end, shown, f"Not on file: {what}.",
                  "Put it on file, or write the words here.", place=place)  # fmt: skip


def _of_character(at: int, char: str) -> Remark:
    name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
    return Remark("FONT", "block", at, at + 1, char, f"No typeface has this character ({name}); it would print as an "
                  "empty box.", "Write it in another way.")  # fmt: skip
