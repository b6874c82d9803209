"""Draws one picture as a file in a program of its own, so that the app need not hold what draws it in memory.

``python -m explorer.export.draw`` reads what ``image_file`` asks for as JSON and writes the file. The drawing program
(vl-convert) takes 60 MB that it never gives back; here they go when the file is done.
"""

import json
import sys
from typing import Any

import vl_convert

from explorer.export.sheet import FONT, Words, sheet

_SCALE = 2  # pixels of a PNG for each of the SVG: sharp on a projector
# What the page's theme gives a chart there; what the specification says itself comes first.
_PALE = "#d3d7dd"
_THEME = {
    "axis": {"gridColor": _PALE, "domainColor": _PALE, "tickColor": _PALE, "titleFontWeight": "normal"},
    "view": {"stroke": None},
}


def drawn(asked: dict[str, Any]) -> bytes:
    """The file: a specification drawn with its data, on a sheet with its words.

    Args:
        asked: ``form`` (svg or png), ``spec`` with its data, and ``words`` (the fields of ``Words``).
    """
    spec = asked["spec"]
    config = {**spec.get("config", {}), "font": FONT}
    config = {**_THEME, **config, "axis": {**_THEME["axis"], **config.get("axis", {})}}  # type: ignore[dict-item]
    # No address may be read: all data are in the specification.
    chart = vl_convert.vegalite_to_svg({**spec, "config": config}, allowed_base_urls=[])
    whole = sheet(chart, Words(**asked["words"]))
    return vl_convert.svg_to_png(whole, scale=_SCALE) if asked["form"] == "png" else whole.encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(drawn(json.load(sys.stdin)))
