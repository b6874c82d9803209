"""A workbook that everybody can read: one table a sheet, marked as a table, with its title and notes above it.

It follows the guidance "Releasing statistics in spreadsheets" of the UK government's Analysis Function and its list
"Making spreadsheets accessible": the first sheets are Cover_sheet, Table_of_contents and Notes; each sheet has its
title in A1, marked as Heading 1, what it holds in A2, then shorthand and source, then one table at column A with
nothing below it. Tables are real tables of Excel with a name and one row of headings. Units stand in headings. There
are no merged cells, empty rows or cells, hidden sheets, filters, frozen panes, fills, colours, pictures, headers,
footers, formulas or macros. Letters are sans serif and 12 points or more; long text wraps. What is not there is told by
the harmonised shorthand in square brackets, explained above the table and in the notes. Author, title, keywords and
language are set, and the first sheet opens at A1.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook as Book
from xlsxwriter.worksheet import Worksheet

from explorer.export.settled import settled
from explorer.export.sheet import clean
from explorer.export.workbook import TEXT_IS_TEXT, fitting

COVER, CONTENTS, NOTES = "Cover_sheet", "Table_of_contents", "Notes"
# Harmonised shorthand of the Analysis Function ("Symbols in tables"), as far as it is used here.
SHORTHAND: Mapping[str, str] = {
    "[c]": "confidential: the figure is hidden, so that nobody can be picked out",
    "[low]": "more than 0, and rounds to 0",
    "[u]": "low reliability: the figure is held back by its publisher as unreliable",
    "[x]": "not available",
    "[z]": "not applicable",
}
_FONT, _SIZE = "Arial", 12
_HEADINGS = {"Heading 1": (1, 16, 16), "Heading 2": (2, 17, 14)}  # place among the styles, Excel's own number, points
_NARROWEST, _WIDEST = 12, 60  # characters of a column
_COVER_WIDTH = 100
_LINE, _TALLEST = 16.0, 409.0  # points of a line of text; of a row, by Excel's own limit
_LONGEST_NAME = 31  # letters of a sheet's name, by Excel's own limit
_LONGEST_LINK = 2_079  # letters, by Excel's own limit

Kind = Literal["text", "year", "count", "percent", "per_10k"]
_NUMBERS: Mapping[Kind, str] = {"year": "0", "count": "#,##0", "percent": "0.0", "per_10k": "#,##0.0"}


@dataclass(frozen=True)
class Amount:
    """A number that is shown in its own way, in a column where each row has a unit of its own."""

    value: float
    kind: Kind


Cell = str | int | float | Amount


@dataclass(frozen=True)
class Column:
    """A heading with its unit, and what stands below it: ``kind`` sets how numbers are shown."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """Rows of equal length. No cell is empty: where there is no figure there is shorthand."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def shorthand(self) -> tuple[str, ...]:
        """Which shorthand is used in it."""
        used = {cell for row in self.rows for cell in row if isinstance(cell, str)}
        return tuple(mark for mark in SHORTHAND if mark in used)


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: Letters, digits and lines below, 31 at most; also the name of its table.
        title: What the table shows, where and when.
        said: Sentences above the table, after the one that says how many there are.
        table: None where there is nothing to list; then a sentence says so.
    """

    name: str
    title: str
    said: Sequence[str]
    table: Table | None
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cover:
    """The first sheet: a title, and sections of sentences under headings; ``link`` is its words and address."""

    title: str
    sections: Mapping[str, Sequence[str]]
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class About:
    """What a file says of itself to those who look for it: its properties."""

    title: str
    subject: str
    keywords: str
    author: str
    comments: str
    made: date


def sheet_name(words: str, taken: Iterable[str]) -> str:
    """A name for a sheet and its table from words, cut between them, and unlike those that are taken."""
    letters = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_")
    held = {name.lower() for name in taken}
    for number in range(1, 100):
        tail = "" if number == 1 else f"_{number}"
        most = _LONGEST_NAME - len(tail)
        short = letters if len(letters) <= most else letters[: most + 1].rpartition("_")[0] or letters[:most]
        if f"{short}{tail}".lower() not in held:
            return f"{short}{tail}"
    raise ValueError(f"there are a hundred sheets named {letters}")


def accessible_bytes(cover: Cover, sheets: Sequence[Sheet], notes: Table, about: About) -> bytes:
    """The workbook: the cover, a list of the sheets with links, the notes, then ``sheets``.

    Text is written as text: never as a formula, number or link. The only links are those of the list of sheets, and
    the one on the cover where it begins with http.

    Args:
        notes: A table of notes; shorthand and definitions belong there.
    """
    stream = BytesIO()
    options = {**TEXT_IS_TEXT, "default_format_properties": {"font_name": _FONT, "font_size": _SIZE}}
    notes_sheet = Sheet(NOTES, "Notes: definitions, sources and shorthand", (), notes)
    with xlsxwriter.Workbook(stream, options) as book:
        made = datetime(about.made.year, about.made.month, about.made.day)
        book.set_properties(
            {
                "title": clean(about.title),
                "subject": clean(about.subject),
                "keywords": clean(about.keywords),
                "author": about.author,
                "comments": clean(about.comments),
                "created": made,
            }
        )
        style = _Styles(book)
        _write_cover(book.add_worksheet(COVER), cover, style)
        for one in (_contents((notes_sheet, *sheets)), notes_sheet, *sheets):
            _write_sheet(book.add_worksheet(one.name), one, style)
    # What the writer has no words for: the heading styles, and the language of the text.
    return settled(
        stream.getvalue(), about.made, {"xl/styles.xml": _with_headings, "docProps/core.xml": _with_language}
    )


def _contents(sheets: Sequence[Sheet]) -> Sheet:
    columns = (Column("Worksheet"), Column("What it holds"), Column("Number of rows", "count"))
    rows = [(one.name, one.title, len(one.table.rows) if one.table else 0) for one in sheets]
    return Sheet(
        CONTENTS,
        "Table of contents",
        ("The name of each worksheet is a link to it.",),
        Table(columns, rows),
        {one.name: f"internal:'{one.name}'!A1" for one in sheets},
    )


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Book) -> None:
        def of(**properties: object) -> Format:
            return book.add_format({"font_name": _FONT, "font_size": _SIZE, "valign": "top", **properties})

        self.plain, self.wrapped = of(), of(text_wrap=True)
        self.link = of(underline=1, font_color="#0000EE", text_wrap=True)
        self.head, self.head_of_numbers = of(bold=True, text_wrap=True), of(bold=True, text_wrap=True, align="right")
        self.numbers = {kind: of(num_format=shape, align="right") for kind, shape in _NUMBERS.items()}
        self.numbers["year"] = of(num_format=_NUMBERS["year"], align="left")
        self.headings = {}
        for name, (place, _, points) in _HEADINGS.items():
            self.headings[name] = of(bold=True, font_size=points, text_wrap=name == "Heading 2")
            self.headings[name].xf_id = place


def _write_cover(sheet: Worksheet, cover: Cover, style: _Styles) -> None:
    """Everything in a list in column A."""
    sheet.set_column(0, 0, _COVER_WIDTH)
    _write_title(sheet, cover.title, style)
    row = 1
    for heading, sentences in cover.sections.items():
        sheet.set_row(row, 2 * _LINE)
        sheet.write_string(row, 0, _text(heading), style.headings["Heading 2"])
        for number, said in enumerate(sentences, row + 1):
            _set_height(sheet, number, [(said, _COVER_WIDTH)])
            sheet.write_string(number, 0, _text(said), style.wrapped)
        row += 1 + len(sentences)
    if cover.link is not None and re.match("https?://", cover.link[1]) and len(cover.link[1]) <= _LONGEST_LINK:
        sheet.write_url(row, 0, cover.link[1], style.link, _text(cover.link[0]))
    _finish(sheet)


def _write_sheet(sheet: Worksheet, one: Sheet, style: _Styles) -> None:
    table = one.table
    _write_title(sheet, one.title, style)
    above = [_tables_sentence(one), *one.said]
    if table is not None and table.shorthand and one.name != NOTES:
        explained = ", ".join(f"{mark} = {SHORTHAND[mark].partition(':')[0]}" for mark in table.shorthand)
        above.append(f"Some shorthand is used in this table: {explained}. The worksheet {NOTES} says more.")
    for row, said in enumerate(above, 1):
        sheet.write_string(row, 0, _text(said), style.plain)
    if table is not None:
        _write_table(sheet, one, table, len(above) + 1, style)
    _finish(sheet)


def _tables_sentence(one: Sheet) -> str:
    if one.table is None:
        return "This worksheet contains no table."
    refers = "" if one.name in (CONTENTS, NOTES) else f" Definitions and sources are on the worksheet {NOTES}."
    return f"This worksheet contains one table.{refers}"


def _write_title(sheet: Worksheet, title: str, style: _Styles) -> None:
    sheet.set_row(0, 1.5 * _LINE)
    sheet.write_string(0, 0, _text(title), style.headings["Heading 1"])


def _write_table(sheet: Worksheet, one: Sheet, table: Table, top: int, style: _Styles) -> None:
    widths = [_width(column, [row[place] for row in table.rows]) for place, column in enumerate(table.columns)]
    headings = []
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.set_column(place, place, width)
        shape = style.head if column.kind in ("text", "year") else style.head_of_numbers
        headings.append({"header": _text(column.heading), "header_format": shape})
    _set_height(sheet, top, [(column.heading, width - 2) for column, width in zip(table.columns, widths, strict=True)])
    for number, row in enumerate(table.rows, top + 1):
        _set_height(sheet, number, zip(row, widths, strict=True))
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            shape = style.numbers.get(column.kind, style.wrapped)
            if isinstance(cell, str) and cell in one.links and place == 0:
                sheet.write_url(number, place, one.links[cell], style.link, _text(cell))
            elif isinstance(cell, str):
                sheet.write_string(number, place, _text(cell), shape)
            elif isinstance(cell, Amount):
                sheet.write_number(number, place, cell.value, style.numbers[cell.kind])
            else:
                sheet.write_number(number, place, cell, shape)
    sheet.add_table(
        top,
        0,
        top + len(table.rows),
        len(table.columns) - 1,
        {"name": one.name, "columns": headings, "autofilter": False, "style": None, "banded_rows": False},
    )


def _width(column: Column, cells: Sequence[Cell]) -> int:
    """Characters of a column: its longest cell, or its heading on three lines, within limits."""
    longest = max((len(str(cell)) for cell in cells), default=0) if column.kind == "text" else 0
    words = max(len(word) for word in column.heading.split())
    return min(max(longest + 3, words + 3, len(column.heading) // 3 + 3, _NARROWEST), _WIDEST)


def _set_height(sheet: Worksheet, row: int, cells: Iterable[tuple[Cell, int]]) -> None:
    """Make a row tall enough for its longest text, so that nothing is cut off where a program does not do it itself."""
    lines = max((len(textwrap.wrap(cell, width)) for cell, width in cells if isinstance(cell, str)), default=1)
    sheet.set_row(row, min(max(lines, 1) * _LINE, _TALLEST))


def _finish(sheet: Worksheet) -> None:
    """A4 on its side, as wide as the page, when it is printed."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _text(said: str) -> str:
    return fitting(clean(said)) or "[z]"


def _with_language(about: str) -> str:
    return about.replace("</cp:coreProperties>", "<dc:language>en-GB</dc:language></cp:coreProperties>")


def _with_headings(styles: str) -> str:
    """The formats of headings as the named styles that Excel and screen readers know (ECMA-376, 18.8.7 and 18.8.9).

    The writer knows one style, Normal.
    """
    normal = re.search(r"<cellStyleXfs[^>]*>(.*?)</cellStyleXfs>", styles, re.DOTALL)
    assert normal is not None
    shapes = []
    for place, _, _ in _HEADINGS.values():
        found = re.search(rf'<xf [^>]*xfId="{place}"[^>]*?(/>|>.*?</xf>)', styles)
        assert found is not None
        shapes.append(found[0].replace(f' xfId="{place}"', ""))
    held = f'<cellStyleXfs count="{1 + len(shapes)}">{normal[1]}{"".join(shapes)}</cellStyleXfs>'
    names = "".join(
        f'<cellStyle name="{name}" xfId="{place}" builtinId="{number}"/>'
        for name, (place, number, _) in _HEADINGS.items()
    )
    styles = styles.replace(normal[0], held)
    return re.sub(
        r"<cellStyles[^>]*>(.*?)</cellStyles>",
        lambda old: f'<cellStyles count="{1 + len(_HEADINGS)}">{old[1]}{names}</cellStyles>',
        styles,
        flags=re.DOTALL,
    )
