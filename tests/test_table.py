"""Reading a CSV file: types, rows counted as in the file, and a DataError for everything that breaks a rule."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import DataError
from explorer.schema import Column, Table
from explorer.sources.table import FAULTS_SHOWN, read_table
from tests.fixtures import faults

PEOPLE = Table(
    {
        "name": Column(pl.String),
        "age": Column(pl.Int64, lowest=0, highest=120),
        "score": Column(pl.Float64, required=False, lowest=0),
        "colour": Column(pl.String, allowed=("red", "blue")),
        "seen": Column(pl.Date, required=False),
    },
    ("name", "age"),
)
HEADING = "name,age,score,colour,seen\n"
ANN = "Ann,31,1.5,red,2019-04-01\n"


def read(folder: Path, content: str | bytes) -> pl.DataFrame:
    path = folder / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, PEOPLE)


def told(folder: Path, content: str | bytes) -> tuple[str, ...]:
    return faults(lambda: read(folder, content), DataError)


def test_cells_get_their_types_and_an_empty_cell_is_null(tmp_path: Path) -> None:
    found = read(tmp_path, HEADING + ANN + "Bo,0,,blue,\n")
    assert found.schema == {name: column.dtype for name, column in PEOPLE.columns.items()}
    assert found.rows() == [("Ann", 31, 1.5, "red", date(2019, 4, 1)), ("Bo", 0, None, "blue", None)]


def test_columns_may_stand_in_any_order_in_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, "seen,colour,score,age,name\n2019-04-01,red,1.5,31,Ann\n")
    assert found.rows() == [("Ann", 31, 1.5, "red", date(2019, 4, 1))]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + (HEADING + ANN).encode(),
        (HEADING + ANN).replace("\n", "\r\n").encode(),
        (HEADING + " Ann , 31 ,1.5, red,2019-04-01 \n").encode(),
        (HEADING + ANN).strip().encode(),
        (HEADING + '"Ann","31","1.5","red","2019-04-01"\n').encode(),
    ],
    ids=["byte-order mark", "Windows line ends", "spaces", "no last line end", "quotes"],
)
def test_what_spreadsheets_write_is_read_the_same(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).rows() == [("Ann", 31, 1.5, "red", date(2019, 4, 1))]


BAD_CELLS = [
    ("Ann,old,1,red,", "'age' is 'old'; expected a whole number from 0 to 120."),
    ("Ann,31.5,1,red,", "'age' is '31.5'; expected a whole number from 0 to 120."),
    ("Ann,-1,1,red,", "'age' is '-1'; expected a whole number from 0 to 120."),
    ("Ann,121,1,red,", "'age' is '121'; expected a whole number from 0 to 120."),
    ("Ann,99999999999999999999,1,red,", "'age' is '99999999999999999999'; expected a whole number from 0 to 120."),
    ("Ann,,1,red,", "'age' is empty; expected a whole number from 0 to 120."),
    ("Ann,31,much,red,", "'score' is 'much'; expected a number of 0 or more."),
    ("Ann,31,-0.1,red,", "'score' is '-0.1'; expected a number of 0 or more."),
    ("Ann,31,nan,red,", "'score' is 'nan'; expected a number of 0 or more."),
    ("Ann,31,inf,red,", "'score' is 'inf'; expected a number of 0 or more."),
    ("Ann,31,1e999,red,", "'score' is '1e999'; expected a number of 0 or more."),
    ('Ann,31,"1,000",red,', "'score' is '1,000'; expected a number of 0 or more."),
    ("Ann,31,1,green,", "'colour' is 'green'; expected one of red, blue."),
    ("Ann,31,1,Red,", "'colour' is 'Red'; expected one of red, blue."),
    ("Ann,31,1,red,1/4/2019", "'seen' is '1/4/2019'; expected a date like 2019-04-01."),
    ("Ann,31,1,red,2019-02-30", "'seen' is '2019-02-30'; expected a date like 2019-04-01."),
    (",31,1,red,", "'name' is empty; expected some text."),
    ('"  ",31,1,red,', "'name' is empty; expected some text."),
]


@pytest.mark.parametrize(("row", "rule"), BAD_CELLS)
def test_a_bad_cell_is_told_with_its_row_and_rule(tmp_path: Path, row: str, rule: str) -> None:
    assert told(tmp_path, f"{HEADING}{ANN}{row}\n") == (f"people.csv row 3: {rule}",)


def test_a_long_cell_is_cut_short(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, f"{HEADING}Ann,{'9' * 500}x,1,red,\n")
    assert len(fault) < 120


def test_every_bad_cell_of_a_file_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, HEADING + "Ann,old,1,red,\n" + "Bo,20,1,red,\n" + "Cy,20,much,red,\n") == (
        "people.csv row 2: 'age' is 'old'; expected a whole number from 0 to 120.",
        "people.csv row 4: 'score' is 'much'; expected a number of 0 or more.",
    )


def test_a_wholly_wrong_file_is_told_briefly(tmp_path: Path) -> None:
    rows = "".join(f"Name {number},old,1,red,\n" for number in range(100))
    found = told(tmp_path, HEADING + rows)
    assert len(found) == FAULTS_SHOWN + 1
    assert found[-1] == f"... and {100 - FAULTS_SHOWN} more faults."


def test_a_line_break_inside_quotes_does_not_move_the_row_numbers(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, HEADING + '"Ann\nMarie",31,1,red,\nBo,old,1,red,\n')
    assert fault.startswith("people.csv row 3: 'age'")


def test_a_doubled_key_is_told_with_both_rows(tmp_path: Path) -> None:
    rows = ANN + "Bo,31,1,red,\n" + "Ann,31,9,blue,\n" + "Ann,32,1,red,\n" + "Ann,31,9,blue,\n"
    assert told(tmp_path, HEADING + rows) == (
        "people.csv row 4: name Ann, age 31 stands twice (first in row 2).",
        "people.csv row 6: name Ann, age 31 stands twice (first in row 2).",
    )


HEADINGS = [
    (
        "name,age,score,colour\nAnn,31,1,red\n",
        "the column 'seen' is missing; expected name, age, score, colour, seen.",
    ),
    (
        "name,age,score,color,seen\nAnn,31,1,red,\n",
        "unknown column 'color'; expected name, age, score, colour, seen.",
    ),
    ("name,age,score,colour,seen,more\nAnn,31,1,red,,\n", "unknown column 'more'; expected name, age, score, colour"),
    ("name,age,score,colour,seen,\nAnn,31,1,red,,\n", "unknown column ''; expected name, age, score, colour, seen."),
    ("name,age,score,colour,seen,age\nAnn,31,1,red,,31\n", "the column 'age' stands twice."),
    ("name;age;score;colour;seen\nAnn;31;1;red;\n", "the column 'name' is missing"),
]


@pytest.mark.parametrize(("content", "what"), HEADINGS)
def test_a_wrong_heading_is_told_at_row_1(tmp_path: Path, content: str, what: str) -> None:
    assert any(fault.startswith(f"people.csv row 1: {what}") for fault in told(tmp_path, content))


def test_a_row_that_stops_early_is_told_with_its_row(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, HEADING + ANN + "Bo,31,1\n" + "Cy,32,1,red,\n")
    assert fault == "people.csv row 3: 'colour' is empty; expected one of red, blue."


@pytest.mark.parametrize("row", ["Bo,31,1,red,,extra\n", 'Bo,31,1,"red,\n'])
def test_a_row_with_other_cells_than_the_heading_is_refused(tmp_path: Path, row: str) -> None:
    (fault,) = told(tmp_path, HEADING + ANN + row)
    assert fault.startswith("people.csv")
    assert "the same cells in every row" in fault


def test_a_row_with_too_many_cells_is_told_with_its_row(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, HEADING + ANN + "Bo,31,1,red,,extra\n")
    assert fault.startswith("people.csv")
    assert "row 3 has 6 cells, the heading 5" in fault


@pytest.mark.parametrize("content", ["", "\n", "  \n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert told(tmp_path, content) == ("people.csv: the file is empty.",)


def test_a_missing_file_is_told_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    assert faults(lambda: read_table(folder / "people.csv", PEOPLE), DataError) == (
        "people.csv: the file is missing (looked in published/).",
    )


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, (HEADING + "Zoé,31,1,red,\n").encode("latin-1"))
    assert fault.startswith("people.csv: the file cannot be read as UTF-8 text (")


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()
    (fault,) = faults(lambda: read_table(tmp_path / "people.csv", PEOPLE), DataError)
    assert fault.startswith("people.csv: the file cannot be read")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(body=st.text(alphabet='Ab1.9-,"\n\r \t;é\0e', max_size=60), heading=st.sampled_from([HEADING, "", "name\n"]))
def test_any_text_is_read_or_refused_and_never_crashes(tmp_path: Path, heading: str, body: str) -> None:
    try:
        found = read(tmp_path, heading + body)
    except DataError as problem:
        sentences = problem.faults
    else:
        sentences = ()
        assert found.schema == {name: column.dtype for name, column in PEOPLE.columns.items()}
        assert found["name"].null_count() == found["age"].null_count() == found["colour"].null_count() == 0
    assert all("people.csv" in fault or fault.startswith("... and") for fault in sentences)
