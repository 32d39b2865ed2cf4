"""What tests of the digest share: a desk with work, a morning's pass of the clock, and the mail's addresses."""

import re
from datetime import date

import builders
from flask import current_app
from smtp_server import SmtpServer

from crm.clients import service as clients
from crm.clients.models import ReferralMethod
from crm.db import db, writing
from crm.outreach import digest_jobs, jobs
from crm.outreach.models import Task, TaskStatus

MORNING = "2026-05-06T11:00:30Z"  # Wednesday, half a minute past seven in New York
NAME, DIAGNOSIS = "Wilhelmina Quagmire", "M17.11 unilateral osteoarthritis"


def task(key: str, due: str, *, rule: str = "C22", channel: str = "letter", **values: object) -> None:
    """Put a task on the list that no event stands behind."""
    with writing():
        made = Task(
            practice_id=builders.practice().id,
            key=key,
            rule=rule,
            due=date.fromisoformat(due),
            window_end=date.fromisoformat(due),
            status=TaskStatus.OPEN,
            channel=channel,
            trigger="referral_received",
            trigger_on=date(2026, 5, 4),
            anchor_on=date(2026, 5, 4),
            **values,
        )
        db.session.add(made)


def with_work(due: str = "2026-05-06") -> None:
    """Let one report to Dr. Marsh about C-0142 be due."""
    sealer = current_app.extensions["handoff"].sealer()
    with writing():
        source = builders.source(added_on=date(2026, 4, 1), next_due_on=date.fromisoformat(due))
        client = builders.client(source=source)
        sealed = sealer.seal({"name": NAME, "diagnosis": DIAGNOSIS}, table="client", row=client.uuid)
        client.sealed = sealed
    task("C42:C-0142:1", due, rule="C42", source_id=source.id, client_id=client.id)


def with_referral(clock: object) -> None:
    """Let a referral of Monday stand behind what is due: the tasks are the engine's own."""
    now = clock.set("2026-05-04T14:00:00Z")  # type: ignore[attr-defined]
    practice = builders.practice()
    with writing(practice.id):
        source = builders.source(office=builders.office())
        details = clients.ReferralDetails(
            date(2026, 5, 4), ReferralMethod.FAX, "Medical Exercise Training", DIAGNOSIS, "M17.11", True, True,
            "f" * 36, client_name=NAME,
        )  # fmt: skip
        sealer = current_app.extensions["handoff"].sealer()
        clients.receive_referral(practice, source, details, sealer=sealer, now=now)


def pass_at(clock: object, iso: str) -> int:
    """Let the clock queue digests and send; returns how many days were decided."""
    now = clock.set(iso)  # type: ignore[attr-defined]
    decided = digest_jobs.queue_digests(now=now)
    jobs.send_outbox(now=now)
    return decided


def addresses(server: SmtpServer) -> list[str]:
    """Return every address of the newest mail: those of its text, its HTML and its headers."""
    message = server.kept[-1].message
    whole = message.get_body(("plain",)).get_content() + message.get_body(("html",)).get_content()
    found = re.findall(r"http://localhost[^\s\"<>]*", whole + str(message["List-Unsubscribe"]))
    return sorted({address.replace("&amp;", "&").removeprefix("http://localhost") for address in found})


def link(server: SmtpServer, act: str, number: int = 0) -> str:
    """Return the n-th address of the newest mail's text that does this."""
    text = server.kept[-1].message.get_body(("plain",)).get_content()
    return re.findall(rf"http://localhost(/a/\S+\.{act}-\S+)", text)[number]
