"""Row 3: who may not, changes nothing; a child belongs to its parent; each id of a bulk action is checked first."""

import outside
import pytest
import walk
from sqlalchemy import select, text

from crm.accounts.permissions import GRANTED, NEEDED, PUBLIC, RoleName
from crm.db import db, writing
from crm.documents.models import Delivery, DeliveryState

# An address that names a second client or source of one's own with a child of the first.
CHILDREN = {
    "code": {"visit_id", "release_id", "goal_id", "session_id", "measurement_id", "provider_id", "seq"},
    "source_id": {"contact_id", "fact_id", "lunch_id"},
}


def refused(rule) -> bool:
    return rule.endpoint in NEEDED and NEEDED[rule.endpoint] not in GRANTED[RoleName.ASSISTANT]


def test_row_03_an_assistant_is_refused_everywhere_else_and_leaves_no_trace(product):
    """Through the wire, with ids that are there and the token of their own page."""
    assistant = product.sign_in(outside.ASSISTANT)
    known = {"code": "C-0101", "source_id": 1, "document_id": 1, "visit_id": 1, "goal_id": 1, "session_id": 1,
             "measurement_id": 1, "provider_id": 1, "release_id": 1, "position": 0, "key": "thank-you",
             "part": "health", "what": "client_away"}  # fmt: skip
    before, walked = product.dbhash(), 0
    token = assistant.fetch_token()
    for rule, path, method in walk.everywhere(product.app, known):
        if refused(rule):
            answer = assistant.ask(method, path, headers={"X-CSRFToken": token})
            assert answer.status in {403, 405}, (rule.endpoint, method, answer.status)
            assert (answer.status == 403) == (method in rule.methods), (rule.endpoint, method)
            assert "canary" not in answer.all.lower(), rule.endpoint
            walked += 1
    assert walked > 300
    assert product.dbhash() == before


def test_row_03_whoever_is_shut_out_while_signed_in_is_nobody_at_the_next_request(both):
    browser = both.browser(outside.DISABLED)
    before = both.dbhash()
    for rule, path, method in walk.everywhere(both.app, both.ids):
        if rule.endpoint not in PUBLIC:
            answer = browser.open(path, method=method)
            assert answer.status_code in {302, 401, 405}, (rule.endpoint, method, answer.status_code)
    assert both.dbhash() == before


def test_row_03_a_disabled_person_cannot_sign_in(product):
    answer = product.visitor().post("/login", {"email": outside.DISABLED, "password": "correct horse battery staple"})
    assert answer.status == 200
    assert "That did not work" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_row_03_a_child_is_found_under_its_own_parent_only(both, method):
    """The client and source asked for are of the same practice, but the visit, goal or contact is another's."""
    owner = both.browser(outside.OWNER)
    owner.post("/clients", data={"code": "C-0900", "name": "", "client_class": "", "source_id": ""})
    owner.post("/sources/new", data={"name": "Second Own", "channel": "fax", "grade": ""})
    second = both.scalar(text("SELECT max(id) FROM source"))
    others = {"code": "C-0900", "source_id": second}
    before, walked = both.dbhash(), 0
    for rule in both.app.url_map.iter_rules():
        for parent, children in CHILDREN.items():
            if parent in rule.arguments and rule.arguments & children and method in rule.methods:
                values = {name: both.ids[name] for name in rule.arguments} | {parent: others[parent]}
                answer = owner.open(both.path(rule.endpoint, values, method), method=method)
                assert answer.status_code == 404, (rule.endpoint, answer.status_code)
                walked += 1
    assert walked >= (5 if method == "GET" else 12)
    assert both.dbhash() == before


def test_row_03_a_file_is_found_under_its_own_letter_only(both):
    owner = both.browser(outside.OWNER)
    document = both.ids["document_id"]
    assert owner.get(f"/documents/{document}/file/0.pdf").status_code == 200
    assert owner.get(f"/documents/{document}/file/99.pdf").status_code == 404
    assert owner.get("/documents/999/file/0.pdf").status_code == 404


@pytest.mark.parametrize("added", ["another practice's", "nobody's", "no number at all"])
def test_row_03_a_list_with_one_foreign_id_posts_nothing_at_all(both, added):
    """The second practice's owner gets a pile of their own by moving a delivery there, behind the product's back."""
    mine = both.ids["delivery_id"]
    foreign = {"nobody's": "999999", "no number at all": "1 OR 1=1"}.get(added, str(mine))
    stranger = both.browser(outside.OTHER)
    owner = both.browser(outside.OWNER)
    who, own = (stranger, "999998") if added == "another practice's" else (owner, str(mine))
    before = both.dbhash()
    answer = who.post("/pile/posted", data={"delivery": [own, foreign]})
    assert answer.status_code == 404
    assert both.dbhash() == before
    assert both.scalar(select(Delivery.state).where(Delivery.id == mine)) == DeliveryState.WAITING


def test_row_03_a_task_of_another_office_is_not_closed_by_a_touch(both):
    """The task chosen in the form must be the source's own."""
    owner = both.browser(outside.OWNER)
    owner.post("/sources/new", data={"name": "Third Own", "channel": "fax", "grade": ""})
    third = both.scalar(text("SELECT max(id) FROM source"))
    before = both.dbhash()
    form = {"kind": "call", "outcome": "reached", "on": "2026-05-06", "task": both.ids["key"]}
    assert owner.post(f"/sources/{third}/touch", data=form).status_code == 422
    assert both.dbhash() == before


def test_row_03_an_assistant_takes_back_no_entry_of_the_record(both):
    """Undo is one address for all kinds of entries; what lies behind the number decides."""
    assistant = both.browser(outside.ASSISTANT)
    record = ("session_held", "measured", "red_flag", "goal_set", "release_filed", "baseline_done")
    with both.app.app_context():
        rows = db.session.execute(text("SELECT seq, type FROM journal_entry WHERE client_id IS NOT NULL")).all()
    seqs = [seq for seq, kind in rows if kind in record]
    assert seqs
    before = both.dbhash()
    for seq in seqs:
        assert assistant.post(f"/undo/{seq}").status_code in {400, 403}, seq
    assert both.dbhash() == before


def test_row_03_what_an_assistant_may_do_they_can(both):
    assistant = both.browser(outside.ASSISTANT)
    for rule in both.app.url_map.iter_rules():
        if rule.endpoint in NEEDED and not refused(rule) and "GET" in rule.methods:
            answer = assistant.get(walk.address(both.app, rule, both.ids))
            assert answer.status_code != 403 or rule.endpoint in {"documents.file", "documents.file_picture"}, rule


def test_row_03_the_links_of_a_digest_die_with_the_account(both):
    """A shut-out person's mail lies about; neither its task links nor its unsubscribe link does anything."""
    owner = both.browser(outside.OWNER)
    with both.app.app_context():
        user = db.session.execute(text('SELECT id FROM "user" WHERE email = :e'), {"e": outside.DISABLED}).scalar()
        with writing():
            db.session.execute(text('UPDATE "user" SET active = true WHERE id = :i'), {"i": user})
    page = both.browser(outside.DISABLED).get("/digest/next").text
    links = {part.partition('"')[0] for part in page.split('href="http://localhost')[1:]}
    assert owner.post(f"/practice/people/{user}/disable").status_code == 303
    before = both.dbhash()
    anybody = both.app.test_client()
    for path in links:
        assert anybody.post(path).status_code in {401, 404, 405}, path
    assert both.dbhash() == before
