"""Every form of the product as an owner's pages offer it, ready to be sent in any shape."""

from collections.abc import Iterator
from dataclasses import dataclass

import outside
import spider
from two_practices import TwoPractices

BEGIN = ("/", "/clients/C-0101", "/sources/1", "/documents/1/approved", "/pile", "/calendar/feeds", "/practice",
         "/practice/people", "/imports", "/documents/rules", "/documents/templates", "/quick-add", "/referrals/new",
         "/clients/C-0101/flag", "/clients/C-0101/rights", "/sources/1/lunch", "/sources/1/lunch/l1", "/welcome",
         "/documents/new?key=thank-you&source=1")  # fmt: skip
# Sending these shuts out, or shows the door to, the one who walks; each is tried by a test of its own.
LEAVES = {"security.logout", "people.change_role", "people.disable", "people.end_sessions", "rights.erase"}
# What somebody would type where a form comes empty.
TYPED = {
    "source_id": "1", "visit_on": "2026-06-20", "event_on": "2026-06-20", "due": "2026-06-20", "to": "2026-05-08",
    "name": "Ada Typed", "first_name": "Ada", "last_name": "Typed", "email": "typed@example.com", "line": "call",
    "text": "A few words.", "words": "some words", "found_at": "a paper", "read_on": "2026-05-05", "seen": "swelling",
    "reason": "because", "activity": "walk", "target": "20", "unit": "steps", "who": "Dr. Marsh", "limits": "none",
    "until_on": "2026-10-01", "from_on": "2026-05-06", "value": "9", "note": "a note", "outcome": "reached",
    "people": "Dana Typed", "person": "Pat Typed", "amount": "12.50", "limit": "80", "on": "2026-05-06", "cost": "10",
    "last_on": "2026-06-01", "chair-stand-30s": "9", "proof": "fax_report", "password": "correct horse battery staple",
}  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """A form as it stood on a page."""

    endpoint: str
    action: str
    fields: tuple[tuple[str, str], ...]
    names: frozenset[str]


def offered(both: TwoPractices) -> Iterator[Offered]:
    """Yield one form of each address, with the values it came with."""
    owner = both.browser(outside.OWNER)

    def fetch(path: str) -> tuple[int, str, bytes]:
        answer = owner.get(path)
        return answer.status_code, answer.mimetype, answer.data

    found: dict[str, Offered] = {}
    for page in spider.crawl(both.app, fetch, BEGIN):
        for form in page.forms:
            if form.method == "post" and form.action:
                endpoint = spider.endpoint_of(both.app, form.action, "POST")
                fields = tuple(
                    (name, value or TYPED.get(name.rpartition("-")[2], TYPED.get(name, "")))
                    for name, value in form.fields
                    if name != "csrf_token"
                )
                one = Offered(endpoint, form.action, fields, frozenset(form.names))
                found[endpoint] = max(found.get(endpoint, one), one, key=lambda form: len(form.names))
    yield from (form for endpoint, form in sorted(found.items()) if endpoint not in LEAVES)
