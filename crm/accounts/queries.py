"""Selects over practices and users."""

from sqlalchemy import select

from crm.accounts.models import Practice, User
from crm.db import NotFound, db


def owner_exists() -> bool:
    """Say whether anybody can sign in yet."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def first_practice() -> Practice | None:
    """Return the oldest practice of this installation."""
    return db.session.scalar(select(Practice).order_by(Practice.id).limit(1))


def only_practice(practice_id: int | None) -> Practice:
    """Return the named practice, or the only one; raises NotFound where neither is clear."""
    query = select(Practice).order_by(Practice.id).limit(2)
    if practice_id is not None:
        query = query.where(Practice.id == practice_id)
    found = db.session.scalars(query).all()
    if len(found) != 1:
        raise NotFound
    return found[0]


def find_user(email: str) -> User | None:
    """Return a user by e-mail address, as sign-in compares it."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def name_of_practice(practice_id: int) -> str:
    """Return what a practice is called."""
    return db.session.scalars(select(Practice.name).where(Practice.id == practice_id)).one()
