"""Twelve months beside the twelve before, from both sources, and what is said of them."""

from datetime import date

import polars as pl
import pytest

from explorer.models.movement import Movement, Tally, Twelve, movement, movements, movements_of_records
from explorer.models.stock_change import Counts, Split, split
from explorer.plan_indicators import PLAN_INDICATORS
from explorer.sentences.movement import FEW, IMPOSSIBLE, moved_sentence, why_sentence, why_title
from tests.fixtures import BROKEN, HACKNEY, ISLES_OF_SCILLY, TRAFFORD, shipped_world

RULE = shipped_world().config.benchmarks.uncertainty
RUTLAND, BIRMINGHAM = "857", "330"
BEFORE, NOW = Counts(100, 100, 100, 100, (25, 25)), Counts(100, 140, 160, 120, (60, 60))


def _of(area: str) -> tuple[Movement, ...]:
    world = shipped_world()
    return movements(world.table, world.history, area, RULE)


def _in(found: tuple[Movement, ...], year: int) -> Movement:
    return next(one for one in found if one.after.end.year == year)


def _known(now: Counts, before: Counts) -> Split:
    found = split(now, before, RULE)
    assert found is not None
    return found


def _twelve(year: int, one: Counts) -> Twelve:
    again = one.repeats[0] if one.repeats else None
    return Twelve(date(year, 3, 31), *map(Tally, (one.opening, one.closing, one.started, one.ended, again)))


def _said(now: Counts, before: Counts) -> str:
    return why_sentence(movement(_twelve(2019, now), _twelve(2018, before), RULE))


def test_what_is_missing_makes_no_parts() -> None:
    whole, none = _twelve(2018, Counts(100, 120, 130, 110, (30, 30))), Tally(None, "suppressed", 1.0, 5.0)
    lacking = Twelve(date(2019, 3, 31), whole.closing, Tally(115.0), none, Tally(90.0), none)
    found = movement(lacking, whole, RULE)
    assert (found.change, found.net, found.residual, found.split) == (-5, None, None, None)
    assert "1 to 5 if it is itself a small number" in why_sentence(found)
    assert "Plans started: hidden" in moved_sentence(found, "Anywhere")


def test_plans_ended_are_not_needed_for_the_parts() -> None:
    before, none = _twelve(2018, BEFORE), Tally(None, "not_available")
    found = movement(Twelve(date(2019, 3, 31), Tally(100.0), Tally(140.0), Tally(160.0), none, none), before, RULE)
    assert found.split
    assert found.residual is None
    assert found.split.starts == _known(NOW, BEFORE).starts
    assert "cannot be told apart. Re-plans in the year to 31 March 2019: not available." in why_sentence(found)


def test_too_few_and_what_cannot_be_say_so() -> None:
    assert _said(Counts(3, 2, 3, 4), Counts(3, 3, 3, 3)) == FEW
    assert _said(Counts(100, 230, 90, 50), BEFORE) == IMPOSSIBLE


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (BEFORE, "about as many would have been open at the end of the year as at its start"),
        (BEFORE, "As many plans started (100): that made hardly any difference (chance could make it anything from"),
        (BEFORE, "Plans lasted as long (12.0 months on average, 12.0 the year before)"),
        (BEFORE, "Chance alone could explain either of them, so we cannot tell which it was."),
        (Counts(100, 90, 100, 110, (25, 25)), "Plans lasted less long (10.3 months on average, 12.0 the year before)"),
        (Counts(100, 101, 102, 101, (25, 25)), "More plans started (102): that added about 1 ("),
        (Counts(100, 200, 300, 200, (99, 99)), "More plans starting is more than chance alone is likely to make; for"),
        (Counts(100, 190, 100, 10, (25, 25)), "Plans lasting longer is more than chance alone is likely to make; for"),
        (Counts(100, 40, 300, 360, (9, 9)), "More plans starting and plans lasting less long are each more than"),
        (Counts(100, 60, 60, 100, (0, 0)), "re-plans 15 fewer, more than chance alone is likely to make."),
    ],
)
def test_what_is_said_of_each_cause(now: Counts, words: str) -> None:
    assert words in _said(now, BEFORE)


def test_trafford_as_published() -> None:
    found = _in(_of(TRAFFORD), 2018)
    assert (found.change, found.net, found.residual) == (1, 4, -3)
    said = moved_sentence(found, "Trafford")
    assert said.startswith("Trafford had 1 more plan open at 31 March 2018 than a year before (259, up from 258)")
    assert "261 started and 257 ended" in said
    assert "3 are not accounted for" in said
    why = why_sentence(found)
    assert why.startswith("Suppose as many plans had started as the year before (264), and had lasted as long. Then ")
    assert "Fewer plans started (261): that took away about 2 (chance could make it anything from 48 fewer to" in why
    assert "Plans lasted longer (11.9 months on average, 10.5 the year before): that added about 21 (" in why
    assert "Of the starts: first plans 17 fewer and re-plans 15 more." in why
    assert why_title(found, "Trafford").endswith(
        "Neither starts nor how long plans last, by itself, can be told from chance"
    )


def test_a_small_authority_has_its_hidden_re_plans_as_a_range() -> None:
    found = _in(_of(RUTLAND), 2018)
    assert found.split
    assert found.split.repeat
    assert found.split.repeat.hidden
    assert "first plans 1 to 3 fewer and re-plans 4 to 6 fewer" in why_sentence(found)


def test_a_large_authority_is_told() -> None:
    title = why_title(_in(_of(BIRMINGHAM), 2018), "Birmingham")
    assert title.endswith("Plans lasting longer added about 142, more than chance alone is likely to make")


def test_ended_is_worked_out_where_only_its_rate_is_published() -> None:
    found = _in(_of(TRAFFORD), 2025)
    assert found.after.ended == Tally(255.0, worked_out=True)
    assert "about 255 ended (worked out from the rate" in moved_sentence(found, "Trafford")


def test_hidden_and_missing_figures_stay_so() -> None:
    scilly = _in(_of(ISLES_OF_SCILLY), 2018)
    assert scilly.change is None
    assert scilly.split is None
    assert (scilly.after.closing.value, scilly.after.closing.least, scilly.after.closing.most) == (None, 1, 5)
    hackney = _in(_of(HACKNEY), 2023)
    assert hackney.split is None
    assert "not available" in why_sentence(hackney)


def test_every_authority_and_year_in_words() -> None:
    world, split_of, told = shipped_world(), 0, 0
    for area in world.areas.authorities:
        found = _of(area.code)
        assert [one.after.end.year for one in found] == list(world.history.years)
        for one in found:
            for said in (moved_sentence(one, area.label), why_sentence(one), why_title(one, area.label)):
                assert not BROKEN.search(said), said
            if one.split is None:
                continue
            parts, split_of, told = one.split, split_of + 1, told + one.split.told
            assert parts.under_way + parts.starts.value + parts.staying.value == pytest.approx(one.change, abs=1e-6)
            # a part has the sign of what it is named after
            started = (one.after.started.value or 0) - (one.before.started.value or 0)
            assert (parts.starts.value > 0, parts.starts.value < 0) == (started > 0, started < 0)
            assert ("Plans lasted longer" in why_sentence(one)) <= (parts.months > parts.months_before)
            assert 3 < parts.months < 24
    assert split_of > 1600
    assert 0.3 < told / split_of < 0.5


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
    assert found[2].split == _known(NOW, BEFORE)
    assert found[1].split is None
    assert "plan records that you see do not hold it" in why_sentence(found[1])


def test_what_disclosure_control_hid_has_no_range() -> None:
    end = date(2020, 3, 31)
    (found,) = movements_of_records(_figures([("plans_open", end, "month", None)]), RULE)
    assert (found.after.closing.status, found.after.closing.least) == ("withheld", None)
    assert "1 to 5" not in why_sentence(found) + moved_sentence(found, "Anywhere")
