"""No small count of children who came back can be worked out: by hand, and against a linear program."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, kron

from explorer.disclosure import COHORT_TABLE, Replans, protect_cohorts
from explorer.plan_indicators import COHORTS, PLAN_INDICATORS, STEPS
from explorer.plan_indicators.periods import a_year_before
from tests.fixtures import shipped_world
from tests.test_plan_cohorts import sample

SUPPRESSION = shipped_world().config.benchmarks.suppression
SPAN = SUPPRESSION.highest - SUPPRESSION.lowest
ENDS = (date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31), date(2021, 3, 31))
PERIODS = {  # kind and end: its quarters
    **{("quarter", end): (number,) for number, end in enumerate(ENDS)},
    ("half_year", ENDS[1]): (0, 1),
    ("half_year", ENDS[3]): (2, 3),
    ("year", ENDS[3]): (0, 1, 2, 3),
}
Parts = tuple[int, ...]  # of one quarter: back in 0-3, 3-6, 6-12, 12-24 months, and not


def exact(quarters: Mapping[date, Parts], followed: Mapping[date, int]) -> pl.DataFrame:
    rows = [
        (end, months, sum(parts[: place + 1]), sum(parts))
        for end, parts in quarters.items()
        for place, months in enumerate(STEPS[: followed[end]])
    ]
    return pl.DataFrame(rows, schema=COHORTS, orient="row")


def ended(quarters: Mapping[date, int | None]) -> pl.DataFrame:
    """The figures of plans ended by month, hidden in some quarters."""
    rows = []
    for end, left in quarters.items():
        for back in range(3):
            month = pl.Series([end]).dt.offset_by(f"-{back}mo").dt.month_end().item()
            shown = None if left is None else left if back == 0 else 0
            status = "suppressed" if left is None else "published"
            rows.append(("plans_ended", month, "month", shown, None, None, None, None, status))
    return pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row")


def protected(quarters: Mapping[date, Parts], followed: Mapping[date, int] | None = None) -> pl.DataFrame:
    small = {end: SUPPRESSION.lowest <= sum(parts) <= SUPPRESSION.highest for end, parts in quarters.items()}
    told = ended({end: None if small[end] else sum(parts) for end, parts in quarters.items()})
    steps = followed or dict.fromkeys(quarters, len(STEPS))
    return protect_cohorts(exact(quarters, steps), told, SUPPRESSION, plenty(quarters))


def plenty(ends: Iterable[date]) -> Replans:
    """So many re-plans that nothing follows from them; ``tests/test_cohort_replans.py`` has few."""
    found = tuple(ends)
    return Replans(found, np.full(len(found), 10_000.0), np.full(len(found), np.nan))


def seen(table: pl.DataFrame) -> dict[tuple[str, str, int], int | None]:
    rows = table.filter(cohort="leaving").select("period_kind", "period_end", "interval", "numerator").iter_rows()
    return {(kind, str(end), int(name[7:-1])): value for kind, end, name, value in rows}


def test_a_year_by_hand() -> None:
    """Quarters of 40: the third has 4 back within 12 months, so halves are shown; 24 months would do in both."""
    parts = [(8, 0, 2, 7, 23), (8, 0, 2, 7, 23), (0, 0, 4, 8, 28), (9, 0, 1, 8, 22)]
    found = seen(protected(dict(zip(ENDS, parts, strict=True))))
    assert found["year", "2021-03-31", 12] == 34
    assert found["half_year", "2020-09-30", 12] == 20
    assert found["half_year", "2021-03-31", 12] == 14
    assert all(found["quarter", str(end), 12] is None for end in ENDS)
    assert found["half_year", "2020-09-30", 24] == 34
    assert all(found["quarter", str(end), 24] is None for end in ENDS)  # 17, 17, 12, 18: 24 months wait for 12
    assert found["year", "2021-03-31", 3] == 25
    assert found["half_year", "2020-09-30", 3] is None  # 16 of the 20, and 4 later
    assert found["year", "2021-03-31", 6] == 25  # nobody came back between three and six months: a zero is shown


def test_a_rest_is_a_count_too() -> None:
    found = seen(protected(dict.fromkeys(ENDS, (10, 0, 20, 6, 4))))  # 4 of 40 in a quarter did not come back
    assert found["quarter", "2020-06-30", 12] == 30
    assert found["quarter", "2020-06-30", 24] is None
    assert found["half_year", "2020-09-30", 24] == 72


def test_a_small_half_is_not_the_year_less_the_other() -> None:
    parts = [(5, 0, 5, 7, 23), (5, 0, 5, 7, 23), (0, 0, 3, 8, 29), (0, 0, 2, 8, 30)]
    found = seen(protected(dict(zip(ENDS, parts, strict=True))))
    assert found["year", "2021-03-31", 12] == 25
    assert found["half_year", "2020-09-30", 12] is None


def test_where_the_figures_hide_how_many_left_nothing_is_shown() -> None:
    parts = [(20, 0, 0, 0, 20), (0, 0, 0, 0, 3), (20, 0, 0, 0, 20), (20, 0, 0, 0, 20)]
    table = protected(dict(zip(ENDS, parts, strict=True)))
    assert set(table["status"]) == {"suppressed"}
    left = dict(table.filter(period_kind="quarter", interval="within_3m").select("period_end", "denominator").rows())
    assert list(left.values()) == [40, None, 40, 40]


def test_only_cohorts_that_were_followed_have_a_row() -> None:
    found = seen(protected(dict.fromkeys(ENDS, (10, 10, 10, 10, 10)), dict(zip(ENDS, (3, 2, 1, 0), strict=True))))
    assert {key for key in found if key[0] == "quarter"} == {
        ("quarter", str(end), months) for end, steps in zip(ENDS, (3, 2, 1), strict=False) for months in STEPS[:steps]
    }
    assert {key for key in found if key[0] != "quarter"} == {
        ("half_year", "2020-09-30", 3),
        ("half_year", "2020-09-30", 6),
    }


def test_a_cut_that_the_half_year_does_not_have_yet_waits_for_those_that_it_has() -> None:
    """The half shows 11 back within 12 months; 6 of the first quarter within 24 would leave the second 8 at most."""
    followed = dict(zip(ENDS, (4, 3), strict=False))
    found = seen(protected(dict(zip(ENDS, [(3, 0, 0, 3, 7), (3, 3, 2, 0, 0)], strict=False)), followed))
    assert found["half_year", "2020-09-30", 12] == 11
    assert found["quarter", "2020-06-30", 12] is None
    assert found["quarter", "2020-06-30", 24] is None
    found = seen(protected(dict(zip(ENDS, [(9, 0, 0, 6, 7)] * 2, strict=False)), followed))
    assert found["quarter", "2020-06-30", 24] == 15  # beside the 9 of the half that are shown for each quarter


PART = st.one_of(st.integers(0, 9), st.sampled_from([0, 0, 6, 12, 40]))
QUARTER = st.tuples(PART, PART, PART, PART, st.one_of(PART, st.integers(6, 60)))


@given(st.tuples(QUARTER, QUARTER, QUARTER, QUARTER), st.lists(st.integers(0, 4), min_size=4, max_size=4))
@settings(max_examples=80, deadline=None)
def test_every_small_count_could_be_far_away(parts: tuple[Parts, ...], steps: list[int]) -> None:
    """Over all tables that fit what is shown, each small count can differ by 4 or more."""
    followed = dict(zip(ENDS, sorted(steps, reverse=True), strict=True))
    table = protected(dict(zip(ENDS, parts, strict=True)), followed)
    assert narrow(table, parts) == []


def narrow(table: pl.DataFrame, parts: tuple[Parts, ...]) -> list[tuple[object, ...]]:
    """Small counts, over periods and between months, whose least and most are too close."""
    width = len(STEPS) + 1
    left, right = list[list[int]](), list[int]()
    for kind, end, months, value in ((*key, value) for key, value in seen(table).items()):
        if value is not None:
            places = PERIODS[kind, date.fromisoformat(end)]
            left.append(_row(places, 0, STEPS.index(months) + 1))
            right.append(value)
    for place, one in enumerate(parts):  # how many left is shown, but where it is small
        if not SUPPRESSION.lowest <= sum(one) <= SUPPRESSION.highest:
            left.append(_row((place,), 0, width))
            right.append(sum(one))
    goals, names = list[list[int]](), list[tuple[object, ...]]()
    for (kind, ends), places in PERIODS.items():
        for first, last in combinations(range(width + 1), 2):
            value = sum(sum(parts[place][first:last]) for place in places)
            if SUPPRESSION.lowest <= value <= SUPPRESSION.highest and (first, last) != (0, width):
                goals.append(_row(places, first, last))
                names.append((kind, ends, first, last, value))
    if not goals or not left:
        return []
    signed = np.concatenate([np.array(goals), -np.array(goals)])
    copies: Any = csr_array(kron(eye_array(len(signed)), np.array(left)))
    solved: Any = linprog(
        signed.ravel(), A_eq=copies, b_eq=np.tile(right, len(signed)), bounds=(0, 500), method="highs"
    )
    assert solved.status == 0
    reached = (signed * solved.x.reshape(len(signed), -1)).sum(axis=1)
    least, most = reached[: len(goals)], -reached[len(goals) :]
    return [name for name, low, high in zip(names, least, most, strict=True) if high - low < SPAN - 1e-6]


def _row(places: tuple[int, ...], first: int, last: int) -> list[int]:
    width = len(STEPS) + 1
    return [int(place in places and first <= step < last) for place in range(len(ENDS)) for step in range(width)]


def test_the_program_would_notice() -> None:
    """Showing one half beside the year gives the other away."""
    parts = ((5, 0, 5, 7, 23), (5, 0, 5, 7, 23), (0, 0, 3, 8, 29), (0, 0, 2, 8, 30))
    table = protected(dict(zip(ENDS, parts, strict=True)))
    assert narrow(table, parts) == []
    half = (pl.col("period_kind") == "half_year") & (pl.col("interval") == "within_12m")
    leaking = table.with_columns(
        numerator=pl.when(half & (pl.col("period_end") == ENDS[1])).then(20).otherwise("numerator")
    )
    assert ("half_year", ENDS[3], 0, 3, 5) in narrow(leaking, parts)


def test_tables_that_differ_in_a_hidden_quarter_alone_look_the_same() -> None:
    first = protected(
        dict(zip(ENDS, [(8, 0, 2, 7, 23), (8, 0, 2, 7, 23), (0, 0, 4, 8, 28), (9, 0, 1, 8, 22)], strict=True))
    )
    other = protected(
        dict(zip(ENDS, [(8, 0, 2, 7, 23), (8, 0, 2, 7, 23), (0, 0, 3, 9, 28), (9, 0, 2, 7, 22)], strict=True))
    )
    assert first.equals(other)


def test_the_sample_has_its_half_years() -> None:
    table = sample().cohorts
    assert dict(table.schema) == {name: dtype() for name, dtype in COHORT_TABLE.items()}
    half = table.filter(cohort="leaving", period_kind="half_year", interval="within_12m")
    assert set(half["status"]) == {"published"}
    assert (table.filter(status="suppressed")["numerator"].null_count()) == (table["status"] == "suppressed").sum()


def test_how_long_plans_lasted_follows_from_what_is_shown() -> None:
    """Twelve months exactly; 730 days are two years less a day where there is a leap day between."""
    plans = sample().checked.split.kept
    start, end = pl.col("start_date"), pl.col("end_date")
    lasted = {
        "open_at_12m": end.is_null() | (end >= start.dt.offset_by("12mo")),
        "open_at_24m": end.is_null() | ((end - start).dt.total_days() >= 730),
    }
    rows = sample().cohorts.filter(cohort="starting", status="published")
    assert rows.height >= 5
    for until, name, numerator, denominator in rows.select(
        "period_end", "interval", "numerator", "denominator"
    ).iter_rows():
        begun = plans.filter(start > a_year_before(until), start <= until)
        assert denominator == begun.height
        assert abs(numerator - begun.filter(lasted[name]).height) <= (0 if name == "open_at_12m" else 3)


@pytest.mark.parametrize("whole", ["plans_open", "plans_ended"])
def test_time_on_plan_is_hidden_where_the_figures_behind_it_are(whole: str) -> None:
    """It is a sum of shown figures: of the long bands, or of all plans less the short ones; else nothing is said."""
    one, other = (pl.col("indicator") == f"{whole}_{band}" for band in ("1y_to_2y", "6m_to_1y"))
    found = [_starting_without(hidden) for hidden in (pl.lit(value=False), one, other, one | other)]
    known = [set(table.filter(status="published")["period_end"]) for table in found]
    assert known[1] <= known[0]
    assert known[2] <= known[0]
    assert known[1] | known[2] == known[0]
    assert known[1]
    assert known[3] == set()
    assert found[3]["numerator"].null_count() == found[3].height


def _starting_without(hidden: pl.Expr) -> pl.DataFrame:
    status = pl.when(hidden).then(pl.lit("suppressed")).otherwise("status")
    number = pl.when(~hidden).then("numerator")
    figures = sample().figures.filter(period_kind="year").with_columns(status=status, numerator=number)
    return protect_cohorts(pl.DataFrame(schema=COHORTS), figures, SUPPRESSION, plenty([])).filter(
        interval="open_at_12m"
    )
