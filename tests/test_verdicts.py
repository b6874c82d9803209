"""Verdicts in words and signs: each its own, gaps in whole children, titles that count what was found."""

from dataclasses import replace
from typing import get_args

import pytest

from explorer.benchmarks.standing import Gap, Reason, Standing, Verdict, standing
from explorer.sentences.verdicts import (
    REASON_WORDS,
    VERDICT_SIGNS,
    VERDICT_WORDS,
    funnel_title,
    gap_range_words,
    gap_words,
    of_authorities,
    reason_words,
    summary_title,
    verdict_sign,
    verdict_word,
)
from tests.fixtures import GROUP, REPEAT, TRAFFORD, shipped_world
from tests.test_around import everybody


def trafford() -> Standing:
    _, differ = everybody(TRAFFORD, REPEAT, 2018)
    return standing(shipped_world().position(TRAFFORD, REPEAT, 2018, GROUP), differ, None, None)


def test_every_verdict_has_a_word_and_a_sign_of_its_own() -> None:
    assert set(VERDICT_WORDS) == set(VERDICT_SIGNS) == set(get_args(Verdict))
    assert len(set(VERDICT_SIGNS.values())) == len(set(VERDICT_WORDS.values())) == 5
    assert set(REASON_WORDS) == set(get_args(Reason))
    found = trafford()
    assert (verdict_word(found), verdict_sign(found), reason_words(found)) == ("similar", "≈", "in usual range")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((19.9, 19.9), "20 more"),
        ((-19.9, -19.9), "20 fewer"),
        ((0.4, 0.4), "none"),
        ((11.6, 12.6), "12 to 13 more"),
        ((-12.6, -11.6), "12 to 13 fewer"),
        ((-3.1, 43.6), "3 fewer to 44 more"),
        ((-0.4, 5.2), "0 to 5 more"),
        ((-1363.3, -285.0), "285 to 1,363 fewer"),
    ],
)
def test_a_gap_is_in_whole_children_with_its_direction(ends: tuple[float, float], said: str) -> None:
    assert gap_words(Gap(ends, -50, 50)) == said
    assert gap_range_words(Gap((0, 0), *ends)) == said


def test_no_gap_is_no_words() -> None:
    assert gap_words(None) == gap_range_words(None) == ""


def test_a_share_of_authorities_is_a_count() -> None:
    assert of_authorities(0.95) == "95 of 100"
    assert of_authorities(0.998) == "998 of 1,000"


@pytest.mark.parametrize(
    ("why", "value", "end"),
    [
        ("far", 60.0, "lies above the range of 998 of 1,000 authorities of its size"),
        ("far", 1.0, "lies below the range of 998 of 1,000 authorities of its size"),
        ("two_years", 40.0, "lies above the range that is usual for its size, two years running"),
        ("first_time", 10.0, "lies below the range that is usual for its size, but not far enough to be sure"),
        ("usual", 22.0, "lies within the range that is usual for its size"),
    ],
)
def test_the_title_of_a_funnel_names_the_side(why: Reason, value: float, end: str) -> None:
    found = trafford()
    figure = replace(found.position.figure, value=value)
    moved = replace(found, why=why, position=replace(found.position, figure=figure))
    assert funnel_title(moved, shipped_world().config, "Trafford") == f"Re-plans: Trafford {end}"


@pytest.mark.parametrize(
    ("verdicts", "title"),
    [
        (
            ["higher"] * 2 + ["lower"] + ["similar"] * 7 + ["not_tested"] * 2,
            "Of 12 measures Trafford is higher than usual on 2, lower than usual on 1 and similar on 7; "
            "2 cannot be tested",
        ),
        (["similar"] * 3, "Of 3 measures Trafford is similar on all"),
        (["similar"], "Of one measure Trafford is similar on all"),
        (
            ["similar", "cannot_tell", "not_tested"],
            "Of 3 measures Trafford is similar on 1; 1 cannot be told and 1 cannot be tested",
        ),
        (["cannot_tell", "not_tested"], "Of 2 measures of Trafford 1 cannot be told and 1 cannot be tested"),
        (["cannot_tell"] * 4, "Not one of 4 measures of Trafford can be told"),
        ([], "No measures of Trafford to compare"),
    ],
)
def test_the_title_of_all_measures_counts_them(verdicts: list[Verdict], title: str) -> None:
    found = trafford()
    assert summary_title((replace(found, verdict=one) for one in verdicts), "Trafford") == title
