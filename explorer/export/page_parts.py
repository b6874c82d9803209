"""Pieces of pages that leave as files: one style, tables that a phone and a listener can read, and no script."""

from collections.abc import Iterable, Sequence
from html import escape

from explorer.export.sheet import clean

# Nothing is fetched and nothing runs, whatever a name in the data may hold (W3C, Content Security Policy Level 3).
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --ink: #0b0c0c; --paper: #ffffff; --line: #6b7280; --shade: #eef1f5; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f3f4f6; --paper: #14171c; --line: #9ca3af; --shade: #232830; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 50rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 "Source Sans 3", Arial, Helvetica, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 1.75rem 0 .5rem; }
p, li { max-width: 44rem; }
.answer { font-size: 1.15rem; font-weight: 600; border-left: .35rem solid var(--line); padding-left: .75rem; }
.wide { overflow-x: auto; margin-bottom: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .5rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--shade); }
/* On a phone each row is a block of its own, and every cell says its heading. */
@media screen and (max-width: 40rem) {
  body { padding: 1rem; }
  .blocks :is(table, tbody, tr, caption, th, td) { display: block; }
  .blocks thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap; }
  .blocks tr { border: 1px solid var(--line); margin: 0 0 1rem; }
  .blocks :is(th, td) { border: 0; border-bottom: 1px solid var(--line); }
  .blocks tr > :last-child { border-bottom: 0; }
  .blocks tbody th { background: var(--shade); }
  .blocks [data-label]::before { content: attr(data-label) ": "; font-weight: 600; }
  .blocks [data-label]::before { content: attr(data-label) ": " / ""; }
}
footer { overflow-wrap: anywhere; }
footer { margin-top: 2rem; font-size: .88rem; border-top: 1px solid var(--line); padding-top: .5rem; }
@page { size: A4; margin: 16mm; }
@media print {
  :root { --ink: #000000; --paper: #ffffff; --line: #555555; --shade: #eeeeee; }
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, li, .answer { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""


def page(title: str, parts: Iterable[str], style: str = "") -> str:
    """One HTML document, in British English, that stands alone.

    Args:
        parts: HTML; empty ones are left out.
        style: Rules of this page beside those of all.
    """
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def note(said: str) -> str:
    """What has to stand before everything; nothing where nothing has to."""
    return f'<p role="note"><strong>{text(said)}</strong></p>' if said else ""


def table(
    caption: str, headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], *, blocks: bool = True
) -> str:
    """A table whose first column heads its rows.

    The roles keep it a table for those who hear it where it is drawn as blocks. It can be reached and moved by keyboard
    where large letters make it too wide.

    Args:
        caption: No other table of the page has the same.
        rows: The class of each, and its cells.
        blocks: Whether on a phone each row is a block of its own; a table of many short rows is moved sideways instead.
    """
    head = "".join(f'<th scope="col" role="columnheader">{text(one)}</th>' for one in headings)
    body = "".join(
        f'<tr class="{kind}" role="row"><th scope="row" role="rowheader" data-label="{text(headings[0])}">'
        f"{text(first)}</th>{''.join(_cell(*both) for both in zip(headings[1:], rest, strict=True))}</tr>"
        for kind, (first, *rest) in rows
    )
    kind = "wide blocks" if blocks else "wide"
    return (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{text(caption)}"><table role="table">'
        f'<caption>{text(caption)}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _cell(heading: str, said: str) -> str:
    return f'<td role="cell" data-label="{text(heading)}">{text(said)}</td>'


def text(said: str) -> str:
    """A text as HTML: no sign in it is mark-up."""
    return escape(clean(said))
