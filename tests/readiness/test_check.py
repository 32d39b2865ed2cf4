"""The readiness check is filled in from what is on file, says where each point comes from, and keeps its course."""

import re
from dataclasses import replace
from datetime import date

import builders
import pytest
from sqlalchemy import select

from crm import demo
from crm.db import db, writing
from crm.readiness import evidence
from crm.readiness.evidence import Counts, points, steps
from crm.readiness.models import ReadinessCheck
from crm.readiness.outputs import OnFile, Written
from crm.readiness.score import AREAS, GATES, course

FULL = Counts(
    approved_60=5, referrals=5, written=5, worded=5, diagnosed=5, transitioned=5, clients=3, with_baseline=3,
    measured_35=3, with_health=3, with_gate=3, reports_closed=10, reports_on_time=9, planned=5,
    liability_current=True, certification_current=True,
)  # fmt: skip


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


NOTHING, UNCOUNTED = OnFile(), Counts()


def of(area: str, on_file: OnFile = NOTHING, counts: Counts = UNCOUNTED) -> int:
    return points(steps(on_file, counts))[area]


def test_each_area_has_four_steps_and_an_empty_desk_has_no_point():
    told = steps(OnFile(), Counts())
    assert set(told) == set(AREAS)
    assert {len(found) for found in told.values()} == {4}
    assert set(points(told).values()) == {0}


@pytest.mark.parametrize(
    ("area", "counts", "reached"),
    [
        ("reporting", FULL, 4),
        ("reporting", replace(FULL, reports_on_time=8), 3),
        ("reporting", replace(FULL, reports_on_time=7), 2),
        ("reporting", replace(FULL, reports_on_time=4), 1),
        ("reporting", replace(FULL, reports_closed=1, reports_on_time=0), 1),
        ("measures", FULL, 3),  # no battery chosen
        ("measures", replace(FULL, with_baseline=2, measured_35=2), 1),
        ("intake", FULL, 2),  # no form, no packet
        ("intake", replace(FULL, diagnosed=4), 1),
        ("safety", FULL, 3),  # no standard written
        ("safety", replace(FULL, alarms_late=1), 2),
        ("scope", FULL, 3),  # no text of one's own
        ("scope", replace(FULL, approved_60=1, kept_60=1), 1),
        ("visibility", FULL, 2),
    ],
)
def test_points_follow_what_is_counted(area, counts, reached):
    assert of(area, counts=counts) == reached


def test_points_follow_what_is_written():
    niche = {"niche": Written("I work with adults.", {"niches": ["joint"]}), "pitch": Written("I am here.")}
    assert of("niche", OnFile(texts=niche)) == 3
    assert of("scope", OnFile(texts=niche)) == 1
    assert of("scope", OnFile(texts=niche | {"bio": Written("x", {}, 1)})) == 0
    assert of("sources", OnFile(graded=5, top=3, worked=5), replace(FULL, planned=5)) == 4
    assert of("sources", OnFile(graded=6, top=2, worked=6, overdue=1), replace(FULL, planned=5)) == 1


def test_gates_are_filled_in_from_the_last_referrals():
    told = evidence.gates(OnFile(approved=frozenset({"referral-form"})), replace(FULL, transitioned=4))
    assert {key: step.met for key, step in told.items()} == dict.fromkeys(GATES, True) | {"transition": False}
    assert told["transition"].seen == "4 of 5 of the last five referrals"


def test_the_course_is_laid_out_over_time():
    found = course([(date(2026, 5, 1), 0), (date(2026, 5, 11), 50), (date(2026, 5, 31), 100)])
    assert [(dot.x, dot.y) for dot in found] == [(16, 62), (84, 39), (220, 16)]
    assert [(dot.x, dot.y) for dot in course([(date(2026, 5, 1), 40)])] == [(220, 44)]


def form(**changed: str) -> dict[str, str]:
    return {f"area_{key}": "2" for key in AREAS} | {f"gate_{key}": "y" for key in GATES} | changed


def test_a_reading_is_kept_and_shown_and_one_of_the_same_day_replaces_it(app, owner, clock):
    assert owner.post("/setup/readiness", data=form()).status_code == 303
    assert owner.post("/setup/readiness", data=form(area_reporting="4")).status_code == 303
    clock.set("2026-06-05T14:00:00+00:00")
    owner.post("/setup/readiness", data=form(area_reporting="4", area_intake="4"))
    with app.app_context():
        assert list(db.session.scalars(select(ReadinessCheck.total).order_by(ReadinessCheck.on))) == [57, 63]
    text = plain(owner.get("/setup"))
    assert "63<small> of 100" in text
    assert "Up 6 since 6 May." in text
    assert "57 on 6 May 2026, 63 on 5 Jun 2026." in text


def test_a_closed_gate_is_named(owner):
    owner.post(
        "/setup/readiness",
        data={
            name: "4" if name.startswith("area") else value for name, value in form().items() if name != "gate_wording"
        },
    )
    text = plain(owner.get("/setup"))
    assert "Referral-ready, but a gate is closed." in text
    assert "Closed: </span>Accepted wording" in text


def test_what_does_not_fit_is_said(app, owner):
    assert owner.post("/setup/readiness", data=form(area_niche="5")).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(ReadinessCheck.id)) is None


def test_it_is_filled_in_and_the_sample_does_not_count(app, owner, clock):
    with app.app_context(), writing():
        demo.load(builders.practice(), app.extensions["handoff"].sealer(), now=clock.now)
    text = plain(owner.get("/setup/readiness"))
    assert text.count('value="0" checked') == len(AREAS)
    owner.post("/practice/niche", data={"niches": "joint", "measured": "chair stands"})
    text = plain(owner.get("/setup/readiness"))
    assert 'name="area_niche" value="2" checked' in text
    assert 'href="/practice/pitch"' in text
