"""Check one row of a provider list and write it in our own form."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from crm.sources import addresses
from crm.sources.contact_details import email_address, phone_number
from crm.sources.credentials import OTHER, read_credentials
from crm.sources.npi import is_npi
from crm.sources.person_names import (
    PersonName,
    given_name,
    is_surely_a_person,
    name_suffix,
    split_family_name,
    split_whole_name,
)
from crm.sources.provider_columns import FIELDS
from crm.sources.specialties import read_specialty
from crm.text import clean_line, from_csv_cell

# What may be typed in a column, and what fits into the database once it is written in our form.
LIMITS: Mapping[str, int] = {
    "name": 200, "last_name": 80, "first_name": 80, "middle_name": 80, "suffix": 20, "credentials": 120,
    "specialty": 160, "npi": 20, "phone": 100, "fax": 100, "email": 300, "office_name": 160, "street": 240,
    "street_2": 100, "city": 80, "state": 40, "zip": 20, "city_state_zip": 160, "country": 60,
    "entity_type": 40,
}  # fmt: skip
_STORED = {
    "last_name": 80, "first_name": 80, "middle_name": 80, "suffix": 20, "credentials_text": 80,
    "specialty": 80, "phone": 32, "fax": 32, "email": 254, "office_name": 160, "street": 160, "city": 80,
    "state": 40, "zip": 10,
}  # fmt: skip
_BLANK = {"n/a", "#n/a", "-", "--", "---", "?", "<unavail>", "(null)", "tbd"}
# Somebody may be called Na or Null, but no town, number or address is.
_BLANK_WORD = {"na", "none", "null", "nan", "unknown"}
_NAMES = {"name", "last_name", "first_name", "middle_name"}
_ORGANISATION_TYPES = {"2", "npi-2", "o", "organization", "organisation", "group", "facility", "entity"}
_ORGANISATION = re.compile(
    r"\b(llc|l\.l\.c|pllc|inc|llp|corp|clinics?|hospitals?|associates|associations?|institute|rehabilitation|"
    r"rehab|physical therapy|chiropractic|orthop(?:a)?edics|healthcare|health|medical|university|foundation)\b"
    # Also family names, so they need more than one word in front.
    r"|\S+ \S+ (centers?|group|partners)\b",
    re.IGNORECASE,
)
_AT_HOME = {"", "us", "usa", "u.s", "u.s.a", "united states", "united states of america"}


@dataclass(frozen=True, slots=True)
class ProviderRow:
    line: int  # the row number a spreadsheet shows
    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    credential: str = OTHER
    credentials_text: str = ""
    specialty: str = ""
    npi: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    office_name: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


class RowRefused(Exception):  # noqa: N818 (named after what happened)
    """One row cannot be taken; `field` is a key of FIELDS or "row"."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def office_key(row: ProviderRow) -> str:
    """Give rows of one office the same key; "" for a row without an address and an office name."""
    return addresses.office_key(row.office_name, row.street, row.city, row.zip)


def office_name(row: ProviderRow) -> str:
    """Name the row's office, after its address where it has no name of its own."""
    return addresses.office_name(row.office_name, row.street, row.city)


def read_row(line: int, cells: Mapping[str, str]) -> ProviderRow:
    """Read the cells of one row, by field; raises RowRefused with the field and the reason."""
    values = {field: _value(field, cell) for field, cell in cells.items()}
    _refuse_organisation(values)
    person = _person(values)
    if not person.last:
        raise RowRefused("name", "The row has no last name.")
    letters = read_credentials(person.credentials)
    specialty = read_specialty(values.get("specialty", ""))
    engine = letters.engine
    if engine in (OTHER, "RN") and specialty.profession not in ("", OTHER):
        engine = specialty.profession
    row = ProviderRow(
        line=line,
        last_name=person.last,
        first_name=person.first,
        middle_name=person.middle,
        suffix=person.suffix,
        credential=engine,
        credentials_text=letters.display,
        specialty=specialty.name,
        npi=_npi(values.get("npi", "")),
        phone=_checked("phone", values.get("phone", ""), phone_number),
        fax=_checked("fax", values.get("fax", ""), phone_number),
        email=_checked("email", values.get("email", ""), email_address),
        office_name=addresses.organisation_name(values.get("office_name", "")),
    )
    return _within_limits(_with_address(row, values))


def _value(field: str, cell: str) -> str:
    if not cell:
        return ""
    limit = LIMITS[field]
    if field in ("street", "city_state_zip"):
        cell = re.sub(r"[ ,]*[\r\n]+[ ,]*", ", ", cell.strip())
    value = clean_line(from_csv_cell(cell), limit + 1)
    if len(value) > limit:
        raise RowRefused(field, f"{FIELDS[field]} has more than {limit} characters.")
    said = value.lower()
    return "" if said in _BLANK or (said in _BLANK_WORD and field not in _NAMES) else value


def _refuse_organisation(values: Mapping[str, str]) -> None:
    said = values.get("entity_type", "").lower() in _ORGANISATION_TYPES
    whole, last, first = (values.get(field, "") for field in ("name", "last_name", "first_name"))
    only_office = bool(values.get("office_name")) and not (whole or last or first)
    is_company = not last and bool(_ORGANISATION.search(whole)) and not is_surely_a_person(whole)
    if said or only_office or is_company:
        raise RowRefused("name", "The row is an organization; only people can be imported.")


def _person(values: Mapping[str, str]) -> PersonName:
    last, whole = values.get("last_name", ""), values.get("name", "")
    first, middle = values.get("first_name", ""), values.get("middle_name", "")
    typed = values.get("credentials", "")
    if not last:
        person = split_whole_name(whole)
        return replace(person, credentials=typed or person.credentials)
    person = split_family_name(last)
    if not first and whole and last.lower() not in whole.lower():
        first = whole
    suffix = values.get("suffix", "")
    if len(suffix) > 1 and suffix.isupper() and len(last) > len(suffix) + 3 and last.endswith(suffix):
        person = split_family_name(last.removesuffix(suffix))  # the registry knows "TORRESII" with suffix "II"
    return PersonName(
        last=person.last,
        first=given_name(first),
        middle=given_name(middle, middle=True),
        suffix=name_suffix(suffix) if suffix else person.suffix,
        credentials=typed or person.credentials,
    )


def _npi(value: str) -> str:
    digits = re.sub(r"\.0$|[\s-]", "", value)
    if digits and not is_npi(digits):
        if re.search(r"\de\+?\d", value, re.IGNORECASE):
            raise RowRefused("npi", "The NPI was rounded by a spreadsheet; format the column as text.")
        shown = clean_line(value, 20)
        raise RowRefused("npi", f"{shown} is not a valid NPI: ten digits of which the last is a check digit.")
    return digits


def _checked(field: str, value: str, normalise: Callable[[str], str]) -> str:
    if not value:
        return ""
    try:
        return normalise(value)
    except ValueError as error:
        raise RowRefused(field, f"{FIELDS[field]} {error}.") from None


def _with_address(row: ProviderRow, values: Mapping[str, str]) -> ProviderRow:
    street, city = values.get("street", ""), values.get("city", "")
    state, zip_ = values.get("state", ""), values.get("zip", "")
    together = values.get("city_state_zip", "")
    place = addresses.split_place(together) if together else None
    if place:
        city, state, zip_ = city or place.city, state or place.state, zip_ or place.zip
    elif together:
        city = city or together.split(",")[0].strip()
        state = state or _state_behind_comma(together)
    elif not (city or state or zip_) and (place := addresses.split_place(street)):
        street, city, state, zip_ = (
            place.street or place.city,
            place.city if place.street else "",
            place.state,
            place.zip,
        )
    street = f"{street} {values.get('street_2', '')}".strip()
    if values.get("country", "").lower().strip(" .") in _AT_HOME:
        state = _checked("state", state, addresses.state_code)
        zip_ = _checked("zip", zip_, addresses.zip_code)
    return replace(
        row,
        street=addresses.street_line(street),
        city=sys.intern(addresses.city_name(city)),
        state=sys.intern(state),
        zip=sys.intern(zip_),
    )


def _state_behind_comma(value: str) -> str:
    behind = value.rpartition(",")[2].strip() if "," in value else ""
    try:
        return addresses.state_code(behind)
    except ValueError:
        return ""


def _within_limits(row: ProviderRow) -> ProviderRow:
    for name, limit in _STORED.items():
        if len(getattr(row, name)) > limit:
            field = "credentials" if name == "credentials_text" else name
            raise RowRefused(field, f"{FIELDS[field]} has more than {limit} characters.")
    return row
