"""A map of England's authorities as tiles of one size, shaded by fifths, with the comparison group outlined."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

import altair as alt
import polars as pl

from explorer.areas import Areas
from explorer.benchmarks.fifths import Fifths, fifths
from explorer.benchmarks.position import Figure, Position
from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, HATCH, INK, LABEL_SIZE, NEIGHBOUR, UNIT_TITLES, specification
from explorer.config import Config, Indicator
from explorer.schema import HIDDEN
from explorer.sentences.figures import counts, shown
from explorer.sentences.map import fifth_words, map_alt, map_key, map_note, map_title, shade_words
from explorer.wording import period

HEIGHT = 540  # pixels
# How strong the blue of a fifth is. Over either page, text in that page's colour keeps a contrast of 4.5:1 on all.
SHADES = (0.08, 0.24, 0.42, 0.62, 0.82)
HEXAGON = "M0,-1L0.866,-0.5L0.866,0.5L0,1L-0.866,0.5L-0.866,-0.5Z"  # Vega scales it from -1 to 1
BESIDE = 700  # pixels of width: from here on the key stands beside the map, else below it
_KEY_WIDTH, _KEY_HEIGHT = 300, 210  # pixels that the key takes there
_LINE = 21  # pixels from one line of the key to the next
_KIND = "Map of tiles"
_THIN, _THICK = 2.2, 4  # pixels: the edges of the comparison group and of the chosen authority
_READABLE = 30  # pixels of a tile: smaller, and letters on it cannot be read
_ROW = sqrt(3) / 2  # of a tile's width: from one row to the next
_TALL = 2 / sqrt(3)  # of a tile's width: how tall it is

Place = tuple[int, int]  # column and row as in tiles.csv


@dataclass(frozen=True)
class Look:
    """What differs between maps of tiles.

    Attributes:
        broken: the mark of tiles whose edge is broken.
        tips: headings of what a tile tells when it is pointed at: its label, its counts, and the rest.
        other: the colour of tiles with ``datum.side === 'other'``; None where there are none.
    """

    broken: str = "h"
    tips: tuple[str, str, str] = ("Figure", "Counts", "In England")
    other: str | None = None


_FIFTHS = Look()


def tile_map(found: Position, marked: Sequence[str], config: Config, areas: Areas, tiles: pl.DataFrame) -> Picture:
    """The picture of one measure and year in all of England.

    Args:
        found: The chosen authority among all of England (group "england").
        marked: The codes of those that it is compared with; all of England is not outlined.
        tiles: ``schema.TABLES["tiles"]``.
    """
    entry, parted = config.indicators[found.indicator], fifths(found)
    outlined = [code for code in marked if code != found.area] if len(marked) < len(found.members) else []
    spots = {area: (column, row) for area, column, row in tiles.select("area", "column", "row").iter_rows()}
    columns, rows = (1 + int(tiles[name].max() or 0) for name in ("column", "row"))  # type: ignore[arg-type]
    heading = map_title(found, parted, config, areas)
    return Picture(
        name="map",
        title=heading,
        subtitle=f"{entry.label}, {UNIT_TITLES[entry.unit]}, {period(entry.period, found.year)}",
        source=f"Source: {entry.reference}; places of the tiles: Open Innovations",
        spec=tile_map_spec(columns, rows),
        data=_data(found, outlined, parted, entry, areas, spots, dict(tiles.select("area", "short").iter_rows()), rows),
        table=_table(found, parted, entry, areas),
        key=map_key(found, parted, bool(outlined), config, areas),
        note=map_note(found, parted),
    ).told(_KIND, map_alt(found, outlined, parted, config, areas).removeprefix(f"{_KIND}. {heading}.").lstrip())


@lru_cache(maxsize=4)
def tile_map_spec(columns: int, rows: int, look: Look = _FIFTHS) -> dict[str, Any]:
    """The drawing rules of a map of so many columns and rows, which keeps its shape at any width.

    Places are in widths of a tile from the top left; ``tile`` is that width in pixels.
    """
    wide, tall = columns + 0.5, (rows - 1) * _ROW + _TALL
    params = [
        alt.param(name="beside", expr=f"width >= {BESIDE}"),
        alt.param(
            name="tile",
            expr=f"beside ? min((width - {_KEY_WIDTH}) / {wide}, height / {tall}) "
            f": min(width / {wide}, (height - {_KEY_HEIGHT}) / {tall})",
        ),
        alt.param(name="left", expr=f"beside ? 0 : (width - tile * {wide}) / 2"),
        alt.param(name="key_left", expr=f"beside ? tile * {wide} + 24 : 12"),
        alt.param(name="key_top", expr=f"beside ? 0.25 * height : tile * {tall} + 20"),
    ]
    chart = alt.layer(*_tiles(wide, tall, look), *_key(look)).add_params(*params).properties(height=HEIGHT)
    return specification(chart)


def _hexagon(chart: alt.Chart, size: str, **look: Any) -> alt.Chart:  # noqa: ANN401 - properties of a mark
    """Hexagons of a size in pixels from top to bottom, given as an expression."""
    mark = {"shape": HEXAGON, "size": alt.ExprRef(f"pow({size}, 2)"), "filled": True, "fill": AUTHORITY, "opacity": 1}
    drawn: alt.Chart = chart.mark_point(**{**mark, **look})
    return drawn


def _tiles(wide: float, tall: float, look: Look) -> Iterator[alt.Chart]:
    """Tiles, the lines between regions, the outlines, and what is written on them."""
    across = alt.Scale(domain=[0, wide], range=[alt.ExprRef("left"), alt.ExprRef(f"left + tile * {wide}")], nice=False)
    down = alt.Scale(domain=[0, tall], range=[0, alt.ExprRef(f"tile * {tall}")], nice=False)
    placed = alt.Chart().encode(x=alt.X("x:Q", scale=across, axis=None), y=alt.Y("y:Q", scale=down, axis=None))
    tips = [
        alt.Tooltip("name:N", title="Authority"),
        *(
            alt.Tooltip(f"{field}:N", title=heading)
            for field, heading in zip(("label", "counts", "fifth"), look.tips, strict=True)
        ),
    ]
    tiles = placed.transform_filter("datum.kind === 'tile'")
    for hidden, edge in (("!==", {"strokeWidth": 1}), ("===", {"strokeWidth": 1.6, "strokeDash": HATCH})):
        some = tiles.transform_filter(f"datum.mark {hidden} '{look.broken}'")
        yield _hexagon(some, f"tile * {0.96 * _TALL:.4f}", stroke=NEIGHBOUR, **edge).encode(
            tooltip=tips, fillOpacity=_shade_scale()
        )
    if look.other is not None:
        some = tiles.transform_filter("datum.side === 'other'")
        yield _hexagon(some, f"tile * {0.96 * _TALL:.4f}", stroke=NEIGHBOUR, fill=look.other).encode(
            tooltip=tips, fillOpacity=alt.FillOpacity("other_shade:Q", scale=None, legend=None)
        )
    borders = placed.transform_filter("datum.kind === 'border'")
    yield borders.mark_rule(color=INK, strokeWidth=1.4, opacity=0.5).encode(x2="x2:Q", y2="y2:Q")
    for role, size, width in (("member", 0.88, _THIN), ("own", 1.0, _THICK)):
        some = placed.transform_filter(f"datum.role === '{role}'")
        yield _hexagon(some, f"tile * {size * _TALL:.4f}", stroke=INK, strokeWidth=width, filled=False, fill=None)
    readable = f"tile >= {_READABLE}"
    yield tiles.mark_text(
        color=INK,
        fontSize=alt.ExprRef(f"{readable} ? 11 : max(8, tile * 0.5)"),
        dy=alt.ExprRef(f"{readable} ? 7 : 0"),
    ).encode(text="mark:N")
    yield tiles.mark_text(
        color=INK, fontSize=alt.ExprRef("min(11, tile * 0.32)"), dy=-5, opacity=alt.ExprRef(f"{readable} ? 1 : 0")
    ).encode(text="short:N")


def _key(look: Look) -> Iterator[alt.Chart]:
    """What edges and shades mean, in the picture: beside the map, or below it where it is narrow."""
    lines = alt.Chart().encode(
        x=alt.value(alt.ExprRef("key_left")), y=alt.value(alt.ExprRef(f"key_top + datum.order * {_LINE}"))
    )
    for kind, edge in (
        ("key", {"stroke": NEIGHBOUR, "strokeWidth": 1}),
        ("key member", {"stroke": INK, "strokeWidth": _THIN}),
        ("key own", {"stroke": INK, "strokeWidth": _THICK}),
    ):
        some = lines.transform_filter(f"datum.kind === '{kind}'")
        yield _hexagon(some, "17", **edge).encode(fillOpacity=_shade_scale())
    if look.other is not None:
        some = lines.transform_filter("datum.kind === 'key' && datum.side === 'other'")
        yield _hexagon(some, "17", fill=look.other, stroke=NEIGHBOUR).encode(
            fillOpacity=alt.FillOpacity("other_shade:Q", scale=None, legend=None)
        )
    said = lines.transform_filter("indexof(datum.kind, 'key') === 0")
    yield said.mark_text(color=INK, fontSize=11).encode(text="mark:N")
    room = alt.ExprRef("width - key_left - 24")
    yield said.mark_text(color=INK, align="left", dx=16, fontSize=LABEL_SIZE, limit=room).encode(text="label:N")


def _shade_scale() -> alt.FillOpacity:
    return alt.FillOpacity("shade:Q", scale=None, legend=None)


def tile_of(
    area: str, own: str, outlined: Sequence[str], areas: Areas, letters: Mapping[str, str]
) -> dict[str, object]:
    """Whose tile it is: what its edge, its letters and its tip say of the authority."""
    role = "own" if area == own else "member" if area in outlined else "other"
    return {"kind": "tile", "role": role, "short": letters[area], "name": areas.label(area)}


def _data(
    found: Position,
    outlined: Sequence[str],
    parted: Fifths | None,
    entry: Indicator,
    areas: Areas,
    spots: Mapping[str, Place],
    letters: Mapping[str, str],
    rows: int,
) -> pl.DataFrame:
    figures = [
        figure for figure in (found.figure, *found.members) if figure.area in spots and figure.status != "no_authority"
    ]
    there = {spots[figure.area]: areas[figure.area].region or "" for figure in figures}
    table: list[dict[str, object]] = [
        {
            **tile_of(figure.area, found.area, outlined, areas, letters),
            **point_of(spots[figure.area], rows),
            **_shade(figure, parted),
            "label": shown(figure, entry),
            "counts": counts(figure, entry),
            "fifth": fifth_words(figure, parted),
        }
        for figure in figures
    ]
    table += [{"kind": "border", **ends} for ends in borders(there, rows)]
    name = f"{areas.label(found.area)}, {shown(found.figure, entry)}" if found.figure in figures else ""
    return pl.DataFrame([*table, *_key_rows(parted, entry, name, bool(outlined))], schema=_SCHEMA)


def _key_rows(parted: Fifths | None, entry: Indicator, name: str, outlined: bool) -> Iterator[dict[str, object]]:
    """The lines of the key: whose edge is thick and whose is thin, then the shades from the highest."""
    said = [(str(number), words) for number, words in enumerate(shade_words(parted, entry.unit), start=1)]
    lines = ([("key own", "", name)] if name else []) + (
        [("key member", "", "those it is compared with")] if outlined else []
    )
    lines += [("key", mark, words) for mark, words in (*reversed(said), ("h", "hidden"), ("", "no figure"))]
    for order, (kind, mark, words) in enumerate(lines):
        shade = SHADES[int(mark) - 1] if mark.isdigit() else 0.0
        yield {"kind": kind, "order": order, "mark": mark, "shade": shade, "label": words}


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("kind", "role", "mark", "short", "name", "label", "counts", "fifth"), pl.String),
    **dict.fromkeys(("x", "y", "x2", "y2", "shade"), pl.Float64),
    "order": pl.Int64,
}


def _shade(figure: Figure, parted: Fifths | None) -> dict[str, object]:
    """The number on a tile and how strong its blue is: told twice, so that neither is needed."""
    if figure.value is None or parted is None:
        return {"mark": "h" if figure.status in HIDDEN else "", "shade": 0.0}
    fifth = parted.of(figure.value)
    return {"mark": str(fifth), "shade": SHADES[fifth - 1]}


def point_of(spot: Place, rows: int) -> dict[str, float]:
    """The middle of a tile, in widths of a tile from the top left; odd rows are shifted by half a tile."""
    column, row = spot
    return {"x": column + 0.5 + 0.5 * (row % 2), "y": (rows - 1 - row) * _ROW + _TALL / 2}


def borders(there: Mapping[Place, str], rows: int) -> Iterator[dict[str, float]]:
    """The edges between tiles of two regions, each once."""
    for (column, row), region in there.items():
        shift = row % 2
        # the tile to the east, and the two to the south: which edge of ours is theirs, from and to
        for other, start, end in (
            ((column + 1, row), (0.5, -0.5), (0.5, 0.5)),
            ((column + shift, row - 1), (0.5, 0.5), (0.0, 1.0)),
            ((column + shift - 1, row - 1), (-0.5, 0.5), (0.0, 1.0)),
        ):
            if there.get(other, region) != region:
                middle = point_of((column, row), rows)
                (x, y), (x2, y2) = (
                    (middle["x"] + across, middle["y"] + down * _TALL / 2) for across, down in (start, end)
                )
                yield {"x": x, "y": y, "x2": x2, "y2": y2}


def _table(found: Position, parted: Fifths | None, entry: Indicator, areas: Areas) -> pl.DataFrame:
    """Every authority for reading and for the file, the highest figure first."""
    figures = sorted((found.figure, *found.members), key=lambda figure: _order(figure, areas))
    rows = [
        {
            "Authority": areas.label(figure.area),
            "Region": areas[figure.area].region,
            "Year ending 31 March": found.year,
            entry.label: figure.value,
            "Count": figure.numerator if entry.numerator else None,
            "Out of": figure.denominator if entry.denominator else None,
            "If hidden, least": figure.least if figure.value is None else None,
            "If hidden, most": figure.most if figure.value is None else None,
            "Fifth": fifth_words(figure, parted),
            "Status": figure.status,
            "Source": figure.source,
        }
        for figure in figures
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _order(figure: Figure, areas: Areas) -> tuple[bool, float, str]:
    """Highest first, the ones without a figure last."""
    return figure.value is None, -(figure.value or 0.0), areas.label(figure.area)
