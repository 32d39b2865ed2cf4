"""The page of the log: who did what, when and from where; and the same as a file."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.journal import audit_cli, log_queries, queries
from crm.journal.chain import short
from crm.journal.log_queries import MACHINE, Wanted
from crm.journal.log_words import KIND_WORDS, detail_of, name_of, types_of
from crm.text import row_id

bp = Blueprint("log", __name__)
PAGE = 50
CHECKED_AT_ONCE = 5_000  # entries; a longer chain is walked when somebody asks
COLUMNS = ("Entry", "When (UTC)", "Who", "What", "Detail", "From", "Session")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's own form asks for, as it was typed."""

    person: str
    kind: str
    since: str
    until: str

    @property
    def query(self) -> str:
        """Return it as the end of an address."""
        held = {"person": self.person, "kind": self.kind, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in held.items() if value})


@bp.get("/practice/log")
def index() -> ResponseReturnValue:
    asked = _asked()
    wanted = _wanted(asked)
    count = log_queries.count(g.practice.id, wanted)
    last = max(1, -(-count // PAGE))
    number = min(last, max(1, row_id(request.args.get("page")) or 1))
    rows = log_queries.page(g.practice.id, wanted, size=PAGE, number=number)
    return render_template(
        "journal/log.html",
        asked=asked,
        count=count,
        page=number,
        last=last,
        days=_by_day(rows),
        people=log_queries.people(g.practice.id),
        kinds=KIND_WORDS,
        machine=str(MACHINE),
        chain=_chain_words(),
        more=url_for("log.index") + "?" + "".join([asked.query, "&" if asked.query else ""]) + "page={page}",
    )


@bp.get("/practice/log.csv")
def as_csv() -> ResponseReturnValue:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in log_queries.every(g.practice.id, _wanted(_asked())):
        cells = (row.seq, row.at.isoformat(), who(row), name_of(row.type), detail_of(row.payload), row.ip, row.session)
        writer.writerow(_plain(cell) for cell in cells)
    response = make_response(out.getvalue())
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="log.csv"'
    return response


def who(row: Any) -> str:
    """Return who did it, in words."""
    return row.name or row.email or "The machine"


def _plain(cell: object) -> object:
    """Keep a table program from taking a name for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _asked() -> Asked:
    return Asked(*(request.args.get(name, "")[:40] for name in ("person", "kind", "since", "until")))


def _wanted(asked: Asked) -> Wanted:
    until = _day(asked.until)
    return Wanted(
        user_id=int(asked.person) if asked.person.isascii() and asked.person.isdigit() else None,
        types=types_of(asked.kind) if asked.kind in KIND_WORDS else None,
        since=_midnight(_day(asked.since)),
        until=_midnight(until + timedelta(days=1)) if until else None,
    )


def _day(typed: str) -> date | None:
    """Return a day as it was chosen; what is none asks for nothing."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2099 else None


def _midnight(on: date | None) -> datetime | None:
    return datetime.combine(on, time.min, ZoneInfo(g.practice.time_zone)).astimezone(UTC) if on else None


def _by_day(rows: Any) -> list[tuple[date, list[dict[str, object]]]]:
    """Return the rows of a page in words, day by day in the practice's zone."""
    zone, days = ZoneInfo(g.practice.time_zone), dict[date, list[dict[str, object]]]()
    for row in rows:
        local = row.at.astimezone(zone)
        told = {"seq": row.seq, "at": f"{local:%H:%M:%S}", "who": who(row), "what": name_of(row.type),
                "detail": detail_of(row.payload), "ip": row.ip, "session": row.session}  # fmt: skip
        days.setdefault(local.date(), []).append(told)
    return list(days.items())


def _chain_words() -> dict[str, object]:
    """Say whether the log is as it was written; a long one is walked only when somebody asks."""
    end = queries.head(g.practice.id)
    if end is None:
        return {"state": "none", "head": ""}
    if end[0] > CHECKED_AT_ONCE and request.args.get("check") != "yes":
        return {"state": "not_checked", "head": short(*end)}
    verdict, without = audit_cli.verdict_of(g.practice)
    return {
        "state": "unbroken" if verdict.holds else "broken", "head": verdict.head, "sealed_to": verdict.sealed_to,
        "trouble": verdict.trouble, "seq": verdict.bad_seq, "without": bool(without),
    }  # fmt: skip
