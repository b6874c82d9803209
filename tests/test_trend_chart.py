"""The picture of a figure over time: what is drawn, what is only known, and that nothing hidden is in it."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert

from explorer.charts.picture import Picture
from explorer.charts.theme import AUTHORITY, NEIGHBOUR
from explorer.charts.trend import trend
from explorer.charts.trend_events import event_rows, named_events
from explorer.charts.trend_layers import trend_spec
from explorer.config import Indicator
from explorer.events import events_for
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Kind, Point, Series, yearly
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.verdict import verdict
from explorer.plan_indicators import month_ends
from tests.fixtures import BROKEN, OPEN, REPEAT, STOCKPORT, TRAFFORD, shipped_world

WORLD = shipped_world()
TRENDS = WORLD.models.trends
ENTRIES = WORLD.config.indicators
STARTED, RUTLAND = "plans_started", "857"
STEADY = (20, 24, 19, 25, 21, 18, 23, 22, 20, 25, 19, 22, 24, 18, 21, 23)


def months(*values: float | None, name: str = STARTED, kind: Kind = "month") -> Series:
    ends = month_ends(date(2017, 6, 1), date(2025, 3, 31))[: len(values)]
    points = tuple(
        Point(end, "withheld" if value is None else "published", value) for end, value in zip(ends, values, strict=True)
    )
    return Series(name, TRAFFORD, kind, points, "Invented plan records")


def fan_over(later: Series) -> Fan:
    size = len(later.points)
    return Fan("last", later.ends, *((number,) * size for number in (20.0, 18.0, 22.0, 16.0, 24.0, 12.0, 28.0)))


def picture_of(
    series: Series,
    entry: Indicator,
    name: str,
    chart: ControlChart | NoChart,
    later: Series | None = None,
    fan: Fan | None = None,
    **given: Any,
) -> Picture:
    """The picture with what its chart says."""
    found = verdict(series, chart, TRENDS.alarm) if isinstance(chart, ControlChart) else None
    return trend(series, entry, name, chart, TRENDS, later, fan, found=found, **given)


def rows(data: pl.DataFrame, kind: str) -> pl.DataFrame:
    return data.filter(kind=kind)


def test_figures_limits_signs_and_their_names() -> None:
    series = months(*STEADY, 60)
    chart = chart_for(series, ENTRIES[STARTED], TRENDS.rules)
    picture = picture_of(series, ENTRIES[STARTED], "Trafford", chart)
    own = rows(picture.data, "own")
    assert own["value"].to_list() == [*map(float, STEADY), 60.0]
    assert own["rule"].to_list()[-1] == "outside"
    assert rows(picture.data, "sign above")["label"].to_list() == ["outside"]
    assert rows(picture.data, "limits").height == 17
    assert {name.split()[0] for name in rows(picture.data, "name")["label"]} >= {"average", "upper"}
    assert picture.title == "Trafford's plans started: unusually many in October 2018"
    assert picture.table["Sign"][0] == "Outside the limits"
    assert "diamond outside" in picture.key


def test_a_hidden_period_is_marked_and_breaks_the_line() -> None:
    series = months(*STEADY[:8], None, *STEADY[8:])
    chart = chart_for(series, ENTRIES[STARTED], TRENDS.rules)
    picture = picture_of(series, ENTRIES[STARTED], "Trafford", chart)
    own = rows(picture.data, "own")
    gap = own.row(8, named=True)
    assert (gap["value"], gap["hidden"], gap["label"]) == (None, True, "hidden")
    assert own["run"][7] != own["run"][9]
    assert "A short hatched mark at the foot: hidden, and its range is not known." in picture.key


def test_a_published_hidden_year_is_drawn_as_its_range() -> None:
    series = yearly(WORLD.table, REPEAT, RUTLAND)
    picture = picture_of(series, ENTRIES[REPEAT], "Rutland", chart_for(series, ENTRIES[REPEAT], TRENDS.rules))
    hidden = rows(picture.data, "own").filter(pl.col("hidden"))
    assert hidden.height == 6
    assert hidden["most"].is_not_null().all()
    assert hidden["label"].str.starts_with("hidden: ").all()


def test_a_likely_range_by_itself_is_a_bar_and_every_hatched_mark_is_explained() -> None:
    """An area of one year has no width: it was a line that the key called a band. Zeros have no likely range."""
    ends = [date(year, 3, 31) for year in range(2014, 2020)]
    alone, ranged, unknown = (
        {"status": "published", "value": 0.0, "lower": 0.0, "upper": 60.0},
        {"status": "suppressed", "least": 17.0, "most": 83.0},
        {"status": "suppressed"},
    )
    zero = {"status": "published", "value": 0.0}
    given = (zero, alone, zero, ranged, unknown, {**alone, "value": 20.0})
    points = tuple(Point(end, **one) for end, one in zip(ends, given, strict=True))  # type: ignore[arg-type]
    entry = ENTRIES[REPEAT]
    series = Series(REPEAT, TRAFFORD, "year", points, "DfE")
    picture = trend(series, entry, "Trafford", None, TRENDS)
    assert rows(picture.data, "own")["lone"].to_list() == [False, True, False, False, False, True]
    assert "Pale bar: likely range of each figure." in picture.key
    assert "A hatched bar is the range that a hidden figure lies in." in picture.key
    assert "A short hatched mark at the foot: hidden, and its range is not known." in picture.key
    bars = [layer for layer in picture.spec["layer"] if layer["mark"]["type"] == "bar"]
    assert [bar["transform"][-1]["filter"] for bar in bars] == ["datum.lone"]
    drawn = yearly(WORLD.table, REPEAT, TRAFFORD)
    assert not rows(trend(drawn, entry, "Trafford", None, TRENDS).data, "own")["lone"].any()


def test_what_came_later_is_drawn_apart_and_changes_no_limit() -> None:
    whole = months(*STEADY, 60, None, 61, 62, 63)
    as_at = whole.points[15].end
    known, later = whole.up_to(as_at), whole.after(as_at)
    entry = ENTRIES[STARTED]
    chart = chart_for(known, entry, TRENDS.rules)
    alone, both = (picture_of(known, entry, "Trafford", chart, one) for one in (None, later))
    assert rows(alone.data, "limits").equals(rows(both.data, "limits"))
    assert alone.title == both.title
    assert rows(both.data, "later")["value"].to_list() == [60, None, 61, 62, 63]
    carried = rows(both.data, "carried")
    assert carried["upper"].unique().to_list() == [rows(alone.data, "limits")["upper"][0]]
    assert both.table["What"].to_list() == ["Came later"] * 5 + ["Known"] * 16
    assert "60" not in str(rows(alone.data, "own")["label"].to_list())


def test_a_forecast_begins_at_the_last_figure_and_is_marked_in_the_table() -> None:
    whole = months(*STEADY, 20, 21, name=OPEN)
    as_at = whole.points[15].end
    known, later = whole.up_to(as_at), whole.after(as_at)
    chart = chart_for(known, ENTRIES[OPEN], TRENDS.rules)
    picture = picture_of(known, ENTRIES[OPEN], "Trafford", chart, later, fan_over(later))
    fan = rows(picture.data, "forecast")
    assert fan["low_95"].to_list() == [23, 12, 12]
    assert rows(picture.data, "limits").is_empty()
    assert picture.table["What"].to_list()[:2] == ["Forecast", "Forecast"]
    assert picture.table["Expected, 80% low"][0] == 16
    assert "The scale does not start at zero." in picture.key


def test_shares_start_at_zero_and_a_stock_need_not() -> None:
    share, stock = (trend_spec("x", "", "%Y", zero, False) for zero in (True, False))
    assert '"zero": true' in json.dumps(share)
    assert '"zero": true' not in json.dumps(stock)


def test_the_committees_band_is_drawn_and_explained() -> None:
    series = months(*(240 + n for n in range(14)), name=OPEN)
    band = TRENDS.band(TRAFFORD, OPEN)
    chart = chart_for(series, ENTRIES[OPEN], TRENDS.rules)
    picture = picture_of(series, ENTRIES[OPEN], "Trafford", chart, band=band)
    assert rows(picture.data, "band")["value"].to_list() == [240, 260]
    assert rows(picture.data, "name")["label"].to_list() == ["240 to 260"]
    assert "250 plans, give or take 4%" in picture.key


def test_events_are_numbered_named_and_kept_apart() -> None:
    ends = month_ends(date(2015, 4, 1), date(2025, 3, 31))
    events = named_events(events_for(WORLD.events, TRAFFORD, ends[0], ends[-1]), ends, TRENDS)
    found = event_rows(events, "month", ends)
    assert [row["short"] for row in found] == ["1", "2", "3", "4", "5", "6"]
    assert len({row["row"] for row in found[:5]}) == 5  # five within two years: each name in a row of its own
    (span,) = (row for row in found if row["until"] is not None)
    assert (span["x"], span["until"]) == (date(2020, 3, 23), date(2021, 7, 19))


def test_events_outside_the_years_or_elsewhere_are_left_out() -> None:
    ends = month_ends(date(2018, 8, 1), date(2018, 10, 31))
    mine = named_events(events_for(WORLD.events, TRAFFORD, ends[0], ends[-1]), ends, TRENDS)
    assert [one.label for one in mine] == ["Restorative conferences"]
    assert events_for(WORLD.events, STOCKPORT, ends[0], ends[-1]) == ()


def test_years_stand_where_the_axis_names_them() -> None:
    series = yearly(WORLD.table, REPEAT, TRAFFORD)
    chart = chart_for(series, ENTRIES[REPEAT], TRENDS.rules)
    picture = picture_of(series, ENTRIES[REPEAT], "Trafford", chart, events=WORLD.events)
    assert {(day.month, day.day) for day in rows(picture.data, "own")["x"]} <= {(1, 1), (1, 2)}
    (conferences,) = rows(picture.data, "event").filter(pl.col("label").str.contains("Restorative"))["x"]
    assert date(2018, 1, 1) < conferences < date(2019, 1, 1)  # between the years to March 2018 and March 2019


def walk(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)


def test_the_specification_is_true_to_vega_lite_and_to_its_table() -> None:
    whole = months(*STEADY, 60, None, 30)
    known, later = whole.up_to(whole.points[16].end), whole.after(whole.points[16].end)
    entry = ENTRIES[STARTED]
    chart = chart_for(known, entry, TRENDS.rules)
    picture = picture_of(known, entry, "Trafford", chart, later, fan_over(later), events=WORLD.events)
    alt.LayerChart.from_dict({**copy.deepcopy(picture.spec), "data": {"values": []}})
    fields = {part["field"] for part in walk(picture.spec) if isinstance(part.get("field"), str)}
    fields |= set(re.findall(r"datum\.(\w+)", str(picture.spec)))
    assert fields <= {*picture.data.columns, "said"}  # the name at its length
    colours = set(re.findall(r"#[0-9a-fA-F]{3,8}", str(picture.spec)))
    assert colours <= {AUTHORITY, NEIGHBOUR}
    data = json.loads(picture.data.with_columns(pl.col(pl.Date).dt.to_string()).write_json())
    assert vl_convert.vegalite_to_vega({**copy.deepcopy(picture.spec), "data": {"values": data}})["marks"]


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_few_or_no_figures_are_a_picture_too(size: int) -> None:
    series = months(*STEADY[:size])
    entry = ENTRIES[STARTED]
    picture = picture_of(series, entry, "Trafford", chart_for(series, entry, TRENDS.rules), events=WORLD.events)
    assert picture.table.height == size
    for words in (picture.title, picture.alt, picture.subtitle):
        assert not BROKEN.search(words), words


def test_every_figure_hidden_is_a_picture_of_marks() -> None:
    series = months(*[None] * 12)
    entry = ENTRIES[STARTED]
    picture = picture_of(series, entry, "Trafford", chart_for(series, entry, TRENDS.rules))
    assert rows(picture.data, "own")["hidden"].all()
    assert picture.data["value"].drop_nulls().len() <= 1  # the invisible point
    assert set(picture.table["Figure"]) == {"hidden"}


def test_the_specification_holds_no_data_and_is_kept() -> None:
    series = months(*STEADY)
    entry = ENTRIES[STARTED]
    chart = chart_for(series, entry, TRENDS.rules)
    one, two = (picture_of(series, entry, name, chart) for name in ("Trafford", "Stockport"))
    assert one.spec is two.spec
    assert "values" not in json.dumps(one.spec)


@pytest.mark.parametrize("name", [REPEAT, OPEN, "reviews_on_time_percent", "plans_started_per_10k"])
def test_every_authority_can_be_drawn(name: str) -> None:
    entry = ENTRIES[name]
    for area in WORLD.areas.authorities[::3]:
        whole = yearly(WORLD.table, name, area.code)
        known, later = whole.up_to(date(2020, 12, 31)), whole.after(date(2020, 12, 31))
        chart = chart_for(known, entry, TRENDS.rules)
        picture = picture_of(known, entry, area.label, chart, later, events=WORLD.events)
        assert picture.table.height == len(whole.points)
        for words in (picture.title, picture.alt, picture.key, picture.note):
            assert not BROKEN.search(words), words


def test_new_limits_by_hand_are_told_in_picture_and_table() -> None:
    series, entry = months(*STEADY, *(number + 10 for number in STEADY)), ENTRIES[STARTED]
    day = series.points[16].end
    chart = chart_for(series, entry, TRENDS.rules, rebases=[day])
    picture = picture_of(series, entry, "Trafford", chart, rebase=(day, "New threshold document"))
    said = "average and limits begin anew in October 2018, by hand: New threshold document"
    assert f"Upright grey line: {said}." in picture.key
    (mark,) = rows(picture.data, "anew").to_dicts()
    assert (mark["x"], mark["when"], mark["label"]) == (day, said, "new limits")
    told = picture.table.filter(pl.col("New limits").is_not_null())
    assert told.select("Period", "New limits").rows() == [("October 2018", said)]
    without = picture_of(series, entry, "Trafford", chart_for(series, entry, TRENDS.rules))
    assert "New limits" not in without.table.columns
    assert "anew" not in without.key


@pytest.mark.parametrize("day", [date(2017, 6, 1), date(2030, 1, 1)])
def test_new_limits_that_change_nothing_are_not_marked(day: date) -> None:
    series, entry = months(*STEADY), ENTRIES[STARTED]
    chart = chart_for(series, entry, TRENDS.rules, rebases=[day])
    picture = picture_of(series, entry, "Trafford", chart, rebase=(day, "Nothing"))
    assert rows(picture.data, "anew").is_empty()
    assert "New limits" not in picture.table.columns
    assert "Nothing" not in picture.key


def test_a_control_chart_is_not_drawn_without_what_it_says() -> None:
    series = months(*STEADY)
    chart = chart_for(series, ENTRIES[STARTED], TRENDS.rules)
    with pytest.raises(ValueError, match="what it says"):
        trend(series, ENTRIES[STARTED], "Trafford", chart, TRENDS)
