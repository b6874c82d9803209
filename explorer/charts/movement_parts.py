"""What each cause of a change of the number of open plans comes to, with the range that chance leaves it."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, BAND_OPACITY, HATCH, INK, LABEL_SIZE, NEIGHBOUR, band_look, specification
from explorer.charts.waterfall import BAR_DOWN, ROW_STEP, WORDS_UP, row_words
from explorer.models.movement import Movement
from explorer.models.stock_change import Part
from explorer.sentences.movement import LENGTH_MEANING, part_words, why_sentence, why_title
from explorer.sentences.what_if import way_range
from explorer.wording import day, half_up, possessive

FIGURE_ROOM = 230  # pixels for the figure and its range at the right of a row's words
NARROW = 520  # pixels: narrower, the range is left to the thin line
AXIS = "fewer or more plans open"
MEANINGS = (
    "Already under way: the change if as many plans had started as the year before, and had they lasted as long; it is "
    "taken as counted and has no range. Plans starting: what more or fewer starts than the year before changed. How "
    "long plans last: what longer or shorter plans changed. Grey bar: the change in the year, the three together. Thin "
    "line with ends: what chance could make of it, 95% range, as brothers and sisters come and go together."
)


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
        subtitle=f"{possessive(name)} plans open, change in the year to {day(moved.after.end)}, number",
        source=source,
        spec=why_spec(),
        data=_data(moved),
        table=_table(moved),
        key=_key(moved),
        note=LENGTH_MEANING if moved.split else why_sentence(moved),
    ).told("Bar chart", why_sentence(moved))


@lru_cache(maxsize=1)
def why_spec() -> dict[str, Any]:
    """The drawing rules: words above, a bar from nought below with its range."""
    y = alt.Y("order:O", axis=None)
    x = alt.X("value:Q", title=AXIS, axis=_signed_axis())
    rows = alt.Chart()
    known = rows.transform_filter("isValid(datum.value)")
    ranged = rows.transform_filter("isValid(datum.low)")
    tips = [alt.Tooltip("label:N", title="Cause"), alt.Tooltip("figure:N", title="Comes to")]
    bars = [
        known.transform_filter(f"datum.kind === '{kind}'")
        .mark_bar(height=15, yOffset=BAR_DOWN, **band_look(colour, opacity))
        .encode(y=y, x=x, x2=alt.datum(0), tooltip=tips)
        for kind, colour, opacity in (
            ("given", AUTHORITY, 1.0),
            ("cause", AUTHORITY, 1.0),
            ("part", AUTHORITY, BAND_OPACITY),
            ("sum", NEIGHBOUR, 1.0),
        )
    ]
    hidden = (
        rows.transform_filter("isValid(datum.least)")
        .mark_rule(
            color=AUTHORITY, strokeWidth=13, strokeDash=HATCH, strokeCap="butt", yOffset=BAR_DOWN, y2Offset=BAR_DOWN
        )
        .encode(y=y, x=alt.X("least:Q", title=AXIS), x2="most:Q", tooltip=tips)
    )
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
        alt.layer(*bars, hidden, span, *ends, zero, *row_words(rows, y, FIGURE_ROOM, NARROW), short).properties(
            height={"step": ROW_STEP}
        )
    )


def _key(moved: Movement) -> str:
    if moved.split is None:
        return ""
    hidden = any(part.hidden for *_, part in _rows(moved))
    return f"{MEANINGS} Hatched: what a hidden figure leaves open." if hidden else MEANINGS


def _signed_axis() -> alt.Axis:
    """A difference with its sign at every step."""
    return alt.Axis(
        tickCount=5, grid=False, domain=False, ticks=False,
        labelExpr="datum.value === 0 ? '0' : format(datum.value, '+,~f')",
    )  # fmt: skip


def _rows(moved: Movement) -> list[tuple[str, str, Part]]:
    """Each row: its kind, its words and what it comes to; what is given and the sum are without chance."""
    parts = moved.split
    if parts is None:
        return []
    kinds = (("of them, first plans", parts.first), ("of them, re-plans", parts.repeat))
    return [
        ("given", "Already under way", Part(parts.under_way, parts.under_way, parts.under_way)),
        ("cause", "Plans starting", parts.starts),
        *(("part", label, part) for label, part in kinds if part),
        ("cause", "How long plans last", parts.staying),
        ("sum", "Change in the year", Part(parts.change, parts.change, parts.change)),
    ]


def _data(moved: Movement) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for kind, label, part in _rows(moved):
        said = part_words(part)
        ranged = kind in ("cause", "part")
        rows.append(
            {
                "order": len(rows),
                "kind": kind,
                "label": label,
                "value": None if part.hidden else part.value,
                "least": part.least if part.hidden else None,
                "most": part.most if part.hidden else None,
                "low": part.low if ranged else None,
                "high": part.high if ranged else None,
                "short": said,
                "figure": f"{said} (95%: {way_range(part.low, part.high, 'count')})" if ranged else said,
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "kind": pl.String,
    "label": pl.String,
    "value": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "short": pl.String,
    "figure": pl.String,
}


def _table(moved: Movement) -> pl.DataFrame:
    """What each comes to in whole plans, with its range and whether it is more than chance is likely to make."""
    rows: list[dict[str, object]] = []
    for kind, label, part in _rows(moved):
        ranged = kind in ("cause", "part")
        rows.append(
            {
                "Cause": label[0].upper() + label[1:],
                "Plans open": None if part.hidden else _whole(part.value),
                "Hidden figure leaves": part_words(part) if part.hidden else "",
                "Chance range, low": _whole(part.low) if ranged else None,
                "Chance range, high": _whole(part.high) if ranged else None,
                "More than chance": ("likely" if part.clear else "cannot tell") if ranged else "not tested",
            }
        )
    return pl.DataFrame(rows, schema=_TABLE)


_TABLE: dict[str, type[pl.DataType]] = {
    "Cause": pl.String,
    "Plans open": pl.Int64,
    "Hidden figure leaves": pl.String,
    "Chance range, low": pl.Int64,
    "Chance range, high": pl.Int64,
    "More than chance": pl.String,
}


def _whole(value: float) -> int:
    return int(half_up(value, 0))
