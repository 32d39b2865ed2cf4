"""Rows 30 and 75: no page of another site can make this one act, or read from it."""

import outside
import pytest
from outside_spider import Spider
from walk import address

from crm.factory import create_app

# Opened from a mail: the signed token in the address is the proof, and a mail program presses the button itself.
SIGNED = {"refusals.refuse", "public.act", "public.undo_action", "public.stop_digest", "public.pause_digest"}
REPORTS = {"trouble.csp_report"}  # a browser sends it by itself, without a form
EVIL = "https://evil.example"
STRANGE = {
    "another origin": {"Origin": EVIL},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "another scheme": {"Origin": "https://127.0.0.1"},
    "a file": {"Origin": "file://"},
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "another site by a link": {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    },
    "htmx elsewhere": {"Origin": EVIL, "HX-Request": "true"},
}
PIECES = ("image", "script", "style", "iframe", "frame", "embed", "object", "audio", "video", "font", "worker", "track")
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture(scope="module")
def unsafe(product) -> list[tuple[str, str]]:
    """Every address that takes a POST, with the name of what answers."""
    app = create_app(product.settings)
    return [
        (address(app, rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint not in REPORTS
    ]


@pytest.fixture
def owner(product):
    return product.sign_in()


def test_row_30_without_the_token_of_this_session_nothing_is_done(product, unsafe, owner):
    others = product.sign_in(outside.OTHER).fetch_token("/")
    visitor = product.visitor()
    before, walked = product.dbhash(), 0
    form = {"Content-Type": outside.FORM}
    for path, endpoint in unsafe:
        if endpoint in SIGNED:
            continue
        for token in ("", "csrf_token=", f"csrf_token={others}&email=x", f"csrf_token={others[::-1]}"):
            for browser, more in ((owner, {}), (owner, {"HX-Request": "true", "X-CSRFToken": others}), (visitor, {})):
                answer = browser.ask("POST", path, token, headers=form | more)
                assert answer.status in {400, 403}, (path, token, answer.status)
        walked += 1
    assert walked > 60
    assert product.dbhash() == before


@pytest.mark.parametrize("how", STRANGE)
def test_row_30_with_the_right_token_but_from_elsewhere_nothing_is_done(product, unsafe, owner, how):
    owner.fetch_token("/")
    before = product.dbhash()
    answers = {path: owner.post(path, **STRANGE[how]).status for path, _endpoint in unsafe}
    assert set(answers.values()) == {403}, answers
    assert product.dbhash() == before


def test_row_30_the_desks_own_forms_and_mail_programs_get_through(product, owner):
    own = f"http://127.0.0.1:{product.port}"
    for headers in (
        {}, {"Origin": "null"}, {"Origin": own}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": own, "HX-Request": "true"}, {"Sec-Fetch-Site": "none"},
    ):  # fmt: skip
        assert owner.post("/quick-add", {"line": ""}, **headers).status in {303, 422}, headers
    one_click = product.visitor().ask(
        "POST", "/d/no-such-token/stop", "List-Unsubscribe=One-Click", headers={"Content-Type": outside.FORM}
    )
    assert one_click.status == 404  # looked at, and no token of ours; 403 would be the door


def test_row_30_reading_everything_changes_nothing(product, owner):
    origin = f"http://127.0.0.1:{product.port}"
    before = product.dbhash()
    seen = [visit.path for visit in Spider(owner, origin, each=2).walk("/")]
    assert len(seen) > 100
    assert product.dbhash() == before


@pytest.fixture(scope="module")
def feed(product):
    shown = product.sign_in().post("/calendar/feeds", {"name": "Kitchen"}).text
    return shown[shown.index("/cal/") :].partition(".ics")[0] + ".ics"


def test_row_75_no_page_elsewhere_embeds_a_file_a_page_or_a_calendar(owner, feed):
    files = ["/", "/clients/C-0101", "/papers/scope.pdf", "/pile.pdf", "/imports", feed, "/login", "/healthz"]
    for site in ("cross-site", "same-site", "whatever"):
        for piece in PIECES:
            for path in files:
                answer = owner.get(path, Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest=piece)
                assert answer.status == 403, (path, site, piece)
    for path in files[:5]:
        assert owner.get(path, Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="empty").status == 403, path
        assert owner.get(path, Sec_Fetch_Site="cross-site").status == 403, path
    assert (
        owner.get("/login", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe").status
        == 403
    )


def test_row_75_calendars_links_in_mails_and_the_desk_itself_get_through(product, owner, feed):
    visitor = product.visitor()
    assert visitor.get(feed).status == 200
    assert (
        visitor.get(feed, User_Agent="Thunderbird", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="empty").status == 200
    )
    assert visitor.get(feed, Sec_Fetch_Site="none", Sec_Fetch_Dest="document").status == 200
    assert owner.ask("GET", "/clients/C-0101", headers=LINK).status == 200
    assert visitor.ask("GET", "/a/none", headers=LINK).status == 404
    own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"}
    assert owner.ask("GET", "/clients", headers=own).status == 200


def test_row_75_static_files_are_open_to_no_other_origin(product):
    for path in ("/static/icon.svg", "/static/js/keys.js", "/static/vendor/htmx.min.js", "/static/css/look.css"):
        answer = product.visitor().get(path, Origin=EVIL)
        assert answer.status == 200
        assert answer.header("Access-Control-Allow-Origin") is None
        assert answer.header("Cross-Origin-Resource-Policy") == "same-origin"
