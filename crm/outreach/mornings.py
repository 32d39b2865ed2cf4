"""When a user's digest comes: their hour and days, a pause, what is urgent, and the hour the clock skips."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crm.accounts.models import User
from crm.outreach.workdays import Workdays

USUAL_HOUR = time(7)
PAUSES = (3, 7, 14, 30)  # days one may choose from a mail


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one user wants the digest: `at` is "07:00" on the practice's wall, `days` ISO weekdays ("12345")."""

    at: str
    days: str
    paused_until: date | None = None  # the day it comes again

    @property
    def hour(self) -> time:
        """Return the hour on the practice's wall; seven where another program left no time there."""
        try:
            return time.fromisoformat(self.at)
        except ValueError:
            return USUAL_HOUR

    def rests_on(self, on: date) -> bool:
        """Say whether a pause holds on a date."""
        return self.paused_until is not None and on < self.paused_until


def wishes_of(user: User) -> Wishes:
    """Return how a user wants the digest."""
    return Wishes(user.digest_hour, user.digest_days, user.digest_paused_until)


def hour_has_come(wishes: Wishes, now_local: datetime) -> bool:
    """Say whether the user's hour of this local date is reached, and no pause holds.

    `now_local` is the wall clock of the practice, aware. An hour the spring change skips counts once the clock
    is past it; one the autumn change doubles has come at its first time. That nothing goes out twice on a date
    is a matter of `digest_day`, not of the hour.
    """
    return now_local.time() >= wishes.hour and not wishes.rests_on(now_local.date())


def is_due(wishes: Wishes, *, now_local: datetime, calendar: Workdays, has_urgent: bool) -> bool:
    """Say whether the digest of this local date should go out now; on other days only when something is urgent.

    Only today's is ever asked about: after an outage one digest comes, not one for every day missed.
    """
    if not hour_has_come(wishes, now_local):
        return False
    return has_urgent or comes_on(wishes, now_local.date(), calendar)


def comes_on(wishes: Wishes, on: date, calendar: Workdays) -> bool:
    """Say whether a date is one of the user's days, no holiday and not closed.

    Somebody may choose a Saturday, which the business calendar never counts as open.
    """
    return str(on.isoweekday()) in wishes.days and not wishes.rests_on(on) and not calendar.is_off(on)


def next_morning(wishes: Wishes, today: date, calendar: Workdays) -> date:
    """Return the next date on which a digest comes if nothing is urgent before."""
    first = max(today + timedelta(days=1), wishes.paused_until or today)
    ahead = (first + timedelta(days=n) for n in range(60))
    return next((on for on in ahead if comes_on(wishes, on, calendar)), first)
