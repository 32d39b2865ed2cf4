"""Who signs in for a practice and as what: invited, changed, disabled, let in again. The caller commits.

The caller holds the practice's writing transaction, so that of two owners who take each other out one comes second
and is refused: a practice is never left without an owner.
"""

from datetime import datetime

from sqlalchemy import delete

from crm.accounts import service
from crm.accounts.models import Practice, SetupLink, User
from crm.accounts.people_queries import owners_left
from crm.accounts.permissions import RoleName, role_of
from crm.accounts.reset_service import end_sessions
from crm.db import db


class LastOwner(Exception):  # noqa: N818
    """Without this owner nobody could sign in who may do everything."""


class IsDisabled(Exception):  # noqa: N818
    """A disabled account takes no link: it is enabled first."""


def invite(practice: Practice, person: service.Person, role: RoleName, *, now: datetime) -> tuple[User, str]:
    """Add an account without a password and return it with the secret of its one-time link; raises EmailTaken."""
    user = service.create_user(practice, person, role=role.value)
    return user, service.new_link(now=now, user=user)


def change_role(user: User, role: RoleName) -> bool:
    """Give somebody the other role, from their next request on; say whether it is another. Raises LastOwner."""
    held = role_of(one.name for one in user.roles)
    if held is role:
        return False
    if held is RoleName.OWNER:
        _keep_an_owner(user)
    user.roles = [service.role_row(role.value)]
    db.session.flush()
    return True


def disable(user: User) -> bool:
    """Shut somebody out at once, with every session, link and feed; say whether they were in. Raises LastOwner."""
    if not user.active:
        return False
    if role_of(one.name for one in user.roles) is RoleName.OWNER:
        _keep_an_owner(user)
    user.active = False
    end_sessions(user)
    _void_links(user)
    return True


def enable(user: User) -> bool:
    """Let somebody sign in again with what they signed in with before; say whether they were out."""
    if user.active:
        return False
    user.active = True
    db.session.flush()
    return True


def new_link(user: User, *, now: datetime) -> str:
    """Return the secret of a new one-time link to choose a password by; older ones stop working. Raises IsDisabled."""
    if not user.active:
        raise IsDisabled
    _void_links(user)
    return service.new_link(now=now, user=user)


def _void_links(user: User) -> None:
    still = (SetupLink.user_id == user.id, SetupLink.used_at.is_(None))
    db.session.execute(delete(SetupLink).where(*still))


def _keep_an_owner(user: User) -> None:
    if not owners_left(user.practice_id, without=user.id):
        raise LastOwner
