"""A sweep on the map of England: where one what-if clearly moves a measure, which way, and where nobody can tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from explorer.areas import Areas
from explorer.charts.picture import Picture
from explorer.charts.sweep_heat import SHADES, cells_table, shades
from explorer.charts.theme import SCENARIO
from explorer.charts.tile_map import Look, Place, borders, point_of, tile_map_spec, tile_of
from explorer.config import Indicator
from explorer.models.swept import Cell
from explorer.sentences.sweep import (
    SIGNS,
    cell_sentence,
    change_words,
    failed_words,
    map_key,
    moved_words,
    range_words,
    side_words,
    size_words,
    sure_words,
)

LOOK = Look(broken=SIGNS["cannot_tell"], tips=("Change", "Figure", "80% range, how sure"), other=SCENARIO)
_KIND = "Map of tiles"


def sweep_map(
    told: Sequence[Cell],
    own: str,
    members: Sequence[str],
    entry: Indicator,
    areas: Areas,
    tiles: pl.DataFrame,
    title: str,
    subtitle: str,
    source: str,
) -> Picture:
    """The picture of one what-if in every authority of a sweep.

    Args:
        told: its cells, in the order of the table.
        own: the chosen authority; members: those that it is compared with, of whom none is outlined where they are all.
        tiles: ``schema.TABLES["tiles"]``.
    """
    spots = {area: (column, row) for area, column, row in tiles.select("area", "column", "row").iter_rows()}
    columns, rows = (1 + int(tiles[name].max() or 0) for name in ("column", "row"))  # type: ignore[arg-type]
    outlined = [area for area in members if area != own] if len(members) < len(told) - 1 else []
    letters = dict(tiles.select("area", "short").iter_rows())
    found = {cell.area: cell for cell in told}
    heard = [cell_sentence(found[area], entry, areas.label(area)) for area in (own, *outlined) if area in found]
    return Picture(
        name="sweep-map",
        title=title,
        subtitle=subtitle,
        source=f"{source}; places of the tiles: Open Innovations",
        spec=tile_map_spec(columns, rows, LOOK),
        data=_data(told, own, outlined, entry, areas, spots, letters, rows),
        table=cells_table(told, entry, areas),
        key=map_key(areas.label(own) if own in found else "", bool(outlined), entry.unit),
        note=failed_words(told, areas),
    ).told(_KIND, " ".join(heard))


def _data(
    told: Sequence[Cell],
    own: str,
    outlined: Sequence[str],
    entry: Indicator,
    areas: Areas,
    spots: Mapping[str, Place],
    letters: Mapping[str, str],
    rows: int,
) -> pl.DataFrame:
    strong = shades(told)
    there = [cell for cell in told if cell.area in spots]
    table: list[dict[str, object]] = [
        {
            **tile_of(cell.area, own, outlined, areas, letters),
            **point_of(spots[cell.area], rows),
            **_shade(cell, strong),
            "label": change_words(cell.change, entry.unit) if cell.change is not None else "no result",
            "counts": moved_words(cell, entry),
            "fifth": "; ".join(filter(None, (range_words(cell, entry.unit), sure_words(cell, entry.unit)))),
        }
        for cell in there
    ]
    regions = {spots[cell.area]: areas[cell.area].region or "" for cell in there}
    table += [{"kind": "border", **ends} for ends in borders(regions, rows)]
    name = next((areas.label(own) for cell in there if cell.area == own), "")
    return pl.DataFrame([*table, *_key_rows(there, strong, entry, name, bool(outlined))], schema=_SCHEMA)


_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("kind", "role", "side", "mark", "short", "name", "label", "counts", "fifth"), pl.String),
    **dict.fromkeys(("x", "y", "x2", "y2", "shade", "other_shade"), pl.Float64),
    "order": pl.Int64,
}


def _shade(cell: Cell, strong: Mapping[Cell, float]) -> dict[str, object]:
    """The sign on a tile and its colour, told twice so that neither is needed: two signs where the change is large."""
    return _tile(SIGNS[cell.verdict], strong.get(cell, 0.0))


def _tile(sign: str, shade: float) -> dict[str, object]:
    more = sign == SIGNS["higher"]
    return {
        "mark": sign * 2 if shade == SHADES[1] else sign,
        "shade": 0.0 if more else shade,
        "side": "other" if more else "",
        "other_shade": shade if more else 0.0,
    }


def _key_rows(
    told: Sequence[Cell], strong: Mapping[Cell, float], entry: Indicator, name: str, outlined: bool
) -> Iterator[dict[str, object]]:
    """The lines of the key: whose edge is thick and whose is thin, then every sign that stands on a tile."""
    half = max((cell.size for cell in strong), default=0.0) / 2
    lines: list[tuple[str, dict[str, Any], str]] = []
    lines += [("key own", _tile("", 0.0), name)] if name else []
    lines += [("key member", _tile("", 0.0), "those it is compared with")] if outlined else []
    for verdict, shade in (
        ("higher", SHADES[1]),
        ("higher", SHADES[0]),
        ("lower", SHADES[0]),
        ("lower", SHADES[1]),
        ("cannot_tell", 0.0),
        ("same", 0.0),
        ("failed", 0.0),
    ):
        some = [cell for cell in told if cell.verdict == verdict and strong.get(cell, 0.0) == shade]
        if some:
            large = size_words(half, entry.unit, above=shade == SHADES[1]) if shade else ""
            said = " ".join(filter(None, (side_words(some[0].verdict, entry.unit), large)))
            lines.append(("key", _tile(SIGNS[some[0].verdict], shade), f"{said}: {len(some)}"))
    for order, (kind, tile, words) in enumerate(lines):
        yield {"kind": kind, "order": order, **tile, "label": words}
