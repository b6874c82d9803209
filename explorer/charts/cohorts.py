"""Children who were on a plan again, by when they left: a figure a period with its range, and the start marked."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, LABEL_SIZE, MEDIAN, WIDE, band_look, specification
from explorer.evaluation.cohorts import CohortCourse, CohortPoint, Followed, Side
from explorer.sentences.cohorts import (
    PERIODS,
    cohorts_title,
    course_words,
    measure_words,
    point_words,
    side_words,
    when_words,
)
from explorer.wording import day, in_range, percent

HEIGHT = 340  # pixels
_MARK = 14  # pixels: how tall the mark of a hidden figure is
_ROOM = 0.17  # of the height: above the figures, for the name of the start and of the sides
_NAMES = 30  # pixels from the top: the names of the sides, under that of the start
_HALF = 0.5


def cohorts(course: CohortCourse, found: Followed, name: str, source: str, begun: str = "") -> Picture:
    """The picture of one share.

    Args:
        course: The share by period.
        found: Before and after, of the same children and months.
        name: What the authority is called.
        source: Where the figures come from: "Source: ...".
        begun: What began on the start, in a few words: "Restorative conferences"; empty for "start".
    """
    heading = cohorts_title(found, name)
    measure = measure_words(course.cohort, course.months)
    first, last = course.points[0].first, course.points[-1].end
    return Picture(
        name=f"cohorts-{course.cohort}-{course.months}",
        title=heading,
        subtitle=f"{measure[0].upper()}{measure[1:]}, percent, {PERIODS[course.kind]}, {day(first)} to {day(last)}",
        source=source,
        spec=cohorts_spec(),
        data=pl.DataFrame([*_rows(course, found, begun)], schema=_SCHEMA),
        table=_table(course, found),
        key=_key(course, found),
        note="Some periods are hidden, so that nobody can be picked out." if _some_hidden(course) else "",
    ).told("Dots with upright ranges", course_words(course))


@lru_cache(maxsize=1)
def cohorts_spec() -> dict[str, Any]:
    """The drawing rules."""
    axis = alt.Axis(grid=False, labelOverlap=True, labelSeparation=8, format="%Y", tickCount="year")
    x = alt.X("x:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    y = alt.Y(
        "value:Q",
        title="percent",
        scale=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(
            tickCount=5,
            gridOpacity=0.4,
            domain=False,
            ticks=False,
            labelExpr="datum.value > 100 ? '' : datum.label",
        ),
    )
    layers = (*_start(x), *_figures(x, y), *_sides(x, y), _only("room").mark_point(opacity=0).encode(x=x, y=y))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _start(x: alt.X) -> Iterator[alt.Chart]:
    begun = _only("start")
    yield begun.mark_rule(color=INK, opacity=0.55, strokeDash=HATCH, strokeWidth=1.4).encode(x=x)
    for align, away, side in (("left", 5, "true"), ("right", -5, "false")):
        style: dict[str, Any] = {"align": align, "dx": away, "fontSize": 12, "color": INK}
        named = begun.transform_filter(f"datum.rightward === {side}")
        named = named.transform_calculate(said=f"width >= {WIDE} ? datum.label : datum.short")
        yield named.mark_text(**style).encode(x=x, y=alt.value(8), text="said:N")


def _figures(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [
        alt.Tooltip("when:N", title="Period"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("range:N", title="Likely range"),
    ]
    own = _only("own")
    bars = own.transform_filter("isValid(datum.low)").mark_bar(width=9, **band_look(AUTHORITY))
    yield bars.encode(x=x, y=alt.Y("low:Q", title="percent"), y2="high:Q", tooltip=tips)
    hidden = own.transform_filter("datum.hidden").mark_rule(color=INK, opacity=0.6, strokeDash=HATCH, strokeWidth=4)
    yield hidden.encode(x=x, y=alt.value(alt.ExprRef(f"height - {_MARK}")), y2=alt.value("height"), tooltip=tips)
    for wanted, fill in (("datum.used", AUTHORITY), ("!datum.used", "transparent")):
        shown = own.transform_filter(f"isValid(datum.value) && {wanted}")
        mark = shown.mark_point(stroke=AUTHORITY, fill=fill, shape="circle", size=48, opacity=1, strokeWidth=1.6)
        yield mark.encode(x=x, y=y, tooltip=tips)


def _sides(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The share of all who left before, and of all who left after: a rule over their time, with its figure."""
    side = _only("side")
    yield side.mark_rule(color=MEDIAN, strokeWidth=2.4).encode(x=x, x2="until:T", y=y)
    for align, at, ending in (("left", "x:T", "false"), ("right", "until:T", "true")):
        named = side.transform_filter(f"datum.rightward === {ending}")
        named = named.transform_calculate(said=f"width >= {WIDE} ? datum.label : datum.short")
        style: dict[str, Any] = {"align": align, "fontSize": LABEL_SIZE - 1, "fontWeight": "bold", "color": INK}
        yield named.mark_text(**style).encode(x=alt.X(at, title=None), y=alt.value(_NAMES), text="said:N")


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("x", "until"), pl.Date),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("kind", "label", "short", "when", "range"), pl.String),
    **dict.fromkeys(("hidden", "used", "rightward"), pl.Boolean),
}
Row = dict[str, Any]


def _rows(course: CohortCourse, found: Followed, begun: str) -> Iterator[Row]:
    for point in course.points:
        yield {
            "kind": "own",
            "x": _middle(point),
            "value": point.value,
            "low": point.lower,
            "high": point.upper,
            "hidden": point.status == "suppressed",
            "used": _used(point, found),
            "when": when_words(point),
            "label": point_words(point),
            "range": _range(point),
        }
    for side, word in ((found.before, "before"), (found.after, "after")):
        if side is not None:
            yield {
                "kind": "side",
                "x": max(side.first, course.points[0].first),
                "until": min(side.last, course.points[-1].end),
                "value": side.percent,
                "label": f"{word}: {side_words(side)}",
                "short": f"{word} {percent(side.percent)}",
                "rightward": word == "after",
            }
    first, last = course.points[0].first, course.points[-1].end
    if first <= found.start <= last:
        rightward = found.start - first < last - found.start
        label, short = f"{begun or 'Start'}, {day(found.start)}", f"start {found.start:%b %Y}"
        yield {"kind": "start", "x": found.start, "label": label, "short": short, "rightward": rightward}
    tops = [one for point in course.points for one in (point.value, point.upper) if one is not None]
    yield {"kind": "room", "x": _middle(course.points[0]), "value": max(tops, default=1.0) / (1 - _ROOM)}


def _middle(point: CohortPoint) -> date:
    """A period stands at its middle, so that one which the start lies in is seen to lie across it."""
    return point.first + timedelta(days=int((point.end - point.first).days * _HALF))


def _used(point: CohortPoint, found: Followed) -> bool:
    """Whether a period is wholly on one of the sides."""
    sides: list[Side] = [side for side in (found.before, found.after) if side is not None]
    return any(side.first <= point.first and point.end <= side.last for side in sides)


def _range(point: CohortPoint) -> str:
    if point.lower is None or point.upper is None:
        return ""
    return in_range(point.lower, point.upper, "percent")


def _some_hidden(course: CohortCourse) -> bool:
    return any(point.status == "suppressed" for point in course.points)


def _table(course: CohortCourse, found: Followed) -> pl.DataFrame:
    started = "Children who left" if course.cohort == "leaving" else "Children who began"
    later = f"On a plan {'again within' if course.cohort == 'leaving' else 'still after'} {course.months} months"
    rows = [
        {
            "Period": when_words(point),
            started: point.whole,
            later: point.part,
            "Percent": None if point.value is None else float(percent(point.value).rstrip("%")),
            "Likely range": _range(point),
            "Side": _side_words(point, found),
            "Status": "hidden" if point.status == "suppressed" else "shown",
        }
        for point in course.points
    ]
    schema = {"Period": pl.String, started: pl.Int64, later: pl.Int64, "Percent": pl.Float64}
    return pl.DataFrame(rows, schema={**schema, "Likely range": pl.String, "Side": pl.String, "Status": pl.String})


def _side_words(point: CohortPoint, found: Followed) -> str:
    if not _used(point, found):
        return "on neither side"
    return "before" if point.end < found.start else "after"


def _key(course: CohortCourse, found: Followed) -> str:
    parts = ["Dots: the share of each period, at its middle. Framed bars: likely range of each."]
    if any(not _used(point, found) and point.value is not None for point in course.points):
        parts.append("Hollow dots are on neither side.")
    if found.before is not None or found.after is not None:
        parts.append("Grey lines: all children of one side together.")
    if _some_hidden(course):
        parts.append("Hatched marks are hidden figures.")
    return " ".join(parts)
