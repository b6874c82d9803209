"""The monitoring plan as a page for the committee: one file that stands alone, prints on A4 and needs no program."""

from collections.abc import Iterable, Mapping, Sequence

from explorer.config import Indicator
from explorer.evaluation.monitoring import Checkpoint, MonitoringPlan
from explorer.export.briefing_parts import link
from explorer.export.page_parts import note, page, table, text
from explorer.provenance import PROGRAM, Provenance
from explorer.schema import STATUS_WORDS
from explorer.sentences import monitoring as words
from explorer.sentences.impact import path_sentence, source_sentence, why_no_step
from explorer.wording import day

_STYLE = """
tr.decide th, tr.decide td { font-weight: 700; border-top: 3px solid var(--ink); border-bottom: 3px solid var(--ink); }
@media screen and (max-width: 40rem) {
  .blocks tr.decide { border: 3px solid var(--ink); }
  .blocks tr.decide :is(th, td) { border: 0; border-bottom: 1px solid var(--line); }
  .blocks tr.decide > :last-child { border-bottom: 0; }
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
    provenance: Provenance | None = None,
) -> str:
    """The plan as one HTML document, without a script and with nothing to fetch.

    Args:
        entry: The outcome's.
        name: The authority.
        now: What is watched beside it, in words, by indicator, in the year that ends on the day the plan was made for.
        sizes: Sentences on how large the effect might be.
        source: Where the figures come from.
        notice: A first line that has to stand before everything, such as that the records are invented.
        provenance: What its last lines say of the figures.
    """
    heading = words.plan_title(plan, entry, name)
    parts = [
        note(notice),
        f"<h1>{text(heading)}</h1>",
        f'<p class="answer">{text(words.finding(plan, entry))}</p>',
        f"<p>{text(words.made_sentence(plan))}</p>",
        *_expected(plan, entry, name, sizes),
        *_looks(plan, entry),
        *_watched(plan, now),
        _footer(source, provenance),
    ]
    return page(heading, parts, _STYLE)


def _footer(source: str, provenance: Provenance | None) -> str:
    """Where the figures come from; the source is said in words of the plan's own."""
    if provenance is None:
        return f"<footer><p>{text(source)}.</p><p>Made with the {text(PROGRAM)}.</p></footer>"
    said = [(heading, part) for heading, part in provenance.lines if heading != "Sources"]
    lines = "".join(f"<p>{text(heading)}: {_linked(part)}</p>" for heading, part in said)
    return f"<footer><p>{text(source)}.</p>{lines}</footer>"


def _linked(said: str) -> str:
    return f'<a href="{text(said)}">{text(said)}</a>' if link(said) else text(said)


def _expected(plan: MonitoringPlan, entry: Indicator, name: str, sizes: Sequence[str]) -> Iterable[str]:
    yield "<h2>What is expected, said before any result is seen</h2>"
    yield f"<p>{text(plan.idea.what)} {text(words.base_sentence(plan.base, entry))}</p>"
    ends = [point.end for point in plan.checkpoints]
    yield f"<p>{text(path_sentence(plan.stated, entry, plan.idea, ends[:1] + ends[-1:] if ends[1:] else ends))}</p>"
    yield f"<p>{text(source_sentence(plan.stated, name))} {text(why_no_step(entry))}</p>"
    yield from (f"<p>{text(said)}</p>" for said in sizes)
    yield f"<p>How sure that is: {text(plan.idea.strength)}.</p>"


def _looks(plan: MonitoringPlan, entry: Indicator) -> Iterable[str]:
    yield "<h2>When to look, and what would count</h2>"
    if plan.past:
        yield table(
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
        yield table("Checkpoints ahead, one for each year's figures", _AHEAD, rows)
    else:
        yield f"<p><strong>{text(words.nothing_ahead(plan))}</strong></p>"
    yield f"<ul>{''.join(f'<li>{text(said)}</li>' for said in words.how_to_read(plan))}</ul>"
    if said := words.no_decision(plan):
        yield f"<p><strong>{text(said)}</strong></p>"


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
    yield table("Figures that show whether children are safe", headings, rows)
