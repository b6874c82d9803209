"""What a chart paints: every mark of a compiled specification with its colours, blended with what lies below."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import vl_convert

from explorer.charts.theme import INK
from explorer.charts.tile_map import SHADES

RGB = tuple[float, float, float]
SURFACES = ("rect", "area")
BAND = 0.5  # of the page: a surface that covers less is a band, one that covers more is a bar


@dataclass(frozen=True)
class Paint:
    """One mark: what it is filled and drawn round with, each with how much of it covers (0 to 1)."""

    kind: str  # symbol, rule, rect, area, line, text
    layer: int  # of the specification's layers, from 0
    fills: tuple[str, ...]
    strokes: tuple[str, ...]
    fill_cover: tuple[float, ...]
    stroke_cover: float
    stroke_width: float
    size: float  # of letters in pixels, of symbols in square pixels
    bold: bool
    dash: tuple[float, ...]
    shape: str

    @property
    def is_band(self) -> bool:
        """Whether it is a pale surface that other marks are drawn on."""
        return self.kind in SURFACES and bool(self.fills) and max(self.fill_cover) < BAND


def rgb(colour: str, page: Mapping[str, str]) -> RGB:
    """Red, green and blue (0 to 255) of a colour as specifications name it."""
    named = {INK: page["textColor"], "white": "#ffffff"}.get(colour, colour)
    return int(named[1:3], 16), int(named[3:5], 16), int(named[5:7], 16)


def over(colour: RGB, ground: RGB, cover: float) -> RGB:
    """A colour that covers a share of what lies below, as a browser mixes them."""
    red, green, blue = (cover * one + (1 - cover) * other for one, other in zip(colour, ground, strict=True))
    return red, green, blue


def luminance(colour: RGB) -> float:
    """Relative luminance of WCAG 2.2."""
    linear = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in (c / 255 for c in colour))
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: RGB, other: RGB) -> float:
    """Contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def paints(spec: Mapping[str, Any]) -> tuple[Paint, ...]:
    """All marks that are seen, in the order in which they are drawn."""
    return _paints(json.dumps(spec))


@lru_cache(maxsize=256)
def _paints(spec: str) -> tuple[Paint, ...]:
    vega = vl_convert.vegalite_to_vega({**json.loads(spec), "data": {"values": []}})
    scales = {one["name"]: one for one in vega.get("scales", ())}
    return tuple(one for one in _marks(vega["marks"], scales) if any(one.fill_cover) or one.stroke_cover)


def axis_colours(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """How the specification draws its axes."""
    found: Mapping[str, Any] = spec["config"]["axis"]
    return found


def _marks(marks: list[dict[str, Any]], scales: Mapping[str, Any]) -> Iterator[Paint]:
    for mark in marks:
        if mark["type"] == "group":
            yield from _marks(mark["marks"], scales)
        else:
            yield _paint(mark, scales)


def _paint(mark: dict[str, Any], scales: Mapping[str, Any]) -> Paint:
    look = mark["encode"]["update"]
    whole = max(_numbers(look.get("opacity"), 1.0))
    fills, strokes = (_colours(look.get(name), scales) for name in ("fill", "stroke"))
    fill_cover = tuple(whole * one for one in _numbers(look.get("fillOpacity"), 1.0)) if fills else (0.0,)
    width = max(_numbers(look.get("strokeWidth"), 1.0))
    # a line thinner than a pixel covers a part of it
    stroke_cover = whole * max(_numbers(look.get("strokeOpacity"), 1.0)) * min(1.0, width) if strokes else 0.0
    return Paint(
        kind=mark["type"],
        layer=int(mark["name"].split("_")[1]),
        fills=fills,
        strokes=strokes,
        fill_cover=fill_cover,
        stroke_cover=stroke_cover,
        stroke_width=width,
        size=max(_numbers(look.get("size" if mark["type"] == "symbol" else "fontSize"), 11.0)),
        bold=look.get("fontWeight", {}).get("value") == "bold",
        dash=tuple(look.get("strokeDash", {}).get("value", ())),
        shape=str(look.get("shape", {}).get("value", "")),
    )


def _colours(said: Any, scales: Mapping[str, Any]) -> tuple[str, ...]:
    """Every colour that a channel can take; none where it paints nothing."""
    if isinstance(said, list):
        return tuple(colour for one in said for colour in _colours(one, scales))
    if not said or said.get("value", "") in (None, "transparent"):
        return ()
    if "scale" in said:
        return tuple(scales[said["scale"]]["range"])
    return (str(said["value"]),)


def _numbers(said: Any, otherwise: float) -> tuple[float, ...]:
    """Every value that a channel can take: the shades of the map for a field, one for what is shown at some width."""
    if isinstance(said, list):
        return tuple(number for one in said for number in _numbers(one, otherwise))
    if not said:
        return (otherwise,)
    if "field" in said:
        return SHADES
    if "signal" in said:
        return (1.0,) if otherwise == 1.0 else (otherwise,)
    return (float(said["value"]),)
