"""Commands about who signs in: make an account, a link for a new password, and the way in when all is lost."""

import sys
import unicodedata

import click
from flask.cli import with_appcontext

from crm.accounts import passwords, queries, reset_service, service, sign_in_events
from crm.accounts.models import User
from crm.accounts.notice_words import Notice
from crm.console import Refused, moment, said_in_one_line, settings, the_practice
from crm.db import writing
from crm.journal import access_acts as acts


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["owner", "assistant"]), default="owner")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--practice", "practice_id", type=int)
@said_in_one_line
@with_appcontext
def create_user(email: str, name: str, role: str, password_stdin: bool, practice_id: int | None) -> None:
    """Add an account; without a password it prints a one-time link to choose one."""
    where = the_practice(practice_id)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    if password is not None and (why := refusal(password, name, email, where.name)):
        raise Refused("password", why)
    password_hash = service.hashed(password) if password else None
    try:
        with writing():
            person = service.Person(email, name)
            made = service.create_user(the_practice(practice_id), person, role=role, password_hash=password_hash)
            link = None if password else service.new_link(now=moment(None), user=made)
    except service.EmailTaken:
        raise Refused("email", "somebody signs in with this address already") from None
    click.echo(f"{settings().base_url}/setup/{link}" if link else f"Account {made.email} is ready.")


def refusal(password: str, *about: str) -> str | None:
    """Say why a password cannot be used, as the pages do."""
    return passwords.refusal(unicodedata.normalize("NFC", password), about)


@user.command("reset")
@click.option("--email", required=True)
@said_in_one_line
@with_appcontext
def reset(email: str) -> None:
    """Print a one-time link to choose a new password; the second factor stays."""
    with writing():
        asked = _asked(email)
        secret = reset_service.new_reset(asked, now=moment(None))
        sign_in_events.wrote(asked, acts.ResetAsked(user=asked.id), by_machine=True)
    click.echo(f"{settings().base_url}/setup/{secret}")


@click.command("break-glass")
@click.option("--email", required=True)
@said_in_one_line
@with_appcontext
def break_glass(email: str) -> None:
    """Take password and second factor away and print the one-time link that sets both up anew."""
    with writing():
        asked = _asked(email)
        secret = reset_service.break_glass(asked, now=moment(None))
        sign_in_events.wrote(asked, acts.BreakGlass(user=asked.id), by_machine=True)
        sign_in_events.told(asked, Notice.BREAK_GLASS)
    click.echo(f"{settings().base_url}/setup/{secret}")
    click.echo(
        f"Good once, for {service.RESET_MINUTES} minutes. Password, codes and passkeys of {asked.email} are void."
    )


def _asked(email: str) -> User:
    found = queries.find_user(email)
    if found is None or not found.active:
        raise Refused("email", "nobody signs in with this address")
    return found
