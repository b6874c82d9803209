"""What could come: the years so far, the range of what is likely as now and with a what-if, and what happened next."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts import theme
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, LABEL_SIZE, MEDIAN, NEIGHBOUR, SCENARIO, SOLID, WIDE
from explorer.config import Indicator
from explorer.sentences.what_if import fan_title, when_words
from explorer.wording import day, half_up, in_range, in_unit

HEIGHT = 320  # pixels
ROOM = 1.6  # how far above the largest likely figure a wide band may reach before it is cut off
SIDE = 0.14  # of the years drawn: how much is left at the right for the names of the lines
CLOSE = 0.08  # of the height: a name nearer to the median than that moves to its other side
DASHED = [7, 4]
BANDS = (("low_95", "high_95", 0.13), ("low_80", "high_80", 0.16), ("low_50", "high_50", 0.24))  # over each other
_ROOMS = tuple(  # which words are shown: in full where there is room, short on a phone
    (field, alt.ExprRef(f"width {test} {WIDE} ? 1 : 0")) for field, test in (("label", ">="), ("short", "<"))
)
AXIS_TITLES = {"day": "At 31 March", "year": "Year ending 31 March"}
_STEP = 6  # months between the rows of the table


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
    drawn = paths.filter(pl.col("month") <= months, indicator=indicator).sort("month")
    past = history.filter(indicator=indicator).sort("month_end")
    now = drawn.filter(which="baseline")
    then = drawn.filter(which="scenario") if in_use else drawn.clear()
    last_now, last_then = now.row(-1, named=True), then.row(-1, named=True) if in_use else None
    heading = fan_title(last_now, last_then, entry, indicator, name, p_lower, p_higher)
    top = _top(drawn, past, median)
    return Picture(
        name=f"fan-{indicator.replace('_', '-')}",
        title=heading,
        subtitle=forecast_words(entry, as_at, last_now["month_end"]),
        source=source,
        spec=fan_spec(theme.UNIT_TITLES[entry.unit], AXIS_TITLES[entry.period]),
        data=_data(now, then, past, entry, median, median_label, as_at, top),
        table=_table(now, then, past, entry),
        alt=f"Line chart with likely ranges. {heading}. {_in_words(now, then, past, entry)}",
        key=_key(in_use, past, as_at, median, entry),
        note=_note(drawn, past, top),
    )


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
    layers = (*_bands(x, axis_title), *_rules(x, y), *_lines(x, y), *_points(x, y), *_end_labels(y), *_tips(x))
    return theme.specification(alt.layer(*layers).properties(height=HEIGHT))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _bands(x: alt.X, axis_title: str) -> Iterator[alt.Chart]:
    """Three of what is shown alone or as the what-if, one of what is the background to a what-if."""
    for kind, colour, bands in (
        ("alone", NEIGHBOUR, BANDS),
        ("alone", AUTHORITY, BANDS[:2]),  # over the grey: blue-grey
        ("baseline", NEIGHBOUR, (("low_80", "high_80", 0.25),)),
        ("scenario", SCENARIO, BANDS),
    ):
        for low, high, opacity in bands:
            y = alt.Y(f"{low}:Q", title=axis_title)
            yield _only(kind).mark_area(color=colour, opacity=opacity).encode(x=x, y=y, y2=f"{high}:Q")
    for end in ("low_80", "high_80"):  # the edges of the background are seen through the what-if's bands
        edge = _only("baseline").mark_line(color=NEIGHBOUR, strokeDash=DASHED, strokeWidth=1.2)
        yield edge.encode(x=x, y=alt.Y(f"{end}:Q", title=axis_title))


def _rules(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The group's median across the picture, and the day that the forecast was made."""
    yield _only("median").mark_rule(color=MEDIAN, strokeDash=SOLID, strokeWidth=2).encode(x=x, x2="until:Q", y=y)
    for kind, down in (("median over", -9), ("median under", 12)):
        for field, room in _ROOMS:
            label = _only(kind).mark_text(align="left", dx=4, dy=down, fontSize=LABEL_SIZE, color=INK, opacity=room)
            yield label.encode(x=alt.value(0), y=y, text=f"{field}:N")
    yield _only("as_at").mark_rule(color=INK, opacity=0.5, strokeDash=HATCH).encode(x=x)
    yield _only("room").mark_point(opacity=0).encode(x=x, y=y)


def _lines(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    for kind, colour, dash, width in (
        ("baseline", NEIGHBOUR, DASHED, 2.5),
        ("alone", NEIGHBOUR, DASHED, 2.5),
        ("scenario", SCENARIO, SOLID, 3.0),
        ("own", AUTHORITY, SOLID, 3.0),
    ):
        line = _only(kind).mark_line(
            color=colour, strokeDash=dash, strokeWidth=width, invalid="break-paths-show-domains"
        )
        yield line.encode(x=x, y=y)


def _points(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [alt.Tooltip("when:N", title="When"), alt.Tooltip("label:N", title="Figure")]
    for kind, shape, size, fill in (("own", "circle", 40, AUTHORITY), ("next", "diamond", 130, "white")):
        hidden = _only(kind).mark_rule(color=AUTHORITY, strokeWidth=11, strokeDash=HATCH, strokeCap="butt")
        yield hidden.encode(x=x, y=alt.Y("least:Q"), y2="most:Q", tooltip=tips)
        point = _only(kind).mark_point(stroke=AUTHORITY, fill=fill, shape=shape, size=size, opacity=1, strokeWidth=2.5)
        yield point.encode(x=x, y=y, tooltip=tips)


def _end_labels(y: alt.Y) -> Iterator[alt.Chart]:
    """The two lines by figure, and name where there is room, beside their ends: the higher above, the lower below."""
    for kind, down in (("end above", -8), ("end below", 10)):
        for field, room in _ROOMS:
            style: dict[str, Any] = {"fontSize": LABEL_SIZE, "fontWeight": "bold", "color": INK, "opacity": room}
            text = _only(kind).mark_text(align="right", dy=down, **style)
            yield text.encode(x=alt.value("width"), y=y, text=f"{field}:N")


def _tips(x: alt.X) -> Iterator[alt.Chart]:
    """Both figures of a month wherever the picture is touched."""
    now = [alt.Tooltip("when:N", title="When"), alt.Tooltip("now_words:N", title="As now")]
    for kind, tips in (("alone", now), ("baseline", [*now, alt.Tooltip("then_words:N", title="What if")])):
        yield _only(kind).mark_rule(opacity=0, strokeWidth=9).encode(x=x, tooltip=tips)


def _data(
    now: pl.DataFrame,
    then: pl.DataFrame,
    past: pl.DataFrame,
    entry: Indicator,
    median: float | None,
    median_label: str,
    as_at: date,
    top: float,
) -> pl.DataFrame:
    rows = [_past_row(row, entry) for row in past.iter_rows(named=True)]
    said = [_band_words(row, entry) for row in then.iter_rows(named=True)] or [""] * now.height
    kind = "alone" if then.is_empty() else "baseline"
    for row, then_words in zip(now.iter_rows(named=True), said, strict=True):
        words = {"now_words": _band_words(row, entry), "then_words": then_words}
        rows.append({**_path_row(row, kind, entry, top), **words})
    rows += [_path_row(row, "scenario", entry, top) for row in then.iter_rows(named=True)]
    first, last = min(one["x"] for one in rows), max(one["x"] for one in rows)
    rows += _ends(now, then, entry, median, top)
    rows.append({"kind": "as_at", "x": year_at(as_at)})
    rows.append({"kind": "room", "x": last + SIDE * (last - first), "value": top})
    if median is not None:
        begins = next((value for value in past["value"] if value is not None), median)
        figure = in_unit(median, entry.unit)
        place = {"kind": "median under" if begins > median else "median over", "value": median}
        rows.append({"kind": "median", "x": first, "until": last, "value": median})
        rows.append({**place, "label": f"{median_label}, {figure}", "short": f"Median {figure}"})
    return pl.DataFrame(rows, schema=_SCHEMA)


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


def _ends(
    now: pl.DataFrame, then: pl.DataFrame, entry: Indicator, median: float | None, top: float
) -> list[dict[str, Any]]:
    """The names at the line ends: the higher above its line, the lower below, and neither on the median."""
    named = [
        (end.row(-1, named=True)["mean"], words) for end, words in ((then, "What if"), (now, "As now")) if end.height
    ]
    rows = []
    for (value, words), kind in zip(sorted(named, reverse=True), ("end above", "end below"), strict=False):
        gap = 0.0 if median is None else (median - value) * (1 if kind == "end above" else -1)
        place = median if 0 < gap < CLOSE * top else value
        figure = in_unit(value, entry.unit)
        rows.append({"kind": kind, "value": place, "label": f"{words} {figure}", "short": figure})
    return rows


def _band_words(row: Mapping[str, Any], entry: Indicator) -> str:
    return f"{in_unit(row['mean'], entry.unit)} (80% range {in_range(row['p10'], row['p90'], entry.unit)})"


_TEXTS = ("when", "label", "short", "now_words", "then_words")
_NUMBERS = ("x", "until", "value", *(end for low, high, _ in BANDS for end in (low, high)), "least", "most")
_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    **dict.fromkeys(_NUMBERS, pl.Float64),
    **dict.fromkeys(_TEXTS, pl.String),
}


def _top(drawn: pl.DataFrame, past: pl.DataFrame, median: float | None) -> float:
    """How high the picture reaches: the widest band, unless that would press everything else to the floor."""
    known = [*drawn["p90"], *drawn["mean"], *past["value"], *past["most"], median]
    peak: float = max((one for one in known if one is not None), default=0.0)
    return min(ROOM * peak, max([peak, *drawn["p97_5"]])) or 1.0


def _table(now: pl.DataFrame, then: pl.DataFrame, past: pl.DataFrame, entry: Indicator) -> pl.DataFrame:
    """Published figures, and every sixth month of the forecast with its range."""
    places = 0 if entry.unit == "count" else 1
    kept = now["month"].max()
    found: dict[date, dict[str, float | None]] = {}
    for row in past.iter_rows(named=True):
        hidden = row["value"] is None
        found[row["month_end"]] = {
            "Published": row["value"],
            "If hidden, least": row["least"] if hidden else None,
            "If hidden, most": row["most"] if hidden else None,
        }
    for words, rows in (("As now", now), ("What if", then)):
        for row in rows.filter((pl.col("month") % _STEP == 0) | (pl.col("month") == kept)).iter_rows(named=True):
            ends = {f"{words}, 80% range, low": row["p10"], f"{words}, 80% range, high": row["p90"]}
            found.setdefault(row["month_end"], {}).update({words: row["mean"], **ends})
    headings = ["Published", "If hidden, least", "If hidden, most"]
    for words in ("As now",) if then.is_empty() else ("As now", "What if"):
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


def _in_words(now: pl.DataFrame, then: pl.DataFrame, past: pl.DataFrame, entry: Indicator) -> str:
    """The forecast year by year and what happened next, for someone who cannot see the picture."""
    parts = []
    for words, rows in (("As now", now), ("What if", then)):
        years = rows.filter(pl.col("month") % 12 == 0).iter_rows(named=True)
        said = "; ".join(f"{row['month_end']:%B %Y}, {_band_words(row, entry)}" for row in years)
        parts += [f"{words}: {said}."] if said else []
    after = past.filter(pl.col("after")).iter_rows(named=True)
    figures = "; ".join(f"{row['month_end']:%B %Y}, {_past_row(row, entry)['label']}" for row in after)
    return " ".join([*parts, f"What happened next: {figures}."] if figures else parts)


def _key(in_use: bool, past: pl.DataFrame, as_at: date, median: float | None, entry: Indicator) -> str:
    bands = "From dark to light, 50, 80 and 95 of 100 possible futures lie within its bands."
    parts = ["Blue line with circles: published figures."] if not past.filter(~pl.col("after")).is_empty() else []
    parts.append(f"Upright dotted line: {day(as_at)}, where the forecast starts.")
    if in_use:
        parts.append("Dashed grey line: as now, with the band that holds 80 of 100 possible futures.")
        parts.append(f"Solid orange line: what if. {bands}")
    else:
        parts.append(f"Dashed grey line: as now. {bands}")
    if past["after"].any():
        parts.append("Hollow diamonds: what happened next.")
    if median is not None:
        parts.append(f"Level grey line: the median, {in_unit(median, entry.unit)}.")
    return " ".join(parts)


def _note(drawn: pl.DataFrame, past: pl.DataFrame, top: float) -> str:
    hidden = past.filter(pl.col("value").is_null())
    parts = ["A hatched bar is the range of a hidden figure."] if hidden["least"].is_not_null().any() else []
    gone = [f"{end:%B %Y}" for end in hidden.filter(pl.col("least").is_null())["month_end"]]
    if gone:
        parts.append(f"No figure is published for {', '.join(gone)}.")
    if (drawn["p97_5"] > top).any():
        parts.append("The lightest band goes on above the top of the picture.")
    return " ".join(parts)
