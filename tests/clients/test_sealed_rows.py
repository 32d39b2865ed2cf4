"""What is sealed about a client: damaged, exchanged or without its key, it is never shown as somebody else's."""

import builders
import paperwork
import pytest
from flask import current_app
from sqlalchemy import text

from crm.accounts.models import Practice
from crm.clients.models import Client, Referral
from crm.clients.record_models import ClientSheet, FlagRaised, Goal, Measurement, SessionLog, TreatingProvider
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach import digest_jobs, feed_service

CODES = {"C-0142": ("Quillfeather", "17"), "C-0143": ("Brambleshaw", "29")}
SEALED = (Client, Referral, ClientSheet, TreatingProvider, SessionLog, Measurement, Goal, FlagRaised)
PARTS = ("person", "health", "gate", "plan")
UNREADABLE = "annot be read"
SAID = {
    SessionLog: ("/sessions",),
    FlagRaised: tuple(f"/flag/{seq}" for seq in range(1, 60)),
}  # else on the client's page


@pytest.fixture
def browser(app, owner):
    """Two clients, each with a word of their own in every sealed field."""
    with app.app_context():
        source = paperwork.source()
        for code, (word, value) in CODES.items():
            paperwork.client(source, code=code, name=word)
            for address, form in posts(word, value):
                answer = owner.post(f"/clients/{code}/{address}", data=form)
                assert answer.status_code == 303, (address, answer.text)
            sealed = current_app.extensions["handoff"].sealer()
            with writing():
                client = db.session.query(Client).filter_by(code=code).one()
                referral = Referral(
                    practice_id=client.practice_id, client_id=client.id, source_id=source, sealed=b"",
                    received_on=builders.day("2026-05-01"), method="fax",
                    is_written=True, has_wording=True, has_diagnosis=True, has_transition=True,
                )  # fmt: skip
                db.session.add(referral)
                db.session.flush()
                told = {"diagnosis": f"{word} knee", "icd10": "M17.11"}
                referral.sealed = sealed.seal(told, table="referral", row=referral.uuid)
        yield owner


def posts(word, value):
    return (
        ("record/person", {"name": word, "sex": "f", "insurance": "", "emergency_name": f"{word} kin", "base": "0"}),
        ("record/health", {"contraindications": f"{word} kneeling", "base": "0"}),
        ("record/plan", {"frequency": f"{word} twice a week", "base": "0"}),
        ("providers", {"last_name": word, "treats": f"{word} shoulder"}),
        ("sessions", {"held_on": "2026-05-05", "attendance": "attended", "done": f"{word} steps", "plan": word}),
        ("measures", {"measured_on": "2026-05-05", "occasion": "baseline", "measure": "chair-stand-30s",
                      "chair-stand-30s": value}),
        ("goals", {"activity": f"{word} stairs", "days": "30", "measure": "", "side": "", "unit": "steps",
                   "target": "20"}),
        ("flag", {"on": "2026-05-06", "flags": ["swelling"], "seen": f"{word} swelling", "stopped": "", "told": "",
                  "asked": "nobody"}),
    )  # fmt: skip


def pages(code):
    """Return every page that shows something sealed about a client."""
    db.session.rollback()
    client = db.session.query(Client).filter_by(code=code).one()

    def ids(model):
        return [row.id for row in db.session.query(model).filter_by(client_id=client.id)]

    flags = [row.entry_seq for row in db.session.query(FlagRaised).filter_by(client_id=client.id)]
    own = (
        "",
        "/sessions",
        "/sessions/new",
        "/measures",
        "/measures/new",
        "/goals/new",
        "/criteria",
        "/flag",
        "/rights",
    )
    return [
        *(f"/clients/{code}{address}" for address in own),
        *(f"/clients/{code}/record/{part}" for part in PARTS),
        *(f"/clients/{code}/sessions/{row}" for row in ids(SessionLog)),
        *(f"/clients/{code}/measures/{row}" for row in ids(Measurement)),
        *(f"/clients/{code}/flag/{seq}" for seq in flags),
    ]


def damage(model, place):
    """Change one byte of every sealed value of a table; a negative place counts from the end."""
    with writing():
        for row in db.session.query(model):
            if row.sealed:
                spot = place % len(row.sealed)
                row.sealed = row.sealed[:spot] + bytes([row.sealed[spot] ^ 1]) + row.sealed[spot + 1 :]


def sealed_values(model):
    db.session.rollback()
    return [bytes(value) for (value,) in db.session.query(model.sealed)]


@pytest.mark.parametrize("place", [pytest.param(0, id="format"), pytest.param(3, id="key"), pytest.param(-1, id="tag")])
@pytest.mark.parametrize("model", SEALED, ids=lambda model: model.__tablename__)
def test_a_changed_byte_is_said_and_is_no_crash(browser, model, place):
    damage(model, place)
    found = {path: browser.get(path) for path in pages("C-0142")}
    assert {path: page.status_code for path, page in found.items() if page.status_code not in {200, 503}} == {}
    assert found["/clients/C-0142"].status_code == 200
    said = {path for path, page in found.items() if page.status_code == 200 and UNREADABLE in page.text}
    assert said & {"/clients/C-0142" + address for address in SAID.get(model, ("",))}


@pytest.mark.parametrize("part", PARTS[:2])
def test_nothing_is_saved_over_what_could_not_be_read(browser, part):
    damage(ClientSheet, -1)
    before = sealed_values(ClientSheet)
    newest = max(row.id for row in db.session.query(ClientSheet).filter_by(part=part, client_id=1))
    form = {"name": "Other", "sex": "", "insurance": "", "base": str(newest)}
    assert browser.post(f"/clients/C-0142/record/{part}", data=form).status_code == 503
    assert sealed_values(ClientSheet) == before


def test_a_note_of_the_journal_that_was_changed_is_no_crash(browser):
    damage(EntryNote, -1)
    assert browser.get("/clients/C-0142").status_code == 200


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model.__tablename__)
def test_two_values_exchanged_never_show_the_other_client(browser, model):
    word, value = CODES["C-0143"]
    exchange(model)
    for path in pages("C-0142"):
        page = browser.get(path)
        assert page.status_code in {200, 503}, path
        assert word not in page.text, path
        assert f"{value} stands" not in page.text, path


def exchange(model):
    """Put the sealed values of one client's rows into the other's, by SQL."""
    owner_of = "id" if model is Client else "client_id"
    query = f"SELECT id, {owner_of} AS whose, sealed FROM {model.__tablename__} ORDER BY id"  # noqa: S608
    with writing():
        rows = db.session.execute(text(query)).all()
        one, other = ([row for row in rows if row.whose == whose] for whose in sorted({row.whose for row in rows}))
        assert len(one) == len(other) > 0
        for to, value in [*((a.id, b.sealed) for a, b in zip(one, other, strict=True)),
                          *((b.id, a.sealed) for a, b in zip(one, other, strict=True))]:  # fmt: skip
            update = f"UPDATE {model.__tablename__} SET sealed = :value WHERE id = :id"  # noqa: S608
            db.session.execute(text(update), {"value": value, "id": to})


def test_with_the_key_away_the_client_page_says_so_and_the_desk_works(browser, settings, clock):
    with writing():
        _feed, token = feed_service.create_feed(
            builders.practice(), builders.user(), name="Phone", hide_sources=False, now=clock.now
        )
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    current_app.extensions["handoff"]._sealer = None
    for path in ("/", "/pipeline", "/clients", "/sources", "/calendar"):
        assert browser.get(path).status_code == 200, path
    assert b"BEGIN:VCALENDAR" in browser.get(f"/cal/{token}.ics").data
    with current_app.app_context():  # nobody is signed in there
        today = journal.local_day(db.session.query(Practice).one(), clock.now)
        assert "C-0142" in digest_jobs.digest_of(builders.user(), today, now=clock.now).text
    page = browser.get("/clients/C-0142")
    assert page.status_code == 200
    assert "Cannot be read: the key is missing" in page.text
    entries = db.session.query(JournalEntry).count()
    for path in pages("C-0142"):
        answer = browser.get(path)
        assert answer.status_code in {200, 503}, path
        assert CODES["C-0142"][0] not in answer.text, path
    for address, form in posts("Other", "12"):
        answer = browser.post(f"/clients/C-0142/{address}", data=form | {"base": "0"})
        assert answer.status_code in {409, 422, 503}, address
    assert db.session.query(JournalEntry).count() == entries
