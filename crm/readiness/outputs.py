"""How the product sees that a day's output is there: one pure question a day, asked of what is on file.

The sample practice counts for nothing here: what it brings was made by nobody.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from crm.readiness import pitch
from crm.readiness.niches import NICHES
from crm.readiness.plan import CARDS
from crm.readiness.texts import PAGES, is_complete

FIVE_SOURCES, THREE, SIX_FORMS = 5, 3, 6
INTRODUCTIONS = frozenset({"intro-physician", "intro-pt", "intro-chiro"})


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the practice: its words, its fields, and what the scope check would replace."""

    text: str = ""
    slots: Mapping[str, object] = field(default_factory=dict)
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file for a practice, as far as the plan asks."""

    role: str = ""
    texts: Mapping[str, Written] = field(default_factory=dict)
    written: frozenset[str] = frozenset()  # keys of letters that exist, draft or approved, or as own wording
    approved: frozenset[str] = frozenset()
    checks: tuple[date, ...] = ()  # days of readiness checks
    graded: int = 0  # sources graded A or B
    sessions: int = 0
    introduced: int = 0  # sources a first letter went to
    followed: int = 0  # sources touched again on a day after their first letter
    desk_names: int = 0  # offices with a name at the desk
    overdue: int = 0  # tasks about a source whose time is over
    worked: int = 0
    ungraded: int = 0  # of those worked with
    calls: int = 0  # provider calls that reached somebody
    active_clients: int = 0
    without_release: int = 0  # active clients none of whose releases is in force
    criteria: int = 0  # clients whose six criteria were answered
    top: int = 0  # of the top three
    top_planned: int = 0  # of these with a dated next step


Check = Callable[[OnFile], bool]


def recognised(on_file: OnFile) -> frozenset[int]:
    """Return the days of the plan whose output is there."""
    return frozenset(day for day, card in CARDS.items() if CHECKS[card.check](on_file))


def _text(on_file: OnFile, slug: str) -> Written:
    return on_file.texts.get(slug, Written())


def _clean(slug: str) -> Check:
    def check(on_file: OnFile) -> bool:
        told = _text(on_file, slug)
        return bool(told.text) and not told.blocked

    return check


def _whole(slug: str) -> Check:
    def check(on_file: OnFile) -> bool:
        told = _text(on_file, slug)
        return is_complete(PAGES[slug], told.slots) and not told.blocked

    return check


def _letters(*keys: str, approved: bool = False) -> Check:
    return lambda on_file: set(keys) <= (on_file.approved if approved else on_file.written)


def _chosen(slug: str, name: str, least: int) -> Check:
    def check(on_file: OnFile) -> bool:
        held = _text(on_file, slug).slots.get(name)
        return isinstance(held, list) and len(held) >= least

    return check


def _niche(on_file: OnFile) -> bool:
    chosen = _text(on_file, "niche").slots.get("niches")
    return bool(chosen) and _clean("niche")(on_file)


def _pitch(on_file: OnFile) -> bool:
    told, chosen = _text(on_file, "pitch"), _text(on_file, "niche").slots.get("niches")
    keys = chosen if isinstance(chosen, list) else []
    words = tuple(word for key in keys if key in NICHES for word in NICHES[key].words)
    return bool(told.text) and pitch.read(told.text, role=on_file.role, conditions=words, blocked=told.blocked).passes


def _services(on_file: OnFile) -> bool:
    lines = str(_text(on_file, "services").slots.get("services") or "").splitlines()
    return sum(bool(line.strip()) for line in lines) >= THREE and _clean("services")(on_file)


def _story(on_file: OnFile) -> bool:
    return _clean("story")(on_file) and len(re.findall(r"\d+", _text(on_file, "story").text)) >= 2


def _website(on_file: OnFile) -> bool:
    told = _text(on_file, "website")
    return bool(told.slots.get("url")) and not told.blocked


def _privacy(on_file: OnFile) -> bool:
    return _whole("privacy")(on_file) and not on_file.without_release


def _call(on_file: OnFile) -> bool:
    return on_file.calls > 0 or _whole("call")(on_file)


def _reimbursement(on_file: OnFile) -> bool:
    return on_file.criteria > 0 and _clean("fees")(on_file)


def _second_check(on_file: OnFile) -> bool:
    return len(set(on_file.checks)) >= 2


CHECKS: Mapping[str, Check] = {
    "niche": _niche,
    "pitch": _pitch,
    "readiness_check": lambda on_file: bool(on_file.checks),
    "services": _services,
    "five_sources": lambda on_file: on_file.graded >= FIVE_SOURCES,
    "bio": _clean("bio"),
    "standards": _whole("standards"),
    "intake": _chosen("intake", "forms", SIX_FORMS),
    "session_log": lambda on_file: on_file.sessions > 0,
    "battery": _chosen("measures", "battery", 4),
    "protocol": _whole("protocol"),
    "assessment_summary": _letters("assessment-summary"),
    "progress_report": _letters("progress-report"),
    "closing_letters": _letters("discharge-summary", "change-in-status"),
    "introductions": _letters(*INTRODUCTIONS),
    "package": _letters("overview", "sample-report", approved=True),
    "referral_form": _letters("referral-form", approved=True),
    "first_letters": lambda on_file: on_file.introduced >= THREE,
    "desk_names": lambda on_file: on_file.desk_names >= THREE,
    "kit": _whole("kit"),
    "follow_ups": lambda on_file: on_file.followed > 0 and not on_file.overdue and not on_file.ungraded,
    "website": _website,
    "profiles": _clean("profiles"),
    "story": _story,
    "provider_call": _call,
    "lunch_outline": _whole("lunch"),
    "privacy": _privacy,
    "reimbursement": _reimbursement,
    "second_check": _second_check,
    "top_three": lambda on_file: on_file.top == THREE == on_file.top_planned,
}
