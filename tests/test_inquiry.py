"""One question asked of everything: its parts agree, know nothing that came later, and nobody breaks them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
import pytest

from explorer.errors import SelectionError
from explorer.evaluation.before_after import last_year_before
from explorer.evaluation.cohorts import known_by
from explorer.evaluation.controlled import Controlled, NoComparison
from explorer.evaluation.ground import Ground, of_authority, of_england
from explorer.evaluation.interrupted import Interrupted
from explorer.inquiry import Answer, Ask, PathChoice, first_start, known_start, possible_starts, tried_and_expected
from explorer.records.shipped import load_sample
from explorer.sentences.evaluation import told
from explorer.world import World
from tests.fixtures import (
    BROKEN,
    CITY_OF_LONDON,
    ENDED_LONG,
    HACKNEY,
    ISLES_OF_SCILLY,
    OPEN_LONG,
    REPEAT,
    STOCKPORT,
    TRAFFORD,
    england_in,
    shipped_world,
    start_of,
)

RUTLAND = "857"
BEGAN = date(2018, 9, 1)
CONFERENCES = "restorative_conferences"
EXPECTED = [(tried, outcome) for tried, moved in tried_and_expected(shipped_world()).items() for outcome in moved]


@lru_cache(maxsize=1)
def sample() -> World:
    world = shipped_world()
    return world.with_records(load_sample(world.config, world.rules))


def ground(area: str, start: date) -> Ground:
    before = last_year_before(start)
    try:
        return of_authority(start_of(area, before))
    except SelectionError:
        return of_england(england_in(before))


@lru_cache(maxsize=128)
def asked(
    area: str = TRAFFORD,
    tried: str = CONFERENCES,
    outcome: str = REPEAT,
    start: date = BEGAN,
    path: PathChoice = "plan",
    last: int = 2025,
    *,
    records: bool = False,
) -> Answer:
    """An answer; those of a few questions are kept, because each takes a third of a second."""
    world = sample() if records else shipped_world()
    return Answer(world, Ask(area, tried, outcome, start, path, last), ground(area, start))


# The parts agree with each other


def agreed(found: Answer) -> None:
    """What every part of an answer says of the same thing is the same."""
    verdict, evidence = found.verdict, found.verdict.evidence
    main = found.comparison if found.course is None else found.course
    assert evidence.estimate is getattr(main, "estimate", None)
    assert (verdict.outcome, evidence.asked.start) == (found.outcome, found.ask.start)
    assert evidence.asked.end == date(found.ask.last, 3, 31)
    if evidence.estimate is None:
        assert (main.why, verdict.checks) == (evidence.why_not, ())  # type: ignore[union-attr]
        assert verdict.answer in ("cannot_tell", "not_asked")
    else:
        every = found.comparisons if found.course is None else found.courses
        assert evidence.specifications == every
        (row,) = verdict.table.filter(item="effect").rows()
        assert row == ("effect", *(getattr(evidence.estimate, one) for one in ("effect", "lower", "upper")), "points")
        assert [one.estimate for one in every if one.kind == "main"] in ([], [evidence.estimate])
    assert evidence.moved == found.moved
    if found.moved is not None:
        assert found.moved.years == found.years
    assert found.paths[0] == found.stated.path
    assert found.path in found.paths
    assert {path.start for path in found.paths} == {found.ask.start.replace(day=1)}
    if found.noticeable:
        assert found.noticeable == next(iter(found.ways.values()))
        assert [one.end for one in found.noticeable] == sorted(one.end for one in found.noticeable)
        assert evidence.power.method == next(iter(found.ways))
        assert {one.end for one in found.sizes} <= {one.end for one in found.noticeable}
    assert (found.plan is None) == (found.footing is None or not found.noticeable)
    if verdict.when is not None:
        assert verdict.when > found.ask.end


@pytest.mark.parametrize("records", [False, True], ids=["published", "sample"])
@pytest.mark.parametrize(("tried", "outcome"), EXPECTED)
def test_the_parts_of_every_idea_and_measure_agree(tried: str, outcome: str, records: bool) -> None:
    found = asked(tried=tried, outcome=outcome, records=records)
    agreed(found)
    assert found.has_records is records
    assert found.data == ("sample" if records else "published")
    assert found.verdict.evidence.asked.data == found.data
    assert (found.course is not None) is records
    assert isinstance(found.course, Interrupted) is (records and outcome == REPEAT)  # the others are hidden, or a stock
    assert (found.cohorts is not None) is (found.curves is not None) is records
    assert (found.verdict.evidence.estimate is not None) or records


@pytest.mark.parametrize("outcome", [REPEAT, OPEN_LONG, ENDED_LONG])
@pytest.mark.parametrize("area", [RUTLAND, CITY_OF_LONDON])
def test_the_parts_of_a_small_authority_agree(area: str, outcome: str) -> None:
    found = asked(area, "smarter_plans", outcome)
    agreed(found)
    assert (found.series, found.course, found.cohorts, found.curves, found.courses) == (None,) * 4 + ((),)
    assert found.followed("leaving", 12) is None


@pytest.mark.parametrize("last", [2018, 2019, 2021])
@pytest.mark.parametrize("records", [False, True], ids=["published", "sample"])
def test_the_parts_agree_before_and_soon_after_the_start(last: int, records: bool) -> None:
    found = asked(last=last, records=records)
    agreed(found)
    assert (found.moved is None) is (last == 2018)
    if last == 2018:
        assert found.verdict.answer == "not_asked"
    if last == 2019:  # seven of twelve months lie after the start, and nobody's plan had time to end and come back
        assert found.verdict.answer == "cannot_tell"


def test_the_finding_on_trafford_follows_the_published_figures() -> None:
    """76 of 261 plans started in the year to March 2018 were re-plans; the comparison is of all other authorities."""
    found = asked()
    assert isinstance(found.comparison, Controlled)
    assert found.verdict.evidence.estimate is found.comparison.estimate
    assert found.comparison.estimate.method == found.settings.main.published == "difference_in_differences"
    assert found.moved is not None
    assert (found.moved.years, found.years) == ((2018, 2025), (2018, 2025))
    assert found.moved.before.value == pytest.approx(100 * 76 / 261, abs=0.05)
    assert found.footing is not None
    assert found.footing.base.percent == pytest.approx(29.1, abs=0.05)
    assert found.footing.plans == 261
    assert next(iter(found.ways)) == "difference_in_differences"


def test_the_sample_is_asked_by_its_own_course_and_beside_others() -> None:
    found = asked(records=True)
    assert isinstance(found.course, Interrupted)
    assert found.verdict.evidence.estimate is found.course.estimate
    assert next(iter(found.ways)) == "interrupted_series"
    assert found.courses[-1].label.startswith("Beside other authorities")
    both = found.followed("leaving", 12)
    assert both is not None
    assert both[1].start == BEGAN


@pytest.mark.parametrize(("path", "label"), [("plan", 0), ("ramp", 1), ("step", 2)])
def test_the_path_that_is_chosen_is_the_one_that_is_asked(path: PathChoice, label: int) -> None:
    found = asked(path=path)
    assert found.path == found.paths[label]
    assert (found.path.shares == (1.0,)) is (path == "step")
    assert isinstance(found.comparison, Controlled)
    np.testing.assert_allclose(
        found.comparison.exposure,
        found.path.exposure([date(year, 3, 31) for year in found.comparison.years], 12, stock=False),
    )


def test_the_first_year_of_a_start_in_september_is_seven_twelfths_exposed() -> None:
    found = asked(path="step").comparison
    assert isinstance(found, Controlled)
    there = dict(zip(found.years, found.exposure, strict=True))
    assert (there[2018], there[2019], there[2020]) == (0, pytest.approx(7 / 12), 1)


# Nothing later is known


def plain(thing: object) -> object:
    """Everything in an object, so that two can be compared to the last bit."""
    if isinstance(thing, np.ndarray):
        return thing.shape, thing.tobytes()
    if isinstance(thing, pl.DataFrame):
        return plain(thing.rows())
    if isinstance(thing, Mapping):
        return [(repr(key), plain(one)) for key, one in thing.items()]
    if isinstance(thing, Sequence) and not isinstance(thing, str):
        return [plain(one) for one in thing]
    if is_dataclass(thing) and not isinstance(thing, type):
        return [(one.name, plain(getattr(thing, one.name))) for one in fields(thing)]
    return repr(thing)


PARTS = [name for name, part in vars(Answer).items() if isinstance(part, cached_property)]


def of_everything(found: Answer) -> dict[str, object]:
    """Every part of an answer; of the whole panel of figures only what is in the comparison."""
    every = {name: plain(getattr(found, name)) for name in PARTS if name not in ("panel", "cohorts", "series")}
    course = [plain(found.followed("leaving", months)) for months in found.settings.cohorts.follow.value]
    return every | {"followed": course, "events": plain(found.events)}


def shorter(world: World, last: int) -> World:
    """A world that ends with a reporting year; nothing after it was ever in it."""
    known, end = pl.col("period") <= last, date(last, 3, 31)
    table, years = world.table.filter(known), tuple(year for year in world.years if year <= last)
    covered = frozenset((name, year) for name, year in world.covered if year <= last)
    events = tuple(one for one in world.events if one.start <= end)
    records = world.records
    if records is not None:
        figures = records.figures.filter(pl.col("period_end") <= end)
        records = replace(records, figures=figures, cohorts=known_by(records.cohorts, end))
    return replace(world, table=table, years=years, covered=covered, events=events, records=records)


@pytest.mark.parametrize("records", [False, True], ids=["published", "sample"])
@pytest.mark.parametrize(("outcome", "last"), [(REPEAT, 2021), (OPEN_LONG, 2022)])
def test_nothing_later_than_the_year_asked_changes_the_answer(outcome: str, last: int, records: bool) -> None:
    found = asked(tried="smarter_plans", outcome=outcome, last=last, records=records)
    known = Answer(shorter(found.world, last), found.ask, found.ground)
    assert max(known.world.table["period"]) == last
    one, other = of_everything(found), of_everything(known)
    assert [name for name in one if one[name] != other[name]] == []


def test_the_comparison_of_answers_would_notice_a_later_figure() -> None:
    found = asked(last=2021)
    one, other = of_everything(found), of_everything(asked(last=2022))
    assert {"comparison", "moved", "verdict", "ways", "stood"} <= {name for name in one if one[name] != other[name]}


def test_who_has_left_is_known_once_they_were_followed() -> None:
    """Those who left by 30 September 2019 had all been followed for a year on 30 September 2020, and not before."""
    rows = [
        ("leaving", "quarter", date(2019, 9, 30), "within_12m", 4, 20, "published"),
        ("leaving", "quarter", date(2019, 9, 30), "within_24m", 6, 20, "published"),
        ("leaving", "year", date(2019, 3, 31), "within_3m", 8, 80, "published"),
        ("leaving", "quarter", date(2019, 11, 30), "within_3m", 9, 90, "published"),  # to 29 February 2020
        ("starting", "half_year", date(2019, 9, 30), "open_at_12m", 7, 40, "published"),
    ]
    names = ("cohort", "period_kind", "period_end", "interval", "numerator", "denominator", "status")
    table = pl.DataFrame(rows, schema=names, orient="row")

    def known(*day: int) -> list[int]:
        return known_by(table, date(*day))["numerator"].to_list()

    assert known(2019, 6, 29) == []
    assert known(2019, 6, 30) == [8]
    assert known(2020, 2, 28) == [8]
    assert known(2020, 2, 29) == [8, 9]
    assert known(2020, 9, 29) == [8, 9]
    assert known(2020, 9, 30) == [4, 8, 9, 7]
    assert known(2021, 9, 30) == [4, 6, 8, 9, 7]


# What can be asked


def test_months_that_can_be_asked_about_have_four_years_before_them() -> None:
    world = shipped_world()
    starts = possible_starts(world, 2025)
    assert (starts[0], starts[-1], len(starts)) == (date(2016, 4, 1), date(2025, 3, 1), 9 * 12)
    assert all(one.day == 1 for one in starts)
    assert list(starts) == sorted(set(starts))
    assert possible_starts(world, 2017)[-1] == date(2017, 3, 1)
    assert possible_starts(world, 2016) == ()
    before = [year for year in world.years if year <= last_year_before(starts[0])]
    assert len(before) == world.evaluation.controlled.fewest_before.value


@pytest.mark.parametrize("start", [date(2016, 4, 1), date(2018, 3, 1), date(2018, 4, 1), date(2025, 3, 1)])
def test_the_first_and_the_last_month_can_be_asked_about(start: date) -> None:
    found = asked(start=start)
    agreed(found)
    assert found.years[0] == (start.year if start.month > 3 else start.year - 1)


def test_the_known_start_is_the_one_of_that_idea_in_that_authority() -> None:
    world = shipped_world()
    assert known_start(world, CONFERENCES, TRAFFORD) == BEGAN
    assert known_start(world, CONFERENCES, STOCKPORT) is None
    assert known_start(world, "peer_learning", TRAFFORD) is None
    for tried, _ in EXPECTED:
        for area in (TRAFFORD, STOCKPORT, CITY_OF_LONDON):
            first = first_start(world, tried, area)
            assert first == BEGAN  # the one start that is known
            assert first in possible_starts(world, max(world.years))


def test_only_what_an_idea_should_move_is_asked() -> None:
    world = shipped_world()
    for tried, outcomes in tried_and_expected(world).items():
        assert outcomes
        assert set(outcomes) <= set(world.evaluation.outcomes)
        assert set(outcomes) <= {one.outcome for one in world.models.what_if.interventions[tried].impact}
    for tried in set(world.models.what_if.interventions) - set(tried_and_expected(world)):
        moved = {one.outcome for one in world.models.what_if.interventions[tried].impact}
        assert not moved & set(world.evaluation.outcomes)
    found = asked(outcome=OPEN_LONG)  # conferences should not move that
    with pytest.raises(SelectionError):
        _ = found.stated


@pytest.mark.parametrize(
    ("area", "tried", "start", "what"),
    [
        (TRAFFORD, CONFERENCES, BEGAN, "restorative conferences"),
        (TRAFFORD, CONFERENCES, date(2019, 4, 1), "restorative conferences, as if begun in April 2019"),
        (STOCKPORT, CONFERENCES, BEGAN, "restorative conferences, as if begun in September 2018"),
    ],
)
def test_a_start_that_is_not_known_is_asked_as_if(area: str, tried: str, start: date, what: str) -> None:
    assert asked(area, tried, start=start).what == what
    assert asked(area, tried, start=start).verdict.evidence.asked.what == what


def test_records_are_those_of_one_authority() -> None:
    found = asked(STOCKPORT, records=True)
    agreed(found)
    assert (found.has_records, found.data) == (False, "published")
    assert (found.series, found.course, found.cohorts) == (None, None, None)
    assert found.verdict.evidence.asked.data == "published"


def test_every_answer_of_the_config_that_can_be_met_here_is_in_words() -> None:
    """Without an estimate, before the start, too small, and with one: each says something whole."""
    rules = set()
    for found in (
        asked(),
        asked(last=2018),
        asked(last=2019),
        asked(ISLES_OF_SCILLY),
        asked(CITY_OF_LONDON, "smarter_plans", OPEN_LONG),
        asked(records=True),
    ):
        words = told(found.verdict, found.settings, found.world.config, found.name, found.events)
        rules.add(found.verdict.rule)
        for line in words.text.splitlines():
            assert not BROKEN.search(line), line
    assert len(rules) >= 3


# Every authority


def everybody() -> list[str]:
    """Every eighth authority, and those that are small, hidden or missing; all where WALK=all (a minute)."""
    codes = [area.code for area in shipped_world().areas.authorities]
    if os.environ.get("WALK") == "all":
        return codes
    return list(dict.fromkeys([ISLES_OF_SCILLY, HACKNEY, "940", "850", *codes[::8]]))


def test_nobody_breaks_an_answer() -> None:
    """A part of them cannot be asked, and says why."""
    refused = 0
    for area in everybody():
        found = asked.__wrapped__(area)
        agreed(found)
        words = told(found.verdict, found.settings, found.world.config, found.name, found.events)
        for line in words.text.splitlines():
            assert not BROKEN.search(line), (area, line)
        if isinstance(found.comparison, NoComparison):
            refused += 1
            assert found.verdict.answer == "cannot_tell"
            assert found.comparison.why.endswith("."), area
            assert (found.comparisons, found.verdict.table.filter(item="effect").height) == ((), 0)
    assert 0 < refused < len(everybody()) / 2


@pytest.mark.parametrize("last", [2019, 2020, 2021, 2022, 2024])
def test_the_sample_can_be_asked_as_at_every_year(last: int) -> None:
    """In 2020 the pandemic touches one quarter alone, which once was a fit that could not be drawn from."""
    for path in ("plan", "ramp", "step"):
        found = asked(path=path, last=last, records=True)
        assert found.verdict.answer in ("consistent", "other_way", "no_sign", "cannot_tell")
        assert found.by_course == (isinstance(found.course, Interrupted) or isinstance(found.comparison, NoComparison))


def test_where_an_own_course_cannot_be_asked_the_comparison_gives_the_verdict() -> None:
    found = asked(outcome=ENDED_LONG, tried="smarter_plans", start=date(2020, 9, 1), records=True)
    assert not isinstance(found.course, Interrupted)
    assert not found.by_course
    assert isinstance(found.comparison, Controlled)
    assert found.verdict.evidence.estimate is found.comparison.estimate
