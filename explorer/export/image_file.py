"""A picture as a file that stands alone: finding, chart, key, caveat and source, on white."""

import json
import os
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal

import explorer
from explorer.charts.picture import Picture
from explorer.errors import ExplorerError
from explorer.export.image_origin import png_with, svg_with
from explorer.export.sheet import INK, WIDTH, Words, clean
from explorer.provenance import Provenance

MADE_WITH = f"Made with the Child Protection Planning Explorer {explorer.__version__}"
ALONE = 360  # pixels: a chart without its words is drawn as for a phone, so that its letters are large enough anywhere
_SECONDS = 30  # for the program, which takes about one
_SECONDS_EACH = 2  # more for each drawing, which takes a tenth
_STARTS = {"svg": b"<svg", "png": b"\x89PNG"}
_AT_ONCE = BoundedSemaphore(2)  # each takes 90 MB while it draws one, and 140 MB for ten
_TOLD = "The picture could not be made into a file. Its table can still be downloaded."
_SIZE = re.compile(rb'\bviewBox="0 0 ([\d.]+) ([\d.]+)"')

Form = Literal["svg", "png"]


class ImageError(ExplorerError):
    """A picture could not be made into a file."""


@dataclass(frozen=True)
class Drawing:
    """A chart alone, for a page or a document that says its words itself.

    Attributes:
        picture: What was drawn.
        svg: In the colour of the text around it, with text as text.
        png: On white, three times as fine as the SVG.
        width, height: In pixels of the SVG.
    """

    picture: Picture
    svg: str
    png: bytes
    width: float
    height: float


def svg_bytes(picture: Picture, provenance: Provenance | None = None) -> bytes:
    """The picture as SVG: sharp at any size, its text still text.

    Args:
        provenance: Where its figures come from: below the picture in words, and in the file's own description.

    Raises:
        ImageError: it could not be drawn.
    """
    drawn = _drawn([asked_for(picture, "svg", provenance=provenance)])[0]["svg"]
    return drawn if provenance is None else svg_with(drawn, provenance)


def png_bytes(picture: Picture, provenance: Provenance | None = None) -> bytes:
    """The picture as PNG, twice as fine as a page, for a slide or a document; ``provenance`` as in ``svg_bytes``.

    Raises:
        ImageError: it could not be drawn.
    """
    drawn = _drawn([asked_for(picture, "png", provenance=provenance)])[0]["png"]
    return drawn if provenance is None else png_with(drawn, provenance)


def drawings(pictures: Sequence[Picture]) -> tuple[Drawing, ...]:
    """The charts alone, all in one run of the drawing program: ten take about as long as two by themselves.

    Raises:
        ImageError: one of them could not be drawn.
    """
    files = _drawn([asked_for(picture, "svg", "png", alone=True) for picture in pictures]) if pictures else []
    return tuple(_drawing(picture, **file) for picture, file in zip(pictures, files, strict=True))


def _drawing(picture: Picture, svg: bytes, png: bytes) -> Drawing:
    found = _SIZE.search(svg)
    if found is None:
        raise ImageError(_TOLD)
    return Drawing(picture, svg.decode(), png, *(float(part) for part in found.groups()))


def asked_for(
    picture: Picture, *forms: Form, alone: bool = False, provenance: Provenance | None = None
) -> dict[str, Any]:
    """Everything that the files are drawn from: the specification with its data, and the words round it.

    Only ``picture.data`` and its words go in: a figure that is hidden on the page is not in the file either.

    Args:
        alone: The chart without its words, and narrow.
    """
    spec = _in_ink(picture.spec)
    several = {"facet", "vconcat", "hconcat", "concat", "repeat"} & spec.keys()
    width = {"width": ALONE if alone else WIDTH, "autosize": {"type": "fit", "contains": "padding"}}
    words = Words(
        picture.title,
        picture.subtitle,
        picture.key,
        picture.note,
        f"{picture.source}.",
        _made_with(provenance),
        picture.alt,
    )
    rows = [{name: _cell(value) for name, value in row.items()} for row in picture.data.iter_rows(named=True)]
    return {
        "forms": forms,
        "spec": {**spec, **({} if several else width), "data": {"values": rows}},
        "words": None if alone else asdict(words),
    }


def _made_with(provenance: Provenance | None) -> str:
    """The last lines of the sheet; the source stands above them."""
    if provenance is None:
        return f"{MADE_WITH}."
    said = [f"{heading}: {words}" for heading, words in provenance.lines if heading != "Sources"]
    return " ".join(one if one.endswith(".") else f"{one}." for one in said[:-1]) + f" {said[-1]}"


def _in_ink(part: Any) -> Any:  # noqa: ANN401 - JSON
    """A specification with the page's own colour, which a file does not have, as dark ink."""
    match part:
        case str():
            return part.replace("currentColor", INK)
        case list() | tuple():
            return [_in_ink(one) for one in part]
        case Mapping():
            return {name: _in_ink(one) for name, one in part.items()}
        case _:
            return part


def _cell(value: object) -> object:
    """A value as JSON can hold it: dates as 2018-03-31, numbers that are none as null."""
    match value:
        case float() if not isfinite(value):
            return None
        case date():
            return value.isoformat()
        case str():
            return clean(value)
        case _:
            return value


def _drawn(asked: Sequence[dict[str, Any]]) -> list[dict[str, bytes]]:
    """The files by form, drawn in a program of its own that ends with them (see ``draw``)."""
    text = json.dumps(asked, allow_nan=False).encode()
    with _AT_ONCE:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "explorer.export.draw"],
                input=text,
                capture_output=True,
                timeout=_SECONDS + _SECONDS_EACH * len(asked),
                check=False,
                cwd=Path(explorer.__file__).parent.parent,
                env={**os.environ, "TZ": "UTC"},  # a date is the same day wherever the machine stands
            )
        except (OSError, subprocess.TimeoutExpired):
            raise ImageError(_TOLD) from None
    files = _read(done.stdout) if done.returncode == 0 else []
    if [tuple(file) for file in files] != [tuple(one["forms"]) for one in asked]:
        raise ImageError(_TOLD)
    if not all(content.startswith(_STARTS[form]) for file in files for form, content in file.items()):
        raise ImageError(_TOLD)
    return files


def _read(written: bytes) -> list[dict[str, bytes]]:
    """What the drawing program wrote; nothing where that is not a list of files."""
    try:
        return [{form: b64decode(file) for form, file in one.items()} for one in json.loads(written)]
    except (ValueError, TypeError, AttributeError):
        return []
