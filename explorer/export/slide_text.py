"""How much room words need on a slide: nothing may run over its box, and no program is here to lay it out."""

from collections.abc import Sequence
from typing import NamedTuple

LINE = 1.2  # height of a line in sizes of its type; Arial itself needs 1.15
SPARE = 1.04  # of the width: programs round widths and space letters differently
_UNIT = 1000
# Widths of Arial in thousandths of its size (those of Helvetica, Adobe Font Metrics; Liberation Sans has the same).
_PLAIN = {
    191: "'",
    222: "ijl‘’",
    278: " !,./:;I[\\]ftíîï|",
    333: "()-`r·“”{}",
    355: '•"',
    389: "*",
    500: "Jcksvxyzç^",
    556: "–",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXYÉ",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@—…",
}
_BOLD = {
    238: "'",
    278: " ,./I\\|ijl‘’íîï",
    333: "!()-:;[]`ft·",
    389: "*r{}•",
    500: 'z"“”',
    556: "–",
    584: "+<=>^~",
    611: "?FLTZbdghnopquóúñüöô",
    667: "EPSVXYÉ",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    1000: "@—…",
}
_FIGURE = 556  # of a figure, and of most small letters
_WIDEST = 1000  # letters of other alphabets
_LATIN = "\u024f"
_WIDTHS = tuple({sign: width for width, signs in face.items() for sign in signs} for face in (_PLAIN, _BOLD))


class Box(NamedTuple):
    """A place on a slide, in points of 1/72 inch from its top left corner."""

    left: float
    top: float
    width: float
    height: float


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is on one line, in points."""
    known = _WIDTHS[bold]
    return sum(known.get(sign, _FIGURE if sign <= _LATIN else _WIDEST) for sign in text) * size / _UNIT


def lines(text: str, size: float, room: float, *, bold: bool = False) -> int:
    """Over how many lines a text runs in a box ``room`` points wide; a word that is wider than that is broken."""
    space, number, used = width(" ", size, bold=bold), 1, 0.0
    for word in text.split():
        wide = width(word, size, bold=bold) * SPARE
        if used and used + space + wide > room:
            number, used = number + 1, 0.0
        used += (space if used else 0) + wide
        broken = int(used // room)
        number, used = number + broken, used - broken * room
    return number


def height(paragraphs: Sequence[str], size: float, room: float, *, bold: bool = False, gap: float = 0) -> float:
    """How high paragraphs stand in a box ``room`` points wide, in points.

    Args:
        gap: Space between two paragraphs, in points.
    """
    count = sum(lines(said, size, room, bold=bold) for said in paragraphs)
    return count * size * LINE + gap * max(len(paragraphs) - 1, 0)


def largest(
    paragraphs: Sequence[str], box: Box, sizes: Sequence[float], *, bold: bool = False, gap: float = 0
) -> float | None:
    """The first of ``sizes``, largest first, at which paragraphs fit into a box; None where they fit at none."""
    fitting = (size for size in sizes if height(paragraphs, size, box.width, bold=bold, gap=gap) <= box.height)
    return next(fitting, None)


def shared(heights: Sequence[float], room: float) -> list[slice]:
    """Things of these heights shared over as few pages as can be, in order and about equally.

    A thing that is higher than a page stands alone on one.
    """
    pages: list[slice] = []
    start, used = 0, 0.0
    least = max(1, _pages(heights, room))
    aim = max(sum(heights) / least, max(heights, default=0.0))
    for place, tall in enumerate(heights):
        over = used + tall > room or (used + tall / 2 > aim and len(pages) + 1 < least)
        if place > start and over:
            pages.append(slice(start, place))
            start, used = place, 0.0
        used += tall
    return [*pages, slice(start, len(heights))]


def _pages(heights: Sequence[float], room: float) -> int:
    """How many pages are needed when each is filled before the next begins."""
    number, used = 1, 0.0
    for tall in heights:
        if used and used + tall > room:
            number, used = number + 1, 0.0
        used += tall
    return number
