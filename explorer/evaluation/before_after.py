"""Before and after, beside what was to be expected by itself: an unusual figure comes back, and all others move too.

A share is partly an authority's own level and partly chance. Levels are spread over authorities as a beta
distribution, so a year's figure with its counts gives a range of levels (``benchmarks.shrinkage``); the part of the
distance from the others that is chance goes by itself. With a spread of levels of 5 points and chance of 3.9 an excess
of 8 points falls 3. Source: Galton 1886; Efron and Morris 1975; methods of the James-Stein kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Literal

import numpy as np

from explorer.benchmark_entries import Benchmarks
from explorer.benchmarks.change import change
from explorer.benchmarks.position import Bounds, Figure
from explorer.benchmarks.shrinkage import Prior, fit_prior
from explorer.benchmarks.tally import Array, tally
from explorer.indicators import wilson_interval
from explorer.schema import ENGLAND, HIDDEN

WhyNot = Literal["", "hidden", "no_figure", "no_counts"]
_PERCENT = 100.0
_FEWEST_OTHERS = 10  # a spread of levels cannot be learnt from fewer
_MARCH = 3
_LARGEST = 0.9  # of the variance that a share can have at all


@dataclass(frozen=True)
class Span:
    """A difference in points, or the two ends of it where figures are hidden, and its 95% range.

    ``low`` and ``high`` are None where the counts behind are not published.
    """

    least: float
    most: float
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool | None:
        """Whether the range leaves out nought; None without a range."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class BeforeAfter:
    """A share in the last year before the start and in the year asked, and what was to be expected with nothing done.

    Attributes:
        years: the two, ending 31 March.
        before, after: the authority's figures.
        england: England's.
        change: after less before.
        general: how far England moved, in points; None where it has no figure.
        centre: the mean level of all authorities in the year before, percent.
        fading: of the distance from it, what goes by itself: below 0 where a fall is expected.
        expected: the figure to be expected in the year asked, percent: before, less what goes, and as England moved.
        left: after less expected: what neither chance nor the general course explains.
        why_not: why there is no change, or no ``expected``; empty where there is one.
    """

    area: str
    years: tuple[int, int]
    before: Figure
    after: Figure
    england: tuple[Figure, Figure]
    change: Span | None = None
    general: float | None = None
    centre: float | None = None
    fading: Bounds | None = None
    expected: Span | None = None
    left: Span | None = None
    why_not: WhyNot = ""


def last_year_before(start: date) -> int:
    """The last reporting year, ending 31 March, that was over before a day."""
    return start.year if start.month > _MARCH else start.year - 1


def before_after(
    area: str,
    years: tuple[int, int],
    before: Mapping[str, Figure],
    after: Mapping[str, Figure],
    authorities: Sequence[str],
    benchmarks: Benchmarks,
) -> BeforeAfter:
    """Set a percentage before the start beside that of the year asked, with what was to be expected by itself.

    Args:
        area: DfE number.
        years: the last reporting year before the start, and the one asked.
        before, after: every area's figures of those years (``benchmarks.position.figures_of``), of one percentage.
        authorities: all that may tell how authorities differ.
        benchmarks: config/benchmarks.yaml.
    """
    own = tuple(figures.get(area, Figure(area, "not_published")) for figures in (before, after))
    england = tuple(figures.get(ENGLAND, Figure(ENGLAND, "not_published")) for figures in (before, after))
    found = BeforeAfter(area, years, own[0], own[1], (england[0], england[1]), general=_difference(*england))
    if own[0].bounds is None or own[1].bounds is None:
        hidden = any(one.bounds is None and one.status in HIDDEN for one in own)
        return replace(found, why_not="hidden" if hidden else "no_figure")
    found = replace(found, change=_change(own[0], own[1], benchmarks))
    others = tally((before[code] for code in authorities if code in before and code != area), _PERCENT)
    if not own[0].base or found.general is None or len(others.areas) < _FEWEST_OTHERS:
        return replace(found, why_not="no_counts")
    prior = fit_prior(others, benchmarks.uncertainty.design_effect)
    return _with_expected(found, prior, _drift(before, after, others.areas, prior, found.general))


def _difference(before: Figure, after: Figure) -> float | None:
    return None if before.value is None or after.value is None else after.value - before.value


def _ends(figure: Figure, benchmarks: Benchmarks) -> tuple[Figure, ...]:
    """The figure, or what it is at each end of its range, with the likely range that it would have there."""
    if figure.value is not None or figure.bounds is None:
        return (figure,)
    ends = []
    for value in figure.bounds:
        lower = upper = part = None
        if figure.base:
            part = min(round(value * figure.base / _PERCENT, 6), figure.base)
            lower, upper = (_PERCENT * float(end) for end in wilson_interval(part, figure.base, benchmarks))
        ends.append(replace(figure, value=value, numerator=part, lower=lower, upper=upper))
    return tuple(ends)


def _change(before: Figure, after: Figure, benchmarks: Benchmarks) -> Span:
    """The change; with hidden figures all that it can be."""
    pairs = product(_ends(before, benchmarks), _ends(after, benchmarks))
    changes = [found for one, other in pairs if (found := change(one, other, _PERCENT)) is not None]
    lows, highs = ([getattr(one, end) for one in changes] for end in ("low", "high"))
    ranged = None not in lows + highs
    sizes = [one.difference for one in changes]
    return Span(min(sizes), max(sizes), min(lows) if ranged else None, max(highs) if ranged else None)


def _with_expected(found: BeforeAfter, prior: Prior, drift: float) -> BeforeAfter:
    """Add what was to be expected, at both ends of a hidden figure."""
    before, after, general = found.before, found.after, found.general or 0.0
    assert before.bounds is not None
    assert after.bounds is not None
    assert before.base is not None
    shares, bases = np.array(before.bounds) / _PERCENT, np.array([before.base, before.base])
    levels, unsure = level_behind(shares, bases, prior)
    later = np.array([after.base or before.base] * 2) / prior.design_effect
    low, high = (_PERCENT * end for end in _likely(levels + general / _PERCENT, unsure + drift, later))
    middle = np.clip(_PERCENT * levels + general, 0, _PERCENT)
    fading = _PERCENT * (levels - shares)
    expected = Span(float(middle.min()), float(middle.max()), float(low.min()), float(high.max()))
    least, most = after.bounds
    left = Span(least - expected.most, most - expected.least, least - float(high.max()), most - float(low.min()))
    return replace(
        found,
        centre=_PERCENT * prior.a / prior.alike,
        fading=(float(fading.min()), float(fading.max())),
        expected=expected,
        left=left,
    )


def level_behind(shares: Array, bases: Array, prior: Prior) -> tuple[Array, Array]:
    """The level behind a figure, and how unsure it is.

    Args:
        shares: (n,) 0 to 1.
        bases: (n,) what they are out of.
        prior: how levels are spread.

    Returns:
        (n,) levels, 0 to 1: the figure less ``Prior.weight`` of its distance from the mean; (n,) variances.
    """
    n = bases / prior.design_effect
    level = (prior.a + shares * n) / (prior.alike + n)
    return level, level * (1 - level) / (prior.alike + n + 1)


def _drift(
    before: Mapping[str, Figure], after: Mapping[str, Figure], codes: Iterable[str], prior: Prior, general: float
) -> float:
    """How far levels themselves move between the two years, as a variance: what others' figures moved beyond chance.

    By moments, over the authorities with counts in both years; freak figures are drawn in to the 5th and 95th.
    """
    both = [(before[code], after[code]) for code in codes if code in after]
    first, second = (tally((pair[number] for pair in both), _PERCENT) for number in (0, 1))
    shared = [code for code in first.areas if code in second.row]
    if len(shared) < _FEWEST_OTHERS:
        return 0.0
    one, other = ([counts.row[code] for code in shared] for counts in (first, second))
    level, unsure = level_behind(first.share[one], first.base[one], prior)
    squares = (second.share[other] - level - general / _PERCENT) ** 2
    chance = (level * (1 - level) - unsure) * prior.design_effect / second.base[other]
    excess = squares - unsure - chance
    return max(float(np.clip(excess, *np.quantile(excess, (0.05, 0.95))).mean()), 0.0)


def _likely(level: Array, unsure: Array, later: Array) -> tuple[Array, Array]:
    """Between which shares a later figure lies, 95 of 100, given how unsure its level is.

    Families and not children are drawn (beta-binomial), so that none at all can come: a level of 2% makes it common.
    """
    level = np.clip(level, 1e-4, 1 - 1e-4)
    most = level * (1 - level)
    alike = most / np.clip(unsure, 1e-9, _LARGEST * most) - 1
    families = np.maximum(np.round(later), 1)
    from scipy.stats import betabinom  # noqa: PLC0415 - it takes half a second to load, and few need it

    spread = betabinom(families, level * alike, (1 - level) * alike)
    return np.asarray(spread.ppf(0.025) / families), np.asarray(spread.ppf(0.975) / families)
