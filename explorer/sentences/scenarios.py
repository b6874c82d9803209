"""A what-if in words: in children first, with the range it can be in."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from explorer.config import Config
from explorer.models.calibration import Calibration, Count
from explorer.models.scenario import Outcome, Scenario
from explorer.wording import half_up, in_range, listed, percent

# One and several of what each outcome counts.
_NOUNS = {
    "plans_open": ("child on a plan at any time", "children on a plan at any time"),
    "plans_started_repeat": ("re-plan a year", "re-plans a year"),
    "plans_open_2y_plus": ("plan open for two years or more", "plans open for two years or more"),
}
_SHARES = {
    "repeat_plan_percent": "Re-plans",
    "open_2y_plus_percent": "Open plans of two years or more",
    "ended_2y_plus_percent": "Ended plans of two years or more",
}


def scenario_title(scenario: Scenario, name: str, unit: str) -> str:
    """The finding of a what-if: what moves most, in children (counts) or as a share."""
    if not scenario.has_effect:
        return f"Nothing is changed yet: {name} stays as it is today"
    most = max(_shown(scenario, _NOUNS if unit == "count" else _SHARES), key=_relative)
    if unit == "count":
        return f"In the long run {name} would have {moved(most)}"
    return f"{_SHARES[most.indicator]} would settle at {percent(most.scenario)}, from {percent(most.baseline)} today"


def scenario_sentence(scenario: Scenario, name: str) -> str:
    """What a what-if comes to, in children and plans."""
    if not scenario.has_effect:
        return (
            "Both sliders stand at no effect. Move one to see what it would come to in the long run, if the "
            "change lasted and nothing else moved."
        )
    return f"In the long run {name} would have {listed(moved(outcome) for outcome in _shown(scenario, _NOUNS))}."


def _shown(scenario: Scenario, names: Iterable[str]) -> list[Outcome]:
    return [scenario[name] for name in names if not scenario[name].hidden]


def _relative(outcome: Outcome) -> float:
    return abs(outcome.difference) / outcome.baseline if outcome.baseline else 0.0


def moved(outcome: Outcome) -> str:
    """A difference in whole plans or children, with its range: 'about 19 fewer re-plans a year (likely 13 to 23)'."""
    one, several = _NOUNS[outcome.indicator]
    number, low, high = (half_up(value, 0) for value in (outcome.difference, outcome.low, outcome.high))
    if number:
        said = f"about {abs(number):,} {_way(number)} {one if abs(number) == 1 else several}"
    else:
        said = f"about as many {several} as today"
    if low == high == number:
        return said
    if low < 0 < high or not number:
        return f"{said} (likely between {_end(low)} and {_end(high)})"
    ends = sorted((abs(low), abs(high)))
    return f"{said} (likely {ends[0]:,} to {ends[1]:,})"


def _way(number: Decimal) -> str:
    return "fewer" if number < 0 else "more"


def _end(number: Decimal) -> str:
    return f"{abs(number):,} {_way(number)}" if number else "none"


def counts_used(calibration: Calibration, config: Config) -> pl.DataFrame:
    """The counts behind a what-if as a table for reading."""
    rule = config.benchmarks.suppression
    rows = []
    for item in calibration.counts:
        small = not item.published and item.most <= rule.highest  # worked out or not, it stays hidden
        number = f"{rule.lowest} to {rule.highest}" if small else in_range(item.least, item.most, "count")
        rows.append(
            {
                "Count": _label(item.measure, config),
                "Year to March": str(item.year),
                "Number": number,
                "Published": _known_how(item, small),
            }
        )
    return pl.DataFrame(rows)


def _known_how(item: Count, small: bool) -> str:
    if item.published:
        return "yes"
    return "hidden" if small or item.hidden else "worked out from the others"


def years_used(calibration: Calibration) -> str:
    """The years that a what-if's counts are of: 'year to March 2025, ended plans of 2024'."""
    years = {count.measure: count.year for count in calibration.counts}
    first = years["plans_started"]
    others = [
        f"{what} of {years[measure]}"
        for measure, what in (("plans_open", "open plans"), ("plans_ended", "ended plans"))
        if years[measure] != first
    ]
    return ", ".join((f"year to March {first}", *others))


def _label(measure: str, config: Config) -> str:
    if measure in config.indicators:
        return config.indicators[measure].label
    return f"{config.indicators[measure.removesuffix('_1y_plus')].label} that had lasted a year or more"
