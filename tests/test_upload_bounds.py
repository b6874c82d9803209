"""A file that is made to do harm takes so much time and memory and no more, and ends as a sentence."""

import json
import os
import pickle
import subprocess
import sys
import tomllib
import zipfile
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from explorer.errors import DataError
from explorer.records import Records, apart
from explorer.records.apart import Desk, FilesWaiting, FileTooLarge, FileTooSlow
from explorer.records.loaded import Sent, loaded_records
from explorer.serving_entries import FileWork
from tests.fixtures import TRAFFORD, shipped_world
from tests.test_nothing_leaks import ROOT, tiny

RULES = shipped_world().rules
KNOWN = frozenset(one.code for one in shipped_world().areas.authorities)
HEADINGS = b"child_id,start_date,end_date\n"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{}"/>{}</worksheet>'
)


def work(**values: float) -> FileWork:
    shipped = shipped_world().config.serving.files
    return shipped.model_copy(
        update={name: getattr(shipped, name).model_copy(update={"value": value}) for name, value in values.items()}
    )


def load(content: bytes, area: str | None = TRAFFORD) -> Any:
    return loaded_records(content, Sent("hostile.csv", area), RULES, KNOWN, lambda *_: None)


def packed(**parts: str | bytes) -> bytes:
    """A workbook of some parts; what Excel needs beside them is there."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        whole: dict[str, str | bytes] = {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.sheet.main+xml"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
            '<sheet name="List 7" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": SHEET.format("A1", "<sheetData/>"),
        }
        for name, content in {**whole, **parts}.items():
            package.writestr(name, content)
    return stream.getvalue()


def sheet(**parts: str) -> bytes:
    return packed(**{"xl/worksheets/sheet1.xml": SHEET.format(parts["size"], parts["rows"])})


def many_groups() -> bytes:
    """Parquet that says much of itself: 400 groups of rows of 150 columns, with a row each."""
    stream = BytesIO()
    table = pa.table({"child_id": ["a"], "start_date": ["x"], **{f"c{n}": ["y"] for n in range(150)}})
    with pq.ParquetWriter(stream, table.schema) as writer:
        for _ in range(400):
            writer.write_table(table)
    return stream.getvalue()


def folded() -> bytes:
    """Parquet of some kilobytes that unfolds to gigabytes: one text of 200,000 letters, a hundred thousand times."""
    stream = BytesIO()
    long = pa.array(["x" * 200_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), long)
    pq.write_table(pa.table({"child_id": column, "start_date": column, "end_date": column}), stream)
    return stream.getvalue()


HOSTILE: dict[str, bytes] = {
    "one line of 20 MB": b"x" * 20_000_000,
    "zero bytes": b"\0" * 5_000_000,
    "a quotation that never ends": HEADINGS + b'"' + b"a," * 2_000_000,
    "10,000 columns": b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b"1," * 9_999,
    "a row of 400,000 cells": HEADINGS + b"," * 400_000,
    "entities that grow": b'<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Message>&b;</Message>',
    "an entity that reads a file": b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><Message>&a;</Message>',
    "a million elements deep": b"<Message>" + b"<a>" * 1_000_000,
    "an element with a million attributes": b"<Message><Children " + b" ".join(b"a%d=''" % n for n in range(700_000)),
    "a child without end": b"<Message><Children><Child>" + b"<a>b</a>" * 700_000,
    "a workbook that unpacks to 60 MB": packed(**{"xl/worksheets/sheet1.xml": b"<a>" + b" " * 60_000_000}),
    "a workbook of 6,000 parts": packed(**{f"xl/part{n}.xml": "" for n in range(6_000)}),
    "a workbook with entities": packed(**{"xl/sharedStrings.xml": '<!DOCTYPE s [<!ENTITY a "b">]><sst>&a;</sst>'}),
    "a sheet that says it is the largest": sheet(size="A1:XFD1048576", rows="<sheetData/>"),
    "a cell in the last row and column": sheet(
        size="A1", rows='<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "a folder of a zip in a zip": packed(**{"xl/embeddings/more.zip": packed()}),
    "Parquet in 400 groups": many_groups(),
    "Parquet that unfolds": folded(),
    "Parquet cut short": many_groups()[:-2_000],
    "nothing but the name of a format": b"PAR1",
}


MEASURE = """
import json, resource, time
from tests.test_upload_bounds import HOSTILE, load
from explorer.errors import DataError
told, before = {}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
for what, content in HOSTILE.items():
    try:
        load(content)
    except DataError as problem:
        told[what] = problem.faults
print(json.dumps([told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, time.process_time() - began]))
"""


@pytest.fixture(scope="module")
def measured() -> tuple[dict[str, list[str]], float, float]:
    """What is told of each, and how many kilobytes and seconds of a processor all of them took."""
    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)
    told, kilobytes, seconds = json.loads(done.stdout)
    return told, kilobytes, seconds


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_ends_as_a_sentence(what: str, measured: tuple[dict[str, list[str]], float, float]) -> None:
    (said,) = measured[0][what]
    assert said.endswith(".")
    assert said.startswith("hostile.csv")
    assert "Error" not in said
    assert len(said) < 800


def test_all_of_them_together_take_little_memory_and_time(measured: tuple[object, float, float]) -> None:
    _, kilobytes, seconds = measured
    assert kilobytes < 400_000
    assert seconds < 20


# --- In a program of its own --------------------------------------------------------------------------------------


def desk_load(desk: Desk, content: bytes, progress: Any = lambda *_: None) -> Any:
    return desk.records_of(content, Sent("C:\\private\\plans.csv", TRAFFORD), RULES, KNOWN, progress)


def test_the_program_of_its_own_gives_the_same_records_and_tells_how_far_it_is() -> None:
    told: list[tuple[float, str]] = []
    content = tiny(1, faults=True).encode()
    found = desk_load(Desk(work()), content, lambda *said: told.append(said))
    here = load(content)
    assert found.version == here.version
    assert found.figures.equals(here.figures)
    assert found.checked.findings.equals(here.checked.findings)
    assert [words for _, words in told] == [
        "Checking every row…", "Counting, and hiding what could give a small number away…",
    ]  # fmt: skip


def test_a_file_that_takes_too_long_is_ended_and_told() -> None:
    with pytest.raises(FileTooSlow, match=r"^plans.csv: reading and checking the file took longer than 0 seconds"):
        desk_load(Desk(work(seconds=0.1)), tiny(1).encode())


def test_a_file_that_takes_too_much_of_the_processor_is_ended_by_the_system() -> None:
    with pytest.raises(FileTooSlow, match="took longer than 1 second,"):
        desk_load(Desk(work(seconds=1)), HOSTILE["a child without end"] * 3)


def test_a_file_that_needs_too_much_memory_is_ended_and_told() -> None:
    with pytest.raises(FileTooLarge, match=r"^plans.csv: the file needs more memory"):
        desk_load(Desk(work(megabytes=30)), tiny(1).encode())


class Ended(nullcontext[None]):
    """A program that has ended."""

    def kill(self) -> None:
        """It is gone."""


def test_a_fault_of_our_own_is_told_without_words_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_said", lambda *_: iter(["ValueError"]))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: Ended())
    with pytest.raises(DataError, match=r"^plans.csv: the file is not put together as plan records are"):
        Desk(work()).records_of(b"x", Sent("plans.csv", TRAFFORD), RULES, KNOWN, lambda *_: None)


def test_what_is_wrong_in_a_file_is_told_as_in_the_same_program() -> None:
    with pytest.raises(DataError, match=r"^plans.csv: this is a PDF document"):
        desk_load(Desk(work()), b"%PDF-1.4")


def test_a_reader_who_leaves_ends_the_work_and_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*given: Any, **more: Any) -> Any:
        started.append(popen(*given, **more))
        return started[-1]

    class Gone(BaseException):
        """What Streamlit raises where a reader has gone."""

    def leave(*_: object) -> None:
        raise Gone

    desk = Desk(work(wait=0.01, at_once=1))
    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(Gone):
        desk_load(desk, tiny(1).encode(), leave)
    (process,) = started
    assert process.returncode is not None
    assert desk._turns.acquire(blocking=False)
    with pytest.raises(FilesWaiting, match="other people are loading files just now"):
        desk_load(desk, tiny(1).encode())


def test_the_program_sees_no_secret_of_the_environment_and_writes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setenv("EXPLORER_DATABASE_URL", "postgresql://name:password@somewhere/one")

    def start(command: list[str], **more: Any) -> Any:
        seen.append((command, more["env"]))
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(OSError):  # noqa: PT011 - the one above
        desk_load(Desk(work()), b"x")
    ((command, environment),) = seen
    assert command[1:] == ["-m", "explorer.records.alone"]
    assert "EXPLORER_DATABASE_URL" not in environment
    assert set(environment) <= {*apart._KEPT, "POLARS_MAX_THREADS"}


def test_one_limit_of_an_upload_everywhere() -> None:
    """The box on the page, Streamlit and the work agree; what one page holds fits two files."""
    server = tomllib.loads((Path(ROOT) / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
    most, files = RULES.limits.max_upload_bytes, shipped_world().config.serving.files
    assert server["maxUploadSize"] * 1_000_000 == most
    assert files.held_by_one.value * 1_000_000 >= 2 * most
    assert files.held.value >= files.held_by_one.value


class _Calls:
    """What a file that had taken over its reader would have the program for readers call."""

    def __init__(self, called: Any, *given: Any) -> None:
        self.called, self.given = called, given

    def __reduce__(self) -> tuple[Any, ...]:
        return self.called, self.given


@pytest.mark.parametrize(
    "answer",
    [
        _Calls(os.system, "true"),
        _Calls(eval, "1"),
        _Calls(getattr, TRAFFORD, "upper"),
        _Calls(load, b""),
        Path("x"),
        Desk(work()),  # its own, and no table of values
        pl.LazyFrame({"a": [1]}),  # may hold functions
        {"records": _Calls(subprocess.run, ["true"])},
    ],
)
def test_an_answer_calls_nothing(answer: object) -> None:
    try:
        packed = pickle.dumps(answer)
    except TypeError:  # locks are not packed; by its name alone
        packed = b"cexplorer.records.apart\nDesk\n."
    with pytest.raises(pickle.UnpicklingError):
        apart.answered(packed)


@pytest.mark.parametrize(
    "packed",
    [
        b"\x80\x04\x8c\x16explorer.records.apart\x94\x8c\tos.system\x94\x93.",  # a name within a name
        b"cexplorer.records.apart\nPath\n.",  # known to this program's own module, and not its own
        b"cexplorer.records.safe\nRecords\n(N}Vlabel\nVx\nst\x86b.",
        b"cexplorer.records.safe\nRecords\n(N}Vlabel\nVx\nstb.",  # would change the class for everybody
        b"nonsense",
        b"",
    ],
)
def test_an_answer_changes_nothing(packed: bytes) -> None:
    before = dict(vars(Records))
    with pytest.raises(pickle.UnpicklingError):
        apart.answered(packed)
    assert dict(vars(Records)) == before


def test_an_answer_that_says_it_is_endless_is_cut_short() -> None:
    with pytest.raises(EOFError):
        apart.take(BytesIO(b"\xff" * 8 + b"x"), apart.answered)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="root alone has rights to give away")
def test_root_gives_its_rights_away_before_a_file_is_read(tmp_path: Path) -> None:
    said = (
        "import os, sys; from explorer.records.alone import _step_down; sys.path = ['', sys.argv[1]]; _step_down(); "
        "print(os.getresuid(), os.getresgid(), os.getgroups())"
    )

    def after(folder: Path) -> str:
        asked = [sys.executable, "-c", said, str(folder)]
        told = subprocess.run(asked, cwd="/", env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
        return told.stdout.strip()

    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert after(Path("/")) == "(65534, 65534, 65534) (65534, 65534, 65534) []"
    assert after(closed) == "(0, 0, 0) (0, 0, 0) []"  # it could not read its own files any more
