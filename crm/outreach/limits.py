"""How many messages may leave in a minute and in a day, so that a mistake is small and the provider stays friendly.

Everything that leaves counts, for there is one mail account; only letters wait. A digest or a notice is for the
people of the desk, a few a day, and they need it most on the day on which something runs wild.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a letter does not leave now, and when there is room for it."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class MailLimits:
    """The most messages of any sixty seconds and of any twenty-four hours; 0 is no limit."""

    per_minute: int
    per_day: int

    def __bool__(self) -> bool:
        """Say whether anything is limited."""
        return bool(self.per_minute or self.per_day)

    def wait(self, left: Sequence[datetime], now: datetime) -> Wait | None:
        """Return how long a letter has to wait, given when the messages of the last day left; None: not at all."""
        by_minute = (self.per_minute, MINUTE, f"{self.per_minute} messages a minute is the limit (MAIL_PER_MINUTE).")
        by_day = (self.per_day, DAY, f"{self.per_day} messages within 24 hours is the limit (MAIL_PER_DAY).")
        waits = [
            Wait(reason, sorted(within)[-most] + window)
            for most, window, reason in (by_minute, by_day)
            if most and len(within := [moment for moment in left if moment > now - window]) >= most
        ]
        return max(waits, key=lambda wait: wait.until, default=None)
