"""A chart on a white sheet with its finding above it and its key, caveat and source below."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH = 900  # pixels of the chart; pages stretch theirs
MARGIN = 28  # pixels round the sheet
INK = "#0b0c0c"  # what currentColor is on a white page
FONT = (
    "Liberation Sans, Arial, Helvetica, sans-serif"  # the first is in the drawing program, the others on most machines
)
_LETTER = 0.5  # of the size of the letters: how wide one is on average, on the safe side
_LINE = 1.35  # of the size of the letters: from one line to the next
_SIZE = re.compile(r'^<svg\b[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


@dataclass(frozen=True)
class Words:
    """Everything that is written round a chart; an empty text is left out."""

    title: str
    subtitle: str
    key: str
    note: str
    source: str
    made_with: str
    alt: str


def sheet(chart: str, words: Words) -> str:
    """One SVG document of a chart with its words; text is escaped, and nothing in it is fetched from anywhere.

    Args:
        chart: An SVG document, with its width and height in pixels.

    Raises:
        ValueError: the chart does not say its size.
    """
    found = _SIZE.match(chart)
    if found is None:
        raise ValueError("the chart does not say its width and height")
    width, height = (float(part) for part in found.groups())
    inner = max(width, WIDTH)
    above = [*_lines(words.title, 22, inner, bold=True), *_lines(words.subtitle, 15, inner)]
    below = [line for text in (words.key, words.note, words.source) for line in _lines(text, 13, inner)]
    below += _lines(words.made_with, 12, inner)
    head, top = _written(above, MARGIN - 8)
    foot, end = _written(below, top + 12 + height + 8)
    whole, tall = f"{inner + 2 * MARGIN:g}", f"{end + MARGIN - 8:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{tall}" viewBox="0 0 {whole} {tall}" '
        f'role="img" aria-label={quoteattr(clean(words.title))}>'
        f"<title>{escape(clean(words.title))}</title><desc>{escape(clean(words.alt))}</desc>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{head}'
        f'<g transform="translate({MARGIN},{top + 12:g})">{chart}</g>{foot}</svg>'
    )


def clean(text: str) -> str:
    """Text without the signs that no XML document may hold."""
    return _NOT_XML.sub("", text)


Line = tuple[str, int, bool]  # text, size in pixels, bold


def _lines(text: str, size: int, width: float, *, bold: bool = False) -> list[Line]:
    letters = int(width / (size * _LETTER * (1.08 if bold else 1)))
    return [(line, size, bold) for line in textwrap.wrap(clean(text), letters)]


def _written(lines: Sequence[Line], top: float) -> tuple[str, float]:
    """Lines of text as SVG from ``top`` down, and where they end."""
    written = []
    for text, size, bold in lines:
        top += size * _LINE
        weight = ' font-weight="bold"' if bold else ""
        written.append(
            f'<text x="{MARGIN}" y="{top:g}" font-family="{FONT}" font-size="{size}"{weight} '
            f'fill="{INK}">{escape(text)}</text>'
        )
    return "".join(written), top
