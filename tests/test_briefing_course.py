"""A measure of the briefing over the years: drawn and told from its own table, and silent about what is hidden."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from explorer.briefing.briefing import COURSE, Briefing, Line
from explorer.charts.briefing_course import briefing_course, course_of, course_spec
from explorer.charts.picture import Picture
from explorer.charts.series import series_spec
from tests.briefings import by_hand

NOTHING = dict.fromkeys(COURSE)
RUTLAND, CITY_OF_LONDON, ISLES_OF_SCILLY, BOURNEMOUTH = "857", "201", "420", "839"


def year(number: int, value: float | None = None, status: str = "published", **rest: Any) -> dict[str, object]:
    shown = f"{value}%" if status == "published" else "hidden"
    return NOTHING | {"year": number, "value": value, "status": status, "shown": shown, "members": 9} | rest


def drawn(*rows: dict[str, object]) -> Picture:
    """The picture of re-plans with other years."""
    briefing = by_hand()
    return briefing_course(replace(briefing.lines[1], course=pl.DataFrame(rows, schema=COURSE)), briefing)


def own(picture: Picture) -> list[dict[str, object]]:
    return picture.data.filter(kind="own").to_dicts()


def every(*areas: str) -> list[tuple[Line, Briefing]]:
    return [(line, found) for area in areas for found in (by_hand(area, 2024),) for line in found.lines]


def test_every_year_is_drawn_as_it_stands_in_the_course() -> None:
    for line, briefing in every("358", RUTLAND, CITY_OF_LONDON):
        picture = briefing_course(line, briefing)
        there = line.course.filter(pl.col("status") != "no_authority")
        assert [row["value"] for row in own(picture)] == there["value"].to_list()
        for kind in ("median", "england"):
            shown = there.filter(pl.col(kind).is_not_null())
            assert picture.data.filter(kind=kind)["value"].to_list() == shown[kind].to_list()
        assert picture.table.height == there.height
        assert picture.title in picture.alt
        for row in there.tail(5).iter_rows(named=True):  # the newest: a listener is not read a long list
            assert f"{row['year']}: {row['shown']}" in picture.alt


def test_the_finding_has_the_words_of_the_course() -> None:
    picture = drawn(year(2016, 18.0), year(2017, 29.1), year(2018, 20.5))
    assert picture.title == "Re-plans: Trafford's lowest was 18.0% (2016), highest 29.1% (2017), latest 20.5% (2018)"


def test_with_hidden_years_the_lowest_is_the_lowest_shown() -> None:
    picture = drawn(year(2016, 18.0), year(2017, status="suppressed", least=1.0, most=5.0), year(2018, 20.5))
    assert "lowest shown was 18.0% (2016)" in picture.title
    assert "A hatched bar is the range of a hidden figure." in picture.note
    assert "Hidden for 2017" in picture.note
    assert (own(picture)[1]["least"], own(picture)[1]["most"]) == (1.0, 5.0)


@pytest.mark.parametrize("rows", [(), (year(2018, 5.0),), (year(2017, status="withheld"), year(2018, 5.0))])
def test_too_few_figures_are_no_course(rows: tuple[dict[str, object], ...]) -> None:
    assert drawn(*rows).title == "Re-plans: too few years with a figure for Trafford to show a course"


def test_equal_figures_are_not_called_steady_where_some_are_hidden() -> None:
    picture = drawn(year(2016, 0.0), year(2017, status="suppressed"), year(2018, 0.0))
    assert picture.title == "Re-plans: 0.0% in Trafford in every year that has a figure"


def test_what_a_status_hides_is_neither_drawn_nor_in_the_table() -> None:
    """Whatever stands behind it; only what DfE hid has a range."""
    behind: dict[str, Any] = {"numerator": 4.0, "lower": 1.0, "upper": 9.0, "least": 2.0, "most": 8.0}
    picture = drawn(year(2016, 7.7, "suppressed", **behind), year(2017, 8.8, "withheld", **behind), year(2018, 5.0))
    suppressed, withheld, _ = own(picture)
    assert [suppressed[name] for name in ("value", "lower", "upper", "least", "most")] == [None, None, None, 2.0, 8.0]
    assert [withheld[name] for name in ("value", "lower", "upper", "least", "most")] == [None] * 5
    assert picture.table["Count"].to_list() == [None] * 3
    assert "7.7" not in picture.data.write_csv() + picture.table.write_csv()


def test_years_without_the_authority_are_left_out() -> None:
    line = by_hand(BOURNEMOUTH, 2024).lines[1]
    assert "no_authority" in line.course["status"].to_list()
    assert {row["status"] for row in course_of(line)} <= {"published", "suppressed"}
    assert "2013" not in briefing_course(line, by_hand(BOURNEMOUTH, 2024)).alt


def test_a_likely_range_between_two_years_without_one_is_a_bar() -> None:
    ranged: dict[str, Any] = {"lower": 1.0, "upper": 9.0}
    rows = (year(2015, 5.0, **ranged), year(2016), year(2017, 5.0, **ranged), year(2018, 5.0, **ranged))
    assert [row["alone"] for row in own(drawn(*rows))] == [True, False, False, False]


def test_a_national_count_is_not_drawn() -> None:
    briefing = by_hand()
    line = replace(briefing.lines[1], compared_unit="count")
    assert "england" not in briefing_course(line, briefing).data["kind"].to_list()
    assert "England" not in briefing_course(line, briefing).key


def test_the_year_of_the_briefing_has_the_ring_and_the_key_says_so_only_where_it_has() -> None:
    assert [row["year"] for row in own(drawn(year(2017, 5.0), year(2018, 6.0))) if row["chosen"]] == [2018]
    assert "the ring marks 2018" in drawn(year(2017, 5.0), year(2018, 6.0)).key
    assert "ring" not in drawn(year(2017, 5.0), year(2018, status="suppressed")).key
    assert "circles" not in drawn(year(2018, status="suppressed")).key


def test_the_drawing_rules_are_those_of_a_series_without_data_and_kept() -> None:
    spec, series = course_spec("percent"), series_spec("percent")
    assert spec["layer"][1:] == series["layer"]
    assert "data" not in spec
    assert course_spec("percent") is spec
    assert "width" not in spec


def test_a_median_that_hidden_members_leave_open_is_named_by_its_range_and_its_middle_drawn() -> None:
    open_one: dict[str, Any] = {"median": 1.9, "median_least": 1.7, "median_most": 2.1}
    known: dict[str, Any] = {"median": 2.0, "median_least": 2.01, "median_most": 2.04}
    picture = drawn(year(2017, 5.0, **open_one), year(2018, 6.0, **known))
    first, second = picture.data.filter(kind="median").to_dicts()
    assert (first["value"], first["least"], first["most"], first["label"]) == (1.9, 1.7, 2.1, "1.7% to 2.1%")
    assert (second["value"], second["least"], second["most"], second["label"]) == (2.0, None, None, "2.0%")
    assert 1.9 not in [cell for row in picture.table.rows() for cell in row]
    assert picture.table["Median of the group, least it can be"].to_list() == [1.7, 2.01]
    assert "what it can be where a member's figure is hidden" in picture.key
    assert "what it can be" not in drawn(year(2017, 5.0, **known)).key
