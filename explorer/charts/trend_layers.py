"""The drawing rules of a figure over time: what each kind of row of its table looks like."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import altair as alt

from explorer.charts.theme import (
    AUTHORITY,
    BAND_OPACITY,
    DOTTED,
    FAN,
    HATCH,
    INK,
    LABEL_SIZE,
    MEDIAN,
    NEIGHBOUR,
    SOLID,
    WIDE,
    band_look,
    specification,
)
from explorer.models.spc import RULES

HEIGHT = 340  # pixels
MARK = 14  # pixels: how tall the mark of a hidden figure is
ROWS = 5  # names of events stand in so many rows
NAMED_FROM = 700  # pixels of drawing; narrower, events have their number alone
_ROW = 16  # pixels
_DASHED = [7, 4]
_SHAPES = {"outside": "diamond", "trend": "triangle-up", "two_of_three": "square", "shift": "circle"}


@lru_cache(maxsize=16)
def trend_spec(axis_title: str, x_title: str, axis_format: str, from_zero: bool, stepped: bool) -> dict[str, Any]:
    """The drawing rules.

    Args:
        axis_title: the unit of the figures.
        x_title: what is said under the axis of time; empty for nothing.
        axis_format: how the axis names a day.
        from_zero: whether the scale starts at zero.
        stepped: whether limits differ from period to period.
    """
    interval = {"interval": "year" if axis_format == "%Y" else "month", "step": 1}
    axis = alt.Axis(grid=False, labelOverlap=True, labelSeparation=8, format=axis_format, tickCount=interval)
    x = alt.X("x:T", title=x_title or None, scale=alt.Scale(type="utc"), axis=axis)
    y = alt.Y(
        "value:Q",
        title=axis_title,
        scale=alt.Scale(zero=from_zero, nice=True),
        axis=alt.Axis(
            tickCount=5,
            grid=True,
            gridOpacity=0.4,
            domain=False,
            ticks=False,
            labelExpr="datum.value > 100 ? '' : datum.label" if axis_title == "percent" else alt.Undefined,
        ),
    )
    layers = (
        *_events(x),
        *_forecast(x, y, axis_title),
        *_reference(x, y),
        *_limits(x, y, "step" if stepped else "linear"),
        *_anew(x),
        *_figures(x, y),
        *_signs(x, y),
        *_names(x, y),
    )
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _events(x: alt.X) -> Iterator[alt.Chart]:
    """An upright line on the day, or a grey span over the days, with a number; by name where there is room."""
    tips = [alt.Tooltip("label:N", title="Event"), alt.Tooltip("when:N", title="When")]
    span = _only("event").transform_filter("isValid(datum.until)").mark_rect(**band_look(NEIGHBOUR, BAND_OPACITY / 2))
    yield span.encode(x=x, x2="until:T", y=alt.value(0), y2=alt.value("height"), tooltip=tips)
    rule = _only("event").mark_rule(color=INK, opacity=0.55, strokeDash=HATCH, strokeWidth=1.2)
    yield rule.encode(x=x, tooltip=tips)
    # one text for each row and side: the row is a place in pixels, which no scale gives
    named = _only("event").transform_calculate(said=f"width >= {NAMED_FROM} ? datum.label : datum.short")
    for row in range(ROWS):
        for align, away, side in (("left", 4, "true"), ("right", -4, "false")):
            style: dict[str, Any] = {"align": align, "dx": away, "fontSize": 12, "color": INK}
            placed = named.transform_filter(f"datum.row === {row} && datum.rightward === {side}").mark_text(**style)
            yield placed.encode(x=x, y=alt.value(_ROW // 2 + row * _ROW), text="said:N")


def _forecast(x: alt.X, y: alt.Y, axis_title: str) -> Iterator[alt.Chart]:
    fan = _only("forecast")
    for low, high, opacity, edged in FAN:
        # paler than in What if: spans of events and likely ranges lie there too
        yield fan.mark_area(**band_look(AUTHORITY, 0.75 * opacity, edged=edged)).encode(
            x=x, y=alt.Y(f"{low}:Q", title=axis_title), y2=f"{high}:Q"
        )
    yield fan.mark_line(color=AUTHORITY, strokeDash=_DASHED, strokeWidth=1.8).encode(x=x, y=y)
    tips = [alt.Tooltip("when:N", title="Forecast"), alt.Tooltip("label:N", title="Expected")]
    yield fan.mark_rule(opacity=0, strokeWidth=9).encode(x=x, tooltip=tips)


def _reference(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The range that somebody set: two dotted lines across."""
    yield (
        _only("band")
        .mark_rule(color=INK, opacity=0.75, strokeDash=DOTTED, strokeWidth=1.6)
        .encode(x=x, x2="until:T", y=y)
    )


def _limits(x: alt.X, y: alt.Y, interpolate: Literal["step", "linear"]) -> Iterator[alt.Chart]:
    for kind, thin in (("limits", 1.0), ("carried", 0.75)):
        lines = _only(kind)
        yield lines.mark_line(color=MEDIAN, strokeDash=SOLID, strokeWidth=2 * thin).encode(
            x=x, y=alt.Y("centre:Q"), detail="stretch:N"
        )
        for end in ("lower", "upper"):
            line = lines.mark_line(color=NEIGHBOUR, strokeDash=_DASHED, strokeWidth=1.4 * thin, interpolate=interpolate)
            yield line.encode(x=x, y=alt.Y(f"{end}:Q"), detail="stretch:N")


def _anew(x: alt.X) -> Iterator[alt.Chart]:
    """An upright line where average and limits begin anew by hand, named at its foot."""
    begun = _only("anew")
    tips = [alt.Tooltip("when:N", title="New limits")]
    yield begun.mark_rule(color=MEDIAN, strokeWidth=2).encode(x=x, tooltip=tips)
    for align, away, side in (("left", 5, "true"), ("right", -5, "false")):
        style: dict[str, Any] = {"align": align, "dx": away, "fontSize": 12, "color": INK}
        named = begun.transform_filter(f"datum.rightward === {side}").mark_text(**style)
        yield named.encode(x=x, y=alt.value(alt.ExprRef(f"height - {2 * MARK}")), text="label:N")


def _figures(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [
        alt.Tooltip("when:N", title="Period"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
        alt.Tooltip("usual:N", title="Usually"),
        alt.Tooltip("sign:N", title="Sign"),
    ]
    own, came = _only("own"), _only("later")
    look = band_look(AUTHORITY, BAND_OPACITY / 2)
    likely = own.transform_filter("!datum.lone").mark_area(**look)
    yield likely.encode(x=x, y=alt.Y("low:Q"), y2="high:Q", detail="run:N")
    bar = band_look(AUTHORITY, BAND_OPACITY / 4)
    lone = own.transform_filter("datum.lone").mark_bar(width=9, **bar)  # an area of one period has no width
    yield lone.encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    for rows, width in ((own, 2.0), (came, 1.0)):
        hidden = rows.transform_filter("datum.hidden").mark_rule(
            color=INK, opacity=0.6, strokeDash=HATCH, strokeWidth=4
        )
        yield hidden.transform_filter("!isValid(datum.most)").encode(
            x=x, y=alt.value(alt.ExprRef(f"height - {MARK}")), y2=alt.value("height"), tooltip=tips
        )
        ranged = rows.transform_filter("isValid(datum.most)").mark_rule(
            color=AUTHORITY, strokeWidth=9, strokeDash=HATCH, strokeCap="butt"
        )
        yield ranged.encode(x=x, y=alt.Y("least:Q"), y2="most:Q", tooltip=tips)
        line = rows.mark_line(color=AUTHORITY, strokeWidth=width, invalid="break-paths-show-domains")
        yield line.encode(x=x, y=y, detail="run:N")
    known = own.transform_filter("isValid(datum.value)")
    yield known.mark_point(color=AUTHORITY, filled=True, shape="circle", size=26, opacity=1).encode(
        x=x, y=y, tooltip=tips
    )
    yield (
        came.transform_filter("isValid(datum.value)")
        .mark_point(stroke=AUTHORITY, fill="transparent", shape="circle", size=42, opacity=1, strokeWidth=1.6)
        .encode(x=x, y=y, tooltip=tips)
    )


def _signs(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """Larger points, a shape a rule; the rule's short name beside the last of each."""
    shape = alt.Shape(
        "rule:N", scale=alt.Scale(domain=list(RULES), range=[_SHAPES[rule] for rule in RULES]), legend=None
    )
    marked = _only("own").transform_filter("isValid(datum.rule)")
    yield marked.mark_point(fill=AUTHORITY, stroke=INK, size=105, opacity=1, strokeWidth=1.4).encode(
        x=x, y=y, shape=shape
    )
    for kind, down in (("sign above", -14), ("sign below", 17)):
        named = _only(kind).transform_filter(f"datum.newest || width >= {WIDE}")
        yield named.mark_text(dy=down, fontSize=12, fontWeight="bold", color=INK).encode(x=x, y=y, text="label:N")


def _names(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The names of the lines beside their ends, and the invisible point that leaves room for them and for events."""
    named = _only("name").transform_calculate(said=f"width >= {WIDE} ? datum.label : datum.short")
    text = named.mark_text(align="right", fontSize=LABEL_SIZE - 1, color=INK)
    yield text.encode(x=alt.value("width"), y=y, text="said:N")
    yield _only("room").mark_point(opacity=0).encode(x=x, y=y)
