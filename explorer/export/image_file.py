"""A picture as a file that stands alone: finding, chart, key, caveat and source, on white."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from math import isfinite
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal

import explorer
from explorer.charts.picture import Picture
from explorer.errors import ExplorerError
from explorer.export.sheet import INK, WIDTH, Words, clean

MADE_WITH = f"Made with the Child Protection Planning Explorer {explorer.__version__}"
_SECONDS = 30  # for one drawing, which takes about one
_STARTS = {"svg": b"<svg", "png": b"\x89PNG"}
_AT_ONCE = BoundedSemaphore(2)  # each takes 90 MB while it draws
_TOLD = "The picture could not be made into a file. Its table can still be downloaded."

Form = Literal["svg", "png"]


class ImageError(ExplorerError):
    """A picture could not be made into a file."""


def svg_bytes(picture: Picture) -> bytes:
    """The picture as SVG: sharp at any size, its text still text.

    Raises:
        ImageError: it could not be drawn.
    """
    return _drawn(asked_for(picture, "svg"))


def png_bytes(picture: Picture) -> bytes:
    """The picture as PNG, twice as fine as a page, for a slide or a document.

    Raises:
        ImageError: it could not be drawn.
    """
    return _drawn(asked_for(picture, "png"))


def asked_for(picture: Picture, form: Form) -> dict[str, Any]:
    """Everything that the file is drawn from: the specification with its data, and the words round it.

    Only ``picture.data`` and its words go in: a figure that is hidden on the page is not in the file either.
    """
    spec = _in_ink(picture.spec)
    alone = not {"facet", "vconcat", "hconcat", "concat", "repeat"} & spec.keys()
    sized = {"width": WIDTH, "autosize": {"type": "fit", "contains": "padding"}} if alone else {}
    words = Words(
        picture.title, picture.subtitle, picture.key, picture.note, f"{picture.source}.", f"{MADE_WITH}.", picture.alt
    )
    rows = [{name: _cell(value) for name, value in row.items()} for row in picture.data.iter_rows(named=True)]
    return {"form": form, "spec": {**spec, **sized, "data": {"values": rows}}, "words": asdict(words)}


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


def _drawn(asked: dict[str, Any]) -> bytes:
    """The file, drawn in a program of its own that ends with it (see ``draw``)."""
    text = json.dumps(asked, allow_nan=False).encode()
    with _AT_ONCE:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "explorer.export.draw"],
                input=text,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                cwd=Path(explorer.__file__).parent.parent,
                env={**os.environ, "TZ": "UTC"},  # a date is the same day wherever the machine stands
            )
        except (OSError, subprocess.TimeoutExpired):
            raise ImageError(_TOLD) from None
    if done.returncode or not done.stdout.startswith(_STARTS[asked["form"]]):
        raise ImageError(_TOLD)
    return done.stdout
