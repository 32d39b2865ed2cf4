"""Read the letters behind a name: a tidy display and the one credential the cadence asks for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

OTHER = "OTHER"
ENGINE_CREDENTIALS = ("MD", "DO", "DPM", "NP", "PA", "DC", "DPT", "PT", "OT", "CM", "RN", OTHER)

_PHRASES = {
    "doctor of medicine": "MD",
    "medical doctor": "MD",
    "doctor of osteopathic medicine": "DO",
    "doctor of osteopathy": "DO",
    "osteopathic physician": "DO",
    "doctor of podiatric medicine": "DPM",
    "podiatrist": "DPM",
    "podiatric physician": "DPM",
    "doctor of chiropractic": "DC",
    "chiropractic physician": "DC",
    "chiropractor": "DC",
    "doctor of physical therapy": "DPT",
    "physical therapist assistant": "PTA",
    "physical therapist": "PT",
    "occupational therapist": "OT",
    "advanced practice registered nurse": "APRN",
    "family nurse practitioner": "FNP",
    "nurse practitioner": "NP",
    "physician assistant": "PA",
    "physician associate": "PA",
    "registered nurse": "RN",
    "case manager": "CM",
}
_DISPLAY = {
    "PHD": "PhD", "PSYD": "PsyD", "PHARMD": "PharmD", "AUD": "AuD", "EDD": "EdD", "DRPH": "DrPH",
    "MED": "MEd", "EDM": "EdM", "MSC": "MSc", "DMSC": "DMSc", "DSC": "DSc", "SCD": "ScD", "RPH": "RPh",
    "MBCHB": "MBChB", "MDIV": "MDiv", "PAC": "PA-C", "FNPC": "FNP-C", "FNPBC": "FNP-BC", "NPC": "NP-C",
    "CRNAP": "CRNA", "CRNA-P": "CRNA", "CCCA": "CCC-A", "CCCSLP": "CCC-SLP", "OTRL": "OTR/L",
    "DHSC": "DHSc", "PMHNPBC": "PMHNP-BC", "ANPBC": "ANP-BC", "AGNPC": "AGNP-C", "BCH": "BCh",
    "MBBCH": "MBBCh",
}  # fmt: skip
_ENTITY = {"PA", "PC", "PLLC", "LLC", "INC", "PSC", "LTD", "LLP", "PLC", "CORP"}
_NOT_A_CREDENTIAL = {"DR", "MR", "MRS", "MS.", "NONE", "NA", "N/A", "AND"}
DEGREES = {"MD", "DO", "DPM", "DC", "OD", "DDS", "DMD", "PHD", "PSYD", "PT", "DPT", "MBBS"}
_CASE_MANAGER = {"CM", "CCM", "ACM", "CMC", "RN-CCM", "ACM-RN", "CMCN"}
_PHYSICAL_THERAPIST = {"PT", "MPT", "RPT", "MSPT", "LPT", "BSPT", "SPT"}
_OCCUPATIONAL_THERAPIST = {
    "OT", "OTR", "OTR/L", "OTD", "MOT", "MSOT", "OTL", "LOT", "DROT", "OTDR/L", "MOTR/L",
}  # fmt: skip
_NURSE_PRACTITIONER = {"ARNP", "APRN", "APN", "APNP", "DNP", "NPP", "ANRP"}
_KNOWN = {
    *DEGREES, *_CASE_MANAGER, *_PHYSICAL_THERAPIST, *_OCCUPATIONAL_THERAPIST, *_NURSE_PRACTITIONER,
    *_ENTITY, *(key.upper() for key in _DISPLAY), "PA-C", "RN", "BSN", "MSN", "MPH", "MBA", "MHA", "MS",
    "MA", "BS", "BA", "CNM", "CNS", "CRNA", "ACNS", "CCRN", "LCSW", "LPC", "LMT", "ATC", "OCS", "SCS",
    "CSCS", "FAAOMPT", "CHT", "MTC", "PTA", "COTA", "SLP", "CCC-SLP", "CCC-A", "RD", "RDN", "LDN", "CDE",
    "CDCES", "ESQ", "MPAS", "MHS", "MMS", "MSPAS", "DACNB", "CCSP", "ACNP", "CDN", "LAT", "DOM", "LAC",
    "LMHC", "LMFT", "LICSW", "RT", "CNA",
}  # fmt: skip

_BROKEN = [
    (re.compile(pattern), whole)
    for pattern, whole in (
        (r"\bM D\b", "MD"),
        (r"\bD O\b", "DO"),
        (r"\bO D\b", "OD"),
        (r"\bD C\b", "DC"),
        (r"\bP T\b", "PT"),
        (r"\bD P M\b", "DPM"),
        (r"\bD P T\b", "DPT"),
        (r"\bPH D\b", "PHD"),
        (r"\bP A[ -]?C\b", "PA-C"),
        (r"\bPA C\b", "PA-C"),
        (r"\bCCC (A|SLP)\b", r"CCC-\1"),
        (r"\b([A-Z]{0,6}NP) ?- ?B ?C\b", r"\1-BC"),
        (r"\b([A-Z]{0,6}NP)[ -]B ?C\b", r"\1-BC"),
        (r"\b([A-Z]{0,6}NP) ?-? ?C\b", r"\1-C"),
        (r"\bOTR ?/ ?L\b", "OTR/L"),
        (r"\b(MD|DO)(F[A-Z]{3,5}|PHD|MPH|MBA|MS)\b", r"\1 \2"),
    )
]


@dataclass(frozen=True, slots=True)
class Credentials:
    engine: str  # one of ENGINE_CREDENTIALS
    display: str  # "MD, PhD"


@lru_cache(maxsize=2048)
def read_credentials(value: str) -> Credentials:
    """Read "M.D.", "MED CCC A, FAAA" or "Physical Therapist"; the letters stay in the order written.

    "PA" right behind a doctor's degree is the professional association, not a physician assistant.
    """
    tokens = credential_tokens(value)
    return Credentials(_engine(tokens), ", ".join(_DISPLAY.get(token, token) for token in tokens))


def credential_tokens(value: str) -> tuple[str, ...]:
    """Split into capital tokens such as ("MD", "PHD"), each once, without business forms."""
    text = value.lower()
    for phrase, short in _PHRASES.items():
        text = text.replace(phrase, short)
    text = re.sub(r"[^A-Z0-9/&,; \-]", " ", text.upper().replace(".", ""))
    text = re.sub(r"\s+", " ", text.replace("&", ","))
    for pattern, whole in _BROKEN:
        text = pattern.sub(whole, text)
    tokens: list[str] = []
    for token in _split(text):
        business = token in _ENTITY - {"PA"} or (token in {"PA"} and bool(DEGREES.intersection(tokens)))
        if token not in tokens and token not in _NOT_A_CREDENTIAL and not business:
            tokens.append(token)
    return tuple(tokens)


def is_credential(token: str) -> bool:
    """Answer whether one word behind a name is a known credential ("MD", "Ph.D.", "FACS", "FNP-BC")."""
    bare = token.upper().replace(".", "").strip(",;")
    if bare in _KNOWN or any(knows(bare) for _, knows in _RULES):
        return True
    return bool(re.fullmatch(r"FA[A-Z]{2,5}|(MD|DO)/[A-Z]{2,4}|FC[A-Z]{2,3}", bare))


def _split(text: str) -> list[str]:
    tokens: list[str] = []
    for token in re.split(r"[,; ]+", text):
        bare = token.strip("-/")
        tokens += bare.split("/") if "/" in bare and bare not in _KNOWN else [bare]
    return [token for token in tokens if token]


def _is_nurse_practitioner(token: str) -> bool:
    return token in _NURSE_PRACTITIONER or bool(
        re.fullmatch(r"[A-Z]{0,6}NP(-[A-Z]{1,2})?|(ARNP|APRN|APN|DNP)-[A-Z]{1,5}", token)
    )


_RULES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("MD", {"MD", "MBBS", "MBCHB", "MBBCH"}.__contains__),
    ("DO", {"DO"}.__contains__),
    ("DPM", {"DPM"}.__contains__),
    ("NP", lambda token: _is_nurse_practitioner(_DISPLAY.get(token, token))),
    ("PA", {"PA", "PA-C", "PAC", "RPA-C", "RPA", "MPAS", "MSPAS"}.__contains__),
    ("DC", {"DC"}.__contains__),
    ("DPT", {"DPT"}.__contains__),
    ("PT", _PHYSICAL_THERAPIST.__contains__),
    ("OT", _OCCUPATIONAL_THERAPIST.__contains__),
    ("CM", _CASE_MANAGER.__contains__),
    ("RN", {"RN", "BSN", "MSN", "RN-BC"}.__contains__),
)


def _engine(tokens: tuple[str, ...]) -> str:
    # A nurse anesthetist, midwife or clinical specialist is an advanced practice nurse, but no practitioner.
    if {"CRNA", "CRNA-P", "CNM", "CNS"}.intersection(tokens):
        tokens = tuple(token for token in tokens if token not in {"APRN", "ARNP", "APN", "DNP"})
    for engine, knows in _RULES:
        if any(knows(token) for token in tokens):
            return engine
    return OTHER
