"""Plans started and ended by year, with what they leave that the number of open plans does not agree with."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, LABEL_SIZE, NEIGHBOUR, SOLID, specification
from explorer.models.movement import Movement, Tally
from explorer.schema import HIDDEN
from explorer.sentences.movement import moved_sentence, why_none
from explorer.wording import count, half_up, in_range, listed, possessive

HEIGHT = 260  # pixels
DASHED = [6, 4]

_X = alt.X(
    "year:Q",
    title="Year ending 31 March",
    axis=alt.Axis(format="d", grid=False, tickMinStep=1, labelOverlap=True),
    scale=alt.Scale(zero=False, nice=False, padding=18),
)


def flows(years: Sequence[Movement], chosen: int, name: str, source: str) -> Picture:
    """The picture of plans started and ended, year by year.

    Args:
        years: ``models.movement.movements``, in order.
        chosen: The year ending 31 March to mark.
        name: The authority.
        source: Where the figures come from.
    """
    heading = _finding(years, chosen, name)
    said = (
        f"{one.after.end.year}: {_number(one.after.started)} started, {_number(one.after.ended)} ended, "
        f"{_number(one.after.closing)} open at the end"
        for one in years
    )
    return Picture(
        name="flows",
        title=heading,
        subtitle=f"{possessive(name)} plans started and ended, number, {_span(years)}",
        source=source,
        spec=flows_spec(),
        data=_flow_data(years, chosen),
        table=_table(years),
        key="Thick solid line with triangles pointing up: plans started. Thin dashed line with triangles pointing "
        "down: plans ended. Where started is above ended, the number open rises.",
        note=_note(years),
    ).told("Line chart", course=list(said))


@lru_cache(maxsize=1)
def flows_spec() -> dict[str, Any]:
    """The drawing rules: started thick with triangles up, ended dashed with triangles down, hidden ones hatched."""
    y = alt.Y("value:Q", title="number", scale=alt.Scale(zero=True), axis=_counts_axis())
    tips = [alt.Tooltip("year:Q", title="Year", format="d"), alt.Tooltip("words:N", title="Plans")]
    layers: list[alt.Chart] = []
    for kind, dash, width, shape, colour, aside in (
        ("ended", DASHED, 2, "triangle-down", NEIGHBOUR, 4),
        ("started", SOLID, 3, "triangle-up", AUTHORITY, -4),
    ):
        mine = alt.Chart().transform_filter(f"datum.kind === '{kind}'")
        hidden = mine.transform_filter("isValid(datum.least)")
        last = mine.transform_filter("datum.last")
        layers += [
            hidden.mark_rule(
                color=colour, strokeWidth=2.5 * width, strokeDash=HATCH, strokeCap="butt", xOffset=aside
            ).encode(x=_X, y=alt.Y("least:Q"), y2="most:Q", tooltip=tips),
            mine.mark_line(color=colour, strokeWidth=width, strokeDash=dash, invalid="break-paths-show-domains").encode(
                x=_X, y=y
            ),
            mine.mark_point(color=colour, shape=shape, filled=True, opacity=1, size=85).encode(x=_X, y=y, tooltip=tips),
            *(
                last.transform_filter(test)
                .mark_text(align="right", dx=12, dy=dy, fontSize=LABEL_SIZE, fontWeight="bold", color=INK)
                .encode(x=_X, y=y, text="kind:N")
                for test, dy in (("datum.upper", -17), ("!datum.upper", 19))
            ),
        ]
    return specification(alt.layer(_marked_year(), *layers).properties(height=HEIGHT))


def _counts_axis() -> alt.Axis:
    return alt.Axis(tickCount=5, grid=True, gridOpacity=0.4, domain=False, ticks=False)


def _marked_year() -> alt.Chart:
    """A thin upright line at the chosen year."""
    here = alt.Chart().transform_filter("datum.chosen && datum.once")
    rule: alt.Chart = here.mark_rule(color=INK, opacity=0.6, strokeWidth=1).encode(x=_X)
    return rule


def _flow_data(years: Sequence[Movement], chosen: int) -> pl.DataFrame:
    # at nought there is no room for words below
    last = next((one for one in reversed(years) if one.after.started.value and one.after.ended.value), None)
    rows = []
    for one in years:
        for kind, mine, other in (
            ("started", one.after.started, one.after.ended),
            ("ended", one.after.ended, one.after.started),
        ):
            rows.append(
                {
                    "kind": kind,
                    "year": one.after.end.year,
                    "value": mine.value,
                    "least": mine.least if mine.value is None else None,
                    "most": mine.most if mine.value is None else None,
                    "words": f"{_number(mine)} {kind}",
                    "last": one is last,
                    # of two alike the plans started stand above
                    "upper": (mine.value or 0.0, kind == "started") > (other.value or 0.0, kind == "ended"),
                    "chosen": one.after.end.year == chosen,
                    "once": kind == "started",
                }
            )
    return pl.DataFrame(rows, schema=_FLOW_SCHEMA)


_FLOW_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String,
    "year": pl.Int64,
    "value": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "words": pl.String,
    "last": pl.Boolean,
    "upper": pl.Boolean,
    "chosen": pl.Boolean,
    "once": pl.Boolean,
}


def _number(one: Tally) -> str:
    """A count as it stands before its verb: '261', 'a hidden number (1 to 5)', 'an unknown number'."""
    if one.value is not None:
        return f"{'about ' if one.worked_out else ''}{count(one.value)}"
    if one.status not in HIDDEN:
        return "an unknown number"
    known = one.status == "suppressed" and one.least is not None and one.most is not None
    return f"a hidden number ({in_range(one.least or 0.0, one.most or 0.0, 'count')})" if known else "a hidden number"


def _finding(years: Sequence[Movement], chosen: int, name: str) -> str:
    """What happened in the chosen year."""
    mine = next((one for one in years if one.after.end.year == chosen), None)
    if mine is None or mine.change is None:
        return (
            f"How far the number of {possessive(name)} open plans moved in the year to 31 March {chosen} is not known"
        )
    return moved_sentence(mine, name).split(". ")[0].rstrip(".")


def _span(years: Sequence[Movement]) -> str:
    if not years:
        return "no years"
    return f"years ending March {years[0].after.end.year} to {years[-1].after.end.year}"


def _note(years: Sequence[Movement]) -> str:
    """Which counts were worked out, which do not agree, and that hidden ones are hatched."""
    parts = []
    worked_out = [str(one.after.end.year) for one in years if one.after.ended.worked_out]
    if worked_out:
        parts.append(
            f"Plans ended in {listed(worked_out)}: worked out from the rate for every 10,000 children, so the count "
            "may be one or two out."
        )
    known = [one for one in years if one.residual is not None]
    off = [one for one in known if one.residual]
    if off:
        worst = max(off, key=lambda one: abs(one.residual or 0.0))
        parts.append(
            f"Started less ended should be what the number open moved by. In {len(off)} of {len(known)} years it is "
            f"not, most of all in {worst.after.end.year}, by {count(abs(worst.residual or 0.0))}: the counts do not "
            "quite agree."
        )
    if any(
        one.value is None and one.least is not None for year in years for one in (year.after.started, year.after.ended)
    ):
        parts.append("A hatched bar is the range of a hidden figure.")
    return " ".join(parts)


def _table(years: Sequence[Movement]) -> pl.DataFrame:
    """Every year's counts and what they do not account for, as numbers, with words where there is none."""
    return pl.DataFrame(
        [
            {
                "Year ending 31 March": one.after.end.year,
                "Open a year before": one.after.opening.value,
                "Started": one.after.started.value,
                "Of them re-plans": one.after.repeats.value,
                "Ended": one.after.ended.value,
                "Open at the end": one.after.closing.value,
                "Started less ended": one.net,
                "Change of plans open": one.change,
                "Not accounted for": one.residual,
                "Plans last on average, months": None if one.split is None else float(half_up(one.split.months)),
                "Without a figure": "; ".join(
                    f"{what}: {why_none(tally)}"
                    for what, tally in (
                        ("started", one.after.started),
                        ("ended", one.after.ended),
                        ("open", one.after.closing),
                    )
                    if tally.value is None
                ),
            }
            for one in years
        ],
        infer_schema_length=None,
    )
