"""The group in a series: its band, and a line for each member that was picked."""

from collections.abc import Mapping, Sequence
from typing import cast

import altair as alt
import numpy as np
import polars as pl

from explorer.benchmarks.position import Position
from explorer.charts.theme import INK, MEDIAN, NEIGHBOUR, band_look
from explorer.config import Indicator
from explorer.sentences.figures import counts, shown

FEWEST_FOR_BAND = 4
_DASHES = {"0": [1, 0], "1": [6, 3], "2": [2, 2], "3": [10, 3, 2, 3], "4": [12, 4]}  # lines picked, told apart
_APART = 0.065  # of the scale: how far names at the ends of lines keep from each other
X = alt.X(
    "year:Q",
    title="Year ending 31 March",
    axis=alt.Axis(format="d", grid=False, tickMinStep=1, labelOverlap=True),
    scale=alt.Scale(zero=False, nice=False, padding=14),
)
TIPS = [
    alt.Tooltip("who:N", title="Who"),
    alt.Tooltip("year:Q", title="Year", format="d"),
    alt.Tooltip("label:N", title="Figure"),
    alt.Tooltip("counts:N", title="Counts"),
]
# One row a point of a series: whose it is, the figure with its likely range, and the range of one that is hidden.
POINTS: Mapping[str, type[pl.DataType]] = {
    "kind": pl.String,
    "who": pl.String,
    "year": pl.Int64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "label": pl.String,
    "counts": pl.String,
    "chosen": pl.Boolean,
}


def only(kind: str) -> alt.Chart:
    """One kind of row."""
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def band() -> list[alt.Chart]:
    """From the lowest to the highest member of the group, and the half of them in the middle."""
    return [
        only("band")
        .mark_area(**band_look(MEDIAN, opacity))
        .encode(x=X, y=alt.Y(f"{low}:Q"), y2=f"{high}:Q", detail="run:N")
        for low, high, opacity in (("least", "most", 0.04), ("lower", "upper", 0.07))
    ]


def members(y: alt.Y) -> list[alt.Chart]:
    """A thin line for each member asked for, with its name at the end."""
    one = only("member")
    dash = alt.StrokeDash("dash:N", legend=None, scale=alt.Scale(domain=list(_DASHES), range=list(_DASHES.values())))
    last = one.transform_filter("datum.last")
    return [
        one.mark_line(color=INK, opacity=0.75, strokeWidth=1.6, invalid="break-paths-show-domains").encode(
            x=X, y=y, detail="who:N", strokeDash=dash
        ),
        one.mark_point(color=NEIGHBOUR, filled=True, opacity=1, size=22, shape="square").encode(x=X, y=y, tooltip=TIPS),
        last.mark_text(align="right", fontSize=12, color=INK).encode(x=X, y=alt.Y("lift:Q"), text="who:N"),
    ]


def band_rows(years: Sequence[Position]) -> list[dict[str, object]]:
    """The group's published figures year by year; a year without breaks the band."""
    rows, run = [], 0
    for one in years:
        values = [member.value for member in one.members if member.value is not None]
        if len(values) < FEWEST_FOR_BAND:
            run += 1
            continue
        first, third = np.quantile(values, [0.25, 0.75]).tolist()
        rows.append(
            {"kind": "band", "year": one.year, "least": min(values), "most": max(values), "lower": first,
             "upper": third, "run": str(run)}
        )  # fmt: skip
    return rows


def line_rows(
    years: Sequence[Position], lines: Sequence[tuple[str, str]], entry: Indicator, top: float
) -> list[dict[str, object]]:
    """The lines of the members picked, with room between their names.

    Args:
        lines: their codes and names.
        top: how high the scale goes.
    """
    picked = [
        row for place, one in enumerate(lines) for row in _member_rows(years, *one, entry, str(place % len(_DASHES)))
    ]
    return _with_room(picked, _APART * top)


def _with_room(rows: list[dict[str, object]], apart: float) -> list[dict[str, object]]:
    """The same, with a height for each name above its line's end where it is clear of the other names."""
    lowest = -apart
    for row in sorted((row for row in rows if row["last"]), key=lambda row: cast(float, row["value"])):
        lowest = max(cast(float, row["value"]) + apart / 2, lowest + apart)
        row["lift"] = lowest
    return rows


def _member_rows(
    years: Sequence[Position], code: str, name: str, entry: Indicator, dash: str
) -> list[dict[str, object]]:
    figures = [(one.year, member) for one in years for member in one.members if member.area == code]
    known = [year for year, figure in figures if figure.value is not None]
    return [
        {
            "kind": "member",
            "who": name,
            "year": year,
            "value": figure.value,
            "label": shown(figure, entry),
            "counts": counts(figure, entry) if entry.unit == "percent" else "",
            "last": bool(known) and year == known[-1],
            "dash": dash,
        }
        for year, figure in figures
    ]
