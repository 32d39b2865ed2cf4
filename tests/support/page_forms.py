"""What a page offers: its links and its forms, as a browser would read them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """A form: where it goes (empty: nowhere but by its buttons) and what it would send as it stands."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # also of what is not ticked


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: list[PageForm] = []
        self.by_id: dict[str, PageForm] = {}
        self.here: PageForm | None = None
        self.select: str = ""
        self.first: str | None = None
        self.area: str = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "src", "data-move-url", "data-touch-url"):
            if held.get(name, "").startswith("/"):
                self.links.add(held[name].partition("#")[0])
        if tag == "form":
            self.here = PageForm(held.get("action", ""), held.get("method", "get").lower())
            self.forms.append(self.here)
            if "id" in held:
                self.by_id[held["id"]] = self.here
        form = self.by_id.get(held["form"]) if "form" in held else self.here
        if tag == "button" and "formaction" in held and form is not None:
            self.forms.append(PageForm(held["formaction"], "post", list(form.fields), set(form.names)))
            form = self.forms[-1]
        if held.get("hx-post", "").startswith("/") and tag != "button":
            self.forms.append(PageForm(held["hx-post"], "post"))
        name = held.get("name", "")
        if not name or form is None:
            return
        form.names.add(name)
        kind = held.get("type", "text")
        if (tag == "input" and (kind not in {"checkbox", "radio", "file"} or "checked" in held)) or (
            tag == "button" and held.get("value")
        ):
            form.fields.append((name, held.get("value", "y" if kind == "checkbox" else "")))
        elif tag == "select":
            self.select, self.first = name, None
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None
        elif tag == "textarea" and self.area and self.here is not None:
            self.here.fields.append((self.area, self.text.removeprefix("\r\n").removeprefix("\n")))
            self.area = ""
        elif tag == "select" and self.select:
            if self.here is not None and self.first is not None:
                self.here.fields.append((self.select, self.first))
            self.select = ""


class _Options(_Reader):
    """Takes the chosen option of a select, else its first."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        held = {name: value or "" for name, value in attrs}
        if tag == "option" and self.select and (self.first is None or "selected" in held):
            self.first = held.get("value", "")


def read(text: str) -> tuple[set[str], list[PageForm]]:
    """Return the links of a page that lead to this site, and its forms."""
    reader = _Options()
    reader.feed(text)
    return reader.links, reader.forms
