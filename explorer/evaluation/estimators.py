"""An authority beside what others would lead one to expect of it: three ways to make the comparison, one for all areas.

All three take the gap between an authority and a mix of others, and regress the gap of each year after the start on
the exposure that the stated path gives it. They differ in the mix and in the years before that the gap is held against.

- Difference in differences: all others alike, all years before alike.
- Synthetic control (Abadie, Diamond and Hainmueller 2010): the mix that lies nearest in the years before; the gap
  itself.
- Synthetic difference in differences (Arkhangelsky and others 2021): the mix that moved alike, kept even by a penalty;
  the gap held against those years before that, for the others, foretell the years after. With an exposure of 1 in every
  year after the start it is the published estimator.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from explorer.evaluation.weights import simplex_weights

Array: TypeAlias = NDArray[Any]
Way = Literal["difference_in_differences", "synthetic_control", "synthetic_did"]
WAYS: tuple[Way, ...] = ("difference_in_differences", "synthetic_control", "synthetic_did")


@dataclass(frozen=True, eq=False)
class Design:
    """What is asked, (years,).

    Attributes:
        way: how the comparison is made.
        before: the years that ended before the start.
        exposure: how much of the full effect each year has seen; 0 in the years before. A year after the start without
            any is in neither part.
        demeaned: for a synthetic control: only movements are matched, and the lasting difference is taken off
            (Ferman and Pinto 2021, Quantitative Economics 12).
    """

    way: Way
    before: Array
    exposure: Array
    demeaned: bool = False

    @property
    def after(self) -> Array:
        """The weights that the years' gaps have in the effect: 0 before, and such that exposure itself gives 1."""
        return np.asarray(self.exposure / np.square(self.exposure).sum())


@dataclass(frozen=True, eq=False)
class Fits:
    """Each authority beside its comparison.

    Attributes:
        gap: (targets, years) the figure less what was expected.
        full: (targets,) the effect at an exposure of 1, in points.
        error_before: (targets,) root mean square of the gap in the years before, any lasting difference taken off.
        mix: (targets, authorities) the weights of the others.
        years_mix: (targets, years before) the weights of the years that the gap is held against; empty where it is
            held against none.
    """

    gap: Array
    full: Array
    error_before: Array
    mix: Array
    years_mix: Array


def fit(targets: Array, others: Array, allowed: Array, design: Design) -> Fits:
    """Compare many authorities, each with its own others.

    Args:
        targets: (targets, years) figures in percent, all known.
        others: (authorities, years) likewise.
        allowed: (targets, authorities) who may be in whose mix.
        design: the same for all.

    Raises:
        ValueError: there is nobody to compare with, no year before or nothing of the effect after.
    """
    if not design.before.any() or not design.exposure.any():
        raise ValueError("A comparison needs a year before, and some of the effect after.")
    even = allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1)
    match design.way:
        case "difference_in_differences":
            mix, years = even, _all_years_alike(len(targets), design)
        case "synthetic_control":
            mix = _nearest(targets, others, allowed, design)
            years = _all_years_alike(len(targets), design) if design.demeaned else np.zeros((len(targets), 0))
        case _:
            mix, years = _moving_alike(targets, others, allowed, design), _telling_years(others, even, design)
    gap = targets - mix @ others
    if years.shape[1]:
        gap = gap - (gap[:, design.before] * years).sum(axis=1, keepdims=True)
    left = gap[:, design.before]
    if years.shape[1]:
        left = left - left.mean(axis=1, keepdims=True)
    return Fits(gap, gap @ design.after, np.sqrt(np.square(left).mean(axis=1)), mix, years)


def _all_years_alike(number: int, design: Design) -> Array:
    before = int(design.before.sum())
    return np.full((number, before), 1 / before)


def _nearest(targets: Array, others: Array, allowed: Array, design: Design) -> Array:
    """The mix of a synthetic control."""
    own, theirs = targets[:, design.before], others[:, design.before]
    if design.demeaned:
        own, theirs = own - own.mean(axis=1, keepdims=True), theirs - theirs.mean(axis=1, keepdims=True)
    return simplex_weights(theirs.T, own, allowed)


def _moving_alike(targets: Array, others: Array, allowed: Array, design: Design) -> Array:
    """The mix of a synthetic difference in differences: movements alike, with the penalty of the paper's equation 5."""
    own, theirs = targets[:, design.before], others[:, design.before]
    own, theirs = own - own.mean(axis=1, keepdims=True), theirs - theirs.mean(axis=1, keepdims=True)
    # years after, as many as an even exposure would make them: one for each where all have seen the whole effect
    after = design.exposure.sum() ** 2 / np.square(design.exposure).sum()
    penalty = np.sqrt(after) * _variance_of_steps(others, allowed, design)
    return simplex_weights(theirs.T, own, allowed, own.shape[1] * penalty)


def _variance_of_steps(others: Array, allowed: Array, design: Design) -> Array:
    """(targets,) the variance of the changes from one year before the start to the next, over the others."""
    steps = np.diff(others[:, design.before], axis=1)
    may = allowed.astype(np.float64)
    number = np.maximum(may.sum(axis=1) * steps.shape[1], 2)
    total, squares = may @ steps.sum(axis=1), may @ np.square(steps).sum(axis=1)
    return np.asarray((squares - total**2 / number) / (number - 1))


def _telling_years(others: Array, even: Array, design: Design) -> Array:
    """(targets, years before) the years whose mix lies, over all others, most steadily under the years after.

    Least squares over the others with a free constant, so only their covariances are needed. The paper's penalty on
    these weights is only there to make them unique, as the least ridge does.
    """
    before = others[:, design.before]
    after = others @ design.exposure / design.exposure.sum()
    both = np.column_stack([before, after])
    mean = even @ both
    products = even @ (both[:, :, None] * both[:, None, :]).reshape(len(both), -1)
    spread = products.reshape(len(even), both.shape[1], -1) - mean[:, :, None] * mean[:, None, :]
    values, vectors = np.linalg.eigh(spread)
    root = np.sqrt(np.maximum(values, 0))[:, :, None] * vectors.transpose(0, 2, 1)
    return simplex_weights(root[..., :-1], root[..., -1], np.ones((len(even), before.shape[1])))
