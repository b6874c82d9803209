"""The briefing as a Word document, to be taken on into a report: real headings, tables, lists and page numbers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO

from docx.document import Document as Doc
from docx.shared import Mm

from explorer.areas import Areas
from explorer.briefing.briefing import HEADINGS, Briefing, Line
from explorer.config import Config
from explorer.export import briefing_parts as both
from explorer.export.document_parts import add_link, add_picture, add_table, new_document, say
from explorer.export.image_file import Drawing
from explorer.export.settled import settled
from explorer.export.sheet import clean
from explorer.provenance import PROGRAM

_LONGEST = 255  # letters of a property of a document (Office Open XML, as python-docx checks it)
_PICTURE = Mm(104)  # its letters are then as large as those of the text
_FIGURES = (30, 15, 17, 22, 24, 20, 27, 15)  # widths of the columns, one more than HEADINGS


def document_bytes(briefing: Briefing, config: Config, areas: Areas, drawn: both.Drawings | None = None) -> bytes:
    """The briefing as a .docx file; the same briefing gives the same bytes.

    Args:
        drawn: Its pictures, where they have been drawn for another file as well.

    Raises:
        ImageError: the pictures could not be drawn.
    """
    drawn = both.briefing_drawings(briefing, config, areas) if drawn is None else drawn
    made = new_document(briefing.title)
    _properties(made, briefing)
    if briefing.notice:
        say(made, briefing.notice, "Notice")
    say(made, briefing.title, "Title")
    _each(made, briefing.answer, "Answer")
    made.add_heading("The figures", 1)
    _figures(made, briefing)
    for line in briefing.lines:
        _measure(made, line, drawn.get(line.indicator, ()))
    _doing(made, briefing)
    _list(made, "Questions for the committee", briefing.questions, "List Number")
    _list(made, "What cannot be said", briefing.limits, "List Bullet")
    made.add_heading("Terms used", 1)
    _pairs(
        made, "What the words mean", ("Term", "Meaning"), [(one.label, one.description) for one in both.terms(config)]
    )
    _sources(made, briefing)
    _appendix(made, briefing)
    stream = BytesIO()
    made.save(stream)
    return settled(stream.getvalue(), briefing.provenance.made)


def _properties(made: Doc, briefing: Briefing) -> None:
    about, source = made.core_properties, briefing.provenance
    about.title = clean(briefing.title)[:_LONGEST]
    about.subject = clean(source.figures)[:_LONGEST]
    about.author = about.last_modified_by = PROGRAM
    about.keywords = clean(f"child protection plans, {briefing.name}, data version {source.version}")[:_LONGEST]
    about.comments = clean(briefing.notice)[:_LONGEST]
    about.category, about.language, about.revision = "Briefing", "en-GB", 1
    about.created = about.modified = datetime.combine(source.made, time())


def _each(made: Doc, sentences: Iterable[str], style: str) -> None:
    for said in sentences:
        if said:
            say(made, said, style)


def _figures(made: Doc, briefing: Briefing) -> None:
    rows = [(f"{line.label}, {line.period}", *(line.cells[heading] for heading in HEADINGS)) for line in briefing.lines]
    add_table(made, "Every measure, with what it is compared with", ("Measure", *HEADINGS), rows, _FIGURES)


def _measure(made: Doc, line: Line, drawn: Sequence[Drawing]) -> None:
    made.add_heading(clean(line.finding), 1).paragraph_format.page_break_before = True
    behind = ", ".join(part for part in (line.count, line.label, line.period) if part)
    figure = say(made, line.value, "Figure")
    figure.runs[0].style = "Value"
    figure.add_run(clean(f"  {behind}"))
    _each(made, line.sentences, "List Bullet")
    for one in drawn:
        picture = one.picture
        say(made, picture.title, "Caption")
        add_picture(made, one.png, _PICTURE, picture.title, picture.alt)
        say(made, " ".join(part for part in (f"{picture.subtitle}.", picture.key, picture.note) if part), "Small")
    say(made, f"What is counted: {line.meaning} Source: {line.source}.", "Small")


def _doing(made: Doc, briefing: Briefing) -> None:
    made.add_heading("What is being done", 1)
    _each(made, [briefing.actions_note], "Normal")
    if briefing.actions:
        rows = both.action_rows(briefing.actions)
        add_table(made, "What is being done, and how it stands", both.ACTIONS, rows, (35, 75, 25, 35))
        say(made, both.sources(briefing.actions), "Small")
    if briefing.told:
        made.add_heading("What the committee was told, and what the figures here say", 1)
        add_table(
            made, "What was told, beside the figures here", both.TOLD, both.told_rows(briefing.told), (95, 50, 25)
        )
        say(made, both.sources(briefing.told), "Small")


def _list(made: Doc, heading: str, items: Sequence[str], style: str) -> None:
    if items:
        made.add_heading(heading, 1)
        _each(made, items, style)


def _pairs(made: Doc, caption: str, headings: tuple[str, str], pairs: Iterable[tuple[str, str]]) -> None:
    add_table(made, caption, headings, pairs, (40, 130))


def _sources(made: Doc, briefing: Briefing) -> None:
    made.add_heading("Where the figures come from", 1)
    links = [(name, both.link(words)) for name, words in briefing.provenance.lines if both.link(words)]
    plain = [(name, words) for name, words in briefing.provenance.lines if not both.link(words)]
    _pairs(made, "What goes with these figures", ("Part", "What it is"), plain)
    for name, address in links:
        add_link(made, say(made, f"{name}: "), clean(address), address)


def _appendix(made: Doc, briefing: Briefing) -> None:
    made.add_heading("The figures in the pictures", 1).paragraph_format.page_break_before = True
    for line in briefing.lines:
        made.add_heading(clean(line.compared_label), 2)
        years, when = f"{line.compared_label}, year by year", f"{line.compared_label}, {line.compared_period}"
        add_table(made, years, both.COURSE, both.course_rows(line), (22, 40, 28, 30, 30, 20))
        add_table(made, when, both.OTHERS, both.other_rows(line), (100, 70))
