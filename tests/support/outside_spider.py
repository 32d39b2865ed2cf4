"""A spider: it follows every link of a browser and, if told to, sends every form it meets, and yields what came back.

Addresses that differ in numbers, codes and values alone are one kind; of each kind it looks at a few.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from outside import Answer, Browser

LINKS = {"href", "src", "hx-get", "data", "poster", "srcset"}
NO_VALUE = {"submit", "button", "image", "reset", "file"}


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page, with what a browser would send if nobody typed anything."""

    page: str
    action: str
    method: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Visit:
    """One request of the spider and its answer."""

    method: str
    path: str
    answer: Answer
    form: Form | None = None

    @property
    def is_page(self) -> bool:
        """Say whether markup came back."""
        return (self.answer.header("Content-Type") or "").startswith("text/html")

    @property
    def page(self) -> "Page":
        """What stands on it."""
        return Page(self.path, self.answer.text)


class Page(HTMLParser):
    """Links, forms and every start tag of a page."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path, self.links = path, set[str]()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._forms: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
        self._buttons: list[dict[str, str]] = []
        self._select, self._chosen = "", False
        self.feed(text)

    @property
    def forms(self) -> list[Form]:
        """The forms of the page; one for each button with an address of its own too."""
        found = [
            Form(self.path, urljoin(self.path, given.get("action") or self.path),
                 (given.get("method") or "get").upper(), tuple(fields))
            for given, fields in self._forms
        ]  # fmt: skip
        own = [Form(self.path, urljoin(self.path, button["formaction"]), "POST", ()) for button in self._buttons]
        posts = [Form(self.path, given["hx-post"], "POST", ()) for _tag, given in self.tags if given.get("hx-post")]
        return [*found, *own, *posts]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        self.links |= {urljoin(self.path, given[name]) for name in LINKS & set(given) if given[name]}
        self.links |= {urljoin(self.path, v) for name, v in given.items() if name.endswith("-url") and v[:1] == "/"}
        if tag == "form":
            self._forms.append((given, []))
        elif given.get("formaction"):
            self._buttons.append(given)
        elif tag in {"input", "textarea", "select", "option"} and self._forms:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        fields = self._forms[-1][1]
        if tag == "select":
            self._select, self._chosen = given.get("name", ""), False
        elif tag == "option":
            if self._select and (not self._chosen or "selected" in given):
                fields[:] = [pair for pair in fields if pair[0] != self._select]
                fields.append((self._select, given.get("value", "")))
                self._chosen = True
        elif given.get("name") and _is_sent(given):
            fields.append((given["name"], given.get("value", "")))


@dataclass
class Spider:
    """Walks from page to page. `leave` are beginnings of addresses it does not ask for."""

    browser: Browser
    origin: str  # the base address: full links of it are followed as well
    sends_forms: bool = False
    each: int = 3
    leave: tuple[str, ...] = ("/logout",)
    foreign: set[str] = field(default_factory=set)  # links that lead elsewhere
    _seen: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _asked: set[tuple[str, ...]] = field(default_factory=set)

    def walk(self, *starts: str) -> Iterator[Visit]:
        """Yield every visit: first the links, then, if told to, the forms and what they lead to."""
        forms = deque[Form]()
        yield from self._follow(starts or ("/",), forms)
        while self.sends_forms and forms:
            form = forms.popleft()
            if form.method == "POST" and not self._is_new("POST", form.action):
                continue
            visit = self._send(form)
            yield visit
            yield from self._follow(self._links_of(visit), forms)

    def _follow(self, links: Iterable[str], forms: deque[Form]) -> Iterator[Visit]:
        waiting = deque(links)
        while waiting:
            path = self._own(waiting.popleft())
            if path is None or not self._is_new("GET", path):
                continue
            visit = Visit("GET", path, self.browser.get(path))
            yield visit
            if visit.is_page:
                forms.extend(form for form in visit.page.forms if form.method == "POST" and self._own(form.action))
                waiting.extend(_asking(form) for form in visit.page.forms if form.method == "GET")
            waiting.extend(self._links_of(visit))

    def _send(self, form: Form) -> Visit:
        held = dict(form.fields)
        answer = self.browser.post(form.action, {k: v for k, v in held.items() if k != "csrf_token"})
        return Visit("POST", form.action, answer, form)

    def _links_of(self, visit: Visit) -> list[str]:
        sent_on = [visit.answer.header(name) or "" for name in ("Location", "HX-Redirect")]
        if not visit.is_page:
            return [link for link in sent_on if link]
        shown = re.findall(
            re.escape(self.origin) + r"[^\s\"'<>]*", visit.answer.text
        )  # a calendar's address in a field
        return [link for link in [*sent_on, *sorted(visit.page.links), *shown] if link]

    def _own(self, link: str) -> str | None:
        link = link.removeprefix(self.origin).partition("#")[0]
        if urlsplit(link).scheme or link.startswith("//"):
            self.foreign.add(link)
        return link if link.startswith("/") and not link.startswith(("//", *self.leave)) else None

    def _is_new(self, method: str, path: str) -> bool:
        parts = urlsplit(path)
        names = (name for name, _value in parse_qsl(parts.query, keep_blank_values=True) if name != "v")
        kind = (method, re.sub(r"\d+|[0-9a-f]{8,}|[A-Za-z0-9_-]{20,}", "N", parts.path), *names)
        if (method, path) in self._asked or self._seen[kind] >= self.each:
            return False
        self._asked.add((method, path))
        self._seen[kind] += 1
        return True


def _asking(form: Form) -> str:
    return f"{form.action.partition('?')[0]}?{urlencode(form.fields)}"


def _is_sent(given: dict[str, str]) -> bool:
    return given.get("type") not in NO_VALUE and (given.get("type") not in {"checkbox", "radio"} or "checked" in given)
