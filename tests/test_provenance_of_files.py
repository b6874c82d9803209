"""Every file that leaves says where it comes from: version, source, day, as at, suppression, program and link."""

import csv
import io
import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
import streamlit as st
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from explorer import __main__
from explorer.app import cached_briefing, leaving
from explorer.app.choices import VIEWS
from explorer.app.selection import Selection
from explorer.briefing.make import Ask, brief
from explorer.export import image_file
from explorer.export.csv_file import csv_bytes
from explorer.export.image_file import png_bytes, svg_bytes
from explorer.export.workbook import ABOUT, workbook_bytes
from explorer.provenance import PROGRAM, Provenance, hidden_rule
from explorer.records.shipped import load_sample
from explorer.wording import day
from tests.fixtures import GROUP, ROOT, TRAFFORD, shipped_world
from tests.plan_samples import comma_separated
from tests.test_image_file import kinds

MADE, HERE = date(2026, 2, 28), "https://plans.example.gov.uk"
HELD = Provenance(
    figures="Published figures",
    sources=("DfE D3", "DfE D5"),
    version="930acb19",
    as_at=date(2018, 9, 30),
    made=MADE,
    suppression=hidden_rule(shipped_world().config.benchmarks.suppression, from_records=False),
    link=f"{HERE}/trends?v=1&area=358",
)
SVG = "{http://www.w3.org/2000/svg}"


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- Each form ---------------------------------------------------------------------------------------------------


def test_a_csv_says_it_in_columns_behind_all_others() -> None:
    table = pl.DataFrame({"year": [2017, 2018], "value": [28.0, 29.1]})
    rows = rows_of(csv_bytes(table, HELD))
    assert list(rows[0]) == ["year", "value", *(heading for heading, _ in HELD.lines)]
    for row in rows:
        assert [row[heading] for heading, _ in HELD.lines] == [words for _, words in HELD.lines]
    assert pl.read_csv(csv_bytes(table, HELD))["value"].to_list() == [28.0, 29.1]


def test_what_a_column_says_already_is_not_said_twice() -> None:
    table = pl.DataFrame({"Source": ["DfE D3"], "Data": ["Invented plan records for Trafford"]})
    assert {"Sources", "Figures"} & set(rows_of(csv_bytes(table, HELD))[0]) == set()
    empty = pl.DataFrame({"Source": [None]}, schema={"Source": pl.String})
    assert rows_of(csv_bytes(empty, HELD))[0]["Sources"] == "DfE D3; DfE D5"


def test_a_long_csv_says_it_once_and_an_empty_one_in_its_headings() -> None:
    rows = rows_of(csv_bytes(pl.DataFrame({"n": range(10_001)}), HELD))
    assert [row["Data version"] for row in (rows[0], rows[1], rows[-1])] == ["930acb19", "", ""]
    assert csv_bytes(pl.DataFrame(schema={"n": pl.Int64}), HELD).decode("utf-8-sig").startswith("n,Figures,Sources")


def test_a_link_that_a_spreadsheet_could_run_is_text() -> None:
    content = csv_bytes(pl.DataFrame({"n": [1]}), replace(HELD, link="=HYPERLINK(1)"))
    assert rows_of(content)[0]["The same on screen"] == "'=HYPERLINK(1)"


def test_a_workbook_says_it_on_a_sheet_of_its_own() -> None:
    book = load_workbook(BytesIO(workbook_bytes({"findings": pl.DataFrame({"n": [1]})}, HELD)))
    assert book.sheetnames == ["findings", ABOUT]
    assert [tuple(cell.value for cell in row) for row in book[ABOUT].iter_rows(min_row=2)] == list(HELD.lines)


def png_texts(content: bytes) -> dict[str, str]:
    """The texts of a PNG by keyword; fails where a chunk is damaged."""
    found, place = {}, 8
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        assert struct.unpack(">I", content[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"iTXt":
            keyword, rest = body.split(b"\0", 1)
            found[keyword.decode("latin-1")] = rest[2:].split(b"\0", 2)[2].decode()
        place += 12 + length
    return found


def test_pictures_say_it_below_and_in_the_file_itself() -> None:
    picture = kinds()["0-ranked"]
    png = png_bytes(picture, HELD)
    assert png_texts(png) == dict(HELD.lines)
    assert png.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    root = ET.fromstring(svg_bytes(picture, HELD))
    assert root[0].tag == f"{SVG}metadata"
    assert root[0].text == "\n".join(f"{heading}: {words}" for heading, words in HELD.lines)
    written = " ".join(" ".join(part.itertext()) for part in root.iter(f"{SVG}text"))
    for heading, words in HELD.lines:
        if heading != "Sources":  # the source of the picture itself stands above
            assert f"{heading}: {words}" in written
    assert f"{picture.source}." in written


def test_strange_words_break_no_picture() -> None:
    strange = replace(HELD, figures='Plan records of <Town> & "Z\x0b"', link="")
    root = ET.fromstring(svg_bytes(kinds()["0-ranked"], strange))
    assert (root[0].text or "").startswith('Figures: Plan records of <Town> & "Z"')
    assert png_texts(png_bytes(kinds()["0-ranked"], strange))["Figures"] == 'Plan records of <Town> & "Z"'


# --- Everything that the app offers ------------------------------------------------------------------------------


def test_files_of_an_uploaded_file_say_that_their_address_shows_other_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    published = shipped_world()
    records = load_sample(published.config, published.rules)
    loaded = published.with_records(replace(records, origin="upload", label="plans.csv"))
    monkeypatch.setattr(cached_briefing, "own", lambda world, key, make: make())
    monkeypatch.setattr(cached_briefing, "_made", lambda world, ask: brief(world, ask, date.min))
    monkeypatch.setattr(cached_briefing, "_kept", lambda version, ask, world: brief(world, ask, date.min))
    monkeypatch.setattr(leaving, "address_of", lambda page, choices: HERE)
    monkeypatch.setattr(leaving, "link_to", lambda world, page: {})
    monkeypatch.setattr("explorer.app.selection.page", str)
    monkeypatch.setattr("explorer.app.choices.published_version", lambda world: world.version)
    chosen = Selection(TRAFFORD, 2018, GROUP, ())
    for world, area, needed in ((loaded, TRAFFORD, True), (loaded, "857", False), (published, TRAFFORD, False)):
        ask = Ask(area, date(2018, 3, 31), GROUP)
        held = cached_briefing.briefing(world, ask, MADE, HERE).provenance
        assert held.file_needed == needed
        whose = "Plan records of Trafford" if needed else ""
        assert leaving.provenance(world, chosen, whose).file_needed == needed
        assert (held.link_heading == "The same on screen") != needed
        assert (held.link_heading, HERE) in held.lines


View = tuple[str, dict[str, Any]]
VIEWS_OF_THE_APP: list[View] = [
    ("briefing", {"year": 2018}),
    *(("neighbours", {"view": view}) for view in (*VIEWS,)[::3]),
    ("trends", {"every": "month", "trend": "plans_open", "came": True}),
    ("trends", {"every": "year", "trend": "repeat_plan_percent"}),
    ("what_if", {"closer": "work"}),
    ("did_it_work", {"look": "when"}),  # with the monitoring plan
    ("data", {"measure": "plans_open", "kind": "month"}),
]
PLAN: View = VIEWS_OF_THE_APP[-2]


class Here:
    """The reader's browser."""

    url = HERE


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What every download button would give, by the name of its file."""
    found: dict[str, Callable[[], bytes]] = {}

    def download(label: str, data: Any, file_name: str = "", **_: Any) -> bool:
        found[file_name] = data if callable(data) else lambda: data
        return False

    # pictures are what they are drawn from: drawing takes a second each, and the forms have tests of their own above
    monkeypatch.setattr(
        image_file, "_drawn", lambda asked: [dict.fromkeys(one["forms"], _sketch(one)) for one in asked]
    )
    monkeypatch.setattr(st, "download_button", download)
    monkeypatch.setattr(st.delta_generator.DeltaGenerator, "download_button", lambda _, *a, **k: download(*a, **k))
    monkeypatch.setattr(st, "context", Here())
    monkeypatch.setattr(leaving, "today", lambda: MADE)
    return found


def _sketch(asked: dict[str, Any]) -> bytes:
    if asked["forms"] == ("png",):
        return b"\x89PNG\r\n\x1a\n" + b"\0" * 25
    return f"<svg>{json.dumps(asked['words'])}</svg>".encode()


def words_of(name: str, content: bytes) -> str:
    """Everything that is said in a file."""
    match Path(name).suffix:
        case ".xlsx":
            book = load_workbook(BytesIO(content))
            return " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        case ".csv":
            (first, *_) = rows_of(content) or [{}]
            return " ".join(f"{heading}: {words}" for heading, words in first.items())
        case ".svg" | ".html":
            return re.sub("&amp;", "&", re.sub("&quot;", '"', content.decode()))
        case ".png":
            return re.sub("iTXt(.+?)\0\0\0en-GB\0\0", r" \1: ", content.decode("utf-8", "ignore"))
        case _:
            return content.decode()


def missing(name: str, content: bytes, link: str) -> list[str]:
    """Which of the seven parts a file does not say."""
    said = words_of(name, content)
    parts = {
        "data version": shipped_world().version,
        "source": r"DfE|ONS|Invented plan records|back-test|worked out by this program",
        "made": day(MADE),
        "as at": r"(?i)as at\W+\d+ \w+ 20\d\d: no figure of a later time is used",
        "suppression": "DfE hides counts from 1 to 5|Nothing in this list is hidden",
        "program": PROGRAM,
        "link": re.escape(link),
    }
    return [part for part, pattern in parts.items() if not re.search(pattern, said)]


PACK = re.compile(r"trafford-\d{4}-\d\d-\d\d[-a-z]*\.(zip|pptx|docx|html|xlsx)")  # each has tests of its own


@pytest.mark.parametrize("data", ["published", "sample"])
def test_every_download_of_every_page_says_all_seven(data: str, files: dict[str, Callable[[], bytes]]) -> None:
    seen: set[str] = set()
    for page, chosen in VIEWS_OF_THE_APP if data == "sample" else (VIEWS_OF_THE_APP[1], PLAN):
        files.clear()
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        app.session_state["choices"] = {"data": data, "area": TRAFFORD, "year": 2018, **chosen}
        if page != "briefing":
            app.switch_page(f"explorer/app/pages/{page}.py")
        app.run()
        assert not app.exception, (page, app.exception)
        own = {name: make for name, make in files.items() if not PACK.fullmatch(name)}
        pack = [Path(name).suffix for name in files if name not in own]
        assert pack == ([".zip", ".pptx", ".html", ".docx", ".xlsx"] if page == "briefing" else [])
        for name, make in own.items():
            link = f"{HERE}/{'' if page == 'briefing' else page}?v=1&data={data}"
            assert missing(name, make(), link) == [], (page, chosen, name)
        seen |= {Path(name).suffix for name in own}
    assert seen >= {".csv", ".png", ".svg", ".html"}
    assert (".yaml" in seen) == (data == "sample")


def test_no_room_of_the_app_offers_a_file_that_the_walk_does_not_know() -> None:
    """All pictures and tables go through ``parts``; what is saved has tests of its own."""
    ways = ("download_button(", "leaving.offer(")
    rooms = {
        path.stem
        for path in (ROOT / "explorer" / "app").rglob("*.py")
        if any(way in path.read_text(encoding="utf-8") for way in ways)
    }
    saved = {room for room in rooms if room.startswith("saved")}
    assert rooms - saved == {"leaving", "parts", "briefing_view", "evaluation_plan", "records_view", "what_if_file"}


def test_the_walk_would_notice_each_part_that_is_missing() -> None:
    table, link = pl.DataFrame({"n": [1]}), HELD.link
    held = replace(HELD, version=shipped_world().version)
    assert missing("a.csv", csv_bytes(table, held), link) == []
    assert missing("a.csv", csv_bytes(table), link) == [
        "data version", "source", "made", "as at", "suppression", "program", "link",
    ]  # fmt: skip
    assert missing("a.csv", csv_bytes(table, replace(held, made=date(2020, 1, 1), link="")), link) == ["made", "link"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_the_findings_that_the_command_writes_say_it(tmp_path: Path, ending: str) -> None:
    records, out = tmp_path / "plans.csv", tmp_path / f"findings{ending}"
    rows = comma_separated(("child_id", "start_date", "end_date"), ("c1", "2018-01-01", "2017-01-01"))
    records.write_text(rows, encoding="utf-8")
    __main__.main(["check", str(records), "--output", str(out)])
    said = words_of(out.name, out.read_bytes())
    for part in ("plans.csv", "Data version", "Nothing in this list is hidden", PROGRAM, "http://localhost:8501/data"):
        assert part in said
