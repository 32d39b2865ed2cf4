"""How long a client's record is suggested to be kept, and when the list of those past it is due for a look."""

from datetime import date


def years_later(on: date, years: int) -> date:
    """Return the same day so many years later; of 29 February the day after it."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return date(on.year + years, 3, 1)


def keep_until(last_contact: date, years: int) -> date:
    """Return until when a record is suggested to be kept, `years` after the last contact.

    A suggestion, never a rule: how long a practice has to keep its records is not for this program to know.
    """
    return years_later(last_contact, years)


def is_past(last_contact: date, years: int, today: date) -> bool:
    """Say whether that day has come."""
    return keep_until(last_contact, years) <= today


def is_review_due(reviewed_on: date | None, today: date) -> bool:
    """Say whether the list has not been looked through for a year."""
    return reviewed_on is None or years_later(reviewed_on, 1) <= today
