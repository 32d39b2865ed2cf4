"""The command that checks whether the journal is as it was written."""

import json
import sys

import click
from flask.cli import with_appcontext

from crm.accounts.models import Practice
from crm.console import said_in_one_line, settings, the_practice
from crm.crypto import KeyringError, load_keyring
from crm.journal import chain, queries
from crm.journal.jobs import PURPOSE


@click.group()
def audit() -> None:
    """The journal: who did what, when."""


@audit.command()
@click.option("--since-head", "seen", default="", help='A head from a digest mail: "48211 7f3a9c21".')
@click.option("--practice", "practice_id", type=int)
@click.option("--json", "as_json", is_flag=True)
@said_in_one_line
@with_appcontext
def verify(seen: str, practice_id: int | None, as_json: bool) -> None:
    """Walk the chain of the journal; exit code 1, and the entry, where it does not hold."""
    verdict, without = verdict_of(the_practice(practice_id), seen)
    if as_json:
        click.echo(json.dumps({
            "holds": verdict.holds, "entries": verdict.entries, "head": verdict.head, "sealed_to": verdict.sealed_to,
            "seq": verdict.bad_seq, "trouble": verdict.trouble, "seals_checked": not without,
        }))  # fmt: skip
    elif verdict.holds:
        click.echo(f"The journal is as it was written: {verdict.entries} entries, head {verdict.head or 'none'}.")
        click.echo(without or f"Sealed up to entry {verdict.sealed_to}.")
    else:
        where = f"entry {verdict.bad_seq}: " if verdict.bad_seq else ""
        click.echo(f"The journal was changed. {where}{verdict.trouble}.", err=True)
    if not verdict.holds:
        sys.exit(1)


def verdict_of(practice: Practice, seen: str = "") -> tuple[chain.Verdict, str]:
    """Walk one practice's chain; the second is why the seals were not checked, empty where they were."""
    entries = queries.chained(practice.id)
    try:
        keyring = load_keyring(settings().keyring_path)
    except KeyringError as error:
        return chain.verify(practice.id, entries, (), {}, seen), f"The seals were not checked: {error}"
    keys = {key_id: keyring.sub_key(key_id, PURPOSE) for key_id in keyring.keys}
    return chain.verify(practice.id, entries, queries.sealed_heads(practice.id), keys, seen), ""
