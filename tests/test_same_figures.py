"""The same figures everywhere: for 200 random briefings the page, slides, workbook and both written files are compared.

What is compared stands in its place: the cell of a table, the value of a chart, the sentence of a list. So a figure
that another one stands for is found, and not only one that is nowhere.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from explorer.app.briefing_view import figures
from explorer.briefing.briefing import HEADINGS, Briefing, Line
from explorer.export.briefing_page import briefing_page
from explorer.export.briefing_parts import course_rows, other_rows
from explorer.export.document import document_bytes
from explorer.export.pack_workbook import pack_workbook_bytes
from explorer.export.slide_words import picked
from explorer.export.slides import slides_bytes
from explorer.wording import half_up, in_unit
from tests.briefed import at, at_random
from tests.fixtures import shipped_world
from tests.test_briefing_page import Outline

# Columns of the sheets, by what they hold
AS_NUMBERS = {"value": 3, "numerator": 4, "before": 6, "before_numerator": 7, "usual_low": 9, "usual_high": 10,
              "median_low": 21, "median_high": 22, "england": 25}  # fmt: skip
OF_A_YEAR = {"value": 1, "numerator": 2, "median_least": 8, "median_most": 9, "members": 10, "england": 11}
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


def test_the_page_as_it_is_drawn() -> None:
    """What stands in large type, and both tables of figures, are the numbers of the briefing."""
    app = AppTest.from_file(str(Path(__file__).parents[1] / "streamlit_app.py"), default_timeout=120)
    app.query_params.update({"v": "1", "area": "357", "year": "2017"})
    app.switch_page("explorer/app/pages/briefing.py").run()
    assert not app.exception
    held = at("357", date(2017, 3, 31))
    assert [one.value for one in app.metric] == [line.value for line in held.lines]
    drawn = " ".join(str(one.value) for one in (*app.markdown, *app.subheader, *app.caption))
    for line in held.lines:
        own = line.numbers
        assert own.value is not None
        assert in_unit(own.value, line.unit) == line.value
        assert all(part.replace("%", "") in drawn.replace("%", "") for part in line.value.split())


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
            assert _within(list(_medians(line)), made.of("th", "td")), (briefing.title, line.label)


def _medians(line: Line) -> Iterator[str]:
    """The median of every year that has one, as the file has to say it; put into words here and nowhere else."""
    sign = "%" if line.compared_unit == "percent" else ""
    there = line.course.filter(pl.col("status") != "no_authority")  # of years before it was there nothing is told
    for low, high, members in there.select("median_least", "median_most", "members").iter_rows():
        if low is not None:
            ends = list(dict.fromkeys(f"{half_up(end):,}{sign}" for end in (low, high)))
            yield f"{' to '.join(ends)} (from {members})"


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
            _numbers(line, row)
        years, beside = (
            [rows_ for name, rows_ in sheets.items() if name.startswith(kind)] for kind in ("Years", "Beside")
        )
        for line, one, other in zip(briefing.lines, years, beside, strict=True):
            if line.course.height:
                _same(line.course.sort("year"), _below(one, "Year to 31 March"))
            if line.others.height:
                _same(line.others, _below(other, "Whose figure"))


def _numbers(line: Line, row: list[Any]) -> None:
    """The sheet of numbers beside the numbers that the briefing keeps; counts, shares and both ends of the median."""
    for name, place in AS_NUMBERS.items():
        held = getattr(line.numbers, name)
        if held is None or (line.unit == "count" and name in ("numerator", "before_numerator")):
            assert str(row[place]).startswith("["), (line.label, name, row[place])
        elif row[place] != "[low]":
            assert row[place] == pytest.approx(held, abs=6e-5), (line.label, name)
    if line.numbers.value is not None:
        assert float(line.value.replace(",", "").rstrip("%")) == float(half_up(line.numbers.value))


def _below(sheet: Sequence[Sequence[Any]], heading: str) -> list[list[Any]]:
    """The rows of a sheet's table, without empty cells at the end."""
    first = next(number for number, row in enumerate(sheet) if row[0] == heading)
    width = sum(cell is not None for cell in sheet[first])
    return [list(row[:width]) for row in sheet[first + 1 :] if row[0] is not None]


def _same(table: pl.DataFrame, sheet: list[list[Any]]) -> None:
    """Each number of a table beside the cell of its column; what is not there has shorthand in brackets."""
    years = "year" in table.columns
    places = OF_A_YEAR if years else {"value": 3}
    assert [row[-1] for row in sheet] == table["shown"].to_list()
    for row, cells in zip(table.iter_rows(named=True), sheet, strict=True):
        for name, place in places.items():
            median = not years and row["kind"] == "median"
            held = row["least"] if median else row[name]  # one number only where both ends are printed the same
            if held is None or (median and half_up(row["least"]) != half_up(row["most"])):
                assert str(cells[place]).startswith("["), (row, cells)
            elif cells[place] != "[low]":
                assert cells[place] == pytest.approx(held, abs=6e-5), (row, cells)
            if median:
                assert cells[4:6] == pytest.approx([row["least"], row["most"]], abs=6e-5)


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
