"""Ranges at every size: those of the standing at its own size, and each authority on the side where it is drawn."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.benchmarks.around import MARGIN, Around, around
from explorer.benchmarks.position import Position
from explorer.benchmarks.standing import Everyone, everyone, limits_at, middle, standing
from tests.fixtures import CITY_OF_LONDON, GROUP, HACKNEY, OPEN_LONG, REPEAT, TRAFFORD, shipped_world


def everybody(area: str, indicator: str, year: int) -> tuple[Position, Everyone]:
    """An authority among all of England, and how they differ."""
    world = shipped_world()
    england, rules = world.position(area, indicator, year, "england"), world.config.benchmarks
    scale = world.config.indicators[indicator].scale
    return england, everyone(england, scale, rules.standing, rules.uncertainty.design_effect)


def ranges(area: str, indicator: str, year: int, group: str = GROUP) -> tuple[Position, Around, Everyone]:
    england, differ = everybody(area, indicator, year)
    found = shipped_world().position(area, indicator, year, group)
    return found, around(found, england, differ), differ


def test_the_ranges_at_the_authoritys_size_are_those_of_its_standing() -> None:
    for indicator in (REPEAT, OPEN_LONG, "plans_open_per_10k"):
        found, drawn, differ = ranges(TRAFFORD, indicator, 2018)
        judged = standing(found, differ, None, None)
        (own,) = (one for one in drawn.lying if one.figure.area == TRAFFORD)
        assert own.usual == pytest.approx(judged.usual)
        assert own.far == pytest.approx(judged.far)
        assert own.place == "within"


def test_the_lines_pass_through_the_ranges_and_go_from_the_smallest_to_the_largest() -> None:
    found, drawn, differ = ranges(TRAFFORD, REPEAT, 2018)
    bases = [one.figure.base for one in drawn.lying if one.figure.base]
    assert drawn.sizes[0] == pytest.approx(min(bases) / MARGIN)
    assert drawn.sizes[-1] == pytest.approx(max(bases) * MARGIN)
    assert drawn.middle == middle(found) == 21.5
    low, high = limits_at(found, differ, drawn.sizes[[7]], 0.95)
    assert (drawn.usual[0][7], drawn.usual[1][7]) == (low[0], high[0])
    large = drawn.sizes >= 30  # below, whole children make the lines jump
    assert (np.diff(drawn.usual[1][large] - drawn.usual[0][large]) < 0).all()
    assert (drawn.far[0] <= drawn.usual[0]).all()
    assert (drawn.far[1] >= drawn.usual[1]).all()


def test_a_picture_beside_a_larger_one_has_lines_as_long() -> None:
    england, differ = everybody(TRAFFORD, REPEAT, 2018)
    found = shipped_world().position(TRAFFORD, REPEAT, 2018, GROUP)
    assert around(found, england, differ, 5000).sizes[-1] == pytest.approx(5000 * MARGIN)
    assert around(found, england, differ, 5).sizes[-1] == pytest.approx(around(found, england, differ).sizes[-1])


def test_an_authority_lies_where_its_figure_is() -> None:
    england, differ = everybody(TRAFFORD, REPEAT, 2018)
    found = shipped_world().position(TRAFFORD, REPEAT, 2018, GROUP)
    for value, place in ((21.5, "within"), (33.0, "above"), (10.0, "below"), (60.0, "far_above"), (1.0, "far_below")):
        moved = replace(england, figure=replace(england.figure, value=value))
        assert around(found, moved, differ).lying[0].place == place
    hidden = replace(england.figure, value=None, status="suppressed", least=30.0, most=34.0)
    assert around(found, replace(england, figure=hidden), differ).lying[0].place is None
    inside = replace(hidden, least=20.0, most=22.0)
    assert around(found, replace(england, figure=inside), differ).lying[0].place == "within"


def test_the_side_of_a_verdict_is_the_side_on_which_it_is_drawn() -> None:
    """Also where hidden members move the median far below that of the published ones."""
    world, seen = shipped_world(), 0
    for indicator in (REPEAT, OPEN_LONG):
        _, differ = everybody(TRAFFORD, indicator, 2018)
        for area in (one.code for one in world.areas.authorities if one.existed(2018)):
            found = world.position(area, indicator, 2018, GROUP)
            judged = standing(found, differ, None, None)
            if judged.why not in ("usual", "first_time", "far"):
                continue
            drawn = around(found, world.position(area, indicator, 2018, "england"), differ).lying[0]
            seen += 1
            assert (drawn.place == "within") == (judged.why == "usual"), (area, indicator)
            assert (drawn.place or "").startswith("far") == (judged.why == "far"), (area, indicator)
    assert seen > 200


def test_without_a_middle_or_a_size_there_are_no_ranges() -> None:
    _, alone, _ = ranges(TRAFFORD, REPEAT, 2018, "custom")
    assert alone.middle is None
    assert not len(alone.sizes)
    assert {one.place for one in alone.lying} == {None}
    _, drawn, _ = ranges(HACKNEY, REPEAT, 2022)
    assert (drawn.lying[0].figure.area, drawn.lying[0].usual) == (HACKNEY, None)
    _, uncounted, _ = ranges(CITY_OF_LONDON, "reviews_on_time_percent", 2018)
    assert not len(uncounted.sizes)
