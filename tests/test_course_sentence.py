"""The course over the years in one sentence: the same words on every page, and none that hidden years belie."""

from explorer.charts.series import yearly_series
from explorer.schema import HIDDEN
from explorer.sentences.course import course_sentence
from tests.fixtures import GROUP, OPEN_LONG, TRAFFORD, shipped_world

KNOWN = [(2016, 18.0, "18.0%"), (2018, 20.5, "20.5%"), (2017, 29.1, "29.1%")]


def test_lowest_highest_and_latest() -> None:
    said = course_sentence("Re-plans", "St Helens", KNOWN, hidden=False)
    assert said == "Re-plans: St Helens' lowest was 18.0% (2016), highest 29.1% (2017), latest 20.5% (2018)"
    assert "lowest shown was 18.0%" in course_sentence("Re-plans", "St Helens", KNOWN, hidden=True)


def test_equal_and_too_few() -> None:
    level = [(2016, 5.04, "5.0%"), (2017, 5.0, "5.0%")]
    assert course_sentence("Re-plans", "Bury", level, hidden=True) == (
        "Re-plans: 5.0% in Bury in every year that has a figure"
    )
    assert "too few years with a figure for Bury" in course_sentence("Re-plans", "Bury", level[:1], hidden=False)


def test_a_series_with_hidden_years_does_not_claim_the_lowest() -> None:
    world = shipped_world()
    years = [world.position(TRAFFORD, OPEN_LONG, year, GROUP) for year in world.years if world.has(OPEN_LONG, year)]
    assert any(one.figure.status in HIDDEN for one in years)
    assert "lowest shown was" in yearly_series(years, 2018, world.config, world.areas).title
