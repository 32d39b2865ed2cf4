"""Row 42: an e-mail address is read by a parser, at most 254 characters, in ASCII or by IDNA, and quickly."""

import ast
import re
import time
from pathlib import Path

import pytest
from outside import OWNER

from crm.outreach import mailer
from crm.sources.contact_details import email_address

CRM = Path(__file__).resolve().parents[2] / "crm"
GOOD = {
    "a@example.com": "a@example.com",
    "front.desk+x@Example.COM": "front.desk+x@example.com",
    "d\u00fcsk@example.com": "d\u00fcsk@example.com",
    "desk@b\u00fccher.example.com": "desk@b\u00fccher.example.com",
    "desk@xn--bcher-kva.example.com": "desk@b\u00fccher.example.com",
    "o'neil@example.org": "o'neil@example.org",
}
BAD = [
    "plain", "@example.com", "a@", "a@b", "a@@example.com", "a b@example.com", "a@exam ple.com", "a..b@example.com",
    ".a@example.com", "a.@example.com", "a@-example.com", "a@example..com", "a@[127.0.0.1]", '"a b"@example.com',
    "a@example.com\nBcc: b@example.com", "a@example.com,b@example.com", "a@example.com;b@example.com",
    "<a@example.com>", "a@example.com\x00", "a" * 65 + "@example.com", "a@" + "b" * 64 + ".com", "a@localhost",
    "a@" + ".".join(["b" * 60] * 5) + ".com", "a@\u202eexample.com", "a@example.com\u2028x@y.com", "a@\ud800.com",
]  # fmt: skip
LONG = [
    "a" * 10_000,
    "a@" + "b." * 5_000,
    "@" * 10_000,
    "a." * 5_000 + "@x.com",
    "\u0301" * 10_000,
    "a@" + "\u00fc" * 10_000,
]


def practice_mail(sample, address: str) -> int:
    form = next(form for form in sample.forms if form.action == "/practice/letterhead")
    return sample.send(form, email=address, fax_gateway="", phone="", fax="").status


def test_row_42_forms_take_addresses_and_refuse_what_is_none(sample):
    wrong = []
    for address in BAD:
        try:
            if practice_mail(sample, address) != 422 and address.isprintable():
                wrong.append(address)
        except UnicodeEncodeError:
            continue  # no browser can send it either
    assert wrong == []
    for address, kept in GOOD.items():
        assert practice_mail(sample, address) == 303, address
        assert f'value="{kept}"'.replace("'", "&#39;") in sample.owner.get("/practice").text


@pytest.mark.parametrize("value", LONG, ids=[value[:4] for value in LONG])
def test_row_42_ten_thousand_characters_are_refused_at_once(sample, value):
    began = time.process_time()
    for read in (email_address, lambda text: mailer.is_address(text) or (_ for _ in ()).throw(ValueError)):
        with pytest.raises(ValueError):
            read(value)
    assert time.process_time() - began < 1
    assert practice_mail(sample, value) == 422


def test_row_42_the_mailer_sends_to_what_a_parser_reads_as_one_ascii_address():
    assert mailer.is_address(OWNER)
    assert mailer.is_address("handoff@localhost")
    assert mailer.is_address("5551234567@fax.example.com")
    taken = [address for address in BAD if address not in {"a@localhost", "a@b"} and mailer.is_address(address)]
    assert taken == []


def patterns() -> dict[str, str]:
    """Every pattern of the product that stands in its code as a plain text, by its place."""
    found = {}
    for file in sorted(CRM.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            first = node.args[0]
            if of_re and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[f"{file.relative_to(CRM)}:{node.lineno}"] = first.value
    return found


def test_row_42_no_pattern_of_ours_reads_addresses_of_mail():
    assert [place for place, pattern in patterns().items() if re.search(r"@\S*\\\.|\[\^@", pattern)] == []


@pytest.mark.parametrize("letter", ["a", "1", " ", "-", "A ", "a.", ", ", "1-", "(", "\n", "a\n", "{{ ", "'", "or "])
def test_row_42_no_pattern_takes_longer_than_its_text_is_long(letter):
    """A field, a cell or a line has at most 300 characters when it meets a pattern; ten times that ends soon, too."""
    slow = []
    for place, pattern in patterns().items():
        made = re.compile(pattern, re.IGNORECASE)
        began = time.process_time()
        for text in (letter * (2_000 // len(letter)) + "\x01", "x" + letter * (1_000 // len(letter)) + "!"):
            made.search(text)
            made.fullmatch(text)
        if time.process_time() - began > 1:
            slow.append((place, pattern[:60], round(time.process_time() - began, 1)))
    assert slow == []
