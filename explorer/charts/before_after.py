"""Today beside the what-if: two bars a figure, with the range of the scenario."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import LABEL_SIZE, NEIGHBOUR, SCENARIO, specification
from explorer.models.scenario import Outcome, Scenario
from explorer.sentences import scenario_title
from explorer.wording import half_up

BAR_STEP = 26


@lru_cache(maxsize=4)
def before_after_spec(axis_title: str) -> dict[str, Any]:
    """The drawing rules: grey for today, orange for the scenario, a line for its range."""
    y = alt.Y("figure:N", sort=alt.SortField("order"), title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=200))
    offset = alt.YOffset("which:N", sort=["Today", "What if"])
    x = alt.X("value:Q", title=axis_title, scale=alt.Scale(zero=True, nice=True), axis=alt.Axis(grid=False))
    colour = alt.Color("which:N", scale=alt.Scale(domain=["Today", "What if"], range=[NEIGHBOUR, SCENARIO]), legend=None)
    tips = [alt.Tooltip("figure:N", title="Figure"), alt.Tooltip("which:N", title="When"), alt.Tooltip("label:N", title="Value")]
    base = alt.Chart().encode(y=y, yOffset=offset)
    bars = base.mark_bar(height={"band": 0.82}).encode(x=x, color=colour, tooltip=tips)
    span = base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q"), x2="high:Q")
    text = base.mark_text(align="left", dx=7, fontSize=LABEL_SIZE).encode(x=alt.X("end:Q"), text="label:N")
    return specification(alt.layer(bars, span, text).properties(height={"step": BAR_STEP}))


def before_after(scenario: Scenario, labels: dict[str, str], unit: str, name: str, where: str, source: str) -> Picture:
    """The picture of some outcomes of a scenario.

    Args:
        labels: Outcome names in order, with what to call them.
        unit: "count" or "percent".
        name: A name for the picture, unique on the page.
        where: The authority.
        source: What the rates rest on.
    """
    outcomes = [(scenario[outcome], label) for outcome, label in labels.items()]
    heading = scenario_title(scenario, where, unit)
    axis = {"count": "plans", "percent": "percent"}[unit]
    return Picture(
        name=name,
        title=heading,
        subtitle=f"Long-run figures, {axis}. Grey bar: today. Orange bar: what if. Line: its likely range.",
        source=source,
        spec=before_after_spec(axis),
        data=_data(outcomes, unit),
        table=_table(outcomes),
        alt=f"Bar chart. {heading}. " + " ".join(_in_words(outcome, label, unit) for outcome, label in outcomes),
    )


def _say(value: float, unit: str) -> str:
    return f"{half_up(value, 0):,}" if unit == "count" else f"{half_up(value)}%"


def _in_words(outcome: Outcome, label: str, unit: str) -> str:
    return f"{label}: today {_say(outcome.baseline, unit)}, what if {_say(outcome.scenario, unit)}."


def _data(outcomes: list[tuple[Outcome, str]], unit: str) -> pl.DataFrame:
    rows = []
    for number, (outcome, label) in enumerate(outcomes):
        low, high = outcome.baseline + outcome.low, outcome.baseline + outcome.high
        moved = outcome.low != outcome.high
        for which, value in (("Today", outcome.baseline), ("What if", outcome.scenario)):
            shown = which == "What if" and moved
            rows.append(
                {
                    "figure": label,
                    "order": number,
                    "which": which,
                    "value": value,
                    "low": low if shown else None,
                    "high": high if shown else None,
                    "end": max(value, high) if shown else value,
                    "label": _say(value, unit),
                }
            )
    return pl.DataFrame(rows, schema_overrides={"low": pl.Float64, "high": pl.Float64})


def _table(outcomes: list[tuple[Outcome, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Figure": label,
                "Today": float(half_up(outcome.baseline)),
                "What if": float(half_up(outcome.scenario)),
                "Difference": float(half_up(outcome.difference)),
                "Difference, low": float(half_up(outcome.low)),
                "Difference, high": float(half_up(outcome.high)),
            }
            for outcome, label in outcomes
        ]
    )
