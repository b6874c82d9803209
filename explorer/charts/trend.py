"""A figure over time beside what is usual: average and limits, signs by name, events, and what was expected."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from explorer.charts.picture import HEARD, Picture
from explorer.charts.theme import UNIT_TITLES
from explorer.charts.trend_events import SIDE, event_rows, named_events, place_of
from explorer.charts.trend_key import key_of, lone, note_of
from explorer.charts.trend_layers import trend_spec
from explorer.charts.trend_table import trend_table
from explorer.config import Indicator
from explorer.events import Event
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Kind, Point, Series
from explorer.models.spc import ControlChart, NoChart, carried_on
from explorer.models.trend_settings import Band, TrendSettings
from explorer.models.verdict import Verdict
from explorer.schema import HIDDEN
from explorer.sentences.control import Anew, begun_anew, figure_words, inner_limits, title, usual_words, when
from explorer.wording import count, day, in_range, in_unit

_SEVERAL_YEARS = 1000  # days
_ROOM = (0.0, 0.1, 0.16, 0.21, 0.26, 0.31)  # by rows of events: how much of the height they take above the figures
_FOOT = 0.06  # of the upper limit: a lower limit below that has no room for its name above the axis
_SPANS: dict[Kind, str] = {
    "month": "by month",
    "quarter": "by quarter (the first is April to June)",
    "year": "reporting years",
    "rolling_12m": "twelve months to each date",
    "year_to_date": "from 1 April to each date",
}


def trend(
    series: Series,
    entry: Indicator,
    name: str,
    chart: ControlChart | NoChart | None,
    settings: TrendSettings,
    later: Series | None = None,
    fan: Fan | None = None,
    events: Sequence[Event] = (),
    band: Band | None = None,
    found: Verdict | None = None,
    rebase: tuple[date, str] | None = None,
) -> Picture:
    """The picture of one series.

    Args:
        series: What was known on the day of the view.
        entry: The indicator.
        name: What the authority is called.
        chart: Its control chart, made from ``series`` alone.
        settings: The rules' words, when a change is called real, and how many events are named.
        later: What came after that day: drawn hollow, with the limits carried on.
        fan: A forecast made on that day.
        events: Those that touch the days drawn.
        band: A range that somebody set for the figure.
        found: What the control chart says; none without one.
        rebase: The day and the reason of the new limits that were begun by hand and that ``chart`` was made with.

    Raises:
        ValueError: there is a control chart and not what it says.
    """
    control = chart if isinstance(chart, ControlChart) and series.points else None
    if control is not None and found is None:
        raise ValueError("A control chart is drawn with what it says.")
    anew = begun_anew(series, entry, control, rebase)
    heading = title(series, entry, name, chart, found)
    ends = [*series.ends, *(later.ends if later else ()), *(fan.ends if fan else ())]
    named = named_events(events, ends, settings)
    from_zero = entry.unit == "percent" or entry.period == "year"  # a stock moves little beside its size
    rows = [
        *_drawn(series, entry, control, later, fan, settings),
        *event_rows(named, series.kind, ends),
        *_anew_rows(anew, series, ends),
    ]
    rows += [*_band_rows(band, rows), *_line_names(control, entry, rows), *_sign_names(series, control, settings)]
    if ends:
        rows.append(_room(rows, from_zero))
    return Picture(
        name="trend",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {_span(series, entry)}",
        source=f"Source: {series.source}",
        spec=_spec(series, entry, control, ends, from_zero),
        data=pl.DataFrame(rows, schema=_SCHEMA),
        table=trend_table(series, entry, control, later, fan, settings, anew),
        key=key_of(series, control, later, fan, named, band, from_zero, anew),
        note=note_of(series),
    ).told("Line chart", course=_in_words(series, entry))


_TEXTS = ("kind", "label", "short", "when", "counts", "usual", "sign", "rule")
_NUMBERS = ("value", "low", "high", "least", "most", "centre", "lower", "upper")
_FAN_ENDS = ("low_95", "high_95", "low_80", "high_80", "low_50", "high_50")
_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("x", "until"), pl.Date),
    **dict.fromkeys(("run", "stretch", "row"), pl.Int64),
    **dict.fromkeys((*_NUMBERS, *_FAN_ENDS), pl.Float64),
    **dict.fromkeys(_TEXTS, pl.String),
    **dict.fromkeys(("hidden", "rightward", "newest", "lone"), pl.Boolean),
}
Row = dict[str, Any]


def _span(series: Series, entry: Indicator) -> str:
    if not series.points:
        return "no period"
    at = {"month": "at each month's end", "quarter": "at each quarter's end", "year": "at 31 March"}
    how = at.get(series.kind, "") if entry.period == "day" else _SPANS[series.kind]
    return f"{how}, {day(series.ends[0])} to {day(series.ends[-1])}"


def _spec(
    series: Series, entry: Indicator, control: ControlChart | None, ends: Sequence[date], from_zero: bool
) -> dict[str, Any]:
    return trend_spec(
        UNIT_TITLES[entry.unit],
        "Year ending 31 March" if series.kind == "year" and entry.period == "year" else "",
        _axis_format(series.kind, ends),
        from_zero,
        control is not None and control.kind == "p_prime",
    )


def _axis_format(kind: Kind, ends: Sequence[date]) -> str:
    return "%Y" if kind == "year" or not ends or (max(ends) - min(ends)).days > _SEVERAL_YEARS else "%b %Y"


def _drawn(
    series: Series,
    entry: Indicator,
    control: ControlChart | None,
    later: Series | None,
    fan: Fan | None,
    settings: TrendSettings,
) -> Iterator[Row]:
    """What was known, what came later and what is expected."""
    yield from _figure_rows(series, entry, control, "own", settings)
    yield from _later_rows(later, entry, control) if later else ()
    yield from _fan_rows(series, fan, entry) if fan else ()


def _figure_rows(
    series: Series, entry: Indicator, control: ControlChart | None, kind: str, settings: TrendSettings
) -> Iterator[Row]:
    """The figures that were known, a run between two gaps; and average and limits under them."""
    run = 0
    for place, point in enumerate(series.points):
        rule = control.rules[place] if control else None
        row = _figure_row(point, entry, series.kind, kind, run)
        if control:
            row["usual"] = usual_words(place, control, entry)
            row["rule"], row["sign"] = rule, settings.rules.signs[rule].label if rule else ""
        row["lone"] = point.lower is not None and lone(series, place)
        run += point.value is None
        yield row
        if control and control.centre[place] is not None:
            lines = {"centre": control.centre[place], "lower": control.lower[place], "upper": control.upper[place]}
            stretch = int(place >= control.stretch)
            yield {"kind": "limits", "x": place_of(point.end, series.kind), "stretch": stretch, **lines}


def _figure_row(point: Point, entry: Indicator, period: Kind, kind: str, run: int) -> Row:
    hidden = point.value is None and point.status in HIDDEN
    label = figure_words(point, entry)
    if hidden and point.least is not None and point.most is not None:
        label = f"hidden: {in_range(point.least, point.most, entry.unit)}"
    return {
        "kind": kind,
        "x": place_of(point.end, period),
        "run": run,
        "value": point.value,
        "low": point.lower,
        "high": point.upper,
        "least": point.least if hidden else None,
        "most": point.most if hidden else None,
        "hidden": hidden,
        "label": label,
        "when": when(entry, period, point.end),
        "counts": _counts(point, entry),
    }


def _counts(point: Point, entry: Indicator) -> str:
    if entry.numerator is None or point.numerator is None or point.denominator is None:
        return ""
    return f"{count(point.numerator)} of {count(point.denominator)}"


def _later_rows(later: Series, entry: Indicator, control: ControlChart | None) -> Iterator[Row]:
    """What came after, and the limits carried on over it."""
    carried = carried_on(control, later, entry) if control else None
    run = 0
    for place, point in enumerate(later.points):
        yield _figure_row(point, entry, later.kind, "later", run)
        run += point.value is None
        if carried and carried.centre[place] is not None:
            lines = {"centre": carried.centre[place], "lower": carried.lower[place], "upper": carried.upper[place]}
            yield {"kind": "carried", "x": place_of(point.end, later.kind), "stretch": 2, **lines}


def _fan_rows(series: Series, fan: Fan, entry: Indicator) -> Iterator[Row]:
    """The forecast, from the last figure that was known."""
    last = next((point for point in reversed(series.points) if point.value is not None), None)
    if last is not None:
        start = dict.fromkeys(("value", *_FAN_ENDS), last.value)
        yield {
            "kind": "forecast",
            "x": place_of(last.end, series.kind),
            **start,
            "when": when(entry, series.kind, last.end),
        }
    for place, end in enumerate(fan.ends):
        likely = in_range(fan.low_80[place], fan.high_80[place], entry.unit)
        yield {
            "kind": "forecast",
            "x": place_of(end, series.kind),
            "value": fan.median[place],
            **{name: getattr(fan, name)[place] for name in _FAN_ENDS},
            "when": when(entry, series.kind, end),
            "label": f"{in_unit(fan.median[place], entry.unit)} (80% range {likely})",
        }


def _band_rows(band: Band | None, rows: Sequence[Row]) -> Iterator[Row]:
    drawn = [row["x"] for row in rows if "x" in row]
    if band is None or not drawn:
        return
    for value in (band.low, band.high):
        yield {"kind": "band", "x": min(drawn), "until": max(drawn), "value": value}
    words = f"{count(band.low)} to {count(band.high)}"
    yield {"kind": "name", "value": (band.low + band.high) / 2, "label": words, "short": ""}


def _line_names(control: ControlChart | None, entry: Indicator, rows: Sequence[Row]) -> Iterator[Row]:
    """What the lines are, where they end."""
    last = next((row for row in reversed(rows) if row["kind"] in ("limits", "carried")), None)
    if control is None or last is None:
        return
    inner = inner_limits(last["lower"], last["upper"], entry)
    assert inner is not None
    for value, figure, words in (
        (last["centre"], last["centre"], "average"),
        (last["upper"], inner[1], "upper limit"),
        (last["lower"], inner[0], "lower limit"),
    ):
        if words != "lower limit" or value > _FOOT * last["upper"]:
            said = in_unit(figure, entry.unit)
            yield {"kind": "name", "value": value, "label": f"{words} {said}", "short": said}


def _sign_names(series: Series, control: ControlChart | None, settings: TrendSettings) -> Iterator[Row]:
    """The short name of a rule beside the last point in a row that it names."""
    if control is None:
        return
    last = len(series.points) - 1
    for place, rule in enumerate(control.rules):
        value, centre = series.points[place].value, control.centre[place]
        if rule is None or value is None or centre is None:
            continue
        if place < last and control.rules[place + 1] == rule and rule != "outside":
            continue
        yield {
            "kind": "sign above" if value >= centre else "sign below",
            "x": place_of(series.points[place].end, series.kind),
            "value": value,
            "label": settings.rules.signs[rule].short,
            "newest": place == last,
        }


def _anew_rows(anew: Anew | None, series: Series, ends: Sequence[date]) -> Iterator[Row]:
    """Where average and limits begin anew; its name runs towards the middle of the picture."""
    if anew is None:
        return
    at = series.ends[anew.place]
    rightward = at - min(ends) < max(ends) - at
    place = place_of(at, series.kind)
    yield {"kind": "anew", "x": place, "label": "new limits", "when": anew.said, "rightward": rightward}


def _room(rows: Sequence[Row], from_zero: bool) -> Row:
    """An invisible point above and beyond everything: the names of events and lines stand clear of the figures."""
    columns = ("value", "high", "most", "upper", "high_95")
    drawn = [row[column] for row in rows for column in columns if row.get(column) is not None]
    floors = [row[column] for row in rows for column in ("value", "lower", "low_95") if row.get(column) is not None]
    top, floor = max(drawn, default=1.0), 0.0 if from_zero else min(floors, default=0.0)
    share = _ROOM[max((row["row"] + 1 for row in rows if row["kind"] == "event"), default=0)]
    days = [row["x"] for row in rows if "x" in row]
    named = any(row["kind"] == "name" for row in rows)
    beyond = max(days) + (max(days) - min(days)) * SIDE if named else max(days)
    return {"kind": "room", "x": beyond, "value": top + (top - floor) * share / (1 - share)}


def _in_words(series: Series, entry: Indicator) -> list[str]:
    """The last figures, for someone who cannot see the picture."""
    last = series.points[-HEARD:]
    return [f"{when(entry, series.kind, point.end)} {figure_words(point, entry)}" for point in last]
