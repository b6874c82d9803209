"""Any file at all: its kind is told by its content, and what cannot be read is refused in one sentence."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from explorer.config import Limits
from explorer.errors import DataError
from explorer.schema import PLANS
from explorer.sources.encoding import WINDOWS_NOTE
from explorer.sources.plans import read_plans
from tests.fixtures import faults
from tests.plan_samples import (
    ANNEX_A,
    LIMITS,
    SSD,
    annex_a_row,
    census,
    child,
    comma_separated,
    parquet,
    plan,
    read,
    refusal,
    repacked,
    ssd_row,
    workbook,
)

PLAIN_HEADINGS, PLAIN_ROW = ("child_id", "start_date", "end_date"), ("A1", "2018-05-01", "")
PLAIN = comma_separated(PLAIN_HEADINGS, PLAIN_ROW)
WORKBOOK = workbook(List_7=[ANNEX_A, annex_a_row()])
FILES = {
    "cin_census": [census(child("A", plan())).encode()],
    "annex_a": [comma_separated(ANNEX_A, annex_a_row()).encode(), WORKBOOK],
    "ssd": [
        comma_separated(SSD, ssd_row()).encode(),
        parquet(pl.DataFrame([ssd_row()], schema=list(SSD), orient="row")),
    ],
    "plain": [PLAIN.encode(), parquet(pl.DataFrame([PLAIN_ROW], schema=list(PLAIN_HEADINGS), orient="row"))],
}


@pytest.mark.parametrize("name", ["return.xml", "annex.xlsx", "ssd.csv", "plans.parquet", "x.pdf", "", "no ending"])
@pytest.mark.parametrize("kind", FILES)
def test_the_content_tells_the_kind_and_the_name_tells_nothing(kind: str, name: str) -> None:
    for content in FILES[kind]:
        found = read(content, name)
        assert found.kind == kind
        assert found.plans.height == 1
        assert found.name == (name or "the file")


@pytest.mark.parametrize("kind", FILES)
def test_a_path_reads_as_bytes_do(kind: str, tmp_path: Path) -> None:
    for number, content in enumerate(FILES[kind]):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(content)
        found = read_plans("plans", path, LIMITS)
        assert found.plans.equals(read(content).plans)
        assert found.notes == read(content).notes


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        (sentence,) = faults(lambda path=path: read_plans("plans", path, LIMITS), DataError)  # type: ignore[misc]
        assert "not there" in sentence
        assert str(tmp_path) not in sentence


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\me\\plans.csv", "plans.csv"),
        ("/tmp/x/plans.csv", "plans.csv"),
        ("a\x1b[31m\nb\u202e.csv", "a[31mb.csv"),
    ],
)
def test_a_name_is_made_safe_to_show(name: str, shown: str) -> None:
    assert read(PLAIN, name).name == shown
    assert len(read(PLAIN, "x" * 500).name) == 80


ENCODED = {
    "utf-8": "utf-8",
    "utf-8 with a mark": "utf-8-sig",
    "utf-16 with a mark": "utf-16",
    "utf-16 little": "utf-16-le",
    "utf-16 big": "utf-16-be",
    "Windows": "cp1252",
}


@pytest.mark.parametrize("encoding", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("separator", [",", "\t"])
def test_tables_in_every_usual_encoding_are_read(encoding: str, separator: str) -> None:
    text = comma_separated(PLAIN_HEADINGS, ("Zoë O’Neill", "2018-05-01", ""), separator=separator)
    found = read(text.encode(encoding))
    assert found.plans["child_id"].to_list() == ["Zoë O’Neill"]
    assert (WINDOWS_NOTE in found.notes) == (encoding == "cp1252")


UNCERTAIN = {
    "a mixture": PLAIN.encode() + "Zoë,2018-05-01,\n".encode() + "Zoë,2018-05-01,\n".encode("cp1252"),
    "an old Mac": PLAIN.encode() + "Zoë,2018-05-01,\n".encode("mac-roman"),
    "an apostrophe at the end": PLAIN.encode() + "Zo’,2018-05-01,\n".encode("cp1252"),
    "a pound in a word": PLAIN.encode() + "Jes£s,2018-05-01,\n".encode("cp1252"),
    "DOS": PLAIN.encode() + "Zoë,2018-05-01,\n".encode("cp850"),
    "no letters": PLAIN.encode() + b"\x81\x8d,2018-05-01,\n",
    "UTF-8 cut in a letter": (PLAIN + "Zoë").encode()[:-1] + b"\xa9\xff",
}


@pytest.mark.parametrize("content", UNCERTAIN.values(), ids=UNCERTAIN)
def test_text_that_could_be_read_in_more_than_one_way_is_refused(content: bytes) -> None:
    assert "not certain which characters" in refusal(content)


def test_bytes_that_are_no_text_are_refused() -> None:
    assert "zero bytes" in refusal(PLAIN.encode() + b"\0\0\0")
    assert "zero bytes" in refusal(b"\0" * 1000)
    assert "UTF-16 text is cut short" in refusal(PLAIN.encode("utf-16")[:-1])


@pytest.mark.parametrize("content", ["", " ", "\n\n \r\n", "\ufeff", "\ufeff\n"])
def test_an_empty_file_is_refused(content: str) -> None:
    assert "export it again" in refusal(content)


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    content = census(*(child(f"C{number}", plan()) for number in range(3_000))).encode()
    limits = LIMITS.model_copy(update={"max_bytes": 1_000_000})
    sentence = refusal(content, limits=limits)
    assert f"the file is {len(content) / 1e6:.1f} MB and the limit is 1.0 MB" in sentence
    path = tmp_path / "large"
    path.write_bytes(content)
    assert faults(lambda: read_plans("plans", path, limits), DataError) == (sentence,)
    assert read(content, limits=LIMITS.model_copy(update={"max_bytes": len(content)})).plans.height == 3_000


def packed(*parts: str) -> bytes:
    """A zip file with some names in it."""
    content = BytesIO()
    with ZipFile(content, "w") as package:
        for part in parts:
            package.writestr(part, "x")
    return content.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
WRONG = {
    "a Word document": (packed("[Content_Types].xml", "word/document.xml"), "this is a Word document"),
    "slides": (packed("ppt/presentation.xml"), "a PowerPoint presentation"),
    "OpenDocument": (packed("mimetype", "content.xml"), "an OpenDocument file"),
    "xlsb": (packed("xl/workbook.bin"), "an Excel binary workbook"),
    "a zip file": (packed("plans.csv"), "take the plan records out of it"),
    "an empty zip file": (packed(), "take the plan records out of it"),
    "a PDF": (b"%PDF-1.7\n...", "a PDF document"),
    "RTF": (b"{\\rtf1 x}", "a Word document (RTF)"),
    "gzip": (b"\x1f\x8b\x08" + bytes(20), "a compressed file"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "a picture"),
    "a password": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "this workbook has a password; take the password off",
    ),
    "xls": (OLE + "Workbook".encode("utf-16-le"), "an old Excel file (xls)"),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), "an old Word or Office file"),
    "a web page": (b"<!DOCTYPE html><html></html>", "a web page"),
    "a web page named xls": (b"<html><table><tr><td>child_id</td></tr></table></html>", "a web page"),
    "an Excel XML file": (b'<?xml version="1.0"?><Workbook/>', "<workbook>"),
    "JSON": (b'{"child_id": 1}', "the columns are not those of plan records"),
    "other columns": (b"a,b,c\n1,2,3\n", "the columns are not those of plan records (a, b, c)"),
    "prose": (b"Dear all,\nplease find attached\n", "the columns are not those of plan records"),
}


@pytest.mark.parametrize(("content", "told"), WRONG.values(), ids=WRONG)
def test_files_of_another_kind_are_refused_by_what_they_are(content: bytes, told: str) -> None:
    assert told in refusal(content, "plans.xlsx")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_or_parquet_file_that_is_cut_short_is_refused(share: float) -> None:
    for content in (WORKBOOK, FILES["plain"][1]):
        assert "cut short or damaged" in refusal(content[: int(len(content) * share)])


def test_a_workbook_with_a_damaged_part_is_refused() -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        assert "damaged" in refusal(repacked(WORKBOOK, {part: b"<worksheet><broken"}))
    assert "nothing in the workbook" in refusal(workbook(List_7=[]))


def test_a_zip_file_with_a_password_is_refused() -> None:
    content = bytearray(packed("xl/workbook.xml"))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    assert "password" in refusal(bytes(content))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(WORKBOOK, {"xl/media/image.png": bytes(1_000_000)})
    assert "would unpack to 1.0 MB" in refusal(bomb)
    many = repacked(WORKBOOK, {f"xl/media/{number}.png": bytes(100_000) for number in range(10)})
    assert "times its size" in refusal(many)
    content = BytesIO()
    with ZipFile(BytesIO(WORKBOOK)) as old, ZipFile(content, "w", ZIP_STORED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
        new.writestr("xl/media/image.png", bytes(range(256)) * 8_000)
    assert "would unpack to 2.1 MB" in refusal(content.getvalue())  # not by its ratio: by its size


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 4_000_000)
    lying = content.getvalue().replace((4_000_000).to_bytes(4, "little"), (4_000).to_bytes(4, "little"))
    assert "damaged" in refusal(lying)


def test_a_workbook_with_thousands_of_parts_is_refused() -> None:
    assert "more than 5,000 parts" in refusal(packed(*(f"xl/{number}" for number in range(5_001))))


ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_entities_in_a_workbook_are_refused(part: str, encoding: str) -> None:
    hostile = f"{ENTITIES}<sst><si><t>&b;</t></si></sst>".encode(encoding)
    assert "XML that Excel does not write" in refusal(repacked(WORKBOOK, {part: hostile}))
    padded = f"<!--{'x' * (1 << 20)}-->{ENTITIES}<sst/>".encode(encoding)
    assert refusal(repacked(WORKBOOK, {part: padded}))


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'


def test_a_tiny_sheet_that_claims_to_be_vast_takes_no_memory() -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    vast = SHEET.format('<dimension ref="A1:XFD1048576"/>', far)
    assert "nothing in the workbook" in refusal(repacked(WORKBOOK, {"xl/worksheets/sheet1.xml": vast.encode()}))
    beyond = SHEET.format("", '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>')
    assert "nothing in the workbook" in refusal(repacked(WORKBOOK, {"xl/worksheets/sheet1.xml": beyond.encode()}))
    wide = SHEET.format("", '<row r="1"><c r="XFD1"><v>1</v></c></row>')
    assert "more than 100 columns" in refusal(repacked(WORKBOOK, {"xl/worksheets/sheet1.xml": wide.encode()}))


def test_limits_are_checked_and_frozen() -> None:
    with pytest.raises(ValidationError, match="earliest_year"):
        Limits(**{**LIMITS.model_dump(), "earliest_year": 2031})
    with pytest.raises(ValidationError, match="frozen"):
        LIMITS.max_rows = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="max_cells"):
        Limits(**LIMITS.model_dump(), max_cells=1)  # type: ignore[call-arg]


def told(content: bytes) -> None:
    """Read a file, or be refused in one sentence that names it."""
    try:
        assert read(content).plans.schema == PLANS
    except DataError as problem:
        (sentence,) = problem.faults
        assert sentence.startswith("plans")
        assert len(sentence) < 2_000


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    told(content)


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet='child_id,start_date,end_date\n"\t;|1=é\0<>!\r 2018-05-01', max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    told((",".join(PLAIN_HEADINGS) + "\n" + text).encode())
    told(text.encode())


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([content for contents in FILES.values() for content in contents]), st.data())
def test_any_damage_is_read_or_refused(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(0, 12))
    told(content[:at] + data.draw(st.binary(max_size=12)) + content[at + length :])
