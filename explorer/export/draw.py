"""Draws pictures as files in a program of its own, so that the app need not hold what draws them in memory.

``python -m explorer.export.draw`` reads what ``image_file`` asks for as JSON and writes the files. The drawing program
(vl-convert) takes 60 MB that it never gives back; here they go when the files are done. Most of its time goes into
starting, so that ten pictures take little longer than one.
"""

import json
import sys
from base64 import b64encode
from typing import Any
from xml.etree import ElementTree as ET

import vl_convert

from explorer.export.sheet import FONT, INK, Words, sheet

_SCALE = 2  # pixels of a PNG for each of the SVG: sharp on a projector
_SCALE_ALONE = 3  # the same for a chart without its words, which is printed 8 cm wide: 330 pixels an inch
_PALE = "#d3d7dd"
_EITHER = "#8b929c"  # for lines that have to be seen on white and on black
_SVG = "http://www.w3.org/2000/svg"
_FOR_A_SCREEN = ("role", "class", "pointer-events")  # of parts of a chart that is heard and pointed at as one


def _config(spec: dict[str, Any], lines: str) -> dict[str, Any]:
    """What the page's theme gives a chart there; what the specification says itself comes first."""
    own = spec.get("config", {})
    axis = {"gridColor": lines, "domainColor": lines, "tickColor": lines, "titleFontWeight": "normal"}
    return {"view": {"stroke": None}, **own, "font": FONT, "axis": {**axis, **own.get("axis", {})}}


def drawn(asked: dict[str, Any]) -> dict[str, bytes]:
    """One file for each form asked for: a specification drawn with its data.

    Args:
        asked: ``forms`` (svg, png), ``spec`` with its data, and ``words``: the fields of ``Words`` for a sheet with
            them round the chart, null for the chart alone. Alone, an SVG has the colour of the text around it.
    """
    spec, forms = asked["spec"], asked["forms"]
    words = None if asked["words"] is None else Words(**asked["words"])
    config = _config(spec, _EITHER if words is None else _PALE)
    # No address may be read: all data are in the specification.
    chart = vl_convert.vegalite_to_svg({**spec, "config": config}, allowed_base_urls=[])
    if words is None:
        made = {"svg": lambda: _alone(chart), "png": lambda: vl_convert.svg_to_png(_on_white(chart), _SCALE_ALONE)}
    else:
        whole = sheet(chart, words)
        made = {"svg": whole.encode, "png": lambda: vl_convert.svg_to_png(whole, _SCALE)}
    return {form: made[form]() for form in forms}


def _alone(chart: str) -> bytes:
    """A chart to stand inside a page, in the page's own ink."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(chart)  # noqa: S314 - written by vl-convert in this program
    for part in root.iter():
        for name in [name for name in part.attrib if name in _FOR_A_SCREEN or name.startswith("aria-")]:
            del part.attrib[name]
        for name in ("fill", "stroke"):
            if part.get(name) == INK:
                part.set(name, "currentColor")
    return ET.tostring(root)


def _on_white(chart: str) -> str:
    head, end, rest = chart.partition(">")
    return f'{head}{end}<rect width="100%" height="100%" fill="#ffffff"/>{rest}'


if __name__ == "__main__":
    files = [drawn(asked) for asked in json.load(sys.stdin)]
    json.dump([{form: b64encode(file).decode() for form, file in one.items()} for one in files], sys.stdout)
