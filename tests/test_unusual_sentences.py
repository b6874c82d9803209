"""Whether the newest figure is unusual, and what was expected of it, in words made by hand."""

from datetime import date

import pytest

from explorer.models.forecasting import Fan
from explorer.models.series import Point, Series
from explorer.models.spc import ControlChart, chart_for
from explorer.models.verdict import verdict
from explorer.sentences.expected import expected_sentence, expected_title
from explorer.sentences.unusual import earlier_sentence, unusual_sentence
from tests.fixtures import shipped_world

WORLD = shipped_world()
TRENDS = WORLD.models.trends
STARTED, OPEN = WORLD.config.indicators["plans_started"], WORLD.config.indicators["plans_open"]
ENDS = [date(2016 + month // 12, month % 12 + 1, 28) for month in range(36)]


def months(*figures: float | None) -> Series:
    points = [
        Point(end, "withheld") if figure is None else Point(end, "published", figure)
        for end, figure in zip(ENDS, figures, strict=False)
    ]
    return Series("plans_started", "358", "month", tuple(points), "Made by hand")


def said(series: Series) -> str:
    chart = chart_for(series, STARTED, TRENDS.rules)
    found = verdict(series, chart, TRENDS.alarm) if isinstance(chart, ControlChart) else None
    return unusual_sentence(series, STARTED, chart, found, TRENDS)


LEVEL = [20.0, 24.0, 19.0, 23.0, 21.0, 25.0, 18.0, 22.0] * 3


def test_a_figure_within_the_limits_is_usual() -> None:
    assert said(months(*LEVEL)) == "That is within the usual range."
    assert said(months(*LEVEL[:8])) == "That is within the usual range, as far as so few figures can tell."


def test_a_figure_outside_is_unusual_and_no_proof() -> None:
    assert said(months(*LEVEL, 60.0)) == "That is unusual (outside the limits), but alone it is no proof of a change."


def test_a_hidden_figure_and_no_figures_say_nothing() -> None:
    assert said(months(*LEVEL, None)) == ""
    assert said(months()) == ""


def test_signs_from_before_the_last_year_are_named_newest_first() -> None:
    series = months(60.0, *LEVEL, *LEVEL[:6])
    chart = chart_for(series, STARTED, TRENDS.rules)
    assert isinstance(chart, ControlChart)
    found = verdict(series, chart, TRENDS.alarm)
    assert found.recent == ()
    words = earlier_sentence(series, STARTED, chart, found, TRENDS)
    assert words == "Signs from before: outside the limits, above, in January 2016."
    quiet = months(*LEVEL)
    chart = chart_for(quiet, STARTED, TRENDS.rules)
    assert isinstance(chart, ControlChart)
    assert earlier_sentence(quiet, STARTED, chart, verdict(quiet, chart, TRENDS.alarm), TRENDS) == ""


FAN = Fan("plan_flow", (date(2018, 7, 31), date(2018, 8, 31)), (240.0, 240.0), (235.0, 233.0), (245.0, 247.0),
          (230.0, 225.0), (250.0, 255.0), (224.0, 218.0), (256.0, 259.0))  # fmt: skip


def came(*figures: float | None) -> Series:
    points = [
        Point(end, "withheld") if figure is None else Point(end, "published", figure)
        for end, figure in zip(FAN.ends, figures, strict=True)
    ]
    return Series("plans_open", "358", "month", tuple(points), "Made by hand")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (255.0, "within what was expected (80 of 100: 225 to 255)"),
        (224.0, "a little below what was expected (80 of 100: 225 to 255)"),
        (259.0, "a little above what was expected (80 of 100: 225 to 255)"),
        (275.0, "well above what was expected (95 of 100: 218 to 259)"),
        (217.0, "well below what was expected (95 of 100: 218 to 259)"),
    ],
)
def test_a_stock_beside_what_was_expected(figure: float, words: str) -> None:
    found = came(260.0, figure)
    assert expected_sentence(FAN, found, OPEN, forecast=True) == f"That is {words}."
    heading = expected_title(FAN, found, OPEN, "Trafford", forecast=True)
    assert heading == f"Trafford's plans open: {figure:.0f} at 31 August 2018 is {words}"


def test_without_a_forecast_it_is_the_usual_movement() -> None:
    words = expected_sentence(FAN, came(250.0, 275.0), OPEN, forecast=False)
    assert words == "That is well above what its usual movement would allow (95 of 100: 218 to 259)."


def test_a_hidden_newest_figure_is_not_judged_by_the_one_before() -> None:
    assert expected_sentence(FAN, came(240.0, None), OPEN, forecast=True) == ""
    heading = expected_title(FAN, came(240.0, None), OPEN, "Trafford", forecast=True)
    assert heading.startswith("Trafford's plans open: 240 at 31 July 2018 is within")
    nothing = expected_title(FAN, came(None, None), OPEN, "Trafford", forecast=True)
    assert nothing.endswith("no figure to hold against what was expected")
