"""A funnel: every authority by its size, and how far from a group's middle authorities of a size usually lie."""

from functools import lru_cache
from math import log
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.around import MARGIN, Around, Lying, Place, around
from explorer.benchmarks.position import Bounds, Position
from explorer.benchmarks.standing import Everyone, Standing
from explorer.benchmarks.tally import Array
from explorer.charts.fan import DASHED
from explorer.charts.key import hidden_note
from explorer.charts.picture import Picture
from explorer.charts.theme import (
    AUTHORITY,
    HATCH,
    INK,
    LABEL_SIZE,
    MEDIAN,
    NEIGHBOUR,
    SOLID,
    UNIT_TITLES,
    band_look,
    dot_look,
    specification,
)
from explorer.charts.whose import WHOSE_WORDS, drawn_as, group_key, whose
from explorer.config import Config, Indicator
from explorer.sentences.figures import counts, shown
from explorer.sentences.verdicts import funnel_title, of_authorities
from explorer.wording import count, in_range, period

HEIGHT = 380  # pixels
ROOM = 1.1  # how much higher than the highest figure the picture is
PLACES: dict[Place | None, str] = {
    "within": "in the usual range",
    "above": "above the usual range",
    "below": "below the usual range",
    "far_above": "above the wide range",
    "far_below": "below the wide range",
    None: "",
}


def funnel(
    found: Standing,
    england: Position,
    everybody: Everyone,
    config: Config,
    areas: Areas,
    top: tuple[float, float] | None = None,
) -> Picture | None:
    """The picture of one standing; None where the measure is published without counts, so that nobody has a size.

    Args:
        england: the same authority among all of England.
        everybody: how they differ.
        top: the size and figure that the axes reach, for two pictures side by side (the larger of each picture's
            ``funnel_top``).
    """
    position = found.position
    entry, name = config.indicators[position.indicator], areas.label(position.area)
    if not any(figure.base for figure in (england.figure, *england.members)):
        return None
    ranges = around(position, england, everybody, top[0] if top else None)
    heading = funnel_title(found, config, name)
    whole = _whole(entry, config)
    return Picture(
        name="funnel",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, by {whole}, {period(entry.period, position.year)}",
        source=f"Source: {entry.reference}",
        spec=funnel_spec(whole, UNIT_TITLES[entry.unit]),
        data=_data(found, ranges, everybody, config, areas, top or funnel_top(england)),
        table=_table(position, ranges, entry, areas),
        key=_key(position, england, ranges, everybody, config, areas),
        note=hidden_note((england.figure, *england.members), config),
    ).told("Dots by size", _in_words(found, ranges, entry, whole))


def funnel_top(england: Position) -> tuple[float, float]:
    """The largest size and the highest figure of a year, hidden ones at their most."""
    sized = [one for one in (england.figure, *england.members) if one.base]
    ends = [one.bounds[1] for one in sized if one.bounds]
    return max((one.base or 0.0 for one in sized), default=1.0), max(ends, default=1.0)


def _whole(entry: Indicator, config: Config) -> str:
    """What an authority's size is counted in: 'number of plans started'."""
    label = config.indicators[entry.denominator].label if entry.denominator else "children"
    return f"number of {label[0].lower()}{label[1:]}"


@lru_cache(maxsize=16)
def funnel_spec(x_title: str, y_title: str) -> dict[str, Any]:
    """The drawing rules of the funnel."""
    x = alt.X(
        "size:Q",
        title=x_title,
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(
            grid=False, format=",", values=[m * 10**p for p in range(7) for m in (1, 2, 5)], labelOverlap=True
        ),
    )
    y = alt.Y(
        "value:Q",
        title=y_title,
        scale=alt.Scale(zero=True, nice=False),
        axis=alt.Axis(tickCount=5, grid=True, gridOpacity=0.3, domain=False, ticks=False),
    )
    layers = (*_limits(x, y_title), *_middle(y), *_figures(x, y), *_labels(x, y))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _limits(x: alt.X, y_title: str) -> list[alt.Chart]:
    """Bands of the two ranges, with an edge of its own each; an edge ends where it leaves the picture."""
    least = alt.Y("least:Q", title=y_title)
    layers = []
    for kind, opacity, dash in (("outer", 0.05, DASHED), ("inner", 0.07, SOLID)):
        layers.append(_only(kind).mark_area(color=MEDIAN, opacity=opacity).encode(x=x, y=least, y2="most:Q"))
        for edge in ("low", "high"):
            line = _only(kind).mark_line(
                color=MEDIAN, strokeWidth=1.4, strokeDash=dash, invalid="break-paths-show-domains"
            )
            layers.append(line.encode(x=x, y=alt.Y(f"{edge}:Q", title=y_title)))
    return layers


def _middle(y: alt.Y) -> list[alt.Chart]:
    doubt = _only("median range").mark_rect(**band_look(MEDIAN)).encode(y=alt.Y("least:Q"), y2="most:Q")
    rule = _only("median").mark_rule(color=INK, strokeWidth=2, strokeDash=SOLID).encode(y=y)
    return [doubt, rule]


def _figures(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    tips = [
        alt.Tooltip("name:N", title="Authority"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
        alt.Tooltip("usual:N", title="Usual at its size"),
        alt.Tooltip("place:N", title="Lies"),
    ]
    layers = []
    for kind, colour, size, shape, width in (
        ("other", NEIGHBOUR, 26, "circle", 3),
        ("member", NEIGHBOUR, 95, "circle", 8),
        ("authority", AUTHORITY, 300, "diamond", 14),
    ):
        hatched = _only(kind).mark_rule(color=colour, strokeWidth=width, strokeDash=HATCH, strokeCap="butt")
        layers.append(hatched.encode(x=x, y=alt.Y("least:Q"), y2="most:Q", tooltip=tips))
        point = _only(kind).mark_point(size=size, shape=shape, **dot_look(colour, hollow=kind == "other"))
        layers.append(point.encode(x=x, y=y, tooltip=tips))
    return [*layers, _only("room").mark_point(opacity=0).encode(x=x, y=y)]


def _labels(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The authority's name, what the median is, and what lies between the lines."""
    strong: dict[str, Any] = {"fontSize": 14, "fontWeight": "bold", "color": INK, "dy": -17}
    quiet: dict[str, Any] = {"fontSize": LABEL_SIZE, "color": INK}
    return [
        _only("name before").mark_text(align="right", dx=8, **strong).encode(x=x, y=y, text="label:N"),
        _only("name after").mark_text(align="left", dx=-8, **strong).encode(x=x, y=y, text="label:N"),
        _only("median").mark_text(align="left", dx=4, dy=-8, **quiet).encode(x=alt.value(0), y=y, text="label:N"),
        _only("limit")
        .mark_text(align="right", dx=-2, dy=11, **quiet)
        .encode(x=alt.value("width"), y=y, text="label:N"),
    ]


def _data(
    found: Standing, ranges: Around, everybody: Everyone, config: Config, areas: Areas, top: tuple[float, float]
) -> pl.DataFrame:
    position = found.position
    entry = config.indicators[position.indicator]
    largest, highest = MARGIN * top[0], ROOM * top[1] or 1.0
    rows = [_figure_row(one, position, entry, areas) for one in ranges.lying if one.figure.base]
    for kind, (low, high), share in (
        ("outer", ranges.far, everybody.rules.far_confidence),
        ("inner", ranges.usual, everybody.rules.usual_confidence),
    ):
        rows += _line_rows(kind, ranges.sizes, low, high, highest)
        if len(high) and high[-1] < highest:
            rows.append({"kind": "limit", "value": float(high[-1]), "label": of_authorities(share)})
    smallest = min(one.figure.base for one in ranges.lying if one.figure.base) / MARGIN
    rows += [{"kind": "room", "size": size, "value": value} for size, value in ((smallest, 0.0), (largest, highest))]
    own = position.figure
    if own.base and own.bounds:
        late = log(own.base / smallest) > 0.5 * log(largest / smallest)
        kind = "name before" if late else "name after"
        rows.append({"kind": kind, "size": own.base, "value": own.bounds[1], "label": areas.label(position.area)})
    if ranges.middle is not None:
        said = in_range(*(position.median_bounds or (ranges.middle, ranges.middle)), entry.unit)
        rows.append({"kind": "median", "value": ranges.middle, "label": f"Median {said}"})
    if position.median_bounds and position.median_bounds[0] < position.median_bounds[1]:
        least, most = position.median_bounds
        rows.append({"kind": "median range", "least": least, "most": most})
    return pl.DataFrame(rows, schema=_SCHEMA)


def _line_rows(kind: str, sizes: Array, low: Array, high: Array, highest: float) -> list[dict[str, Any]]:
    """The limits at every size; an upper one that is higher than the picture is cut off there and has no edge."""
    return [
        {
            "kind": kind,
            "size": size,
            "least": min(least, highest),
            "most": min(most, highest),
            "low": least if least <= highest else None,
            "high": most if most <= highest else None,
        }
        for size, least, most in zip(sizes.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def _figure_row(one: Lying, position: Position, entry: Indicator, areas: Areas) -> dict[str, Any]:
    figure = one.figure
    return {
        "kind": drawn_as(figure.area, position),
        "name": areas.label(figure.area),
        "size": figure.base,
        "value": figure.value,
        "least": figure.least if figure.value is None else None,
        "most": figure.most if figure.value is None else None,
        "label": shown(figure, entry),
        "counts": counts(figure, entry),
        "usual": _range_words(one.usual, entry),
        "place": PLACES[one.place],
    }


def _range_words(ends: Bounds | None, entry: Indicator) -> str:
    return in_range(*ends, entry.unit) if ends else ""


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "name": pl.String,
    **dict.fromkeys(("size", "value", "least", "most", "low", "high"), pl.Float64),
    **dict.fromkeys(("label", "counts", "usual", "place"), pl.String),
}


def _table(position: Position, ranges: Around, entry: Indicator, areas: Areas) -> pl.DataFrame:
    """Every authority by name, the ranges at its size and where it lies."""
    nowhere = (None, None)
    rows = [
        {
            "Authority": areas.label(one.figure.area),
            "Group": WHOSE_WORDS[whose(one.figure.area, position)],
            "Year ending 31 March": position.year,
            entry.label: one.figure.value,
            "If hidden, least": one.figure.least if one.figure.value is None else None,
            "If hidden, most": one.figure.most if one.figure.value is None else None,
            "Count": one.figure.numerator,
            "Out of": one.figure.base,
            "Usual range at its size, low": (one.usual or nowhere)[0],
            "Usual range at its size, high": (one.usual or nowhere)[1],
            "Wide range at its size, low": (one.far or nowhere)[0],
            "Wide range at its size, high": (one.far or nowhere)[1],
            "Where it lies": _place_words(one),
            "Status": one.figure.status,
            "Source": one.figure.source,
        }
        for one in ranges.lying
    ]
    return pl.DataFrame(rows, infer_schema_length=None).sort("Authority")


def _place_words(one: Lying) -> str:
    if one.place is None and one.usual is not None and one.figure.bounds is not None:
        return "cannot be told: hidden"
    return PLACES[one.place]


def _in_words(found: Standing, ranges: Around, entry: Indicator, whole: str) -> str:
    """The ranges at the authority's size, and how many others lie outside theirs, for who cannot see it."""
    own, parts = found.position.figure, []
    if found.usual and found.far and own.base:
        parts.append(
            f"At its {whole}, {count(own.base)}, the usual range is {in_range(*found.usual, entry.unit)} and the wide "
            f"one {in_range(*found.far, entry.unit)}; its figure is {shown(own, entry)}."
        )
    others = [one.place for one in ranges.lying if one.figure.area != own.area and one.figure.bounds]
    number = {side: sum(place in places for place in others) for side, places in _OUTSIDE.items()}
    if ranges.middle is not None:
        parts.append(
            f"Of the {len(others)} others, this many lie above the usual range of their size: {number['above']}; "
            f"below it: {number['below']}."
        )
    return " ".join(parts)


_OUTSIDE = {"above": ("above", "far_above"), "below": ("below", "far_below")}


def _key(
    position: Position, england: Position, ranges: Around, everybody: Everyone, config: Config, areas: Areas
) -> str:
    rules = everybody.rules
    parts = (
        [f"Blue diamond or hatching: {areas.label(position.area)}."]
        if position.figure.base and position.figure.bounds
        else []
    )
    parts.append(group_key(position, england))
    if ranges.middle is not None:
        ends = position.median_bounds
        doubt = " (shaded: what hidden figures make of it)" if ends and ends[0] < ends[1] else ""
        parts.append(
            f"Solid line: the group's median{doubt}. About it, {of_authorities(rules.usual_confidence)} authorities of "
            f"a size lie between the inner lines and {of_authorities(rules.far_confidence)} between the outer, dashed "
            "ones. Authorities differ by more than chance; the lines allow for that."
        )
    parts.append("Each doubling of size takes the same room.")
    return " ".join(parts)
