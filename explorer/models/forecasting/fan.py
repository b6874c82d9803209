"""A forecast of a series with its ranges, and how the way it was made did in the past."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from numpy.typing import NDArray

from explorer.models.forecasting.settings import ForecastSettings, Test

Stopped = Literal["gain", "held", "few", "none_left", "not_forecast"]
# The quantiles of a fan, from the low end of its 95% range to the high end.
FAN_CHANCES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Fan:
    """What is expected of the periods after the last one.

    Attributes:
        model: name of the model, a key of config/forecast.yaml ``models``.
        ends: the last day of each period ahead.
        median, low_50, high_50, low_80, high_80, low_95, high_95: in the series' unit, one for each of ``ends``; none
            is negative, a percentage is at most 100.
    """

    model: str
    ends: tuple[date, ...]
    median: tuple[float, ...]
    low_50: tuple[float, ...]
    high_50: tuple[float, ...]
    low_80: tuple[float, ...]
    high_80: tuple[float, ...]
    low_95: tuple[float, ...]
    high_95: tuple[float, ...]


def fan_of(model: str, ends: tuple[date, ...], quantiles: NDArray[Any]) -> Fan:
    """A fan from its quantiles, (periods, 7) at ``FAN_CHANCES``."""
    low_95, low_80, low_50, median, high_50, high_80, high_95 = (
        tuple(float(figure) for figure in column) for column in quantiles.T
    )
    return Fan(model, ends, median, low_50, high_50, low_80, high_80, low_95, high_95)


@dataclass(frozen=True)
class Score:
    """How one model did at one horizon in a rolling-origin test.

    Attributes:
        model: a key of config/forecast.yaml ``models``.
        horizon: periods ahead.
        n: forecasts scored.
        origins: dates they were made on.
        mase: their absolute error over that of carrying the last figure one period forward, up to each origin
            (Hyndman and Koehler 2006).
        pinball: mean over the seven quantiles of a fan.
        crps: mean, in the unit of the test.
        gain: per cent by which ``crps`` is below the last value's on the same forecasts.
        in_80, in_95: per cent of truths that the ranges held.
        sure: by how many of its standard errors the mean of ``crps`` is below the last value's (``luck``); None of
            yearly figures, whose forecasts are those of all authorities.
    """

    model: str
    horizon: int
    n: int
    origins: int
    mase: float
    pinball: float
    crps: float
    gain: float
    in_80: float
    in_95: float
    sure: float | None = None


@dataclass(frozen=True)
class Tested:
    """The whole test: every model at every horizon, and which is shown.

    Attributes:
        scores: of every model and horizon with a forecast that could be scored.
        chosen: the model that is shown; None where nothing beat the last value.
        reach: the furthest horizon up to which it beat the last value; 0 where nothing is shown.
        stopped: why it goes no further, or why nothing is shown: "gain", it did not beat the last value by more than
            luck; "held", its 80% ranges held too few; "few", too few forecasts were there to test; "none_left", it
            goes as far as was tested; "not_forecast", the measure is not forecast, see ``reason``.
        reason: in words, of "not_forecast" alone.
        drawn_80: per cent of truths that the 80% ranges held of those forecasts that would have been drawn in each
            earlier year, with what was known by then; None where that was not worked out or none would have been.
    """

    __test__: ClassVar[bool] = False  # a test of forecasts, not of the program

    scores: tuple[Score, ...]
    chosen: str | None
    reach: int
    stopped: Stopped = "few"
    reason: str = ""
    drawn_80: float | None = None


@dataclass(frozen=True)
class _Tried:
    """How far one model gets, and the mean of its gains."""

    model: str
    gain: float
    reach: int
    stopped: Stopped


def choose(scores: tuple[Score, ...], test: Test, settings: ForecastSettings) -> Tested:
    """Pick the model that is shown: of those that beat the last value one horizon ahead, the one with the best mean.

    Args:
        scores: of a whole test.
        test: how it was tested.
        settings: forecast.yaml.
    """
    tried = [_tried(model, scores, test, settings) for model in dict.fromkeys(score.model for score in scores)]
    best = max((one for one in tried if one.reach), key=lambda one: one.gain, default=None)
    if best is not None:
        return Tested(scores, best.model, best.reach, best.stopped)
    reasons: tuple[Stopped, ...] = ("held", "gain")  # one that was nearer says more than those that were not
    return Tested(scores, None, 0, next((why for why in reasons if any(one.stopped == why for one in tried)), "few"))


def _tried(model: str, scores: tuple[Score, ...], test: Test, settings: ForecastSettings) -> _Tried:
    told = {one.horizon: one for one in scores if one.model == model and _enough(one, test)}
    reach = 0
    stopped: Stopped = "none_left"
    for horizon in sorted(test.horizons):
        if horizon not in told:
            stopped = "few"
        elif not _beats(told[horizon], settings):
            stopped = "gain"
        elif told[horizon].in_80 < settings.least_held.value:
            stopped = "held"
        else:
            reach = horizon
            continue
        break
    return _Tried(model, sum(one.gain for one in told.values()) / max(len(told), 1), reach, stopped)


def _enough(score: Score, test: Test) -> bool:
    return score.n >= test.fewest and score.origins >= test.fewest_origins


def _beats(score: Score, settings: ForecastSettings) -> bool:
    """Whether it was nearer than the last value by more than luck."""
    sure = score.sure is None or score.sure >= settings.least_sure.value
    return sure and score.gain > 0 and score.gain >= settings.least_gain.value
