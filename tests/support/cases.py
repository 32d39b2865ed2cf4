"""Write a circle of care out as a case, and compare what the command says of it with the task table."""

import json
from datetime import date
from typing import Any

from click.testing import CliRunner
from sqlalchemy import or_, select

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.db import db
from crm.factory import create_app
from crm.outreach import circle_queries as circles
from crm.outreach.cadence_cli import cadence
from crm.outreach.circle_queries import Circle
from crm.outreach.models import Task
from crm.settings import Settings
from crm.sources.models import Source

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def all_circles(practice: Practice) -> list[Circle]:
    """Return every circle of care in which something happened."""
    sources = set(
        db.session.scalars(select(Source.id).where(Source.practice_id == practice.id, Source.added_on.is_not(None)))
    )
    clients = set(db.session.scalars(select(Client.id).where(Client.practice_id == practice.id)))
    found = []
    while sources or clients:
        circle = circles.circle_around(
            practice.id, {sources.pop()} if sources else (), {clients.pop()} if clients else ()
        )
        sources -= circle.source_ids
        clients -= circle.client_ids
        found.append(circle)
    return found


def case_of(practice: Practice, circle: Circle, as_of: date) -> dict[str, Any]:
    """Return the circle's events as a case for `flask cadence simulate`."""
    return {
        "practice": {
            "time_zone": practice.time_zone,
            "closed_days": practice.closed_days,
            "cutoff": practice.cutoff,
            "caps": {"office_per_week": practice.office_per_week},
        },
        "as_of": as_of.isoformat(),
        "sources": [
            {
                "id": f"s{row.id}",
                "grade": row.grade or "C",
                "credential": row.credential,
                "office": f"o{row.office_id}" if row.office_id else f"s{row.id}",
                "channel": row.channel,
                "report_days": row.report_days,
                "office_closed_weekdays": [WEEKDAYS[int(day) - 1] for day in row.closed_weekdays or ""],
                "office_closed_days": row.closed_days or [],
            }
            for row in circles.sources_in(circle)
        ],
        "clients": [
            {"id": row.code, "source": f"s{row.source_id}" if row.source_id else None}
            for row in circles.clients_in(circle)
        ],
        "events": [event.payload for event in circles.events_in(practice, circle)],
    }


def simulated(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Run the command on a case and return its tasks."""
    result = CliRunner().invoke(cadence, ["simulate", "-"], input=json.dumps(case))
    assert result.exit_code == 0, result.output
    tasks: list[dict[str, Any]] = json.loads(result.output)["tasks"]
    return tasks


def table_rows(practice: Practice, circle: Circle) -> list[dict[str, Any]]:
    """Return the circle's rows of the task table in the command's own form and order."""
    rows = db.session.execute(
        select(Task, Client.code)
        .outerjoin(Client, Client.id == Task.client_id)
        .where(
            Task.practice_id == practice.id,
            Task.rule != "manual",
            or_(Task.source_id.in_(circle.source_ids), Task.client_id.in_(circle.client_ids)),
        )
    )
    found = [
        {
            "key": task.key,
            "rule": task.rule,
            "due": task.due.isoformat(),
            "window_end": task.window_end.isoformat(),
            "status": task.status.value,
            "source": f"s{task.source_id}" if task.source_id else None,
            "client": code,
            "channel": task.channel,
            "template": task.template,
            "reason": task.reason,
        }
        for task, code in rows
    ]
    return sorted(found, key=lambda row: (row["due"], row["key"]))


def agrees(settings: Settings, on: date) -> int:
    """Hold the task table of an installation against what the command says of the same events; return the circles."""
    app = create_app(settings)
    with app.app_context():
        practice = db.session.scalar(select(Practice))
        assert practice is not None
        circles_found = all_circles(practice)
        for circle in circles_found:
            assert simulated(case_of(practice, circle, on)) == table_rows(practice, circle)
        db.engine.dispose()
    return len(circles_found)
