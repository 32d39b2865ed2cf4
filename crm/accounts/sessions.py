"""Sessions on the server: a cookie holds a random secret, a row its hash and all that the session knows.

Somebody whom nobody knows yet keeps a form's token and what is to be said next in a signed cookie, so that no visit
writes a row. The secret is another one after every sign-in and every proof of who it is, and the old one is dead.
"""

import hashlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, request, url_for
from flask import session as flask_session
from flask.sessions import SecureCookieSessionInterface, SessionMixin, session_json_serializer
from itsdangerous import BadSignature
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from crm.accounts.models import User, UserSession
from crm.column_types import Reader, forgiving
from crm.db import db

VISITOR_LASTS = timedelta(hours=12)
FRESH = timedelta(minutes=10)
VISITOR_KEYS = {"csrf_token", "_flashes"}
# What Flask-Login and Flask-Security note for ways of theirs that are not open here.
NOT_KEPT = {"_fresh", "_id", "_permanent", "_remember_seconds", "fs_cc", "fs_gexp"}
PROOF, PROVED_AT, REMEMBER = "fs_paa", "proved_at", "_remember"
# A row that no program of ours wrote knows nobody: its session is over, and its browser may come in anew.
READ = cast(Reader, forgiving(lambda told: dict(session_json_serializer.loads(told)), lambda _told: {}))


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it was when the request began."""

    mark: str
    contents: str
    trusted: bool
    seen_at: datetime
    user: User | None  # None: half-way in


class Session(SessionMixin):
    """What is known of who asks; read from its row or its cookie at the first look."""

    def __init__(self, app: Flask, cookie: str) -> None:
        self._app, self._cookie = app, cookie
        self._contents: dict[str, Any] | None = None
        self.was: dict[str, Any] = {}
        self.held: Held | None = None
        self.dead = ""  # the mark of a row that is over
        self.locked = False  # a trusted phone that was left alone; it needs a short check
        self.trusted = False  # asked for at this sign-in

    @property
    def contents(self) -> dict[str, Any]:
        """Everything Flask keeps in a session."""
        if self._contents is None:
            self._contents = {}  # where it cannot be read, the page that says so looks again and finds nobody
            self._contents = self._read()
            self.was = deepcopy(self.kept())
        return self._contents

    @property
    def is_loaded(self) -> bool:
        """Say whether anybody has looked; if not there is nothing to save."""
        return self._contents is not None

    @property
    def user(self) -> User | None:
        """Return who is signed in here, locked or not."""
        return self.held.user if self.contents and self.held else None

    @property
    def mark(self) -> str:
        """Return the hash that names this session in its table, or nothing."""
        return self.held.mark if self.contents and self.held else ""

    def is_fresh(self, now: datetime) -> bool:
        """Say whether it was proved within ten minutes who it is."""
        proved = self.contents.get(PROVED_AT)
        return proved is not None and now.timestamp() - float(proved) <= FRESH.total_seconds()

    def kept(self) -> dict[str, Any]:
        """Return what is worth keeping; a proof is nobody's once nobody is signed in."""
        left_out = NOT_KEPT if "_user_id" in self.contents else NOT_KEPT | {PROOF, PROVED_AT}
        return {key: value for key, value in self.contents.items() if key not in left_out}

    def _read(self) -> dict[str, Any]:
        if "." in self._cookie:
            return _signed_contents(self._app, self._cookie)
        if self._cookie:
            now = self._app.extensions["handoff"].clock()
            query = select(UserSession, User).outerjoin(User, User.id == UserSession.user_id)
            query = query.options(joinedload(User.roles)).where(UserSession.token_hash == hash_of(self._cookie))
            for row, user in db.session.execute(query).unique():
                return self._take(row, user, now)
        return {}

    def _take(self, row: UserSession, user: User | None, now: datetime) -> dict[str, Any]:
        contents: dict[str, Any] = READ(row.contents)
        left_alone = user is not None and now - row.seen_at > timedelta(minutes=user.idle_minutes)
        is_theirs = user is None or (user.active and contents.get("_user_id") == user.fs_uniquifier)
        if row.expires_at <= now or not is_theirs or (left_alone and not row.trusted):
            self.dead = row.token_hash
            return {}
        self.locked = left_alone
        self.held = Held(row.token_hash, row.contents, row.trusted, row.seen_at, user)
        return contents

    def __getitem__(self, key: str) -> Any:
        return self.contents[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key == REMEMBER:  # Flask-Login's cookie would let somebody in past the row; here it is what a row says
            self.trusted = value == "set"
        else:
            self.contents[key] = value

    def __delitem__(self, key: str) -> None:
        del self.contents[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.contents)

    def __len__(self) -> int:
        return len(self.contents)


def hash_of(secret: str) -> str:
    """Return how a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def current() -> Session:
    """Return the session of this request."""
    return cast(Session, flask_session._get_current_object())  # type: ignore[attr-defined]


def door() -> str:
    """Return the page where somebody comes in: the short check where the phone is their own, else the sign-in."""
    if not current().locked:
        return url_for("security.login")
    here = request.full_path.rstrip("?") if request.method == "GET" and not request.headers.get("HX-Request") else "/"
    return url_for("security.verify", next=here)


def end_all(user_id: int, *, but: str | None = None) -> int:
    """End every session of somebody, but the one of that mark, at its next request; the caller commits."""
    gone = delete(UserSession).where(UserSession.user_id == user_id, UserSession.token_hash != (but or ""))
    return len(db.session.execute(gone.returning(UserSession.id)).all())


def forget(*, now: datetime) -> int:
    """Delete the rows whose time is over; return how many. The caller commits."""
    return len(
        db.session.execute(delete(UserSession).where(UserSession.expires_at <= now).returning(UserSession.id)).all()
    )


class _Signed(SecureCookieSessionInterface):
    """The signature of a visitor's cookie; nothing that was signed for another purpose passes for one."""

    salt = "handoff-visitor"
    digest_method = staticmethod(hashlib.sha256)


def signer(app: Flask) -> Any:
    return _Signed().get_signing_serializer(app)


def _signed_contents(app: Flask, cookie: str) -> dict[str, Any]:
    try:
        found = signer(app).loads(cookie, max_age=VISITOR_LASTS.total_seconds())
    except BadSignature:
        return {}
    return {key: value for key, value in found.items() if key in VISITOR_KEYS}
