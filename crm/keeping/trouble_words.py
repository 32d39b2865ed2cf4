"""What the page of the clock says of what went wrong."""

from crm.keeping.trouble_models import TroubleKind

WORDS = {
    TroubleKind.ERROR: "A page broke",
    TroubleKind.JOB: "A job of the clock failed",
    TroubleKind.CSP: "A browser refused what a page asked of it",
}


def of(kind: TroubleKind, place: str) -> str:
    """Return one trouble in words."""
    return f"{WORDS[kind]}: {place}"
