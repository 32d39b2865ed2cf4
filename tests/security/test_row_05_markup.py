"""Rows 5 and 70: markup and addresses somebody typed are words in pages, mail, feeds, files and heads."""

import email
import json
import re
import warnings
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from email.policy import default

import form_walk
import paperwork
import pytest
import vobject
from outside import OWNER, Answer
from smtp_server import Step

MARK = "'\"><kan>"  # ends every kind of quotation, opens an element; short enough for a ZIP
HANDLER = re.compile(r"on[a-z]+|hx-on.*|srcdoc|style|xlink:href")
SAFE = (
    "http://127.0.0.1",
    "webcal://127.0.0.1",
    "https://",
    "/",
    "#",
    "?",
    "tel:",
    "mailto:",
    "data:image/png;base64,",
    "data:image/svg+xml",
)
DANGEROUS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "\x01javascript:alert(1)", " javascript:alert(1)",
    "java\tscript:alert(1)", "data:text/html,<kan>", "vbscript:x", "//evil.example/", "tel:javascript:1",
)  # fmt: skip

WHERE_LINKS_GO = re.compile(r"found_at|email|phone|fax|hours|^text$")


def assert_words_only(text: str, where: str) -> form_walk.Page:
    """Read a page as a browser does and find no element, attribute, script or address that somebody typed."""
    page = form_walk.Page(where, text)
    for tag, held in page.elements:
        assert "kan" not in tag, (where, tag)
        styled = {"style"} if where == "mail" else set()  # mail programs know no style sheets
        bad = [name for name in held.keys() - styled if "kan" in name or HANDLER.fullmatch(name)]
        assert not bad, (where, tag, bad)
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            assert held.get(name, "/").startswith(SAFE) and not held.get(name, "/").startswith("//"), (where, held)
        json.loads(held.get("hx-vals", "{}"))
    assert not any(script.strip() for script in page.scripts), where
    return page


def assert_plain_answer(answer: Answer, where: str) -> None:
    kind = answer.header("Content-Type") or ""
    assert "<kan>" not in "".join(f"{name}{value}" for name, value in answer.headers), where
    if "html" in kind:
        assert_words_only(answer.text, where)
    elif "svg" in kind:
        picture = ET.fromstring(answer.body)  # noqa: S314 - our own
        assert not any("kan" in element.tag or "script" in element.tag for element in picture.iter())
    elif "pdf" in kind:
        paperwork.read(answer.body)
    else:
        assert answer.header("X-Content-Type-Options") == "nosniff", where


@pytest.fixture(scope="module")
def marked(sample):
    """The sample practice with the mark in every field that takes it; every answer on the way is read."""
    taken = 0
    for form in sample.forms:
        names = [name for name in form.typed if name not in {"closed_days", "erase-code", "erase-password"}]
        for group in (names, *([name] for name in names)):
            answer = sample.send(form, **{name: f"{MARK}{form.fields.get(name, '')}"[:60] for name in group})
            assert answer.status < 500, (form.action, group)
            assert_plain_answer(answer, f"{form.action} {group}")
            taken += answer.status in {303, 204}
            if answer.status in {303, 204} and group is names:
                break
    assert taken > 20
    return sample


def test_row_05_markup_typed_anywhere_is_text_on_every_page(marked):
    seen = 0
    for page, answer in form_walk.pages(marked.owner, form_walk.STARTS):
        assert answer.status < 500, page.at
        assert_plain_answer(answer, page.at)
        seen += "&lt;kan&gt;" in answer.text
    assert seen > 8


def test_row_05_markup_in_a_list_its_headers_and_its_name_is_text(marked):
    rows = f'Last name,First name,"{MARK.replace(chr(34), chr(34) * 2)}",Office\r\n'
    cell = '"' + MARK.replace('"', '""') + '"'
    rows += f"Marsh{cell[1:-1].replace(chr(34) * 2, '')},{cell},{cell},{cell}\r\n{cell},Helen,,\r\n"
    bound = "----x"
    owner = marked.owner
    owner.fetch_token("/practice")
    body = (
        f'--{bound}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{owner.token}\r\n'
        f'--{bound}\r\nContent-Disposition: form-data; name="file"; filename="<kan>.csv"\r\n\r\n{rows}\r\n'
        f"--{bound}--\r\n"
    )
    answer = owner.ask(
        "POST", "/imports", body.encode(), headers={"Content-Type": f"multipart/form-data; boundary={bound}"}
    )
    place = answer.header("Location") or ""
    assert answer.status == 303, answer.text[:300]
    assert "&lt;kan&gt;" in owner.get(place).text
    assert_plain_answer(owner.get(place), place)
    batch = place.removesuffix("/columns")
    chosen = {"column-0": "last_name", "column-1": "first_name", "column-2": "specialty", "column-3": "office_name"}
    owner.post(f"{batch}/columns", chosen)
    for step in ("step", "step", "import"):
        assert_plain_answer(owner.post(f"{batch}/{step}"), step)
    for path in (batch, f"{batch}/refused.csv", "/imports", "/sources", "/pipeline"):
        assert_plain_answer(owner.get(path), path)


def test_row_05_markup_is_text_in_feeds_and_in_what_their_readers_say_of_themselves(marked):
    shown = marked.owner.post("/calendar/feeds", {"name": MARK, "kind": "all", "days_back": "90", "days_ahead": "370"})
    page = assert_words_only(shown.text, "new feed")
    path = re.search(r"/cal/[\w-]+\.ics", shown.text)
    assert path is not None, page.at
    feed = marked.product.visitor().get(path[0], User_Agent=MARK)
    assert feed.header("Content-Type") == "text/calendar; charset=utf-8"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendar = vobject.readOne(feed.text)
    assert len(calendar.vevent_list) > 5
    assert_words_only(marked.owner.get("/calendar/feeds").text, "feeds")


def test_row_05_markup_is_text_in_mail_and_what_a_mail_server_answers_is_text_too(marked):
    product = marked.product
    product.sql('UPDATE "user" SET digest_on = :on WHERE email = :who', on=True, who=OWNER)
    for row, answer in enumerate((f"550 {MARK}<kan>", f"451 {MARK}<kan>", None)):
        if answer:
            product.mailbox.at(Step.RCPT, answer)
        product.tick((datetime.now(UTC) + timedelta(days=1 + row)).replace(hour=18).isoformat())
    for at in ("/outbox", "/outbox?show=attention", "/outbox?show=sent", "/clock", "/"):
        assert_words_only(marked.owner.get(at).text, at)
    [(kept,)] = product.sql("SELECT count(*) FROM outbox_message WHERE reply LIKE '%<kan>%'")
    assert int(str(kept)) > 0
    assert product.mailbox.kept
    for kept in product.mailbox.kept:
        message = email.message_from_bytes(kept.content, policy=default)
        html = message.get_body(("html",))
        if html is not None:
            assert_words_only(html.get_content().replace("<style>", "<!--").replace("</style>", "-->"), "mail")
        assert "kan" not in " ".join(message.keys())


@pytest.mark.parametrize("typed", DANGEROUS)
def test_row_70_an_address_somebody_typed_is_never_a_link_that_runs(sample, typed):
    """The product has no rich text: what is typed is shown as it stands, and addresses in it are no links."""
    for form in sample.forms:
        for name in filter(WHERE_LINKS_GO.search, form.typed):
            answer = sample.send(form, **{name: typed})
            assert answer.status < 500
            assert_plain_answer(answer, form.action)
    for at in ("/", "/sources", "/clients", "/pipeline", *{page.at for page in sample.pages if "/sources/" in page.at}):
        page = form_walk.Page(at, sample.owner.get(at).text)
        for tag, held in page.elements:
            for name in ("href", "src", "action", "hx-get", "hx-post", "formaction", "data-touch-url"):
                scheme = re.match(r"[\s\x00-\x20]*([a-z+.-]+):", held.get(name, ""), re.IGNORECASE)
                assert scheme is None or scheme[1] in {"tel", "mailto", "data", "http", "https"}, (at, tag, held)
                assert "javascript" not in held.get(name, "") or held[name].startswith(("/", "?")), (at, tag, held)
