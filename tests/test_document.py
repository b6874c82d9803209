"""The briefing as a Word document: real headings, lists and tables, the same figures, and nothing that is hidden."""

import shutil
import subprocess
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Doc
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader

from explorer.briefing.briefing import HEADINGS, Briefing
from explorer.export.briefing_parts import COURSE, OTHERS, course_rows, other_rows
from explorer.export.document import document_bytes
from explorer.provenance import PROGRAM
from tests.briefings import LONGEST, by_hand, with_name
from tests.fixtures import CITY_OF_LONDON, shipped_world
from tests.test_briefing_page import HOSTILE, RUTLAND, blank, poisoned, strange, told


def bytes_of(briefing: Briefing) -> bytes:
    world = shipped_world()
    return document_bytes(briefing, world.config, world.areas, blank(briefing))


@lru_cache(maxsize=4)
def opened(area: str = RUTLAND) -> Doc:
    return Document(BytesIO(bytes_of(told(by_hand(area)))))


def styled(made: Doc, style: str) -> list[str]:
    return [one.text for one in made.paragraphs if one.style is not None and one.style.name == style]


def rows_of(made: Doc, number: int) -> list[list[str]]:
    table = made.tables[number]._tbl
    cells = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
    return [["".join(one.text or "" for one in cell.iter(qn("w:t"))) for cell in row] for row in cells]


def packed(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as package:
        assert len(package.namelist()) == len(set(package.namelist()))
        return {name: package.read(name) for name in package.namelist()}


def test_headings_lists_and_words_stand_in_order() -> None:
    briefing, made = told(by_hand(RUTLAND)), opened()
    assert styled(made, "Title") == [briefing.title]
    assert styled(made, "Notice") == [briefing.notice]
    assert styled(made, "Answer") == list(briefing.answer)
    assert styled(made, "Heading 1") == [
        "The figures",
        *(line.finding for line in briefing.lines),
        "What is being done",
        "What the committee was told, and what the figures here say",
        "Questions for the committee",
        "What cannot be said",
        "Terms used",
        "Where the figures come from",
        "The figures in the pictures",
    ]
    assert styled(made, "Heading 2") == [line.compared_label for line in briefing.lines]
    sentences = [said for line in briefing.lines for said in line.sentences]
    assert styled(made, "List Bullet") == [*sentences, *briefing.limits]
    assert styled(made, "List Number") == list(briefing.questions)


def test_nothing_is_spaced_with_empty_paragraphs() -> None:
    empty = [one for one in opened().paragraphs if not one.text and not one._p.findall(f".//{qn('w:drawing')}")]
    assert empty == []


def test_tables_hold_the_figures_as_they_are() -> None:
    briefing, made = by_hand(RUTLAND), opened()
    figures = rows_of(made, 0)
    assert figures[0] == ["Measure", *HEADINGS]
    assert [row[1:] for row in figures[1:]] == [[line.cells[one] for one in HEADINGS] for line in briefing.lines]
    first = len(made.tables) - 2 * len(briefing.lines)
    for number, line in enumerate(briefing.lines):
        assert rows_of(made, first + 2 * number) == [list(COURSE), *map(list, course_rows(line))]
        assert rows_of(made, first + 2 * number + 1) == [list(OTHERS), *map(list, other_rows(line))]


def test_every_table_flags_its_headings_and_breaks_no_row() -> None:
    for table in opened().tables:
        rows = table._tbl.findall(qn("w:tr"))
        assert [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [
            True,
            *[False] * (len(rows) - 1),
        ]
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        assert {len(row.findall(qn("w:tc"))) for row in rows} == {len(table._tbl.findall(f".//{qn('w:gridCol')}"))}
        caption = table._tbl.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}")
        assert caption is not None
        assert caption.get(qn("w:val")) in styled(opened(), "Caption")


def test_pictures_say_what_they_show() -> None:
    briefing, made = by_hand(RUTLAND), opened()
    shapes = [shape._inline.docPr for shape in made.inline_shapes]
    pictures = [one[0].picture for one in blank(briefing).values()]
    assert [shape.get("descr") for shape in shapes] == [picture.alt for picture in pictures]
    assert [shape.get("title") for shape in shapes] == [picture.title for picture in pictures]
    assert len({shape.get("id") for shape in shapes}) == len(shapes)


def test_the_page_is_a4_in_british_english_with_its_number_at_the_foot() -> None:
    made, parts = opened(), packed(bytes_of(by_hand(RUTLAND)))
    section = made.sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height) if side] == [210, 297]
    foot = etree.tostring(section.footer._element).decode()
    assert by_hand(RUTLAND).title in foot
    assert 'w:instr="PAGE"' in foot
    assert 'w:instr="NUMPAGES"' in foot
    assert b'w:lang w:val="en-GB"' in parts["word/styles.xml"]
    assert b"Theme=" not in parts["word/styles.xml"]


def test_the_file_says_where_it_comes_from_and_leads_back() -> None:
    briefing, made = by_hand(RUTLAND), opened()
    about = made.core_properties
    assert (about.title, about.author, about.language) == (briefing.title, PROGRAM, "en-GB")
    assert about.created is not None
    assert about.created.date() == briefing.provenance.made
    assert briefing.provenance.version in str(about.keywords)
    links = [one.target_ref for one in made.part.rels.values() if one.is_external]
    assert links == [briefing.provenance.link]
    said = [cell for number in range(len(made.tables)) for row in rows_of(made, number) for cell in row]
    for heading, words in briefing.provenance.lines:
        assert heading in said or heading == "The same on screen"
        assert words in said or words == briefing.provenance.link


def test_the_same_briefing_gives_the_same_bytes() -> None:
    assert bytes_of(by_hand(RUTLAND)) == bytes_of(by_hand(RUTLAND))


def test_it_is_small_and_holds_nothing_of_a_template() -> None:
    parts = packed(bytes_of(by_hand(RUTLAND)))
    assert not [name for name in parts if "thumbnail" in name or "customXml" in name or "WithEffects" in name]
    assert len(parts["word/styles.xml"]) < 60_000


def test_every_style_that_is_used_is_there() -> None:
    parts = packed(bytes_of(told(by_hand(RUTLAND))))
    there = {one.get(qn("w:styleId")) for one in etree.fromstring(parts["word/styles.xml"]).findall(qn("w:style"))}
    used = set()
    for name in ("word/document.xml", *(one for one in parts if one.startswith("word/footer"))):
        root = etree.fromstring(parts[name])
        for kind in ("pStyle", "rStyle", "tblStyle"):
            used |= {one.get(qn("w:val")) for one in root.iter(qn(f"w:{kind}"))}
    assert used
    assert used <= there


def test_strange_names_are_text_and_nothing_else() -> None:
    content = bytes_of(strange(by_hand()))
    made, clean = Document(BytesIO(content)), HOSTILE.replace("\x0b", "")
    assert styled(made, "Title") == [clean]
    assert rows_of(made, 0)[1][1:] == [clean] * len(HEADINGS)
    assert not [one for one in made.part.rels.values() if one.is_external]
    for name, part in packed(content).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(part)


@pytest.mark.parametrize("area", [RUTLAND, CITY_OF_LONDON])
def test_a_hidden_figure_is_nowhere(area: str) -> None:
    secret = packed(bytes_of(poisoned(by_hand(area))))
    assert secret == packed(bytes_of(by_hand(area)))
    assert all(b"98765" not in part and b"98,765" not in part for part in secret.values())


def test_what_is_not_there_leaves_no_heading_behind() -> None:
    briefing = replace(by_hand(), notice="", actions=(), questions=(), limits=())
    made = Document(BytesIO(bytes_of(briefing)))
    assert not {"Questions for the committee", "What cannot be said"} & set(styled(made, "Heading 1"))
    assert styled(made, "Notice") == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_it_and_numbers_its_pages(tmp_path: Path) -> None:
    path, briefing = tmp_path / "briefing.docx", with_name(by_hand(), LONGEST)
    path.write_bytes(bytes_of(briefing))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    run = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(run, check=True, capture_output=True, timeout=120)
    pages = PdfReader(tmp_path / "briefing.pdf").pages
    assert len(briefing.lines) < len(pages) < 20
    for number, page in enumerate(pages, 1):
        said = " ".join(page.extract_text().split())
        assert briefing.title in said
        assert f"Page {number} of {len(pages)}" in said
