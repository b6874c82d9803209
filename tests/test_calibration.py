"""Calibration: rates give back the published counts, hidden counts stay ranges, nothing impossible comes out."""

import polars as pl
import pytest

from explorer.errors import SelectionError
from explorer.models.calibration import Calibration, calibrate
from explorer.models.plan_flow import long_run
from explorer.world import World
from tests.fixtures import CITY_OF_LONDON, HACKNEY, TRAFFORD, counted, shipped_world


@pytest.fixture(scope="module")
def world() -> World:
    return shipped_world()


def of(world: World, area: str, year: int) -> Calibration:
    return calibrate(world.table, world.config, area, world.areas.label(area), year)


def test_the_baseline_gives_back_the_published_figures_of_trafford_in_2018(world: World) -> None:
    found = long_run(of(world, TRAFFORD, 2018).flow)
    assert found.plans_started == pytest.approx(261)
    assert found.plans_started_repeat == pytest.approx(76)
    assert found.plans_open == pytest.approx(259)
    assert found.plans_open_2y_plus == pytest.approx(17)
    shares = (found.repeat_plan_percent, found.open_2y_plus_percent, found.ended_2y_plus_percent)
    assert [round(share, 1) for share in shares] == [29.1, 6.6, 10.1]


def test_the_counts_behind_it_are_the_published_ones(world: World) -> None:
    found = of(world, TRAFFORD, 2018)
    assert {item.measure: item.value for item in found.counts} == {
        "plans_started": 261,
        "plans_started_repeat": 76,
        "plans_open": 259,
        "plans_open_1y_plus": 55 + 17,
        "plans_open_2y_plus": 17,
        "plans_ended": 257,
        "plans_ended_1y_plus": 67 + 26,
        "plans_ended_2y_plus": 26,
    }
    assert not any(item.hidden for item in found.counts)
    assert found.notes == ()


def test_the_corners_take_the_two_shares_to_the_ends_of_their_ranges(world: World) -> None:
    found = of(world, TRAFFORD, 2018)
    assert len(found.corners) == 4
    row = world.table.filter(indicator="repeat_plan_percent", area=TRAFFORD, period=2018).row(0, named=True)
    repeats = sorted({100 * corner.repeat_share for corner in found.corners})
    assert repeats == pytest.approx([row["lower"], row["upper"]])
    reaches = sorted({corner.reach_two_years / corner.reach_one_year for corner in found.corners})
    assert reaches[0] < 26 / 93 < reaches[1]
    assert {corner.reach_one_year for corner in found.corners} == {found.flow.reach_one_year}


def test_two_hidden_bands_leave_their_sum_known(world: World) -> None:
    found = of(world, TRAFFORD, 2025)
    over_one = counted(found, "plans_open_1y_plus")
    assert (over_one.least, over_one.value, over_one.most) == (27, 27, 27)
    assert not over_one.hidden


def test_a_hidden_count_is_carried_as_a_range(world: World) -> None:
    found = of(world, TRAFFORD, 2025)
    over_two = counted(found, "plans_open_2y_plus")
    assert (over_two.least, over_two.value, over_two.most, over_two.hidden) == (1, 3, 5, True)
    ends = {round(long_run(corner).plans_open_2y_plus, 6) for corner in found.corners}
    assert ends == {1.0, 5.0}
    assert any("Hidden counts are taken at the middle" in note for note in found.notes)


def test_figures_of_an_earlier_year_are_used_and_said(world: World) -> None:
    found = of(world, TRAFFORD, 2025)
    assert (counted(found, "plans_started").year, counted(found, "plans_ended").year) == (2025, 2024)
    assert "For ended plans the figures of 2024 are used: those of 2025 are not all published." in found.notes


def test_a_year_that_was_not_published_falls_back_and_never_forward(world: World) -> None:
    """Hackney did not publish 2021 and 2022."""
    assert {item.year for item in of(world, HACKNEY, 2022).counts} == {2020}
    earlier = world.table.filter(pl.col("period") <= 2018)
    assert calibrate(earlier, world.config, TRAFFORD, "Trafford", 2018) == of(world, TRAFFORD, 2018)


@pytest.mark.parametrize(
    ("area", "year", "start"),
    [
        (CITY_OF_LONDON, 2018, "City of London started fewer than 20 plans in the year to March 2018."),
        ("420", 2018, "Isles of Scilly started fewer than 20 plans in the year to March 2018."),
        ("940", 2018, "North Northamptonshire did not exist in 2018"),
    ],
)
def test_too_little_to_go_on_is_told_in_a_sentence(world: World, area: str, year: int, start: str) -> None:
    with pytest.raises(SelectionError) as caught:
        of(world, area, year)
    (sentence,) = caught.value.faults
    assert sentence.startswith(start)
    assert " Pick " in sentence


def test_a_hidden_second_year_keeps_at_least_one_plan(world: World) -> None:
    """Darlington 2014: 3 plans of a year or more in two hidden bands, so two years or more is 1 or 2, not 3."""
    found = of(world, "841", 2014)
    assert counted(found, "plans_open_1y_plus").value == 3
    assert counted(found, "plans_open_2y_plus").most == 2
    assert counted(found, "plans_open_2y_plus").value < 3
