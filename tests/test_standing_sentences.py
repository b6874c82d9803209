"""Standing in words: each sentence by an example, then true and whole for half of all authorities, hidden or not."""

import re
from dataclasses import replace
from functools import cache

import pytest

from explorer.areas import Area, Comparators
from explorer.benchmarks.change import Change, change
from explorer.benchmarks.position import Bounds, Comparison, Figure, Position, Rank
from explorer.benchmarks.quarters import Quarter, quarter
from explorer.benchmarks.sensitivity import sensitivity
from explorer.benchmarks.standing import Everyone, Gap, Reason, Standing, Verdict, everyone, standing
from explorer.schema import HIDDEN
from explorer.sentences.standing import (
    beside_sentence,
    fading_sentence,
    gap_to_middle_sentence,
    level_sentence,
    points,
    quarter_sentence,
    sensitivity_sentence,
    sensitivity_table,
    verdict_sentence,
)
from tests.fixtures import BROKEN, ENDED_LONG, GROUP, OPEN_LONG, REPEAT, STOCKPORT, TRAFFORD, ZERO, shipped_world

WORLD = shipped_world()
CONFIG = WORLD.config
RATE, ON_TIME = "plans_open_per_10k", "reviews_on_time_percent"
MEASURES = (REPEAT, OPEN_LONG, ENDED_LONG, RATE, ON_TIME)
YEARS = (2014, 2018, 2022, 2025)
JUDGING = re.compile(r"\b(good|bad|better|worse|improv\w*|concern\w*|poor)\b", re.IGNORECASE)
NOWHERE = Rank(None, 0, None, None, 0)
WHOLE = Figure("358", "published", value=30.0, lower=25.0, upper=35.0, numerator=90.0, denominator=300.0, base=300.0)


def placed(own: Figure = WHOLE, indicator: str = REPEAT, bounds: Bounds | None = (21.5, 21.5)) -> Position:
    members = tuple(Figure(str(number), "published", 21.5) for number in range(10))
    group = Comparators("ten", "its ten neighbours", "neighbours", "neighbour", tuple(one.area for one in members))
    median = None if bounds is None else bounds[0]
    return Position(indicator, "358", 2018, group, own, members, 10, median, bounds, median, bounds, None, 0,
                    Comparison(0, 0, 0, 0), NOWHERE, NOWHERE, Figure("E", "published"))  # fmt: skip


def found(verdict: Verdict = "similar", why: Reason = "usual", **more: object) -> Standing:
    base = Standing(placed(), verdict, why, usual=(14.2, 29.3), far=(10.8, 34.2))
    return replace(base, **more)  # type: ignore[arg-type]


# --- each by an example


@pytest.mark.parametrize(
    ("verdict", "why", "said"),
    [
        (
            "higher",
            "far",
            "Higher: Trafford lies outside 10.8% to 34.2%. That is where 998 of 1,000 authorities of its size would "
            "lie around the median of {}.",
        ),
        (
            "lower",
            "two_years",
            "Lower: this year and the year before, Trafford was outside the range that is usual for its size (now "
            "14.2% to 29.3%). That is where 95 of 100 authorities of its size would lie around the median of {}.",
        ),
        (
            "similar",
            "usual",
            "Trafford lies within 14.2% to 29.3%. That is where 95 of 100 authorities of its size would lie around "
            "the median of {}.",
        ),
        ("similar", "first_time", "Similar so far: Trafford is outside 14.2% to 29.3%. "),
        (
            "not_tested",
            "no_counts",
            "Whether Trafford is higher or lower by more than chance cannot be tested: re-plans are published without "
            "the counts behind them.",
        ),
        (
            "cannot_tell",
            "hidden",
            "Whether Trafford is higher or lower cannot be told, because figures or the counts behind are hidden.",
        ),
        ("cannot_tell", "no_group", "Trafford is not compared with anyone who has a figure."),
        ("cannot_tell", "no_figure", "Trafford has no figure to compare."),
    ],
)
def test_a_verdict_and_its_reason(verdict: Verdict, why: Reason, said: str) -> None:
    group = placed().group.short_label
    words = verdict_sentence(found(verdict, why), CONFIG, "Trafford")
    assert words.startswith("Similar") == (verdict == "similar")
    assert said.format(group) in words


def test_a_hidden_figure_is_judged_as_what_it_can_be() -> None:
    hidden = placed(Figure("358", "suppressed", base=155.0, least=1.0, most=5.0), OPEN_LONG, (4.0, 6.0))
    said = verdict_sentence(found(position=hidden, usual=(0.0, 9.0)), CONFIG, "Trafford")
    assert said.startswith("Similar")
    assert ": if Trafford's hidden count is 1 to 5, it lies within 0.0% to 9.0%. That is where 95 of 100" in said
    assert gap_to_middle_sentence(found(position=hidden), CONFIG) == ""
    assert fading_sentence(found(position=hidden, fading=1.0), CONFIG) == ""


@pytest.mark.parametrize(
    ("above", "ranks", "said"),
    [
        (0.5, (1, 11), "a little more likely above than below the group's middle (50 in 100). Its place is anything "
         "from highest to lowest of 11."),
        (0.79, (2, 9), "a little more likely above than below the group's middle (79 in 100). Its place is from 2nd "
         "highest to 9th highest of 11."),
        (0.30, (2, 9), "a little more likely below than above the group's middle (70 in 100). Its place is from 2nd "),
        (0.80, (1, 3), "probably above the group's middle (80 in 100). Its place is from highest to 3rd highest of "
         "11."),
        (0.96, (1, 1), "almost certainly above the group's middle (96 in 100). Its place is highest of 11."),
        (0.999, (1, 1), "almost certainly above the group's middle (more than 99 in 100). Its place"),
        (0.02, (10, 11), "almost certainly below the group's middle (98 in 100). Its place is from 10th highest to "
         "11th highest of 11."),
    ],
)  # fmt: skip
def test_how_sure_the_level_is(above: float, ranks: tuple[int, int], said: str) -> None:
    words = level_sentence(found(above_middle=above, ranks=ranks, ranked=11), "Trafford")
    assert words.startswith(f"With chance taken off as far as can be, Trafford's level is {said}")
    assert level_sentence(found(), "Trafford") == ""


@pytest.mark.parametrize(
    ("number", "low", "high", "said"),
    [
        ((19.9, 19.9), 6.2, 31.4, "about 20 fewer in the year would match the median of {} (21.5%). Allowing for "
         "chance, 6 to 31 fewer"),
        ((1.2, 1.2), -3.0, 5.0, "about 1 fewer in the year would match the median of {} (21.5%). Allowing for chance, "
         "anything from 3 more to 5 fewer"),
        ((-0.9, -0.9), -8.0, -0.6, "about 1 more in the year would match the median of {} (21.5%). Allowing for "
         "chance, 1 to 8 more"),
        ((0.3, 0.3), -4.0, 5.0, "as many in the year as at the median of {} (21.5%), to the nearest child. Allowing "
         "for chance, anything from 4 more to 5 fewer"),
        ((0.3, 0.3), 0.2, 0.4, "as many in the year as at the median of {} (21.5%), to the nearest child."),
        ((2.0, 5.0), 0.4, 9.0, "about 2 to 5 fewer in the year would match"),
        ((-5.0, 2.0), -9.0, 4.0, "about anything from 5 more to 2 fewer in the year would match"),
    ],
)  # fmt: skip
def test_the_gap_is_in_whole_children(number: Bounds, low: float, high: float, said: str) -> None:
    words = gap_to_middle_sentence(found(gap=Gap(number, low, high)), CONFIG)
    label = CONFIG.indicators["plans_started_repeat"].label
    assert words.startswith(f"{label}: {said.format(placed().group.short_label)}")


def test_a_gap_in_a_stock_is_on_that_day() -> None:
    stock = found(position=placed(indicator=OPEN_LONG), gap=Gap((3.0, 3.0), 1.0, 5.0))
    assert "about 3 fewer on that day would match" in gap_to_middle_sentence(stock, CONFIG)


def test_what_fades_by_itself() -> None:
    """30.0 less 21.5 is 8.5 points, of which 40% is chance; under one child it is not said."""
    said = fading_sentence(found(fading=3.4), CONFIG)
    assert said.startswith("Of the 8.5 points above the group's middle (21.5%), about 3.4 ")
    assert said.endswith("to go by themselves, with nothing done: an unusual figure is often partly chance.")
    assert fading_sentence(found(fading=0.3), CONFIG) == ""  # 0.9 of a child
    low = placed(replace(WHOLE, value=10.0, numerator=30.0))
    said = fading_sentence(found(position=low, fading=-3.4), CONFIG)
    assert said.startswith("Of the 11.5 points below the group's middle")


def test_points_and_rates() -> None:
    assert points(-7.55, CONFIG.indicators[REPEAT]) == "7.6 points"
    assert points(6.0, CONFIG.indicators[RATE]) == "6.0 per 10,000"


@pytest.mark.parametrize(
    ("best", "worst", "polarity", "said"),
    [
        (1, 1, "low", "the lowest quarter"),
        (4, 4, "low", "the highest quarter"),
        (1, 1, "high", "the highest quarter"),
        (1, 2, "low", "the lowest or third highest quarter"),
        (1, 3, "high", "the highest or second highest or third highest quarter"),
    ],
)
def test_a_quarter_of_england(best: int, worst: int, polarity: str, said: str) -> None:
    words = quarter_sentence(Quarter((10, 20, 30), best, worst, 148), polarity, "Trafford")
    assert words == f"Trafford is in {said} of the 148 authorities in England with a published figure."
    assert quarter_sentence(None, "none", "Trafford") == ""


def test_whether_it_depends_on_the_average() -> None:
    rows = sensitivity(WORLD.position(TRAFFORD, REPEAT, 2018, GROUP), 100.0, {})
    assert sensitivity_sentence(rows) == (
        "However the group is averaged, and whoever is left out of it, the figure is above."
    )
    assert sensitivity_sentence(()) == ""
    table = sensitivity_table(rows, CONFIG, WORLD.areas)
    assert table.height == len(rows)
    assert table["Held against"].to_list()[:2] == ["Median", "Mean"]
    assert all(table[name].dtype.is_integer() for name in table.columns if name.startswith("In "))


def test_two_authorities_beside_each_other() -> None:
    entry = CONFIG.indicators[REPEAT]
    other = replace(WHOLE, area="356", value=20.4)

    def said(size: float, low: float | None, high: float | None) -> str:
        return beside_sentence(Change(other, WHOLE, size, low, high), entry, "Trafford", "Stockport")

    assert said(9.6, 2.0, 17.0) == (
        "Trafford's figure is 9.6 points above that of Stockport; that is more than chance alone is likely to make."
    )
    assert said(-1.0, -6.0, 4.0) == (
        "Trafford's figure is 1.0 points below that of Stockport; chance alone could make it."
    )
    assert said(0.04, -4.0, 4.0) == "Trafford and Stockport have the same figure; chance alone could make it."
    assert said(3.0, None, None).endswith("cannot be tested: the counts are not published.")
    assert beside_sentence(None, entry, "Trafford", "Stockport").endswith("one of them is hidden or missing.")


# --- over authorities and years


@cache
def every(indicator: str, year: int) -> Everyone | None:
    if not WORLD.has(indicator, year):
        return None
    benchmarks = CONFIG.benchmarks
    place = WORLD.position(TRAFFORD, indicator, year, benchmarks.england)
    effect = benchmarks.uncertainty.design_effect
    return everyone(place, CONFIG.indicators[indicator].scale, benchmarks.standing, effect)


def some(year: int) -> tuple[Area, ...]:
    """Every other authority, the others in the next years."""
    return WORLD.areas.authorities[(year // 4) % 2 :: 2]


@cache
def judged(area: str, indicator: str, year: int) -> Standing | None:
    now, before = every(indicator, year), every(indicator, year - 1)
    if now is None:
        return None
    earlier = WORLD.position(area, indicator, year - 1, GROUP) if before else None
    return standing(WORLD.position(area, indicator, year, GROUP), now, earlier, before)


def whole(said: str) -> None:
    assert not BROKEN.search(said), said
    assert not JUDGING.search(said), said
    assert not re.search(r"(?<![\d.,])1 (points|children|plans|re-plans)\b", said), said


def in_order(said: str) -> None:
    """Ranges of a sentence run from least to most."""
    for low, high in re.findall(r"(?<![\d.,])(\d[\d,.]*)%? to (\d[\d,.]*)%", said):
        assert float(low.replace(",", "")) < float(high.replace(",", "")), said
    for low, high in re.findall(r"(?<!from )\b(\d[\d,]*) to (\d[\d,]*) (?:fewer|more)", said):
        assert int(low.replace(",", "")) < int(high.replace(",", "")), said


@pytest.mark.parametrize("indicator", MEASURES)
@pytest.mark.parametrize("year", YEARS)
def test_sentences_hold_for_half_of_all_authorities(indicator: str, year: int) -> None:
    entry = CONFIG.indicators[indicator]
    reasons = set()
    for area in some(year):
        found = judged(area.code, indicator, year)
        if found is None:
            continue
        reasons.add(found.why)
        own, name = found.position.figure, area.label
        verdict = verdict_sentence(found, CONFIG, name)
        gap, fading = gap_to_middle_sentence(found, CONFIG), fading_sentence(found, CONFIG)
        sure, rows = level_sentence(found, name), sensitivity(found.position, entry.scale, {})
        other = WORLD.position(STOCKPORT, indicator, year, GROUP).figure
        beside = beside_sentence(change(other, own, entry.scale), entry, name, "Stockport")
        for said in (verdict, gap, fading, sure, sensitivity_sentence(rows), beside):
            whole(said)
            in_order(said)
        agrees(found, verdict)
        if own.status in HIDDEN:
            # nothing that is made of the figure itself: what is left is the range of authorities of its size
            assert gap == fading == sensitivity_sentence(rows) == ""
            assert "hidden" in verdict or found.why in ("no_counts", "no_group")
            assert not ZERO.search(sure + beside)
            assert "%" not in sure + beside
            lone = re.sub(r"[\d.,]+(%| per 10,000) to [\d.,]+(%| per 10,000)", "", verdict)
            assert not re.search(r"\d%", lone), verdict
        if found.gap is not None and gap:
            assert "." not in re.sub(r"\([^)]*\)|\. |\.$", "", gap.partition(": ")[2]), gap
    assert reasons or not WORLD.has(indicator, year)


def agrees(found: Standing, said: str) -> None:
    """The first word of a verdict, and on which side of the median the figure lies."""
    words = {"higher": "Higher: ", "lower": "Lower: ", "similar": "Similar"}
    if found.verdict in words:
        assert said.startswith(words[found.verdict])
    else:
        assert not said.startswith(tuple(words.values()))
    own, usual = found.position.figure.value, found.usual
    if own is None or usual is None or found.position.median_bounds is None:
        return
    assert usual[0] <= usual[1]
    assert found.far is not None
    assert found.far[0] <= usual[0] <= usual[1] <= found.far[1]
    if found.verdict == "higher":
        assert own > usual[1]
    if found.verdict == "lower":
        assert own < usual[0]
    if found.why == "usual":
        assert usual[0] - 0.05 <= own <= usual[1] + 0.05  # figures are published to one place


def test_the_walk_meets_every_reason() -> None:
    """A reason that no authority meets would be tested by its example alone."""
    met = {
        found.why
        for indicator in MEASURES
        for year in (2018, 2025)
        for area in some(year)
        if (found := judged(area.code, indicator, year)) is not None
    }
    assert met >= {"far", "two_years", "usual", "first_time", "hidden", "no_figure", "no_counts"}


def test_a_quarter_is_whole_for_every_authority() -> None:
    for indicator in (REPEAT, OPEN_LONG, ON_TIME):
        polarity = CONFIG.indicators[indicator].polarity
        for area in WORLD.areas.authorities[::2]:
            where = quarter(WORLD.position(area.code, indicator, 2025, CONFIG.benchmarks.england), polarity)
            whole(quarter_sentence(where, polarity, area.label))
