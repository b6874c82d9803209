"""Which ways of asking are offered: none that these figures could never answer."""

from dataclasses import replace
from datetime import date

import pytest

from explorer.evaluation.cohorts import Followed, Side
from explorer.inquiry.foresight import Own, ways_of_noticing
from explorer.models.series import Point, Series
from tests.fixtures import CITY_OF_LONDON, ENDED_LONG, OPEN_LONG, REPEAT
from tests.test_inquiry import BEGAN, asked, sample

SMARTER = "smarter_plans"
COMPARED = "difference_in_differences"


def test_with_published_figures_the_comparison_comes_first_and_what_needs_records_beside_it() -> None:
    assert list(asked().ways) == [COMPARED, "interrupted_series", "cohorts"]
    assert list(asked(tried=SMARTER, outcome=OPEN_LONG).ways) == [COMPARED]


def test_three_years_before_are_too_few_for_a_comparison() -> None:
    found = asked(records=True)
    assert found.footing is not None
    assert found.footing.figures == 3 < found.settings.controlled.fewest_before.value
    assert list(found.ways) == ["interrupted_series", "cohorts"]


@pytest.mark.parametrize("outcome", [ENDED_LONG, OPEN_LONG])
def test_where_no_way_can_be_asked_there_is_nothing_to_wait_for(outcome: str) -> None:
    found = asked(tried=SMARTER, outcome=outcome, records=True)
    assert found.footing is not None
    assert (dict(found.ways), found.noticeable, found.plan, found.sizes) == ({}, (), None, ())


def test_where_the_level_before_is_hidden_there_is_nothing_to_work_out() -> None:
    assert (asked(CITY_OF_LONDON).footing, asked(CITY_OF_LONDON).plan) == (None, None)


def test_years_that_come_before_a_later_start_count() -> None:
    found = asked()
    assert found.footing is not None
    given = found.path, found.ground, found.outcome, REPEAT, found.settings
    few = replace(found.footing, figures=3)
    assert ways_of_noticing(few, *given, None) == {}
    later = replace(found.path, start=date(2019, 9, 1))
    assert COMPARED in ways_of_noticing(few, later, *given[1:], None)


def months(before: int, hidden: int) -> Series:
    """So many months before the start, some hidden, and a year after it."""
    whole = [(BEGAN.year * 12 + BEGAN.month - 1 + number) for number in range(-before, 12)]
    points = tuple(
        Point(date(one // 12, one % 12 + 1, 28), *(("withheld",) if n < hidden else ("published", 25.0, 5, 20)))
        for n, one in enumerate(whole)
    )
    return Series(REPEAT, "358", "month", points, "x")


@pytest.mark.parametrize(
    ("before", "hidden", "asked_for"), [(8, 0, True), (7, 0, False), (30, 8, True), (30, 9, False), (9, 2, False)]
)
def test_an_own_course_needs_months_before_and_few_of_them_hidden(before: int, hidden: int, asked_for: bool) -> None:
    found = asked()
    assert found.footing is not None
    given = found.path, found.ground, found.outcome, REPEAT, found.settings
    side = Side(20, 100, date(2014, 4, 1), date(2018, 3, 31), 4)
    for quarters, followed in ((4, True), (3, False)):
        children = Followed("leaving", 12, BEGAN, replace(side, quarters=quarters), None, None, "few")
        ways = ways_of_noticing(found.footing, *given, Own(months(before, hidden), children))
        assert ("interrupted_series" in ways) is asked_for
        assert ("cohorts" in ways) is followed
    assert "cohorts" not in ways_of_noticing(found.footing, *given, Own(months(before, hidden), None))


def test_too_few_periods_after_the_start_will_come() -> None:
    """The course of the sample cannot be asked by March 2019, and the plan waits for it all the same."""
    assert sample().records is not None
    assert "interrupted_series" in asked(last=2019, records=True).ways
