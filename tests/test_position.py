"""Position: the figures that the project has to show, LAIT's rules re-implemented, and bounds by brute force."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from statistics import fmean, median

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.areas import Area, Areas, Comparators
from explorer.benchmarks.position import Position, position
from explorer.config import Indicator
from explorer.errors import SelectionError
from explorer.schema import INDICATORS
from explorer.wording import half_up
from explorer.world import World
from tests.fixtures import (
    ENDED_LONG,
    GROUP,
    HACKNEY,
    OPEN,
    OPEN_LONG,
    REPEAT,
    TRAFFORD,
    shipped_world,
)


@pytest.fixture(scope="module")
def world() -> World:
    return shipped_world()


# Trafford, year ending March 2018, 2025 neighbours: the figures of the slides, DfE and LAIT
SHOWN = [
    (REPEAT, 29.1, 76, 261, 22.05, 21.5, 10, 20.2),
    (OPEN_LONG, 6.6, 17, 259, 2.00, None, 9, 1.8),
    (ENDED_LONG, 10.1, 26, 257, 4.01, None, 8, 3.4),
]


@pytest.mark.parametrize(("indicator", "value", "part", "whole", "mean", "middle", "contributing", "england"), SHOWN)
def test_trafford_in_2018_stands_as_published(
    world: World,
    indicator: str,
    value: float,
    part: int,
    whole: int,
    mean: float,
    middle: float | None,
    contributing: int,
    england: float,
) -> None:
    found = world.position(TRAFFORD, indicator, 2018, GROUP)
    assert (found.figure.value, found.figure.numerator, found.figure.denominator) == (value, part, whole)
    assert found.mean is not None
    assert round(found.mean, 2) == mean
    assert middle is None or found.median == pytest.approx(middle)
    assert (found.contributing, found.group_size) == (contributing, 10)
    assert found.england.value == england


def test_hidden_open_plans_of_trafford_in_2025_are_a_range(world: World) -> None:
    found = world.position(TRAFFORD, OPEN_LONG, 2025, GROUP)
    assert (found.figure.value, found.figure.status, found.figure.base) == (None, "suppressed", 155)
    assert found.figure.bounds == pytest.approx((100 / 155, 500 / 155))
    assert (found.contributing, found.group_size, found.bounded) == (4, 10, 10)
    assert found.mean == pytest.approx(2.95)  # LAIT drops the hidden ones
    assert found.median is not None
    assert half_up(found.median) == Decimal("2.7")  # as the CSC dashboard shows it
    assert found.mean_bounds == pytest.approx((1.4, 2.2), abs=0.05)
    assert found.rank.place is None
    assert found.england.value == 2.3


def test_a_figure_that_is_not_available_has_no_bounds_and_no_rank(world: World) -> None:
    found = world.position(HACKNEY, REPEAT, 2022, GROUP)
    assert found.figure.status == "not_available"
    assert found.figure.bounds is None
    assert (found.rank.place, found.rank.best, found.rank.worst) == (None, None, None)
    assert found.comparison.unknown == 10
    assert found.mean is not None


def test_a_year_before_the_authority_existed_says_so(world: World) -> None:
    found = world.position("940", REPEAT, 2018, GROUP)
    assert (found.figure.status, found.figure.value, found.rank.place) == ("no_authority", None, None)


def test_the_pooled_rate_counts_the_plans_together(world: World) -> None:
    found = world.position(TRAFFORD, REPEAT, 2018, GROUP)
    parts = [member.numerator for member in found.members if member.numerator is not None]
    wholes = [member.denominator for member in found.members if member.denominator is not None]
    assert len(parts) == len(wholes) == 10
    assert found.pooled == pytest.approx(100 * sum(parts) / sum(wholes))


def test_an_indicator_without_counts_has_no_pooled_rate(world: World) -> None:
    found = world.position(TRAFFORD, "reviews_on_time_percent", 2018, GROUP)
    assert found.pooled is None
    assert found.mean is not None


def test_a_measure_without_a_good_direction_has_no_rank(world: World) -> None:
    found = world.position(TRAFFORD, OPEN, 2018, GROUP)
    assert (found.rank.place, found.rank.best, found.england_rank.place) == (None, None, None)


def test_a_group_picked_by_hand_is_compared_alone(world: World) -> None:
    found = world.position(TRAFFORD, REPEAT, 2018, "custom", ["356"])
    assert [member.area for member in found.members] == ["356"]
    assert found.mean == found.median == found.members[0].value


def test_an_empty_group_has_no_average_but_keeps_the_figure(world: World) -> None:
    found = world.position(TRAFFORD, REPEAT, 2018, "custom", [])
    assert (found.group_size, found.mean, found.median, found.pooled, found.mean_bounds) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert found.figure.value == 29.1
    assert (found.rank.place, found.rank.of) == (1, 1)


def test_a_year_without_any_figure_of_the_indicator_is_told(world: World) -> None:
    with pytest.raises(SelectionError, match="'reviews_on_time_percent' has no published figures for 2013"):
        world.position(TRAFFORD, "reviews_on_time_percent", 2013, GROUP)


def test_an_unknown_indicator_is_told_with_the_ones_there_are(world: World) -> None:
    with pytest.raises(SelectionError, match="There is no indicator 'nothing'; allowed: repeat_plan_percent, "):
        world.position(TRAFFORD, "nothing", 2018, GROUP)


# --- Bounds by trying every value that the hidden counts can have ----------------------------------------------

Cell = tuple[int, int | None]  # how many plans, and how many of them counted; None is hidden


def _share(counted: int, plans: int) -> float:
    return 100 * counted / plans


def _row(area: str, cell: Cell) -> dict[str, object]:
    plans, counted = cell
    row: dict[str, object] = dict.fromkeys(INDICATORS)
    row |= {"indicator": REPEAT, "area": area, "period": 2018, "period_kind": "year", "source": "test"}
    if counted is None:
        ends = {"least": _share(1, plans), "most": _share(5, plans)}
        return row | {"status": "suppressed", "denominator": plans, "base": plans} | ends
    return row | {
        "status": "published",
        "value": _share(counted, plans),
        "numerator": counted,
        "denominator": plans,
        "base": plans,
    }


def _placed(own: Cell, members: list[Cell], polarity: str) -> Position:
    """``position`` of authority 'own' among some members, all made of counts."""
    cells = {"own": own, **{f"member {number}": cell for number, cell in enumerate(members)}}
    table = pl.DataFrame([_row(area, cell) for area, cell in cells.items()], schema=INDICATORS)
    known = {code: Area(code, "local_authority", code, code, "Region", 2013, 2025) for code in cells}
    known["E92000001"] = Area("E92000001", "country", "England", "England", None, 2013, 2025)
    entry: Indicator = shipped_world().config.indicators[REPEAT].model_copy(update={"polarity": polarity})
    group = Comparators("custom", "Group", "group", "member", tuple(code for code in cells if code != "own"))
    return position(table, Areas(known, (), {}), (REPEAT, entry), "own", 2018, group)


def _possible(cell: Cell) -> list[float]:
    plans, counted = cell
    return [_share(number, plans) for number in (range(1, 6) if counted is None else (counted,))]


cells = st.builds(
    lambda plans, share, hidden: (plans, None if hidden else round(share * plans)),
    plans=st.sampled_from([5, 8, 10, 20, 40, 100]),
    share=st.floats(0, 1),
    hidden=st.booleans(),
)


@settings(max_examples=120)
@given(own=cells, members=st.lists(cells, min_size=1, max_size=4), polarity=st.sampled_from(["low", "high"]))
def test_bounds_are_the_ends_of_everything_that_hidden_counts_allow(
    own: Cell, members: list[Cell], polarity: str
) -> None:
    found = _placed(own, members, polarity)
    means, middles, places = set(), set(), set()
    standings: list[set[int]] = [set() for _ in members]
    for mine, *others in product(_possible(own), *(_possible(member) for member in members)):
        means.add(fmean(others))
        middles.add(median(others))
        better = (other < mine if polarity == "low" else other > mine for other in others)
        places.add(1 + sum(better))
        for seen, other in zip(standings, others, strict=True):
            seen.add((other > mine) - (other < mine))
    assert found.mean_bounds == pytest.approx((min(means), max(means)))
    assert found.median_bounds == pytest.approx((min(middles), max(middles)))
    assert (found.rank.best, found.rank.worst) == (min(places), max(places))
    assert found.rank.of_bounded == len(members) + 1
    told = found.comparison
    assert told.lower == standings.count({-1})
    assert told.higher == standings.count({1})
    assert told.level == standings.count({0})
    assert told.unknown == sum(len(seen) > 1 for seen in standings)
    assert found.england_rank == found.rank  # here the members are all of England


@settings(max_examples=60)
@given(own=cells, members=st.lists(cells, min_size=1, max_size=8))
def test_the_order_of_the_members_does_not_matter(own: Cell, members: list[Cell]) -> None:
    forwards, backwards = _placed(own, members, "low"), _placed(own, members[::-1], "low")
    assert forwards.rank == backwards.rank
    assert forwards.comparison == backwards.comparison
    for name in ("mean", "median", "pooled", "mean_bounds", "median_bounds"):
        left, right = getattr(forwards, name), getattr(backwards, name)
        assert left == right or left == pytest.approx(right)


def test_ties_share_the_better_place() -> None:
    tied: Mapping[str, int | None] = {
        polarity: _placed((10, 3), [(10, 3), (10, 3), (10, 1), (10, 9)], polarity).rank.place
        for polarity in ("low", "high")
    }
    assert tied == {"low": 2, "high": 2}


def test_a_hidden_member_without_a_range_leaves_the_mean_open_and_the_median_of_many_hardly(world: World) -> None:
    found = world.position(TRAFFORD, "reviews_on_time_percent", 2018, "england")
    assert any(member.status == "suppressed" and member.bounds is None for member in found.members)
    assert found.mean is not None
    assert found.mean_bounds is None
    unknown = [member for member in found.members if member.status == "suppressed" and member.bounds is None]
    known = sorted(member.value for member in found.members if member.value is not None)
    ends = [median([*known, *(end for _ in unknown)]) for end in (-1.0, 101.0)]  # whatever the unknown ones are
    assert found.median_bounds == (ends[0], ends[1])


def test_a_median_is_open_where_the_middle_itself_is_unknown(world: World) -> None:
    """Of three members two are hidden without a range: the middle can be anything."""
    found = world.position(TRAFFORD, "reviews_on_time_percent", 2018, "england")
    hidden = [member for member in found.members if member.status == "suppressed" and member.bounds is None]
    assert hidden
    one = world.position(TRAFFORD, "reviews_on_time_percent", 2018, "custom", [hidden[0].area])
    assert one.median_bounds is None
