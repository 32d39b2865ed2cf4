"""Row 71: repeated, missing, array-like and wrong-type parameters are refused or read as usual: no 500."""

import io
from collections.abc import Callable

import outside
import pytest
import sent_forms
import walk
from werkzeug.datastructures import MultiDict

from crm.accounts.permissions import NEEDED, PUBLIC

Pairs = list[tuple[str, object]]
GARBAGE = ["9" * 40, "-1", "NaN", "1e309", "\x00", "é\ud83d".encode("utf-8", "replace").decode(), "{}", "[]", "null",
           "2026-02-30", "٣", "0x10", "true", " ", "a" * 30_000]  # fmt: skip
SHAPES: dict[str, Callable[[Pairs], Pairs]] = {
    "each sent twice": lambda pairs: [*pairs, *pairs],
    "each sent twice, the second another": lambda pairs: [*pairs, *((name, "other") for name, _v in pairs)],
    "nothing at all": lambda _pairs: [],
    "each empty": lambda pairs: [(name, "") for name, _v in pairs],
    "each as a list in brackets": lambda pairs: [(f"{name}[]", value) for name, value in pairs],
    "each as an object in brackets": lambda pairs: [(f"{name}[a][b]", value) for name, value in pairs],
    "each numbered": lambda pairs: [(f"{name}-{n}", value) for name, value in pairs for n in (0, 1, 99999)],
    "each as a file": lambda pairs: [(name, (io.BytesIO(b"\x00\xff"), "name.pdf")) for name, _v in pairs],
}


def all_names(form: sent_forms.Offered) -> Pairs:
    """Return the pairs of a form, also of boxes that are not ticked."""
    held = {name for name, _value in form.fields}
    return [*form.fields, *((name, "y") for name in sorted(form.names - held))]


@pytest.fixture(scope="module")
def forms(both) -> list[sent_forms.Offered]:
    found = list(sent_forms.offered(both))
    assert len(found) > 55
    return found


def send(browser, form: sent_forms.Offered, pairs: Pairs, how: str) -> None:
    answer = browser.post(form.action, data=MultiDict(pairs))
    assert answer.status_code < 500, (form.endpoint, how, answer.status_code)


@pytest.mark.parametrize("shape", SHAPES)
def test_row_71_every_form_takes_its_fields_in_any_shape_without_breaking(both, forms, shape):
    owner = both.browser(outside.OWNER)
    for form in forms:
        send(owner, form, SHAPES[shape](all_names(form)), shape)


def test_row_71_every_form_takes_values_of_any_type_without_breaking(both, forms):
    owner = both.browser(outside.OWNER)
    for form in forms:
        for value in GARBAGE:
            send(owner, form, [(name, value) for name, _v in all_names(form)], repr(value[:20]))


def test_row_71_every_form_bears_that_one_field_is_missing(both, forms):
    owner = both.browser(outside.OWNER)
    for form in forms:
        pairs = all_names(form)
        for missing in {name for name, _value in pairs}:
            send(owner, form, [pair for pair in pairs if pair[0] != missing], f"without {missing}")


def test_row_71_every_form_bears_a_body_of_another_kind(both, forms):
    owner = both.browser(outside.OWNER)
    for form in forms:
        for kind, body in (("application/json", b'{"a": [1]}'), ("multipart/form-data", b"--x"), ("text/xml", b"<a/>"),
                           ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"), ("", b"\xff\x00")):  # fmt: skip
            answer = owner.post(form.action, data=body, content_type=kind)
            assert answer.status_code < 500, (form.endpoint, kind, answer.status_code)


QUERY = ("page", "q", "show", "before", "offset", "month", "view", "source", "client", "task", "key", "with", "battery",
         "kind", "sort", "order", "lane", "grade", "for", "line", "due", "next", "to", "document", "width")  # fmt: skip


@pytest.mark.parametrize("value", ["", "-1", "9" * 40, "x", "\x00", "2026-99-99", "é" * 200, "1&{name}=2", "[]"])
def test_row_71_every_page_bears_any_query(both, value):
    owner = both.browser(outside.OWNER)
    for rule in both.app.url_map.iter_rules():
        if "GET" in rule.methods and (rule.endpoint in NEEDED or rule.endpoint in PUBLIC):
            path = walk.address(both.app, rule, both.ids)
            query = "&".join(f"{name}={value.replace('{name}', name)}" for name in QUERY)
            answer = owner.get(f"{path}?{query}")
            assert answer.status_code < 500 or rule.endpoint == "public.readyz", (rule.endpoint, answer.status_code)


@pytest.mark.parametrize("value", ["0", "-1", "9" * 40, "x" * 300, "%00", "%F0%9F%98%80", "..%2f..", "1%201"])
def test_row_71_every_address_bears_any_word_in_its_place(both, value):
    owner = both.browser(outside.OWNER)
    for rule in both.app.url_map.iter_rules():
        if rule.arguments and (rule.endpoint in NEEDED or rule.endpoint in PUBLIC):
            path = rule.rule
            for part in path.split("<")[1:]:
                path = path.replace(f"<{part.partition('>')[0]}>", value)
            for method in rule.methods & {"GET", "POST"}:
                answer = owner.open(path, method=method)
                assert answer.status_code < 500, (path, method, answer.status_code)
