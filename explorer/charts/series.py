"""A measure over the years: the authority, its likely range, the group's median and England."""

from functools import lru_cache
from statistics import median
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import ENGLAND as ENGLAND_CODE
from explorer.areas import Areas
from explorer.benchmarks.position import Position
from explorer.charts.picture import Picture
from explorer.charts.theme import (
    AUTHORITY,
    BAND_OPACITY,
    DOTTED,
    ENGLAND,
    HATCH,
    INK,
    MEDIAN,
    SOLID,
    UNIT_TITLES,
    specification,
)
from explorer.config import Config, Indicator
from explorer.schema import STATUS_WORDS
from explorer.wording import in_range, in_unit, possessive

HEIGHT = 300


def yearly_series(table: pl.DataFrame, found: Position, config: Config, areas: Areas) -> Picture:
    """The picture of one indicator for every published year, with the position's year marked.

    Args:
        table: ``schema.INDICATORS``.
    """
    entry, name = config.indicators[found.indicator], areas.label(found.area)
    rows = table.filter(pl.col("indicator") == found.indicator)
    own = rows.filter(pl.col("area") == found.area, pl.col("status") != "no_authority").sort("period")
    medians = _medians(rows, found.group.members)
    england = rows.filter(pl.col("area") == ENGLAND_CODE).sort("period")
    heading = _finding(own, entry, name)
    years = f"years ending March {own['period'].min()} to {own['period'].max()}" if own.height else "no years"
    return Picture(
        name="series",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {years}",
        source=f"Source: {entry.reference}",
        spec=series_spec(UNIT_TITLES[entry.unit]),
        data=_data(own, medians, england, entry, found.year),
        table=_table(own, medians, england, entry),
        alt=f"Line chart. {heading}. {_years_in_words(own, entry)}",
        key=_key(found, entry),
        note=_note(own),
    )


@lru_cache(maxsize=16)
def series_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules of the series."""
    x = alt.X(
        "year:Q",
        title="Year ending 31 March",
        axis=alt.Axis(format="d", grid=False, tickMinStep=1, labelOverlap=True),
        scale=alt.Scale(zero=False, nice=False, padding=14),
    )
    y = alt.Y(
        "value:Q",
        title=axis_title,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False),
    )
    tips = [
        alt.Tooltip("who:N", title="Who"),
        alt.Tooltip("year:Q", title="Year", format="d"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
    ]

    def only(kind: str) -> alt.Chart:
        return alt.Chart().transform_filter(f"datum.kind === '{kind}'")

    own = only("own")
    band = own.mark_area(color=AUTHORITY, opacity=BAND_OPACITY).encode(x=x, y=alt.Y("lower:Q"), y2="upper:Q")
    hidden = own.mark_rule(color=AUTHORITY, strokeWidth=13, strokeDash=HATCH, strokeCap="butt").encode(
        x=x, y=alt.Y("least:Q"), y2="most:Q", tooltip=tips
    )
    lines = [
        only(kind)
        .mark_line(color=colour, strokeWidth=width, strokeDash=dash, invalid="break-paths-show-domains")
        .encode(x=x, y=y)
        for kind, colour, width, dash in (
            ("median", MEDIAN, 2.5, SOLID),
            ("england", ENGLAND, 2.5, DOTTED),
            ("own", AUTHORITY, 3, SOLID),
        )
    ]
    dots = [
        only(kind)
        .mark_point(color=colour, filled=True, opacity=1, size=size, shape=shape)
        .encode(x=x, y=y, tooltip=tips)
        for kind, colour, size, shape in (
            ("median", MEDIAN, 34, "square"),
            ("england", ENGLAND, 34, "diamond"),
            ("own", AUTHORITY, 70, "circle"),
        )
    ]
    chosen = (
        only("own")
        .transform_filter("datum.chosen && isValid(datum.value)")
        .mark_point(color=AUTHORITY, filled=False, size=260, strokeWidth=2)
        .encode(x=x, y=y)
    )
    text = (
        only("own")
        .transform_filter("datum.chosen && isValid(datum.value)")
        .mark_text(dy=-20, fontSize=14, fontWeight="bold", color=INK)
        .encode(x=x, y=y, text="label:N")
    )
    return specification(alt.layer(band, *lines, hidden, *dots, chosen, text).properties(height=HEIGHT))


def _medians(rows: pl.DataFrame, members: tuple[str, ...]) -> dict[int, tuple[float, int]]:
    """The median of the members' published values and how many there are, by year."""
    known = rows.filter(pl.col("area").is_in(list(members)), pl.col("value").is_not_null())
    return {
        int(key[0]): (median(values["value"].to_list()), values.height)  # type: ignore[call-overload]
        for key, values in known.group_by("period")
    }


def _counts(row: dict[str, Any]) -> str:
    if row["numerator"] is None or row["base"] is None:
        return ""
    whole = row["denominator"] if row["denominator"] is not None else row["base"]
    about = "" if row["denominator"] is not None else "about "
    return f"{row['numerator']:,.0f} of {about}{whole:,.0f}"


def _label(row: dict[str, Any], unit: str) -> str:
    if row["value"] is not None:
        return in_unit(row["value"], unit)
    if row["status"] == "suppressed":
        return "hidden" if row["least"] is None else f"hidden: {in_range(row['least'], row['most'], unit)}"
    return STATUS_WORDS[row["status"]]


def _data(
    own: pl.DataFrame, medians: dict[int, tuple[float, int]], england: pl.DataFrame, entry: Indicator, year: int
) -> pl.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "kind": "own",
            "who": "This authority",
            "year": row["period"],
            **{name: row[name] for name in ("value", "lower", "upper", "least", "most")},
            "label": _label(row, entry.unit),
            "counts": _counts(row) if entry.unit == "percent" else "",
            "chosen": row["period"] == year,
        }
        for row in own.iter_rows(named=True)
    ]
    rows += [
        {
            "kind": "median",
            "who": f"Median of {number}",
            "year": when,
            "value": value,
            "label": in_unit(value, entry.unit),
        }
        for when, (value, number) in sorted(medians.items())
    ]
    if entry.unit != "count":  # England's count would flatten every other line
        rows += [
            {
                "kind": "england",
                "who": "England",
                "year": row["period"],
                "value": row["value"],
                "label": _label(row, entry.unit),
            }
            for row in england.iter_rows(named=True)
        ]
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
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


def _table(
    own: pl.DataFrame, medians: dict[int, tuple[float, int]], england: pl.DataFrame, entry: Indicator
) -> pl.DataFrame:
    national = {row["period"]: row["value"] for row in england.iter_rows(named=True)}
    return pl.DataFrame(
        [
            {
                "Year ending 31 March": row["period"],
                entry.label: row["value"],
                "Likely range, low": row["lower"],
                "Likely range, high": row["upper"],
                "If hidden, least": row["least"],
                "If hidden, most": row["most"],
                "Count": row["numerator"] if entry.numerator else None,
                "Out of": row["denominator"] if entry.denominator else None,
                "Status": row["status"],
                "Median of the group": medians.get(row["period"], (None, 0))[0],
                "Members published": medians.get(row["period"], (None, 0))[1],
                "England": national.get(row["period"]),
                "Source": row["source"],
            }
            for row in own.iter_rows(named=True)
        ],
        infer_schema_length=None,
    )


def _finding(own: pl.DataFrame, entry: Indicator, name: str) -> str:
    """Where the series ends compared with its own range."""
    known = own.filter(pl.col("value").is_not_null())
    if known.height < 2:
        return f"{entry.label}: too few published years for {name} to show a course"
    low, high = (
        known.row(int(known["value"].arg_min() or 0), named=True),
        known.row(int(known["value"].arg_max() or 0), named=True),
    )
    if low["value"] == high["value"]:
        return f"{entry.label}: {name} stayed at {in_unit(low['value'], entry.unit)}"
    return (
        f"{entry.label}: {possessive(name)} figure has been between {in_unit(low['value'], entry.unit)} ({low['period']}) "
        f"and {in_unit(high['value'], entry.unit)} ({high['period']})"
    )


def _years_in_words(own: pl.DataFrame, entry: Indicator) -> str:
    return "; ".join(f"{row['period']}: {_label(row, entry.unit)}" for row in own.iter_rows(named=True)) + "."


def _key(found: Position, entry: Indicator) -> str:
    parts = ["Thick line with circles: this authority; the ring marks the chosen year."]
    if entry.unit == "percent" and entry.numerator:
        parts.append("Shaded band: its likely range.")
    if found.group.members:
        parts.append(f"Solid line with squares: median of {found.group.short_label}.")
    if entry.unit != "count":
        parts.append("Dotted line with diamonds: England.")
    return " ".join(parts)


def _note(own: pl.DataFrame) -> str:
    parts = []
    if (own["status"] == "suppressed").any():
        parts.append("A hatched bar is the range of a hidden figure; where there is none, its range is not known.")
    gone = own.filter(pl.col("status").is_in(["not_available", "low_reliability"]))["period"].to_list()
    if gone:
        parts.append(
            f"No figure for {', '.join(str(year) for year in gone)}: {STATUS_WORDS[own.filter(pl.col('period') == gone[0])['status'][0]]}."
        )
    return " ".join(parts)
