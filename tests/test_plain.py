"""Plain tables of plans: the program's own column names and names close to them, as CSV, Parquet or a sheet."""

import random
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.schema import PLANS
from explorer.sources.plan_file import ANNUAL, DATED_HISTORY, NO_PLANS, UNDERCOUNT
from explorer.sources.typed import LONGEST_CELL
from tests.plan_samples import LIMITS, cells, comma_separated, day, parquet, read, refusal, workbook

HEADINGS = ("child_id", "plan_id", "start_date", "end_date", "previous_plans", "initial_category", "latest_category")
ROW = ("A1", "P1", "2018-05-01", "2018-11-30", "2", "NEG", "EMO")
EVERY = {
    "child_id": "A1",
    "plan_id": "P1",
    "start_date": day("2018-05-01"),
    "end_date": day("2018-11-30"),
    "previous_plans": 2,
    "initial_category": "NEG",
    "latest_category": "EMO",
    "family_id": "F1",
    "birth_date": day("2010-01-02"),
    "expected_birth_date": day("2010-01-05"),
    "death_date": day("2019-01-01"),
    "referral_date": day("2018-04-20"),
    "upn": "A123",
    "review_dates": [day("2018-08-01"), None],
}


def test_every_column_of_the_plan_table_is_read() -> None:
    frame = pl.DataFrame([EVERY], schema={name: PLANS[name] for name in EVERY})
    found = read(parquet(frame))
    assert found.kind == "plain"
    assert found.capabilities == {ANNUAL, DATED_HISTORY}
    assert found.notes == ()
    assert found.plans.schema == PLANS
    assert found.plans.row(0, named=True) == {**EVERY, "position": "row 1"}
    as_text = read(comma_separated(list(EVERY), [*list(EVERY.values())[:-1], "2018-08-01; 01/11/2018"]))
    assert as_text.plans.row(0, named=True) == {
        **EVERY,
        "review_dates": [day("2018-08-01"), day("2018-11-01")],
        "position": "row 2",
    }


@pytest.mark.parametrize(
    "headings",
    [
        tuple(map(str.upper, HEADINGS)),
        ("Child ID", "Plan ID", "Start date", "End date", "Previous plans", "Initial category", "Latest category"),
        (
            *("LAchildID", "CPP ID", "CPPstartDate", "CPPendDate", "NumberOfPreviousCPP"),
            *("InitialCategoryOfAbuse", "LatestCategoryOfAbuse"),
        ),
        (
            "person_id",
            "cp_plan_id",
            "plan start",
            "plan end",
            "number of previous plans",
            "category",
            "latest category",
        ),
    ],
)
def test_names_close_to_them_are_known(headings: tuple[str, ...]) -> None:
    expected = read(comma_separated(HEADINGS, ROW))
    assert read(comma_separated(headings, ROW)).plans.equals(expected.plans)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_usual_separator_is_found(separator: str) -> None:
    found = read(comma_separated(HEADINGS, ROW, separator=separator))
    assert found.plans.equals(read(comma_separated(HEADINGS, ROW)).plans)


def test_a_plain_sheet_is_read() -> None:
    assert read(workbook(Plans=[HEADINGS, ROW])).kind == "plain"


def test_earlier_plans_are_counted_where_the_file_does_not_say() -> None:
    headings, rows = HEADINGS[:4], [("A1", "P2", "2018-05-01", ""), ("A1", "P1", "2016-05-01", "2016-07-01")]
    found = read(comma_separated(headings, *rows))
    assert found.plans["previous_plans"].to_list() == [1, 0]
    assert found.notes == (UNDERCOUNT,)
    assert read(comma_separated(HEADINGS, ROW)).notes == ()


def test_plans_without_a_name_take_their_place_and_doubled_names_their_place_as_well() -> None:
    rows = [(*ROW[:1], name, *ROW[2:]) for name in ("P1", "", "P1")]
    assert read(comma_separated(HEADINGS, *rows)).plans["plan_id"].to_list() == ["P1", "row 3", "P1 (row 4)"]


def test_reviews_that_the_file_has_no_column_for_are_unknown_and_blank_ones_are_none() -> None:
    assert read(comma_separated(HEADINGS, ROW)).plans["review_dates"].to_list() == [None]
    assert read(comma_separated((*HEADINGS, "review_dates"), (*ROW, ""))).plans["review_dates"].to_list() == [[]]


def test_typed_columns_of_any_sort_are_read() -> None:
    frame = pl.DataFrame(
        {
            "child_id": [1, 2],
            "start_date": [datetime(2018, 5, 1, 10), datetime(2090, 1, 1)],
            "end_date": [None, None],
            "previous_plans": [1.0, 1.5],
            "review_dates": [["2018-08-01", "soon", None], []],
        }
    )
    found = read(parquet(frame))
    assert cells(found, "child_id", "start_date", "end_date", "previous_plans", "review_dates") == [
        ("1", day("2018-05-01"), None, 1, [day("2018-08-01"), None, None]),
        ("2", None, None, None, []),
    ]
    assert sorted(found.unreadable.select("severity", "position", "value").rows()) == [
        ("error", "row 2", "1.5"),
        ("error", "row 2", "2090-01-01 00:00:00.000000"),
        ("query", "row 1", "soon"),
    ]


def test_columns_that_hold_no_plain_cells_are_refused() -> None:
    frame = pl.DataFrame({"child_id": [[1]], "start_date": [date(2018, 5, 1)], "end_date": [date(2018, 6, 1)]})
    assert "'child_id' holds lists" in refusal(parquet(frame))
    frame = frame.with_columns(child_id=pl.lit("A"), start_date=pl.struct("end_date"))
    assert "'start_date' holds lists" in refusal(parquet(frame))


def test_an_absurdly_long_cell_is_refused_and_a_long_one_is_shown_short() -> None:
    assert "longer than 10,000" in refusal(comma_separated(HEADINGS, ("A" * (LONGEST_CELL + 1), *ROW[1:])))
    found = read(comma_separated(HEADINGS, (*ROW[:2], "x" * 500, *ROW[3:])))
    assert found.unreadable["value"].to_list() == ["x" * 59 + "…"]


def test_rows_that_are_blank_or_short_are_no_fault_and_keep_the_count() -> None:
    text = comma_separated(HEADINGS, ROW) + "\n,,,,,,\nA2,P2,2018-05-01\n"
    assert cells(read(text), "child_id", "end_date", "position") == [
        ("A1", day("2018-11-30"), "row 2"),
        ("A2", None, "row 5"),
    ]


def test_blank_cells_beyond_the_headings_are_no_fault() -> None:
    text = comma_separated(HEADINGS, (*ROW, "", ""), ("A2", *ROW[1:], " "))
    assert cells(read(text), "child_id", "position") == [("A1", "row 2"), ("A2", "row 3")]


def test_a_row_with_more_cells_than_headings_is_refused_by_its_number() -> None:
    assert "row 3: there are 8 cells under 7 headings" in refusal(comma_separated(HEADINGS, ROW, (*ROW, "extra")))


def test_quotation_marks_that_do_not_pair_up_are_refused() -> None:
    text = comma_separated(HEADINGS, ROW)
    assert "quotation marks do not pair up" in refusal(text + '"A2,P2,2018-05-01\n')
    assert "quotation marks do not pair up" in refusal(text + 'A2,"P"2,2018-05-01\n')


def test_a_quotation_mark_inside_a_cell_is_kept() -> None:
    text = comma_separated(HEADINGS, ROW) + 'A 5" x,P2,2018-05-01,,0,NEG,NEG\n'
    assert read(text).plans["child_id"].to_list() == ["A1", 'A 5" x']


def test_commas_and_line_breaks_in_quotation_marks_do_not_move_the_count() -> None:
    found = read(comma_separated(HEADINGS, ("A,\n1", *ROW[1:]), ("A2", *ROW[1:])))
    assert cells(found, "child_id", "position") == [("A,\n1", "row 2"), ("A2", "row 3")]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_the_line_ends_of_every_system_are_read(ends: str) -> None:
    text = comma_separated(HEADINGS, ROW, ROW).replace("\r\n", ends)
    assert read(text).plans.height == 2


def test_limits_hold_for_tables() -> None:
    limits = LIMITS.model_copy(update={"max_rows": 2})
    assert "more than 2 rows" in refusal(comma_separated(HEADINGS, ROW, ROW, ROW), limits=limits)
    assert "more than 2 rows" in refusal(parquet(pl.DataFrame([EVERY] * 3)), limits=limits)
    assert read(comma_separated(HEADINGS, ROW, ROW), limits=limits).plans.height == 2
    narrow = LIMITS.model_copy(update={"max_columns": 6})
    assert "more than 6 columns" in refusal(comma_separated(HEADINGS, ROW), limits=narrow)
    assert "more than 6 columns" in refusal(parquet(pl.DataFrame([EVERY])), limits=narrow)


def test_missing_and_doubled_columns_are_named() -> None:
    assert "no column 'end_date'" in refusal(comma_separated(HEADINGS[:3], ROW[:3]))
    assert "'Start Date' stands twice" in refusal(
        comma_separated((*HEADINGS, "Start Date"), (*ROW, "")).replace("start_date", "Start Date", 1)
    )


def test_a_table_without_rows_says_so() -> None:
    assert read(comma_separated(HEADINGS)).notes == (NO_PLANS,)
    assert read(parquet(pl.DataFrame(schema=PLANS))).notes == (NO_PLANS,)


CELL = st.sampled_from(
    ["A1", "=1+1", "", "NULL", "2018-05-01", "01/02/2019", "2090-01-01", "x", "1", "NEG", 'q"q', "a,b"]
)
ROWS = st.lists(st.tuples(*[CELL] * len(HEADINGS)), max_size=6)
VALUES = [name for name in PLANS if name not in ("plan_id", "position")]


def values(*contents: str) -> list[tuple[str, ...]]:
    """The plans of some files without their places, in one order."""
    return sorted(tuple(map(str, row)) for content in contents for row in read(content).plans.select(VALUES).rows())


@settings(deadline=None, max_examples=80)
@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 6))
def test_shuffling_splitting_and_doubling_change_no_plan(
    rows: list[tuple[str, ...]], chance: random.Random, at: int
) -> None:
    whole = comma_separated(HEADINGS, *rows)
    order = list(range(len(HEADINGS)))
    chance.shuffle(order)
    shuffled = [[row[place] for place in order] for row in rows]
    chance.shuffle(shuffled)
    assert values(whole) == values(comma_separated([HEADINGS[place] for place in order], *shuffled))
    assert values(whole) == values(comma_separated(HEADINGS, *rows[:at]), comma_separated(HEADINGS, *rows[at:]))
    assert values(comma_separated(HEADINGS, *rows, *rows)) == values(whole, whole)


@settings(deadline=None, max_examples=80)
@given(ROWS)
def test_every_cell_that_holds_something_is_read_or_listed(rows: list[tuple[str, ...]]) -> None:
    found = read(comma_separated(HEADINGS, *rows))
    held = sum(cell not in ("", "NULL") for row in rows for cell in (row[2], row[3], row[4]))
    read_cells = found.plans.select("start_date", "end_date", "previous_plans").count().sum_horizontal().item()
    assert held == read_cells + found.unreadable.height
    assert found.plans["plan_id"].is_unique().all()
