"""Annex A List 7: sheets and headings as authorities name them, dates of every sort, and its scope."""

import random
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from explorer.schema import PLANS
from explorer.sources.annex_a import is_named_list_7
from explorer.sources.categories import FLAGS_NOTE
from explorer.sources.plan_file import ANNEX_A_SCOPE, NO_PLANS
from tests.plan_samples import (
    ANNEX_A,
    LIMITS,
    annex_a_row,
    as_excel_packs,
    cells,
    comma_separated,
    day,
    read,
    refusal,
    workbook,
)

PASCAL = (
    *("ChildUniqueID", "Gender", "Ethnicity", "DateOfBirth", "Age", "HasDisability", "ChildProtectionPlanStartDate"),
    *("InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "DateOfLastStatutoryVisit", "ChildSeenAlone"),
    *("DateOfLatestReviewConf", "ChildProtectionPlanEndDate", "ProtectionLastSixMonths"),
    *("NumberOfPreviousChildProtectionPlans", "AllocatedTeam", "AllocatedWorker"),
)
ROW = annex_a_row(end="30/11/2018", previous=2, review="01/08/2018")


def test_a_row_keeps_every_value_and_its_number() -> None:
    found = read(comma_separated(ANNEX_A, annex_a_row("A0"), ROW))
    assert found.kind == "annex_a"
    assert found.plans.schema == PLANS
    assert found.plans.row(1, named=True) == {
        "child_id": "A1",
        "plan_id": "row 3",
        "start_date": day("2018-05-01"),
        "end_date": day("2018-11-30"),
        "previous_plans": 2,
        "initial_category": "NEG",
        "latest_category": "NEG",
        "family_id": None,
        "birth_date": day("2010-01-02"),
        "expected_birth_date": None,
        "death_date": None,
        "referral_date": None,
        "upn": None,
        "review_dates": [day("2018-08-01")],
        "position": "row 3",
    }
    assert (found.children, found.year, found.reference_date) == (2, None, None)
    assert found.unreadable.is_empty()


def test_it_cannot_answer_for_a_year_and_says_why() -> None:
    found = read(comma_separated(ANNEX_A, ROW))
    assert found.capabilities == frozenset()
    assert found.notes == (ANNEX_A_SCOPE,)
    assert "open now or ended in the last six months" in ANNEX_A_SCOPE


HEADINGS = {
    "as Ofsted prints them": ANNEX_A,
    "in PascalCase": PASCAL,
    "in capitals": tuple(map(str.upper, ANNEX_A)),
    "with underscores": tuple(heading.replace(" ", "_") for heading in ANNEX_A),
    "with spaces and line breaks": tuple(f" {heading.replace(' ', chr(10), 1)}  " for heading in ANNEX_A),
    "Age": tuple("Age" if heading.startswith("Age") else heading for heading in ANNEX_A),
    "summed by a pivot table": tuple(
        f"Sum of {heading}" if heading.startswith("Number of") else heading for heading in ANNEX_A
    ),
    "extra columns": (*ANNEX_A, "Ward", "", "Ward"),
}


@pytest.mark.parametrize("headings", HEADINGS.values(), ids=HEADINGS)
def test_every_way_of_naming_the_columns_reads_the_same(headings: tuple[str, ...]) -> None:
    expected = read(comma_separated(ANNEX_A, ROW))
    assert read(comma_separated(headings, ROW)).plans.equals(expected.plans)
    assert read(workbook(List_7=[headings, ROW])).plans.equals(expected.plans)


def test_a_workbook_that_shares_its_texts_reads_the_same() -> None:
    """Excel keeps each text once and refers to it; openpyxl, which builds these samples, writes it in the cell."""
    content = workbook(List_7=[ANNEX_A, ROW, annex_a_row("A2", date(2018, 5, 1))])
    shared = as_excel_packs(content)
    assert shared != content
    assert read(shared).plans.equals(read(content).plans)


SHEETS = [
    "List 7",
    "List_7",
    "list 7",
    "Child Protection",
    "List 7 - Child protection",
    "7. Child Protection",
    "LIST7",
]


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_sheet_is_found_among_the_other_lists(sheet: str) -> None:
    contacts = [["Child Unique ID", "Date of Contact"], ["A1", "01/05/2018"]]
    book = load_workbook(BytesIO(workbook(X=[ANNEX_A, ROW], List_1=contacts, List_8=contacts)))
    book["X"].title = sheet
    content = BytesIO()
    book.save(content)
    found = read(content.getvalue())
    assert found.kind == "annex_a"
    assert found.plans.height == 1


def test_other_sheets_are_not_taken_for_list_7() -> None:
    assert all(map(is_named_list_7, SHEETS))
    for sheet in ("List 1", "List 70", "List 17", "Sheet1", "", "Child Protection Visits"):
        assert not is_named_list_7(sheet)


def test_a_sheet_of_another_name_is_known_by_its_columns() -> None:
    assert read(workbook(Sheet1=[ANNEX_A, ROW])).kind == "annex_a"


def test_a_short_table_on_a_sheet_named_list_7_has_its_scope() -> None:
    headings = ("Child ID", "Start Date", "End Date")
    assert "no column" in refusal(workbook(List_7=[headings, ["A1", "01/05/2018", ""]]))


def test_two_sheets_with_plans_are_refused_by_name() -> None:
    rows = [ANNEX_A, ROW]
    assert "'List 7' and 'Child Protection'" in refusal(workbook(List_7=rows, Child_Protection=rows))
    assert read(workbook(Old=rows, List_7=rows)).plans.height == 1


def test_a_title_above_the_headings_is_passed_over_and_rows_count_as_on_the_sheet() -> None:
    title: list[list[object]] = [["Annex A", None], [], ["List 7: Child protection"], []]
    found = read(workbook(List_7=[*title, ANNEX_A, ROW, [], annex_a_row("A2")]))
    assert found.plans["position"].to_list() == ["row 6", "row 8"]
    text = "Annex A\n\nList 7: Child protection\n" + comma_separated(ANNEX_A, ROW) + "\n" + comma_separated(ROW)
    assert read(text).plans["position"].to_list() == ["row 5", "row 7"]


@pytest.mark.parametrize(
    "start",
    ["01/05/2018", "2018-05-01", date(2018, 5, 1), datetime(2018, 5, 1, 9, 30), 43221, 43221.0, "01-May-2018"],
)
def test_dates_are_read_as_text_as_excel_dates_and_as_day_numbers(start: object) -> None:
    found = read(workbook(List_7=[ANNEX_A, annex_a_row(start=start, review=start, end=start)]))
    assert cells(found, "start_date", "end_date", "review_dates") == [
        (day("2018-05-01"), day("2018-05-01"), [day("2018-05-01")])
    ]


def test_a_workbook_of_an_old_mac_counts_days_from_1904() -> None:
    book = load_workbook(BytesIO(workbook(List_7=[ANNEX_A, annex_a_row(start=43221 - 1462, review=43221 - 1462)])))
    book.epoch = datetime(1904, 1, 1)
    content = BytesIO()
    book.save(content)
    assert cells(read(content.getvalue()), "start_date", "review_dates") == [(day("2018-05-01"), [day("2018-05-01")])]


def test_numbers_as_identifiers_lose_no_digit_and_gain_no_fraction() -> None:
    found = read(workbook(List_7=[ANNEX_A, annex_a_row(1234567), annex_a_row(12.0), annex_a_row("00123")]))
    assert found.plans["child_id"].to_list() == ["1234567", "12", "00123"]


def test_formulas_give_no_value_and_formula_like_text_stays_text() -> None:
    found = read(
        comma_separated(ANNEX_A, annex_a_row("=HYPERLINK(1)"), annex_a_row("+44"), annex_a_row("-A"), annex_a_row("@A"))
    )
    assert found.plans["child_id"].to_list() == ["=HYPERLINK(1)", "+44", "-A", "@A"]
    computed = read(workbook(List_7=[ANNEX_A, annex_a_row("=1+1", previous=1)]))
    assert computed.plans["child_id"].to_list() == [None]  # openpyxl saves the formula without a value


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("a) Neglect", "NEG"),
        ("NEG", "NEG"),
        ("YNNN", "NEG"),
        ("Emotional, Neglect", "MUL"),
        ("Other", "Other"),
        ("", None),
    ],
)
def test_categories_become_codes(cell: str, code: str | None) -> None:
    found = read(comma_separated(ANNEX_A, annex_a_row(category=cell)))
    assert cells(found, "initial_category", "latest_category") == [(code, code)]
    assert (FLAGS_NOTE in found.notes) == (cell == "YNNN")


def test_what_is_no_date_or_number_is_listed() -> None:
    found = read(
        workbook(List_7=[ANNEX_A, annex_a_row("A1", "31/02/2018", "n/a", previous="one", review="x", born="#VALUE!")])
    )
    assert cells(found, "start_date", "end_date", "previous_plans", "review_dates", "birth_date") == [
        (None, None, None, [None], None)
    ]
    assert sorted(found.unreadable.select("severity", "child_id", "position", "value").rows()) == [
        ("error", "A1", "row 2", "31/02/2018"),
        ("error", "A1", "row 2", "n/a"),
        ("error", "A1", "row 2", "one"),
        ("query", "A1", "row 2", "#VALUE!"),
        ("query", "A1", "row 2", "x"),
    ]


def test_a_date_that_excel_cannot_show_is_listed() -> None:
    found = read(workbook(List_7=[ANNEX_A, annex_a_row(start=1_000_000_000, end=5)]))
    assert cells(found, "start_date", "end_date") == [(None, None)]
    assert found.unreadable["value"].to_list() == ["1000000000", "5"]


@pytest.mark.parametrize("missing", ["Child Protection Plan End Date", "Number of Previous Child Protection Plans"])
def test_a_column_that_is_missing_is_named(missing: str) -> None:
    place = ANNEX_A.index(missing)
    headings, row = (*ANNEX_A[:place], *ANNEX_A[place + 1 :]), ROW[:place] + ROW[place + 1 :]
    assert f"no column '{missing}'" in refusal(comma_separated(headings, row))
    assert f"sheet 'List 7': there is no column '{missing}'" in refusal(workbook(List_7=[headings, row]))


def test_a_column_that_stands_twice_is_refused() -> None:
    assert "'Child Protection Plan End Date' stands twice" in refusal(
        comma_separated((*ANNEX_A, ANNEX_A[12]), [*ROW, "01/01/2019"])
    )


def test_another_list_is_refused_by_what_it_is() -> None:
    other = ("Child Unique ID", "Gender", "Date of Birth", "Date of Contact")
    assert "not List 7" in refusal(comma_separated(other, ["A1", "a) Male", "02/01/2010", "01/05/2018"]))
    assert "not List 7" in refusal(workbook(List_1=[other, ["A1"]], Notes=[["hello"]]))


def test_a_list_without_rows_says_so() -> None:
    for content in (comma_separated(ANNEX_A).encode(), workbook(List_7=[ANNEX_A])):
        found = read(content)
        assert (found.plans.height, found.children) == (0, 0)
        assert found.notes == (ANNEX_A_SCOPE, NO_PLANS)
        assert found.plans.schema == PLANS


def test_limits_hold_for_sheets() -> None:
    rows = [annex_a_row(f"A{number}") for number in range(5)]
    content = workbook(List_7=[ANNEX_A, *rows])
    assert "more than 4 rows" in refusal(content, limits=LIMITS.model_copy(update={"max_rows": 4}))
    assert read(content, limits=LIMITS.model_copy(update={"max_rows": 5})).plans.height == 5
    assert "more than 16 columns" in refusal(content, limits=LIMITS.model_copy(update={"max_columns": 16}))


ROWS = st.lists(
    st.builds(
        annex_a_row,
        st.sampled_from(["A1", "A2", "=1+1", "7"]),
        st.dates(day("2015-01-01"), day("2019-03-31")).map("{:%d/%m/%Y}".format),
        st.sampled_from(["", "01/02/2019", "never"]),
        st.sampled_from(["a) Neglect", "EMO", "odd", "NYNN"]),
        st.sampled_from(["0", "1", "x"]),
    ),
    max_size=6,
)
VALUES = [name for name in PLANS if name not in ("plan_id", "position")]


def values(*contents: str) -> list[tuple[str, ...]]:
    """The plans of some files without their places, in one order."""
    return sorted(tuple(map(str, row)) for content in contents for row in read(content).plans.select(VALUES).rows())


@settings(deadline=None, max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_shuffling_rows_and_columns_changes_no_plan(rows: list[list[object]], chance: random.Random) -> None:
    order = list(range(len(ANNEX_A)))
    chance.shuffle(order)
    shuffled = [[row[place] for place in order] for row in rows]
    chance.shuffle(shuffled)
    assert values(comma_separated(ANNEX_A, *rows)) == values(
        comma_separated([ANNEX_A[place] for place in order], *shuffled)
    )


@settings(deadline=None, max_examples=60)
@given(ROWS, st.integers(0, 6))
def test_splitting_and_doubling_a_list_changes_no_plan(rows: list[list[object]], at: int) -> None:
    whole = comma_separated(ANNEX_A, *rows)
    assert values(whole) == values(comma_separated(ANNEX_A, *rows[:at]), comma_separated(ANNEX_A, *rows[at:]))
    assert values(comma_separated(ANNEX_A, *rows, *rows)) == values(whole, whole)


@settings(deadline=None, max_examples=20)
@given(ROWS)
def test_a_workbook_and_a_csv_of_the_same_rows_read_the_same(rows: list[list[object]]) -> None:
    rows = [[str(cell).replace("=1+1", "B") for cell in row] for row in rows]
    sheet = read(workbook(List_7=[ANNEX_A, *rows]))
    text = read(comma_separated(ANNEX_A, *rows))
    assert sheet.plans.equals(text.plans)
    assert sheet.unreadable.equals(text.unreadable)
