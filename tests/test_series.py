"""A figure over time: quarters from cumulative figures, gaps that stay gaps, years as published."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.models.series import Series, kinds_of, of_records, yearly
from explorer.plan_indicators import COUNTS, PERCENTAGES, PLAN_INDICATORS, month_ends
from explorer.records.safe import Records
from explorer.records.shipped import load_sample
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, STOCKPORT, TRAFFORD, allowing_for, shipped_world

BENCHMARKS = allowing_for(2.0)
STARTED, AGAIN = "plans_started", "plans_started_repeat"


@pytest.fixture(scope="module")
def sample() -> Records:
    world = shipped_world()
    return load_sample(world.config, world.rules)


def made(*rows: tuple[str, str, date, int | None]) -> pl.DataFrame:
    """Figures of records: indicator, kind, end, count; None is hidden."""
    whole = [
        (name, end, kind, number, None, number, None, None, "suppressed" if number is None else "published")
        for name, kind, end, number in rows
    ]
    return pl.DataFrame(whole, schema=PLAN_INDICATORS, orient="row")


def a_year(name: str, monthly: list[int | None], hidden: tuple[int, ...] = ()) -> pl.DataFrame:
    """A year of months from April with the year to date at each; ``hidden`` are the months of it not shown."""
    ends = month_ends(date(2018, 4, 1), date(2019, 3, 31))
    so_far, total = [], 0
    for number in monthly:
        total += number or 0
        so_far.append(total)
    months = [(name, "month", end, number) for end, number in zip(ends, monthly, strict=True)]
    cumulative = [
        (name, "year_to_date", end, None if place in hidden else number)
        for place, (end, number) in enumerate(zip(ends, so_far, strict=True))
    ]
    return made(*months, *cumulative)


def quarters(figures: pl.DataFrame, name: str = STARTED) -> Series:
    return of_records(figures, name, TRAFFORD, "quarter", "records", BENCHMARKS)


def test_quarters_are_differences_of_the_year_to_date() -> None:
    found = quarters(a_year(STARTED, [10, 20, 30, 11, 12, 13, 1, 2, 3, 40, 50, 60]))
    assert [point.value for point in found.points] == [60, 36, 6, 150]
    assert found.ends == (date(2018, 6, 30), date(2018, 9, 30), date(2018, 12, 31), date(2019, 3, 31))


def test_three_months_stand_in_where_the_year_to_date_is_hidden() -> None:
    monthly: list[int | None] = [10, 20, 30, 11, 12, 13, 1, 2, 3, 40, 50, 60]
    found = quarters(a_year(STARTED, monthly, hidden=(5,)))
    assert [point.value for point in found.points] == [60, 36, 6, 150]


def test_a_quarter_with_a_hidden_part_is_hidden_and_no_partial_sum() -> None:
    monthly: list[int | None] = [10, 20, 30, 11, None, 13, 1, None, 3, 40, 50, 60]
    found = quarters(a_year(STARTED, monthly, hidden=(5,)))
    assert [point.value for point in found.points] == [60, None, None, 150]
    assert [point.status for point in found.points] == ["published", "withheld", "withheld", "published"]
    assert np.isnan(found.values[1])


def test_a_quarters_share_is_of_the_two_counts_with_its_likely_range() -> None:
    whole = a_year(STARTED, [10, 20, 30, 11, 12, 13, 0, 0, 0, 40, 50, 60])
    part = a_year(AGAIN, [5, 5, 10, 9, 0, 0, 0, 0, 0, 40, 50, 60])
    rows = [(REPEAT, "month", end, None) for end in month_ends(date(2018, 4, 1), date(2019, 3, 31))]
    found = quarters(pl.concat([whole, part, made(*rows)]), REPEAT)
    assert [(point.value, point.numerator, point.denominator) for point in found.points] == [
        (33.3, 20, 60),
        (25.0, 9, 36),
        (None, 0, 0),
        (100.0, 150, 150),
    ]
    assert found.points[2].status == "not_applicable"
    first = found.points[0]
    # Wilson, 20/60 with design effect 2: n = 30
    assert first.lower == pytest.approx(19.23, abs=0.01)
    assert first.upper == pytest.approx(51.22, abs=0.01)


def test_a_stock_is_the_figure_at_the_quarters_end() -> None:
    ends = month_ends(date(2018, 4, 1), date(2018, 9, 30))
    found = quarters(made(*((OPEN, "month", end, 250 + n) for n, end in enumerate(ends))), OPEN)
    assert [point.value for point in found.points] == [252, 255]


def test_a_refused_first_quarter_is_left_out_and_a_hidden_newest_one_kept() -> None:
    figures = a_year(STARTED, [10, 20, 30, 11, 12, 13, 1, 2, 3, 40, 50, None], hidden=(11,))
    refused = pl.col("period_end") < date(2018, 6, 1)
    figures = figures.with_columns(
        status=pl.when(refused).then(pl.lit("refused")).otherwise("status"),
        numerator=pl.when(refused | (pl.col("period_end") == date(2018, 6, 30))).then(None).otherwise("numerator"),
    )
    found = quarters(figures)
    assert found.ends[0] == date(2018, 9, 30)
    assert found.points[-1].status == "withheld"


@given(st.lists(st.one_of(st.none(), st.integers(0, 40)), min_size=12, max_size=12), st.sets(st.integers(0, 11)))
def test_a_quarter_that_is_shown_is_the_true_one(monthly: list[int | None], hidden: set[int]) -> None:
    """Whatever is hidden: a quarter's figure is the sum of its three true months, or none."""
    found = quarters(a_year(STARTED, monthly, tuple(hidden)))
    true = {end: sum(number or 0 for number in monthly[3 * q : 3 * q + 3]) for q, end in enumerate(found.ends)}
    assert len(found.points) == 4
    assert all(point.value in (None, true[point.end]) for point in found.points)


def test_months_between_released_quarter_ends_are_no_gaps(sample: Records) -> None:
    found = of_records(sample.figures, AGAIN, TRAFFORD, "rolling_12m", sample.label, BENCHMARKS)
    assert {end.month for end in found.ends} == {3, 6, 9, 12}
    assert sum(point.value is not None for point in found.points) > 30


def test_a_month_that_was_published_before_stands_among_quarter_ends(sample: Records) -> None:
    """The 30 of 112 of the slides: one more point, and no month beside it becomes a gap."""
    found = of_records(sample.figures, REPEAT, TRAFFORD, "year_to_date", sample.label, BENCHMARKS)
    between = [point for point in found.points if point.end.month not in (3, 6, 9, 12)]
    assert [(point.end, point.numerator, point.denominator) for point in between] == [(date(2018, 8, 31), 30, 112)]


def test_which_kinds_the_sample_has(sample: Records) -> None:
    assert kinds_of(sample.figures, STARTED) == ("month", "quarter", "year_to_date", "rolling_12m", "year")
    assert kinds_of(sample.figures, REPEAT) == ("quarter", "year_to_date", "rolling_12m", "year")
    assert kinds_of(sample.figures, OPEN) == ("month", "quarter", "year")
    assert kinds_of(sample.figures, OPEN_LONG) == ("quarter", "year")
    assert kinds_of(sample.figures, "section_47_per_10k") == ()


@pytest.mark.parametrize("name", [*COUNTS, *PERCENTAGES])
def test_no_derived_quarter_of_the_sample_is_a_small_count(sample: Records, name: str) -> None:
    """Disclosure control covers differences of cumulative figures: parts, wholes and what is left of them."""
    small = range(BENCHMARKS.suppression.lowest, BENCHMARKS.suppression.highest + 1)
    for point in quarters(sample.figures, name).points:
        assert point.numerator not in small
        if point.numerator is not None and point.denominator is not None:
            assert point.denominator - point.numerator not in small


def test_the_samples_quarters_add_up_to_its_years(sample: Records) -> None:
    by_quarter = {point.end: point.value for point in quarters(sample.figures, STARTED).points}
    years = of_records(sample.figures, STARTED, TRAFFORD, "year", sample.label, BENCHMARKS)
    assert len(years.points) == 10
    for point in years.points:
        ends = [end for end in by_quarter if date(point.end.year - 1, 4, 1) <= end <= point.end]
        assert len(ends) == 4
        assert sum(by_quarter[end] or 0 for end in ends) == point.value


def test_published_years_with_counts_and_likely_range() -> None:
    found = yearly(shipped_world().table, REPEAT, TRAFFORD)
    (point,) = (point for point in found.points if point.end == date(2018, 3, 31))
    assert (point.value, point.numerator, point.denominator) == (29.1, 76, 261)
    assert found.kind == "year"
    assert found.source == "DfE CIN D3"


def test_hidden_years_are_points_with_their_range() -> None:
    found = yearly(shipped_world().table, OPEN_LONG, STOCKPORT)
    hidden = [point for point in found.points if point.status == "suppressed"]
    assert hidden
    assert all(point.value is None for point in hidden)
    assert any(point.least is not None for point in hidden)


def test_every_authoritys_years_follow_each_other_without_a_hole() -> None:
    world = shipped_world()
    for area in world.areas.authorities:
        years = [end.year for end in yearly(world.table, REPEAT, area.code).ends]
        assert years == list(range(years[0], years[-1] + 1))
        assert years[0] >= area.first_year
        assert years[-1] <= area.last_year


def test_what_was_known_on_a_date_and_what_came_after() -> None:
    found = yearly(shipped_world().table, REPEAT, TRAFFORD)
    as_at = date(2018, 9, 30)
    assert found.up_to(as_at).ends[-1] == date(2018, 3, 31)
    assert found.after(as_at).ends[0] == date(2019, 3, 31)
    assert found.up_to(as_at).points + found.after(as_at).points == found.points


def test_an_area_without_figures_has_no_points() -> None:
    assert yearly(shipped_world().table, REPEAT, "nowhere").points == ()
