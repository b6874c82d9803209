"""Which assumption matters most: how far the outcome moves when each is put at its ends."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import INK, LABEL_SIZE, SCENARIO, WIDE, specification
from explorer.charts.waterfall import BAR_DOWN, ROW_STEP, row_words
from explorer.config import Indicator
from explorer.sentences.what_if import way, way_range
from explorer.wording import half_up, in_range, in_unit, lowered, possessive

KINDS = {"effect": "What an idea does", "calibration": "How things are now", "setting": "A choice of method"}
DIFFERENCE = "Difference from as now"  # the title of the axis
MARGIN = 0.35  # room at both sides for the words at a bar's ends, as a share of what all bars span
FIGURE_ROOM = 190  # pixels, where there is room at all
LEAST_SPAN = 0.2  # of a point or plan


def tornado(table: pl.DataFrame, entry: Indicator, when: str, name: str, source: str, in_use: bool = True) -> Picture:
    """The picture of one indicator at one date.

    Args:
        table: TORNADO, the longest bar first: what the what-if changes, or the figure itself where nothing is in use.
        entry: The indicator's.
        when: 'in the year to March 2021'.
        name: The authority.
        source: Where the figures come from.
    """
    rows = table.sort("order")
    heading = tornado_title(rows, entry) if in_use else forecast_title(rows, entry)
    what = f"{possessive(name)} {lowered(entry.label)}"
    unit = "number" if entry.unit == "count" else "percentage points" if in_use else "percent"
    middle = _figure(rows["centre"][0], entry, in_use) if rows.height else "none"
    return Picture(
        name="tornado",
        title=heading,
        subtitle=f"{what}: what if, less as now, {unit}, {when}" if in_use else f"{what}, as now, {unit}, {when}",
        source=source,
        spec=tornado_spec(DIFFERENCE if in_use else "As now"),
        data=_data(rows, entry, in_use),
        table=_table(rows, entry, in_use),
        key="One assumption at a time goes from one end of what is believed to the other. Its bar shows how the "
        "outcome moves, and the words at the bar's ends are the assumption's. "
        f"{'Upright strokes: no change. ' if in_use else ''}Circles: every assumption at its middle, {middle}.",
        note="" if in_use else "The scale does not start at zero.",
    ).told("Bar chart", _in_words(rows, entry, in_use))


def tornado_title(rows: pl.DataFrame, entry: Indicator) -> str:
    """Which assumption matters most, and whether the direction of the outcome hangs on any."""
    found = rows.rows(named=True)
    if not any(row["low"] or row["high"] for row in found):
        return "Nothing is changed yet, so no assumption matters yet"
    low, high = ("fewer", "more") if entry.unit == "count" else ("lower", "higher")
    first, label = found[0], lowered(entry.label)
    most = f"What matters most is this: {lowered(first['label'])}"
    turning = [row for row in found if _turns(row, entry)]
    if not turning:
        middle = low if first["centre"] < 0 else high
        return f"{most}. In every case tried, {label} would be {middle}"
    if turning[0] is first:
        return f"{most}. It decides if {label} would be {low} or {high}"
    if len(turning) > 1:
        return f"{most}. {len(turning)} others decide if {label} would be {low} or {high}"
    return f"{most}. But another decides if {label} would be {low} or {high}: {lowered(turning[0]['label'])}"


def _turns(row: Mapping[str, Any], entry: Indicator) -> bool:
    """Whether one end of an assumption is below no change and the other above it, as far as figures are told."""
    ends = [half_up(row[end], 0 if entry.unit == "count" else 1) for end in ("low", "high")]
    return min(ends) < 0 < max(ends)


def forecast_title(rows: pl.DataFrame, entry: Indicator) -> str:
    """Which assumption moves the forecast most where nothing is in use."""
    if rows.is_empty():
        return "No assumption was tried"
    first = rows.row(0, named=True)
    span = in_range(min(first["low"], first["high"]), max(first["low"], first["high"]), entry.unit)
    return f"Nothing is changed yet. {entry.label} hang most on this: {lowered(first['label'])} ({span})"


def _figure(value: float, entry: Indicator, in_use: bool) -> str:
    return way(value, entry.unit) if in_use else in_unit(value, entry.unit)


_AXIS_WORDS = ("datum.label", "datum.value === 0 ? 'no change' : format(datum.value, '+,~f')")


@lru_cache(maxsize=4)
def tornado_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules: words above, a bar below with what the assumption is at both of its ends."""
    y = alt.Y("order:O", axis=None)
    axis = alt.Axis(tickCount=5, grid=False, domain=False, ticks=False, labelExpr=_AXIS_WORDS[axis_title == DIFFERENCE])
    x = alt.X("left:Q", title=axis_title, scale=alt.Scale(zero=False, nice=False), axis=axis)
    right = alt.X("right:Q", title=axis_title)
    tips = [
        alt.Tooltip("label:N", title="Assumption"),
        alt.Tooltip("kind_words:N", title="Kind"),
        alt.Tooltip("low_end:N", title="At its low end"),
        alt.Tooltip("high_end:N", title="At its high end"),
    ]
    rows = alt.Chart().transform_filter("datum.kind !== 'room'")
    bars = rows.mark_bar(height=15, yOffset=BAR_DOWN, color=SCENARIO, opacity=1).encode(
        y=y, x=x, x2="right:Q", tooltip=tips
    )
    zero = rows.mark_tick(color=INK, thickness=2, size=28, yOffset=BAR_DOWN, opacity=1).encode(y=y, x="zero:Q")
    middle = rows.mark_point(stroke=INK, fill="white", size=60, strokeWidth=2, opacity=1, yOffset=BAR_DOWN).encode(
        y=y, x="centre:Q"
    )
    limit = alt.ExprRef(f"width * {MARGIN / (1 + 2 * MARGIN):.3f}")
    words: dict[str, Any] = {"dy": BAR_DOWN, "fontSize": LABEL_SIZE, "color": INK, "limit": limit}
    ends = (
        rows.mark_text(align="right", dx=-5, **words).encode(y=y, x=x, text="left_words:N"),
        rows.mark_text(align="left", dx=5, **words).encode(y=y, x=right, text="right_words:N"),
    )
    room = alt.Chart().transform_filter("datum.kind === 'room'").mark_point(opacity=0).encode(x=x)
    layers = (bars, zero, middle, *ends, *row_words(rows, y, FIGURE_ROOM, WIDE), room)
    return specification(alt.layer(*layers).properties(height={"step": ROW_STEP}))


def _data(rows: pl.DataFrame, entry: Indicator, in_use: bool) -> pl.DataFrame:
    drawn: list[dict[str, object]] = []
    for number, row in enumerate(rows.iter_rows(named=True)):
        ends = sorted(((row["low"], row["low_words"]), (row["high"], row["high_words"])), key=lambda end: float(end[0]))
        (left, left_words), (right, right_words) = ends
        drawn.append(
            {
                "order": number,
                "kind": row["kind"],
                "kind_words": KINDS[row["kind"]],
                "label": row["label"],
                "left": left,
                "right": right,
                "centre": row["centre"],
                "zero": 0.0 if in_use else None,
                "left_words": left_words,
                "right_words": right_words,
                "low_end": f"{row['low_words']}: {_figure(row['low'], entry, in_use)}",
                "high_end": f"{row['high_words']}: {_figure(row['high'], entry, in_use)}",
                "figure": (way_range if in_use else in_range)(left, right, entry.unit),
            }
        )
    reach = [*([0.0] if in_use or rows.is_empty() else []), *rows["low"], *rows["high"]]
    side = MARGIN * max(max(reach) - min(reach), LEAST_SPAN)
    drawn += [{"order": 0, "kind": "room", "left": end} for end in (min(reach) - side, max(reach) + side)]
    return pl.DataFrame(drawn, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "kind": pl.String,
    "kind_words": pl.String,
    "label": pl.String,
    "left": pl.Float64,
    "right": pl.Float64,
    "centre": pl.Float64,
    "zero": pl.Float64,
    "left_words": pl.String,
    "right_words": pl.String,
    "low_end": pl.String,
    "high_end": pl.String,
    "figure": pl.String,
}


def _table(rows: pl.DataFrame, entry: Indicator, in_use: bool) -> pl.DataFrame:
    places = 0 if entry.unit == "count" else 1
    what = "Difference" if in_use else "Figure"
    return pl.DataFrame(
        [
            {
                "Assumption": row["label"],
                "Kind": KINDS[row["kind"]],
                "Low end": row["low_words"],
                f"{what} at its low end": float(half_up(row["low"], places)),
                "High end": row["high_words"],
                f"{what} at its high end": float(half_up(row["high"], places)),
                f"{what} at its middle": float(half_up(row["centre"], places)),
            }
            for row in rows.iter_rows(named=True)
        ]
    )


def _in_words(rows: pl.DataFrame, entry: Indicator, in_use: bool) -> str:
    said = (
        f"{row['label']}: {_figure(row['low'], entry, in_use)} at {row['low_words']}, "
        f"{_figure(row['high'], entry, in_use)} at {row['high_words']}"
        for row in rows.iter_rows(named=True)
    )
    return f"{'; '.join(said)}."
