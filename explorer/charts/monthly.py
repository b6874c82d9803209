"""One measure of plan records over the months, with a gap and a mark wherever a figure is hidden."""

from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import HEARD, Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, SOLID, UNIT_TITLES, band_look, specification
from explorer.config import Indicator
from explorer.sentences.records import counted, figure_at, months_finding, value_words
from explorer.wording import day

HEIGHT = 280  # pixels
_SEVERAL_YEARS = 1000  # days
_NEAR = 1.2  # times the usual gap: months and quarters are not all as long
MARK = 14  # pixels: how tall the mark of a hidden figure is


def monthly_series(figures: pl.DataFrame, entry: Indicator, name: str, source: str) -> Picture:
    """The picture of one indicator and period kind.

    Args:
        figures: ``plan_indicators.PLAN_INDICATORS`` after disclosure control, of one indicator and kind.
        entry: The indicator.
        name: What the authority is called.
        source: Where the figures come from.
    """
    rows = figures.filter(pl.col("status") != "refused").sort("period_end")
    heading = months_finding(rows, entry, name)
    hidden = int((rows["status"] == "suppressed").sum())
    return Picture(
        name="months",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {_span(rows, entry)}",
        source=source,
        spec=monthly_spec(UNIT_TITLES[entry.unit], _axis_format(rows)),
        data=_data(rows, entry),
        table=_table(rows, entry),
        key=_key(rows, hidden),
        note="Figures are hidden where somebody could be picked out from them." if hidden else "",
    ).told("Line chart", course=_in_words(rows, entry))


def _span(rows: pl.DataFrame, entry: Indicator) -> str:
    """Which periods are drawn: 'by month, 30 April 2018 to 31 March 2020'."""
    if rows.is_empty():
        return "no period"
    ends: list[date] = rows["period_end"].to_list()
    span = day(ends[0]) if len(ends) == 1 else f"{day(ends[0])} to {day(ends[-1])}"
    return f"{counted(entry, rows['period_kind'][0])}, {span}"


def _key(rows: pl.DataFrame, hidden: int) -> str:
    parts = ["The light band is the likely range."] if rows["lower"].is_not_null().any() else []
    return " ".join([*parts, *(["A short hatched line marks a hidden figure."] if hidden else [])])


def _in_words(rows: pl.DataFrame, entry: Indicator) -> list[str]:
    """The last figures, for someone who cannot see the picture."""
    last = rows.tail(HEARD).iter_rows(named=True)
    return [f"{day(row['period_end'])}: {value_words(row, entry)}" for row in last]


def _axis_format(rows: pl.DataFrame) -> str:
    """How the axis names a month: by the year alone where there are several years."""
    ends: list[date] = rows["period_end"].to_list()
    return "%Y" if ends and (ends[-1] - ends[0]).days > _SEVERAL_YEARS else "%b %Y"


@lru_cache(maxsize=16)
def monthly_spec(axis_title: str, axis_format: str) -> dict[str, Any]:
    """The drawing rules of the series."""
    axis = alt.Axis(
        grid=False,
        labelOverlap=True,
        format=axis_format,
        tickCount={"interval": "year" if axis_format == "%Y" else "month", "step": 1},
    )
    x = alt.X("end:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    y = alt.Y("value:Q", title=axis_title, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    tips = [
        alt.Tooltip("when:N", title="Period ends"),
        alt.Tooltip("label:N", title="Figure"),
        alt.Tooltip("counts:N", title="Counts"),
    ]
    base = alt.Chart().encode(x=x)
    known = base.transform_filter("isValid(datum.value)").encode(detail="run:N")
    likely = known.mark_area(**band_look(AUTHORITY)).encode(y=alt.Y("lower:Q", title=axis_title), y2="upper:Q")
    hidden = (
        base.transform_filter("datum.hidden")
        .mark_rule(color=INK, opacity=0.6, strokeDash=HATCH, strokeWidth=4)
        .encode(y=alt.value(alt.ExprRef(f"height - {MARK}")), y2=alt.value("height"), tooltip=tips)
    )
    line = known.mark_line(color=AUTHORITY, strokeDash=SOLID, strokeWidth=2).encode(y=y)
    points = known.mark_circle(color=AUTHORITY, size=32, opacity=1).encode(y=y, tooltip=tips)
    return specification(alt.layer(hidden, likely, line, points).properties(height=HEIGHT))


def _data(rows: pl.DataFrame, entry: Indicator) -> pl.DataFrame:
    words = [(day(row["period_end"]), value_words(row, entry), _counts(row)) for row in rows.iter_rows(named=True)]
    said = pl.DataFrame(words, schema={"when": pl.String, "label": pl.String, "counts": pl.String}, orient="row")
    figures = rows.select("value", "lower", "upper", end="period_end", hidden=pl.col("status") == "suppressed")
    return figures.with_columns(run=_runs(figures)).hstack(said)


def _runs(figures: pl.DataFrame) -> pl.Series:
    """A number for the figures that a line joins: those as near to each other as most are.

    So quarters are joined where only quarters are shown, and a month that is hidden among shown ones breaks the line.
    """
    known = figures.filter(pl.col("value").is_not_null()).select("end", gap=pl.col("end").diff().dt.total_days())
    usual = known["gap"].median() or 0
    numbered = known.with_columns(run=(pl.col("gap") > _NEAR * usual).fill_null(value=False).cum_sum())  # type: ignore[operator]
    return figures.join(numbered, on="end", how="left", maintain_order="left")["run"]


def _counts(row: dict[str, Any]) -> str:
    # either of the two can be hidden, and what is left would stand there alone
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    return f"{row['numerator']:,} of {row['denominator']:,}"


def _table(rows: pl.DataFrame, entry: Indicator) -> pl.DataFrame:
    """The figures for reading and for the file, newest first."""
    return figure_at(rows.sort("period_end", descending=True), entry)
