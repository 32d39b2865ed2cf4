"""Rows 55 and 63: the cookie; the list of sessions, to end one or all; whoever is disabled is out everywhere."""

import re
from http.cookies import SimpleCookie

import builders
import outside

from crm.factory import create_app

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_row_55_the_cookie_is_bound_to_host_path_and_http(product):
    visitor = product.visitor()
    [kept] = [value for name, value in visitor.get("/login").headers if name.lower() == "set-cookie"]
    [(name, morsel)] = SimpleCookie(kept).items()
    assert (name, morsel["path"], morsel["httponly"], morsel["samesite"]) == ("handoff", "/", True, "Lax")
    assert (morsel["domain"], morsel["secure"]) == ("", "")
    signed_in = product.sign_in()
    assert set(signed_in.cookies) == {"handoff"}


def test_row_55_by_https_it_is_secure_and_of_this_host_alone(settings):
    app = create_app(settings.model_copy(update={"base_url": "https://desk.example.com", "second_factor": "on"}))
    answer = app.test_client().get("/login", base_url="https://desk.example.com")
    [kept] = answer.headers.getlist("Set-Cookie")
    [(name, morsel)] = SimpleCookie(kept).items()
    assert (name, morsel["path"], morsel["domain"]) == ("__Host-handoff", "/", "")
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Lax")


def test_row_63_one_session_or_all_others_are_ended_from_the_list(product):
    mine, phone, other = product.sign_in(), product.sign_in(), product.visitor()
    other.fetch_token()
    other.post("/login", {"email": outside.OWNER, "password": builders.PASSWORD}, User_Agent=FIREFOX)
    page = mine.get("/account/sessions").text
    assert "Firefox on Windows" in page
    assert "From 127.0.0.0/24" in page
    assert page.count("This one") == 1
    newest = max(map(int, re.findall(r"/account/sessions/(\d+)/end", page)))
    assert mine.post(f"/account/sessions/{newest}/end").status == 303
    assert other.get("/").header("Location") == "/login"
    assert phone.get("/").status == 200
    assert mine.post("/account/sessions/end-others").status == 303
    assert phone.get("/").header("Location") == "/login"
    assert mine.get("/").status == 200


def test_row_63_a_session_of_somebody_else_is_not_there(product):
    product.sign_in(outside.OTHER)
    mine = product.sign_in()
    [(theirs,)] = product.sql(
        'SELECT max(s.id) FROM user_session s JOIN "user" u ON u.id = s.user_id WHERE u.email = :email',
        email=outside.OTHER,
    )
    assert mine.post(f"/account/sessions/{theirs}/end").status == 404
    assert product.sql("SELECT count(*) FROM user_session WHERE id = :id", id=theirs) == [(1,)]


def test_row_63_whoever_is_disabled_is_out_at_the_next_request(product):
    assistant = product.sign_in(outside.ASSISTANT)
    product.sql('UPDATE "user" SET active = :no WHERE email = :email', no=False, email=outside.ASSISTANT)
    try:
        assert assistant.get("/").header("Location") == "/login"
        product.sql('UPDATE "user" SET active = :yes WHERE email = :email', yes=True, email=outside.ASSISTANT)
        assert assistant.get("/").header("Location") == "/login"  # and stays out
    finally:
        product.sql('UPDATE "user" SET active = :yes WHERE email = :email', yes=True, email=outside.ASSISTANT)


def test_row_37_a_forged_forwarding_header_changes_nothing(app, visitor):
    """The throttle counts where the connection came from; `proxies` says how many hops are ours."""
    statuses = [
        visitor.get("/cal/wrong.ics", headers={"X-Forwarded-For": f"10.{n}.0.1"}).status_code for n in range(12)
    ]
    assert statuses == [404] * 7 + [429] * 5
