"""The same figures everywhere: for 200 random briefings the page, slides, workbook and both written files are compared.

What is compared stands in its place: the cell of a table, the value of a chart, the sentence of a list. So a figure
that another one stands for is found, and not only one that is nowhere.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import polars as pl
import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

from explorer.app.briefing_view import figures
from explorer.briefing.briefing import HEADINGS, Briefing, Line
from explorer.export.briefing_page import briefing_page
from explorer.export.briefing_parts import course_rows, other_rows
from explorer.export.document import document_bytes
from explorer.export.pack_workbook import pack_workbook_bytes
from explorer.export.slide_words import picked
from explorer.export.slides import slides_bytes
from tests.briefed import at_random
from tests.fixtures import shipped_world
from tests.test_briefing_page import Outline

CASES = 200
PARTS = 8  # each a test of its own, so that they can run side by side


def share(part: int) -> list[Briefing]:
    found = [briefing for _, _, briefing in at_random()]
    assert len(found) == CASES
    return found[part::PARTS]


def rows(briefing: Briefing) -> list[list[str]]:
    """The table of all measures, as every file has it."""
    return [[line.cells[heading] for heading in HEADINGS] for line in briefing.lines]


def sentences(briefing: Briefing) -> list[str]:
    return [said for line in briefing.lines for said in line.sentences]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_page(part: int) -> None:
    for briefing in share(part):
        shown = figures(briefing)
        assert shown.select(HEADINGS).rows() == [tuple(row) for row in rows(briefing)], briefing.title


@pytest.mark.parametrize("part", range(PARTS))
def test_the_written_page(part: int) -> None:
    world = shipped_world()
    for briefing in share(part):
        made = Outline(briefing_page(briefing, world.config, world.areas, {}))
        cells = iter(made.of("th", "td"))
        assert list(_taken(cells, 1 + len(HEADINGS))) == ["Measure", *HEADINGS]
        for line, row in zip(briefing.lines, rows(briefing), strict=True):
            assert list(_taken(cells, 1 + len(HEADINGS))) == [f"{line.label}, {line.period}", *row], briefing.title
        said = made.of("li")
        assert [one for one in said if one in set(sentences(briefing))] == sentences(briefing)
        assert said[-len(briefing.limits) :] == list(briefing.limits)
        every = [" ".join(cell.split()) for line in briefing.lines for cell in _tables(line)]
        assert _within(every, made.of("th", "td")), briefing.title
        for line in briefing.lines:
            assert f"{line.value} " in made.text, (briefing.title, line.value)


def _taken(cells: Iterator[str], number: int) -> Iterator[str]:
    return (next(cells) for _ in range(number))


def _tables(line: Line) -> Iterator[str]:
    """The cells of the two tables behind a measure's pictures, in words."""
    for row in (*course_rows(line), *other_rows(line)):
        yield from row


def _within(wanted: Sequence[str], there: Sequence[str]) -> bool:
    """Whether all stand there, in this order."""
    rest = iter(there)
    return all(one in rest for one in wanted)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_document(part: int) -> None:
    world = shipped_world()
    for briefing in share(part)[::4]:  # its tables are those of the written page, made by the same functions
        made = Document(BytesIO(document_bytes(briefing, world.config, world.areas, {})))
        table = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
        assert [row[1:] for row in table] == [list(HEADINGS), *rows(briefing)], briefing.title
        said = [one.text for one in made.paragraphs if one.style is not None and one.style.name == "List Bullet"]
        assert said == [*sentences(briefing), *briefing.limits]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_workbook(part: int) -> None:
    for briefing in share(part):
        book = load_workbook(BytesIO(pack_workbook_bytes(briefing)), read_only=True)
        sheets = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
        words = _below(sheets["Figures_in_words"], "Measure")
        assert [row[2:-1] for row in words] == rows(briefing), briefing.title
        assert [row[2] for row in _below(sheets["Findings"], "Measure")] == [
            said for line in briefing.lines for said in (line.finding, *line.sentences)
        ]
        for line, row in zip(briefing.lines, _below(sheets["Figures_as_numbers"], "Measure"), strict=True):
            if line.value[0].isdigit():
                assert row[3] == pytest.approx(float(line.value.replace(",", "").rstrip("%"))), briefing.title
            else:
                assert str(row[3]).startswith("["), (briefing.title, row[3])
        years, beside = (
            [rows_ for name, rows_ in sheets.items() if name.startswith(kind)] for kind in ("Years", "Beside")
        )
        for line, one, other in zip(briefing.lines, years, beside, strict=True):
            if line.course.height:
                _same(line.course.sort("year"), _below(one, "Year to 31 March"))
            if line.others.height:
                _same(line.others, _below(other, "Whose figure"))


def _below(sheet: Sequence[Sequence[Any]], heading: str) -> list[list[Any]]:
    """The rows of a sheet's table, without empty cells at the end."""
    first = next(number for number, row in enumerate(sheet) if row[0] == heading)
    width = sum(cell is not None for cell in sheet[first])
    return [list(row[:width]) for row in sheet[first + 1 :] if row[0] is not None]


def _same(table: pl.DataFrame, sheet: list[list[Any]]) -> None:
    """Each number of a table beside the cell of its column; what is not there has shorthand in brackets."""
    years = "year" in table.columns
    places = {"value": 1, "numerator": 2, "england": -2} if years else {"value": 3}
    assert [row[-1] for row in sheet] == table["shown"].to_list()
    for row, cells in zip(table.iter_rows(named=True), sheet, strict=True):
        for name, place in places.items():
            if row[name] is None:
                assert str(cells[place]).startswith("["), (row, cells)
            elif cells[place] != "[low]":
                assert cells[place] == pytest.approx(row[name], abs=6e-5), (row, cells)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_slides(part: int) -> None:
    for briefing in share(part):
        deck = Presentation(BytesIO(slides_bytes(briefing)))
        slides = {str(slide.shapes.title.text_frame.text): slide for slide in deck.slides}
        table = [
            [cell.text_frame.text for cell in row.cells]
            for slide in deck.slides
            if str(slide.shapes.title.text_frame.text).startswith("The figures")
            for shape in slide.shapes
            if shape.has_table
            for row in list(shape.table.rows)[1:]
        ]
        assert [row[1:] for row in table] == rows(briefing), briefing.title
        for line in briefing.lines:
            _slide(briefing, line, slides[line.finding])


def _slide(briefing: Briefing, line: Line, slide: Any) -> None:
    """Figure, count, sentences and both charts of a measure."""
    text = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert any(one.split("\n")[0] == line.value for one in text), (briefing.title, line.value)
    assert not line.count or any(line.count in one.split("\n") for one in text)
    notes = slide.notes_slide.notes_text_frame.text
    assert all(said in notes for said in line.sentences), briefing.title
    assert any(one and " ".join(line.sentences).startswith(one) for one in text)
    charts = [shape.chart for shape in slide.shapes if shape.has_chart]
    years, others = line.course, picked(line.others)
    known = years.select("england", "median", "value")
    drawn = [known] if any(one.drop_nulls().len() for one in known.iter_columns()) else []
    drawn += [others.select("value")] if others["value"].drop_nulls().len() else []
    assert len(charts) == len(drawn)
    for chart, wanted in zip(charts, drawn, strict=True):
        for series, column in zip(chart.plots[0].series, wanted.iter_columns(), strict=True):
            assert list(series.values) == pytest.approx(column.to_list(), nan_ok=True), (briefing.title, line.label)
