import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from drawings import BEGIN, CHAIR, GAIT, SVG, TUG, drawn, points, words
from pypdf import PdfReader

from crm.clients.chart import Point, Trend, before_after_svg, description, rows, sparkline_svg, trend_svg
from crm.documents import render
from crm.documents.layout import Letterhead, Sheet

DRAWINGS = {
    "trend": lambda trend, ident: trend_svg(trend, ident=ident),
    "print": lambda trend, ident: trend_svg(trend, ident=ident, print=True),
    "before and after": lambda trend, ident: before_after_svg(trend, ident=ident),
    "sparkline": lambda trend, ident: sparkline_svg(trend.points, title=trend.title, ident=ident),
}
EVERY_DRAWING = pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)


@EVERY_DRAWING
def test_a_drawing_has_a_name_and_a_description_of_its_own(draw):
    root = drawn(draw(CHAIR, "c7"))
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag, root.get("role")) == (f"{SVG}title", f"{SVG}desc", "img")
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")] == ["c7-t", "c7-d"]
    assert title.text == "30-second chair stand, C-0142"
    assert "8" in desc.text
    assert "13 on 4 May" in desc.text


@EVERY_DRAWING
def test_nothing_in_a_drawing_is_a_style_or_a_script(draw):
    svg = draw(replace(CHAIR, target=12, norm=(10, 15)), "c")
    names = {element.tag.removeprefix(SVG) for element in drawn(svg).iter()}
    assert names <= {"svg", "title", "desc", "rect", "line", "path", "polyline", "circle", "text"}
    assert not any(name == "style" or name.startswith("on") for element in drawn(svg).iter() for name in element.attrib)


@EVERY_DRAWING
def test_every_shape_carries_a_class_and_what_draws_it_on_paper(draw):
    for element in drawn(draw(replace(CHAIR, target=12, norm=(10, 15)), "c")).iter():
        if element.tag.removeprefix(SVG) in {"rect", "line", "path", "polyline", "circle"}:
            assert element.get("class")
            assert element.get("fill") or element.get("stroke")


@EVERY_DRAWING
def test_words_are_never_markup(draw):
    bad = '<b onload="x">&\x00"\ud800'
    trend = Trend(
        f"T {bad}", f"u {bad}", (Point(BEGIN, 1, f"1 {bad}"), Point(date(2026, 4, 1), 2, f"2 {bad}")), "higher",
        meaningful_from=2, norm=(1, 2), norm_words=f"n {bad}", target=2, target_words=f"t {bad}",
    )  # fmt: skip
    svg = draw(trend, 'i"><b>')
    root = drawn(svg)
    assert {element.tag for element in root.iter()} & {"b", f"{SVG}b"} == set()
    assert root[0].text == 'T <b onload="x">&"'
    svg.encode()


@EVERY_DRAWING
def test_the_same_trend_gives_the_same_bytes(draw):
    assert draw(TUG, "c") == draw(TUG, "c")


@pytest.mark.parametrize(
    ("trend", "said"),
    [
        pytest.param(
            CHAIR,
            "Rose from 8 stands on 13 March to 10 on 13 April and 13 on 4 May. "
            "A change is measurable from 9 and meaningful from 10.",
            id="rising",
        ),
        pytest.param(
            replace(TUG, measurable_from=None, meaningful_from=None, target=10, norm=(None, 12), norm_words="usual"),
            "Fell from 14.2 s on 13 March to 13.1 on 12 April, 12.4 on 12 May and 10.9 on 11 June. "
            "Lower is better. Usual: 12.0 or less. Target 10.0.",
            id="falling, lower is better",
        ),
        pytest.param(
            replace(CHAIR, points=points([8, 13, 10]), measurable_from=10, norm=(10, 15), norm_words="average"),
            "Went from 8 stands on 13 March to 13 on 12 April and 10 on 12 May. "
            "A change is measurable and meaningful from 10. Average: 10 to 15.",
            id="up and down",
        ),
        pytest.param(
            Trend("Flexion", "°", points([92, 92]), "range", norm=(130, None), norm_words="usual for adults"),
            "Stayed at 92° from 13 March to 12 April. Usual for adults: 130 or more.",
            id="level",
        ),
        pytest.param(
            Trend("Walk", "m", points([320]), "higher", measurable_from=340.5),
            "320 m on 13 March, the baseline. A change is measurable from 340.5.",
            id="one",
        ),
        pytest.param(
            Trend("Walk", "m", points([300, 290, 320, 330, 340, 390]), "higher"),
            "Rose from 300 m on 13 March to 390 on 10 August; six measurements between 290 and 390.",
            id="many",
        ),
    ],
)
def test_a_chart_is_said_in_plain_sentences(trend, said):
    assert description(trend) == said


@pytest.mark.parametrize(
    ("course", "changes"),
    [
        pytest.param(CHAIR.points, ["", "+2", "+5"], id="whole"),
        pytest.param(GAIT.points, ["", "+0.03", "+0.07"], id="hundredths, without the dust of binary fractions"),
        pytest.param(points([8, 8, 5]), ["", "0", "\N{MINUS SIGN}3"], id="no change and a fall"),
        pytest.param(points([14.2, 14.2], decimals=1), ["", "0.0"], id="no change in tenths"),
    ],
)
def test_the_table_says_date_value_and_change_since_the_baseline(course, changes):
    found = rows(replace(CHAIR, points=course))
    assert [row[2] for row in found] == changes
    assert [row[1] for row in found] == [point.shown for point in course]
    assert found[0][0] == "13 Mar"


def printed(trend):
    drawing = trend_svg(trend, ident="c", print=True)
    blocks = [
        {"kind": "lines", "lines": [["Above."]]},
        {"kind": "chart", "svg": drawing, "alt": description(trend), "title": "Chair stand, stands"},
        {"kind": "lines", "lines": [["Below."]]},
    ]
    sheet = Sheet("Progress report", blocks, letterhead=Letterhead("Strong Again", ("12 Harbor Street",), ()))
    return render.to_pdf("progress-report", sheet, at=datetime(2026, 5, 6, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    "trend",
    [CHAIR, TUG, replace(CHAIR, norm=(10, 15), norm_words="average for 70 to 74", target=12)],
    ids=["rising", "falling", "with everything"],
)
def test_the_same_chart_prints(trend):
    pdf, fit = printed(trend)
    assert fit.fits
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    text = " ".join(page.extract_text().split())
    for word in words(drawn(trend_svg(trend, ident="c", print=True))):
        assert word in text


def test_a_chart_in_print_is_low_and_its_type_is_ten_points():
    plain = printed(CHAIR)[1]
    rich = printed(replace(CHAIR, norm=(10, 15), norm_words="average", target=12))[1]
    assert plain.lines_free == rich.lines_free
    root = drawn(trend_svg(CHAIR, ident="c", print=True))
    assert root.get("width") == f"{root.get('viewBox').split()[2]}pt"
    assert float(root.get("font-size")) >= 10
    assert float(root.get("height").removesuffix("pt")) < 1.6 * 72


def test_a_page_shows_the_chart_and_the_numbers_behind_it(app):
    source = '{% from "macros/charts.html" import trend, before_after, sparkline %}'
    source += '<main>{{ trend(chart, "a", "Stands") }}{{ before_after(chart, "b", "Stands") }}'
    source += '{{ sparkline(chart.points, "Small & fine", "s") }}</main>'
    shown = replace(CHAIR, title="Stands <of> C-0142")
    with app.test_request_context():
        page = app.jinja_env.from_string(source).render(chart=shown)
    root = ET.fromstring(page)  # noqa: S314 - our own
    assert [svg.get("class") for svg in root.iter(f"{SVG}svg")] == ["trend", "trend pair", "trend spark"]
    assert [caption.text for caption in root.iter("caption")] == ["Stands <of> C-0142"] * 2
    assert {head.get("scope") for head in root.iter("th")} == {"col"}
    cells = [cell.text or "" for cell in next(iter(root.iter("tbody"))).iter("td")]
    assert cells == ["13 Mar", "8", "", "13 Apr", "10", "+2", "4 May", "13", "+5"]
