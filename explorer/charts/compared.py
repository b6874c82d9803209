"""Several what-ifs side by side, beside as now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.fan import AXIS_TITLES, DASHED, forecast_words, year_at, years_axis
from explorer.charts.names import stacked
from explorer.charts.picture import Picture
from explorer.charts.theme import DOTTED, INK, LABEL_SIZE, NEIGHBOUR, SCENARIO, SOLID, UNIT_TITLES, WIDE, specification
from explorer.config import Indicator
from explorer.sentences.what_if import when_words
from explorer.wording import half_up, in_range, in_unit, listed, possessive

HEIGHT = 320  # pixels
AS_NOW = "As now"
# Letter, colour, dash and its name, shape and the name of several.
# Two colours only: dash, shape and letter tell the lines apart.
_STYLES: Sequence[tuple[str, str, list[int], str, str, str]] = (
    ("", NEIGHBOUR, DASHED, "dashed", "circle", "circles"),
    ("A", SCENARIO, SOLID, "solid", "square", "squares"),
    ("B", INK, [10, 3, 2, 3], "dash and dot", "triangle-up", "triangles"),
    ("C", SCENARIO, DOTTED, "dotted", "diamond", "diamonds"),
    ("D", INK, [12, 5], "long dashes", "cross", "crosses"),
)
MOST = len(_STYLES) - 1  # what-ifs in one picture
SIDE = 0.27  # of the months drawn: how much is left at the right for the names of the lines
SPREAD = 0.6  # room above and below the lines, as a share of what they span
LEAST_SPAN = 0.1  # of the highest figure: nearer lines are not drawn further apart
LINE = 18  # pixels between two names


def compared(
    paths: pl.DataFrame, entry: Indicator, indicator: str, name: str, as_at: date, months: int, source: str
) -> Picture:
    """The picture of one indicator for as now and up to four what-ifs.

    Args:
        paths: PATHS; ``which`` is "baseline" or a what-if's name, in the order that they should have.
        entry: The indicator's.
        name: The authority.
        as_at: The date that the forecast starts from.
        months: How far ahead is drawn.

    Raises:
        ValueError: where there are more what-ifs than can be told apart.
    """
    drawn = paths.filter((pl.col("indicator") == indicator) & (pl.col("month") <= months)).sort(
        "month", maintain_order=True
    )
    names = [which for which in paths["which"].unique(maintain_order=True) if which != "baseline"]
    if len(names) > MOST:
        raise ValueError(f"{len(names)} what-ifs; at most {MOST} can be told apart")
    lines = [(AS_NOW, drawn.filter(which="baseline")), *((which, drawn.filter(which=which)) for which in names)]
    ends = [(which, rows.row(-1, named=True)) for which, rows in lines]
    last = ends[0][1]["month_end"]
    heading = compared_title([(which, row["mean"]) for which, row in ends], entry, when_words(entry, last))
    return Picture(
        name=f"compared-{indicator.replace('_', '-')}",
        title=heading,
        subtitle=f"{possessive(name)} figures: {forecast_words(entry, as_at, last)}",
        source=source,
        spec=compared_spec(UNIT_TITLES[entry.unit], AXIS_TITLES[entry.period]),
        data=_data(lines, entry),
        table=_table(lines, entry),
        key=_key(names),
        note=("The scale does not start at zero. " if _reach(lines)[0] else "")
        + "The ranges in the table overlap mostly because the same chance events move all of these what-ifs together. "
        "So which one is lower is known better than how low it is.",
    ).told("Line chart", "; ".join(f"{which}: {in_unit(row['mean'], entry.unit)}" for which, row in ends) + ".")


def compared_title(ends: Sequence[tuple[str, float]], entry: Indicator, when: str) -> str:
    """Which what-if comes out lowest, beside no change.

    Args:
        ends: (name, mean) at the last month, as now first.
    """
    as_now, scenarios = in_unit(ends[0][1], entry.unit), ends[1:]
    if not scenarios:
        return f"No what-if is chosen. {entry.label} as now: {as_now} {when}"
    figures = {in_unit(value, entry.unit) for _, value in ends}
    if len(figures) == 1:
        return f"{entry.label} would be about {as_now} {when} with any of these"
    lowest = in_unit(min(value for _, value in ends), entry.unit)
    best = [which for which, value in ends if in_unit(value, entry.unit) == lowest]
    if AS_NOW in best:
        return f"{entry.label} would be lowest as now: {as_now} {when}"
    return f"{entry.label} would be lowest with {listed(best)}: {lowest} {when}, not {as_now}"


@lru_cache(maxsize=16)
def compared_spec(axis_title: str, x_title: str) -> dict[str, Any]:
    """The drawing rules: a line each, its mark every twelve months and at its end, and its name beside it."""
    x = years_axis(x_title)
    y = alt.Y(
        "value:Q",
        title=axis_title,
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False),
    )
    room = alt.Chart().transform_filter("datum.number < 0").mark_point(opacity=0).encode(x=x, y=y)
    return specification(alt.layer(room, *_lines(x, y), *_names(y)).properties(height=HEIGHT))


def _lines(x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    tips = [
        alt.Tooltip("which:N", title="What if"),
        alt.Tooltip("when:N", title="When"),
        alt.Tooltip("figure:N", title="Figure"),
    ]
    for number, (_, colour, dash, _, shape, _) in enumerate(_STYLES):
        own = alt.Chart().transform_filter(f"datum.number === {number} && isValid(datum.x)")
        yield own.mark_line(color=colour, strokeDash=dash, strokeWidth=2.5).encode(x=x, y=y)
        mark = own.transform_filter("datum.marked").mark_point(
            color=colour, shape=shape, filled=True, opacity=1, size=90
        )
        yield mark.encode(x=x, y=y, tooltip=tips)


def _names(y: alt.Y) -> Iterator[alt.Chart]:
    """In full where there is room; on a phone the letter and the figure."""
    names = alt.Chart().transform_filter("isValid(datum.place)")
    names = names.transform_calculate(said=f"width >= {WIDE} ? datum.label : datum.short")
    limit = alt.ExprRef(f"width * {SIDE / (1 + SIDE):.3f}")
    text = names.mark_text(align="left", fontSize=LABEL_SIZE, color=INK, dx=4, limit=limit)
    beside = alt.value(alt.ExprRef(f"width * {1 / (1 + SIDE):.3f}"))
    yield text.encode(x=beside, y=alt.Y("place:Q"), text="said:N")


def _data(lines: Sequence[tuple[str, pl.DataFrame]], entry: Indicator) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    low, high = _reach(lines)
    for number, (which, found) in enumerate(lines):
        months = found["month"].max()
        rows += [
            {
                "number": number,
                "which": which,
                "x": year_at(row["month_end"]),
                "value": row["mean"],
                "marked": row["month"] % 12 == 0 or row["month"] == months,
                "when": when_words(entry, row["month_end"]),
                "figure": _band_words(row, entry),
            }
            for row in found.iter_rows(named=True)
        ]
    ends = [(found.row(-1, named=True)["mean"], number, which) for number, (which, found) in enumerate(lines)]
    for place, (value, number, which) in zip(
        stacked([end[0] for end in ends], low, high, LINE / HEIGHT), ends, strict=True
    ):
        figure, letter = in_unit(value, entry.unit), _STYLES[number][0]
        label = f"{letter}  {figure}  {which}" if letter else f"{figure}  {which}"
        rows.append({"number": number, "place": place, "label": label, "short": f"{letter} {figure}".strip()})
    first, last = (year_at(lines[0][1]["month_end"][at]) for at in (0, -1))
    rows += [{"number": -1, "x": last + SIDE * (last - first), "value": end} for end in (low, high)]
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "number": pl.Int64,
    "which": pl.String,
    "x": pl.Float64,
    "value": pl.Float64,
    "marked": pl.Boolean,
    "when": pl.String,
    "figure": pl.String,
    "place": pl.Float64,
    "label": pl.String,
    "short": pl.String,
}


def _reach(lines: Sequence[tuple[str, pl.DataFrame]]) -> tuple[float, float]:
    """Between which figures the picture reaches: all lines with room, and never below zero."""
    values = [value for _, found in lines for value in found["mean"]]
    span = max(max(values) - min(values), LEAST_SPAN * max(values)) or 1.0
    return max(min(values) - SPREAD * span, 0.0), max(values) + SPREAD / 2 * span


def _band_words(row: Mapping[str, Any], entry: Indicator) -> str:
    return f"{in_unit(row['mean'], entry.unit)} (80% range {in_range(row['p10'], row['p90'], entry.unit)})"


def _table(lines: Sequence[tuple[str, pl.DataFrame]], entry: Indicator) -> pl.DataFrame:
    """Each what-if at the end of every twelve months, with its range."""
    places = 0 if entry.unit == "count" else 1
    return pl.DataFrame(
        [
            {
                "What if": which,
                "When": when_words(entry, row["month_end"]),
                "Figure": float(half_up(row["mean"], places)),
                "80% range, low": float(half_up(row["p10"], places)),
                "80% range, high": float(half_up(row["p90"], places)),
            }
            for which, found in lines
            for row in found.filter(pl.col("month") % 12 == 0).iter_rows(named=True)
        ]
    )


def _key(names: Sequence[str]) -> str:
    parts = ["Dashed grey line with circles: as now."]
    for (letter, _, _, dash, _, shape), which in zip(_STYLES[1:], names, strict=False):
        parts.append(f"{letter}, {dash} line with {shape}: {which}.")
    return " ".join(parts)
