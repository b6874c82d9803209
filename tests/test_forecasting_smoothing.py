"""Smoothing in one pass: published cases, statsmodels on single series, and nothing from later."""

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # type: ignore[import-untyped]
from statsmodels.tsa.holtwinters import SimpleExpSmoothing  # type: ignore[import-untyped]
from statsmodels.tsa.statespace.sarimax import SARIMAX  # type: ignore[import-untyped]

from explorer.models.forecasting.series_models import airline
from explorer.models.forecasting.smoothing import Array, damped, damping, likeliest, local_level

# Hyndman and Athanasopoulos, Forecasting - Principles and Practice: Saudi oil, 1996 to 2007
OIL = np.array(
    [
        446.6565,
        454.4733,
        455.663,
        423.6322,
        456.2713,
        440.5881,
        425.3325,
        485.1494,
        506.0482,
        526.792,
        514.2689,
        494.211,
    ]
)
NILE = sm.datasets.nile.load_pandas().data["volume"].to_numpy()
ONE = np.ones(1)


def walk(seed: int, length: int) -> Array:
    rng = np.random.default_rng(seed)
    return 50 + rng.normal(0, 1, length).cumsum() + rng.normal(0, 2, length)


def test_the_oil_case_of_exponential_smoothing() -> None:
    made = damped(OIL[None], 0.891998 * ONE, 0 * ONE, ONE, np.array([447.478]))
    assert made.level[0, 0, -1] == pytest.approx(496.4935, abs=2e-4)
    fitted = SimpleExpSmoothing(OIL, initialization_method="estimated").fit()
    assert fitted.params["smoothing_level"] == pytest.approx(0.891998, abs=1e-4)
    assert fitted.params["initial_level"] == pytest.approx(447.478, abs=2e-2)
    assert fitted.forecast(1)[0] == pytest.approx(made.level[0, 0, -1], abs=1e-3)


def test_the_likeliest_smoothing_of_oil_is_the_published_one() -> None:
    alpha = np.linspace(0.01, 1, 100)
    made = damped(OIL[None], alpha, 0 * alpha, 0 * alpha + 1, np.array([447.478]))
    assert alpha[likeliest(made, np.ones((1, 12)), 0)[-1]] == pytest.approx(0.89)


@pytest.mark.parametrize(("alpha", "share", "phi"), [(0.3, 0.2, 0.9), (0.8, 0.05, 0.98), (0.99, 0.3, 0.8)])
def test_a_damped_trend_is_that_of_statsmodels(alpha: float, share: float, phi: float) -> None:
    values = walk(3, 40)
    model = ETSModel(
        values, error="add", trend="add", damped_trend=True,
        initialization_method="known", initial_level=values[0], initial_trend=0.0,
    )  # fmt: skip
    theirs = model.smooth(np.array([alpha, alpha * share, phi]))
    made = damped(values[None], alpha * ONE, alpha * share * ONE, phi * ONE, values[:1])
    for ahead in (1, 2, 6):
        ours = made.level[0, 0, -1] + damping(phi, ahead) * made.trend[0, 0, -1]
        assert ours == pytest.approx(theirs.forecast(ahead)[-1], abs=1e-9)


def test_the_nile_case_of_the_local_level() -> None:
    made = local_level(NILE[None], 1479.0 * np.ones((1, 1)), 15078.0 * np.ones((1, 1)))
    error, variance = made.error[0, 0, 1:], made.variance[0, 0, 1:]
    likelihood = -0.5 * (np.log(2 * np.pi * variance) + error**2 / variance).sum()
    assert likelihood == pytest.approx(-632.54, abs=0.01)
    theirs = sm.tsa.UnobservedComponents(NILE, "local level", use_exact_diffuse=True).filter([15078.0, 1479.0])
    assert made.level[0, 0] == pytest.approx(theirs.filtered_state[0], rel=1e-6)
    assert made.trend[0, 0] == pytest.approx(theirs.filtered_state_cov[0, 0], rel=1e-6)


def test_the_likeliest_movement_of_the_nile_is_the_published_one() -> None:
    ratios = np.geomspace(0.001, 10, 400)[:, None]
    made = local_level(NILE[None], ratios, np.ones_like(ratios))
    best = likeliest(made, np.ones((1, len(NILE))))[-1]
    assert ratios[best, 0] == pytest.approx(1479 / 15078, rel=0.03)
    error, variance = made.error[best, 0, 1:], made.variance[best, 0, 1:]
    assert (error**2 / variance).mean() == pytest.approx(15078, rel=0.01)


def test_a_gap_in_the_local_level_is_that_of_statsmodels() -> None:
    values = NILE.copy()
    values[[0, 20, 21, 60]] = np.nan
    made = local_level(values[None], 1479.0 * np.ones((1, 1)), 15078.0 * np.ones((1, 1)))
    theirs = sm.tsa.UnobservedComponents(values, "local level", use_exact_diffuse=True).filter([15078.0, 1479.0])
    assert np.isnan(made.level[0, 0, 0])
    assert made.level[0, 0, 1:] == pytest.approx(theirs.filtered_state[0, 1:], rel=1e-6)


def test_a_gap_in_smoothing_changes_nothing() -> None:
    values = walk(1, 12)[None].copy()
    values[0, 5] = np.nan
    made = damped(values, 0.4 * ONE, 0 * ONE, ONE)
    assert made.level[0, 0, 5] == made.level[0, 0, 4]
    shorter = damped(np.delete(values, 5, axis=1), 0.4 * ONE, 0 * ONE, ONE)
    assert made.level[0, 0, -1] == pytest.approx(shorter.level[0, 0, -1])


def test_a_missing_weight_counts_for_nothing() -> None:
    """A weight that is not known must not win by being no number."""
    values, weight = walk(2, 30)[None], np.ones((1, 30))
    weight[0, 3] = np.nan
    alpha = np.linspace(0.05, 1, 20)
    made = damped(values, alpha, 0 * alpha, 0 * alpha + 1)
    assert likeliest(made, weight)[-1] in range(1, 20)


@pytest.mark.parametrize("season", [4, 12])
def test_the_seasonal_model_is_that_of_statsmodels(season: int) -> None:
    """After many seasons it no longer matters how either of them starts."""
    rng, length = np.random.default_rng(5), 30 * season
    values = 100 + 5 * np.sin(2 * np.pi * np.arange(length) / season) + rng.normal(0, 2, length)
    values[length // 2] = np.nan
    one, other = -0.6, -0.5
    figures, errors = airline(values, season, one * ONE, other * ONE, np.array([100.0]))
    ours = figures[0, -1] + figures[0, -season] - figures[0, -season - 1]
    ours += one * errors[0, -1] + other * errors[0, -season] + one * other * errors[0, -season - 1]
    model = SARIMAX(values, order=(0, 1, 1), seasonal_order=(0, 1, 1, season))
    assert ours == pytest.approx(model.filter([one, other, 4.0]).forecast(1)[0], abs=0.02)
