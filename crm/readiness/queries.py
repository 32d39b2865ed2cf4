"""Selects over what a practice says of itself."""

from sqlalchemy import select

from crm.db import NotFound, db
from crm.readiness.models import Paper, PracticeText, ReadinessCheck
from crm.readiness.niches import NICHES, Niche
from crm.readiness.texts import Written


def find_text(practice_id: int, kind: str) -> PracticeText | None:
    """Return one of the practice's own texts, if it is written."""
    query = select(PracticeText).where(PracticeText.practice_id == practice_id, PracticeText.kind == kind)
    return db.session.scalar(query)


def texts_of(practice_id: int) -> dict[str, PracticeText]:
    """Return all texts of a practice by kind."""
    query = select(PracticeText).where(PracticeText.practice_id == practice_id).order_by(PracticeText.kind)
    return {text.kind: text for text in db.session.scalars(query)}


def written(practice_id: int) -> dict[str, Written]:
    """Return the texts of a practice by page, as the rules read them."""
    return {kind: Written(row.text, row.slots, row.blocked) for kind, row in texts_of(practice_id).items()}


def niches_of(practice_id: int) -> list[Niche]:
    """Return the niches the practice has chosen, the first one first; what is no niche any more is left out."""
    told = find_text(practice_id, "niche")
    chosen = told.slots.get("niches", []) if told is not None else []
    return [NICHES[key] for key in chosen if key in NICHES] if isinstance(chosen, list) else []


def checks_of(practice_id: int, most: int = 24) -> list[ReadinessCheck]:
    """Return the readings of the readiness check, oldest first; of many, the newest."""
    query = select(ReadinessCheck).where(ReadinessCheck.practice_id == practice_id)
    newest = db.session.scalars(query.order_by(ReadinessCheck.on.desc(), ReadinessCheck.id.desc()).limit(most)).all()
    return list(reversed(newest))


def papers_of(practice_id: int) -> list[Paper]:
    """Return the papers of a practice, the one that ends first in front, those without an end last."""
    query = select(Paper).where(Paper.practice_id == practice_id)
    return list(db.session.scalars(query.order_by(Paper.expires_on.is_(None), Paper.expires_on, Paper.name, Paper.id)))


def get_paper(practice_id: int, paper_id: int) -> Paper:
    """Return one paper; raises NotFound."""
    found: Paper | None = db.session.scalar(select(Paper).where(Paper.practice_id == practice_id, Paper.id == paper_id))
    if found is None:
        raise NotFound
    return found
