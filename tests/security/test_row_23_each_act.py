"""Row 23: signing in, wrong secrets, roles, copies, prints, mails and keys leave one entry: who, when, what, where."""

import json

import canaries
import outside
import pytest

HEAD = "SELECT coalesce(max(seq), 0) FROM journal_entry"


@pytest.fixture
def log(product):
    """Ask what was written since the last look, by type."""
    seen = [product.sql(HEAD)[0][0]]

    def since() -> dict[str, list[tuple[object, dict[str, object], str]]]:
        rows = product.sql(
            "SELECT seq, type, actor, payload, ip, at FROM journal_entry WHERE seq > :seq ORDER BY seq", seq=seen[0]
        )
        found: dict[str, list[tuple[object, dict[str, object], str]]] = {}
        for seq, kind, actor, payload, ip, at in rows:
            seen[0] = seq
            assert at
            told = json.loads(payload) if isinstance(payload, str) else payload
            canaries.assert_clean(json.dumps(told).encode(), kind)
            found.setdefault(str(kind), []).append((actor, told, str(ip)))
        return found

    return since


def who(product, email: str = outside.OWNER) -> int:
    return product.sql('SELECT id FROM "user" WHERE email = :email', email=email)[0][0]


def test_row_23_coming_in_going_and_a_wrong_password(product, log):
    me = who(product)
    browser = product.sign_in()
    assert log()["signed_in"] == [(me, {"user": me, "by": "password"}, "127.0.0.1")]
    browser.post("/logout")
    assert log()["signed_out"] == [(me, {"user": me}, "127.0.0.1")]
    product.visitor().post("/login", {"email": outside.OWNER, "password": "not the right one at all"})
    [(actor, told, ip)] = log()["sign_in_failed"]
    assert (actor, told["user"], ip) == (None, me, "127.0.0.1")
    product.sign_in()  # forgets the wrong try


def test_row_23_a_role_an_account_and_its_end(product, log):
    owner, me = product.sign_in(), who(product)
    log()
    owner.post("/practice/people", {"name": "Ann Other", "email": "ann@example.com", "role": "assistant"})
    ann = who(product, "ann@example.com")
    assert log()["account_created"] == [(me, {"user": ann, "role": "assistant"}, "127.0.0.1")]
    owner.post(f"/practice/people/{ann}/role", {"role": "owner"})
    assert log()["role_changed"] == [(me, {"user": ann, "role": "owner"}, "127.0.0.1")]
    owner.post(f"/practice/people/{ann}/disable")
    assert log()["account_disabled"] == [(me, {"user": ann}, "127.0.0.1")]


def test_row_23_a_copy_a_print_and_a_mail(product, log):
    owner, me = product.sign_in(), who(product)
    log()
    assert owner.post("/clients/C-0101/copy").status == 200
    [(actor, told, ip)] = log()["client_exported"]
    assert (actor, told["client"], ip) == (me, "C-0101", "127.0.0.1")
    assert owner.get("/documents/1/file/0.pdf").status == 200
    [(actor, told, ip)] = [entry for kind in ("document_printed", "document_viewed") for entry in log().get(kind, ())]
    assert (actor, told["document"], ip) == (me, 1, "127.0.0.1")
    product.tick()
    [(kind, practice)] = product.sql("SELECT type, practice_id FROM journal_entry WHERE type = 'document_sent'")
    assert (kind, practice) == ("document_sent", 1)


def test_row_23_another_key(settings, warm, server):
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        code, said = product.flask("keys", "rotate")
        assert code == 0, said
        rows = product.sql("SELECT practice_id, actor, at FROM journal_entry WHERE type = 'key_rotated'")
        assert len(rows) == len({practice for practice, _actor, _at in rows}) >= 1
        assert all(actor is None and at for _practice, actor, at in rows)
