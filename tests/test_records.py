"""Plan records from a file to figures: what is covered, what is counted, and what may be said of the faults."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from explorer.config import Config, load_config
from explorer.errors import DataError
from explorer.plan_indicators import COUNTS, PERCENTAGES, PLAN_INDICATORS, PeriodKind, plan_indicators
from explorer.records import (
    Asked,
    Checked,
    RecordRules,
    Records,
    all_figures,
    check_plans,
    faults_of,
    load_record_rules,
    safe_records,
)
from explorer.records.figures import of_period
from explorer.records.shipped import joined, load_standing
from explorer.schema import PLANS
from explorer.sources.plan_file import ANNUAL, DATED_HISTORY, NO_PLANS, Kind, PlanFile
from tests.fixtures import BROKEN, TRAFFORD, Project, copied_project, faults, shipped_world
from tests.plan_rows import EITHER, Row, dated, table
from tests.plan_samples import ANNEX_A, SSD, annex_a_row, census, child, comma_separated, plan, read, ssd_row

D = date
RULES = shipped_world().rules
BY_MONTH: tuple[PeriodKind, ...] = ("month", "year_to_date", "rolling_12m")
PLAIN = ("child_id", "start_date", "end_date", "previous_plans", "initial_category", "latest_category")
Line = tuple[str, str, str, int]  # child, start, end, previous plans
FEW = settings(max_examples=25, deadline=None)


def plain(*lines: Line, name: str = "plans.csv") -> PlanFile:
    """A plain file as somebody would send it."""
    return read(comma_separated(PLAIN, *((*line, "NEG", "EMO") for line in lines)), name)


def of_rows(rows: list[Row], kind: Kind = "plain") -> PlanFile:
    """A file that holds every column, from rows of plans."""
    plans, nothing = table(rows), pl.DataFrame(schema=read("child_id,start_date,end_date\n").unreadable.schema)
    whole = frozenset({ANNUAL, DATED_HISTORY})
    return PlanFile("plans", kind, plans, nothing, 1, None, None, (), whole, frozenset(PLANS))


def checked(file: PlanFile) -> Checked:
    return check_plans(file, RULES)


def value(figures: pl.DataFrame, indicator: str, end: date, kind: PeriodKind) -> tuple[object, object]:
    found = figures.filter(indicator=indicator, period_end=end, period_kind=kind)
    return found.select("value", "status").row(0)


# --- What a file covers


def test_a_census_return_covers_its_reporting_year() -> None:
    found = checked(read(census(child("A1", plan("2017-05-01", "2018-05-01")), child("A2", plan("2018-12-01")))))
    assert (found.scope.first_day, found.scope.last_day) == (D(2018, 4, 1), D(2019, 3, 31))
    assert (found.first, found.last) == (D(2018, 4, 1), D(2019, 3, 31))
    assert found.findings.filter(severity="error").is_empty()
    years = all_figures(found, RULES).filter(period_kind="year")
    assert years["period_end"].unique().to_list() == [D(2019, 3, 31)]
    assert value(years, "plans_open", D(2019, 3, 31), "year") == (1.0, "published")
    assert value(years, "plans_ended", D(2019, 3, 31), "year") == (1.0, "published")
    assert value(years, "plans_started_repeat_within_2y", D(2019, 3, 31), "year") == (None, "refused")


def test_a_census_return_without_plans_says_so_and_has_no_share_of_nothing() -> None:
    found = checked(read(census(child("A1", ""))))
    assert any(NO_PLANS in note for note in found.file.notes)
    assert all_figures(found, RULES).is_empty()
    asked = all_figures(found, RULES, Asked(D(2019, 3, 31), "year"))
    shares = asked.filter(pl.col("indicator").is_in(list(PERCENTAGES)))
    assert set(shares["status"]) == {"not_applicable", "refused"}
    assert shares["value"].null_count() == shares.height


def test_annex_a_covers_six_months_and_no_year() -> None:
    rows = [annex_a_row("A1", "01/05/2018", "30/09/2018"), annex_a_row("A2", "01/03/2017")]
    found = checked(read(comma_separated(ANNEX_A, *rows)))
    assert (found.first, found.last) == (D(2018, 3, 31), D(2018, 9, 30))
    assert found.scope.last_day is None
    figures = all_figures(found, RULES)
    assert value(figures, "plans_open", D(2018, 3, 31), "month") == (1.0, "published")
    assert value(figures, "plans_started", D(2018, 5, 31), "month") == (1.0, "published")
    assert value(figures, "plans_started", D(2018, 3, 31), "month") == (None, "refused")  # begins before it
    flows = figures.filter(pl.col("period_kind") != "month", ~pl.col("indicator").str.contains("open"))
    assert flows["status"].unique().to_list() == ["refused"]


def test_the_standard_dataset_is_complete_from_its_first_end() -> None:
    lines = [
        ssd_row("P1", "A1", "2015-05-01", "2017-02-01"),
        ssd_row("P2", "A2", "2018-06-01", "2019-01-15"),
        ssd_row("P3", "A1", "2018-01-01"),
    ]
    found = checked(read(comma_separated(SSD, *lines)))
    assert (found.scope.first_day, found.scope.last_day) == (None, None)
    assert (found.first, found.last) == (D(2017, 2, 1), D(2019, 1, 15))
    ends = all_figures(found, RULES).filter(period_kind="year")["period_end"].unique().sort().to_list()
    assert ends == [D(2017, 3, 31), D(2018, 3, 31)]
    figures = all_figures(found, RULES)
    assert value(figures, "plans_started", D(2017, 3, 31), "year") == (None, "refused")
    assert value(figures, "plans_open", D(2017, 3, 31), "year")[1] == "published"
    assert value(figures, "plans_started", D(2018, 3, 31), "year") == (1.0, "published")


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        ([("A", "2015-01-01", "2016-03-31", 0)], D(2016, 3, 31), D(2016, 3, 31)),
        ([("A", "2015-01-01", "2016-04-01", 0)], D(2016, 4, 1), D(2016, 4, 1)),
        ([("A", "2015-05-01", "", 0)], D(2015, 5, 1), D(2015, 5, 1)),  # nothing ended: from the first start
        # no older than the configured ten years
        ([("A", "2000-01-01", "2001-01-01", 0), ("B", "2021-05-01", "", 0)], D(2011, 4, 1), D(2021, 5, 1)),
        ([("A", "2000-01-01", "2001-01-01", 0), ("B", "2021-03-31", "", 0)], D(2010, 4, 1), D(2021, 3, 31)),
    ],
)
def test_a_plain_file_is_complete_from_its_first_end(lines: list[Line], first: date, last: date) -> None:
    found = checked(plain(*lines))
    assert (found.first, found.last) == (first, last)


def test_a_file_without_rows_has_no_days_and_no_figures() -> None:
    found = checked(plain())
    assert (found.first, found.last, found.findings.height) == (None, None, 0)
    figures = all_figures(found, RULES)
    assert figures.schema == PLAN_INDICATORS
    assert figures.is_empty()
    records = safe_records(found, RULES, "ours", "upload", TRAFFORD)
    assert records.figures.is_empty()
    assert records.rows == "fewer than a hundred plans"


def test_a_file_without_dates_has_an_error_a_row_and_no_figures() -> None:
    found = checked(plain(("A", "", "", 0), ("B", "soon", "", 0)))
    assert (found.first, found.last) == (None, None)
    assert (found.split.kept.height, found.split.left_out.height) == (0, 2)
    assert set(found.findings["rule"]) == {"8720", "unreadable"}
    assert all_figures(found, RULES).is_empty()


def test_rows_with_errors_cover_nothing() -> None:
    found = checked(plain(("A", "2021-05-01", "2021-04-01", 0), ("B", "2020-05-01", "2020-05-01", 0)))
    assert (found.first, found.last, found.split.left_out.height) == (None, None, 2)
    asked = Asked(D(2021, 3, 31), "year")
    block = all_figures(found, RULES, asked)
    assert block["indicator"].to_list() == [*COUNTS, *PERCENTAGES]  # what is asked for is answered, with noughts
    assert block.filter(pl.col("indicator").is_in(COUNTS))["value"].unique().to_list() == [0.0]


def test_a_row_with_an_error_does_not_lengthen_what_is_covered() -> None:
    sound = ("A", "2020-05-01", "2020-12-01", 0)
    assert checked(plain(sound, ("B", "2025-01-01", "2024-01-01", 0))).last == checked(plain(sound)).last


# --- Every figure at once


def _one_by_one(found: Checked, figures: pl.DataFrame) -> pl.DataFrame:
    assert found.first is not None
    scope = replace(found.scope, first_day=found.first)
    periods = figures.select("period_end", "period_kind").unique(maintain_order=True).rows()
    plans = found.split.kept
    blocks = [plan_indicators(plans, end, kind, RULES.plans, RULES.benchmarks, scope) for end, kind in periods]
    return pl.concat(blocks)


@given(rows=EITHER)
@FEW
def test_every_figure_is_that_of_its_own_date_and_kind(rows: list[Row]) -> None:
    found = checked(of_rows(rows))
    figures = all_figures(found, RULES)
    assert figures.schema == PLAN_INDICATORS
    assert not figures.select("indicator", "period_end", "period_kind").is_duplicated().any()
    if found.first is None or figures.is_empty():
        return
    # every month end would take long: the ends of years and a few between them
    chosen = pl.col("period_end").dt.month().is_in([3, 2, 9])
    some = figures.filter(chosen)
    if some.height:
        assert_frame_equal(some, _one_by_one(found, some))


@given(rows=EITHER, as_at=st.dates(D(2019, 6, 1), D(2022, 6, 1)), kind=st.sampled_from([*BY_MONTH, "year"]))
@FEW
def test_a_period_that_is_asked_for_is_among_them_and_nothing_else_moves(
    rows: list[Row], as_at: date, kind: PeriodKind
) -> None:
    found, asked = checked(of_rows(rows)), Asked(as_at, kind)
    without, among = all_figures(found, RULES), all_figures(found, RULES, asked)
    alone = plan_indicators(found.split.kept, as_at, kind, RULES.plans, RULES.benchmarks, found.scope)
    assert_frame_equal(among.filter(of_period(asked)), alone)
    assert_frame_equal(among.filter(~of_period(asked)), without.filter(~of_period(asked)))
    assert not among.select("indicator", "period_end", "period_kind").is_duplicated().any()


LINES: tuple[Line, ...] = (
    ("A", "2020-05-01", "2020-12-01", 0),
    ("A", "2021-02-01", "2021-06-10", 1),
    ("B", "2018-06-01", "2021-03-31", 0),
    ("C", "2021-06-01", "", 0),
)


def test_a_month_that_is_not_over_is_counted_to_the_day() -> None:
    figures = all_figures(checked(plain(*LINES)), RULES, Asked(D(2021, 6, 9), "month"))
    assert value(figures, "plans_started", D(2021, 6, 9), "month") == (1.0, "published")
    assert value(figures, "plans_ended", D(2021, 6, 9), "month") == (0.0, "published")
    assert value(figures, "plans_open", D(2021, 6, 9), "month") == (2.0, "published")


def test_a_year_that_is_asked_for_by_any_day_ends_on_31_march() -> None:
    asked = Asked(D(2021, 10, 5), "year")
    assert asked.end == D(2021, 3, 31)
    figures = all_figures(checked(plain(*LINES)), RULES, asked)
    assert figures.filter(of_period(asked))["indicator"].to_list() == [*COUNTS, *PERCENTAGES]
    assert value(figures, "plans_started", asked.end, "year") == (2.0, "published")
    assert value(figures, "plans_started_repeat", asked.end, "year") == (1.0, "published")
    assert value(figures, "plans_started_repeat_within_2y", asked.end, "year") == (1.0, "published")
    assert value(figures, "plans_ended_2y_plus", asked.end, "year") == (1.0, "published")


def test_a_figure_that_needs_earlier_plans_than_the_file_has_is_refused() -> None:
    found = checked(plain(*LINES))
    assert found.first == D(2020, 12, 1)
    figures = all_figures(found, RULES)
    assert value(figures, "plans_started", D(2021, 3, 31), "rolling_12m") == (None, "refused")
    assert value(figures, "plans_open", D(2021, 3, 31), "rolling_12m") == (1.0, "published")
    told = check_plans(found.file, RULES, D(2020, 4, 1))
    figures = all_figures(told, RULES)
    assert value(figures, "plans_started", D(2021, 3, 31), "rolling_12m") == (2.0, "published")
    assert value(figures, "repeat_within_2y_percent", D(2021, 3, 31), "year") == (None, "refused")


def test_what_a_census_return_cannot_answer_is_refused_when_it_is_asked_for() -> None:
    found = checked(read(census(child("A1", plan("2018-05-01")))))
    figures = all_figures(found, RULES, Asked(D(2018, 3, 31), "year"))
    assert figures.filter(period_end=D(2018, 3, 31))["status"].unique().to_list() == ["refused"]


# --- Faults and sizes


SECRET = ("Zq-SECRET-1", "Zq-SECRET-2")
FAULTY: tuple[Line, ...] = (
    (SECRET[0], "2021-05-01", "2021-04-01", 0),
    (SECRET[0], "1066-02-03", "", 0),
    (SECRET[1], "2020-05-01", "2020-11-01", 0),
    (SECRET[1], "2020-05-01", "2020-11-01", 0),
    (SECRET[1], "2021-02-17", "", 0),
)


@pytest.mark.parametrize(
    "file",
    [
        plain(*FAULTY),
        joined([plain(*FAULTY[:2], name="one"), plain(*FAULTY[2:], name="two")]),
        of_rows([dated(SECRET[0], "2021-05-01", upn="Zq-U"), dated(SECRET[1], "2021-06-17", upn="Zq-U")]),
        read(census(child(SECRET[0], plan("2018-05-01", category="Zq-CAT"), plan("2018-07-17", previous="Zq")))),
    ],
)
def test_faults_name_no_child_and_no_value(file: PlanFile) -> None:
    found = checked(file)
    seen = faults_of(found, RULES)
    assert seen.by_rule["findings"].sum() == found.findings.height > 0
    assert seen.by_rule.columns == ["rule", "severity", "label", "findings"]
    assert seen.by_rule["label"].null_count() == 0
    assert seen.by_rule["findings"].sum() == found.findings.height
    assert seen.by_rule["severity"].is_sorted()
    for text in (seen.sentence, seen.outline, seen.by_rule.write_csv()):
        assert "Zq" not in text
        for told in ("2021-05-01", "1066", "2021-06-17", "2018-07-17", "2021-02-17"):
            assert told not in text
    assert not BROKEN.search(seen.sentence)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (FAULTY[2:3], "No fault was found."),
        (
            FAULTY[2:4],
            "1 row has an error and was left out of every figure; 0 rows have a query and were kept.",
        ),
        (
            FAULTY,
            "3 rows have an error and were left out of every figure; 1 row has a query and was kept.",
        ),
    ],
)
def test_the_faults_in_one_sentence(lines: tuple[Line, ...], sentence: str) -> None:
    assert faults_of(checked(plain(*lines)), RULES).sentence == sentence


def _of_height(height: int) -> Records:
    found = checked(plain())
    plans = table([dated("A", "2021-05-01")] * height)
    return Records("ours", "upload", TRAFFORD, replace(found, file=replace(found.file, plans=plans)), plans, plans, "v")


@pytest.mark.parametrize(
    ("height", "words"),
    [
        (0, "fewer than a hundred plans"),
        (99, "fewer than a hundred plans"),
        (100, "hundreds of plans"),
        (999, "hundreds of plans"),
        (2688, "thousands of plans"),
    ],
)
def test_the_number_of_rows_is_said_coarsely(height: int, words: str) -> None:
    assert _of_height(height).rows == words


def test_the_version_depends_on_the_figures_alone() -> None:
    found = safe_records(checked(plain(*LINES)), RULES, "ours", "upload", TRAFFORD)
    again = safe_records(checked(plain(*reversed(LINES), name="other")), RULES, "theirs", "sample", "201")
    assert_frame_equal(found.figures, again.figures)
    assert found.version == again.version
    assert len(found.version) == 8
    other = safe_records(checked(plain(*LINES[:2])), RULES, "ours", "upload", TRAFFORD)
    assert other.version != found.version


def test_records_are_invented_only_where_every_row_says_so() -> None:
    heading = ("note", *PLAIN)
    row = ("A", "2020-05-01", "2020-12-01", 0, "NEG", "EMO")
    for notes, invented in ((["invented", "Invented"], True), (["invented", ""], False)):
        file = read(comma_separated(heading, *((note, *row) for note in notes)))
        assert safe_records(checked(file), RULES, "ours", "upload", TRAFFORD).invented == invented


# --- Files of a folder


FIRST_YEAR = census(
    child("A1", plan("2017-06-01", "2018-02-01")), child("A2", plan("2017-10-01")), year="2018", reference="2018-03-31"
)
SECOND_YEAR = census(
    child("A2", plan("2017-10-01", "2018-09-15")), child("A3", plan("2018-12-01")), year="2019", reference="2019-03-31"
)
THIRD_YEAR = census(child("A3", plan("2018-12-01", "2019-07-01")), year="2020", reference="2020-03-31")


def test_a_plan_in_two_returns_counts_once_and_with_its_end() -> None:
    both = [read(FIRST_YEAR, "b.xml"), read(SECOND_YEAR, "a.xml")]
    file = joined(both)
    assert file.plans.select("child_id", "end_date").sort("child_id").rows() == [
        ("A1", D(2018, 2, 1)),
        ("A2", D(2018, 9, 15)),
        ("A3", None),
    ]
    found = checked(file)
    assert found.findings.filter(severity="error").is_empty()
    figures = all_figures(found, RULES)
    assert value(figures, "plans_open", D(2018, 3, 31), "year") == (1.0, "published")
    assert value(figures, "plans_open", D(2019, 3, 31), "year") == (1.0, "published")
    assert value(figures, "plans_started", D(2018, 3, 31), "year") == (2.0, "published")
    assert value(figures, "plans_ended", D(2019, 3, 31), "year") == (1.0, "published")
    assert_frame_equal(joined(both[::-1]).plans, file.plans)


def test_the_years_of_several_returns_are_covered_whole() -> None:
    """Though nothing happened from 1 December 2018 to 31 March 2019, that year can be given."""
    found = checked(joined([read(FIRST_YEAR), read(SECOND_YEAR)]))
    assert (found.first, found.last) == (D(2017, 4, 1), D(2019, 3, 31))
    ends = all_figures(found, RULES).filter(period_kind="year")["period_end"].unique().sort().to_list()
    assert ends == [D(2018, 3, 31), D(2019, 3, 31)]
    after = all_figures(found, RULES, Asked(D(2020, 3, 31), "year")).filter(period_end=D(2020, 3, 31))
    assert after["status"].unique().to_list() == ["refused"]


def test_the_figures_of_each_year_are_those_of_its_own_return() -> None:
    figures = all_figures(checked(joined([read(FIRST_YEAR), read(SECOND_YEAR), read(THIRD_YEAR)])), RULES)
    for content, end in ((FIRST_YEAR, D(2018, 3, 31)), (SECOND_YEAR, D(2019, 3, 31)), (THIRD_YEAR, D(2020, 3, 31))):
        year = pl.col("period_end") == end, pl.col("period_kind") == "year"
        assert_frame_equal(figures.filter(year), all_figures(checked(read(content)), RULES).filter(year))


def test_positions_of_joined_files_say_in_which_file_a_row_stands() -> None:
    file = joined([read(FIRST_YEAR, "b.xml"), read(SECOND_YEAR, "a.xml")])
    assert all(position.startswith(("a.xml, ", "b.xml, ")) for position in file.plans["position"])
    assert not file.plans["plan_id"].is_duplicated().any()


def test_a_return_without_plans_beside_one_with_plans() -> None:
    none = census(child("A9", ""), year="2020", reference="2020-03-31")
    file = joined([read(SECOND_YEAR), read(none)])
    assert not any(NO_PLANS in note for note in file.notes)
    figures = all_figures(checked(file), RULES)
    assert value(figures, "plans_started", D(2020, 3, 31), "year") == (0.0, "published")
    assert any(NO_PLANS in note for note in joined([read(none), replace(read(none), name="again")]).notes)


def test_a_start_after_the_last_return_is_an_error() -> None:
    late = census(child("A4", plan("2020-05-01")), year="2020", reference="2020-03-31")
    found = checked(joined([read(SECOND_YEAR), read(late)]))
    assert found.findings.filter(severity="error").select("rule", "child_id").rows() == [("8720", "A4")]


def test_earlier_plans_are_counted_over_all_files_where_no_file_says_them() -> None:
    heading = PLAIN[:3]
    one = read(comma_separated(heading, ("A", "2020-05-01", "2020-09-01"), ("B", "2020-06-01", "")), "1.csv")
    other = read(comma_separated(heading, ("A", "2021-05-01", ""), ("C", "2021-06-01", "")), "2.csv")
    plans = joined([one, other]).plans
    assert plans.select("child_id", "previous_plans").rows() == [("A", 0), ("B", 0), ("A", 1), ("C", 0)]
    assert plans.schema == one.plans.schema


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ((FIRST_YEAR, comma_separated(PLAIN)), "The files are of different kinds (cin_census, plain); load files of"),
        ((FIRST_YEAR, THIRD_YEAR), "The returns are of 2018 to 2020, and 2019 is missing; add what is missing"),
    ],
)
def test_files_that_do_not_go_together_are_refused(files: tuple[str, ...], sentence: str) -> None:
    (told,) = faults(lambda: joined([read(content) for content in files]), DataError)
    assert told.startswith(sentence)


def test_files_of_two_authorities_are_refused() -> None:
    one, other = (
        replace(read(content), authority=code) for content, code in ((FIRST_YEAR, "358"), (SECOND_YEAR, "201"))
    )
    (told,) = faults(lambda: joined([one, other]), DataError)
    assert told == "The files are of different authorities (201, 358); load those of one authority together."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the project whose own plan records lie in a folder."""
    copied = copied_project(tmp_path)
    entry = """
own_records:
  label: Our plan records
  kind: plan_records
  area: "358"
  path: standing
  unit: one row a plan
  publisher: Trafford Council
  licence: Not for publication
  description: Monthly extract of child protection plans.
  reference: Case management system
"""
    copied.write("config/sources.yaml", copied.text("config/sources.yaml") + entry)
    (tmp_path / "standing").mkdir()
    return copied


def standing(project: Project) -> Records | None:
    config, rules = _settings(project.config)
    return load_standing(config, rules)


@lru_cache(maxsize=1)
def _settings(folder: Path) -> tuple[Config, RecordRules]:
    config = load_config(folder)
    return config, load_record_rules(folder, config)


def test_a_folder_of_returns_is_read_as_one(project: Project) -> None:
    project.write("standing/2018.xml", FIRST_YEAR)
    project.write("standing/2019.xml", SECOND_YEAR)
    project.write("standing/.hidden.xml", THIRD_YEAR)
    project.write("standing/.DS_Store", b"\x00\x01")
    (project.folder / "standing" / "archive").mkdir()
    records = standing(project)
    assert records is not None
    assert (records.label, records.origin, records.area) == ("Our plan records", "plan_records", TRAFFORD)
    assert not records.invented
    assert (records.checked.first, records.checked.last) == (D(2017, 4, 1), D(2019, 3, 31))
    assert records.checked.file.plans.height == 3


def test_one_file_of_a_folder_is_read_as_it_is(project: Project) -> None:
    project.write("standing/2018.xml", FIRST_YEAR)
    records = standing(project)
    assert records is not None
    assert records.checked.file.name == "2018.xml"


def test_without_an_entry_there_are_no_standing_records() -> None:
    world = shipped_world()
    assert load_standing(world.config, world.rules) is None


def test_a_folder_of_mixed_kinds_is_refused(project: Project) -> None:
    project.write("standing/2018.xml", FIRST_YEAR)
    project.write("standing/plans.csv", comma_separated(PLAIN, ("A", "2020-05-01", "", 0, "NEG", "EMO")))
    (told,) = faults(lambda: standing(project), DataError)
    assert told.startswith("The files are of different kinds (cin_census, plain)")


def test_a_folder_that_is_empty_or_missing_is_told_in_a_sentence(project: Project) -> None:
    project.write("standing/.hidden.xml", FIRST_YEAR)
    told = faults(lambda: standing(project), DataError)
    assert told == ("sources.yaml: the folder 'standing' of plan records is empty.",)
    (project.folder / "standing" / ".hidden.xml").unlink()
    (project.folder / "standing").rmdir()
    told = faults(lambda: standing(project), DataError)
    assert told == ("sources.yaml: the folder 'standing' of plan records is not there.",)


def test_a_broken_file_in_the_folder_is_named(project: Project) -> None:
    project.write("standing/2018.xml", FIRST_YEAR[:200])
    (told,) = faults(lambda: standing(project), DataError)
    assert told.startswith("2018.xml: ")
    assert told.endswith(".")


def test_an_end_outside_its_own_return_is_found_in_a_folder_of_several(project: Project) -> None:
    late = census(child("A1", plan("2016-05-01", "2016-12-01")), year="2018", reference="2018-03-31")
    project.write("standing/2018.xml", late)
    project.write("standing/2019.xml", SECOND_YEAR)
    found = standing(project)
    assert found is not None
    rules = found.checked.findings.filter(pl.col("position").str.starts_with("2018.xml"))["rule"]
    assert "8930" in set(rules)


def test_a_folder_of_another_authority_is_refused(project: Project) -> None:
    source = "<Source><LEA>210</LEA></Source></Header>"
    project.write("standing/2018.xml", FIRST_YEAR.replace("</Header>", source))
    assert "authority 210" in faults(lambda: standing(project), DataError)[0]


def test_what_is_guessed_of_a_file_is_known_as_a_guess() -> None:
    found = checked(plain(*LINES))
    assert (found.first_guessed, found.last_guessed) == (True, True)
    told = check_plans(found.file, RULES, D(2020, 4, 1), D(2021, 6, 30))
    assert (told.first, told.last) == (D(2020, 4, 1), D(2021, 6, 30))
    assert (told.first_guessed, told.last_guessed) == (False, False)
    old = checked(plain(("A", "2000-01-01", "2001-01-01", 0), ("B", "2021-05-01", "", 0)))  # cut to ten years
    assert (old.first_guessed, old.last_guessed) == (False, True)
    census_return = checked(read(census(child("A1", plan("2018-05-01")))))
    assert (census_return.first_guessed, census_return.last_guessed) == (False, False)
