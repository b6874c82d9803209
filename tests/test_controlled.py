"""The controlled comparison of one authority: hidden figures, refusals, other ways of asking, the record, words."""

import json
import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import product

import numpy as np
import polars as pl
import pytest

from bench.invented import Course, country
from explorer.charts.gaps import beside_comparison, beside_spec, gaps
from explorer.charts.mix import mix
from explorer.evaluation.alike import alike
from explorer.evaluation.controlled import Controlled, NoComparison, Question, _hull, compare
from explorer.evaluation.estimate import Estimate, Specification
from explorer.evaluation.estimators import WAYS
from explorer.evaluation.panel import Panel, panel
from explorer.evaluation.path import Path, ramp, step
from explorer.evaluation.variants import mixed, variants
from explorer.sentences.controlled import (
    alike_sentence,
    effect_sentence,
    fit_sentence,
    left_out_sentence,
    mix_sentence,
    rank_sentence,
    ratio_sentence,
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
    ("last", "effect", "lower", "upper"), [(2019, 1.8, -8.7, 12.4), (2020, -5.3, -14.4, 3.7), (2025, -1.7, -9.9, 6.4)]
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


def test_before_the_start_the_gap_lies_around_nothing_and_its_size_is_how_near_it_was() -> None:
    one = found(Question(TRAFFORD, step(START), 2020))
    assert one.question.way == SETTINGS.main.published
    before = one.gap[one.before]
    assert before.mean() == pytest.approx(0)
    assert one.error_before == pytest.approx(np.sqrt(np.square(before).mean()))
    assert 0 < one.better_fitted < one.place.of


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


def test_ends_on_opposite_sides_take_in_no_effect_at_all() -> None:
    """Whatever is hidden could then be such that there is no effect, which chance alone makes as large always."""
    ends = [Estimate("difference_in_differences", effect, effect - 1, effect + 1, 0.01, effect, 5, 2)
            for effect in (-2.0, -5.0, 3.0)]  # fmt: skip
    apart, alike_ends = _hull(ends), _hull(ends[:2])
    assert (apart.effect, apart.lower, apart.upper, apart.p_value) == (-2.0, -6.0, 4.0, 1.0)
    assert (alike_ends.lower, alike_ends.upper, alike_ends.p_value) == (-6.0, -1.0, 0.01)


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
        "Synthetic control",
        "Synthetic difference in differences",
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
    beside = mixed(published(REPEAT), main, SETTINGS)
    assert beside.question == replace(main.question, way="synthetic_did")
    assert mixed(published(REPEAT), beside, SETTINGS) is beside
    largest = beside.mix[0][0]
    donors = tuple(area for area in main.placebos.areas if area != largest)
    alone = found(replace(beside.question, donors=donors))
    assert largest not in dict(alone.mix)
    assert largest in alone.placebos.areas  # it stays a placebo
    said = next(
        one
        for one in asked(step(START))
        if one.label == f"Without {names()[largest]} (synthetic difference in differences)"
    )
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


def recorded(path: str) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """What ``python -m bench.controlled`` recorded of one path: by who is asked about, way and years after."""
    record = json.loads((ROOT / "bench" / "results" / "controlled.json").read_text(encoding="utf-8"))
    return dict(record["years_after"][path])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["all at once", "as the plan model says"])
def test_the_recorded_test_on_invented_countries(path: str, way: str) -> None:
    """1,000 authorities without an effect, others small, large or picked, and a known effect."""
    record = recorded(path)
    for after in ("1", "2", "7"):
        assert record["any"][way][after]["authorities"] >= 1_000
        for kind in ("any", "small", "large"):
            if path != "all at once" and kind != "any" and way != SETTINGS.main.published:
                continue  # asked by the way that gives the verdict alone
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
        if way == SETTINGS.main.published:
            assert abs(picked["mean error, points"]) < 0.6


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
        ratio_sentence(one),
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
        "The 2 years since the start are taken together, along the stated path. They put Trafford's figure for "
        "re-plans 5.3 points lower by the year to March 2020 than its comparison would have it. The range is 14.4 "
        "points lower to 3.7 higher. In the year to March 2020 alone the figure was 8.2 points lower than expected. "
        "One year alone says little."
    )
    alone = found(Question(TRAFFORD, step(START), 2019))
    assert effect_sentence(alone, entry, "Trafford") == (
        "In the year to March 2019 Trafford's figure for re-plans was 1.8 points higher than its comparison would "
        "have it. The range is 8.7 points lower to 12.4 higher."
    )
    hidden = found(Question(TRAFFORD, step(START), 2025), OPEN_LONG)
    assert "At 31 March 2025 alone the figure, which is hidden, was 1.0 to 3.6 points lower" in effect_sentence(
        hidden, world.config.indicators[OPEN_LONG], "Trafford"
    )
    near = alike(published(REPEAT), TRAFFORD, START, 2020, 30)
    assert near is not None
    assert "33 authorities" in alike_sentence(near, entry)
    assert "1 had fallen as far or farther in the year to March 2020" in alike_sentence(near, entry)


@pytest.mark.parametrize("path", [step(START), ramp(START, 6, 36, "slowly")], ids=["step", "ramp"])
@pytest.mark.parametrize("indicator", [REPEAT, OPEN_LONG])
def test_the_gap_that_is_told_of_a_year_is_that_of_the_table(indicator: str, path: Path) -> None:
    """Of every tenth authority and every year: the effect of all years is never told as the figure of the last."""
    entry, held = shipped_world().config.indicators[indicator], published(indicator)
    told = apart = 0
    for area, last in product((*held.areas[::10], TRAFFORD, RUTLAND, CITY_OF_LONDON), range(2019, 2026)):
        one = compare(held, Question(area, path, last), SETTINGS)
        if not isinstance(one, Controlled):
            continue
        row = beside_comparison(one, entry, "X", "Source").table.row(-1, named=True)
        said = effect_sentence(one, entry, "X")
        alone = said.split(" alone the figure")[-1].split("was", 1)[1]
        assert signed(re.split(" than (?:expected|its)", alone)[0]) == row["Difference, points"], said
        together = f"{one.estimate.periods_after} years since the start"
        assert (together in said) == (one.estimate.periods_after > 1)
        assert (together in title(one, entry, "X")) == (one.estimate.periods_after > 1)
        told += 1
        apart += one.estimate.periods_after > 1 and abs(one.gap[-1] - one.estimate.effect) > 1
    assert told > 60
    assert apart > 20  # that the two differ is usual


def signed(words: str) -> str:
    """'8.2 points lower' as the table has it: '-8.2'; '1.0 to 3.6 points lower' as '-3.6 to -1.0'."""
    numbers = [number if float(number) else "0.0" for number in re.findall(r"\d+\.\d", words)]
    if "less than 0.1 points" in words or "no different" in words:
        return "0.0"
    if "points lower to" in words or "point lower to" in words:  # from below to above
        return f"{_sign('-', numbers[0])} to {_sign('+', numbers[1]) if len(numbers) > 1 else '0.0'}"
    if words.strip().startswith("no lower to"):
        return f"0.0 to {_sign('+', numbers[0])}"
    sign = "-" if words.endswith("lower") else "+"
    ends = [_sign(sign, number) for number in numbers]
    if "less than 0.1 to" in words:
        ends[0] = "0.0"
    return " to ".join(ends[::-1] if sign == "-" else ends)


def _sign(sign: str, number: str) -> str:
    return number if number == "0.0" else f"{sign}{number}"


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
