"""A heat map of a sweep: authorities down, what-ifs across; blue fewer, orange more, broken edges: cannot tell."""

import textwrap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, LABEL_SIZE, NEIGHBOUR, SCENARIO, by_order, specification
from explorer.config import Indicator
from explorer.models.swept import Cell
from explorer.sentences.sweep import (
    cell_sentence,
    failed_words,
    heat_key,
    mark,
    moved_words,
    range_words,
    side_words,
    sure_words,
)
from explorer.wording import half_up

ROW = 34  # pixels
MOST_ROWS, MOST_COLUMNS = 24, 8  # what an eye can take in; the table has all
ROOM = 105  # pixels of a column: from here on its what-if has its name above it, else its number alone
# How strong the colour of a clear change is: up to half the largest one of the picture, and above. Text in the page's
# colour keeps a contrast of 4.5:1 on both, on both pages.
SHADES = (0.25, 0.5)
_KIND = "Heat map"
_LETTERS = 17  # of a line of a name above a column


def heat_map(
    told: Sequence[Cell],
    rows: Sequence[str],
    entry: Indicator,
    areas: Areas,
    title: str,
    subtitle: str,
    source: str,
) -> Picture:
    """The picture of some authorities under the what-ifs of a sweep.

    Args:
        told: their cells.
        rows: the authorities in order, the chosen one first; the first ``MOST_ROWS`` are drawn, the table has all.
    """
    scenarios = list(dict.fromkeys(cell.scenario for cell in told))
    shown, columns = rows[:MOST_ROWS], scenarios[:MOST_COLUMNS]
    place = {area: number for number, area in enumerate(rows)}
    ordered = sorted((cell for cell in told if cell.area in place), key=lambda cell: place[cell.area])
    drawn = [cell for cell in ordered if cell.area in shown and cell.scenario in columns]
    left = [
        f"{len(rows) - len(shown)} more authorities" if len(rows) > len(shown) else "",
        f"{len(scenarios) - len(columns)} more what-ifs" if len(scenarios) > len(columns) else "",
    ]
    more = f"The table has {' and '.join(filter(None, left))}." if any(left) else ""
    own = [cell for cell in drawn if cell.area == rows[0]]
    said = " ".join(cell_sentence(cell, entry, areas.label(cell.area)) for cell in own)
    return Picture(
        name="sweep-heat",
        title=title,
        subtitle=subtitle,
        source=source,
        spec=heat_spec(len(shown), len(columns)),
        data=_data(drawn, shown, columns, entry, areas),
        table=cells_table(ordered, entry, areas),
        key=heat_key(columns, entry.unit),
        note=" ".join(filter(None, (more, failed_words(ordered, areas)))),
    ).told(_KIND, said)


@lru_cache(maxsize=64)
def heat_spec(rows: int, columns: int) -> dict[str, Any]:
    """The drawing rules of so many authorities and what-ifs."""
    named = f"width >= {ROOM * columns}"
    layers = [*_tiles(), *_headings(named)]
    return specification(alt.layer(*layers).properties(height=ROW * (rows + 1)))


def _across() -> alt.X:
    return alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.06, paddingOuter=0.03))


def _only(kind: str) -> alt.Chart:
    chart = alt.Chart().transform_filter(f"datum.kind === '{kind}'")
    encoded: alt.Chart = chart.encode(x=_across(), y=by_order("name").axis(ticks=False, domain=False, labelLimit=150))
    return encoded


def _tiles() -> Iterator[alt.Chart]:
    """A tile for each cell, with what it says; on the reader's own a thicker edge."""
    tips = [
        alt.Tooltip("name:N", title="Authority"),
        alt.Tooltip("scenario:N", title="What-if"),
        alt.Tooltip("figure:N", title="Figure"),
        alt.Tooltip("range:N", title="80% range of the change"),
        alt.Tooltip("sure:N", title="How sure"),
    ]
    shade = alt.FillOpacity("shade:Q", scale=None, legend=None)
    for kind, colour in (("lower", AUTHORITY), ("higher", SCENARIO)):
        tile = _only(kind).mark_rect(fill=colour, stroke=colour, strokeWidth=1.4, cornerRadius=2)
        yield tile.encode(fillOpacity=shade, tooltip=tips)
    broken = _only("open").mark_rect(
        fill=NEIGHBOUR, fillOpacity=0, stroke=NEIGHBOUR, strokeWidth=1.2, strokeDash=HATCH, cornerRadius=2
    )
    yield broken.encode(tooltip=tips)
    for kind in ("lower", "higher", "open"):
        size = alt.ExprRef("bandwidth('x') < 30 ? 9 : bandwidth('x') < 44 ? 11 : 13")
        yield _only(kind).mark_text(color=INK, fontSize=size).encode(text="mark:N")


def _headings(named: str) -> Iterator[alt.Chart]:
    """Above each column its what-if: by name where there is room, else by its number."""
    for field, shown, size in (("heading", f"{named} ? 1 : 0", 12), ("number", f"{named} ? 0 : 1", LABEL_SIZE)):
        text = _only("heading").mark_text(
            color=INK,
            fontSize=size,
            fontWeight="bold",
            lineBreak="\n",
            opacity=alt.ExprRef(shown),
            baseline="top",
            dy=4 - ROW / 2,
        )
        yield text.encode(text=f"{field}:N")


def shades(told: Sequence[Cell]) -> dict[Cell, float]:
    """How strong the colour of each clear cell is: by half of the largest clear change among them."""
    clear = [cell for cell in told if cell.verdict in ("lower", "higher")]
    most = max((cell.size for cell in clear), default=0.0)
    return {cell: SHADES[cell.size > most / 2] for cell in clear}


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("kind", "name", "scenario", "heading", "number", "mark", "figure", "range", "sure"), pl.String),
    **dict.fromkeys(("order", "column"), pl.Int64),
    "shade": pl.Float64,
}


def _data(
    drawn: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], entry: Indicator, areas: Areas
) -> pl.DataFrame:
    strong = shades(drawn)
    table: list[dict[str, object]] = [
        {
            "kind": "heading",
            "name": " ",
            "order": -1,
            "column": number,
            "heading": _wrapped(f"{number} {scenario}"),
            "number": str(number),
        }
        for number, scenario in enumerate(columns, start=1)
    ]
    table += [
        {
            "kind": cell.verdict if cell in strong else "open",
            "name": areas.label(cell.area),
            "order": rows.index(cell.area),
            "column": columns.index(cell.scenario) + 1,
            "scenario": cell.scenario,
            "mark": mark(cell, entry.unit),
            "shade": strong.get(cell, 0.0),
            "figure": moved_words(cell, entry),
            "range": range_words(cell, entry.unit),
            "sure": sure_words(cell, entry.unit),
        }
        for cell in drawn
    ]
    return pl.DataFrame(table, schema=_SCHEMA)


def _wrapped(name: str) -> str:
    """A name on up to two lines, cut short where it is longer."""
    lines = textwrap.wrap(name, _LETTERS)
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")


def cells_table(told: Sequence[Cell], entry: Indicator, areas: Areas) -> pl.DataFrame:
    """Cells for reading and for the file, in their order; children whole, percentages as they are."""
    whole = entry.unit == "count"

    def number(value: float | None) -> float | int | None:
        return None if value is None else int(half_up(value, 0)) if whole else value

    def children(cell: Cell, place: int) -> int | None:
        return int(half_up(cell.counts[place], 0)) if cell.counts else None

    def hundred(chance: float | None) -> int | None:
        return None if chance is None else int(half_up(100 * chance, 0))

    low, high = ("fewer", "more") if whole else ("lower", "higher")
    rows = [
        {
            "Authority": areas.label(cell.area),
            "What-if": cell.scenario,
            f"{entry.label}, as now": number(cell.before),
            f"{entry.label}, with it": number(cell.after),
            "Change": number(cell.change),
            "Change, 80%, low": number(cell.low),
            "Change, 80%, high": number(cell.high),
            "Told": side_words(cell.verdict, entry.unit),
            f"{high.capitalize()}, of 100 possible futures": hundred(cell.p_higher),
            f"{low.capitalize()}, of 100 possible futures": hundred(cell.p_lower),
            "Count, as now": children(cell, 0),
            "Out of, as now": children(cell, 1),
            "Count, with it": children(cell, 2),
            "Out of, with it": children(cell, 3),
            "Why no result": cell.why,
        }
        for cell in told
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
