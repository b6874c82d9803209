"""Cohorts before and after a date: sums by hand, Newcombe's published examples, what is hidden, and false alarms."""

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.disclosure import COHORT_TABLE
from explorer.evaluation.cohorts import before_after, cohort_course, curves, difference
from explorer.indicators import wilson_interval
from tests.fixtures import ROOT, shipped_world

WORLD = shipped_world()
BENCHMARKS, EVALUATION = WORLD.config.benchmarks, WORLD.evaluation
EFFECT = BENCHMARKS.uncertainty.design_effect
START = date(2018, 9, 1)
YEARS = tuple(date(year, 3, 31) for year in range(2016, 2022))
HALVES = (date(2018, 9, 30), date(2019, 3, 31))
Line = tuple[str, date, int, int | None, int | None]  # kind, end, months, part, whole


def safe(*lines: Line, cohort: str = "leaving") -> pl.DataFrame:
    name = "within" if cohort == "leaving" else "open_at"
    rows = [
        (cohort, kind, end, f"{name}_{months}m", part, whole, "suppressed" if part is None else "published")
        for kind, end, months, part, whole in lines
    ]
    return pl.DataFrame(rows, schema=COHORT_TABLE, orient="row")


def year(end: int, months: int, part: int | None, whole: int = 200) -> Line:
    return "year", date(end, 3, 31), months, part, whole


WHOLE = [year(end.year, 12, 40 if end < START else 28) for end in YEARS]
SPLIT: list[Line] = [("half_year", HALVES[0], 12, 21, 100), ("half_year", HALVES[1], 12, 9, 100)]
QUARTERS: list[Line] = [
    ("quarter", date(2018, 6, 30), 12, 15, 60),
    ("quarter", date(2018, 9, 30), 12, 6, 40),
]


def test_the_sides_by_hand() -> None:
    """Three years before; two after, with the half of 2018-19 that lies after; the quarter to June is before."""
    found = before_after(safe(*WHOLE, *SPLIT, *QUARTERS), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.part, found.before.whole, found.before.quarters) == (3 * 40 + 15, 3 * 200 + 60, 13)
    assert (found.before.first, found.before.last) == (date(2015, 4, 1), date(2018, 6, 30))
    assert (found.after.part, found.after.whole, found.after.quarters) == (2 * 28 + 9, 2 * 200 + 100, 10)
    assert found.after.first == date(2018, 10, 1)
    assert found.estimate is not None
    assert found.estimate.effect == pytest.approx(100 * (65 / 500 - 135 / 660))
    assert found.estimate.full == found.estimate.effect
    assert (found.estimate.periods_before, found.estimate.periods_after) == (13, 10)
    assert found.estimate.lower < found.estimate.effect < found.estimate.upper


def test_a_start_on_the_first_day_of_a_year_splits_no_year() -> None:
    found = before_after(safe(*WHOLE, *SPLIT), "leaving", 12, date(2018, 4, 1), BENCHMARKS, EVALUATION)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.whole, found.after.whole) == (600, 600)


def test_a_hidden_year_hides_its_side_and_a_hidden_edge_is_left_out() -> None:
    gone = [line if line[1].year != 2020 else year(2020, 12, None) for line in WHOLE]
    found = before_after(safe(*gone, *SPLIT), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert found.estimate is None
    assert found.why_not == "hidden"
    assert found.after is None
    assert found.before is not None
    edge: list[Line] = [(kind, end, months, None, whole) for kind, end, months, _, whole in SPLIT]
    found = before_after(safe(*WHOLE, *edge), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert found.after is not None
    assert found.after.first == date(2019, 4, 1)


def test_too_few_quarters_are_not_compared() -> None:
    found = before_after(safe(*WHOLE[:4], *SPLIT), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert found.after is not None
    assert found.after.quarters == 2
    assert found.estimate is None
    assert found.why_not == "few"
    nothing = before_after(safe(), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert (nothing.before, nothing.after, nothing.why_not) == (None, None, "few")


@pytest.mark.parametrize(
    ("counts", "range_"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombes_examples(counts: tuple[int, int, int, int], range_: tuple[float, float]) -> None:
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10."""
    found = difference(*counts[2:], *counts[:2], 1.0, 0.95)
    assert found[1:3] == pytest.approx(range_, abs=5e-5)


def test_the_range_is_made_of_wilson_ranges() -> None:
    """The lower end is the difference less the distances to the lower end after and the upper end before."""
    found = difference(40, 200, 28, 200, EFFECT, BENCHMARKS.uncertainty.confidence)
    (_, high), (low, _) = wilson_interval(40.0, 200.0, BENCHMARKS), wilson_interval(28.0, 200.0, BENCHMARKS)
    assert found[1] == pytest.approx(-0.06 - ((0.14 - low) ** 2 + (high - 0.2) ** 2) ** 0.5)


PAIR = st.integers(1, 300).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(PAIR, PAIR)
@settings(max_examples=40, deadline=None)
def test_the_p_value_belongs_to_the_range(before: tuple[int, int], after: tuple[int, int]) -> None:
    apart, low, high, p_value = difference(*before, *after, EFFECT, 0.95)
    assert low <= apart <= high
    assert 0 <= p_value <= 1
    if abs(p_value - 0.05) > 1e-6:
        assert (low > 0 or high < 0) == (p_value < 0.05)
    if 1e-6 < p_value < 1 - 1e-6:
        touching = difference(*before, *after, EFFECT, 1 - p_value)[1:3]
        assert min(abs(end) for end in touching) < 1e-6
    turned = difference(*after, *before, EFFECT, 0.95)
    assert turned == pytest.approx((-apart, -high, -low, p_value), abs=1e-6)


def test_the_curve_by_hand() -> None:
    """Each year 200 leave: before 20 are back by three months and 40 by twelve; the last year is followed for three."""
    lines = [year(end.year, 12, 40 if end < START else 28) for end in YEARS[:-1]]
    lines += [year(end.year, 3, 20 if end < START else 14) for end in YEARS]
    found = curves(safe(*lines), "leaving", START, BENCHMARKS, EVALUATION)
    assert found.before is not None
    assert found.after is not None
    assert found.before.months == found.after.months == (3, 12)
    assert (found.before.at_risk, found.before.events) == ((600, 540), (60, 60))
    assert found.before.left.share.tolist() == pytest.approx([0.9, 0.8])
    assert (found.after.at_risk, found.after.events) == ((400, 186), (28, 14))
    assert found.after.left.share.tolist() == pytest.approx([0.93, 0.93 * (1 - 14 / 186)])
    assert found.after.side.whole == 400


def test_a_step_that_is_hidden_in_a_year_is_left_out_on_both_sides() -> None:
    lines = [year(end.year, 12, 40) for end in YEARS]
    lines += [year(end.year, 3, None if end.year == 2020 else 20) for end in YEARS]
    found = curves(safe(*lines), "leaving", START, BENCHMARKS, EVALUATION)
    assert found.before is not None
    assert found.before.months == (12,)
    hidden = curves(safe(*[year(end.year, 12, None) for end in YEARS]), "leaving", START, BENCHMARKS, EVALUATION)
    assert (hidden.before, hidden.after) == (None, None)


def test_time_on_plan_is_the_share_that_is_left() -> None:
    lines = [year(end.year, months, part) for end in YEARS for months, part in ((12, 80), (24, 20))]
    found = curves(safe(*lines, cohort="starting"), "starting", START, BENCHMARKS, EVALUATION)
    assert found.before is not None
    assert (found.before.at_risk, found.before.events) == ((600, 240), (360, 180))
    assert found.before.left.share.tolist() == pytest.approx([0.4, 0.1])
    compared = before_after(safe(*lines, cohort="starting"), "starting", 12, START, BENCHMARKS, EVALUATION)
    assert compared.estimate is not None
    assert compared.estimate.effect == 0
    assert compared.estimate.p_value == 1


def test_the_finest_periods_of_which_few_are_hidden() -> None:
    settings = EVALUATION.cohorts
    quarters: list[Line] = [("quarter", end, 12, 9, 50) for end in (date(2018, 6, 30), date(2018, 9, 30))]
    found = cohort_course(safe(*WHOLE, *SPLIT, *quarters), "leaving", 12, BENCHMARKS, settings)
    assert found is not None
    assert found.kind == "quarter"
    assert (found.points[0].first, found.points[0].value) == (date(2018, 4, 1), 18.0)
    hidden: list[Line] = [(*line[:3], None, 50) for line in quarters[:1]]
    found = cohort_course(safe(*WHOLE, *SPLIT, *hidden, quarters[1]), "leaving", 12, BENCHMARKS, settings)
    assert found is not None
    assert found.kind == "half_year"
    low, high = wilson_interval(21.0, 100.0, BENCHMARKS)
    assert (found.points[0].lower, found.points[0].upper) == pytest.approx((100 * low, 100 * high))
    assert cohort_course(safe(), "leaving", 12, BENCHMARKS, settings) is None
    nobody = cohort_course(safe(("year", YEARS[0], 12, 0, 0)), "leaving", 12, BENCHMARKS, settings)
    assert nobody is not None
    assert (nobody.points[0].value, nobody.points[0].status) == (None, "not_applicable")


def test_a_thousand_invented_authorities_without_a_change_and_with_one() -> None:
    """The record of bench/cohorts.py keeps to the limits: false alarms, ranges, no bias but where much is hidden."""
    record = json.loads((ROOT / "bench" / "results" / "cohorts.json").read_text(encoding="utf-8"))
    assert record["authorities"] == 1_000
    assert record["design_effect"] == EFFECT
    for name, row in record["before_after"].items():
        assert row["ranges that hold the truth, percent"] >= 93, name
        assert row["authorities that could be asked"] >= 800, name
        if row["true effect, points"] == 0:
            assert row["called clear, percent"] <= 6, name
        if row["plans ended a month"] >= 22:
            assert row["authorities that could be asked"] == 1_000, name
            assert abs(row["mean error, points"]) <= 3 * row["standard error of that"], name
        else:  # of very small authorities the years with few back are hidden, which makes a fall look smaller
            assert abs(row["mean error, points"]) < 1, name
    assert {row["true effect, points"] for row in record["before_after"].values()} == {0, -6}
