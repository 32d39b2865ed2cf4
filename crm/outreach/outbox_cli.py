"""What an operator sees of outgoing mail and decides about it, and the digest of a day."""

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import click
from flask.cli import with_appcontext

from crm.accounts import queries as accounts
from crm.console import Refused, moment, said_in_one_line, the_practice
from crm.db import NotFound, writing
from crm.journal import service as journal
from crm.journal.acts import MessageResolved
from crm.outreach import digest_jobs, outbox, outbox_queries
from crm.outreach.models import OutboxMessage


@click.group("outbox")
def outbox_group() -> None:
    """Outgoing messages."""


@outbox_group.command("list")
@click.option("--practice", "practice_id", type=int)
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def list_messages(practice_id: int | None, as_json: bool) -> None:
    """List the newest messages and how far each has come; exit code 1 where one waits for a person."""
    rows = outbox_queries.messages(the_practice(practice_id).id)
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in rows]))
    else:
        for row in rows:
            click.echo(f"{row.id}\t{row.state.value}\t{row.recipient}\t{row.subject}\t{row.reply}")
    if any(row.state in outbox_queries.NEEDS_A_PERSON for row in rows):
        sys.exit(1)


@outbox_group.command("release")
@click.argument("message_id", type=int)
@click.option("--practice", "practice_id", type=int)
@click.option("--now", "now_text")
@said_in_one_line
@with_appcontext
def release_message(message_id: int, practice_id: int | None, now_text: str | None) -> None:
    """Send a message that is held."""
    now = moment(now_text)
    _decide(practice_id, message_id, "queued", lambda of: outbox.release(of, message_id, now=now))


@outbox_group.command("resolve")
@click.argument("message_id", type=int)
@click.option("--as", "how", type=click.Choice(["sent", "resend"]), required=True)
@click.option("--practice", "practice_id", type=int)
@click.option("--now", "now_text")
@said_in_one_line
@with_appcontext
def resolve_message(message_id: int, how: str, practice_id: int | None, now_text: str | None) -> None:
    """Say of a message in doubt that it arrived, or send it again."""
    now, arrived = moment(now_text), how == "sent"
    to = "sent" if arrived else "queued"
    _decide(practice_id, message_id, to, lambda of: outbox.resolve(of, message_id, arrived=arrived, now=now))


@click.group()
def digest() -> None:
    """The morning digest."""


@digest.command("show")
@click.option("--user", "email", required=True)
@click.option("--on", "on_text", required=True, help="A local date, as 2026-05-06.")
@click.option("--now", "now_text", help="The moment from which its links hold for three days.")
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def show_digest(email: str, on_text: str, now_text: str | None, as_json: bool) -> None:
    """Print the text of that day's digest without sending it."""
    try:
        on = date.fromisoformat(on_text)
    except ValueError:
        raise Refused("on", "write a date as 2026-05-06", as_json=as_json) from None
    user = accounts.find_user(email)
    if user is None:
        raise Refused("user", f"nobody signs in as {email}", as_json=as_json)
    mail = digest_jobs.digest_of(user, on, now=moment(now_text))
    told = {"subject": mail.subject, "text": mail.text, "empty": mail.empty}
    click.echo(json.dumps(told) if as_json else f"{mail.subject}\n\n{mail.text}")


def _decide(practice_id: int | None, message_id: int, to: str, act: Callable[[int], None]) -> None:
    practice = the_practice(practice_id)
    try:
        with writing(practice.id):
            practice = the_practice(practice.id)
            act(practice.id)
            journal.record(practice, MessageResolved(message=message_id, to=to), now=moment(None))
    except NotFound:
        raise Refused("id", f"there is no message {message_id}") from None
    except outbox.WrongState as error:
        raise click.ClickException(f"message {message_id} is {error.state.value}; nothing to decide") from None
    click.echo(f"Message {message_id} is {to}.")


def _as_json(row: OutboxMessage) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "message_id": row.message_id,
        "state": row.state.value,
        "attempts": row.attempts,
        "next_at": row.next_at.isoformat(),
        "recipient": row.recipient,
        "subject": row.subject,
        "reply": row.reply,
    }
