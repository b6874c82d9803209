"""How large an effect the same sums find elsewhere: every other authority as a placebo, sizes allowed for.

The others had changes of their own too. They show how far figures move anyway.

Small authorities swing more than large ones, so an effect is held against what is usual for its own chance: the
variance of the placebos' effects is fitted as a + b x chance (Ferman and Pinto 2019, Review of Economics and Statistics
101, whose chance is one over the size). Here chance is the variance that swings from year to year lead one to expect of
the effect itself. So b is about 1, and is held near it: few authorities are small, and from their placebos alone it
would be unsure by half. The p-value is the place of the effect among the placebos' (exact if all are exchangeable once
scaled), and the range holds every effect that this test would not refuse.
"""

from dataclasses import dataclass
from math import floor, inf
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
_ROUNDS = 30  # of the fit of two numbers, which settles in about ten
_TINY = 1e-12
_HELD = 20  # placebos of chance alone that would hold b as near to 1 as it is held


@dataclass(frozen=True)
class Usual:
    """The variance of an effect elsewhere: ``fixed`` + ``by_chance`` x that of chance."""

    fixed: float
    by_chance: float

    def spread(self, chance: Array) -> Array:
        """The standard deviation of the effect of an authority with so much chance."""
        return np.asarray(np.sqrt(self.fixed + self.by_chance * np.asarray(chance)))


@dataclass(frozen=True)
class Place:
    """Where an effect stands among those of the placebos.

    Attributes:
        larger: placebos whose effect is as large or larger, either way, for their size.
        of: placebos.
        margin: how far the range reaches to either side; infinite where there are too few placebos for any range.
    """

    larger: int
    of: int
    margin: float

    @property
    def p_value(self) -> float:
        """How often any other authority would stand as far out."""
        return (1 + self.larger) / (1 + self.of)


def usual(effects: Array, chance: Array, held: int = 0) -> Usual:
    """Fit the variance of the placebos' effects: the two numbers, 0 or more, of the greatest normal likelihood.

    Args:
        effects: (placebos,) in points.
        chance: (placebos,) the variance that chance is expected to give each, in points squared.
        held: as many more placebos of usual chance whose variance is that chance exactly.
    """
    squares, typical = np.square(effects), float(np.mean(chance))
    columns = np.column_stack([np.ones_like(squares), chance])
    times = np.ones_like(squares)
    if held:
        columns = np.vstack([columns, [0.0, typical]])
        squares, times = np.append(squares, typical), np.append(times, held)
    # in units of what is typical, so that both numbers are near 1
    sizes = np.array([1.0, max(typical, _TINY)])
    scale = max(float(np.average(squares, weights=times)), _TINY)
    columns, squares = columns / sizes, squares / scale
    found = np.array([0.5, 0.5])
    for _ in range(_ROUNDS):
        found = _two_at_least_none(columns, squares, times / np.maximum(columns @ found, 1e-6) ** 2)
    fixed, by_chance = found * scale / sizes
    return Usual(float(fixed), float(by_chance))


def _two_at_least_none(columns: Array, values: Array, weights: Array) -> Array:
    """Weighted least squares with both coefficients 0 or more."""
    products, right = (columns * weights[:, None]).T @ columns, (columns * weights[:, None]).T @ values
    if np.linalg.det(products) > _TINY * products[0, 0] * products[1, 1]:
        both = np.linalg.solve(products, right)
        if (both >= 0).all():
            return np.asarray(both)
    alone = np.maximum(right / np.diag(products), 0)
    falls = right * alone - np.diag(products) * alone**2 / 2
    kept = np.zeros(2)
    kept[int(falls.argmax())] = alone[int(falls.argmax())]
    return kept


def place(effect: float, chance: float, effects: Array, chances: Array, confidence: float) -> Place:
    """Rank an effect among the placebos'.

    Args:
        effect, chance: the authority's, as in ``usual``.
        effects, chances: (placebos,).
        confidence: of the range, 0 to 1.
    """
    known = usual(effects, chances, _HELD)
    own_spread = max(float(known.spread(np.array(chance))), _TINY)
    sizes = np.abs(effects) / np.maximum(known.spread(chances), _TINY)
    number = len(effects)
    larger = int((sizes >= abs(effect) / own_spread).sum())
    return Place(larger, number, margin(sizes, confidence) * own_spread)


def scaled_to(chance: float, effects: Array, chances: Array) -> Array:
    """(placebos,) what each placebo's gaps are multiplied by to be those of an authority with so much chance."""
    known = usual(effects, chances, _HELD)
    return np.asarray(known.spread(np.array(chance)) / np.maximum(known.spread(chances), _TINY))


def swing(figures: Array, chance: Array) -> float:
    """How many times as much figures swing from year to year as independent plans would: 1 or more.

    The variance of a change is that of the chance in both years, times this, and one of real changes.

    Args:
        figures: (areas, years) percent.
        chance: (areas,) the variance of one year's chance of independent plans, in points squared.
    """
    steps = np.diff(figures, axis=1)
    steps = steps - steps.mean(axis=0)
    both = np.repeat(2 * chance, steps.shape[1])
    return max(usual(steps.ravel(), both).by_chance, 1.0)


def margin(sizes: Array, confidence: float) -> float:
    """The largest scaled effect that the rank test would not refuse; infinite where it never refuses any.

    An effect is refused if (1 + placebos as large) / (1 + placebos) is at most 1 - ``confidence``.
    """
    refused = floor((1 - confidence) * (1 + len(sizes)) + 1e-9)  # 1 + placebos as large, at most
    return inf if refused < 1 else float(np.sort(sizes)[::-1][refused - 1])
