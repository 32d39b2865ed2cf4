"""Signing in by every way there is, in a real browser: authenticator, recovery code, passkey, link, and break-glass."""

import re
import time
from dataclasses import dataclass

import pyotp
import pytest
from desk import PASSWORD, Desk, Person, person, served
from playwright.sync_api import CDPSession, Page, expect
from smtp_server import SmtpServer

pytestmark = pytest.mark.browser
OWNER = "robin@example.com"
SECOND, THIRD = "another sentence to keep in mind", "a third sentence nobody has read"


@dataclass
class Phone:
    """An authenticator app: it never gives the code of a step it has given one for."""

    totp: pyotp.TOTP
    last: int = 0

    def code(self) -> str:
        """Return a code the desk has not seen: of the step before or, where that is used, of this one."""
        self.last = max(self.last + 1, int(time.time()) // 30 - 1)
        return str(self.totp.generate_otp(self.last))


@pytest.fixture
def desk(tmp_path, server):
    with served(tmp_path, server.port, host="localhost", second_factor="on") as desk:
        yield desk


def test_every_way_in(desk: Desk, server: SmtpServer) -> None:
    with person(desk) as me:
        page = me.page
        phone, codes = set_up(desk, me)
        sign_out(page)

        give_password(me, PASSWORD)
        me.look("sign-in-code")
        page.get_by_role("link", name="Use one of your recovery codes").click()
        me.look("recovery-code")
        page.get_by_role("link", name="Back to the code of the app").click()
        give_code(page, phone)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto("/account")
        me.look("account")
        sign_out(page)

        give_password(me, PASSWORD)
        with_recovery_code(page, codes[0])
        page.goto("/account")
        expect(page.get_by_text("Nine recovery codes are left.")).to_be_visible()

        with_a_passkey(me)
        forgotten(desk, me, server, codes)
        somebody_else(desk, me)
        all_is_lost(desk, me)
        assert me.said == []


def set_up(desk: Desk, me: Person) -> tuple[Phone, list[str]]:
    """Make the owner by the link of the console; go through the authenticator to the codes and the desk."""
    page = me.page
    page.goto("/login")
    me.look("sign-in")
    page.goto(desk.setup_url)
    page.fill("#name", "Robin Vale")
    page.fill("#email", OWNER)
    page.fill("#practice_name", "Northside Exercise")
    page.fill("#password", "northside exercise 1")
    page.fill("#again", "northside exercise 1")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#password-error")).to_contain_text("Do not build it from your name")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    me.look("authenticator-before")
    phone = scan(me, looking=True)
    me.look("recovery-codes-before")
    codes = keep_codes(me, looking=True)
    expect(page).to_have_url(re.compile("/welcome$"))
    page.goto(desk.setup_url)
    expect(page.get_by_role("heading", name="Not here")).to_be_visible()
    page.goto("/")
    return phone, codes


def scan(me: Person, *, looking: bool = False) -> Phone:
    page = me.page
    page.get_by_role("button", name="Show me the code to scan").click()
    if looking:
        me.look("authenticator")
    phone = Phone(pyotp.TOTP((page.locator(".totp-key").text_content() or "").replace("-", "")))
    page.fill("#code", "000000")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    type_code(page, phone, "Done")
    return phone


def type_code(page: Page, phone: Phone, button: str) -> None:
    """Give the code of the app, and the next one where a step ended between reading and asking."""
    for _ in range(2):
        page.fill("#code", phone.code())
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            page.get_by_role("button", name=button).click()
        if answered.value.status < 400:
            return


def keep_codes(me: Person, *, looking: bool = False) -> list[str]:
    me.page.get_by_role("button", name="Make ten new codes").click()
    codes = me.page.locator("#codes").input_value().split("\n")
    assert len(set(codes)) == 10
    if looking:
        me.look("recovery-codes")
    me.page.get_by_role("link", name="I have kept them").click()
    return codes


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def give_password(me: Person, password: str, email: str = OWNER) -> None:
    me.page.goto("/login")
    me.page.fill("#email", email)
    me.page.fill("#password", password)
    me.page.get_by_role("button", name="Sign in", exact=True).click()


def give_code(page: Page, phone: Phone) -> None:
    type_code(page, phone, "Sign in")


def with_recovery_code(page: Page, code: str) -> None:
    page.get_by_role("link", name="Use one of your recovery codes").click()
    page.fill("#code", code)
    page.get_by_role("button", name="Sign in").click()


def with_a_passkey(me: Person) -> None:
    page = me.page
    cdp = virtual_authenticator(page)
    page.goto("/account/passkeys")
    me.look("passkeys")
    page.fill("#name", "laptop")
    page.get_by_role("button", name="Save a passkey").click()
    expect(page.get_by_text("laptop")).to_be_visible()
    me.look("account-with-passkey")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("/")
    page.goto("/account/passkeys")
    page.get_by_role("button", name="Remove laptop").click()
    expect(page.get_by_role("button", name="Remove laptop")).to_have_count(0)
    cdp.send("WebAuthn.disable")
    page.goto("/")
    sign_out(page)


def virtual_authenticator(page: Page) -> CDPSession:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    return cdp


def forgotten(desk: Desk, me: Person, server: SmtpServer, codes: list[str]) -> None:
    """A link comes by mail; it keeps the second step, and works once."""
    page = me.page
    page.get_by_role("link", name="Forgot the password?").click()
    me.look("reset")
    page.fill("#email", OWNER)
    page.get_by_role("button", name="Send the link").click()
    me.look("reset-asked")
    desk.flask("worker", "--once")
    mail = next(kept for kept in reversed(server.kept) if "/setup/" in kept.message.get_content())
    assert mail.recipients == [OWNER]
    link = re.search(r"http://\S+/setup/\S+", mail.message.get_content())
    assert link
    page.goto(link[0])
    me.look("reset-choose")
    choose(page, SECOND)
    expect(page.get_by_role("heading", name="And the code")).to_be_visible()
    with_recovery_code(page, codes[1])
    page.goto("/account/password")
    me.look("password")
    page.goto(link[0])
    expect(page.get_by_role("heading", name="Not here")).to_be_visible()


def choose(page: Page, password: str) -> None:
    page.fill("#password", password)
    page.fill("#again", password)
    page.get_by_role("button", name="Go on").click()


def somebody_else(desk: Desk, me: Person) -> None:
    """An assistant comes in by a link, sets up the second step, and is shut out at the next click."""
    page = me.page
    page.goto("/practice/people")
    page.fill("#name", "Sam Reed")
    page.fill("#email", "sam@example.com")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#setup-link").input_value()
    assert page.context.browser
    context = page.context.browser.new_context(base_url=desk.url)
    sam = Person(context.new_page())
    sam.page.goto(link)
    choose(sam.page, SECOND)
    scan(sam)
    keep_codes(sam)
    sam.page.goto("/")
    expect(sam.page.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_role("button", name="Shut out: Sam Reed").click()
    sam.page.goto("/")
    expect(sam.page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def all_is_lost(desk: Desk, me: Person) -> None:
    """Phone and password are gone: by the written steps the owner is in again."""
    page = me.page
    link = desk.flask("break-glass", "--email", OWNER).split()[0]
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    give_password(me, SECOND)
    expect(page.get_by_role("alert")).to_contain_text("That did not work.")
    page.goto(link)
    choose(page, THIRD)
    scan(me)
    keep_codes(me)
    page.goto("/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
