"""A share fitted with ranges as wide as its figures really spread: children come in families, so more than chance."""

import warnings
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, stdtr, stdtrit

from explorer.evaluation.path import Array

if TYPE_CHECKING:
    from statsmodels.genmod.generalized_linear_model import GLM  # type: ignore[import-untyped]

DRAWS = 2000
_NEAR = 1e-6  # a fitted share nearer than that to 0 or 1 is a sign that the counts do not settle the fit
_SAME = 1e-8  # columns that are combinations of others to within that cannot be told apart
_BANDWIDTH, _POWER = 0.75, 1 / 3  # Newey and West's lags for n periods (Stock and Watson, Introduction to Econometrics)


@dataclass(frozen=True)
class Fit:
    """A fitted share.

    Attributes:
        values: (terms,) on the scale of log odds.
        covariance: (terms, terms).
        spare: periods beyond the number of terms: the degrees of freedom of every range.
        dispersion: how many times the spread is that of children who come one by one.
    """

    values: Array
    covariance: Array
    spare: int
    dispersion: float

    def error(self, contrast: Array) -> float:
        """The standard error of a combination of the terms."""
        return sqrt(float(contrast @ self.covariance @ contrast))

    def p_value(self, contrast: Array) -> float:
        """How often chance alone makes a combination lie as far from 0, either way."""
        return float(2 * stdtr(self.spare, -abs(contrast @ self.values) / self.error(contrast)))

    def reach(self, confidence: float) -> float:
        """How many standard errors a range reaches to each side."""
        return float(stdtrit(self.spare, (1 + confidence) / 2))

    def shares(self, columns: Array) -> Array:
        """(periods,) expected shares for some columns, 0 to 1.

        A curved scale and an unsure fit together put the share off on average; the second term of Taylor's series takes
        that away, so that effects are right on average (bench/results/interrupted.json).
        """
        flat = expit(columns @ self.values)
        variance = np.einsum("pi,ij,pj->p", columns, self.covariance, columns)
        return np.asarray(np.clip(flat - flat * (1 - flat) * (1 - 2 * flat) * variance / 2, 0, 1))

    def band(self, columns: Array, confidence: float) -> tuple[Array, Array]:
        """(periods,) the range of the shares for some columns."""
        errors = np.sqrt(np.einsum("pi,ij,pj->p", columns, self.covariance, columns)) * self.reach(confidence)
        middle = columns @ self.values
        return expit(middle - errors), expit(middle + errors)

    def draws(self, along: Array, seed: int) -> Array:
        """(draws, terms) of Student's distribution around the fit, in even steps along one combination of the terms.

        In even steps the share of draws in which the combination is above 0 is the one that its p-value says, so that
        a range of effects made from them leaves out no effect where the p-value does.
        """
        size = len(self.values)
        error = self.error(along)
        direction = self.covariance @ along / error
        steps = _even_steps(self.spare)
        generator = np.random.default_rng(seed)
        noise = generator.standard_normal((DRAWS, size)) @ _root(self.covariance).T
        rest = noise - np.outer(noise @ along / error, direction)
        # what is left of a multivariate t given one combination is a t with one more degree of freedom (Ding 2016)
        wider = np.sqrt((self.spare + steps**2) / generator.chisquare(self.spare + 1, DRAWS))
        return np.asarray(self.values + np.outer(steps, direction) + wider[:, None] * rest)


def _root(covariance: Array) -> Array:
    """(terms, terms) whose square is a covariance, also where it says that some combination does not vary at all."""
    values, directions = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray(directions * np.sqrt(np.maximum(values, 0.0)))


@lru_cache(maxsize=256)
def _even_steps(spare: int) -> Array:
    return np.asarray(stdtrit(spare, (np.arange(DRAWS) + 0.5) / DRAWS))


def told_apart(columns: Array) -> bool:
    """Whether no column is a combination of the others."""
    lengths = np.linalg.norm(columns, axis=0)
    if (lengths == 0).any():
        return False
    return bool(np.linalg.matrix_rank(columns / lengths, tol=_SAME * sqrt(len(columns))) == columns.shape[1])


def fit(parts: Array, wholes: Array, columns: Array, *, newey_west: bool = False) -> Fit | None:
    """Fit log odds of a share by quasi-likelihood (McCullagh and Nelder 1989, section 4.5).

    The spread is the larger of two estimates and 1: Pearson's, where every period counts alike, and the pooled one,
    where periods count by their size. Months with many starts hold the large families, which Pearson's alone sees too
    little of: with 8 starts a month it finds 2.3 where 2.5 is true, and over long series rejects too often. Below 1 a
    spread would be chance that looks like order.

    Args:
        parts, wholes: (periods,) counts; every whole above 0.
        columns: (periods, terms), told apart, fewer terms than periods.
        newey_west: whether ranges come from the residuals as they follow each other.

    Returns:
        None where the counts do not settle the fit: it does not converge, or some share is all or nothing.
    """
    # loaded with the first fit: half a second and 20 MB that pages of published figures never need
    from statsmodels.genmod.families import Binomial  # type: ignore[import-untyped]  # noqa: PLC0415
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415

    model = GLM(parts / wholes, columns, family=Binomial(), var_weights=wholes)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = model.fit(scale="X2")  # never a response of two columns with this scale: its spread would be wrong
    shares = np.asarray(found.fittedvalues)
    settled = found.converged or np.allclose(shares, parts / wholes, atol=_NEAR)  # a fit without rest counts as failed
    if not settled or not np.isfinite(found.params).all() or min(shares.min(), (1 - shares).min()) < _NEAR:
        return None
    spare = int(found.df_resid)
    expected = wholes * shares * (1 - shares)
    pooled = ((parts - wholes * shares) ** 2).sum() / expected.sum() * len(parts) / spare
    dispersion = max(float(found.scale), float(pooled), 1.0)
    covariance = _newey_west(model, len(parts)) if newey_west else dispersion * found.normalized_cov_params
    return Fit(np.asarray(found.params), np.asarray(covariance), spare, dispersion)


def _newey_west(model: "GLM", periods: int) -> Array:
    """Newey and West's covariance of the same fit, corrected for few periods."""
    lags = max(int(_BANDWIDTH * periods**_POWER), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    return np.asarray(found.cov_params())
