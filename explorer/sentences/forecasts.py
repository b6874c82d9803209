"""What the test of a forecast found, and what the forecast says, in plain words."""

from collections.abc import Sequence
from math import isnan
from typing import Literal

import polars as pl

from explorer.models.forecasting.fan import Fan, Score, Tested
from explorer.models.forecasting.settings import ForecastSettings
from explorer.wording import count, day, in_unit, percent, plural

Step = Literal["year", "day", "month", "quarter"]
Period = Literal["year", "day"]
_STEPS = {
    "year": ("year", "years"),
    "day": ("year", "years"),
    "month": ("month", "months"),
    "quarter": ("quarter", "quarters"),
}
_TABLE = {
    "Way of forecasting": pl.String,
    "Ahead": pl.String,
    "Forecasts": pl.Int64,
    "Nearer than the last figure, percent": pl.Float64,
    "Error beside the usual change, times": pl.Float64,
    "80% range held, percent": pl.Float64,
    "95% range held, percent": pl.Float64,
    "Drawn": pl.String,
}
NEARER_MEANING = (
    "How near a forecast came is judged by all of its ranges, not by its middle alone. A narrow range that holds what "
    "came is best, and one that misses it costs more the further off it is. The measure is the CRPS, the continuous "
    "ranked probability score: 10% nearer is 10% less of it. “Beside the usual change” is the error of the middle, "
    "held against how much the figure usually changes from one period to the next (MASE): under 1 is better."
)
_NONE_DRAWN = {
    "gain": (
        "No way of forecasting that was tried came clearly nearer than the last figure carried forward, so no forecast "
        "is drawn."
    ),
    "held": (
        "Some ways of forecasting came nearer than the last figure carried forward. But their 80% ranges held too few "
        "of the figures that came, so no forecast is drawn."
    ),
    "few": "There are too few past forecasts to test, so none is drawn.",
}
_ENDS = {
    "gain": "it did not come clearly nearer than the last figure",
    "held": "its ranges held too few of the figures that came",
    "few": "there were too few past forecasts to test",
}


def tested_sentence(tested: Tested, settings: ForecastSettings, step: Step) -> str:
    """The result of the test: what is drawn and how it did, or why nothing is drawn.

    Args:
        tested: the test.
        settings: forecast.yaml.
        step: "year" or "day" of yearly figures, tested on every authority; "month" or "quarter" of one series.
    """
    if tested.stopped == "not_forecast":
        return tested.reason
    if not tested.scores:
        return "There are too few figures to test a forecast on, so none is drawn."
    if tested.chosen is None:
        return _NONE_DRAWN[tested.stopped]
    ways = len({score.model for score in tested.scores})
    shown = [score for score in tested.scores if score.model == tested.chosen and score.horizon <= tested.reach]
    where = "every authority's past" if step in ("year", "day") else "this series' own past"
    starts = max(score.origins for score in shown)
    held = _mean(shown, [score.in_80 for score in shown])
    said = [
        f"Of {ways} ways to forecast tried on {where}, one was picked: {_label(tested.chosen, settings, step)}.",
        f"It came {percent(_gain(shown))} nearer than the last figure carried forward "
        f"({plural(sum(score.n for score in shown), 'forecast', 'forecasts')} from {starts:,} starting "
        f"{_STEPS[step][starts > 1]}).",
        f"Its 80% ranges held {count(held)} of 100.",
    ]
    drawn = tested.drawn_80
    if drawn is not None:
        said.append(f"Those that this page would have drawn in earlier years held {count(drawn)} of 100.")
    said += [_width(held if drawn is None else min(held, drawn), settings), _end(tested, step)]
    return " ".join(part for part in said if part)


def _width(held: float, settings: ForecastSettings) -> str:
    """What to think of 80% ranges that held so many of 100."""
    if held < settings.held_well.least:
        much = "much" if held < settings.least_held.value else "somewhat"
        return f"Fewer than 80 means that they are {much} too narrow."
    return "More than 80 means that they are wider than they need be." if held > settings.held_well.most else ""


def _end(tested: Tested, step: Step) -> str:
    """Why a forecast ends where it does; empty where it goes as far as was tested."""
    if tested.stopped not in _ENDS:
        return ""
    ahead = f"{tested.reach} {_STEPS[step][tested.reach > 1]}"
    return f"More than {ahead} ahead {_ENDS[tested.stopped]}, so the forecast ends there."


def fan_sentence(fan: Fan, unit: str, step: Step, period: Period = "year") -> str:
    """What is expected at the end of a fan, with its 80% range.

    Args:
        fan: the forecast.
        unit: of the measure.
        step: the kind of period.
        period: "day" of what is counted on a day, whatever the kind of period.
    """
    said = f"{_when(fan, step, period)} it is expected"
    low, high = in_unit(fan.low_80[-1], unit), in_unit(fan.high_80[-1], unit)
    if low == high:
        return f"{said} at about {low}."
    return f"{said} between {low} and {high} (80 of 100 such ranges should hold)."


def usual_sentence(fan: Fan, unit: str, step: Step, period: Period = "day") -> str:
    """Where a figure would be at the end of a band of usual movement; arguments as ``fan_sentence`` has them."""
    when = _when(fan, step, period)
    said = f"If it had moved no more than it usually does, it would be {{}} {when[0].lower()}{when[1:]}"
    low, high = in_unit(fan.low_80[-1], unit), in_unit(fan.high_80[-1], unit)
    if low == high:
        return said.format(f"at about {low}") + "."
    return said.format(f"between {low} and {high}") + " (80 of 100 such ranges should hold)."


def _when(fan: Fan, step: Step, period: Period) -> str:
    end = fan.ends[-1]
    if period == "day" or step == "day":
        return f"At {day(end)}"
    return {
        "year": f"In the year to March {end.year}",
        "month": f"In {end:%B %Y}",
        "quarter": f"In the three months to {end:%B %Y}",
    }[step]


def scores_table(tested: Tested, settings: ForecastSettings, step: Step) -> pl.DataFrame:
    """Every way to forecast and how it did, for reading."""
    one, many = _STEPS[step]
    rows = [
        (
            _capital(_label(score.model, settings, step)),
            plural(score.horizon, one, many),
            score.n,
            score.gain,
            None if isnan(score.mase) else score.mase,
            score.in_80,
            score.in_95,
            "yes" if score.model == tested.chosen and score.horizon <= tested.reach else "no",
        )
        for score in tested.scores
    ]
    return pl.DataFrame(rows, schema=_TABLE, orient="row")


def _label(model: str, settings: ForecastSettings, step: Step) -> str:
    return settings.models[model].called("year" if step == "day" else step)  # type: ignore[index]


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _mean(shown: Sequence[Score], figures: Sequence[float]) -> float:
    """The mean over all forecasts."""
    return sum(score.n * figure for score, figure in zip(shown, figures, strict=True)) / sum(score.n for score in shown)


def _gain(shown: Sequence[Score]) -> float:
    """Per cent by which all forecasts together were nearer than the last figure."""
    own = sum(score.n * score.crps for score in shown)
    last = sum(score.n * score.crps / (1 - score.gain / 100) for score in shown if score.gain < 100)
    return 100 * (1 - own / last) if last else 0.0
