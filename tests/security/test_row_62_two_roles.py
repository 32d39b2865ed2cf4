"""Row 62: an assistant books, calls and posts, and comes across no diagnosis, measure, note or setting."""

import re

import builders
import canaries
import outside
import pytest
import spider

from crm.accounts import permissions
from crm.accounts.permissions import Permission, RoleName
from crm.crypto import Sealer

# To book somebody one has to know their name and number; all else that was ever typed about them stays closed.
NEEDED_TO_BOOK = {"Canaryella", "Fluffwing", canaries.PHONE}
HIDDEN = [word for word in canaries.CANARIES if word not in NEEDED_TO_BOOK] + [canaries.CODE]


def fetcher(browser, **headers):
    def fetch(path: str) -> tuple[int, str, bytes]:
        answer = browser.get(path, **headers)
        return answer.status, (answer.header("Content-Type") or "").partition(";")[0], answer.body

    return fetch


@pytest.fixture(scope="module")
def seen(product) -> list[spider.Seen]:
    """Every page an assistant is led to, from Today, and where a mail or a bookmark could lead them."""
    begin = ("/", "/clients/C-0101", "/sources/1", "/documents/1/approved", "/pile", "/pile.pdf", "/digest/next",
             "/search?q=C-0101", "/search?q=marsh", "/today/calls", "/referrals/new", "/clients/new")  # fmt: skip
    return list(spider.crawl(product.app, fetcher(product.sign_in(outside.ASSISTANT)), begin))


def test_row_62_no_hidden_word_comes_before_an_assistant(seen):
    assert len(seen) > 60
    for page in seen:
        assert [word for word in HIDDEN if word.lower() in page.text.lower()] == [], page.path


def test_row_62_the_words_are_there_for_the_owner(product):
    """So that the test above looks for what can be found."""
    owner = product.sign_in()
    client = "/clients/C-0101"
    pages = ["/", client, "/sources/1", *(f"{client}/{rest}" for rest in (
        "sessions", "flag", "record/person", "record/health", "record/plan", "rights"))]  # fmt: skip
    [(flag,)] = product.sql("SELECT min(entry_seq) FROM red_flag")
    [(touched,)] = product.sql("SELECT min(seq) FROM journal_entry WHERE type = 'touch_logged'")
    pages += [
        f"/sources/1?before={int(touched) + 1}",
        f"{client}/flag/{flag}",
        "/documents/1/approved",
        "/documents/1/file/0.pdf",
    ]
    told = "\n".join(spider.words_of(media, body) for _status, media, body in map(fetcher(owner), pages))
    assert [word for word in HIDDEN if word not in told] == ["canaryplan"]  # which only letters quote


def test_row_62_nothing_offered_to_an_assistant_ends_in_a_refusal(seen, product):
    """No link answers 403, and no form or button posts where they may not."""
    assert [(page.path, page.came_from) for page in seen if page.status not in {200, 302, 303}] == []
    for page in seen:
        for form in page.forms:
            if form.method == "post" and form.action not in {"", "/logout"}:
                endpoint = spider.endpoint_of(product.app, form.action, "POST")
                assert permissions.may_open(RoleName.ASSISTANT, endpoint), (page.path, form.action)


def test_row_62_parts_fetched_by_a_script_are_as_narrow_as_pages(product):
    assistant = product.sign_in(outside.ASSISTANT)
    fetch = fetcher(assistant, HX_Request="true")
    for path in ("/sources/1?before=999999", "/today/more?offset=0", "/search?q=C-01", "/referrals/new", "/calendar"):
        status, media, body = fetch(path)
        assert status == 200, path
        assert [word for word in HIDDEN if word in spider.words_of(media, body)] == [], path


def test_row_62_an_assistant_types_no_diagnosis_in(product):
    """What their form has no field for is not taken from the request either."""
    assistant = product.sign_in(outside.ASSISTANT)
    [(source,)] = product.sql("SELECT min(id) FROM source")
    form = {
        "source_id": source, "received_on": "2026-01-05", "method": "fax", "written": "y", "client_code": "C-0620",
        "client_name": "Paper Only", "diagnosis": "typed all the same", "icd10": "M17.11", "service": "typed too",
        "client_class": "corrective", "wording": "y", "stated": "y", "transition": "y",
    }  # fmt: skip
    assert assistant.post("/referrals/new", form).status == 303
    [(sealed, uuid, *seen_on_paper)] = product.sql(
        "SELECT r.sealed, r.uuid, r.is_written, r.has_wording, r.has_diagnosis, r.has_transition"
        " FROM referral r JOIN client c ON c.id = r.client_id WHERE c.code = 'C-0620'"
    )
    with product.app.app_context():
        key: Sealer = product.app.extensions["handoff"].sealer()
        assert key.open(bytes(sealed), table="referral", row=uuid) == {"service": "", "diagnosis": "", "icd10": ""}
    assert all(seen_on_paper)
    assert product.sql("SELECT client_class FROM client WHERE code = 'C-0620'") == [(None,)]
    page = product.sign_in().get("/clients/C-0620").text
    assert "Paper Only" in page
    assert "typed" not in page


def test_row_62_a_letter_about_a_client_is_a_name_and_an_address_to_an_assistant(product):
    assistant = product.sign_in(outside.ASSISTANT)
    page = assistant.get("/documents/1/approved")
    assert page.status == 200
    assert "office@example.com" in page.text
    for path in ("/documents/1/file/0.pdf", "/documents/1/file/0.png", "/documents/1", "/documents/1/page.svg"):
        assert assistant.get(path).status == 403, path


def test_row_62_a_changed_role_acts_at_the_next_request(product):
    """Somebody comes by a link, is an assistant, becomes an owner, is an assistant again, is shut out."""
    owner = product.sign_in()
    email = "changing@example.com"
    shown = owner.post("/practice/people", {"name": "Chan Ging", "email": email, "role": "assistant"})
    link = re.search(r"/setup/[\w-]{43}", shown.text)
    assert link, shown.status
    browser = product.visitor()
    browser.fetch_token(link[0])
    chosen = {"password": builders.PASSWORD, "again": builders.PASSWORD}
    assert browser.post(link[0], chosen).status == 303
    [(user_id,)] = product.sql('SELECT id FROM "user" WHERE email = :email', email=email)
    record = "/clients/C-0101/record/health"
    assert (browser.get("/").status, browser.get(record).status) == (200, 403)
    for role, status in (("owner", 200), ("assistant", 403)):
        assert owner.post(f"/practice/people/{user_id}/role", {"role": role}).status == 303
        assert browser.get("/").header("Location") == "/login"  # with other rights everybody signs in anew
        browser = product.sign_in(email)
        assert browser.get(record).status == status
    assert owner.post(f"/practice/people/{user_id}/disable").status == 303
    gone = browser.get("/")
    assert (gone.status, gone.header("Location")) == (302, "/login")
    told = product.sql("SELECT subject FROM outbox_message WHERE recipient = :email AND kind = 'notice'", email=email)
    assert len(told) >= 2  # the invitation, and that the role is another


def test_row_62_whoever_has_no_role_or_two_may_do_nothing():
    assert permissions.role_of([]) is None
    assert permissions.role_of(["owner", "assistant"]) is None
    assert permissions.role_of(["administrator"]) is None
    assert not any(permissions.may_open(None, endpoint) for endpoint in permissions.NEEDED)
    assert not permissions.may(None, Permission.DESK)


def test_row_62_an_assistant_has_three_permissions_and_no_more():
    assert permissions.GRANTED[RoleName.ASSISTANT] == {Permission.DESK, Permission.BOOKING, Permission.POST}
    assert permissions.GRANTED[RoleName.OWNER] == set(Permission)
