"""The commands for plan records: what they print and where, what they never print, and faults in one sentence."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from explorer import __main__, record_commands
from explorer.config import Config
from explorer.plan_indicators import COUNTS, PERCENTAGES
from explorer.record_commands import UNSUPPRESSED
from explorer.records import RecordRules
from explorer.schema import FINDINGS
from tests.fixtures import BROKEN, ROOT, copied_project, shipped_world
from tests.plan_samples import ANNEX_A, annex_a_row, census, child, comma_separated, plan, workbook
from tests.test_command_line import run

HEADINGS = ("child_id", "start_date", "end_date", "previous_plans", "initial_category", "latest_category")
KEYS = ["indicator", "period_end", "period_kind", "numerator", "denominator", "value", "lower", "upper", "status"]
NAMED = {  # issue 3
    *("plans_started", "plans_started_repeat", "repeat_plan_percent", "plans_open", "plans_open_2y_plus"),
    *("open_2y_plus_percent", "plans_ended", "plans_ended_2y_plus", "ended_2y_plus_percent"),
}
ASKED = ("--as-at", "2022-03-31", "--period", "year")


def shell(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, with some of its environment set."""
    command = [sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process, with the shipped configuration from the memory."""

    def config_of(_: Path) -> Config:
        return shipped_world().config

    def rules_of(*_: object) -> RecordRules:
        return shipped_world().rules

    monkeypatch.setattr(record_commands, "load_config", config_of)
    monkeypatch.setattr(record_commands, "load_record_rules", rules_of)

    def called(*arguments: object) -> Answer:
        code = __main__.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Answer(code, said.out, said.err)

    return called


def plans_csv(*lines: tuple[object, ...]) -> str:
    return comma_separated(HEADINGS, *((*line, "NEG", "NEG") for line in lines))


# 30 plans started in the year to March 2022, 3 of them re-plans, and 17 older ones that ended in it
MANY = [(f"N{number}", f"2021-05-{number % 28 + 1:02}", "", int(number < 3)) for number in range(30)] + [
    (f"O{number}", "2020-01-10", f"2021-06-{number + 1:02}", 0) for number in range(17)
]
FAULTY = [("Zq1", "2021-05-01", "2021-04-01", 0), ("Zq2", "2021-05-01", "", 0)]
QUERIED = [("Zq1", "2020-05-01", "2020-09-01", 0), ("Zq1", "2021-05-01", "", 0)]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return written(tmp_path, plans_csv(*MANY))


def written(folder: Path, content: str | bytes, name: str = "plans.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- check


def test_check_prints_every_fault_and_exits_1_for_an_error(command: Command, tmp_path: Path) -> None:
    said = command("check", written(tmp_path, plans_csv(*FAULTY)))
    assert said.code == 1
    assert said.out == (
        "error 8925, row 2, child Zq1: found 2021-05-01 to 2021-04-01, expected an end after the start\n"
    )
    assert said.err == "1 row has an error and was left out of every figure; 0 rows have a query and were kept.\n"


def test_check_exits_0_where_there_are_queries_only(command: Command, tmp_path: Path) -> None:
    said = command("check", written(tmp_path, plans_csv(*QUERIED)))
    assert said.code == 0
    assert said.out.startswith("query no-previous-plan, row 3, child Zq1: found ")
    assert said.err.startswith("0 rows have an error and were left out of every figure; 1 row has a query and was")


def test_check_of_a_sound_file(command: Command, many: Path) -> None:
    assert command("check", many) == Answer(0, "", "No fault was found.\n")
    assert json.loads(command("check", many, "--json").out) == []


def test_check_prints_a_list_of_findings(command: Command, tmp_path: Path) -> None:
    said = command("check", written(tmp_path, plans_csv(*FAULTY)), "--json")
    (finding,) = json.loads(said.out)
    assert finding == {
        "rule": "8925",
        "severity": "error",
        "child_id": "Zq1",
        "position": "row 2",
        "value": "2021-05-01 to 2021-04-01",
        "expected": "an end after the start",
    }


def test_check_of_a_return_says_what_the_file_is_missing(command: Command, tmp_path: Path) -> None:
    said = command("check", written(tmp_path, census(child("A1", "")), "return.xml"))
    assert "no child protection plans in this file" in said.err.lower()


@pytest.mark.parametrize("name", ["findings.csv", "findings.CSV", "findings.xlsx"])
def test_check_writes_the_findings_to_a_file(command: Command, tmp_path: Path, name: str) -> None:
    hostile = [("=1+1", "2021-05-01", "2021-04-01", 0), ("@x", "2021-05-01", "2021-04-01", 0), *QUERIED]
    source, target = written(tmp_path, plans_csv(*hostile)), tmp_path / name
    plainly = command("check", source)
    assert command("check", source, "--output", target) == plainly
    rows: list[list[object]]
    if name.endswith("xlsx"):
        sheet = load_workbook(target)["findings"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        assert [row[2] for row in rows[1:3]] == ["=1+1", "@x"]
    else:
        rows = [list(row) for row in csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig")))]
        assert [row[2] for row in rows[1:3]] == ["'=1+1", "'@x"]
    assert rows[0][: len(FINDINGS)] == list(FINDINGS)
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere/findings.csv", "findings.csv: the file cannot be written (No such file or directory)."),
        ("findings.txt", "findings.txt: the findings can be written to a .csv or an .xlsx file."),
        ("findings", "findings: the findings can be written to a .csv or an .xlsx file."),
        ("plans.csv", "plans.csv: the findings would take the place of the records themselves."),
        ("folder.csv", "folder.csv: the file cannot be written (Is a directory)."),
    ],
)
def test_findings_that_cannot_be_written_are_told(command: Command, tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    source = written(tmp_path, plans_csv(*FAULTY))
    before = source.read_bytes()
    assert command("check", source, "--output", tmp_path / name) == Answer(1, "", f"{sentence}\n")
    assert source.read_bytes() == before


def test_no_cell_commands_the_terminal_or_breaks_a_line(command: Command, tmp_path: Path) -> None:
    said = command("check", written(tmp_path, plans_csv(("\x1b[2J\x07a\nb", "2021-05-01", "2021-04-01", 0))))
    assert said.code == 1
    assert said.out.count("\n") == 1
    assert said.out.removesuffix("\n").isprintable()


def test_a_fault_of_the_file_names_no_child(command: Command, tmp_path: Path) -> None:
    wrong = census(child("A1", plan()), year="2019", reference="2018-03-31")
    said = command("check", written(tmp_path, wrong, "return.xml"))
    assert "error 100, the file's header: found 2018-03-31, expected 31 March 2019" in said.out
    assert "None" not in said.out


# --- indicators


def figures(said: Answer) -> dict[str, dict[str, object]]:
    rows = json.loads(said.out)
    assert all(list(row) == KEYS for row in rows)
    return {row["indicator"]: row for row in rows}


def test_indicators_are_a_list_with_the_keys_and_names_of_the_issue(command: Command, many: Path) -> None:
    said = command("indicators", many, *ASKED, "--json", "--unsuppressed")
    assert said.code == 0
    found = figures(said)
    assert list(found) == [*COUNTS, *PERCENTAGES]
    assert set(found) >= NAMED
    assert found["plans_started"] == {
        "indicator": "plans_started",
        "period_end": "2022-03-31",
        "period_kind": "year",
        "numerator": 30,
        "denominator": None,
        "value": 30.0,
        "lower": None,
        "upper": None,
        "status": "published",
    }
    share = found["repeat_plan_percent"]
    assert (share["numerator"], share["denominator"], share["value"]) == (3, 30, 10.0)
    assert isinstance(share["lower"], float)
    assert isinstance(share["upper"], float)
    assert share["lower"] < 10 < share["upper"]
    assert {name: found[name]["value"] for name in ("plans_open", "plans_ended", "plans_ended_1y_to_2y")} == {
        "plans_open": 30.0,
        "plans_ended": 17.0,
        "plans_ended_1y_to_2y": 17.0,
    }


def test_unsuppressed_figures_come_with_a_warning(command: Command, many: Path) -> None:
    exact = command("indicators", many, *ASKED, "--json", "--unsuppressed")
    assert exact.err.splitlines()[0] == UNSUPPRESSED
    assert UNSUPPRESSED not in command("indicators", many, *ASKED, "--json").err


def test_a_small_count_is_nowhere_without_unsuppressed(command: Command, many: Path) -> None:
    """3 of 30 plans were re-plans: neither the 3 nor its share may be anywhere."""
    found = figures(command("indicators", many, *ASKED, "--json"))
    for name in ("plans_started_repeat", "repeat_plan_percent"):
        hidden = found[name]
        assert hidden["status"] == "suppressed"
        assert [hidden[key] for key in ("value", "lower", "upper")] == [None] * 3
        assert hidden["numerator"] is None
    said = command("indicators", many, *ASKED)
    assert said.code == 0
    assert re.search(r"^Re-plans, year to 31 March 2022: hidden$", said.out, re.MULTILINE)
    for line in said.out.splitlines():
        assert not BROKEN.search(line), line
        assert "(3 of" not in line
        assert ": 3" not in line.replace(": 30", "")
        assert "10.0%" not in line


def test_figures_in_words(command: Command, many: Path) -> None:
    said = command("indicators", many, *ASKED, "--unsuppressed")
    assert "Re-plans, year to 31 March 2022: 10.0% (3 of 30)" in said.out.splitlines()
    assert len(said.out.splitlines()) == len(COUNTS) + len(PERCENTAGES)


@pytest.mark.parametrize(
    ("as_at", "period", "end"),
    [
        ("2022-02-10", "year", "2021-03-31"),
        ("2022-02-10", "month", "2022-02-10"),
        ("2022-02-10", "rolling_12m", "2022-02-10"),
        ("2022-02-10", "year_to_date", "2022-02-10"),
    ],
)
def test_the_period_ends_as_it_was_asked_for(command: Command, many: Path, as_at: str, period: str, end: str) -> None:
    said = command("indicators", many, "--as-at", as_at, "--period", period, "--json", "--unsuppressed")
    found = figures(said)
    assert {(row["period_end"], row["period_kind"]) for row in found.values()} == {(end, period)}
    assert len(found) == len(COUNTS) + len(PERCENTAGES)


def test_what_annex_a_cannot_give_is_refused_with_the_reason(command: Command, tmp_path: Path) -> None:
    source = written(tmp_path, workbook(List_7=[ANNEX_A, annex_a_row()]), "annex.xlsx")
    said = command("indicators", source, "--as-at", "2018-09-30", "--period", "rolling_12m", "--json")
    assert said.code == 0
    assert figures(said)["plans_started"]["status"] == "refused"
    assert figures(said)["plans_started"]["value"] is None
    assert "Plans that started or ended over twelve months cannot be counted from this file: it holds only" in said.err
    assert said.err.count("cannot be counted from this file: it holds only") == 1
    words = command("indicators", source, "--as-at", "2018-09-30", "--period", "rolling_12m").out
    assert "cannot be given from this file" in words
    assert "Traceback" not in words


def test_within_two_years_is_refused_from_a_census_return_with_the_reason(command: Command, tmp_path: Path) -> None:
    source = written(tmp_path, census(child("A1", plan("2018-05-01"))), "return.xml")
    said = command("indicators", source, "--as-at", "2019-03-31", "--period", "year", "--json")
    assert figures(said)["repeat_within_2y_percent"]["status"] == "refused"
    assert "Re-plans within two years cannot be counted from this file" in said.err
    outside = command("indicators", source, "--as-at", "2021-03-31", "--period", "year", "--json")
    assert {row["status"] for row in figures(outside).values()} == {"refused"}
    assert "The file ends on 31 March 2019, and this figure needs plans up to 31 March 2021." in outside.err


def test_rows_left_out_and_an_early_period_are_told(command: Command, tmp_path: Path) -> None:
    source = written(tmp_path, plans_csv(*MANY, *FAULTY))
    said = command("indicators", source, *ASKED, "--json", "--unsuppressed")
    assert "1 row has an error and was left out of every figure" in said.err
    assert "Zq" not in said.err + said.out
    early = command("indicators", source, "--as-at", "2020-03-31", "--period", "year", "--json")
    assert "If plans are missing from before then, these figures are too low." in early.err


@pytest.mark.parametrize("as_at", ["2022-02-30", "31/03/2022", "soon", "", "2022-13-01"])
def test_a_bad_date_is_a_wrong_call(
    command: Command, many: Path, as_at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command("indicators", many, "--as-at", as_at, "--period", "year")
    assert stopped.value.code == 2
    assert f"'{as_at}' is no date; write it like 2022-03-31" in capsys.readouterr().err


@pytest.mark.parametrize("as_at", ["0001-01-01", "0002-02-02", "1989-12-31", "2041-01-01", "9999-12-31"])
@pytest.mark.parametrize("period", ["month", "year_to_date", "rolling_12m", "year"])
def test_a_date_beyond_belief_is_told(command: Command, many: Path, as_at: str, period: str) -> None:
    said = command("indicators", many, "--as-at", as_at, "--period", period, "--json")
    assert said == Answer(1, "", f"There are no figures for {int(as_at[:4])}; years are 1990 to 2040.\n")


@pytest.mark.parametrize("as_at", ["1990-01-01", "2040-12-31"])
@pytest.mark.parametrize("period", ["month", "year_to_date", "rolling_12m", "year"])
def test_the_first_and_last_date_that_is_believed_is_answered(
    command: Command, many: Path, as_at: str, period: str
) -> None:
    assert command("indicators", many, "--as-at", as_at, "--period", period, "--json").code == 0


# --- Files that are no plan records


def _word() -> bytes:
    return workbook(Sheet=[["a"]]).replace(b"xl/workbook.xml", b"word/documentxx")


@pytest.mark.parametrize("name", ["check", "indicators"])
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("missing.csv", None),
        ("empty.csv", b""),
        ("blank.csv", b"\n\n"),
        ("truncated.xml", census(child("A1", plan())).encode()[:-60]),
        ("word.xlsx", _word()),
        ("word.xml", _word()),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("text.csv", b"What is this?\n"),
        ("noise.parquet", b"PAR1" + bytes(range(256)) + b"PAR1"),
        ("other.xml", b"<html><body/></html>"),
    ],
)
def test_what_is_no_plan_record_is_told_in_one_sentence(
    command: Command, tmp_path: Path, name: str, file: str, content: bytes | None
) -> None:
    source = tmp_path / file
    if content is not None:
        source.write_bytes(content)
    said = command(name, source, *(ASKED if name == "indicators" else ()))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{file}")
    assert said.err.endswith(".\n")
    assert said.err.count("\n") == 1


def test_a_folder_is_no_file(command: Command, tmp_path: Path) -> None:
    said = command("check", tmp_path)
    assert (said.code, said.out) == (1, "")
    assert "the file is not there or may not be read" in said.err


# --- In a process of its own


def test_check_and_indicators_from_the_shell(many: Path, tmp_path: Path) -> None:
    checked = run("check", str(many))
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "No fault was found.\n")
    told = run("indicators", str(tmp_path / "missing.csv"), *ASKED, "--json")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "missing.csv: the file is not there or may not be read; check where it is kept.\n"


def test_a_terminal_that_knows_few_letters(tmp_path: Path) -> None:
    source = written(tmp_path, plans_csv(("Zoë", "2021-05-01", "2021-04-01", 0)))
    said = shell(["check", str(source)], PYTHONIOENCODING="ascii")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "child Zo\\xeb: found" in said.stdout


def test_a_reader_that_stops_listening(tmp_path: Path) -> None:
    source = written(tmp_path, plans_csv(*[("A", "2021-05-01", "2021-04-01", 0)] * 5000))
    command = [sys.executable, "-m", "explorer", "check", str(source)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith("error 8925, row 2, child A: ")
        running.stdout.close()
        assert "Traceback" not in running.stderr.read()


@pytest.mark.skipif(os.environ.get("MAKE_SAMPLE") != "all", reason="takes minutes; MAKE_SAMPLE=all runs it")
def test_the_sample_is_made_again_as_it_is_shipped(tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    shipped = "data/sample/invented_plans.csv"
    for name in ("measures.csv",):  # the copy holds a few areas only, and the sample is fitted to Trafford alone
        project.write(f"data/published/{name}", (ROOT / "data/published" / name).read_bytes())
    (project.folder / shipped).unlink()
    assert __main__.main(["--config", str(project.config), "make-sample"]) == 0
    assert (project.folder / shipped).read_bytes() == (ROOT / shipped).read_bytes()
    assert pl.read_csv(project.folder / shipped)["note"].unique().to_list() == ["invented"]
