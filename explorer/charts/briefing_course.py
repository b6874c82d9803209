"""One measure of the briefing over the years: the authority with its likely range, its group's median and England."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.briefing.briefing import Briefing, Line
from explorer.charts.picture import Picture
from explorer.charts.series import series_spec
from explorer.charts.series_group import POINTS, X, only
from explorer.charts.theme import AUTHORITY, UNIT_TITLES, band_look, specification
from explorer.schema import HIDDEN, STATUS_WORDS
from explorer.sentences.course import course_sentence
from explorer.sentences.median import is_open, median_in_unit
from explorer.wording import count, in_unit, listed, number_in_unit

HEIGHT = 300  # pixels

Row = dict[str, Any]


def briefing_course(line: Line, briefing: Briefing) -> Picture:
    """The picture of a measure over the years, drawn from ``line.course`` alone; the briefing's year has a ring."""
    rows = course_of(line)
    heading = _finding(rows, line, briefing)
    years = [row["year"] for row in rows]
    span = f"years ending March {min(years)} to {max(years)}" if years else "no years"
    return Picture(
        name=f"course-{line.compared}",
        title=heading,
        subtitle=f"{line.compared_label}, {UNIT_TITLES[line.compared_unit]}, {span}",
        source=f"Source: {line.source}",
        spec=course_spec(UNIT_TITLES[line.compared_unit]),
        data=pl.DataFrame(list(_data(rows, line, briefing)), schema=_SCHEMA),
        table=_table(rows, line),
        key=_key(rows, line, briefing),
        note=_note(rows),
    ).told("Line chart", course=[f"{row['year']}: {row['shown']}" for row in rows])


def course_of(line: Line) -> list[Row]:
    """The years in which there was such an authority, without anything that their status hides.

    Only what DfE hid has a range; what this program hides in plan records has none.
    """
    rows = [row for row in line.course.iter_rows(named=True) if row["status"] != "no_authority"]
    return [row | dict.fromkeys(_HIDDEN_PARTS.get(row["status"], ())) for row in rows]


_FIGURES = ("value", "numerator", "lower", "upper")
_HIDDEN_PARTS = {status: _FIGURES if status == "suppressed" else (*_FIGURES, "least", "most") for status in HIDDEN}


def has_course(line: Line) -> bool:
    """Whether there is anything of the authority to draw: a figure, or the range of a hidden one."""
    known = line.course.select("value", "least")
    return any(one is not None for row in known.iter_rows() for one in row)


_SCHEMA: dict[str, type[pl.DataType]] = {**POINTS, "alone": pl.Boolean}


@lru_cache(maxsize=16)
def course_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules: those of a series, and a bar for the likely range of a year between two without one."""
    alone = (
        only("own")
        .transform_filter("datum.alone && isValid(datum.lower)")
        .mark_bar(width=13, **band_look(AUTHORITY))
        .encode(x=X, y=alt.Y("lower:Q", title=axis_title), y2="upper:Q")
    )
    bars, rest = specification(alt.layer(alone)), series_spec(axis_title)
    return {**rest, "height": HEIGHT, "layer": [*bars["layer"], *rest["layer"]]}


def _finding(rows: list[Row], line: Line, briefing: Briefing) -> str:
    known = [(row["year"], row["value"], row["shown"]) for row in rows if row["value"] is not None]
    hidden = any(row["status"] in HIDDEN for row in rows)
    return course_sentence(line.compared_label, briefing.name, known, hidden=hidden)


def _data(rows: list[Row], line: Line, briefing: Briefing) -> Iterator[Row]:
    unit = line.compared_unit
    ranged = [False, *(row["lower"] is not None for row in rows), False]
    joined = [one or other for one, other in zip(ranged[:-2], ranged[2:], strict=True)]
    for row, beside in zip(rows, joined, strict=True):
        hidden = row["value"] is None
        yield {
            "kind": "own",
            "who": briefing.name,
            "year": row["year"],
            "value": row["value"],
            "lower": row["lower"],
            "upper": row["upper"],
            "least": row["least"] if hidden else None,
            "most": row["most"] if hidden else None,
            "label": row["shown"] if hidden else number_in_unit(row["value"], unit),
            "counts": _counts(row) if unit == "percent" else "",
            "chosen": row["year"] == briefing.year,
            "alone": not beside,
        }
    for row in rows:
        if row["median"] is not None:
            yield _median(row, unit)
        # A national count would flatten the rest.
        if row["england"] is not None and unit != "count":
            said = in_unit(row["england"], unit)
            yield {"kind": "england", "who": "England", "year": row["year"], "value": row["england"], "label": said}


def _median(row: Row, unit: str) -> Row:
    """The middle of what the median can be, named and barred by its range where hidden members leave it open."""
    least, most = row["median_least"], row["median_most"]
    drawn = {"kind": "median", "who": f"Median of {row['members']}", "year": row["year"], "value": row["median"]}
    ends = {"least": least, "most": most} if is_open(least, most, unit) else {}
    return {**drawn, **ends, "label": median_in_unit(least, most, unit)}


def _counts(row: Row) -> str:
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    return f"{count(row['numerator'])} of {count(row['denominator'])}"


def _table(rows: list[Row], line: Line) -> pl.DataFrame:
    headings = {
        "year": "Year ending 31 March",
        "value": line.compared_label,
        "shown": "In words",
        "lower": "Likely range, low",
        "upper": "Likely range, high",
        "least": "If hidden, least",
        "most": "If hidden, most",
        "numerator": "Count",
        "denominator": "Out of",
        "status": "Status",
        "median_least": "Median of the group, least it can be",
        "median_most": "Median of the group, most it can be",
        "members": "Members published",
        "england": "England",
    }
    table = pl.DataFrame(rows, schema=line.course.schema).select(list(headings)).rename(headings)
    return table.with_columns(Source=pl.lit(line.source))


def _key(rows: list[Row], line: Line, briefing: Briefing) -> str:
    known = [row["year"] for row in rows if row["value"] is not None]
    parts = []
    if known:
        ring = f"; the ring marks {briefing.year}" if briefing.year in known else ""
        parts.append(f"Thick line with circles: {briefing.name}{ring}.")
    if any(row["lower"] is not None for row in rows):
        parts.append("Blue band or framed bar: its likely range, 95 of 100.")
    if any(row["median"] is not None for row in rows):
        group = line.position.group.short_label if line.position else "group"
        parts.append(f"Solid line with squares: median of the {group}.")
        if any(is_open(row["median_least"], row["median_most"], line.compared_unit) for row in rows):
            parts.append("Thin upright bar: what it can be where a member's figure is hidden; the line is its middle.")
    if line.compared_unit != "count" and any(row["england"] is not None for row in rows):
        parts.append("Dotted line with diamonds: England.")
    return " ".join(parts)


def _note(rows: list[Row]) -> str:
    """Which years have no figure, and why."""
    parts = []
    ranged = [row for row in rows if row["value"] is None and row["least"] is not None and row["most"] is not None]
    if ranged:
        parts.append("A hatched bar is the range of a hidden figure.")
    for status, words in STATUS_WORDS.items():
        gone = [str(row["year"]) for row in rows if row["status"] == status and row["value"] is None]
        if gone:
            parts.append(f"{'Hidden' if status in HIDDEN else 'No figure'} for {listed(gone)}: {_reason(words)}.")
    return " ".join(parts)


def _reason(words: str) -> str:
    """Why a figure is not there, without the word that already stands before it."""
    return words.removeprefix("hidden, ").removeprefix("hidden here, ")
