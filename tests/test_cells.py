"""Single cells: dates as councils write them, whole numbers, blanks; nothing is guessed."""

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.sources.cells import dates, read_date, read_whole, text, wholes
from tests.plan_samples import LIMITS, day

APRIL = date(2019, 4, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2019-04-01",
        "2019-4-1",
        "2019-04-01T00:00:00",
        "2019-04-01 00:00:00.000",
        "2019-04-01T09:30:00Z",
        "2019-04-01T09:30:00+01:00",
        "2019-04-01Z",
        "01/04/2019",
        "1/4/2019",
        "01-04-2019",
        "01.04.2019",
        "01/04/2019 00:00",
        "01/04/2019 12:00:00 AM",
        "01-Apr-2019",
        "1 April 2019",
        "1 APR 2019",
        "43556",
        "43556.0",
        "43556.5",
    ],
)
def test_a_date_is_read_day_first_however_it_is_written(cell: str) -> None:
    assert read_date(cell) == APRIL


@pytest.mark.parametrize(
    "cell",
    [
        *("", "open", "2019", "2019-04", "2019-02-30", "31/04/2019", "13/25/2019", "04/2019", "01/04/19", "1/4/219"),
        *("0000-01-01", "2019-13-01", "20190401", "4355", "435560", "-43556", "1 Mayday 2019", "1 Xyz 2019"),
        *("２０１９-04-01", "2019-04-01 or so", "#VALUE!", "99/99/9999", "2019-04-01T25", "=TODAY()"),
    ],
)
def test_what_is_no_date_is_none(cell: str) -> None:
    if cell == "2019-04-01T25":
        assert read_date(cell) == APRIL  # the time of day is not used, so it is not judged
    else:
        assert read_date(cell) is None


@settings(deadline=None)
@given(st.dates())
def test_every_day_is_read_back_from_each_way_of_writing_it(value: date) -> None:
    year = f"{value.year:04}"
    assert read_date(value.isoformat()) == value
    assert read_date(f"{value.day:02}/{value.month:02}/{year}") == value
    assert read_date(f"{value.day}-{value:%B}-{year}") == value


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(cell: str) -> None:
    assert read_date(cell) is None or isinstance(read_date(cell), date)
    assert read_whole(cell) is None or isinstance(read_whole(cell), int)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("0", 0), ("2", 2), ("2.0", 2), ("-1", -1), ("+3", 3), ("007", 7)]
    + [(cell, None) for cell in ("", "2.5", "two", "1,000", "1e3", "9999999999", "nan", "٣", "None")],
)
def test_a_whole_number_is_read_and_nothing_else(cell: str, number: int | None) -> None:
    assert read_whole(cell) == number


def test_blanks_of_every_program_are_null_and_spaces_go() -> None:
    assert text(pl.Series([" A1 ", "", "  ", "NULL", "NaN", "NaT", "<NA>", "None", "\u00a0B\t"])).to_list() == [
        *("A1", None, None, None, None, None, None, "None", "B")
    ]


def test_an_identifier_that_a_program_kept_as_a_number_has_no_fraction() -> None:
    assert text(pl.Series([123.0, 1.5, None, float("nan")])).to_list() == ["123", "1.5", None, None]
    assert text(pl.Series([7, None])).to_list() == ["7", None]


def test_years_that_are_not_believed_are_null() -> None:
    column = pl.Series(["1900-01-01", "1989-12-31", "1990-01-01", "2030-12-31", "2031-01-01", "2090-05-05"])
    assert dates(column, LIMITS).to_list() == [None, None, day("1990-01-01"), day("2030-12-31"), None, None]
    assert dates(column.str.to_date(), LIMITS).to_list() == dates(column, LIMITS).to_list()


def test_typed_columns_are_read_as_they_are() -> None:
    moments = pl.Series([datetime(2019, 4, 1, 9, 30), None])
    assert dates(moments, LIMITS).to_list() == [APRIL, None]
    assert wholes(pl.Series([1, None], dtype=pl.UInt8)).to_list() == [1, None]
    assert wholes(pl.Series([1.0, 1.5, None])).to_list() == [1, None, None]
    assert dates(pl.Series([None, None]), LIMITS).to_list() == [None, None]
