"""A forecast of a series with its ranges, and how the way it was made did in the past."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from numpy.typing import NDArray

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


@dataclass(frozen=True)
class Tested:
    """The whole test: every model at every horizon, and which is shown.

    Attributes:
        scores: of every model and horizon with a forecast that could be scored.
        chosen: the model that is shown; None where nothing beat the last value.
        reach: the furthest horizon up to which it beat the last value; 0 where nothing is shown.
    """

    __test__: ClassVar[bool] = False  # a test of forecasts, not of the program

    scores: tuple[Score, ...]
    chosen: str | None
    reach: int


def choose(scores: tuple[Score, ...], fewest: int, least_gain: float, least_held: float) -> Tested:
    """Pick the model that is shown: of those that beat the last value one horizon ahead, the one with the best mean.

    Args:
        scores: of a whole test.
        fewest: forecasts under which a horizon tells nothing.
        least_gain: per cent of gain that counts as beating.
        least_held: per cent of truths that the 80% range has to have held.
    """
    best: tuple[float, str, int] | None = None
    for model in dict.fromkeys(score.model for score in scores):
        told = sorted((one for one in scores if one.model == model and one.n >= fewest), key=lambda one: one.horizon)
        reach = 0
        for one in told:
            if one.gain < least_gain or one.gain <= 0 or one.in_80 < least_held:
                break
            reach = one.horizon
        mean = sum(one.gain for one in told) / max(len(told), 1)
        if reach and (best is None or mean > best[0]):
            best = mean, model, reach
    return Tested(scores, None, 0) if best is None else Tested(scores, best[1], best[2])
