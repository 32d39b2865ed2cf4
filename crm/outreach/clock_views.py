"""The clock: whether it ticks, how its jobs went, what comes next."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g, render_template
from flask.typing import ResponseReturnValue

from crm.keeping import trouble_service, trouble_words
from crm.keeping.trouble_models import TroubleKind
from crm.outreach import clock_words, mailer, outbox_queries
from crm.outreach.outbox_words import Group
from crm.settings import Settings
from crm.shell_queries import next_digest

TROUBLE_DAYS, TROUBLES_SHOWN = 7, 20


def clock() -> ResponseReturnValue:
    beat = outbox_queries.find_heartbeat()
    settings: Settings = current_app.extensions["handoff"].settings
    first = outbox_queries.listed(g.practice.id, Group.LEAVE, limit=1)
    return render_template(
        "outreach/clock.html",
        troubles=[(trouble_words.of(kind, place), times, on) for kind, place, times, on in _counted()],
        jobs=clock_words.job_lines(beat.details if beat else {}, g.now),
        sent=_at(beat.sent_at) if beat and beat.sent_at else "",
        stands_still=bool(mailer.missing() or (beat and beat.channel_paused)),
        next_mail=_soon(first[0].next_at) if first else "",
        digest=next_digest(g.practice, g.user, g.now),
        tick_seconds=settings.tick_seconds,
        command="flask serve" if settings.is_sqlite else "flask worker",
    )


def _counted() -> list[tuple[TroubleKind, str, int, date]]:
    return trouble_service.counted(now=g.now, days=TROUBLE_DAYS)[:TROUBLES_SHOWN]


def _soon(moment: datetime) -> str:
    return "at the next tick" if moment <= g.now else _at(moment)


def _at(moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(g.practice.time_zone))
    return clock_words.clock_time(local.date(), local.time(), g.today)
