"""The briefing as slides for a committee: a PowerPoint file whose charts and tables can be edited."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from io import BytesIO

from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Pt

from explorer.briefing.briefing import HEADINGS, Action, Briefing, Line, Told
from explorer.export import slide_template as at
from explorer.export import slide_words as words
from explorer.export.settled import settled
from explorer.export.sheet import clean
from explorer.export.slide_boxes import box_of, described, feet, fitted, grid, indent, marked, put, title, write
from explorer.export.slide_charts import beside_the_others, over_the_years
from explorer.export.slide_text import Box, height, largest, shared
from explorer.provenance import PROGRAM
from explorer.wording import day

_BODY = (24.0, 20.0, 18.0)
_TABLE = (18.0, 16.0, 14.0)
_COVER = (40.0, 36.0, 32.0, 28.0, 24.0)
_SMALL = (18.0, 16.0, 14.0)
_VALUE, _COUNT = (44.0, 36.0, 28.0, 22.0, 18.0), (20.0, 18.0, 16.0, 14.0)
_MOST_SAID = 3  # sentences of a measure on its slide; the notes have them all
_GAP = 10
_LONGEST = 255  # characters of a property, by the standard
_ACTIONS = ("What", "Since", "How it stands", "More", "Who said so")
_TOLD = ("What was said", "The figures here", "The same?", "Who said so")


def slides_bytes(briefing: Briefing) -> bytes:
    """The briefing as a .pptx file: title, figures, a slide a measure, actions, questions, limits, sources.

    The same briefing gives the same bytes. Nothing in it knows more than the briefing shows: a hidden figure is an
    empty cell of a chart's workbook.
    """
    deck = at.deck()
    _properties(deck, briefing)
    _cover(deck, briefing)
    _figures(deck, briefing)
    for line in briefing.lines:
        _measure(deck, briefing, line)
    _doing(deck, briefing)
    _before(deck, briefing)
    _points(deck, briefing, "Questions for the committee", briefing.questions, numbered=True)
    _points(deck, briefing, "What cannot be said", briefing.limits, numbered=False)
    _sources(deck, briefing)
    for number, slide in enumerate(deck.slides, start=1):
        feet(slide, words.foot(briefing), number)
    stream = BytesIO()
    deck.save(stream)
    return settled(stream.getvalue(), briefing.provenance.made)


def _properties(deck: Presentation, briefing: Briefing) -> None:
    about, source = deck.core_properties, briefing.provenance
    about.title = clean(briefing.title)[:_LONGEST]
    about.subject = clean(f"{briefing.name} at {day(briefing.as_at)}")[:_LONGEST]
    about.author = about.last_modified_by = PROGRAM
    about.keywords = clean(f"child protection plans, {briefing.name}, data version {source.version}")[:_LONGEST]
    about.comments = clean(briefing.notice)[:_LONGEST]
    about.category, about.language, about.revision = "Briefing", at.LANGUAGE, 1
    about.created = about.modified = datetime.combine(source.made, time())


def _add(deck: Presentation, layout: int, said: str, note: str) -> Slide:
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[layout])
    names = {shape.placeholder_format.idx: shape.name for shape in list(slide.slide_layout.placeholders)}
    for shape in slide.placeholders:
        shape.name = names[shape.placeholder_format.idx]
    title(slide, said, *((at.COVER_TITLE, _COVER) if layout == at.COVER else ()))
    _noted(slide, note)
    return slide


def _noted(slide: Slide, note: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    if frame is not None:
        write(frame, note.split("\n"), 12)


def _cover(deck: Presentation, briefing: Briefing) -> None:
    slide = _add(deck, at.COVER, briefing.title, words.notes(briefing, briefing.answer))
    fitted(slide, at.NOTICE_AT, [briefing.notice], at.NOTICE, _SMALL)
    fitted(slide, at.BODY_AT, briefing.answer, at.COVER_BODY, (24.0, 22.0, 20.0, 18.0, 16.0))
    last = [f"As at {day(briefing.as_at)}: no figure of a later time is used. {briefing.provenance.figures}."]
    fitted(slide, at.LAST_AT, last, at.COVER_LAST, _SMALL)


def _figures(deck: Presentation, briefing: Briefing) -> None:
    headings = ("Measure", *HEADINGS)
    rows = [(f"{line.label}, {line.period}", *(line.cells[name] for name in HEADINGS)) for line in briefing.lines]
    _table(deck, briefing, "The figures", headings, rows, said=[line.finding for line in briefing.lines])


def _measure(deck: Presentation, briefing: Briefing, line: Line) -> None:
    slide = _add(deck, at.MEASURE, line.finding, words.measure_notes(briefing, line))
    _figure(slide, line)
    said = _as_fits(line.sentences)
    fitted(slide, at.SAID_AT, [said], at.SAID, _SMALL)
    over, among = words.over_years(line), words.among(line, briefing.group)
    for number, box, heading in zip(at.HEADINGS_AT, at.HEADINGS, (over, among), strict=True):
        fitted(slide, number, [heading], box, (14.0,))
    made, (years, others) = briefing.provenance.made, (box_of(slide, number) for number in at.CHARTS_AT)
    if line.course.select("value", "median", "england").null_count().sum_horizontal().item() < 3 * line.course.height:
        described(
            over_the_years(years, line, briefing.name, made),
            "Chart over the years",
            words.years_alt(line, briefing.name),
        )
    else:
        _no_chart(slide, years, "There is no figure over the years.", at.CHARTS[0])
    if line.others["value"].drop_nulls().len():
        described(beside_the_others(others, line, made), "Chart of the authorities", words.others_alt(line))
    else:
        _no_chart(slide, others, "There is no figure to compare.", at.CHARTS[1])
    fits = [said for said in words.below(line) if largest([said], at.BELOW, (14.0,))]
    fitted(slide, at.BELOW_AT, fits[:1], at.BELOW, (14.0,))


def _figure(slide: Slide, line: Line) -> None:
    """The figure large, what is behind it, and when it was counted: in one box, so that one is read after another."""
    wide, tall = at.VALUE.width, at.VALUE.height
    period = [f"{line.label}, {line.period}"]
    last = height(period, 14, wide)
    count = largest([line.count], Box(0, 0, wide, 24), _COUNT) or _COUNT[-1]
    middle = height([line.count], count, wide) if line.count else 0.0
    value = largest([line.value], Box(0, 0, wide, tall - last - middle), _VALUE, bold=True) or _VALUE[-1]
    frame = box_of(slide, at.VALUE_AT).text_frame
    parts = [(line.value, value), (line.count, count), (period[0], 14.0)]
    write(frame, [said for said, _ in parts if said], 14)
    for paragraph, (_, size) in zip(frame.paragraphs, [part for part in parts if part[0]], strict=True):
        for run in paragraph.runs:
            run.font.size = Pt(size)
    frame.paragraphs[0].runs[0].font.bold = True


def _as_fits(sentences: Sequence[str]) -> str:
    """The first sentences, as many as have room; the notes have them all."""
    for number in range(min(_MOST_SAID, len(sentences)), 1, -1):
        said = " ".join(sentences[:number])
        if largest([said], at.SAID, _SMALL[:2]):
            return said
    return sentences[0] if sentences else ""


def _no_chart(slide: Slide, place: object, said: str, box: Box) -> None:
    """Words where a chart would stand."""
    place._element.getparent().remove(place._element)  # type: ignore[attr-defined]
    frame = slide.shapes.add_textbox(*(Pt(part) for part in box)).text_frame
    frame.word_wrap = True
    write(frame, [said], 18)


def _doing(deck: Presentation, briefing: Briefing) -> None:
    heading = "What is being done"
    if not briefing.actions:
        _points(deck, briefing, heading, [briefing.actions_note], numbered=False)
        return
    rows = [_action_row(action) for action in briefing.actions]
    said = [action.what for action in briefing.actions]
    _table(deck, briefing, heading, _ACTIONS, rows, note=briefing.actions_note, said=[f"{'; '.join(said)}."])


def _action_row(action: Action) -> tuple[str, ...]:
    return action.what, action.since, action.status, action.detail, action.reference


def _before(deck: Presentation, briefing: Briefing) -> None:
    """What a committee was told before; nothing where that is not known."""
    if briefing.told:
        rows = [_told_row(told) for told in briefing.told]
        _table(deck, briefing, "What the committee was told, and what the figures here say", _TOLD, rows, said=())


def _told_row(told: Told) -> tuple[str, ...]:
    return told.said, told.here, "no" if told.differs else "yes", told.reference


def _points(deck: Presentation, briefing: Briefing, heading: str, points: Sequence[str], *, numbered: bool) -> None:
    """A list, on as many slides as it needs."""
    if not points:
        return
    room = at.BODY.width - indent(_BODY[0])
    heights = {size: [height([said], size, room) + _GAP for said in points] for size in _BODY}
    size = next((size for size in _BODY if sum(heights[size]) <= at.BODY.height), _BODY[-1])
    parts = shared(heights[size], at.BODY.height)
    for said, part in _named(heading, parts):
        slide = _add(deck, at.LIST, said, words.notes(briefing, points[part]))
        frame = box_of(slide, at.BODY_AT).text_frame
        write(frame, points[part], size, gap=_GAP)
        if len(points) > 1:
            marked(frame, size, part.start + 1 if numbered else None)


def _named(heading: str, parts: Sequence[slice]) -> Iterator[tuple[str, slice]]:
    """Each part of what goes over several slides with its title: 'The figures (2 of 2)'."""
    for number, part in enumerate(parts, start=1):
        yield f"{heading} ({number} of {len(parts)})" if len(parts) > 1 else heading, part


def _table(
    deck: Presentation,
    briefing: Briefing,
    heading: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    note: str = "",
    said: Sequence[str],
) -> None:
    """A table, on as many slides as it needs; what is said below it stands on the last."""
    below = height([note], 16, at.BODY.width) + 12 if note else 0.0
    drawn, parts = grid(headings, rows, at.BODY._replace(height=at.BODY.height - below), _TABLE)
    for called, part in _named(heading, parts):
        slide = _add(deck, at.TABLE, called, words.notes(briefing, said))
        alt = words.table_alt(called, headings, rows[part])
        put(box_of(slide, at.BODY_AT), drawn, part, called, alt, briefing.provenance.link)
        _below_table(slide, note if part.stop == len(rows) else "", sum(drawn.heights[1:][part]) + drawn.heights[0])


def _below_table(slide: Slide, note: str, used: float) -> None:
    """Words below a table, wherever it ends."""
    shape = box_of(slide, at.NOTE_AT)
    fitted(slide, at.NOTE_AT, [note], at.BODY, (16.0,))
    if note:
        top = at.BODY.top + used + 12
        place = at.BODY.left, top, at.BODY.width, at.BODY.top + at.BODY.height - top
        shape.left, shape.top, shape.width, shape.height = (Pt(part) for part in place)


def _sources(deck: Presentation, briefing: Briefing) -> None:
    _table(deck, briefing, "Where the figures come from", ("Part", "What it is"), briefing.provenance.lines, said=())
