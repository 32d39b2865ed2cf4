"""Write telephone numbers and addresses of mail in one form."""

import re
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_REGION = "US"
_SEPARATORS = re.compile(r"\s*(?:[/;|]|\bor\b|,|\n)\s*", re.IGNORECASE)
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:\.[A-Za-z0-9_+-]{1,20})?")
_PLAIN_PHONE = re.compile(
    r"(?P<number>\+?[0-9(). \-\u2010-\u2013]{10,24}?)\s*(?:(?:x|ext\.?|extension|#)\s*(?P<extension>[0-9]{1,7}))?",
    re.IGNORECASE,
)
# "(front desk)" or "cell" behind the number, but not "ext" or "x" with digits to come.
_REMARK = re.compile(r"\([^()0-9]*\)|(?<=[0-9])\s+[a-z][a-z ]*$", re.IGNORECASE)
_MAX_PHONE = 60
_MAX_EMAIL = 254


@lru_cache(maxsize=4096)
def phone_number(value: str) -> str:
    """Give "(512) 555-0134", with " ext. 12" or a country code where there is one.

    Of several numbers in one field the first is taken. Raises ValueError with the reason, which fits behind
    "Phone ...".
    """
    text = re.sub(r"\.0$", "", value.strip())
    if len(text) > _MAX_PHONE:
        raise ValueError(f"has more than {_MAX_PHONE} characters")
    text = _REMARK.sub("", text).strip()
    if plain := _plain_number(text):
        return plain
    for candidate in dict.fromkeys((text, *_SEPARATORS.split(text))):
        if found := _parsed(candidate):
            return found
    if len(re.sub(r"\D", "", text)) == 7:
        raise ValueError("has no area code")
    raise ValueError("is not a telephone number")


@lru_cache(maxsize=4096)
def email_address(value: str) -> str:
    """Give the address with its domain in lower case; nothing is asked of the network.

    Takes "Name <a@b.org>", "mailto:a@b.org" and the first of several. Raises ValueError with the reason.
    """
    text = value.strip()
    if len(text) > _MAX_EMAIL + 100:
        raise ValueError(f"has more than {_MAX_EMAIL} characters")
    if "<" in text and text.endswith(">"):
        text = text[text.rfind("<") + 1 : -1]
    text = re.split(r"[;,\s]+", text.removeprefix("mailto:").strip())[0]
    local, _, domain = text.rpartition("@")
    try:
        if _PLAIN_LOCAL.fullmatch(local):
            return f"{local}@{_domain(domain)}"
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        raise ValueError("is not an email address") from None


@lru_cache(maxsize=1024)
def _domain(domain: str) -> str:
    """Most of the library's time goes into the domain, and the addresses of a list share few."""
    return validate_email(f"office@{domain}", check_deliverability=False).domain


def _plain_number(text: str) -> str:
    """The library takes 100 microseconds; nearly every number of a list is ten plain digits."""
    found = _PLAIN_PHONE.fullmatch(text)
    if not found:
        return ""
    digits = re.sub(r"\D", "", found["number"])
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if len(digits) != 10 or digits[0] in "01":
        return ""
    extension = f" ext. {found['extension']}" if found["extension"] else ""
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}{extension}"


def _parsed(text: str) -> str:
    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    if number.country_code == 1 and str(number.national_number)[0] in "01":
        return ""
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL)
