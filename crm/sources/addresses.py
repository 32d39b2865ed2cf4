"""Write postal addresses in ordinary capitals and tell when two rows mean the same office."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crm.sources.person_names import cased_word

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "capitals.toml"
_WORDS = tomllib.loads(_CONFIG.read_text("utf-8"))["addresses"]
_UPPER = frozenset(_WORDS["upper"])
_ABBREVIATIONS = frozenset(_WORDS["abbreviations"])
MAX_KEY = 200
MAX_NAME = 160
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana",
    "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri",
    "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio",
    "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "PR": "Puerto Rico", "VI": "Virgin Islands", "GU": "Guam", "AS": "American Samoa",
    "MP": "Northern Mariana Islands", "AA": "Armed Forces Americas", "AE": "Armed Forces Europe",
    "AP": "Armed Forces Pacific",
}  # fmt: skip
_STATE_CODES = {name.lower(): code for code, name in STATES.items()}

_SMALL = {"and", "of", "at", "the", "in", "for", "'n", "n'"}
_LONG_FORMS = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr", "boulevard": "blvd",
    "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "highway": "hwy", "parkway": "pkwy",
    "pky": "pkwy", "circle": "cir", "terrace": "ter", "trail": "trl", "plaza": "plz", "freeway": "fwy",
    "expressway": "expy", "turnpike": "tpke", "building": "bldg", "center": "ctr", "centre": "ctr",
    "floor": "fl", "flr": "fl", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne",
    "northwest": "nw", "southeast": "se", "southwest": "sw", "suite": "#", "apt": "#", "ste": "#", "unit": "#",
    "room": "#", "rm": "#", "saint": "st", "mount": "mt", "fort": "ft", "and": "",
}  # fmt: skip
_BUSINESS_FORM = re.compile(r"[\s,]+(?:p\.?\s?a|p\.?\s?c|llc|pllc|inc|ltd|llp|corp)\.?$", re.IGNORECASE)
_SUITE = re.compile(r",?\s+Ste\.?\s+#?\s*(?=\S)")
_TAIL = re.compile(
    r"^(?P<city>.*?)(?P<gap>[\s,]+)(?P<state>[A-Za-z]{2}|[A-Za-z][A-Za-z ]+)\.?[\s,]+(?P<zip>\d{4,5}(?:-?\d{4})?)$"
)


@dataclass(frozen=True, slots=True)
class Place:
    street: str
    city: str
    state: str
    zip: str


@lru_cache(maxsize=4096)
def street_line(value: str) -> str:
    """Write "5033 SWAMP RD STE 502" as "5033 Swamp Rd Ste 502"; mixed case stays as typed."""
    if not _is_one_case(value):
        return value
    text = re.sub(r"\bsuite ?(?=\d)", "ste ", " ".join(value.lower().split()))
    text = re.sub(r"( ste \S+)\1$", r"\1", text)
    return " ".join(_street_word(word, first=not place) for place, word in enumerate(text.split()))


@lru_cache(maxsize=4096)
def city_name(value: str) -> str:
    """Write "ST PETERSBURG" as "St. Petersburg" and "MC DONALD" as "McDonald"."""
    if not _is_one_case(value):
        return value
    text = re.sub(r"^mc ", "mc", value.lower())
    words = text.split()
    cased = [word if place and word in {"of", "the", "and"} else cased_word(word) for place, word in enumerate(words)]
    if len(cased) > 1 and cased[0] in ("St", "Ste"):
        cased[0] += "."
    return " ".join(cased)


def state_code(value: str) -> str:
    """Give the two letters of a state; raises ValueError for what is none."""
    bare = " ".join(value.replace(".", "").split())
    if bare.upper() in STATES:
        return bare.upper()
    if code := _STATE_CODES.get(bare.lower()):
        return code
    raise ValueError("is not a state of the United States")


def zip_code(value: str) -> str:
    """Give five digits or ZIP+4; spreadsheets eat leading zeros: "2134" is 02134 (else ValueError)."""
    bare = re.sub(r"\.0$", "", value.strip())
    digits = re.sub(r"[\s-]", "", bare)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("is not a ZIP code of five or nine digits")
    five, plus = digits, ""
    if "-" in bare or len(digits) > 5:
        five, plus = digits[:-4], digits[-4:]
    if not 3 <= len(five) <= 5 or five.strip("0") == "":
        raise ValueError("is not a ZIP code of five or nine digits")
    five = five.zfill(5)
    return f"{five}-{plus}" if plus.strip("0") else five


def split_place(value: str) -> Place | None:
    """Take "12 Main St, Tampa, FL 33601" or "Tampa FL 33601" apart; None where no state and ZIP end it."""
    text = re.sub(r"[\s,]+(?:USA?|United States)\.?$", "", value, flags=re.IGNORECASE)
    found = _TAIL.match(text)
    if not found:
        return None
    head, words = found["city"], found["state"].split()
    size = next((size for size in (3, 2, 1) if _is_state(" ".join(words[-size:]))), 0)
    if not size:
        return None
    code = state_code(" ".join(words[-size:]))
    head = (
        f"{head} {' '.join(words[:-size])}" if "," not in found["gap"] else ", ".join((head, " ".join(words[:-size])))
    )
    street, _, city = head.strip(" ,").rpartition(",")
    return Place(street.strip(" ,"), city.strip(), code, found["zip"])


def address_key(street: str, city: str, zip_: str) -> str:
    """Give the same key for two spellings of one address; empty without a street."""
    words = re.sub(r"[#]", " # ", street.lower().replace(".", "").replace("'", ""))
    words = re.sub(r"[^\w#-]+", " ", words)
    street_key = " ".join(filter(None, (_LONG_FORMS.get(word, word) for word in words.split())))
    street_key = re.sub(r"(?:# ?)+", "# ", street_key).strip()
    if not street_key:
        return ""
    return f"{street_key}|{zip_[:5] or _squeezed(city)}"


def office_key(name: str, street: str, city: str, zip_: str) -> str:
    """Give the same key to rows of one office: one address is one office, unless both have names that differ.

    Without a street the name and the town tell; empty where there is neither.
    """
    named = _squeezed(_BUSINESS_FORM.sub("", name))
    place = address_key(street, city, zip_)
    if not place:
        return f"{named}|{zip_[:5] or _squeezed(city)}" if named else ""
    return f"{place}|{named}"[:MAX_KEY] if named else place[:MAX_KEY]


def office_name(name: str, street: str, city: str) -> str:
    """Name an office; one without a name after its address: "5033 Swamp Rd, Suite 502, Fountainville"."""
    if name or not street:
        return name
    return ", ".join(part for part in (_SUITE.sub(", Suite ", street), city) if part)[:MAX_NAME].rstrip(" ,")


def _is_state(value: str) -> bool:
    return value.replace(".", "").upper() in STATES or value.lower() in _STATE_CODES


@lru_cache(maxsize=4096)
def organisation_name(value: str) -> str:
    """Write the name of a practice in ordinary capitals; mixed case stays as typed."""
    if not _is_one_case(value):
        return value
    return " ".join(_street_word(word, first=not place) for place, word in enumerate(value.lower().split()))


@lru_cache(maxsize=4096)
def _street_word(word: str, *, first: bool) -> str:
    bare = word.strip(".,;()#&")
    if bare in _SMALL and not first:
        return word
    if bare in {"inc", "ltd", "corp"} or bare in _ABBREVIATIONS:
        return word.capitalize()
    if re.fullmatch(r"(\d+-)?\d+(st|nd|rd|th)", bare):
        return word
    if bare in _UPPER or any(char.isdigit() for char in bare) or not re.search(r"[aeiouy]", bare):
        return word.upper()
    return cased_word(word)


def _squeezed(value: str) -> str:
    return re.sub(r"[\W_]+", " ", value.lower()).strip()


def _is_one_case(value: str) -> bool:
    return value.upper() == value or value.lower() == value
