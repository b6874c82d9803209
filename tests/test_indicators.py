"""Indicators: Wilson's interval, estimated denominators, worked-out rates, and the range of hidden figures."""

import csv
from collections import Counter
from dataclasses import replace
from math import inf
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.indicators import indicator_table, wilson_interval
from explorer.schema import INDICATORS, STATUS_WORDS
from explorer.sources.published import load_published
from explorer.world import World
from tests.fixtures import ROOT, allowing_for, copied_project, shipped_world

Key = tuple[str, str, int]


@pytest.fixture(scope="module")
def world() -> World:
    return shipped_world()


@pytest.fixture(scope="module")
def table(world: World) -> pl.DataFrame:
    return world.table


@pytest.fixture(scope="module")
def published() -> dict[Key, float]:
    """Every published value, read without the program."""
    with (ROOT / "data/published/measures.csv").open(newline="", encoding="utf-8") as file:
        return {
            (row["measure"], row["area"], int(row["year_ending"])): float(row["value"])
            for row in csv.DictReader(file)
            if row["value"]
        }


def single(table: pl.DataFrame, indicator: str, area: str, year: int) -> dict[str, object]:
    return table.filter(indicator=indicator, area=area, period=year).row(0, named=True)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_known_intervals(part: int, whole: int, low: float, high: float) -> None:
    found = wilson_interval(part, whole, allowing_for(1.0))
    assert found == pytest.approx((low, high), abs=0.00005)


def test_a_design_effect_of_two_is_half_the_plans() -> None:
    assert wilson_interval(40.0, 100.0, allowing_for(2.0)) == pytest.approx(
        wilson_interval(20.0, 50.0, allowing_for(1.0))
    )


@given(whole=st.integers(1, 5000), share=st.floats(0, 1), effect=st.floats(1, 5))
def test_wilson_holds_the_share_and_widens_with_the_design_effect(whole: int, share: float, effect: float) -> None:
    part = round(share * whole)
    low, high = wilson_interval(part, whole, allowing_for(effect))
    narrow = wilson_interval(part, whole, allowing_for(1.0))
    assert -1e-9 <= low <= part / whole + 1e-9
    assert part / whole - 1e-9 <= high <= 1 + 1e-9
    assert low <= narrow[0] + 1e-9
    assert high >= narrow[1] - 1e-9


@given(whole=st.integers(1, 5000), share=st.floats(0, 1))
def test_wilson_is_the_same_seen_from_the_other_side(whole: int, share: float) -> None:
    part, benchmarks = round(share * whole), allowing_for(2.0)
    low, high = wilson_interval(part, whole, benchmarks)
    assert wilson_interval(whole - part, whole, benchmarks) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_columns_and_types_are_those_of_the_schema(table: pl.DataFrame) -> None:
    assert table.schema == INDICATORS
    assert table["status"].is_in(list(STATUS_WORDS)).all()


def test_each_indicator_area_and_year_stands_once_in_order(table: pl.DataFrame) -> None:
    key = table.select("indicator", "area", "period")
    assert not key.is_duplicated().any()
    assert key.equals(key.sort("indicator", "area", "period"))


def test_every_indicator_of_the_configuration_is_in_the_table(world: World) -> None:
    assert set(world.table["indicator"].unique()) == {
        name for name, entry in world.config.indicators.items() if not entry.only_records
    }


def test_every_published_value_comes_through_unchanged(table: pl.DataFrame, published: dict[Key, float]) -> None:
    found = {
        (row[0], row[1], row[2]): row[3]
        for row in table.filter(~pl.col("source").str.starts_with("worked out"))
        .select("indicator", "area", "period", "value")
        .iter_rows()
        if row[3] is not None
    }
    assert found == published


def test_no_value_stands_beside_a_status_that_says_there_is_none(table: pl.DataFrame) -> None:
    assert table.filter(pl.col("value").is_not_null(), pl.col("status") != "published").is_empty()


def test_every_published_row_has_its_value(table: pl.DataFrame) -> None:
    assert table.filter(pl.col("value").is_null(), pl.col("status") == "published").is_empty()


def test_a_year_when_an_authority_did_not_exist_says_so(world: World) -> None:
    for (area,), rows in world.table.partition_by("area", as_dict=True).items():
        outside = rows.filter(~pl.col("period").is_between(world.areas[area].first_year, world.areas[area].last_year))
        assert outside.filter(pl.col("status") != "no_authority").is_empty()
        assert rows.filter(pl.col("status") == "no_authority").height == outside.height
    assert (world.table["status"] == "no_authority").sum() > 100


def test_counts_travel_with_a_percentage(table: pl.DataFrame) -> None:
    row = single(table, "repeat_plan_percent", "358", 2018)
    assert (row["value"], row["numerator"], row["denominator"], row["base"]) == (29.1, 76, 261, 261)
    assert row["lower"] == pytest.approx(20.87, abs=0.01)
    assert row["upper"] == pytest.approx(39.02, abs=0.01)


def test_a_likely_range_holds_its_percentage_and_stays_within_0_and_100(table: pl.DataFrame) -> None:
    # the counts of regions are rounded, and can be of another vintage than their percentage
    known = table.filter(pl.col("lower").is_not_null(), pl.col("area").str.len_chars() == 3)
    assert known.height > 4500
    inside = pl.col("value").is_between(pl.col("lower") - 0.05, pl.col("upper") + 0.05)  # the value is rounded
    most = pl.when(pl.col("indicator").str.ends_with("per_10k")).then(10_000).otherwise(100)
    assert known.filter(~inside | (pl.col("lower") < 0) | (pl.col("upper") > most)).is_empty()
    assert table.filter(pl.col("lower").is_null() != pl.col("upper").is_null()).is_empty()


def test_no_likely_range_is_given_without_a_published_value(table: pl.DataFrame) -> None:
    assert table.filter(pl.col("value").is_null(), pl.col("lower").is_not_null()).is_empty()


def test_an_estimated_denominator_is_within_two_plans_or_two_in_a_thousand(published: dict[Key, float]) -> None:
    """Re-worked from the published rate and children, wherever the count is published too."""
    far, checked = [], 0
    for (measure, area, year), count in published.items():
        rate = published.get(("plans_ended_per_10k", area, year))
        children = published.get(("children_0_17", area, year))
        if measure == "plans_ended" and rate is not None and children and not area.startswith("E"):
            checked += 1
            estimate = round(rate * children / 10_000)
            if abs(estimate - count) > max(2, 0.002 * count):
                far.append((area, year, count, estimate))
    assert checked > 1000
    assert not far


def test_a_base_is_the_published_whole_or_its_estimate(table: pl.DataFrame, published: dict[Key, float]) -> None:
    rows = table.filter(indicator="ended_2y_plus_percent")
    estimated = 0
    for area, year, denominator, base in rows.select("area", "period", "denominator", "base").iter_rows():
        count = published.get(("plans_ended", area, year))
        assert denominator == count
        if count is not None:
            assert base == count
        elif base is not None:
            estimated += 1
            rate, children = published["plans_ended_per_10k", area, year], published["children_0_17", area, year]
            assert abs(base - rate * children / 10_000) <= 0.5
    assert estimated > 140  # every authority in 2025
    assert single(table, "ended_2y_plus_percent", "358", 2025)["base"] == 255


def test_a_hidden_count_lies_between_1_and_5(table: pl.DataFrame, world: World) -> None:
    counts = [name for name, entry in world.config.indicators.items() if entry.unit == "count"]
    hidden = table.filter(pl.col("indicator").is_in(counts), pl.col("status") == "suppressed")
    assert hidden.height > 1000
    assert hidden.select("least", "most").unique().rows() == [(1.0, 5.0)]


def test_a_hidden_percentage_lies_between_1_and_5_of_its_base(table: pl.DataFrame) -> None:
    row = single(table, "open_2y_plus_percent", "358", 2025)
    assert (row["value"], row["status"], row["base"]) == (None, "suppressed", 155)
    assert (row["least"], row["most"]) == (pytest.approx(100 / 155), pytest.approx(500 / 155))
    names = ["repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent"]
    hidden = table.filter(pl.col("indicator").is_in(names), status="suppressed")
    bases, ends = hidden["base"].to_list(), hidden.select("least", "most").rows()
    assert hidden.height > 1000
    for base, found in zip(bases, ends, strict=True):
        if base is None:  # a hidden whole can be large: nothing can be said
            assert found == (None, None)
        else:
            assert found == pytest.approx((100 / base, 100 * min(5, base) / base))


@pytest.mark.parametrize(("whole", "least", "most"), [(3, 100 / 3, 100.0), (8, 12.5, 62.5)])
def test_a_hidden_part_is_never_more_than_its_whole(
    world: World, tmp_path: Path, whole: int, least: float, most: float
) -> None:
    published = load_published(replace(world.config, root=copied_project(tmp_path).folder))
    here = (pl.col("area") == "358") & (pl.col("year_ending") == 2025)
    measures = published.measures.with_columns(
        value=pl.when(here & (pl.col("measure") == "plans_open")).then(float(whole)).otherwise("value")
    )
    table = indicator_table(world.config, replace(published, measures=measures), world.areas)
    row = single(table, "open_2y_plus_percent", "358", 2025)
    assert (row["status"], row["base"]) == ("suppressed", whole)
    assert (row["least"], row["most"]) == (pytest.approx(least), pytest.approx(most))


def test_only_a_hidden_figure_has_a_range(table: pl.DataFrame) -> None:
    assert table.filter(pl.col("status") != "suppressed", pl.col("least").is_not_null()).is_empty()
    assert table.filter(pl.col("least").is_null() != pl.col("most").is_null()).is_empty()
    assert table.filter((pl.col("least") > pl.col("most")) | (pl.col("least") < 0) | (pl.col("most") == inf)).is_empty()


def test_a_hidden_figure_without_published_counts_has_no_range(table: pl.DataFrame) -> None:
    hidden = table.filter(indicator="reviews_on_time_percent", status="suppressed")
    assert hidden.height > 0
    assert hidden["least"].null_count() == hidden.height


def test_rates_are_worked_out_only_for_the_years_before_the_first_published(table: pl.DataFrame) -> None:
    worked_out = table.filter(pl.col("source").str.starts_with("worked out here from"))
    assert sorted(worked_out["period"].unique()) == [2013, 2014, 2015]
    rates = {"plans_open_per_10k", "plans_started_per_10k", "plans_ended_per_10k"}
    assert rates <= set(worked_out["indicator"].unique())
    assert all(name.endswith("_per_10k") for name in worked_out["indicator"].unique())


def test_a_worked_out_rate_is_its_count_for_each_10_000_children(
    table: pl.DataFrame, published: dict[Key, float]
) -> None:
    row = single(table, "plans_open_per_10k", "358", 2014)
    exact = 10_000 * published["plans_open", "358", 2014] / published["children_0_17", "358", 2014]
    assert row["value"] == pytest.approx(exact, abs=0.05)


def test_rates_worked_out_in_the_same_way_agree_with_those_of_lait(
    table: pl.DataFrame, published: dict[Key, float]
) -> None:
    agree: Counter[bool] = Counter()
    rates = ("plans_open_per_10k", "plans_started_per_10k", "plans_ended_per_10k", "section_47_per_10k")
    for name in rates:
        entry = shipped_world().config.indicators[name]
        for (measure, area, year), rate in published.items():
            part = published.get((entry.numerator or "", area, year))
            children = published.get((entry.denominator or "", area, year))
            if measure == name and part is not None and children and not area.startswith("E"):
                agree[abs(10_000 * part / children - rate) <= 0.1 + 1e-9] += 1
    share = agree[True] / agree.total()
    print(f"{agree.total()} rates of 2016 and later, worked out again: {share:.2%} within 0.1 of LAIT's")
    assert agree.total() > 5000
    assert share == 1.0
