"""Rates from plan records: counted by hand, given back from records made with known rates, and weighed with a prior."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import SelectionError
from explorer.models.calibration import Calibration, calibrate
from explorer.models.durations import Within
from explorer.models.flow import BAND_STARTS, Array, return_shape
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS
from explorer.models.record_counts import (
    Counts,
    Timeline,
    children_away,
    counts,
    month_of,
    open_plans,
    timeline,
    year_before,
)
from explorer.models.record_hazards import (
    Occurred,
    PlanRecords,
    calibrate_records,
    design_effect,
    occurrences,
    weighed,
)
from explorer.models.what_if import month_end, noise_of, run_scenario
from explorer.plan_indicators import plan_indicators
from explorer.records import check_plans
from explorer.sources.sample import read_sample
from tests.fixtures import BROKEN, CITY_OF_LONDON, TRAFFORD, contents, england_in, faults, shipped_world, start_of

LONG_PLAN = 730  # days
SEPTEMBER = date(2018, 9, 30)
NEVER = 10**5


def plans(*rows: tuple[str | None, str, str | None, int]) -> pl.DataFrame:
    """Child, start, end, earlier plans."""
    kinds = {"child_id": pl.String, "start_date": pl.String, "end_date": pl.String, "previous_plans": pl.Int64}
    table = pl.DataFrame(list(rows), schema=kinds, orient="row")
    return table.with_columns(pl.col("start_date", "end_date").str.to_date())


# --- Counted by hand

BY_HAND = plans(
    ("A", "2019-11-15", "2020-03-10", 0),
    ("B", "2020-02-01", "2020-02-20", 0),  # ends in the month in which it started
    ("A", "2020-05-05", None, 1),
    ("C", "2020-04-01", "2020-09-01", 2),  # ends after the day; the plan before is not in the file
)


@pytest.fixture
def line() -> Timeline:
    return timeline(BY_HAND, date(2020, 1, 1), date(2020, 6, 30), LONG_PLAN)


def test_plans_by_hand(line: Timeline) -> None:
    found = counts(line, 36)
    assert found.months == 6
    assert found.at_risk[:5].tolist() == [3, 2, 1, 1, 0]
    assert found.ended[:5].tolist() == [1, 0, 0, 1, 0]
    assert (found.at_risk[5:].sum(), found.ended[5:].sum()) == (0, 0)
    assert (found.first_starts, found.unlinked) == (1, 1)


def test_absences_by_hand(line: Timeline) -> None:
    found = counts(line, 36)
    assert found.away[:5].tolist() == [2, 2, 1, 1, 0]
    assert found.returned[:5].tolist() == [0, 1, 0, 0, 0]


def test_the_state_by_hand(line: Timeline) -> None:
    assert open_plans(line)[:4, 0].tolist() == [0, 1, 1, 0]
    assert np.flatnonzero(children_away(line)).tolist() == [4]
    year = year_before(line)
    assert year.started[:, 0].tolist() == [0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0]
    assert year.repeats[:, 0].tolist() == [0] * 9 + [1, 1, 0]
    assert year.ended[:, 0].tolist() == [0] * 7 + [1, 1, 0, 0, 0]
    assert not year.ended_long.any()


def test_fewer_months_are_the_last_ones(line: Timeline) -> None:
    found = counts(line, 1)
    assert (found.months, found.at_risk[:3].tolist(), found.away[:5].tolist()) == (1, [1, 1, 0], [0, 0, 0, 1, 0])


def test_a_plan_within_another_is_no_return() -> None:
    """The child leaves when the longer one ends."""
    rows = plans(("A", "2020-01-05", "2020-06-10", 0), ("A", "2020-02-05", "2020-03-10", 1))
    line = timeline(rows, date(2020, 1, 1), date(2020, 9, 30), LONG_PLAN)
    assert counts(line, 36).returned.sum() == 0
    assert np.flatnonzero(children_away(line)).tolist() == [3]


def test_children_without_an_identifier_are_not_one_child() -> None:
    rows = plans((None, "2020-01-05", "2020-03-10", 0), (None, "2020-05-05", None, 0))
    line = timeline(rows, date(2020, 1, 1), date(2020, 9, 30), LONG_PLAN)
    found = counts(line, 36)
    assert (found.returned.sum(), found.first_starts, children_away(line).sum()) == (0, 2, 1)


def test_a_month_counts_once_every_day_of_it_is_covered() -> None:
    line = timeline(BY_HAND, date(2020, 1, 2), date(2020, 6, 30), LONG_PLAN)
    assert counts(line, 36).months == 5


# --- Records made with known rates

HAZARDS = np.array([0.05, 0.03, 0.12, 0.13, 0.10])
WITHIN = Within(np.concatenate([[0.5, 1.0, 1.5], [0.6, 1.0, 1.4], np.linspace(1.5, 0.5, 6), np.ones(13)]))
LEVEL, SHAPE = 0.4, return_shape(0.45)
BEGIN, COVERED, AS_AT = month_of(date(1995, 1, 1)), date(2012, 4, 1), date(2015, 3, 31)
A_MONTH = 150


@dataclass
class Invented:
    """Plans as they would all be known, by month."""

    child: list[int]
    started: list[int]
    ended: list[int]
    earlier: list[int]


def made(seed: int = 3) -> pl.DataFrame:
    """Every plan of 23 years; children independent of each other, in the months of the engine."""
    chance = np.random.default_rng(seed)
    by_age = HAZARDS.repeat(np.diff([*BAND_STARTS, 25])) * WITHIN.shape
    all_plans = Invented([], [], [], [])
    open_now = np.empty((0, 3), dtype=int)  # child, start, earlier plans
    away = np.empty((0, 3), dtype=int)  # child, month of leaving, earlier plans
    children = 0
    for month in range(BEGIN, month_of(AS_AT) + 13):
        going = chance.random(len(open_now)) < -np.expm1(-by_age[np.minimum(month - 1 - open_now[:, 1], 24)])
        since = month - 1 - away[:, 1]
        away, since = away[since < 120], since[since < 120]
        back = chance.random(len(away)) < -np.expm1(-LEVEL * SHAPE[since])
        for child, start, earlier in open_now[going].tolist():
            _add(all_plans, child, start, month, earlier)
        left = open_now[going] * [1, 0, 1] + [0, month, 1]
        new = chance.poisson(A_MONTH)
        first = np.stack([np.arange(children, children + new), np.full(new, month), np.zeros(new, dtype=int)], axis=1)
        children += new
        again = away[back] * [1, 0, 1] + [0, month, 0]
        open_now = np.concatenate([open_now[~going], first, again])
        away = np.concatenate([away[~back], left])
    for child, start, earlier in open_now.tolist():
        _add(all_plans, child, start, NEVER, earlier)
    return _frame(all_plans, chance)


def _add(all_plans: Invented, child: int, start: int, end: int, earlier: int) -> None:
    all_plans.child.append(child)
    all_plans.started.append(start)
    all_plans.ended.append(end)
    all_plans.earlier.append(earlier)


def _frame(made: Invented, chance: np.random.Generator) -> pl.DataFrame:
    def day(months: list[int]) -> list[date | None]:
        days = chance.integers(1, 29, len(months)).tolist()
        return [
            None if month == NEVER else date(month // 12, month % 12 + 1, one)
            for month, one in zip(months, days, strict=True)
        ]

    return pl.DataFrame(
        {
            "child_id": pl.Series(made.child).cast(pl.String),
            "start_date": day(made.started),
            "end_date": day(made.ended),
            "previous_plans": made.earlier,
        }
    )


@lru_cache(maxsize=1)
def everything() -> pl.DataFrame:
    return made()


@lru_cache(maxsize=1)
def covered() -> tuple[pl.DataFrame, Timeline, Counts]:
    """What a file of three years holds: the plans that were open on one of its days."""
    table = everything().filter(pl.col("end_date").is_null() | (pl.col("end_date") >= COVERED))
    line = timeline(table, COVERED, AS_AT, LONG_PLAN)
    return table, line, counts(line, 36)


def raw(line: Timeline, counted: Counts, gone: Array) -> dict[str, tuple[float, float]]:
    """Each rate, with its standard error."""
    england = replace(england_in(2015), within=WITHIN, return_shape=SHAPE)
    found = occurrences(counted, line, england, gone, LEVEL)
    return {
        name: (one.events / one.exposure, np.sqrt(one.events) / one.exposure)
        for name, one in found.items()
        if one.exposure
    }


def gone_before() -> Array:
    """Children who left in each month before the file, as many as published figures would say."""
    months = month_of(COVERED) - 1 - np.arange(120)
    ended = everything().drop_nulls("end_date")
    by_month = (ended["end_date"].dt.year().cast(pl.Int64) * 12 + ended["end_date"].dt.month() - 1).to_numpy()
    return np.asarray((by_month[None, :] == months[:, None]).sum(axis=1), dtype=float)


def test_known_rates_are_given_back() -> None:
    """From records cut on both sides, within four standard errors."""
    _, line, counted = covered()
    found = raw(line, counted, gone_before())
    expected = dict(zip(ENDING, HAZARDS, strict=True)) | {FIRST: float(A_MONTH), RETURNS: LEVEL}
    assert counted.unlinked > 300
    assert counted.returned.sum() > 300
    for name, (rate, error) in found.items():
        assert abs(rate - expected[name]) < 4 * error, name
        assert error < 0.08 * rate


def test_returns_of_children_in_the_file_alone_are_the_same_rate() -> None:
    _, line, counted = covered()
    rate, error = raw(line, replace(counted, unlinked=0), np.zeros(120))[RETURNS]
    assert abs(rate - LEVEL) < 4 * error


def test_without_left_truncation_the_rates_would_be_far_off() -> None:
    """A plan in the file that began before it had to last until it: its months before then could bring no ending."""
    table, _, _ = covered()
    naive = timeline(table, date(1990, 4, 1), AS_AT, LONG_PLAN)
    found = raw(naive, counts(naive, 12 * 25), gone_before())
    off = {name: (found[name][0] - HAZARDS[band]) / found[name][1] for band, name in enumerate(ENDING)}
    assert max(off.values()) < -4
    assert found[ENDING[3]][0] < 0.93 * HAZARDS[3]


def test_without_right_censoring_the_rates_would_be_far_off() -> None:
    """Taking the open plans away leaves the months out in which they did not end."""
    table, _, counted = covered()
    ended = table.filter(pl.col("end_date") <= AS_AT)
    naive = timeline(ended, COVERED, AS_AT, LONG_PLAN)
    short = counts(naive, 36)
    assert short.ended.tolist() == counted.ended.tolist()
    rate, error = raw(naive, short, gone_before())[ENDING[0]]
    assert rate - HAZARDS[0] > 4 * error


# --- The prior

PRIOR = np.log(0.1) + 0.25 * np.random.default_rng(5).standard_normal((5, 4000)).cumsum(axis=0)


def test_nothing_seen_is_the_prior() -> None:
    drawn, weight = weighed(PRIOR, Occurred(0.0, 0.0), 2.0)
    assert weight == 1
    assert np.exp(drawn[0]).mean() == pytest.approx(np.exp(PRIOR[0]).mean(), rel=0.01)
    assert np.abs(drawn - PRIOR).mean() < 0.02
    assert np.exp(drawn[0]).var() == pytest.approx(np.exp(PRIOR[0]).var(), rel=0.05)


def test_few_events_move_the_prior_a_little() -> None:
    drawn, weight = weighed(PRIOR, Occurred(2.0, 5.0), 2.0)
    assert weight > 0.95
    assert 1 < np.exp(drawn[0]).mean() / np.exp(PRIOR[0]).mean() < 1.1


def test_the_posterior_is_the_gamma_of_the_sum() -> None:
    rate, found, effect = np.exp(PRIOR[0]), Occurred(60.0, 400.0), 2.5
    shape = rate.mean() ** 2 / rate.var()
    after, inverse = shape + 60 / 2.5, shape / rate.mean() + 400 / 2.5
    drawn, weight = weighed(PRIOR, found, effect)
    assert np.exp(drawn[0]).mean() == pytest.approx(after / inverse, rel=0.01)
    assert np.exp(drawn[0]).var() == pytest.approx(after / inverse**2, rel=0.05)
    assert weight == pytest.approx(shape / rate.mean() / inverse)


def test_very_many_events_are_the_own_rate_and_later_years_follow() -> None:
    drawn, weight = weighed(PRIOR, Occurred(2e6, 1e7), 1.0)
    assert weight < 1e-4
    assert np.exp(drawn[0]).mean() == pytest.approx(0.2, rel=0.001)
    # each year of this prior is the one before and something new, so that all of the difference stays
    moved = (drawn - PRIOR).mean(axis=1)
    assert moved == pytest.approx([np.log(2)] * 5, abs=0.08)
    assert drawn[1].std() == pytest.approx(0.25, rel=0.05)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 5000), st.floats(0.1, 1e5), st.floats(1, 50))
def test_the_mean_lies_between_the_prior_and_the_records(events: float, exposure: float, effect: float) -> None:
    drawn, weight = weighed(PRIOR, Occurred(events, exposure), effect)
    ends = sorted([float(np.exp(PRIOR[0]).mean()), events / exposure])
    assert ends[0] * 0.98 - 1e-3 <= np.exp(drawn[0]).mean() <= ends[1] * 1.02 + 1e-3
    assert 0 < weight <= 1


def test_a_design_effect_by_hand() -> None:
    """Three years: (1 + 4 + 9) / 9 of a year's movement."""
    assert design_effect(90.0, 2.0, 0.03, 3.0) == pytest.approx(2 + 90 * 0.03 * 14 / 9)
    assert design_effect(0.0, 2.0, 0.03, 3.0) == 2


# --- The sample


@lru_cache(maxsize=1)
def sample() -> PlanRecords:
    world = shipped_world()
    file = read_sample(world.config.path(world.config.source("sample")), world.rules.limits)
    checked = check_plans(file, world.rules, *world.rules.sample_window)
    assert checked.first is not None
    assert checked.last is not None
    return PlanRecords(checked.split.kept, checked.first, checked.last, world.rules.plans.long_plan_days)


def figures(as_at: date) -> dict[str, float]:
    world = shipped_world()
    table = plan_indicators(sample().plans, as_at, "rolling_12m", world.rules.plans, world.config.benchmarks)
    return dict(table.select("indicator", "value").iter_rows())


def start(as_at: date, records: PlanRecords | None = None, area: str = TRAFFORD, draws: int = 300) -> Calibration:
    world = shipped_world()
    year = min(as_at.year - (as_at < date(as_at.year, 3, 31)), world.history.years[-1])
    known, name = world.history.up_to(year), world.areas.label(area)
    return calibrate_records(records or sample(), as_at, known, england_in(year), area, name, draws, 1, 20)


def test_the_start_of_the_sample_is_exact() -> None:
    found, told = start(SEPTEMBER), figures(SEPTEMBER)
    assert found.state.open.sum() == told["plans_open"] == 248
    names = ("up_to_3m", "3m_to_6m", "6m_to_1y", "1y_to_2y", "2y_plus")
    by_band = np.add.reduceat(found.state.open[:, 0], BAND_STARTS)
    assert by_band.tolist() == [told[f"plans_open_{name}"] for name in names]
    year = found.state.year
    flows = [year.started, year.repeats, year.ended, year.ended_long]
    counted = ("plans_started", "plans_started_repeat", "plans_ended", "plans_ended_2y_plus")
    assert [flow.sum() for flow in flows] == [told[name] for name in counted]
    assert contents(found.central_state) == contents(found.state)


def test_the_calibration_has_the_shape_of_a_published_one() -> None:
    found, published = start(SEPTEMBER, draws=200), start_of(TRAFFORD, 2018)
    assert found.rates.ending.shape == published.rates.ending.shape
    assert set(found.basis) == set(RATES)
    assert sum(found.leaving_mix) == pytest.approx(1)
    for rate, basis in found.basis.items():
        other = published.basis[rate]
        assert basis.low < basis.value < basis.high
        assert 0.2 < basis.prior_weight < 0.7
        assert 0.7 < basis.value / other.value < 1.4, "the same children"
        assert basis.england == other.england
    assert found.hidden == ()
    for sentence in found.sources:
        assert not BROKEN.search(sentence)


def test_nothing_later_is_used() -> None:
    records = sample()
    later = (pl.col("end_date") > SEPTEMBER).fill_null(value=False)
    known = records.plans.filter(pl.col("start_date") <= SEPTEMBER).with_columns(
        end_date=pl.when(~later).then("end_date")
    )
    cut = PlanRecords(known, records.first, SEPTEMBER, records.long_plan_days)
    assert contents(start(SEPTEMBER, cut)) == contents(start(SEPTEMBER))


def test_published_years_that_the_records_hold_are_not_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another number of re-plans in a year within the window changes nothing; in one before it, something."""
    world = shipped_world()
    year, england = world.history.up_to(2018), england_in(2018)

    def returns(changed: int) -> float:
        repeats = year.repeats.copy()
        repeats[year.areas.index(TRAFFORD), year.years.index(changed)] *= 0.3
        known = replace(year, repeats=repeats)
        found = calibrate_records(sample(), SEPTEMBER, known, england, TRAFFORD, "Trafford", 300, 1, 20)
        return found.basis[RETURNS].value

    usual = start(SEPTEMBER).basis[RETURNS].value
    assert returns(2017) == usual
    assert returns(2016) == usual
    assert returns(2015) != usual


def test_the_forecast_is_near_what_the_sample_then_does() -> None:
    """Twelve months on from every September: hardly a figure lies outside its 95% range."""
    ends = [date(year, 9, 30) for year in range(2017, 2024)]
    errors, inside = [], []
    for as_at in ends:
        found, told = start(as_at), figures(month_end(as_at, 12))
        run = run_scenario(found, None, shipped_world().models.what_if, noise_of(found, 12, 1), 1)
        for name in ("plans_open", "plans_started", "plans_ended", "repeat_plan_percent"):
            drawn = run.figures[name][11]
            low, high = np.nanquantile(drawn, [0.025, 0.975])
            inside.append(low <= told[name] <= high)
            if name == "plans_open":
                errors.append(abs(float(drawn.mean()) / told[name] - 1))
    assert np.mean(inside) > 0.9
    assert np.median(errors) < 0.15


def test_it_is_the_same_with_the_same_seed() -> None:
    assert contents(start(SEPTEMBER)) == contents(start(SEPTEMBER))


def test_where_nothing_is_published_it_is_drawn_towards_england() -> None:
    """The City of London hides nearly everything; its records would still be weighed against England's rates."""
    known = shipped_world().history.up_to(2018)
    with pytest.raises(SelectionError):
        calibrate(known, england_in(2018), CITY_OF_LONDON, "City of London", 50, 1, 20)
    found = start(SEPTEMBER, area=CITY_OF_LONDON)
    own, england = found.basis[ENDING[2]], start(SEPTEMBER).basis[ENDING[2]]
    assert own.value == pytest.approx(england.value, rel=0.15)
    assert found.state.open.sum() == 248


def test_years_since_the_last_published_one_are_skipped() -> None:
    world, as_at = shipped_world(), date(2024, 9, 30)
    known = world.history.up_to(2022)
    found = calibrate_records(sample(), as_at, known, england_in(2022), TRAFFORD, "Trafford", 100, 1, 20)
    assert len(found.rates.ending) == 3


# --- Refusals


def few(number: int) -> PlanRecords:
    rows = [(f"C{one}", "2016-01-05", None, 0) for one in range(number)]
    return PlanRecords(plans(*rows), date(2015, 4, 1), date(2018, 9, 30), LONG_PLAN)


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (lambda: start(date(2018, 9, 29)), "29 September 2018 is not the end of a month; plan records allow any"),
        (lambda: start(date(9999, 12, 31)), "so that a what-if cannot start on 31 December 9999."),
        (lambda: start(date(2025, 4, 30)), "The plan records run from 1 April 2015 to 31 March 2025, so that"),
        (lambda: start(date(2016, 2, 29)), "a what-if on 29 February 2016 needs the twelve months before it."),
        (lambda: start(SEPTEMBER, few(50)), "Trafford started fewer than 20 plans in the twelve months to"),
        (lambda: start(SEPTEMBER, few(0)), "no plan of Trafford is open on 30 September 2018"),
    ],
)
def test_what_cannot_be_worked_out_is_told(run: Callable[[], object], sentence: str) -> None:
    (said,) = faults(run, SelectionError)
    assert sentence in said
    assert not BROKEN.search(said)


def test_the_first_twelve_months_are_enough() -> None:
    assert start(date(2016, 3, 31)).state.open.sum() == figures(date(2016, 3, 31))["plans_open"]
    assert sample().first + timedelta(365) == date(2016, 3, 31)
