"""The Standard Safeguarding Dataset's plans: columns, earlier plans counted per child, other authorities' plans."""

import random
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.schema import PLANS
from explorer.sources.plan_file import ANNUAL, DATED_HISTORY, NO_PLANS, UNDERCOUNT
from explorer.sources.ssd import OTHER_AUTHORITY
from tests.plan_samples import SSD, cells, comma_separated, day, parquet, read, refusal, ssd_row


def test_a_row_keeps_every_value() -> None:
    found = read(comma_separated(SSD, ssd_row("P9", "A1", "2018-05-01", "2018-11-30", "EMO")))
    assert found.kind == "ssd"
    assert found.plans.schema == PLANS
    assert found.capabilities == {ANNUAL, DATED_HISTORY}
    assert found.plans.row(0, named=True) == {
        **dict.fromkeys(PLANS),
        "child_id": "A1",
        "plan_id": "P9",
        "start_date": day("2018-05-01"),
        "end_date": day("2018-11-30"),
        "previous_plans": 0,
        "initial_category": "EMO",
        "latest_category": "EMO",
        "position": "row 2",
    }
    assert found.unreadable.is_empty()


def test_earlier_plans_are_counted_for_each_child_and_the_count_is_explained() -> None:
    found = read(
        comma_separated(
            SSD,
            ssd_row("P3", "A1", "2018-05-01"),
            ssd_row("P1", "A1", "2014-05-01", "2014-11-01"),
            ssd_row("P4", "B1", "2018-05-01"),
            ssd_row("P2", "A1", "2016-05-01", "2016-11-01"),
            ssd_row("P5", "", "2018-05-01"),
            ssd_row("P6", "C1", "soon"),
        )
    )
    assert cells(found, "plan_id", "previous_plans") == [
        *(("P3", 2), ("P1", 0), ("P4", 0), ("P2", 1), ("P5", None), ("P6", None))
    ]
    assert found.notes == (UNDERCOUNT,)
    assert "too low" in UNDERCOUNT
    assert found.children == 3


def test_a_plan_that_stands_twice_counts_once_and_each_row_has_its_name() -> None:
    again = ssd_row("P1", "A1", "2014-05-01", "2014-11-01")
    found = read(comma_separated(SSD, again, again, ssd_row("P2", "A1", "2018-05-01")))
    assert cells(found, "plan_id", "previous_plans") == [("P1", 0), ("P1 (row 3)", 0), ("P2", 1)]


@pytest.mark.parametrize("flag", ["Y", "y", "1", "Yes", "TRUE"])
def test_plans_of_another_authority_are_left_out_with_a_note(flag: str) -> None:
    found = read(
        comma_separated(
            SSD, ssd_row("P1", start="2014-05-01", ola=flag), ssd_row("P2", ola="N"), ssd_row("P3", "B", ola="")
        )
    )
    assert cells(found, "plan_id", "previous_plans", "position") == [("P2", 0, "row 3"), ("P3", 0, "row 4")]
    assert found.notes == (UNDERCOUNT, OTHER_AUTHORITY)


def test_columns_are_known_in_any_case_order_and_with_the_table_before_them() -> None:
    expected = read(comma_separated(SSD, ssd_row())).plans
    row = ssd_row()
    for change in (str.upper, "ssd_cp_plans.{}".format, "[ssd_cp_plans].[{}]".format, " {} ".format):
        assert read(comma_separated([change(name) for name in SSD], row)).plans.equals(expected)
    assert read(comma_separated(SSD[::-1], row[::-1])).plans.equals(expected)


def test_parquet_gives_the_same_in_any_type() -> None:
    expected = read(comma_separated(SSD, ssd_row("11", "7", "2018-05-01", "2018-11-30")))
    typed = pl.DataFrame(
        {
            "cppl_cp_plan_id": [11],
            "cppl_person_id": [7.0],
            "cppl_cp_plan_start_date": [datetime(2018, 5, 1)],
            "cppl_cp_plan_end_date": [date(2018, 11, 30)],
            "cppl_cp_plan_ola": [False],
            "cppl_cp_plan_initial_category": ["NEG"],
            "cppl_cp_plan_latest_category": ["Neglect"],
        },
        schema_overrides={"cppl_cp_plan_initial_category": pl.Categorical},
    )
    found = read(parquet(typed))
    assert found.kind == "ssd"
    assert found.plans.drop("position").equals(expected.plans.drop("position"))
    assert found.plans["position"].to_list() == ["row 1"]  # Parquet has no row of headings
    as_text = read(parquet(typed.with_columns(pl.all().cast(pl.String))))
    assert as_text.plans["start_date"].to_list() == [day("2018-05-01")]


def test_dates_with_times_and_blanks_of_sql_are_read() -> None:
    found = read(comma_separated(SSD, ssd_row(start="2018-05-01 00:00:00.000", end="NULL", category="NULL")))
    assert cells(found, "start_date", "end_date", "initial_category") == [(day("2018-05-01"), None, None)]
    assert found.unreadable.is_empty()


def test_columns_that_are_missing_are_named() -> None:
    assert "no column 'cppl_cp_plan_end_date'" in refusal(
        comma_separated([name for name in SSD if "end_date" not in name], ssd_row()[:-1])
    )
    assert "no column 'cppl_person_id' and no column 'cppl_cp_plan_start_date'" in refusal(
        comma_separated(["cppl_cp_plan_id", "cppl_cp_plan_end_date"], ["P1", ""])
    )


def test_the_reviews_alone_are_refused_by_name() -> None:
    headings = ("cppr_cp_review_id", "cppr_person_id", "cppr_cp_plan_id", "cppr_cp_review_date")
    assert "ssd_cp_reviews" in refusal(comma_separated(headings, ["V1", "A1", "P1", "2018-08-01"]))


def test_a_table_without_rows_says_so() -> None:
    assert read(comma_separated(SSD)).notes == (UNDERCOUNT, NO_PLANS)
    nothing = pl.DataFrame(schema=dict.fromkeys(SSD, pl.String))
    assert read(parquet(nothing)).notes == (UNDERCOUNT, NO_PLANS)


ROWS = st.lists(st.tuples(st.sampled_from("ABC"), st.dates(day("2015-01-01"), day("2015-01-20")).map(str)), max_size=12)


def table(rows: list[tuple[str, str]]) -> str:
    """The dataset's table of some children and starts."""
    return comma_separated(SSD, *(ssd_row(f"P{number}", *row) for number, row in enumerate(rows)))


def counted(content: str) -> list[tuple[str, ...]]:
    """Child, start and earlier plans, in one order."""
    return sorted(tuple(map(str, row)) for row in cells(read(content), "child_id", "start_date", "previous_plans"))


@settings(deadline=None, max_examples=80)
@given(ROWS)
def test_the_count_is_the_number_of_days_before_on_which_the_child_s_plans_began(rows: list[tuple[str, str]]) -> None:
    found = read(table(rows)).plans.select("child_id", "start_date", "previous_plans").rows()
    for child, start, previous in found:
        assert previous == len({day for other, day, _ in found if other == child and day < start})


@settings(deadline=None, max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_doubled_rows_change_no_count(rows: list[tuple[str, str]], chance: random.Random) -> None:
    expected = counted(table(rows))
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert counted(table(shuffled)) == expected
    assert counted(table(rows + rows)) == sorted(expected * 2)


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_splitting_by_child_changes_no_count(rows: list[tuple[str, str]]) -> None:
    parts = [[row for row in rows if (row[0] == "A") is mine] for mine in (True, False)]
    assert sorted(counted(table(parts[0])) + counted(table(parts[1]))) == counted(table(rows))


@settings(deadline=None, max_examples=40)
@given(ROWS)
def test_csv_and_parquet_read_the_same(rows: list[tuple[str, str]]) -> None:
    text = table(rows)
    frame = pl.read_csv(text.encode(), infer_schema=False)
    assert read(parquet(frame)).plans.drop("position").equals(read(text).plans.drop("position"))
