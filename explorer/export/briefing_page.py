"""The briefing as one page: it stands alone, reads on a phone, prints on A4 and needs no program."""

import re
from collections.abc import Iterable, Iterator, Sequence

from explorer.areas import Areas
from explorer.briefing.briefing import HEADINGS, Briefing, Line
from explorer.config import Config
from explorer.export import briefing_parts as both
from explorer.export.image_file import Drawing
from explorer.export.page_parts import note, page, table, text

_STYLE = """
body { max-width: 62rem; }
.answer { margin: 1rem 0; }
.answer p { margin: .25rem 0; }
.measure { border-top: 3px solid var(--line); margin-top: 2rem; }
.measure > h2 { margin-top: .75rem; }
.parts { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); grid-template-rows: auto auto auto 1fr;
  gap: .75rem 2.5rem; }
.said { grid-area: 1 / 1 / 3 / 2; }
.course { grid-area: 1 / 2 / 4 / 3; }
.strip { grid-area: 3 / 1 / 5 / 2; }
.about { grid-area: 4 / 2 / 5 / 3; margin: 0; }
.figure { margin: .25rem 0 .5rem; }
.figure strong { font-size: 2rem; line-height: 1.1; margin-right: .75rem; }
.said ul { margin: 0; padding-left: 1.2rem; }
figure { margin: 0; }
figcaption, .small, figure p { font-size: .88rem; }
figcaption p, figure p { margin: .25rem 0; }
figcaption .finding { font-weight: 600; }
figure svg { display: block; width: 100%; height: auto; margin: .5rem 0; }
dl { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: .35rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; max-width: 44rem; overflow-wrap: anywhere; }
a { color: inherit; }
.tables { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); gap: 0 2rem; align-items: start; }
@media screen and (max-width: 48rem) {
  .parts, .tables, dl { display: block; }
  .parts > * { margin-bottom: 1.25rem; }
  dt { margin-top: .6rem; }
}
@page { margin: 12mm 14mm; }
@media print {
  .measure, figure, dd, .tables { break-inside: avoid; }
  .measure { margin-top: 3mm; border-top-width: 1.5pt; }
  .measure > h2 { margin: 1mm 0; }
  h2 { font-size: 12pt; line-height: 1.2; }
  h3, dt { break-after: avoid; }
  .blocks { break-inside: avoid; }
  .parts { grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr); gap: 1mm 6mm; font-size: 9pt; line-height: 1.22; }
  .figure { margin: 0; }
  .figure strong { font-size: 16pt; }
  figcaption, .small, figure p { font-size: 8pt; }
  figcaption p, figure p, figure svg { margin: .4mm 0; }
  .appendix { break-before: page; }
  table { font-size: 8.5pt; line-height: 1.3; }
  th, td { padding: .8mm 1.5mm; }
  .tables { grid-template-columns: minmax(0, 2.3fr) minmax(0, 1fr); gap: 0 6mm; }
  .tables table { font-size: 8pt; }
}
"""
_HEAD = re.compile(r"^<svg\b[^>]*>")


def briefing_page(briefing: Briefing, config: Config, areas: Areas, drawn: both.Drawings | None = None) -> str:
    """The briefing as one HTML document, without a script and with nothing to fetch.

    Args:
        drawn: Its pictures, where they have been drawn for another file as well.

    Raises:
        ImageError: the pictures could not be drawn.
    """
    drawn = both.briefing_drawings(briefing, config, areas) if drawn is None else drawn
    parts = [
        note(briefing.notice),
        f"<h1>{text(briefing.title)}</h1>",
        f'<div class="answer">{_paragraphs(briefing.answer)}</div>',
        "<h2>The figures</h2>",
        _figures(briefing),
        *(_measure(number, line, drawn.get(line.indicator, ())) for number, line in enumerate(briefing.lines, 1)),
        *_doing(briefing),
        *_list("Questions for the committee", briefing.questions, "ol"),
        *_list("What cannot be said", briefing.limits, "ul"),
        *_pairs("Terms used", [(term.label, term.description) for term in both.terms(config)]),
        *_pairs("Where the figures come from", briefing.provenance.lines),
        *_appendix(briefing),
    ]
    return page(briefing.title, parts, _STYLE)


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{text(said)}</p>" for said in sentences if said)


def _figures(briefing: Briefing) -> str:
    rows = [
        ("", (f"{line.label}, {line.period}", *(line.cells[heading] for heading in HEADINGS)))
        for line in briefing.lines
    ]
    return table("Every measure, with what it is compared with", ("Measure", *HEADINGS), rows)


def _measure(number: int, line: Line, drawn: Sequence[Drawing]) -> str:
    """One measure: its finding, figure, sentences and pictures."""
    pictures = [_picture(f"picture-{number}-{place}", one) for place, one in enumerate(drawn, 1)]
    said = "".join(f"<li>{text(one)}</li>" for one in line.sentences)
    behind = ", ".join(part for part in (line.count, line.label, line.period) if part)
    name = f"measure-{number}"
    return (
        f'<section class="measure" aria-labelledby="{name}"><h2 id="{name}">{text(line.finding)}</h2>'
        f'<div class="parts"><div class="said"><p class="figure"><strong>{text(line.value)}</strong> {text(behind)}</p>'
        f"<ul>{said}</ul></div>{''.join(pictures)}"
        f'<p class="small about">What is counted: {text(line.meaning)} Source: {text(line.source)}. '
        f'<a href="#tables-{number}">The figures in the pictures</a> are in a table at the end.</p></div></section>'
    )


def _picture(name: str, drawing: Drawing) -> str:
    """A chart inside the page, with its finding above it and what its lines mean below."""
    picture = drawing.picture
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{text(picture.title)}</title>'
        f'<desc id="{name}-desc">{text(picture.alt)}</desc>'
    )
    below = " ".join(part for part in (picture.key, picture.note) if part)
    return (
        f'<figure class="{picture.name.partition("-")[0]}"><figcaption><p class="finding">{text(picture.title)}</p>'
        f"<p>{text(picture.subtitle)}</p></figcaption>{_HEAD.sub(lambda _: head, drawing.svg)}"
        f"<p>{text(below)}</p></figure>"
    )


def _doing(briefing: Briefing) -> Iterator[str]:
    yield "<h2>What is being done</h2>"
    yield _paragraphs([briefing.actions_note])
    if briefing.actions:
        yield table("What is being done, and how it stands", both.ACTIONS, _plain(both.action_rows(briefing.actions)))
        yield f'<p class="small">{text(both.sources(briefing.actions))}</p>'
    if briefing.told:
        yield "<h2>What the committee was told, and what the figures here say</h2>"
        yield table("What was told, beside the figures here", both.TOLD, _plain(both.told_rows(briefing.told)))
        yield f'<p class="small">{text(both.sources(briefing.told))}</p>'


def _plain(rows: both.Rows) -> list[tuple[str, tuple[str, ...]]]:
    return [("", row) for row in rows]


def _list(heading: str, items: Sequence[str], kind: str) -> Iterator[str]:
    if items:
        yield f"<h2>{text(heading)}</h2>"
        yield f"<{kind}>{''.join(f'<li>{text(one)}</li>' for one in items)}</{kind}>"


def _pairs(heading: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"<h2>{text(heading)}</h2>"
    yield f"<dl>{''.join(f'<dt>{text(name)}</dt><dd>{_linked(words)}</dd>' for name, words in pairs)}</dl>"


def _linked(words: str) -> str:
    """An address as a link that is also read on paper; all else as text."""
    address = both.link(words)
    return f'<a href="{text(address)}">{text(words)}</a>' if address else text(words)


def _appendix(briefing: Briefing) -> Iterator[str]:
    yield '<section class="appendix" aria-labelledby="appendix"><h2 id="appendix">The figures in the pictures</h2>'
    for number, line in enumerate(briefing.lines, 1):
        yield f'<h3 id="tables-{number}">{text(line.compared_label)}</h3>'
        years = table(f"{line.compared_label}, year by year", both.COURSE, _plain(both.course_rows(line)), blocks=False)
        when = f"{line.compared_label}, {line.compared_period}"
        others = table(when, both.OTHERS, _plain(both.other_rows(line)), blocks=False)
        yield f'<div class="tables">{years}{others}</div>'
    yield "</section>"
