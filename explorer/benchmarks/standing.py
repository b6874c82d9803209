"""Where an authority stands once chance is allowed for: higher, lower or similar, how sure, and how many children."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.benchmark_entries import Standing as Rules
from explorer.benchmarks.funnel import Spread, limits, middle_variance, spread
from explorer.benchmarks.position import Bounds, Position
from explorer.benchmarks.shrinkage import Prior, fit_prior, levels
from explorer.benchmarks.tally import Array, tally
from explorer.schema import HIDDEN

Verdict = Literal["higher", "lower", "similar", "cannot_tell", "not_tested"]
Reason = Literal["far", "two_years", "usual", "first_time", "hidden", "no_figure", "no_counts", "no_group"]
_ENDS = (0.025, 0.975)  # of what is told as a range, 95 of 100
PERCENT = 100.0  # the scale of a percentage


@dataclass(frozen=True)
class Everyone:
    """How England's authorities differ in one measure and year.

    Attributes:
        year: ending 31 March.
        scale: what a share is multiplied by: 100, or 10,000.
        spread: for the usual ranges.
        prior: how levels are spread, for chances and ranks.
        rules: config/benchmarks.yaml, ``standing``.
    """

    year: int
    scale: float
    spread: Spread
    prior: Prior
    rules: Rules


def everyone(found: Position, scale: float, rules: Rules, design_effect: float) -> Everyone:
    """How all authorities of a year differ, from any one's position among all of England."""
    counts = tally((found.figure, *found.members), scale)
    return Everyone(found.year, scale, spread(counts, design_effect), fit_prior(counts, design_effect), rules)


@dataclass(frozen=True)
class Gap:
    """How many children lie between an authority and the middle of its group; above 0: more here.

    ``number`` has two ends where hidden members make the median a range. ``low`` and ``high`` allow for chance as well,
    95 of 100.
    """

    number: Bounds
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the gap is more than chance alone is likely to make."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Sides:
    """On which side of the usual range and of the wide one a figure lies: -1, 0 or 1; None: it cannot be told."""

    outside: int | None
    far: int | None


@dataclass(frozen=True)
class Standing:
    """An authority beside its group, chance allowed for.

    Attributes:
        verdict, why: higher or lower only where the figure lies far out, or a little out two years running on one side.
        usual: the range within which 95 of 100 authorities of its size would lie, in the indicator's unit.
        far: the same for 99.8 of 100.
        above_middle: chance that its level is above that of the group's middle member, 0 to 1.
        ranks: places from the highest that its level can have in the group, itself included, 95 of 100.
        ranked: among how many.
        gap: in children.
        fading: of a percentage's difference from the median, what is expected to go by itself, in points.
    """

    position: Position
    verdict: Verdict
    why: Reason
    usual: Bounds | None = None
    far: Bounds | None = None
    above_middle: float | None = None
    ranks: tuple[int, int] | None = None
    ranked: int = 0
    gap: Gap | None = None
    fading: float | None = None


def standing(now: Position, all_now: Everyone, before: Position | None, all_before: Everyone | None) -> Standing:
    """Judge a position, with that of the year before where there is one.

    Args:
        now: the authority among its group.
        all_now: all authorities in the same measure and year.
        before, all_before: the same a year earlier.
    """
    reason = _cannot(now, all_now)
    if reason is not None:
        return Standing(now, "not_tested" if reason == "no_counts" else "cannot_tell", reason)
    here = _sides(now, all_now)
    earlier = _earlier(before, all_before)
    verdict, why = _verdict(here, earlier)
    rules, centre = all_now.rules, middle(now)
    usual, far = (_limits(centre, now, all_now, share) for share in (rules.usual_confidence, rules.far_confidence))
    above, ranks, ranked = _among(now, all_now)
    return Standing(
        now,
        verdict,
        why,
        usual,
        far,
        above,
        ranks,
        ranked,
        _gap(now, all_now),
        _fading(now, all_now),
    )


def _earlier(before: Position | None, all_before: Everyone | None) -> Sides | None:
    """On which side the figure lay a year earlier; None where there was none to hide."""
    if before is None or all_before is None:
        return None
    reason = _cannot(before, all_before)
    if reason == "hidden":
        return Sides(None, None)
    return _sides(before, all_before) if reason is None else None


def middle(found: Position) -> float:
    """The group's median; where some are hidden, the middle of what it can be with them.

    The median of those published alone is then too high: small counts are the ones that are hidden.
    """
    if found.median_bounds is not None:
        return sum(found.median_bounds) / 2
    return found.median or 0.0


def _cannot(found: Position, everybody: Everyone) -> Reason | None:
    """Why nothing can be said, if so."""
    if found.figure.bounds is None:
        return "hidden" if found.figure.status in HIDDEN else "no_figure"
    if not found.figure.base:  # its own whole is hidden, or nobody's is published
        return "hidden" if everybody.spread.authorities else "no_counts"
    return "no_group" if found.median_bounds is None and found.median is None else None


def limits_at(
    found: Position, everybody: Everyone, bases: Array, confidence: float, centre: float | None = None
) -> tuple[Array, Array]:
    """Between which figures authorities of some sizes usually lie, about the middle of a group.

    Args:
        found: whose group it is.
        everybody: how authorities differ.
        bases: (n,) their wholes, above 0: plans for a percentage, children for a rate.
        confidence: the share of them that lies between, 0.95 say.
        centre: what they are held against; the group's middle where none is given. In the indicator's unit.

    Returns:
        The lower and upper limits, (n,) each, in the indicator's unit.
    """
    unsure = middle_variance(tally(found.members, everybody.scale), everybody.spread)
    share = min(max((middle(found) if centre is None else centre) / everybody.scale, 0.0), 1.0)
    low, high = limits(share, bases, everybody.spread, confidence, unsure)
    return low * everybody.scale, high * everybody.scale


def _limits(centre: float, found: Position, everybody: Everyone, confidence: float) -> Bounds:
    """The usual range of authorities of the one's size about a centre, in the indicator's unit."""
    low, high = limits_at(found, everybody, np.array([found.figure.base]), confidence, centre)
    return float(low[0]), float(high[0])


def _sides(found: Position, everybody: Everyone) -> Sides:
    """On which side of the usual ranges the figure lies, whatever hidden figures are.

    Members that are hidden and cannot be bounded are left out.
    """
    own = tally((found.figure,), everybody.scale)
    mine = [float(end[0] / own.base[0]) * everybody.scale for end in (own.least, own.most)]
    centres = found.median_bounds or (found.median or 0.0, found.median or 0.0)

    def side(confidence: float) -> int | None:
        ranges = [_limits(centre, found, everybody, confidence) for centre in centres]
        told = {int(value > high) - int(value < low) for value in mine for low, high in ranges}
        return told.pop() if len(told) == 1 else None

    return Sides(side(everybody.rules.usual_confidence), side(everybody.rules.far_confidence))


def _verdict(here: Sides, before: Sides | None) -> tuple[Verdict, Reason]:
    words: dict[int, Verdict] = {1: "higher", -1: "lower"}
    if here.far:
        return words[here.far], "far"
    if here.outside and before is not None and before.outside == here.outside:
        return words[here.outside], "two_years"
    if here.far is None or here.outside is None or (here.outside and before is not None and before.outside is None):
        return "cannot_tell", "hidden"
    return "similar", "first_time" if here.outside else "usual"


@dataclass(frozen=True)
class _Drawn:
    """(draws,) levels of the authority and (members, draws) of its group, 0 to 1."""

    own: Array
    members: Array


def _drawn(found: Position, everybody: Everyone, prior: Prior | None) -> _Drawn | None:
    """Levels of the authority and of the members with counts; None where no member has any."""
    counts = tally((found.figure, *found.members), everybody.scale)
    if len(counts.areas) < 2 or counts.areas[0] != found.area:
        return None
    rules = everybody.rules
    every = levels(counts, prior, rules.draws, rules.seed, everybody.spread.design_effect)
    return _Drawn(every[0], every[1:])


def _among(found: Position, everybody: Everyone) -> tuple[float | None, tuple[int, int] | None, int]:
    """The chance of being above the middle member, and the places that the level can have."""
    drawn = _drawn(found, everybody, everybody.prior)
    if drawn is None:
        return None, None, 0
    above = float((drawn.own > np.median(drawn.members, axis=0)).mean())
    places = 1 + (drawn.members > drawn.own).sum(axis=0)
    low, high = np.quantile(places, _ENDS, method="inverted_cdf")
    return above, (int(low), int(high)), len(drawn.members) + 1


def _gap(found: Position, everybody: Everyone) -> Gap | None:
    """From counts by themselves: the gap as it is, and not as it would be for an average authority."""
    own, drawn = found.figure, _drawn(found, everybody, None)
    if own.value is None or not own.base or found.median_bounds is None or drawn is None:
        return None
    part = own.numerator if own.numerator is not None else own.value * own.base / everybody.scale
    low_median, high_median = found.median_bounds
    number = [part - middle * own.base / everybody.scale for middle in (high_median, low_median)]
    low, high = np.quantile(own.base * (drawn.own - np.median(drawn.members, axis=0)), _ENDS)
    return Gap((number[0], number[1]), min(float(low), number[0]), max(float(high), number[1]))


def _fading(found: Position, everybody: Everyone) -> float | None:
    """Regression to the mean: of a difference from all others the share of chance is expected to go by itself.

    None where that would be away from the group's middle. Of rates too: theirs differ little by chance and move for
    other reasons, so that far more goes than the share of chance (bench/results/standing.json).
    """
    own, prior = found.figure, everybody.prior
    if own.value is None or not own.base or everybody.scale != PERCENT:
        return None
    going = prior.weight(own.base) * (own.value - everybody.scale * prior.a / prior.alike)
    gap = own.value - middle(found)
    if going * gap <= 0:
        return None
    return min(going, gap) if gap > 0 else max(going, gap)
