"""Why the number of open plans moved: sums by hand, exactness, and ranges that hold for simulated families."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.models.movement import (
    Counts,
    Movement,
    Split,
    Tally,
    Twelve,
    movement,
    movement_of,
    movements,
    movements_of_records,
    split,
)
from explorer.models.movement import _spread as spread
from explorer.plan_indicators import PLAN_INDICATORS
from explorer.sentences.movement import FEW, flow_noun, moved_sentence, why_sentence, why_title
from tests.fixtures import BROKEN, HACKNEY, ISLES_OF_SCILLY, TRAFFORD, shipped_world

RULE = shipped_world().config.benchmarks.uncertainty
# opening, closing, started, ended, re-plans; then average, coming and going, months: worked out by hand
ROWS = (
    (Counts(100, 120, 130, 110, 30), 110.0, 120.0, 11.0),
    (Counts(120, 100, 100, 120, 20), 110.0, 110.0, 12.0),
    (Counts(100, 100, 100, 100, 25), 100.0, 100.0, 12.0),
    (Counts(100, 140, 160, 120, 60), 120.0, 140.0, 72 / 7),
    (Counts(140, 100, 110, 150, 0), 120.0, 130.0, 144 / 13),
)


def _of(area: str) -> tuple[Movement, ...]:
    world = shipped_world()
    return movements(world.table, world.history, area, RULE)


def _known(now: Counts, before: Counts) -> Split:
    found = split(now, before, RULE)
    assert found is not None
    return found


def _twelve(year: int, one: Counts) -> Twelve:
    return Twelve(date(year, 3, 31), *(Tally(value) for value in _numbers(one)))


def _numbers(one: Counts) -> Iterator[float | None]:
    yield from (one.opening, one.closing, one.started, one.ended, one.repeats)


@pytest.mark.parametrize(("one", "average", "flow", "months"), ROWS)
def test_the_three_figures_of_a_year_by_hand(one: Counts, average: float, flow: float, months: float) -> None:
    assert (one.average, one.flow, 12 * one.years) == pytest.approx((average, flow, months))


def test_the_parts_of_a_change_by_hand() -> None:
    before, now = ROWS[2][0], ROWS[3][0]
    found = _known(now, before)
    # 100 to 120 open; 100 to 140 come and go; 1 year to 6/7: 40 x 13/14 and -1/7 x 120
    assert found.change == 20
    assert found.flow.value == pytest.approx(40 * 13 / 14)
    assert found.length.value == pytest.approx(-120 / 7)
    assert found.first
    assert found.repeat
    # re-plans: 25% of 100, then 37.5% of 140
    assert found.repeat.value == pytest.approx((52.5 - 25) * 13 / 14)
    assert found.first.value == pytest.approx((87.5 - 75) * 13 / 14)


_COUNT = st.integers(0, 400).map(float)
_FLOW = st.integers(6, 400).map(float)
_COUNTS = st.builds(
    lambda opening, closing, started, ended, share: Counts(opening, closing, started, ended, round(started * share)),
    _COUNT, _COUNT, _FLOW, _FLOW, st.floats(0, 1),
)  # fmt: skip


@given(_COUNTS, _COUNTS)
def test_parts_add_up_and_turn_round(now: Counts, before: Counts) -> None:
    found, back = _known(now, before), _known(before, now)
    assert found.flow.value + found.length.value == pytest.approx(found.change, abs=1e-8)
    assert found.first
    assert found.repeat
    assert back.first
    assert back.repeat
    assert found.first.value + found.repeat.value == pytest.approx(found.flow.value, abs=1e-8)
    for mine, theirs in (
        (found.flow, back.flow),
        (found.length, back.length),
        (found.first, back.first),
        (found.repeat, back.repeat),
    ):
        assert mine.value == pytest.approx(-theirs.value, abs=1e-8)
        assert (mine.low, mine.high) == pytest.approx((-theirs.high, -theirs.low), abs=1e-6)
        assert mine.low <= mine.value <= mine.high


def test_no_change_is_no_part_and_cannot_be_told() -> None:
    same = ROWS[2][0]
    found = _known(same, same)
    assert (found.change, found.flow.value, found.length.value) == (0, 0, 0)
    assert not found.told


def test_the_range_by_the_delta_method_is_that_of_draws() -> None:
    """Started and ended drawn from what they share: plans within one year, and over both."""
    now, before, effect = Counts(260, 250, 270, 280, 60), Counts(255, 260, 250, 245, 50), RULE.design_effect
    of_now, of_before, both = (4 * one / effect for one in spread(now, before, effect))
    rng, draws = np.random.default_rng(5), 200_000

    def chance(mean: float) -> np.ndarray:
        return effect * (rng.gamma(mean / effect, size=draws) - mean / effect)

    # twice a flow is (a plan once) + (a plan twice); `both` is shared by the two years
    noise = []
    for one, variance in ((now, of_now), (before, of_before)):
        twice = (variance - one.started - one.ended - 1) / 2
        noise.append((chance(one.started + one.ended + 1 - 2 * twice - both), 2 * chance(twice)))
    over = chance(both)
    flow_now, flow_before = (
        one.flow + (sum(parts) + over) / 2 for one, parts in ((now, noise[0]), (before, noise[1]))
    )  # fmt: skip
    part = (flow_now - flow_before) * (now.average / flow_now + before.average / flow_before) / 2
    found = _known(now, before).flow
    assert np.quantile(part, [0.025, 0.975]) == pytest.approx([found.low, found.high], rel=0.06)


@pytest.mark.parametrize(("started", "years"), [(40, 0.5), (40, 1.2), (250, 0.5), (250, 0.9), (250, 1.5), (1000, 0.9)])
def test_ranges_hold_for_families_of_two_where_nothing_changes(started: int, years: float) -> None:
    found = list(_families(started, years, 400, seed=started))
    for name in ("flow", "length", "first", "repeat"):
        parts = [getattr(one, name) for one in found if getattr(one, name)]
        held = np.mean([not part.clear for part in parts])
        assert held >= 0.92, name
    # and the range is not so wide that it says nothing: half of it, near two standard deviations
    spread_of = np.std([one.flow.value for one in found])
    half = np.mean([one.flow.high - one.flow.value for one in found])
    assert 1.8 <= half / spread_of <= 3.0


def _families(started: int, years: float, number: int, seed: int) -> Iterator[Split]:
    """Two years of a steady authority; two children of a family begin and end together."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        begun = rng.uniform(-10, 2, rng.poisson(started / 2 * 12))
        ended = begun + rng.exponential(years, len(begun))
        opened = [2 * int(((begun <= at) & (ended > at)).sum()) for at in (0, 1, 2)]
        flows = [
            [2 * int(((when > at) & (when <= at + 1)).sum()) for when in (begun, ended)] for at in (0, 1)
        ]  # fmt: skip
        counts = [
            Counts(ends[0], ends[1], flow[0], flow[1], 2 * rng.binomial(flow[0] // 2, 0.25))
            for ends, flow in zip(pairwise(opened), flows, strict=True)
        ]
        found = split(counts[1], counts[0], RULE)
        if found:
            yield found


def test_a_real_change_is_told_of_a_large_authority() -> None:
    steady = Counts(1000, 1000, 1200, 1200)
    more, longer = _known(Counts(1200, 1200, 1440, 1440), steady), _known(Counts(1300, 1300, 1200, 1200), steady)
    assert more.flow.clear
    assert not more.length.clear
    assert longer.length.clear
    assert not longer.flow.clear


def test_what_is_missing_makes_no_parts() -> None:
    whole, none = _twelve(2018, ROWS[0][0]), Tally(None, "suppressed", 1.0, 5.0)
    lacking = Twelve(date(2019, 3, 31), whole.closing, Tally(115.0), Tally(90.0), none, Tally(10.0))
    found = movement(lacking, whole, RULE)
    assert (found.change, found.net, found.residual, found.split) == (-5, None, None, None)
    assert "1 to 5 if it is itself a small number" in why_sentence(found)
    assert "plans ended: hidden" in moved_sentence(found, "Anywhere")


def test_too_few_say_nothing() -> None:
    few = Counts(3, 2, 3, 4, 1)
    assert split(few, ROWS[0][0], RULE) is None
    assert split(Counts(0, 0, 0, 0), Counts(0, 0, 0, 0), RULE) is None
    assert why_sentence(movement(_twelve(2019, few), _twelve(2018, few), RULE)) == FEW


def test_trafford_as_published() -> None:
    found = movement_of(_of(TRAFFORD), 2018)
    assert (found.change, found.net, found.residual) == (1, 4, -3)
    assert found.split
    assert (found.split.average_before, found.split.average) == (286.5, 258.5)
    assert (found.split.flow_before, found.split.flow_of) == (292, 259)
    said = moved_sentence(found, "Trafford")
    assert said.startswith("Trafford had 1 more plan open at 31 March 2018 than a year before (259, up from 258)")
    assert "261 started and 257 ended" in said
    assert "3 are not accounted for" in said
    # 264 started the year before: it would be false that fewer starting took 33 off
    assert flow_noun(found) == "fewer plans coming and going"
    assert "about 33 fewer because fewer plans came and went" in why_sentence(found)
    assert why_title(found, "Trafford").endswith("why cannot be told from chance")


def test_ended_is_worked_out_where_only_its_rate_is_published() -> None:
    found = movement_of(_of(TRAFFORD), 2025)
    assert found.after.ended == Tally(255.0, worked_out=True)
    assert "about 255 ended (worked out from the rate" in moved_sentence(found, "Trafford")


def test_hidden_and_missing_figures_stay_so() -> None:
    scilly = movement_of(_of(ISLES_OF_SCILLY), 2018)
    assert scilly.change is None
    assert scilly.split is None
    assert (scilly.after.closing.value, scilly.after.closing.least, scilly.after.closing.most) == (None, 1, 5)
    hackney = movement_of(_of(HACKNEY), 2023)
    assert hackney.split is None
    assert "not available" in why_sentence(hackney)
    with pytest.raises(KeyError):
        movement_of(_of(TRAFFORD), 1999)


def test_every_authority_and_year_in_words() -> None:
    world, split_of = shipped_world(), 0
    for area in world.areas.authorities:
        found = _of(area.code)
        assert [one.after.end.year for one in found] == list(world.history.years)
        for one in found:
            for said in (moved_sentence(one, area.label), why_sentence(one), why_title(one, area.label)):
                assert not BROKEN.search(said), said
            if one.split:
                split_of += 1
                assert one.split.flow.value + one.split.length.value == pytest.approx(one.split.change)
                # 'because more plans started' only where more did
                side = "more" if one.split.flow.value > 0 else "fewer"
                if f"because {side} plans started" in why_sentence(one):
                    assert ((one.after.started.value or 0) > (one.before.started.value or 0)) == (side == "more")
    assert split_of > 1500


def _figures(rows: list[tuple[str, date, str, int | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "indicator": name,
                "period_end": end,
                "period_kind": kind,
                "value": None if value is None else float(value),
                "status": "published" if value is not None else "suppressed",
            }
            for name, end, kind, value in rows
        ],
        schema=dict(PLAN_INDICATORS),
    )


def test_plan_records_feed_the_same_sums() -> None:
    ends = [date(2018, 2, 28), date(2019, 2, 28), date(2020, 2, 29)]
    rows: list[tuple[str, date, str, int | None]]
    rows = [("plans_open", end, "month", value) for end, value in zip(ends, (100, 100, 140), strict=True)]
    for end, started, ended, repeats in ((ends[1], 100, 100, 25), (ends[2], 160, 120, 60)):
        rows += [
            ("plans_started", end, "rolling_12m", started),
            ("plans_ended", end, "rolling_12m", ended),
            ("plans_started_repeat", end, "rolling_12m", repeats),
            ("plans_started", end, "month", 7),  # of a month alone: not for here
        ]
    found = movements_of_records(_figures(rows), RULE)
    assert [one.after.end for one in found] == ends
    assert found[2].split == _known(ROWS[3][0], ROWS[2][0])
    assert found[1].split is None
    assert "plan records that you see do not hold it" in why_sentence(found[1])


def test_what_disclosure_control_hid_has_no_range() -> None:
    end = date(2020, 3, 31)
    (found,) = movements_of_records(_figures([("plans_open", end, "month", None)]), RULE)
    assert (found.after.closing.status, found.after.closing.least) == ("withheld", None)
    assert "1 to 5" not in why_sentence(found) + moved_sentence(found, "Anywhere")
