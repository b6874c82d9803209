"""What a what-if assumes, in plain words: the rates with their ranges, the ideas in use, and what everybody shares."""

from collections.abc import Mapping
from math import exp

import polars as pl

from explorer.models.calibration import Basis, Calibration
from explorer.models.durations import WIDTHS
from explorer.models.flow import BAND_STARTS
from explorer.models.rates import ENDING, FIRST, RETURNS
from explorer.models.scenarios import GLOBALS, Scenario, assumption, global_range, in_use
from explorer.models.what_if_entries import WhatIfSettings
from explorer.wording import half_up, percent

_BAND_WORDS = ("up to 3 months", "3 to 6 months", "6 months to 1 year", "1 to 2 years", "2 years or more")
_MANY = 0.5


def rate_labels() -> Mapping[str, str]:
    """What each calibrated rate is called."""
    return {
        FIRST: "How many first plans start",
        RETURNS: "How many children come back",
        **{name: f"How fast plans end: {words}" for name, words in zip(ENDING, _BAND_WORDS, strict=True)},
    }


def rates_table(calibration: Calibration) -> pl.DataFrame:
    """The rates that a what-if rests on, with their ranges, for reading."""
    labels = rate_labels()
    return pl.DataFrame(
        [
            {
                "What": labels[name],
                "Taken as": _words(one, one.value),
                "80% range": f"{_words(one, one.low)} to {_words(one, one.high)}",
                "England": _words(one, one.england),
                "How much is England's": percent(100 * one.prior_weight),
                "Counted so far": f"{half_up(one.events, 0):,}",
                "Latest year": "none" if one.last_year is None else f"March {one.last_year}",
            }
            for name, one in calibration.basis.items()
        ]
    )


def _words(one: Basis, value: float) -> str:
    match one.name:
        case "first_starts":
            return f"{half_up(10_000 * value)} a year per 10,000 children"
        case "returns":
            return f"{percent(100 * value)} within ten years"
        case _:
            return f"{percent(100 * (1 - exp(-value)))} a month"


def weight_sentence(calibration: Calibration, name: str) -> str:
    """How much of a what-if is the authority's own."""
    weights = [one.prior_weight for one in calibration.basis.values()]
    average = 100 * sum(weights) / len(weights)
    most = "Most of it" if average < 100 * _MANY else "Less than half of it"
    own = percent(100 - average)
    return (
        f"{most} is {name}'s own: on average its own counts make up {own} of each rate, and England's "
        f"{percent(average)}. The fewer children, the more is England's."
    )


def ideas_table(scenario: Scenario, settings: WhatIfSettings) -> pl.DataFrame:
    """The ideas in use with their values, for reading."""
    return pl.DataFrame(
        [
            {
                "Idea": use.entry.label,
                "Changes": effect.label,
                "Set to": f"{use.ratios[effect.name]:.2f} {effect.unit}",
                "Believed to be": f"{effect.low:.2f} to {effect.high:.2f}",
                "From month": str(use.start_month),
                "In full after": f"{use.ramp_months} months",
                "Reaches": percent(100 * use.reach),
                "Evidence": use.entry.strength,
            }
            for use in in_use(scenario, settings)
            for effect in use.entry.effects
        ]
    )


def shared_table(scenario: Scenario, settings: WhatIfSettings) -> pl.DataFrame:
    """What all ideas share, for reading."""
    rows = []
    for key in GLOBALS:
        entry = global_range(settings, key)
        value = f"{assumption(scenario, settings, key):g} ({entry.unit})"
        rows.append({"Assumption": entry.label, "Set to": value, "What it means": entry.description})
    return pl.DataFrame(rows)


assert len(_BAND_WORDS) == len(BAND_STARTS) == len(WIDTHS) + 1
