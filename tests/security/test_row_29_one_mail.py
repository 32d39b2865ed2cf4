"""Row 29: one mail for each intent; a sender that dies in the middle leaves a doubt that is shown, never a second copy.

Every step of the conversation and thousands of kills: tests/faults/test_crashes.py and `make faults`.
"""

import mailroom
import pytest
from smtp_server import Do, Step

from crm.outreach.models import MessageKind


def test_row_29_a_worker_killed_after_data_sends_no_second_copy_and_a_person_decides(  # noqa: PLR0917
    warm, settings, server, app, owner, clock, tmp_path
):
    def start() -> int:
        return warm.start(
            "worker", "--once", "--now", clock.now.isoformat(),
            env=mailroom.environment(settings, server.port), output=tmp_path / "output",
        )  # fmt: skip

    with app.app_context():
        mailroom.put("task:1", now=clock.now)
        server.at(Step.KEPT, Do.KILL)
        killed = start()
        server.victim.set_result(killed)
        assert warm.wait(killed) == -9
        mailroom.let_leases_run_out()
        for _again in range(2):
            assert warm.wait(start()) == 0
        assert len(server.kept) == 1
        assert mailroom.states() == {"task:1": "unknown"}
    assert "It may have arrived" in owner.get("/outbox").text


def test_row_29_the_same_intent_is_queued_once(app, clock):
    with app.app_context():
        for kind, key in ((MessageKind.LETTER, "task:7:1:email1"), (MessageKind.DIGEST, "digest:1:2026-05-06")):
            mailroom.put(key, now=clock.now, kind=kind)
        before = len(mailroom.rows())
        for key in mailroom.rows():
            with pytest.raises(AssertionError):  # there was nothing to queue
                mailroom.put(key, now=clock.now)
        assert len(mailroom.rows()) == before
