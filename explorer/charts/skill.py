"""Whether the forecasts can be trusted: how they did in past years, beside a simpler way."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, INK, LABEL_SIZE, NEIGHBOUR, specification
from explorer.config import Indicator
from explorer.sentences.what_if import sentence
from explorer.wording import half_up, lowered, plural

OWN, OTHER = "plan flow", "panel regression"
ROW_STEP = 27  # pixels
SIZES = (80, 95)  # percent: the ranges that were tested
FIGURE_ROOM = 0.5  # of what the gains span: a column at the right for the figures


def skill(
    table: pl.DataFrame, entries: Mapping[str, Indicator], authorities: int, origins: str, source: str
) -> Picture:
    """The picture of how much nearer the forecasts came than the last figure carried forward.

    Args:
        table: SKILL; ``gain`` and the shares of cases in ``cover_80`` and ``cover_95`` in percent (0-100).
        entries: The indicators by name.
        authorities: How many were tested.
        origins: From which dates forecasts were made: '31 March 2016 to 2024'.
        source: Where the figures come from.
    """
    heading = skill_title(table, authorities)
    return Picture(
        name="skill",
        title=heading,
        subtitle="Error of the forecasts (CRPS), percent less than with the last figure carried forward, made from "
        f"{origins}",
        source=source,
        spec=skill_spec(),
        data=_data(table, entries),
        table=_table(table, entries),
        key="Blue diamond and figure: the forecasts on this page. Hollow grey square: a simpler way, a plain "
        "regression on last year's figures. Solid upright line: as good as the last figure; further right is better.",
        note=skill_sentence(table),
    ).told("Dot chart", f"{skill_sentence(table)} {_in_words(table, entries)}".strip())


def skill_title(table: pl.DataFrame, authorities: int) -> str:
    """How much nearer the forecasts came than the last figure, over all measures and years ahead."""
    gains = table.filter(model=OWN)["gain"].to_list()
    if not gains:
        return "No forecast has been tested yet"
    tested = f"Tested on {plural(authorities, 'authority', 'authorities')}"
    least, most = half_up(min(gains), 0), half_up(max(gains), 0)
    if least > 0:
        size = f"{least}% to {most}%" if least != most else f"{most}%"
        return f"{tested}: forecasts came {size} nearer than carrying the last figure forward"
    better = sum(gain > 0 for gain in gains)
    worst = f"{abs(least)}% further off" if least else "no nearer"
    return (
        f"{tested}: forecasts beat the last figure in {better} of {len(gains)} tests. "
        f"At best they came {most}% nearer, at worst {worst}"
    )


def skill_sentence(table: pl.DataFrame) -> str:
    """What was done, and how often the ranges held what happened."""
    own = table.filter(model=OWN)
    if own.is_empty():
        return ""
    held = (f"the {size}% range held what happened in {_shares(own[f'cover_{size}'])} of cases" for size in SIZES)
    return f"We went back to past years, and forecast from there. {' '.join(sentence(one) for one in held)}"


def _shares(shares: pl.Series) -> str:
    known = sorted(half_up(share, 0) for share in shares.drop_nulls())
    if not known:
        return "an unknown share"
    return f"{known[0]}%" if known[0] == known[-1] else f"{known[0]}% to {known[-1]}%"


@lru_cache(maxsize=1)
def skill_spec() -> dict[str, Any]:
    """The drawing rules: a heading for each measure, and below it a row for each number of years ahead."""
    y = alt.Y(
        "row:N",
        sort=alt.EncodingSortField("order", op="min", order="ascending"),
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelExpr="split(datum.value, '|')[1]"),
    )
    axis = alt.Axis(tickCount=4, grid=True, gridOpacity=0.25, domain=False, ticks=False, labelExpr="datum.label + '%'")
    x = alt.X("own:Q", title="Nearer than the last figure", scale=alt.Scale(zero=True, nice=False), axis=axis)
    other = alt.X("other:Q", title="Nearer than the last figure")
    rows = alt.Chart().transform_filter("datum.kind === 'row'")
    tips = [
        alt.Tooltip("label:N", title="Measure"),
        alt.Tooltip("own_words:N", title="This page"),
        alt.Tooltip("other_words:N", title="Plain regression"),
        alt.Tooltip("cover:N", title="Held by its ranges"),
    ]
    headings = (
        alt.Chart()
        .transform_filter("datum.kind === 'heading'")
        .mark_text(align="left", dx=6, dy=3, fontSize=LABEL_SIZE, fontWeight="bold", color=INK)
        .encode(y=y, x=alt.value(0), text="label:N")
    )
    zero = alt.Chart().transform_filter("datum.kind === 'zero'").mark_rule(color=INK, strokeWidth=2).encode(x=x)
    between = rows.mark_rule(color=NEIGHBOUR, strokeWidth=2).encode(y=y, x=x, x2="other:Q")
    simpler = rows.mark_point(shape="square", color=NEIGHBOUR, filled=False, size=90, strokeWidth=2.5, opacity=1)
    own = rows.mark_point(shape="diamond", color=AUTHORITY, filled=True, size=150, opacity=1)
    figure = rows.mark_text(align="right", fontSize=LABEL_SIZE, fontWeight="bold", color=INK)
    room = alt.Chart().transform_filter("datum.kind === 'room'").mark_point(opacity=0).encode(x=x)
    layers = (
        zero,
        between,
        simpler.encode(y=y, x=other, tooltip=tips),
        own.encode(y=y, x=x, tooltip=tips),
        headings,
        figure.encode(y=y, x=alt.value("width"), text="own_words:N"),
        room,
    )
    return specification(alt.layer(*layers).properties(height={"step": ROW_STEP}))


def _tests(table: pl.DataFrame) -> list[dict[str, Any]]:
    """One row a measure and number of years ahead, with both ways in it."""
    keys = ["indicator", "horizon"]
    other = table.filter(model=OTHER).select(*keys, other="gain")
    own = table.filter(model=OWN)
    return own.join(other, on=keys, how="left", maintain_order="left").rows(named=True)


def _data(table: pl.DataFrame, entries: Mapping[str, Indicator]) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    heading, tests = "", _tests(table)
    for row in tests:
        label = entries[row["indicator"]].label
        if label != heading:
            heading = label
            rows.append({"kind": "heading", "row": f"{label}|", "label": label})
        rows.append(
            {
                "kind": "row",
                "row": f"{label}|{_ahead(row)}",
                "label": f"{label}, {_ahead(row)}",
                "own": row["gain"],
                "other": row["other"],
                "own_words": _nearer(row["gain"]),
                "other_words": "" if row["other"] is None else _nearer(row["other"]),
                "cover": "; ".join(f"{size}% range: {half_up(row[f'cover_{size}'], 0)}%" for size in SIZES),
            }
        )
    rows = [{"order": number, **row} for number, row in enumerate(rows)]
    known = [0.0, *(row[end] for row in tests for end in ("gain", "other") if row[end] is not None)]
    span = max(max(known) - min(known), 1.0)
    rows += [{"kind": "room", "own": min(known)}, {"kind": "room", "own": max(known) + FIGURE_ROOM * span}]
    rows.append({"kind": "zero", "own": 0.0})
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "kind": pl.String,
    "row": pl.String,
    "label": pl.String,
    "own": pl.Float64,
    "other": pl.Float64,
    "own_words": pl.String,
    "other_words": pl.String,
    "cover": pl.String,
}


def _ahead(row: dict[str, Any]) -> str:
    return plural(row["horizon"], "year", "years")


def _nearer(gain: float) -> str:
    number = half_up(gain, 0)
    if not number:
        return "no nearer"
    return f"{abs(number)}% {'nearer' if number > 0 else 'further off'}"


def _table(table: pl.DataFrame, entries: Mapping[str, Indicator]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Measure": entries[row["indicator"]].label,
                "How far ahead": _ahead(row),
                "Method": {OWN: "This page", OTHER: "Plain regression"}.get(row["model"], row["model"]),
                "Percent nearer than the last figure": float(half_up(row["gain"])),
                "Held by the 80% range, percent": float(half_up(row["cover_80"])),
                "Held by the 95% range, percent": float(half_up(row["cover_95"])),
                "Forecasts tested": row["n"],
            }
            for row in table.iter_rows(named=True)
        ]
    )


def _in_words(table: pl.DataFrame, entries: Mapping[str, Indicator]) -> str:
    said = (
        f"{lowered(entries[row['indicator']].label)}, {_ahead(row)} ahead: {_nearer(row['gain'])}"
        for row in _tests(table)
    )
    return sentence("; ".join(said))
