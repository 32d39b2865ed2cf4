"""The states of an outgoing message: each way from one to the next."""

from datetime import date, timedelta

import builders
import mailroom
import pytest
from flask import Flask

from crm.db import NotFound, db, writing
from crm.outreach import outbox
from crm.outreach.models import MessageKind, MessageState, OutboxMessage
from crm.outreach.sending import (
    CHANNEL_PAUSE,
    COUNTED_AS_SENT,
    NO_SERVER,
    RETRY_MINUTES,
    ChannelDown,
    Claim,
    Failed,
    NewMessage,
    Outcome,
    Retry,
    Sent,
    Unknown,
    retry_delay,
)


@pytest.fixture(autouse=True)
def context(app: Flask):
    with app.app_context():
        yield


def claimed(now) -> Claim:
    with writing():
        claim = outbox.claim_next(now=now)
    assert claim is not None
    return claim


def in_data(now) -> Claim:
    claim = claimed(now)
    with writing():
        outbox.mark_in_data(claim)
    return claim


def settled(claim: Claim, outcome: Outcome, now) -> OutboxMessage:
    with writing():
        outbox.settle(claim, outcome, now=now)
    return next(iter(mailroom.rows().values()))


def test_a_key_is_queued_once(clock):
    mailroom.put("task:1", now=clock.now)
    again = NewMessage(builders.practice().id, "task:1", MessageKind.LETTER, "b@example.com", "Again", "Again")
    with writing():
        assert outbox.enqueue(again, host="desk.example", now=clock.now) is None
    assert [row.recipient for row in mailroom.rows().values()] == ["office@example.com"]


def test_what_is_bound_for_a_header_is_cleaned_on_the_way_in(clock):
    mailroom.put("task:1", now=clock.now, subject="A\r\nBcc: b@example.com", recipient=" a@example.com\n")
    row = mailroom.rows()["task:1"]
    assert (row.subject, row.recipient) == ("A Bcc: b@example.com", "a@example.com")


def test_the_message_id_names_the_installation_and_stays(clock):
    mailroom.put("task:1", now=clock.now)
    before = mailroom.rows()["task:1"].message_id
    assert before.startswith("<")
    assert before.endswith("@desk.example>")
    settled(claimed(clock.now), Retry("450 later"), clock.now)
    assert mailroom.rows()["task:1"].message_id == before


def test_a_claim_takes_the_message_that_waited_longest(clock):
    mailroom.put("task:late", now=clock.now)
    mailroom.put("task:early", now=clock.now - timedelta(minutes=5))
    mailroom.put("task:tomorrow", now=clock.now + timedelta(days=1))
    assert [claimed(clock.now).message_id for _ in range(2)] == [
        mailroom.rows()[key].message_id for key in ("task:early", "task:late")
    ]
    assert outbox.claim_next(now=clock.now) is None
    assert mailroom.states() == {"task:late": "claimed", "task:early": "claimed", "task:tomorrow": "queued"}


@pytest.mark.parametrize(
    ("outcome", "state", "reply"),
    [
        (Retry("451 later"), "retry", "451 later"),
        (Failed("550 unknown"), "failed", "550 unknown"),
        (ChannelDown("535 wrong password"), "retry", "535 wrong password"),
        (Sent("250 ok"), "claimed", ""),
    ],
)
def test_before_data(clock, outcome, state, reply):
    mailroom.put("task:1", now=clock.now)
    row = settled(claimed(clock.now), outcome, clock.now)
    assert (row.state, row.reply) == (state, reply)


@pytest.mark.parametrize(
    ("kind", "outcome", "state", "reply"),
    [
        (MessageKind.LETTER, Sent("250 ok"), "sent", "250 ok"),
        (MessageKind.LETTER, Retry("451 later"), "retry", "451 later"),
        (MessageKind.LETTER, Failed("552 too big"), "failed", "552 too big"),
        (MessageKind.LETTER, Unknown("silence"), "unknown", "silence"),
        (MessageKind.NOTICE, Unknown("silence"), "unknown", "silence"),
        (MessageKind.DIGEST, Unknown("silence"), "sent", COUNTED_AS_SENT),
    ],
)
def test_after_data(clock, kind, outcome, state, reply):
    mailroom.put("digest:1:2026-05-06", now=clock.now, kind=kind)
    row = settled(in_data(clock.now), outcome, clock.now)
    assert (row.state, row.reply) == (state, reply)
    assert (row.sent_at is not None) == (state == "sent")
    assert row.lease_until is None


def test_a_message_is_tried_six_times_and_then_failed(clock):
    mailroom.put("task:1", now=clock.now)
    waits = []
    for _ in range(len(RETRY_MINUTES) + 1):
        row = settled(claimed(clock.now), Retry("451 later"), clock.now)
        waits.append(round((row.next_at - clock.now).total_seconds() / 60))
        clock.now = row.next_at
    assert row.state == "failed"
    for wait, minutes in zip(waits, RETRY_MINUTES, strict=False):
        assert minutes * 0.8 - 1 <= wait <= minutes * 1.2 + 1


def test_the_wait_is_the_same_for_a_row_and_differs_between_rows():
    assert retry_delay(7, 3) == retry_delay(7, 3)
    waits = {retry_delay(number, 3) for number in range(50)}
    assert len(waits) > 40
    assert timedelta(minutes=24) <= min(waits) < max(waits) <= timedelta(minutes=36)


def test_a_fault_of_the_channel_does_not_count_as_a_try(clock):
    mailroom.put("task:1", now=clock.now)
    row = settled(claimed(clock.now), ChannelDown("535 wrong"), clock.now)
    assert (row.attempts, row.next_at) == (0, clock.now + CHANNEL_PAUSE)


def test_a_dead_senders_messages_are_taken_up(clock):
    mailroom.put("task:claimed", now=clock.now - timedelta(minutes=3))
    claimed(clock.now)
    mailroom.put("task:begun", now=clock.now - timedelta(minutes=2))
    in_data(clock.now)
    mailroom.put("digest:1:2026-05-06", now=clock.now - timedelta(minutes=1), kind=MessageKind.DIGEST)
    in_data(clock.now)
    with writing():
        assert outbox.recover(now=clock.now, lock_held=True) == 3
    assert mailroom.states() == {"task:claimed": "queued", "task:begun": "unknown", "digest:1:2026-05-06": "sent"}
    assert mailroom.rows()["digest:1:2026-05-06"].reply == COUNTED_AS_SENT


def test_without_the_lock_a_claim_is_left_alone_until_its_lease_has_run_out(clock):
    mailroom.put("task:1", now=clock.now)
    claimed(clock.now)
    with writing():
        assert outbox.recover(now=clock.now + timedelta(days=1), lock_held=False) == 0
    mailroom.let_leases_run_out()
    with writing():
        assert outbox.recover(now=clock.now, lock_held=False) == 1
    assert mailroom.states() == {"task:1": "queued"}


def test_a_message_that_brings_the_sender_down_each_time_ends(clock):
    mailroom.put("task:1", now=clock.now)
    for _ in range(outbox.MAX_CLAIMS):
        claimed(clock.now)
        with writing():
            outbox.recover(now=clock.now, lock_held=True)
    assert mailroom.states() == {"task:1": "failed"}


def test_a_robbed_sender_may_not_begin(clock):
    mailroom.put("task:1", now=clock.now)
    slow = claimed(clock.now)
    mailroom.let_leases_run_out()
    with writing():
        outbox.recover(now=clock.now, lock_held=False)
    quick = claimed(clock.now)
    with pytest.raises(outbox.ClaimLost), writing():
        outbox.mark_in_data(slow)
    assert settled(slow, Failed("550 no"), clock.now).state == "claimed"
    assert quick.token == slow.token + 1


def test_a_late_250_clears_doubt(clock):
    """R11: the 250 arrives after another sender gave this one up."""
    mailroom.put("task:1", now=clock.now)
    slow = in_data(clock.now)
    mailroom.let_leases_run_out()
    with writing():
        outbox.recover(now=clock.now, lock_held=False)
    assert mailroom.states() == {"task:1": "unknown"}
    assert settled(slow, Sent("250 ok"), clock.now).state == "sent"


def test_mail_without_a_server_is_held_and_let_go_when_there_is_one(clock):
    mailroom.put("task:1", now=clock.now)
    with writing():
        assert outbox.hold_all(NO_SERVER) == 1
    assert mailroom.states() == {"task:1": "held"}
    with writing():
        assert outbox.let_go() == 1
    assert mailroom.states() == {"task:1": "queued"}


def test_what_is_held_for_another_reason_stays_held(clock):
    mailroom.put("task:1", now=clock.now)
    with writing():
        outbox.hold_all("Restored from a backup.")
        assert outbox.let_go() == 0


def test_digests_of_earlier_days_are_not_delivered_in_a_heap(clock):
    for on in ("2026-05-04", "2026-05-05", "2026-05-06"):
        mailroom.put(f"digest:1:{on}", now=clock.now, kind=MessageKind.DIGEST)
    mailroom.put("task:1", now=clock.now)
    with writing():
        outbox.hold_all(NO_SERVER)
        assert outbox.drop_old_digests(builders.practice().id, before=date(2026, 5, 6)) == 2
    assert mailroom.states() == {
        "digest:1:2026-05-04": "cancelled",
        "digest:1:2026-05-05": "cancelled",
        "digest:1:2026-05-06": "held",
        "task:1": "held",
    }


def set_state(state: MessageState) -> int:
    row = next(iter(mailroom.rows().values()))
    with writing():
        row.state = state
        db.session.add(row)
    return row.id


@pytest.mark.parametrize("state", list(MessageState))
def test_a_person_decides_only_where_there_is_something_to_decide(clock, state):
    practice = builders.practice()
    acts = {
        "release": (lambda i: outbox.release(practice.id, i, now=clock.now), {"held": "queued"}),
        "arrived": (lambda i: outbox.resolve(practice.id, i, arrived=True, now=clock.now), {"unknown": "sent"}),
        "again": (
            lambda i: outbox.resolve(practice.id, i, arrived=False, now=clock.now),
            {"unknown": "queued", "failed": "queued"},
        ),
        "cancel": (
            lambda i: outbox.cancel(practice.id, i),
            {"queued": "cancelled", "retry": "cancelled", "held": "cancelled", "failed": "cancelled"},
        ),
    }
    mailroom.put("task:1", now=clock.now)
    for act, allowed in acts.values():
        number = set_state(state)
        if state.value in allowed:
            with writing():
                act(number)
            assert mailroom.states() == {"task:1": allowed[state.value]}
        else:
            with pytest.raises(outbox.WrongState), writing():
                act(number)
            assert mailroom.states() == {"task:1": state.value}


def test_nobody_decides_about_another_practices_message(clock):
    number = mailroom.put("task:1", now=clock.now)
    set_state(MessageState.UNKNOWN)
    other = builders.practice(name="Southside Exercise")
    with pytest.raises(NotFound), writing():
        outbox.resolve(other.id, number, arrived=True, now=clock.now)


def test_a_paused_channel_tries_again_after_a_quarter_of_an_hour(clock):
    with writing():
        outbox.note_channel(ChannelDown("535 wrong password"), now=clock.now)
        assert not outbox.channel_may_try(now=clock.now + timedelta(minutes=14))
        assert outbox.channel_may_try(now=clock.now + timedelta(minutes=15))
        assert outbox.heartbeat().channel_paused == "535 wrong password"
        outbox.note_channel(Retry("no answer", server_down=True), now=clock.now)
        assert outbox.heartbeat().channel_paused
        outbox.note_channel(Sent("250 ok"), now=clock.now)
        assert (outbox.heartbeat().channel_paused, outbox.heartbeat().sent_at) == ("", clock.now)
