"""The monitoring plan as a page for the committee: one file that stands alone, prints on A4 and needs no program."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape

import explorer
from explorer.config import Indicator
from explorer.evaluation.monitoring import MonitoringPlan
from explorer.export.sheet import clean
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
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 42rem; font-size: .93rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .5rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--shade); }
tr.decide th, tr.decide td { font-weight: 700; border-top: 3px solid var(--ink); border-bottom: 3px solid var(--ink); }
footer { margin-top: 2rem; font-size: .88rem; border-top: 1px solid var(--line); padding-top: .5rem; }
@page { size: A4; margin: 16mm; }
@media print {
  :root { --ink: #000000; --paper: #ffffff; --line: #555555; --shade: #eeeeee; }
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  .wide { overflow: visible; }
  table { min-width: 0; }
  thead { display: table-header-group; }
  tr, li, .answer { break-inside: avoid; }
  h2, caption { break-after: avoid; }
}
"""
_CHECKPOINTS = (
    "Figures up to",
    "Of the full effect there should be",
    "Smallest change that would be noticed",
    "Sign of success",
    "Failing",
    "What to do",
)
_BESIDE = ("What", "Would be a worry", "Why", "Newest figure", "Where it comes from")


def plan_page(
    plan: MonitoringPlan,
    entry: Indicator,
    name: str,
    now: Mapping[str, str],
    sizes: Sequence[str],
    made_on: date,
    source: str,
    notice: str = "",
) -> str:
    """The plan as one HTML document, without a script and with nothing to fetch.

    Args:
        entry: The outcome's.
        name: The authority.
        now: What is watched beside it, in words, by indicator; those that are not in it have no figure here.
        sizes: Sentences on how large the effect might be.
        made_on: The day up to which figures were used.
        source: Where the figures come from.
        notice: A first line that has to stand before everything, such as that the records are invented.
    """
    heading = words.plan_title(plan, entry, name)
    parts = [
        f'<p role="note"><strong>{_text(notice)}</strong></p>' if notice else "",
        f"<h1>{_text(heading)}</h1>",
        f'<p class="answer">{_text(words.finding(plan, entry))}</p>',
        *_expected(plan, entry, name, sizes),
        *_looks(plan),
        *_watched(plan, now),
        f"<footer><p>{_text(f'Figures up to {day(made_on)}. {source}')}.</p>"
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


def _looks(plan: MonitoringPlan) -> Iterable[str]:
    yield "<h2>When to look, and what would count</h2>"
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
        for point in plan.checkpoints
    ]
    yield _table("Checkpoints, one for each year's figures", _CHECKPOINTS, rows)
    yield f"<ul>{''.join(f'<li>{_text(said)}</li>' for said in words.how_to_read(plan))}</ul>"
    if said := words.no_decision(plan):
        yield f"<p><strong>{_text(said)}</strong></p>"


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
                now.get(one.indicator or "", "Not in this program: ask the authority"),
                one.reference,
            ),
        )
        for one in plan.beside.values()
    ]
    yield _table("Figures that show whether children are safe", _BESIDE, rows)


def _table(caption: str, headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """A table whose first column heads its rows; it can be reached and moved by keyboard where it is too wide."""
    head = "".join(f'<th scope="col">{_text(one)}</th>' for one in headings)
    body = "".join(
        f'<tr class="{kind}"><th scope="row">{_text(first)}</th>'
        + "".join(f"<td>{_text(one)}</td>" for one in rest)
        + "</tr>"
        for kind, (first, *rest) in rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{_text(caption)}"><table><caption>{_text(caption)}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _text(said: str) -> str:
    return escape(clean(said))
