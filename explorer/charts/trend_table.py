"""A figure over time as a table for reading and for the file: what was known, what came later, what was expected."""

from typing import Any

import polars as pl

from explorer.config import Indicator
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Point, Series
from explorer.models.spc import Carried, ControlChart, carried_on
from explorer.models.trend_settings import TrendSettings
from explorer.schema import STATUS_WORDS
from explorer.sentences.control import Anew, figure_words, inner_limits, when
from explorer.wording import half_up, in_range, in_unit

_LIMITS = ("Average", "Lower limit", "Upper limit")
_EXPECTED = (
    ("Expected, 80% low", "low_80"),
    ("Expected, 80% high", "high_80"),
    ("Expected, 95% low", "low_95"),
    ("Expected, 95% high", "high_95"),
)


def trend_table(
    series: Series,
    entry: Indicator,
    control: ControlChart | None,
    later: Series | None,
    fan: Fan | None,
    settings: TrendSettings,
    anew: Anew | None = None,
) -> pl.DataFrame:
    """One row a period, newest first within what was expected, what came later and what was known.

    Returns:
        ``Period``, ``What`` (known, came later, forecast), ``Figure`` in words, the counts and likely range of a share,
        average and limits where there is a control chart, the sign by its rule's name, where limits begin anew by hand
        and why, the range expected where there is a forecast, and ``Status``. Columns that have nothing in any row are
        left out.
    """
    rows = [_forecast(fan, place, series, entry) for place in reversed(range(len(fan.ends)))] if fan else []
    if later:
        carried = carried_on(control, later, entry) if control else None
        rows += [
            {**_known(point, later, entry, "Came later"), **_lines(carried, place, entry)}
            for place, point in reversed(list(enumerate(later.points)))
        ]
    for place, point in reversed(list(enumerate(series.points))):
        rule = control.rules[place] if control else None
        sign = {"Sign": settings.rules.signs[rule].label} if rule else {}
        begun = {"New limits": anew.said} if anew and place == anew.place else {}
        rows.append({**_known(point, series, entry, "Known"), **_lines(control, place, entry), **sign, **begun})
    table = pl.DataFrame(rows, schema=_schema(entry))
    return table.select(name for name in table.columns if name in _ALWAYS or table[name].is_not_null().any())


_ALWAYS = ("Period", "What", "Figure", "Status")


def _schema(entry: Indicator) -> dict[str, type[pl.DataType]]:
    counts = ("Count", "Out of") if entry.numerator else ()
    numbers = (
        "Number",
        *counts,
        "Likely range, low",
        "Likely range, high",
        "If hidden, least",
        "If hidden, most",
        *_LIMITS,
        *(heading for heading, _ in _EXPECTED),
    )
    return {
        **dict.fromkeys(("Period", "What", "Figure"), pl.String),
        **dict.fromkeys(numbers, pl.Float64),
        **dict.fromkeys(("Sign", "New limits", "Status"), pl.String),
    }


def _known(point: Point, series: Series, entry: Indicator, what: str) -> dict[str, Any]:
    counts = {"Count": point.numerator, "Out of": point.denominator} if entry.numerator else {}
    hidden = point.value is None
    return {
        "Period": _period(when(entry, series.kind, point.end)),
        "What": what,
        "Figure": figure_words(point, entry),
        "Number": point.value,
        **counts,
        "Likely range, low": _rounded(point.lower, entry),
        "Likely range, high": _rounded(point.upper, entry),
        "If hidden, least": _rounded(point.least, entry) if hidden else None,
        "If hidden, most": _rounded(point.most, entry) if hidden else None,
        "Status": STATUS_WORDS[point.status],
    }


def _lines(chart: ControlChart | Carried | None, place: int, entry: Indicator) -> dict[str, float | None]:
    inner = inner_limits(chart.lower[place], chart.upper[place], entry) if chart else None
    if chart is None or inner is None:
        return {}
    centre = _rounded(chart.centre[place], entry)
    return {"Average": centre, "Lower limit": _rounded(inner[0], entry), "Upper limit": _rounded(inner[1], entry)}


def _forecast(fan: Fan, place: int, series: Series, entry: Indicator) -> dict[str, Any]:
    likely = in_range(fan.low_80[place], fan.high_80[place], entry.unit)
    return {
        "Period": _period(when(entry, series.kind, fan.ends[place])),
        "What": "Forecast",
        "Figure": f"{in_unit(fan.median[place], entry.unit)} (80% range {likely})",
        "Number": _rounded(fan.median[place], entry),
        **{heading: _rounded(getattr(fan, line)[place], entry) for heading, line in _EXPECTED},
        "Status": "forecast",
    }


def _period(words: str) -> str:
    """A period to stand by itself: 'August 2018', 'Quarter to September 2018', 'At 31 March 2018'."""
    bare = words.removeprefix("in the ").removeprefix("in ")
    return bare[0].upper() + bare[1:]


def _rounded(value: float | None, entry: Indicator) -> float | None:
    return None if value is None else float(half_up(value, 0 if entry.unit == "count" else 1))
