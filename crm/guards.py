"""The guards of all addresses: who gets in, and that nothing is served that has none."""

from collections.abc import Callable

from flask import Blueprint, Flask, abort, current_app, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.accounts import permissions, sessions
from crm.accounts.models import User
from crm.accounts.permissions import NEEDED, PUBLIC, Permission, RoleName
from crm.web import SAFE_METHODS

Guard = Callable[[], ResponseReturnValue | None]


class Unguarded(RuntimeError):  # noqa: N818
    """Some address is served with no guard, or with an open one that nobody wrote down."""


def public() -> ResponseReturnValue | None:
    """Let anybody in. All its addresses stand in permissions.PUBLIC."""
    return None


def login_required() -> ResponseReturnValue | None:
    """Let in who is signed in and whose role may open the address; tell nobody else what is behind it."""
    if current_user.is_authenticated:
        return None if permissions.may_open(role(), request.endpoint or "") else abort(403)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = sessions.door()
        return response
    if request.method not in SAFE_METHODS:
        abort(401)
    return redirect(sessions.door())


def owner_required() -> ResponseReturnValue | None:
    """Let owners in, whatever the table of permissions comes to say: for what would undo all other guards."""
    refused = login_required()
    return refused if refused is not None or role() is RoleName.OWNER else abort(403)


def as_listed() -> ResponseReturnValue | None:
    """Guard the addresses others wrote: open where they are public by name, for the signed-in otherwise."""
    return None if request.endpoint in PUBLIC else login_required()


def register(app: Flask, blueprint: Blueprint, *, guard: Guard, url_prefix: str = "") -> None:
    """Hang a blueprint into the application, always with its guard."""
    if guard not in blueprint.before_request_funcs.get(None, []):  # it stays with the blueprint for every application
        blueprint.before_request(guard)
    app.register_blueprint(blueprint, url_prefix=url_prefix or None)
    _guards(app)[blueprint.name] = guard


def _guards(app: Flask) -> dict[str, Guard]:
    found: dict[str, Guard] = app.extensions.setdefault("guards", {})
    return found


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """Return what stands before an address."""
    return _guards(app).get(endpoint.rpartition(".")[0])


def install(app: Flask, *, others: str) -> None:
    """Guard the blueprint of another's making, give templates their word, and refuse to start with a gap."""
    app.before_request_funcs.setdefault(others, []).insert(0, as_listed)
    _guards(app)[others] = as_listed
    app.jinja_env.globals.update(may=may, may_go=may_go)
    for rule in app.url_map.iter_rules():
        if why := _gap(app, rule.endpoint):
            raise Unguarded(f"{rule.rule} ({rule.endpoint}) {why}")


def _gap(app: Flask, endpoint: str) -> str:
    guard = guard_of(app, endpoint)
    if guard is None:
        return "has no guard: hang its blueprint in with guards.register()."
    if guard is public and endpoint not in PUBLIC:
        return "is open to anybody and does not stand in permissions.PUBLIC."
    if guard in {login_required, owner_required} and endpoint in PUBLIC:
        return "stands in permissions.PUBLIC and asks for a sign-in."
    if endpoint not in PUBLIC and endpoint not in NEEDED:
        return "needs no permission: give it one in permissions.NEEDED."
    return ""


def role() -> RoleName | None:
    """Return what the one who asks is in their practice, as the database says at this request."""
    return role_of(g.user) if g.get("user") is not None else None


def role_of(user: User) -> RoleName | None:
    """Return what somebody is in their practice."""
    return permissions.role_of(one.name for one in user.roles)


def may(permission: str) -> bool:
    """Say whether the one who asks may; for views and, by this name, for templates. Raises for a misspelt word."""
    return permissions.may(role(), Permission(permission))


def may_go(endpoint: str) -> bool:
    """Say whether the one who asks gets past the guard of an address, so that no menu ends in a refusal."""
    return permissions.may_open(role(), endpoint)


def may_follow(path: str) -> bool:
    """Say whether the one who asks may open a page of ours, so that no link ends in a refusal."""
    endpoint, _values = current_app.url_map.bind("").match(path.partition("?")[0])
    return permissions.may_open(role(), endpoint)
