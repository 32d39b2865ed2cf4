"""What the composer says about a letter: the sentence above it, the row of checks, the marks under the text."""

from dataclasses import dataclass

from crm.documents.letters import Kind
from crm.documents.review import Remark, Review
from crm.outreach.day_words import count_of, sentence

# What a required statement is called once it is there.
STATEMENTS = {
    "P1": "Scope sentence",
    "P2": "Complements care",
    "P3": "Asks for written referrals",
    "P4": "Names the enclosure",
    "PF1": "Approved service names",
    "PF2": "Diagnosis and ICD-10",
    "PF3": "Care has ended",
    "PF4": "Signature, credential, date",
    "PR1": "A measured value with its date",
    "PR2": "Client code",
    "PR3": "Plan or next report",
}
OF_KIND = {"form": ("PF1", "PF2", "PF3", "PF4"), "report": ("PR1", "PR2", "PR3")}
FIRST_CONTACT = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and whether it does."""

    words: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, marked as block, warn or hint, or not at all."""

    text: str
    mark: str = ""


def checks(kind: Kind, found: Review) -> list[Check]:
    """Return what a letter of this kind must say, and that it fits its page."""
    asked = FIRST_CONTACT if kind.first_contact else OF_KIND.get(kind.scope, ())
    lacking = {entry.id for entry in found.missing}
    made = [Check(STATEMENTS[name], name not in lacking) for name in asked]
    return [*made, fit(found)]


def fit(found: Review) -> Check:
    """Say whether it is one page, and how much room is left."""
    if found.pages == 1:
        return Check(f"Fits one page, {count_of(found.lines_free, 'line', 'lines')} free", True)
    return Check(f"{sentence(count_of(-found.lines_free, 'line', 'lines'))} too many for one page", False)


def opening(found: Review) -> tuple[str, str]:
    """Return the sentence above the letter: what stands in the way, and what is well."""
    waits = found.to_replace + found.to_consider
    if waits:
        words = count_of(waits, "thing stands", "things stand")
        rest = "Everything it must say is there, on one page." if not found.missing and found.pages == 1 else ""
        return f"{sentence(words)} in the way.", rest or "It also lacks something, see below."
    if found.missing:
        return (
            f"{sentence(count_of(len(found.missing), 'statement is', 'statements are'))} missing.",
            "See below the text.",
        )
    if found.pages != 1:
        return "It does not fit one page.", "An office scans what arrives; one page is read."
    return "It is ready.", "The words are in scope, and it fits one page."


def tally(found: Review) -> str:
    """Return the count beside the scope check: "3 to replace, 1 to consider"."""
    parts = []
    if found.to_replace:
        parts.append(f"{found.to_replace} to replace")
    if found.to_consider:
        parts.append(f"{found.to_consider} to consider")
    return ", ".join(parts) or "nothing found"


def pieces(text: str, remarks: tuple[Remark, ...]) -> list[Piece]:
    """Cut a text where findings begin and end; of overlapping ones the first is marked."""
    made, at = [], 0
    for remark in remarks:
        if remark.start < at or remark.end <= remark.start or remark.kept:
            continue
        made += [Piece(text[at : remark.start]), Piece(text[remark.start : remark.end], remark.severity)]
        at = remark.end
    return [piece for piece in [*made, Piece(text[at:])] if piece.text]
