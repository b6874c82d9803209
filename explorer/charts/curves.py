"""How many children were on a plan again, by months since they left: a curve for before a start, one for after it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, INK, LABEL_SIZE, NEIGHBOUR, SOLID, WIDE, band_look, specification
from explorer.evaluation.cohorts import Cohort, Curve, Curves
from explorer.sentences.cohorts import curve_share, curves_sentence, curves_title
from explorer.wording import count, day, in_range, percent

HEIGHT = 340  # pixels
_DASHED = [7, 4]
_BEYOND = 0.06  # of the months: how far a curve goes on after its last mark
_SIDE = 0.5  # of the months: how much is left at the right for that and the names of the curves
_APART = 0.09  # of the height: names nearer than that move away from each other
_TITLES = {
    "leaving": ("Children on a plan again, percent of those who left", "months after leaving a plan"),
    "starting": ("Children still on the plan, percent of those who began one", "months after the start of the plan"),
}


def curves(found: Curves, name: str, source: str) -> Picture | None:
    """The picture of both curves; None where there are none.

    Args:
        found: The curves.
        name: What the authority is called.
        source: Where the figures come from: "Source: ...".
    """
    if found.before is None or found.after is None:
        return None
    measure, months = _TITLES[found.cohort]
    heading = curves_title(found, name)
    sides = (("before", found.before), ("after", found.after))
    return Picture(
        name=f"curves-{found.cohort}",
        title=heading,
        subtitle=f"{measure}, by {months}, before and after the start on {day(found.start)}",
        source=source,
        spec=curves_spec(months, found.before.months),
        data=pl.DataFrame([*_rows(sides, found.cohort)], schema=_SCHEMA),
        table=_table(sides, found.cohort),
        key="Dashed grey line with squares: before the start. Blue line with dots: after it. Bands: likely ranges. "
        "What happened between two marks is counted at the later one.",
    ).told("Two step lines", curves_sentence(found))


@lru_cache(maxsize=8)
def curves_spec(months: str, steps: tuple[int, ...]) -> dict[str, Any]:
    """The drawing rules.

    Args:
        months: What is counted from left to right.
        steps: The months that are named there.
    """
    axis = alt.Axis(grid=False, values=[0, *steps], format="d")
    x = alt.X("x:Q", title=months, scale=alt.Scale(nice=False), axis=axis)
    y = alt.Y(
        "value:Q",
        title="percent",
        scale=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(tickCount=5, gridOpacity=0.4, domain=False, ticks=False),
    )
    return specification(alt.layer(*_layers(x, y)).properties(height=HEIGHT))


def _layers(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [
        alt.Tooltip("when:N", title="Curve"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
    ]
    looks = (("before", NEIGHBOUR, _DASHED, "square"), ("after", AUTHORITY, SOLID, "circle"))
    for kind, colour, _, _ in looks:
        area = _only(kind).mark_area(**band_look(colour), interpolate="step-after")
        yield area.encode(x=x, y=alt.Y("low:Q", title="percent"), y2="high:Q")
    for kind, colour, dash, shape in looks:
        line = _only(kind).mark_line(color=colour, strokeDash=dash, strokeWidth=2.4, interpolate="step-after")
        yield line.encode(x=x, y=y)
        marks = _only(kind).transform_filter("datum.marked").mark_point(color=colour, filled=True, opacity=1, size=60)
        yield marks.encode(x=x, y=y, shape=alt.value(shape), tooltip=tips)
    named = _only("name").transform_calculate(said=f"width >= {WIDE} ? datum.label : datum.short")
    style: dict[str, Any] = {"align": "left", "dx": 5, "fontSize": LABEL_SIZE - 1, "fontWeight": "bold", "color": INK}
    yield named.mark_text(**style).encode(x=x, y=y, text="said:N")
    yield _only("room").mark_point(opacity=0).encode(x=x, y=y)


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("x", "value", "low", "high"), pl.Float64),
    **dict.fromkeys(("kind", "label", "short", "when", "counts"), pl.String),
    "marked": pl.Boolean,
}
Row = dict[str, Any]
Sides = tuple[tuple[str, Curve], tuple[str, Curve]]


def _rows(sides: Sides, cohort: Cohort) -> Iterator[Row]:
    tops = [0.0]
    for kind, curve in sides:
        none = 0.0 if cohort == "leaving" else 100.0
        yield {"kind": kind, "x": 0.0, "value": none, "low": none, "high": none, "marked": False}
        for step, months in enumerate(curve.months):
            low, high = _range(curve, cohort, step)
            tops.append(high)
            yield {
                "kind": kind,
                "x": float(months),
                "value": curve_share(curve, cohort, step),
                "low": low,
                "high": high,
                "marked": True,
                "when": f"{kind} the start, {months} months",
                "label": f"{percent(curve_share(curve, cohort, step))} ({in_range(low, high, 'percent')})",
                "counts": _counts(curve, cohort, step),
            }
        last = {"x": curve.months[-1] * (1 + _BEYOND), "value": curve_share(curve, cohort), "marked": False}
        yield {"kind": kind, **last, **dict(zip(("low", "high"), _range(curve, cohort, -1), strict=True))}
    yield from _names(sides, cohort, max(tops) if cohort == "leaving" else 100.0)


def _names(sides: Sides, cohort: Cohort, top: float) -> Iterator[Row]:
    """The name of each curve at its end, moved apart where the two are near each other."""
    at = {kind: curve_share(curve, cohort) for kind, curve in sides}
    higher, lower = sorted(at, key=lambda kind: -at[kind])
    near = max(0.0, _APART * top - (at[higher] - at[lower])) / 2
    places = {higher: at[higher] + near, lower: at[lower] - near}
    last = sides[0][1].months[-1]
    end = last * (1 + _BEYOND)
    for kind, curve in sides:
        said = percent(curve_share(curve, cohort))
        label, short = f"{kind} the start: {said}", f"{kind} {said}"
        yield {"kind": "name", "x": end, "value": places[kind], "label": label, "short": short}
    yield {"kind": "room", "x": last * (1 + _SIDE), "value": top}


def _range(curve: Curve, cohort: Cohort, step: int) -> tuple[float, float]:
    ends = 100 * float(curve.left.lower[step]), 100 * float(curve.left.upper[step])
    return (100 - ends[1], 100 - ends[0]) if cohort == "leaving" else ends


def _counts(curve: Curve, cohort: Cohort, step: int) -> str:
    happened = "came back" if cohort == "leaving" else "left the plan"
    return f"{count(curve.events[step])} of {count(curve.at_risk[step])} followed {happened} since the mark before"


def _table(sides: Sides, cohort: Cohort) -> pl.DataFrame:
    happened = "Came back since" if cohort == "leaving" else "Left the plan since"
    rows = [
        {
            "Curve": f"{kind} the start",
            "Months": months,
            "Followed through the step": curve.at_risk[step],
            happened: curve.events[step],
            "Percent": float(percent(curve_share(curve, cohort, step)).rstrip("%")),
            "Likely range": in_range(*_range(curve, cohort, step), "percent"),
        }
        for kind, curve in sides
        for step, months in enumerate(curve.months)
    ]
    return pl.DataFrame(rows)
