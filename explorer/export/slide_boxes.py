"""Words and tables in the boxes of a slide, in the largest type that fits, with what a screen reader needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.shapes.placeholder import TablePlaceholder
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame
from pptx.util import Pt

from explorer.export.sheet import clean
from explorer.export.slide_template import FOOTER_AT, LANGUAGE, NUMBER_AT, TITLE, holder
from explorer.export.slide_text import LINE, Box, largest, lines, shared, width

_TITLES = (28.0, 26.0, 24.0, 22.0, 20.0, 18.0)
_STYLE = "{B301B821-A1FF-4177-AEE7-76D212191A09}"  # PowerPoint's Medium Style 1 in the first colour of the theme
_SIDE, _ABOVE = 6.0, 4.0  # points inside a cell, at its sides and above and below


@dataclass(frozen=True)
class Grid:
    """A table as it is to be drawn: widths of its columns and heights of its rows in points, headings first."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def box_of(slide: Slide, number: int) -> Any:  # noqa: ANN401 - of python-pptx's many kinds of placeholder
    """The placeholder that a layout gives this number."""
    return next(shape for shape in slide.placeholders if shape.placeholder_format.idx == number)


def title(slide: Slide, said: str, box: Box = TITLE, sizes: Sequence[float] = _TITLES) -> None:
    """The slide's title, which the outline and screen readers find."""
    size = largest([said], box, sizes, bold=True) or sizes[-1]
    write(box_of(slide, 0).text_frame, [said], size)


def write(
    frame: TextFrame,
    paragraphs: Sequence[str],
    size: float,
    *,
    gap: float = 0,
    bold: bool | None = None,
    link: str = "",
) -> None:
    """Paragraphs of one size, in our language.

    Args:
        gap: Points between two of them.
        link: An address that the words lead to.
    """
    for number, said in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()  # type: ignore[no-untyped-call]
        if number:
            paragraph.space_before = Pt(gap)
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = clean(said).replace("\n", " "), Pt(size), bold
        run._r.get_or_add_rPr().set("lang", LANGUAGE)
        if link.startswith(("https://", "http://")):
            run.hyperlink.address = link


def fitted(slide: Slide, number: int, paragraphs: Sequence[str], box: Box, sizes: Sequence[float]) -> None:
    """Paragraphs in a box of the layout, in the largest of these sizes that fits; the box goes where there are none."""
    shape = box_of(slide, number)
    if not any(paragraphs):
        shape._element.getparent().remove(shape._element)
        return
    write(shape.text_frame, paragraphs, largest(paragraphs, box, sizes, gap=6) or sizes[-1], gap=6)


def marked(frame: TextFrame, size: float, first: int | None) -> None:
    """Make each paragraph a point of a list: numbered from ``first`` on, or with a dot."""
    mark = f'<a:buAutoNum type="arabicPeriod" startAt="{first}"/>' if first else '<a:buChar char="•"/>'
    for paragraph in frame.paragraphs:
        style = paragraph._p.get_or_add_pPr()
        room = round(indent(size) * 12700)
        style.attrib.update({"marL": str(room), "indent": str(-room)})
        if not first:
            style.append(parse_xml(f'<a:buFont {nsdecls("a")} typeface="Arial"/>'))
        style.append(parse_xml(mark.replace("/>", f" {nsdecls('a')}/>")))


def indent(size: float) -> float:
    """Points at the left of a point of a list for its number or dot."""
    return 1.8 * size


def described(shape: Any, name: str, words: str) -> None:  # noqa: ANN401 - a chart or a table in its frame
    """Name a picture, and say in words what it shows."""
    (found,) = shape._element.xpath("./p:nvGraphicFramePr/p:cNvPr")
    found.attrib.update({"name": name, "descr": clean(words)})


def feet(slide: Slide, said: str, number: int) -> None:
    """Where the authority, the day and the notice stand, and the slide's number: python-pptx copies neither."""
    for shape in list(slide.slide_layout.placeholders):
        at = shape.placeholder_format.idx
        if at not in (FOOTER_AT, NUMBER_AT):
            continue
        kind, words = ("ftr", clean(said)) if at == FOOTER_AT else ("sldNum", f"#{number}")
        place = Box(*(part.pt for part in (shape.left, shape.top, shape.width, shape.height)))
        free = max(int(found) for found in slide.element.xpath("//p:cNvPr/@id")) + 1
        slide.shapes._spTree.append(
            parse_xml(holder(free, shape.name, f'type="{kind}" sz="quarter" idx="{at}"', place, words))
        )


def grid(
    headings: Sequence[str], rows: Sequence[Sequence[str]], room: Box, sizes: Sequence[float]
) -> tuple[Grid, list[slice]]:
    """A table measured out, and which of its rows stand on which slide: on as few as can be, in the largest size then.

    Args:
        room: Where it stands on each slide.
    """
    tried = []
    for size in sizes:
        made = _measured(headings, rows, room.width, size)
        tried.append((made, shared(made.heights[1:], room.height - made.heights[0])))
    return min(tried, key=lambda one: len(one[1]))


def put(place: TablePlaceholder, drawn: Grid, rows: slice, name: str, words: str, link: str = "") -> None:
    """Some rows of a table below its headings, which are flagged as such; so is the first column.

    Args:
        words: What it holds, for who cannot see it.
        link: A cell that holds exactly this leads there.
    """
    shown = drawn.rows[rows]
    frame = place.insert_table(rows=len(shown) + 1, cols=len(drawn.headings))  # type: ignore[no-untyped-call]
    table: Table = frame.table
    (style,) = frame._element.xpath(".//a:tableStyleId")
    style.text = _STYLE
    table.first_row, table.first_col, table.horz_banding = True, True, False
    for at, wide in enumerate(drawn.widths):
        table.columns[at].width = Pt(wide)
    tall = (drawn.heights[0], *drawn.heights[1:][rows])
    for at, points in enumerate(tall):
        table.rows[at].height = Pt(points)
    frame.height = Pt(sum(tall))
    for row, texts in enumerate((drawn.headings, *shown)):
        for column, said in enumerate(texts):
            cell = table.cell(row, column)
            cell.margin_left = cell.margin_right = Pt(_SIDE)
            cell.margin_top = cell.margin_bottom = Pt(_ABOVE)
            cell.vertical_anchor = MSO_ANCHOR.TOP
            write(cell.text_frame, [said], drawn.size, bold=row == 0 or column == 0, link=link if said == link else "")
    described(frame, name, words)


def _measured(headings: Sequence[str], rows: Sequence[Sequence[str]], room: float, size: float) -> Grid:
    columns = [[(heading, True), *((row[at], at == 0) for row in rows)] for at, heading in enumerate(headings)]
    least = [
        max(width(word, size, bold=bold) for said, bold in cells for word in (*said.split(), "x")) for cells in columns
    ]
    whole = [max(width(said, size, bold=bold) for said, bold in cells) for cells in columns]
    widths = _shared(least, whole, room - 2 * _SIDE * len(columns), size)
    heights = [
        max(lines(said, size, wide, bold=number == 0 or at == 0) for at, (said, wide) in enumerate(cells)) * size * LINE
        for number, cells in enumerate(zip(texts, widths, strict=True) for texts in (headings, *rows))
    ]
    return Grid(
        tuple(headings),
        tuple(tuple(row) for row in rows),
        size,
        tuple(wide + 2 * _SIDE for wide in widths),
        tuple(tall + 2 * _ABOVE for tall in heights),
    )


def _shared(least: Sequence[float], whole: Sequence[float], room: float, size: float) -> list[float]:
    """Widths of columns: each its longest word, and the rest by what each would need for one line."""
    bounded = [min(word * 1.05 + 1, room / 3) for word in least]
    spare = room - sum(bounded)
    if spare <= 0:
        return [room * word / sum(bounded) for word in bounded]
    wanted = [max(min(line, room / 2) - word, 0.1 * size) for line, word in zip(whole, bounded, strict=True)]
    return [word + spare * want / sum(wanted) for word, want in zip(bounded, wanted, strict=True)]
