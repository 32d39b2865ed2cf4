"""Rows 23 and 24: who did what, when and from where stands in a log that cannot be changed unseen."""

import json
import re
import sqlite3

import pytest
from canaries import assert_clean
from sqlalchemy.exc import DBAPIError

OWN = "SELECT id FROM practice ORDER BY id LIMIT 1"


def entries(product, kind):
    columns = "SELECT seq, at, actor, payload, ip, session FROM journal_entry"
    query = f"{columns} WHERE type = :kind AND practice_id = ({OWN})"
    return [
        {
            "seq": seq,
            "at": at,
            "who": who,
            "what": json.loads(told) if isinstance(told, str) else told,
            "ip": ip,
            "in": s,
        }
        for seq, at, who, told, ip, s in product.sql(query + " ORDER BY seq", kind=kind)
    ]


def test_row_23_each_act_leaves_one_entry_with_who_when_what_and_where(product):
    owner = product.sign_in()
    before = {kind: len(entries(product, kind)) for kind in ("settings_changed", "access_refused", "feed_created")}
    who = product.sql("SELECT id FROM \"user\" WHERE email = 'owner@example.com'")[0][0]
    assert owner.get("/clients/C-0101").status == 200
    views = [e for e in entries(product, "client_viewed") if (e["who"], e["what"]) == (who, {"client": "C-0101"})]
    assert views
    assert owner.get("/clients/C-0101/sessions").status == 200
    assert views == [e for e in entries(product, "client_viewed") if e["what"] == views[0]["what"] and e["who"] == who]
    assert (
        owner.post("/practice/digest", {"digest_on": "y", "digest_hour": "06:00", "digest_days": ["1", "2"]}).status
        == 303
    )
    assert owner.get("/clients/C-9999").status == 404
    made = owner.post("/calendar/feeds", {"name": "Log", "kind": "all", "days_back": 90, "days_ahead": 370})
    assert made.status == 200
    for kind, many in before.items():
        new = entries(product, kind)[many:]
        assert len(new) == 1, kind
        assert (new[0]["who"], new[0]["ip"]) == (who, "127.0.0.1")
        assert new[0]["at"]
        assert re.fullmatch("[0-9a-f]{8}", new[0]["in"])
    assert entries(product, "settings_changed")[-1]["what"] == {"fields": "digest_days digest_hour"}
    assert entries(product, "access_refused")[-1]["what"] == {"place": "clients.show", "status": 404}

    address = re.search(r"/cal/[^\"' ]+?\.ics", made.text)[0]
    tags = {product.visitor().get(address, User_Agent="Google-Calendar").header("ETag") for _ in range(3)}
    assert len(tags) == 1  # what is looked at changes no calendar
    feed = entries(product, "feed_created")[-1]["what"]["feed"]
    fetched = [e["what"] for e in entries(product, "feed_fetched") if e["what"]["feed"] == feed]
    assert fetched == [{"feed": feed, "caller": "Google Calendar"}]


def test_row_23_the_log_holds_no_word_of_a_client_and_its_page_says_all(product):
    owner = product.sign_in()
    owner.get("/clients/C-0101")
    page = owner.get("/practice/log?kind=seen")
    assert page.status == 200
    assert "Opened a client’s file" in page.text
    assert "from 127.0.0.1" in page.text
    assert_clean(page.body, "the page of the log")
    told = product.sql("SELECT type, payload, ip, session FROM journal_entry")
    assert_clean(str(told).encode(), "the log")
    assert product.sign_in("assistant@example.com").get("/practice/log").status == 403


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET ip = '10.0.0.1'", "DELETE FROM journal_entry"])
def test_row_24_no_statement_changes_the_log(product, statement):
    with pytest.raises(DBAPIError, match="journal"):
        product.sql(statement)
    assert product.flask("audit", "verify", "--practice", str(product.sql(OWN)[0][0]))[0] == 0


def test_row_24_the_page_says_that_the_chain_is_unbroken(product):
    page = product.sign_in().get("/practice/log").text
    head = re.search(r"Unbroken</span> to entry <span class=\"code\">(\d+) ([0-9a-f]{8})</span>", page)
    assert head
    (digest,) = product.sql("SELECT digest FROM journal_entry WHERE seq = :seq", seq=int(head[1]))[0]
    assert digest.startswith(head[2])


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param("UPDATE journal_entry SET payload = '{}' WHERE seq = 2", "entry 2", id="edited"),
        pytest.param("UPDATE journal_entry SET ip = '10.9.9.9' WHERE seq = 2", "entry 2", id="another place"),
        pytest.param("DELETE FROM journal_entry WHERE seq = 2", "entry 3", id="deleted"),
        pytest.param("UPDATE journal_entry SET seq = CASE seq WHEN 2 THEN 900 ELSE seq END", "entry 3", id="reordered"),
        pytest.param("DELETE FROM journal_entry WHERE seq >= 3", "no entry|entry is missing", id="cut off"),
    ],
)
def test_row_24_a_log_cut_changed_or_reordered_in_a_copy_is_found(product, tmp_path, change, named):
    practice = str(product.sql(OWN)[0][0])
    head = product.sql(f"SELECT seq, digest FROM journal_entry WHERE practice_id = ({OWN}) ORDER BY seq DESC LIMIT 1")  # noqa: S608
    copy = tmp_path / "var"
    copy.mkdir(mode=0o700)
    source = product.settings.data_dir / "handoff.sqlite3"
    with sqlite3.connect(source) as there, sqlite3.connect(copy / "handoff.sqlite3") as here:
        there.backup(here)
        here.execute("DROP TRIGGER journal_entry_no_update")
        here.execute("DROP TRIGGER journal_entry_no_delete")
        here.execute(change)
    elsewhere = {"HANDOFF_DATA_DIR": str(copy), "HANDOFF_KEY_FILE": str(product.settings.keyring_path)}
    seen = f"{head[0][0]} {head[0][1][:8]}"
    code, said = product.flask("audit", "verify", "--practice", practice, "--since-head", seen, environment=elsewhere)
    assert code == 1
    assert re.search(named, said), said
