"""A what-if in words: counts first, never surer than the figures, and in plain English."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from explorer.config import Indicator, load_config
from explorer.sentences import what_if

INDICATORS = load_config(Path(__file__).resolve().parents[1] / "config").indicators
REPEAT, OPEN_LONG, ENDED_LONG, OPEN = (
    "repeat_plan_percent",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
    "plans_open",
)
REPLANS, STARTED, LONG = "plans_started_repeat", "plans_started", "plans_open_2y_plus"
END = date(2021, 3, 31)


def entry(indicator: str) -> Indicator:
    return INDICATORS[indicator]


def differences(*rows: tuple[str, int, float, float, float | None]) -> pl.DataFrame:
    """DIFFERENCES from (indicator, years, baseline, difference, p_lower) with a range of six around each."""
    return pl.DataFrame(
        [
            {
                "indicator": name,
                "years": years,
                "baseline": base,
                "scenario": base + moved,
                "difference": moved,
                "p10": moved - 6,
                "p90": moved + 6,
                "p_better": chance,
                "p_lower": chance,
                "p_higher": None if chance is None else 1 - chance,
            }
            for name, years, base, moved, chance in rows
        ]
    )


def baseline(indicator: str, mean: float) -> pl.DataFrame:
    ends = {"mean": mean, "p10": mean * 0.8, "p90": mean * 1.25}
    return pl.DataFrame([{"indicator": indicator, "which": "baseline", "month": 36, "month_end": END, **ends}])


def answer(indicator: str, mean: float, moved: float, chance: float | None, in_use: tuple[str, ...]) -> str:
    found = differences((indicator, 3, mean, moved, chance))
    return what_if.answer(found, baseline(indicator, mean), entry(indicator), indicator, "Trafford", in_use)


def test_the_answer_is_in_children_with_its_range_and_how_sure() -> None:
    ideas = ("Restorative conferences", "Senior oversight of re-plans")
    assert answer(REPLANS, 75, -4.2, 0.68, ideas) == (
        "With restorative conferences and senior oversight of re-plans, Trafford would have about 4 fewer re-plans in "
        "the year to March 2021. The 80% range is 10 fewer to 2 more. Fewer is more likely than not (68 in 100)."
    )
    assert answer(OPEN, 240, 0.9, 0.3, ("SMARTER plans",)) == (
        "With SMARTER plans, Trafford would have about 1 more child on a plan at the end of March 2021. "
        "The 80% range is 5 fewer to 7 more. More is more likely than not (70 in 100)."
    )


def test_nothing_in_use_says_so_and_how_things_stand() -> None:
    assert answer(REPLANS, 75, 0, None, ()) == (
        "Nothing is changed yet: switch an idea on. If things go on as they are, Trafford would have about 75 re-plans "
        "in the year to March 2021. The 80% range is 60 to 94."
    )


def test_a_share_is_said_with_both_figures_to_one_place() -> None:
    said = answer(REPEAT, 26.04, -1.9, 0.84, ("Restorative conferences",))
    assert "Trafford's re-plans would be 24.1% instead of 26.0% in the year to March 2021." in said
    assert said.endswith("Lower is likely (84 in 100).")


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (None, ""),
        (0.40, "we cannot tell if it would be fewer or more (fewer: 40 in 100)"),
        (0.50, "we cannot tell if it would be fewer or more (fewer: 50 in 100)"),
        (0.60, "we cannot tell if it would be fewer or more (fewer: 60 in 100)"),
        (0.61, "fewer is more likely than not (61 in 100)"),
        (0.39, "more is more likely than not (61 in 100)"),
        (0.84, "fewer is likely (84 in 100)"),
        (0.03, "more is very likely (97 in 100)"),
        (1.0, "fewer is very likely (more than 99 in 100)"),
        (0.0, "more is very likely (more than 99 in 100)"),
    ],
)
def test_a_chance_is_never_said_to_be_surer_than_it_is(chance: float | None, said: str) -> None:
    assert what_if.verdict(chance, "count") == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (-4.2, "count", "4 fewer"),
        (0.6, "count", "1 more"),
        (-0.3, "count", "less than 1 fewer"),
        (0.0, "count", "no change"),
        (1.25, "percent", "1.3 higher"),
        (-0.02, "percent", "less than 0.1 lower"),
    ],
)
def test_a_difference_in_words(value: float, unit: str, said: str) -> None:
    assert what_if.way(value, unit) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-15, 8, "15 fewer to 8 more"),
        (-15, -3, "3 to 15 fewer"),
        (2, 9, "2 to 9 more"),
        (0, 9, "no change to 9 more"),
        (-0.4, 0.4, "no change"),
        (3.4, 2.6, "3 more"),
    ],
)
def test_a_range_of_a_difference(low: float, high: float, said: str) -> None:
    assert what_if.way_range(low, high, "count") == said


def test_less_than_half_a_child_is_as_many() -> None:
    said = answer(REPLANS, 75, -0.4, 0.55, ("Restorative conferences",))
    assert said == (
        "With restorative conferences, Trafford would have about as many re-plans in the year to March 2021 as without "
        "a change. The 80% range is 6 fewer to 6 more."
    )
    assert "would still be about 26.0%" in answer(REPEAT, 26.0, -0.01, 0.99, ("Restorative conferences",))


# --- Warnings ------------------------------------------------------------------------------------------------------


def test_nothing_is_warned_of_where_nothing_moves_for_sure() -> None:
    calm = differences((LONG, 3, 20, -3, 0.55), (REPLANS, 3, 70, 2, 0.45), (STARTED, 3, 260, 2.2, 0.4))
    assert what_if.trade_offs(calm) == ()
    assert what_if.trade_offs(calm.clear()) == ()


def test_fewer_long_plans_bought_with_more_re_plans() -> None:
    said = what_if.trade_offs(differences((LONG, 3, 20, -6, 0.95), (REPLANS, 3, 70, 3, 0.2)))
    assert said == (
        "Fewer long plans come with more re-plans: 6 fewer long plans, 3 more re-plans. Some children whose plans end "
        "sooner may come back.",
    )
    assert what_if.trade_offs(differences((LONG, 3, 20, 6, 0.05), (REPLANS, 3, 70, -3, 0.8)))[0].startswith(
        "Fewer re-plans come with more long plans"
    )


def test_clearing_old_plans_raises_the_closing_share_at_first() -> None:
    (said,) = what_if.trade_offs(differences((ENDED_LONG, 1, 8, 1.2, 0.1), (OPEN_LONG, 1, 6, -1, 0.9)))
    assert "old plans are cleared" in said


def test_fewer_first_plans_are_not_success_by_themselves() -> None:
    (said,) = what_if.trade_offs(differences((STARTED, 3, 260, -20, 0.9), (REPLANS, 3, 70, -4, 0.8)))
    assert said.startswith("Fewer first plans would start: 16 fewer. Fewer children on plans is not success by itself.")
    only_replans = differences((STARTED, 3, 260, -4, 0.9), (REPLANS, 3, 70, -4, 0.8))
    assert what_if.trade_offs(only_replans) == ()


def test_a_share_that_moves_against_its_number() -> None:
    rising = differences((REPEAT, 3, 26, 1, 0.1), (REPLANS, 3, 70, -4, 0.9), (STARTED, 3, 260, -30, 0.9))
    assert any("a larger share of new plans" in said for said in what_if.trade_offs(rising))
    falling = differences((REPEAT, 3, 26, -1, 0.9), (REPLANS, 3, 70, 1, 0.4), (STARTED, 3, 260, 30, 0.1))
    assert any("but not their number" in said for said in what_if.trade_offs(falling))


def test_more_children_on_plans_are_neither_good_nor_bad() -> None:
    (said,) = what_if.trade_offs(differences((OPEN, 3, 240, 12, 0.1)))
    assert said.startswith("More children would be on a plan: 12 more. That is neither good nor bad")


# --- Work and what it would take -----------------------------------------------------------------------------------


def test_the_work_is_in_whole_meetings() -> None:
    when = what_if.when_words(entry(REPLANS), END)
    assert what_if.workload_sentence(21.7, 21.2, 65.2, 59.9, when) == (
        "The work in a month, in the year to March 2021: about 21 first conferences instead of 22 and 60 reviews "
        "instead of 65."
    )
    assert what_if.workload_sentence(21.7, 21.9, 65.2, 65.1, when) == (
        "The work would stay about the same: 22 first conferences and 65 reviews a month in the year to March 2021."
    )


def solved(reachable: bool, ratio: float | None) -> str:
    median, chance = "the neighbours' median", "the chance of coming back"
    return what_if.solve_sentence(
        "Restorative conferences",
        entry(REPEAT),
        "Trafford",
        21.5,
        median,
        END,
        chance,
        reachable,
        ratio,
        0.65,
        1.1,
        23.4,
    )


def test_what_it_would_take() -> None:
    assert solved(True, 0.74) == (
        "To bring Trafford's re-plans to the neighbours' median of 21.5% in the year to March 2021, restorative "
        "conferences would have to make the chance of coming back 26% lower. The rest stays as it is. "
        "The evidence allows for 35% lower to 10% higher."
    )
    assert solved(True, None).startswith("No change is needed")
    assert solved(True, 1.0).startswith("No change is needed")


def test_what_cannot_be_reached_is_said_to_be_so() -> None:
    assert solved(False, None) == (
        "Restorative conferences cannot bring Trafford's re-plans to the neighbours' median of 21.5% in the year "
        "to March 2021. The rest stays as it is. The nearest it comes within the evidence is 23.4%. "
        "The evidence allows for 35% lower to 10% higher."
    )


def test_the_table_of_differences_is_in_words() -> None:
    table = what_if.differences_table(
        differences((REPLANS, 1, 75, -4.2, 0.68), (REPEAT, 2, 26, -1.94, None)), INDICATORS
    )
    assert table.row(0) == (
        "Re-plans started",
        "1",
        "75",
        "71",
        "4 fewer",
        "10 fewer to 2 more",
        "fewer is more likely than not (68 in 100)",
        "68 in 100",
    )
    assert table.row(1)[2:] == ("26.0%", "24.1%", "1.9 lower", "7.9 lower to 4.1 higher", "", "")


def test_no_difference_in_most_futures_is_said() -> None:
    """Rutland: lower in 21 of 100 futures, the same in 78. That is not 'very likely lower'."""
    assert what_if.verdict(0.21, "count", 0.01) == "most likely it would be the same (78 in 100; fewer: 21 in 100)"
    assert what_if.verdict(0.5, "percent", 0.1) == ("we cannot tell if it would be lower or higher (lower: 50 in 100)")
    assert what_if.verdict(0.84, "count", 0.1) == "fewer is likely (84 in 100)"
    assert what_if.verdict(0.0, "count", 0.7) == "more is more likely than not (70 in 100)"


# --- Plain English -------------------------------------------------------------------------------------------------


def generated() -> Iterator[str]:
    ideas = ("Restorative conferences", "SMARTER plans", "Thinking time for reviewing officers", "Learning")
    for indicator, mean in ((REPLANS, 75.0), (OPEN, 240.0), (LONG, 7.0), (REPEAT, 26.0), (ENDED_LONG, 6.2)):
        for moved, chance, number in product((-4.0, 0.2, 3.0), (0.05, 0.45, 0.7, 0.97), (0, 1, 4)):
            yield answer(indicator, mean, moved, chance, ideas[:number])
        now = baseline(indicator, mean).row(0, named=True)
        yield what_if.fan_title(now, None, entry(indicator), indicator, "Trafford", None)
        for moved, chance in product((-3.0, 0.0, 2.0), (0.05, 0.5, 0.7)):
            then = {**now, "mean": mean + moved}
            yield what_if.fan_title(now, then, entry(indicator), indicator, "Trafford", chance)
    yield from warnings()
    for ratio in (0.74, None):
        yield solved(ratio is not None, ratio)
    yield what_if.workload_sentence(22, 21, 65, 60, "in the year to March 2021")


def warnings() -> Iterator[str]:
    for long, again, first, share in product((-6, 6), (-4, 4), (-20, 0, 20), (-1, 1)):
        yield from what_if.trade_offs(
            differences(
                (LONG, 3, 20, long, 0.1),
                (REPLANS, 3, 70, again, 0.1),
                (STARTED, 3, 260, first + again, 0.1),
                (REPEAT, 3, 26, share, 0.1),
                (OPEN, 3, 240, first, 0.1),
                (ENDED_LONG, 1, 8, share, 0.1),
                (OPEN_LONG, 1, 6, -share, 0.1),
            )
        )


def test_every_sentence_is_whole() -> None:
    said = set(generated())
    assert len(said) > 150
    for words in said:
        assert not re.search(r"None|\bnan\b|[{}]|  |\.\.| ,|\b0 (fewer|more)|-0", words), words
        assert not re.search(r"\b1 (children|plans|re-plans)\b", words), words


def test_children_are_never_decimals() -> None:
    counts = [words for words in generated() if "%" not in words.replace("80% range", "") and "re-plans" in words]
    assert counts
    assert not [words for words in counts if re.search(r"\d\.\d", words)]
