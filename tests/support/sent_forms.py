"""Every form of the product as an owner's pages offer it, ready to be sent in any shape."""

from collections.abc import Iterator
from dataclasses import dataclass

import outside
import spider
from two_practices import TwoPractices

BEGIN = ("/", "/clients/C-0101", "/sources/1", "/documents/1/approved", "/pile", "/calendar/feeds", "/practice",
         "/practice/people", "/imports", "/documents/rules", "/documents/templates", "/quick-add", "/referrals/new",
         "/clients/C-0101/flag", "/clients/C-0101/rights", "/sources/1/lunch", "/welcome",
         "/documents/new?key=thank-you&source=1")  # fmt: skip
# Sending these shuts out, or shows the door to, the one who walks; each is tried by a test of its own.
LEAVES = {"security.logout", "people.change_role", "people.disable", "people.end_sessions", "rights.erase"}


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
                fields = tuple(pair for pair in form.fields if pair[0] != "csrf_token")
                one = Offered(endpoint, form.action, fields, frozenset(form.names))
                found[endpoint] = max(found.get(endpoint, one), one, key=lambda form: len(form.names))
    yield from (form for endpoint, form in sorted(found.items()) if endpoint not in LEAVES)
