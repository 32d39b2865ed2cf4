"""The charts as filters for templates: what comes out is markup, everything in it already escaped."""

from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup

from crm.clients import chart
from crm.clients.chart import Point, Trend


def _trend(drawn: Trend, ident: str) -> Markup:
    return Markup(chart.trend_svg(drawn, ident=ident))  # noqa: S704 - escaped where it is drawn


def _before_after(drawn: Trend, ident: str) -> Markup:
    return Markup(chart.before_after_svg(drawn, ident=ident))  # noqa: S704 - escaped where it is drawn


def _sparkline(points: Iterable[Point], title: str, ident: str) -> Markup:
    return Markup(chart.sparkline_svg(points, title=title, ident=ident))  # noqa: S704 - escaped where it is drawn


FILTERS: dict[str, Callable[..., Any]] = {
    "trend_svg": _trend,
    "before_after_svg": _before_after,
    "sparkline_svg": _sparkline,
    "chart_rows": chart.rows,
}
