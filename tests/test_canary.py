"""What names or describes a client leaves by no feed, digest, log, header or address, and lies sealed on the disk."""

import re

import builders
import canaries
import pytest
from canaries import AVOID, DIAGNOSIS, GOAL, NAME, NOTES, assert_clean
from sqlalchemy import select, text

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.db import db, writing
from crm.journal import service as journal
from crm.outreach import digest_jobs, feed_service


@pytest.fixture
def told(app, owner, clock, capfd):
    """Type a client's secrets into every form that takes one; return what came back besides pages."""
    answers = []

    def post(path: str, **form: str) -> None:
        response = owner.post(path, data=form)
        assert response.status_code in {303, 204}, (path, response.status_code, response.text[:2000])
        answers.append(str(response.headers))

    canaries.tell(app, post, clock.now.date())
    return answers


def test_nothing_leaves(app, owner, clock, told, capfd):
    with app.app_context():
        practice = db.session.scalar(select(Practice))
        with writing():
            _feed, token = feed_service.create_feed(
                practice, builders.user(), name="Phone", hide_sources=False, now=clock.now
            )
        mail = digest_jobs.digest_of(builders.user(), journal.local_day(practice, clock.now), now=clock.now)
    assert_clean("".join(told).encode(), "headers and addresses")
    assert_clean(f"{mail.subject}\n{mail.text}\n{mail.html}".encode(), "digest")
    feed = owner.get(f"/cal/{token}.ics").data
    assert b"C-0101" in feed
    assert_clean(feed, "feed")
    assert not re.search(rb"\bCF\b|\bC\. ?F\.", feed + mail.text.encode())  # nor the initials
    for path in (
        "/", "/pipeline", "/sources", "/clients", "/calendar", "/outbox", "/search?q=canaryella", "/documents", "/pile",
        "/documents/1/file/0.pdf", "/clients/C-0101/disclosures.csv",
    ):  # fmt: skip
        page = owner.get(path)
        title = re.search(rb"<title>(.*?)</title>", page.data)
        assert_clean(str(page.headers).encode() + (title[1] if title else b""), path)
        if path not in {"/", "/calendar", "/documents/1/file/0.pdf"}:
            assert_clean(page.data, path)
    logged = capfd.readouterr()
    assert_clean((logged.out + logged.err).encode(), "log")


def test_it_is_there_for_those_who_may_read_it(owner, told):
    page = owner.get("/clients/C-0101").text
    assert NAME in page
    assert DIAGNOSIS in page
    assert NOTES[0] in owner.get("/clients/C-0101/sessions").text
    assert AVOID in page
    assert GOAL in page
    assert NOTES[5] in owner.get("/").text


def test_it_lies_sealed_on_the_disk(app, settings, told):
    with app.app_context():
        for name in sorted(db.metadata.tables):
            for row in db.session.execute(text(f'SELECT * FROM "{name}"')):  # noqa: S608
                for value in row:
                    assert_clean(value if isinstance(value, bytes) else str(value).encode(), name)
    for path in settings.data_dir.rglob("*"):
        if path.is_file():
            assert_clean(path.read_bytes(), path.name)


def test_without_the_key_the_desk_still_works(app, owner, clock, settings, told):
    with app.app_context(), writing():
        _feed, token = feed_service.create_feed(
            builders.practice(), builders.user(), name="Phone", hide_sources=False, now=clock.now
        )
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    app.extensions["handoff"]._sealer = None
    assert app.test_client().get(f"/cal/{token}.ics").status_code == 200
    for path in ("/", "/pipeline", "/sources/1", "/clients"):
        assert owner.get(path).status_code == 200
    page = owner.get("/clients/C-0101")
    assert page.status_code == 200
    assert "Cannot be read" in page.text
    assert NAME not in page.text
    with app.app_context():
        practice = db.session.scalar(select(Practice))
        assert (
            "C-0101"
            in digest_jobs.digest_of(builders.user(), journal.local_day(practice, clock.now), now=clock.now).text
        )


def test_an_erased_client_leaves_a_code_and_a_line_in_the_ledger(app, owner, settings, told):
    with app.app_context():
        client = db.session.scalar(select(Client))
        uuid = client.uuid.encode()
        sealed = {bytes(value) for _table, value in blobs()}
        steps = db.session.execute(text("SELECT lane, step FROM source")).all()
    assert len(sealed) > 15
    form = {"erase-code": "C-0101"}
    assert owner.post("/clients/C-0101/erase", data=form).status_code == 303
    owner.get("/clients")  # what is to be said next waits in the session
    with app.app_context():
        kept = {bytes(value) for _table, value in blobs()}
        assert [row.type for row in noted()] == ["touch_logged"]  # a note about the source, with no client beside it
        assert db.session.execute(text("SELECT lane, step FROM source")).all() == steps
        speaks = {name for name in db.metadata.tables for row in rows_of(name) if "C-0101" in str(row)}
        assert speaks == {"journal_entry", "erasure"}
        knows = {name for name in db.metadata.tables for row in rows_of(name) if uuid.decode() in str(row)}
        assert knows == {"erasure"}
    if settings.is_sqlite:
        left = {path.name: path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()}
        assert [name for name, content in left.items() for value in sealed - kept if value[-32:] in content] == []
    for path in ("/", "/pipeline", "/sources/1", "/clients", "/outbox", "/documents", "/calendar"):
        assert owner.get(path).status_code == 200, path
    assert owner.get("/clients/C-0101").status_code == 404


def rows_of(name):
    return db.session.execute(text(f'SELECT * FROM "{name}"')).all()  # noqa: S608


def noted():
    """Return the entries that have a sealed note."""
    return db.session.execute(text("SELECT type FROM journal_entry JOIN entry_note ON entry_seq = seq")).all()


def blobs():
    """Return what is sealed, with its table; what names or describes sources is no client's."""
    return [
        (name, value)
        for name in sorted(db.metadata.tables)
        if name not in {"source", "contact", "background_fact"}
        for row in rows_of(name)
        for value in row
        if isinstance(value, bytes)
    ]
