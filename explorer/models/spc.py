"""Control charts: how far a figure usually swings, and which figures are further out than that or run one way.

The limits come from how much a figure moves from one period to the next, so they allow for families coming together
and for everything else that makes single periods differ. They say what is unusual, never why.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from explorer.config import Indicator
from explorer.models.control_signs import LEVEL, Signal, signs
from explorer.models.series import OVERLAPPING, Series
from explorer.models.trend_settings import ControlRules, Rule
from explorer.schema import HIDDEN

Array = NDArray[np.float64]
ChartKind = Literal["xmr", "p_prime"]
Why = Literal["stock", "overlapping", "too_few", "level", "hidden", "small", "edge"]
RULES: tuple[Rule, ...] = ("outside", "trend", "two_of_three", "shift")  # the first that fires names a point
# 3 / d2 and 2 / d2 with d2 = 1.128, and D4, for moving ranges of two. Shewhart's constants; Wheeler 2000,
# Understanding Variation.
LIMIT, NEAR_LIMIT, SCREEN, D2 = 2.66, 1.773, 3.267, 1.128
_SIGMAS, _NEAR_SIGMAS = 3.0, 2.0


@dataclass(frozen=True)
class ControlChart:
    """Average and limits of a series, and what is unusual in it.

    Attributes:
        kind: "xmr", or "p_prime" for shares with their counts.
        centre, lower, upper, near_lower, near_upper: for each point, in the unit of the values; None where the point
            has no figure, or its stretch too few of them.
        signals: in order of their last point; of several that end together the most telling first.
        rules: for each point the one rule that names it.
        trial: the newest stretch has fewer points than firm limits need.
        screened: how many moving ranges were left out as freak ones.
        stretch: the first point of the newest stretch.
        known: how many figures the newest stretch has.
        spread: of "p_prime" how much more the shares of the newest stretch vary than chance among single children.
        without: why the newest stretch has no limits; None where it has.
        size: how much is counted in a period of the newest stretch, on average: the counts behind the figures, of
            shares what they are out of; None where no counts are known.
        rough: of shares of few, whose limits are rough, how many are expected in the smallest period.
    """

    kind: ChartKind
    centre: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    near_lower: tuple[float | None, ...]
    near_upper: tuple[float | None, ...]
    signals: tuple[Signal, ...]
    rules: tuple[Rule | None, ...]
    trial: bool
    screened: int
    stretch: int
    known: int
    spread: float | None = None
    without: Why | None = None
    size: float | None = None
    rough: float | None = None


@dataclass(frozen=True)
class NoChart:
    """Why a series has no control chart."""

    reason: Why


@dataclass(frozen=True)
class _Stretch:
    """Limits of the points from ``first`` on, up to the next rebase: arrays of its own length, NaN at gaps."""

    centre: Array
    lower: Array
    upper: Array
    near_lower: Array
    near_upper: Array
    screened: int = 0
    spread: float | None = None
    size: float | None = None
    rough: float | None = None


def xmr(
    values: Array,
    rules: ControlRules,
    rebases: Sequence[int] = (),
    lowest: float = -np.inf,
    highest: float = np.inf,
    counted: Array | None = None,
) -> ControlChart:
    """A chart of single figures and their moving ranges (XmR, also called an individuals chart).

    The average plus and minus 2.66 times the mean moving range; 1.773 times for the near limits. Moving ranges of
    3.267 times their mean or more are left out once, where the rules say so and the limits still hold what is usual.

    Args:
        values: (periods,) the figures, NaN at gaps.
        rules: How limits are made and read.
        rebases: Points with which a new stretch with limits of its own begins.
        lowest, highest: What the figure cannot go below or above: the limits end there. With a ``highest``, figures
            so near to either end that they can swing one way alone have no limits.
        counted: (periods,) the counts behind the figures, where they are known: too small ones have no limits.
    """

    def limits(here: slice) -> _Stretch | Why:
        part = values[here]
        size = None if counted is None else float(np.nanmean(counted[here]))
        if size is not None and size < rules.fewest_counted.value:
            return "small"
        ranges = _moves(part)
        kept = _screened(ranges, part) if rules.screening.on else ranges
        middle = np.nanmedian(part)
        if np.isfinite(highest) and min(middle - lowest, highest - middle) < rules.room.value * kept.mean():
            return "edge"
        centre = np.where(np.isnan(part), np.nan, np.nanmean(part))
        half, near = (np.full_like(centre, times * kept.mean()) for times in (LIMIT, NEAR_LIMIT))
        return _stretch(centre, half, near, (lowest, highest), screened=len(ranges) - len(kept), size=size)

    return _chart("xmr", values, limits, rules, rebases)


def _screened(ranges: Array, values: Array) -> Array:
    """The moving ranges without freak ones; all of them where limits without those would leave out what is usual.

    A freak figure pulls the average towards itself. Narrow limits around that average can leave every other figure
    outside, so they have to hold the middle one at least.
    """
    kept = ranges[ranges < SCREEN * ranges.mean()]
    return kept if abs(np.nanmedian(values) - np.nanmean(values)) <= LIMIT * kept.mean() else ranges


def p_prime(numerators: Array, denominators: Array, rules: ControlRules, rebases: Sequence[int] = ()) -> ControlChart:
    """A chart of shares whose limits allow for how many each is out of, and for more variation than pure chance.

    Laney's p' chart: Laney 2002, Improved control charts for attributes, Quality Engineering 14(4).

    Args:
        numerators, denominators: (periods,) counts, NaN at gaps; a denominator of 0 is a gap.
        rules: How limits are made and read.
        rebases: Points with which a new stretch begins.

    Returns:
        Limits as shares from 0 to 1.
    """
    known = ~np.isnan(numerators) & (np.nan_to_num(denominators) > 0)
    parts, wholes = np.where(known, numerators, np.nan), np.where(known, denominators, np.nan)
    shares = parts / wholes

    def limits(here: slice) -> _Stretch | Why:
        mean, size = float(np.nansum(parts[here]) / np.nansum(wholes[here])), float(np.nanmean(wholes[here]))
        rarer = min(mean, 1 - mean)  # those in it or those not in it
        if rarer * size < rules.fewest_expected.value:
            return "small"
        error = np.sqrt(mean * (1 - mean) / wholes[here])
        spread = float(_moves((shares[here] - mean) / error).mean() / D2)
        centre = np.where(known[here], mean, np.nan)
        far, near = _SIGMAS * error * spread, _NEAR_SIGMAS * error * spread
        fewest = rarer * float(np.nanmin(wholes[here]))
        rough = fewest if fewest < rules.few_expected.value else None
        return _stretch(centre, far, near, (0.0, 1.0), spread=spread, size=size, rough=rough)

    return _chart("p_prime", shares, limits, rules, rebases)


def _stretch(
    centre: Array,
    far: Array,
    near: Array,
    within: tuple[float, float],
    *,
    screened: int = 0,
    spread: float | None = None,
    size: float | None = None,
    rough: float | None = None,
) -> _Stretch:
    """Limits at a distance from the average, cut off at what the figure cannot pass."""
    lower, upper, near_lower, near_upper = (np.clip(centre + way, *within) for way in (-far, far, -near, near))
    return _Stretch(centre, lower, upper, near_lower, near_upper, screened, spread, size, rough)


def _moves(values: Array) -> Array:
    """How far each figure is from the one before; none over a gap."""
    moves = np.abs(np.diff(values))
    return moves[~np.isnan(moves)]


def _too_little(values: Array, rules: ControlRules) -> Why | None:
    """Why a stretch has no limits, whatever its figures are of: too few of them, or most of them level."""
    moves = _moves(values)
    if (~np.isnan(values)).sum() < rules.fewest_points or not len(moves):
        return "too_few"
    return "level" if (moves <= LEVEL).mean() > rules.most_level.value else None


def _chart(
    kind: ChartKind,
    values: Array,
    limits: Callable[[slice], _Stretch | Why],
    rules: ControlRules,
    rebases: Sequence[int],
) -> ControlChart:
    """Every stretch by itself, its rules too."""
    size = len(values)
    begins = sorted({0, *(place for place in rebases if 0 < place < size)})
    lines = {name: np.full(size, np.nan) for name in _LINES}
    signals: list[Signal] = []
    screened, found = 0, cast(_Stretch | Why, "too_few")
    for first, end in pairwise([*begins, size]):
        own = values[first:end]
        found = _too_little(own, rules) or limits(slice(first, end))
        if not isinstance(found, _Stretch):
            continue
        screened += found.screened
        for name in _LINES:
            lines[name][first:end] = getattr(found, name)
        limits_here, near = (found.lower, found.upper), (found.near_lower, found.near_upper)
        for one in signs(own, found.centre, limits_here, near, rules):
            signals.append(replace(one, first=first + one.first, last=first + one.last))
    signals.sort(key=lambda one: (one.last, RULES.index(one.rule)))
    centre, lower, upper, near_lower, near_upper = (_plain(lines[name]) for name in _LINES)
    known = int((~np.isnan(values[begins[-1] :])).sum())
    chart = ControlChart(
        kind,
        centre,
        lower,
        upper,
        near_lower,
        near_upper,
        tuple(signals),
        _names(signals, values, lines),
        trial=known < rules.firm_points,
        screened=screened,
        stretch=begins[-1],
        known=known,
    )
    if isinstance(found, _Stretch):
        return replace(chart, spread=found.spread, size=found.size, rough=found.rough)
    return replace(chart, without=found)


_LINES = ("centre", "lower", "upper", "near_lower", "near_upper")


def _names(signals: Iterable[Signal], values: Array, lines: dict[str, Array]) -> tuple[Rule | None, ...]:
    """The rule that names each point; of a two-of-three the points beyond the near limit, the third is usual."""
    near = (values > lines["near_upper"] + LEVEL) | (values < lines["near_lower"] - LEVEL)
    names: list[Rule | None] = [None] * len(values)
    for one in sorted(signals, key=lambda signal: RULES.index(signal.rule)):
        for place in range(one.first, one.last + 1):
            if names[place] is None and (one.rule != "two_of_three" or near[place]):
                names[place] = one.rule
    return tuple(names)


def _plain(numbers: Array) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(number) else float(number) for number in numbers)


def chart_for(
    series: Series, entry: Indicator, rules: ControlRules, rebases: Sequence[date] = ()
) -> ControlChart | NoChart:
    """The control chart that suits a series, in the series' own unit, or why there is none.

    A share with its counts has a p' chart; a count or rate, or a share without counts, an XmR chart. What is counted
    on a day has none: most plans open this month were open last month, so the figures hang together and the rules
    would fire with nothing changing. Nor have overlapping periods, for the same reason; nor a series of which much is
    hidden, because small figures are hidden and large ones are not, so that those shown are not like the rest. Nor
    counts so small, or shares so near to 0% or 100%, that they jump one way alone.

    Args:
        series: What was known on the day of the view; nothing later may be in it.
        entry: The indicator.
        rules: How limits are made and read.
        rebases: Days from which new limits are wanted: the first period that ends on or after each begins them.
    """
    if entry.period == "day":
        return NoChart("stock")
    if series.kind in OVERLAPPING:
        return NoChart("overlapping")
    hidden = sum(point.status in HIDDEN for point in series.points)
    if hidden > rules.most_hidden.value * len(series.points):
        return NoChart("hidden")
    ends = series.ends
    places = [next((n for n, end in enumerate(ends) if end >= day), len(ends)) for day in rebases]
    counted = ~np.isnan(series.values) & ~np.isnan(series.numerators) & (np.nan_to_num(series.denominators) > 0)
    if entry.unit == "percent" and entry.numerator is not None and counted.sum() >= rules.fewest_points:
        parts, wholes = (np.where(counted, counts, np.nan) for counts in (series.numerators, series.denominators))
        chart = _scaled(p_prime(parts, wholes, rules, places), entry.scale)
    else:
        highest = entry.scale if entry.unit == "percent" else np.inf
        chart = xmr(series.values, rules, places, lowest=0.0, highest=highest, counted=_counts(series, entry))
    if any(one is not None for one in chart.centre):
        return chart
    return NoChart(chart.without or "too_few")


def _counts(series: Series, entry: Indicator) -> Array | None:
    """The counts behind single figures; None where they are not known."""
    if entry.unit == "count":
        return series.values
    numerators = np.where(np.isnan(series.values), np.nan, series.numerators)
    return None if entry.unit == "percent" or np.isnan(numerators).all() else numerators


def _scaled(chart: ControlChart, scale: float) -> ControlChart:
    def scaled(line: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return tuple(None if one is None else one * scale for one in line)

    lines: dict[str, Any] = {name: scaled(getattr(chart, name)) for name in _LINES}
    return replace(chart, **lines)


@dataclass(frozen=True)
class Carried:
    """The newest average and limits over periods that came later; nothing of those periods is in them."""

    centre: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]


def carried_on(chart: ControlChart, later: Series, entry: Indicator) -> Carried:
    """Average and limits for periods that came after those that a chart was made from; None at gaps."""
    known = [place for place, centre in enumerate(chart.centre) if place >= chart.stretch and centre is not None]
    if not known:
        nothing = (None,) * len(later.points)
        return Carried(nothing, nothing, nothing)
    centre, lower, upper = (
        np.where(np.isnan(later.values), np.nan, np.float64(line[known[-1]]))
        for line in (chart.centre, chart.lower, chart.upper)
    )
    if chart.spread is not None:  # each share's limits go by what it is out of
        share, wholes = centre / entry.scale, np.where(later.denominators > 0, later.denominators, np.nan)
        half = _SIGMAS * chart.spread * np.sqrt(share * (1 - share) / wholes) * entry.scale
        lower, upper = np.clip(centre - half, 0.0, entry.scale), np.clip(centre + half, 0.0, entry.scale)
    return Carried(_plain(centre), _plain(lower), _plain(upper))
