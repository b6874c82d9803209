"""A what-if worked out: nothing in use is nothing changed, whole children, differences by hand, ends of months."""

from calendar import isleap, monthrange
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.flow import INDICATORS, SUMMARY, Array
from explorer.models.scenarios import NO_EFFECT, Change, Scenario
from explorer.models.what_if import (
    BASELINE,
    DIFFERENCES,
    HORIZONS,
    PATHS,
    SCENARIO,
    Run,
    differences,
    month_end,
    noise_of,
    paths,
    run_scenario,
    whole_children,
)
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, TRAFFORD, contents, shipped_world, start_of

FEW = settings(max_examples=50, deadline=None)
WHAT_IF = shipped_world().models.what_if
POLARITY = dict.fromkeys(INDICATORS, "low") | {"plans_ended": "high", "plans_open": "none"}
AT_ONCE: dict[str, Any] = {"start_month": 1, "ramp_months": 0}
HELP = Scenario("Help", changes=(Change("commissioned_support", reach=1.0, **AT_ONCE),))
HARM = Scenario("Harm", changes=(Change("restorative_conferences", (("return", 1.4),), **AT_ONCE),))


@lru_cache
def worked_out(scenario: Scenario | None, months: int = 36, year: int = 2018, draws: int = 200, seed: int = 1) -> Run:
    start = start_of(TRAFFORD, year, draws)
    return run_scenario(start, scenario, WHAT_IF, noise_of(start, months, seed), seed)


def made(figures: Mapping[str, list[list[float]]]) -> Run:
    arrays = {name: np.array(values, dtype=float) for name, values in figures.items()}
    return Run(None, arrays, date(2018, 3, 31), len(next(iter(arrays.values()))))


# The opening view


@pytest.mark.parametrize(
    "scenario", [NO_EFFECT, Scenario("Settings alone", overlap_discount=0.9, coupling=1.0, months=60)]
)
def test_nothing_in_use_is_exactly_the_baseline(scenario: Scenario) -> None:
    baseline, opening = worked_out(None), worked_out(scenario)
    assert contents(opening.flows) == contents(baseline.flows)
    assert contents(opening.figures) == contents(baseline.figures)
    table = differences(baseline, opening, POLARITY, INDICATORS)
    assert table.select(pl.col("difference", "p10", "p90").abs().max()).row(0) == (0, 0, 0)
    assert table["p_lower"].null_count() == table["p_better"].null_count() == table.height


def test_an_idea_that_has_not_begun_changes_nothing_yet() -> None:
    later = Scenario("Later", changes=(Change("commissioned_support", reach=1.0, start_month=19, ramp_months=0),))
    one, other = worked_out(None), worked_out(later)
    for name in INDICATORS:
        np.testing.assert_array_equal(other.figures[name][:18], one.figures[name][:18], err_msg=name)
    assert (other.figures["plans_started_repeat"][35] != one.figures["plans_started_repeat"][35]).any()


def test_help_helps_and_harm_harms() -> None:
    for scenario, sign in ((HELP, -1), (HARM, 1)):
        table = differences(worked_out(None), worked_out(scenario), POLARITY, ("plans_started_repeat", REPEAT))
        assert (table["difference"].sign() == sign).all()
        for name in ("plans_started_repeat", REPEAT):
            assert table.filter(indicator=name)["difference"].abs().is_sorted()  # more and more of those who left
    told = differences(worked_out(None), worked_out(HELP), POLARITY, (REPEAT,)).filter(years=3).row(0, named=True)
    assert told["p_lower"] > 0.9
    assert told["p_higher"] < 0.1


def test_chance_cancels_from_the_difference() -> None:
    one, other = worked_out(None).figures[OPEN][35], worked_out(HELP).figures[OPEN][35]
    assert (other - one).std() < one.std() / 4


def test_the_same_seed_is_the_same_page() -> None:
    start = start_of(TRAFFORD, 2018, 60)
    one, again, other = (run_scenario(start, HELP, WHAT_IF, noise_of(start, 24, seed), seed) for seed in (1, 1, 2))
    assert contents(one.figures) == contents(again.figures)
    assert contents(one.figures) != contents(other.figures)


# How far ahead


@pytest.mark.parametrize("months", [1, 12, 36, 60, 120])
def test_a_run_is_as_long_as_its_noise(months: int) -> None:
    run = worked_out(HELP, months, draws=60)
    assert run.months == months
    assert {array.shape for array in run.figures.values()} == {(months, 60)}
    assert tuple(sorted(run.figures)) == tuple(sorted(INDICATORS))
    assert paths(run, SCENARIO, (OPEN,)).height == months
    told = differences(worked_out(None, months, draws=60), run, POLARITY, (OPEN,))["years"].to_list()
    assert told == [year for year in HORIZONS if 12 * year <= months]


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    np.testing.assert_array_equal(
        worked_out(HELP, 120, draws=60).figures[OPEN][:36], worked_out(HELP, 36, draws=60).figures[OPEN]
    )


def test_what_is_kept_of_a_run_is_the_ends_of_its_years() -> None:
    run = worked_out(HELP)
    kept = run.at_years()
    for name in INDICATORS:
        assert kept.figures[name].shape == (3, 200)
        for month in (12, 24, 36):
            np.testing.assert_array_equal(kept.at(name, month), run.figures[name][month - 1])
    assert (kept.months, kept.as_at, kept.flows) == (36, date(2018, 3, 31), None)
    two = [differences(base, other, POLARITY, INDICATORS) for base, other in
           ((worked_out(None), run), (worked_out(None).at_years(), kept))]  # fmt: skip
    assert two[0].equals(two[1])


# Whole children


def counts(draws: int, **values: float) -> dict[str, Array]:
    """Counts that are the same in every draw, in two months."""
    names = (
        "plans_open",
        "plans_open_2y_plus",
        "plans_started",
        "plans_started_repeat",
        "plans_ended",
        "plans_ended_2y_plus",
    )
    return {name: np.full((2, draws), values.get(name, 0.0)) for name in names}


@given(st.floats(0, 40), st.floats(0, 1), st.floats(0, 40), st.floats(0, 1), st.floats(0, 1), st.integers(0, 50))
@FEW
def test_whole_children_keep_every_mean(
    whole: float, long: float, started: float, repeats: float, ended_long: float, seed: int
) -> None:
    """Also where a part is nearly the whole: a part of nothing but long plans is never more than all of them."""
    exact = {
        "plans_open": whole,
        "plans_open_2y_plus": long * whole,
        "plans_started": started,
        "plans_started_repeat": repeats * started,
        "plans_ended": whole / 2,
        "plans_ended_2y_plus": ended_long * whole / 2,
    }
    found = whole_children(counts(20_000, **exact), seed)
    for name, value in exact.items():
        assert (found[name] == found[name].round()).all(), name
        assert found[name].mean() == pytest.approx(value, abs=0.02), name
        assert np.abs(found[name] - value).max() < (2 if name == "plans_started" else 1), name
    for part, total in (("plans_open_2y_plus", "plans_open"), ("plans_started_repeat", "plans_started"),
                        ("plans_ended_2y_plus", "plans_ended")):  # fmt: skip
        assert (found[part] <= found[total]).all()
        assert (found[part] >= 0).all()


def test_whole_numbers_stay_as_they_are() -> None:
    exact = counts(
        50, plans_open=250, plans_open_2y_plus=16, plans_started=240, plans_started_repeat=70, plans_ended=230
    )
    found = whole_children(exact, 1)
    for name, array in exact.items():
        np.testing.assert_array_equal(found[name], array)
    np.testing.assert_allclose(found[OPEN_LONG], 6.4)
    np.testing.assert_allclose(found[REPEAT], 100 * 70 / 240)


def test_percentages_are_those_of_the_whole_children_and_none_of_nobody() -> None:
    found = whole_children(
        counts(500, plans_open=0.4, plans_open_2y_plus=0.1, plans_started=10, plans_started_repeat=2.5), 3
    )
    none = found["plans_open"] == 0
    assert 0 < none.sum() < none.size
    np.testing.assert_array_equal(np.isnan(found[OPEN_LONG]), none)
    np.testing.assert_allclose(found[REPEAT], 100 * found["plans_started_repeat"] / found["plans_started"])
    assert np.isnan(found["ended_2y_plus_percent"]).all()


def test_each_draw_rounds_at_the_same_point_in_every_month_and_run() -> None:
    exact = counts(300, plans_open=10.5, plans_open_2y_plus=3.25, plans_started=7.75, plans_started_repeat=1.5)
    one, other = whole_children(exact, 4), whole_children(exact, 4)
    for name in exact:
        np.testing.assert_array_equal(one[name], other[name])
        np.testing.assert_array_equal(one[name][0], one[name][1])
    less = whole_children(exact | {"plans_open": exact["plans_open"] - 0.2}, 4)
    change = less["plans_open"] - one["plans_open"]
    assert set(np.unique(change)) == {-1, 0}
    np.testing.assert_array_equal(less["plans_started"], one["plans_started"])


# The ends of months


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2018, 3, 31), 1, date(2018, 4, 30)),
        (date(2018, 3, 31), 9, date(2018, 12, 31)),
        (date(2018, 3, 31), 11, date(2019, 2, 28)),
        (date(2019, 3, 31), 11, date(2020, 2, 29)),
        (date(2019, 3, 31), 12, date(2020, 3, 31)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 29)),
        (date(2018, 3, 31), 0, date(2018, 3, 31)),
        (date(1999, 11, 30), 3, date(2000, 2, 29)),
        (date(2099, 12, 31), 2, date(2100, 2, 28)),
    ],
)
def test_month_ends(start: date, months: int, end: date) -> None:
    assert month_end(start, months) == end


@given(st.dates(date(1990, 1, 1), date(2150, 12, 31)), st.integers(0, 240))
def test_a_month_end_is_the_last_day_so_many_months_on(start: date, months: int) -> None:
    end = month_end(start, months)
    assert end.day == monthrange(end.year, end.month)[1]
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert (end.month, end.day) != (2, 29) or isleap(end.year)


# Tables


def test_paths_are_the_spread_of_the_draws_month_by_month() -> None:
    run = worked_out(None)
    table = paths(run, BASELINE, (REPEAT, OPEN))
    assert table.schema == PATHS
    assert table.height == 72
    row = table.filter(indicator=OPEN, month=24).row(0, named=True)
    draws = run.figures[OPEN][23]
    assert (row["which"], row["month_end"]) == (BASELINE, date(2020, 3, 31))
    assert row["mean"] == pytest.approx(draws.mean())
    shares = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    assert [row[name] for name in SUMMARY[1:]] == pytest.approx(np.quantile(draws, shares).tolist())
    assert table.filter(indicator=REPEAT)["month"].to_list() == list(range(1, 37))


def test_a_percentage_that_is_not_there_is_null() -> None:
    nan = float("nan")
    table = paths(made({REPEAT: [[nan, nan], [10, nan]]}), BASELINE, (REPEAT,))
    assert table.row(0)[4:] == (None,) * len(SUMMARY)
    assert table["mean"].to_list() == [None, 10]


def test_no_indicators_are_an_empty_table() -> None:
    assert paths(worked_out(None), BASELINE, ()).schema == PATHS


def test_differences_by_hand() -> None:
    """At the end of the year: differences of -2, 0, 0, -4 and +1 in five draws."""
    months = [[50.0] * 5] * 11
    before = made({"plans_ended": [*months, [10, 20, 30, 40, 50]]})
    after = made({"plans_ended": [*months, [8, 20, 30, 36, 51]]})
    table = differences(before, after, {"plans_ended": "high"}, ("plans_ended",))
    assert table.schema == DIFFERENCES
    (row,) = table.rows(named=True)
    assert (row["indicator"], row["years"], row["baseline"], row["scenario"]) == ("plans_ended", 1, 30, 29)
    assert row["difference"] == -1
    assert (row["p10"], row["p90"]) == pytest.approx(tuple(np.quantile([-2, 0, 0, -4, 1], [0.1, 0.9])))
    assert (row["p_lower"], row["p_higher"]) == (0.4, 0.2)  # in two of the five it is the same
    assert row["p_better"] == 0.2


@pytest.mark.parametrize(("polarity", "better"), [("low", 0.75), ("high", 0.25), ("none", None)])
def test_better_is_what_the_indicator_says(polarity: str, better: float | None) -> None:
    before = made({OPEN: [[10.0, 10, 10, 10]] * 12})
    after = made({OPEN: [[10.0, 10, 10, 10]] * 11 + [[9, 8, 7, 11]]})
    (row,) = differences(before, after, {OPEN: polarity}, (OPEN,)).rows(named=True)
    assert (row["p_lower"], row["p_higher"]) == (0.75, 0.25)
    assert row["p_better"] == better


def test_where_every_draw_stays_the_same_there_are_no_chances() -> None:
    same = made({OPEN: [[10.0, 20]] * 12})
    (row,) = differences(same, same, {OPEN: "low"}, (OPEN,)).rows(named=True)
    assert (row["p_lower"], row["p_higher"], row["p_better"]) == (None, None, None)


def test_what_moves_only_one_way_has_no_chance_of_the_other() -> None:
    before, after = made({OPEN: [[10.0, 20, 30]] * 12}), made({OPEN: [[10.0, 19, 30]] * 12})
    (row,) = differences(before, after, {OPEN: "high"}, (OPEN,)).rows(named=True)
    assert (row["p_lower"], row["p_higher"], row["p_better"]) == (pytest.approx(1 / 3), 0, 0)


def test_a_draw_without_a_percentage_in_either_run_is_left_out() -> None:
    nan = float("nan")
    before, after = made({REPEAT: [[20.0, nan, 40, 30]] * 12}), made({REPEAT: [[10.0, 50, nan, 30]] * 12})
    (row,) = differences(before, after, {REPEAT: "low"}, (REPEAT,)).rows(named=True)
    assert (row["baseline"], row["scenario"], row["difference"]) == (25, 20, -5)
    assert (row["p_lower"], row["p_higher"]) == (0.5, 0)  # of the two draws that are left one is the same


def test_the_means_of_a_difference_are_those_of_the_two_runs() -> None:
    baseline, other = worked_out(None), worked_out(HELP)
    for row in differences(baseline, other, POLARITY, ("plans_started_repeat", OPEN)).iter_rows(named=True):
        month = 12 * row["years"]
        assert row["baseline"] == pytest.approx(baseline.mean(row["indicator"], month))
        assert row["scenario"] - row["baseline"] == pytest.approx(row["difference"])


# What is hidden at the start stays a range


def test_hidden_long_plans_stay_a_range_on_the_page() -> None:
    """Trafford in 2025: 1 to 5 long plans at the start, and no month tells the figure to within less than that.

    By the end of a month parts of a child have joined and left, so the middle 80% can be one child narrower.
    """
    start = start_of(TRAFFORD, 2025, 1000)
    run = run_scenario(start, None, WHAT_IF, noise_of(start, 12, 1), 1)
    months = paths(run, BASELINE, ("plans_open_2y_plus",))
    assert (months["p90"] - months["p10"]).min() >= 3  # type: ignore[operator]
    assert (months["p97_5"] - months["p2_5"]).min() >= 4  # type: ignore[operator]


def test_hidden_re_plans_stay_a_range_on_the_page() -> None:
    """Kensington and Chelsea in 2020: 1 to 5 re-plans in the year before; the first month holds eleven twelfths."""
    start = start_of("207", 2020, 1000)
    run = run_scenario(start, None, WHAT_IF, noise_of(start, 12, 1), 1)
    first = paths(run, BASELINE, ("plans_started_repeat",)).row(0, named=True)
    assert first["p97_5"] - first["p2_5"] >= 4
