"""The briefing as a page: whole, in order, plain text wherever it comes from, and silent about what is hidden."""

import re
from dataclasses import replace
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from explorer.briefing.briefing import HEADINGS, Briefing, Line, Told
from explorer.charts.briefing_course import briefing_course, course_of
from explorer.export.briefing_page import briefing_page
from explorer.export.briefing_parts import Drawings, course_rows, other_rows
from explorer.export.image_file import Drawing
from explorer.wording import number_in_unit
from tests.briefings import LONGEST, by_hand, with_name
from tests.fixtures import CITY_OF_LONDON, TRAFFORD, shipped_world

RUTLAND = "857"
HOSTILE = "</svg><script>alert(1)</script> & \"x\" '$y' <b>Town</b> \x0b=1+1"
SECRET = 98_765.25  # stands where no reader may look
TINY = (  # a PNG of one white point
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\n"
    b"IDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x18\xdd\x8d\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="240" viewBox="0 0 360 240"><text>axis</text></svg>'


def told(briefing: Briefing) -> Briefing:
    """The same with what a committee was told before."""
    entries = (Told("29% were re-plans", "29.1%", False, "Slides"), Told("8% were long", "10.1%", True, "Slides"))
    return replace(briefing, told=entries)


def strange(briefing: Briefing) -> Briefing:
    """The same with ``HOSTILE`` wherever a name or a text from data may stand."""
    lines = tuple(
        replace(
            line,
            finding=f"{HOSTILE}: {line.finding}",
            sentences=(HOSTILE,),
            source=HOSTILE,
            meaning=HOSTILE,
            compared_label=f"{HOSTILE} {line.compared_label}",
            cells=dict.fromkeys(HEADINGS, HOSTILE),
            others=line.others.with_columns(name=pl.lit(HOSTILE)),
        )
        for line in briefing.lines
    )
    actions = tuple(replace(one, what=HOSTILE, detail=HOSTILE, reference=HOSTILE) for one in briefing.actions)
    provenance = replace(briefing.provenance, figures=HOSTILE, sources=(HOSTILE,), link="javascript:alert(1)")
    texts = {"name": HOSTILE, "title": HOSTILE, "notice": HOSTILE, "actions_note": HOSTILE}
    lists = {"answer": (HOSTILE,), "questions": (HOSTILE,), "limits": (HOSTILE,)}
    return replace(briefing, lines=lines, actions=actions, provenance=provenance, **texts, **lists)  # type: ignore[arg-type]


def poisoned(briefing: Briefing) -> Briefing:
    """The same with a figure behind every year that is hidden."""

    def with_secrets(line: Line) -> Line:
        hidden = pl.col("status").is_in(["suppressed", "withheld"])
        names = ("value", "numerator", "lower", "upper")
        secrets = {name: pl.when(hidden).then(SECRET).otherwise(name) for name in names}
        return replace(line, course=line.course.with_columns(**secrets))

    return replace(briefing, lines=tuple(map(with_secrets, briefing.lines)))


def blank(briefing: Briefing) -> Drawings:
    """Pictures with their words and next to nothing drawn."""
    return {
        line.indicator: (Drawing(briefing_course(line, briefing), SVG, TINY, 360.0, 240.0),) for line in briefing.lines
    }


def page_of(briefing: Briefing, drawn: Drawings | None = None) -> str:
    world = shipped_world()
    return briefing_page(briefing, world.config, world.areas, blank(briefing) if drawn is None else drawn)


def short() -> Briefing:
    """One authority with two measures, of which all pictures are drawn."""
    briefing = told(by_hand())
    return replace(briefing, lines=briefing.lines[:2])


@lru_cache(maxsize=1)
def whole() -> str:
    """The page of ``short``."""
    world = shipped_world()
    return briefing_page(short(), world.config, world.areas)


class Outline(HTMLParser):
    """Tags with their attributes, the text in each heading and cell, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "th", "td", "li", "dt", "dd", "caption", "title", "desc"):
            self.parts.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.parts and any(tag == self.parts[-1][0] for tag in self.open):
            tag, before = self.parts[-1]
            self.parts[-1] = (tag, before + data)

    def of(self, *tags: str) -> list[str]:
        return [" ".join(said.split()) for tag, said in self.parts if tag in tags]


def test_the_page_says_everything_in_order() -> None:
    briefing, found = short(), Outline(whole())
    assert not found.open
    assert found.of("h1") == [briefing.title]
    assert found.of("h2") == [
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
    assert found.of("h3") == [line.compared_label for line in briefing.lines]
    said = " ".join(found.text.split())
    assert said.index(briefing.notice) < said.rindex(briefing.answer[0]) < said.index(briefing.lines[0].finding)
    for words in (*briefing.sentences, briefing.actions_note, *(one.detail for one in briefing.actions)):
        assert words in said
    for heading, words in briefing.provenance.lines:
        assert heading in found.of("dt")
        assert words in found.of("dd")


def test_headings_never_skip_a_level_and_ids_stand_once() -> None:
    found = Outline(whole())
    levels = [int(tag[1]) for tag, _ in found.tags if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [about["id"] for _, about in found.tags if "id" in about]
    assert len(ids) == len(set(ids))
    wanted = [name for _, about in found.tags for name in (about.get("aria-labelledby") or "").split()]
    wanted += [str(about["href"])[1:] for tag, about in found.tags if tag == "a" and str(about["href"])[0] == "#"]
    assert wanted
    assert set(wanted) <= set(ids)


def test_the_table_holds_the_cells_of_each_measure_as_they_are() -> None:
    briefing = by_hand(RUTLAND)
    cells = Outline(page_of(briefing)).of("td")
    assert cells[: len(briefing.lines) * len(HEADINGS)] == [
        line.cells[heading] for line in briefing.lines for heading in HEADINGS
    ]


def test_every_table_has_a_name_of_its_own_and_headings() -> None:
    found = Outline(whole())
    captions = found.of("caption")
    assert len(captions) == len(set(captions)) == 3 + 2 * len(short().lines)
    headings = [about for tag, about in found.tags if tag == "th"]
    assert all(about["scope"] in ("col", "row") for about in headings)


def test_the_tables_at_the_end_are_those_of_the_pictures() -> None:
    briefing = by_hand(CITY_OF_LONDON)
    said = "|".join(Outline(page_of(briefing)).of("td", "th"))
    for line in briefing.lines:
        for row in (*course_rows(line), *other_rows(line)):
            assert "|".join(" ".join(cell.split()) for cell in row) in said


def test_a_median_that_hidden_members_leave_open_is_a_range_in_every_table() -> None:
    briefing, found = by_hand(TRAFFORD, 2018), 0
    for line in briefing.lines:
        for row, given in zip(course_rows(line), course_of(line), strict=True):
            least, most = given["median_least"], given["median_most"]
            if least is None:
                continue
            low, high = (number_in_unit(end, line.compared_unit) for end in (least, most))
            assert row[4] == f"{low if low == high else f'{low} to {high}'} (from {given['members']})"
            found += low != high
    assert found > 1, "the briefing is of an authority some of whose neighbours are hidden"
    said = "|".join(Outline(page_of(briefing)).of("td"))
    assert re.search(r"\|[\d.]+% to [\d.]+% \(from \d+\)", said)


def test_pictures_are_drawn_inside_the_page_with_their_words() -> None:
    found = Outline(whole())
    pictures = [about for tag, about in found.tags if tag == "svg"]
    assert len(pictures) == 2 * len(short().lines)
    assert all(about["role"] == "img" and about["viewbox"] for about in pictures)
    assert len(found.of("desc")) == len(pictures)
    assert all(said.startswith(f"{short().provenance.figures}. ") for said in found.of("desc"))
    assert "currentColor" in whole()
    assert len(re.findall("<text ", whole())) > 10 * len(pictures)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    found = Outline(whole())
    policy = [about["content"] for tag, about in found.tags if about.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1
    assert str(policy[0]).startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert not {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not [name for _, about in found.tags for name in about if name.startswith("on") or name == "src"]
    assert not re.search(r"url\(|@import", whole())
    addresses = [str(about["href"]) for tag, about in found.tags if tag == "a" and str(about["href"])[0] != "#"]
    assert addresses == [by_hand().provenance.link]


def test_strange_names_are_text_and_nothing_else() -> None:
    found = Outline(page_of(strange(by_hand())))
    assert not {"script", "b"} & {tag for tag, _ in found.tags}
    clean = " ".join(HOSTILE.replace("\x0b", "").split())
    assert " ".join(found.text.split()).count(clean) > 40
    assert not [about for tag, about in found.tags if tag == "a" and not str(about["href"]).startswith("#")]
    assert "\x0b" not in found.text


@pytest.mark.parametrize("area", [RUTLAND, CITY_OF_LONDON])
def test_a_hidden_figure_is_nowhere(area: str) -> None:
    briefing, secret = by_hand(area), poisoned(by_hand(area))
    assert any(SECRET in line.course["value"] for line in secret.lines)
    assert page_of(secret) == page_of(briefing)
    for line, other in zip(briefing.lines, secret.lines, strict=True):
        drawn, from_secrets = briefing_course(line, briefing), briefing_course(other, secret)
        assert from_secrets.data.equals(drawn.data)
        assert from_secrets.table.equals(drawn.table)
    page = unescape(page_of(secret))
    assert "98,765" not in page
    assert "98765" not in page
    assert page.count("hidden") > 5


def test_what_is_not_there_leaves_no_heading_behind() -> None:
    briefing = replace(by_hand(), notice="", actions=(), questions=(), limits=())
    found = Outline(page_of(briefing))
    assert 'role="note"' not in page_of(briefing)
    assert not {
        "Questions for the committee",
        "What cannot be said",
        "What the committee was told, and what the figures here say",
    } & set(found.of("h2"))
    assert briefing.actions_note in found.text


def test_the_longest_name_and_no_pictures() -> None:
    briefing = with_name(by_hand(TRAFFORD), LONGEST)
    found = Outline(page_of(briefing, {}))
    assert found.of("h1") == [briefing.title]
    assert "svg" not in [tag for tag, _ in found.tags]
