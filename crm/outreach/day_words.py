"""Dates and numbers as people say them."""

from datetime import date

NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NBSP = "\N{NO-BREAK SPACE}"


def number(n: int) -> str:
    """Say a count: in words up to twelve, in figures above."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else f"{n:,}"


def count_of(n: int, one: str, many: str) -> str:
    """Say how many there are of something: "two calls", "one call", "no calls"."""
    return f"{number(n)} {one if n == 1 else many}"


def sentence(text: str) -> str:
    """Begin a sentence with a capital."""
    return text[:1].upper() + text[1:]


def day(on: date, today: date) -> str:
    """Say a date: "Thu 14 May", with the year when it is not this one. The spaces do not break."""
    words = [WEEKDAYS[on.weekday()], str(on.day), MONTHS[on.month - 1]]
    if on.year != today.year:
        words.append(str(on.year))
    return NBSP.join(words)


def near_day(on: date, today: date) -> str:
    """Say a date as seen from today: "today", "yesterday", "tomorrow", else the date."""
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((on - today).days) or day(on, today)


def due_words(due: date, today: date) -> str:
    """Say when something is due: "2 days late", "Today", "Tomorrow", "Thu 14 May"."""
    away = (due - today).days
    if away < 0:
        return f"{-away}{NBSP}day{'' if away == -1 else 's'} late"
    return {0: "Today", 1: "Tomorrow"}.get(away) or day(due, today)


def distance(on: date, today: date) -> str:
    """Say how far a date is: "in 3 days", "today", "2 days ago"."""
    away = (on - today).days
    if away == 0:
        return "today"
    days = f"{abs(away)} day{'' if abs(away) == 1 else 's'}"
    return f"in {days}" if away > 0 else f"{days} ago"


def exact(on: date) -> str:
    """Say a date in full, for the hover text."""
    return f"{on:%A} {on.day} {on:%B} {on.year}"
