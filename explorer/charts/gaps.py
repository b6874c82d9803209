"""An authority beside its comparison over the years; and the gap between the two beside the gaps of all others."""

from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, LABEL_SIZE, NEIGHBOUR, SOLID, UNIT_TITLES, WIDE, specification
from explorer.config import Indicator
from explorer.evaluation.controlled import Controlled
from explorer.sentences.controlled import fit_sentence, own_year_sentence, rank_sentence, title
from explorer.wording import count, day, half_up, in_range, in_unit, period, possessive

HEIGHT, GAP_HEIGHT = 320, 340  # pixels
_DASHED = [7, 4]
_MONTHS = 12
_YEAR_TITLE = {"year": "Year ending 31 March", "day": "At 31 March"}
_ROOM = 0.12  # of the height: for the name of the start
_AWAY = 16  # pixels from the last figure of a line to its name


def beside_comparison(found: Controlled, entry: Indicator, name: str, source: str) -> Picture:
    """The authority's figures and what its comparison leads one to expect, year by year.

    Args:
        entry: the indicator.
        name: the authority's.
        source: "Source: ...".
    """
    heading = title(found, entry, name)
    hidden = "Hatched range: a hidden figure. " if found.at_ends else ""
    return Picture(
        name="beside-comparison",
        title=heading,
        subtitle=f"{possessive(name)} {entry.label.lower()} and its comparison, {_span(found, entry)}",
        source=source,
        spec=beside_spec(UNIT_TITLES[entry.unit], _YEAR_TITLE[entry.period]),
        data=_beside_rows(found, entry, name),
        table=_table(found, entry, name),
        key=f"Blue line with diamonds: {name}. {hidden}"
        f"Grey dashed line with circles: its comparison{_level(found, name)}. "
        f"Upright line: the start, {day(found.question.path.start)}. "
        "The table says how much of the effect each year could hold.",
    ).told("Line chart", " ".join(filter(None, (own_year_sentence(found, entry), fit_sentence(found)))))


def gaps(found: Controlled, entry: Indicator, name: str, source: str) -> Picture:
    """How far the authority was from its comparison, beside how far all others were from theirs.

    Args:
        entry: the indicator.
        name: the authority's.
        source: "Source: ...".
    """
    where = found.place
    larger = count(where.larger) if where.larger else "none"
    years = found.estimate.periods_after
    over = "" if years == 1 else f" over {years} years"
    heading = f"Of {count(where.of)} others {larger} moved as far{over} as {name}, or farther"
    return Picture(
        name="gaps",
        title=heading,
        subtitle=f"{entry.label}: figure less what the comparison leads one to expect, points, {_span(found, entry)}",
        source=source,
        spec=gaps_spec(_YEAR_TITLE[entry.period]),
        data=_gap_rows(found, entry, name),
        table=_table(found, entry, name),
        key=f"Blue line with diamonds: {name}. Thin grey lines: the other authorities, each beside its own comparison; "
        "those that swing more because they are small are drawn as if they were of this size. "
        f"Upright line: the start, {day(found.question.path.start)}.",
        note="Each comparison was set to lie near before the start. So gaps are smaller there.",
    ).told("Line chart", rank_sentence(found))


def _level(found: Controlled, name: str) -> str:
    """Whether the lasting difference is taken off: a comparison of movements."""
    question = found.question
    return (
        ""
        if question.way == "synthetic_control" and not question.demeaned
        else f", moved to the level that {name} had before the start"
    )


def _span(found: Controlled, entry: Indicator) -> str:
    at = "at 31 March" if entry.period == "day" else "years to March"
    return f"{at} {found.years[0]} to {found.years[-1]}"


def _x(x_title: str) -> alt.X:
    axis = alt.Axis(format="d", tickMinStep=1, grid=False, labelOverlap=True, labelSeparation=8)
    return alt.X("year:Q", title=x_title, scale=alt.Scale(zero=False, nice=False, padding=12), axis=axis)


def _y(axis_title: str, from_zero: bool) -> alt.Y:
    axis = alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False)
    return alt.Y("value:Q", title=axis_title, scale=alt.Scale(zero=from_zero, nice=True), axis=axis)


def _only(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind === '{kind}'")


def _start(x: alt.X) -> tuple[alt.Chart, alt.Chart]:
    """An upright line on the day, with its name beside it."""
    rule = _only("start").mark_rule(color=INK, opacity=0.6, strokeDash=HATCH, strokeWidth=1.4).encode(x=x)
    name = _only("start").mark_text(align="left", dx=5, fontSize=LABEL_SIZE, color=INK)
    return rule, name.encode(x=x, y=alt.value(8), text="label:N")


_TIPS = (
    alt.Tooltip("when:N", title="When"),
    alt.Tooltip("label:N", title="Figure"),
    alt.Tooltip("exposed:N", title="Of the effect that could be there"),
)


@lru_cache(maxsize=8)
def beside_spec(axis_title: str, x_title: str) -> dict[str, Any]:
    """The drawing rules of the authority and its comparison."""
    x, y = _x(x_title), _y(axis_title, True)
    tips = list(_TIPS)
    lines = [
        _only(kind).mark_line(color=colour, strokeDash=dash, strokeWidth=2.5).encode(x=x, y=y, detail="run:N")
        for kind, colour, dash in (("expected", NEIGHBOUR, _DASHED), ("own", AUTHORITY, SOLID))
    ]
    hidden = _only("own").transform_filter("isValid(datum.least)")
    ranges = hidden.mark_rule(color=AUTHORITY, strokeWidth=13, strokeDash=HATCH, strokeCap="butt").encode(
        x=x, y=alt.Y("least:Q", title=axis_title), y2="most:Q", tooltip=tips
    )
    marks = [
        _only(kind)
        .transform_filter("isValid(datum.value)")
        .mark_point(shape=shape, color=colour, filled=True, opacity=1, size=size)
        .encode(x=x, y=y, tooltip=tips)
        for kind, shape, colour, size in (("expected", "circle", NEIGHBOUR, 60), ("own", "diamond", AUTHORITY, 130))
    ]
    roomy = alt.ExprRef(f"width >= {WIDE} ? 1 : 0")  # narrower, names would lie on lines; the key has them
    names = [
        _only("name")
        .transform_filter(f"datum.run === '{side}'")
        .mark_text(align="right", dy=away, fontSize=LABEL_SIZE, color=INK, opacity=roomy)
        .encode(x=x, y=y, text="label:N")
        for side, away in (("above", -_AWAY), ("below", _AWAY + 2))
    ]
    room = _only("room").mark_point(opacity=0).encode(x=x, y=y)
    return specification(alt.layer(room, *_start(x), *lines, ranges, *marks, *names).properties(height=HEIGHT))


@lru_cache(maxsize=4)
def gaps_spec(x_title: str) -> dict[str, Any]:
    """The drawing rules of all gaps."""
    x, y = _x(x_title), _y("points above or below expected", False)
    others = _only("other").mark_line(color=NEIGHBOUR, strokeWidth=0.6, opacity=0.6)
    zero = _only("zero").mark_rule(color=INK, opacity=0.7, strokeWidth=1.2).encode(y=y)
    own = _only("own").mark_line(color=AUTHORITY, strokeWidth=3).encode(x=x, y=y, detail="run:N")
    hidden = _only("own").transform_filter("isValid(datum.least)")
    ranges = hidden.mark_rule(color=AUTHORITY, strokeWidth=13, strokeDash=HATCH, strokeCap="butt").encode(
        x=x, y=alt.Y("least:Q"), y2="most:Q", tooltip=list(_TIPS)
    )
    marks = _only("own").transform_filter("isValid(datum.value)")
    points = marks.mark_point(shape="diamond", color=AUTHORITY, filled=True, opacity=1, size=130).encode(
        x=x, y=y, tooltip=list(_TIPS)
    )
    room = _only("room").mark_point(opacity=0).encode(x=x, y=y)
    lines = others.encode(x=x, y=y, detail="run:N")
    return specification(alt.layer(room, lines, zero, *_start(x), own, ranges, points).properties(height=GAP_HEIGHT))


def _start_row(found: Controlled) -> dict[str, object]:
    """The start between the ends of two reporting years: 1 September 2018 is 5 months after March 2018."""
    start = found.question.path.start
    return {"kind": "start", "year": start.year + (start.month - 4) / _MONTHS, "label": "start"}


def _figure(found: Controlled, number: int, entry: Indicator) -> str:
    least, most = float(found.least[number]), float(found.most[number])
    return in_unit(least, entry.unit) if least == most else f"hidden: {in_range(least, most, entry.unit)}"


def _exposed(found: Controlled, number: int) -> str:
    if found.before[number]:
        return "none: before the start"
    return f"{half_up(100 * float(found.exposure[number]), 0)}%"


def _year_rows(found: Controlled, entry: Indicator, low: Any, high: Any) -> list[dict[str, object]]:  # noqa: ANN401
    """A row a year of what the authority's line shows; where a figure is hidden the line breaks."""
    rows: list[dict[str, object]] = []
    run = 0
    for number, year in enumerate(found.years):
        hidden = bool(found.least[number] < found.most[number])
        run += hidden
        rows.append(
            {
                "kind": "own",
                "run": f"own {run}",
                "year": float(year),
                "value": None if hidden else float(low[number]),
                "least": float(low[number]) if hidden else None,
                "most": float(high[number]) if hidden else None,
                "label": _figure(found, number, entry),
                "when": period(entry.period, year),
                "exposed": _exposed(found, number),
            }
        )
        run += hidden
    return rows


def _beside_rows(found: Controlled, entry: Indicator, name: str) -> pl.DataFrame:
    rows = _year_rows(found, entry, found.least, found.most)
    rows += [
        {
            "kind": "expected",
            "run": "expected",
            "year": float(year),
            "value": float(value),
            "label": f"{in_unit(float(value), entry.unit)} expected",
            "when": period(entry.period, year),
            "exposed": _exposed(found, number),
        }
        for number, (year, value) in enumerate(zip(found.years, found.expected, strict=True))
    ]
    top = float(max(found.most.max(), found.expected.max()))
    rows += _names(found, name)
    rows += [_start_row(found), {"kind": "room", "year": float(found.years[0]), "value": top * (1 + _ROOM)}]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _names(found: Controlled, name: str) -> list[dict[str, object]]:
    """The names of both lines at their last figures, the upper one above and the lower one below."""
    own, year = float(found.least[-1] + found.most[-1]) / 2, float(found.years[-1])
    expected = float(found.expected[-1])
    above = own >= expected
    ends = (float(found.most[-1] if above else found.least[-1]), above, name), (expected, not above, "comparison")
    return [
        {"kind": "name", "run": "above" if up else "below", "year": year, "value": value, "label": label}
        for value, up, label in ends
    ]


def _gap_rows(found: Controlled, entry: Indicator, name: str) -> pl.DataFrame:
    rows = _year_rows(found, entry, found.least - found.expected, found.most - found.expected)
    for row in rows:
        row["label"] = f"{name}: {row['label']}"
    rows += [
        {"kind": "other", "run": area, "year": float(year), "value": round(float(value), 2)}
        for area, gap in zip(found.placebos.areas, found.placebos.scaled, strict=True)
        for year, value in zip(found.years, gap, strict=True)
    ]
    reach = float(max(np.abs(found.placebos.scaled).max(), np.abs(found.most - found.expected).max()))
    rows += [
        {"kind": "zero", "value": 0.0},
        {"kind": "room", "year": float(found.years[0]), "value": reach * (1 + _ROOM)},
        _start_row(found),
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "run": pl.String,
    "year": pl.Float64,
    "value": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "label": pl.String,
    "when": pl.String,
    "exposed": pl.String,
}


def _table(found: Controlled, entry: Indicator, name: str) -> pl.DataFrame:
    """Year by year: the figure, what was expected, the gap, and how much of the effect could be there."""
    return pl.DataFrame(
        [
            {
                "Year to March" if entry.period == "year" else "At 31 March": year,
                name: _figure(found, number, entry),
                "Comparison": in_unit(float(found.expected[number]), entry.unit),
                "Difference, points": _difference(found, number),
                "Effect that could be there": _exposed(found, number),
            }
            for number, year in enumerate(found.years)
        ]
    )


def _difference(found: Controlled, number: int) -> str:
    ends = [half_up(float(end[number] - found.expected[number])) for end in (found.least, found.most)]
    said = [f"{end:+}" if end else "0.0" for end in ends]
    return said[0] if ends[0] == ends[1] else f"{said[0]} to {said[1]}"
