"""From as now to the what-if, idea by idea: which of them does how much."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import DOTTED, INK, LABEL_SIZE, NEIGHBOUR, SCENARIO, specification
from explorer.config import Indicator
from explorer.sentences.what_if import way
from explorer.wording import half_up, in_unit, lowered, possessive

ROW_STEP = 50  # pixels a row: its words above, its bar below
WORDS_UP, BAR_DOWN = -11, 12  # pixels from the middle of a row
FIGURE_ROOM = 90  # pixels for the figure at the right of a row's words
MARGIN, LEAST_SPAN = 0.12, 0.08  # room beside the bars, as a share of what they span; and of the largest figure


def waterfall(table: pl.DataFrame, entry: Indicator, when: str, name: str, source: str) -> Picture:
    """The picture of one indicator at one date.

    Args:
        table: WATERFALL.
        entry: The indicator's.
        when: 'in the year to March 2021'.
        name: The authority.
        source: Where the figures come from.
    """
    rows = table.sort("order")
    heading = waterfall_title(rows, entry, when)
    unit = "number" if entry.unit == "count" else "percent, and steps in percentage points"
    return Picture(
        name="waterfall",
        title=heading,
        subtitle=f"{possessive(name)} {lowered(entry.label)}, {unit}, {when}",
        source=source,
        spec=waterfall_spec(),
        data=_data(rows, entry),
        table=_table(rows, entry),
        key="Grey square: as now. Orange diamond: what if. Each bar is a step, and its arrow points to where it ends: "
        "left is lower, right is higher.",
        note="The scale does not start at zero, so compare the steps and not the places. Steps are rounded, so that "
        "they may not add up.",
    ).told("Step chart", _in_words(rows, entry))


def waterfall_title(rows: pl.DataFrame, entry: Indicator, when: str) -> str:
    """Which idea does most, and what all come to."""
    steps = rows.filter(kind="intervention").with_columns(step=pl.col("end") - pl.col("start"))
    if steps.is_empty() or not steps["step"].abs().max():
        return "Nothing is changed yet, so there are no steps to show"
    most = steps.sort(pl.col("step").abs(), descending=True).row(0, named=True)
    ends = {row["kind"]: row["end"] for row in rows.iter_rows(named=True) if row["kind"] in ("baseline", "scenario")}
    total = _step(ends["scenario"] - ends["baseline"], entry)
    if steps.height == 1:
        return f"{entry.label} {when}: {total} with {lowered(most['label'])}"
    first = f"{lowered(most['label'])} would do most ({_step(most['step'], entry)})"
    return f"{entry.label}: {first}. All together, {total} {when}"


def _step(value: float, entry: Indicator) -> str:
    """A step: '3 fewer', '1.2 points lower'."""
    said = way(value, entry.unit)
    return (
        said if entry.unit == "count" else said.replace(" lower", " points lower").replace(" higher", " points higher")
    )


@lru_cache(maxsize=1)
def waterfall_spec() -> dict[str, Any]:
    """The drawing rules: words above, a mark or a bar with its arrow below, thin lines from row to row."""
    y = alt.Y("order:O", axis=None)
    axis = alt.Axis(tickCount=4, grid=False, domain=False, ticks=False)
    x = alt.X("end:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=axis)
    start = alt.X("start:Q", title=None)
    tips = [alt.Tooltip("label:N", title="Step"), alt.Tooltip("figure:N", title="Figure")]
    rows = alt.Chart().transform_filter("datum.kind !== 'room'")
    steps = alt.Chart().transform_filter("datum.step")
    link = rows.transform_filter("isValid(datum.next)")
    links = link.mark_rule(color=INK, opacity=0.6, strokeDash=DOTTED, yOffset=BAR_DOWN, y2Offset=BAR_DOWN)
    bars = [
        steps.transform_filter(f"datum.kind {test} 'together'")
        .mark_bar(height=13, yOffset=BAR_DOWN, color=colour, opacity=1)
        .encode(y=y, x=start, x2="end:Q", tooltip=tips)
        for test, colour in (("!==", SCENARIO), ("===", NEIGHBOUR))
    ]
    arrows = [
        steps.transform_filter(f"datum.end {test} datum.start")
        .mark_point(shape=shape, color=INK, filled=True, opacity=1, size=110, yOffset=BAR_DOWN)
        .encode(y=y, x=x, tooltip=tips)
        for test, shape in (("<", "triangle-left"), (">", "triangle-right"))
    ]
    ends = [
        alt.Chart()
        .transform_filter(f"datum.kind === '{kind}'")
        .mark_point(shape=shape, color=colour, filled=True, opacity=1, size=220, yOffset=BAR_DOWN)
        .encode(y=y, x=x, tooltip=tips)
        for kind, shape, colour in (("baseline", "square", NEIGHBOUR), ("scenario", "diamond", SCENARIO))
    ]
    room = alt.Chart().transform_filter("datum.kind === 'room'").mark_point(opacity=0).encode(x=x)
    layers = (links.encode(x=x, y=y, y2="next:O"), *bars, *arrows, *ends, *row_words(rows, y, FIGURE_ROOM), room)
    return specification(alt.layer(*layers).properties(height={"step": ROW_STEP}))


def row_words(rows: alt.Chart, y: alt.Y, figure_room: int, needed: int = 0) -> tuple[alt.Chart, alt.Chart]:
    """The label at the left of a row and its figure at the right, above its bar: there is room on a phone too.

    Args:
        figure_room: Pixels for the figure.
        needed: Pixels that the picture must have for the figure to be shown.
    """
    limit = alt.ExprRef(f"width - (width >= {needed} ? {figure_room} : 0)")
    label = rows.mark_text(align="left", dy=WORDS_UP, fontSize=LABEL_SIZE, color=INK, limit=limit)
    shown = alt.ExprRef(f"width >= {needed} ? 1 : 0")
    figure = rows.mark_text(
        align="right", dy=WORDS_UP, fontSize=LABEL_SIZE, fontWeight="bold", color=INK, opacity=shown
    )
    return (
        label.encode(y=y, x=alt.value(0), text="label:N"),
        figure.encode(y=y, x=alt.value("width"), text="figure:N"),
    )


def _data(rows: pl.DataFrame, entry: Indicator) -> pl.DataFrame:
    kinds = [row["kind"] for row in rows.iter_rows(named=True)]
    drawn: list[dict[str, object]] = [
        {
            "order": number,
            "next": number + 1 if number + 1 < len(kinds) else None,
            "kind": row["kind"],
            "step": row["kind"] in ("intervention", "together"),
            "label": row["label"],
            "start": row["start"],
            "end": row["end"],
            "figure": _figure(row, entry),
        }
        for number, row in enumerate(rows.iter_rows(named=True))
    ]
    ends = [value for row in rows.iter_rows(named=True) for value in (row["start"], row["end"])] or [0.0]
    if rows.height:
        ends = [row["end"] for row in rows.iter_rows(named=True)]
    low, high = min(ends), max(ends)
    side = max(MARGIN * (high - low), (LEAST_SPAN * abs(high) - (high - low)) / 2, 0.05)
    drawn += [{"order": 0, "kind": "room", "step": False, "end": end} for end in (max(low - side, 0.0), high + side)]
    return pl.DataFrame(drawn, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "next": pl.Int64,
    "kind": pl.String,
    "step": pl.Boolean,
    "label": pl.String,
    "start": pl.Float64,
    "end": pl.Float64,
    "figure": pl.String,
}


def _figure(row: dict[str, Any], entry: Indicator) -> str:
    if row["kind"] in ("intervention", "together"):
        return way(row["end"] - row["start"], entry.unit)
    return in_unit(row["end"], entry.unit)


def _table(rows: pl.DataFrame, entry: Indicator) -> pl.DataFrame:
    places = 0 if entry.unit == "count" else 1
    return pl.DataFrame(
        [
            {
                "Step": row["label"],
                "Change": _figure(row, entry) if row["kind"] in ("intervention", "together") else "",
                entry.label: float(half_up(row["end"], places)),
            }
            for row in rows.iter_rows(named=True)
        ],
        schema={"Step": pl.String, "Change": pl.String, entry.label: pl.Float64},
    )


def _in_words(rows: pl.DataFrame, entry: Indicator) -> str:
    return "; ".join(f"{row['label']}: {_figure(row, entry)}" for row in rows.iter_rows(named=True)) + "."
