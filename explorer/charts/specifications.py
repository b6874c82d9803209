"""The same question asked in many ways: a row each, with its effect and range beside no effect."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, INK, LABEL_SIZE, NEIGHBOUR, WIDE, specification
from explorer.evaluation.estimate import Specification
from explorer.sentences.specifications import (
    GROUPS,
    effect_words,
    placebo_sentence,
    specifications_title,
)
from explorer.sentences.what_if import way
from explorer.wording import half_up, lowered, possessive

ROW_STEP = 40  # pixels a row: its words above, its range below
WORDS_UP, MARK_DOWN = -8, 9  # pixels from the middle of a row
FIGURE_ROOM, SHORT_ROOM = 240, 80  # pixels for the figure at the right of a row's words, in full and short
MARGIN = 0.06  # room at both sides, as a share of what all ranges span
LEAST_SPAN = 1.0  # of a point
REACH = 2.5  # times the farthest end of the main result's range: wider ranges run out of the picture
_SHAPES = {"main": "diamond", "placebo_date": "square"}
_UNASKED = "cannot be asked"


def specifications_chart(
    found: Sequence[Specification], measure: str, name: str, source: str, unit: str = "percentage points"
) -> Picture:
    """The picture of all ways of asking.

    Args:
        found: the main one and the others, in any order; they are drawn by group.
        measure: what the effect is on: 'Re-plans'.
        name: what the authority is called.
        source: where the figures come from.
        unit: of the effect.
    """
    rows = [one for kind in GROUPS for one in found if one.kind == kind]
    heading = specifications_title(rows)
    return Picture(
        name="specifications",
        title=heading,
        subtitle=f"{possessive(name)} {lowered(measure)}: the effect in {unit}, asked in {len(rows)} ways",
        source=f"Source: {source}",
        spec=specifications_spec(),
        data=_data(rows),
        table=_table(rows),
        key="Diamond: the main result. Circles: the same question asked in another way. Squares: dates before the "
        "start, where nothing should be found. Lines: the likely range, 95 of 100. Upright strokes: no effect. A bold "
        "line leaves it out.",
        note=_note(rows),
    ).told("Dots with ranges", f"{placebo_sentence(rows)} {_in_words(rows)}")


@lru_cache(maxsize=1)
def specifications_spec() -> dict[str, Any]:
    """The drawing rules: words above, a dot with its range below, and no effect as an upright stroke."""
    y = alt.Y("order:O", axis=None)
    labels = "datum.value === 0 ? 'no effect' : format(datum.value, '+,~f')"
    axis = alt.Axis(tickCount=5, grid=False, domain=False, ticks=False, labelExpr=labels, labelOverlap=True)
    x = alt.X("effect:Q", title="Percentage points", scale=alt.Scale(zero=False, nice=False), axis=axis)
    tips = [
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("label:N", title="Way of asking"),
        alt.Tooltip("figure:N", title="Effect"),
    ]
    asked = alt.Chart().transform_filter("datum.kind === 'row' && isValid(datum.lower)")
    zero = asked.mark_tick(color=INK, thickness=1.6, size=ROW_STEP // 2, yOffset=MARK_DOWN, opacity=0.8)
    ranges = [
        asked.transform_filter(wanted)
        .mark_rule(strokeWidth=width, yOffset=MARK_DOWN, strokeCap="butt")
        .encode(y=y, x=alt.X("lower:Q"), x2="upper:Q", color=_colour(), tooltip=tips)
        for wanted, width in (("!datum.clear", 2), ("datum.clear", 5))
    ]
    dots = [
        asked.transform_filter(wanted)
        .mark_point(shape=shape, size=size, opacity=1, fill=fill, strokeWidth=2, yOffset=MARK_DOWN)
        .encode(y=y, x=x, stroke=_stroke(), tooltip=tips)
        for wanted, shape, size, fill in (
            ("datum.shape === 'circle'", "circle", 60, "white"),
            ("datum.shape === 'square'", "square", 55, "white"),
            ("datum.shape === 'diamond'", "diamond", 190, AUTHORITY),
        )
    ]
    room = alt.Chart().transform_filter("datum.kind === 'room'").mark_point(opacity=0).encode(x=x)
    layers = (zero.encode(y=y, x="zero:Q"), *ranges, *dots, *_words(y), room)
    return specification(alt.layer(*layers).properties(height={"step": ROW_STEP}))


def _colour() -> alt.Color:
    scale = alt.Scale(domain=["main", "other"], range=[AUTHORITY, NEIGHBOUR])
    return alt.Color("role:N", scale=scale, legend=None)


def _stroke() -> alt.Stroke:
    scale = alt.Scale(domain=["main", "other"], range=[AUTHORITY, NEIGHBOUR])
    return alt.Stroke("role:N", scale=scale, legend=None)


def _words(y: alt.Y) -> list[alt.Chart]:
    """The label at the left of a row and its effect at the right; the names of groups in bold."""
    row = alt.Chart().transform_filter("datum.kind === 'row'")
    group = alt.Chart().transform_filter("datum.kind === 'group'")
    limit = alt.ExprRef(f"width - (width >= {WIDE} ? {FIGURE_ROOM} : {SHORT_ROOM})")
    label = row.mark_text(align="left", dy=WORDS_UP, fontSize=LABEL_SIZE, color=INK, limit=limit)
    name = group.mark_text(align="left", dy=MARK_DOWN, fontSize=LABEL_SIZE, fontWeight="bold", color=INK)
    figures = [
        row.mark_text(
            align="right",
            dy=WORDS_UP,
            fontSize=LABEL_SIZE,
            color=INK,
            opacity=alt.ExprRef(f"width {test} {WIDE} ? 1 : 0"),
        ).encode(y=y, x=alt.value("width"), text=f"{field}:N")
        for field, test in (("figure", ">="), ("short", "<"))
    ]
    at_left = alt.value(0)
    return [label.encode(y=y, x=at_left, text="label:N"), name.encode(y=y, x=at_left, text="label:N"), *figures]


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    **dict.fromkeys(("effect", "zero", "lower", "upper"), pl.Float64),
    **dict.fromkeys(("kind", "group", "label", "figure", "short", "shape", "role"), pl.String),
    "clear": pl.Boolean,
}


def _data(rows: Sequence[Specification]) -> pl.DataFrame:
    drawn: list[dict[str, object]] = []
    low, high = _ends(rows)
    group = None
    for row in rows:
        if row.kind != group:
            group = row.kind
            drawn.append({"order": len(drawn), "kind": "group", "label": GROUPS[row.kind]})
        estimate = row.estimate
        figure = effect_words(estimate) if estimate else _UNASKED
        drawn.append(
            {
                "order": len(drawn),
                "kind": "row",
                "group": GROUPS[row.kind],
                "label": row.label,
                "effect": _within(estimate.effect, low, high) if estimate else None,
                "zero": 0.0 if estimate else None,
                "lower": max(estimate.lower, low) if estimate else None,
                "upper": min(estimate.upper, high) if estimate else None,
                "figure": figure,
                "short": way(estimate.effect, "percent") if estimate else _UNASKED,
                "shape": _SHAPES.get(row.kind, "circle"),
                "role": "main" if row.kind == "main" else "other",
                "clear": estimate.clear if estimate else False,
            }
        )
    side = MARGIN * (high - low)
    drawn += [{"order": 0, "kind": "room", "effect": end} for end in (low - side, high + side)]
    return pl.DataFrame(drawn, schema=_SCHEMA)


def _ends(rows: Sequence[Specification]) -> tuple[float, float]:
    """From where to where effects are drawn: as wide as the widest range, and not much wider than the main one's."""
    known = [row.estimate for row in rows if row.estimate]
    low = min((one.lower for one in known), default=-LEAST_SPAN)
    high = max((one.upper for one in known), default=LEAST_SPAN)
    main = next((row.estimate for row in rows if row.kind == "main" and row.estimate), None)
    if main:
        reach = REACH * max(abs(main.lower), abs(main.upper), LEAST_SPAN)
        low, high = max(low, -reach), min(high, reach)
    return min(low, -LEAST_SPAN), max(high, LEAST_SPAN)


def _within(value: float, low: float, high: float) -> float | None:
    """A dot is drawn where it lies in the picture, and not at its edge."""
    return value if low <= value <= high else None


def _table(rows: Sequence[Specification]) -> pl.DataFrame:
    """One row a way of asking, for reading and for the file."""
    return pl.DataFrame(
        [
            {
                "Group": GROUPS[row.kind],
                "Way of asking": row.label,
                "Effect, percentage points": _rounded(row.estimate.effect if row.estimate else None),
                "Likely range, low": _rounded(row.estimate.lower if row.estimate else None),
                "Likely range, high": _rounded(row.estimate.upper if row.estimate else None),
                "Leaves out no effect": ("yes" if row.estimate.clear else "no") if row.estimate else "",
                "Periods before": row.estimate.periods_before if row.estimate else None,
                "Periods after": row.estimate.periods_after if row.estimate else None,
                "Why it cannot be asked": row.why_not,
            }
            for row in rows
        ],
        infer_schema_length=None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(half_up(value))


def _in_words(rows: Sequence[Specification]) -> str:
    said = (f"{row.label}: {effect_words(row.estimate)}" for row in rows if row.estimate)
    return f"{'; '.join(said)}."


def _note(rows: Sequence[Specification]) -> str:
    low, high = _ends(rows)
    parts = []
    if any(row.estimate and (row.estimate.lower < low or row.estimate.upper > high) for row in rows):
        parts.append("Some ranges go on beyond the edge of the picture.")
    if any(row.estimate is None for row in rows):
        parts.append("The table says why some ways cannot be asked.")
    return " ".join(parts)
