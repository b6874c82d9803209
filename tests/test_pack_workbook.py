"""The workbook of a pack keeps the guidance on accessible spreadsheets, and says what the briefing says."""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
from openpyxl import load_workbook

from explorer.briefing.briefing import HEADINGS, Briefing, Told
from explorer.briefing.make import Ask, brief
from explorer.export.accessible_workbook import (
    COVER,
    NOTES,
    SHORTHAND,
    About,
    Column,
    Cover,
    Sheet,
    Table,
    accessible_bytes,
    sheet_name,
)
from explorer.export.pack_workbook import pack_workbook_bytes
from explorer.records.shipped import load_sample
from explorer.schema import HIDDEN
from explorer.sentences.median import is_open
from explorer.wording import half_up
from tests.briefings import LONGEST, by_hand, with_name
from tests.fixtures import CITY_OF_LONDON, GROUP, TRAFFORD, shipped_world
from tests.spreadsheet_rules import broken_rules, links, read, rows_of

RUTLAND = "857"


def cases() -> dict[str, Briefing]:
    """Briefings of large and small authorities, with and without what can be missing."""
    plain = by_hand()
    empty = replace(plain, notice="", actions=(), actions_note="", questions=(), limits=())
    told = (Told("29% of plans were re-plans.", "29.1% (76 of 261)", differs=False, reference="Slides"),)
    bare = tuple(
        replace(line, course=line.course.head(0), others=line.others.head(0), position=None) for line in plain.lines
    )
    return {
        "Trafford": plain,
        "Rutland": by_hand(RUTLAND, 2018),
        "longest name": with_name(plain, LONGEST),
        "hostile name": with_name(plain, '=1+1<b>"&\x0b'),
        "little to say": replace(empty, lines=bare, told=told, provenance=replace(plain.provenance, link="")),
        "sample": sampled(),
        "real, small": brief(shipped_world(), Ask(CITY_OF_LONDON, date(2022, 6, 30), GROUP), date(2026, 1, 31)),
    }


@lru_cache
def sampled() -> Briefing:
    world = shipped_world()
    with_sample = world.with_records(load_sample(world.config, world.rules))
    return brief(with_sample, Ask(TRAFFORD, date(2018, 9, 30), GROUP), date(2026, 1, 31), "http://localhost:8501/?v=1")


@lru_cache
def made() -> dict[str, bytes]:
    return {name: pack_workbook_bytes(briefing) for name, briefing in cases().items()}


CASES = ("Trafford", "Rutland", "longest name", "hostile name", "little to say", "sample", "real, small")


@pytest.mark.parametrize("case", CASES)
def test_every_rule_of_the_guidance_is_kept(case: str) -> None:
    assert broken_rules(made()[case]) == []


def test_the_checks_can_fail() -> None:
    book = load_workbook(BytesIO(made()["Trafford"]))
    sheet = book["Years_Re_plans"]
    sheet["B8"] = None
    sheet["C8"] = "=1+1"
    sheet["A30"] = "A note below the table"
    sheet.merge_cells("A1:B1")
    sheet.freeze_panes = "A2"
    book["Findings"].sheet_state = "hidden"
    book.active = 3
    stream = BytesIO()
    book.save(stream)
    found = " ".join(broken_rules(stream.getvalue()))
    for said in (
        "merged",
        "C8 is a formula",
        "empty row",
        "below it",
        "Findings: is hidden",
        "does not open",
        "B8 is empty",
    ):
        assert said in found


# --- The figures -------------------------------------------------------------------------------------------------


def table(content: bytes, name: str) -> list[dict[str, Any]]:
    headings, *rows = rows_of(read(content)[name])
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.mark.parametrize("case", CASES)
def test_words_are_those_of_the_briefing(case: str) -> None:
    content, briefing = made()[case], cases()[case]
    rows = table(content, "Figures_in_words")
    clean = re.compile("\x0b")
    for row, line in zip(rows, briefing.lines, strict=True):
        assert [row[name] for name in HEADINGS] == [line.cells[name] or "[z]" for name in HEADINGS]
        assert (row["Measure"], row["Period"], row["Source"]) == (line.label, line.period, line.source)
    said = [row["What the figures say"] for row in table(content, "Findings")]
    assert said == [clean.sub("", one) for line in briefing.lines for one in (line.finding, *line.sentences)]
    for name, sentences in (("Questions", briefing.questions), ("Limits", briefing.limits)):
        assert bool(read(content)[name].tables) == bool(sentences)
        if sentences:
            assert [list(row.values())[1] for row in table(content, name)] == [clean.sub("", one) for one in sentences]
    cover = [cell.value for cell in read(content)[COVER]["A"]]
    assert all(clean.sub("", one) in cover for one in (briefing.title, *briefing.answer))
    for heading, words in briefing.provenance.lines:
        assert f"{heading}: {words}" in cover
        assert any(row["About"] == heading and row["Note"] == words for row in table(content, NOTES))


def said_number(words: str) -> float | None:
    """The first number of some words."""
    found = re.match(r"([\d,]+(?:\.\d+)?)", words)
    return float(found[1].replace(",", "")) if found else None


@pytest.mark.parametrize("case", CASES)
def test_numbers_are_those_that_are_said(case: str) -> None:
    content, briefing = made()[case], cases()[case]
    for row, line in zip(table(content, "Figures_as_numbers"), briefing.lines, strict=True):
        for heading, words in (
            ("Figure", line.value),
            ("Figure a year before", line.cells["Year before"]),
            ("Usual range, lower end", line.cells["Usual range"]),
            ("England", line.cells["England"]),
        ):
            number = said_number(words) if heading != "England" or line.position is not None else None
            if number is None:
                assert row[heading] in SHORTHAND, heading
            else:
                assert float(half_up(row[heading])) == number, heading
        if line.count:
            assert line.count == f"{row['Count']:,} of {row['Out of']:,}"
        place = line.position
        if place is not None and place.median_bounds is not None:
            ends = row["Median of the group, least it can be"], row["Median of the group, most it can be"]
            assert [float(half_up(end)) for end in ends] == [float(half_up(end)) for end in place.median_bounds]


def test_numbers_are_not_read_out_of_words() -> None:
    briefing = sampled()
    worded = tuple(
        replace(one, cells={**one.cells, "Year before": "about as many", "Usual range": "not much less"})
        for one in briefing.lines
    )
    told = table(pack_workbook_bytes(replace(briefing, lines=worded)), "Figures_as_numbers")
    assert told == table(made()["sample"], "Figures_as_numbers")


def _check_median(row: dict[str, Any], given: dict[str, Any], unit: str) -> None:
    """One number only where both ends are the same to the place shown; both ends stand beside it."""
    figure, least, most = list(row.values())[3:6]
    assert (least, most) == (pytest.approx(given["least"], abs=5e-5), pytest.approx(given["most"], abs=5e-5))
    assert isinstance(figure, str) == is_open(given["least"], given["most"], unit)


def test_a_median_that_hidden_members_leave_open_is_two_numbers() -> None:
    content, line = made()["sample"], sampled().lines[2]
    assert line.compared == "open_2y_plus_percent"
    name = sheet_name(f"Years {line.compared_label}", ())
    open_ones = 0
    for row, given in zip(table(content, name), line.course.iter_rows(named=True), strict=True):
        ends = [row[f"Median of the group, {end} it can be (percent)"] for end in ("least", "most")]
        assert ends == [pytest.approx(given[f"median_{end}"], abs=5e-5) for end in ("least", "most")]
        assert "Median of the group (percent)" not in row
        open_ones += is_open(ends[0], ends[1], "percent")
    assert open_ones > 1


@pytest.mark.parametrize("case", CASES)
def test_the_sheets_of_charts_hold_their_tables(case: str) -> None:
    content, briefing = made()[case], cases()[case]
    taken: list[str] = []
    for line in briefing.lines:
        for kind, frame in (("Years", line.course), ("Beside", line.others)):
            taken.append(sheet_name(f"{kind} {line.compared_label}", taken))
            if frame.is_empty():
                assert not read(content)[taken[-1]].tables
                continue
            rows = table(content, taken[-1])
            assert len(rows) == frame.height
            for row, given in zip(rows, frame.iter_rows(named=True), strict=True):
                assert row["The figure as it is shown"] == given["shown"]
                (figure,) = [row[name] for name in list(row)[1:4] if name.endswith(")")][:1]
                if given["value"] is None:
                    assert figure in SHORTHAND
                elif kind == "Beside" and given["kind"] == "median":
                    _check_median(row, given, line.compared_unit)
                else:
                    assert figure == pytest.approx(given["value"], abs=0.00005)


def test_figures_of_the_slides() -> None:
    rows = {row["Measure"]: row for row in table(made()["sample"], "Figures_as_numbers")}
    assert (rows["Open plans of two years or more"]["Count"], rows["Plans open"]["Figure"]) == (16, 248)
    assert (rows["Ended plans of two years or more"]["Count"], rows["Re-plans"]["Out of, compared"]) == (21, 261)
    sheet = read(made()["sample"])["Figures_as_numbers"]
    formats = {cell.number_format for row in sheet.iter_rows(min_row=5) for cell in row if cell.value in (248, 240)}
    assert formats == {"#,##0"}  # children are never shown as decimals


def test_a_hidden_figure_is_nowhere_in_the_file() -> None:
    """Not even where a number stands behind the status that hides it, as an upstream slip would leave it."""
    briefing = by_hand(RUTLAND, 2018)
    hidden = pl.col("status").is_in(HIDDEN)
    secrets = {"value": 77.7131, "numerator": 777131.0}
    slipped = tuple(
        replace(
            line,
            course=line.course.with_columns(
                pl.when(hidden).then(pl.lit(secret)).otherwise(name).alias(name) for name, secret in secrets.items()
            ),
            others=line.others.with_columns(
                pl.when(hidden).then(pl.lit(77.7131)).otherwise("value").alias("value"),
            ),
        )
        for line in briefing.lines
    )
    assert sum(line.course.filter(hidden).height for line in slipped) > 3
    content = pack_workbook_bytes(replace(briefing, lines=slipped))
    with ZipFile(BytesIO(content)) as package:
        whole = b"".join(package.read(name) for name in package.namelist())
    assert b"7131" not in whole
    assert content == made()["Rutland"]


# --- Strangers' text, and the writer -----------------------------------------------------------------------------


def test_text_is_never_run_and_only_declared_links_are_links() -> None:
    content = made()["hostile name"]
    book = read(content)
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(str(cell.value).startswith("=1+1<b>") for cell in texts)
    assert all(cell.data_type == "s" for cell in texts)
    outside = {link.target for sheet in book for link in links(sheet) if link.target}
    assert outside == {cases()["hostile name"].provenance.link}
    with ZipFile(BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in part or b"<f " in part for part in sheets)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "", "http://x/" + "a" * 3000])
def test_an_address_that_is_none_is_no_link(address: str) -> None:
    briefing = by_hand()
    content = pack_workbook_bytes(replace(briefing, provenance=replace(briefing.provenance, link=address)))
    assert not links(read(content)[COVER])


def test_the_same_briefing_gives_the_same_file() -> None:
    assert pack_workbook_bytes(by_hand()) == pack_workbook_bytes(by_hand())


def test_a_share_that_rounds_to_nothing_is_not_told_as_nothing() -> None:
    briefing = by_hand()
    line = briefing.lines[1]
    tiny = line.course.with_columns(value=pl.lit(0.04))
    content = pack_workbook_bytes(replace(briefing, lines=(replace(line, course=tiny),)))
    assert {row["Trafford (percent)"] for row in table(content, "Years_Re_plans")} == {"[low]"}


def test_names_of_sheets_are_cut_between_words_and_kept_apart() -> None:
    first = sheet_name("Years: plans open, per 10,000 children aged 0 to 17", ())
    assert first == "Years_plans_open_per_10_000"
    assert sheet_name("Years, plans open per 10 000 children (all)", (first,)) == "Years_plans_open_per_10_000_2"
    assert len(sheet_name("x" * 50, ())) == 31


def test_a_sheet_without_a_table_says_so() -> None:
    about = About("t", "s", "k", "a", "c", date(2026, 1, 31))
    notes = Table((Column("Note"),), [("one",)])
    cover = Cover("Title", {"One": ("a",), "Two": ("b",), "Three": ("c",)})
    content = accessible_bytes(cover, [Sheet("Nothing", "Nothing here", ("Why.",), None)], notes, about)
    assert broken_rules(content) == []
    assert [cell.value for cell in read(content)["Nothing"]["A"]] == [
        "Nothing here",
        "This worksheet contains no table.",
        "Why.",
    ]
