"""The monitoring plan as a page for the committee: one file that stands alone, prints on A4 and needs no program."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import explorer
from explorer.config import Indicator
from explorer.evaluation.monitoring import Checkpoint, MonitoringPlan
from explorer.export.sheet import clean
from explorer.schema import STATUS_WORDS
from explorer.sentences import monitoring as words
from explorer.sentences.impact import path_sentence, source_sentence, why_no_step
from explorer.wording import day

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
tr.decide th, tr.decide td { font-weight: 700; border-top: 3px solid var(--ink); border-bottom: 3px solid var(--ink); }
/* On a phone each row is a block of its own, and every cell says its heading. */
@media screen and (max-width: 40rem) {
  body { padding: 1rem; }
  table, tbody, tr, caption, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  tr { border: 1px solid var(--line); margin: 0 0 1rem; }
  tr.decide { border: 3px solid var(--ink); }
  th, td, tr.decide th, tr.decide td { border: 0; border-bottom: 1px solid var(--line); }
  tr > :last-child, tr.decide > :last-child { border-bottom: 0; }
  tbody th { background: var(--shade); }
  [data-label]::before { content: attr(data-label) ": "; font-weight: 600; }
  [data-label]::before { content: attr(data-label) ": " / ""; }
}
footer { margin-top: 2rem; font-size: .88rem; border-top: 1px solid var(--line); padding-top: .5rem; }
@page { size: A4; margin: 16mm; }
@media print {
  :root { --ink: #000000; --paper: #ffffff; --line: #555555; --shade: #eeeeee; }
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, li, .answer { break-inside: avoid; }
  h2, caption { break-after: avoid; }
}
"""
_PAST = (
    "Figures up to",
    "Of the full effect there should be",
    "Sign of success",
    "Failing",
    "What came",
    "What that is",
)
_AHEAD = (
    "Figures up to",
    "Of the full effect there should be",
    "Smallest change there by then that would be noticed",
    "Sign of success",
    "Failing",
    "What to do",
)

_NOT_HERE = "Not in this program: ask the authority"


def plan_page(
    plan: MonitoringPlan,
    entry: Indicator,
    name: str,
    now: Mapping[str, str],
    sizes: Sequence[str],
    source: str,
    notice: str = "",
) -> str:
    """The plan as one HTML document, without a script and with nothing to fetch.

    Args:
        entry: The outcome's.
        name: The authority.
        now: What is watched beside it, in words, by indicator, in the year that ends on the day the plan was made for.
        sizes: Sentences on how large the effect might be.
        source: Where the figures come from.
        notice: A first line that has to stand before everything, such as that the records are invented.
    """
    heading = words.plan_title(plan, entry, name)
    parts = [
        f'<p role="note"><strong>{_text(notice)}</strong></p>' if notice else "",
        f"<h1>{_text(heading)}</h1>",
        f'<p class="answer">{_text(words.finding(plan, entry))}</p>',
        f"<p>{_text(words.made_sentence(plan))}</p>",
        *_expected(plan, entry, name, sizes),
        *_looks(plan, entry),
        *_watched(plan, now),
        f"<footer><p>{_text(source)}.</p>"
        f"<p>Made with the Child Protection Planning Explorer {_text(explorer.__version__)}.</p></footer>",
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(heading)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _expected(plan: MonitoringPlan, entry: Indicator, name: str, sizes: Sequence[str]) -> Iterable[str]:
    yield "<h2>What is expected, said before any result is seen</h2>"
    yield f"<p>{_text(plan.idea.what)} {_text(words.base_sentence(plan.base, entry))}</p>"
    ends = [point.end for point in plan.checkpoints]
    yield f"<p>{_text(path_sentence(plan.stated, entry, plan.idea, ends[:1] + ends[-1:] if ends[1:] else ends))}</p>"
    yield f"<p>{_text(source_sentence(plan.stated, name))} {_text(why_no_step(entry))}</p>"
    yield from (f"<p>{_text(said)}</p>" for said in sizes)
    yield f"<p>How sure that is: {_text(plan.idea.strength)}.</p>"


def _looks(plan: MonitoringPlan, entry: Indicator) -> Iterable[str]:
    yield "<h2>When to look, and what would count</h2>"
    if plan.past:
        yield _table(
            f"What came up to {day(plan.made_for)}", _PAST, [_past_row(point, plan, entry) for point in plan.past]
        )
    rows = [
        (
            point.kind,
            (
                day(point.end),
                words.there_words(point),
                words.smallest_words(point),
                words.success_words(point, plan),
                words.failing_words(point, plan),
                words.action_words(point),
            ),
        )
        for point in plan.ahead
    ]
    if rows:
        yield _table("Checkpoints ahead, one for each year's figures", _AHEAD, rows)
    else:
        yield f"<p><strong>{_text(words.nothing_ahead(plan))}</strong></p>"
    yield f"<ul>{''.join(f'<li>{_text(said)}</li>' for said in words.how_to_read(plan))}</ul>"
    if said := words.no_decision(plan):
        yield f"<p><strong>{_text(said)}</strong></p>"


def _past_row(point: Checkpoint, plan: MonitoringPlan, entry: Indicator) -> tuple[str, tuple[str, ...]]:
    return point.kind, (
        day(point.end),
        words.there_words(point),
        words.success_words(point, plan),
        words.failing_words(point, plan),
        words.came_words(point, entry),
        words.sign_words(point),
    )


def _watched(plan: MonitoringPlan, now: Mapping[str, str]) -> Iterable[str]:
    yield "<h2>What is watched beside it</h2>"
    yield (
        "<p>Fewer plans or re-plans are not good by themselves. A child may have been left without the help that a "
        "plan brings. So these are looked at on the same days.</p>"
    )
    rows = [
        (
            "beside",
            (
                one.label,
                "More of them" if one.worry == "higher" else "Fewer of them",
                one.why,
                _NOT_HERE if one.indicator is None else now.get(one.indicator, STATUS_WORDS["not_published"]),
                one.reference,
            ),
        )
        for one in plan.beside.values()
    ]
    newest = f"Newest figure, year to {plan.made_for:%B %Y}"
    headings = ("What", "Would be a worry", "Why", newest, "Where it comes from")
    yield _table("Figures that show whether children are safe", headings, rows)


def _table(caption: str, headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """A table whose first column heads its rows.

    The roles keep it a table for those who hear it where it is drawn as blocks. It can be reached and moved by keyboard
    where large letters make it too wide.
    """
    head = "".join(f'<th scope="col" role="columnheader">{_text(one)}</th>' for one in headings)
    body = "".join(
        f'<tr class="{kind}" role="row"><th scope="row" role="rowheader" data-label="{_text(headings[0])}">'
        f"{_text(first)}</th>{''.join(_cell(*both) for both in zip(headings[1:], rest, strict=True))}</tr>"
        for kind, (first, *rest) in rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{_text(caption)}"><table role="table">'
        f'<caption>{_text(caption)}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _cell(heading: str, said: str) -> str:
    return f'<td role="cell" data-label="{_text(heading)}">{_text(said)}</td>'


def _text(said: str) -> str:
    return escape(clean(said))
