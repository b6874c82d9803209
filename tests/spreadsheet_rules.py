"""The guidance on accessible spreadsheets as checks of a file: each rule that can be seen in it.

Analysis Function, "Releasing statistics in spreadsheets" and "Making spreadsheets accessible: a checklist".
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from explorer.export.accessible_workbook import CONTENTS, COVER, NOTES, SHORTHAND

MARK = re.compile(r"\[\w+\]")
Worksheet = Any  # of openpyxl, whose types leave every cell and bound open


@lru_cache
def read(content: bytes) -> Workbook:
    """A workbook as another program reads it."""
    return load_workbook(BytesIO(content))


def broken_rules(content: bytes) -> list[str]:
    """Each rule that is not kept, with where."""
    book = read(content)
    found = [*_of_the_file(content, book)]
    for sheet in book:
        rules = [_of_a_sheet(sheet), _of_its_letters(sheet)]
        rules.append(_of_the_cover(sheet) if sheet.title == COVER else _of_its_table(sheet))
        found += [f"{sheet.title}: {said}" for rule in rules for said in rule]
    return found


def rows_of(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """The one table of a sheet, headings first."""
    (table,) = sheet.tables.values()
    return [tuple(cell.value for cell in row) for row in sheet[table.ref]]


def links(sheet: Worksheet) -> list[Any]:
    """The links of a sheet, from top to bottom."""
    return [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None]


def _of_the_file(content: bytes, book: Workbook) -> Iterator[str]:
    names = book.sheetnames
    if names[:3] != [COVER, CONTENTS, NOTES]:
        yield f"begins with {names[:3]}"
    if len({name.lower() for name in names}) < len(names) or any(not re.fullmatch(r"\w{1,31}", name) for name in names):
        yield "sheets have no unique, plain names"
    if book.active is not book[COVER] or book[COVER].sheet_view.selection[0].activeCell != "A1":
        yield "does not open at A1 of the cover"
    about = book.properties
    if not all((about.title, about.creator, about.keywords, about.subject)) or about.language != "en-GB":
        yield "has no title, author, keywords and language"
    tables = [name for sheet in book for name in sheet.tables]
    if len(set(tables)) < len(tables):
        yield "tables share a name"
    if [row[0] for row in rows_of(book[CONTENTS])[1:]] != names[2:]:
        yield "the table of contents is not complete"
    targets = [str(link.location).replace("'", "") for link in links(book[CONTENTS])]
    if targets != [f"{name}!A1" for name in names[2:]]:
        yield f"the table of contents links to {targets}"
    with ZipFile(BytesIO(content)) as package:
        parts = package.namelist()
    if any(re.search(r"vba|drawing|media|macro|comments|externalLink|calcChain", part) for part in parts):
        yield "holds macros, pictures or links to files"


def _of_a_sheet(sheet: Worksheet) -> Iterator[str]:
    if sheet["A1"].value is None or sheet["A1"].style != "Heading 1":
        yield "A1 is no title marked as Heading 1"
    sides = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    if sheet.sheet_state != "visible" or any(one.hidden for one in sides):
        yield "is hidden, or rows or columns of it are"
    if sheet.merged_cells.ranges or sheet.freeze_panes or sheet.auto_filter.ref or sheet.conditional_formatting:
        yield "has merged cells, frozen panes, a filter or conditional formats"
    if sheet.sheet_view.zoomScale not in (None, 100):
        yield "is not at 100%"
    if sheet.oddHeader.center.text or sheet.oddFooter.center.text:
        yield "has a header or footer"
    if None in [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)]:
        yield "has an empty row"


def _of_its_letters(sheet: Worksheet) -> Iterator[str]:
    for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
        font, where = cell.font, cell.coordinate
        if cell.data_type == "f":
            yield f"{where} is a formula"
        if font.sz < 12 or font.name != "Arial":
            yield f"{where} is small, or not in Arial"
        if cell.fill.fill_type or any(getattr(cell.border, side).style for side in ("left", "right", "top", "bottom")):
            yield f"{where} has a fill or border"
        if (font.u or (font.color and font.color.type == "rgb")) and cell.hyperlink is None:
            yield f"{where} is coloured or underlined and no link"
        if font.i or cell.alignment.textRotation:
            yield f"{where} is in italics or turned"


def _of_the_cover(sheet: Worksheet) -> Iterator[str]:
    if sheet.max_column > 1 or sheet.tables:
        yield "holds more than column A"
    headings = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).style == "Heading 2"]
    if len(headings) < 3 or any(below - above == 1 for above, below in pairwise(headings)):
        yield "has no sections with a heading and words"


def _of_its_table(sheet: Worksheet) -> Iterator[str]:
    says = str(sheet["A2"].value)
    if not sheet.tables:
        if not says.startswith("This worksheet contains no table."):
            yield "A2 does not say that there is no table"
        return
    if len(sheet.tables) > 1 or not says.startswith("This worksheet contains one table."):
        yield "has several tables, or A2 does not say how many"
    table = next(iter(sheet.tables.values()))
    left, top, right, bottom = (bound or 0 for bound in range_boundaries(table.ref))
    if table.name != sheet.title or table.headerRowCount != 1 or table.autoFilter is not None:
        yield "its table is not named after it, has no one header row, or a filter"
    if (left, bottom, right) != (1, sheet.max_row, sheet.max_column) or bottom == top:
        yield "its table does not begin at column A, something stands beside or below it, or it is empty"
    if any(sheet.cell(row, column).value is not None for row in range(1, top) for column in range(2, right + 1)):
        yield "something stands above the table outside column A"
    headings = [cell.value for cell in sheet[top]]
    if len(set(headings)) < len(headings) or not all(headings):
        yield "headings are empty or repeat"
    if not all(cell.alignment.wrap_text for cell in sheet[top]):
        yield "headings do not wrap"
    widths = [sheet.column_dimensions[get_column_letter(number)].width for number in range(left, right + 1)]
    if not all(10 <= width <= 64 for width in widths):
        yield f"columns are {widths} wide"
    yield from _of_its_cells(sheet, top, bottom)


def _of_its_cells(sheet: Worksheet, top: int, bottom: int) -> Iterator[str]:
    above = " ".join(str(sheet.cell(row, 1).value) for row in range(2, top))
    used = set()
    for cell in (cell for row in sheet.iter_rows(top + 1, bottom) for cell in row):
        if cell.value is None:
            yield f"{cell.coordinate} is empty"
        elif isinstance(cell.value, str):
            used |= {cell.value} if MARK.fullmatch(cell.value) else set()
            if cell.value in {"..", "-", "*", ":", "NA", "N/A"}:
                yield f"{cell.coordinate} is a symbol"
        elif cell.number_format == "General":
            yield f"{cell.coordinate} is a number without a format"
    if sheet.title != NOTES and any(f"{mark} = " not in above for mark in used):
        yield f"shorthand is not explained above the table: {used}"
    if used - set(SHORTHAND):
        yield f"unknown shorthand: {used - set(SHORTHAND)}"
