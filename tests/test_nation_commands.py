"""The command for a folder of authorities: what it writes and where, what it never prints, and the recorded bars."""

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.recorded import RESULTS
from explorer.nation import count
from explorer.nation.count import NATION, Nation
from explorer.record_commands import UNSUPPRESSED
from tests.test_nation import AREAS, as_csv, as_parquet, folder_of, records
from tests.test_record_commands import Command, command

__all__ = ["command"]  # a fixture
ASKED = ("--by", "authority", "--as-at", "2021-03-31", "--period", "year", "--workers", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path, {"a.csv": as_csv(records(1, 500))})


def test_a_folder_becomes_one_table_of_every_authority(command: Command, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.csv"
    said = command("indicators", folder, *ASKED, "--out", out)
    assert (said.code, said.out) == (0, "")
    text = out.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert list(rows[0])[: len(NATION)] == list(NATION)
    assert {row["authority"] for row in rows} == set(AREAS)
    assert {row["period_kind"] for row in rows} == {"year"}
    assert {row["period_end"] for row in rows} == {f"{year}-03-31" for year in range(2016, 2022)}
    assert "There is no total of authorities" in rows[0]["Small numbers"]
    hidden = [row for row in rows if row["status"] == "suppressed"]
    assert hidden
    assert all(not row["numerator"] and not row["value"] for row in hidden)
    assert "4 authorities in 1 file." in said.err
    assert "Rows with an error were found" in said.err


def test_the_table_can_be_parquet_which_says_where_it_comes_from(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "figures.parquet"
    assert command("indicators", folder, *ASKED, "--unsuppressed", "--out", out).code == 0
    assert pl.read_parquet_schema(out) == dict(NATION)
    assert "Nothing is hidden" in pl.read_parquet_metadata(out)["Small numbers"]


def test_without_a_file_the_table_is_printed(command: Command, folder: Path) -> None:
    plain = command("indicators", folder, *ASKED, "--unsuppressed")
    listed = json.loads(command("indicators", folder, *ASKED, "--unsuppressed", "--json").out)
    assert plain.out.startswith("authority,name,indicator,period_end,period_kind,numerator,")
    assert len(plain.out.splitlines()) == len(listed) + 1
    assert list(listed[0]) == list(NATION)


def test_exact_figures_and_numbers_of_rows_are_for_one_s_own_machine(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    exact = command("indicators", folder, *ASKED, "--unsuppressed")
    assert UNSUPPRESSED in exact.err
    assert "509 rows read; " in exact.err
    assert ",suppressed" not in exact.out
    found = tmp_path / "faults.csv"
    safe = command("indicators", folder, *ASKED, "--faults", found)
    assert "rows read" not in safe.err
    rows = list(csv.DictReader(found.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["authority"] for row in rows} == set(AREAS)
    for row in rows:
        assert 0 < int(row["findings"]) <= int(row["rows"])
        assert 0 < int(row["rows_left_out"]) <= int(row["rows"])
    assert sum({row["authority"]: int(row["rows"]) for row in rows}.values()) <= 509


def test_the_day_from_which_files_are_whole_can_be_said(command: Command, folder: Path) -> None:
    """Without it a year that began before any plan ended is refused, because the file may lack plans of it."""
    guessed = command("indicators", folder, *ASKED, "--unsuppressed").out
    told = command("indicators", folder, *ASKED, "--unsuppressed", "--since", "2015-04-01").out
    assert "plans_started,2016-03-31,year,,,,,,refused" in guessed
    assert "plans_started,2016-03-31,year,,,,,,refused" not in told


def test_a_file_of_many_authorities_can_be_given_by_itself(command: Command, folder: Path) -> None:
    whole = command("indicators", folder, *ASKED, "--unsuppressed")
    assert command("indicators", folder / "a.csv", *ASKED, "--unsuppressed").out == whole.out


def test_a_missing_authority_makes_the_command_fail_and_is_named(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    table = records(1, 200)
    folder_of(tmp_path, {"a.csv": as_csv(table.filter(authority="358")), "b.csv": b"PK\x03\x04"})
    said = command("indicators", folder, *ASKED)
    assert said.code == 1
    assert said.err.startswith("b.csv: a workbook cannot be read here")
    assert {row["authority"] for row in csv.DictReader(said.out.splitlines())} == {"358"}


def test_files_of_headings_alone_are_told(command: Command, tmp_path: Path) -> None:
    headings = as_csv(records(1, 200).clear())
    said = command("indicators", folder_of(tmp_path, {"a.csv": headings, "b.csv": headings}), *ASKED)
    sentence = (
        "there are no plans under the headings; export the plans again, and see that the export is of the right days."
    )
    assert (said.code, said.err) == (1, f"nation: {sentence}\n")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--out", "figures.txt"), "figures.txt: the table can be written to a .csv or .parquet file."),
        (("--out", "gone/figures.csv"), "figures.csv: the folder that it is to stand in is not there."),
        (("--out", "nation/figures.csv"), "figures.csv: it would stand among the plan records"),
        (("--out", "one.csv", "--faults", "one.csv"), "one.csv: --out and --faults are the same file."),
        (("--since", "2022-01-01"), "--since is after --as-at"),
        (("--workers", "-1"), "--workers is a number of programs"),
    ],
)
def test_options_that_cannot_work_are_refused_before_anything_is_read(
    command: Command, folder: Path, tmp_path: Path, more: tuple[str, ...], sentence: str
) -> None:
    given = [tmp_path / word if word.endswith(("csv", "txt")) else word for word in more]
    said = command("indicators", folder, *ASKED, *given)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(sentence)


def test_a_folder_needs_to_be_told_by_authority_and_a_file_takes_no_such_options(
    command: Command, folder: Path
) -> None:
    asked = ("--as-at", "2021-03-31", "--period", "year")
    assert command("indicators", folder, *asked).err.startswith("nation is a folder; add --by authority")
    assert (
        command("indicators", folder / "a.csv", *asked, "--workers", 2).err == "--workers goes with --by authority.\n"
    )


def test_what_a_spreadsheet_would_run_comes_out_as_text(command: Command, tmp_path: Path) -> None:
    """The only words of the table that come from a file are the name of the folder."""
    folder = folder_of(tmp_path, {"a.parquet": as_parquet(records(1, 100))}).rename(tmp_path / "=1+1")
    out = tmp_path / "figures.csv"
    assert command("indicators", folder, *ASKED, "--unsuppressed", "--out", out).code == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0]["Sources"] == "'=1+1"


def test_no_link_leads_the_table_elsewhere_and_nothing_is_left_beside_it(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "written" / "out.csv"
    out.parent.mkdir()
    other = tmp_path / "other.txt"
    other.write_text("mine")
    (out.parent / ".out.csv.part").symlink_to(other)
    assert command("indicators", folder, *ASKED, "--unsuppressed", "--out", out).code == 0
    assert other.read_text() == "mine"
    assert out.is_file()
    assert not out.is_symlink()
    assert sorted(path.name for path in out.parent.iterdir()) == [".out.csv.part", "out.csv"]


def test_no_more_programs_count_than_there_are_processors(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def count_nation(*given: Any) -> Nation:
        *first, programs, progress = given
        asked.append(programs)
        return count.count_nation(*first, 0, progress)  # type: ignore[call-arg]

    monkeypatch.setattr("explorer.nation_commands.count_nation", count_nation)
    monkeypatch.setattr("explorer.nation_commands.os.cpu_count", lambda: 3)
    for more in ((), ("--workers", 1000), ("--workers", 2)):
        assert command("indicators", folder, *ASKED[:-2], "--unsuppressed", *more).code == 0
    assert asked == [3, 3, 2]


# --- the recorded measurement (bench/nation.py)


def test_what_was_recorded_says_on_which_machine_and_which_bars_are_met() -> None:
    record: dict[str, Any] = json.loads((RESULTS / "nation.json").read_text(encoding="utf-8"))
    assert {"python", "cores", "load_average", "versions"} <= set(record["machine"])
    runs = [(run["rows"], run["form"]) for run in record["runs"]]
    sizes = [(number * 1_000_000, "parquet") for number in (1, 3, 10, 30)] + [(10_000_000, "csv")]
    assert runs == [size for size in sizes for _ in range(3)]
    turns = sorted(run["seconds"] for run in record["runs"] if (run["rows"], run["form"]) == sizes[2])
    assert record["bars"][0]["found"] == pytest.approx(turns[1], abs=1e-3)
    assert record["authorities"] == 150
    assert [bar["most"] for bar in record["bars"]] == [20, 4, 4, 4]
    for bar in record["bars"]:
        assert bar["met"] == (bar["found"] <= bar["most"])
    assert (RESULTS / "nation.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), FileNotFoundError(2, "No usable folder")])
def test_no_temporary_folder_is_a_sentence(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, problem: OSError
) -> None:
    def refused(**_: object) -> None:
        raise problem

    monkeypatch.setattr(count, "TemporaryDirectory", refused)
    said = command("indicators", folder, *ASKED)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"No temporary folder can be made for the rows ({problem.strerror}); make room")
