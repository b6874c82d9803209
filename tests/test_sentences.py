"""Sentences: true for published figures, silent about hidden ones, and never broken, for every area and year."""

from dataclasses import replace

import pytest

from explorer.benchmarks.change import Change, change
from explorer.benchmarks.position import Comparison, Position
from explorer.config import Indicator
from explorer.sentences import changes, figures, groups
from explorer.world import World
from tests.fixtures import (
    CITY_OF_LONDON,
    ENDED_LONG,
    GROUP,
    HACKNEY,
    OPEN,
    OPEN_LONG,
    REPEAT,
    STOCKPORT,
    TRAFFORD,
    ZERO,
    shipped_world,
)

SHARES = (REPEAT, OPEN_LONG, ENDED_LONG)


@pytest.fixture(scope="module")
def world() -> World:
    return shipped_world()


def placed(area: str, indicator: str, year: int, group: str = GROUP) -> tuple[Position, Indicator, str]:
    world = shipped_world()
    found = world.position(area, indicator, year, group)
    return found, world.config.indicators[indicator], world.areas.label(area)


def own(area: str, indicator: str, year: int) -> str:
    found, entry, name = placed(area, indicator, year)
    return figures.own_figure(found.figure, entry, name, year)


def moved(area: str, indicator: str, year: int) -> Change | None:
    found, entry, _ = placed(area, indicator, year)
    return change(placed(area, indicator, year - 1)[0].figure, found.figure, entry.scale)


def test_a_published_figure_is_said_with_its_counts() -> None:
    assert own(TRAFFORD, REPEAT, 2018) == (
        "Trafford, in the year to March 2018: 76 of 261 plans started were second or later plans (29.1%)."
    )
    assert own(TRAFFORD, OPEN_LONG, 2018) == (
        "Trafford, at 31 March 2018: 17 of 259 open plans had lasted two years or more (6.6%)."
    )
    assert own(TRAFFORD, OPEN, 2018) == "Trafford, at 31 March 2018: 259 plans were open."


def test_an_estimated_denominator_is_said_to_be_about_right() -> None:
    assert "20 of about 255 plans that ended" in own(TRAFFORD, ENDED_LONG, 2025)


def test_a_hidden_figure_is_said_in_words_with_its_range() -> None:
    said = own(TRAFFORD, OPEN_LONG, 2025)
    assert said.startswith("Trafford's figure, at 31 March 2025, is hidden, because it or a figure beside it is")
    assert "1 to 5 of 155" in said
    assert "0.6% to 3.2%" in said
    assert "could be higher" in said
    assert not ZERO.search(said)


def test_a_hidden_count_is_said_with_its_range() -> None:
    assert own(CITY_OF_LONDON, OPEN, 2018).endswith("If it is itself a small number it is 1 to 5.")


def test_a_hidden_figure_without_counts_has_no_range() -> None:
    hidden = shipped_world().table.filter(indicator="reviews_on_time_percent", period=2018, status="suppressed")
    assert own(hidden["area"][0], "reviews_on_time_percent", 2018).endswith(
        "The source does not give the counts, so its range is not known."
    )


@pytest.mark.parametrize(
    ("area", "indicator", "year", "why"),
    [
        (HACKNEY, REPEAT, 2022, "not available"),
        ("835", REPEAT, 2025, "the authority did not exist then"),
        ("940", OPEN, 2018, "the authority did not exist then"),
        (CITY_OF_LONDON, OPEN_LONG, 2023, "not applicable, because there was nothing to count"),
        ("850", OPEN_LONG, 2024, "withheld by DfE as unreliable"),
    ],
)
def test_no_figure_is_said_with_its_reason(area: str, indicator: str, year: int, why: str) -> None:
    said = own(area, indicator, year)
    assert " has no figure for this, " in said
    assert said.endswith(f": {why}.")


@pytest.mark.parametrize(
    ("area", "indicator", "year", "cell", "large"),
    [
        (TRAFFORD, REPEAT, 2018, "29.1%", "29.1%"),
        (TRAFFORD, OPEN_LONG, 2025, "hidden: 0.6% to 3.2%", "Hidden"),
        (HACKNEY, REPEAT, 2022, "not available", "No figure"),
        (CITY_OF_LONDON, OPEN, 2018, "hidden: 1 to 5", "Hidden"),
        ("940", OPEN, 2018, "the authority did not exist then", "No figure"),
    ],
)
def test_a_figure_is_short_in_a_cell_and_shorter_in_large_type(
    area: str, indicator: str, year: int, cell: str, large: str
) -> None:
    found, entry, _ = placed(area, indicator, year)
    assert figures.shown(found.figure, entry) == cell
    assert figures.headline(found.figure, entry) == large


@pytest.mark.parametrize(
    ("area", "indicator", "year", "title"),
    [
        (TRAFFORD, REPEAT, 2018, "Re-plans: Trafford was higher than 9 of 10 neighbours"),
        (TRAFFORD, OPEN_LONG, 2025, "Open plans of two years or more: Trafford's figure is hidden"),
        (HACKNEY, REPEAT, 2022, "Re-plans: no figure for Hackney"),
        ("835", REPEAT, 2025, "Re-plans: no figure for Dorset (until 2019)"),
    ],
)
def test_a_title_is_the_finding(world: World, area: str, indicator: str, year: int, title: str) -> None:
    assert groups.title(placed(area, indicator, year)[0], world.config, world.areas) == title


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Comparison(9, 0, 1, 0), "higher than 9 of 10 neighbours"),
        (Comparison(10, 0, 0, 0), "higher than all 10 neighbours"),
        (Comparison(0, 0, 10, 0), "lower than all 10 neighbours"),
        (Comparison(2, 0, 8, 0), "lower than 8 of 10 neighbours"),
        (Comparison(5, 0, 5, 0), "higher than 5 of 10 neighbours"),
        (Comparison(2, 3, 5, 0), "lower than 5 of 10 neighbours"),
        (Comparison(4, 0, 3, 3), "higher than 4 of 10 neighbours (3 cannot be told)"),
        (Comparison(0, 10, 0, 0), "level with 10 of 10 neighbours"),
        (Comparison(0, 0, 0, 10), "not comparable with any of 10 neighbours"),
        (Comparison(0, 1, 0, 9), "level with 1 of 10 neighbours (9 cannot be told)"),
    ],
)
def test_a_standing_counts_the_members(told: Comparison, said: str) -> None:
    assert groups.standing(replace(placed(TRAFFORD, REPEAT, 2018)[0], comparison=told)) == said


def test_a_group_is_said_with_how_many_have_a_figure(world: World) -> None:
    assert groups.group_sentence(placed(TRAFFORD, REPEAT, 2018)[0], world.config) == (
        "The median of statistical neighbours is 21.5% and the mean is 22.1%, from 10 of 10."
    )
    assert groups.group_sentence(placed(TRAFFORD, OPEN_LONG, 2025)[0], world.config) == (
        "The median of statistical neighbours is 2.7% and the mean is 3.0%, from 4 of 10. Taking the 6 hidden "
        "counts as 1 to 5, the median is 0.5% to 2.1% and the mean 1.4% to 2.2%."
    )


def test_a_group_without_members_says_why(world: World) -> None:
    picked = world.position(TRAFFORD, REPEAT, 2018, "custom", [])
    assert groups.group_sentence(picked, world.config).startswith("No authorities are picked yet.")
    assert "2025 model has no neighbours" in groups.group_sentence(placed("835", REPEAT, 2018)[0], world.config)


def test_england_and_the_ranks_are_said(world: World) -> None:
    found, _, name = placed(TRAFFORD, REPEAT, 2018)
    assert groups.england_sentence(found, world.config) == "England: 20.2%."
    assert groups.rank_sentence(found, world.config, name).startswith(
        "With the lowest figure first, Trafford is 10th of 11 in this group and "
    )
    best_first = world.position(TRAFFORD, "reviews_on_time_percent", 2018, GROUP)
    assert groups.rank_sentence(best_first, world.config, name).startswith("With the highest figure first, ")


def test_the_rank_of_a_hidden_figure_is_a_range(world: World) -> None:
    found, _, name = placed(TRAFFORD, OPEN_LONG, 2025)
    assert "Trafford is between 1st and 9th of 11 in this group" in groups.rank_sentence(found, world.config, name)


def test_a_measure_without_a_good_direction_has_no_rank(world: World) -> None:
    found, _, name = placed(TRAFFORD, OPEN, 2018)
    assert groups.rank_sentence(found, world.config, name) == ""


def test_a_change_is_said_with_whether_chance_explains_it() -> None:
    entries = shipped_world().config.indicators
    assert changes.change_sentence(moved(TRAFFORD, REPEAT, 2018), entries[REPEAT]) == (
        "Up 9.8 percentage points on the year before, from 19.3% (51 of 264). The likely range of the change "
        "is 2.5 down to 21.8 up: chance alone could explain it."
    )
    assert changes.change_sentence(moved(TRAFFORD, OPEN, 2018), entries[OPEN]) == ("Up 1 on the year before, from 258.")
    assert changes.change_sentence(moved(TRAFFORD, OPEN_LONG, 2025), entries[OPEN_LONG]) == (
        "No change can be given: this year or the year before is not published."
    )


# --- Every authority and year ----------------------------------------------------------------------------------


def test_a_pooled_rate_says_how_many_it_is_from(world: World) -> None:
    """Inner London 2018: the City of London has 0.0% of a hidden number of open plans."""
    found = world.position("202", OPEN_LONG, 2018, "region")
    pooled = [member for member in found.members if member.numerator is not None and member.base]
    assert len(pooled) == found.pooled_from < found.contributing
    assert f"Counting {len(pooled)} authorities together" in groups.pooled_sentence(found, world.config)


@pytest.mark.parametrize("area", [TRAFFORD, STOCKPORT])
def test_a_position_is_one_paragraph(world: World, area: str) -> None:
    said = groups.position_sentence(placed(area, REPEAT, 2018)[0], world.config, world.areas)
    assert said.startswith(f"{world.areas.label(area)}, in the year to March 2018: ")
    assert "England: 20.2%." in said
    assert "\n" not in said
