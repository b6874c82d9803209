"""CSV files that leave the program: safe in a spreadsheet, and the same figures when they are read again."""

import csv
import io
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.charts.ranked import position_table
from explorer.export.csv_file import csv_bytes
from explorer.provenance import Provenance
from tests.fixtures import GROUP, OPEN_LONG, REPEAT, TRAFFORD, shipped_world

MARK = b"\xef\xbb\xbf"


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(MARK)
    return list(csv.reader(io.StringIO(content.removeprefix(MARK).decode("utf-8"), newline="")))


def cell(value: object) -> str:
    return read(csv_bytes(pl.DataFrame({"value": [value], "other": ["x"]})))[1][0]


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "=HYPERLINK(1)", "\t=1", "\r=1"])
def test_a_text_that_looks_like_a_formula_is_led_by_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Trafford", "0.6% to 3.2%", "St Helens", "a=b", "1-5", "", "Zoé’s", 'say "x", y'])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(("number", "written"), [(-1, "-1"), (-2.5, "-2.5"), (29.1, "29.1"), (0.12346, "0.1235")])
def test_a_number_is_never_led_by_an_apostrophe(number: float, written: str) -> None:
    assert cell(number) == written


def test_whole_numbers_have_no_point_and_nothing_is_empty() -> None:
    rows = read(csv_bytes(pl.DataFrame({"count": [261.0, None], "share": [29.1, None], "who": ["a", None]})))
    assert rows == [["count", "share", "who"], ["261", "29.1", "a"], ["", "", ""]]


def test_a_spreadsheet_is_told_that_it_is_utf8() -> None:
    assert csv_bytes(pl.DataFrame({"name": ["é"]})) == MARK + "name\né\n".encode()


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12), min_size=1),
    scale=st.floats(-1e6, 1e6),
)
def test_a_table_reads_back_as_it_was(texts: list[str], scale: float) -> None:
    numbers = [scale * number / 7 for number in range(len(texts))]
    heading, *rows = read(csv_bytes(pl.DataFrame({"text": texts, "number": numbers})))
    assert heading == ["text", "number"]
    assert len(rows) == len(texts)
    for text, number, (found_text, found_number) in zip(texts, numbers, rows, strict=True):
        assert found_text.removeprefix("'") == text.removeprefix("'")
        assert not found_text.startswith(("=", "+", "-", "@", "\t"))
        assert float(found_number) == pytest.approx(number, abs=0.00006)


@pytest.mark.parametrize(("indicator", "year"), [(REPEAT, 2018), (OPEN_LONG, 2025)])
def test_the_table_of_a_position_keeps_hidden_figures_hidden(indicator: str, year: int) -> None:
    world = shipped_world()
    found, entry = world.position(TRAFFORD, indicator, year, GROUP), world.config.indicators[indicator]
    heading, *rows = read(csv_bytes(position_table(found, entry, world.areas)))
    assert len(rows) == 12  # Trafford, ten neighbours and England
    assert {len(row) for row in rows} == {len(heading)}
    for row in (dict(zip(heading, cells, strict=True)) for cells in rows):
        assert (row[entry.label] != "") == (row["Status"] == "published")
        assert (row["If hidden, least"] != "") == (row["Status"] == "suppressed")
        assert row["Status"] == "published" or row["Count"] == ""
    trafford = next(row for row in rows if row[0] == "Trafford")
    assert ("29.1" in trafford) == (year == 2018)


@pytest.mark.parametrize("heading", ["Made", "As at", "figures", "Data version"])
def test_a_column_called_as_a_part_of_the_provenance_keeps_its_cells(heading: str) -> None:
    day = date(2026, 1, 31)
    held = Provenance("Published figures", ("DfE D3",), "930acb19", day, day, "Hidden counts stay so.")
    head, *rows = read(csv_bytes(pl.DataFrame({heading: ["a", None]}), held))
    assert head[0] == heading
    assert [row[0] for row in rows] == ["a", ""]
    told = [words for name, words in held.lines if name.lower() == heading.lower()]
    assert [cell for cell in rows[1] if cell in told] == told, "and the part is said all the same"
