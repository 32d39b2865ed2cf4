"""What happened in the sample practice, told in days before and after today."""

from dataclasses import dataclass
from datetime import date, timedelta

from crm.outreach.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Days:
    """Days as the story counts them, all of them working days of the practice."""

    today: date
    calendar: Workdays

    def back(self, working_days: int) -> date:
        """Return the working day so many working days ago; 0 is today or the last working day before."""
        return (
            self.calendar.count(self.today, -working_days) if working_days else self.calendar.on_or_before(self.today)
        )

    def ago(self, days: int) -> date:
        """Return the working day on or before so many calendar days ago."""
        return self.calendar.on_or_before(self.today - timedelta(days=days))

    def ahead(self, working_days: int) -> date:
        """Return the working day so many working days from now."""
        return self.calendar.count(self.today, working_days)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `what` is an event type, or `done:`, `skip:` or `miss:` with a rule."""

    on: date
    what: str
    who: str
    field: str = ""
    value: object = None


def tell(days: Days) -> list[Line]:
    """Return the whole story in the order it happened."""
    lines = [*_first_steps(days), *_research(days), *_referrals(days), *_reports(days), *_closing(days)]
    return sorted(lines, key=lambda line: line.on)


def _first_steps(days: Days) -> list[Line]:
    return [
        Line(days.back(5), "source_added", "adeyemi"),
        Line(days.back(2), "done:C01", "adeyemi"),
        Line(days.back(2), "package_ready", "adeyemi"),
        Line(days.back(9), "source_added", "whitlock"),
        Line(days.back(6), "done:C01", "whitlock"),
        *_package(days, "lindqvist", ready=26, sent=24),
        Line(days.ago(16), "skip:C11", "lindqvist"),
        *_package(days, "okafor", ready=7, sent=5),
        *_package(days, "halloran", ready=92, sent=90),
        Line(days.ago(84), "done:C11", "halloran"),
        Line(days.ago(75), "done:C12", "halloran"),
        Line(days.ago(66), "done:C13", "halloran"),
        *_package(days, "petrov", ready=14, sent=13),
        Line(days.back(2), "source_declined", "petrov"),
    ]


def _research(days: Days) -> list[Line]:
    """Return the beginning of those who came by a referral: added on its day, found out about soon after."""
    known = (("marsh", 64), ("brandt", 22), ("raman", 34), ("tanaka", 12), ("vance", 158))
    added = [Line(days.ago(ago), "source_added", who) for who, ago in known]
    return added + [Line(days.ago(ago - 2), "done:C01", who) for who, ago in known]


def _package(days: Days, who: str, *, ready: int, sent: int) -> list[Line]:
    return [
        Line(days.ago(ready + 3), "source_added", who),
        Line(days.ago(ready + 1), "done:C01", who),
        Line(days.ago(ready), "package_ready", who),
        Line(days.ago(sent), "done:C10", who),
    ]


def _taken_in(
    days: Days, client: str, *, referred: int, assessed: int, summary: int | None, sessions: tuple[int, ...]
) -> list[Line]:
    """Return the usual beginning of a client: referral to sessions, in calendar days ago."""
    lines = [
        Line(days.ago(referred), "referral_received", client, "complete", True),
        Line(days.ago(referred), "done:C20", client),
        Line(days.ago(referred - 1), "done:C22", client),
        Line(days.ago(referred - 1), "client_booked", client),
        Line(days.ago(assessed), "assessment_done", client),
        *(Line(days.ago(day), "session_held", client) for day in sessions),
    ]
    if summary is not None:
        lines += [Line(days.ago(summary), "done:C24", client, "receipt", True)]
    return lines


def _referrals(days: Days) -> list[Line]:
    return [
        Line(days.back(1), "referral_received", "pressure", "complete", True),
        Line(days.back(1), "done:C20", "pressure"),
        *_taken_in(days, "heart", referred=12, assessed=6, summary=None, sessions=()),
        Line(days.ago(5), "done:C16", "heart"),
        *_taken_in(
            days, "sugar", referred=34, assessed=30, summary=28, sessions=(26, 23, 21, 19, 16, 14, 12, 9, 7, 5, 2)
        ),
        Line(days.ago(16), "baseline_done", "sugar"),
        Line(days.back(3), "miss:C30", "sugar"),
        *_taken_in(days, "shoulder", referred=22, assessed=19, summary=17, sessions=(14, 12, 9, 7, 5, 2)),
        Line(days.ago(9), "baseline_done", "shoulder"),
    ]


def _reports(days: Days) -> list[Line]:
    knee = (57, 55, 52, 50, 48, 45, 43, 41, 38, 36, 34, 31, 29, 27, 24, 22, 20, 17, 15, 13, 10, 8, 6, 3, 1)
    hip = (40, 38, 35, 33, 31, 28, 26, 24, 21, 19, 17, 14, 12, 10, 7, 5, 3)
    walk = (39, 36, 32, 29, 25, 22, 18, 15, 11, 8, 4)
    return [
        *_taken_in(days, "knee", referred=64, assessed=60, summary=59, sessions=knee),
        Line(days.ago(52), "baseline_done", "knee"),
        Line(days.ago(43), "done:C30", "knee"),
        Line(days.ago(24), "measures_taken", "knee"),
        Line(days.ago(23), "done:C42", "knee"),
        Line(days.ago(20), "visit_scheduled", "knee", "visit", days.ahead(6)),
        Line(days.ago(1), "measures_taken", "knee"),
        *_taken_in(days, "hip", referred=47, assessed=43, summary=42, sessions=hip),
        Line(days.ago(35), "baseline_done", "hip"),
        Line(days.ago(26), "done:C30", "hip"),
        Line(days.ago(7), "measures_taken", "hip"),
        Line(days.ago(6), "done:C42", "hip"),
        Line(days.today, "red_flag", "hip"),
        *_taken_in(days, "walk", referred=46, assessed=42, summary=41, sessions=walk),
        Line(days.ago(34), "baseline_done", "walk"),
        Line(days.ago(24), "done:C30", "walk"),
        Line(days.ago(8), "measures_taken", "walk"),
    ]


def _closing(days: Days) -> list[Line]:
    sessions = tuple(range(150, 72, -4))
    return [
        *_taken_in(days, "balance", referred=158, assessed=155, summary=154, sessions=sessions),
        Line(days.ago(144), "baseline_done", "balance"),
        Line(days.ago(136), "done:C30", "balance"),
        Line(days.ago(115), "done:C42", "balance"),
        Line(days.ago(85), "done:C42", "balance"),
        Line(days.ago(72), "discharged", "balance"),
        Line(days.ago(70), "done:C49", "balance"),
        Line(days.ago(66), "done:C4B", "balance"),
        Line(days.back(4), "done:C50", "vance"),
        Line(days.back(3), "ll_scheduled", "vance", "lunch", days.ahead(9)),
    ]
