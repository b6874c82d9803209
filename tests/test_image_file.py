"""A picture's file stands alone: words and source in it, nothing fetched, strange names harmless, nothing hidden."""

import json
import re
import struct
import subprocess
from base64 import b64encode
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
import streamlit as st

import explorer
from explorer.app import parts
from explorer.charts.picture import Picture
from explorer.errors import ExplorerError
from explorer.export.draw import drawn
from explorer.export.image_file import ALONE, Drawing, Form, ImageError, asked_for, drawings, png_bytes, svg_bytes
from explorer.export.sheet import INK, WIDTH, Words, sheet
from tests.briefings import by_hand
from tests.fixtures import OPEN_LONG, REPEAT, TRAFFORD
from tests.test_charts import dots, ranked, series
from tests.test_monthly import drawn as by_month
from tests.test_what_if_charts import pictures as what_if_pictures

HOSTILE = "</svg><script>alert(1)</script> & \"x\" '$y' {datum.z} \x0b<Town>"
WORDS = Words("Finding", "measure", "key", "note", "Source: S.", "Made.", "seen")
MONTHS = [(date(2018, 4, 30), 5, 20, 25.0, "published"), (date(2018, 5, 31), 6, 20, 30.0, "published")]
CHART = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="100"><path d="M0,0"/></svg>'
SVG = "{http://www.w3.org/2000/svg}"


def written(svg: bytes | str) -> str:
    """What is written in an SVG, without line breaks; fails where it is no XML."""
    return " ".join(" ".join(part.itertext()) for part in ET.fromstring(svg).iter(f"{SVG}text"))


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB\x60\x82")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def file_of(picture: Picture, form: Form) -> bytes:
    """The picture's file, drawn in this program."""
    return drawn(asked_for(picture, form))[form]


@lru_cache(maxsize=1)
def kinds() -> dict[str, Picture]:
    """One picture of each kind and more of some."""
    some: list[Picture] = [ranked(TRAFFORD, OPEN_LONG, 2025), dots(TRAFFORD, REPEAT, 2018)]
    some += [series(TRAFFORD, OPEN_LONG, 2025), by_month(MONTHS), *what_if_pictures()]
    return {f"{number}-{picture.name}": picture for number, picture in enumerate(some)}


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_picture_becomes_a_file_with_its_words(kind: str) -> None:
    picture = kinds()[kind]
    svg = file_of(picture, "svg")
    said = written(svg)
    for words in (picture.title, picture.subtitle, picture.key, picture.note, f"{picture.source}."):
        assert " ".join(words.split()) in said
    assert f"Made with the Child Protection Planning Explorer {explorer.__version__}." in said
    assert b"currentColor" not in svg
    assert set(re.findall(rb"https?://[^\"' ]+", svg)) <= {
        b"http://www.w3.org/2000/svg",
        b"http://www.w3.org/1999/xlink",
    }
    assert not re.search(rb"<(image|script|foreignObject|use|style)\b|@import", svg)
    width, height = size(file_of(picture, "png"))
    assert 2 * WIDTH < width < 2.2 * WIDTH  # not wider than its chart and margins: nothing runs over
    assert height > 200


def test_the_program_of_its_own_draws_the_same() -> None:
    picture = kinds()["0-ranked"]
    assert svg_bytes(picture) == file_of(picture, "svg")
    assert size(png_bytes(picture)) == size(file_of(picture, "png"))


def test_the_ground_is_white_and_text_is_ink() -> None:
    svg = file_of(kinds()["0-ranked"], "svg").decode()
    ground = next(ET.fromstring(svg).iter(f"{SVG}rect"))
    assert (ground.get("fill"), ground.get("width"), ground.get("height")) == ("#ffffff", "100%", "100%")
    assert f'fill="{INK}"' in svg


def test_strange_names_are_text_and_nothing_else() -> None:
    """In the words and in the data: no mark-up, no expression, no sign that breaks the file."""
    picture = kinds()["0-ranked"]
    data = picture.data.with_columns(name=pl.when(pl.col("name") == "Trafford").then(pl.lit(HOSTILE)).otherwise("name"))
    words: Any = dict.fromkeys(("title", "subtitle", "key", "note", "source", "alt"), HOSTILE)
    svg = file_of(replace(picture, data=data, **words), "svg")
    assert b"<script" not in svg
    assert b"\x0b" not in svg
    said = written(svg)
    clean = HOSTILE.replace("\x0b", "")
    assert said.count(" ".join(clean.split())) >= 4
    assert "</svg><script>" in said.replace(" ", "")
    assert size(file_of(replace(picture, data=data, **words), "png"))


def test_the_mark_of_plan_records_is_in_the_picture() -> None:
    marked = "Invented plan records for Trafford"
    said = written(file_of(kinds()["1-strip-repeat_plan_percent"].of_records(marked), "svg"))
    assert said.count(marked) == 2  # above the chart and in the measure


def test_nothing_but_the_data_and_words_of_the_picture_goes_in() -> None:
    """The table may say more than the file; a hidden figure is null in the data."""
    picture = kinds()["0-ranked"]
    asked = asked_for(replace(picture, table=pl.DataFrame({"secret": [123456.789]})), "svg")
    assert "123456" not in json.dumps(asked)
    assert asked["spec"]["data"]["values"] == picture.data.to_dicts()
    hidden = [row for row in asked["spec"]["data"]["values"] if str(row["label"]).startswith("hidden")]
    assert hidden
    assert all(row["value"] is None for row in hidden)


def test_what_json_cannot_hold_is_null_or_text() -> None:
    data = pl.DataFrame({"a": [float("nan"), float("inf"), None, 1.5], "end": [date(2018, 3, 31)] * 4, "b": [True] * 4})
    rows = asked_for(replace(kinds()["0-ranked"], data=data), "svg")["spec"]["data"]["values"]
    assert [row["a"] for row in rows] == [None, None, None, 1.5]
    assert rows[0]["end"] == "2018-03-31"
    assert rows[0]["b"] is True
    json.dumps(rows, allow_nan=False)


def test_the_specification_that_pages_share_is_left_as_it_was() -> None:
    picture = kinds()["0-ranked"]
    before = json.dumps(picture.spec)
    asked_for(picture, "png")
    assert json.dumps(picture.spec) == before
    assert "currentColor" in before


def test_a_specification_of_several_charts_keeps_its_own_width() -> None:
    spec = {"hconcat": [kinds()["0-ranked"].spec, kinds()["1-strip-repeat_plan_percent"].spec]}
    assert "width" not in asked_for(replace(kinds()["0-ranked"], spec=spec), "svg")["spec"]


# --- Charts alone, for a page that says their words itself --------------------------------------------------------


@lru_cache(maxsize=1)
def alone() -> tuple[Drawing, ...]:
    """Two charts, drawn in one run."""
    return drawings([kinds()["1-strip-repeat_plan_percent"], kinds()["2-series"]])


def test_many_charts_are_drawn_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, run = [], subprocess.run

    def counted(*rest: Any, **named: Any) -> Any:
        runs.append(1)
        return run(*rest, **named)

    monkeypatch.setattr(subprocess, "run", counted)
    some = list(kinds().values())[:3]
    assert [drawing.picture for drawing in drawings(some)] == some
    assert runs == [1]
    assert drawings([]) == ()
    assert runs == [1]


def test_a_chart_alone_has_no_words_of_its_sheet_and_the_ink_of_its_page() -> None:
    for drawing in alone():
        said = written(drawing.svg)
        assert "percent" in said
        assert drawing.picture.title not in said
        assert "Made with" not in said
        assert INK not in drawing.svg
        assert "currentColor" in drawing.svg
        assert not re.search(r'\b(role|aria-\w+|class|id|style)="', drawing.svg)
        assert drawing.svg.startswith("<svg")
        assert drawing.width == ALONE
        assert size(drawing.png) == (3 * ALONE, 3 * drawing.height)


def test_a_strange_name_in_a_chart_alone_is_text() -> None:
    picture = kinds()["0-ranked"]
    data = picture.data.with_columns(name=pl.when(pl.col("name") == "Trafford").then(pl.lit(HOSTILE)).otherwise("name"))
    svg = drawn(asked_for(replace(picture, data=data), "svg", alone=True))["svg"]
    assert b"<script" not in svg
    assert "</svg><script>" in written(svg).replace(" ", "")


# --- The sheet ---------------------------------------------------------------------------------------------------


def test_long_words_are_wrapped_and_make_the_sheet_taller() -> None:
    short, long = sheet(CHART, WORDS), sheet(CHART, replace(WORDS, title="A long finding " * 20))

    def height(svg: str) -> float:
        return float(ET.fromstring(svg).get("height") or 0)

    assert height(long) > height(short) + 60
    assert written(long).startswith(" ".join(["A long finding"] * 4))
    assert max(len(part.text or "") for part in ET.fromstring(long).iter(f"{SVG}text")) < 100


def test_words_that_are_not_there_take_no_room() -> None:
    assert "key" not in written(sheet(CHART, replace(WORDS, key="")))
    assert len(re.findall("<text ", sheet(CHART, replace(WORDS, key="", note="")))) == 4


def test_a_listener_hears_the_finding_and_what_is_seen() -> None:
    root = ET.fromstring(sheet(CHART, WORDS))
    assert (root.get("role"), root.get("aria-label")) == ("img", "Finding")
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == ["Finding", "seen"]


def test_a_chart_without_a_size_is_refused() -> None:
    with pytest.raises(ValueError, match="width and height"):
        sheet("<svg/>", WORDS)


# --- What can go wrong -------------------------------------------------------------------------------------------


def _ends(code: int, out: bytes) -> Any:
    return lambda *_, **__: subprocess.CompletedProcess([], code, out, b"Traceback (most recent call last)")


def _late(*_: object, **__: object) -> None:
    raise subprocess.TimeoutExpired("draw", 30)


def _missing(*_: object, **__: object) -> None:
    raise FileNotFoundError


@pytest.mark.parametrize(
    "run",
    [
        _ends(1, b""),
        _ends(1, json.dumps([{"png": b64encode(b"\x89PNG").decode()}]).encode()),
        *(
            _ends(0, written)
            for written in (b"<svg", b"[]", b"[1]", b'[{"png": 1}]', b'[{"svg": ""}]', b'[{"png": "?"}]')
        ),
        _ends(0, json.dumps([{"png": b64encode(b"<svg but asked for a PNG").decode()}]).encode()),
        _late,
        _missing,
    ],
)
def test_a_failure_is_one_sentence_and_no_traceback(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", run)
    for _ in range(3):  # a failure gives its place back
        with pytest.raises(ImageError) as caught:
            png_bytes(kinds()["0-ranked"])
    assert isinstance(caught.value, ExplorerError)
    assert str(caught.value) == "The picture could not be made into a file. Its table can still be downloaded."
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None


def test_a_specification_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(ImageError, match="could not be made"):
        svg_bytes(replace(kinds()["0-ranked"], spec={"mark": "no such mark"}))


# --- On the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def buttons(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is handed to every download button."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(
        st, "download_button", lambda label, data, **rest: found.append({"label": label, "data": data, **rest})
    )
    return found


def test_a_picture_has_three_files_made_only_when_they_are_asked_for(
    buttons: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("drawn although nobody asked")

    monkeypatch.setattr(subprocess, "run", never)
    parts.small_print(kinds()["0-ranked"], "trafford-2025", by_hand().provenance)
    assert [button["file_name"] for button in buttons] == [
        f"trafford-2025-ranked.{ending}" for ending in ("csv", "png", "svg")
    ]
    assert [button["mime"] for button in buttons] == ["text/csv", "image/png", "image/svg+xml"]
    assert len({button["key"] for button in buttons}) == 3
    assert all(callable(button["data"]) and button["on_click"] == "ignore" for button in buttons)
    monkeypatch.undo()
    assert buttons[2]["data"]().startswith(b"<svg")


def test_a_table_alone_has_its_one_file(buttons: list[dict[str, Any]]) -> None:
    parts.table_with_file(kinds()["0-ranked"].table, "back-test", "by-size", held=by_hand().provenance)
    assert [button["key"] for button in buttons] == ["download-by-size"]
