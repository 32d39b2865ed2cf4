"""`flask feed create`: a calendar address from the command line, shown once."""

import json

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from crm.accounts.models import Practice, User
from crm.console import Refused, moment, said_in_one_line, settings
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.acts import FeedCreated
from crm.outreach import feed_kinds, feed_service
from crm.outreach.models import FeedKind

KINDS = {kind.value: kind for kind in FeedKind} | {"mine": FeedKind.ALL, "lunch-and-learns": FeedKind.LUNCHES}


@click.group("feed")
def feed_group() -> None:
    """Calendar addresses."""


@feed_group.command("create")
@click.option("--user", "email", required=True)
@click.option("--kind", type=click.Choice(list(KINDS)), default="all")
@click.option("--name", default="")
@click.option("--hide-sources", is_flag=True, help="Leave out the names of sources.")
@click.option("--now", "now_text")
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def create(*, email: str, kind: str, name: str, hide_sources: bool, now_text: str | None, as_json: bool) -> None:
    """Make an address and print it; it is not kept and cannot be read again."""
    now, chosen = moment(now_text), KINDS[kind]
    with writing():
        user = db.session.scalar(select(User).where(User.email == email.strip().lower(), User.active.is_(True)))
        if user is None:
            raise Refused("user", "nobody signs in with this address", as_json=as_json)
        practice = db.session.get_one(Practice, user.practice_id)
        words = name.strip()[:60] or feed_kinds.WORDS[chosen].label
        feed, token = feed_service.create_feed(
            practice, user, name=words, kind=chosen, hide_sources=hide_sources, now=now
        )
        journal.record(practice, FeedCreated(feed=feed.id), now=now)
    address = f"{settings().base_url}/cal/{token}.ics"
    click.echo(json.dumps({"address": address, "kind": chosen.value}) if as_json else address)
