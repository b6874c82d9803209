"""A strip of dots: one authority among its group at a glance."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.position import Position
from explorer.charts.key import hidden_note
from explorer.charts.picture import Picture
from explorer.charts.ranked import position_table
from explorer.charts.theme import (
    AUTHORITY,
    DOTTED,
    ENGLAND,
    HATCH,
    INK,
    MEDIAN,
    NEIGHBOUR,
    SOLID,
    UNIT_TITLES,
    band_look,
    specification,
)
from explorer.config import Config, Indicator
from explorer.sentences.figures import counts, shown
from explorer.sentences.groups import title
from explorer.wording import in_range, in_unit, period

HEIGHT = 116  # pixels, axis and its title included


def strip(found: Position, config: Config, areas: Areas) -> Picture:
    """The picture for one position."""
    entry = config.indicators[found.indicator]
    heading = title(found, config, areas)
    return Picture(
        name=f"strip-{found.indicator}",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {period(entry.period, found.year)}",
        source=f"Source: {entry.reference}",
        spec=strip_spec(UNIT_TITLES[entry.unit]),
        data=_data(found, config, areas),
        table=position_table(found, entry, areas),
        key=f"Blue diamond or hatching: {areas.label(found.area)}. Grey: the others. {_lines(found, entry)}",
        note=hidden_note((found.figure, *found.members), config),
    ).told("Dots on a line", _lines(found, entry))


def _lines(found: Position, entry: Indicator) -> str:
    """What the rules stand for. A median that hidden members leave open is a band, and a range in every sentence."""
    parts, group, bounds = [], found.group.short_label, found.median_bounds
    if bounds is not None:
        drawn = "Shaded" if _open(found, entry) else "Solid line"
        parts.append(f"{drawn}: median of {group}, {in_range(*bounds, entry.unit)}.")
    elif found.median is not None:
        parts.append(f"Solid line: median of the published {group}, {in_unit(found.median, entry.unit)}.")
    if found.england.value is not None and entry.unit != "count":
        parts.append(f"Dotted line: England, {in_unit(found.england.value, entry.unit)}.")
    return " ".join(parts)


def _open(found: Position, entry: Indicator) -> bool:
    """Whether the two ends of the median differ in what is shown."""
    return found.median_bounds is not None and len({in_unit(end, entry.unit) for end in found.median_bounds}) > 1


@lru_cache(maxsize=16)
def strip_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules of the strip."""
    x = alt.X(
        "value:Q", title=axis_title, scale=alt.Scale(zero=True, nice=True), axis=alt.Axis(grid=False, tickCount=6)
    )
    tips = [
        alt.Tooltip("name:N", title="Who"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
    ]

    def only(kind: str) -> alt.Chart:
        return alt.Chart().transform_filter(f"datum.kind === '{kind}'")

    doubt = only("median range").mark_rect(**band_look(MEDIAN)).encode(x=alt.X("least:Q"), x2="most:Q")
    middle = alt.Y(datum=0.5, type="quantitative", scale=alt.Scale(domain=[0, 1]), axis=None)
    lines = [
        only(kind).mark_rule(color=colour, strokeWidth=2.5, strokeDash=dash).encode(x=x, tooltip=tips)
        for kind, colour, dash in (("median", INK, SOLID), ("england", ENGLAND, DOTTED))
    ]
    ranges = [
        only(kind)
        .mark_rule(color=colour, strokeWidth=width, strokeDash=HATCH, strokeCap="butt")
        .encode(x=alt.X("least:Q"), x2="most:Q", y=middle, tooltip=tips)
        for kind, colour, width in (("member", NEIGHBOUR, 7), ("authority", AUTHORITY, 20))
    ]
    dots = [
        only(kind)
        .mark_point(color=colour, filled=True, opacity=1, size=size, shape=shape, stroke="white", strokeWidth=0.6)
        .encode(x=x, y=middle, tooltip=tips)
        for kind, colour, size, shape in (
            ("member", NEIGHBOUR, 110, "circle"),
            ("authority", AUTHORITY, 300, "diamond"),
        )
    ]
    return specification(alt.layer(doubt, *lines, *ranges, *dots).properties(height=HEIGHT))


def _data(found: Position, config: Config, areas: Areas) -> pl.DataFrame:
    entry = config.indicators[found.indicator]
    rows: list[dict[str, object]] = [
        {
            "kind": kind,
            "name": areas.label(figure.area),
            "value": figure.value,
            "least": figure.least if figure.value is None else None,
            "most": figure.most if figure.value is None else None,
            "label": shown(figure, entry),
            "counts": counts(figure, entry),
        }
        for kind, figure in (*(("member", member) for member in found.members), ("authority", found.figure))
    ]
    middle = found.median if found.median_bounds is None else found.median_bounds[0]
    for kind, name, value in (
        ("median", "Median of the group", None if _open(found, entry) else middle),
        ("england", "England", found.england.value),
    ):
        if value is not None and (kind == "median" or entry.unit != "count"):
            rows.append({"kind": kind, "name": name, "value": value, "label": in_unit(value, entry.unit)})
    if found.median_bounds and _open(found, entry):
        least, most = found.median_bounds
        rows.append({"kind": "median range", "least": least, "most": most})
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "name": pl.String,
    "value": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "label": pl.String,
    "counts": pl.String,
}
