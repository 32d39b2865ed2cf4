"""Letters by hand: corrected by one click, approved, mailed, printed five at a time, posted, and found again."""

import io
import re
from collections.abc import Iterator

import pytest
from desk import Desk, Person, settled_in, zone_at_work
from playwright.sync_api import expect
from pypdf import PdfReader
from smtp_server import SmtpServer

pytestmark = pytest.mark.browser
ZONE = zone_at_work()
LETTERHEAD = {
    "street": "18 Orchard Row", "city": "Fairfield", "state": "OR", "zip": "97000", "phone": "(503) 555-0100",
    "fax": "(503) 555-0101", "email": "desk@northside.example.com",
}  # fmt: skip
FIVE = ("Marsh", "Raman", "Ferrer", "Tanaka", "Vance")


@pytest.fixture(scope="module")
def me(desk: Desk) -> Iterator[Person]:
    """Somebody with the sample practice and a letterhead of their own."""
    with settled_in(desk, ZONE) as somebody:
        page = somebody.page
        page.goto("/practice")
        for name, value in LETTERHEAD.items():
            page.fill(f"#{name}", value)
        page.get_by_role("button", name="Save the letterhead").click()
        yield somebody


def download(me: Person, path: str) -> bytes:
    """Fetch a file as the signed-in person."""
    return me.page.request.get(path).body()


def test_a_draft_is_corrected_approved_and_mailed_byte_for_byte(me: Person, desk: Desk, mailbox: SmtpServer) -> None:
    page = me.page
    page.goto("/documents")
    me.look("letters-list")
    page.get_by_role("link", name="Introduction letter to Dr. Thomas Adeyemi").click()
    expect(page.locator(".finding")).to_have_count(4)
    me.look("letters-composer")
    page.locator(".finding", has_text="therapy").locator(".swap button").click()
    expect(page.locator(".finding")).to_have_count(3)
    expect(page.locator("#text")).not_to_have_value(re.compile("therapy sessions"))
    text = page.locator("#text").input_value()
    text = text.replace("We treat clients", "I work with clients").replace(
        "We guarantee better results within 90 days.", ""
    )
    page.fill("#text", text)
    expect(page.locator(".finding")).to_have_count(1)
    page.locator(".keep summary").click()
    page.fill("[name=reason]", "It is what the certificate says")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#opening")).to_contain_text("It is ready.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="How it leaves")).to_be_visible()
    me.look("letters-approved")
    page.locator(".choices label", has_text="E-mail").click()
    page.get_by_role("button", name="Put it on its way").click()
    desk.flask("worker", "--once")
    mailbox.wait_for_kept(1)
    carried = [
        p.get_payload(decode=True) for p in mailbox.kept[0].message.walk() if p.get_content_type() == "application/pdf"
    ]
    frozen = [download(me, f"{page.url.rpartition('/')[0]}/file/{n}.pdf") for n in range(3)]
    assert carried == frozen
    words = PdfReader(io.BytesIO(carried[0])).pages[0].extract_text()
    assert "Dear Dr. Adeyemi," in words
    page.reload()
    expect(page.locator(".delivery")).to_contain_text("left today")


def test_five_letters_are_printed_in_one_pile_posted_and_found_on_the_timeline(me: Person) -> None:
    page = me.page
    for name in FIVE:
        page.goto("/documents/new")
        page.select_option("#key", "education-answer")
        page.fill("#source_name", name)
        page.locator("#source_name-list [role=option]").first.click()
        page.get_by_role("button", name="Begin the letter").click()
        text = page.locator("#text").input_value()
        page.fill("#text", text.replace("{{question}}", "how long to wait").replace("{{answer}}", "About two weeks."))
        expect(page.locator("#opening")).to_contain_text("It is ready.")
        page.get_by_role("button", name="Approve").click()
        page.locator(".choices label", has_text="Print and post").click()
        page.get_by_role("button", name="Put it on its way").click()
        expect(page.locator(".said")).to_contain_text("On the print pile.")
    page.goto("/pile")
    expect(page.locator(".pile-row")).to_have_count(5)
    me.look("letters-pile")
    pages = PdfReader(io.BytesIO(download(me, "/pile.pdf"))).pages
    assert len(pages) == 11  # five letters, five envelopes, a sheet of labels
    assert sum("About two weeks." in p.extract_text() for p in pages) == 5
    page.get_by_role("button", name="These are posted").click()
    expect(page.locator(".blank")).to_contain_text("The pile is empty")
    page.goto("/sources?q=tanaka")
    page.get_by_role("link", name="Mei Tanaka").first.click()
    expect(page.locator(".history")).to_contain_text("Education answer left the house")


def test_every_page_of_letters_is_fit_to_be_seen(me: Person) -> None:
    page = me.page
    for name, path in (
        ("new", "/documents/new"), ("templates", "/documents/templates"), ("words", "/documents/templates/intro-pt"),
        ("rules", "/documents/rules"), ("paper", "/papers/referral-form"), ("sheet", "/sheets/ll-order"),
        ("told", "/clients/C-0101/disclosures"), ("outbox", "/outbox"),
    ):  # fmt: skip
        page.goto(path)
        me.look(f"letters-{name}")
