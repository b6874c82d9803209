"""Plan records in the place of published figures: nothing else moves, and every page survives what they hide."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pytest
import vl_convert
from polars.testing import assert_frame_equal

from explorer.benchmarks.change import change
from explorer.benchmarks.position import Position
from explorer.charts.picture import Picture
from explorer.charts.ranked import ranked_bars
from explorer.charts.series import yearly_series
from explorer.charts.strip import strip
from explorer.errors import SelectionError
from explorer.export.csv_file import csv_bytes
from explorer.models.calibration import Calibration, calibrate
from explorer.plan_indicators import COUNTS, PERCENTAGES, PLAN_INDICATORS
from explorer.records import Records
from explorer.records.shipped import load_sample
from explorer.sentences import changes, figures, groups
from explorer.sentences.assumptions import rates_table, weight_sentence
from explorer.world import World
from tests.fixtures import (
    BROKEN,
    ENDED_LONG,
    ENGLAND,
    GROUP,
    HACKNEY,
    OPEN,
    OPEN_LONG,
    REPEAT,
    STOCKPORT,
    TRAFFORD,
    ZERO,
    england_in,
    shipped_world,
)
from tests.test_every_position import everything_said

SHARES = (REPEAT, OPEN_LONG, ENDED_LONG)
KEY = ["measure", "area", "year_ending"]
NOBODY = re.compile(r"\bNone of \d+ ")  # a sentence of English, not a value that was not filled in
Entry = tuple[str, int, str, float | None, str]  # indicator, year, kind, value, status


@lru_cache(maxsize=1)
def sample() -> Records:
    world = shipped_world()
    return load_sample(world.config, world.rules)


def of(*entries: Entry, area: str = TRAFFORD, version: str = "abc") -> Records:
    """Records that give some figures."""
    rows = [
        (name, date(year, 3, 31), kind, None if given is None else int(given), None, given, None, None, status)
        for name, year, kind, given, status in entries
    ]
    table = pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row")
    return replace(sample(), figures=table, area=area, version=version, label="Our records")


def measures(world: World, **wanted: object) -> pl.DataFrame:
    return world.published.measures.filter(**wanted)


def row(world: World, measure: str, year: int, area: str = TRAFFORD) -> tuple[object, object, object]:
    return measures(world, measure=measure, area=area, year_ending=year).select("value", "status", "source").row(0)


# --- Which rows are replaced


def plan_measures(world: World) -> set[str]:
    """What plan records are there to give."""
    rates = {name for name, entry in world.config.indicators.items() if entry.numerator in COUNTS}
    return {*COUNTS, *PERCENTAGES, *rates}


def test_every_year_of_a_plan_measure_is_of_the_records_or_empty() -> None:
    """Never is one year of a line theirs and the next one DfE's."""
    before = shipped_world()
    after = before.with_records(of(("plans_open", 2019, "year", 300.0, "published")))
    assert row(after, "plans_open", 2019) == (300.0, "published", "Our records")
    assert row(after, "plans_open", 2018) == (None, "not_in_records", "Our records")
    assert row(after, "plans_started", 2019) == (None, "not_in_records", "Our records")
    moved = measures(after).join(measures(before), on=measures(before).columns, how="anti", nulls_equal=True)
    assert set(moved["area"]) == {TRAFFORD}
    assert set(moved["measure"]) <= plan_measures(before)
    theirs = measures(after, area=TRAFFORD).filter(pl.col("measure").is_in(list(plan_measures(before))))
    assert set(theirs["source"]) == {"Our records"}
    assert measures(after).height == measures(before).height
    assert not measures(after).select(KEY).is_duplicated().any()
    assert after.years_of_records == (2019,)


def test_a_rate_is_that_of_the_records_half_up() -> None:
    children = row(shipped_world(), "children_0_17", 2019)[0]
    assert isinstance(children, float)
    by_hand = int(10_000 * 300 / children * 10 + 0.5) / 10
    after = shipped_world().with_records(of(("plans_open", 2019, "year", 300.0, "published")))
    assert row(after, "plans_open_per_10k", 2019) == (by_hand, "published", "Our records")


@pytest.mark.parametrize(
    "entry",
    [
        ("plans_open", 2019, "year", None, "refused"),
        ("plans_open", 2019, "month", 300.0, "published"),
        ("plans_open", 2019, "rolling_12m", 300.0, "published"),
        ("plans_open", 2019, "year_to_date", 300.0, "published"),
        ("plans_open", 2012, "year", 300.0, "published"),  # nothing is published for that year
        ("plans_open", 2026, "year", 300.0, "published"),
        ("plans_started_repeat_within_2y", 2019, "year", 30.0, "published"),  # DfE publishes no such figure
    ],
)
def test_whatever_else_the_records_hold_gives_no_year(entry: Entry) -> None:
    before = shipped_world()
    after = before.with_records(of(entry))
    assert after.years == before.years
    assert after.years_of_records == ()
    kept = ~(pl.col("area").eq(TRAFFORD) & pl.col("measure").is_in(list(plan_measures(before))))
    assert_frame_equal(measures(after).filter(kept), measures(before).filter(kept))
    assert after.version == f"{before.version}+abc"


@pytest.mark.parametrize("status", ["suppressed", "not_applicable"])
def test_a_hidden_figure_is_withheld_and_nothing_is_said_of_its_size(status: str) -> None:
    entries: list[Entry] = [
        ("plans_open", 2019, "year", None, status),
        ("plans_open_2y_plus", 2019, "year", None, status),
        (OPEN_LONG, 2019, "year", None, status),
    ]
    after = shipped_world().with_records(of(*entries))
    shown = "withheld" if status == "suppressed" else status
    for name in ("plans_open", "plans_open_per_10k", "plans_open_2y_plus", OPEN_LONG):
        assert row(after, name, 2019) == (None, shown, "Our records")
        found = after.table.filter(indicator=name, area=TRAFFORD, period=2019).row(0, named=True)
        nothing = ("value", "numerator", "least", "most", "lower", "upper")
        assert {key: found[key] for key in nothing} == dict.fromkeys(nothing)
        assert found["status"] == shown


def test_where_the_children_are_not_known_there_is_no_rate() -> None:
    before = shipped_world()
    unknown = pl.col("measure").eq("children_0_17") & pl.col("area").eq(TRAFFORD) & pl.col("year_ending").eq(2019)
    table = measures(before).with_columns(
        value=pl.when(~unknown).then("value"),
        status=pl.when(unknown).then(pl.lit("not_available")).otherwise("status"),
    )
    without = replace(before, published=replace(before.published, measures=table))
    after = without.with_records(of(("plans_open", 2019, "year", 300.0, "published")))
    assert row(after, "plans_open_per_10k", 2019) == (None, "not_in_records", "Our records")


def test_the_version_is_that_of_the_data_and_of_the_records() -> None:
    figure: Entry = ("plans_open", 2019, "year", 300.0, "published")
    one, other = (shipped_world().with_records(of(figure, version=name)).version for name in ("one", "other"))
    assert len({one, other, shipped_world().version}) == 3
    assert one.startswith(shipped_world().version)


@pytest.mark.parametrize(("origin", "private"), [("upload", True), ("sample", False), ("plan_records", False)])
def test_only_an_upload_is_of_one_session(origin: str, private: bool) -> None:
    assert shipped_world().with_records(replace(sample(), origin=origin)).private == private  # type: ignore[arg-type]


# --- The shipped sample


@lru_cache(maxsize=1)
def with_sample() -> World:
    return shipped_world().with_records(sample())


def test_no_other_authority_s_row_changes() -> None:
    before, after = shipped_world(), with_sample()
    others = pl.col("area") != TRAFFORD
    assert_frame_equal(measures(after).filter(others), measures(before).filter(others))
    assert_frame_equal(after.table.filter(others), before.table.filter(others))
    assert after.years == before.years
    assert after.covered >= before.covered
    rows = measures(after).filter(~others)
    assert not rows.select(KEY).is_duplicated().any()
    untouched = rows.filter(source=sample().label).select("measure").unique()["measure"].to_list()
    assert not {"children_0_17", "initial_conferences", "reviews_on_time_percent"} & set(untouched)


@pytest.mark.parametrize("year", range(2016, 2026))
def test_positions_have_the_counts_of_the_records(year: int) -> None:
    world, given = with_sample(), sample().figures.filter(period_kind="year", period_end=date(year, 3, 31))
    seen = 0
    for entry in given.iter_rows(named=True):
        if not world.has(entry["indicator"], year):
            continue
        seen += 1
        found = world.position(TRAFFORD, entry["indicator"], year, GROUP).figure
        if entry["status"] == "published":
            assert (found.value, found.status) == (entry["value"], "published")
            if entry["denominator"] is not None:
                assert (found.numerator, found.denominator) == (entry["numerator"], entry["denominator"])
                assert (found.lower, found.upper) == pytest.approx((entry["lower"], entry["upper"]))
        else:
            assert entry["status"] == "suppressed"
            assert (found.value, found.status, found.least, found.most) == (None, "withheld", None, None)
            assert found.numerator is None
    assert seen >= 15


def test_years_before_the_records_are_empty() -> None:
    table = with_sample().table.filter(pl.col("indicator").is_in([REPEAT, OPEN, OPEN_LONG]), area=TRAFFORD)
    assert set(table.filter(pl.col("period") < 2016)["status"]) == {"not_in_records"}


# --- What is said and drawn where figures are withheld


def hiding(hidden: Callable[[str, int], bool]) -> World:
    """The sample with some of its figures hidden, over what the control itself hides."""
    rows = [
        {**entry, **dict.fromkeys(("value", "numerator", "denominator", "lower", "upper")), "status": "suppressed"}
        if entry["status"] != "refused" and hidden(entry["indicator"], entry["period_end"].year)
        else entry
        for entry in sample().figures.filter(period_kind="year").iter_rows(named=True)
    ]
    return shipped_world().with_records(replace(sample(), figures=pl.DataFrame(rows, schema=PLAN_INDICATORS)))


@lru_cache(maxsize=8)
def world_of(name: str) -> World:
    """The sample as it is; with everything hidden; with each figure hidden or not by chance; with some kinds hidden."""
    chance = random.Random(7)
    ways: dict[str, Callable[[str, int], bool]] = {
        "all": lambda *_: True,
        "half": lambda *_: chance.random() < 0.5,
        "shares": lambda indicator, _: indicator.endswith("percent"),
        "wholes": lambda indicator, _: indicator in ("plans_open", "plans_started", "plans_ended"),
        "parts": lambda indicator, _: indicator not in ("plans_open", "plans_started", "plans_ended"),
    }
    return with_sample() if name == "sample" else hiding(ways[name])


WORLDS = ("sample", "all", "half", "shares", "wholes", "parts")


@lru_cache(maxsize=1)
def beside() -> str:
    """An authority that has Trafford among its neighbours, in the group that the tests compare with."""
    areas = shipped_world().areas
    found = [area.code for area in areas.authorities if TRAFFORD in _group(area.code, 2018)]
    assert STOCKPORT in found
    return STOCKPORT


def _group(area: str, year: int) -> tuple[str, ...]:
    return tuple(shipped_world().comparators(area, year, GROUP).members)


@lru_cache(maxsize=24)
def positions(name: str, area: str) -> dict[tuple[str, int], Position]:
    world = world_of(name)
    found = {
        (indicator, year): world.position(area, indicator, year, GROUP)
        for indicator in world.config.indicators
        for year in world.years
        if world.has(indicator, year)
    }
    assert len(found) > 200
    return found


def _said(name: str, area: str) -> Iterator[tuple[tuple[str, int, str], str, Position]]:
    world = world_of(name)
    found = positions(name, area)
    for (indicator, year), one in found.items():
        entry = world.config.indicators[indicator]
        for what, words in everything_said(one).items():
            yield (indicator, year, what), words, one
        yield (indicator, year, "headline"), figures.headline(one.figure, entry), one
        before = found.get((indicator, year - 1))
        step = change(before.figure, one.figure, entry.scale) if before else None
        yield (indicator, year, "change"), changes.change_sentence(step, entry), one


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("whose", ["own", "beside"])
def test_no_sentence_is_broken_by_what_is_withheld(name: str, whose: str) -> None:
    withheld = 0
    for where, words, one in _said(name, TRAFFORD if whose == "own" else beside()):
        assert not BROKEN.search(NOBODY.sub("", words)), (where, words)
        statuses = [one.figure.status, *(member.status for member in one.members)]
        withheld += "withheld" in statuses
        if (
            one.figure.status == "withheld"
            and name != "shares"
            and where[2] in ("own", "cell", "counts", "headline", "change")
        ):
            assert not ZERO.search(words), (where, words)
            assert "1 to 5" not in words, (where, words)
    assert withheld > 50


def test_a_withheld_member_has_no_bounds_and_widens_nothing_to_1_to_5() -> None:
    one = positions("all", STOCKPORT)[OPEN_LONG, 2018]
    assert "withheld" in [member.status for member in one.members]
    assert one.mean_bounds is None
    if one.median_bounds is not None:  # whatever the withheld one is
        pairs = [member.bounds for member in one.members if member.status in ("published", "suppressed", "withheld")]
        for far in (1e6, 1e9):
            ends = [np.median([pair[end] if pair else way * far for pair in pairs]) for end, way in ((0, -1), (1, 1))]
            assert one.median_bounds == pytest.approx(tuple(ends))
    said = groups.group_sentence(one, world_of("all").config)
    assert "what they could be is not known" in said or "what it could be is not known" in said


def test_a_withheld_figure_is_not_placed_among_others() -> None:
    for one in positions("all", TRAFFORD).values():
        if one.figure.status == "withheld":
            assert (one.rank.place, one.england_rank.place) == (None, None)
            told = one.comparison
            assert (told.lower, told.level, told.higher, told.unknown) == (0, 0, 0, one.group_size)
            # a place between two others would say how large it is
            assert one.rank.best in (None, 1), (one.indicator, one.year)
            assert one.rank.worst in (None, one.rank.of_bounded), (one.indicator, one.year)


def test_a_withheld_member_is_not_compared() -> None:
    config, seen = world_of("all").config, 0
    for one in positions("all", STOCKPORT).values():
        hidden = sum(member.status == "withheld" for member in one.members)
        if hidden and one.figure.value is not None:
            seen += 1
            assert one.comparison.unknown >= hidden
            assert one.contributing <= one.group_size - hidden
            assert not re.search(r"\b1 to 5\b", groups.group_sentence(one, config))
    assert seen > 30


def _pictures(name: str, area: str) -> Iterator[Picture]:
    world, found = world_of(name), positions(name, area)
    for one in (found[share, year] for share in (*SHARES, OPEN, "plans_open_per_10k") for year in (2016, 2018, 2025)):
        yield ranked_bars(one, world.config, world.areas)
        yield strip(one, world.config, world.areas)
    for indicator in world.config.indicators:
        years = [one for (measure, _), one in found.items() if measure == indicator]
        if years:
            yield yearly_series(years, 2018, world.config, world.areas)


@pytest.mark.parametrize("name", ["sample", "all", "half", "wholes"])
@pytest.mark.parametrize("area", [TRAFFORD, STOCKPORT])
def test_every_picture_survives_what_is_withheld(name: str, area: str) -> None:
    for number, picture in enumerate(_pictures(name, area)):
        for words in (picture.title, picture.subtitle, picture.alt, picture.key, picture.note):
            assert not words or not BROKEN.search(words), (picture.name, words)
        for table in (picture.table, picture.data):
            texts = table.select(pl.col(pl.String)).unpivot()["value"].drop_nulls().to_list()
            assert not [text for text in texts if text and BROKEN.search(text)], picture.name
        assert csv_bytes(picture.table)
        if number % 10 == 0:
            spec = {**picture.spec, "data": {"values": picture.data.to_dicts()}}
            assert vl_convert.vegalite_to_vega(spec)["marks"]


def test_a_picture_of_invented_records_says_so() -> None:
    world = with_sample()
    words = "Invented plan records for Trafford"
    picture = ranked_bars(positions("sample", TRAFFORD)[REPEAT, 2018], world.config, world.areas).of_records(words)
    assert picture.subtitle.startswith(words)
    assert picture.alt.startswith(words)
    assert picture.table["Data"].unique().to_list() == [words]
    assert picture.spec["title"]["text"] == words


# --- The what-if


def start(world: World, year: int) -> Calibration:
    """Trafford as a what-if finds it in a world with plan records: England is learnt from published figures alone."""
    models, known = world.models, world.history.up_to(year)
    return calibrate(known, england_in(year), TRAFFORD, "Trafford", 100, models.seed, models.fewest)


@pytest.mark.parametrize("name", WORLDS)
def test_a_what_if_works_or_says_why_not(name: str) -> None:
    world, worked = world_of(name), 0
    for year in world.years[1:]:
        try:
            found = start(world, year)
        except SelectionError as problem:
            (sentence,) = problem.faults
            assert sentence.endswith(".")
            assert not BROKEN.search(sentence), sentence
            continue
        worked += 1
        assert np.isfinite(found.state.open).all()
        assert np.isfinite(found.rates.ending).all()
        said = [weight_sentence(found, "Trafford"), *found.sources]
        said += rates_table(found).select(pl.col(pl.String)).unpivot()["value"].to_list()
        for words in said:
            assert not BROKEN.search(words), (year, words)
    assert worked or name != "sample"


def test_a_what_if_of_withheld_figures_is_refused_and_never_rests_on_a_mixture() -> None:
    """Everything is hidden from 2016 on, and before that there is nothing of the records."""
    with pytest.raises(SelectionError, match="a what-if can rest on"):
        start(world_of("all"), 2025)


def test_england_and_a_stranger_are_as_they_were() -> None:
    for area in (ENGLAND, HACKNEY):
        assert_frame_equal(with_sample().table.filter(area=area), shipped_world().table.filter(area=area))
