"""What each cause of a change of the number of open plans comes to, with the range that chance leaves it."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.movement import signed_axis
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, BAND_OPACITY, INK, LABEL_SIZE, NEIGHBOUR, specification
from explorer.charts.waterfall import BAR_DOWN, ROW_STEP, WORDS_UP, row_words
from explorer.models.movement import Movement, Part
from explorer.sentences.movement import LENGTH_MEANING, why_sentence, why_title
from explorer.sentences.what_if import way, way_range
from explorer.wording import day, half_up, possessive

FIGURE_ROOM = 230  # pixels for the figure and its range at the right of a row's words
NARROW = 520  # pixels: narrower, the range is left to the thin line
AXIS = "fewer or more plans open on average"


def why(moved: Movement, name: str, source: str) -> Picture:
    """The picture of what each cause comes to, with the range that chance leaves it.

    Args:
        moved: Twelve months beside the twelve before.
        name: The authority.
        source: Where the figures come from.
    """
    heading = why_title(moved, name)
    return Picture(
        name="why",
        title=heading,
        subtitle=f"{possessive(name)} plans open on average in the year to {day(moved.after.end)}, difference from the "
        "year before, number",
        source=source,
        spec=why_spec(),
        data=_data(moved),
        table=_table(moved),
        alt=f"Bar chart. {heading}. {why_sentence(moved)}",
        key="Bars: what each comes to, left is fewer and right is more. Thin line with ends: its 95% range. The last "
        "row is the sum of coming and going and of length; first plans and re-plans are parts of coming and going."
        if moved.split
        else "",
        note=LENGTH_MEANING if moved.split else why_sentence(moved),
    )


@lru_cache(maxsize=1)
def why_spec() -> dict[str, Any]:
    """The drawing rules: words above, a bar from nought below with its range."""
    y = alt.Y("order:O", axis=None)
    x = alt.X("value:Q", title=AXIS, axis=signed_axis(grid=False))
    rows = alt.Chart()
    known = rows.transform_filter("isValid(datum.value)")
    ranged = known.transform_filter("isValid(datum.low)")
    tips = [alt.Tooltip("label:N", title="Cause"), alt.Tooltip("figure:N", title="Comes to")]
    bars = [
        known.transform_filter(test)
        .mark_bar(height=15, yOffset=BAR_DOWN, color=colour, opacity=opacity)
        .encode(y=y, x=x, x2=alt.datum(0), tooltip=tips)
        for test, colour, opacity in (
            ("datum.kind === 'cause'", AUTHORITY, 0.85),
            ("datum.kind === 'part'", AUTHORITY, 0.85 - 2 * BAND_OPACITY),
            ("datum.kind === 'sum'", NEIGHBOUR, 0.85),
        )
    ]
    span = ranged.mark_rule(color=INK, strokeWidth=1.5, yOffset=BAR_DOWN, y2Offset=BAR_DOWN).encode(
        y=y, x=alt.X("low:Q", title=AXIS), x2="high:Q", tooltip=tips
    )
    ends = [
        ranged.mark_tick(color=INK, thickness=1.5, size=11, yOffset=BAR_DOWN, opacity=1).encode(y=y, x=f"{end}:Q")
        for end in ("low", "high")
    ]
    zero = rows.mark_tick(color=INK, thickness=2, size=28, yOffset=BAR_DOWN, opacity=1).encode(y=y, x=alt.datum(0))
    short = rows.mark_text(
        align="right", dy=WORDS_UP, fontSize=LABEL_SIZE, fontWeight="bold", color=INK,
        opacity=alt.ExprRef(f"width < {NARROW} ? 1 : 0"),
    ).encode(y=y, x=alt.value("width"), text="short:N")  # fmt: skip
    return specification(
        alt.layer(*bars, span, *ends, zero, *row_words(rows, y, FIGURE_ROOM, NARROW), short).properties(
            height={"step": ROW_STEP}
        )
    )


def _rows(moved: Movement) -> list[tuple[str, str, Part | None]]:
    """Each row: its kind, its words and what it comes to."""
    parts = moved.split
    if parts is None:
        return []
    kinds: list[tuple[str, str, Part | None]] = [("part", "of it, first plans", parts.first)] if parts.first else []
    kinds += [("part", "of it, re-plans", parts.repeat)] if parts.repeat else []
    return [("cause", "Plans coming and going", parts.flow), *kinds, ("cause", "How long plans last", parts.length)]


def _data(moved: Movement) -> pl.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "order": number,
            "kind": kind,
            "label": label,
            "value": part.value,
            "low": part.low,
            "high": part.high,
            "short": way(part.value, "count"),
            "figure": f"{way(part.value, 'count')} ({way_range(part.low, part.high, 'count')})",
        }
        for number, (kind, label, part) in enumerate(_rows(moved))
        if part is not None
    ]
    if moved.split:
        said = way(moved.split.change, "count")
        whole = {"order": len(rows), "kind": "sum", "label": "Both together", "value": moved.split.change}
        rows.append({**whole, "short": said, "figure": said})
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "kind": pl.String,
    "label": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "short": pl.String,
    "figure": pl.String,
}


def _table(moved: Movement) -> pl.DataFrame:
    """What each comes to in whole plans, with its range and whether it is more than chance is likely to make."""
    rows: list[dict[str, object]] = [
        {
            "Cause": label[0].upper() + label[1:],
            "Difference": _whole(part.value),
            "Likely range, low": _whole(part.low),
            "Likely range, high": _whole(part.high),
            "Beyond chance": "likely" if part.clear else "cannot tell",
        }
        for _, label, part in _rows(moved)
        if part is not None
    ]
    if moved.split:
        rows.append({"Cause": "Both together", "Difference": _whole(moved.split.change)})
    return pl.DataFrame(rows, schema=_TABLE)


_TABLE: dict[str, type[pl.DataType]] = {
    "Cause": pl.String,
    "Difference": pl.Int64,
    "Likely range, low": pl.Int64,
    "Likely range, high": pl.Int64,
    "Beyond chance": pl.String,
}


def _whole(value: float) -> int:
    return int(half_up(value, 0))
