"""Reports in the chart before a medical visit: the one figure a provider notices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crm.clients.series import FRESH


@dataclass(frozen=True, slots=True)
class InChart:
    """Of so many visits that a report was owed for, so many had one in time."""

    with_report: int
    visits: int

    @property
    def words(self) -> str:
        """Return the figure as words; empty where no visit has been yet."""
        if not self.visits:
            return ""
        visits = "1 visit" if self.visits == 1 else f"{self.visits} visits"
        return f"A report lay in the chart before {self.with_report} of {visits}."


def in_chart(visits: Iterable[date], reports: Iterable[date], *, baseline_on: date | None, today: date) -> InChart:
    """Count the past visits before which a report was sent: from ten days before up to the day before.

    Visits up to the day of the baseline are not counted: there was nothing to report yet.
    """
    sent = list(reports)
    past = [on for on in visits if on < today and baseline_on is not None and on > baseline_on]
    return InChart(sum(any(on - FRESH <= day < on for day in sent) for on in past), len(past))
