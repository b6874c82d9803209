"""Slides for the committee: the briefing's figures and no others, editable, readable to all, and nothing runs over."""

import posixpath
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Pt

from explorer.briefing.briefing import COURSE, HEADINGS, OTHERS, Action, Briefing, Line, Told
from explorer.export.slide_template import HEIGHT, WIDTH
from explorer.export.slide_text import LINE, Box, lines
from explorer.export.slide_words import picked
from explorer.export.slides import slides_bytes
from explorer.provenance import PROGRAM
from explorer.schema import HIDDEN
from explorer.sentences.median import is_open
from explorer.wording import in_range
from tests.briefings import LONGEST, by_hand, with_name

RUTLAND, CITY_OF_LONDON, ISLES_OF_SCILLY = "857", "201", "420"
EXCEL = date(1899, 12, 30)  # its day 0
SECRET = 98_765.25  # stands where no reader may look
LONG = (
    "The figure lay above that of most of its neighbours, but within what chance alone does to an authority so small."
)


def hidden() -> Briefing:
    """Nothing has a figure, for the authority or for anyone else."""

    def emptied(line: Line) -> Line:
        course = line.course.with_columns(value=None, median=None, england=None, shown=pl.lit("hidden: 0.6% to 3.2%"))
        others = line.others.with_columns(value=None, status=pl.lit("suppressed"), shown=pl.lit("hidden: 0.6% to 3.2%"))
        cells = dict.fromkeys(HEADINGS, "hidden: 0.6% to 3.2%")
        return replace(
            line,
            value="Hidden",
            count="",
            cells=cells,
            course=course.cast(pl.Schema(COURSE)),
            others=others.cast(pl.Schema(OTHERS)),
        )

    known = by_hand(RUTLAND, 2025)
    return replace(known, lines=tuple(map(emptied, known.lines)))


def full() -> Briefing:
    """As much as there may be of everything, and the longest name."""
    known = with_name(by_hand(CITY_OF_LONDON, 2025), LONGEST)
    cells = dict.fromkeys(HEADINGS, "Median 32.8 per 10,000 to 36.2 per 10,000, from 13 of 14 (could be chance)")
    grown = tuple(
        replace(
            line,
            finding=f"{line.label} in {LONGEST}: {LONG}",
            sentences=(LONG,) * 5,
            cells=cells,
            count="1,178 of about 4,713",
        )
        for line in known.lines
    )
    action = Action(
        "Senior oversight of re-plans", "1 September 2018", "Under way (at 30 September 2018)", LONG * 2, LONG
    )
    told = Told(f"29% of the plans. {LONG}", "26.8% (30 of 112)", differs=True, reference="Slides, October 2018")
    source = replace(
        known.provenance,
        sources=tuple(f"DfE Characteristics of children in need, table D{number}" for number in range(12)),
        link="https://example.org/explorer/?" + "&".join(f"part{number}=value" for number in range(40)),
    )
    return replace(
        known,
        lines=grown,
        answer=(LONG, LONG, LONG),
        actions=(action,) * 8,
        told=(told,) * 9,
        questions=(f"{LONG} {LONG} What is known of it?",) * 8,
        limits=(LONG * 2,) * 8,
        provenance=source,
        notice="The plan records for Bournemouth, Christchurch and Poole are invented: no child in them is real.",
    )


CASES = {
    "Trafford": lambda: by_hand("358", 2018),
    "Rutland": lambda: by_hand(RUTLAND, 2018),
    "City of London": lambda: by_hand(CITY_OF_LONDON, 2025),
    "Isles of Scilly": lambda: by_hand(ISLES_OF_SCILLY, 2025),
    "Hull": lambda: with_name(by_hand("810", 2025), "Kingston upon Hull, City of"),
    "longest": lambda: with_name(by_hand("358", 2025), LONGEST),
    "hidden": hidden,
    "full": full,
}


@lru_cache
def made(case: str) -> tuple[Briefing, bytes]:
    briefing = CASES[case]()
    return briefing, slides_bytes(briefing)


@lru_cache
def deck(case: str) -> Any:
    return Presentation(BytesIO(made(case)[1]))


def title(slide: Any) -> str:
    return str(slide.shapes.title.text_frame.text)


def charts(slide: Any) -> list[Any]:
    return [shape for shape in slide.shapes if shape.has_chart]


def exact(values: pl.Series) -> list[float | None]:
    """To twelve places: sums leave noise in the last ones."""
    return values.round_sig_figs(12).to_list()


def measures(case: str) -> list[tuple[Line, Any]]:
    """Each measure with its slide."""
    slides = {title(slide): slide for slide in deck(case).slides}
    return [(line, slides[line.finding]) for line in made(case)[0].lines]


def everything(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every part of a package, and every part of a workbook in it."""
    with ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            part = package.read(name)
            yield name, part
            if name.endswith(".xlsx"):
                yield from ((f"{name}/{inner}", found) for inner, found in everything(part))


@pytest.mark.parametrize("case", CASES)
def test_slides_come_in_order_and_each_has_a_title(case: str) -> None:
    briefing, titles = made(case)[0], [title(slide) for slide in deck(case).slides]
    assert titles[0] == briefing.title
    bare = list(
        dict.fromkeys(said.split(" (1 of ")[0] for said in titles[1:] if not said[-2:-1].isdigit() or "(1 of" in said)
    )
    wanted = ["The figures", *(line.finding for line in briefing.lines), "What is being done"]
    wanted += ["What the committee was told, and what the figures here say"] if briefing.told else []
    wanted += ["Questions for the committee", "What cannot be said", "Where the figures come from"]
    assert bare == wanted
    assert all(titles)


@pytest.mark.parametrize("case", ["Trafford", "Rutland", "City of London", "longest"])
def test_lines_hold_the_figures_of_the_table(case: str) -> None:
    for line, slide in measures(case):
        chart = charts(slide)[0].chart
        drawn = {series.name: list(series.values) for series in chart.plots[0].series}
        wanted = {
            "England": exact(line.course["england"]),
            "Median": exact(line.course["median"]),
            made(case)[0].name: exact(line.course["value"]),
        }
        assert drawn == wanted
        days = chart._chartSpace.xpath("//c:ser[1]/c:cat//c:v/text()")
        assert [(EXCEL + timedelta(float(day))).year for day in days] == line.course["year"].to_list()
        rows = load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert rows is not None
        ends = line.course.select("median_least", "median_most")
        # Where one is open its middle is drawn, and its ends stand beside that.
        if any(is_open(least, most, line.compared_unit) for least, most in ends.iter_rows()):
            wanted |= {f"Median, {end} it can be": exact(ends[f"median_{end}"]) for end in ("least", "most")}
        assert [cell.value for cell in rows[1]][1:] == list(wanted)
        columns = list(zip(*wanted.values(), strict=True))
        found = list(rows.iter_rows(min_row=2, values_only=True))
        assert [(row[0].year, *row[1:]) for row in found] == [  # type: ignore[union-attr]
            (year, *values) for year, values in zip(line.course["year"], columns, strict=True)
        ]


@pytest.mark.parametrize("case", ["Trafford", "Rutland", "City of London", "longest"])
def test_bars_hold_the_figures_of_the_table_and_a_hidden_one_is_none(case: str) -> None:
    for line, slide in measures(case):
        plot = charts(slide)[1].chart.plots[0]
        rows = list(picked(line.others).iter_rows(named=True))
        assert list(plot.series[0].values) == exact(pl.Series([row["value"] for row in rows], dtype=pl.Float64))
        for label, row in zip(plot.categories, rows, strict=True):
            if row["kind"] == "median":
                ends = f"Median ({row['shown'].replace(' per 10,000', '')})"
                assert str(label) == (ends if is_open(row["least"], row["most"], line.compared_unit) else "Median")
            else:
                assert str(label).startswith(row["name"])
            assert str(label).endswith("(hidden)") == (row["value"] is None and row["status"] in HIDDEN)
        silent = charts(slide)[1].chart._chartSpace.xpath("//c:dLbl[c:delete]/c:idx/@val")
        assert [rows[int(at)]["kind"] for at in silent] == [
            row["kind"]
            for row in rows
            if row["kind"] == "median" and is_open(row["least"], row["most"], line.compared_unit)
        ]


def test_the_notes_say_between_what_an_open_median_lies() -> None:
    found = 0
    for line, slide in measures("City of London"):
        told, alt = (
            slide.notes_slide.notes_text_frame.text,
            charts(slide)[0]._element.xpath("./p:nvGraphicFramePr/p:cNvPr/@descr")[0],
        )
        for row in line.course.iter_rows(named=True):
            if is_open(row["median_least"], row["median_most"], line.compared_unit):
                said = f"{row['year']} ({in_range(row['median_least'], row['median_most'], line.compared_unit)})"
                assert said in told
                assert said in alt
                found += 1
    assert found > 5


def test_a_large_group_is_drawn_by_its_ends_and_those_near() -> None:
    members = [f"M{number:02}" for number in range(40)]
    rows = [(name, name, "member", 50.0 - place, None, None, "published", "x") for place, name in enumerate(members)]
    rows.insert(20, ("358", "Trafford", "authority", 30.5, None, None, "published", "x"))
    rows.append(("", "England", "england", 1.0, None, None, "published", "x"))
    others = pl.DataFrame(rows, schema=OTHERS, orient="row")
    assert picked(others)["name"].to_list() == [
        *("M00", "M01", "M02", "M18", "M19", "Trafford", "M20", "M21", "M37", "M38", "M39", "England")
    ]
    unknown = others.with_columns(value=pl.when(pl.col("kind") == "authority").then(None).otherwise("value"))
    assert picked(unknown).height == 8
    assert picked(others.head(13)).height == 13


def test_nothing_in_the_file_knows_what_is_hidden() -> None:
    """The briefing is given secrets where tables and objects may carry them and nobody is shown them."""
    known = by_hand(RUTLAND, 2018)

    def secret(line: Line) -> Line:
        gone = pl.col("value").is_null()
        course = line.course.with_columns(value=pl.when(gone).then(SECRET).otherwise("value"))
        course = course.with_columns(value=pl.when(line.course["value"].is_null()).then(None).otherwise("value"))
        course = course.with_columns(
            pl.lit(SECRET).alias(name) for name in ("numerator", "denominator", "lower", "upper")
        )
        assert line.position is not None
        figure = replace(line.position.figure, value=SECRET, numerator=SECRET)
        return replace(line, course=course, position=replace(line.position, figure=figure, mean=SECRET))

    briefing = replace(known, lines=tuple(map(secret, known.lines)))
    assert any(line.course["value"].null_count() for line in briefing.lines)
    content = slides_bytes(briefing)
    assert content == slides_bytes(known)
    assert not [name for name, part in everything(content) if b"98765" in part or b"98,765" in part]


def test_the_table_says_the_cells_word_for_word() -> None:
    briefing = made("Trafford")[0]
    (frame,) = [shape for shape in deck("Trafford").slides[1].shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in frame.table.rows]
    assert rows[0] == ["Measure", *HEADINGS]
    assert rows[1:] == [
        [f"{line.label}, {line.period}", *(line.cells[name] for name in HEADINGS)] for line in briefing.lines
    ]
    assert frame.table.first_row
    assert frame.table.first_col


@pytest.mark.parametrize("case", CASES)
def test_every_question_and_action_is_there_once_in_order(case: str) -> None:
    briefing, slides = made(case)[0], list(deck(case).slides)
    asked = [slide for slide in slides if title(slide).startswith("Questions")]
    said = [text.text for slide in asked for text in slide.placeholders[10].text_frame.paragraphs]
    assert said == list(briefing.questions)
    starts = [mark.get("startAt") for slide in asked for mark in slide.element.iter(qn("a:buAutoNum"))]
    firsts = [len(slide.placeholders[10].text_frame.paragraphs) for slide in asked]
    assert starts == [str(sum(firsts[:at]) + 1) for at, count in enumerate(firsts) for _ in range(count)]
    done = [
        shape.table
        for slide in slides
        if title(slide).startswith("What is being")
        for shape in slide.shapes
        if shape.has_table
    ]
    assert [table.cell(row, 0).text for table in done for row in range(1, len(table.rows))] == [
        action.what for action in briefing.actions
    ]


@pytest.mark.parametrize("case", CASES)
def test_every_slide_has_notes_with_where_it_comes_from(case: str) -> None:
    briefing = made(case)[0]
    for slide in deck(case).slides:
        told = slide.notes_slide.notes_text_frame.text
        for heading, words in briefing.provenance.lines:
            assert f"{heading}: {words}" in told
    for line, slide in measures(case):
        told = slide.notes_slide.notes_text_frame.text
        assert line.meaning in told
        assert all(said in told for said in (line.finding, *line.sentences))
        assert briefing.notice in told


@pytest.mark.parametrize("case", CASES)
def test_charts_and_tables_say_what_they_show(case: str) -> None:
    for line, slide in measures(case):
        for shape in charts(slide):
            said = shape._element.xpath("./p:nvGraphicFramePr/p:cNvPr/@descr")[0]
            assert line.finding in said
            assert f"{line.finding} " not in said or line.finding.endswith((".", "?", "!"))  # a sentence of its own
            shown = line.course["shown"] if "Line" in said else picked(line.others)["shown"]
            assert all(words in said for words in shown)
    for slide in deck(case).slides:
        for shape in slide.shapes:
            if shape.has_table:
                assert shape._element.xpath("./p:nvGraphicFramePr/p:cNvPr/@descr")[0].startswith("Table: ")


@pytest.mark.parametrize("case", ["Rutland", "City of London", "full"])
def test_what_a_chart_cannot_show_is_in_the_notes(case: str) -> None:
    for line, slide in measures(case):
        told = slide.notes_slide.notes_text_frame.text
        for row in line.course.filter(pl.col("value").is_null()).iter_rows(named=True):
            assert str(row["year"]) in told
            assert row["shown"] in told
        for row in line.others.filter(pl.col("value").is_null()).iter_rows(named=True):
            assert row["name"] in told


def placed(slide: Any) -> dict[str, Box]:
    """Where each shape stands, in points."""
    return {
        shape.name: Box(*(part / Pt(1) for part in (shape.left, shape.top, shape.width, shape.height)))
        for shape in slide.shapes
    }


def needed(frame: Any, room: float, *, strong: bool = False) -> float:
    """How high the words of a box or cell stand, by the sizes that they have in the file.

    Args:
        strong: Whether the layout makes them bold.
    """
    tall = 0.0
    for number, paragraph in enumerate(frame.paragraphs):
        size = max((run.font.size.pt for run in paragraph.runs if run.font.size), default=14)
        bold = strong or any(run.font.bold for run in paragraph.runs)
        left = sum(int(found) for found in paragraph._p.xpath("a:pPr/@marL")) / Pt(1)
        gap = paragraph.space_before.pt if number and paragraph.space_before else 0
        tall += lines(paragraph.text, size, room - left, bold=bold) * size * LINE + gap
    return tall


@pytest.mark.parametrize("case", CASES)
def test_nothing_runs_over_its_box_or_over_another(case: str) -> None:
    for slide in deck(case).slides:
        where = placed(slide)
        for name, box in where.items():
            assert box.left >= 0, (title(slide), name)
            assert box.left + box.width <= WIDTH, (title(slide), name)
            assert box.top + box.height <= HEIGHT + 0.01, (title(slide), name)
        for one, other in combinations(where, 2):
            a, b = where[one], where[other]
            beside = a.left + a.width <= b.left + 0.01 or b.left + b.width <= a.left + 0.01
            above = a.top + a.height <= b.top + 0.01 or b.top + b.height <= a.top + 0.01
            assert beside or above, (title(slide), one, other)
        for shape in slide.shapes:
            if shape.has_text_frame:
                box, strong = where[shape.name], shape.name.startswith(("Title", "Notice", "Heading"))
                assert needed(shape.text_frame, box.width, strong=strong) <= box.height + 0.01, (
                    title(slide),
                    shape.name,
                )
            elif shape.has_table:
                for row in shape.table.rows:
                    for cell, column in zip(row.cells, shape.table.columns, strict=True):
                        room = column.width.pt - cell.margin_left.pt - cell.margin_right.pt
                        tall = needed(cell.text_frame, room) + cell.margin_top.pt + cell.margin_bottom.pt
                        assert tall <= row.height.pt + 0.01, (title(slide), cell.text)
                assert sum(row.height.pt for row in shape.table.rows) <= where[shape.name].height + 0.01
                assert sum(column.width.pt for column in shape.table.columns) <= where[shape.name].width + 0.01


@pytest.mark.parametrize("case", CASES)
def test_the_smallest_words_are_of_14_points_and_all_are_british(case: str) -> None:
    for name, part in everything(made(case)[1]):
        if not name.startswith(("ppt/slides/slide", "ppt/charts/chart", "ppt/notesSlides/notes")):
            continue
        tree = etree.fromstring(part)
        assert not [run for run in tree.iter(qn("a:rPr")) if run.get("lang") != "en-GB"], name
        assert not [run for run in tree.iter(qn("a:endParaRPr")) if run.get("lang", "en-GB") != "en-GB"], name
        if "notes" not in name:
            sizes = [int(run.get("sz", "")) for run in tree.iter(qn("a:rPr"), qn("a:defRPr")) if run.get("sz")]
            assert min(sizes, default=1400) >= 1400, name


def test_numbers_of_axes_are_what_the_standard_allows() -> None:
    for name, part in everything(made("Trafford")[1]):
        if name.startswith("ppt/charts/chart"):
            axes = [int(axis.get("val", "")) for axis in etree.fromstring(part).iter(qn("c:axId"), qn("c:crossAx"))]
            assert len(set(axes)) == 2
            assert min(axes) >= 0


@pytest.mark.parametrize("case", CASES)
def test_the_package_is_whole(case: str) -> None:
    """No name twice, every part of a known type, every relation leads somewhere, numbers of shapes once a slide."""
    with ZipFile(BytesIO(made(case)[1])) as package:
        names = package.namelist()
        parts = {name: package.read(name) for name in names}
    assert len(names) == len(set(names))
    types = etree.fromstring(parts["[Content_Types].xml"])
    known = {found.get("PartName") for found in types} | {found.get("Extension") for found in types}
    for name in names:
        if name != "[Content_Types].xml":
            assert f"/{name}" in known or name.rpartition(".")[2] in known, name
        if name.endswith((".xml", ".rels")):
            tree = etree.fromstring(parts[name])
            ids = [found.get("id") for found in tree.iter(qn("p:cNvPr"))]
            assert len(ids) == len(set(ids)), name
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            for relation in etree.fromstring(parts[name]):
                if relation.get("TargetMode") != "External":
                    target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                    assert target.lstrip("/") in names, (name, target)
    assert not [name for name in names if "thumbnail" in name or "printer" in name]


def test_the_same_briefing_gives_the_same_bytes() -> None:
    briefing, content = made("Trafford")
    assert slides_bytes(briefing) == content
    later = replace(briefing.provenance, made=briefing.provenance.made.replace(year=2027))
    assert slides_bytes(replace(briefing, provenance=later)) != content


def test_the_file_says_who_made_it_and_when() -> None:
    about, briefing = deck("Trafford").core_properties, made("Trafford")[0]
    assert about.title == briefing.title
    assert about.author == about.last_modified_by == PROGRAM
    assert about.created.date() == about.modified.date() == briefing.provenance.made
    assert briefing.provenance.version in about.keywords
    assert about.language == "en-GB"
    assert about.comments == briefing.notice


def test_the_link_leads_there_and_only_a_web_address_is_one() -> None:
    def links(briefing: Briefing) -> list[str]:
        slides = Presentation(BytesIO(slides_bytes(briefing))).slides
        return [rel.target_ref for slide in slides for rel in slide.part.rels.values() if rel.is_external]

    briefing = made("Trafford")[0]
    assert links(briefing) == [briefing.provenance.link]
    assert links(replace(briefing, provenance=replace(briefing.provenance, link="javascript:alert(1)"))) == []
    assert links(replace(briefing, provenance=replace(briefing.provenance, link=""))) == []


def test_the_notice_stands_first_and_on_every_slide() -> None:
    briefing, slides = made("Trafford")[0], list(deck("Trafford").slides)
    notice = slides[0].shapes[1]
    assert notice.text_frame.text == briefing.notice
    assert notice.top == min(shape.top for shape in slides[0].shapes)
    for slide in slides:
        assert any(shape.has_text_frame and briefing.notice in shape.text_frame.text for shape in slide.shapes)
    without = Presentation(BytesIO(slides_bytes(replace(briefing, notice="")))).slides[0]
    assert all(shape.text_frame.text for shape in without.shapes)


def test_signs_that_xml_cannot_hold_or_that_mean_something_there() -> None:
    briefing = with_name(by_hand("358", 2018), 'A<b> & "c"\x00\x0b d')
    found = Presentation(BytesIO(slides_bytes(briefing)))
    assert title(found.slides[0]) == 'Child protection plans in A<b> & "c" d at 30 September 2018'
    assert charts(found.slides[2])[0].chart.plots[0].series[2].name == 'A<b> & "c" d'


def test_nothing_is_known_of_what_is_done_and_nothing_of_the_rest() -> None:
    briefing = replace(made("Trafford")[0], actions=(), questions=(), limits=(), lines=(), answer=())
    titles = [title(slide) for slide in Presentation(BytesIO(slides_bytes(briefing))).slides]
    assert titles == [briefing.title, "The figures", "What is being done", "Where the figures come from"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_it_and_saves_the_same_slides(tmp_path: Path) -> None:
    briefing, content = made("Rutland")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "deck.pptx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    where = ["--convert-to", "pptx", "--outdir", str(tmp_path), str(tmp_path / "in" / "deck.pptx")]
    subprocess.run(["soffice", profile, "--headless", *where], check=True, capture_output=True, timeout=120)
    again = Presentation(str(tmp_path / "deck.pptx"))
    assert [title(slide) for slide in again.slides] == [title(slide) for slide in deck("Rutland").slides]
    for before, after in zip(deck("Rutland").slides, again.slides, strict=True):
        assert len(charts(before)) == len(charts(after))
        assert sum(shape.has_table for shape in before.shapes) == sum(shape.has_table for shape in after.shapes)
    for line, slide in zip(briefing.lines, list(again.slides)[2:], strict=False):
        series = {one.name: list(one.values) for one in charts(slide)[0].chart.plots[0].series}
        assert series[briefing.name] == pytest.approx(line.course["value"].to_list(), nan_ok=True)
