"""The chain of the journal: whoever changes, adds or removes an entry is found out."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import builders
import pytest
from sqlalchemy import text

from crm import demo
from crm.accounts.models import Practice
from crm.crypto import load_keyring
from crm.db import db, writing
from crm.journal import chain, queries
from crm.journal import service as journal
from crm.journal.acts import TouchLogged
from crm.journal.jobs import seal_journal
from crm.journal.models import JournalHead
from crm.outreach import digest_jobs


@pytest.fixture
def practice(app, clock):
    """A practice with five touches; the third is the last that was sealed."""
    with app.app_context():
        made = builders.practice()
        with writing(made.id):
            source = builders.source(made)
        for kind in ("call", "letter", "visit", "call", "email"):
            with writing(made.id):
                journal.record(made, TouchLogged(source=f"s{source.id}", kind=kind), now=clock.now)
            if kind == "visit":
                assert seal_journal(now=clock.now) == 1
        yield made


def verdict(app, practice: Practice, seen: str = "", without_key: bool = False):
    keyring = load_keyring(app.extensions["handoff"].settings.keyring_path)
    keys = {} if without_key else {"k001": keyring.sub_key("k001", "audit")}
    return chain.verify(practice.id, queries.chained(practice.id), queries.sealed_heads(practice.id), keys, seen)


def by_force(*statements: str) -> None:
    """Write past the triggers, as somebody with the database in hand would."""
    with writing():
        if db.engine.dialect.name == "postgresql":
            for table in ("journal_entry", "journal_head"):
                db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            names = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                db.session.execute(text(f'DROP TRIGGER "{name}"'))
        for statement in statements:
            db.session.execute(text(statement))


def test_an_untouched_journal_holds(app, practice):
    found = verdict(app, practice)
    seqs = [entry.seq for entry in queries.chained(practice.id)]
    assert (found.holds, found.entries, found.sealed_to) == (True, 5, seqs[2])
    assert found.head == f"{seqs[-1]} {queries.head(practice.id)[1][:8]}"


@pytest.mark.parametrize(
    ("by", "seq", "trouble"),
    [
        pytest.param("UPDATE journal_entry SET type = 'opt_out' WHERE seq = 2", 2, "was changed", id="another event"),
        pytest.param("UPDATE journal_entry SET payload = '{}' WHERE seq = 4", 4, "was changed", id="other words"),
        pytest.param(
            "UPDATE journal_entry SET at = '2026-01-01 00:00:00' WHERE seq = 1", 1, "was changed", id="a time"
        ),
        pytest.param("DELETE FROM journal_entry WHERE seq = 2", 3, "missing", id="one taken out"),
        pytest.param("DELETE FROM journal_entry WHERE seq = 1", 2, "missing", id="the first taken out"),
        pytest.param(
            "DELETE FROM journal_entry WHERE seq >= 3", 3, "sealed entry is missing", id="cut before the seal"
        ),
        pytest.param("UPDATE journal_entry SET digest = '' WHERE seq = 3", 3, "was changed", id="a digest wiped"),
        pytest.param("UPDATE journal_head SET mac = 'ab'", 3, "seal does not fit", id="a seal made up"),
    ],
)
def test_every_change_is_found_and_named(app, practice, by, seq, trouble):
    by_force(by)
    found = verdict(app, practice)
    assert not found.holds
    assert (found.bad_seq, trouble in found.trouble) == (seq, True)


def test_a_chain_made_anew_without_the_key_fails_at_the_seal(app, practice):
    digest, statements = "", ["UPDATE journal_entry SET type = 'opt_out' WHERE seq = 2"]
    for entry in queries.chained(practice.id):
        told = {**entry._mapping, "type": "opt_out" if entry.seq == 2 else entry.type}
        digest = chain.digest_of(digest, SimpleNamespace(**told))
        statements.append(f"UPDATE journal_entry SET digest = '{digest}' WHERE seq = {entry.seq}")  # noqa: S608
    by_force(*statements)
    found = verdict(app, practice)
    assert (found.bad_seq, found.trouble) == (3, "its seal does not fit")


def test_an_old_digest_mail_finds_a_chain_that_was_cut_at_its_end(app, practice):
    head = verdict(app, practice).head
    assert verdict(app, practice, seen=head).holds
    by_force("DELETE FROM journal_entry WHERE seq = 5")
    assert verdict(app, practice).holds  # after the newest seal nobody else would know
    assert "there is no entry" in verdict(app, practice, seen=head).trouble
    assert "not the one" in verdict(app, practice, seen="4 00000000").trouble


def test_the_key_is_asked_for_by_its_id(app, practice):
    assert verdict(app, practice, without_key=True).trouble == "the key k001 of its seal is not here"


def test_sealing_waits_for_news_and_for_the_key(app, practice, clock, settings):
    assert seal_journal(now=clock.now) == 1
    assert seal_journal(now=clock.now) == 0
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    with writing(practice.id):
        source = builders.source(practice, last_name="Raman")
        journal.record(practice, TouchLogged(source=f"s{source.id}", kind="call"), now=clock.now)
    assert seal_journal(now=clock.now) == 0
    settings.keyring_path.with_suffix(".away").rename(settings.keyring_path)
    assert seal_journal(now=clock.now) == 1
    assert verdict(app, practice).holds


def test_heads_are_kept_as_they_are(app, practice):
    for statement in ("UPDATE journal_head SET mac = 'x'", "DELETE FROM journal_head"):
        with pytest.raises(Exception, match="append-only"), writing():
            db.session.execute(text(statement))
    assert db.session.query(JournalHead).count() == 1


def test_the_sample_practice_comes_and_goes_beside_the_chain(app, practice, clock):
    with writing(practice.id):
        demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
    assert verdict(app, practice).entries == 5
    with writing(practice.id):
        demo.remove(practice)
    assert verdict(app, practice).holds


def test_each_practice_has_a_chain_of_its_own(app, practice, clock):
    other = builders.practice(name="Southside")
    with writing(other.id):
        source = builders.source(other)
        journal.record(other, TouchLogged(source=f"s{source.id}", kind="call"), now=clock.now)
    assert verdict(app, practice).entries == 5
    assert verdict(app, other).entries == 1


def test_a_moment_is_the_same_in_any_zone():
    at = datetime(2026, 5, 6, 14, 0, 0, 123456, tzinfo=UTC)
    row = {"practice_id": 1, "actor": None, "type": "t", "happened_at": at, "happened_on": None, "source_id": None,
           "client_id": None, "payload": {"b": 1, "a": "é"}, "undoes": None, "ip": "", "session": ""}  # fmt: skip
    here, there = (SimpleNamespace(**{**row, "at": moment}) for moment in (at, at.astimezone()))
    assert chain.digest_of("", here) == chain.digest_of("", there)


def test_the_command_says_what_holds_and_ends_with_a_code(app, practice, settings):
    run = app.test_cli_runner().invoke
    held = run(args=["audit", "verify"])
    assert held.exit_code == 0
    assert "5 entries, head 5 " in held.output
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    assert "The seals were not checked" in run(args=["audit", "verify"]).output
    by_force("UPDATE journal_entry SET type = 'opt_out' WHERE seq = 2")
    broken = run(args=["audit", "verify", "--json"])
    assert broken.exit_code == 1
    assert json.loads(broken.output)["seq"] == 2


def test_the_digest_carries_the_head_out_of_the_house(app, practice, clock):
    user = builders.user(practice)
    mail = digest_jobs.digest_of(user, builders.day("2026-05-06"), now=clock.now)
    seq, digest = queries.head(practice.id)
    assert f"log {seq} {digest[:8]}" in mail.text
    assert f"log {seq} {digest[:8]}" in mail.html
