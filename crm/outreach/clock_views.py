"""The clock: whether it ticks, how its jobs went, what comes next."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app, g, render_template
from flask.typing import ResponseReturnValue

from crm.outreach import clock_words, mailer, outbox_queries
from crm.outreach.outbox_words import Group
from crm.settings import Settings
from crm.shell_queries import next_digest


def clock() -> ResponseReturnValue:
    beat = outbox_queries.find_heartbeat()
    settings: Settings = current_app.extensions["handoff"].settings
    first = outbox_queries.listed(g.practice.id, Group.LEAVE, limit=1)
    return render_template(
        "outreach/clock.html",
        jobs=clock_words.job_lines(beat.details if beat else {}, g.now),
        sent=_at(beat.sent_at) if beat and beat.sent_at else "",
        stands_still=bool(mailer.missing() or (beat and beat.channel_paused)),
        next_mail=_soon(first[0].next_at) if first else "",
        digest=next_digest(g.practice, g.user, g.now),
        tick_seconds=settings.tick_seconds,
        command="flask serve" if settings.is_sqlite else "flask worker",
    )


def _soon(moment: datetime) -> str:
    return "at the next tick" if moment <= g.now else _at(moment)


def _at(moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(g.practice.time_zone))
    return clock_words.clock_time(local.date(), local.time(), g.today)
