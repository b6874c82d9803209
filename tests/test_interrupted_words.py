"""An interrupted time series on the page: its sentences, its two pictures, and what they may never say."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl
import pytest
import vl_convert

from bench.interrupted import PATHS
from explorer.charts.counterfactual import counterfactual
from explorer.charts.picture import Picture
from explorer.charts.specifications import specifications_chart
from explorer.evaluation.estimate import Estimate, Kind, Specification
from explorer.evaluation.interrupted import Difference, Interrupted
from explorer.evaluation.specifications import specifications
from explorer.sentences.interrupted import (
    Nouns,
    all_words,
    chance_words,
    counts_sentence,
    effect_sentence,
    how_words,
    interrupted_title,
    nouns_of,
    rests_sentence,
    spread_sentence,
    terms_note,
    terms_table,
)
from explorer.sentences.specifications import (
    GROUPS,
    agreement_sentence,
    effect_words,
    placebo_sentence,
    specifications_title,
)
from tests.fixtures import BROKEN, REPEAT, shipped_world
from tests.test_interrupted import MONTHLY, PANDEMIC, SETTINGS, flat, hide, invented_one, result

NOUNS = nouns_of(REPEAT, shipped_world().config)
PLAN = replace(MONTHLY, pandemic=PANDEMIC)
SLOW = "as the plan model says"


@cache
def found(path: str = "all at once", seed: int = 1, *, clear: bool = False) -> Interrupted:
    shares = flat(36, 36, 0.28, 0.18) if clear else hide(invented_one(seed, path), 3, 50)
    return result(shares, PATHS[path], MONTHLY if clear else PLAN)


@cache
def ways(path: str = "all at once", seed: int = 1) -> tuple[Specification, ...]:
    return specifications(hide(invented_one(seed, path), 3, 50), PATHS[path], PLAN, SETTINGS)


def everything() -> Iterable[str]:
    for one in (found(), found(SLOW), found(SLOW, 2), found(clear=True), WASHED, NEWEY):
        yield from all_words(one, NOUNS)
        yield interrupted_title(one, NOUNS, "Trafford")
    for path in PATHS:
        yield specifications_title(ways(path))
        yield placebo_sentence(ways(path))
        yield agreement_sentence(ways(path), "Trafford", "Re-plans")
    yield how_words()
    yield terms_note()
    yield from (one.why_not for one in specifications(flat(4, 2), PATHS[SLOW], PLAN, SETTINGS))


WASHED = result(invented_one(), PATHS[SLOW], replace(PLAN, wash_out=3))
NEWEY = result(invented_one(), PATHS[SLOW], replace(PLAN, errors="newey_west"))


def estimate(effect: float, lower: float, upper: float) -> Estimate:
    return Estimate("interrupted_series", effect, lower, upper, 0.5, effect, 36, 36)


def way_of(kind: Kind, *numbers: float) -> Specification:
    return Specification(kind, "x", estimate(*numbers) if numbers else None, "" if numbers else "Too little.")


# --- sentences


def test_the_effect_in_words() -> None:
    said = effect_sentence(found(clear=True), NOUNS)
    assert said == (
        "The share of re-plans was about 17.9% in August 2021, once the ups and downs are smoothed out. The course "
        "before would have led to about 27.7%: 9.8 percentage points lower. The likely range of the difference is "
        f"{said.split('difference is ')[1].split('. ')[0]}. Chance alone would seldom make so large a difference."
    )
    assert re.search(r"difference is \d+\.\d to \d+\.\d lower\.", said)
    assert interrupted_title(found(clear=True), NOUNS, "Trafford").endswith(
        ": below where the course before was leading"
    )
    unsure = replace(found(), estimate=estimate(-0.02, -6, 5))
    assert "no more than 0.1 percentage points apart" in effect_sentence(unsure, NOUNS)
    assert "Chance alone could explain the difference." in effect_sentence(unsure, NOUNS)
    assert "not clearly different" in interrupted_title(unsure, NOUNS, "Trafford")


def test_counts_in_words() -> None:
    one = replace(found(), since=Difference(-24.9, -158.4, 81.1, 250, 888))
    assert counts_sentence(one, NOUNS) == (
        "Since 1 September 2018 there were 250 re-plans among 888 plans started, in the months that are shown and "
        "used. With the ups and downs smoothed out, that is about 25 fewer than the course before would have led to. "
        "The likely range is 158 fewer to 81 more."
    )
    small = replace(found(), since=Difference(0.3, -1, 2, 3, 8))
    assert "that is less than 1 more than the course before" in counts_sentence(small, NOUNS)


def test_what_it_rests_on() -> None:
    assert rests_sentence(found()) == (
        "It rests on 35 months before the start and 35 after. 2 months are hidden and left out. What is hidden is "
        "small, so this can shift the answer."
    )
    assert rests_sentence(WASHED) == "It rests on 36 months before the start and 33 after."
    assert "1.6 times as wide" in spread_sentence(replace(found(), spread=2.5))
    assert "one by one" in spread_sentence(replace(found(), spread=1.0))
    assert "never give the answer" in spread_sentence(NEWEY)


def test_caveats_fit_the_result() -> None:
    slow, fast = (" ".join(all_words(one, NOUNS)) for one in (found(SLOW), found(clear=True)))
    assert "49% of the full effect" in slow
    assert "pandemic" in slow
    assert "full effect" not in fast
    assert "pandemic" not in fast.lower()
    assert "first 3 months" in " ".join(all_words(WASHED, NOUNS))
    long = result(flat(24, 40, 0.25, 0.22), PATHS["all at once"])
    assert "24 months before are carried on over 40" in " ".join(all_words(long, NOUNS))
    assert "carried on over" not in slow


def test_the_table_of_terms() -> None:
    table = terms_table(found(SLOW))
    assert table["What"].to_list() == [
        "Level at the start (odds)",
        "Trend, for each year",
        "Seasons, first wave of the year, sine",
        "Seasons, first wave of the year, cosine",
        "Seasons, second wave of the year, sine",
        "Seasons, second wave of the year, cosine",
        "Pandemic, against other times",
        "Effect that is there by August 2021",
    ]
    classical = result(invented_one(), PATHS["all at once"], replace(PLAN, shape="level_and_slope"))
    assert terms_table(classical)["What"].to_list()[-2:] == [
        "Change of level at the start",
        "Change of the trend after the start, for each year",
    ]
    assert (chance_words(None), chance_words(0.6467), chance_words(0.0002)) == ("", "0.647", "under 0.001")


def test_nouns_of_an_indicator() -> None:
    assert Nouns("re-plans", "plans started") == NOUNS
    with pytest.raises(ValueError, match="no share"):
        nouns_of("plans_started", shipped_world().config)


def test_the_ways_in_words() -> None:
    main = way_of("main", -4, -9, 1)
    some = (main, way_of("start", -6, -11, -1), way_of("model", 2, -3, 7), way_of("window"))
    assert specifications_title(some) == "1 of 2 other ways of asking also points to lower; 1 clearly so"
    assert specifications_title((main,)) == "No other way of asking could be tried"
    assert specifications_title((way_of("main"),)) == "The main question could not be asked"
    dates = (way_of("placebo_date", 3, 1, 5), way_of("placebo_date", 1, -1, 3), way_of("placebo_date"))
    assert placebo_sentence(dates) == (
        "Asked of 2 dates before the start, when this had not begun, 1 shows an effect. Chance alone makes about 1 in "
        "20."
    )
    assert "too short" in placebo_sentence((main,))
    assert agreement_sentence(some, "Trafford", "Re-plans") == (
        "Trafford's re-plans: 4.0 lower (9.0 lower to 1.0 higher) in the main result; in 2 other ways 6.0 lower to 2.0 "
        "higher."
    )
    assert effect_words(estimate(-4, -9, -1)) == "4.0 lower (1.0 to 9.0 lower)"
    assert set(GROUPS) == set(Kind.__args__)  # type: ignore[attr-defined]


def test_nothing_claims_too_much_and_nothing_is_broken() -> None:
    for said in everything():
        assert not re.search(r"\b(caused|worked|proved|because of the intervention)\b", said), said
        assert not BROKEN.search(said), said


# --- pictures


def rows(picture: Picture, kind: str) -> pl.DataFrame:
    return picture.data.filter(kind=kind)


def two_lines(one: Interrupted) -> Picture:
    return counterfactual(one, NOUNS, "Trafford", "Invented plan records for Trafford")


def many_ways(*some: Specification) -> Picture:
    return specifications_chart(some or ways(), "Re-plans", "Trafford", "Invented plan records for Trafford")


def test_two_lines_part_at_the_start() -> None:
    one = found()
    picture = two_lines(one)
    without = rows(picture, "without")
    assert without["x"].min() == date(2018, 8, 31)
    assert rows(picture, "fitted").height == 72
    own = rows(picture, "own")
    assert own["hidden"].sum() == 2
    assert own.filter("hidden")["value"].null_count() == 2
    assert own.filter("hidden")["counts"].to_list() == ["", ""]
    assert rows(picture, "start")["label"].to_list() == ["start, September 2018"]
    assert rows(picture, "span")["short"].to_list() == ["pandemic"]
    assert {label.split()[0] for label in rows(picture, "name")["label"]} == {"smoothed", "course"}
    assert picture.table.height == 72
    assert picture.table["Used"].to_list().count("hidden") == 2
    assert "Hatched marks" in picture.key
    assert picture.subtitle == "Re-plans, percent of plans started, by month, 30 September 2015 to 31 August 2021"


def test_what_is_left_out_is_hollow_and_marked() -> None:
    picture = two_lines(WASHED)
    assert rows(picture, "own").filter(~pl.col("used")).height == 3
    assert rows(picture, "span")["short"].to_list() == ["left out", "pandemic"]
    assert "Hollow points are left out." in picture.key


def test_names_of_the_lines_stand_apart() -> None:
    one = found()
    same = replace(one.course[-1], fitted=20.0, without=20.0)
    places = rows(two_lines(replace(one, course=(*one.course[:-1], same))), "name")["value"].to_list()
    assert abs(places[0] - places[1]) > 1


def test_a_row_for_every_way() -> None:
    picture = many_ways()
    drawn = rows(picture, "row")
    assert drawn.height == len(ways()) == picture.table.height
    assert rows(picture, "group")["label"].to_list() == [
        GROUPS[kind] for kind in GROUPS if kind in {w.kind for w in ways()}
    ]
    assert drawn["shape"][0] == "diamond"
    assert picture.data["order"].drop_nulls().max() == drawn.height + rows(picture, "group").height - 1


def test_what_cannot_be_asked_has_its_reason_and_no_dot() -> None:
    picture = many_ways(way_of("main", -4, -9, 1), way_of("placebo_date"))
    row = rows(picture, "row").row(1, named=True)
    assert (row["effect"], row["lower"], row["figure"]) == (None, None, "cannot be asked")
    assert picture.table["Why it cannot be asked"].to_list() == ["", "Too little."]
    assert "says why" in picture.note
    alone = many_ways(way_of("main"))
    assert alone.title == "The main question could not be asked"
    assert vl_convert.vegalite_to_vega(drawable(alone))["marks"]


def test_a_range_far_wider_than_the_main_one_runs_out_of_the_picture() -> None:
    picture = many_ways(way_of("main", -4, -9, 1), way_of("model", -60, -90, 80))
    drawn = rows(picture, "row")
    assert drawn["lower"].to_list() == [-9, -22.5]
    assert drawn["upper"].to_list() == [1, 22.5]
    assert drawn["effect"].to_list() == [-4, None]
    assert "beyond the edge" in picture.note
    assert picture.table["Likely range, low"].to_list() == [-9, -90]


def drawable(picture: Picture) -> dict[str, object]:
    return {
        **picture.spec,
        "data": {"values": picture.data.with_columns(pl.selectors.date().cast(pl.String)).to_dicts()},
    }


@pytest.mark.parametrize("made", ["lines", "ways"])
def test_the_pictures_can_be_drawn(made: str) -> None:
    picture = two_lines(found(SLOW)) if made == "lines" else many_ways()
    assert vl_convert.vegalite_to_vega(drawable(picture))["marks"]
    for words in (picture.title, picture.subtitle, picture.alt, picture.key, picture.note):
        assert not BROKEN.search(words.strip()), words
