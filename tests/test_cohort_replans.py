"""Re-plans and those who came back tell no small count of each other: by hand, and against a linear program."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from explorer.disclosure import Replans, protect_cohorts, protect_indicators, replans_of
from explorer.disclosure.cohort_replans import Group, came_back, may_have_come_back, with_inferred
from explorer.plan_indicators import COHORTS, PLAN_INDICATORS, STEPS
from tests import joint_cohorts as joint
from tests.fixtures import shipped_world
from tests.test_plan_cohorts import sample

WORLD = shipped_world()
SUPPRESSION = WORLD.config.benchmarks.suppression
# tables of which the cohorts alone would be safe; re-plans beside them would give a count away, each in its own way
NEAR = ((154, 0.06, 0.0), (167, 0.12, 0.2), (187, 0.12, 0.0), (229, 0.03, 0.2), (232, 0.015, 0.0))


def plenty() -> Replans:
    return Replans(joint.ENDS, np.full(joint.QUARTERS, 1e6), np.full(joint.QUARTERS, np.nan))


@pytest.mark.parametrize(("seed", "often", "others"), NEAR)
def test_every_small_count_on_either_side_could_be_far_away(seed: int, often: float, others: float) -> None:
    truth = joint.by_chance(seed, often, others)
    figures = protect_indicators(joint.figures(truth, seed), WORLD.rules.release, SUPPRESSION)
    table = joint.cohorts(truth, joint.ended(), SUPPRESSION, joint.replans(truth))
    assert (table["status"] == "published").any()
    assert joint.narrow(truth, table, joint.stretches_of(figures), SUPPRESSION) == []


@pytest.mark.parametrize(("seed", "often", "others"), NEAR)
def test_the_program_would_notice(seed: int, often: float, others: float) -> None:
    """The same tables without a look at re-plans; in the last, five who came back follow exactly."""
    truth = joint.by_chance(seed, often, others)
    figures = protect_indicators(joint.figures(truth, seed), WORLD.rules.release, SUPPRESSION)
    table = joint.cohorts(truth, joint.ended(), SUPPRESSION, plenty())
    found = joint.narrow(truth, table, joint.stretches_of(figures), SUPPRESSION)
    assert found
    assert seed != 232 or ("back", 4, 8, 0, 3, 5, 5.0, 5.0) in found


def shown(back: tuple[int, int], every: list[float]) -> set[int]:
    """The cuts that a year shows of which so many were back within 12 and 24 months; re-plans are by year."""
    first = joint.ENDS[:4]
    rows = [
        (end, months, (back[0] if months <= 12 else back[1]) if end == first[0] and months > 6 else 0, 50)
        for end in first
        for months in STEPS
    ]
    quarters = np.zeros(joint.QUARTERS)
    quarters[[3, 7, 11]] = every
    known = Replans(joint.ENDS, quarters, np.full(joint.QUARTERS, np.nan))
    cohorts = pl.DataFrame(rows, schema=COHORTS, orient="row")
    table = protect_cohorts(cohorts, joint.ended(), SUPPRESSION, known)
    years = table.filter(period_kind="year", status="published", cohort="leaving")
    return {int(name[7:-1]) for name in years["interval"]}


def test_a_hidden_number_between_two_shown_ones_by_hand() -> None:
    """12 back within 24 months, 6, 0 and 7 re-plans: a hidden 5 within 12 months could only be 5 or 6."""
    assert 24 not in shown((5, 12), [6, 0, 7])
    assert 24 not in shown((5, 12), [60, 0, 70])  # it waits for 12 months, which are hidden
    assert {12, 24} <= shown((6, 12), [60, 0, 70])
    assert not {12, 24} & shown((6, 12), [6, 0, 7])  # a re-plan more than came back: both follow nearly
    assert {12, 24} <= shown((6, 12), [11, 0, 12])  # five more over each stretch
    assert 12 not in shown((6, 12), [10, 0, 12])


def test_limits_by_hand() -> None:
    """A year of 20, of whom 8 were back within 12 months and 14 within 24."""
    year = Group(0, 3, 20, {12: 8, 24: 14})
    certain, possible = came_back([year], 12), may_have_come_back([year], 12)
    assert certain[0, 11] == 14
    assert certain[0, 7] == 8  # left in the last quarter, back four quarters later
    assert certain[0, 6] == 0
    assert certain[4, 11] == 6  # back after twelve months: in the fifth quarter at the earliest
    assert certain[5, 11] == 0
    assert possible[0, 0] == 8
    assert possible[4, 4] == np.inf  # anybody who left in that quarter
    assert may_have_come_back([year, Group(4, 11, 0, {})], 12)[4, 4] == 14
    halves = [Group(0, 1, 10, {12: 8}), Group(2, 3, 10, {12: 0})]
    assert came_back([year, *halves], 12)[0, 5] == 8  # nobody who left in the second half came back so soon


def test_what_follows_from_zeros_and_from_the_rest() -> None:
    year = Group(0, 3, None, {12: 9, 24: 9})
    halves = [Group(0, 1, None, {6: 0, 12: 9}), Group(2, 3, None, {})]
    found = with_inferred([year, *halves])
    assert found[2].back == {12: 0, 24: 0, 3: 0, 6: 0}
    assert found[1].back == {3: 0, 6: 0, 12: 9, 24: 9}
    assert found[0].back == {3: 0, 6: 0, 12: 9, 24: 9}


def test_quarters_are_whole_ones() -> None:
    rows = [
        (name, date(2024, month, 28 if month == 2 else 30), "month", value, None, None, None, None, "published")
        for name, value in (("plans_started_repeat", 4), ("plans_started_repeat_within_2y", 3))
        for month in (4, 5, 6, 7)
    ]
    found = replans_of(pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row"))
    assert found.ends == (date(2024, 6, 30), date(2024, 9, 30))
    assert found.every.tolist() == [12, 0]
    assert found.soon[0] == 9
    assert np.isnan(found.soon[1])


def test_the_sample_keeps_its_years_and_half_years() -> None:
    table = sample().cohorts.filter(cohort="leaving", status="published")
    found = dict(
        table.group_by("period_kind", "interval")
        .len()
        .select(pl.concat_str("period_kind", "interval", separator=" "), "len")
        .iter_rows()
    )
    assert found["year within_12m"] == 9
    assert found["year within_24m"] == 7
    assert found["half_year within_12m"] == 18
    assert found["quarter within_12m"] == 12
