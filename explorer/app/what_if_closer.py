"""The questions below the chart of a what-if; only the one that is asked is worked out."""

from dataclasses import replace
from itertools import chain

import polars as pl
import streamlit as st

from explorer.app import parts
from explorer.app.choices import CLOSER, MOST_BESIDE, NAMES_TAKEN
from explorer.app.controls import choose_part
from explorer.app.selection import beside, bound, keep_beside
from explorer.app.what_if_view import View
from explorer.charts.compared import compared
from explorer.charts.tornado import tornado as tornado_picture
from explorer.charts.waterfall import waterfall as waterfall_picture
from explorer.models.explain import Exact, alone, hours, solve, tornado, waterfall
from explorer.models.scenarios import Scenario, global_range, in_use
from explorer.models.what_if import month_end
from explorer.sentences.assumptions import rate_labels
from explorer.sentences.what_if import solve_sentence, workload_sentence
from explorer.wording import count, day


def look_closer(view: View) -> None:
    """One of the questions below the chart; the others are not worked out."""
    which = choose_part(view.world, "closer", "Look closer", CLOSER)
    {"parts": _parts, "matters": _matters, "takes": _takes, "work": _work, "compare": _compare}[which](view)


def _parts(view: View) -> None:
    if not view.acting:
        st.info("Nothing is in use yet. Switch an idea on to see what it adds.")
        return
    whole = view.outcome.run
    each = {name: view.course(alone(view.scenario, name)).run for name in view.labels}
    if len(each) == 1:
        each = dict.fromkeys(each, whole)
    table = waterfall(view.baseline.run, view.outcome.run, each, view.labels, view.indicator, 12 * view.years)
    parts.show(waterfall_picture(table, view.entry, view.when, view.name, view.source), view.world, view.chosen)


def _exact(view: View) -> Exact:
    return Exact(view.start, view.world.models.what_if, view.indicator, 12 * view.years)


def _matters(view: View) -> None:
    exact = _exact(view)
    after, before = (one.run.mean(view.indicator, exact.month) for one in (view.outcome, view.baseline))
    answer = after - before if view.acting else after
    offset = answer - exact.change(view.scenario)
    labels = {key: global_range(exact.settings, key).label for key in ("overlap_discount", "coupling")}
    table = tornado(exact, view.scenario, {**rate_labels(), **labels}, offset)
    picture = tornado_picture(table, view.entry, view.when, view.name, view.source, view.acting)
    parts.show(picture, view.world, view.chosen)


def _takes(view: View) -> None:
    """Solve one slider for a figure by a date."""
    if view.entry.polarity != "low":
        st.info("More or fewer of these is neither good nor bad, so there is no figure to reach. Pick a share above.")
        return
    settings = view.world.models.what_if
    options = {
        f"{name}.{effect.name}": (name, effect, entry)
        for name, entry in settings.interventions.items()
        for effect in entry.effects
    }
    middle, label = view.median()
    chosen = st.selectbox(
        "With which idea", list(options), format_func=lambda key: options[key][1].label, key="solve with"
    )
    ends = [month_end(view.start.as_at, 12 * year) for year in range(1, view.months // 12 + 1)]
    left, right = st.columns(2, vertical_alignment="bottom")
    by = right.selectbox("By", ends, view.years - 1, format_func=day, key="solve by")
    month = 12 * (by.year - view.start.as_at.year)
    goal = left.number_input(
        "Reach this figure (percent)",
        0.0,
        100.0,
        value=round(middle, 1) if middle is not None else round(view.baseline.run.mean(view.indicator, 12), 1),
        step=0.5,
        key=f"solve for {view.indicator} {view.chosen}",
    )
    name, effect, entry = options[chosen]
    exact = replace(_exact(view), month=month)
    offset = view.outcome.run.mean(view.indicator, month) - exact.figure(view.scenario)
    found = solve(exact, view.scenario, name, effect.name, goal, offset)
    words = f"the {label[0].lower()}{label[1:]}" if middle is not None and round(middle, 1) == goal else "a figure"
    said = solve_sentence(
        entry.label,
        view.entry,
        view.name,
        goal,
        words,
        by,
        effect.label[0].lower() + effect.label[1:],
        found.reachable,
        found.ratio,
        found.lowest,
        found.highest,
        found.best,
    )
    st.markdown(f"**{parts.plain(said)}**")
    st.caption("'The evidence' is what holds the effect in 95 of 100 cases.")


def _work(view: View) -> None:
    """First conferences and reviews a month, and the hours that the ideas ask for."""
    now, then = view.baseline.work[view.years], view.outcome.work[view.years]
    year = f"in the year to {month_end(view.start.as_at, 12 * view.years):%B %Y}"
    said = workload_sentence(now.conferences, then.conferences, now.reviews, then.reviews, year)
    points = [f"**{parts.plain(said)}**\n"]
    for use in in_use(view.scenario, view.world.models.what_if):
        if use.entry.workload is not None:
            asks, why = hours(use, then, 12 * view.years), parts.plain(use.entry.workload.description)
            points.append(f"- {parts.plain(use.entry.label)}: about {count(asks)} hours a month. {why}")
    st.markdown("\n".join(points))
    st.caption(
        "A first conference for each plan that starts. A first review within three months, then one at least every six "
        "months while the plan lasts (Working Together to Safeguard Children)."
    )


def _does(one: Scenario) -> tuple[object, ...]:
    """What a what-if does, whatever it is called and however far it looks."""
    return one.changes, one.overlap_discount, one.coupling


def _compare(view: View) -> None:
    """Up to four what-ifs beside how things are."""
    kept = beside()
    known = {one.name: one for one in chain(view.world.models.scenarios.values(), kept)}
    keep_this = [*kept, view.scenario]
    there = _does(view.scenario) in [_does(one) for one in kept]
    st.multiselect(
        "What-ifs to compare with the one at hand",
        list(known),
        max_selections=MOST_BESIDE,
        **bound(
            view.world,
            "compare with",
            [one.name for one in kept],
            lambda names: keep_beside(view.world, [known[name] for name in names]),
        ),
    )
    st.button(
        "Keep the one at hand to compare with the next",
        on_click=lambda: keep_beside(view.world, keep_this),
        disabled=not view.acting or len(kept) >= MOST_BESIDE or there,
    )
    own, others = view.scenario.name, {one.name: one for one in kept}
    own = f"{own} (at hand)" if own in (*others, *NAMES_TAKEN) else own
    shown = {own: view.scenario, **others} if view.acting and not there else others
    paths = [view.baseline.paths]
    paths += [view.course(one, view.indicator).paths.with_columns(which=pl.lit(name)) for name, one in shown.items()]
    table = pl.concat(paths).filter(indicator=view.indicator)
    picture = compared(table, view.entry, view.indicator, view.name, view.start.as_at, view.months, view.source)
    parts.show(picture, view.world, view.chosen)
