"""What must be true of a what-if for every authority and year.

A file of its own, because all of it rests on one walk that takes some seconds; WALK=all takes the whole of it.
"""

from dataclasses import fields
from functools import lru_cache
from math import isfinite

import polars as pl
import pytest

from explorer.errors import SelectionError
from explorer.models.calibration import Calibration, calibrate
from explorer.models.plan_flow import PlanFlow, long_run
from explorer.models.scenario import OUTCOMES, what_if
from explorer.sentences import scenarios
from tests.fixtures import BANDS, BROKEN, counted, shipped_world, walked


@lru_cache(maxsize=1)
def every_calibration() -> dict[tuple[str, int], Calibration | SelectionError]:
    """What a what-if rests on for every authority and year, or why there is none."""
    world = shipped_world()
    parts = {str(key[0]): part for key, part in world.table.partition_by("area", as_dict=True).items()}
    found: dict[tuple[str, int], Calibration | SelectionError] = {}
    for area, year in walked():
        try:
            found[area, year] = calibrate(parts[area], world.config, area, world.areas.label(area), year)
        except SelectionError as problem:
            found[area, year] = problem
    return found


def test_every_authority_and_year_calibrates_or_says_why_not() -> None:
    found = every_calibration()
    assert list(found) == walked()
    refused = [one for one in found.values() if isinstance(one, SelectionError)]
    assert 0 < len(refused) < 0.1 * len(found)
    for problem in refused:
        (sentence,) = problem.faults
        assert sentence.endswith(".")
        assert "None" not in sentence
        assert "nan" not in sentence


def test_every_baseline_gives_back_its_counts() -> None:
    checked = 0
    for where, found in every_calibration().items():
        if isinstance(found, Calibration):
            baseline = long_run(found.flow)
            for measure in ("plans_started", "plans_started_repeat", "plans_open", "plans_open_2y_plus"):
                assert getattr(baseline, measure) == pytest.approx(counted(found, measure).value), where
            ended, beyond = counted(found, "plans_ended"), counted(found, "plans_ended_2y_plus")
            assert baseline.ended_2y_plus_percent == pytest.approx(100 * beyond.value / ended.value), where
            checked += 1
    assert checked > 900


def _sound(flow: PlanFlow) -> bool:
    values = [getattr(flow, field.name) for field in fields(flow)]
    return (
        all(isinstance(value, float) and isfinite(value) and value >= 0 for value in values)
        and flow.repeat_share < 1
        and flow.reach_two_years <= flow.reach_one_year + 1e-12
        and flow.reach_one_year <= 1
    )


def test_no_corner_is_impossible() -> None:
    for where, found in every_calibration().items():
        if isinstance(found, Calibration):
            assert all(_sound(flow) for flow in (found.flow, *found.corners)), where


def test_extreme_ratios_at_every_corner_stay_real_and_finite() -> None:
    sliders = shipped_world().config.app.what_if
    repeat, ending = sliders.repeat_ratio, sliders.ending_ratio
    for where, found in list(every_calibration().items())[::7]:
        if isinstance(found, Calibration):
            for flow in (found.flow, *found.corners):
                for ratios in ((repeat.lowest, ending.lowest), (repeat.highest, ending.highest)):
                    settled = long_run(flow, *ratios)
                    values = [getattr(settled, name) for name in OUTCOMES]
                    assert all(isinstance(value, float) and isfinite(value) and value >= 0 for value in values), where


def _feasible(whole: float, bands: dict[str, float | None]) -> tuple[int, int]:
    """The least and most plans of a year or more, by trying the hidden bands: each 1 or more, two years 1 to 5."""
    left = int(whole - sum(value for value in bands.values() if value is not None))
    others = [band for band, value in bands.items() if value is None and band not in ("1y_to_2y", "2y_plus")]
    beyonds = range(1, 6) if bands["2y_plus"] is None else [int(bands["2y_plus"])]
    seconds = range(1, left + 1) if bands["1y_to_2y"] is None else [int(bands["1y_to_2y"])]
    sums = []
    for beyond in beyonds:
        for second in seconds:
            rest = left - (bands["2y_plus"] is None) * beyond - (bands["1y_to_2y"] is None) * second
            if rest == 0 if not others else rest >= len(others):
                sums.append(beyond + second)
    return min(sums), max(sums)


def test_the_range_of_plans_of_a_year_or_more_leaves_out_nothing_possible() -> None:
    table = shipped_world().table.filter(pl.col("indicator").str.contains("^plans_(open|ended)"))
    cells = {
        (row[0], row[1], row[2]): row[3] for row in table.select("indicator", "area", "period", "value").iter_rows()
    }
    hidden = 0
    for (area, year), found in every_calibration().items():
        if isinstance(found, Calibration):
            for kind in ("plans_open", "plans_ended"):
                over_one = counted(found, f"{kind}_1y_plus")
                bands = {band: cells[f"{kind}_{band}", area, over_one.year] for band in BANDS}
                if None in bands.values():
                    hidden += 1
                    least, most = _feasible(cells[kind, area, over_one.year], bands)
                    assert over_one.least <= least, (area, year, kind)
                    assert over_one.most >= most, (area, year, kind)
    assert hidden > 250


def test_the_range_holds_the_difference_for_every_authority_and_year() -> None:
    checked = 0
    for where, found in list(every_calibration().items())[::3]:
        if isinstance(found, Calibration):
            for outcome in what_if(found, 0.8, 1.2).outcomes:
                assert outcome.low - 1e-9 <= outcome.difference <= outcome.high + 1e-9, where
            checked += 1
    assert checked > 300


def test_no_what_if_is_broken_for_any_authority_and_year() -> None:
    for where, found in list(every_calibration().items())[::5]:
        if isinstance(found, Calibration):
            name = shipped_world().areas.label(where[0])
            for ratios in ((0.8, 1.2), (1.5, 0.5), (0.5, 2.0), (1.0, 1.0)):
                after = what_if(found, *ratios)
                for said in (
                    scenarios.scenario_sentence(after, name),
                    scenarios.scenario_title(after, name, "count"),
                    scenarios.scenario_title(after, name, "percent"),
                    *found.notes,
                ):
                    assert not BROKEN.search(said), (where, ratios, said)


def test_a_hidden_count_hides_every_outcome_that_would_show_it() -> None:
    rests_on = {
        "plans_started": "plans_started",
        "plans_started_repeat": "plans_started_repeat",
        "repeat_plan_percent": "plans_started_repeat",
        "plans_open": "plans_open",
        "plans_open_2y_plus": "plans_open_2y_plus",
        "open_2y_plus_percent": "plans_open_2y_plus",
        "ended_2y_plus_percent": "plans_ended_2y_plus",
    }
    assert set(rests_on) == set(OUTCOMES)
    hidden = 0
    for where, found in every_calibration().items():
        if isinstance(found, Calibration):
            for outcome in what_if(found, 0.8, 1.2).outcomes:
                concealed = not counted(found, rests_on[outcome.indicator]).published
                hidden += concealed
                assert outcome.hidden == concealed, (where, outcome.indicator)
    assert hidden > 500
