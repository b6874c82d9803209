"""Before and after: regression to the mean by its formula, ranges that hold for real authorities, words and picture."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from explorer.benchmarks.position import Figure
from explorer.benchmarks.shrinkage import Prior
from explorer.charts.before_after import before_after as picture
from explorer.evaluation.before_after import BeforeAfter, before_after, last_year_before, level_behind
from explorer.schema import ENGLAND
from explorer.sentences import before_after as words
from tests.fixtures import BROKEN, CITY_OF_LONDON, ENDED_LONG, OPEN_LONG, REPEAT, TRAFFORD, ZERO, shipped_world

WORLD = shipped_world()
CODES = tuple(area.code for area in WORLD.areas.authorities)
BENCHMARKS = WORLD.config.benchmarks
ON_TIME, RUTLAND = "reviews_on_time_percent", "857"
SOME = CODES[::2]
SHARES = (REPEAT, OPEN_LONG, ENDED_LONG)


@cache
def found(area: str, name: str, first: int, last: int) -> BeforeAfter:
    figures = WORLD.figures(name, first), WORLD.figures(name, last)
    return before_after(area, (first, last), *figures, CODES, BENCHMARKS)


def told(one: BeforeAfter, name: str, who: str) -> list[str]:
    entry = WORLD.config.indicators[name]
    return [
        words.title(one, entry, who),
        words.moved_sentence(one, entry, who),
        words.england_sentence(one, entry),
        words.fading_sentence(one, entry),
        words.expected_sentence(one, entry),
        words.left_sentence(one),
    ]


# --- the formula


def test_an_excess_of_eight_falls_three_by_itself() -> None:
    """Levels that lie 5 points apart and chance of 3.9: 8 points above, 3 of them go (methods of this project, 4)."""
    mean, between, chance = 0.25, 0.05, 0.039
    alike = mean * (1 - mean) / between**2 - 1
    prior = Prior(mean * alike, (1 - mean) * alike, design_effect=2.0)
    of_children = mean * (1 - mean) * alike / (alike + 1)  # the variance of one child's outcome within an authority
    base = 2.0 * of_children / chance**2
    level, _ = level_behind(np.array([mean + 0.08]), np.array([base]), prior)
    falls = 100 * (mean + 0.08 - level[0])
    assert falls == pytest.approx(8 * chance**2 / (chance**2 + between**2))
    assert falls == pytest.approx(3.0, abs=0.05)
    assert falls == pytest.approx(8 * prior.weight(base))


def test_levels_and_how_unsure_they_are_agree_with_invented_authorities() -> None:
    """Of authorities drawn by the model those with a figure have the level and spread that are said."""
    generator, prior, base = np.random.default_rng(1), Prior(10.0, 30.0, 1.0), 60
    levels = generator.beta(10, 30, 200_000)
    parts = generator.binomial(base, levels)
    high = parts == 24
    level, unsure = level_behind(np.array([24 / base]), np.array([float(base)]), prior)
    assert levels[high].mean() == pytest.approx(level[0], abs=0.003)
    assert levels[high].var() == pytest.approx(unsure[0], rel=0.1)


def a_country(general: float = 0.0) -> tuple[Mapping[str, Figure], Mapping[str, Figure]]:
    """Forty authorities whose figures stay as they are but for what England moves."""

    def one(code: str, value: float) -> Figure:
        part = round(2 * value)
        return Figure(code, "published", float(part) / 2, float(part), 200.0, 200.0, value - 5, value + 5)

    before = {str(number): one(str(number), 15 + number / 4) for number in range(40)}
    after = {code: one(code, (figure.value or 0) + general) for code, figure in before.items()}
    for figures, value in ((before, 20.0), (after, 20.0 + general)):
        figures[ENGLAND] = Figure(ENGLAND, "published", value)
    return before, after


def test_expected_is_the_figure_less_what_goes_and_as_england_moved() -> None:
    before, after = a_country(general=3.0)
    one = before_after("39", (2018, 2019), before, after, [str(number) for number in range(40)], BENCHMARKS)
    assert one.general == 3.0
    assert one.fading is not None
    assert one.fading[0] == one.fading[1] < 0  # the highest of them: it is to fall
    assert one.expected is not None
    assert one.left is not None
    value, later = one.before.value, one.after.value
    assert value is not None
    assert later is not None
    assert one.expected.least == pytest.approx(value + one.fading[0] + 3.0)
    assert one.left.least == pytest.approx(later - one.expected.least)
    assert one.centre == pytest.approx(20.0, abs=0.5)
    lowest = before_after("0", (2018, 2019), before, after, [str(number) for number in range(40)], BENCHMARKS)
    assert lowest.fading is not None
    assert lowest.fading[0] > 0  # the lowest is to rise


def test_the_authority_itself_does_not_tell_what_is_usual() -> None:
    before, after = a_country()
    codes = [str(number) for number in range(40)]
    changed = {**before, "5": replace(before["5"], value=90.0, numerator=180.0, lower=85.0, upper=95.0)}
    one, other = (before_after("5", (2018, 2019), each, after, codes, BENCHMARKS) for each in (before, changed))
    assert one.centre == other.centre


# --- real authorities


@pytest.mark.parametrize(
    ("name", "years"), [(REPEAT, (2018, 2025)), (OPEN_LONG, (2018, 2019)), (ENDED_LONG, (2015, 2018))]
)
def test_of_real_authorities_about_95_of_100_lie_in_the_range(name: str, years: tuple[int, int]) -> None:
    """Hidden figures count as inside where some of what they can be is."""
    lefts = [one.left for code in SOME if (one := found(code, name, *years)).left is not None]
    inside = [left.low <= 0 <= left.high for left in lefts if left.low is not None and left.high is not None]
    assert len(inside) > 60
    assert 0.89 <= float(np.mean(inside)) <= 1


def test_the_highest_come_back_as_far_as_is_said() -> None:
    """The 20 highest of 75 lie nearer to what was expected of them than to where they were, by more than half."""
    ones = [one for code in SOME if (one := found(code, REPEAT, 2018, 2019)).left and one.before.value is not None]
    ones = [one for one in ones if one.after.value is not None]
    highest = sorted(ones, key=lambda one: -(one.before.value or 0))[:20]
    left = np.mean([one.left.least for one in highest if one.left])
    gone = np.mean([one.fading[0] for one in highest if one.fading])
    assert gone < -2.5
    assert abs(left) < abs(left + gone) / 2


def test_trafford_before_and_after() -> None:
    one = found(TRAFFORD, REPEAT, 2018, 2020)
    assert (one.before.numerator, one.after.numerator) == (76, 46)
    assert told(one, REPEAT, "Trafford") == [
        "Trafford's re-plans: 9.4 points lower than before, within what was to be expected with nothing done",
        "Trafford's figure for re-plans was 29.1% (76 of 261) in the year to March 2018. It was 19.7% (46 of 234) in "
        "the year to March 2020. The change is 9.4 points lower, with a likely range of 21.6 points lower to 3.3 "
        "higher: chance alone could make it.",
        "In all of England together it rose by 1.7 points, from 20.2% to 21.9%.",
        "The figure before was 9.3 points above the mean level of all authorities (19.8%). About 5.5 of them were "
        "likely to be chance. They would go by themselves, with nothing done.",
        "With that, and moving as England did, 25.3% was to be expected in the year to March 2020 with nothing done. "
        "Of 100 authorities like it 95 would lie within 15.5% to 36.9%.",
        "Beside that the figure is 5.6 points lower (range 17.2 points lower to 4.2 higher): no more than chance may "
        "make.",
    ]


# --- hidden and missing figures


def test_a_hidden_figure_is_a_range_everywhere() -> None:
    one = found(TRAFFORD, OPEN_LONG, 2018, 2025)
    assert one.after.value is None
    assert one.change is not None
    assert one.change.least == pytest.approx(100 * 1 / 155 - 6.6)
    assert one.change.most == pytest.approx(100 * 5 / 155 - 6.6)
    assert one.left is not None
    assert one.left.most - one.left.least == pytest.approx(100 * 4 / 155)
    assert "It was hidden: 0.6% to 3.2% (1 to 5 of 155)" in told(one, OPEN_LONG, "Trafford")[1]


def test_a_hidden_figure_before_makes_what_is_expected_a_range() -> None:
    one = found(RUTLAND, REPEAT, 2018, 2019)
    assert one.before.value is None
    assert one.expected is not None
    assert one.expected.least < one.expected.most
    assert words.fading_sentence(one, WORLD.config.indicators[REPEAT]) == ""


def test_withheld_and_unbounded_figures_say_nothing() -> None:
    one = found(CITY_OF_LONDON, REPEAT, 2018, 2020)
    assert (one.change, one.expected, one.left, one.why_not) == (None, None, None, "hidden")
    assert picture(one, REPEAT, WORLD.config, "City of London", "Source: none") is None
    before, after = a_country()
    withheld = {**before, "7": Figure("7", "withheld", base=200.0)}
    assert before_after("7", (1, 2), withheld, after, ["1"], BENCHMARKS).why_not == "hidden"
    gone = before_after("nobody", (1, 2), before, after, ["1"], BENCHMARKS)
    assert (gone.why_not, gone.change) == ("no_figure", None)


def test_without_counts_there_is_a_change_and_nothing_else() -> None:
    one = found(TRAFFORD, ON_TIME, 2018, 2020)
    assert one.change is not None
    assert one.change.least == pytest.approx(-3.2)
    assert (one.change.low, one.change.high) == (None, None)
    assert (one.expected, one.why_not) == (None, "no_counts")
    assert one.change.clear is None


def test_too_few_others_tell_nothing() -> None:
    before, after = a_country()
    assert before_after("5", (1, 2), before, after, ["1", "2", "5"], BENCHMARKS).expected is None


@pytest.mark.parametrize(
    ("start", "year"), [(date(2018, 9, 1), 2018), (date(2018, 4, 1), 2018), (date(2018, 3, 31), 2017)]
)
def test_the_last_year_before(start: date, year: int) -> None:
    assert last_year_before(start) == year


# --- words and picture


@pytest.mark.parametrize("name", [*SHARES, ON_TIME])
def test_sentences_and_pictures_are_whole_for_every_authority(name: str) -> None:
    entry = WORLD.config.indicators[name]
    for area in WORLD.areas.authorities[::6]:
        one = found(area.code, name, 2018, 2025)
        for sentence in filter(None, told(one, name, area.label)):
            assert not BROKEN.search(sentence.replace("hidden: ", "hidden ")), sentence
        if one.before.value is None and one.after.value is None:
            assert not ZERO.search(words.moved_sentence(one, entry, area.label).split("The change")[0])
        drawn = picture(one, name, WORLD.config, area.label, "Source: DfE")
        if drawn is not None:
            assert drawn.data.height == drawn.data["order"].n_unique()
            assert drawn.data.filter(kind="authority").height == 2
            assert BROKEN.search(drawn.alt.replace("hidden: ", "hidden ")) is None


def test_the_picture_shows_a_hidden_figure_as_a_range_and_no_number() -> None:
    drawn = picture(found(TRAFFORD, OPEN_LONG, 2018, 2025), OPEN_LONG, WORLD.config, "Trafford", "Source: DfE")
    assert drawn is not None
    row = drawn.data.filter(kind="authority").row(-1, named=True)
    assert (row["value"], row["low"], row["figure"]) == (None, None, "hidden: 0.6% to 3.2%")
    assert row["least"] == pytest.approx(100 / 155)
    assert "Hatched ranges are hidden figures" in drawn.note
    assert "data" not in drawn.spec
