"""A short run of the crash harness; `make faults` is the long one."""

from collections.abc import Iterator

import pytest
from certificates import Authority
from crash_round import Ground, Round, strace_is_here
from smtp_server import Step
from tally import DOUBT, Tally, Verdict


@pytest.fixture
def ground(app, settings, warm, tmp_path) -> Iterator[Ground]:
    with app.app_context():
        yield Ground(app, settings, Authority(tmp_path), tmp_path / "output.txt", warm)


def test_killed_at_every_step_no_mail_is_lost_or_doubled_and_doubt_is_explained(ground):
    tally = Tally()
    with Round(ground, seed="short", tls=True) as played:
        played.kill_at_steps(mails=26, kills=13)
        tally.add(played.finish())
    assert tally.wrong == []
    assert (tally.mails, tally.kills, set(tally.steps)) == (26, 13, {step.value for step in Step})
    assert tally.verdicts[Verdict.RECOVERED] >= 5
    assert sum(tally.verdicts[doubt] for doubt in DOUBT) >= 4


@pytest.mark.skipif(not strace_is_here(), reason="needs strace to kill at a system call")
def test_killed_at_each_commit_no_mail_is_lost_or_doubled_and_doubt_is_explained(ground, on_postgres):
    tally = Tally()
    with Round(ground, seed="short") as played:
        # A worker there sends some hundred statements.
        played.kill_at_calls(every=11 if on_postgres else 1, mails=24, kills=8)
        tally.add(played.finish())
    assert tally.wrong == []
    assert (tally.mails, tally.kills) == (24, 8)
