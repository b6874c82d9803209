"""The workbook of a committee pack: every figure of a briefing as a number and in words, one tidy sheet a chart."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.briefing.briefing import HEADINGS, Briefing, Line
from explorer.export.accessible_workbook import (
    SHORTHAND,
    About,
    Cell,
    Column,
    Cover,
    Sheet,
    Table,
    accessible_bytes,
    sheet_name,
)
from explorer.export.pack_numbers import (
    ABOUT_NUMBERS,
    NOT_APPLICABLE,
    UNITS,
    counts,
    hidden_range,
    kind_of,
    likely,
    number,
    numbers_table,
)
from explorer.provenance import PROGRAM
from explorer.sentences.median import median_number
from explorer.wording import day

_KINDS = {"authority": "The authority", "member": "Member of the group", "median": "Middle of the group",
          "england": "England"}  # fmt: skip
_CONTACT = "Ask whoever gave you this workbook."


def pack_workbook_bytes(briefing: Briefing) -> bytes:
    """A briefing as an .xlsx file that follows the guidance on accessible spreadsheets.

    Words are those of the briefing, and numbers those of its tables: nothing is worked out here. A hidden figure is
    nowhere in the file; its range is, where there is one.
    """
    held = briefing.provenance
    about = About(
        title=briefing.title,
        subject="Child protection plans: figures, comparisons, questions for the committee",
        keywords=f"child protection plans, re-plans, {briefing.name}, data version {held.version}",
        author=PROGRAM,
        comments=". ".join(f"{heading}: {words}" for heading, words in held.lines),
        made=held.made,
    )
    link = (held.link_heading, held.link) if held.link else None
    return accessible_bytes(
        Cover(briefing.title, _cover(briefing), link), [*_sheets(briefing)], _notes(briefing), about
    )


def _cover(briefing: Briefing) -> dict[str, Sequence[str]]:
    note = {"Please note": (briefing.notice,)} if briefing.notice else {}
    return {
        **note,
        "In short": briefing.answer,
        "What this is": (
            f"Figures on child protection plans in {briefing.name}, as they stood on {day(briefing.as_at)}, beside "
            f"those of England and of a group: {briefing.group}.",
            "One worksheet has every measure in words and one in numbers. Two more for each measure hold its charts.",
        ),
        "Where it comes from": [f"{heading}: {words}" for heading, words in briefing.provenance.lines],
        "Contact": (_CONTACT,),
    }


def _sheets(briefing: Briefing) -> Iterator[Sheet]:
    """Every sheet after the notes; each says which records it rests on, because sheets are copied one by one."""
    known = (briefing.notice,) if briefing.notice else ()
    where = f"{briefing.name}, at {day(briefing.as_at)}"
    yield Sheet("Figures_in_words", f"Figures in words, {where}", known, _figures(briefing))
    yield Sheet("Figures_as_numbers", f"Figures as numbers, {where}", (*known, ABOUT_NUMBERS), numbers_table(briefing))
    yield Sheet("Findings", f"What the figures say, {where}", known, _findings(briefing))
    names: list[str] = []
    for line in briefing.lines:
        said = (*known, f"Source: {line.source}")
        for kind, table in (("Years", _course(line, briefing)), ("Beside", _others(line))):
            names.append(sheet_name(f"{kind} {line.compared_label}", names))
            yield Sheet(names[-1], _title(kind, line, briefing), said, table)
    yield _actions(briefing, known)
    if briefing.told:
        yield Sheet("Told_before", "What the committee was told, and what the figures here say", known, _told(briefing))
    for name, title, sentences in (
        ("Questions", "Questions for the committee", briefing.questions),
        ("Limits", "What cannot be said", briefing.limits),
    ):
        yield _numbered(name, f"{title}, {where}", known, sentences)


def _figures(briefing: Briefing) -> Table:
    headings = ("Measure", "Period", *HEADINGS, "Source")
    rows = [
        [line.label, line.period, *(_said(line.cells[name]) for name in HEADINGS), line.source]
        for line in briefing.lines
    ]
    return Table([Column(heading) for heading in headings], rows)


def _findings(briefing: Briefing) -> Table:
    rows = [(line.label, line.period, said) for line in briefing.lines for said in (line.finding, *line.sentences)]
    return Table((Column("Measure"), Column("Period"), Column("What the figures say")), rows)


def _title(kind: str, line: Line, briefing: Briefing) -> str:
    if kind == "Years":
        return f"{line.compared_label}, by year, in {briefing.name}, in England, and the median of {briefing.group}"
    return f"{line.compared_label}, {line.compared_period}: {briefing.name}, England and {briefing.group}"


def _course(line: Line, briefing: Briefing) -> Table | None:
    """The chart over the years: one row a year."""
    shape, unit = kind_of(line.compared_unit), UNITS[line.compared_unit]
    columns = (
        Column("Year to 31 March", "year"),
        Column(f"{briefing.name} ({unit})", shape),
        Column("Count", "count"),
        Column("Out of", "count"),
        Column(f"Likely range, lower end ({unit})", shape),
        Column(f"Likely range, upper end ({unit})", shape),
        Column(f"If hidden, least ({unit})", shape),
        Column(f"If hidden, most ({unit})", shape),
        Column(f"Median of the group, least it can be ({unit})", shape),
        Column(f"Median of the group, most it can be ({unit})", shape),
        Column("Members with a figure", "count"),
        Column(f"England ({unit})", shape),
        Column("The figure as it is shown"),
    )
    rows = [_course_row(row, shape) for row in line.course.sort("year").iter_rows(named=True)]
    return Table(columns, rows) if rows else None


def _course_row(row: dict[str, Any], unit: str) -> list[Cell]:
    status = row["status"]
    return [
        row["year"],
        number(row["value"], status),
        *counts(row["numerator"], row["denominator"], status, unit),
        *likely(row["value"], row["lower"], row["upper"], status),
        *hidden_range(status, row["least"], row["most"]),
        *(number(row[end], "not_available") for end in ("median_least", "median_most")),
        row["members"],
        number(row["england"], "not_available"),
        _said(row["shown"]),
    ]


def _others(line: Line) -> Table | None:
    """The chart beside others: one row an authority, in the order of the chart."""
    unit, words = kind_of(line.compared_unit), UNITS[line.compared_unit]
    columns = (
        Column("Whose figure"),
        Column("DfE or ONS code"),
        Column("What it is"),
        Column(f"Figure ({words})", unit),
        Column(f"Least it can be ({words})", unit),
        Column(f"Most it can be ({words})", unit),
        Column("The figure as it is shown"),
    )
    rows = [
        [
            row["name"],
            NOT_APPLICABLE if row["kind"] == "median" else _said(row["area"]),
            _KINDS[row["kind"]],
            *_beside(row, line.compared_unit),
            _said(row["shown"]),
        ]
        for row in line.others.iter_rows(named=True)
    ]
    return Table(columns, rows) if rows else None


def _beside(row: dict[str, Any], unit: str) -> list[Cell]:
    """A figure and between what it lies: only hidden figures have such a range, and the median that they leave open."""
    least, most = row["least"], row["most"]
    if row["kind"] != "median":
        return [number(row["value"], row["status"]), *hidden_range(row["status"], least, most)]
    ends = [number(end, "not_available") for end in (least, most)]
    return [number(median_number(least, most, unit), "not_available"), *ends]


def _actions(briefing: Briefing, known: Sequence[str]) -> Sheet:
    headings = ("What", "Since when", "How it stands", "More about it", "Who said so")
    rows = [
        [_said(words) for words in (one.what, one.since, one.status, one.detail, one.reference)]
        for one in briefing.actions
    ]
    said = (*known, briefing.actions_note) if briefing.actions_note else known
    title = f"What is being done, {briefing.name}, at {day(briefing.as_at)}"
    return Sheet("What_is_being_done", title, said, Table([Column(one) for one in headings], rows) if rows else None)


def _told(briefing: Briefing) -> Table:
    columns = [
        Column(one) for one in ("What it was told", "What the figures here say", "Is it the same", "Who said so")
    ]
    rows = [[one.said, _said(one.here), "no" if one.differs else "yes", one.reference] for one in briefing.told]
    return Table(columns, rows)


def _numbered(name: str, title: str, known: Sequence[str], sentences: Sequence[str]) -> Sheet:
    rows = [(number, said) for number, said in enumerate(sentences, 1)]
    table = Table((Column("Number", "year"), Column(title.partition(",")[0])), rows) if rows else None
    return Sheet(name, title, known, table)


def _notes(briefing: Briefing) -> Table:
    rows = [("Definition", line.label, line.meaning) for line in briefing.lines]
    rows += [("Source", line.label, line.source) for line in briefing.lines]
    rows += [("Shorthand", mark, meaning) for mark, meaning in SHORTHAND.items()]
    rows += [("Number", name, meaning) for name, meaning in _MEANINGS.items()]
    rows += [("Where this comes from", heading, words) for heading, words in briefing.provenance.lines]
    return Table((Column("Kind of note"), Column("About"), Column("Note")), rows)


_MEANINGS = {
    "Likely range": "Where the figure would lie in 95 of 100 years like this one, by chance alone.",
    "If hidden, least and most": "What a hidden figure can be if the hidden count is itself a small number.",
    "Least and most it can be": "Between what a hidden figure lies, or a median that hidden figures leave open.",
    "Median": "The middle of the figures of the group, the authority itself left out.",
    "Median, least and most it can be": "The median with every hidden figure of a member at its least, or at its most.",
}


def _said(words: str) -> str:
    """Words, or the shorthand for nothing to say: no cell is empty."""
    return words or NOT_APPLICABLE
