"""What every command shares: exit codes, the moment it is, whose practice it is about."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from crm.accounts import queries
from crm.accounts.models import Practice
from crm.db import Damaged, NotFound
from crm.settings import Settings


class Refused(click.ClickException):
    """Bad input: exit code 2, and with --json the field it is about."""

    exit_code = 2

    def __init__(self, field: str, message: str, *, as_json: bool = False) -> None:
        super().__init__(message)
        self.field, self.as_json = field, as_json

    def show(self, file: Any = None) -> None:
        """Say it on stderr, or as JSON on stdout for a script."""
        if self.as_json:
            click.echo(json.dumps({"error": {"field": self.field, "message": self.message}}))
        else:
            click.echo(f"{self.field}: {self.message}", err=True, file=file)


def moment(text: str | None) -> datetime:
    """Read --now; without it, the clock. Raises Refused for what is no moment."""
    if text is None:
        now: datetime = current_app.extensions["handoff"].clock()
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("now", "write a moment as 2026-05-06T14:00:00Z") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def the_practice(practice_id: int | None) -> Practice:
    """Return the practice a command is about; raises Refused where it is not clear."""
    try:
        return queries.only_practice(practice_id)
    except NotFound:
        raise Refused("practice", "say which practice with --practice ID") from None


def settings() -> Settings:
    """Return the deployment settings."""
    found: Settings = current_app.extensions["handoff"].settings
    return found


def said_in_one_line(run: Callable[..., Any]) -> Callable[..., Any]:
    """Say in one line that a folder or the database cannot be used."""

    @wraps(run)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return run(*args, **kwargs)
        except PermissionError as error:
            raise click.ClickException(
                f"{error.filename} cannot be written; give this user the right or set HANDOFF_DATA_DIR"
            ) from None
        except Damaged:
            raise click.ClickException("the database is damaged; `flask doctor` says what to do") from None
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise click.ClickException(f"the database cannot be used: {reason}") from None

    return wrapped
