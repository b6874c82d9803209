"""Plan records counted: sums by hand on days where something changes, then every path against plain Python."""

import random
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import get_args

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.config import load_config
from explorer.errors import ConfigError
from explorer.indicators import wilson_interval
from explorer.plan_indicators import (
    COUNTS,
    PERCENTAGES,
    PLAN_INDICATORS,
    Period,
    PeriodKind,
    PlanRules,
    Scope,
    difference_in_words,
    left_out_difference,
    load_plan_rules,
    month_ends,
    period_at,
    plan_indicators,
    plan_indicators_monthly,
    why_refused,
)
from explorer.plan_indicators.table import percent_half_up
from tests.fixtures import ROOT
from tests.plan_rows import ROWS, Row, dated, table

CONFIG = load_config(ROOT / "config")
BENCHMARKS, RULES = CONFIG.benchmarks, load_plan_rules(ROOT / "config")
EVERYTHING = Scope(frozenset({"annual", "dated_history"}))
KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)
D = date
unhurried = settings(max_examples=60, deadline=None)
Figure = dict[str, object]


def figures(
    rows: Iterable[Row], as_at: date, kind: PeriodKind = "year", scope: Scope = EVERYTHING, rules: PlanRules = RULES
) -> dict[str, Figure]:
    found = plan_indicators(table(rows), as_at, kind, rules, BENCHMARKS, scope)
    return {str(entry["indicator"]): entry for entry in found.to_dicts()}


def values(rows: Iterable[Row], as_at: date, kind: PeriodKind = "year", rules: PlanRules = RULES) -> dict[str, object]:
    """The figures that are not 0, by name."""
    found = figures(rows, as_at, kind, rules=rules)
    return {name: entry["value"] for name, entry in found.items() if entry["value"]}


# --- five rows by hand ------------------------------------------------------------------------------------------

FIVE = [
    dated("A", "2021-04-01", "2022-03-31", previous_plans=0),  # starts and ends on the edges of the year: 364 days
    dated("B", "2020-03-31", "2022-04-01", previous_plans=1),  # 731 days; still open on 31 March, 730 days old then
    dated("C", "2021-12-31", previous_plans=2),  # exactly three months old on 31 March
    dated("D", "2019-06-30", "2021-06-29", previous_plans=0),  # ended after 730 days
    dated("E", "2021-03-31", "2021-06-30", previous_plans=1),  # started the day before the year; ended at 3 months
]


def test_five_plans_in_the_year_to_march_2022() -> None:
    assert values(FIVE, D(2022, 3, 31)) == {
        "plans_started": 2,
        "plans_started_repeat": 1,
        "plans_open": 2,
        "plans_open_up_to_3m": 1,
        "plans_open_2y_plus": 1,
        "plans_ended": 3,
        "plans_ended_up_to_3m": 1,
        "plans_ended_6m_to_1y": 1,
        "plans_ended_2y_plus": 1,
        "repeat_plan_percent": 50.0,
        "open_2y_plus_percent": 50.0,
        "ended_2y_plus_percent": 33.3,
    }


def test_the_same_five_plans_on_the_next_day() -> None:
    """B has ended, C is older than three months, and A, D and E are of the year before."""
    assert values(FIVE, D(2022, 4, 1), "month") == {
        "plans_open": 1,
        "plans_open_3m_to_6m": 1,
        "plans_ended": 1,
        "plans_ended_2y_plus": 1,
        "ended_2y_plus_percent": 100.0,
    }
    assert values(FIVE, D(2022, 4, 1), "year_to_date") == values(FIVE, D(2022, 4, 1), "month")


def test_the_same_five_plans_over_the_twelve_months_to_june() -> None:
    """(30 June 2021, 30 June 2022]: E ended on the first day that is out, D the day before."""
    assert values(FIVE, D(2022, 6, 30), "rolling_12m") == {
        "plans_started": 1,
        "plans_started_repeat": 1,
        "plans_open": 1,
        "plans_open_3m_to_6m": 1,
        "plans_ended": 2,
        "plans_ended_6m_to_1y": 1,
        "plans_ended_2y_plus": 1,
        "repeat_plan_percent": 100.0,
        "ended_2y_plus_percent": 50.0,
    }


def test_the_columns_and_their_order() -> None:
    found = plan_indicators(table(FIVE), D(2022, 3, 31), "year", RULES, BENCHMARKS, EVERYTHING)
    assert found.schema == PLAN_INDICATORS
    assert found["indicator"].to_list() == [*COUNTS, *PERCENTAGES]
    assert found["period_end"].unique().to_list() == [D(2022, 3, 31)]
    assert found["period_kind"].unique().to_list() == ["year"]


def test_a_percentage_has_its_counts_and_wilson_s_range() -> None:
    share = figures(FIVE, D(2022, 3, 31))["ended_2y_plus_percent"]
    lower, upper = wilson_interval(1.0, 3.0, BENCHMARKS)
    assert (share["numerator"], share["denominator"], share["value"], share["status"]) == (1, 3, 33.3, "published")
    assert (share["lower"], share["upper"]) == (100 * lower, 100 * upper)


def test_a_count_has_no_denominator_and_no_range() -> None:
    entry = figures(FIVE, D(2022, 3, 31))["plans_open"]
    assert (entry["numerator"], entry["denominator"], entry["lower"], entry["upper"]) == (2, None, None, None)


def test_nothing_to_count_is_not_zero_percent() -> None:
    found = figures([], D(2022, 3, 31))
    for name in PERCENTAGES:
        entry = found[name]
        assert (entry["numerator"], entry["denominator"], entry["value"], entry["status"]) == (
            0,
            0,
            None,
            "not_applicable",
        )
    assert found["plans_open"]["value"] == 0


def test_the_range_of_none_and_of_all_stays_within_0_and_100() -> None:
    none = figures([dated("A", "2021-05-01", previous_plans=0)], D(2022, 3, 31))["repeat_plan_percent"]
    whole = figures([dated("A", "2021-05-01", previous_plans=1)], D(2022, 3, 31))["repeat_plan_percent"]
    assert (none["value"], none["lower"]) == (0.0, 0.0)
    assert (whole["value"], whole["upper"]) == (100.0, 100.0)


# --- the edges of a length --------------------------------------------------------------------------------------


def band(start: str, until: str) -> set[str]:
    """The bands of a plan open on a day, and of one that ended on it; they have to be the same."""
    end = date.fromisoformat(until)
    still = values([dated("A", start)], end, "month")
    over = values([dated("A", start, until)], end, "month")
    opened = {name.removeprefix("plans_open_") for name in still if name.startswith("plans_open_")}
    closed = {name.removeprefix("plans_ended_") for name in over if name.startswith("plans_ended_")}
    assert opened == closed
    assert "plans_open" not in over
    return opened


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2021-05-10", "2021-05-10", "up_to_3m"),
        ("2021-05-10", "2021-08-10", "up_to_3m"),
        ("2021-05-10", "2021-08-11", "3m_to_6m"),
        ("2021-05-10", "2021-11-10", "3m_to_6m"),
        ("2021-05-10", "2021-11-11", "6m_to_1y"),
        ("2021-05-10", "2022-05-09", "6m_to_1y"),
        ("2021-05-10", "2022-05-10", "1y_to_2y"),
        ("2021-05-10", "2023-05-09", "1y_to_2y"),  # 729 days
        ("2021-05-10", "2023-05-10", "2y_plus"),  # 730
        ("2021-05-10", "2023-05-11", "2y_plus"),  # 731
        ("2019-05-10", "2021-05-08", "1y_to_2y"),  # 729 days across a 29 February
        ("2019-05-10", "2021-05-09", "2y_plus"),  # 730, a day before two calendar years
        ("2020-11-30", "2021-02-28", "up_to_3m"),  # three months after 30 November is the last of February
        ("2020-11-30", "2021-03-01", "3m_to_6m"),
        ("2019-11-30", "2020-02-29", "up_to_3m"),
        ("2019-11-30", "2020-03-01", "3m_to_6m"),
        ("2020-08-31", "2021-02-28", "3m_to_6m"),
        ("2020-08-31", "2021-03-01", "6m_to_1y"),
        ("2020-02-29", "2021-02-27", "6m_to_1y"),
        ("2020-02-29", "2021-02-28", "1y_to_2y"),  # a year after 29 February is 28 February
        ("2020-02-29", "2022-02-27", "1y_to_2y"),  # 729
        ("2020-02-29", "2022-02-28", "2y_plus"),  # 730
        ("2018-02-28", "2020-02-27", "1y_to_2y"),  # 729
        ("2018-02-28", "2020-02-28", "2y_plus"),  # 730
    ],
)
def test_a_plan_is_in_one_band(start: str, until: str, expected: str) -> None:
    assert band(start, until) == {expected}


@pytest.mark.parametrize(("days", "long"), [(729, 3), (730, 2), (731, 1)])
def test_the_length_of_a_long_plan_is_configured(days: int, long: int) -> None:
    plans = [dated(str(length), str(D(2022, 3, 31) - timedelta(length))) for length in (729, 730, 731)]
    found = values(plans, D(2022, 3, 31), rules=replace(RULES, long_plan_days=days))
    assert found["plans_open_2y_plus"] == long
    assert found.get("plans_open_1y_to_2y", 0) == 3 - long


# --- open, started, ended ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "is_open"),
    [
        ("2022-03-31", None, True),
        ("2022-04-01", None, False),
        ("2021-05-01", "2022-03-31", False),
        ("2021-05-01", "2022-04-01", True),
        ("2022-03-31", "2022-03-31", False),
    ],
)
def test_open_is_started_by_then_and_not_ended_by_then(start: str, end: str | None, is_open: bool) -> None:
    assert ("plans_open" in values([dated("A", start, end)], D(2022, 3, 31))) == is_open


@pytest.mark.parametrize(
    ("as_at", "kind", "after", "end"),
    [
        (D(2022, 3, 31), "month", D(2022, 2, 28), D(2022, 3, 31)),
        (D(2020, 3, 1), "month", D(2020, 2, 29), D(2020, 3, 1)),
        (D(2022, 1, 15), "month", D(2021, 12, 31), D(2022, 1, 15)),
        (D(2022, 3, 31), "year_to_date", D(2021, 3, 31), D(2022, 3, 31)),
        (D(2022, 4, 1), "year_to_date", D(2022, 3, 31), D(2022, 4, 1)),
        (D(2018, 8, 31), "year_to_date", D(2018, 3, 31), D(2018, 8, 31)),
        (D(2018, 9, 30), "rolling_12m", D(2017, 9, 30), D(2018, 9, 30)),
        (D(2020, 2, 29), "rolling_12m", D(2019, 2, 28), D(2020, 2, 29)),
        (D(2021, 2, 28), "rolling_12m", D(2020, 2, 28), D(2021, 2, 28)),
        (D(2022, 3, 31), "year", D(2021, 3, 31), D(2022, 3, 31)),
        (D(2022, 3, 30), "year", D(2020, 3, 31), D(2021, 3, 31)),
        (D(2022, 10, 15), "year", D(2021, 3, 31), D(2022, 3, 31)),
    ],
)
def test_a_period_begins_after_one_day_and_ends_with_another(
    as_at: date, kind: PeriodKind, after: date, end: date
) -> None:
    assert period_at(as_at, kind) == Period(kind, after, end)


def test_month_ends_lie_between_the_two_days() -> None:
    assert month_ends(D(2020, 1, 31), D(2020, 4, 29)) == [D(2020, 1, 31), D(2020, 2, 29), D(2020, 3, 31)]
    assert month_ends(D(2020, 2, 1), D(2020, 2, 28)) == []
    assert month_ends(D(2021, 11, 30), D(2022, 1, 31)) == [D(2021, 11, 30), D(2021, 12, 31), D(2022, 1, 31)]
    assert month_ends(D(2022, 1, 1), D(2021, 1, 1)) == []


@pytest.mark.parametrize(
    ("earlier_end", "start", "soon"),
    [
        ("2020-06-15", "2022-06-15", True),
        ("2020-06-15", "2022-06-16", False),
        ("2020-02-29", "2022-02-28", True),
        ("2020-02-29", "2022-03-01", False),
        ("2020-06-15", "2020-06-16", True),
    ],
)
def test_a_replan_within_two_years_counts_from_the_end_of_the_last_plan(
    earlier_end: str, start: str, soon: bool
) -> None:
    plans = [
        dated("A", start, previous_plans=2),
        dated("A", "2020-01-01", earlier_end, previous_plans=1),
        dated("A", "2012-01-01", "2012-06-01", previous_plans=0),
        dated("B", start, previous_plans=1),
    ]
    found = figures(plans, date.fromisoformat(start), "month")
    assert found["plans_started_repeat_within_2y"]["value"] == int(soon)
    assert (found["repeat_within_2y_percent"]["numerator"], found["repeat_within_2y_percent"]["denominator"]) == (
        soon,
        2,
    )


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 16, 6.3), (1, 8, 12.5), (3, 16, 18.8), (441, 2000, 22.1), (1, 3, 33.3), (2, 3, 66.7), (81, 263, 30.8)],
)
def test_percentages_are_rounded_half_up(part: int, whole: int, expected: float) -> None:
    assert percent_half_up(part, whole) == expected


@given(st.integers(1, 10_000), st.data())
def test_rounding_is_exact(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    exact = Fraction(1000 * part, whole)
    tenths = exact.numerator // exact.denominator + (exact % 1 >= Fraction(1, 2))
    assert percent_half_up(part, whole) == tenths / 10


# --- against plain Python ---------------------------------------------------------------------------------------


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return D(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def length_of(start: date, until: date) -> str:
    if (until - start).days >= 730:
        return "2y_plus"
    if until >= months_later(start, 12):
        return "1y_to_2y"
    if until > months_later(start, 6):
        return "6m_to_1y"
    return "3m_to_6m" if until > months_later(start, 3) else "up_to_3m"


def by_hand(plans: pl.DataFrame, period: Period) -> dict[str, int]:
    """The counts, plan by plan."""
    counts = dict.fromkeys(COUNTS, 0)
    rows = [entry for entry in plans.to_dicts() if entry["start_date"] is not None]
    for number, entry in enumerate(rows):
        start, end = entry["start_date"], entry["end_date"]
        if period.after < start <= period.end:
            counts["plans_started"] += 1
            counts["plans_started_repeat"] += (entry["previous_plans"] or 0) > 0
            latest = [
                other["end_date"] or date.max
                for place, other in enumerate(rows)
                if other["child_id"] == entry["child_id"] is not None
                and (other["start_date"], other["end_date"] or date.max, place) < (start, end or date.max, number)
            ]
            soon = bool(latest) and (max(latest) == date.max or start <= months_later(max(latest), 24))
            counts["plans_started_repeat_within_2y"] += soon and (entry["previous_plans"] or 0) > 0
        if start <= period.end and (end is None or end > period.end):
            counts["plans_open"] += 1
            counts[f"plans_open_{length_of(start, period.end)}"] += 1
        if end is not None and period.after < end <= period.end:
            counts["plans_ended"] += 1
            counts[f"plans_ended_{length_of(start, end)}"] += 1
    return counts


@unhurried
@given(ROWS, st.dates(D(2019, 6, 1), D(2022, 6, 30)), st.sampled_from(KINDS))
def test_every_count_is_what_counting_plan_by_plan_gives(rows: list[Row], as_at: date, kind: PeriodKind) -> None:
    found = figures(rows, as_at, kind)
    expected = by_hand(table(rows), period_at(as_at, kind))
    assert {name: found[name]["value"] for name in COUNTS} == expected
    for name, (part, whole) in PERCENTAGES.items():
        assert (found[name]["numerator"], found[name]["denominator"]) == (expected[part], expected[whole])


@unhurried
@given(ROWS, st.sampled_from(KINDS), st.sampled_from([729, 730, 731]), st.booleans())
def test_all_months_at_once_agree_with_one_at_a_time(
    rows: list[Row], kind: PeriodKind, long_plan_days: int, dated_history: bool
) -> None:
    plans, rules = table(rows), replace(RULES, long_plan_days=long_plan_days)
    scope = EVERYTHING if dated_history else Scope()
    first, last = D(2019, 12, 31), D(2022, 5, 31)
    together = plan_indicators_monthly(plans, first, last, rules, BENCHMARKS, scope, kind)
    apart = [plan_indicators(plans, end, kind, rules, BENCHMARKS, scope) for end in month_ends(first, last)]
    assert together.equals(pl.concat(apart))


def test_all_months_at_once_agree_on_the_edges_of_every_band() -> None:
    """A random day seldom is an edge: these plans end, or are counted, the day before one, on it and after it."""
    starts = [D(2019, 11, 30), D(2020, 2, 28), D(2020, 2, 29), D(2020, 3, 31), D(2020, 8, 31), D(2021, 3, 31)]
    edges = {
        start: [*(months_later(start, months) for months in (0, 3, 6, 12)), start + timedelta(730)] for start in starts
    }
    ends = [(start, edge + timedelta(days)) for start in starts for edge in edges[start] for days in (-1, 0, 1, 2)]
    plans = table(dated(f"{start}", str(start), str(end), previous_plans=1) for start, end in ends)
    for kind in KINDS:
        together = plan_indicators_monthly(plans, D(2019, 11, 30), D(2023, 6, 30), RULES, BENCHMARKS, EVERYTHING, kind)
        for end in month_ends(D(2019, 11, 30), D(2023, 6, 30)):
            period = period_at(end, kind)
            rows = together.filter(pl.col("indicator").is_in(COUNTS), period_end=period.end)
            found = dict(rows.select("indicator", "numerator").rows())  # a year stands at each of its month ends
            assert found == by_hand(plans, period)


def test_no_months_are_no_figures() -> None:
    found = plan_indicators_monthly(table(FIVE), D(2020, 2, 1), D(2020, 2, 2), RULES, BENCHMARKS)
    assert found.is_empty()
    assert found.schema == PLAN_INDICATORS


@unhurried
@given(ROWS, st.randoms(use_true_random=False), st.sampled_from(KINDS))
def test_the_order_of_the_plans_changes_nothing(rows: list[Row], rng: random.Random, kind: PeriodKind) -> None:
    plans = table(rows)
    shuffled = plans[rng.sample(range(len(rows)), len(rows))]
    one, other = (plan_indicators(p, D(2021, 6, 30), kind, RULES, BENCHMARKS, EVERYTHING) for p in (plans, shuffled))
    assert one.equals(other)


@unhurried
@given(ROWS, st.sampled_from(KINDS))
def test_the_counts_of_two_parts_add_up(rows: list[Row], kind: PeriodKind) -> None:
    plans = table(rows)
    first = pl.col("child_id").is_in(["A", "B"]).fill_null(value=False)
    parts = [
        plan_indicators(part, D(2021, 6, 30), kind, RULES, BENCHMARKS, EVERYTHING)
        for part in (plans, plans.filter(first), plans.filter(~first))
    ]
    whole, *rest = (part.filter(pl.col("indicator").is_in(COUNTS))["numerator"] for part in parts)
    assert whole.equals(rest[0] + rest[1])


@unhurried
@given(ROWS, st.sampled_from(KINDS))
def test_plans_listed_twice_count_twice(rows: list[Row], kind: PeriodKind) -> None:
    """Finding copies is for the checks; counting hides nothing."""
    once, twice = figures(rows, D(2021, 6, 30), kind, Scope()), figures([*rows, *rows], D(2021, 6, 30), kind, Scope())
    for name in COUNTS:
        if once[name]["status"] == "published":
            assert twice[name]["numerator"] == 2 * int(str(once[name]["numerator"]))


@unhurried
@given(ROWS, st.dates(D(2019, 6, 1), D(2022, 6, 30)), st.sampled_from(KINDS))
def test_the_bands_add_up_to_the_whole(rows: list[Row], as_at: date, kind: PeriodKind) -> None:
    found = {name: entry["value"] for name, entry in figures(rows, as_at, kind).items() if name in COUNTS}
    for whole in ("plans_open", "plans_ended"):
        parts = [int(str(found[name]).split(".")[0]) for name in COUNTS if name.startswith(f"{whole}_")]
        assert sum(parts) == found[whole]


@unhurried
@given(ROWS)
def test_the_months_of_a_year_add_up_to_it(rows: list[Row]) -> None:
    plans = table(rows)
    months = plan_indicators_monthly(plans, D(2020, 4, 1), D(2021, 3, 31), RULES, BENCHMARKS)
    year = plan_indicators(plans, D(2021, 3, 31), "year", RULES, BENCHMARKS)
    for name in ("plans_started", "plans_started_repeat", "plans_ended", "plans_ended_2y_plus"):
        assert months.filter(indicator=name)["numerator"].sum() == year.filter(indicator=name)["numerator"].item()
    until_then = plan_indicators(plans, D(2021, 3, 31), "year_to_date", RULES, BENCHMARKS)
    assert until_then.drop("period_kind").equals(year.drop("period_kind"))


@unhurried
@given(ROWS)
def test_what_is_open_changes_by_what_starts_and_ends(rows: list[Row]) -> None:
    in_order = [
        entry
        for entry in rows
        if isinstance(entry["start_date"], date)
        and (not isinstance(entry["end_date"], date) or entry["start_date"] <= entry["end_date"])
    ]
    months = plan_indicators_monthly(table(in_order), D(2019, 12, 31), D(2022, 5, 31), RULES, BENCHMARKS)
    opened, started, ended = (
        months.filter(indicator=name)["numerator"] for name in ("plans_open", "plans_started", "plans_ended")
    )
    assert (opened.diff().slice(1)).equals((started - ended).slice(1), check_names=False)


# --- what a file cannot answer ----------------------------------------------------------------------------------

SIX_MONTHS = Scope(frozenset())
FLOWS = [name for name in (*COUNTS, *PERCENTAGES) if "open" not in name]


@pytest.mark.parametrize("kind", ["year", "rolling_12m", "year_to_date"])
def test_a_file_of_six_months_is_refused_what_needs_a_year(kind: PeriodKind) -> None:
    found = figures(FIVE, D(2022, 3, 31), kind, SIX_MONTHS)
    refused = {name for name, entry in found.items() if entry["status"] == "refused"}
    assert refused == set(FLOWS)
    for name in refused:
        entry = found[name]
        assert [entry[column] for column in ("numerator", "denominator", "value", "lower", "upper")] == [None] * 5
        assert "last six months" in str(why_refused(name, period_at(D(2022, 3, 31), kind), SIX_MONTHS))
    assert found["plans_open"]["value"] == 2


def test_a_file_of_six_months_gives_a_month() -> None:
    found = figures(FIVE, D(2022, 3, 31), "month", SIX_MONTHS)
    assert {name for name, entry in found.items() if entry["status"] == "refused"} == {
        "plans_started_repeat_within_2y",
        "repeat_within_2y_percent",
    }


def test_within_two_years_needs_the_dates_of_earlier_plans() -> None:
    found = figures(FIVE, D(2022, 3, 31), "year", Scope())
    assert {name for name, entry in found.items() if entry["status"] == "refused"} == {
        "plans_started_repeat_within_2y",
        "repeat_within_2y_percent",
    }
    said = why_refused("repeat_within_2y_percent", period_at(D(2022, 3, 31), "year"), Scope())
    assert said is not None
    assert "not when they ended" in said


YEAR = period_at(D(2022, 3, 31), "year")


@pytest.mark.parametrize(
    ("indicator", "scope", "refused"),
    [
        ("plans_started", replace(EVERYTHING, first_day=D(2021, 4, 1)), False),
        ("plans_started", replace(EVERYTHING, first_day=D(2021, 4, 2)), True),
        ("plans_open", replace(EVERYTHING, first_day=D(2022, 3, 31)), False),
        ("open_2y_plus_percent", replace(EVERYTHING, first_day=D(2022, 4, 1)), True),
        ("repeat_within_2y_percent", replace(EVERYTHING, first_day=D(2019, 4, 1)), False),
        ("repeat_within_2y_percent", replace(EVERYTHING, first_day=D(2019, 4, 2)), True),
        ("plans_open", replace(EVERYTHING, last_day=D(2022, 3, 31)), False),
        ("plans_open", replace(EVERYTHING, last_day=D(2022, 3, 30)), True),
        ("plans_ended", replace(EVERYTHING, last_day=D(2022, 3, 30)), True),
    ],
)
def test_a_figure_is_refused_where_the_file_does_not_reach(indicator: str, scope: Scope, refused: bool) -> None:
    assert (why_refused(indicator, YEAR, scope) is not None) == refused


# --- what the rows left out change ------------------------------------------------------------------------------


def test_the_difference_of_the_rows_left_out_by_hand() -> None:
    every, kept = table(FIVE), table(FIVE[:2])
    found = left_out_difference(every, kept, D(2022, 3, 31), "year", RULES, BENCHMARKS)
    rows = {str(entry["indicator"]): entry for entry in found.to_dicts()}
    assert {name: entry["difference"] for name, entry in rows.items() if entry["difference"]} == {
        "plans_started": -1,
        "plans_started_repeat": -1,
        "plans_open": -1,
        "plans_open_up_to_3m": -1,
        "plans_ended": -2,
        "plans_ended_up_to_3m": -1,
        "plans_ended_2y_plus": -1,
        "repeat_plan_percent": -50.0,
        "open_2y_plus_percent": 50.0,
        "ended_2y_plus_percent": -33.3,
    }
    said = {name: difference_in_words(entry, name) for name, entry in rows.items()}
    assert said["plans_ended"] == "plans_ended: 1, and 3 with the rows left out; 2 lower without them."
    assert said["open_2y_plus_percent"] == (
        "open_2y_plus_percent: 100.0%, and 50.0% with the rows left out; 50.0 percentage points higher without them."
    )
    assert said["plans_open_2y_plus"] == "plans_open_2y_plus: 1 with or without the rows left out."
    assert said["repeat_within_2y_percent"].startswith("repeat_within_2y_percent: cannot be compared")


# --- plans.yaml -------------------------------------------------------------------------------------------------

SHIPPED = (ROOT / "config" / "plans.yaml").read_text(encoding="utf-8")


def test_the_defaults_are_those_of_the_configuration() -> None:
    assert load_plan_rules(ROOT / "config") == PlanRules()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value: 730", "value: 366", "'long_plan_days' is 366; it must be above 366"),
        ("value: 730", "value: 730.5", "'long_plan_days' is 730.5; allowed: a whole number"),
        ("value: 24", "value: 0", "repeat_window_months.value"),
        ("  3m_to_6m:", "  3m_to_9m:", "allowed: up_to_3m, 3m_to_6m, 6m_to_1y"),
        ("value: 12", "value: 5", "'bands' must rise"),
        ("value: 12", "value: 13", "'bands' must rise"),
        ("includes_limit: false", "including: false", "unknown key"),
    ],
)
def test_a_fault_in_the_rules_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    (tmp_path / "plans.yaml").write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as problem:
        load_plan_rules(tmp_path)
    assert any(said in fault and fault.startswith("plans.yaml line ") for fault in problem.value.faults)


def test_every_published_count_of_plans_is_counted_under_its_name() -> None:
    published = {name for name in CONFIG.indicators if name.startswith(("plans_open", "plans_started", "plans_ended"))}
    assert {name for name in published if not name.endswith("_per_10k")} <= set(COUNTS)
    assert {"repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent"} <= set(PERCENTAGES)
    assert {
        name: (CONFIG.indicators[name].numerator, CONFIG.indicators[name].denominator)
        for name in PERCENTAGES
        if name in CONFIG.indicators
    } == {name: counts for name, counts in PERCENTAGES.items() if name in CONFIG.indicators}


def test_every_entry_of_the_rules_has_its_words() -> None:
    content = yaml.safe_load(SHIPPED)
    for entry in (content["long_plan_days"], content["repeat_window_months"], *content["bands"].values()):
        assert all(entry[key] for key in ("label", "unit", "description", "reference"))
