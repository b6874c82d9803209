"""Interrupted time series: the published example, sums by hand, what cannot be asked, and the recorded simulations."""

import json
from dataclasses import replace
from datetime import date
from math import exp, log, sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.interrupted import PATHS, SERIES, Course, expected, invented
from explorer.evaluation.interrupted import Interrupted, NotAsked, ask, evaluate, evaluate_series, planned
from explorer.evaluation.path import Path, month_after, ramp, step
from explorer.evaluation.quasi_binomial import fit, told_apart
from explorer.evaluation.regressors import Plan, design
from explorer.evaluation.shares import Months, Shares, shares_of
from explorer.evaluation.specifications import NEWEY_WEST, NO_TREND, placebo_months, specifications, specifications_of
from explorer.models.series import Kind, Point, Series
from explorer.plan_indicators import month_ends
from tests.fixtures import REPEAT, ROOT, TRAFFORD, shipped_world

SETTINGS = shipped_world().evaluation
START = date(2018, 9, 1)
PANDEMIC = (date(2020, 3, 23), date(2021, 7, 19))
MONTHLY, QUARTERLY = planned(1, SETTINGS), planned(3, SETTINGS)


def ends(before: int, after: int, months: Months = 1) -> tuple[date, ...]:
    last = month_after(START, after - 1)
    every = month_ends(month_after(START, -before), date.fromordinal(month_after(last, 1).toordinal() - 1))
    return tuple(every)[months - 1 :: months]


def flat(before: int, after: int, share: float = 0.25, later: float = 0.25, whole: float = 40.0) -> Shares:
    days = ends(before, after)
    parts = tuple(whole * (later if end >= START else share) for end in days)
    return Shares(days, parts, (whole,) * len(days), 1)


def invented_one(seed: int = 1, path: str = "all at once", to: float = 0.25, starts: int = 22) -> Shares:
    course = Course(starts, 36, 36, 1, path)
    return next(invented(course, expected(course, 0.25, to), 1, seed))


def result(shares: Shares, path: Path, plan: Plan = MONTHLY) -> Interrupted:
    found = evaluate(shares, path, plan, SETTINGS)
    assert isinstance(found, Interrupted), found
    return found


def why(shares: Shares, path: Path, plan: Plan = MONTHLY) -> str:
    found = evaluate(shares, path, plan, SETTINGS)
    assert isinstance(found, NotAsked)
    return found.why


# --- the published worked example (tests/data/sicily.txt)


def sicily(times: float = 1_000.0) -> tuple[pl.DataFrame, Shares]:
    """Events out of so many people that odds are rates."""
    table = pl.read_csv(ROOT / "tests" / "data" / "sicily.csv")
    people = tuple(number * times for number in table["stdpop"])
    return table, Shares(tuple(month_ends(date(2002, 1, 1), date(2006, 11, 30))), tuple(table["aces"]), people, 1)


def test_the_smoking_ban_of_sicily() -> None:
    """Bernal 2017: a rate ratio of 0.894 (0.864 to 0.925) by Poisson; with seasons and overdispersion 0.885.

    The article's plain Poisson interval takes no spread; ours is that one, widened by the spread.
    """
    _, shares = sicily()
    ban = step(date(2005, 1, 1))
    plain, seasonal = (result(shares, ban, Plan(pairs)) for pairs in (0, 2))
    effect = plain.terms[-1]
    assert effect.name == "effect"
    assert effect.odds_ratio == pytest.approx(0.894, abs=0.0005)
    error = (log(effect.upper) - log(effect.lower)) / 2 / 2.0032 / sqrt(plain.spread)  # t with 56 degrees of freedom
    assert exp(log(effect.odds_ratio) - 1.96 * error) == pytest.approx(0.864, abs=0.001)
    assert exp(log(effect.odds_ratio) + 1.96 * error) == pytest.approx(0.925, abs=0.001)
    assert seasonal.terms[-1].odds_ratio == pytest.approx(0.885, abs=0.0005)


@pytest.mark.parametrize("pairs", [0, 2])
def test_the_same_by_a_poisson_regression_with_an_offset(pairs: int) -> None:
    """Another likelihood, other columns for the seasons and another library call give the same."""
    table, shares = sicily()
    month = 2 * np.pi * table["month"].to_numpy() / 12
    waves = [wave(pair * month) for pair in range(1, pairs + 1) for wave in (np.sin, np.cos)]
    columns = np.column_stack([np.ones(59), table["time"], *waves, table["smokban"]])
    model = sm.GLM(table["aces"].to_numpy(), columns, sm.families.Poisson(), np.log(table["stdpop"].to_numpy()))
    other = model.fit(scale="X2")
    found = result(shares, step(date(2005, 1, 1)), Plan(pairs))
    assert found.terms[-1].odds_ratio == pytest.approx(float(np.exp(other.params[-1])), rel=1e-4)
    assert found.spread == pytest.approx(other.scale, rel=0.03)  # ours is the larger of two estimates
    assert found.spread >= other.scale * (1 - 1e-4)
    assert found.terms[1].odds_ratio == pytest.approx(float(np.exp(12 * other.params[1])), rel=1e-4)  # a year's trend


def test_newey_west_by_hand() -> None:
    """Bartlett weights over two lags of the scores, between two inverses of the information (Newey and West 1987)."""
    _, shares = sicily()
    asked = ask(shares, step(date(2005, 1, 1)), Plan(2, errors="newey_west"), SETTINGS)
    assert not isinstance(asked, NotAsked)
    columns = asked.columns.columns
    parts, wholes = (np.array(column) for column in (shares.parts, shares.wholes))
    expected_shares = 1 / (1 + np.exp(-columns @ asked.fit.values))
    scores = columns * (parts - wholes * expected_shares)[:, None]
    middle = scores.T @ scores
    for lag, weight in ((1, 2 / 3), (2, 1 / 3)):
        across = scores[lag:].T @ scores[:-lag]
        middle += weight * (across + across.T)
    inverse = np.linalg.inv(columns.T @ (columns * (wholes * expected_shares * (1 - expected_shares))[:, None]))
    by_hand = inverse @ middle @ inverse * 59 / (59 - 7)
    assert asked.fit.covariance == pytest.approx(by_hand, rel=1e-4)


# --- sums by hand


def test_two_levels_by_hand() -> None:
    """Without trend and seasons the fit is the two shares, and its standard error that of two proportions."""
    rows = [(10, 40), (6, 40), (8, 40), (12, 40), (9, 40), (7, 40), (11, 40), (9, 40)]
    later = [(4, 40), (8, 40), (6, 40), (10, 40), (5, 40), (3, 40)]
    days = ends(8, 6)
    parts, wholes = zip(*rows, *later, strict=True)
    found = result(Shares(days, tuple(map(float, parts)), tuple(map(float, wholes)), 1), step(START), Plan(0, False))
    before, after = 72 / 320, 36 / 240
    assert [found.course[0].fitted, found.course[-1].fitted] == pytest.approx([100 * before, 100 * after], abs=0.3)
    odds = (after / (1 - after)) / (before / (1 - before))
    assert found.terms[-1].odds_ratio == pytest.approx(odds)
    squares = sum((y - 40 * before) ** 2 for y, _ in rows) / (40 * before * (1 - before))
    squares += sum((y - 40 * after) ** 2 for y, _ in later) / (40 * after * (1 - after))
    pooled = (sum((y - 9) ** 2 for y, _ in rows) + sum((y - 6) ** 2 for y, _ in later)) / (
        320 * before * (1 - before) + 240 * after * (1 - after)
    )
    assert found.spread == pytest.approx(max(squares / 12, pooled * 14 / 12, 1.0))
    error = sqrt(found.spread * (1 / (320 * before * (1 - before)) + 1 / (240 * after * (1 - after))))
    assert log(found.terms[-1].upper) == pytest.approx(log(odds) + 2.178813 * error, abs=1e-5)  # t, 12 d.f., 97.5%


def test_the_pooled_spread_counts_large_months_more() -> None:
    days = 12
    wholes = np.array([4.0, 80.0] * 6)
    parts = np.array([1.0, 20.0] * 6)
    parts[1::4] += 10  # only large months move
    parts[3::4] -= 10
    found = fit(parts, wholes, np.ones((days, 1)))
    assert found is not None
    pearson = 6 * 100 / (80 * 0.25 * 0.75) / 11
    pooled = 6 * 100 / (wholes.sum() * 0.25 * 0.75) * 12 / 11
    assert pooled > pearson > 1
    assert found.dispersion == pytest.approx(pooled)


def test_a_spread_is_never_less_than_chance() -> None:
    assert result(flat(24, 12), step(START)).spread == 1.0


def test_the_known_change_is_found_and_the_course_before_carried_on() -> None:
    found = result(flat(36, 36, 0.28, 0.18, 400.0), step(START))
    assert found.estimate.effect == pytest.approx(-10, abs=0.3)
    assert found.estimate.full == found.estimate.effect
    assert found.estimate.clear
    assert found.last.without == pytest.approx(28, abs=0.3)
    assert found.since.number == pytest.approx(-0.1 * 400 * 36, rel=0.03)
    assert found.since.came == pytest.approx(36 * 72)
    assert found.since.out_of == 36 * 400
    assert (found.estimate.periods_before, found.estimate.periods_after) == (36, 36)


def test_without_the_intervention_is_the_fit_before_the_start() -> None:
    found = result(invented_one(), ramp(START, 12, 12, "later"))
    for period in found.course:
        if period.exposure == 0:
            assert period.without == pytest.approx(period.fitted)
        assert 0 <= period.without_lower <= period.without_upper <= 100


def test_half_of_the_effect_makes_half_of_it_on_the_scale_of_odds() -> None:
    """The full effect is what the last period's makes once all of it is there."""
    path = Path("half", START, (0.5,) * 36 + (1.0,))
    shares = flat(36, 36, 0.28, 0.2191, 4_000.0)  # half way in log odds from 28% to 16.8%
    found = result(shares, path)
    assert found.last.exposure == 0.5
    assert found.estimate.effect == pytest.approx(100 * (0.2191 - 0.28), abs=0.05)
    odds = (0.2191 / 0.7809) ** 2 / (0.28 / 0.72)
    assert found.estimate.full == pytest.approx(100 * (odds / (1 + odds) - 0.28), abs=0.1)


def test_columns_by_hand() -> None:
    found = design(ends(3, 3, 3), 3, step(START), Plan(1, pandemic=(date(2018, 10, 1), date(2018, 10, 31))), 1)
    assert found.names == ("level", "trend", "season_1_sine", "season_1_cosine", "pandemic", "effect")
    assert found.columns[:, 1] == pytest.approx([-1.5 / 12, 1.5 / 12])
    assert found.columns[:, 4] == pytest.approx([0, 31 / 91])
    assert found.columns[:, 5].tolist() == [0, 1]
    assert found.without[:, 5].tolist() == [0, 0]
    slope = design(ends(2, 3), 1, step(START), Plan(0, shape="level_and_slope"), 4)
    assert slope.columns[:, 2].tolist() == [0, 0, 1, 1, 1]
    assert slope.columns[:, 3] == pytest.approx([0, 0, 0.5 / 12, 1.5 / 12, 2.5 / 12])
    with pytest.raises(ValueError, match="at most 1 waves"):
        design(ends(3, 3, 3), 3, step(START), Plan(2), 1)


def test_a_quarter_that_holds_the_start_is_exposed_in_part() -> None:
    days = (date(2018, 6, 30), date(2018, 9, 30), date(2018, 12, 31))
    found = design(days, 3, step(START), Plan(0), 2)
    assert found.columns[:, -1] == pytest.approx([0, 1 / 3, 1])


def test_columns_that_run_in_step_are_not_told_apart() -> None:
    assert not told_apart(np.column_stack([np.ones(9), np.arange(9), 3 + 2 * np.arange(9)]))
    assert not told_apart(np.column_stack([np.ones(9), np.zeros(9)]))
    assert told_apart(np.column_stack([np.ones(9), np.arange(9), np.arange(9) ** 2]))


# --- ranges


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), starts=st.sampled_from([8, 22]), path=st.sampled_from(list(PATHS)))
def test_a_range_and_its_p_value_say_the_same(seed: int, starts: int, path: str) -> None:
    found = evaluate(invented_one(seed, path, 0.2, starts), PATHS[path], MONTHLY, SETTINGS)
    if isinstance(found, NotAsked):
        return
    estimate = found.estimate
    if not 0.045 < estimate.p_value < 0.055:  # draws go in steps
        assert estimate.clear == (estimate.p_value < 0.05)
    assert -100 <= estimate.lower <= estimate.effect <= estimate.upper <= 100
    assert found.since.lower <= found.since.number <= found.since.upper


def test_the_same_seed_gives_the_same() -> None:
    shares = invented_one(3)
    one, two = (evaluate(shares, step(START), MONTHLY, SETTINGS, seed=5) for _ in range(2))
    assert one == two


def test_both_ways_round() -> None:
    """What did not happen, counted instead, has the same effect the other way."""
    shares = invented_one(4)
    rest = tuple((whole or 0) - (part or 0) for part, whole in zip(shares.parts, shares.wholes, strict=True))
    one, two = (result(of, step(START)).estimate for of in (shares, replace(shares, parts=rest)))
    assert one.effect == pytest.approx(-two.effect, abs=1e-6)
    assert one.p_value == pytest.approx(two.p_value, abs=1e-6)
    assert (one.lower, one.upper) == pytest.approx((-two.upper, -two.lower), abs=0.5)


# --- what is left out, and what cannot be asked


def hide(shares: Shares, *places: int) -> Shares:
    parts = tuple(None if place in places else part for place, part in enumerate(shares.parts))
    return replace(shares, parts=parts)


def test_hidden_periods_and_empty_ones_are_left_out() -> None:
    shares = invented_one(5)
    whole = tuple(0.0 if place == 9 else number for place, number in enumerate(shares.wholes))
    part = tuple(0.0 if place == 9 else number for place, number in enumerate(shares.parts))
    found = result(hide(replace(shares, parts=part, wholes=whole), 3, 40), step(START))
    assert [place for place, period in enumerate(found.course) if not period.used] == [3, 9, 40]
    assert found.hidden == 2
    assert (found.estimate.periods_before, found.estimate.periods_after) == (34, 35)
    assert found.course[3].share is None


def test_a_hidden_figure_changes_nothing_whatever_it_is() -> None:
    shares = invented_one(6)
    one = hide(shares, 3)
    two = replace(one, wholes=tuple(None if place == 3 else number for place, number in enumerate(one.wholes)))
    assert result(one, step(START)).estimate == result(two, step(START)).estimate


def test_wash_out_and_windows() -> None:
    shares = invented_one(7)
    found = result(shares, step(START), replace(MONTHLY, wash_out=3, left_out=((date(2019, 4, 1), date(2019, 5, 2)),)))
    gone = [period.end for period in found.course if not period.used]
    assert gone == [*month_ends(START, date(2018, 11, 30)), date(2019, 4, 30), date(2019, 5, 31)]


def test_what_cannot_be_asked_says_why() -> None:
    assert "7 periods before the start can be used; it takes 8" in why(flat(7, 36), step(START))
    assert "3 periods after the start" in why(flat(36, 3), step(START))
    assert "15 of 72 periods are hidden" in why(hide(flat(36, 36), *range(0, 30, 2)), step(START))
    assert "12 periods are too few: the course is described by 7 numbers" in why(flat(8, 4), step(START))
    assert "nothing of the effect is expected" in why(flat(36, 12), ramp(START, 24, 12, "late"))
    assert "run in step" in why(flat(36, 36), step(START), replace(MONTHLY, pandemic=(START, date(2030, 1, 1))))
    assert "all or none" in why(flat(36, 36, 0.25, 0.0), step(START))
    assert "all or none" in why(flat(36, 36, 0.0, 0.0), step(START))
    assert why(Shares((), (), (), 1), step(START)).startswith("0 periods before the start")


def test_counts_have_to_make_sense() -> None:
    with pytest.raises(ValueError, match="at most the whole"):
        Shares(ends(1, 1), (3.0, 5.0), (4.0, 4.0), 1)
    with pytest.raises(ValueError, match="an end"):
        Shares(ends(1, 1), (3.0,), (4.0, 4.0), 1)


# --- a series of a page


def series_of(shares: Shares, kind: Kind = "month", name: str = REPEAT) -> Series:
    points = []
    for end, part, whole in zip(shares.ends, shares.parts, shares.wholes, strict=True):
        if part is None or whole is None:
            points.append(Point(end, "withheld"))
        elif whole == 0:
            points.append(Point(end, "not_applicable", None, 0, 0))
        else:
            points.append(Point(end, "published", round(100 * part / whole, 1), part, whole))
    return Series(name, TRAFFORD, kind, tuple(points), "Invented plan records")


def test_a_series_is_its_counts() -> None:
    shares = hide(invented_one(8), 4)
    series = series_of(shares)
    assert shares_of(series).parts == shares.parts
    assert shares_of(series).hidden[4]
    found = evaluate_series(series, step(START), SETTINGS, PANDEMIC)
    assert isinstance(found, Interrupted)
    assert found.estimate == result(shares, step(START), replace(MONTHLY, pandemic=PANDEMIC)).estimate
    assert found.terms[-2].name == "pandemic"


def test_a_count_out_of_nothing_is_not_hidden() -> None:
    shares = invented_one(8)
    wholes = tuple(0.0 if place == 4 else number for place, number in enumerate(shares.wholes))
    parts = tuple(0.0 if place == 4 else number for place, number in enumerate(shares.parts))
    assert not shares_of(series_of(Shares(shares.ends, parts, wholes, 1))).hidden[4]


def test_kinds_of_series_that_are_not_asked() -> None:
    shares = invented_one(8)
    cases: tuple[tuple[Kind, str, str], ...] = (
        ("month", "open_2y_plus_percent", "counted on one day"),
        ("rolling_12m", REPEAT, "overlap"),
        ("year_to_date", REPEAT, "overlap"),
        ("year", REPEAT, "Years are too few"),
    )
    for kind, name, words in cases:
        found = evaluate_series(series_of(shares, kind, name), step(START), SETTINGS)
        assert isinstance(found, NotAsked)
        assert words in found.why
        assert specifications_of(series_of(shares, kind, name), step(START), MONTHLY, SETTINGS) == ()
    with pytest.raises(ValueError, match="by month or by quarter"):
        shares_of(series_of(shares, "year"))
    empty = evaluate_series(Series(REPEAT, TRAFFORD, "month", (), "None"), step(START), SETTINGS)
    assert empty == NotAsked("There is no figure.")


# --- other ways of asking


def test_every_way_of_asking() -> None:
    shares = invented_one(9, "as the plan model says", 0.2)
    path, plan = PATHS["as the plan model says"], replace(MONTHLY, pandemic=PANDEMIC)
    found = specifications(shares, path, plan, SETTINGS)
    kinds = [one.kind for one in found]
    assert kinds[0] == "main"
    assert kinds.count("main") == 1
    assert set(kinds) == {"main", "placebo_date", "start", "window", "path", "model", "sensitivity"}
    assert all((one.estimate is None) == bool(one.why_not) for one in found)
    assert found[0].estimate == result(shares, path, plan).estimate
    labels = {one.label: one.estimate for one in found}
    assert labels["All at once"] == result(shares, step(START), plan).estimate
    assert labels["First 3 months left out"] == result(shares, path, replace(plan, wash_out=3)).estimate
    assert labels["6 months later"] == result(shares, path.moved(6), plan).estimate
    assert [one.label for one in found if one.label.startswith("Without")] == [
        f"Without the year to March {year}" for year in (2019, 2020, 2021, 2022)
    ]
    assert [one.label for one in found if one.kind == "sensitivity"] == [NO_TREND, NEWEY_WEST]
    assert "All at once" not in [one.label for one in specifications(shares, step(START), plan, SETTINGS)]


def test_placebos_know_nothing_from_the_start_on() -> None:
    shares = invented_one(10)
    other = replace(
        shares,
        parts=tuple(0.0 if end >= START else part for end, part in zip(shares.ends, shares.parts, strict=True)),
    )
    placebos = [
        [one for one in specifications(of, step(START), MONTHLY, SETTINGS) if one.kind == "placebo_date"]
        for of in (shares, other)
    ]
    assert placebos[0] == placebos[1]
    assert placebo_months(shares, step(START), SETTINGS) == (6, 12, 18, 24)
    assert placebo_months(flat(13, 36), step(START), SETTINGS) == ()
    assert placebo_months(flat(0, 36), step(START), SETTINGS) == ()


def test_too_little_gives_reasons_and_no_fault() -> None:
    found = specifications(flat(4, 2), step(START), MONTHLY, SETTINGS)
    assert all(one.estimate is None and one.why_not.endswith(".") for one in found)


# --- the recorded simulations (bench/interrupted.py)

RECORD: dict[str, Any] = json.loads((ROOT / "bench" / "results" / "interrupted.json").read_text(encoding="utf-8"))


def test_where_nothing_happened_the_record_keeps_to_the_limits() -> None:
    assert len(RECORD["null"]) == 36
    for name, row in RECORD["null"].items():
        assert row["type_one_percent"] <= 6, name
        assert row["coverage_percent"] >= 93, name
        assert row["asked"] >= 1_000, name
    offered = {name: row for name, row in RECORD["specifications"].items() if NEWEY_WEST not in name}
    assert len(offered) == 28
    for name, row in offered.items():
        assert row["type_one_percent"] <= 6, name
        assert row["coverage_percent"] >= 93, name


def test_known_effects_are_found_without_bias() -> None:
    """On the scale of the fit at every size; in points where the figures can say anything of points.

    With 8 starts a month a range spans 40 points and more, and shares that cannot be below 0% pull the mean askew.
    """
    assert len(RECORD["effects"]) == 48
    for name, row in RECORD["effects"].items():
        assert row["asked"] >= 0.98 * SERIES["effects"], name
        assert row["coverage_percent"] >= 93, name
        assert abs(row["mean_error_log_odds"]) <= 3 * row["standard_error_log_odds"], name
        if "; 8 starts" not in name:
            assert abs(row["mean_error_points"]) <= 3 * row["standard_error_points"], name


def test_a_share_that_drifts_by_itself_is_the_reason_for_the_trend() -> None:
    """Published shares walk by 1.3 points a year: with a trend that is hardly taken for an effect, without it often."""
    rows = RECORD["drift"]
    planned_ones = {name: row["type_one_percent"] for name, row in rows.items() if name.startswith("as planned")}
    assert len(planned_ones) == 8
    for name, percent in planned_ones.items():
        assert percent <= 9, name
        assert rows[name.replace("as planned", NO_TREND)]["type_one_percent"] > percent, name
