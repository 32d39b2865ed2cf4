"""People on their way in: applications that ask for a second factor, authenticator apps, browsers half-way."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import builders
import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from crm.accounts.models import Throttle
from crm.db import db, writing
from crm.factory import create_app
from crm.settings import Settings

OWNER = "owner@example.com"
ANOTHER = "a sentence nobody wrote down"


def app_with_factor(settings: Settings, clock: Any, **values: object) -> Flask:
    """Return an application that asks for a second factor, and knows one owner with a password."""
    app = create_app(settings.model_copy(update={"second_factor": "on"} | values), clock)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        builders.password()
        db.session.remove()
    return app


@dataclass(frozen=True)
class Phone:
    """An authenticator app."""

    key: str

    def code(self, now: datetime) -> str:
        """Return what it shows at a moment."""
        return pyotp.TOTP(self.key).at(now)


def give_password(browser: FlaskClient, password: str = builders.PASSWORD, email: str = OWNER) -> TestResponse:
    """Send the sign-in page."""
    return browser.post("/login", data={"email": email, "password": password})


def scan(browser: FlaskClient) -> Phone:
    """Ask for the drawing and read the key under it."""
    page = browser.post("/account/authenticator", data={"setup": "authenticator"})
    found = re.search(r'totp-key">([^<]+)<', page.text)
    assert found, page.text
    return Phone(found[1].replace("-", ""))


def give_code(browser: FlaskClient, code: str) -> TestResponse:
    """Send the page of the code."""
    return browser.post("/login/code", data={"code": code})


def set_up(browser: FlaskClient, now: datetime) -> tuple[Phone, list[str]]:
    """Go all the way in for the first time; return the phone and the recovery codes."""
    assert give_password(browser).status_code == 302
    phone = scan(browser)
    assert give_code(browser, phone.code(now)).status_code == 302
    return phone, make_codes(browser)


def make_codes(browser: FlaskClient) -> list[str]:
    """Make ten recovery codes and read them."""
    page = browser.post("/account/recovery-codes").text
    codes = re.findall(r"\b(?:[A-Z0-9]{5}-){3}[A-Z0-9]{5}\b", page)
    assert len(set(codes)) == 10
    return codes


def is_in(browser: FlaskClient) -> bool:
    """Say whether somebody reaches the desk."""
    return browser.get("/").status_code == 200


def calm_down(app: Flask) -> None:
    """Let the throttle forget, for tests that are about something else."""
    with app.app_context(), writing():
        db.session.execute(delete(Throttle))
