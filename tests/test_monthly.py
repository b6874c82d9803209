"""The months of plan records: a gap and a mark where a figure is hidden, and true words about what is left."""

import copy
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert

from explorer.charts.monthly import monthly_series
from explorer.charts.picture import Picture
from explorer.export.csv_file import csv_bytes
from explorer.plan_indicators import PLAN_INDICATORS, PeriodKind, month_ends
from explorer.records.shipped import load_sample
from explorer.sentences.records import KIND_WORDS, REFUSED, figure_at, months_finding, value_words
from tests.fixtures import BROKEN, OPEN, OPEN_LONG, REPEAT, ZERO, shipped_world

D = date
CONFIG = shipped_world().config
ENTRY = CONFIG.indicators[REPEAT]
# period end, numerator, denominator, value, status
Month = tuple[date, int | None, int | None, float | None, str]
HIDDEN: tuple[None, None, None, str] = (None, None, None, "suppressed")
MONTHS: tuple[Month, ...] = (
    (D(2019, 2, 28), None, None, None, "refused"),
    (D(2019, 3, 31), 5, 20, 25.0, "published"),
    (D(2019, 4, 30), *HIDDEN),
    (D(2019, 5, 31), 0, 0, None, "not_applicable"),
    (D(2020, 2, 29), 6, 20, 30.0, "published"),
    (D(2020, 3, 31), 1200, 2000, 60.0, "published"),
)


def rows(months: Sequence[Month], kind: PeriodKind = "month", indicator: str = REPEAT) -> pl.DataFrame:
    """Figures of one indicator and kind; a published percentage has a range of two points around it."""
    table = [
        (indicator, end, kind, part, whole, value, value and value - 2, value and value + 2, status)
        for end, part, whole, value, status in months
    ]
    return pl.DataFrame(table, schema=PLAN_INDICATORS, orient="row")


def drawn(months: Sequence[Month], kind: PeriodKind = "month", indicator: str = REPEAT) -> Picture:
    found = rows(months, kind, indicator)
    return monthly_series(found, CONFIG.indicators[indicator], "Trafford", "Source: plan records")


def words_of(picture: Picture) -> list[str]:
    texts = [picture.title, picture.subtitle, picture.alt, picture.key, picture.note]
    for table in (picture.table, picture.data):
        texts += table.select(pl.col(pl.String)).unpivot()["value"].drop_nulls().to_list()
    return [text for text in texts if text]


def test_the_data_hold_a_row_a_month_and_a_mark_for_a_hidden_one() -> None:
    data = drawn(MONTHS[::-1]).data
    assert data.select("end", "value", "hidden", "label", "counts").rows() == [
        (D(2019, 3, 31), 25.0, False, "25.0%", "5 of 20"),
        (D(2019, 4, 30), None, True, "hidden", ""),
        (D(2019, 5, 31), None, False, "not applicable, because there was nothing to count", "0 of 0"),
        (D(2020, 2, 29), 30.0, False, "30.0%", "6 of 20"),
        (D(2020, 3, 31), 60.0, False, "60.0%", "1,200 of 2,000"),
    ]
    assert data["when"].to_list()[0] == "31 March 2019"
    assert data["lower"].to_list() == [23.0, None, None, 28.0, 58.0]


def test_the_table_is_newest_first_and_says_why_there_is_no_figure() -> None:
    table = drawn(MONTHS).table
    assert table.columns == [
        *("Period ends", "Figure", "Percent", "Count", "Out of", "Likely range, low", "Likely range, high", "Status")
    ]
    assert table["Period ends"].to_list() == [end for end, *_ in MONTHS[:0:-1]]
    assert table.row(-2)[1:] == (
        *("hidden", None, None, None, None, None),
        "hidden here, so that nobody can be picked out from the plan records",
    )
    assert table.row(0)[1:] == ("60.0%", 60.0, 1200, 2000, 58.0, 62.0, "published")


def test_a_refused_figure_stands_in_a_table_of_its_own_words() -> None:
    table = figure_at(rows(MONTHS[:1]), ENTRY)
    assert table.select("Figure", "Status").row(0) == (REFUSED, REFUSED)


def test_a_count_has_a_table_of_plans() -> None:
    months: list[Month] = [(D(2019, 3, 31), 250, None, 250.0, "published"), (D(2019, 4, 30), *HIDDEN)]
    picture = drawn(months, indicator=OPEN)
    assert picture.table.columns == ["Period ends", "Figure", "Plans", "Status"]
    assert picture.table["Plans"].to_list() == [None, 250]
    assert picture.data["counts"].to_list() == ["", ""]


@pytest.mark.parametrize(
    ("months", "finding"),
    [
        (MONTHS, "Trafford's re-plans: 60.0% in the month to 31 March 2020, 25.0% a year before"),
        (
            MONTHS[:5],
            "Trafford's re-plans: 30.0% in the month to 29 February 2020",
        ),  # the one of a year before is refused
        (MONTHS[1:2], "Trafford's re-plans: 25.0% in the month to 31 March 2019"),
        (MONTHS[1:4], "Trafford's re-plans: 25.0% in the month to 31 March 2019"),  # the newest that is shown
        (MONTHS[2:4], "Trafford's re-plans: every figure is hidden"),
        (MONTHS[3:4], "Trafford's re-plans: no figure"),
        (
            [(D(2019, 3, 31), *HIDDEN), MONTHS[5]],
            "Trafford's re-plans: 60.0% in the month to 31 March 2020, hidden a year before",
        ),
        (MONTHS[:1], "Trafford's re-plans: no figure"),
        ([], "Trafford's re-plans: no figure"),
    ],
)
def test_the_finding(months: Sequence[Month], finding: str) -> None:
    picture = drawn(months)
    assert picture.title == finding.replace("re-plans", f"{ENTRY.label[0].lower()}{ENTRY.label[1:]}")
    assert picture.title in picture.alt
    for words in words_of(picture):
        assert not BROKEN.search(words), words


@pytest.mark.parametrize(
    ("end", "before", "told"),
    [
        (D(2021, 2, 28), D(2020, 2, 29), True),
        (D(2020, 2, 29), D(2019, 2, 28), True),
        (D(2021, 2, 28), D(2020, 2, 28), False),  # the end of a month beside a month that was not over
        (D(2021, 6, 15), D(2020, 6, 30), False),
        (D(2021, 6, 15), D(2020, 6, 15), True),
        (D(2021, 12, 31), D(2020, 12, 31), True),
        (D(2021, 6, 30), D(2020, 6, 15), False),
    ],
)
def test_a_year_before_is_the_same_day_or_the_end_of_the_same_month(end: date, before: date, told: bool) -> None:
    found = months_finding(
        rows([(before, 1, 4, 25.0, "published"), (end, 2, 4, 50.0, "published")]), ENTRY, "St Helens"
    )
    assert found.startswith("St Helens' ")
    assert found.endswith("25.0% a year before") == told


def test_of_two_days_of_one_month_a_year_before_the_last_is_taken() -> None:
    asked: list[Month] = [
        (D(2020, 6, 15), 1, 10, 10.0, "published"),
        (D(2020, 6, 30), 2, 10, 20.0, "published"),
        (D(2021, 6, 30), 3, 10, 30.0, "published"),
    ]
    assert months_finding(rows(asked), ENTRY, "Trafford").endswith(
        "30.0% in the month to 30 June 2021, 20.0% a year before"
    )


def test_hidden_figures_have_a_key_and_a_note_and_are_never_nought() -> None:
    picture = drawn([(D(2019, month, 28), *HIDDEN) for month in range(1, 10)])
    assert picture.key == "A short hatched line marks a hidden figure."
    assert picture.note == "Figures are hidden where somebody could be picked out from them."
    assert not any(ZERO.search(words) for words in words_of(picture))
    assert picture.data["value"].null_count() == 9
    shown = drawn(MONTHS[4:])
    assert (shown.key, shown.note) == ("The light band is the likely range.", "")


@pytest.mark.parametrize(("part", "whole"), [(None, 250), (3, None)])
def test_half_of_a_hidden_pair_of_counts_is_not_said(part: int | None, whole: int | None) -> None:
    picture = drawn([(D(2019, 3, 31), part, whole, None, "suppressed")])
    assert picture.data["counts"].to_list() == [""]
    assert not any("250" in words or "None" in words for words in words_of(picture))


@pytest.mark.parametrize(
    ("months", "subtitle"),
    [
        (MONTHS, "by month, 31 March 2019 to 31 March 2020"),
        (MONTHS[1:2], "by month, 31 March 2019"),
        (MONTHS[:1], "no period"),
    ],
)
def test_the_subtitle_says_which_months(months: Sequence[Month], subtitle: str) -> None:
    assert drawn(months).subtitle.endswith(f", {subtitle}")


@pytest.mark.parametrize("kind", list(KIND_WORDS))
def test_the_subtitle_says_which_kind(kind: PeriodKind) -> None:
    assert KIND_WORDS[kind] in drawn(MONTHS, kind).subtitle


def test_a_listener_hears_the_last_twelve() -> None:
    many: list[Month] = [
        (D(2000 + number // 12, number % 12 + 1, 1), 1, 4, float(number), "published") for number in range(14)
    ]
    assert re.search(r"The last 12: 1 March 2000: 2\.0%; .*; 1 February 2001: 13\.0%\.$", drawn(many).alt)
    assert "The figures: 31 March 2019: 25.0%." in drawn(MONTHS[1:2]).alt


def test_every_status_has_its_words() -> None:
    row = {"value": 29.1, "status": "published"}
    assert value_words(row, ENTRY) == "29.1%"
    assert value_words({"value": None, "status": "suppressed"}, ENTRY) == "hidden"
    assert value_words({"value": None, "status": "refused"}, ENTRY) == REFUSED
    assert value_words({"value": 1234.0, "status": "published"}, CONFIG.indicators[OPEN]) == "1,234"


# --- The specification


def _with_data(picture: Picture) -> dict[str, Any]:
    values = [{**row, "end": str(row["end"])} for row in picture.data.to_dicts()]
    return {**copy.deepcopy(picture.spec), "data": {"values": values}}


@pytest.mark.parametrize("months", [MONTHS, MONTHS[1:2], MONTHS[2:3], MONTHS[:1]], ids=["all", "one", "hidden", "none"])
def test_the_specification_draws_whatever_is_there(months: Sequence[Month]) -> None:
    picture = drawn(months)
    alt.LayerChart.from_dict(_with_data(picture))  # raises where the schema is broken
    assert vl_convert.vegalite_to_vega(_with_data(picture))["marks"]
    svg = vl_convert.vegalite_to_svg(_with_data(picture))
    assert svg.startswith("<svg")
    assert picture.data.is_empty() or "NaN" not in svg  # an axis without a month has no place for its ticks


def test_the_specification_holds_no_data_and_names_only_columns_of_its_table() -> None:
    picture = drawn(MONTHS)
    text = str(picture.spec)
    assert "'data'" not in text.replace("'data': {}", "")
    assert "Trafford" not in text
    fields = set(re.findall(r"'field': '(\w+)'", text)) | set(re.findall(r"datum\.(\w+)", text))
    assert {"end", "value", "hidden"} <= fields <= set(picture.data.columns)
    assert drawn(MONTHS[:1]).spec == picture.spec


def test_a_hidden_figure_is_marked_and_a_line_does_not_go_through_it() -> None:
    marks = [
        vl_convert.vegalite_to_svg(_with_data(drawn(months))).count('stroke-dasharray="2,3"')
        for months in (MONTHS, MONTHS[3:])
    ]
    assert marks[0] == marks[1] + 1
    assert drawn(MONTHS).data["run"].to_list() == [0, None, None, 1, 1]


def test_quarters_are_joined_where_only_quarters_are_shown() -> None:
    ends = month_ends(D(2019, 4, 1), D(2020, 3, 31))
    quarters = [(end, 6, 20, 30.0, "published") if end.month % 3 == 0 else (end, *HIDDEN) for end in ends]
    assert set(drawn(quarters).data["run"].drop_nulls()) == {0}
    months = [(end, 6, 20, 30.0, "published") if end.month != 8 else (end, *HIDDEN) for end in ends]
    assert drawn(months).data["run"].to_list() == [0, 0, 0, 0, None, 1, 1, 1, 1, 1, 1, 1]


# --- The shipped sample


@pytest.mark.parametrize("kind", list(KIND_WORDS))
def test_every_series_of_the_sample_is_told_whole(kind: PeriodKind) -> None:
    world = shipped_world()
    figures = load_sample(world.config, world.rules).figures.filter(period_kind=kind)
    for indicator in figures["indicator"].unique(maintain_order=True):
        entry = world.config.indicators[indicator]
        picture = monthly_series(figures.filter(indicator=indicator), entry, "Trafford", "Source: invented")
        for words in words_of(picture):
            assert not BROKEN.search(words), (indicator, words)
        assert csv_bytes(picture.table)
        hidden = figures.filter(indicator=indicator, status="suppressed").height
        assert picture.data["hidden"].sum() == hidden
        assert bool(picture.note) == bool(hidden)
    assert OPEN_LONG in figures["indicator"]
