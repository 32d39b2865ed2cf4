"""The count of the crash harness can fail: histories with and without a fault, judged."""

import json
from collections import Counter

import pytest
from director import Deed
from smtp_server import Do, Step
from tally import VIOLATIONS, History, Row, Tally, Verdict

from crm.outreach.models import MessageState
from crm.outreach.sending import COUNTED_AS_SENT

SENT = Row("m0@example.com", MessageState.SENT, "250 kept")
COUNTED = Row("m0@example.com", MessageState.SENT, COUNTED_AS_SENT)
REFUSED = Row("m0@example.com", MessageState.FAILED, "550 [0] no such mailbox")
UNKNOWN = Row("m0@example.com", MessageState.UNKNOWN, "Sending was interrupted.")


def history(row: Row | None, copies: int, *, cut: bool = False, doubt: bool = False, refused: bool = False) -> History:
    return History(
        queued={"<0>": "m0@example.com"},
        rows={"<0>": row} if row else {},
        kept=Counter({"<0>": copies}),
        cut={"m0@example.com"} if cut or doubt else set(),
        in_doubt={"m0@example.com"} if doubt else set(),
        refusals={"550 [0] no such mailbox"} if refused else set(),
        kills=[("dot", "m0@example.com")] if cut or doubt else [],
    )


def in_state(state: MessageState) -> Row:
    return Row("m0@example.com", state)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        pytest.param(history(SENT, 1), Verdict.OK, id="sent once"),
        pytest.param(history(SENT, 1, cut=True), Verdict.RECOVERED, id="cut off, then sent once"),
        pytest.param(history(REFUSED, 0, refused=True), Verdict.REFUSED, id="refused in the server's words"),
        pytest.param(history(UNKNOWN, 0, doubt=True), Verdict.UNKNOWN, id="in doubt and not there"),
        pytest.param(history(UNKNOWN, 1, doubt=True), Verdict.UNKNOWN, id="in doubt and there"),
        pytest.param(history(COUNTED, 0, doubt=True), Verdict.COUNTED, id="a digest in doubt"),
        pytest.param(history(SENT, 0), Verdict.LOST, id="said to be sent, never kept"),
        pytest.param(history(SENT, 0, doubt=True), Verdict.LOST, id="said to be sent where it is in doubt"),
        pytest.param(history(None, 0), Verdict.LOST, id="its row is gone"),
        pytest.param(history(REFUSED, 0), Verdict.LOST, id="given up, and nobody refused it"),
        pytest.param(history(in_state(MessageState.QUEUED), 0), Verdict.LOST, id="still queued in the end"),
        pytest.param(history(in_state(MessageState.CLAIMED), 0), Verdict.LOST, id="stuck in a claim"),
        pytest.param(history(in_state(MessageState.IN_DATA), 0, doubt=True), Verdict.LOST, id="stuck in DATA"),
        pytest.param(history(in_state(MessageState.HELD), 0), Verdict.LOST, id="held, and nobody held it"),
        pytest.param(history(SENT, 2), Verdict.DUPLICATED, id="kept twice"),
        pytest.param(history(UNKNOWN, 2, doubt=True), Verdict.DUPLICATED, id="kept twice, and in doubt"),
        pytest.param(history(None, 2), Verdict.DUPLICATED, id="kept twice, and its row is gone"),
        pytest.param(history(None, 1), Verdict.UNEXPECTED, id="kept, and its row is gone"),
        pytest.param(history(REFUSED, 1, refused=True), Verdict.UNEXPECTED, id="kept, and said to have failed"),
        pytest.param(history(in_state(MessageState.RETRY), 1), Verdict.UNEXPECTED, id="kept, and to be tried again"),
        pytest.param(history(UNKNOWN, 1), Verdict.UNKNOWN_ELSEWHERE, id="doubt out of nothing"),
        pytest.param(history(UNKNOWN, 0, cut=True), Verdict.UNKNOWN_ELSEWHERE, id="doubt after a cut before DATA"),
        pytest.param(history(COUNTED, 1, cut=True), Verdict.UNKNOWN_ELSEWHERE, id="a digest's doubt out of nothing"),
    ],
)
def test_each_mail_gets_its_verdict(seen, verdict):
    tally = Tally()
    tally.add(seen)
    assert tally.verdicts == {verdict.value: 1}
    assert tally.violations == len(tally.wrong) == (verdict in VIOLATIONS)


def test_a_mail_nobody_queued_is_unexpected():
    seen = history(SENT, 1)
    seen.kept["<stranger>"] = 1
    tally = Tally()
    tally.add(seen)
    assert tally.verdicts == {"ok": 1, "unexpected": 1}
    assert tally.wrong == ["unexpected: <stranger> kept 1 times; no row"]


def test_figures_written_down_are_read_and_added_to():
    tally = Tally()
    tally.add(history(UNKNOWN, 1, doubt=True))
    again = Tally.read(json.loads(json.dumps(tally.written())))
    again.add(history(SENT, 2, cut=True))
    assert (again.mails, again.kills, again.doubt_arrived, again.violations) == (2, 2, 1, 1)
    assert again.steps == {"dot": {"kills": 2, "unknown": 1, "duplicated": 1}}


@pytest.mark.parametrize(
    ("step", "what", "doubt"),
    [
        (Step.CONNECT, Do.KILL, False),
        (Step.AUTH, Do.KILL, False),
        (Step.RCPT, Do.KILL, False),
        (Step.DATA, Do.KILL, True),
        (Step.REPLIED, Do.KILL, True),
        (Step.QUIT, Do.KILL, False),
        (Step.RCPT, Do.HANG_UP, False),
        (Step.KEPT, Do.HANG_UP, True),
        (Step.REPLIED, Do.HANG_UP, False),
        (Step.DOT, "451 later", False),
        (Step.DOT, "554 no", False),
    ],
)
def test_only_what_hides_the_answer_excuses_doubt(step, what, doubt):
    assert Deed(0, step, what).leaves_doubt is doubt
