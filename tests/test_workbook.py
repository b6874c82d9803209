"""Excel workbooks that leave the program: read back as they were, and no cell of them can start anything."""

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell

from explorer.export import workbook
from explorer.export.workbook import workbook_bytes
from explorer.schema import FINDINGS

LONGEST = 32_767  # characters that Excel holds in one cell


def cells(column: pl.Series, name: str = "findings") -> list[Cell | MergedCell]:
    """The cells below the heading, as a spreadsheet reads them; the workbook must hold no formula and no link."""
    content = workbook_bytes({name: column.to_frame()})
    with ZipFile(BytesIO(content)) as package:
        for part in (package.read(part) for part in package.namelist() if part.startswith("xl/worksheets/")):
            assert b"<f>" not in part
            assert b"<f " not in part
            assert b"<hyperlink" not in part
    sheet = load_workbook(BytesIO(content))[name]
    assert sheet["A1"].value == (column.name or None)
    below = [row[0] for row in sheet.iter_rows(min_row=2, max_row=column.len() + 1, max_col=1)]
    assert all(cell.data_type != "f" for cell in below)
    return below


def values(*given: object, dtype: pl.DataType | type[pl.DataType] | None = None) -> list[object]:
    return [cell.value for cell in cells(pl.Series("value", given, dtype=dtype, strict=False))]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "{=1}", "=cmd|' /C calc'!A0", "http://a.b", "mailto:x", "0012", "TRUE"],
)
def test_hostile_text_stays_text(text: str) -> None:
    (cell,) = cells(pl.Series("value", [text]))
    assert (cell.value, cell.data_type) == (text, "s")


def test_a_heading_that_looks_like_a_formula_is_text() -> None:
    sheet = load_workbook(BytesIO(workbook_bytes({"x": pl.DataFrame({"=1+1": ["a"]})})))["x"]
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x0bb", "\x1b[0m", "\ufffe", "\uffff", "\r=1", "\x7f", "\ud7ff", "_x0041_"]
)
def test_a_character_that_xml_cannot_hold_breaks_nothing(text: str) -> None:
    (cell,) = cells(pl.Series("value", [text]))
    assert cell.data_type == "s"
    assert not str(cell.value).startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_a_text_that_is_too_long_for_excel_is_cut_and_says_so(letter: str) -> None:
    (said,) = values(letter * 40_000)
    assert isinstance(said, str)
    assert said.startswith(letter * 100)
    assert said.endswith(" (cut here: too long for Excel)")
    assert LONGEST - 1 <= len(said.encode("utf-16-le")) // 2 <= LONGEST


def test_a_text_of_just_the_length_that_excel_holds_is_kept() -> None:
    assert values("x" * LONGEST) == ["x" * LONGEST]


def test_dates_are_dates_and_nulls_are_empty() -> None:
    found = cells(pl.Series("value", [date(2021, 5, 10), None]))
    assert (found[0].value, found[0].data_type, found[0].number_format) == (datetime(2021, 5, 10), "d", "yyyy-mm-dd")
    assert found[1].value is None


def test_days_that_excel_does_not_know_are_text() -> None:
    assert values(date(1850, 1, 1), date(1900, 2, 28), date(1900, 3, 1)) == [
        "1850-01-01",
        "1900-02-28",
        datetime(1900, 3, 1),
    ]
    assert values(datetime(1899, 1, 1, 12)) == ["1899-01-01 12:00:00"]
    assert values(datetime(2020, 1, 1, tzinfo=UTC)) == ["2020-01-01 00:00:00+00:00"]


def test_a_list_of_dates_is_told_with_semicolons() -> None:
    dates = [[date(2021, 8, 5), date(2021, 9, 1)], [], None, [None, date(2021, 8, 5)]]
    assert values(*dates) in (
        ["2021-08-05; 2021-09-01", "", None, "; 2021-08-05"],
        ["2021-08-05; 2021-09-01", None, None, "; 2021-08-05"],  # an empty text is read as nothing
    )


def test_a_list_of_hostile_texts_is_text() -> None:
    assert values(["=1+1", "@x"]) == ["=1+1; @x"]


def test_numbers_are_numbers_and_what_is_none_is_text() -> None:
    assert values(1, -2, None) == [1, -2, None]
    assert values(1.5, float("nan"), float("inf"), float("-inf")) == [1.5, "nan", "inf", "-inf"]
    assert values(True, False, None) == [True, False, None]


def test_a_long_number_keeps_its_last_digits() -> None:
    assert values(123_456_789_012_345_678, 999_999_999_999_999) == ["123456789012345678", 999_999_999_999_999]


def test_anything_else_is_told_as_text() -> None:
    assert values({"a": 1}) == ["{'a': 1}"]
    assert values(b"=1") == ["b'=1'"]


@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=8))
@settings(max_examples=40)
def test_any_text_is_read_back(texts: list[str]) -> None:
    # the reader leaves the escapes of control characters as they stand, and takes a text of nothing for none
    printable = ["".join(letter for letter in text if letter.isprintable()) for text in texts]
    assert [found or "" for found in values(*printable)] == printable
    assert len(values(*texts)) == len(texts)


def test_a_table_with_too_many_rows_goes_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_ROWS", 2)
    book = load_workbook(BytesIO(workbook_bytes({"findings": pl.DataFrame({"n": [1, 2, 3, 4, 5]})})))
    assert book.sheetnames == ["findings", "findings 2", "findings 3"]
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in book] == [["n", 1, 2], ["n", 3, 4], ["n", 5]]


def test_a_table_without_rows_keeps_its_headings() -> None:
    book = load_workbook(BytesIO(workbook_bytes({"findings": pl.DataFrame(schema=FINDINGS), "none": pl.DataFrame()})))
    assert [cell.value for cell in book["findings"][1]] == list(FINDINGS)
    assert book["findings"].max_row == 1
    assert book["none"]["A1"].value is None


def test_several_sheets_with_a_frozen_heading_and_a_filter() -> None:
    book = load_workbook(BytesIO(workbook_bytes({"a": pl.DataFrame({"n": [1]}), "b": pl.DataFrame({"m": ["x"]})})))
    assert book.sheetnames == ["a", "b"]
    assert (book["b"].freeze_panes, book["b"].auto_filter.ref) == ("A2", "A1:A2")
    assert book["b"]["A1"].font.bold
