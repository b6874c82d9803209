"""What is said of a forecast and its test, and the numbers of policy behind both."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ConfigError
from explorer.models.forecasting import Fan, Score, Tested, annual_tested, load_yearly_test
from explorer.models.forecasting.annual import MODELS
from explorer.models.forecasting.settings import load_forecast_settings
from explorer.sentences.forecasts import fan_sentence, scores_table
from explorer.sentences.forecasts import tested_sentence as sentence
from tests.fixtures import BROKEN, REPEAT, ROOT, copied_project, faults, shipped_world

SETTINGS = shipped_world().models.forecast
SHIPPED = load_yearly_test(ROOT / "data")
ONE = Score("average", 1, 600, 9, 0.9, 1.0, 4.0, 20.0, 79.4, 95.0)
TWO = replace(ONE, horizon=2, n=634, crps=8.4, gain=16.0, in_80=78.0)
LAST = replace(ONE, model="last_value", gain=0.0)
FAN = Fan("level", (date(2026, 3, 31),), (22.0,), (20.0,), (24.0,), (18.04,), (27.06,), (15.0,), (30.0,))


def test_the_test_is_told() -> None:
    """600 x 4.0 + 634 x 8.4 against 600 x 5 + 634 x 10: 17.3% less."""
    said = sentence(Tested((LAST, ONE, TWO), "average", 2), SETTINGS, "year")
    assert said == (
        "Of 2 ways to forecast tried on every authority's past, the average of several was picked: its errors were "
        "17.3% smaller than those of simply carrying the last figure forward (1,234 forecasts from 9 starting years). "
        "Its 80% ranges held 79 of 100."
    )


def test_it_is_told_where_a_forecast_ends_and_where_ranges_are_too_narrow_or_wide() -> None:
    said = sentence(Tested((LAST, ONE, TWO), "average", 1), SETTINGS, "month")
    assert "tried on this series' own past" in said
    assert said.endswith("More than 1 month ahead it did not do clearly better, so the forecast ends there.")
    narrow, wide = (sentence(Tested((replace(ONE, in_80=held),), "average", 1), SETTINGS, "year") for held in (70, 90))
    assert "somewhat too narrow" in narrow
    assert "much too narrow" in sentence(Tested((replace(ONE, in_80=65),), "average", 1), SETTINGS, "year")
    assert "wider than they need be" in wide


def test_nothing_shown_is_told() -> None:
    assert sentence(Tested((LAST, ONE), None, 0), SETTINGS, "year") == (
        "No way of forecasting that was tried did clearly better than carrying the last figure forward, so no "
        "forecast is drawn."
    )
    assert "too few figures" in sentence(Tested((), None, 0), SETTINGS, "month")


@pytest.mark.parametrize(
    ("step", "unit", "said"),
    [
        (
            "month",
            "percent",
            "In March 2026 it is expected between 18.0% and 27.1% (80 of 100 such ranges should hold).",
        ),
        ("day", "count", "At 31 March 2026 it is expected between 18 and 27 (80 of 100 such ranges should hold)."),
        (
            "year",
            "percent",
            "In the year to March 2026 it is expected between 18.0% and 27.1% (80 of 100 such ranges should hold).",
        ),
        (
            "quarter",
            "count",
            "In the three months to March 2026 it is expected between 18 and 27 (80 of 100 such ranges should hold).",
        ),
    ],
)
def test_the_fan_is_told(step, unit, said) -> None:
    assert fan_sentence(FAN, unit, step) == said
    assert "about 18" in fan_sentence(replace(FAN, high_80=(18.2,)), "count", "month")


def test_every_measure_is_told_in_every_year() -> None:
    for name in SHIPPED.by_indicator:
        for year in shipped_world().years:
            tested = annual_tested(SHIPPED, name, year, SETTINGS)
            assert not BROKEN.search(sentence(tested, SETTINGS, "year"))
    table = scores_table(annual_tested(SHIPPED, REPEAT, 2025, SETTINGS), SETTINGS, "year")
    assert table.height == len(MODELS) * 3
    assert table["Drawn"].to_list().count("yes") == 3
    assert set(table["Ahead"]) == {"1 year", "2 years", "3 years"}
    assert scores_table(Tested((), None, 0), SETTINGS, "month").is_empty()


def test_every_model_of_the_yearly_test_has_its_words() -> None:
    assert set(MODELS) <= set(SETTINGS.models)
    assert {score.model for score in annual_tested(SHIPPED, REPEAT, 2025, SETTINGS).scores} == set(MODELS)


def test_faults_of_the_settings_are_told(tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    project.edit("config/forecast.yaml", "  step: 0.02", "  step: 2\n  stride: 1")
    told = faults(lambda: load_forecast_settings(project.config), ConfigError)
    assert len(told) == 2
    assert any("forecast.yaml" in one and "'ranges.step' is '2'" in one for one in told)
    assert any("unknown key 'ranges.stride'" in one for one in told)
