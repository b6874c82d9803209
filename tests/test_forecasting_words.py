"""What is said of a forecast and its test, and the numbers of policy behind both."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ConfigError
from explorer.models.forecasting import Fan, Score, Tested, annual_tested, load_yearly_test
from explorer.models.forecasting.annual import MODELS
from explorer.models.forecasting.settings import load_forecast_settings
from explorer.sentences.forecasts import fan_sentence, scores_table, usual_sentence
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
    said = sentence(Tested((LAST, ONE, TWO), "average", 2, "none_left"), SETTINGS, "year")
    assert said == (
        "Of 2 ways to forecast tried on every authority's past, one was picked: the average of several. "
        "It came 17.3% nearer than the last figure carried forward (1,234 forecasts from 9 starting years). "
        "Its 80% ranges held 79 of 100."
    )
    drawn = sentence(Tested((LAST, ONE, TWO), "average", 2, "none_left", drawn_80=78.2), SETTINGS, "year")
    assert drawn == said + " Those that this page would have drawn in earlier years held 78 of 100."


@pytest.mark.parametrize(
    ("stopped", "why"),
    [
        ("gain", "it did not come clearly nearer than the last figure"),
        ("held", "its ranges held too few of the figures that came"),
        ("few", "there were too few past forecasts to test"),
    ],
)
def test_it_is_told_why_a_forecast_ends(stopped, why) -> None:
    said = sentence(Tested((LAST, ONE, TWO), "average", 1, stopped), SETTINGS, "month")
    assert "tried on this series' own past" in said
    assert said.endswith(f"More than 1 month ahead {why}, so the forecast ends there.")


def test_it_is_told_where_ranges_are_too_narrow_or_wide() -> None:
    narrow, wide = (
        sentence(Tested((replace(ONE, in_80=held),), "average", 1, "none_left"), SETTINGS, "year") for held in (70, 90)
    )
    assert "somewhat too narrow" in narrow
    assert "wider than they need be" in wide
    drawn = Tested((ONE,), "average", 1, "none_left", drawn_80=69.0)
    assert "much too narrow" in sentence(drawn, SETTINGS, "year")
    mixed = sentence(replace(drawn, drawn_80=84.0), SETTINGS, "year")  # 79 in the test
    assert "narrow" not in mixed
    assert "wider" not in mixed


@pytest.mark.parametrize(
    ("stopped", "why"),
    [
        ("gain", "No way of forecasting that was tried came clearly nearer than the last figure carried forward"),
        ("held", "their 80% ranges held too few of the figures that came"),
        ("few", "too few past forecasts to test"),
    ],
)
def test_it_is_told_why_nothing_is_drawn(stopped, why) -> None:
    assert why in sentence(Tested((LAST, ONE), None, 0, stopped), SETTINGS, "year")
    assert "too few figures" in sentence(Tested((), None, 0), SETTINGS, "month")


def test_a_measure_that_is_not_forecast_is_told_with_its_reason() -> None:
    found = annual_tested(SHIPPED, "children_0_17", 2025, SETTINGS)
    assert sentence(found, SETTINGS, "day") == SETTINGS.not_forecast.reasons["children_0_17"]


def test_a_way_is_called_by_the_kind_of_period() -> None:
    mean = Tested((replace(ONE, model="recent_mean"),), "recent_mean", 1, "none_left")
    for step, said in (("month", "last twelve months"), ("quarter", "last four quarters"), ("day", "last three years")):
        assert f"one was picked: the average of the {said}." in sentence(mean, SETTINGS, step)  # type: ignore[arg-type]
        assert said in scores_table(mean, SETTINGS, step)["Way of forecasting"][0]  # type: ignore[arg-type]


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


@pytest.mark.parametrize("step", ["year", "day", "month", "quarter"])
def test_what_is_counted_on_a_day_is_told_of_that_day(step) -> None:
    assert fan_sentence(FAN, "count", step, "day").startswith("At 31 March 2026 it is expected between 18 and 27 (")
    assert usual_sentence(FAN, "count", step) == (
        "If it had moved no more than it usually does, it would be between 18 and 27 at 31 March 2026 (80 of 100 such "
        "ranges should hold)."
    )
    assert "it would be at about 18 at 31" in usual_sentence(replace(FAN, high_80=(18.2,)), "count", step)


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
