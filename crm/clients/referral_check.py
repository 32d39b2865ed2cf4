"""The four elements of a complete referral and what to ask the office for when one is missing (domain.md 1.2)."""

import re
from dataclasses import dataclass

APPROVED = ("medical exercise training", "post-rehab conditioning", "medical fitness", "functional conditioning")
ICD10 = re.compile(r"\b[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Elements:
    """Which of the four elements a referral has."""

    written: bool
    wording: bool
    diagnosis: bool
    transition: bool

    @property
    def complete(self) -> bool:
        """Say whether nothing has to be asked for."""
        return self.written and self.wording and self.diagnosis and self.transition


# element, its short name on the form, what is asked for
ELEMENTS = (
    ("written", "Written", "The referral is not in writing. Save now and ask the office for a signed one."),
    (
        "wording",
        "Wording",
        "The wording is not one we can work under. Ask for Medical Exercise Training, Post-Rehab Conditioning, "
        "Medical Fitness or Functional Conditioning.",
    ),
    ("diagnosis", "Diagnosis and ICD-10", "The diagnosis or its ICD-10 code is missing. Save now and ask the office."),
    (
        "transition",
        "Care has ended",
        "Nobody has confirmed that medical treatment has ended. Save now and ask the office.",
    ),
)


def check(*, written: bool, service: str, diagnosis: str, icd10: str, transition: bool) -> Elements:
    """Look for the four elements in what the referral says.

    The diagnosis counts only with its code, both as stated by the provider; neither is ever suggested (H22).
    """
    return Elements(
        written=written,
        wording=_has_wording(service),
        diagnosis=bool(diagnosis.strip() or icd10.strip()) and bool(ICD10.search(f"{icd10} {diagnosis}")),
        transition=transition,
    )


def missing(elements: Elements) -> list[str]:
    """Return, for each element that is missing, what to do about it."""
    return [ask for name, _label, ask in ELEMENTS if not getattr(elements, name)]


def _has_wording(service: str) -> bool:
    plain = re.sub(r"[\s‐-―-]+", " ", service.casefold())
    return any(label.replace("-", " ") in plain for label in APPROVED)
