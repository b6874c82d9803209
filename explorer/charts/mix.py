"""Who a synthetic comparison is made of: the share that each other authority has in it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import INK, NEIGHBOUR, by_order, end_labels, specification
from explorer.evaluation.controlled import Controlled
from explorer.sentences.controlled import left_out_sentence, mix_sentence
from explorer.wording import count, half_up, percent

SHOWN = 10  # bars; of the rest only the sum is told, without a bar that would dwarf them
BAR_STEP = 26  # pixels
_ROOM = 0.3  # of the longest bar: for its figure


def mix(found: Controlled, names: Mapping[str, str], source: str) -> Picture:
    """The picture of one comparison.

    Args:
        names: what authorities are called, by DfE number.
        source: "Source: ...".
    """
    heading = mix_sentence(found, names).removesuffix(".")
    rows = _rows(found, names)
    return Picture(
        name="mix",
        title=heading,
        subtitle="Share of each authority in that mix, percent",
        source=source,
        spec=mix_spec(),
        data=_data(rows),
        table=pl.DataFrame(
            [{"Authority": names[area], "Share, percent": float(half_up(100 * weight))} for area, weight in found.mix]
        ),
        key="",
        note=left_out_sentence(found),
    ).told("Bar chart", "; ".join(f"{label}: {percent(100 * weight)}" for label, weight in rows) + ".")


@lru_cache(maxsize=1)
def mix_spec() -> dict[str, Any]:
    """The drawing rules; bars have their figures, so no axis is drawn."""
    y, x = by_order("name"), alt.X("value:Q", axis=None, scale=alt.Scale(zero=True, nice=False))
    tips = [alt.Tooltip("name:N", title="Authority"), alt.Tooltip("label:N", title="Share")]
    bars = alt.Chart().transform_filter("datum.kind === 'bar'")
    room = alt.Chart().transform_filter("datum.kind === 'room'").mark_point(opacity=0, color=INK).encode(x=x)
    drawn = bars.mark_bar(height={"band": 0.72}, color=NEIGHBOUR).encode(y=y, x=x, tooltip=tips)
    return specification(alt.layer(room, drawn, *end_labels(bars, y)).properties(height={"step": BAR_STEP}))


def _rows(found: Controlled, names: Mapping[str, str]) -> list[tuple[str, float]]:
    """The largest shares, and all others together."""
    rows = [(names[area], weight) for area, weight in found.mix[:SHOWN]]
    rest = [weight for _, weight in found.mix[SHOWN:]]
    if len(rest) == 1:
        return [*rows, (names[found.mix[SHOWN][0]], rest[0])]
    return [*rows, (f"{count(len(rest))} others together", sum(rest))] if rest else rows


def _data(rows: list[tuple[str, float]]) -> pl.DataFrame:
    drawn: list[dict[str, object]] = [
        {
            "kind": "bar",
            "order": number,
            "name": label,
            "value": 100 * weight if number < SHOWN else None,
            "label": percent(100 * weight),
            "short": percent(100 * weight),
        }
        for number, (label, weight) in enumerate(rows)
    ]
    longest = max((100 * weight for _, weight in rows[:SHOWN]), default=1.0)
    drawn.append({"kind": "room", "value": longest * (1 + _ROOM)})
    return pl.DataFrame(drawn, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "order": pl.Int64,
    "name": pl.String,
    "value": pl.Float64,
    "label": pl.String,
    "short": pl.String,
}
