"""Why the plans open changed in a year: sums by hand, exactness, and ranges that hold for simulated families."""

from collections.abc import Iterator
from itertools import pairwise
from math import exp, log

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.models.stock_change import Counts, Split, leaving_rate, open_after, split
from tests.fixtures import shipped_world

RULE = shipped_world().config.benchmarks.uncertainty
STEADY = Counts(100, 100, 100, 100, (25, 25))  # one leaves a year for each one open


def _known(now: Counts, before: Counts) -> Split:
    found = split(now, before, RULE)
    assert found is not None
    return found


def test_a_year_by_hand() -> None:
    assert open_after(100, 100, 1) == pytest.approx(100)  # as many leave as start
    assert open_after(100, 0, log(2)) == pytest.approx(50)
    assert open_after(0, 100, log(2)) == pytest.approx(50 / log(2))
    assert open_after(80, 20, 0) == 100  # nobody leaves


@pytest.mark.parametrize(
    ("opening", "started", "leaving"), [(100, 130, 0.8), (0, 40, 3.0), (300, 20, 0.05), (5, 900, 9)]
)
def test_a_year_is_what_small_steps_make_of_it(opening: float, started: float, leaving: float) -> None:
    now, steps = opening, 20_000
    for _ in range(steps):
        half = now + (started - leaving * now) / steps / 2
        now += (started - leaving * half) / steps
    assert open_after(opening, started, leaving) == pytest.approx(now, rel=1e-6)
    assert leaving_rate(Counts(opening, now, started)) == pytest.approx(leaving, rel=1e-4)


@pytest.mark.parametrize("closing", [0, 200, 230])
def test_no_rate_leads_to_none_or_to_more_than_there_were(closing: float) -> None:
    with pytest.raises(ValueError, match="no rate"):
        leaving_rate(Counts(100, closing, 100))


def test_the_parts_by_hand() -> None:
    # before: one leaves a year for each one open; then 40 more start and the same share leaves
    now = Counts(100, open_after(100, 140, 1), 140, repeats=(60, 60))
    found = _known(now, STEADY)
    assert (found.months_before, found.months) == pytest.approx((12, 12))
    assert found.under_way == pytest.approx(0, abs=1e-8)
    assert found.starts.value == pytest.approx(40 * (1 - exp(-1)))
    assert found.staying.value == pytest.approx(0, abs=1e-8)
    assert found.first
    assert found.repeat
    assert found.first.value == pytest.approx(5 * (1 - exp(-1)))
    assert found.repeat.value == pytest.approx(35 * (1 - exp(-1)))
    # as many start, and plans last half as long
    shorter = _known(Counts(100, open_after(100, 100, 2), 100), STEADY)
    assert shorter.months == pytest.approx(6)
    assert shorter.starts.value == 0
    assert shorter.staying.value == pytest.approx(100 * exp(-2) + 100 * (1 - exp(-2)) / 2 - 100)


def test_what_was_under_way_needs_no_cause() -> None:
    before = Counts(200, open_after(200, 100, 1), 100)  # on its way down to 100
    now = Counts(before.closing, open_after(before.closing, 100, 1), 100)
    found = _known(now, before)
    assert found.change < -20
    assert found.under_way == pytest.approx(found.change)
    assert not found.told


_YEARS = st.tuples(*(st.integers(5, 400) for _ in range(5)), st.floats(0, 1), st.floats(0, 1))


@given(_YEARS)
def test_parts_add_up_and_turn_round(numbers: tuple[int, int, int, int, int, float, float]) -> None:
    first, second, third, started_before, started, *shares = numbers
    again = [round(one * share) for one, share in zip((started_before, started), shares, strict=True)]
    before = Counts(first, second, started_before, None, (again[0], again[0]))
    now = Counts(second, third, started, None, (again[1], again[1]))
    assume(min(before.left, now.left) >= 5)
    found = _known(now, before)
    assert found.change == third - second
    assert found.under_way + found.starts.value + found.staying.value == pytest.approx(found.change, abs=1e-6)
    assert found.first
    assert found.repeat
    assert found.first.value + found.repeat.value == pytest.approx(found.starts.value, abs=1e-8)
    for part in (found.starts, found.staying, found.first, found.repeat):
        assert part.low < part.value < part.high
    # the signs are those of the starts and of the months themselves
    assert found.starts.value * (started - started_before) >= 0
    assert found.staying.value * (found.months - found.months_before) >= 0
    # from the same plans open, with the two years' starts and rates changed over, each cause is the other way
    turned = open_after(second, started_before, 12 / found.months_before)
    back = split(Counts(second, turned, started_before), Counts(second, third, started), RULE)
    if back:
        assert back.starts.value == pytest.approx(-found.starts.value, rel=1e-6, abs=1e-6)
        assert back.staying.value == pytest.approx(-found.staying.value, rel=1e-6, abs=1e-6)


def test_no_change_is_no_part_and_cannot_be_told() -> None:
    found = _known(STEADY, STEADY)
    assert (found.change, found.starts.value, found.staying.value) == pytest.approx((0, 0, 0))
    assert not found.told


def test_counts_that_do_not_agree_widen_how_long_alone() -> None:
    off = Counts(100, 100, 100, 110, (25, 25))
    agree, apart = _known(STEADY, STEADY), _known(off, STEADY)
    assert apart.starts == agree.starts
    assert apart.staying.high == pytest.approx(agree.staying.high + 10)
    assert apart.staying.low == pytest.approx(agree.staying.low - 10)


def test_a_hidden_number_of_re_plans_is_a_range() -> None:
    hidden = Counts(100, 100, 100, 100, (1, 5))
    found, known = _known(hidden, STEADY), _known(Counts(100, 100, 100, 100, (1, 1)), STEADY)
    assert found.repeat
    assert found.first
    assert known.repeat
    kept = 1 - exp(-1)
    assert (found.repeat.least, found.repeat.most) == pytest.approx((-24 * kept, -20 * kept))
    assert (found.first.least, found.first.most) == pytest.approx((20 * kept, 24 * kept))
    assert found.repeat.low <= known.repeat.low
    assert found.repeat.least == pytest.approx(known.repeat.value)
    without = _known(Counts(100, 100, 100), STEADY)
    assert (without.first, without.repeat) == (None, None)


def test_too_few_say_nothing() -> None:
    assert split(Counts(3, 2, 3), STEADY, RULE) is None
    assert split(Counts(0, 0, 0), Counts(0, 0, 0), RULE) is None
    assert split(Counts(100, 200, 90), STEADY, RULE) is None  # more open than there can be


@pytest.mark.parametrize("by_chance", [False, True])
@pytest.mark.parametrize(("started", "years"), [(40, 0.5), (40, 1.2), (250, 0.5), (250, 0.9), (250, 1.5), (1000, 0.9)])
def test_ranges_hold_for_families_where_nothing_changes(started: int, years: float, by_chance: bool) -> None:
    """Families of two; and of one and others by chance, two on average, whose design effect is that of the rule."""
    found = list(_families(started, 1 / years, 600, by_chance=by_chance))
    for name in ("starts", "staying"):
        parts = [getattr(one, name) for one in found]
        held = np.mean([not part.clear for part in parts])
        assert 0.92 <= held <= (0.99 if started >= 250 else 1), name
        # and the range is not so wide that it says nothing: half of it, near two standard deviations
        half = np.mean([part.high - part.value for part in parts])
        assert 1.8 <= half / np.std([part.value for part in parts]) <= 2.6, name
    kinds = [not part.clear for one in found for part in (one.first, one.repeat) if part]
    assert np.mean(kinds) >= 0.92


@pytest.mark.parametrize(("more", "shorter"), [(1.2, 1.0), (1.0, 1.2), (1.2, 1.2), (0.7, 1.4)])
def test_a_change_is_read_as_what_it_is(more: float, shorter: float) -> None:
    found = list(_families(1000, 1 / 0.9, 400, more=more, shorter=shorter))
    # sums by the recursion that the families are drawn from
    open_before, rates = 900.0, (1 / 0.9, shorter / 0.9)
    kept = sum((1 - exp(-rate)) / rate for rate in rates) / 2
    middle = 1000 * (1 + more) / 2
    starts = 1000 * (more - 1) * kept
    staying = open_after(open_before, middle, rates[1]) - open_after(open_before, middle, rates[0])
    for name, true in (("starts", starts), ("staying", staying)):
        parts = [getattr(one, name) for one in found]
        assert np.mean([part.value for part in parts]) == pytest.approx(true, abs=8)
        assert np.mean([part.low <= true <= part.high for part in parts]) >= 0.92
        told = np.mean([part.clear for part in parts])
        assert told >= 0.5 if true else told <= 0.08


def _families(
    started: int, leaving: float, number: int, *, by_chance: bool = False, more: float = 1.0, shorter: float = 1.0
) -> Iterator[Split]:
    """Two years of an authority, steady until the second; the children of a family begin and end together."""
    rng = np.random.default_rng(started)
    for _ in range(number):
        spans = ((-10, 1, 1.0), (1, 2, more))
        begun = np.concatenate(
            [rng.uniform(since, till, rng.poisson(started / 2 * (till - since) * by)) for since, till, by in spans]
        )
        size = 1 + rng.poisson(1, len(begun)) if by_chance else np.full(len(begun), 2)
        # a plan ends when it has used up a draw at the rate of the time; the rate is another from 1 on
        due = rng.exponential(1, len(begun)) / leaving
        until = np.maximum(1 - begun, 0)
        ended = begun + np.where(due <= until, due, until + (due - until) / shorter)
        opened = [int(size[(begun <= at) & (ended > at)].sum()) for at in (0, 1, 2)]
        flows = [[int(size[(when > at) & (when <= at + 1)].sum()) for when in (begun, ended)] for at in (0, 1)]
        again = [2 * rng.binomial(flow[0] // 2, 0.25) for flow in flows]
        counts = [
            Counts(ends[0], ends[1], flow[0], flow[1], (one, one))
            for ends, flow, one in zip(pairwise(opened), flows, again, strict=True)
        ]
        found = split(counts[1], counts[0], RULE)
        if found:
            yield found
