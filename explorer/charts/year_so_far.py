"""The year so far beside the same months of earlier years: each year begins at nothing on 1 April."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, INK, LABEL_SIZE, NEIGHBOUR, SOLID, UNIT_TITLES, specification
from explorer.charts.trend import trend
from explorer.config import Indicator
from explorer.models.series import Point, Series
from explorer.models.spc import NoChart
from explorer.models.trend_settings import TrendSettings
from explorer.sentences.control import figure_words
from explorer.wording import count

HEIGHT = 300  # pixels
_APRIL, _MONTHS = 4, 12
_NAMES = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
_DASHES: dict[str, list[int]] = {"this": SOLID, "last": [6, 3], "earlier": SOLID}


def year_so_far(series: Series, entry: Indicator, name: str, chart: NoChart, settings: TrendSettings) -> Picture:
    """The picture of a series from 1 April to each date.

    Args:
        series: of the kind "year_to_date", up to the day of the view.
        entry: The indicator.
        name: What the authority is called.
        chart: Why there is no control chart of it.
        settings: As ``trend`` takes them.
    """
    base = trend(series, entry, name, chart, settings)
    return replace(
        base,
        name="year-so-far",
        spec=year_spec(UNIT_TITLES[entry.unit]),
        data=pl.DataFrame(_rows(series, entry), schema=_SCHEMA),
        key=(
            "Thick blue line with points: this year. Dashed line: the year before. Thin grey lines: earlier years. "
            "Each begins on 1 April."
        ),
    )


@lru_cache(maxsize=8)
def year_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules: a line a year over its months."""
    x = alt.X("month:N", sort=list(_NAMES), title=None, scale=alt.Scale(domain=list(_NAMES)),
              axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False))  # fmt: skip
    y = alt.Y("value:Q", title=axis_title, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5, gridOpacity=0.4))
    tips = [
        alt.Tooltip("year:N", title="Year"),
        alt.Tooltip("when:N", title="Up to"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
    ]
    layers: list[alt.Chart] = []
    for which, colour, width in (
        ("earlier", NEIGHBOUR, 1.0),
        ("last", NEIGHBOUR, 2.5),
        ("this", AUTHORITY, 3.0),
    ):
        mine = alt.Chart().transform_filter(f"datum.which === '{which}'")
        line = mine.mark_line(color=colour, strokeWidth=width, strokeDash=_DASHES[which])
        layers.append(line.encode(x=x, y=y, detail="year:N"))
        dots = mine.mark_point(color=colour, filled=True, size=55 if which == "this" else 14, opacity=1)
        layers.append(dots.encode(x=x, y=y, tooltip=tips))
        if which != "earlier":
            last = mine.transform_filter("datum.newest")
            text = last.mark_text(dy=-12, align="right", fontSize=LABEL_SIZE, fontWeight="bold", color=INK)
            layers.append(text.encode(x=x, y=y, text="year:N"))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _begun(end: date) -> int:
    """The calendar year in which the reporting year of a day began."""
    return end.year - (end.month < _APRIL)


def _rows(series: Series, entry: Indicator) -> list[dict[str, Any]]:
    if not series.points:
        return []
    newest = _begun(series.points[-1].end)
    latest = {_begun(point.end): point.end for point in series.points if point.value is not None}
    return [
        {
            "which": {0: "this", 1: "last"}.get(newest - _begun(point.end), "earlier"),
            "year": f"{_begun(point.end)}-{(_begun(point.end) + 1) % 100:02}",
            "month": _NAMES[(point.end.month - _APRIL) % _MONTHS],
            "when": f"{point.end:%B %Y}",
            "value": point.value,
            "label": figure_words(point, entry),
            "counts": _counts(point, entry),
            "newest": latest.get(_begun(point.end)) == point.end,
        }
        for point in series.points
    ]


def _counts(point: Point, entry: Indicator) -> str:
    if entry.unit != "percent" or point.numerator is None or point.denominator is None or point.value is None:
        return ""
    return f"{count(point.numerator)} of {count(point.denominator)}"


_SCHEMA: dict[str, type[pl.DataType]] = {
    "which": pl.String,
    "year": pl.String,
    "month": pl.String,
    "when": pl.String,
    "value": pl.Float64,
    "label": pl.String,
    "counts": pl.String,
    "newest": pl.Boolean,
}
