"""What the test of a forecast found, and what the forecast says, in plain words."""

from collections.abc import Sequence
from math import isnan
from typing import Literal

import polars as pl

from explorer.models.forecasting.fan import Fan, Score, Tested
from explorer.models.forecasting.settings import ForecastSettings
from explorer.wording import count, in_unit, percent, plural

Step = Literal["year", "day", "month", "quarter"]
_STEPS = {
    "year": ("year", "years"),
    "day": ("year", "years"),
    "month": ("month", "months"),
    "quarter": ("quarter", "quarters"),
}
_FAR_TOO_FEW, _TOO_FEW, _TOO_MANY = 70, 77, 83  # of 100 truths that an 80% range should hold
_TABLE = {
    "Way of forecasting": pl.String,
    "Ahead": pl.String,
    "Forecasts": pl.Int64,
    "Nearer than the last figure": pl.String,
    "Error beside the usual change": pl.String,
    "80% range held": pl.String,
    "95% range held": pl.String,
    "Drawn": pl.String,
}


def tested_sentence(tested: Tested, settings: ForecastSettings, step: Step) -> str:
    """The result of the test: what is drawn and how it did, or why nothing is drawn.

    Args:
        tested: the test.
        settings: forecast.yaml.
        step: "year" or "day" of yearly figures, tested on every authority; "month" or "quarter" of one series.
    """
    if not tested.scores:
        return "There are too few figures to test a forecast on, so none is drawn."
    ways = len({score.model for score in tested.scores})
    if tested.chosen is None:
        return (
            "No way of forecasting that was tried did clearly better than carrying the last figure forward, so no "
            "forecast is drawn."
        )
    shown = [score for score in tested.scores if score.model == tested.chosen and score.horizon <= tested.reach]
    where = "every authority's past" if step in ("year", "day") else "this series' own past"
    starts = max(score.origins for score in shown)
    held = _mean(shown, [score.in_80 for score in shown])
    said = (
        f"Of {ways} ways to forecast tried on {where}, {_label(tested.chosen, settings)} was picked: its errors were "
        f"{percent(_gain(shown))} smaller than those of simply carrying the last figure forward "
        f"({plural(sum(score.n for score in shown), 'forecast', 'forecasts')} from {starts:,} starting "
        f"{_STEPS[step][starts > 1]}). Its 80% ranges held {count(held)} of 100."
    )
    if held < _TOO_FEW:
        said += f" That is fewer than 80, so read them as {'much' if held < _FAR_TOO_FEW else 'somewhat'} too narrow."
    if held > _TOO_MANY:
        said += " That is more than 80: they are wider than they need be."
    if any(score.horizon > tested.reach for score in tested.scores):
        ahead = f"{tested.reach} {_STEPS[step][tested.reach > 1]}"
        said += f" More than {ahead} ahead it did not do clearly better, so the forecast ends there."
    return said


def fan_sentence(fan: Fan, unit: str, step: Step) -> str:
    """What is expected at the end of a fan, with its 80% range."""
    end = fan.ends[-1]
    when = {
        "year": f"In the year to March {end.year}",
        "day": f"At 31 March {end.year}",
        "month": f"In {end:%B %Y}",
        "quarter": f"In the three months to {end:%B %Y}",
    }[step]
    low, high = in_unit(fan.low_80[-1], unit), in_unit(fan.high_80[-1], unit)
    if low == high:
        return f"{when} it is expected at about {low}."
    return f"{when} it is expected between {low} and {high} (80 of 100 such ranges should hold)."


def scores_table(tested: Tested, settings: ForecastSettings, step: Step) -> pl.DataFrame:
    """Every way to forecast and how it did, for reading."""
    one, many = _STEPS[step]
    rows = [
        (
            _label(score.model, settings, capital=True),
            plural(score.horizon, one, many),
            score.n,
            percent(score.gain),
            f"{score.mase:.2f} times" if not isnan(score.mase) else "",
            percent(score.in_80),
            percent(score.in_95),
            "yes" if score.model == tested.chosen and score.horizon <= tested.reach else "no",
        )
        for score in tested.scores
    ]
    return pl.DataFrame(rows, schema=_TABLE, orient="row")


def _label(model: str, settings: ForecastSettings, *, capital: bool = False) -> str:
    label = settings.models[model].label  # type: ignore[index]
    return label[0].upper() + label[1:] if capital else label


def _mean(shown: Sequence[Score], figures: Sequence[float]) -> float:
    """The mean over all forecasts."""
    return sum(score.n * figure for score, figure in zip(shown, figures, strict=True)) / sum(score.n for score in shown)


def _gain(shown: Sequence[Score]) -> float:
    """Per cent by which all forecasts together were nearer than the last figure."""
    own = sum(score.n * score.crps for score in shown)
    last = sum(score.n * score.crps / (1 - score.gain / 100) for score in shown if score.gain < 100)
    return 100 * (1 - own / last) if last else 0.0
