"""What is said and asked in a provider call: the sentences of its brief (S3: progress, reassurance, rapport)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crm.clients.record import Limits
from crm.clients.referral_check import ELEMENTS, Elements
from crm.clients.series import Series, headline
from crm.outreach import kinds
from crm.outreach.day_words import day, near_day, sentence

ENDS_SOON = 30  # days; the reminder of C62 comes then
PURPOSES = (
    ("Progress", "One measured change, and one thing the client does again."),
    ("Reassurance", "You work within exercise and inside the limits they set. You do not diagnose or treat."),
    ("Rapport", "One public fact to open with. Offer ten minutes at their office. Keep it short."),
)
NOT_ASKED = (
    "Which exercises to use",
    "What a finding means",
    "More referrals",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a client's referral, limits and release; None: it cannot be read, or is not there."""

    elements: Elements | None
    referred_on: date | None
    limits: Limits | None
    limits_readable: bool
    release_until: date | None


def change_words(series: Iterable[Series], today: date) -> str:
    """Return one measured change in our words, with its numbers; pain is never it (H14)."""
    lead = headline(series)
    if lead is None:
        return ""
    if lead.baseline is lead.current:
        return f"{lead.title}: {lead.span} on {day(lead.current.on, today)}, measured once"
    verdict = lead.verdict
    told = f"{lead.title}: {lead.span} since {day(lead.baseline.on, today)}"
    if verdict.change is None:
        return f"{told}. {verdict.why_not}".strip() if verdict.why_not else told
    words = verdict.words
    return f"{told}, {words[:1].lower()}{words[1:]}"


def report_words(rule: str, on: date, today: date) -> str:
    """Return the last report that went out, and when: "Progress report, yesterday"."""
    return f"{sentence(kinds.plain(rule))}, {near_day(on, today)}"


def questions(asked: Asked, today: date) -> list[str]:
    """Return what is open about a client, most pressing first; empty where nothing is."""
    return [words for words in (_release(asked, today), _limits(asked), _referral(asked, today)) if words]


def _release(asked: Asked, today: date) -> str:
    if asked.release_until is None:
        return "No release covers them: name no client and no finding."
    if (asked.release_until - today).days <= ENDS_SOON:
        return f"The release ends {near_day(asked.release_until, today)}."
    return ""


def _limits(asked: Asked) -> str:
    if not asked.limits_readable:
        return "Limits cannot be read: the key is missing or the row is damaged."
    if asked.limits is None or not asked.limits.words:
        return "No limits on file. Ask for blood pressure, heart rate, glucose, load."
    if asked.limits.confirmed_on is None:
        return f"Limits not confirmed: {asked.limits.words}."
    return ""


def _referral(asked: Asked, today: date) -> str:
    if asked.elements is None or asked.referred_on is None or asked.elements.complete:
        return ""
    lacking = ", ".join(label for name, label, _ask in ELEMENTS if not getattr(asked.elements, name))
    return f"Missing in the referral of {day(asked.referred_on, today)}: {lacking[:1].lower()}{lacking[1:]}."
