"""Reports are filled from rows: every number and sentence can be followed back, and old values stop them (H15)."""

import re
from datetime import UTC, date, datetime

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import goal_service, measure_service, record, record_service
from crm.clients.goals import GoalTold
from crm.clients.measures import Reading
from crm.clients.models import Client
from crm.clients.queries import get_client_by_code
from crm.clients.record import Diagnosis, Health, Limits, Plan
from crm.clients.record_models import Goal, GoalStatus, Measurement, Occasion, Part
from crm.db import db, writing
from crm.documents import letters, press, queries, service
from crm.documents.draft_views import Draft
from crm.documents.fact_queries import Brief, gather
from crm.documents.models import Document
from crm.documents.words_service import examine
from crm.journal import service as journal
from crm.journal.events import SessionHeld
from crm.sources.queries import get_source

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
KINDS = ["assessment-summary", "progress-report", "pre-visit-report", "discharge-summary", "change-in-status"]


@pytest.fixture
def about(app):
    """A client with a baseline and values of two days ago, goals, limits and a plan; returns their ids."""
    with app.app_context():
        paperwork.letterhead()
        source_id = paperwork.source()
        client_id = paperwork.client(source_id)
        with writing():
            client = db.session.get_one(Client, client_id)
            db.session.query(Measurement).delete()
            for day in (date(2026, 3, 3), date(2026, 5, 4)):
                journal.record(builders.practice(), SessionHeld(client="C-0142"), now=NOW, on=day)
            take(client, date(2026, 3, 10), Occasion.BASELINE, {"chair-stand-30s": 8, "gait-speed": 0.92, "tug": 12.4})
            take(client, date(2026, 5, 4), Occasion.AGAIN, {"chair-stand-30s": 13, "gait-speed": 0.99, "tug": 12.0})
            take(client, date(2026, 5, 4), Occasion.SOME, {"pain": 2})
            sheet(client, Part.HEALTH, Health(
                diagnoses=(Diagnosis("Osteoarthritis of the knee", "M17.11", "Dr. Marsh", date(2026, 2, 20)),),
                contraindications="No kneeling.", contraindications_by="Dr. Marsh",
                limits=Limits(systolic=150, diastolic=90, set_by="Dr. Marsh"),
            ))  # fmt: skip
            plan = Plan(frequency="two sessions a week", duration="12 weeks", categories=("Strength",))
            sheet(client, Part.PLAN, plan)
            goal = GoalTold("Climb two flights", unit="steps", target=24, reached=20)
            goal_service.set_goal(
                builders.practice(), client, goal, days=30, due_on=date(2026, 6, 5), sealer=sealer(), now=NOW
            )
        return source_id, client_id


def sealer():
    return current_app.extensions["handoff"].sealer()


def take(client: Client, on: date, occasion: Occasion, values: dict[str, float]) -> None:
    readings = [Reading(key, value, on) for key, value in values.items()]
    measure_service.take_measures(builders.practice(), client, readings, occasion, on=on, sealer=sealer(), now=NOW)


def sheet(client: Client, part: Part, told: object) -> None:
    record_service.save_sheet(
        builders.practice(), client, part, record.write(told), base=0, sealer=sealer(), now=NOW
    )  # fmt: skip


def draft(key: str, about: tuple[int, int], today: date = date(2026, 5, 6)) -> Draft:
    """Return a report as it is begun. Needs an application context."""
    practice_id, user = builders.practice().id, builders.user()
    db.session.remove()  # what a request of its own would find
    brief = Brief(letters.kind_of(key), get_source(practice_id, about[0]), get_client_by_code(practice_id, "C-0142"))
    facts = gather(builders.practice(), user, brief, sealer=sealer(), today=today)
    return Draft(brief, facts, service.Body(service.compose(builders.practice(), brief, facts)))


@pytest.mark.parametrize("key", KINDS)
def test_every_number_in_a_report_comes_from_a_row(app, about, key):
    with app.app_context():
        begun = draft(key, about)
        text = begun.body.text
        for line in begun.traced:
            assert line.rows, line
            text = text.replace(line.text, "")
        known = r"[A-Z][a-z]+ \d{1,2}, 2026|C-\d+|M17\.11|\(503\) 555-\d{4}"  # days, code, diagnosis and phone on file
        held = rf"\b{begun.facts.about.attended} (?:sessions )?held"  # counted in the journal
        left = re.sub(f"{known}|{held}", "", text)
        assert [number for number in re.findall(r"\d+", left) if number not in letters.our_words(key)] == []


def test_each_line_names_the_rows_it_was_made_from(app, about):
    with app.app_context():
        lines = {line.placeholder: line for line in draft("progress-report", about).traced}
        assert lines["measure"].text == (
            "30-second chair stand 8 on March 10, 2026, 13 stands on May 4, 2026 (meaningful change)"
        )
        values = {f"measurement:{row.id}" for row in db.session.query(Measurement).all()}
        assert set(lines["measure"].rows) <= values
        assert len(lines["measure"].rows) == 2
        assert lines["balance"].text == "Timed Up and Go 12.4 to 12.0 s (no measurable change)"
        assert "Gait speed, usual pace 0.92 to 0.99 m/s (measurable change)." in lines["function"].text
        assert "Rises from a chair without using the arms." in lines["function"].text
        assert lines["flexibility"].text == "not measured"
        assert lines["limits"].text == "Blood pressure up to 150/90 mmHg (set by Dr. Marsh). No kneeling (Dr. Marsh)"
        assert lines["plan"].text == "Two sessions a week, for 12 weeks: strength."


def test_goals_are_told_with_their_numbers_and_at_the_end_as_met_or_not(app, about):
    with app.app_context():
        assert "- Climb two flights by June 5, 2026 (20 of 24 steps)" in draft("assessment-summary", about).body.text
        assert "- Not met: Climb two flights (20 of 24 steps)" in draft("discharge-summary", about).body.text
        with writing():
            client = db.session.get_one(Client, about[1])
            goal = db.session.query(Goal).one()
            goal_service.end_goal(builders.practice(), client, goal, GoalStatus.MET, now=NOW)
        assert "- Met: Climb two flights (20 of 24 steps)" in draft("discharge-summary", about).body.text


def test_pain_is_in_the_summary_only_and_never_the_headline(app, about):
    with app.app_context():
        assert "Pain, as told: 2 of 10 on May 4, 2026" in draft("assessment-summary", about).body.text
        for key in KINDS[1:]:
            assert "2 of 10" not in draft(key, about).body.text


@pytest.mark.parametrize(
    ("today", "stops"),
    [
        pytest.param(date(2026, 5, 14), False, id="ten days after the newest value it may go"),
        pytest.param(date(2026, 5, 15), True, id="eleven days after it is stale"),
    ],
)
def test_old_values_stop_a_report(app, about, today, stops):
    with app.app_context():
        found = _judged(draft("progress-report", about, today))
        assert ("H15" in {remark.rule for remark in found.remarks}) is stops


def test_pain_and_vital_signs_do_not_make_a_report_fresh(app, about):
    with app.app_context():
        with writing():
            client = db.session.get_one(Client, about[1])
            take(client, date(2026, 5, 6), Occasion.SOME, {"pain": 1, "systolic": 130})
        assert "H15" in {r.rule for r in _judged(draft("progress-report", about, date(2026, 5, 20))).remarks}


def test_a_client_who_left_is_summed_up_with_what_there_is(app, about):
    with app.app_context():
        found = _judged(draft("discharge-summary", about, date(2026, 5, 30)))
        assert "H15" not in {remark.rule for remark in found.remarks}


def test_a_text_from_before_the_last_measures_is_stopped_and_filled_in_anew(app, owner, about):
    with app.app_context():
        text = draft("progress-report", about).body.text
    desk = paperwork.Desk(app, owner)
    document_id = desk.write(text, key="progress-report", source=about[0], client="C-0142")
    with app.app_context(), writing():
        take(db.session.get_one(Client, about[1]), date(2026, 5, 6), Occasion.AGAIN, {"chair-stand-30s": 14})
    page = owner.get(f"/documents/{document_id}").text
    assert "Newer values are on file." in page
    assert owner.post(f"/documents/{document_id}/refill").status_code == 303
    page = owner.get(f"/documents/{document_id}").text
    assert "14 stands on May 6, 2026" in page
    assert "Newer values are on file." not in page


def test_an_approved_report_keeps_where_it_came_from(app, owner, about):
    with app.app_context():
        text = draft("progress-report", about).body.text
    desk = paperwork.Desk(app, owner)
    document_id = desk.approved(text, key="progress-report", source=about[0], client="C-0142")
    with app.app_context():
        document = queries.get_document(builders.practice().id, document_id)
        traced = {line.placeholder: line.rows for line in service.open_body(document, sealer()).traced}
        values = {f"measurement:{row.id}" for row in db.session.query(Measurement).all()}
    assert set(traced["measure"]) <= values
    page = owner.get(f"/documents/{document_id}/approved").text
    assert "Where it comes from" in page


@pytest.mark.parametrize("key", KINDS)
def test_a_report_with_its_chart_is_one_page_and_within_scope(app, about, key):
    with app.app_context():
        begun = draft(key, about)
        # the visit this client has none of, and what only a red flag tells
        assert {gap.name for gap in letters.gaps(begun.body.text)} <= {"next_visit_on", "change", "stopped", "asked"}
        found = _judged(begun)
        assert found.pages == 1
        assert {r.rule for r in found.remarks} <= {"GAP"}


def test_the_chart_prints_and_goes_with_its_line(app, owner, about):
    with app.app_context():
        text = draft("progress-report", about).body.text
    assert "[chart: chair-stand-30s]" in text
    desk = paperwork.Desk(app, owner)
    with_chart = desk.approved(text, key="progress-report", source=about[0], client="C-0142")
    without = desk.approved(
        text.replace("[chart: chair-stand-30s]\n\n", ""), key="progress-report", source=about[0], client="C-0142"
    )
    with app.app_context():
        drawn, plain = (paperwork.frozen(number)[0] for number in (with_chart, without))
        assert paperwork.read(drawn)[0] == paperwork.read(plain)[0] == 1
        assert "meaningful from 10" in paperwork.read(drawn)[1]
        assert "meaningful from 10" not in paperwork.read(plain)[1]
        assert db.session.query(Document).count() == 2


def _judged(begun: Draft):
    made = press.picture(begun.brief.kind, begun.facts, begun.body.text)
    return examine(
        builders.practice(), builders.user(), begun.brief, begun.body, sealer=sealer(), release=object(),
        unprintable=made.unprintable, fit=(made.fit.pages, made.fit.lines_free), facts=begun.facts,
    )  # fmt: skip
