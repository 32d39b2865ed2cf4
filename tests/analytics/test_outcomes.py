"""Outcomes without names, against tables worked by hand; and that they stay sums."""

import re
from datetime import date, datetime

import builders
import paperwork
import pytest
from flask import current_app
from sqlalchemy import select

from crm.analytics.outcomes import FEWEST, summary
from crm.clients import measure_service
from crm.clients.measures import Reading
from crm.clients.models import Client, ClientStatus
from crm.clients.record_models import Measurement, Occasion
from crm.clients.series import series_of
from crm.db import db, writing

BEGAN, ENDED = date(2026, 1, 12), date(2026, 4, 20)
# Six clients, each from the baseline to the last value.
STANDS = [(8, 13), (6, 7), (10, 12), (7, 7), (9, 14), (11, 9)]
SPEED = [(0.90, 1.02), (0.80, 0.86), (1.00, 1.03), (0.70, 0.80), (0.95, 0.88)]


def person(*values: tuple[str, float, float], **about):
    """Return the series of somebody by measure, baseline and last value."""
    readings = [
        Reading(key, value, on, row=row, **about)
        for key, began, ended in values
        for row, (value, on) in enumerate(((began, BEGAN), (ended, ENDED)))
    ]
    return series_of(readings)


def of(key, pairs):
    return [person((key, *pair)) for pair in pairs]


def plain(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.parametrize(
    ("key", "pairs", "medians", "counts"),
    [
        # 6 7 8 9 10 11 and 7 7 9 12 13 14; +5 +1 +2 0 +5 -2 against a meaningful change of 2
        pytest.param("chair-stand-30s", STANDS, ("8.5", "10.5"), (3, 0, 2, 1, 0), id="six, higher is better"),
        # .70 .80 .90 .95 1.00 and .80 .86 .88 1.02 1.03; +.12 +.06 +.03 +.10 -.07 against .05 and .10
        pytest.param("gait-speed", SPEED, ("0.90", "0.88"), (2, 1, 1, 1, 0), id="five, error and value known"),
        # 10 11 12 13 14 and 9.5 9.8 12 12.9 14; -0.5 -1.2 0 -0.1 0 against an error of 1.1
        pytest.param(
            "tug", [(10, 9.5), (11, 9.8), (12, 12), (13, 12.9), (14, 14)], ("12.0", "12.0"), (0, 1, 4, 0, 0),
            id="lower is better, nothing is called meaningful",
        ),
    ],
)  # fmt: skip
def test_a_measure_is_summed_up_as_by_hand(key, pairs, medians, counts):
    (one,) = summary(of(key, pairs)).shown
    assert (one.clients, one.shown(one.began), one.shown(one.ended)) == (len(pairs), *medians)
    assert (one.meaningful, one.measurable, one.same, one.worse, one.unknown) == counts


def test_a_line_of_the_letter_says_counts_and_medians_and_leaves_zeros_out():
    assert summary(of("chair-stand-30s", STANDS)).lines == (
        "- 30-second chair stand: 6 clients, median 8.5 to 10.5 stands; 3 with a meaningful change, "
        "2 without a measurable change, 1 with a decline"
    )


@pytest.mark.parametrize("count", [1, FEWEST - 1])
def test_a_group_smaller_than_five_is_named_and_not_shown(count):
    told = summary(of("gait-speed", SPEED[:count]))
    assert (told.finished, told.shown, told.lines) == (count, (), "")
    assert told.too_few == ("Gait speed, usual pace",)


def test_the_two_sides_are_groups_of_their_own():
    people = [person(("grip", 20, 30), side=side) for side in ["left"] * 5 + ["right"] * 4]
    told = summary(people)
    assert [one.title for one in told.shown] == ["Grip strength, left"]
    assert told.too_few == ("Grip strength, right",)


def test_what_cannot_be_compared_is_not_counted():
    once = [series_of([Reading("gait-speed", 0.9, BEGAN)])]
    cane = [series_of([Reading("gait-speed", 0.9, BEGAN, aid="cane"), Reading("gait-speed", 1.1, ENDED)])]
    assert summary(once + cane).too_few == ()
    assert summary(of("gait-speed", SPEED) + once + cane).shown[0].clients == 5


def test_pain_and_vital_signs_are_never_an_outcome():
    assert summary(of("pain", [(8, 2)] * 6)).shown == ()


def test_a_measure_without_a_figure_of_its_own_claims_no_change():
    (one,) = summary(of("functional-reach", [(20, 30)] * 5)).shown
    assert (one.meaningful, one.measurable, one.same, one.worse, one.unknown) == (0, 0, 0, 0, 5)
    assert one.words.endswith("cm")


@pytest.fixture
def over(app, owner, clock):
    """Six clients whose program is over, one with a value corrected, and one who is still here and did worst."""
    with app.app_context():
        paperwork.letterhead()
        with writing():
            source = builders.source()
            for number, (began, ended) in enumerate([*STANDS, (12, 1)]):
                client = builders.client(code=f"C-02{number:02}", source=source)
                _take(client, began, BEGAN)
                _take(client, ended, ENDED)
                client.status = ClientStatus.DISCHARGED if number < len(STANDS) else ClientStatus.ACTIVE
    return owner


def _take(client, value, on, key="chair-stand-30s"):
    occasion = Occasion.BASELINE if on == BEGAN else Occasion.AGAIN
    at = datetime.fromisoformat(f"{on.isoformat()}T15:00:00+00:00")
    measure_service.take_measures(
        builders.practice(), client, [Reading(key, value, on)], occasion, on=on,
        sealer=current_app.extensions["handoff"].sealer(), now=at,
    )  # fmt: skip


def test_the_page_shows_sums_and_nobody(over):
    text = over.get("/insights/outcomes").text
    told = plain(over.get("/insights/outcomes"))
    assert "30-second chair stand 6 8.5 to 10.5 stands 3 0 2 1 0" in told
    assert "Six clients have finished." in told
    assert "One client is still in their program and not counted" in told
    main = text[text.index("<main") :]
    assert not re.search(r"C-\d{4}|2026|January|April|Marsh", main)


def test_a_number_opens_its_rows_for_the_owner_and_a_small_group_has_none(app, over):
    rows = plain(over.get("/insights/outcomes/rows?of=chair-stand-30s"))
    assert "C-0200" in rows
    assert "8 to 13 stands" in rows
    assert "C-0206" not in rows
    for wrong in ("of=gait-speed", "of=nothing", ""):
        assert over.get(f"/insights/outcomes/rows?{wrong}").status_code == 404
    with app.app_context(), writing():
        for client in [builders.client(code=f"C-03{n:02}") for n in range(4)]:
            client.status = ClientStatus.DISCHARGED
            _take(client, 0.9, BEGAN, "gait-speed")
            _take(client, 1.1, ENDED, "gait-speed")
    assert over.get("/insights/outcomes/rows?of=gait-speed").status_code == 404
    assert "not shown: Gait speed, usual pace." in plain(over.get("/insights/outcomes"))


def test_what_was_taken_back_is_not_counted(app, over):
    with app.app_context():
        last = select(Measurement.entry_seq).join(Client).where(Client.code == "C-0205", Measurement.taken_on == ENDED)
        seq = db.session.scalar(last)
    over.post(f"/undo/{seq}")
    line = over.get("/insights/outcomes.csv").text.splitlines()[1]
    assert line == "30-second chair stand,stands,5,8,12,3,0,2,0,0"  # 6 7 8 9 10 and 7 7 12 13 14


def test_the_table_goes_to_a_spreadsheet(over):
    head, line = over.get("/insights/outcomes.csv").text.lstrip("\ufeff").splitlines()
    assert head == "measure,unit,clients,median at start,median at end,meaningful,measurable,same,worse,unknown"
    assert line == "30-second chair stand,stands,6,8.5,10.5,3,0,2,1,0"


def test_the_story_is_a_letter_like_any_other_and_holds_sums_alone(over):
    over.post("/practice/story", data={"story": "A client went from 8 to 14 chair stands in ten weeks."})
    page = over.get("/documents/new?key=outcome-story").text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1].strip()
    assert "- 30-second chair stand: 6 clients, median 8.5 to 10.5 stands; 3 with a meaningful" in text
    assert "One client: A client went from 8 to 14" in text
    assert not re.search(r"C-\d{4}|Marsh", text)
    assert "It is ready." in page
    answer = over.post("/documents/approve", data={"key": "outcome-story", "text": text, "version": 0})
    assert answer.status_code == 303
    assert over.get(answer.location).status_code == 200


def test_without_five_the_story_says_what_is_missing_and_where(owner):
    page = owner.get("/documents/new?key=outcome-story").text
    assert "{{outcomes}}" in page
    assert 'href="/insights/outcomes">Mend it there' in page
    assert "Nothing to sum up yet" in plain(owner.get("/insights/outcomes"))


def test_the_assistant_and_another_practice_see_none_of_it(app, over):
    with app.app_context():
        builders.user(builders.practice(), "assistant@example.com", role="assistant")
    assistant = builders.signed_in(app, "assistant@example.com")
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    paths = ("/insights/outcomes", "/insights/outcomes.csv", "/documents/new?key=outcome-story")
    for path in paths:
        assert assistant.get(path).status_code == 403
        assert "8.5 to 10.5" not in stranger.get(path).text
    assert assistant.get("/papers/outcome-story").status_code == 404
    assert stranger.get("/insights/outcomes/rows?of=chair-stand-30s").status_code == 404
    assert assistant.get("/insights/outcomes/rows?of=chair-stand-30s").status_code == 403
