"""What is learnt from all authorities together, and the numbers of policy behind it."""

from pathlib import Path

import numpy as np
import pytest

from explorer.errors import ConfigError, SelectionError
from explorer.models.england import course, learn
from explorer.models.fit_settings import load_fit_settings
from explorer.models.flow import Dispersion
from explorer.models.history import BANDS
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS, seen_rates
from tests.fixtures import Project, contents, copied_project, england_in, faults, other_years_after, shipped_world

HISTORY = shipped_world().history
MODELS = shipped_world().models
FILE = "config/plan_flow.yaml"


def test_every_rate_has_a_level_for_every_year() -> None:
    england = england_in(2018)
    assert england.year == 2018
    assert tuple(england.rates) == RATES
    for name, rate in england.rates.items():
        assert rate.level.shape == (6,), name
        assert np.isfinite(rate.level).all(), name
        assert 0 <= rate.movement.memory < 1, name


def test_levels_are_near_the_figures_that_england_publishes() -> None:
    """England 2018: 68,770 plans started, 13,900 of them re-plans, for 11.7 million children."""
    rates = england_in(2018).rates
    assert np.exp(rates[FIRST].level[-1]) == pytest.approx((68_770 - 13_900) / 11_716_740, rel=0.1)
    assert 0.15 < np.exp(rates[RETURNS].level[-1]) < 0.3
    assert np.exp(rates["ending_6m_to_1y"].level[-1]) > np.exp(rates["ending_up_to_3m"].level[-1])


@pytest.mark.parametrize("name", RATES)
def test_authorities_differ_from_england_by_nothing_on_average(name: str) -> None:
    england = england_in(2018)
    known = HISTORY.up_to(2018)
    seen = seen_rates(known, england.within, MODELS.return_shape)[name]
    own = ~np.isnan(seen.england)
    differences = (seen.log_rate - england.rates[name].level)[:, own]
    there = ~np.isnan(differences)
    weights = 1 / (seen.variance[:, own][there] + 0.05)
    assert (differences[there] * weights).sum() / weights.sum() == pytest.approx(0, abs=1e-9)


def test_the_yearly_change_is_that_of_the_known_years() -> None:
    england = england_in(2018)
    level = england.rates[RETURNS].level
    assert england.rates[RETURNS].yearly_change == pytest.approx((level[-1] - level[0]) / 5)
    level = england.rates["ending_2y_plus"].level  # the first year has no year end before it
    assert level[0] == level[1]
    assert england.rates["ending_2y_plus"].yearly_change == pytest.approx((level[-1] - level[1]) / 4)


def test_a_year_without_figures_has_the_level_of_the_year_before() -> None:
    """Table D7 of 2025 has no band but the last."""
    level = england_in(2025).rates["ending_6m_to_1y"].level
    assert level[-1] == level[-2] != level[-3]


def test_shares_for_authorities_whose_bands_are_hidden() -> None:
    england, known = england_in(2018), HISTORY.up_to(2018)
    opened = np.nansum(known.open_bands.value[:, :, -1], axis=1)
    ended = np.nansum(known.ended_bands.value[:, :, -1], axis=1)
    np.testing.assert_allclose(england.open_shares, opened / opened.sum())
    assert england.open_shares.sum() == pytest.approx(1)
    assert england.long_share == pytest.approx(ended[4] / ended.sum())
    of_2024 = np.nansum(HISTORY.ended_bands.value[:, :, HISTORY.years.index(2024)], axis=1)
    assert england_in(2025).long_share == pytest.approx(of_2024[4] / of_2024.sum())


def test_nothing_is_learnt_from_later_years() -> None:
    later = learn(other_years_after(2018).up_to(2018), MODELS.fit, MODELS.return_shape)
    assert contents(later) == contents(england_in(2018))


def test_learning_again_gives_the_same() -> None:
    again = learn(HISTORY.up_to(2015), MODELS.fit, MODELS.return_shape)
    assert contents(again) == contents(england_in(2015))


def test_the_first_year_is_not_enough_and_says_so() -> None:
    (sentence,) = faults(lambda: learn(HISTORY.up_to(2013), MODELS.fit, MODELS.return_shape), SelectionError)
    assert sentence.startswith(
        "A what-if cannot start in 2013: how long plans last is learnt from the figures of two years"
    )
    assert sentence.endswith("Pick a later year.")


# The course of the years ahead


def test_only_the_chance_of_coming_back_has_a_course() -> None:
    england = england_in(2018)
    for name in (FIRST, *ENDING):
        np.testing.assert_array_equal(course(england, name, 3), np.zeros(3))
    drift = MODELS.fit.drift
    first = drift.returns * england.rates[RETURNS].yearly_change
    kept = drift.kept_each_year
    np.testing.assert_allclose(course(england, RETURNS, 3), first * np.array([1, 1 + kept, 1 + kept + kept**2]))
    assert first > 0


# plan_flow.yaml


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


def test_the_shipped_numbers_in_the_order_of_the_bands(project: Project) -> None:
    found = load_fit_settings(project.config)
    assert found == MODELS.fit
    by_name = dict(zip(BANDS, found.dispersion.ending.by_band, strict=True))
    assert by_name["1y_to_2y"] == found.dispersion.ending.one_to_two
    chance = found.dispersion
    assert chance.of_flows == Dispersion(chance.first_starts, chance.returns, chance.ending.by_band, chance.together)
    extra = found.yearly_chance
    assert extra.of(FIRST) == extra.first_starts
    assert [extra.of(name) for name in ENDING] == list(extra.ending.by_band)


def put(project: Project, section: str, key: str, new: str) -> int:
    """Put another line in the place of a key of a section, whatever its number is by now; return the line's number."""
    lines = project.text(FILE).splitlines()
    place = lines.index(f"{section}:")
    place = next(at for at in range(place, len(lines)) if lines[at].strip().startswith(f"{key}:"))
    indent = lines[place][: -len(lines[place].lstrip())]
    project.write(FILE, "\n".join([*lines[:place], f"{indent}{new}", *lines[place + 1 :]]) + "\n")
    return place + 1


@pytest.mark.parametrize(
    ("section", "key", "line", "said"),
    [
        ("dispersion", "together", "together: 1.5", "dispersion.together"),
        ("dispersion", "2y_plus", "2y_plus: 0.5", "dispersion.ending.2y_plus"),
        ("yearly_chance", "2y_plus", "2y_plus: -1", "yearly_chance.ending.2y_plus"),
        ("drift", "kept_each_year", "kept_every_year: 0.8", "kept_every_year"),
        ("england_spread", "value", "value: many", "england_spread.value"),
    ],
)
def test_a_number_that_cannot_be_is_told_with_its_line(
    project: Project, section: str, key: str, line: str, said: str
) -> None:
    number = put(project, section, key, line)
    told = faults(lambda: load_fit_settings(project.config), ConfigError)
    assert any(said in sentence for sentence in told), told
    assert any(str(number) in sentence for sentence in told), told
    assert all(sentence.startswith("plan_flow.yaml") and sentence.endswith(".") for sentence in told), told


def test_all_faults_are_told_at_once(project: Project) -> None:
    put(project, "dispersion", "together", "together: 1.5")
    put(project, "england_spread", "value", "value: 2")
    assert len(faults(lambda: load_fit_settings(project.config), ConfigError)) == 2
