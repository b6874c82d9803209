"""Checks of plan records: each by a row that breaks it and one that just does not, then the whole by properties."""

import random
from collections import Counter
from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import ConfigError
from explorer.schema import FINDINGS, PLANS
from explorer.sources.checks import load_checks, run_checks, split_by_severity
from explorer.sources.checks.rules import NUMBERS
from tests.fixtures import ROOT
from tests.plan_rows import ROWS, Row, dated, row, table

CONFIG = ROOT / "config"
SETTINGS = load_checks(CONFIG)
REFERENCE = date(2022, 3, 31)
WHOLE_FILE = {"100", "all-previous-plans", "starts-on-reviews"}  # these weigh the file, so a part may differ
D = date
unhurried = settings(max_examples=60, deadline=None)  # the first run of a query is slow, and a busy machine slower


def check(
    rows: list[Row], reference: date | None = REFERENCE, year: int | None = 2022, **more: tuple[str, ...]
) -> pl.DataFrame:
    return run_checks(table(rows), reference, year, SETTINGS, **more)


def found(rows: list[Row], rule: str, reference: date | None = REFERENCE, year: int | None = 2022) -> list[str]:
    """The positions at which a rule is broken."""
    return check(rows, reference, year).filter(rule=rule)["position"].to_list()


# rule: (rows with one fault, where it is told; the nearest rows without)
CASES: dict[str, tuple[list[Row], list[str], list[Row]]] = {
    "8500": ([row(child_id=" ")], ["row 1"], [row(child_id="1")]),
    "8720": (
        [row(start_date=None), row(child_id="B", start_date=D(2022, 4, 1), end_date=None)],
        ["row 1", "row 2"],
        [row(start_date=D(2022, 3, 31), end_date=None)],
    ),
    "8730": ([row(previous_plans=None), row(child_id="B", previous_plans=-1)], ["row 1", "row 2"], [row()]),
    "8840": (
        [row(end_date=D(2021, 5, 10))],
        ["row 1"],
        [row(end_date=D(2021, 5, 11)), row(child_id="B", end_date=None)],
    ),
    "8925": ([row(end_date=D(2021, 5, 9))], ["row 1"], [row(end_date=D(2021, 5, 10))]),
    "8930": (
        [dated("A", "2020-05-01", "2021-03-31"), dated("B", "2020-05-01", "2022-04-01")],
        ["row 1", "row 2"],
        [dated("A", "2020-05-01", "2021-04-01"), dated("B", "2020-05-01", "2022-03-31"), dated("C", "2020-05-01")],
    ),
    "8935": (
        [dated("A", "2021-05-01"), dated("A", "2021-06-01")],
        ["row 2"],
        [dated("A", "2021-05-01", "2021-05-31"), dated("A", "2021-06-01"), dated("B", "2021-06-01")],
    ),
    "8940": (
        [dated("A", "2021-06-30", "2021-09-01"), dated("A", "2021-05-01", "2021-06-30")],
        ["row 1"],
        [dated("A", "2021-07-01", "2021-09-01"), dated("A", "2021-05-01", "2021-06-30"), dated("B", "2021-06-01")],
    ),
    "8905": (
        [row(initial_category="XXX"), row(child_id="B", initial_category=None)],
        ["row 1", "row 2"],
        [row(child_id=code, initial_category=code) for code in ("NEG", "PHY", "SAB", "EMO", "MUL")],
    ),
    "8910": ([row(latest_category="neg"), row(child_id="B", latest_category=None)], ["row 1", "row 2"], [row()]),
    "8841": (
        [row(review_dates=[D(2021, 9, 1), D(2021, 5, 10)])],
        ["row 1"],
        [
            row(review_dates=[D(2021, 5, 11), None]),
            row(child_id="B", review_dates=[]),
            row(child_id="C", review_dates=None),
        ],
    ),
    "8842Q": ([row(review_dates=[D(2021, 8, 5), None])], ["row 1"], [row(), row(child_id="B", review_dates=[])]),
    "8915": ([row(death_date=D(2021, 5, 9))], ["row 1"], [row(death_date=D(2021, 5, 10))]),
    "8920": ([row(death_date=D(2021, 11, 1))], ["row 1"], [row(death_date=D(2021, 11, 2))]),
    "1105": ([row(referral_date=D(2021, 5, 11))], ["row 1"], [row(referral_date=D(2021, 5, 10))]),
    "8525Q": (
        [row(expected_birth_date=D(2015, 2, 1)), row(child_id="B", birth_date=None)],
        ["row 1", "row 2"],
        [row(), row(child_id="B", birth_date=None, expected_birth_date=D(2022, 2, 1))],
    ),
    "1520": (
        [row(upn="U1"), row(child_id="B", upn="U1"), row(child_id="C", upn="U2")],
        ["row 1", "row 2"],
        [
            dated("A", "2021-05-01", "2021-06-01", upn="U1"),
            dated("A", "2021-07-01", upn="U1"),
            row(child_id="B", upn=" "),
            row(child_id="C", upn=" "),
        ],
    ),
    "duplicate-row": ([row(), row()], ["row 2"], [row(), row(family_id="F")]),
    "no-previous-plan": (
        [dated("A", "2021-07-01", previous_plans=0), dated("A", "2021-05-01", "2021-06-01", previous_plans=0)],
        ["row 1"],
        [dated("A", "2021-07-01", previous_plans=1), dated("A", "2021-05-01", "2021-06-01", previous_plans=0)],
    ),
    "all-previous-plans": (
        [row(child_id=child, previous_plans=1) for child in "ABC"],
        ["the whole file"],
        [row(child_id="A", previous_plans=0), *(row(child_id=child, previous_plans=1) for child in "BC")],
    ),
    "starts-on-reviews": (
        [
            plan
            for child in "ABC"
            for plan in (
                dated(child, "2021-05-01", "2021-08-01", review_dates=[D(2021, 8, 5)]),
                dated(child, "2021-08-05", previous_plans=1),
            )
        ],
        ["row 2", "row 4", "row 6"],
        [
            plan
            for child, start in (("A", "2021-08-05"), ("B", "2021-08-05"), ("C", "2021-08-06"))
            for plan in (
                dated(child, "2021-05-01", "2021-08-01", review_dates=[D(2021, 8, 5)]),
                dated(child, start, previous_plans=1),
            )
        ],
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_check_finds_the_row_that_breaks_it_and_leaves_the_nearest_that_does_not(rule: str) -> None:
    wrong, places, right = CASES[rule]
    assert found(wrong, rule) == places
    assert found(right, rule) == []


def test_every_check_has_a_case() -> None:
    assert CASES.keys() | {"100"} == set(NUMBERS) == SETTINGS.rules.keys()


@pytest.mark.parametrize(
    ("reference", "year", "told"),
    [(REFERENCE, 2022, 0), (D(2021, 3, 31), 2022, 1), (None, 2022, 1), (REFERENCE, None, 0), (None, None, 0)],
)
def test_the_year_and_the_reference_date_have_to_agree(reference: date | None, year: int | None, told: int) -> None:
    assert len(found([row()], "100", reference, year)) == told


def test_a_sound_plan_has_no_findings() -> None:
    table_of_nothing = check([row()])
    assert table_of_nothing.is_empty()
    assert table_of_nothing.schema == FINDINGS


def test_a_file_without_plans_has_no_findings() -> None:
    assert check([]).is_empty()


def test_a_row_of_nothing_breaks_what_must_be_there() -> None:
    empty: Row = dict.fromkeys(PLANS)
    told = set(check([empty, empty])["rule"])
    assert told == {"8500", "8720", "8730", "8905", "8910", "8525Q"}


def test_without_a_reference_date_only_a_missing_start_is_told() -> None:
    rows = [row(start_date=D(2030, 1, 1), end_date=None, review_dates=[]), row(child_id="B", start_date=None)]
    assert found(rows, "8720", None, None) == ["row 2"]


def test_without_a_year_no_end_is_outside_it() -> None:
    assert found([dated("A", "2010-05-01", "2011-03-31")], "8930", REFERENCE, None) == []


def test_a_rule_on_a_column_that_the_file_has_not_is_not_run() -> None:
    rows = [row(birth_date=None, latest_category=None)]
    held = tuple(column for column in PLANS if column not in ("birth_date", "latest_category"))
    assert set(check(rows)["rule"]) == {"8525Q", "8910"}
    assert check(rows, columns=held).is_empty()


def test_a_finding_says_what_was_found_and_what_was_expected() -> None:
    rows = [dated("A", "2021-05-01", "2021-06-30"), dated("A", "2021-06-30", "2022-05-01", previous_plans=1)]
    told = {finding.pop("rule"): finding for finding in check(rows).to_dicts()}
    assert told == {
        "8930": {
            "severity": "error",
            "child_id": "A",
            "position": "row 2",
            "value": "2022-05-01",
            "expected": "a date from 1 April 2021 to 31 March 2022",
        },
        "8940": {
            "severity": "error",
            "child_id": "A",
            "position": "row 2",
            "value": "2021-06-30 to 2022-05-01, overlaps the plan at row 1",
            "expected": "a start after the end of the child's earlier plan",
        },
    }


def test_an_overlap_names_the_plan_that_ran_longest() -> None:
    rows = [dated("A", "2021-05-01", "2021-12-01"), dated("A", "2021-06-01", "2021-07-01"), dated("A", "2021-08-01")]
    values = check(rows).filter(rule="8940")["value"].to_list()
    assert [value.rsplit(" at ", 1)[1] for value in values] == ["row 1", "row 1"]


def test_every_value_and_expectation_is_text() -> None:
    told = pl.concat([check(wrong) for wrong, _, _ in CASES.values()])
    assert (
        told.select(pl.col("rule", "severity", "position", "value", "expected").is_null().any()).row(0) == (False,) * 5
    )
    assert not told["expected"].str.contains(r"[{}]").any()


def test_an_error_leaves_its_row_out_and_a_query_keeps_it() -> None:
    plans = table(
        [row(), row(child_id="B", birth_date=None), row(child_id="C", end_date=D(2021, 5, 1), birth_date=None)]
    )
    split = split_by_severity(plans, run_checks(plans, REFERENCE, 2022, SETTINGS))
    assert split.kept["child_id"].to_list() == ["A", "B"]
    assert split.left_out["child_id"].to_list() == ["C"]
    assert split.queried == 1
    assert split.kept.schema == PLANS


def test_a_fault_of_the_file_leaves_no_row_out() -> None:
    plans = table([row()])
    findings = run_checks(plans, D(2021, 3, 31), 2022, SETTINGS)
    assert "100" in findings["rule"]
    assert split_by_severity(plans, findings.filter(rule="100")).kept.equals(plans)


# --- properties -------------------------------------------------------------------------------------------------


def told(plans: pl.DataFrame) -> Counter[tuple[object, ...]]:
    """The findings without those that weigh the whole file, in any order."""
    findings = run_checks(plans, REFERENCE, 2022, SETTINGS)
    return Counter(findings.filter(~pl.col("rule").is_in(WHOLE_FILE)).rows())


def kept(plans: pl.DataFrame) -> Counter[str]:
    """What is left of the plans, whatever the rows are called."""
    split = split_by_severity(plans, run_checks(plans, REFERENCE, 2022, SETTINGS))
    return Counter(str(entry) for entry in split.kept.drop("plan_id", "position").rows())


@unhurried
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(rows: list[Row], rng: random.Random) -> None:
    plans = table(rows)
    order = rng.sample(range(len(rows)), len(rows))
    shuffled = plans[order]
    assert kept(shuffled) == kept(plans)
    rules = ["rule", "child_id"]
    before, after = (run_checks(frame, REFERENCE, 2022, SETTINGS).select(rules) for frame in (plans, shuffled))
    assert Counter(before.rows()) == Counter(after.rows())


def test_between_plans_with_the_same_dates_the_order_of_the_file_decides_nothing() -> None:
    """A copy is found though another row stands between, and the row that is kept is always the same."""
    rows = [row(family_id="F1"), row(family_id="F2", review_dates=[]), row(family_id="F1"), row(family_id="F3")]
    results = []
    for order in permutations(rows):
        plans = table(order)
        findings = run_checks(plans, REFERENCE, 2022, SETTINGS)
        results.append((kept(plans), sorted(findings["rule"])))
    assert results == [results[0]] * len(results)
    assert results[0][1] == ["8940", "8940", "duplicate-row"]
    assert results[0][0].total() == 1


@unhurried
@given(ROWS)
def test_a_file_cut_by_child_has_the_findings_of_its_parts(rows: list[Row]) -> None:
    plans = table([{**entry, "upn": None} for entry in rows])  # a shared number is the one tie between children
    first = pl.col("child_id").is_in(["A", "B"]).fill_null(value=False)
    assert told(plans) == told(plans.filter(first)) + told(plans.filter(~first))


@unhurried
@given(ROWS)
def test_a_file_twice_in_one_leaves_the_same_plans(rows: list[Row]) -> None:
    known = [entry for entry in rows if entry["child_id"] is not None]
    assert kept(table([*known, *known])) == kept(table(known))


@unhurried
@given(ROWS)
def test_every_overlap_is_found_and_nothing_else(rows: list[Row]) -> None:
    """Against all pairs of plans, where no two plans of a child start on one day (then the row decides)."""
    unlike = list({(entry["child_id"], entry["start_date"]): entry for entry in rows}.values())
    expected = []
    for number, entry in enumerate(unlike, 1):
        start, child = entry["start_date"], entry["child_id"]
        for other in unlike:
            begun, ended = other["start_date"], other["end_date"]
            if child is None or child != other["child_id"] or not isinstance(start, date):
                continue
            if isinstance(begun, date) and begun < start and (not isinstance(ended, date) or start <= ended):
                expected.append(f"row {number}")
                break
    assert found(unlike, "8940") == expected


@unhurried
@given(ROWS)
def test_after_the_checks_no_child_has_two_open_or_overlapping_plans(rows: list[Row]) -> None:
    plans = table(rows)
    left = split_by_severity(plans, run_checks(plans, REFERENCE, 2022, SETTINGS)).kept
    again = run_checks(left, REFERENCE, 2022, SETTINGS)
    assert again.filter(pl.col("severity") == "error").is_empty()


# --- checks.yaml ------------------------------------------------------------------------------------------------


def faults(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "checks.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as problem:
        load_checks(folder)
    return problem.value.faults


SHIPPED = (CONFIG / "checks.yaml").read_text(encoding="utf-8")


def test_a_check_without_words_is_told(tmp_path: Path) -> None:
    content = yaml.safe_load(SHIPPED)
    del content["rules"]["8720"]
    assert any("the check '8720' has no words" in fault for fault in faults(tmp_path, yaml.safe_dump(content)))


def test_words_for_a_check_that_there_is_not_are_told(tmp_path: Path) -> None:
    content = yaml.safe_load(SHIPPED)
    content["rules"]["101"] = dict(content["rules"]["100"])
    (told,) = faults(tmp_path, yaml.safe_dump(content))
    assert "there is no check '101'; allowed: 100," in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: query", "severity: hint", "allowed: 'error' or 'query'"),
        ("{reference_date}", "{today}", "uses {today}; allowed: reference_date, year_start, year_end"),
        ("{reference_date}", "{reference_date", "has a stray brace"),
        ("value: 0.05", "value: 0", "thresholds.bunched_share.value"),
        ("    label: One birth date", "    name: One birth date", "unknown key"),
    ],
)
def test_a_fault_in_the_words_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    start, *rest = SHIPPED.partition("rules:\n")
    told = faults(tmp_path, start + "".join(rest).replace(old, new, 1))
    assert any(said in fault and fault.startswith("checks.yaml line ") for fault in told)
