"""Files shuffled, split and doubled: the order of rows, and in which file they stand, moves no figure."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from explorer.records import Checked, all_figures, check_plans
from explorer.records.shipped import joined
from explorer.sources.plan_file import PlanFile
from tests.fixtures import shipped_world
from tests.plan_rows import EITHER, Row, dated
from tests.plan_samples import ANNEX_A, annex_a_row, census, child, comma_separated, plan, read

RULES = shipped_world().rules
HEADINGS = (
    *("child_id", "start_date", "end_date", "previous_plans", "initial_category", "latest_category"),
    *("birth_date", "referral_date", "upn", "review_dates"),
)
SOME = settings(max_examples=30, deadline=None)
SEEDS = st.integers(0, 2**16)


def _cell(value: object) -> object:
    if isinstance(value, list):
        return ";".join(str(item) for item in value if item is not None)
    return "" if value is None else value


def file_of(rows: list[Row], name: str = "plans.csv", counted: bool = True) -> PlanFile:
    """Rows as a plain CSV file that is read again; without the number of previous plans if not ``counted``."""
    headings = [heading for heading in HEADINGS if counted or heading != "previous_plans"]
    return read(comma_separated(headings, *([_cell(row[heading]) for heading in headings] for row in rows)), name)


def checked(file: PlanFile) -> Checked:
    return check_plans(file, RULES)


def shuffled(rows: list[Any], seed: int) -> list[Any]:
    return random.Random(seed).sample(rows, len(rows))


def findings(found: Checked, places: dict[str, str]) -> list[tuple[object, ...]]:
    """The findings with every position put back to that of the original file, in an order of their own."""

    def back(text: object) -> object:
        return places.get(str(text), text)

    rows = found.findings.select("rule", "severity", "child_id", "position", "value", "expected").rows()
    told = [
        (rule, severity, who, back(place), _with_back(value, places), wish)
        for rule, severity, who, place, value, wish in rows
    ]
    return sorted(told, key=str)


def _with_back(value: str | None, places: dict[str, str]) -> str | None:
    """A value that names another row: 'overlaps the plan at row 3'."""
    before, at, place = (value or "").partition(" overlaps the plan at ")
    return f"{before}{at}{places.get(place, place)}" if at else value


TIED = [dated("A", "2020-05-01", "2020-08-01"), dated("A", "2020-05-01", "2020-08-01"), dated("A", "2020-05-01")]


@given(rows=EITHER, seed=SEEDS, counted=st.booleans())
@example(rows=TIED, seed=1, counted=True)
@example(rows=TIED, seed=2, counted=False)
@SOME
def test_shuffled_rows_give_the_same_figures(rows: list[Row], seed: int, counted: bool) -> None:
    before, after = checked(file_of(rows, counted=counted)), checked(file_of(shuffled(rows, seed), counted=counted))
    assert (after.first, after.last) == (before.first, before.last)
    assert_frame_equal(all_figures(after, RULES), all_figures(before, RULES))
    assert (after.split.left_out.height, after.split.queried) == (before.split.left_out.height, before.split.queried)


@given(rows=EITHER, seed=SEEDS)
@SOME
def test_shuffled_rows_have_the_same_findings_at_other_places(rows: list[Row], seed: int) -> None:
    """Of equal rows any can be told to be the copy, so that each row is made unlike the others here."""
    unlike = [{**row, "referral_date": date(2018, 1, number + 1)} for number, row in enumerate(rows)]
    order = shuffled(list(range(len(unlike))), seed)
    before, after = checked(file_of(unlike)), checked(file_of([unlike[number] for number in order]))
    places = {f"row {new + 2}": f"row {old + 2}" for new, old in enumerate(order)}
    assert findings(after, places) == findings(before, {})


@given(rows=EITHER, seed=SEEDS)
@SOME
def test_shuffled_equal_rows_have_as_many_findings(rows: list[Row], seed: int) -> None:
    twice = rows + rows[: len(rows) // 2]
    before, after = checked(file_of(twice)), checked(file_of(shuffled(twice, seed)))
    assert sorted(after.findings["rule"]) == sorted(before.findings["rule"])
    assert_frame_equal(all_figures(after, RULES), all_figures(before, RULES))


@given(rows=EITHER, seed=SEEDS, counted=st.booleans())
@SOME
def test_a_file_in_two_parts_gives_the_same_figures(rows: list[Row], seed: int, counted: bool) -> None:
    """Where no child is in both parts; a row without a child may be in either."""
    half = {child for child in "ABCD" if random.Random(f"{seed}{child}").random() < 0.5}
    parts = [[row for row in rows if (str(row["child_id"])[0] in half) == side] for side in (True, False)]
    whole = checked(file_of(rows, counted=counted))
    both = checked(joined([file_of(part, f"{number}.csv", counted) for number, part in enumerate(parts)]))
    assert_frame_equal(all_figures(both, RULES), all_figures(whole, RULES))
    assert (both.first, both.last) == (whole.first, whole.last)
    assert (both.split.kept.height, both.split.left_out.height) == (
        whole.split.kept.height,
        whole.split.left_out.height,
    )
    assert sorted(both.findings["rule"]) == sorted(whole.findings["rule"])


@given(rows=EITHER)
@SOME
def test_every_row_twice_gives_the_same_figures_and_a_finding_for_each_copy(rows: list[Row]) -> None:
    once, twice = checked(file_of(rows)), checked(file_of([*rows, *rows]))
    assert_frame_equal(all_figures(twice, RULES), all_figures(once, RULES))
    known = sum(row["child_id"] is not None for row in rows)
    copies = [found.findings.filter(rule="duplicate-row").height for found in (once, twice)]
    assert copies[1] == copies[0] * 2 + (known - copies[0])
    assert twice.split.kept.height == once.split.kept.height


@given(rows=EITHER)
@SOME
def test_the_same_file_twice_is_the_file_once(rows: list[Row]) -> None:
    known = [row for row in rows if row["child_id"] is not None and row["start_date"] is not None]
    once = file_of(known, "1.csv")
    both = joined([once, replace(once, name="2.csv")])
    assert both.plans.height == once.plans.height
    assert_frame_equal(all_figures(checked(both), RULES), all_figures(checked(once), RULES))


def test_a_census_return_with_its_children_in_another_order() -> None:
    children = [
        child("A1", plan("2018-05-01", "2018-09-01"), plan("2018-12-01", previous="1")),
        child("A2", plan("2017-10-01", "2018-06-15")),
        child("A3", plan("2018-05-01"), plan("2018-06-01")),
    ]
    before = checked(read(census(*children)))
    for seed in range(4):
        after = checked(read(census(*shuffled(children, seed))))
        assert_frame_equal(all_figures(after, RULES), all_figures(before, RULES))
        assert sorted(after.findings.select("rule", "child_id").rows()) == sorted(
            before.findings.select("rule", "child_id").rows()
        )


def test_annex_a_with_its_rows_in_another_order() -> None:
    rows = [
        annex_a_row(f"A{number}", f"{number:02}/05/2018", "30/08/2018" if number % 3 else "") for number in range(1, 9)
    ]
    before = checked(read(comma_separated(ANNEX_A, *rows)))
    for seed in range(4):
        after = checked(read(comma_separated(ANNEX_A, *shuffled(rows, seed))))
        assert_frame_equal(all_figures(after, RULES), all_figures(before, RULES))


def test_the_files_of_a_folder_may_come_in_any_order() -> None:
    files = [
        file_of([dated("ABC"[number], f"2020-0{number + 1}-01", "2020-09-09")], f"{number}.csv") for number in range(3)
    ]
    before = joined(files).plans
    assert isinstance(before, pl.DataFrame)
    for seed in range(4):
        assert_frame_equal(joined(shuffled(files, seed)).plans, before)
