"""How Flask's sessions come to their rows and cookies, and when a cookie gets another secret."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin, session_json_serializer
from flask_security.utils import set_request_attr
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Unauthorized

from crm.accounts.browsers import name_of
from crm.accounts.models import User, UserSession
from crm.accounts.sessions import PROOF, PROVED_AT, VISITOR_KEYS, Held, Session, current, hash_of, signer
from crm.db import Busy, Damaged, db, writing
from crm.response_headers import AT_SIGN_OUT

LONGEST, LONGEST_TRUSTED = timedelta(hours=12), timedelta(days=30)
HALF_WAY = timedelta(minutes=15)  # between the password and the second factor
SEEN_EVERY = timedelta(minutes=1)
PATIENCE = 0.05  # seconds a page waits to write what may as well be written with the next one
WHO = ("_user_id", "tf_user_id")
# What somebody reaches whose phone is locked: the door, and the way out.
RECHECK = {
    "security.verify", "security.us_verify", "security.us_verify_send_code", "security.wan_verify",
    "security.wan_verify_response", "security.logout",
}  # fmt: skip
UNWRITABLE = (Busy, Damaged, OperationalError, OSError)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Ended(Exception):  # noqa: N818
    """This session was ended, or got another secret, while it was being used."""


class Sessions(SessionInterface):
    """Flask's door to these sessions."""

    def open_session(self, app: Flask, request: Request) -> Session | None:
        """Read nothing yet: who asks for a feed has none, and a broken database must be told like any other trouble."""
        return Session(app, request.cookies.get(self.get_cookie_name(app), "")) if app.secret_key else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what has changed, and send the cookie where it is another one."""
        made = cast(Session, session)
        if not made.is_loaded:
            return
        try:
            self._save(app, made, response)
        except Ended:
            _say_instead(app, response, Unauthorized())
        except UNWRITABLE as error:
            _say_instead(app, response, error)

    def _save(self, app: Flask, session: Session, response: Response) -> None:
        now, kept, held = app.extensions["handoff"].clock(), session.kept(), session.held
        if kept.keys() <= VISITOR_KEYS:
            self._save_visitor(app, session, response)
        elif held is None or any(kept.get(key) != session.was.get(key) for key in WHO):
            self._send(app, response, _new_row(session, kept, now), trusted=session.trusted)
        elif kept.get(PROOF) != session.was.get(PROOF):
            self._send(app, response, _renewed(held, kept, now), trusted=held.trusted)
        else:
            _touch(held, _dumped(kept), now, locked=session.locked)

    def _save_visitor(self, app: Flask, session: Session, response: Response) -> None:
        """Somebody unknown, or no longer known: nothing but a signed cookie, and that only where it changed."""
        gone = session.held
        if gone is not None and gone.user is not None:
            with writing():
                db.session.execute(delete(UserSession).where(UserSession.token_hash == gone.mark))
            self._send(app, response, "", trusted=False)
            response.headers.update(AT_SIGN_OUT)
            return
        if mark := session.dead or (gone.mark if gone else ""):
            with suppress(*UNWRITABLE), writing(patience=PATIENCE):
                db.session.execute(delete(UserSession).where(UserSession.token_hash == mark))
        if (kept := session.kept()) != session.was or (kept and gone):
            self._send(app, response, signer(app).dumps(kept) if kept else "", trusted=False)

    def _send(self, app: Flask, response: Response, value: str, *, trusted: bool) -> None:
        name, secure = self.get_cookie_name(app), self.get_cookie_secure(app)
        if not value:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
            return
        age = LONGEST_TRUSTED if trusted else None
        response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="Lax")


def install(app: Flask) -> None:
    """Let sessions come from their rows alone. Call it after Flask-Security's own beginning."""
    app.session_interface = Sessions()
    manager = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(_load_user)
    manager.request_loader(lambda _request: None)  # no token in an address or a header lets anybody in
    app.after_request_funcs[None].remove(manager._update_remember_cookie)  # nor a cookie beside ours


def _load_user(uniquifier: str) -> User | None:
    session = current()
    user = session.user
    if user is None or user.fs_uniquifier != uniquifier or (session.locked and request.endpoint not in RECHECK):
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr(PROOF, session.get(PROOF, 0))
    return user


def _new_row(session: Session, kept: dict[str, Any], now: datetime) -> str:
    """Write a row for somebody who has come in, or half-way; the one they came with is used up. Returns its secret."""
    secret, before = secrets.token_urlsafe(32), session.held
    with writing():
        if before is not None:
            used = db.session.execute(delete(UserSession).where(UserSession.token_hash == before.mark))
            if before.user is None:  # half-way in: what was proved so far counts once
                _only_one(used)
        user = _user_of(kept)
        if user is not None:
            kept |= {"csrf_token": secrets.token_hex(32), PROVED_AT: now.timestamp()}
            session.trusted |= bool(before and before.trusted and before.user and before.user.id == user)
        lasts = HALF_WAY if user is None else LONGEST_TRUSTED if session.trusted else LONGEST
        row = UserSession(
            token_hash=hash_of(secret), user_id=user, contents=_dumped(kept), trusted=session.trusted,
            ip=request.remote_addr or "", agent=name_of(request.headers.get("User-Agent", "")),
            created_at=now, seen_at=now, expires_at=now + lasts,
        )  # fmt: skip
        db.session.add(row)
    return secret


def _user_of(kept: dict[str, Any]) -> int | None:
    """Return who is signed in, None for somebody half-way.

    Raises Ended where the account was closed meanwhile, or where nothing was proved: a cookie of Flask-Login's that
    was signed long ago puts a name in as well.
    """
    if "_user_id" not in kept:
        return None
    if PROOF not in kept:
        raise Ended
    query = select(User.id).where(User.fs_uniquifier == kept["_user_id"], User.active.is_(True))
    if (found := db.session.scalar(query)) is None:
        raise Ended
    return found


def _renewed(held: Held, kept: dict[str, Any], now: datetime) -> str:
    """Give a row another secret and return it; of two that come at once with the old one, one is turned away."""
    secret = secrets.token_urlsafe(32)
    kept[PROVED_AT] = now.timestamp()
    with writing():
        new = {"token_hash": hash_of(secret), "contents": _dumped(kept), "seen_at": now}
        _only_one(db.session.execute(update(UserSession).where(UserSession.token_hash == held.mark).values(new)))
    return secret


def _touch(held: Held, contents: str, now: datetime, *, locked: bool) -> None:
    """Keep what has changed, and once a minute that somebody is there; a page that only reads never fails of it."""
    new: dict[str, Any] = {"contents": contents} if contents != held.contents else {}
    is_person = request.headers.get("X-Auto") != "1" and not locked
    if is_person and now - held.seen_at >= SEEN_EVERY:
        new["seen_at"] = now
    if not new:
        return
    row = update(UserSession).where(UserSession.token_hash == held.mark).values(new)
    if request.method not in SAFE_METHODS:
        with writing():
            db.session.execute(row)
        return
    with suppress(*UNWRITABLE), writing(patience=PATIENCE):
        db.session.execute(row)


def _only_one(done: Any) -> None:
    if cast(CursorResult[Any], done).rowcount != 1:
        raise Ended


def _dumped(kept: dict[str, Any]) -> str:
    return session_json_serializer.dumps(kept)


def _say_instead(app: Flask, response: Response, error: Exception) -> None:
    """Turn an answer that promised too much into the page that says what happened."""
    page = app.make_response(app.handle_user_exception(error))
    response.status, response.content_type = page.status, page.content_type
    response.set_data(page.get_data())
    for name in ("Location", "HX-Redirect", "Set-Cookie"):
        response.headers.pop(name, None)
    if "Retry-After" in page.headers:
        response.headers["Retry-After"] = page.headers["Retry-After"]
