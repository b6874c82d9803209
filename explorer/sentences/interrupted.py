"""An authority's own course beside what it would have led to, in words: the effect, what it rests on, what to mind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

import polars as pl

from explorer.config import Config
from explorer.evaluation.interrupted import Interrupted, Period, Term
from explorer.sentences.what_if import way, way_range
from explorer.wording import count, day, half_up, lowered, percent, plural, possessive

PERIODS: Mapping[int, tuple[str, str]] = {1: ("month", "months"), 3: ("quarter", "quarters")}
_WAVES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth"}
_SLOW = 0.9  # an effect of which less than that is there by the last period arrives slowly
_SURE = 0.001
_FINE = 3  # decimals of a chance


@dataclass(frozen=True)
class Nouns:
    """What is counted.

    Attributes:
        part: 're-plans'.
        whole: 'plans started'.
    """

    part: str
    whole: str


def nouns_of(indicator: str, config: Config) -> Nouns:
    """What an indicator that is a share counts.

    Raises:
        KeyError: there is no such indicator.
        ValueError: it is no share of counts.
    """
    entry = config.indicators[indicator]
    if entry.denominator is None:
        raise ValueError(f"{indicator} is no share of counts.")
    return Nouns(lowered(entry.label), lowered(config.indicators[entry.denominator].label))


def period_words(end: Period, months: int) -> str:
    """'in August 2021' or 'in the quarter to June 2021'."""
    return f"in {end.end:%B %Y}" if months == 1 else f"in the quarter to {end.end:%B %Y}"


def interrupted_title(found: Interrupted, nouns: Nouns, name: str) -> str:
    """The finding: 'Trafford's re-plans: not clearly different from where the course before was leading'."""
    what = f"{possessive(name)} {nouns.part}"
    if not found.estimate.clear:
        return f"{what}: not clearly different from where the course before was leading"
    side = "below" if found.estimate.effect < 0 else "above"
    return f"{what}: {side} where the course before was leading"


def effect_sentence(found: Interrupted, nouns: Nouns) -> str:
    """The effect with both shares and its range, and whether chance alone could make it."""
    last, estimate = found.last, found.estimate
    when = period_words(last, found.months)
    size = half_up(abs(estimate.effect))
    side = "lower" if estimate.effect < 0 else "higher"
    differs = f"{size} percentage points {side}" if size else "no more than 0.1 percentage points apart"
    chance = (
        "Chance alone would seldom make so large a difference."
        if estimate.clear
        else "Chance alone could explain the difference."
    )
    return (
        f"The share of {nouns.part} was about {percent(last.fitted)} {when}, once the ups and downs are smoothed out. "
        f"The course before would have led to about {percent(last.without)}: {differs}. The likely range of the "
        f"difference is {way_range(estimate.lower, estimate.upper, 'percent')}. {chance}"
    )


def counts_sentence(found: Interrupted, nouns: Nouns) -> str:
    """How many more or fewer since the start: 'about 25 fewer than ..., anything from 158 fewer to 81 more'."""
    since = found.since
    return (
        f"Since {day(found.path.start)} there were {count(since.came)} {nouns.part} among {count(since.out_of)} "
        f"{nouns.whole}, in the {PERIODS[found.months][1]} that are shown and used. With the ups and downs smoothed "
        f"out, that is {_about(since.number)} than the course before would have led to. The likely range is "
        f"{way_range(since.lower, since.upper, 'count')}."
    )


def _about(number: float) -> str:
    words = way(number, "count")
    return words if words.startswith("less") else f"about {words}"


def rests_sentence(found: Interrupted) -> str:
    """What the answer rests on: so many periods before and after, and how many are hidden."""
    one, many = PERIODS[found.months]
    before = plural(found.estimate.periods_before, one, many)
    hidden = ""
    if found.hidden:
        is_hidden = f"{plural(found.hidden, one, many)} {'is' if found.hidden == 1 else 'are'} hidden"
        hidden = f" {is_hidden} and left out. What is hidden is small, so this can shift the answer."
    return f"It rests on {before} before the start and {found.estimate.periods_after} after.{hidden}"


def spread_sentence(found: Interrupted) -> str:
    """How much wider than chance ranges are, as children come in families."""
    if found.plan.errors == "newey_west":
        return (
            "These ranges look at how one figure hangs on the last. They are too narrow where there are few figures, "
            "so they are shown beside the others and never give the answer."
        )
    wider = half_up(sqrt(found.spread))
    if wider <= 1:
        return "The figures move no more than they would if children came one by one."
    return (
        "The figures move more than they would if children came one by one, as brothers and sisters come together. So "
        f"each range is {wider} times as wide as it would be then."
    )


def caveats(found: Interrupted) -> tuple[str, ...]:
    """What to mind, the weightiest first."""
    said = [
        "One authority's course cannot tell an intervention from anything else that happened at that time: an "
        "inspection, new staff, new rules. What is seen can be consistent with an effect. It cannot prove one."
    ]
    if found.plan.trend:
        said.append(f"It is taken for granted that the trend before the start would have gone on.{_far(found)}")
    there = found.last.exposure
    if found.plan.shape == "path" and there < _SLOW:
        said.append(
            f"By the last {PERIODS[found.months][0]} {half_up(100 * there, 0)}% of the full effect was expected to be "
            "there. An effect that comes slowly looks much like a trend, so the range is wide."
        )
    if any(term.name == "pandemic" for term in found.terms):
        said.append(
            "The pandemic has a level of its own in the fit. That takes away a shift in those months, but not what "
            "came of it later."
        )
    if found.plan.wash_out:
        said.append(f"The first {plural(found.plan.wash_out, 'month', 'months')} after the start are left out.")
    return tuple(said)


def _far(found: Interrupted) -> str:
    """That a short course is carried on over a longer one."""
    before, after = found.estimate.periods_before, found.estimate.periods_after
    if after <= before:
        return ""
    many = PERIODS[found.months][1]
    return f" {before} {many} before are carried on over {after}: the farther, the less can be told."


def term_words(term: Term, found: Interrupted) -> str:
    """What a line of the table of terms is, in words."""
    if term.name.startswith("season"):
        _, wave, part = term.name.split("_")
        return f"Seasons, {_WAVES[wave]} wave of the year, {part}"
    return {
        "level": "Level at the start (odds)",
        "trend": "Trend, for each year",
        "pandemic": "Pandemic, against other times",
        "effect": f"Effect that is there by {found.last.end:%B %Y}",
        "step": "Change of level at the start",
        "slope": "Change of the trend after the start, for each year",
    }[term.name]


def terms_table(found: Interrupted) -> pl.DataFrame:
    """Everything that the share is explained by, for reading: one row a term."""
    rows = [
        {
            "What": term_words(term, found),
            "Times the odds": _ratio(term.odds_ratio),
            "Low": _ratio(term.lower),
            "High": _ratio(term.upper),
            "How often chance alone makes as much": chance_words(term.p_value),
        }
        for term in found.terms
    ]
    return pl.DataFrame(rows)


def _ratio(value: float) -> str:
    """A ratio of odds, no finer than it can be of use."""
    if value >= 1_000:
        return "over 1,000"
    return "under 0.001" if value < _SURE else f"{half_up(value, 2 if value >= 0.1 else _FINE)}"


def chance_words(p_value: float | None) -> str:
    """A chance for a table: '0.647', 'under 0.001'; empty where none is asked."""
    if p_value is None:
        return ""
    return "under 0.001" if p_value < _SURE else f"{half_up(p_value, _FINE)}"


def terms_note() -> str:
    """What odds are, beside the table of terms."""
    return (
        "Odds are how many are counted for each one that is not: a share of 25% has odds of 1 to 3, or 0.33. A number "
        "below 1 makes the share lower, a number above 1 higher. Low and high are the ends of the likely range, 95 of "
        "100."
    )


def how_words() -> str:
    """How it is worked out; ``measured.measured_sentence`` says how often it errs."""
    return (
        "The course before the start is described by its level, its trend and the seasons, and carried on past the "
        "start. The effect is what has to be added along the path that was stated first. Ranges are as wide as the "
        "figures really spread."
    )


def all_words(found: Interrupted, nouns: Nouns) -> Iterable[str]:
    """Every sentence of a result, in the order in which it is read."""
    yield effect_sentence(found, nouns)
    yield counts_sentence(found, nouns)
    yield rests_sentence(found)
    yield spread_sentence(found)
    yield from caveats(found)
