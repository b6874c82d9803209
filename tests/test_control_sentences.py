"""The finding of a control chart in words, for every authority, and without judging a count."""

import re
from datetime import date

import pytest

from explorer.models.forecasting.fan import Fan
from explorer.models.series import Kind, Point, Series, yearly
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.verdict import Verdict, verdict
from explorer.plan_indicators import month_ends
from explorer.sentences.control import (
    band_sentence,
    caveats,
    false_alarm_sentence,
    kept_sentence,
    limits_sentence,
    signs_sentence,
    title,
    why_no_chart,
)
from tests.fixtures import BROKEN, OPEN, REPEAT, STOCKPORT, TRAFFORD, shipped_world

TRENDS = shipped_world().models.trends
ENTRIES = shipped_world().config.indicators
STARTED = "plans_started"
STEADY = (20, 24, 19, 25, 21, 18, 23, 22, 20, 25, 19, 22, 24, 18, 21, 23)
JUDGING = re.compile(r"\b(good|bad|better|worse|improv\w*|concern\w*|poor)\b", re.IGNORECASE)


def months(*values: float | None, name: str = STARTED, kind: Kind = "month") -> Series:
    ends = month_ends(date(2017, 4, 1), date(2025, 3, 31))[: len(values)]
    points = tuple(
        Point(end, "withheld" if value is None else "published", value) for end, value in zip(ends, values, strict=True)
    )
    return Series(name, TRAFFORD, kind, points, "records")


def read(series: Series) -> tuple[ControlChart, Verdict]:
    chart = chart_for(series, ENTRIES[series.indicator], TRENDS.rules)
    assert isinstance(chart, ControlChart)
    return chart, verdict(series, chart, TRENDS.alarm)


def titled(series: Series) -> str:
    return title(series, ENTRIES[series.indicator], "Trafford", *read(series))


def signs(series: Series) -> str:
    return signs_sentence(series, ENTRIES[series.indicator], *read(series), TRENDS)


def test_nothing_unusual() -> None:
    series = months(*STEADY)
    assert titled(series) == "Trafford's plans started: July 2018 is within the usual range"
    assert signs(series) == "No rule found anything unusual in the last twelve months."


def test_many_is_unusual_and_neither_good_nor_bad() -> None:
    series = months(*STEADY, 60)
    assert titled(series) == "Trafford's plans started: unusually many in August 2018"
    said = signs(series)
    assert said.startswith("Outside the limits: 60 in August 2018, above the upper limit of ")
    assert said.endswith("Alone that is no proof of a change: such a sign also comes by chance.")
    assert not JUDGING.search(titled(series) + said)


def test_a_run_above_the_average() -> None:
    series = months(*STEADY, 26, 27, 26, 27, 26, 27, 26)
    assert titled(series) == "Trafford's plans started: above the average for 7 months in a row"
    assert "Shift: 7 months from August 2018 to February 2019 all above the average." in signs(series)


def test_a_rising_run_of_few_figures() -> None:
    series = months(10, 11, 12, 13, 14, 15, 16)
    # the first and last of so few figures are outside too, and that comes first
    assert titled(series) == "Trafford's plans started: unusually many in October 2017 (limits on trial)"
    assert "Trend: up each time over 7 months from April 2017 to October 2017." in signs(series)
    assert signs(series).endswith("The limits are on trial, so no change is called real yet.")


def test_a_real_change_is_called_in_the_title() -> None:
    series = months(*STEADY, 30, 31, 29, 33, 30, 45, 34)
    assert titled(series) == (
        "Trafford's plans started: more than usual within the last twelve months, beyond the ordinary ups and downs"
    )
    assert "a real change, upward. The chart does not say why." in signs(series)


def test_a_hidden_newest_figure_is_told_and_nothing_of_it() -> None:
    series = months(*STEADY, None)
    assert titled(series) == "Trafford's plans started: the figure in August 2018 is hidden"
    assert caveats(series, ENTRIES[STARTED], read(series)[0]) == [
        "1 month is hidden: it counts towards no average and no limit, and a run of figures ends there."
    ]


def test_too_few_figures() -> None:
    series = months(20, 21)
    chart = chart_for(series, ENTRIES[STARTED], TRENDS.rules)
    assert title(series, ENTRIES[STARTED], "Trafford", chart, None) == (
        "Trafford's plans started: 21 in May 2017; too few figures to tell what is usual"
    )


def test_a_stock_has_its_figure_a_year_before_and_a_reason() -> None:
    series = months(*range(240, 253), name=OPEN)
    said = title(series, ENTRIES[OPEN], "Trafford", NoChart("stock"), None)
    assert said == "Trafford's plans open: 252 at 30 April 2018, 240 a year before"
    assert "Plans started and ended have one." in why_no_chart(NoChart("stock"))


def test_no_figure_at_all() -> None:
    empty = months()
    assert title(empty, ENTRIES[STARTED], "Trafford", NoChart("too_few"), None) == "Trafford's plans started: no figure"


def test_limits_are_whole_children_inside_the_lines() -> None:
    """Average 2, moving range 2: limits -3.32, cut at 0, and 7.32; 8 would be marked, 7 not."""
    series = months(1, 3, 1, 3, 1, 3)
    said = limits_sentence(series, ENTRIES[STARTED], read(series)[0], TRENDS)
    assert "The average of the 6 months shown since April 2017 is 2." in said
    assert "usually lies between the limits, 0 to 7." in said


def test_a_figure_is_never_said_to_be_beyond_a_limit_of_the_same_number() -> None:
    for top in range(14, 30):
        said = signs(months(*[11.0, 12.0, 13.0] * 6, top))
        assert f": {top} in" not in said or f"limit of {top}." not in said
    assert "above the upper limit of" in said


def test_how_often_a_sign_is_false() -> None:
    assert false_alarm_sentence(months(*STEADY), TRENDS) == (
        "With nothing changing, a chart like this shows some sign in about 1 year in 5, and what is called a "
        "real change in about 1 year in 40."
    )


def test_caveats_of_shares() -> None:
    world = shipped_world()
    with_counts = yearly(world.table, "ended_2y_plus_percent", TRAFFORD)
    chart = chart_for(with_counts, ENTRIES["ended_2y_plus_percent"], TRENDS.rules)
    said = " ".join(caveats(with_counts, ENTRIES["ended_2y_plus_percent"], chart))
    assert "A share also moves when what it is out of moves, so look at the counts." in said
    without = yearly(world.table, "reviews_on_time_percent", TRAFFORD)
    chart = chart_for(without, ENTRIES["reviews_on_time_percent"], TRENDS.rules)
    said = " ".join(caveats(without, ENTRIES["reviews_on_time_percent"], chart))
    assert "The counts behind this share are not known" in said


def test_the_committees_band() -> None:
    band = TRENDS.band(TRAFFORD, OPEN)
    assert band is not None
    assert (band.low, band.high) == (240, 260)
    series = months(239, 240, None, 260, 275, name=OPEN)
    assert band_sentence(series, ENTRIES[OPEN], band) == (
        "Of 4 figures up to 31 August 2017, 2 lay between 240 and 260 (250 plans, give or take 4%); the newest "
        "does not."
    )
    assert TRENDS.band(STOCKPORT, OPEN) is None


def test_how_many_stayed_within_a_forecast() -> None:
    later = months(10, 20, None, 40)
    wide = (0.0,) * 4, (30.0,) * 4
    fan = Fan("last", later.ends, (15.0,) * 4, (14.0,) * 4, (16.0,) * 4, (12.0,) * 4, (25.0,) * 4, *wide)
    assert kept_sentence(fan, later) == (
        "Of 3 figures that came, 1 lay within the 80% range and 2 within the 95% range."
    )
    assert kept_sentence(fan, months()) == ""


@pytest.mark.parametrize("name", [REPEAT, STARTED, "ended_2y_plus_percent", OPEN, "reviews_on_time_percent"])
def test_sentences_hold_for_every_authority_and_year(name: str) -> None:
    world, entry = shipped_world(), ENTRIES[name]
    for area in world.areas.authorities:
        whole = yearly(world.table, name, area.code)
        for as_at in (date(2018, 9, 30), date(2025, 12, 31)):
            series = whole.up_to(as_at)
            chart = chart_for(series, entry, TRENDS.rules)
            found = verdict(series, chart, TRENDS.alarm) if isinstance(chart, ControlChart) else None
            said = [title(series, entry, area.label, chart, found), *caveats(series, entry, chart)]
            if isinstance(chart, ControlChart) and found:
                said += [signs_sentence(series, entry, chart, found, TRENDS)]
                said += [limits_sentence(series, entry, chart, TRENDS)]
            for sentence in said:
                assert not BROKEN.search(sentence), sentence
                assert not JUDGING.search(sentence), sentence
