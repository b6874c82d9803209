"""How much an authority's share moves by itself, beyond the chance in its numbers: learnt from every authority's years.

An authority's gap from the mean of all is taken as g_t = level + w_t + e_t + chance_t: w is a walk whose yearly steps
have the variance W, e is different in every year with the variance E, and chance has the variance of a share of n plans
times the design effect. The mean square of the change over k years is then

    D_k = k W + 2 E + (chance of both years),

so a straight line through D_k less that chance, over k, has the slope W and meets the axis at 2 E (the method of
moments; the differences of a panel as in Diggle, Heagerty, Liang and Zeger 2002, "Analysis of Longitudinal Data", the
variogram). Each D_k weighs as many pairs of years as it rests on. Nothing is below 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from explorer.evaluation.panel import Panel
from explorer.evaluation.path import Array

_FURTHEST = 6  # years apart: beyond, few pairs are left
_FEWEST = 30  # pairs of years at a distance, or it is left out


@dataclass(frozen=True)
class Drift:
    """How an authority's share moves without anybody's doing, in percentage points.

    Attributes:
        year_sd: of what is different in every year and gone in the next.
        step_sd: of what stays, a year.
    """

    year_sd: float
    step_sd: float


def drift_of(panel: Panel, design_effect: float) -> Drift:
    """The drift of an authority like those of a panel; what is only known as a range is left out.

    Raises:
        ValueError: there are too few pairs of years to learn from.
    """
    return own_drift(np.where(panel.hidden, np.nan, panel.middle), panel.base, panel.years, design_effect)


def own_drift(shares: Array, base: Array, years: Sequence[int], design_effect: float) -> Drift:
    """The drift of an authority like the others.

    Args:
        shares: (areas, years) in percent; NaN where hidden or missing. Leave out what is only known as a range.
        base: (areas, years) what they are out of; NaN where that is not published: then its chance counts as drift.
        design_effect: of brothers and sisters.

    Raises:
        ValueError: there are too few pairs of years to learn from.
    """
    usual = np.nanmean(shares, axis=0)
    chance = np.nan_to_num(design_effect * usual * (100 - usual) / np.where(base > 0, base, np.nan))
    gaps = shares - usual
    lags, squares, weights = [], [], []
    for apart in range(1, _FURTHEST + 1):
        pairs = [(n, years.index(year + apart)) for n, year in enumerate(years) if year + apart in years]
        before, after = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        moved = (gaps[:, after] - gaps[:, before]) ** 2 - chance[:, after] - chance[:, before]
        known = moved[~np.isnan(moved)]
        if len(known) >= _FEWEST:
            lags.append(apart)
            squares.append(float(known.mean()))
            weights.append(len(known))
    if len(lags) < 2:
        raise ValueError("There are too few years to learn how a share drifts.")
    slope, start = np.polyfit(lags, squares, 1, w=np.sqrt(weights))
    if slope <= 0:  # no walk: all that is left is different in every year
        start, slope = float(np.average(squares, weights=weights)), 0.0
    return Drift(sqrt(max(float(start), 0.0) / 2), sqrt(float(slope)))
