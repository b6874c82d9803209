"""Each check that an evaluation has to hold: by hand, at its threshold, and where it cannot be tried."""

from dataclasses import replace

import pytest
from scipy.stats import binom

from explorer.benchmarks.position import Figure
from explorer.evaluation.before_after import BeforeAfter, Span
from explorer.evaluation.checks import Alike, Facts, Fit, failed, of_need, there_words, tried, way
from explorer.evaluation.estimate import Check, Estimate, Kind, Specification
from explorer.evaluation.verdict_settings import CheckName
from tests.fixtures import BROKEN, shipped_world

SETTINGS = shipped_world().evaluation
MAIN = Estimate("synthetic_did", -8.0, -14.0, -2.0, 0.02, -16.0, 5, 2)
NONE = Facts(MAIN, (), None, None, None, 0.5, None)


def ways(kind: Kind, *effects: float, clear: bool = False, p_value: float = 0.05) -> tuple[Specification, ...]:
    """Ways of asking with these effects."""
    half = 0.5 if clear else 50.0
    return tuple(
        Specification(kind, f"{number}", replace(MAIN, effect=one, lower=one - half, upper=one + half, p_value=p_value))
        for number, one in enumerate(effects)
    )


def check(name: CheckName, **facts: object) -> Check:
    return next(one for one in tried(replace(NONE, **facts), SETTINGS) if one.name == name)  # type: ignore[arg-type]


def test_every_check_is_tried_in_the_order_of_the_file_and_says_a_sentence() -> None:
    for one in tried(NONE, SETTINGS):
        assert one.said.endswith(".")
        assert not BROKEN.search(one.said), one.said
    assert [one.name for one in tried(NONE, SETTINGS)] == list(SETTINGS.checks)


def test_with_nothing_known_nothing_passes_but_the_time() -> None:
    assert {one.name: one.passed for one in tried(NONE, SETTINGS) if one.passed is not None} == {"time": True}


@pytest.mark.parametrize(
    ("fit", "passed"),
    [
        (None, None),
        (Fit(3.2), None),
        (Fit(3.2, 5, 8), None),  # too few others
        (Fit(3.2, 0, 18), True),  # 1 of 19 is more than 5 of 100
        (Fit(3.2, 0, 148), False),
        (Fit(3.2, 7, 148), True),
        (Fit(3.2, 6, 148), False),  # 7 of 149
    ],
)
def test_the_fit_before_is_among_the_worst_or_not(fit: Fit | None, passed: bool | None) -> None:
    assert check("before_fit", fit=fit).passed is passed


def test_placebo_dates_fail_where_so_many_would_be_rare() -> None:
    """P(2 or more of 4 at 5 in 100) = 0.014; P(1 or more of 4) = 0.185; of 8 P(2 or more) = 0.057."""
    assert binom.sf(1, 4, 0.05) == pytest.approx(0.0140, abs=1e-4)
    quiet, loud = ways("placebo_date", 1.0, -1.0, 2.0), ways("placebo_date", 4.0, -4.0, clear=True)
    assert check("placebo_dates", specifications=quiet).passed is True
    assert check("placebo_dates", specifications=quiet + loud[:1]).passed is True
    assert check("placebo_dates", specifications=quiet[:2] + loud).passed is False
    assert check("placebo_dates", specifications=quiet * 2 + loud).passed is True
    assert check("placebo_dates", specifications=loud[:1]).passed is False
    assert check("placebo_dates", specifications=quiet[:1]).passed is True
    assert check("placebo_dates", specifications=()).passed is None
    said = check("placebo_dates", specifications=quiet).said
    assert said == "Of 3 dates before the start none shows an effect. Chance alone makes one at about 5 of 100 dates."


@pytest.mark.parametrize(
    ("alike", "passed"), [(None, None), (Alike(9, 0), None), (Alike(30, 2), True), (Alike(30, 3), False)]
)
def test_others_that_were_as_high_moved_as_far(alike: Alike | None, passed: bool | None) -> None:
    assert check("alike", alike=alike).passed is passed


def test_agreement_counts_other_ways_and_neither_placebos_nor_leaving_out_one_of_many() -> None:
    three_of_four = ways("model", -1.0, -2.0) + ways("method", -3.0) + ways("start", 2.0)
    noise = ways("placebo_date", 5.0, 5.0, 5.0) + ways("left_out", 5.0, 5.0) + ways("hidden", 5.0)
    missing = (Specification("path", "a path", None, "It could not be asked."),)
    assert check("agreement", specifications=three_of_four + noise + missing).passed is True
    assert check("agreement", specifications=three_of_four + ways("window", 0.0)).passed is False
    assert check("agreement", specifications=three_of_four[:2]).passed is None
    at_nought = replace(MAIN, effect=0.0)
    assert check("agreement", estimate=at_nought, specifications=three_of_four).passed is None


def test_no_single_other_authority_may_turn_the_result() -> None:
    assert check("one_other", specifications=ways("left_out", -1.0, -9.0)).passed is True
    assert check("one_other", specifications=ways("left_out", -1.0, 0.1)).passed is False


@pytest.mark.parametrize(
    ("there", "before", "passed"),
    [
        (0.5, 29.1, True),  # 4 points lower in the end
        (0.1, 29.1, True),  # 20 points lower
        (0.05, 29.1, False),  # 40 points lower than 29: impossible
        (0.5, None, None),
        (0.0, 29.1, None),
    ],
)
def test_a_size_that_no_share_can_have_is_found(there: float, before: float | None, passed: bool | None) -> None:
    assert check("possible", there=there, before=before).passed is passed


def test_a_rise_beyond_all_is_impossible_too() -> None:
    up = replace(MAIN, effect=8.0, lower=2.0, upper=14.0)
    assert check("possible", estimate=up, there=0.1, before=85.0).passed is False
    assert check("possible", estimate=up, there=0.2, before=85.0).passed is True
    unclear = replace(MAIN, upper=0.5)
    assert check("possible", estimate=unclear, there=0.01, before=1.0).passed is True


def test_the_middle_of_all_ways_is_seldom_made_by_chance() -> None:
    rare = ways("model", -1.0, -2.0, p_value=0.04)
    often = ways("method", -1.0, -2.0, p_value=0.6)
    assert check("robust", specifications=rare + often[:1]).passed is True  # 0.02, 0.04, 0.04, 0.6
    assert check("robust", specifications=rare[:1] + often).passed is False
    assert check("robust", specifications=rare).passed is None


def moved(low: float, high: float) -> BeforeAfter:
    nobody = Figure("358", "published", 29.1)
    left = Span((low + high) / 2, (low + high) / 2, low, high)
    return BeforeAfter("358", (2018, 2020), nobody, nobody, (nobody, nobody), left=left)


@pytest.mark.parametrize(
    ("low", "high", "passed"),
    [(-9.0, -1.0, True), (-9.0, -0.01, False), (-9.0, 2.0, False), (1.0, 9.0, False)],
)
def test_what_is_left_beside_the_share_of_chance(low: float, high: float, passed: bool) -> None:
    assert check("by_itself", moved=moved(low, high)).passed is passed


def test_an_effect_that_is_still_on_its_way() -> None:
    assert check("time", there=0.49).passed is False
    assert check("time", there=0.5).passed is True
    assert [there_words(share) for share in (0.0, 0.004, 0.3, 0.999, 1.0)] == [
        "Hardly any", "Hardly any", "About 30%", "All", "All",
    ]  # fmt: skip


def test_a_check_that_must_be_tried_fails_where_it_is_not() -> None:
    checks = tried(NONE, SETTINGS)
    assert [one.name for one in failed(checks, SETTINGS, "an_effect")] == ["agreement"]
    assert failed(checks, SETTINGS, "any_answer") == ()
    assert {one.name for one in of_need(checks, SETTINGS, "any_answer")} == {"before_fit", "placebo_dates"}


@pytest.mark.parametrize(
    ("low", "high", "side"), [(1, 2, 1), (-2, -1, -1), (-1, 1, 0), (0, 1, 0), (-1, 0, 0), (0, 0, 0)]
)
def test_a_range_that_touches_nothing_is_on_no_side(low: float, high: float, side: int) -> None:
    assert way(low, high) == side
