"""Each number of Insights equals a table worked by hand, and opens as many rows as it says."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import builders
import pytest

from crm import demo
from crm.analytics.insights import month_words, stood_at
from crm.clients.models import Referral, ReferralMethod
from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.pipeline.models import StepChange
from crm.sources.models import Lane, Source


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def table(owner, heading: str) -> list[list[str]]:
    """Read the table below a heading as rows of words."""
    text = owner.get("/insights").text
    part = text[text.index(f'id="{heading}"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", part[: part.index("</table>")], re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def entry(source: Source, on: str, type_: str, key: str, undoes: int | None = None) -> JournalEntry:
    at = datetime.fromisoformat(f"2026-{on}T16:00:00+00:00")
    told = JournalEntry(
        practice_id=source.practice_id, at=at, happened_at=at, type=type_, source_id=source.id, payload={"key": key},
        undoes=undoes,
    )  # fmt: skip
    db.session.add(told)
    db.session.flush()
    return told


@pytest.fixture
def year(app, clock):
    """Two sources: Marsh with three referrals and three touches that count, Vance with one referral and none."""
    with app.app_context(), writing():
        practice = builders.practice()
        marsh = builders.source(practice)
        vance = builders.source(practice, first_name="Robert", last_name="Vance")
        client = builders.client(practice, "C-0142", source=marsh)
        for source, on in (
            (marsh, "2026-03-02"),
            (marsh, "2026-03-30"),
            (marsh, "2026-05-01"),
            (vance, "2026-05-05"),
            (vance, "2025-05-31"),
        ):  # fmt: skip - the last is older than the twelve months
            db.session.add(
                Referral(
                    practice_id=practice.id, source_id=source.id, client_id=client.id,
                    received_on=date.fromisoformat(on), method=ReferralMethod.FAX, is_written=True, has_wording=True,
                    has_diagnosis=True, has_transition=True, sealed=b"x",
                )
            )  # fmt: skip
        entry(marsh, "03-03", "task_done", "C22:a")
        entry(marsh, "04-01", "touch_logged", "")
        entry(marsh, "04-20", "call_missed", "C26:a")
        entry(marsh, "04-21", "task_done", "C01:a")  # a task that reaches nobody
        taken_back = entry(marsh, "04-22", "touch_logged", "")
        entry(marsh, "04-22", "undone", "", undoes=taken_back.seq)
        marsh.added_on, vance.added_on = date(2026, 2, 1), date(2026, 4, 1)
        for source, lane, on in (
            (marsh, Lane.FIRST_CONTACT, "02-05"), (marsh, Lane.REINFORCEMENT, "02-19"),
            (marsh, Lane.REINFORCEMENT, "03-10"),
            (vance, Lane.PHONE_CALL, "04-10"),
        ):  # fmt: skip
            db.session.add(
                StepChange(
                    practice_id=practice.id, source_id=source.id, from_lane="0", to_lane=lane.value,
                    on=date.fromisoformat(f"2026-{on}"),
                )
            )  # fmt: skip
        return marsh.id, vance.id


def test_months_and_touches_by_hand(owner, year):
    head, *rows = table(owner, "h-months")
    assert head[1].startswith("Jun June 2025")
    assert head[12:] == ["May May 2026", "Referrals", "Touches"]
    numbers = [[row[0].rpartition(" ")[0] or row[0], *(cell.partition(" ")[0] for cell in row[1:])] for row in rows]
    none = [""] * 9
    assert numbers == [
        ["Dr. Helen Marsh,", *none, "2", "", "1", "3", "3"],
        ["Dr. Robert Vance,", *none, "", "", "1", "1", "0"],
        ["Everybody", *["0"] * 9, "2", "0", "2", "4", "3"],
    ]


def test_the_funnel_by_hand(owner, year):
    # Marsh: listed 1 Feb, step 1 after 4 days, step 2 after 14 more. Vance came in at step 3.
    assert table(owner, "h-funnel")[1:] == [
        ["1 First contact", "2", "4 days"],
        ["2 Reinforcement", "2", "14 days"],
        ["3 Phone call", "1", "not known"],
        ["4 Documentation", "0", "not known"],
        ["5 Lunch-and-learn", "0", "not known"],
    ]


def test_the_rows_behind_them(owner, year):
    marsh, vance = year
    text = plain(owner.get(f"/insights/referrals?source={marsh}&month=2026-03").text)
    assert "Referrals, March 2026 Two rows." in text
    assert "Mon 30 Mar C-0142 Dr. Helen Marsh, MD Mon 2 Mar C-0142" in text
    assert "Three rows in twelve months." in plain(owner.get(f"/insights/touches?source={marsh}").text)
    assert "No rows" in plain(owner.get(f"/insights/touches?source={vance}").text)
    text = plain(owner.get("/insights/steps?step=2").text)
    assert "Two sources came this far." in text
    assert "Dr. Helen Marsh, MD Thu 19 Feb Dr. Robert Vance, MD came in at a later step" in text


@pytest.mark.parametrize(
    "path", ["referrals?month=2024-01", "referrals?month=x", "steps", "steps?step=6", "steps?step=x"]
)
def test_what_is_no_number_of_the_page_has_no_rows(owner, path):
    assert owner.get(f"/insights/{path}").status_code == 404


def test_every_number_of_the_sample_practice_opens_as_many_rows(app, owner, clock):
    with app.app_context(), writing():
        demo.load(builders.practice(), app.extensions["handoff"].sealer(), now=clock.now - timedelta(days=40))
    links = re.findall(
        r'<a class="prose-link" href="(/insights/[^"]+)">(.*?)</a>', owner.get("/insights").text, re.DOTALL
    )
    assert {re.split(r"[?]", path)[0] for path, _words in links} >= {
        "/insights/rows", "/insights/referrals", "/insights/touches", "/insights/steps",
    }  # fmt: skip
    for path, words in links:
        said = plain(words)
        closed = re.search(r"of (\d+)", said)
        more = re.findall(r"(\d+) (?:overdue|open)", said)
        count = sum(map(int, [*more, *(closed.groups() if closed else ())])) or int(said.partition(" ")[0])
        rows = owner.get(path.replace("&amp;", "&")).text.count("<tr><td>")
        assert rows == count, (path, said)


def test_months_in_words():
    assert month_words("2026-05") == ("May", "May 2026")


def test_who_came_in_later_stands_last():
    reached = {1: {0: date(2026, 1, 1), 2: date(2026, 3, 1)}, 2: {3: date(2026, 2, 1)}, 3: {1: date(2026, 1, 1)}, 4: {}}
    assert stood_at(reached, 2, {}) == [(1, date(2026, 3, 1)), (2, None)]
