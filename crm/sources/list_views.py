"""The list of sources, and the search that serves the palette, the pickers and its own page."""

from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from crm.sources import list_queries, queries, recent_queries
from crm.sources.base_views import bp
from crm.sources.list_queries import FOUND_LIMIT, PAGE, SORTS, Wanted
from crm.sources.models import Grade, Lane
from crm.sources.search import code_prefix, words_of
from crm.text import row_id
from crm.web import is_htmx

FOUND_SHOWN = 8
LANES = [
    (Lane.IDENTIFIED, "Identified"),
    (Lane.FIRST_CONTACT, "1 First contact"),
    (Lane.REINFORCEMENT, "2 Reinforcement"),
    (Lane.PHONE_CALL, "3 Phone call"),
    (Lane.DOCUMENTATION, "4 Documentation"),
    (Lane.LUNCH_AND_LEARN, "5 Lunch-and-learn"),
    (Lane.PARKED, "Parked"),
]
WORKED = {"yes": True, "no": False}
Choice = TypeVar("Choice", Grade, Lane)


@bp.get("/sources")
def index() -> ResponseReturnValue:
    wanted = _wanted()
    total, worked = (0, 0) if is_htmx() else list_queries.counts(g.practice.id)
    found = total if wanted.is_everything and not is_htmx() else list_queries.count_wanted(g.practice.id, wanted)
    last = max(1, -(-found // PAGE))
    page = min(max(1, row_id(request.args.get("page")) or 1), last)
    rows = list_queries.page_of_sources(g.practice.id, wanted, page) if found else []
    shown: dict[str, Any] = {
        "rows": rows,
        "found": found,
        "is_capped": bool(wanted.words) and found >= FOUND_LIMIT,
        "page": page,
        "last": last,
        "wanted": wanted,
        "address": _address,
    }
    if is_htmx():
        return render_template("sources/_list.html", **shown)
    return render_template(
        "sources/index.html",
        total=total,
        worked=worked,
        lanes=LANES,
        specialties=list_queries.specialties(g.practice.id) if total else [],
        q=request.args.get("q", ""),
        **shown,
    )


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Answer the palette, or a picker (`for=source`), or show a page without a script."""
    q = request.args.get("q", "")
    words, prefix = words_of(q), code_prefix(q)
    for_picker = request.args.get("for") == "source"
    found = list_queries.find_sources(g.practice.id, words, FOUND_SHOWN) if words else []
    clients = list_queries.find_clients(g.practice.id, prefix, FOUND_SHOWN) if prefix and not for_picker else []
    template = "sources/_picked.html" if for_picker else "sources/_found.html" if is_htmx() else "sources/search.html"
    return render_template(template, q=q, found=found, clients=clients)


@bp.get("/search/recent")
def recent() -> ResponseReturnValue:
    """Answer the palette as it opens: what one worked on last."""
    return render_template("sources/_recent.html", found=recent_queries.recent(g.practice.id, g.user.id))


@bp.get("/offices")
def offices() -> ResponseReturnValue:
    """Answer the office picker."""
    q = request.args.get("q", "").strip()[:100]
    return render_template("sources/_offices.html", q=q, offices=queries.find_offices(g.practice.id, q))


def _wanted() -> Wanted:
    args = request.args
    return Wanted(
        words=tuple(words_of(args.get("q", ""))),
        lane=_one_of(Lane, args.get("lane", "")),
        grade=_one_of(Grade, args.get("grade", "")),
        specialty=args.get("specialty", "")[:80],
        worked=WORKED.get(args.get("worked", "")),
        sort=sort if (sort := args.get("sort", "")) in SORTS else "name",
    )


def _one_of(kind: type[Choice], value: str) -> Choice | None:
    return kind(value) if value in set(kind) else None


def _address(**changes: object) -> str:
    """Return this list's address with some of the reader's wishes changed; a new wish begins at page one."""
    kept = {name: value for name, value in request.args.items() if name in KEPT and value}
    if "page" not in changes:
        kept.pop("page", None)
    kept |= {name: str(value) for name, value in changes.items()}
    return f"/sources?{urlencode(kept)}".removesuffix("?").replace("%7Bpage%7D", "{page}")


KEPT = {"q", "lane", "grade", "specialty", "worked", "sort", "page"}
