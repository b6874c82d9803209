"""Ranked bars: an authority among its group, hidden figures as hatched ranges."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.position import Figure, Position
from explorer.charts.key import hidden_note, line_key
from explorer.charts.picture import Picture
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
    by_order,
    end_labels,
    specification,
)
from explorer.config import Config, Indicator
from explorer.sentences.figures import counts, headline, shown
from explorer.sentences.groups import group_sentence, title
from explorer.wording import in_unit, number_in_unit, period

BAR_STEP = 27  # pixels a bar
LABEL_ROOM = 1.55  # how much wider than the longest bar the picture is, so that labels have a column


def ranked_bars(found: Position, config: Config, areas: Areas, top: float = 0.0) -> Picture:
    """The picture for one position.

    Args:
        top: a figure that the scale has to reach, so that two pictures side by side share one.
    """
    entry = config.indicators[found.indicator]
    heading = title(found, config, areas)
    return Picture(
        name="ranked",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {period(entry.period, found.year)}",
        source=_source(found, entry),
        spec=ranked_spec(),
        data=_data(found, entry, areas, top),
        table=position_table(found, entry, areas),
        key=" ".join(filter(None, (line_key(found, entry), _interval_key(found)))),
        note=hidden_note((found.figure, *found.members), config),
    ).told("Bar chart", group_sentence(found, config))


def _interval_key(found: Position) -> str:
    """What the thin lines are; empty where there are none."""
    if not any(figure.lower is not None for figure in (found.figure, *found.members)):
        return ""
    return "Thin lines on the bars: the likely range of each figure, 95 of 100."


@lru_cache(maxsize=1)
def ranked_spec() -> dict[str, Any]:
    """The drawing rules; the data bring names, order and roles. Bars have their figures, so no axis is drawn."""
    y = by_order("name")
    x = alt.X("value:Q", axis=None, scale=alt.Scale(zero=True, nice=False))
    colour = alt.Color(
        "role:N",
        scale=alt.Scale(domain=["authority", "member"], range=[AUTHORITY, NEIGHBOUR]),
        legend=None,
    )
    tips = [
        alt.Tooltip("name:N", title="Authority"),
        alt.Tooltip("label:N", title="Figure"),
    ]

    def only(kind: str) -> alt.Chart:
        return alt.Chart().transform_filter(f"datum.kind === '{kind}'")

    room = only("room").mark_point(opacity=0).encode(x=x)
    published = only("bar").mark_bar(height={"band": 0.72}).encode(y=y, x=x, color=colour, tooltip=tips)
    hidden = (
        only("bar")
        .mark_rule(strokeWidth=15, strokeDash=HATCH, strokeCap="butt")
        .encode(y=y, x=alt.X("least:Q", axis=None), x2="most:Q", color=colour, tooltip=tips)
    )
    lines = [
        only(kind).mark_rule(color=ink, strokeWidth=2, strokeDash=dash).encode(x=x, tooltip=tips)
        for kind, ink, dash in (("median", INK, SOLID), ("england", ENGLAND, DOTTED))
    ]
    doubts = (
        only("bar")
        .mark_rule(color=INK, strokeWidth=1.5, opacity=0.75)
        .encode(y=y, x=alt.X("lower:Q", axis=None), x2="upper:Q")
    )
    doubt = only("median range").mark_rect(**band_look(MEDIAN)).encode(x=alt.X("least:Q", axis=None), x2="most:Q")
    labels = end_labels(only("bar"), y)
    chart = alt.layer(room, doubt, published, hidden, doubts, *lines, *labels).properties(height={"step": BAR_STEP})
    return specification(chart)


def longest(found: Position) -> float:
    """How far the longest bar or range reaches, in the indicator's unit."""
    figures = (found.figure, *found.members)
    ends = [end for figure in figures if (end := figure.upper or (figure.bounds or (0.0, None))[1]) is not None]
    return max(ends, default=1.0)


def _data(found: Position, entry: Indicator, areas: Areas, top: float) -> pl.DataFrame:
    figures = sorted((found.figure, *found.members), key=_order)
    rows: list[dict[str, object]] = [
        {
            "kind": "bar",
            "name": areas.label(figure.area),
            "order": number,
            "role": "authority" if figure.area == found.area else "member",
            "value": figure.value,
            "least": figure.least if figure.value is None else None,
            "most": figure.most if figure.value is None else None,
            "lower": figure.lower,
            "upper": figure.upper,
            "label": _label(figure, entry),
            "short": headline(figure, entry),
        }
        for number, figure in enumerate(figures)
    ]
    for kind, name, value in (
        ("median", "Median of the group", found.median),
        ("england", "England", found.england.value),
    ):
        if value is not None and (kind == "median" or entry.unit != "count"):  # England's count dwarfs them
            rows.append({"kind": kind, "name": name, "value": value, "label": in_unit(value, entry.unit)})
    rows.append({"kind": "room", "value": LABEL_ROOM * max(longest(found), top)})
    if found.median_bounds and found.median_bounds != (found.median, found.median):
        least, most = found.median_bounds
        rows.append({"kind": "median range", "least": least, "most": most})
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "name": pl.String,
    "order": pl.Int64,
    "role": pl.String,
    "value": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "label": pl.String,
    "short": pl.String,
}


def _order(figure: Figure) -> tuple[bool, float, str]:
    """Highest first; a hidden figure by its most; the ones without any figure last."""
    bounds = figure.bounds
    return (bounds is None, -bounds[1] if bounds else 0.0, figure.area)


def _label(figure: Figure, entry: Indicator) -> str:
    """What stands at a bar's end: '29.1% (76 of 261)'."""
    if figure.value is None:
        return shown(figure, entry)
    behind = counts(figure, entry) if entry.unit == "percent" else ""
    return number_in_unit(figure.value, entry.unit) + (f" ({behind})" if behind else "")


def position_table(found: Position, entry: Indicator, areas: Areas) -> pl.DataFrame:
    """A position as a table for reading and for a file: one row an authority, England last."""
    figures = sorted((found.figure, *found.members), key=_order)
    rows = [
        {
            "Authority": areas.label(figure.area),
            "Year ending 31 March": found.year,
            entry.label: figure.value,
            "Likely range, low": figure.lower,
            "Likely range, high": figure.upper,
            "If hidden, least": figure.least,
            "If hidden, most": figure.most,
            "Count": figure.numerator if entry.numerator else None,
            "Out of": figure.denominator if entry.denominator else None,
            "Out of, worked out": figure.base if figure.denominator is None else None,
            "Status": figure.status,
            "Source": figure.source,
        }
        for figure in (*figures, found.england)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _source(found: Position, entry: Indicator) -> str:
    named = sorted({figure.source for figure in (found.figure, *found.members) if figure.source})
    return f"Source: {', '.join(named) or entry.reference}"
