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
    caveats,
    false_alarm_sentence,
    limits_sentence,
    rebase_sentence,
    signs_sentence,
    title,
    usual_words,
    why_no_chart,
)
from explorer.sentences.expected import band_sentence, kept_sentence
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
    """Average 6, moving range 2: limits 0.68 and 11.32; 12 would be marked, 11 not."""
    series = months(5, 7, 5, 7, 5, 7)
    said = limits_sentence(series, ENTRIES[STARTED], read(series)[0], TRENDS)
    assert "The average of the 6 months shown since April 2017 is 6." in said
    assert "usually lies between the limits, 1 to 11." in said


def test_a_figure_is_never_said_to_be_beyond_a_limit_of_the_same_number() -> None:
    for top in range(14, 30):
        said = signs(months(*[11.0, 12.0, 13.0] * 6, top))
        assert f": {top} in" not in said or f"limit of {top}." not in said
    assert "above the upper limit of" in said


def test_two_of_three_are_counted_as_they_are() -> None:
    """Near figures of a calm series: two of three, all three, and more where windows of three overlap."""
    calm = [22.0, 20.0] * 9  # the near limit is about 4 from the average
    for tail, newest, sign in (
        ((26.0, 22.0, 26.0), "2 of the last 3 months", "2 of 3 months from October 2018 to December 2018"),
        ((26.0, 26.3, 26.0), "each of the last 3 months", "all 3 months from October 2018 to December 2018"),
        ((26.0, 22.0, 26.0, 26.3), "3 of the last 4 months", "3 of 4 months from October 2018 to January 2019"),
    ):
        series = months(*calm, *tail)
        assert titled(series) == f"Trafford's plans started: near the upper limit or beyond in {newest}"
        assert f"Two of three near a limit: {sign} near the upper limit or beyond." in signs(series)


def told(series: Series, measure: str = STARTED) -> str:
    chart = chart_for(series, ENTRIES[measure], TRENDS.rules)
    assert isinstance(chart, ControlChart)
    return false_alarm_sentence(series, ENTRIES[measure], chart, TRENDS)


def test_how_often_a_sign_is_false_is_told_of_what_was_tried() -> None:
    assert re.fullmatch(
        r"In a trial with 22 plans a month and nothing changing, such charts showed some sign in about 1 year in \d+, "
        r"and what is called a real change in about 1 year in \d+\.",
        told(months(*STEADY)),
    )
    small, large = months(*(number - 13 for number in STEADY)), months(*(10 * number for number in STEADY))
    assert told(small).startswith("In a trial with 8 plans a month and nothing changing, ")
    assert told(large).startswith("In a trial with 60 plans a month and nothing changing, ")
    assert told(small).split("nothing", 1)[1] != told(large).split("nothing", 1)[1]
    world = shipped_world()
    share = yearly(world.table, REPEAT, TRAFFORD)
    assert told(share, REPEAT).startswith("In a trial with shares of 264 plans a year and nothing changing, ")
    bare = yearly(world.table, "conference_within_15_days_percent", TRAFFORD)
    words = told(bare, "conference_within_15_days_percent")
    assert words.startswith("In a trial with shares near 100% of 264 plans a year and nothing changing, ")


def test_small_counts_and_shares_at_the_ceiling_say_why_there_is_no_chart() -> None:
    small = months(1, 0, 2, 1, 3, 0, 1, 2)
    chart = chart_for(small, ENTRIES[STARTED], TRENDS.rules)
    assert chart == NoChart("small")
    assert title(small, ENTRIES[STARTED], "Rutland", chart, None) == "Rutland's plans started: 2 in November 2017"
    assert why_no_chart(NoChart("small")).startswith("There is no control chart: the counts are too small.")
    assert "near to 0% or 100%" in why_no_chart(NoChart("edge"))
    assert "Most figures are the same" in why_no_chart(NoChart("level"))


def test_a_new_stretch_without_limits_is_not_said_to_be_usual() -> None:
    series = months(*STEADY, *[1.0, 3.0] * 6)
    entry, day = ENTRIES[STARTED], series.points[16].end
    chart = chart_for(series, entry, TRENDS.rules, [day])
    assert isinstance(chart, ControlChart)
    found = verdict(series, chart, TRENDS.alarm)
    assert (
        title(series, entry, "Trafford", chart, found) == "Trafford's plans started: 3 in July 2019, 23 a year before"
    )
    assert signs_sentence(series, entry, chart, found, TRENDS) == (
        "No rule is used on the newest figures: they have no limits."
    )
    assert limits_sentence(series, entry, chart, TRENDS) == why_no_chart(NoChart("small"))


def test_new_limits_where_there_is_no_chart() -> None:
    series, entry = months(1, 0, 2, 1, 3, 0, 1, 2), ENTRIES[STARTED]
    day = series.points[3].end
    assert rebase_sentence(series, entry, NoChart("small"), day, "New team") == (
        "New limits were to begin with the figure in July 2017, by hand (New team), but there are none to show."
    )


def test_no_shipped_chart_has_limits_of_one_and_the_same_figure() -> None:
    world = shipped_world()
    for name in ("reviews_on_time_percent", "conference_within_15_days_percent", "plans_ended_2y_plus", REPEAT):
        for area in world.areas.authorities:
            series = yearly(world.table, name, area.code)
            chart = chart_for(series, ENTRIES[name], TRENDS.rules)
            for place, centre in enumerate(chart.centre if isinstance(chart, ControlChart) else ()):
                if centre is not None and isinstance(chart, ControlChart):
                    low, high = usual_words(place, chart, ENTRIES[name]).split(" to ")
                    assert low != high, (name, area.label)


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
