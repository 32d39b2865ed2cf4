"""Amounts of money in whole cents: read from what people type, said as dollars, shared without losing one."""

import re

LIMIT = 99_999_999  # cents
_TYPED = re.compile(r"\$? ?([0-9]{1,7}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?")


def cents(typed: str) -> int:
    """Read "184.5", "$184.50" or "1,184" as cents. Raises ValueError with words for the field."""
    found = _TYPED.fullmatch(typed.strip())
    amount = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0")) if found else LIMIT + 1
    if amount > LIMIT:
        raise ValueError("Write an amount in dollars, such as 184.50.")
    return amount


def dollars(amount: int) -> str:
    """Write cents as "184.50", "1,184.00"."""
    return f"{amount // 100:,}.{amount % 100:02}"


def shared(amount: int, people: int) -> list[int]:
    """Share cents equally among `people`; the shares sum to the amount.

    Each gets what all can have; the cents that are left go to the first, one each (the largest remainders, which are
    all alike here).
    """
    if people <= 0:
        return []
    each, left = divmod(amount, people)
    return [each + (place < left) for place in range(people)]
