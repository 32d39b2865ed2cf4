"""Row 27: a backup and the printed sheet are enough elsewhere; nothing is sent and nobody is signed in there."""

import json
import shutil

import outside
import pytest
from dbhash import table_hash
from outside import OTHER, OWNER, Product

from crm.crypto import load_keyring
from crm.db import db
from crm.recovery import sheet
from crm.settings import load_settings

UNTOUCHED = ["client", "client_sheet", "referral", "measurement", "session_log", "goal", "source", "office", "task",
             "document", "document_file", "delivery", "client_release", "entry_note"]  # fmt: skip


def hashes(product: Product) -> dict[str, str]:
    with product.app.app_context():
        db.session.rollback()
        return {name: table_hash(db.metadata.tables[name]) for name in UNTOUCHED}


@pytest.fixture(scope="module")
def old_cookie(product) -> dict[str, str]:
    return product.sign_in().cookies


@pytest.fixture(scope="module")
def elsewhere(product, old_cookie, warm, tmp_path_factory):
    """Another machine: the file of a backup, the sheet on paper, another folder and another time zone."""
    home = tmp_path_factory.mktemp("elsewhere")
    before = hashes(product)
    code, said = product.flask("backup", "--json")
    assert code == 0, said
    shutil.copy(json.loads(said.splitlines()[-1])["file"], home / "carried.backup")
    there = load_settings(data_dir=home / "var", base_url="http://localhost", second_factor="off")
    environment = {"HANDOFF_DATA_DIR": str(there.data_dir), "HANDOFF_DATABASE_URL": "", "TZ": "Pacific/Auckland"}
    typed = "\n".join(str(line) for line in sheet(load_keyring(product.settings.keyring_path))) + "\n\n"
    for arguments, given in (
        (("keys", "restore"), typed),
        (("restore", str(home / "carried.backup"), "--into", str(there.data_dir)), ""),
    ):
        code, said = product.flask(*arguments, said=given, environment=environment)
        assert code == 0, said
    with outside.served(there, warm, product.mailbox, TZ="Pacific/Auckland") as restored:
        yield restored, before


def test_row_27_what_comes_back_is_equal_and_nothing_that_waited_is_sent(product, elsewhere):
    restored, before = elsewhere
    assert hashes(restored) == before
    arrived = len(product.mailbox.kept)
    told = restored.sql("SELECT recipient, key FROM outbox_message")  # its clock may have sent it by now
    owners = {email for email, key in told if ":restored:" in str(key)}
    assert {OWNER, OTHER} <= owners  # it is new: that a desk came back out of a backup
    waits = "SELECT recipient, key FROM outbox_message WHERE state NOT IN ('sent','failed','cancelled','held')"
    assert [key for _email, key in restored.sql(waits) if ":restored:" not in str(key)] == []
    restored.tick("2027-01-05T15:00:00Z")
    # Digests and notices go to whoever has an account; nobody outside the house gets anything.
    people = {str(email) for (email,) in restored.sql('SELECT email FROM "user"')}
    assert [kept for kept in product.mailbox.kept[arrived:] if not people.issuperset(kept.recipients)] == []


def test_row_27_who_was_signed_in_before_is_a_stranger_and_signs_in_again(elsewhere, old_cookie):
    restored, _before = elsewhere
    visitor = restored.visitor()
    visitor.cookies = dict(old_cookie)
    assert visitor.get("/clients/C-0101").status in {302, 303}
    page = restored.sign_in().get("/")
    assert "This desk came back out of a backup" in page.text
    assert "Canaryella" in restored.sign_in().get("/clients/C-0101").text  # the typed key opens what is sealed
