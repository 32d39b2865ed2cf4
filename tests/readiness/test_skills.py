"""Skills: what the desk counts stands beside what somebody says of themself; neither makes the other."""

import html
import re
from datetime import UTC, date, datetime

import builders
import pytest
from sqlalchemy import select

from crm import demo
from crm.clients.models import Referral
from crm.clients.record_models import ClientSheet, Goal, Measurement, SessionLog
from crm.db import db, writing
from crm.documents import scope as scope_check
from crm.documents import words_service
from crm.documents.models import Document
from crm.journal import service as journal
from crm.journal.acts import TouchLogged
from crm.journal.events import BaselineDone, LunchHeld, LunchScheduled, MeasuresTaken, TaskDone
from crm.outreach.models import Task
from crm.readiness import skill_queries, skills
from crm.readiness.models import SkillMark
from crm.readiness.skills import FIGURES, SKILLS, TIERS, evidence

NOON = datetime(2026, 5, 6, 16, tzinfo=UTC)


def plain(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def test_the_list_is_whole():
    assert set(FIGURES) == skill_queries.KEYS
    assert list(TIERS) == ["essential", "intermediate", "advanced"]
    assert {skill.tier for skill in SKILLS.values()} == set(TIERS)
    asked = [*SKILLS.values(), *TIERS.values()]
    assert {figure for one in asked for figure, _least in one.least} == set(FIGURES)
    assert all(least > 0 for one in asked for _figure, least in one.least)
    # Something speaks for each: a figure, or words of one's own.
    assert [skill.key for skill in SKILLS.values() if bool(skill.least) == bool(skill.own)] == []


@pytest.mark.parametrize("key", SKILLS)
def test_what_our_list_says_is_in_scope(key):
    told = f"{SKILLS[key].title}. {SKILLS[key].shows} {SKILLS[key].own}"
    found = scope_check.check(told, "letter", words_service.rules(), fragment=True).findings
    assert [finding.matched for finding in found if finding.severity == "block"] == []


@pytest.mark.parametrize(
    ("counts", "words", "missing", "shown"),
    [
        ({}, ["0 of 5 thank-yous on time", "0 of 5 summaries sent on time"],
         "five more thank-yous on time; five more summaries sent on time", False),
        ({"thanks": 4, "summaries": 5}, ["4 of 5 thank-yous on time", "5 summaries sent on time"],
         "one more thank-you on time", False),
        ({"thanks": 5, "summaries": 17}, ["5 thank-yous on time", "17 summaries sent on time"], "", True),
    ],
    ids=["nothing", "one short", "enough"],
)  # fmt: skip
def test_what_is_missing_is_said(counts, words, missing, shown):
    told = evidence(SKILLS["thanks"].least, counts)
    assert ([need.words for need in told.needs], told.missing, told.shown) == (words, missing, shown)


def test_where_nothing_can_be_counted_nothing_is_ever_shown():
    told = evidence(SKILLS["vitals"].least, dict.fromkeys(FIGURES, 1000))
    assert (told.counted, told.shown) == (False, False)


def test_a_tier_counts_both_marks_apart():
    told = skills.standing("advanced", ["teaching", "role", "flying"], {"discharges": 5, "criteria": 5, "lunches": 1})
    assert (told.ticked, told.shown, told.total) == (1, 2, 6)


def _filed(practice, source, client) -> None:
    """File, by hand, what EXPECTED counts."""
    of = {"practice_id": practice.id, "client_id": client.id}
    rows = [ClientSheet(part=part, sealed=b"x", **of) for part in ("health", "health", "gate", "plan")]
    rows += [
        SessionLog(entry_seq=0, held_on=date(2026, 5, 4), attendance=how, sealed=b"x", **of)
        for how in ("attended", "attended", "missed", "cancelled")
    ]
    rows += [Measurement(entry_seq=0, taken_on=date(2026, 5, day), sealed=b"x", **of) for day in (1, 2)]
    rows += [
        Goal(days=30, set_on=date(2026, 4, 1), due_on=date(2026, 5, 1), status=status, sealed=b"x", **of)
        for status in ("open", "met", "not_met", "dropped")
    ]
    rows += [
        Task(key=f"{rule}:{n}", rule=rule, due=date(2026, 5, 1), window_end=date(2026, 5, until), status=status,
             done_at=NOON if status == "done" else None, source_id=source.id, **of)
        for n, (rule, until, status) in enumerate(
            [("C24", 6, "done"), ("C24", 5, "done"), ("C42", 6, "done"), ("C43", 9, "done"), ("C42", 9, "open"),
             ("C49", 6, "done"), ("C22", 6, "done"), ("C22", 7, "cancelled")]
        )
    ]  # fmt: skip
    rows += [
        Document(
            key="intro-physician", state=state, sealed=b"x", practice_id=practice.id, approved_at=at, sample=sample
        )
        for state, at, sample in (("approved", NOON, False), ("approved", NOON, True), ("draft", None, False))
    ]
    whole = {"is_written": True, "has_wording": True, "has_diagnosis": True, "has_transition": True}
    rows += [
        Referral(source_id=source.id, received_on=date(2026, 5, 1), method="fax", sealed=b"x", **of, **whole | more)
        for more in ({}, {"has_diagnosis": False})
    ]
    db.session.add_all(rows)
    db.session.flush()


EXPECTED = {
    "histories": 1, "screened": 1, "plans": 1, "criteria": 0,  # a sheet of two versions is one
    "assessments": 3, "retests": 2,  # a baseline and two retests; a third was taken back
    "measured": 1, "sessions": 2, "goals": 4, "goals_closed": 2,
    "summaries": 1, "reports": 2, "discharges": 1, "thanks": 1,  # one summary was a day late
    "letters": 1, "referrals": 1, "calls": 2, "lunches": 1,
}  # fmt: skip


@pytest.fixture
def worked(app, clock, owner):
    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice)
            client = builders.client(practice, source=source)

            def record(event):
                return journal.record(practice, event, now=clock.now, source_id=source.id)

            for event in (
                BaselineDone(client=client.code), MeasuresTaken(client=client.code), MeasuresTaken(client=client.code),
                TouchLogged(source="s1", kind="call", outcome="reached"),
                TouchLogged(source="s1", kind="call", outcome="no_answer"),
                TouchLogged(source="s1", kind="letter"),
                TaskDone(key="C30:s1:c1"), TaskDone(key="C11:s1:c1"),
                LunchScheduled(source="s1", id="l1", event_on="2026-05-05"), LunchHeld(source="s1", id="l1"),
            ):  # fmt: skip
                record(event)
            journal.undo(practice, record(MeasuresTaken(client=client.code)), now=clock.now)
            _filed(practice, source, client)  # last: each act writes the desk's tasks anew
    return owner


def test_each_figure_is_what_was_filed_by_hand(app, worked):
    with app.app_context():
        practice = builders.practice()
        assert skill_queries.counts(practice) == EXPECTED


@pytest.mark.parametrize("figure", EXPECTED)
def test_each_figure_opens_as_many_rows(worked, figure):
    page = worked.get(f"/practice/skills/counted/{figure}")
    assert page.status_code == 200
    assert page.text.count("<tr><td>") == EXPECTED[figure]


def test_the_sample_practice_shows_nothing(app, owner, clock):
    with app.app_context(), writing():
        demo.load(builders.practice(), app.extensions["handoff"].sealer(), now=clock.now)
        assert set(skill_queries.counts(builders.practice()).values()) == {0}


def tick(browser, skill="summary", **changed):
    usual = {"on": "2026-05-01", "evidence": "Three pages, read by Dana Reyes"}
    return browser.post(f"/practice/skills/{skill}", data=usual | changed)


def test_a_tick_is_the_persons_own_with_day_and_words_and_can_be_taken_back(app, owner):
    assert tick(owner).location == "/practice/skills#skill-summary"
    tick(owner, evidence="Ten pages by now")
    with app.app_context():
        mark = db.session.scalars(select(SkillMark)).one()
        assert (mark.skill, mark.on, mark.evidence) == ("summary", date(2026, 5, 1), "Ten pages by now")
        assert builders.told()[-1].payload == {"skill": "summary", "ticked": True}
    text = plain(owner.get("/practice/skills"))
    assert "1 of 12 ticked by you, 0 shown by the desk" in text
    assert "You, Fri 1 May : Ten pages by now Not enough yet Ticked by you" in text
    owner.post("/practice/skills/summary/untick")
    owner.post("/practice/skills/summary/untick")
    with app.app_context():
        assert db.session.scalar(select(SkillMark)) is None
        assert [entry.payload["ticked"] for entry in builders.told() if entry.type == "skill_marked"] == [
            True, True, False,
        ]  # fmt: skip


def test_what_the_desk_shows_ticks_nothing(app, worked, clock):
    with app.app_context():
        practice = builders.practice()
        with writing():
            db.session.add_all(
                ClientSheet(practice_id=practice.id, part="health", sealed=b"x",
                            client_id=builders.client(practice, f"C-02{n:02}").id)
                for n in range(4)
            )  # fmt: skip
    text = plain(worked.get("/practice/skills/history"))
    assert "5 clients with a health sheet (asked: 5)" in text
    assert "The tick is still yours to set." in text
    with app.app_context():
        assert db.session.scalar(select(SkillMark)) is None
    assert "0 of 12 ticked by you, 1 shown by the desk" in plain(worked.get("/practice/skills"))
    assert "Missing: four more clients screened." in plain(worked.get("/practice/skills/risk"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"evidence": ""}, "Say what shows it"),
        ({"evidence": "x" * 301}, "Field cannot be longer than 300 characters."),
        ({"on": ""}, "Say since when."),
        ({"on": "2026-05-07"}, "This day is still to come."),
        ({"on": "lately"}, "This is not a date."),
    ],
)
def test_a_tick_that_does_not_fit_is_said_and_kept(app, owner, changed, said):
    answer = tick(owner, **changed)
    assert answer.status_code == 422
    assert said in plain(answer)
    assert changed.get("evidence", "Dana Reyes") in answer.text
    with app.app_context():
        assert db.session.scalar(select(SkillMark)) is None


@pytest.mark.parametrize("path", ["skills/flying", "skills/counted/flights"])
def test_what_is_no_skill_is_not_there(owner, path):
    assert owner.get(f"/practice/{path}").status_code == 404


def test_ticks_are_each_persons_own(app, owner):
    tick(owner)
    other = builders.signed_in(app, "second@example.com")
    assert "Dana Reyes" not in other.get("/practice/skills").text
    other.post("/practice/skills/summary/untick")
    assert "Dana Reyes" in owner.get("/practice/skills").text
