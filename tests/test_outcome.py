"""What is kept of a run: the same figures as the whole run has, what two outcomes differ by, and the years behind."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from explorer.models.explain import workload
from explorer.models.flow import INDICATORS
from explorer.models.outcome import DRAWN, TOLD, Outcome, changes, history, outcome
from explorer.models.scenarios import NO_EFFECT, Change, Scenario
from explorer.models.what_if import BASELINE, PATHS, SCENARIO, Run, differences, noise_of, paths, run_scenario
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, TRAFFORD, shipped_world, start_of

WORLD = shipped_world()
WHAT_IF = WORLD.models.what_if
POLARITY: Mapping[str, str] = {name: WORLD.config.indicators[name].polarity for name in TOLD}
PLANNED = Scenario("Planned", changes=(Change("restorative_conferences"), Change("smarter_plans")))


@lru_cache
def kept(scenario: Scenario | None, months: int = 36, drawn: tuple[str, ...] = DRAWN) -> Outcome:
    start = start_of(TRAFFORD, 2018)
    return outcome(start, scenario, WHAT_IF, noise_of(start, months, 1), 1, drawn)


@lru_cache
def whole(scenario: Scenario | None, months: int = 36) -> Run:
    start = start_of(TRAFFORD, 2018)
    return run_scenario(start, scenario, WHAT_IF, noise_of(start, months, 1), 1)


# What is kept


@pytest.mark.parametrize(("scenario", "which"), [(None, BASELINE), (PLANNED, SCENARIO), (NO_EFFECT, SCENARIO)])
def test_the_paths_are_those_of_the_whole_run(scenario: Scenario | None, which: str) -> None:
    found = kept(scenario).paths
    assert found.schema == PATHS
    assert found.equals(paths(whole(scenario), which, DRAWN))


@pytest.mark.parametrize("drawn", [(), (OPEN,), (REPEAT, OPEN_LONG)])
def test_only_the_measures_asked_for_have_their_months(drawn: tuple[str, ...]) -> None:
    found = kept(PLANNED, drawn=drawn)
    assert tuple(found.paths["indicator"].unique(maintain_order=True)) == drawn
    assert found.paths.height == 36 * len(drawn)
    for name in INDICATORS:  # the ends of the years are there of all of them
        np.testing.assert_array_equal(found.run.at(name, 36), whole(PLANNED).figures[name][35])


def test_of_the_run_the_ends_of_the_years_are_kept_and_no_flows() -> None:
    run = kept(PLANNED).run
    assert run.flows is None
    assert (run.kept, run.months, run.as_at) == ((12, 24, 36), 36, date(2018, 3, 31))
    assert {array.shape for array in run.figures.values()} == {(3, 200)}
    for month in (12, 24, 36):
        assert run.mean(REPEAT, month) == whole(PLANNED).mean(REPEAT, month)


@pytest.mark.parametrize("months", [12, 36, 120])
def test_the_work_of_each_year_ahead(months: int) -> None:
    found = kept(PLANNED, months).work
    assert tuple(found) == tuple(range(1, months // 12 + 1))
    for year, work in found.items():
        assert work == workload(whole(PLANNED, months), WHAT_IF, 12 * year)


# What one changes about another


def test_changes_are_the_differences_of_the_whole_runs() -> None:
    found = changes(kept(None), kept(PLANNED), POLARITY)
    assert found.equals(differences(whole(None), whole(PLANNED), POLARITY, TOLD))
    assert found["indicator"].unique(maintain_order=True).to_list() == list(TOLD)


@pytest.mark.parametrize(("months", "years"), [(12, [1]), (24, [1, 2]), (36, [1, 2, 3]), (60, [1, 2, 3, 5])])
def test_changes_are_told_after_one_two_three_and_all_years(months: int, years: list[int]) -> None:
    found = changes(kept(None, months), kept(PLANNED, months), POLARITY)
    assert found.filter(indicator=OPEN)["years"].to_list() == years


def test_nothing_changes_about_itself() -> None:
    for other in (kept(None), kept(NO_EFFECT)):
        found = changes(kept(None), other, POLARITY)
        assert found.select(pl.col("difference", "p10", "p90").abs().max()).row(0) == (0, 0, 0)
        assert found["p_lower"].null_count() == found.height


def test_the_other_way_round_it_is_the_opposite() -> None:
    one, back = changes(kept(None), kept(PLANNED), POLARITY), changes(kept(PLANNED), kept(None), POLARITY)
    np.testing.assert_allclose(one["difference"], -back["difference"])
    np.testing.assert_allclose(one["p10"], -back["p90"])
    np.testing.assert_array_equal(one["p_lower"], back["p_higher"])
    np.testing.assert_array_equal(one["p_higher"], back["p_lower"])


# The years behind


def behind(names: tuple[str, ...], as_at: int, until: int, area: str = TRAFFORD) -> pl.DataFrame:
    return history(WORLD.table, area, names, date(as_at, 3, 31), date(until, 3, 31))


def test_the_published_years_up_to_a_day() -> None:
    found = behind((OPEN,), 2018, 2020).sort("month_end")
    assert found.columns == ["indicator", "month_end", "value", "least", "most", "after"]
    assert found["month_end"].to_list() == [date(year, 3, 31) for year in range(2013, 2021)]
    assert found["after"].to_list() == [False] * 6 + [True] * 2
    row = found.row(by_predicate=pl.col("month_end") == date(2018, 3, 31), named=True)
    assert (row["value"], row["after"]) == (259, False)


def test_a_year_that_ends_after_the_day_is_left_out() -> None:
    args = (WORLD.table, TRAFFORD, (OPEN,), date(2018, 3, 31))
    assert history(*args, date(2020, 3, 30))["month_end"].max() == date(2019, 3, 31)
    assert history(*args, date(2020, 3, 31))["month_end"].max() == date(2020, 3, 31)
    assert history(*args, date(2010, 1, 1)).is_empty()


def test_other_areas_and_measures_are_left_out() -> None:
    found = behind((OPEN, REPEAT), 2018, 2025)
    assert set(found["indicator"]) == {OPEN, REPEAT}
    mine = WORLD.table.filter(pl.col("indicator").is_in([OPEN, REPEAT]), area=TRAFFORD)
    assert sorted(found["value"].drop_nulls()) == sorted(mine["value"].drop_nulls())
    assert behind((), 2018, 2025).is_empty()


def test_a_hidden_year_has_its_range_and_a_missing_one_no_row() -> None:
    """Trafford's share of long plans in 2025 is hidden; Hackney published nothing for 2021 and 2022."""
    row = behind((OPEN_LONG,), 2018, 2025).row(by_predicate=pl.col("month_end") == date(2025, 3, 31), named=True)
    assert row["value"] is None
    assert (row["least"], row["most"]) == (pytest.approx(100 / 155), pytest.approx(500 / 155))
    years = {end.year for end in behind((OPEN,), 2018, 2025, "204")["month_end"]}
    assert {2020, 2023} <= years
    assert not {2021, 2022} & years
