"""Goals stand against what happened: hand-worked months, small numbers as counts, money to the cent."""

import html
import re
from datetime import date

import builders
import pytest
from sqlalchemy import select

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.client_acts import SessionMissed
from crm.journal.events import SessionHeld
from crm.readiness import goals
from crm.readiness.goals import Counted, Happened, TopGoal, Verdict, Wanted
from crm.readiness.models import MonthGoal, PracticeText

TODAY = date(2026, 5, 6)
THIS, LAST, NEXT = "2026-05", "2026-04", "2026-06"


def plain(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.mark.parametrize(
    ("month", "wanted", "happened", "verdicts"),
    [
        pytest.param(LAST, Wanted(), Happened(3, 9, 10), "no goal, no goal, no goal", id="nothing wanted"),
        pytest.param(LAST, Wanted(4, 90, 400_000, 400_000), Happened(4, 9, 10), "reached, reached, reached", id="met"),
        pytest.param(
            LAST, Wanted(4, 90, 400_000, 399_999), Happened(3, 89, 100), "not reached, not reached, not reached",
            id="a cent, a referral and a percent short",
        ),
        pytest.param(
            LAST, Wanted(4, 90, 400_000), Happened(0, 4, 5), "not reached, too few to judge, not typed in",
            id="over: few sessions, no revenue typed",
        ),
        pytest.param(THIS, Wanted(4, 90, 400_000), Happened(3, 40, 41), "open, open, open", id="still running"),
        pytest.param(THIS, Wanted(3, 90, 1, 1), Happened(3, 0, 20), "reached, open, reached", id="a sum only grows"),
        pytest.param(NEXT, Wanted(3, 90, 1), Happened(), "open, open, open", id="to come"),
    ],
)  # fmt: skip
def test_a_month_is_judged_as_by_hand(month, wanted, happened, verdicts):
    told = goals.read(month, wanted, happened, today=TODAY)
    assert ", ".join(line.verdict.value for line in told.lines) == verdicts


@pytest.mark.parametrize(
    ("kept", "planned", "words"),
    [
        (0, 0, "none planned"),
        (1, 1, "1 of 1"),
        (8, 9, "8 of 9"),
        (9, 10, "9 of 10 (90 %)"),
        (899, 1000, "899 of 1000 (89 %)"),  # 89.9 is no 90
        (0, 12, "0 of 12 (0 %)"),
    ],
)
def test_sessions_kept_are_a_count_and_from_ten_on_a_share_too(kept, planned, words):
    assert Happened(0, kept, planned).kept_words == words


def test_the_last_day_of_a_month_belongs_to_it():
    ends = {month: goals.days_of(month) for month in ("2026-12", "2028-02")}
    assert ends["2026-12"] == (date(2026, 12, 1), date(2027, 1, 1))
    assert ends["2028-02"] == (date(2028, 2, 1), date(2028, 3, 1))
    assert goals.read(LAST, Wanted(4), Happened(), today=date(2026, 4, 30)).referrals.verdict is Verdict.OPEN
    assert goals.read(LAST, Wanted(4), Happened(), today=date(2026, 5, 1)).referrals.verdict is Verdict.NOT_REACHED
    assert goals.months_between(date(2026, 11, 30), date(2027, 1, 1)) == ["2026-11", "2026-12", "2027-01"]


def top(counted: Counted, aim: int, until: date | None = None, reached: int = 0) -> TopGoal:
    return TopGoal(1, "More", counted, aim, date(2026, 3, 1), until, reached)


@pytest.mark.parametrize(
    ("goal", "happened", "words", "verdict", "bar"),
    [
        pytest.param(
            top(Counted.REFERRALS, 12), Happened(5), "5 of 12 referrals", Verdict.OPEN, (5, 12), id="on its way"
        ),
        pytest.param(
            top(Counted.REFERRALS, 4), Happened(5), "5 of 4 referrals", Verdict.REACHED, (4, 4), id="more than wanted"
        ),
        pytest.param(
            top(Counted.REFERRALS, 6, date(2026, 5, 5)), Happened(5), "5 of 6 referrals", Verdict.NOT_REACHED, (5, 6),
            id="its end was yesterday",
        ),
        pytest.param(
            top(Counted.REFERRALS, 6, TODAY), Happened(5), "5 of 6 referrals", Verdict.OPEN, (5, 6), id="its last day"
        ),
        pytest.param(
            top(Counted.KEPT, 90), Happened(0, 38, 40), "38 of 40 (95 %) sessions kept, 90 % wanted", Verdict.OPEN,
            (95, 100), id="a share may still fall",
        ),
        pytest.param(
            top(Counted.KEPT, 90, date(2026, 4, 30)), Happened(0, 8, 9), "8 of 9 sessions kept, 90 % wanted",
            Verdict.TOO_FEW, (0, 0), id="few sessions",
        ),
        pytest.param(
            top(Counted.REVENUE, 3_000_000), Happened(), "$12,345.67 of $30,000.00", Verdict.OPEN,
            (1_234_567, 3_000_000),
            id="money",
        ),
        pytest.param(
            top(Counted.OWN, 3, reached=3), Happened(9, 9, 9), "3 of 3", Verdict.REACHED, (3, 3), id="counted oneself"
        ),
    ],
)  # fmt: skip
def test_a_top_goal_stands_as_by_hand(goal, happened, words, verdict, bar):
    told = goals.progress(goal, happened, 1_234_567, today=TODAY)
    assert (told.words, told.verdict, (told.done, told.total)) == (words, verdict, bar)
    assert goals.told(goals.kept_as([goal])) == [goal]


@pytest.fixture
def worked(app, clock):
    """April: three held, one missed, one called off. May: ten held of eleven, one of them taken back; two referrals."""
    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice)
            client = builders.client(practice, source=source)
            held = [date(2026, 4, 1), date(2026, 4, 15), date(2026, 4, 30)] + [date(2026, 5, 1)] * 11
            entries = [journal.record(practice, SessionHeld(client=client.code), on=on, now=clock.now) for on in held]
            for on, how in (
                (date(2026, 4, 2), "missed"),
                (date(2026, 4, 3), "cancelled"),
                (date(2026, 5, 2), "missed"),
            ):
                event = SessionMissed(client=client.code, attendance=how)
                journal.record(practice, event, on=on, now=clock.now)
            journal.undo(practice, entries[-1], now=clock.now)
    owner = builders.signed_in(app)
    for on, code in (("2026-04-30", "C-0300"), ("2026-05-01", "C-0301"), ("2026-05-06", "C-0302")):
        form = {"source_id": "1", "received_on": on, "method": "fax", "client_class": "", "client_code": code}
        assert owner.post("/referrals/new", data=form).status_code == 303
    return owner


def month(**changed: str) -> dict[str, str]:
    return {"referrals": "", "retention": "", "revenue_cents": "", "earned_cents": ""} | changed


def test_what_happened_is_counted_by_the_day_it_happened_and_opens_its_rows(worked):
    text = plain(worked.get("/practice/goals"))
    assert "May 2026 2 10 of 11 (90 %)" in text
    assert "April 2026 1 3 of 4" in text
    may = plain(worked.get("/practice/goals/2026-05"))
    assert "Referrals 2" in may
    assert "Sessions 11" in may
    april = plain(worked.get("/practice/goals/2026-04"))
    assert "Sessions 5" in april
    assert april.count("Kept") == 3
    assert (april.count("Missed"), april.count("Called off in time")) == (1, 1)


def test_goals_of_a_month_are_typed_in_and_shown_against_it(app, worked):
    form = month(referrals="2", retention="95", revenue_cents="$4,200.50", earned_cents="1234.5")
    assert worked.post("/practice/goals/2026-05", data=form).status_code == 303
    with app.app_context():
        row = db.session.scalars(select(MonthGoal)).one()
        assert (row.referrals, row.retention, row.revenue_cents, row.earned_cents) == (2, 95, 420_050, 123_450)
        assert builders.told()[-1].payload == {"month": "2026-05"}
    text = plain(worked.get("/practice/goals"))
    assert "2 of 2 wanted" in text
    assert "$1,234.50 of $4,200.50" in text
    assert 'value="4,200.50"' in worked.get("/practice/goals/2026-05").text


def test_the_goals_of_a_month_that_is_over_stay_and_twelve_months_are_listed(app, worked, clock):
    worked.post("/practice/goals/2026-05", data=month(referrals="4", retention="90", revenue_cents="4000"))
    clock.set("2026-06-01T14:00:00+00:00")
    form = month(referrals="1", retention="1", revenue_cents="1", earned_cents="3,999.99")
    assert worked.post("/practice/goals/2026-05", data=form).status_code == 303
    with app.app_context():
        row = db.session.scalars(select(MonthGoal)).one()
        assert (row.referrals, row.retention, row.revenue_cents, row.earned_cents) == (4, 90, 400_000, 399_999)
    text = plain(worked.get("/practice/goals"))
    assert "May 2026 2 of 4 Not reached 10 of 11 (90 %) of 90 % Reached $3,999.99 of $4,000.00 Not reached" in text
    listed = re.findall(r'class="who" href="/practice/goals/([0-9-]+)"', worked.get("/practice/goals").text)
    assert listed == ["2026-06", "2026-05", "2026-04", "2026-03", "2026-02", "2026-01"] + [
        f"2025-{number:02}" for number in (12, 11, 10, 9, 8, 7)
    ]
    over = worked.get("/practice/goals/2026-05").text
    assert 'name="earned_cents"' in over
    assert 'name="referrals"' not in over


def test_a_month_to_come_has_goals_and_nothing_earned(owner):
    assert owner.post("/practice/goals/2026-06", data=month(referrals="5")).status_code == 303
    text = owner.get("/practice/goals/2026-06").text
    assert 'name="referrals" type="text" value="5"' in text
    assert 'name="earned_cents"' not in text


@pytest.mark.parametrize("path", ["2026-13", "2026-5", "0026-05", "2027-06", "top", "2026-05-01"])
def test_what_is_no_month_is_not_there(owner, path):
    assert owner.get(f"/practice/goals/{path}").status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (month(referrals="many"), "Referrals wanted: Write a whole number, such as 4."),
        (month(referrals="0"), "Referrals wanted: This lies between 1 and 999."),
        (month(referrals="2.5"), "Referrals wanted: Write a whole number, such as 4."),
        (month(retention="101"), "Sessions kept, in percent: This lies between 1 and 100."),
        (month(revenue_cents="4.200,50"), "Revenue wanted: Write a point before the cents"),
        (month(earned_cents="-1"), "Revenue so far: Write an amount that is not below zero."),
        (month(earned_cents="12.345"), "Revenue so far: Write cents with two digits at most"),
    ],
)
def test_what_does_not_fit_names_its_field_and_loses_nothing(app, owner, form, said):
    answer = owner.post("/practice/goals/2026-05", data=form)
    assert answer.status_code == 422
    assert said in plain(answer).replace(" : ", ": ").replace(":  ", ": ")
    assert all(f'value="{typed}"' in answer.text for typed in form.values() if typed)
    with app.app_context():
        assert db.session.scalar(select(MonthGoal)) is None


def goal(**changed: str) -> dict[str, str]:
    usual = {"words": "Ten referrals from joint offices", "counted": "referrals", "aim": "10", "reached": ""}
    return usual | {"from_on": "2026-05-01", "until_on": ""} | changed


def test_three_goals_in_own_words_stand_with_their_progress(app, worked):
    worked.post("/practice/goals/2026-04", data=month(earned_cents="100.10"))
    worked.post("/practice/goals/2026-05", data=month(earned_cents="200.20"))
    assert worked.post("/practice/goals/top/2", data=goal()).status_code == 303
    revenue = goal(words="Live from it", counted="revenue", aim="$3,000", from_on="2026-04-20", until_on="2026-12-31")
    assert worked.post("/practice/goals/top/1", data=revenue).status_code == 303
    talks = goal(words="Talks", counted="own", aim="2", reached="2")
    assert worked.post("/practice/goals/top/3", data=talks).status_code == 303
    text = plain(worked.get("/practice/goals"))
    assert "Live from it $300.30 of $3,000.00, from Mon 20 Apr until Thu 31 Dec" in text
    assert "Ten referrals from joint offices 2 of 10 referrals, from Fri 1 May" in text
    assert "Talks 2 of 2, from Fri 1 May Reached" in text
    assert 'value="3,000.00"' in worked.get("/practice/goals/top/1").text
    worked.post("/practice/goals/top/2/remove")
    with app.app_context():
        assert list(db.session.scalars(select(PracticeText)).one().slots) == ["1", "3"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (goal(words=""), "Say what you want to reach."),
        (goal(aim=""), "Say which number."),
        (goal(aim="ten"), "Write a whole number, such as 4."),
        (goal(aim="0"), "This lies between 1 and 999,999."),
        (goal(counted="kept", aim="120"), "This lies between 1 and 100."),
        (goal(counted="revenue", aim="a lot"), "Write an amount in dollars"),
        (goal(counted="revenue", aim="0"), "Write more than nothing."),
        (goal(counted="stars"), "Not a valid choice"),
        (goal(from_on=""), "Say from which day."),
        (goal(until_on="2026-04-30"), "It ends before it begins."),
    ],
)
def test_a_goal_that_does_not_fit_is_said(app, owner, form, said):
    answer = owner.post("/practice/goals/top/1", data=form)
    assert answer.status_code == 422
    assert said in plain(answer)
    with app.app_context():
        assert db.session.scalar(select(PracticeText)) is None


def test_there_is_no_fourth_goal_and_goals_are_no_text_of_the_scope_check(owner):
    assert owner.get("/practice/goals/top/4").status_code == 404
    assert owner.post("/practice/goals/top/0", data=goal()).status_code == 404
    owner.post("/practice/goals/top/1", data=goal(words="Treat more patients"))
    assert "To replace" not in plain(owner.get("/practice/texts"))
    assert 'name="area_scope" value="0" checked' in owner.get("/setup/readiness").text


def test_another_practice_has_its_own(app, worked):
    worked.post("/practice/goals/2026-05", data=month(referrals="7"))
    worked.post("/practice/goals/top/1", data=goal(words="Ours alone"))
    text = plain(builders.signed_in(app, "other@example.com", "Elsewhere").get("/practice/goals"))
    assert "Ours alone" not in text
    assert "May 2026 0 none planned" in text
