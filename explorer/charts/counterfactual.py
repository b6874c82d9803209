"""A share as it was beside what the course before would have led to: two lines that part at the start."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import (
    AUTHORITY,
    BAND_OPACITY,
    HATCH,
    INK,
    LABEL_SIZE,
    NEIGHBOUR,
    SOLID,
    WIDE,
    band_look,
    specification,
)
from explorer.evaluation.interrupted import Interrupted, Period
from explorer.evaluation.path import month_after
from explorer.sentences.interrupted import Nouns, effect_sentence, interrupted_title, period_words
from explorer.wording import count, day, half_up, in_range, percent

HEIGHT = 340  # pixels
MARK = 14  # pixels: how tall the mark of a hidden figure is
DASHED = [7, 4]
SIDE = 0.21  # of the time drawn: how much is left at the right for the names of the lines
APART = 0.07  # of the height: names of lines nearer than that move away from each other
HEAD = 0.14  # of the height: room above the figures for the name of the start
_TOP = 100.0
_BY = {1: "by month", 3: "by quarter (the first is April to June)"}


def counterfactual(found: Interrupted, nouns: Nouns, name: str, source: str) -> Picture:
    """The picture of one result.

    Args:
        found: what the interrupted time series says.
        nouns: what is counted.
        name: what the authority is called.
        source: where the figures come from: 'Invented plan records for Trafford'.
    """
    heading = interrupted_title(found, nouns, name)
    ends = [period.end for period in found.course]
    share = nouns.part[:1].upper() + nouns.part[1:]
    return Picture(
        name="counterfactual",
        title=heading,
        subtitle=f"{share}, percent of {nouns.whole}, {_BY[found.months]}, {day(ends[0])} to {day(ends[-1])}",
        source=f"Source: {source}",
        spec=counterfactual_spec(),
        data=pl.DataFrame(_rows(found), schema=_SCHEMA),
        table=_table(found, nouns),
        key=_key(found),
        note=_note(found),
    ).told("Line chart", effect_sentence(found, nouns))


@lru_cache(maxsize=1)
def counterfactual_spec() -> dict[str, Any]:
    """The drawing rules."""
    axis = alt.Axis(grid=False, labelOverlap=True, labelSeparation=8, format="%Y", tickCount="year")
    x = alt.X("x:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    y = alt.Y(
        "value:Q",
        title="percent",
        scale=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(
            tickCount=5,
            grid=True,
            gridOpacity=0.4,
            domain=False,
            ticks=False,
            labelExpr="datum.value > 100 ? '' : datum.label",
        ),
    )
    layers = (*_spans(x), *_lines(x, y), *_figures(x, y), *_start(x), *_names(x, y))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _spans(x: alt.X) -> Iterator[alt.Chart]:
    """Days left out or with a level of their own: a grey span with its name at the foot."""
    span = _only("span")
    yield span.mark_rect(**band_look(NEIGHBOUR, BAND_OPACITY / 2)).encode(
        x=x, x2="until:T", y=alt.value(0), y2=alt.value("height"), tooltip=[alt.Tooltip("label:N", title="Marked")]
    )
    words = span.mark_text(align="left", dx=3, fontSize=12, color=INK)
    yield words.encode(x=x, y=alt.value(alt.ExprRef("height - 22")), text="short:N")


def _lines(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """What was fitted, and from the start what would have been with the range of that."""
    likely = _only("without").mark_area(**band_look(NEIGHBOUR))
    yield likely.encode(x=x, y=alt.Y("low:Q", title="percent"), y2="high:Q")
    for kind, colour, dash in (("without", NEIGHBOUR, DASHED), ("fitted", AUTHORITY, SOLID)):
        yield _only(kind).mark_line(color=colour, strokeDash=dash, strokeWidth=2.6).encode(x=x, y=y)


def _figures(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [
        alt.Tooltip("when:N", title="Period"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
        alt.Tooltip("fitted_words:N", title="Smoothed"),
        alt.Tooltip("without_words:N", title="Course before"),
    ]
    known = _only("own").transform_filter("isValid(datum.value)")
    for wanted, fill in (("datum.used", AUTHORITY), ("!datum.used", "transparent")):
        yield (
            known.transform_filter(wanted)
            .mark_point(stroke=AUTHORITY, fill=fill, shape="circle", size=26, opacity=1, strokeWidth=1.2)
            .encode(x=x, y=y, tooltip=tips)
        )
    yield (
        _only("own")
        .transform_filter("datum.hidden")
        .mark_rule(color=INK, opacity=0.6, strokeDash=HATCH, strokeWidth=4)
        .encode(x=x, y=alt.value(alt.ExprRef(f"height - {MARK}")), y2=alt.value("height"), tooltip=tips)
    )


def _start(x: alt.X) -> Iterator[alt.Chart]:
    begun = _only("start")
    yield begun.mark_rule(color=INK, opacity=0.75, strokeWidth=1.6).encode(x=x)
    for align, away, side in (("left", 5, "true"), ("right", -5, "false")):
        named = begun.transform_filter(f"datum.rightward === {side}")
        said = named.mark_text(align=align, dx=away, fontSize=12, fontWeight="bold", color=INK)  # type: ignore[arg-type]
        yield said.encode(x=x, y=alt.value(8), text="label:N")


def _names(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The names of the two lines beside their ends, in full where there is room."""
    named = _only("name").transform_calculate(said=f"width >= {WIDE} ? datum.label : datum.short")
    text = named.mark_text(align="right", fontSize=LABEL_SIZE - 1, fontWeight="bold", color=INK)
    yield text.encode(x=alt.value("width"), y=y, text="said:N")
    yield _only("room").mark_point(opacity=0).encode(x=x, y=y)


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("x", "until"), pl.Date),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("kind", "label", "short", "when", "counts", "fitted_words", "without_words"), pl.String),
    **dict.fromkeys(("used", "hidden", "rightward"), pl.Boolean),
}
Row = dict[str, Any]


def _rows(found: Interrupted) -> list[Row]:
    course, start = found.course, found.path.start
    ends = [period.end for period in course]
    rows: list[Row] = [
        {
            "kind": "own",
            "x": period.end,
            "value": period.share,
            "used": period.used,
            "hidden": _hidden(period),
            "when": _when(period, found.months),
            "label": _figure(period),
            "counts": _counts(period),
            "fitted_words": percent(period.fitted),
            "without_words": _without(period) if period.end >= start else "",
        }
        for period in course
    ]
    rows += [{"kind": "fitted", "x": period.end, "value": period.fitted} for period in course]
    rows += [
        {
            "kind": "without",
            "x": period.end,
            "value": period.without,
            "low": period.without_lower,
            "high": period.without_upper,
        }
        for period in _parted(found)
    ]
    rows += _marks(found, ends)
    tops = [row[column] for row in rows for column in ("value", "high") if row.get(column) is not None]
    top = max(tops, default=1.0)
    rows += _line_names(course[-1], top)
    beyond = max(ends) + (max(ends) - min(ends)) * SIDE
    rows.append({"kind": "room", "x": beyond, "value": min(top / (1 - HEAD), _TOP / (1 - HEAD))})
    return rows


def _parted(found: Interrupted) -> list[Period]:
    """The periods from the last one before the start: there the two lines are one."""
    before = [period for period in found.course if period.end < found.path.start]
    return [*before[-1:], *(period for period in found.course if period.end >= found.path.start)]


def _marks(found: Interrupted, ends: list[date]) -> Iterator[Row]:
    """The start, and the days that are left out or have a level of their own."""
    start = found.path.start
    middle = min(ends) + (max(ends) - min(ends)) / 2
    yield {"kind": "start", "x": start, "label": f"start, {start:%B %Y}", "rightward": start < middle}
    plan, last = found.plan, max(ends)
    spans = [(window, "left out") for window in plan.left_out]
    if plan.wash_out:
        spans.append(((start, month_after(start, plan.wash_out)), "left out"))
    if plan.pandemic and any(term.name == "pandemic" for term in found.terms):
        spans.append((plan.pandemic, "pandemic"))
    for (first, until), words in spans:
        said = f"{words}, {day(first)} to {day(until)}"
        yield {"kind": "span", "x": max(first, min(ends)), "until": min(until, last), "label": said, "short": words}


def _line_names(last: Period, top: float) -> Iterator[Row]:
    """Beside the ends of the two lines, moved apart where they are near each other."""
    ends = {"smoothed": last.fitted, "course before": last.without}
    higher = max(ends, key=lambda name: ends[name])
    gap = max(APART * top - abs(last.fitted - last.without), 0) / 2
    for name, value in ends.items():
        figure = percent(value)
        place = value + gap if name == higher else value - gap
        yield {"kind": "name", "value": max(place, 0.0), "label": f"{name} {figure}", "short": figure}


def _hidden(period: Period) -> bool:
    return period.part is None or period.whole is None


def _figure(period: Period) -> str:
    if period.share is not None:
        return percent(period.share)
    return "hidden" if _hidden(period) else "out of none"


def _counts(period: Period) -> str:
    if period.part is None or not period.whole:
        return ""
    return f"{count(period.part)} of {count(period.whole)}"


def _when(period: Period, months: int) -> str:
    return period_words(period, months).removeprefix("in ").removeprefix("the ")


def _without(period: Period) -> str:
    return f"{percent(period.without)} ({in_range(period.without_lower, period.without_upper, 'percent')})"


def _table(found: Interrupted, nouns: Nouns) -> pl.DataFrame:
    """The figures for reading and for the file, newest first."""
    rows = [
        {
            "Period": _when(period, found.months),
            "Figure, percent": _rounded(period.share),
            nouns.part[:1].upper() + nouns.part[1:]: period.part,
            nouns.whole[:1].upper() + nouns.whole[1:]: period.whole,
            "Smoothed, percent": _rounded(period.fitted),
            "Course before would have led to, percent": _rounded(period.without),
            "Likely range, low": _rounded(period.without_lower) if period.end >= found.path.start else None,
            "Likely range, high": _rounded(period.without_upper) if period.end >= found.path.start else None,
            "Share of the effect expected, percent": _rounded(100 * period.exposure),
            "Used": "yes" if period.used else "hidden" if _hidden(period) else "left out",
        }
        for period in reversed(found.course)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(half_up(value))


def _key(found: Interrupted) -> str:
    parts = [
        "Points: the figures. Blue line: the same, smoothed by the fit. Dashed grey line: where the course before was "
        "leading, with the band that holds it in 95 of 100."
    ]
    if any(not period.used and not _hidden(period) for period in found.course):
        parts.append("Hollow points are left out.")
    if any(_hidden(period) for period in found.course):
        parts.append("Hatched marks are hidden figures.")
    spans = [row["label"] for row in _marks(found, [period.end for period in found.course]) if row["kind"] == "span"]
    if spans:
        parts.append(f"Grey span: {'; '.join(spans)}.")
    if any(term.name == "pandemic" for term in found.terms):
        parts.append("The pandemic has a level of its own.")
    return " ".join(parts)


def _note(found: Interrupted) -> str:
    if not any(_hidden(period) for period in found.course):
        return ""
    return "Hidden figures are left out of the fit."
