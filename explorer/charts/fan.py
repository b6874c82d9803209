"""What could come: the years so far, the range of what is likely as now and with a what-if, and what happened next."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

import altair as alt
import polars as pl

from explorer.charts import theme
from explorer.charts.names import stacked
from explorer.charts.picture import Picture
from explorer.charts.theme import AS_NOW, AUTHORITY, HATCH, INK, LABEL_SIZE, MEDIAN, NEIGHBOUR, SCENARIO, SOLID
from explorer.config import Indicator
from explorer.sentences.what_if import fan_title, when_words
from explorer.wording import day, half_up, in_range, in_unit

HEIGHT = 320  # pixels
ROOM = 1.6  # how far above the largest likely figure a wide band may reach before it is cut off
SIDE = 0.28  # of the years drawn: how much is left at the right for the names of the lines
NAMED_FROM = 440  # pixels of drawing; narrower, there is room for the figures alone
_LINE = 18  # pixels between two names
_DIAMOND = 14  # pixels from a line's end to its name, clear of the diamond of what happened next
DASHED = [7, 4]
AXIS_TITLES = {"day": "At 31 March", "year": "Year ending 31 March"}
_STEP = 6  # months between the rows of the table
Rows = list[dict[str, Any]]  # of PATHS or of the published years, in the order of time


def fan(
    paths: pl.DataFrame,
    history: pl.DataFrame,
    entry: Indicator,
    indicator: str,
    name: str,
    median: float | None,
    median_label: str,
    as_at: date,
    months: int,
    source: str,
    in_use: bool,
    p_lower: float | None = None,
    p_higher: float | None = None,
) -> Picture:
    """The picture of one indicator from its published years into the months to come.

    Args:
        paths: PATHS with ``which`` "baseline" and, where anything is in use, "scenario".
        history: HISTORY; ``after`` marks what happened after ``as_at``.
        entry: The indicator's.
        name: The authority.
        median: The median of its group, in the indicator's unit.
        median_label: What that is called: "Neighbours' median".
        as_at: The date that the forecast starts from.
        months: How far ahead is drawn.
        in_use: Whether the what-if changes anything.
        p_lower, p_higher: The chances that the what-if is lower or higher than as now at the last month, for the title.
    """
    # as rows: the table is small, and in plain Python a slider's movement is answered sooner
    drawn = [row for row in paths.to_dicts() if row["indicator"] == indicator and row["month"] <= months]
    drawn.sort(key=itemgetter("month"))
    past = sorted((row for row in history.to_dicts() if row["indicator"] == indicator), key=itemgetter("month_end"))
    now = [row for row in drawn if row["which"] == "baseline"]
    then = [row for row in drawn if row["which"] == "scenario"] if in_use else []
    last_now, last_then = now[-1], then[-1] if in_use else None
    heading = fan_title(last_now, last_then, entry, indicator, name, p_lower, p_higher)
    top = _top(drawn, past, median)
    return Picture(
        name=f"fan-{indicator.replace('_', '-')}",
        title=heading,
        subtitle=forecast_words(entry, as_at, last_now["month_end"]),
        source=source,
        spec=fan_spec(theme.UNIT_TITLES[entry.unit], AXIS_TITLES[entry.period]),
        data=_data(now, then, past, entry, median, as_at, top),
        table=_table(now, then, past, entry),
        key=_key(in_use, past, as_at, median, median_label, entry),
        note=_note(drawn, past, top),
    ).told("Line chart with likely ranges", _in_words(now, then, past, entry))


def year_at(end: date) -> float:
    """Where a month end stands on an axis of reporting years: 31 March 2018 at 2018, 30 September 2018 at 2018.5."""
    return end.year + (end.month - 3) / 12


def years_axis(title: str) -> alt.X:
    """The axis of reporting years of a forecast; see ``year_at``."""
    return alt.X(
        "x:Q",
        title=title,
        axis=alt.Axis(format="d", grid=False, tickMinStep=1, labelOverlap=True, labelSeparation=8),
        scale=alt.Scale(zero=False, nice=False, padding=10),
    )


def forecast_words(entry: Indicator, as_at: date, end: date) -> str:
    """Measure, unit, how it is counted and the days of a forecast."""
    measured = "twelve months to the end of each month" if entry.period == "year" else "at the end of each month"
    return f"{entry.label}, {theme.UNIT_TITLES[entry.unit]}, {measured}. Forecast from {day(as_at)} to {day(end)}"


@lru_cache(maxsize=16)
def fan_spec(axis_title: str, x_title: str) -> dict[str, Any]:
    """The drawing rules of the fan."""
    x = years_axis(x_title)
    y = alt.Y(
        "value:Q",
        title=axis_title,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False),
    )
    layers = (*_bands(x, axis_title), *_rules(x, y), *_lines(x, y), *_points(x, y), *_names(x), *_tips(x))
    return theme.specification(alt.layer(*layers).properties(height=HEIGHT))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _bands(x: alt.X, axis_title: str) -> Iterator[alt.Chart]:
    """Three of what is shown alone or as the what-if, one of what is the background to a what-if.

    The dashed edge of the background is seen through the what-if's bands.
    """
    background = (("low_80", "high_80", 0.05, True),)
    for kind, colour, dash, bands in (
        ("alone", AS_NOW, SOLID, theme.FAN),
        ("baseline", NEIGHBOUR, DASHED, background),
        ("scenario", SCENARIO, SOLID, theme.FAN),
    ):
        for low, high, opacity, edged in bands:
            y = alt.Y(f"{low}:Q", title=axis_title)
            look = theme.band_look(colour, opacity, edged=edged)
            yield _only(kind).mark_area(**look, strokeDash=dash).encode(x=x, y=y, y2=f"{high}:Q")


def _rules(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The group's median across the picture, and the day that the forecast was made."""
    yield _only("median").mark_rule(color=MEDIAN, strokeDash=SOLID, strokeWidth=2).encode(x=x, x2="until:Q", y=y)
    yield _only("as_at").mark_rule(color=INK, opacity=0.5, strokeDash=HATCH).encode(x=x)
    yield _only("room").mark_point(opacity=0).encode(x=x, y=y)


def _lines(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    now = alt.Chart().transform_filter("datum.kind === 'baseline' || datum.kind === 'alone'")
    for rows, colour, dash, width in (
        (now, NEIGHBOUR, DASHED, 2.5),
        (_only("scenario"), SCENARIO, SOLID, 4.0),
        (_only("own"), AUTHORITY, SOLID, 3.0),
    ):
        line = rows.mark_line(color=colour, strokeDash=dash, strokeWidth=width, invalid="break-paths-show-domains")
        yield line.encode(x=x, y=y)


def _points(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """Published years, full before the day and hollow after it; the range of a hidden one."""
    tips = [alt.Tooltip("when:N", title="When"), alt.Tooltip("label:N", title="Figure")]
    hidden = alt.Chart().transform_filter("isValid(datum.least)")
    bar = hidden.mark_rule(color=AUTHORITY, strokeWidth=11, strokeDash=HATCH, strokeCap="butt")
    yield bar.encode(x=x, y=alt.Y("least:Q"), y2="most:Q", tooltip=tips)
    for kind, shape, size, fill in (("own", "circle", 40, AUTHORITY), ("next", "diamond", 130, "transparent")):
        point = _only(kind).mark_point(stroke=AUTHORITY, fill=fill, shape=shape, size=size, opacity=1, strokeWidth=2.5)
        yield point.encode(x=x, y=y, tooltip=tips)


def _names(x: alt.X) -> Iterator[alt.Chart]:
    """The lines by figure, and name where there is room, to the right of all that is drawn."""
    named = _only("name").transform_calculate(said=f"width >= {NAMED_FROM} ? datum.label : datum.short")
    text = named.mark_text(align="left", dx=_DIAMOND, fontSize=LABEL_SIZE, fontWeight="bold", color=INK)
    yield text.encode(x=x, y=alt.Y("value:Q"), text="said:N")


def _tips(x: alt.X) -> Iterator[alt.Chart]:
    """Both figures of a month wherever the picture is touched."""
    now = "'When': datum.when, 'As now': datum.now_words"
    said = f"datum.then_words ? {{{now}, 'What if': datum.then_words}} : {{{now}}}"
    months = alt.Chart().transform_filter("isValid(datum.now_words)")
    yield months.mark_rule(opacity=0, strokeWidth=9, tooltip=alt.ExprRef(said)).encode(x=x)


def _data(
    now: Rows, then: Rows, past: Rows, entry: Indicator, median: float | None, as_at: date, top: float
) -> pl.DataFrame:
    rows = [_past_row(row, entry) for row in past]
    said = [_band_words(row, entry) for row in then] or [""] * len(now)
    kind = "baseline" if then else "alone"
    for row, then_words in zip(now, said, strict=True):
        words = {"now_words": _band_words(row, entry), "then_words": then_words}
        rows.append({**_path_row(row, kind, entry, top), **words})
    rows += [_path_row(row, "scenario", entry, top) for row in then]
    first, last = min(one["x"] for one in rows), max(one["x"] for one in rows)
    rows += _name_rows(now, then, entry, median, last, top)
    rows.append({"kind": "as_at", "x": year_at(as_at)})
    rows.append({"kind": "room", "x": last + SIDE * (last - first), "value": top})
    if median is not None:
        rows.append({"kind": "median", "x": first, "until": last, "value": median})
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in _SCHEMA}, schema=_SCHEMA)


def _past_row(row: Mapping[str, Any], entry: Indicator) -> dict[str, Any]:
    hidden = row["value"] is None
    least, most = (row["least"], row["most"]) if hidden else (None, None)
    label = "no figure" if least is None or most is None else f"hidden: {in_range(least, most, entry.unit)}"
    return {
        "kind": "next" if row["after"] else "own",
        "x": year_at(row["month_end"]),
        "value": row["value"],
        "least": least,
        "most": most,
        "when": when_words(entry, row["month_end"]),
        "label": label if hidden else in_unit(row["value"], entry.unit),
    }


def _path_row(row: Mapping[str, Any], kind: str, entry: Indicator, top: float) -> dict[str, Any]:
    ends = (("low_95", "p2_5"), ("low_80", "p10"), ("low_50", "p25"), ("high_50", "p75"), ("high_80", "p90"))
    return {
        "kind": kind,
        "x": year_at(row["month_end"]),
        "value": row["mean"],
        "when": when_words(entry, row["month_end"]),
        **{end: row[column] for end, column in ends},
        "high_95": min(row["p97_5"], top),
    }


def _name_rows(
    now: Rows, then: Rows, entry: Indicator, median: float | None, last: float, top: float
) -> list[dict[str, Any]]:
    """The names beside the ends of the lines, none over another."""
    ends = [(words, rows[-1]["mean"]) for words, rows in (("What if", then), ("As now", now)) if rows]
    ends += [] if median is None else [("Median", median)]
    places = stacked([value for _, value in ends], 0.0, top, _LINE / HEIGHT)
    rows = []
    for (words, value), place in zip(ends, places, strict=True):
        figure = in_unit(value, entry.unit)
        rows.append({"kind": "name", "x": last, "value": place, "label": f"{words} {figure}", "short": figure})
    return rows


def _band_words(row: Mapping[str, Any], entry: Indicator) -> str:
    return f"{in_unit(row['mean'], entry.unit)} (80% range {in_range(row['p10'], row['p90'], entry.unit)})"


_TEXTS = ("when", "label", "short", "now_words", "then_words")
_NUMBERS = ("x", "until", "value", *(end for low, high, _, _ in theme.FAN for end in (low, high)), "least", "most")
_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    **dict.fromkeys(_NUMBERS, pl.Float64),
    **dict.fromkeys(_TEXTS, pl.String),
}


def _top(drawn: Rows, past: Rows, median: float | None) -> float:
    """How high the picture reaches: the widest band, unless that would press everything else to the floor."""
    known = [
        row[column]
        for rows, columns in ((drawn, ("p90", "mean")), (past, ("value", "most")))
        for row in rows
        for column in columns
    ]
    known.append(median)
    peak: float = max((one for one in known if one is not None), default=0.0)
    return min(ROOM * peak, max([peak, *(row["p97_5"] for row in drawn if row["p97_5"] is not None)])) or 1.0


def _table(now: Rows, then: Rows, past: Rows, entry: Indicator) -> pl.DataFrame:
    """Published figures, and every sixth month of the forecast with its range."""
    places = 0 if entry.unit == "count" else 1
    kept = now[-1]["month"]
    found: dict[date, dict[str, float | None]] = {}
    for row in past:
        hidden = row["value"] is None
        found[row["month_end"]] = {
            "Published": row["value"],
            "If hidden, least": row["least"] if hidden else None,
            "If hidden, most": row["most"] if hidden else None,
        }
    for words, rows in (("As now", now), ("What if", then)):
        for row in (row for row in rows if row["month"] % _STEP == 0 or row["month"] == kept):
            ends = {f"{words}, 80% range, low": row["p10"], f"{words}, 80% range, high": row["p90"]}
            found.setdefault(row["month_end"], {}).update({words: row["mean"], **ends})
    headings = ["Published", "If hidden, least", "If hidden, most"]
    for words in ("As now", "What if") if then else ("As now",):
        headings += [words, f"{words}, 80% range, low", f"{words}, 80% range, high"]
    first = "At the end of" if entry.period == "day" else "Twelve months to"
    return pl.DataFrame(
        [
            {first: f"{end:%B %Y}", **{heading: _rounded(row.get(heading), places) for heading in headings}}
            for end, row in sorted(found.items())
        ],
        schema={first: pl.String, **dict.fromkeys(headings, pl.Float64)},
    )


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else float(half_up(value, places))


def _in_words(now: Rows, then: Rows, past: Rows, entry: Indicator) -> str:
    """The forecast year by year and what happened next, for someone who cannot see the picture."""
    parts = []
    for words, rows in (("As now", now), ("What if", then)):
        # beside a what-if the last year alone: there has to be time for what happened next
        years = (row for row in rows if (row is rows[-1] if then else row["month"] % 12 == 0))
        said = "; ".join(f"{row['month_end']:%B %Y}, {_band_words(row, entry)}" for row in years)
        parts += [f"{words}: {said}."] if said else []
    after = (row for row in past if row["after"])
    figures = "; ".join(f"{row['month_end']:%B %Y}, {_past_row(row, entry)['label']}" for row in after)
    return " ".join([*parts, f"What happened next: {figures}."] if figures else parts)


def _key(in_use: bool, past: Rows, as_at: date, median: float | None, label: str, entry: Indicator) -> str:
    bands = "From the inside out, 50, 80 and 95 of 100 possible futures lie within its bands."
    parts = ["Blue line with circles: published figures."] if not all(row["after"] for row in past) else []
    parts.append(f"Upright dotted line: {day(as_at)}, where the forecast starts.")
    if in_use:
        parts.append("Dashed grey line: as now, with the band that holds 80 of 100 possible futures.")
        parts.append(f"Solid orange line: what if. {bands}")
    else:
        parts.append(f"Dashed grey line: as now. {bands}")
    if any(row["after"] for row in past):
        parts.append("Hollow diamonds: what happened next.")
    if median is not None:
        parts.append(f"Level grey line: {label[:1].lower()}{label[1:]}, {in_unit(median, entry.unit)}.")
    return " ".join(parts)


def _note(drawn: Rows, past: Rows, top: float) -> str:
    hidden = [row for row in past if row["value"] is None]
    parts = (
        ["A hatched bar is the range of a hidden figure."] if any(row["least"] is not None for row in hidden) else []
    )
    gone = [f"{row['month_end']:%B %Y}" for row in hidden if row["least"] is None]
    if gone:
        parts.append(f"No figure is published for {', '.join(gone)}.")
    if any(row["p97_5"] is not None and row["p97_5"] > top for row in drawn):
        parts.append("The outer band goes on above the top of the picture.")
    return " ".join(parts)
