"""What an authority's own level is likely to be, once the share of chance in its figure is taken off.

A beta-binomial model: levels of authorities are spread as a beta distribution, learnt from all of them by maximum
likelihood, and each one's figure is drawn about its level (Efron and Morris 1975 in spirit; the likelihood is
Skellam's, 1948). Counts are divided by the design effect, because brothers and sisters come together.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, logsumexp

from explorer.benchmarks.tally import Array, Tally

_BOUNDS = ((-12.0, 12.0), (-1.0, 12.0))  # logit of the mean, logarithm of how alike authorities are
_JEFFREYS = 0.5


@dataclass(frozen=True)
class Prior:
    """How levels are spread over authorities: a beta distribution.

    ``alike`` is a + b: so many children (after the design effect) would say as much of an authority as knowing that it
    is one of them.
    """

    a: float
    b: float
    design_effect: float

    @property
    def alike(self) -> float:
        """The weight of the others, in children."""
        return self.a + self.b

    def weight(self, base: float) -> float:
        """How much of a difference from the others is expected to be chance, 0 to 1, for a whole of ``base``."""
        return self.alike / (self.alike + base / self.design_effect)


def fit_prior(counts: Tally, design_effect: float) -> Prior:
    """Learn how authorities differ, by maximum likelihood; a hidden part counts as any number that it can be."""
    whole = counts.base / design_effect
    parts, real = _possible(counts)

    def against(point: Array) -> float:
        mean, alike = 1 / (1 + np.exp(-point[0])), np.exp(point[1])
        a, b = mean * alike, (1 - mean) * alike
        each = _log_chance(parts / design_effect, whole, a, b)
        return -float(logsumexp(np.where(real, each, -np.inf), axis=0).sum())

    start = np.clip(counts.middle.sum() / max(counts.base.sum(), 1.0), 1e-5, 1 - 1e-5)
    best = minimize(against, np.array([np.log(start / (1 - start)), 4.0]), method="L-BFGS-B", bounds=_BOUNDS)
    mean, alike = 1 / (1 + np.exp(-best.x[0])), np.exp(best.x[1])
    return Prior(float(mean * alike), float((1 - mean) * alike), design_effect)


def _log_chance(part: Array, whole: Array, a: float, b: float) -> Array:
    """The logarithm of how likely a part of a whole is: beta-binomial, for fractions too."""
    ways = gammaln(whole + 1) - gammaln(part + 1) - gammaln(whole - part + 1)
    return np.asarray(ways + betaln(a + part, b + whole - part) - betaln(a, b))


def _possible(counts: Tally) -> tuple[Array, Array]:
    """(numbers, areas) the parts that each area can have, and which of the cells are real."""
    least, most = np.ceil(counts.least - 1e-6), np.floor(counts.most + 1e-6)
    known = counts.least >= counts.most
    number = int(np.where(known, 0, most - least).max(initial=0)) + 1
    steps = np.arange(number)[:, None]
    parts = np.where(known, counts.least, least + steps)
    real = np.where(known, steps == 0, least + steps <= most)
    return np.minimum(parts, counts.base), real


def levels(counts: Tally, prior: Prior | None, draws: int, seed: int, design_effect: float) -> Array:
    """(areas, draws) levels, 0 to 1, that each authority may have.

    Args:
        prior: what is known of authorities; None: nothing (Jeffreys' prior), as for the range of a figure by itself.
        seed: the same seed gives the same draws.
    """
    generator = np.random.default_rng(seed)
    a, b = (prior.a, prior.b) if prior else (_JEFFREYS, _JEFFREYS)
    part = _drawn_parts(counts, (a, b), draws, design_effect, generator) / design_effect
    whole = (counts.base / design_effect)[:, None]
    return np.asarray(generator.beta(a + part, b + whole - part))


def _drawn_parts(
    counts: Tally, prior: tuple[float, float], draws: int, design_effect: float, generator: np.random.Generator
) -> Array:
    """(areas, draws) parts: those published, and for hidden ones numbers as likely as the model makes them."""
    parts, real = _possible(counts)
    drawn = np.repeat(counts.least[:, None], draws, axis=1)
    for row in np.flatnonzero(counts.most > counts.least):
        could = parts[real[:, row], row]
        weights = _log_chance(could / design_effect, counts.base[row] / design_effect, *prior)
        chances = np.exp(weights - logsumexp(weights))
        drawn[row] = generator.choice(could, draws, p=chances / chances.sum())
    return np.asarray(drawn)
