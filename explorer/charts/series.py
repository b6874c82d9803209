"""A measure over the years: the authority with its likely range, the group's band and median, and England."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.position import Figure, Position
from explorer.charts.picture import Picture
from explorer.charts.series_group import (
    FEWEST_FOR_BAND,
    POINTS,
    TIPS,
    X,
    band,
    band_rows,
    line_rows,
    members,
    only,
)
from explorer.charts.theme import (
    AUTHORITY,
    DOTTED,
    ENGLAND,
    HATCH,
    INK,
    MEDIAN,
    SOLID,
    UNIT_TITLES,
    band_look,
    specification,
)
from explorer.config import Config, Indicator
from explorer.schema import HIDDEN, STATUS_WORDS
from explorer.sentences.course import course_sentence
from explorer.sentences.figures import counts, shown
from explorer.wording import in_range, in_unit, listed

HEIGHT = 300  # pixels


def yearly_series(
    years: Sequence[Position],
    chosen: int,
    config: Config,
    areas: Areas,
    lines: Sequence[str] = (),
    top: float = 0.0,
) -> Picture:
    """The picture of one indicator over the years.

    Args:
        years: The positions of one authority, indicator and group, one a year in order.
        chosen: The year to mark.
        lines: Members of the group that have a line of their own.
        top: A figure that the scale has to reach, so that two pictures side by side share one.
    """
    entry, name = config.indicators[years[0].indicator], areas.label(years[0].area)
    years = [one for one in years if one.figure.status != "no_authority"]
    heading = _finding(years, entry, name)
    span = f"years ending March {years[0].year} to {years[-1].year}" if years else "no years"
    return Picture(
        name="series",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {span}",
        source=f"Source: {entry.reference}",
        spec=series_spec(UNIT_TITLES[entry.unit]),
        data=_data(years, entry, chosen, [(code, areas.label(code)) for code in lines], top),
        table=_table(years, entry, [(code, areas.label(code)) for code in lines]),
        key=_key(years, entry, bool(lines)),
        note=_note(years),
    ).told("Line chart", course=[f"{one.year}: {shown(one.figure, entry)}" for one in years])


_LINES = (  # whose, colour, width, dash, size and shape of its points
    ("median", MEDIAN, 2.5, SOLID, 34, "square"),
    ("england", ENGLAND, 2.5, DOTTED, 34, "diamond"),
    ("own", AUTHORITY, 3.0, SOLID, 70, "circle"),
)


@lru_cache(maxsize=16)
def series_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules of the series."""
    y = alt.Y(
        "value:Q",
        title=axis_title,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False),
    )
    lines = [
        only(kind)
        .mark_line(color=colour, strokeWidth=width, strokeDash=dash, invalid="break-paths-show-domains")
        .encode(x=X, y=y)
        for kind, colour, width, dash, _, _ in _LINES
    ]
    dots = [
        only(kind)
        .mark_point(color=colour, filled=True, opacity=1, size=size, shape=shape)
        .encode(x=X, y=y, tooltip=TIPS)
        for kind, colour, _, _, size, shape in _LINES
    ]
    room = only("room").mark_point(opacity=0).encode(y=y)
    layers = (room, *band(), *members(y), *_ranges(), *lines, *dots, *_chosen_year(y))
    return specification(alt.layer(*layers).properties(height=HEIGHT))


def _ranges() -> list[alt.Chart]:
    """The likely range as a band, hidden figures as hatching, a median's range as a thin bar."""
    least = alt.Y("least:Q")
    return [
        only("own").mark_area(**band_look(AUTHORITY)).encode(x=X, y=alt.Y("lower:Q"), y2="upper:Q"),
        only("median").mark_rule(color=MEDIAN, strokeWidth=3).encode(x=X, y=least, y2="most:Q"),
        only("own")
        .mark_rule(color=AUTHORITY, strokeWidth=13, strokeDash=HATCH, strokeCap="butt")
        .encode(x=X, y=least, y2="most:Q", tooltip=TIPS),
    ]


def _chosen_year(y: alt.Y) -> list[alt.Chart]:
    """A ring and the figure at the chosen year."""
    here = only("own").transform_filter("datum.chosen && isValid(datum.value)")
    return [
        here.mark_point(color=AUTHORITY, filled=False, size=260, strokeWidth=2, opacity=1).encode(x=X, y=y),
        here.mark_text(dy=-20, fontSize=14, fontWeight="bold", color=INK).encode(x=X, y=y, text="label:N"),
    ]


def top_of(years: Sequence[Position]) -> float:
    """The highest point that is drawn, in the indicator's unit."""
    shown_values = [
        end
        for one in years
        for figure in (one.figure, *one.members)
        if (end := figure.bounds[1] if figure.bounds else None) is not None
    ]
    return max([*shown_values, *(one.figure.upper for one in years if one.figure.upper is not None)], default=0.0)


def _data(
    years: Sequence[Position], entry: Indicator, chosen: int, lines: Sequence[tuple[str, str]], top: float
) -> pl.DataFrame:
    rows: list[dict[str, object]] = [_own(one.year, one.figure, entry, one.year == chosen) for one in years]
    for one in years:
        if one.median is not None:
            rows.append(_median(one, entry))
        if one.england.value is not None and entry.unit != "count":  # a national count would flatten the rest
            rows.append(_line("england", "England", one.year, one.england.value, entry))
    rows += [*band_rows(years), *line_rows(years, lines, entry, max(top, top_of(years)))]
    rows.append({"kind": "room", "value": top})
    return pl.DataFrame(rows, schema=_SCHEMA)


def _own(year: int, figure: Figure, entry: Indicator, chosen: bool) -> dict[str, object]:
    hidden = figure.value is None
    return {
        "kind": "own",
        "who": "This authority",
        "year": year,
        "value": figure.value,
        "lower": figure.lower,
        "upper": figure.upper,
        "least": figure.least if hidden else None,
        "most": figure.most if hidden else None,
        "label": shown(figure, entry),
        "counts": counts(figure, entry) if entry.unit == "percent" else "",
        "chosen": chosen,
    }


def _median(one: Position, entry: Indicator) -> dict[str, object]:
    """The median of the published members, and the range that hidden ones make of it."""
    row = _line("median", f"Median of {one.contributing}", one.year, one.median or 0.0, entry)
    if one.median_bounds and one.median_bounds != (one.median, one.median):
        row["least"], row["most"] = one.median_bounds
        row["label"] = f"{row['label']}; with hidden ones {in_range(*one.median_bounds, entry.unit)}"
    return row


def _line(kind: str, who: str, year: int, value: float, entry: Indicator) -> dict[str, object]:
    return {"kind": kind, "who": who, "year": year, "value": value, "label": in_unit(value, entry.unit)}


_SCHEMA: dict[str, type[pl.DataType]] = {
    **POINTS,
    "last": pl.Boolean,
    "dash": pl.String,
    "lift": pl.Float64,
    "run": pl.String,
}


def _picked(one: Position, code: str, name: str, entry: Indicator) -> dict[str, object]:
    """The cells of a member that was picked: its figure, or the range of a hidden one, and its counts."""
    figure = next((member for member in one.members if member.area == code), None)
    hidden = figure is not None and figure.value is None
    return {
        name: figure.value if figure else None,
        f"{name} if hidden, least": figure.least if figure and hidden else None,
        f"{name} if hidden, most": figure.most if figure and hidden else None,
        f"{name}, counts": counts(figure, entry) if figure and entry.unit == "percent" else "",
    }


def _table(years: Sequence[Position], entry: Indicator, lines: Sequence[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Year ending 31 March": one.year,
                entry.label: one.figure.value,
                "Likely range, low": one.figure.lower,
                "Likely range, high": one.figure.upper,
                "If hidden, least": one.figure.least,
                "If hidden, most": one.figure.most,
                "Count": one.figure.numerator if entry.numerator else None,
                "Out of": one.figure.denominator if entry.denominator else None,
                "Out of, worked out": _worked_out(one.figure),
                "Status": one.figure.status,
                "Median of the group": one.median,
                "Median with hidden ones, least": (one.median_bounds or (None, None))[0],
                "Median with hidden ones, most": (one.median_bounds or (None, None))[1],
                "Members published": one.contributing,
                "England": one.england.value,
                **{heading: cell for code, name in lines for heading, cell in _picked(one, code, name, entry).items()},
                "Source": one.figure.source,
            }
            for one in years
        ],
        infer_schema_length=None,
    )


def _worked_out(figure: Figure) -> float | None:
    """A denominator that is not published and was worked out."""
    return figure.base if figure.denominator is None else None


def _finding(years: Sequence[Position], entry: Indicator, name: str) -> str:
    known = [(one.year, one.figure.value, shown(one.figure, entry)) for one in years if one.figure.value is not None]
    hidden = any(one.figure.status in HIDDEN for one in years)
    return course_sentence(entry.label, name, known, hidden=hidden)


def _key(years: Sequence[Position], entry: Indicator, lines: bool) -> str:
    parts = ["Thick line with circles: this authority; the ring marks the chosen year."]
    if any(one.figure.lower is not None for one in years):
        parts.append("Blue band: its likely range, 95 of 100.")
    if any(one.contributing >= FEWEST_FOR_BAND for one in years):
        parts.append(
            "Grey band: from the lowest to the highest published figure of the group; inside it, its middle half."
        )
    if lines:
        parts.append("Thin lines with small squares: the authorities that you picked, named at their ends.")
    if any(one.median is not None for one in years):
        parts.append(f"Solid line with squares: median of the published {years[0].group.short_label}.")
        if any(one.median_bounds and one.median_bounds != (one.median, one.median) for one in years):
            parts.append("Thin upright bar: what hidden members make of the median.")
    if entry.unit != "count":
        parts.append("Dotted line with diamonds: England.")
    return " ".join(parts)


def _note(years: Sequence[Position]) -> str:
    """Which years have no figure, and why."""
    parts = []
    if any(one.figure.status == "suppressed" for one in years):
        parts.append("A hatched bar is the range of a hidden figure; where there is none, its range is not known.")
    for status in ("not_available", "low_reliability", "not_applicable", "withheld", "not_in_records"):
        gone = [str(one.year) for one in years if one.figure.status == status]
        if gone:
            parts.append(f"No figure for {listed(gone)}: {STATUS_WORDS[status]}.")
    return " ".join(parts)
