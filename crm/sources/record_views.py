"""One source: its facts, its history, what is next and what the next step asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from crm import clock, guards
from crm.accounts.permissions import Permission
from crm.outreach import agenda_queries, task_rows
from crm.outreach.agenda import AgendaItem
from crm.pipeline import service as pipeline
from crm.pipeline import steps
from crm.sources import history, queries, record_queries, record_words
from crm.sources.base_views import bp, opened_notes
from crm.sources.forms import CHANNELS, ROLE_WORDS
from crm.sources.models import Source
from crm.text import row_id
from crm.web import is_htmx

SHOWN = 30
FILTERS = [
    ("", "Everything"),
    ("calls", "Calls"),
    ("letters", "Letters and reports"),
    ("referrals", "Referrals"),
    ("steps", "Steps"),
]


@bp.get("/sources/<int:source_id>")
def show(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    chosen = request.args.get("show", "")
    if chosen not in record_queries.SHOWN:
        chosen = ""
    before = row_id(request.args.get("before"))
    past = _past(source, chosen, before)
    if is_htmx() and before is not None:
        return render_template("sources/_history.html", source=source, show=chosen, **past)
    items = agenda_queries.items_of_source(g.practice.id, source.id)
    return render_template(
        "sources/show.html",
        source=source,
        show=chosen,
        before=before,
        filters=FILTERS,
        **past,
        **_beside(source, items, chosen),
    )


def _past(source: Source, chosen: str, before: int | None) -> dict[str, Any]:
    rows = record_queries.history_of(g.practice.id, source.id, show=chosen, before=before, limit=SHOWN + 1)
    more = rows[SHOWN - 1].JournalEntry.seq if len(rows) > SHOWN else None
    return {"lines": _told(rows[:SHOWN]), "more": more}


def _told(rows: Sequence[Any]) -> list[history.Line]:
    sealed = {row.JournalEntry.seq: row.sealed for row in rows if row.sealed}
    notes = opened_notes(sealed) if guards.may(Permission.NOTES) else {}
    moves = {row.JournalEntry.seq: history.Move(row.to_lane, row.side, row.evidence) for row in rows if row.to_lane}
    entries = [row.JournalEntry for row in rows]
    return history.lines(entries, notes, g.practice.time_zone, g.today, moves=moves)


def _beside(source: Source, items: Sequence[AgendaItem], chosen: str) -> dict[str, Any]:
    aside = record_queries.aside_of(g.practice.id, source.id)
    facts = pipeline.facts_of(g.practice, {source.id})[source.id]
    pressing = record_words.pressing_first(items)
    return {
        "opening": record_words.opening(
            pressing,
            is_listed_only=source.added_on is None,
            do_not_contact=source.do_not_contact,
            today=g.today,
        ),
        "planned": record_words.planned(items, g.today, chosen),
        "tasks": [task_rows.row(replace(item, office_name=None), g.today) for item in pressing],
        "step_label": steps.STEP_LABELS[steps.Step(source.step)],
        "side_label": steps.SIDE_LABELS[steps.Side(source.side)] if source.side else "",
        "needs": steps.requirements(facts),
        "aside": aside,
        "loop_lines": [_loop(client, items) for client in aside.clients],
        "channel": dict(CHANNELS)[source.channel.value],
        "reach": {"fax": source.fax, "email": source.email}.get(source.channel.value, ""),
        "roles": ROLE_WORDS,
        "closed_words": _closed(source),
    }


def _loop(client: record_queries.SharedClient, items: Sequence[AgendaItem]) -> record_words.LoopLine:
    last_on = clock.local_date(client.last_at, g.practice.time_zone) if client.last_at else None
    return record_words.loop_line(client.code, client.last_rule, last_on, items, g.today)


def _closed(source: Source) -> str:
    names = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
    weekdays = [names[int(digit) - 1] for digit in (source.office.closed_weekdays if source.office else "")]
    return f"Closed on {', '.join(weekdays)}" if weekdays else ""
