"""Tell a National Provider Identifier from a mistyped one by its check digit."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # a digit twice, its own digits added
_PREFIX_SUM = 24  # of 80840, the issuer of United States health identifiers in ISO/IEC 7812


def check_digit(first_nine: str) -> str:
    """Give the tenth digit of the NPI that begins with these nine (ISO Luhn over 80840 and the nine)."""
    total = _PREFIX_SUM + sum(_DOUBLED[int(char)] for char in first_nine[::2])
    return str(-(total + sum(int(char) for char in first_nine[1::2])) % 10)


def is_npi(value: str) -> bool:
    """Answer whether `value` is ten plain digits, begins with 1 or 2 and ends in the right check digit."""
    if len(value) != 10 or not value.isascii() or not value.isdigit() or value[0] not in "12":
        return False
    return check_digit(value[:9]) == value[9]
