"""Rows 19 and 20: what names or describes a client lies sealed, bound to its row; what is damaged is said, and kept."""

import base64

import builders
import canaries
import outside
import pytest
from sqlalchemy import text

from crm.db import db, writing
from crm.keeping.sealed_columns import SEALED

MARK = "annot be read"
NEW = {"activity": "a walk", "days": "30", "measure": "", "side": "", "unit": "steps", "target": "20"}


def shapes(word: str) -> set[bytes]:
    """Return a word in UTF-8, UTF-16 either way, and base64 wherever it begins in a text of threes."""
    plain = word.encode()
    inner = {base64.b64encode(b"xx"[:lead] + plain)[4 if lead else 0 :].rstrip(b"=")[:-2] for lead in range(3)}
    return {plain, word.encode("utf-16-le"), word.encode("utf-16-be"), *inner}


def test_row_19_no_word_of_a_client_lies_open_on_the_disk_in_a_backup_or_in_a_log(settings, warm, server):
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        owner = product.sign_in()

        def post(path: str, **form: object) -> None:
            answer = owner.post(path, form)
            assert answer.status in {303, 204}, (path, answer.status)

        canaries.tell(product.app, post, builders.day("2026-11-25"))
        owner.get("/clients/C-0101")
        product.tick()
        if product.settings.is_sqlite:
            assert product.flask("backup")[0] == 0
    files = {path: path.read_bytes() for path in product.files()}
    assert {"log", "keyring.json"} <= {path.name for path in files}
    found = {
        (path.name, word)
        for word in canaries.CANARIES
        for shape in shapes(word)
        for path, content in files.items()
        if shape in content
    }
    assert found == set()


@pytest.fixture
def desk(app, owner, clock):
    """A client with a word in every sealed column."""

    def post(path: str, **form: str) -> None:
        answer = owner.post(path, data=form)
        assert answer.status_code in {303, 204}, (path, answer.status_code, answer.text[:500])

    canaries.tell(app, post, clock.now.date())
    with app.app_context():
        yield owner


def sealed() -> dict[tuple[str, object], bytes]:
    """Return every sealed value by its table and row."""
    db.session.rollback()
    found = {}
    for column in SEALED:
        query = f"SELECT {column.number}, sealed FROM {column.table} WHERE sealed IS NOT NULL"  # noqa: S608
        found |= {(column.table, number): bytes(value) for number, value in db.session.execute(text(query))}
    db.session.rollback()
    return found


def write(table: str, number: object, value: bytes) -> None:
    """Put bytes into a sealed column, as another program would."""
    key = next(column.number for column in SEALED if column.table == table)
    query = f"UPDATE {table} SET sealed = :value WHERE {key} = :number"  # noqa: S608
    with writing():
        db.session.execute(text(query), {"value": value, "number": number})


def pages(browser) -> dict[str, object]:
    """Fetch every page that shows something sealed."""
    query = text("SELECT entry_seq FROM red_flag")
    flags = [f"/clients/C-0101/flag/{seq}" for (seq,) in db.session.execute(query)]
    db.session.rollback()
    own = ("", "/sessions", "/sessions/1", "/measures", "/measures/1", "/goals/new", "/criteria", "/flag", "/rights",
           "/record/person", "/record/health", "/record/gate", "/record/plan")  # fmt: skip
    paths = ["/", "/sources/1", "/documents", "/documents/1", "/documents/1/file/0.pdf", "/referrals/new", "/pile",
             "/outbox", "/calendar", *flags, *(f"/clients/C-0101{path}" for path in own)]  # fmt: skip
    return {path: browser.get(path, follow_redirects=True) for path in paths}


def test_row_19_every_sealed_column_is_filled_by_the_forms(desk):
    assert {table for table, _number in sealed()} == {column.table for column in SEALED}


@pytest.mark.parametrize("table", [column.table for column in SEALED])
def test_row_20_a_flipped_byte_is_a_mark_on_the_page_and_no_crash(desk, table):
    hit = {key: value for key, value in sealed().items() if key[0] == table}
    for (_table, number), value in hit.items():
        write(table, number, value[:-1] + bytes([value[-1] ^ 1]))
    found = pages(desk)
    assert {
        path: page.status_code for path, page in found.items() if page.status_code not in {200, 302, 303, 503}
    } == {}
    assert found["/"].status_code == found["/clients/C-0101"].status_code == 200
    assert any(page.status_code == 503 or MARK.encode() in page.data for page in found.values())


FORMS = {
    "record/person": {"name": "Other", "sex": "f", "insurance": "", "phone": "1"},
    "record/health": {"contraindications": "none", "set_by": "Dr. Marsh"},
    "record/gate": {},
    "record/plan": {"frequency": "daily", "deficits": "none"},
    "sessions/1": {"done": "other words", "plan": "other"},
    "measures/1": {"value": "9", "reason": "a slip"},
    "goals/1": {"value": "3"},
    "goals": NEW,
    "sessions": {"held_on": "2026-05-06", "attendance": "attended", "done": "more"},
    "class": {"client_class": "B"},
    "providers": {"last_name": "Third", "treats": "the ear"},
}


def test_row_20_no_form_saves_over_what_it_could_not_read(desk):
    damaged = {}
    for (table, number), value in sealed().items():
        damaged[table, number] = value[:-1] + bytes([value[-1] ^ 1])
        write(table, number, damaged[table, number])
    newest = dict(db.session.execute(text("SELECT part, max(id) FROM client_sheet GROUP BY part")).tuples().all())
    version = db.session.execute(text("SELECT version FROM document")).scalar()
    db.session.rollback()
    said = {}
    for path, form in FORMS.items():
        base = str(newest.get(path.removeprefix("record/"), 0))
        said[path] = desk.post(f"/clients/C-0101/{path}", data=form | {"base": base}).status_code
    for path, form in {
        "documents/text": {"document": "1", "version": str(version), "text": "Other words."},
        "documents/approve": {"document": "1", "version": str(version), "text": "Other words."},
        "documents/1/correct": {},
        "documents/1/refill": {},
    }.items():
        said[path] = desk.post(f"/{path}", data=form).status_code
    after = sealed()
    assert {key: after.get(key) == value for key, value in damaged.items() if after.get(key) != value} == {}
    assert {path: status for path, status in said.items() if status >= 500 and status != 503} == {}


@pytest.mark.parametrize("table", [column.table for column in SEALED])
def test_row_19_a_value_put_into_another_row_or_table_never_shows(desk, table):
    every = sealed()
    mine = [key for key in every if key[0] == table]
    foreign = next(value for key, value in every.items() if key[0] != table)
    for place, key in enumerate(mine):
        other = every[mine[(place + 1) % len(mine)]] if len(mine) > 1 else foreign
        write(table, key[1], other)
    found = pages(desk)
    assert {
        path: page.status_code for path, page in found.items() if page.status_code not in {200, 302, 303, 503}
    } == {}
    assert any(page.status_code == 503 or MARK.encode() in page.data for page in found.values())
