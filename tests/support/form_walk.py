"""Find every page and form a signed-in person can reach, and what a browser would make of each page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from outside import Answer, Browser, Product

SCRIPTS = {"script", "style"}
# What a browser follows; a form is sent instead.
LINKS = ("href", "hx-get", "src", "data-touch-url", "data-move-url")
NEVER = ("/logout", "/static/", "/fs-static/")  # they end the walk, or hold nothing of ours


@dataclass(frozen=True)
class Form:
    """One form as it was shown: where it goes, and what it says if nobody types anything."""

    page: str
    action: str
    fields: dict[str, str]
    typed: tuple[str, ...]  # fields a person types into
    chosen: dict[str, tuple[str, ...]]  # fields a person chooses in, with their choices
    dates: tuple[str, ...]

    @property
    def shape(self) -> tuple[str, tuple[str, ...]]:
        """What makes two forms the same one with another row behind it."""
        return shape_of(self.action), tuple(sorted(self.fields))


@dataclass
class Page(HTMLParser):
    """A page as a parser sees it."""

    at: str
    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form: Form | None = None
        self._select = self._area = self._inside = ""
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.elements.append((tag, held))
        self._inside = tag
        self.links += [held[name] for name in LINKS if name in held]
        if "hx-post" in held and tag != "form":
            self.forms.append(Form(self.at, urljoin(self.at, held["hx-post"]), _values(held), (), {}, ()))
        if tag == "form" and held.get("method", "get").lower() == "post" and "action" in held:
            self._form = Form(self.at, urljoin(self.at, held["action"] or self.at), {}, (), {}, ())
        elif self._form is not None:
            self._field(tag, held)

    def _field(self, tag: str, held: dict[str, str]) -> None:
        form, name = self._form, held.get("name", "")
        assert form is not None
        kind = held.get("type", "text") if tag == "input" else tag
        if tag == "option" and self._select:
            taken = form.chosen.get(self._select, ())
            form.chosen[self._select] = (*taken, held.get("value", ""))
            if "selected" in held or not taken:
                form.fields[self._select] = held.get("value", "")
        if not name:
            return
        if tag == "select":
            self._select = name
            form.fields.setdefault(name, "")
        elif kind in {"radio", "checkbox"}:
            form.chosen[name] = (*form.chosen.get(name, ()), held.get("value", "y"))
            if "checked" in held:
                form.fields[name] = held.get("value", "y")
        elif kind == "textarea":
            self._area, form.fields[name] = name, ""
            self._form = replace(form, typed=(*form.typed, name))
        elif tag == "input" and kind not in {"submit", "file"}:
            form.fields[name] = held.get("value", "")
            if kind == "date":
                self._form = replace(form, dates=(*form.dates, name))
            elif kind != "hidden":
                self._form = replace(form, typed=(*form.typed, name))
        elif tag == "button" and "value" in held:
            form.chosen.setdefault(name, (held["value"],))

    def handle_data(self, data: str) -> None:
        if self._inside in SCRIPTS:
            self.scripts.append(data)
        if self._area and self._form is not None:
            self._form.fields[self._area] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        if tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""


def _values(held: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(re.findall(r'"(\w+)":', held.get("hx-vals", "")), "1")


def shape_of(address: str) -> str:
    """Return an address with its ids taken out, so that pages of one kind are walked once."""
    parts = urlsplit(address)
    path = re.sub(r"/[A-Za-z][0-9A-Za-z]*:[^/]+|/C-\d+|/\d[\w-]*|/(?:crmf_)?[\w-]{43}(?=\.|/|$)", "/_", parts.path)
    path = re.sub(r"^/(documents/templates|documents/rules|sheets|papers|pipeline/lanes)/[^/.]+", r"/\1/_", path)
    return path + "?" + "&".join(sorted({name for name, _value in parse_qsl(parts.query)}))


def pages(browser: Browser, starts: tuple[str, ...], *, most: int = 260) -> Iterator[tuple[Page, Answer]]:
    """Yield every page reachable from `starts`, each kind once or twice, with the answer it came in."""
    waiting, seen, kinds = list(starts), set(starts), dict[str, int]()
    while waiting and most:
        address = waiting.pop(0)
        kind = shape_of(address)
        most_of_kind = 1 if kind.split("?")[0].endswith((".svg", ".pdf")) else 2  # typesetting takes its time
        if kinds.get(kind, 0) >= most_of_kind or address.startswith(NEVER):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer, most = browser.get(address), most - 1
        page = Page(address, answer.text if "html" in (answer.header("Content-Type") or "") else "")
        for link in (*page.links, answer.header("Location") or ""):
            to = urlsplit(urljoin(address, link))
            place = to.path + (f"?{to.query}" if to.query else "")
            if to.netloc in {"", f"127.0.0.1:{browser.port}"} and to.scheme in {"", "http"} and place not in seen:
                seen.add(place)
                waiting.append(place)
        yield page, answer


def forms_of(found: list[Page]) -> list[Form]:
    """Return the forms of these pages, each kind once, those that take something away last."""
    kinds = {form.shape: form for page in reversed(found) for form in page.forms}
    forms = [form for form in kinds.values() if not form.action.startswith(NEVER)]
    return sorted(forms, key=lambda form: bool(re.search(r"remove|erase|discard|cancel|revoke|withdraw", form.action)))


def queries_of(found: list[Page]) -> dict[str, set[str]]:
    """Return the query parameters each address has been seen with."""
    seen: dict[str, set[str]] = {}
    for page in found:
        for link in (page.at, *page.links):
            parts = urlsplit(urljoin(page.at, link))
            if parts.query and not parts.netloc:
                seen.setdefault(parts.path, set()).update(name for name, _value in parse_qsl(parts.query))
    return seen


def with_query(address: str, **values: str) -> str:
    """Return an address with these parameters instead of its own."""
    parts = urlsplit(address)
    kept = dict(parse_qsl(parts.query, keep_blank_values=True)) | values
    return f"{parts.path}?{urlencode(kept, errors='surrogatepass')}"


STARTS = (
    "/", "/practice", "/welcome", "/documents", "/outbox", "/pile", "/clock", "/offices", "/calendar/feeds",
    "/imports", "/pipeline",
)  # fmt: skip
# What stands in a field nobody filled in, so that a form fails by the one field a test is about.
USUAL = {
    "reason": "because", "seen": "swelling", "who": "Dr. Marsh", "name": "Helen Marsh", "activity": "stairs",
    "target": "20", "unit": "steps", "line": "call them", "words": "some words", "text": "some text",
    "found_at": "https://example.com/", "last_name": "Otherdoc", "value": "12", "measure": "",
    "source_id": "1", "stated_by": "Dr. Marsh", "limits": "none", "30s": "8", "tug": "9", "5": "12",
}  # fmt: skip
TAKES_ALL = ("/erase", "/sample/remove")  # never sent: others need these clients
OURS = ("csrf_token", "form_key", "back")  # no data of anybody


@dataclass
class Sample:
    """The running product with the sample practice in it, and every form its owner can reach."""

    product: Product
    owner: Browser
    forms: list[Form]
    pages: list[Page]
    today: str

    @classmethod
    def of(cls, product: Product, today: str) -> "Sample":
        """Load the sample practice and walk it."""
        code, said = product.flask("demo", "load", "--practice", "1")
        assert code == 0, said
        owner = product.sign_in()
        found = [page for page, _answer in pages(owner, STARTS)]
        kept = [form for form in forms_of(found) if not form.action.endswith(TAKES_ALL)]
        return cls(product, owner, kept, found, today)

    def filled(self, form: Form) -> dict[str, object]:
        """Return what somebody sends who changes nothing and fills in what is missing."""
        filled: dict[str, object] = {}
        for name, value in form.fields.items():
            filled[name] = value or (self.today if name in form.dates else USUAL.get(name.rpartition("-")[2], ""))
        filled |= {name: choices[0] for name, choices in form.chosen.items() if name not in filled}
        return {name: value for name, value in filled.items() if name not in OURS}

    def send(self, form: Form, **changed: object) -> Answer:
        """Send a form with some fields changed; somebody whom an earlier form signed out signs in again first."""
        if self.owner.get("/account").status != 200:
            self.owner = self.product.sign_in()
        return self.owner.post(form.action, self.filled(form) | changed)
