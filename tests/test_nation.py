"""A nation's plan records: each authority's figures are those of its own file, and nothing hidden comes out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from explorer.disclosure import protect_indicators
from explorer.errors import DataError
from explorer.nation import authority, blocks, shelf
from explorer.nation.authority import Found, Question
from explorer.nation.count import NATION, NO_AUTHORITY, Nation, count_nation, remarks
from explorer.nation.places import Places, places_of
from explorer.plan_indicators import PLAN_INDICATORS, PeriodKind
from explorer.records import Checked, RecordRules, all_figures, check_plans, faults_of, safe_records
from explorer.records.shipped import joined
from explorer.sources.plans import read_plans
from tests.fixtures import faults, shipped_world

UNTIL = date(2021, 3, 31)
SPELLED = {"358": "E08000009", "201": "E09000001", "330": "E08000025", "919": "E10000015"}
AREAS = tuple(SPELLED)
EXACT = Question("year", UNTIL, exact=True)


def rules() -> RecordRules:
    return shipped_world().rules


def places() -> Places:
    return places_of(shipped_world().published)


def counted(folder: Path, question: Question = EXACT, programs: int = 0) -> Nation:
    return count_nation(folder, places(), rules(), question, programs, lambda *_: None)


def records(seed: int, rows: int = 400) -> pl.DataFrame:
    """Plans of four authorities in any order: re-plans, overlaps, copies, open ones, and cells that are no dates."""
    rng = np.random.default_rng(seed)
    start = date(2016, 1, 1)
    begun = rng.integers(0, 1900, rows)
    length = rng.choice([-3, 0, 1, 60, 91, 92, 183, 365, 366, 729, 730, 731, 900], rows) + rng.integers(0, 3, rows)
    lines = [
        {
            "authority": AREAS[rng.choice(4, p=[0.5, 0.3, 0.15, 0.05])],
            "child_id": f"C{rng.integers(rows // 3)}" if rng.random() > 0.02 else "",
            "start_date": str(start + timedelta(int(first))) if rng.random() > 0.02 else "31/02/2018",
            "end_date": str(start + timedelta(int(first + days))) if rng.random() > 0.2 else "",
            "previous_plans": str(rng.choice([0, 0, 0, 1, 2, -1], p=[0.3, 0.2, 0.2, 0.2, 0.08, 0.02])),
            "initial_category": rng.choice(["NEG", "emotional", "ABUSE"], p=[0.6, 0.39, 0.01]),
        }
        for first, days in zip(begun, length, strict=True)
    ]
    return pl.DataFrame(lines + lines[:: max(1, rows // 8)])


def alone(table: pl.DataFrame, area: str, content: Callable[[pl.DataFrame], bytes]) -> Checked:
    """What the program for one file makes of the rows of one authority."""
    mine = table.filter(authority=area).drop("authority")
    return check_plans(read_plans("mine", content(mine), rules().limits), rules(), None, UNTIL)


def as_csv(table: pl.DataFrame) -> bytes:
    return table.write_csv().encode()


def as_parquet(table: pl.DataFrame) -> bytes:
    content = BytesIO()
    table.write_parquet(content)
    return content.getvalue()


def typed(table: pl.DataFrame) -> pl.DataFrame:
    """The same with real dates and numbers."""
    days = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in ("start_date", "end_date")]
    return table.with_columns(*days, pl.col("previous_plans").cast(pl.Int8), pl.col("authority").cast(pl.Int16))


def of(nation: Nation, area: str) -> pl.DataFrame:
    return nation.figures.filter(authority=area).select(list(PLAN_INDICATORS))


def folder_of(tmp_path: Path, files: Mapping[str, bytes]) -> Path:
    folder = tmp_path / "nation"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


# --- the same figures as from a file of one's own


@pytest.mark.parametrize("seed", range(6))
def test_every_count_is_that_of_the_authority_s_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(blocks, "_CSV_BLOCK", 2_000)  # a child's plans stand in many blocks
    table = records(seed)
    if seed % 2:
        table = table.drop("previous_plans")  # then earlier plans are counted, over all blocks
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(table)}))
    assert sorted(found.found) == sorted(AREAS)
    for area in AREAS:
        own = alone(table, area, as_csv)
        expected = all_figures(own, rules()).filter(period_kind="year")
        assert expected.filter(pl.col("numerator") > 0).height > 10
        assert_frame_equal(of(found, area), expected)
        theirs = found.found[area].faults
        assert theirs.left_out == own.split.left_out.height > 0
        assert theirs.queried == own.split.queried
        assert_frame_equal(theirs.by_rule, faults_of(own, rules()).by_rule)


@pytest.mark.parametrize("kind", ["month", "year_to_date", "rolling_12m", "year"])
def test_every_kind_of_period_is_that_of_the_authority_s_own_file(tmp_path: Path, kind: PeriodKind) -> None:
    table = records(9)
    content = as_parquet(typed(table))
    found = counted(folder_of(tmp_path, {"a.parquet": content}), Question(kind, UNTIL, exact=True))
    for area in AREAS:
        own = alone(typed(table).with_columns(pl.col("authority").cast(pl.String)), area, as_parquet)
        assert_frame_equal(of(found, area), all_figures(own, rules()).filter(period_kind=kind))


def test_an_authority_in_several_files_is_that_of_its_files_together(tmp_path: Path) -> None:
    """A plan that stands in more than one file, by child and start, is the one of the last."""
    first, second = records(1), pl.concat([records(2), records(1)[::3].with_columns(end_date=pl.lit(str(UNTIL)))])
    found = counted(folder_of(tmp_path, {"2019.csv": as_csv(first), "2020.csv": as_csv(second)}))
    for area in AREAS:
        files = [
            read_plans(name, as_csv(table.filter(authority=area).drop("authority")), rules().limits)
            for name, table in (("2019.csv", first), ("2020.csv", second))
        ]
        own = check_plans(joined(files), rules(), None, UNTIL)
        assert_frame_equal(of(found, area), all_figures(own, rules()).filter(period_kind="year"))


def test_programs_of_their_own_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.nation.count._WORTH_A_PROGRAM", 1_000)
    folder = folder_of(tmp_path, {"a.csv": as_csv(records(3))})
    here, apart = counted(folder), counted(folder, programs=2)
    assert_frame_equal(here.figures, apart.figures)
    assert_frame_equal(here.faults, apart.faults)


# --- whose a row is


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("LA Code", {area: f" {area} " for area in AREAS}),
        ("old_la_code", {area: int(area) for area in AREAS}),
        ("DfE number", {area: float(area) for area in AREAS}),
        ("new_la_code", SPELLED),
        ("GSS code", {area: code.lower() for area, code in SPELLED.items()}),
    ],
)
def test_an_authority_is_told_by_its_dfe_number_or_its_ons_code(
    tmp_path: Path, heading: str, cells: Mapping[str, object]
) -> None:
    table = records(4, 120)
    told = table.with_columns(pl.Series("authority", [cells[area] for area in table["authority"]])).rename(
        {"authority": heading}
    )
    expected = counted(folder_of(tmp_path, {"a.csv": as_csv(table)})).figures
    for content in (as_csv(told), as_parquet(told)):
        assert_frame_equal(counted(folder_of(tmp_path, {"a.csv": content})).figures, expected)


def test_rows_of_no_known_authority_are_left_out_and_said(tmp_path: Path) -> None:
    table = records(5, 100)
    strange = table[:7].with_columns(authority=pl.Series(["", "999", "E92000001", "Trafford", "35", "0358", "X"]))
    folder = folder_of(tmp_path, {"a.csv": as_csv(pl.concat([strange, table]))})
    found = counted(folder)
    assert_frame_equal(found.figures, counted(folder_of(tmp_path, {"a.csv": as_csv(table)})).figures)
    assert found.faults.filter(rule=NO_AUTHORITY).select("authority", "rows_left_out").rows() == [(None, 7)]
    assert "Some rows name no authority that is known; they are in no figure." in remarks(found, places(), EXACT)


def test_blank_rows_are_of_nobody_and_not_said(tmp_path: Path) -> None:
    lines = as_csv(records(5, 100)).decode().splitlines()
    text = "\n".join([lines[0], ",,,,,", *lines[1:50], "", " , ,,,,", *lines[50:], "", ""])
    found = counted(folder_of(tmp_path, {"a.csv": text.encode()}))
    assert_frame_equal(found.figures, counted(folder_of(tmp_path, {"a.csv": as_csv(records(5, 100))})).figures)
    assert found.faults.filter(rule=NO_AUTHORITY).is_empty()


def test_what_is_told_of_the_progress_ends_at_the_whole(tmp_path: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    folder = folder_of(tmp_path, {"a.csv": as_csv(records(5, 100)), "b.parquet": as_parquet(records(6, 100))})
    count_nation(folder, places(), rules(), EXACT, 0, lambda what, *done: told.setdefault(what, []).append(done))
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert told["Reading files"][-1] == (size, size)
    assert [done for done, _ in told["Reading files"]] == sorted(done for done, _ in told["Reading files"])
    assert told["Counting authorities"] == [(number, 4) for number in range(1, 5)]


@pytest.mark.parametrize("group", [30, 110, 1_000])
def test_a_long_group_of_rows_is_read_a_block_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    """Texts of few kinds, dates and numbers come out as they are in a file of short groups."""
    table = typed(records(12, 300)).with_columns(pl.col("initial_category").cast(pl.Categorical))
    table.write_parquet(tmp_path / "a.parquet", row_group_size=group)
    expected = table.with_columns(pl.col("initial_category").cast(pl.String))
    monkeypatch.setattr(blocks, "BLOCK", 100)
    read = list(blocks.opened(tmp_path / "a.parquet", rules().limits).blocks(places()))
    assert max(block.height for block in read) <= 100
    assert_frame_equal(pl.concat(read).drop(blocks.PLACE), expected.drop("authority"), check_column_order=False)


# --- what is hidden


@pytest.mark.parametrize("seed", range(3))
def test_yearly_figures_are_hidden_as_all_layers_of_the_rule_would(tmp_path: Path, seed: int) -> None:
    table = records(20 + seed, 900)
    safe = Question("year", UNTIL)
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(table)}), safe)
    hidden = 0
    for area in AREAS:
        exact = all_figures(alone(table, area, as_csv), rules(), kinds=("year",))
        release = rules().release.for_area(area, exact)
        expected = protect_indicators(exact, release, rules().benchmarks.suppression)
        assert_frame_equal(of(found, area), expected)
        hidden += expected.filter(status="suppressed").height
    assert hidden > 10


def test_months_are_hidden_beside_all_other_periods(tmp_path: Path) -> None:
    table, until = records(30, 60).with_columns(authority=pl.lit("358")), date(2017, 3, 31)
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(table)}), Question("month", until))
    read = read_plans("mine", as_csv(table.drop("authority")), rules().limits)
    own = safe_records(check_plans(read, rules(), None, until), rules(), "", "upload", "358")
    assert_frame_equal(of(found, "358"), own.figures.filter(period_kind="month"))


def test_nothing_in_the_table_adds_authorities_up_or_depends_on_another_one(tmp_path: Path) -> None:
    """A total beside the other authorities would give a hidden figure away, so there is none, of any kind."""
    table, safe = records(6, 900), Question("year", UNTIL)
    small = pl.col("authority") == "919"
    first = counted(folder_of(tmp_path, {"a.csv": as_csv(table)}), safe)
    other = counted(folder_of(tmp_path, {"a.csv": as_csv(table.filter(~small))}), safe)
    assert of(first, "919").filter(status="suppressed").height > 0
    assert set(first.figures["authority"]) == set(AREAS)
    assert_frame_equal(first.figures.filter(~small), other.figures)


def test_what_is_said_beside_hidden_figures_has_no_number_of_rows(tmp_path: Path) -> None:
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(records(7, 300))}), Question("year", UNTIL))
    said = " ".join(remarks(found, places(), EXACT))
    assert "Rows with an error were found" in said
    numbers = {str(one.faults.left_out) for one in found.found.values()} | {str(found.rows)}
    assert not numbers & set(said.replace(".", " ").replace(",", " ").split())


# --- texts that are not quite well formed


class Watched(bytes):
    """A text that knows how many of its bytes were counted."""

    counted = 0

    def count(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        self.counted += (len(self) if end is None else end) - start
        return super().count(sub, start, end)


def test_a_quotation_mark_without_another_costs_no_more_than_a_reading() -> None:
    text = Watched(b'O"Brien,2020-01-01\n' + b"A,2020-01-01\n" * 3_000)
    assert blocks.last_row_end(text) == 0
    assert text.counted <= 2 * len(text)


@pytest.mark.parametrize(
    ("text", "end"),
    [(b"", 0), (b"a", 0), (b"a\nb", 2), (b'a\n"b\nc"\nd', 8), (b'a\n"b\nc\nd', 2), (b'"a\n"\n"b\n', 5)],
)
def test_a_part_of_a_text_ends_with_a_row(text: bytes, end: int) -> None:
    assert blocks.last_row_end(text) == end


@pytest.mark.parametrize("times", [1, 2])
def test_a_quotation_mark_alone_in_a_cell_is_said_and_no_row_is_lost_unsaid(tmp_path: Path, times: int) -> None:
    rows = b'358,O"Brien,2018-01-01,2019-01-01\n358,A,2018-01-01,2019-01-01\n' * times
    folder = folder_of(tmp_path, {"a.csv": b"authority,child_id,start_date,end_date\n" + rows})
    assert faults(lambda: counted(folder), DataError)[0].startswith("a.csv: a quotation mark stands alone in a cell")


def test_quotation_marks_that_pair_up_are_let_be(tmp_path: Path) -> None:
    rows = b'358,A,2018-01-01,2019-01-01,"the ""big"" one\nof 2"\n358,B,2018-01-01,2019-01-01,the "big" one\n'
    folder = folder_of(tmp_path, {"a.csv": b"authority,child_id,start_date,end_date,note\n" + rows})
    assert counted(folder).rows == 2


@pytest.mark.parametrize("above", [b'"Plans\rof England"\n', b"Plans\rof England\n", b'"Plans\r\nof England"\r\n', b""])
def test_a_carriage_return_above_the_rows_costs_none_of_them(tmp_path: Path, above: bytes) -> None:
    heading = (
        b'authority,child_id,start_date,end_date,"any\rnote"\n'
        if not above
        else b"authority,child_id,start_date,end_date\n"
    )
    end = b",\n" if not above else b"\n"
    rows = b"".join(b"358,A%d,2018-01-01,2019-01-01" % number + end for number in range(3))
    assert counted(folder_of(tmp_path, {"a.csv": above + heading + rows})).rows == 3


def test_what_must_not_stand_beside_a_safe_table_is_said(tmp_path: Path) -> None:
    folder, safe = folder_of(tmp_path, {"a.csv": as_csv(records(7, 300))}), Question("year", UNTIL)
    said = " ".join(remarks(counted(folder, safe), places(), safe))
    assert "a table of another kind of period or up to another day, of the same records, must not be published" in said
    assert "nor may a total such as England's published figure stand beside it" in said
    assert "Before you publish" not in " ".join(remarks(counted(folder), places(), EXACT))


# --- files that cannot be read


BROKEN: Mapping[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "the file is empty"),
    "no_authority.csv": (b"child_id,start_date,end_date\nA,2020-01-01,\n", "no column says whose plans these are"),
    "no_plans.csv": (b"authority,colour\n358,red\n", "the columns are not those of a plain table of plans"),
    "nobody.csv": (b"authority,child_id,start_date,end_date\nX,A,2020-01-01,\n", "no row says in its column"),
    "cut.parquet": (as_parquet(records(8, 50))[:-30], "the file is cut short or damaged"),
    "book.xlsx": (b"PK\x03\x04 and more", "a workbook cannot be read here"),
    "letter.pdf": (b"%PDF-1.4", "this is a PDF document"),
    "long.csv": (
        b'authority,child_id,start_date,end_date\n358,A,2020-01-01,\n358,"A,2020-01-01,\n',
        "the quotation marks do not pair up",
    ),
    "commas.csv": (
        b"authority,child_id,start_date,end_date\n358,A,2020-01-01,,,x\n",
        "there are 6 cells under 4 headings",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_named_and_the_other_authorities_are_counted(tmp_path: Path, name: str) -> None:
    table = records(8, 200)
    files = {f"{area}.csv": as_csv(table.filter(authority=area)) for area in AREAS[:2]}
    content, sentence = BROKEN[name]
    found = counted(folder_of(tmp_path, {**files, name: content}))
    assert sorted(found.found) == sorted(AREAS[:2])
    said, low = found.missing
    assert said.startswith(name)
    assert sentence in said
    assert low.endswith("the figures of that authority may be too low.")


def test_nothing_is_counted_where_the_unread_file_may_be_of_anybody(tmp_path: Path) -> None:
    content = as_csv(records(8, 100))
    folder = folder_of(tmp_path, {"2019.csv": content, "2020.parquet": b"PAR1 and no more"})
    said = faults(lambda: counted(folder), DataError)
    assert said[0].startswith("2020.parquet: ")
    assert said[1].startswith("Nothing was counted: ")
    folder = folder_of(tmp_path, {"2018.csv": content})
    assert faults(lambda: counted(folder), DataError)[1].startswith("Nothing was counted: ")


def test_figures_of_one_authority_may_be_too_low_where_another_file_is_unread(tmp_path: Path) -> None:
    content = as_csv(records(8, 100).filter(authority="358"))
    found = counted(folder_of(tmp_path, {"358 of 2019.csv": content, "358 of 2020.parquet": b"PAR1 and no more"}))
    assert list(found.found) == ["358"]
    assert "may be too low" in found.missing[1]


def test_a_parquet_file_that_ends_its_reader_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes of pages are turned over: whatever polars does then, this program goes on with the next file."""
    table = records(8, 200)
    bad = bytearray(as_parquet(table.filter(authority="201")))
    bad[4:400] = bytes(255 - byte for byte in bad[4:400])
    folder = folder_of(tmp_path, {"1.parquet": bytes(bad), "2.csv": as_csv(table.filter(authority="358"))})
    found = counted(folder, programs=1)
    assert list(found.found) == ["358"]
    assert found.missing[0].startswith("1.parquet: ")


def test_an_authority_that_cannot_be_counted_is_named_and_the_others_stand(tmp_path: Path) -> None:
    table = records(8, 200)
    long = table.with_columns(
        child_id=pl.when(pl.col("authority") == "201").then(pl.lit("x" * 10_001)).otherwise("child_id")
    )
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(long)}))
    assert "201" not in found.found
    (said,) = found.missing
    assert said.startswith("City of London is not in the figures. a.csv: a cell in the column for 'child_id' is longer")


def test_a_full_disk_is_not_told_as_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.ipc.new_file", full)
    for name, content in (("a.csv", as_csv(records(8, 50))), ("a.parquet", as_parquet(records(8, 50)))):
        folder = folder_of(tmp_path / name, {name: content})
        assert faults(lambda: counted(folder), DataError)[0].startswith(  # noqa: B023
            f"{name}: the temporary folder has no room"
        )


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (pl.exceptions.ComputeError("C1, a child"), "Its rows could not be counted (ComputeError)"),
        (pl.exceptions.PanicException("C1, a child"), "Its rows could not be counted (PanicException)"),
        (MemoryError(), "There is not enough memory for its rows"),
    ],
)
def test_any_error_in_one_authority_leaves_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException, sentence: str
) -> None:
    def figures_of(area: str, *rest: Any) -> Found:
        if area == "201":
            raise problem
        return authority.figures_of(area, *rest)

    monkeypatch.setattr("explorer.nation.programs.figures_of", figures_of)
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(records(8, 200))}))
    assert sorted(found.found) == sorted(set(AREAS) - {"201"})
    (said,) = found.missing
    assert said.startswith(f"City of London is not in the figures. {sentence}")
    assert "C1" not in said


def test_rows_of_one_authority_are_counted_over_all_files_before_any_is_read(tmp_path: Path) -> None:
    few = replace(rules(), limits=rules().limits.model_copy(update={"max_rows": 100}))
    slots = [shelf.Slot(f"{number}.csv", tmp_path / "none.arrow", (0,), 60) for number in (1, 2)]
    said = faults(lambda: authority.figures_of("358", slots, few, EXACT), DataError)
    assert said == ("1.csv and 2.csv: there are more than 100 rows; load fewer years at a time.",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_texts_of_all_sorts_are_read_as_a_single_file_is(tmp_path: Path, encoding: str, separator: str) -> None:
    table = records(10, 150).with_columns(child_id="Zoë " + pl.col("child_id"))
    expected = counted(folder_of(tmp_path, {"a.csv": as_csv(table)})).figures
    text = "Plans of the nation\n\n" + table.write_csv(separator=separator)
    assert_frame_equal(counted(folder_of(tmp_path, {"a.csv": text.encode(encoding)})).figures, expected)


def test_an_empty_folder_and_one_that_is_not_there_are_said(tmp_path: Path) -> None:
    assert faults(lambda: counted(folder_of(tmp_path, {})), DataError)[0].startswith("nation: the folder holds no")
    assert faults(lambda: counted(tmp_path / "gone"), DataError) == (
        "gone: there is no such folder; check where it is kept.",
    )


def test_the_table_has_its_columns(tmp_path: Path) -> None:
    found = counted(folder_of(tmp_path, {"a.csv": as_csv(records(11, 100))}))
    assert dict(found.figures.schema) == dict(NATION)


@pytest.mark.parametrize("rows", [b"", b"\n\n", b",,,\n , ,,\n"])
def test_headings_without_plans_are_said(tmp_path: Path, rows: bytes) -> None:
    folder = folder_of(tmp_path, {"a.csv": b"authority,child_id,start_date,end_date\n" + rows})
    (said,) = faults(lambda: counted(folder), DataError)
    assert said.startswith("nation: there are no plans under the headings; export the plans again")


def test_an_empty_table_of_plans_is_said(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"a.parquet": as_parquet(records(1).clear())})
    assert "no plans under the headings" in faults(lambda: counted(folder), DataError)[0]
