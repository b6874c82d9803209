"""Children who left a plan and were on one again: by hand, and against a count that looks at every pair of plans."""

from calendar import monthrange
from datetime import date
from functools import lru_cache

import polars as pl
import pytest
from hypothesis import given, settings

from explorer.plan_indicators import COHORTS, Scope, children_again, plan_indicators_monthly
from explorer.records import Records
from explorer.records.shipped import load_sample
from tests.fixtures import shipped_world
from tests.plan_rows import EITHER, Row, dated, table

YEARS = Scope(frozenset({"annual", "dated_history"}))
FIRST, LAST = date(2020, 4, 1), date(2022, 9, 30)


@lru_cache(maxsize=1)
def sample() -> Records:
    """The sample, for all tests of cohorts."""
    world = shipped_world()
    return load_sample(world.config, world.rules)


def again(*rows: Row, first: date = FIRST, last: date = LAST) -> dict[tuple[str, int], tuple[int, int]]:
    found = children_again(table(rows), first, last, YEARS)
    assert dict(found.schema) == {name: dtype() for name, dtype in COHORTS.items()}
    return {(str(end), months): (back, left) for end, months, back, left in found.iter_rows()}


def test_five_children_by_hand() -> None:
    found = again(
        dated("A", "2019-12-01", "2020-05-15"),  # back after 12 months to the day
        dated("A", "2021-05-15", "2021-06-30"),
        dated("B", "2020-01-01", "2020-06-30"),  # back after 12 months and a day
        dated("B", "2021-07-01"),
        dated("C", "2020-01-01", "2020-04-01"),  # back the next day
        dated("C", "2020-04-02", "2020-07-31"),
        dated("D", "2020-01-01", "2020-06-01"),  # never
        dated("E", "2018-01-01", "2020-03-31"),  # left before the records begin
        dated("E", "2020-04-01"),
    )
    assert found["2020-06-30", 3] == (1, 4)
    assert found["2020-06-30", 6] == (1, 4)
    assert found["2020-06-30", 12] == (2, 4)
    assert found["2020-06-30", 24] == (3, 4)
    assert found["2020-09-30", 24] == (0, 1)
    assert found["2021-06-30", 3] == (0, 1)


def test_a_cohort_is_there_only_where_all_of_it_was_followed() -> None:
    found = again(dated("A", "2020-05-01", "2020-05-02"), last=date(2021, 6, 29))
    assert ("2020-06-30", 6) in found
    assert ("2020-06-30", 12) not in found  # a day is missing
    assert ("2021-03-31", 3) not in found
    assert again(last=date(2021, 6, 30))["2020-06-30", 12] == (0, 0)
    assert ("2020-06-30", 3) not in again(first=date(2020, 4, 2))  # a day of the quarter is missing


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    for start, back in (("2021-02-28", 1), ("2021-03-01", 0)):
        found = again(dated("A", "2020-01-01", "2020-08-31"), dated("A", start))
        assert found["2020-09-30", 6] == (back, 1)


@pytest.mark.parametrize(
    ("other", "back"),
    [
        (("2020-05-10", None), 1),  # begins on the day of the end
        (("2020-05-01", None), 1),  # begun before, and still runs
        (("2020-05-01", "2020-05-11"), 1),
        (("2020-05-01", "2020-05-10"), 0),  # ended the same day
        (("2019-12-01", "2020-05-09"), 1),  # the other way round: this one runs on when that one ends
        (("2019-12-01", "2020-05-11"), 1),
        ((None, None), 0),
    ],
)
def test_another_plan_about_the_day_of_the_end(other: tuple[str | None, str | None], back: int) -> None:
    found = again(dated("A", "2020-01-01", "2020-05-10"), dated("A", *other), dated("B", "2020-05-11"))
    number = 1 if other[1] is None else 2
    assert found["2020-06-30", 3] == (back, number)


def test_a_plan_that_starts_and_ends_on_one_day_does_not_follow_itself() -> None:
    assert again(dated("A", "2020-05-10", "2020-05-10"))["2020-06-30", 3] == (0, 1)
    assert again(dated("A", "2020-05-10", "2020-05-10"), dated("A", "2020-05-10"))["2020-06-30", 3] == (1, 1)


def test_children_who_are_not_known_or_died_have_not_come_back() -> None:
    unknown = again(dated(None, "2020-01-01", "2020-05-10"), dated(None, "2020-05-12"))  # type: ignore[arg-type]
    assert unknown["2020-06-30", 3] == (0, 1)
    died = again(dated("A", "2020-01-01", "2020-05-10", death_date=date(2020, 5, 10)))
    assert died["2020-06-30", 24] == (0, 1)


def test_a_file_that_holds_no_whole_year_has_no_cohorts() -> None:
    rows = table([dated("A", "2020-01-01", "2020-05-10")])
    assert children_again(rows, FIRST, LAST, Scope(frozenset())).is_empty()
    assert children_again(rows, None, None, YEARS).is_empty()


def later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@given(EITHER)
@settings(max_examples=80, deadline=None)
def test_the_same_as_looking_at_every_pair_of_plans(rows: list[Row]) -> None:
    first, last = date(2018, 1, 1), date(2023, 6, 30)
    rows = [row for row in rows if row["start_date"] is None or row["end_date"] is None or _in_order(row)]
    plans = [row for row in rows if row["start_date"] is not None]
    for (end, months), counted in again(*rows, first=first, last=last).items():
        until = date.fromisoformat(end)
        after = later(until.replace(day=1), -2)
        left = [row for row in plans if row["end_date"] is not None and after <= row["end_date"] <= until]  # type: ignore[operator]
        back = [row for row in left if any(_follows(row, other, months) for other in plans if other is not row)]
        assert counted == (len(back), len(left))
        assert later(until, months) <= last


def _in_order(plan: Row) -> bool:
    """An end before the start is an error, and the row is left out."""
    return bool(plan["start_date"] <= plan["end_date"])  # type: ignore[operator]


def _follows(plan: Row, other: Row, months: int) -> bool:
    end, start, until = plan["end_date"], other["start_date"], other["end_date"]
    if plan["child_id"] is None or plan["child_id"] != other["child_id"]:
        return False
    assert isinstance(end, date)
    assert isinstance(start, date)
    running = start < end and (until is None or until > end)  # type: ignore[operator]
    return running or end <= start <= later(end, months)


def test_as_many_left_as_the_figures_count() -> None:
    """Of the sample: a cohort is the plans ended in its three months."""
    file, rules = sample().checked, shipped_world().rules
    assert file.first is not None
    assert file.last is not None
    counted = plan_indicators_monthly(file.split.kept, file.first, file.last, rules.plans, rules.benchmarks, file.scope)
    monthly = counted.filter(indicator="plans_ended").sort("period_end")
    quarters = monthly.group_by_dynamic("period_end", every="1q").agg(pl.col("numerator").sum())["numerator"].to_list()
    found = children_again(file.split.kept, file.first, file.last, file.scope)
    assert found.filter(months=3)["denominator"].to_list() == quarters[:-1]
    assert found.group_by("period_end").agg(pl.col("denominator").n_unique())["denominator"].max() == 1
