"""The published files: what is shipped is whole, and a corrupted copy is refused with file and row."""

from dataclasses import replace
from pathlib import Path

import pytest

from explorer.errors import DataError
from explorer.sources.published import Published, load_published
from explorer.world import load_world
from tests.fixtures import MEASURES, Project, copied_project, faults, shipped_world

STARTED, REPEAT, SHARE = "plans_started,358,2018,", "plans_started_repeat,358,2018,", "repeat_plan_percent,358,2018,"
OPEN = "plans_open,358,2018,"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


def load(project: Project) -> Published:
    return load_published(replace(shipped_world().config, root=project.folder))


def data_faults(project: Project) -> tuple[str, ...]:
    return faults(lambda: load(project), DataError)


def test_the_copy_that_the_other_tests_break_is_whole(project: Project) -> None:
    found = load(project)
    row = found.measures.filter(measure="plans_started", area="358", year_ending=2018)
    assert row["value"].to_list() == [261.0]


def test_the_shipped_measures_span_2013_to_2025_for_every_authority() -> None:
    world = shipped_world()
    assert world.years == tuple(range(2013, 2026))
    assert len([area for area in world.areas.authorities if area.existed(2025)]) == 153


BAD_ROWS = [
    (OPEN, "259.0,suprressed,D5", "'status' is 'suprressed'; expected one of published, suppressed, not_available"),
    (OPEN, "many,published,D5", "'value' is 'many'; expected a number of 0 or more."),
    (OPEN, "-259.0,published,D5", "'value' is '-259.0'; expected a number of 0 or more."),
    (OPEN, "nan,published,D5", "'value' is 'nan'; expected a number of 0 or more."),
    (OPEN, "inf,published,D5", "'value' is 'inf'; expected a number of 0 or more."),
    (OPEN, "c,suppressed,D5", "'value' is 'c'; expected a number of 0 or more."),
    (OPEN, "259.5,published,D5", "a count is not a whole number (value 259.5, status published)."),
    (OPEN, ",published,D5", "the status is 'published' and there is no value (value None, status published)."),
    (OPEN, "3.0,suppressed,D5", "there is a value beside a status that says there is none (value 3.0, status supp"),
    (OPEN, "259.0,published,", "'source' is empty; expected some text."),
    (SHARE, "101.0,published,D3", "a percentage is above 100 (value 101.0, status published)."),
    (SHARE, "29.2,published,D3", "repeat_plan_percent is 29.2, but its counts give 29.12."),
    (SHARE, "29.0,published,D3", "repeat_plan_percent is 29, but its counts give 29.12."),
    (REPEAT, "262.0,published,D3", "262 plans_started_repeat is more than 261 plans_started."),
]


@pytest.mark.parametrize(("start", "rest", "rule"), BAD_ROWS)
def test_a_bad_row_is_told_with_its_number(project: Project, start: str, rest: str, rule: str) -> None:
    row = project.replace_line(MEASURES, start, start + rest)
    assert data_faults(project)[0].startswith(f"measures.csv row {row}: {rule}")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (
            "plans_opened,358,2018,1.0,published,D5",
            "'measure' is 'plans_opened', which indicators.yaml does not have.",
        ),
        ("plans_open,999,2018,1.0,published,D5", "'area' is '999', which areas.csv does not have."),
        (
            "plans_open,358,2108,1.0,published,D5",
            "'year_ending' is '2108'; expected a whole number from 2000 to 2040.",
        ),
        ("plans_open,358", "'year_ending' is empty; expected a whole number from 2000 to 2040."),
    ],
)
def test_a_row_about_something_unknown_is_told_with_its_number(project: Project, line: str, rule: str) -> None:
    row = project.append(MEASURES, line)
    assert data_faults(project)[0] == f"measures.csv row {row}: {rule}"


def test_a_doubled_row_is_told_with_both_numbers(project: Project) -> None:
    first = project.line(MEASURES, OPEN)
    row = project.append(MEASURES, f"{OPEN}260.0,published,D5")
    (told,) = data_faults(project)
    assert (
        told == f"measures.csv row {row}: measure plans_open, area 358, year_ending 2018 stands twice "
        f"(first in row {first})."
    )


def test_a_row_with_too_many_cells_is_refused(project: Project) -> None:
    project.append(MEASURES, "plans_open,358,2010,1.0,published,D5,more")
    (told,) = data_faults(project)
    assert told.startswith("measures.csv")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("year_ending", "year", "the column 'year_ending' is missing; expected measure, area, year_ending, value"),
        ("status", "value", "the column 'value' stands twice."),
        (
            "source",
            "source,flag",
            "unknown column 'flag'; expected measure, area, year_ending, value, status, source.",
        ),
    ],
)
def test_a_wrong_column_is_told_at_row_1(project: Project, old: str, new: str, rule: str) -> None:
    heading, *rows = project.text(MEASURES).splitlines()
    more = "," * new.count(",")
    project.write(MEASURES, "\n".join([heading.replace(old, new), *(row + more for row in rows)]) + "\n")
    assert data_faults(project)[0].startswith(f"measures.csv row 1: {rule}")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "measures.csv: the file is empty."),
        (b"measure,area\xff\n", "measures.csv: the file cannot be read as UTF-8 text ("),
    ],
)
def test_a_file_that_cannot_be_read_is_told(project: Project, content: bytes, what: str) -> None:
    project.write(MEASURES, content)
    (told,) = data_faults(project)
    assert told.startswith(what)


@pytest.mark.parametrize("name", ["measures", "areas", "area_changes", "statistical_neighbours"])
def test_a_missing_file_is_told(project: Project, name: str) -> None:
    (project.folder / f"data/published/{name}.csv").unlink()
    assert data_faults(project) == (f"{name}.csv: the file is missing (looked in published/).",)


@pytest.mark.parametrize(
    ("file", "start", "line", "told"),
    [
        (
            "areas",
            "358,",
            "358,town,Trafford,E08000009,North West,2013,2025",
            "'level' is 'town'; expected one of co",
        ),
        (
            "areas",
            "358,",
            "358,local_authority,,E08000009,North West,2013,2025",
            "'name' is empty; expected some text",
        ),
        (
            "areas",
            "358,",
            "358,local_authority,Trafford,E08000009,North West,13,2025",
            "'first_year' is '13'; expected",
        ),
        ("area_changes", "928,940", "928,940,1 April 2021,Order", "'changed_on' is '1 April 2021'; expected a date"),
        (
            "area_changes",
            "928,940",
            "928,999,2021-04-01,Order",
            "'new_area' is '999', which areas.csv does not have.",
        ),
        (
            "statistical_neighbours",
            "2025,358,Trafford,1,",
            "2025,358,Trafford,11,919,Very close,Hertfordshire",
            "'rank' is '11'; expected a whole number from 1 to 10.",
        ),
        (
            "statistical_neighbours",
            "2025,358,Trafford,1,",
            "2025,358,Trafford,1,999,Very close,Nowhere",
            "'neighbour_la_code' is '999', which areas.csv does not have.",
        ),
        (
            "statistical_neighbours",
            "2025,358,Trafford,1,",
            "2025,358,Trafford,2,919,Very close,Hertfordshire",
            "",  # rank 2 twice: told below at the second of the two
        ),
    ],
)
def test_the_other_files_are_checked_too(project: Project, file: str, start: str, line: str, told: str) -> None:
    row = project.replace_line(f"data/published/{file}.csv", start, line)
    expected = f"{file}.csv row {row}: {told}" if told else f"{file}.csv row {row + 1}: model 2025, la_code 358, rank 2"
    assert data_faults(project)[0].startswith(expected)


def test_a_percentage_of_a_region_or_england_is_not_recomputed(project: Project) -> None:
    project.replace_line(
        MEASURES, "repeat_plan_percent,E92000001,2018,", "repeat_plan_percent,E92000001,2018,25.0,published,D3"
    )
    row = load(project).measures.filter(measure="repeat_plan_percent", area="E92000001", year_ending=2018)
    assert row["value"].to_list() == [25.0]


def test_several_faults_are_told_at_once(project: Project) -> None:
    first = project.replace_line(MEASURES, OPEN, f"{OPEN}259.5,published,D5")
    second = project.append(MEASURES, "plans_open,999,2018,1.0,published,D5")
    told = data_faults(project)
    assert {fault.split(":")[0] for fault in told} == {f"measures.csv row {first}", f"measures.csv row {second}"}


@pytest.mark.parametrize("name", ["measures", "areas", "area_changes", "statistical_neighbours"])
def test_the_version_changes_with_any_byte_of_any_file(project: Project, name: str) -> None:
    before, file = load(project).version, f"data/published/{name}.csv"
    assert load(project).version == before
    project.write(file, project.text(file).rstrip("\n") + " \n")
    assert load(project).version != before


def test_a_file_with_a_heading_and_no_rows_is_refused(project: Project) -> None:
    project.write(MEASURES, project.text(MEASURES).splitlines()[0] + "\n")
    told = faults(lambda: load_world(project.config), DataError)
    assert told[0].startswith("measures.csv")


@pytest.mark.parametrize(
    "line",
    [
        "2025,358,Trafford,1,358,Very close,Trafford",
        "2025,358,Trafford,1,356,Very close,Stockport",
        "2025,358,Trafford,1,E92000001,Very close,England",
    ],
    ids=["itself", "twice the same", "not an authority"],
)
def test_a_neighbour_is_another_authority_and_named_once(project: Project, line: str) -> None:
    row = project.replace_line("data/published/statistical_neighbours.csv", "2025,358,Trafford,1,", line)
    told = data_faults(project)
    assert told[0].startswith(f"statistical_neighbours.csv row {row}")


def test_an_authority_cannot_end_before_it_begins(project: Project) -> None:
    line = "358,local_authority,Trafford,E08000009,North West,2025,2013"
    row = project.replace_line("data/published/areas.csv", "358,", line)
    assert data_faults(project)[0].startswith(f"areas.csv row {row}")


IMPOSSIBLE = [
    ("areas", "E92000001,", None, "areas.csv: England (E92000001) is missing."),
    (
        "areas",
        "358,",
        "358,local_authority,Trafford,E08000009,Far North,2013,2025",
        "areas.csv row {row}: 'region' is 'Far North'; expected one of ",
    ),
    (
        "areas",
        "358,",
        "358,local_authority,Stockport,E08000009,North West,2013,2025",
        "areas.csv row {row}: two areas are called 'Stockport' in 2025; names must tell them apart.",
    ),
    (
        "areas",
        "358,",
        "358,local_authority,Trafford,E08000009,North West,2015,2025",
        "a value for 358 in 2013, when areas.csv says that it did not exist.",
    ),
    ("statistical_neighbours", "2025,358,Trafford,1,", None, "358 has 9 neighbours in the 2025 model; expected 10."),
    (
        "measures",
        "plans_open_per_10k,358,2018,",
        "plans_open_per_10k,358,2018,10.0,published,DfE LAIT",
        "measures.csv row {row}: plans_open_per_10k is 10, but its counts give ",
    ),
]


@pytest.mark.parametrize(("file", "start", "line", "rule"), IMPOSSIBLE)
def test_rows_that_cannot_all_be_true_are_told(
    project: Project, file: str, start: str, line: str | None, rule: str
) -> None:
    path = f"data/published/{file}.csv"
    row = project.replace_line(path, start, line or "to be taken out")
    if line is None:
        project.edit(path, "to be taken out\n", "")
    assert any(rule.format(row=row) in fault for fault in data_faults(project))


def test_a_measure_without_any_row_is_told(project: Project) -> None:
    heading, *rows = project.text(MEASURES).splitlines()
    kept = [row for row in rows if not row.startswith("referrals_per_10k,")]
    assert len(kept) < len(rows)
    project.write(MEASURES, "\n".join([heading, *kept]) + "\n")
    assert data_faults(project) == (
        "measures.csv: there is no row for the measure 'referrals_per_10k' of indicators.yaml.",
    )


def test_faults_of_several_files_are_told_together(project: Project) -> None:
    project.write(MEASURES, "measure,area\n")
    (project.folder / "data/published/area_changes.csv").unlink()
    assert {fault.split(".csv")[0] for fault in data_faults(project)} == {"measures", "area_changes"}
