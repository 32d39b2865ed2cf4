"""What names or describes a client leaves by no feed, digest, log, header or address, and lies sealed on the disk."""

import base64
import re

import builders
import pytest
from sqlalchemy import select, text

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.db import db, writing
from crm.journal import service as journal
from crm.outreach import digest_jobs, feed_service
from crm.outreach.models import Task

NAME, DIAGNOSIS, SERVICE, CODE = (
    "Canaryella Fluffwing",
    "canarythrosis of the knee",
    "Medical Exercise Training canaryplan",
    "Z96.651",
)
NOTES = [
    "canarynote-event",
    "canarynote-touch",
    "canarynote-snooze",
    "canarynote-skip",
    "canarynote-call",
    "canarynote-task",
    "canarynote-letter",
    "canarynote-kept",
]
BORN, PHONE, KIN = "1931-02-03", "5550199321", "Canarykin Fluffwing"
AVOID, SURGERY, LIMIT = "canaryavoid kneeling", "canarysurgery in 2011", "canarylimit of ten"
DEFICIT, TREATS, GOAL, SEEN = (
    "canarydeficit on stairs",
    "canarytreats the heart",
    "canarygoal at the lake",
    "canaryseen",
)
CANARIES = [
    "Canaryella", "Fluffwing", "canarythrosis", "canaryplan", BORN, PHONE, "Canarykin", "canaryavoid", "canarysurgery",
    "canarylimit", "canarydeficit", "canarytreats", "Canarylyn", "canarygoal", "canaryseen", *NOTES,
]  # fmt: skip


def shapes(word: str) -> list[bytes]:
    """Return a word in the forms it could lie about in."""
    return [word.encode(), word.encode("utf-16-le"), base64.b64encode(word.encode()).rstrip(b"=")[:-1]]


def assert_clean(content: bytes, where: str) -> None:
    for word in CANARIES:
        for shape in shapes(word):
            assert shape not in content, f"{word} in {where}"


@pytest.fixture
def told(app, owner, clock, capfd):
    """Type a client's secrets into every form that takes one; return what came back besides pages."""
    answers = []

    def post(path: str, **form: str) -> None:
        response = owner.post(path, data=form)
        assert response.status_code in {303, 204}, (path, response.status_code, response.text[:2000])
        answers.append(str(response.headers))

    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice, office=builders.office(practice), email="office@example.com")
        source_id = source.id
    post(
        "/referrals/new", source_id=str(source_id), received_on="2026-05-05", method="fax", written="y", transition="y",
        service=SERVICE, diagnosis=DIAGNOSIS, icd10=CODE, client_name=NAME, client_class="", visit_on="2026-05-20",
    )  # fmt: skip
    client = "/clients/C-0101"
    post(
        f"{client}/record/person",
        base="0",
        name=NAME,
        born_on=BORN,
        phone=PHONE,
        emergency_name=KIN,
        insurance="",
        sex="f",
    )
    post(
        f"{client}/record/health", **{"base": "0", "diagnoses-0-text": DIAGNOSIS, "diagnoses-0-icd10": CODE,
        "diagnoses-0-stated_by": "Dr. Marsh", "contraindications": AVOID, "history_surgery": SURGERY,
        "other": LIMIT, "set_by": "Dr. Marsh"},
    )  # fmt: skip
    post(f"{client}/record/plan", base="0", deficits=DEFICIT, frequency="two a week")
    post(f"{client}/providers", first_name="Canarylyn", last_name="Otherdoc", treats=TREATS)
    post(f"{client}/goals", activity=GOAL, days="30", target="20", unit="steps", measure="", side="")
    post(f"{client}/sessions", held_on="2026-05-06", attendance="attended", done=NOTES[0], before_systolic="132")
    post(
        f"{client}/measures",
        measured_on="2026-05-06",
        occasion="baseline",
        measure="chair-stand-30s",
        **{"chair-stand-30s": "8"},
    )
    post(f"{client}/flag", flags="swelling", seen=SEEN, stopped="", told="", asked="nobody", on="2026-05-06")
    post(f"/sources/{source_id}/touch", kind="call", outcome="reached", on="2026-05-06", note=NOTES[1], task="")

    def task(rule: str) -> str:
        with app.app_context():
            return db.session.scalar(select(Task.key).where(Task.rule == rule))

    post(f"/tasks/{task('C22')}/snooze", to="2026-05-08", reason=NOTES[2])
    post(f"/tasks/{task('C16')}/skip", reason=NOTES[3])
    post(f"/tasks/{task('C34a')}/outcome", outcome="reached", limits="no", note=NOTES[4])
    post(
        "/quick-add", line=f"call {NAME} {NOTES[5]}", kind="call", due="2026-05-06", source_id="", client_code="C-0101"
    )
    post("/clients/C-0101/releases", from_on="2026-05-01", until_on="2026-12-31")
    letter = f"{NAME} was here; {DIAGNOSIS}. {NOTES[6]} Our patients walk."
    post("/documents/text", key="call-confirmation", source=str(source_id), client="C-0101", text=letter)
    post("/documents/1/keep", rule="S01", start=str(letter.index("patients")), reason=NOTES[7])
    post("/documents/approve", document="1", version="2", text=letter)
    post("/documents/1/send", channel="email", agreed="y")
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
        password = builders.password()
    assert len(sealed) > 15
    form = {"erase-code": "C-0101", "erase-password": password}
    assert owner.post("/clients/C-0101/erase", data=form).status_code == 303
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
