"""What share of a group nothing has happened to yet, step by step, where some could be followed longer than others."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Survival:
    """The share left after each step, with its range, and its standard error before brothers and sisters.

    All are arrays of one number a step, 0 to 1. The standard error is not a number once nobody is left.
    """

    share: Array
    lower: Array
    upper: Array
    error: Array


def survival(at_risk: Array, events: Array, design_effect: float = 1.0, confidence: float = 0.95) -> Survival:
    """The product of what each step leaves.

    Args:
        at_risk: (steps,) how many were followed through the step and had had nothing happen before it.
        events: (steps,) to how many of them it happened in the step.
        design_effect: how many times the variance is that of children who come one by one.
        confidence: of the ranges, one step at a time.

    Returns:
        The Kaplan-Meier estimate with Greenwood's variance times the design effect, and its range on the log-log
        scale; where nothing or everything has happened, the Wilson range of nobody among the fewest at risk so far.

    Raises:
        ValueError: a step has nobody at risk, or more events than that.

    Source: Kaplan and Meier 1958, Journal of the American Statistical Association 53; Greenwood 1926; Kalbfleisch and
    Prentice 2002, section 1.4 (log-log). Worked example in tests/test_life_table.py.
    """
    at_risk, events = np.asarray(at_risk, dtype=np.float64), np.asarray(events, dtype=np.float64)
    if (at_risk <= 0).any() or (events < 0).any() or (events > at_risk).any():
        raise ValueError("Every step has somebody at risk and at most so many events.")
    share = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        z = NormalDist().inv_cdf(0.5 + confidence / 2)
        wide = np.exp(z * np.sqrt(design_effect * greenwood) / np.abs(np.log(share)))
        lower, upper, error = share**wide, share ** (1 / wide), share * np.sqrt(greenwood)
    effective = np.minimum.accumulate(at_risk) / design_effect
    from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]  # noqa: PLC0415

    none = proportion_confint(np.zeros_like(effective), effective, 1 - confidence, "wilson")[1]
    lower = np.where(share == 1, 1 - none, np.where(share == 0, 0.0, lower))
    upper = np.where(share == 1, 1.0, np.where(share == 0, none, upper))
    return Survival(share, lower, upper, error)
