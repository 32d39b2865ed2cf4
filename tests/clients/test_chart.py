from dataclasses import replace
from itertools import combinations, pairwise, product

import pytest
from drawings import (
    AIMS,
    BEGIN,
    CHAIR,
    GAIT,
    SHAPES,
    SVG,
    TUG,
    Box,
    boxes,
    dots,
    drawn,
    number,
    of_class,
    points,
    size_of,
    words,
)

from crm.clients.chart import Trend, before_after_svg, rows, sparkline_svg, trend_svg


def nasty():
    for (shape, course), (aim, values), by_print in product(SHAPES.items(), AIMS.items(), (False, True)):
        base = course[0].value
        step = (max(point.value for point in course) - min(point.value for point in course)) or abs(base) / 9 or 1
        trend = replace(Trend("Some measure, C-0142", "m", course, "higher"), **values(base, step))
        yield pytest.param(trend, by_print, id=f"{shape}, {aim}, {'print' if by_print else 'page'}")


NASTY = pytest.mark.parametrize(("trend", "by_print"), [*nasty()])


@NASTY
def test_no_two_texts_of_a_chart_share_room_and_none_leaves_it(trend, by_print):
    root = drawn(trend_svg(trend, ident="c", print=by_print))
    width, height = size_of(root)
    placed = boxes(root)
    assert [(one.text, other.text) for one, other in combinations(placed, 2) if one.meets(other)] == []
    outside = [b.text for b in placed if b.left < 0 or b.top < 0 or b.right > width or b.bottom > height]
    assert outside == []


@NASTY
def test_the_ends_always_carry_value_and_date_and_no_text_lies_on_a_point(trend, by_print):
    root = drawn(trend_svg(trend, ident="c", print=by_print))
    said = words(root)
    assert len(of_class(root, "val")) >= min(2, len(trend.points))
    assert any(word.startswith(f"{BEGIN.day} Mar") for word in said)
    last = trend.points[-1].on
    assert any(word.startswith(f"{last.day} {last:%b}") for word in said)
    reach = float(next(iter(root.iter(f"{SVG}circle"))).get("r"))
    spots = [Box("", x - reach, y - reach, x + reach, y + reach) for x, y in dots(root)]
    assert [text.text for text in boxes(root) if any(text.meets(spot) for spot in spots)] == []


@NASTY
def test_everything_drawn_lies_within_the_view(trend, by_print):
    root = drawn(trend_svg(trend, ident="c", print=by_print))
    width, height = size_of(root)
    for x, y in dots(root):
        assert 0 < x < width
        assert 0 < y < height
    for line in root.iter(f"{SVG}line"):
        assert 0 <= number(line, "x1") <= number(line, "x2") <= width
        assert 0 < number(line, "y1") < height
    for rect in root.iter(f"{SVG}rect"):
        assert number(rect, "x") >= 0
        assert number(rect, "x") + number(rect, "width") <= width
        assert number(rect, "height") > 0


@NASTY
def test_every_band_and_line_has_its_words(trend, by_print):
    said = words(drawn(trend_svg(trend, ident="c", print=by_print)))
    assert "baseline" in said
    assert any(word.startswith("meaningful from ") for word in said) is (trend.meaningful_from is not None)
    assert ("no measurable change" in said) is (trend.measurable_from is not None)
    assert any(word.startswith(("goal by ", "target ")) for word in said) is (trend.target is not None)
    assert any(word.startswith((trend.norm_words, "usual")) for word in said if trend.norm) is (trend.norm is not None)


@NASTY
def test_baseline_against_now_overlaps_nowhere(trend, by_print):
    root = drawn(before_after_svg(trend, ident="c"))
    width, height = size_of(root)
    placed = boxes(root)
    assert [(one.text, other.text) for one, other in combinations(placed, 2) if one.meets(other)] == []
    assert [b.text for b in placed if b.left < 0 or b.top < 0 or b.right > width or b.bottom > height] == []


@pytest.mark.parametrize("by_print", [False, True], ids=["page", "print"])
def test_the_dates_are_to_scale(by_print):
    days = [0, 1, 40, 100, 360]
    spots = dots(drawn(trend_svg(replace(CHAIR, points=points([1, 2, 3, 4, 5], days)), ident="c", print=by_print)))
    left, right = spots[0][0], spots[-1][0]
    assert [x for x, _y in spots] == pytest.approx([left + (right - left) * day / 360 for day in days], abs=0.06)


@pytest.mark.parametrize("trend", [CHAIR, GAIT, TUG], ids=["chair", "gait", "tug"])
def test_points_edges_and_target_are_on_one_scale_and_more_stands_higher(trend):
    root = drawn(trend_svg(replace(trend, target=trend.points[-1].value), ident="c"))
    heights = dict(zip([point.value for point in trend.points], [y for _x, y in dots(root)], strict=True))
    by_value = sorted(heights)
    assert [heights[value] for value in by_value] == sorted(heights.values(), reverse=True)
    low, high = by_value[0], by_value[-1]
    per_unit = (heights[low] - heights[high]) / (high - low)
    (edge,) = {number(line, "y1") for line in of_class(root, "edge")}
    assert edge == pytest.approx(heights[low] - per_unit * (trend.meaningful_from - low), abs=0.2)
    assert number(of_class(root, "mark-line mark-target")[0], "y1") == heights[trend.points[-1].value]
    assert number(of_class(root, "mark-line")[0], "y1") == heights[trend.points[0].value]


def test_what_is_meaningful_lies_above_where_more_is_better_and_below_where_less_is():
    for trend in (GAIT, TUG):
        root = drawn(trend_svg(trend, ident="c"))
        (band,), edge = of_class(root, "band"), number(of_class(root, "edge")[0], "y1")
        ends = (number(band, "y"), number(band, "y") + number(band, "height"))
        assert edge == pytest.approx(ends[1] if trend is GAIT else ends[0])
        (noise,) = of_class(root, "noise")
        baseline = number(of_class(root, "mark-line")[0], "y1")
        near = number(noise, "y") + (number(noise, "height") if trend is GAIT else 0)
        assert near == pytest.approx(baseline)


def test_the_last_point_is_full_and_the_only_one_is_the_last():
    assert [dot.get("class") for dot in drawn(trend_svg(CHAIR, ident="c")).iter(f"{SVG}circle")] == [
        "pt",
        "pt",
        "pt pt-last",
    ]
    alone = drawn(trend_svg(replace(CHAIR, points=CHAIR.points[:1]), ident="c"))
    assert [dot.get("class") for dot in alone.iter(f"{SVG}circle")] == ["pt pt-last"]
    assert of_class(alone, "path") == []


def test_lines_make_way_for_values():
    root = drawn(trend_svg(replace(CHAIR, target=11), ident="c", print=True))
    values = [box for box in boxes(root) if box.text in {"8", "10", "13"}]
    for line in root.iter(f"{SVG}line"):
        y = number(line, "y1")
        through = Box("", number(line, "x1"), y, number(line, "x2"), y)
        assert [value.text for value in values if value.meets(through)] == []


def test_of_many_points_the_ends_the_best_and_the_worst_carry_their_value():
    root = drawn(trend_svg(replace(CHAIR, points=SHAPES["forty"]), ident="c"))
    values = [point.value for point in SHAPES["forty"]]
    told = {f"{value:.0f}" for value in (values[0], values[-1], min(values), max(values))}
    assert {text.text for text in of_class(root, "val")} <= told
    assert len(dots(root)) == 40


def test_dates_have_their_year_when_points_span_more_than_one():
    for days, wanted in ((365, ["13 Mar", "13 Mar"]), (366, ["13 Mar 2026", "14 Mar 2027"])):
        trend = replace(CHAIR, points=points([8, 10], [0, days]))
        assert [word for word in words(drawn(trend_svg(trend, ident="c"))) if " Mar" in word] == wanted
        assert [row[0] for row in rows(trend)] == wanted


def test_a_sparkline_of_equal_values_is_level_and_one_point_is_a_dot():
    level = drawn(sparkline_svg(points([8, 8, 8]), title="Stands", ident="s"))
    places = [place.split(",") for place in of_class(level, "path")[0].get("points").split()]
    assert len({y for _x, y in places}) == 1
    assert len(dots(drawn(sparkline_svg(points([8]), title="Stands", ident="s")))) == 1


def test_baseline_and_now_leave_out_what_lies_between():
    root = drawn(before_after_svg(TUG, ident="b"))
    assert [text.text for text in of_class(root, "val")] == ["14.2", "10.9"]
    (then, now), (band,) = dots(root), of_class(root, "band")
    assert now[0] < then[0]
    assert number(band, "x") == 0
    assert now[0] < number(band, "width") < then[0]


def test_values_thin_out_in_an_order_that_keeps_the_spacing_even():
    root = drawn(trend_svg(replace(CHAIR, points=points([*range(10, 34)], [*range(24)])), ident="c"))
    days = sorted(box.left for box in boxes(root) if " " in box.text and box.text[0].isdigit())
    assert all(after - before > 30 for before, after in pairwise(days))
