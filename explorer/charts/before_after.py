"""Before, after, and where the figure was to be expected with nothing done."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.benchmarks.position import Figure
from explorer.charts.key import hidden_note
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, ENGLAND, HATCH, INK, NEIGHBOUR, UNIT_TITLES, band_look, specification
from explorer.charts.waterfall import BAR_DOWN, ROW_STEP, row_words
from explorer.config import Config, Indicator
from explorer.evaluation.before_after import BeforeAfter
from explorer.sentences.before_after import expected_sentence, moved_sentence, title
from explorer.sentences.figures import counts, shown
from explorer.wording import in_range, in_unit, period, possessive

FIGURE_ROOM = 130  # pixels for the figure at the right of a row's words
_BAND = 13  # pixels
_WIDE = 300  # pixels that the picture must have for the figures to be shown


def before_after(found: BeforeAfter, indicator: str, config: Config, name: str, source: str) -> Picture | None:
    """The picture of one measure; None where before and after cannot be compared.

    Args:
        indicator: its key in indicators.yaml.
        name: the authority's.
        source: where the figures come from: "Source: ...".
    """
    if found.change is None:
        return None
    entry = config.indicators[indicator]
    heading = title(found, entry, name)
    table = _table(found, entry, name)
    return Picture(
        name="before-after",
        title=heading,
        subtitle=f"{possessive(name)} {entry.label.lower()}, {UNIT_TITLES[entry.unit]}, before and after the start",
        source=source,
        spec=before_after_spec(UNIT_TITLES[entry.unit]),
        data=_data(found, entry),
        table=table,
        key="Blue diamond or hatching: the authority. Grey square: what was to be expected. Circle with a tail: "
        "England, from before to after. Framed bars: 95% ranges.",
        note=hidden_note((found.before, found.after), config),
    ).told(
        "Figures with ranges on one line each",
        f"{moved_sentence(found, entry, name)} {expected_sentence(found, entry)}".strip(),
    )


@lru_cache(maxsize=4)
def before_after_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules: words above, a mark on its range below."""
    y = alt.Y("order:O", axis=None)
    axis = alt.Axis(tickCount=5, grid=True, gridOpacity=0.3, domain=False, ticks=False)
    x = alt.X("value:Q", title=axis_title, scale=alt.Scale(zero=True, nice=True), axis=axis)
    low = alt.X("low:Q", title=axis_title)
    tips = [alt.Tooltip("label:N", title="What"), alt.Tooltip("figure:N", title="Figure")]
    rows = alt.Chart().transform_filter("isValid(datum.label)")

    def only(kind: str) -> alt.Chart:
        return alt.Chart().transform_filter(f"datum.kind === '{kind}'")

    def marks() -> Iterator[alt.Chart]:
        for kind, colour in (("authority", AUTHORITY), ("expected", NEIGHBOUR)):
            span = only(kind).transform_filter("isValid(datum.low)")
            yield span.mark_bar(height=_BAND, yOffset=BAR_DOWN, **band_look(colour)).encode(
                y=y, x=low, x2="high:Q", tooltip=tips
            )
            hatched = only(kind).transform_filter("isValid(datum.least)")
            yield hatched.mark_rule(
                color=colour, strokeWidth=_BAND, strokeDash=HATCH, strokeCap="butt", yOffset=BAR_DOWN
            ).encode(y=y, x=alt.X("least:Q", title=axis_title), x2="most:Q", tooltip=tips)
        tail = only("england").mark_rule(color=ENGLAND, strokeWidth=3, yOffset=BAR_DOWN, y2Offset=BAR_DOWN)
        yield tail.encode(y=y, x=alt.X("from:Q", title=axis_title), x2="value:Q", tooltip=tips)
        for kind, shape, colour, size in (
            ("england", "circle", ENGLAND, 110),
            ("expected", "square", NEIGHBOUR, 150),
            ("authority", "diamond", AUTHORITY, 220),
        ):
            mark = only(kind).mark_point(
                shape=shape, color=colour, filled=True, opacity=1, size=size, yOffset=BAR_DOWN, stroke=INK,
                strokeWidth=0.5,
            )  # fmt: skip
            yield mark.encode(y=y, x=x, tooltip=tips)

    chart = alt.layer(*marks(), *row_words(rows, y, FIGURE_ROOM, _WIDE)).properties(height={"step": ROW_STEP})
    return specification(chart)


def _data(found: BeforeAfter, entry: Indicator) -> pl.DataFrame:
    rows = [_own(found.before, entry, f"Before: {_when(entry, found.years[0])}")]
    expected = found.expected
    if expected is not None:
        published = expected.least == expected.most
        rows.append(
            {
                "kind": "expected",
                "label": "Expected, with nothing done",
                "value": expected.least if published else None,
                "low": expected.low,
                "high": expected.high,
                "least": None if published else expected.least,
                "most": None if published else expected.most,
                "figure": in_range(expected.least, expected.most, entry.unit),
            }
        )
    rows.append(_own(found.after, entry, f"After: {_when(entry, found.years[1])}"))
    before, after = (one.value for one in found.england)
    if before is not None and after is not None:
        figure = f"{in_unit(before, entry.unit)} to {in_unit(after, entry.unit)}"
        rows.append({"kind": "england", "label": "All of England", "from": before, "value": after, "figure": figure})
    return pl.DataFrame([{"order": number} | row for number, row in enumerate(rows)], schema=_SCHEMA)


def _own(figure: Figure, entry: Indicator, label: str) -> dict[str, object]:
    hidden = figure.value is None
    return {
        "kind": "authority",
        "label": label,
        "value": figure.value,
        "low": figure.lower,
        "high": figure.upper,
        "least": figure.least if hidden else None,
        "most": figure.most if hidden else None,
        "figure": shown(figure, entry),
    }


def _when(entry: Indicator, year: int) -> str:
    return period(entry.period, year).removeprefix("in the ")


_SCHEMA: dict[str, type[pl.DataType]] = {
    "order": pl.Int64,
    "kind": pl.String,
    "label": pl.String,
    "value": pl.Float64,
    "from": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "figure": pl.String,
}


def _table(found: BeforeAfter, entry: Indicator, name: str) -> pl.DataFrame:
    """The same for reading and for a file: figures, what was to be expected, and what is left."""
    first, second = (_when(entry, year) for year in found.years)
    rows: list[tuple[str, str, str, float | None, float | None]] = [
        (f"{name}, before ({first})", shown(found.before, entry), counts(found.before, entry), found.before.lower,
         found.before.upper),
        (f"{name}, after ({second})", shown(found.after, entry), counts(found.after, entry), found.after.lower,
         found.after.upper),
    ]  # fmt: skip
    for label, span in (
        ("Change, in points", found.change),
        ("Expected, with nothing done", found.expected),
        ("Left beside that, in points", found.left),
    ):
        if span is not None:
            ends = [f"{end:.1f}" for end in (span.least, span.most)]
            rows.append((label, ends[0] if ends[0] == ends[1] else " to ".join(ends), "", span.low, span.high))
    for when, figure in zip((first, second), found.england, strict=True):
        rows.append((f"England ({when})", shown(figure, entry), counts(figure, entry), None, None))
    return pl.DataFrame(
        rows,
        schema={
            "What": pl.String,
            "Figure": pl.String,
            "Counts": pl.String,
            "95% range, low": pl.Float64,
            "95% range, high": pl.Float64,
        },
        orient="row",
    )
