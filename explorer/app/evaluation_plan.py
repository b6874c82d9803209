"""By when an answer could be had, and the plan for the committee to take away."""

from functools import partial

import streamlit as st

from explorer.app import leaving, parts
from explorer.app.selection import Selection
from explorer.charts.noticed import noticed
from explorer.evaluation.power import asked_of, noticed_by
from explorer.export.plan_page import plan_page
from explorer.inquiry import Answer
from explorer.provenance import Provenance
from explorer.sentences.figures import shown
from explorer.sentences.impact import (
    FULL_EFFECT,
    largest_words,
    noticed_sentence,
    size_beside_noticeable,
    size_sentence,
    smallest_sentence,
)


def when(answer: Answer, chosen: Selection) -> None:
    """The smallest effect that could be noticed by each date, by each way of asking, and the plan."""
    footing, settings = answer.footing, answer.settings
    if footing is None or answer.plan is None:
        st.info(
            parts.plain(
                f"What could be noticed cannot be worked out: {answer.name} has too few figures from before the start. "
                f"{answer.verdict.evidence.why_not}"
            )
        )
        return
    ways = {settings.methods[name].label: found for name, found in answer.ways.items()}
    certainty = settings.certainty
    wanting = [] if answer.has_records else list(ways)[1:]
    picture = noticed(ways, answer.entry, answer.outcome, certainty, answer.idea.label, _source(answer), wanting)
    parts.show(picture, answer.world, chosen, f"{answer.ask.tried}-{answer.ask.outcome}")
    worth, asked = answer.outcome.worth_noticing, asked_of(certainty)
    said = [
        noticed_sentence(
            footing.plans, 12, footing.base.percent, answer.outcome.sign * worth, noticed_by(worth, found), asked,
            certainty.horizon.value,
        )
        for found in list(answer.ways.values())[:1]
    ]  # fmt: skip
    largest = largest_words(answer.entry, answer.outcome.better)
    said += [
        f"{name}{' (needs plan records)' if name in wanting else ''}: {_lowered(smallest_sentence(found[-1], largest))}"
        for name, found in ways.items()
        if found
    ]
    parts.points(said[0], FULL_EFFECT, *said[1:], *sizes(answer))
    st.subheader("A plan for looking again", anchor=False)
    st.markdown("When to look, which figure would be a sign of success, and which would count as failing.")
    held = parts.provenance(answer.world, chosen)
    leaving.offer(
        "Download the plan (HTML page)",
        partial(_page, answer, held),
        "monitoring plan",
        held,
        file_name=f"{parts.file_stem(answer.world, chosen)}-monitoring-plan-{answer.ask.tried}.html",
        mime="text/html",
        key="download-monitoring-plan",
    )


def _lowered(said: str) -> str:
    return said[:1].lower() + said[1:]


def sizes(answer: Answer) -> list[str]:
    """How large the effect would be if what is believed is right, and whether that could be noticed."""
    if not answer.sizes:
        return []
    last = answer.sizes[-1]
    noticeable = next(one for one in answer.noticeable if one.end == last.end)
    return [
        size_sentence(last, answer.entry, answer.idea, answer.stated),
        size_beside_noticeable(last, noticeable),
    ]


def _source(answer: Answer) -> str:
    where = parts.from_records(answer.world) if answer.has_records else "DfE Characteristics of children in need"
    return f"Source: worked out by this program from {where}, figures up to 31 March {answer.ask.last}"


def _page(answer: Answer, held: Provenance) -> bytes:
    """The plan as a page of its own, with what is watched beside it in the year asked."""
    assert answer.plan is not None
    now = {}
    for one in answer.plan.beside.values():
        if one.indicator is not None and answer.world.has(one.indicator, answer.ask.last):
            figure = answer.world.figures(one.indicator, answer.ask.last).get(answer.ask.area)
            if figure is not None:
                now[one.indicator] = shown(figure, answer.world.config.indicators[one.indicator])
    notice = answer.settings.verdict.data[answer.data].format(name=answer.name) if answer.data == "sample" else ""
    source = _source(answer)
    return plan_page(answer.plan, answer.entry, answer.name, now, sizes(answer), source, notice, held).encode()
