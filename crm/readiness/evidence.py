"""What on file speaks for each area of the readiness check: four steps an area, a point each, with where to see it.

A step that asks for "every client" is met by none only where there is none to ask for: an empty desk proves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.readiness.outputs import CHECKS, OnFile
from crm.readiness.texts import PAGES


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted for the check beside what the plan asks; clients are the active ones, samples left out."""

    approved_60: int = 0  # documents approved in the last 60 days
    kept_60: int = 0  # warnings of the scope check kept in these
    referrals: int = 0  # of the last five
    written: int = 0
    worded: int = 0
    diagnosed: int = 0
    transitioned: int = 0
    clients: int = 0
    with_baseline: int = 0
    measured_35: int = 0  # measured in the last 35 days
    with_health: int = 0  # with a health sheet: history, limits of the provider
    with_gate: int = 0  # with the sheet that says whether exercise is appropriate
    alarms_late: int = 0  # tasks of a red flag that are overdue
    reports_closed: int = 0  # summaries, 30-day, pre-visit and discharge reports done in a year
    reports_on_time: int = 0
    planned: int = 0  # sources graded A or B with a next step
    liability_current: bool = False
    certification_current: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an area: what it asks, whether it is there, what was counted, and where one sees it."""

    asks: str
    met: bool
    seen: str = ""
    at: str = ""


def steps(on_file: OnFile, counts: Counts) -> Mapping[str, tuple[Step, ...]]:
    """Return the four steps of each area. In one piece, because it is the table of the check."""
    texts = on_file.texts
    standards = _filled(on_file, "standards")
    blocked = sum(text.blocked for text in texts.values())
    complete = counts.referrals and min(counts.written, counts.worded, counts.diagnosed, counts.transitioned)
    services = CHECKS["services"](on_file)
    return {
        "niche": (
            Step("A niche is chosen", bool(_slot(on_file, "niche", "niches")), at="/practice/niche"),
            Step("Its sentence stands, in scope", CHECKS["niche"](on_file), at="/practice/niche"),
            Step("The pitch is written", bool("pitch" in texts and texts["pitch"].text), at="/practice/pitch"),
            Step("It passes its check", CHECKS["pitch"](on_file), at="/practice/pitch"),
        ),
        "scope": (
            Step(
                "Your own texts have nothing to replace",
                bool(texts) and not blocked,
                _n(blocked, "to replace"),
                "/practice/texts",
            ),
            Step(
                "A document was approved here in 60 days",
                counts.approved_60 > 0,
                _n(counts.approved_60, "approved"),
                "/documents",
            ),
            Step("Five were", counts.approved_60 >= 5, _n(counts.approved_60, "approved"), "/documents"),
            Step(
                "No warning was kept in them",
                counts.approved_60 > 0 and not counts.kept_60,
                _n(counts.kept_60, "kept"),
                "/documents",
            ),
        ),
        "services": (
            Step("Three services or more, in scope", services, at="/practice/services"),
            Step("Whom you send back is said", bool(_slot(on_file, "services", "not_for")), at="/practice/services"),
            Step("Fees are said", bool(_slot(on_file, "services", "fees")), at="/practice/services"),
            Step("The one-page overview is approved", "overview" in on_file.approved, at="/documents"),
        ),
        "intake": (
            Step("The referral form is approved", "referral-form" in on_file.approved, at="/documents"),
            Step("Six forms in the packet", CHECKS["intake"](on_file), at="/practice/intake"),
            Step(
                "A referral has its four elements",
                bool(complete),
                _of(complete, counts.referrals, "of the last five"),
                "/clients",
            ),
            Step(
                "Each of the last five has",
                0 < counts.referrals == complete,
                _of(complete, counts.referrals, "of the last five"),
                "/clients",
            ),
        ),
        "measures": (
            Step("A battery is chosen", CHECKS["battery"](on_file), at="/practice/measures"),
            Step(
                "A client has a baseline",
                counts.with_baseline > 0,
                _of(counts.with_baseline, counts.clients, "clients"),
                "/clients",
            ),
            Step(
                "Every active client has",
                0 < counts.clients == counts.with_baseline,
                _of(counts.with_baseline, counts.clients, "clients"),
                "/clients",
            ),
            Step(
                "Each was measured in 35 days",
                0 < counts.clients == counts.measured_35,
                _of(counts.measured_35, counts.clients, "clients"),
                "/clients",
            ),
        ),
        "reporting": (
            Step(
                "A report was sent in a year", counts.reports_closed > 0, _n(counts.reports_closed, "sent"), "/insights"
            ),
            *(
                Step(
                    asks,
                    counts.reports_closed > 0 and counts.reports_on_time * 100 >= counts.reports_closed * least,
                    _of(counts.reports_on_time, counts.reports_closed, "on time"),
                    "/insights",
                )
                for asks, least in (
                    ("Half of them on time", 50),
                    ("Three of four on time", 75),
                    ("Nine of ten on time", 90),
                )
            ),
        ),
        "standards": (
            Step("One standard is written", standards >= 1, _of(standards, 5, "standards"), "/practice/standards"),
            Step("Three are", standards >= 3, _of(standards, 5, "standards"), "/practice/standards"),
            Step(
                "All five are, in scope",
                CHECKS["standards"](on_file),
                _of(standards, 5, "standards"),
                "/practice/standards",
            ),
            Step("A protocol for a condition", CHECKS["protocol"](on_file), at="/practice/protocol"),
        ),
        "safety": (
            Step(
                "The safety standard is written", bool(_slot(on_file, "standards", "safety")), at="/practice/standards"
            ),
            Step(
                "Every active client has a health sheet",
                0 < counts.clients == counts.with_health,
                _of(counts.with_health, counts.clients, "clients"),
                "/clients",
            ),
            Step(
                "Every active client was screened",
                0 < counts.clients == counts.with_gate,
                _of(counts.with_gate, counts.clients, "clients"),
                "/clients",
            ),
            Step(
                "No red flag waits for its report",
                counts.clients > 0 and not counts.alarms_late,
                _n(counts.alarms_late, "waiting"),
                "/",
            ),
        ),
        "sources": (
            Step("Five sources are graded A or B", on_file.graded >= 5, _n(on_file.graded, "graded"), "/sources/ideal"),
            Step("The top three are named", on_file.top == 3, _of(on_file.top, 3, "named"), "/sources/ideal"),
            Step(
                "Each A and B has a dated next step",
                0 < on_file.graded == counts.planned,
                _of(counts.planned, on_file.graded, "planned"),
                "/pipeline",
            ),
            Step(
                "Nothing about a source is overdue",
                on_file.worked > 0 and not on_file.overdue,
                _n(on_file.overdue, "overdue"),
                "/",
            ),
        ),
        "visibility": (
            Step("The bio is written, in scope", CHECKS["bio"](on_file), at="/practice/bio"),
            Step("The website is named", CHECKS["website"](on_file), at="/practice/website"),
            Step("Liability insurance is current", counts.liability_current, at="/practice/papers"),
            Step("A certification is current", counts.certification_current, at="/practice/papers"),
        ),
    }


def points(told: Mapping[str, tuple[Step, ...]]) -> dict[str, int]:
    """Return the points of each area: a point for each step that is met."""
    return {area: sum(step.met for step in found) for area, found in told.items()}


def gates(on_file: OnFile, counts: Counts) -> dict[str, Step]:
    """Return what the last five referrals and the form say of each gate; a person answers for it."""
    last = "of the last five referrals"
    return {
        "written": Step("written", 0 < counts.referrals == counts.written, _of(counts.written, counts.referrals, last)),
        "wording": Step("form", "referral-form" in on_file.approved, "the form is approved"
                        if "referral-form" in on_file.approved else "no form is approved yet"),
        "diagnosis": Step("diagnosis", 0 < counts.referrals == counts.diagnosed,
                          _of(counts.diagnosed, counts.referrals, last)),
        "transition": Step("transition", 0 < counts.referrals == counts.transitioned,
                           _of(counts.transitioned, counts.referrals, last)),
    }  # fmt: skip


def _slot(on_file: OnFile, slug: str, name: str) -> object:
    return on_file.texts[slug].slots.get(name) if slug in on_file.texts else None


def _filled(on_file: OnFile, slug: str) -> int:
    return sum(bool(_slot(on_file, slug, field.name)) for field in PAGES[slug].fields)


def _n(count: int, what: str) -> str:
    return f"{count} {what}"


def _of(count: int, total: int, what: str) -> str:
    return f"{count} of {total} {what}" if total else "none yet"
