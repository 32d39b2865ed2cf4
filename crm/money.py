"""Amounts of money, as people type them and as pages show them; inside they are whole cents, never fractions."""

import re

MOST = 999_999_999  # cents: it fits every database's whole numbers
_AMOUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?")


class NotMoney(ValueError):  # noqa: N818
    """What was typed is no amount; the words say why."""


def read_cents(typed: str) -> int:
    """Return an amount in cents: "1,234.50", "$1234.5" and "1234" are read; nothing is rounded.

    Raises NotMoney with words for the one who typed it.
    """
    told = typed.replace(" ", "").removeprefix("$")
    if told.startswith(("-", "−", "(")):
        raise NotMoney("Write an amount that is not below zero.")
    if not (found := _AMOUNT.fullmatch(told)):
        raise NotMoney(_why_not(told))
    cents = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))
    if cents > MOST:
        raise NotMoney(f"The most this holds is {dollars(MOST)}.")
    return cents


def _why_not(told: str) -> str:
    if re.fullmatch(r"[0-9.,]+\.[0-9]{3,}", told):
        return "Write cents with two digits at most, such as 1234.50."
    if re.fullmatch(r"[0-9][0-9.,]*", told):
        return "Write a point before the cents and commas only between thousands, such as 1,234.50."
    return "Write an amount in dollars, such as 1234.50."


def dollars(cents: int) -> str:
    """Show an amount to the cent: "$1,234.50"."""
    return f"${cents // 100:,}.{cents % 100:02}"


def figure(cents: int) -> str:
    """Write an amount for a table that other programs read: "1234.50"."""
    return f"{cents // 100}.{cents % 100:02}"


def shared(amount: int, people: int) -> list[int]:
    """Share cents equally among `people`; the shares sum to the amount.

    Each gets what all can have; the cents that are left go to the first, one each (the largest remainders, which are
    all alike here).
    """
    if people <= 0:
        return []
    each, left = divmod(amount, people)
    return [each + (place < left) for place in range(people)]
