"""Somebody who opens every page they are led to."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import page_forms
import pypdfium2
from flask import Flask
from page_forms import PageForm

A_KIND = 5  # pages of one kind, such as months of the calendar


@dataclass(frozen=True)
class Seen:
    """A page that was opened, and all it says."""

    path: str
    endpoint: str
    status: int
    text: str
    forms: list[PageForm]
    came_from: str


def endpoint_of(app: Flask, path: str, method: str = "GET") -> str:
    """Return what answers a path."""
    name: str = app.url_map.bind("").match(path.partition("?")[0], method=method)[0]
    return name


def crawl(
    app: Flask, fetch: Callable[[str], tuple[int, str, bytes]], begin: tuple[str, ...] = ("/",)
) -> Iterator[Seen]:
    """Open pages link by link; `fetch(path)` gives status, media type and bytes."""
    waiting = deque((path, "") for path in begin)
    known, kinds = set(begin), Counter[str]()
    while waiting:
        path, came_from = waiting.popleft()
        endpoint = endpoint_of(app, path)
        kinds[endpoint] += 1
        if kinds[endpoint] > A_KIND:
            continue
        status, media, body = fetch(path)
        text = words_of(media, body)
        links, forms = page_forms.read(text) if "html" in media else (set(), [])
        yield Seen(path, endpoint, status, text, forms, came_from)
        for link in sorted(links - known):
            if not link.startswith(("/static/", "/logout")):
                known.add(link)
                waiting.append((link, path))


def words_of(media: str, body: bytes) -> str:
    """Return what somebody could read in an answer: a PDF's words, everything else as it is."""
    if media != "application/pdf":
        return body.decode("utf-8", "replace")
    pdf = pypdfium2.PdfDocument(body)
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)
