"""The controlled comparison of one authority: hidden figures, refusals, other ways of asking, the record, words."""

import json
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from bench.invented import Course, country
from explorer.charts.gaps import beside_comparison, beside_spec, gaps
from explorer.charts.mix import mix
from explorer.evaluation.alike import alike
from explorer.evaluation.controlled import Controlled, NoComparison, Question, compare
from explorer.evaluation.estimate import Specification
from explorer.evaluation.estimators import WAYS
from explorer.evaluation.panel import Panel, panel
from explorer.evaluation.path import Path, ramp, step
from explorer.evaluation.variants import variants
from explorer.sentences.controlled import (
    alike_sentence,
    count_sentence,
    effect_sentence,
    fit_sentence,
    left_out_sentence,
    mix_sentence,
    rank_sentence,
    title,
)
from tests.fixtures import BROKEN, CITY_OF_LONDON, OPEN_LONG, REPEAT, ROOT, TRAFFORD, ZERO, shipped_world

START = date(2018, 9, 1)
RUTLAND = "857"
SETTINGS = shipped_world().evaluation


@lru_cache
def published(indicator: str) -> Panel:
    world = shipped_world()
    codes = tuple(area.code for area in world.areas.authorities)
    return panel(world.table, indicator, codes, stock=world.config.indicators[indicator].period == "day")


def names() -> dict[str, str]:
    return {area.code: area.label for area in shipped_world().areas.authorities}


def found(question: Question, indicator: str = REPEAT) -> Controlled:
    answer = compare(published(indicator), question, SETTINGS)
    assert isinstance(answer, Controlled), answer
    return answer


def why(question: Question, indicator: str = REPEAT) -> str:
    answer = compare(published(indicator), question, SETTINGS)
    assert isinstance(answer, NoComparison)
    return answer.why


def test_the_year_to_march_2019_is_seven_twelfths_exposed() -> None:
    one = found(Question(TRAFFORD, step(START), 2019))
    assert one.exposure.tolist() == [0] * 6 + [7 / 12]
    assert one.estimate.effect == pytest.approx(one.estimate.full * 7 / 12)
    assert one.estimate.effect == pytest.approx(one.gap[-1])  # with one year after, the effect there is its gap
    assert (one.estimate.periods_before, one.estimate.periods_after) == (6, 1)
    stock = compare(replace(published(REPEAT), stock=True), one.question, SETTINGS)
    assert isinstance(stock, Controlled)
    assert stock.exposure[-1] == 1  # a stock has seen all of a step by then


@pytest.mark.parametrize(
    ("last", "effect", "lower", "upper"), [(2019, 3.8, -8.8, 16.5), (2020, -5.6, -16.1, 4.9), (2025, -2.6, -11.0, 5.8)]
)
def test_traffords_re_plans_moved_as_others_often_do(last: int, effect: float, lower: float, upper: float) -> None:
    one = found(Question(TRAFFORD, step(START), last)).estimate
    assert [one.effect, one.lower, one.upper] == pytest.approx([effect, lower, upper], abs=0.06)
    assert not one.clear
    assert one.p_value > 0.2


@pytest.mark.parametrize("way", WAYS)
def test_figures_and_expected_figures_make_the_gap_and_the_gaps_the_effect(way: str) -> None:
    one = found(Question(TRAFFORD, step(START), 2022, way))  # type: ignore[arg-type]
    figures = (one.least + one.most) / 2
    assert figures - one.expected == pytest.approx(one.gap)
    weights = one.exposure / np.square(one.exposure).sum()
    assert one.estimate.full == pytest.approx(float(one.gap @ weights))
    assert sum(weight for _, weight in one.mix) == pytest.approx(1, abs=1e-3)
    assert TRAFFORD not in dict(one.mix)
    assert TRAFFORD not in one.placebos.areas
    assert one.place.of == len(one.placebos.areas) == len(one.placebos.effects)
    # the range is the same distance to both sides, and leaves out 0 exactly where the rank test says so
    assert one.estimate.upper - one.estimate.effect == pytest.approx(one.estimate.effect - one.estimate.lower)
    assert one.estimate.clear == (one.estimate.p_value <= 0.05)


def test_nothing_later_than_the_last_year_is_used() -> None:
    table = shipped_world().table
    later = table.with_columns(
        value=pl.when(pl.col("period") > 2020).then(pl.col("value") * 3 + 5).otherwise("value"),
        base=pl.when(pl.col("period") > 2020).then(7.0).otherwise("base"),
    )
    changed = panel(later, REPEAT, published(REPEAT).areas, stock=False)
    question = Question(TRAFFORD, step(START), 2020)
    one, other = (compare(held, question, SETTINGS) for held in (published(REPEAT), changed))
    assert isinstance(one, Controlled)
    assert isinstance(other, Controlled)
    assert one.estimate == other.estimate
    assert one.mix == other.mix


def test_a_placebo_is_the_same_question_of_another_authority_without_the_one_asked_about() -> None:
    held = published(REPEAT)
    one = found(Question(TRAFFORD, step(START), 2020))
    other = one.placebos.areas[10]
    kept = held.areas_where(np.array([area != TRAFFORD for area in held.areas]))
    alone = compare(kept, Question(other, step(START), 2020), SETTINGS)
    assert isinstance(alone, Controlled)
    assert one.placebos.effects[10] == pytest.approx(alone.estimate.effect, abs=1e-6)


def test_hidden_figures_widen_the_range_to_both_ends() -> None:
    one = found(Question(TRAFFORD, step(START), 2025), OPEN_LONG)
    assert len(one.at_ends) == 2
    low, high = one.at_ends
    assert low.effect < one.estimate.effect < high.effect
    assert one.estimate.lower <= low.lower
    assert one.estimate.upper >= high.upper
    assert one.estimate.p_value >= max(low.p_value, high.p_value)
    # whatever the hidden counts are, the effect lies between the two
    own, held = published(OPEN_LONG).row(TRAFFORD), published(OPEN_LONG)
    generator = np.random.default_rng(1)
    for _ in range(3):
        least, most = held.least.copy(), held.most.copy()
        drawn = least[own] + generator.random(least.shape[1]) * (most[own] - least[own])
        least[own] = most[own] = drawn
        told = compare(replace(held, least=least, most=most), one.question, SETTINGS)
        assert isinstance(told, Controlled)
        assert low.effect - 0.1 <= told.estimate.effect <= high.effect + 0.1


def test_a_range_ends_where_the_share_expected_would_be_impossible() -> None:
    for area in (CITY_OF_LONDON, RUTLAND):
        one = found(Question(area, step(START), 2019)).estimate
        share = published(REPEAT)
        last = share.most[share.row(area), share.years.index(2019)]
        assert one.lower >= share.least[share.row(area), share.years.index(2019)] - 100
        assert one.upper <= last
        assert one.lower <= one.effect <= one.upper
        assert one.upper - one.lower > 30  # a handful of plans tells next to nothing


def test_what_cannot_be_asked_says_why() -> None:
    path = step(START)
    assert "4 are needed" in why(Question(TRAFFORD, step(date(2015, 9, 1)), 2020))
    assert "no figures" in why(Question("999", path, 2020))
    assert "year to March 2020" in why(Question(CITY_OF_LONDON, path, 2020))
    assert "March 2019" in why(Question(TRAFFORD, ramp(START, 12, 24, "late"), 2019))
    assert "Too few" in why(Question(TRAFFORD, path, 2020, donors=("356",)))
    assert "4 are needed" in why(Question(TRAFFORD, path, 2025), "reviews_on_time_percent")
    few = published(REPEAT).areas_where(np.arange(len(published(REPEAT).areas)) < 15)
    answer = compare(few, Question(few.areas[3], path, 2020), SETTINGS)
    assert answer == NoComparison("Too few other authorities have figures for these years.")


# --- other ways of asking


@lru_cache
def asked(path: Path) -> tuple[Specification, ...]:
    one = found(Question(TRAFFORD, path, 2022))
    region = shipped_world().comparators(TRAFFORD, 2018, "region").members
    return variants(published(REPEAT), one, SETTINGS, names(), {"Its region": region})


def labels(kind: str, path: Path) -> list[str]:
    return [one.label for one in asked(path) if one.kind == kind]


def test_every_way_of_asking_is_there() -> None:
    path = step(START)
    assert asked(path)[0].kind == "main"
    assert labels("method", path) == [
        "Difference in differences",
        "Synthetic control",
        "Synthetic control, movements only",
    ]
    assert labels("placebo_date", path) == ["September 2017", "September 2016"]
    assert labels("start", path) == ["A year earlier", "A year later"]
    assert labels("window", path) == ["Up to March 2021", "Up to March 2020", "Without the year to March 2021"]
    assert labels("path", path) == []
    assert len(labels("left_out", path)) == 3
    assert labels("model", path) == ["Compared with its region", "Compared with the 32 nearest in 2018"]
    assert labels("path", ramp(START, 0, 60, "slowly")) == ["All at once"]
    assert all(one.estimate for one in asked(path))


def test_dates_before_the_start_know_nothing_of_what_came_after() -> None:
    held, main = published(REPEAT), found(Question(TRAFFORD, step(START), 2022))
    after = np.array([year > 2018 for year in held.years])
    changed = replace(
        held, **{end: np.where(after, getattr(held, end) * 0.5, getattr(held, end)) for end in ("least", "most")}
    )
    dates = [
        [one.estimate for one in variants(each, main, SETTINGS, names()) if one.kind == "placebo_date"]
        for each in (held, changed)
    ]
    assert dates[0] == dates[1]
    assert len(dates[0]) == 2


def test_leaving_one_out_leaves_it_out() -> None:
    main = found(Question(TRAFFORD, step(START), 2022))
    largest = main.mix[0][0]
    donors = tuple(area for area in main.placebos.areas if area != largest)
    alone = found(replace(main.question, donors=donors))
    assert largest not in dict(alone.mix)
    assert largest in alone.placebos.areas  # it stays a placebo
    said = next(one for one in asked(step(START)) if one.label == f"Without {names()[largest]}")
    assert said.estimate == alone.estimate


# --- invented countries


@lru_cache
def invented(effect: float) -> Panel:
    years = tuple(range(2013, 2021))
    course = Course(years, np.linspace(0.15, 0.22, 8), 0.03, 0.01)
    generator = np.random.default_rng(8)
    wholes = generator.integers(80, 900, 60).astype(float)
    wholes[5] = 3_000
    return country(wholes, course, generator, {5: np.array([0.0] * 6 + [effect * 7 / 12, effect])})


def test_a_large_effect_is_found_and_none_is_not() -> None:
    question = Question("5", step(START), 2020)
    for way in WAYS:
        none, some = (compare(invented(effect), replace(question, way=way), SETTINGS) for effect in (0.0, -0.1))
        assert isinstance(none, Controlled)
        assert isinstance(some, Controlled)
        assert not none.estimate.clear
        assert some.estimate.clear
        assert some.estimate.effect == pytest.approx(-10, abs=5)


def test_the_recorded_test_on_invented_countries() -> None:
    """bench/controlled.py: 1,000 authorities without an effect, others small, large or picked, and a known effect."""
    record = json.loads((ROOT / "bench" / "results" / "controlled.json").read_text(encoding="utf-8"))["years_after"]
    for way in WAYS:
        for after in ("1", "2", "7"):
            assert record["any"][way][after]["authorities"] >= 1_000
            for kind in ("any", "small", "large"):
                row = record[kind][way][after]
                assert row["effect found, percent"] <= 6
                assert row["range holds the truth, percent"] >= 93
            known = record["six points off"][way][after]
            assert abs(known["mean error, points"]) < 3 * known["standard error of that"]
            assert known["range holds the truth, percent"] >= 93
            # picked because it was highest: it falls by 8 points by itself, and the comparison takes off most of that
            picked = record["highest the year before"][way][after]
            assert picked["change from the year before by itself, points"] < -3.5
            assert abs(picked["mean error, points"]) < 2


# --- words and pictures


@pytest.mark.parametrize(
    ("area", "indicator", "way"),
    [
        (TRAFFORD, REPEAT, "synthetic_did"),
        (TRAFFORD, REPEAT, "difference_in_differences"),
        (TRAFFORD, OPEN_LONG, "synthetic_did"),
        (RUTLAND, REPEAT, "synthetic_control"),
    ],
)
def test_words_and_pictures(area: str, indicator: str, way: str) -> None:
    world = shipped_world()
    entry, name = world.config.indicators[indicator], names()[area]
    one = found(Question(area, step(START), 2025, way), indicator)  # type: ignore[arg-type]
    said = [
        title(one, entry, name),
        effect_sentence(one, entry, name),
        count_sentence(one, entry, world.config.indicators),
        rank_sentence(one),
        fit_sentence(one),
        mix_sentence(one, names()),
        left_out_sentence(one),
    ]
    near = alike(published(indicator), area, START, 2025, 30)
    said += [alike_sentence(near, entry)] if near else []
    for sentence in said:
        assert sentence
        assert not BROKEN.search(sentence), sentence
    if one.at_ends:
        assert not ZERO.search(" ".join(said[:3]))
    source = f"Source: {entry.reference}"
    pictures = beside_comparison(one, entry, name, source), gaps(one, entry, name, source), mix(one, names(), source)
    for picture in pictures:
        assert picture.title
        assert picture.table.height
        assert not any(name == "datasets" for name in picture.spec)
        assert "currentColor" in str(picture.spec)


def test_what_is_said_of_trafford() -> None:
    world = shipped_world()
    entry, one = world.config.indicators[REPEAT], found(Question(TRAFFORD, step(START), 2020))
    assert effect_sentence(one, entry, "Trafford") == (
        "In the year to March 2020 Trafford's figure for re-plans was 5.6 points lower than its comparison leads one "
        "to expect. The range is 16.1 points lower to 4.9 higher."
    )
    assert count_sentence(one, entry, world.config.indicators) == (
        "Re-plans started: about 13 fewer than expected, of 234 plans started. "
        "It can be anything from 38 fewer to 12 more."
    )
    near = alike(published(REPEAT), TRAFFORD, START, 2020, 30)
    assert near is not None
    assert "33 authorities" in alike_sentence(near, entry)
    assert "1 had fallen as far or farther in the year to March 2020" in alike_sentence(near, entry)


def test_a_hidden_figure_is_drawn_as_its_range_alone() -> None:
    world = shipped_world()
    entry = world.config.indicators[OPEN_LONG]
    one = found(Question(TRAFFORD, step(START), 2025), OPEN_LONG)
    for picture in (beside_comparison(one, entry, "Trafford", "Source"), gaps(one, entry, "Trafford", "Source")):
        own = picture.data.filter(pl.col("kind") == "own")
        hidden = own.filter(pl.col("least").is_not_null())
        assert hidden["year"].to_list() == [2013, 2020, 2022, 2025]
        assert hidden["value"].null_count() == 4
        assert (hidden["least"] < hidden["most"]).all()
        assert picture.table.filter(pl.col("Trafford").str.starts_with("hidden: ")).height == 4
    assert beside_spec("percent", "At 31 March") is beside_spec("percent", "At 31 March")


def test_the_table_says_how_much_of_the_effect_each_year_could_hold() -> None:
    entry = shipped_world().config.indicators[REPEAT]
    table = beside_comparison(found(Question(TRAFFORD, step(START), 2020)), entry, "Trafford", "Source").table
    assert table["Effect that could be there"].to_list()[-3:] == ["none: before the start", "58%", "100%"]
    assert table["Trafford"].to_list()[-1] == "19.7%"
