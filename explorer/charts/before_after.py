"""Today beside the what-if: two bars a figure, with the range of the scenario."""

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from explorer.charts.picture import Picture
from explorer.charts.theme import INK, NEIGHBOUR, SCENARIO, by_order, end_labels, specification
from explorer.models.scenario import Outcome, Scenario
from explorer.sentences.scenarios import scenario_title
from explorer.wording import half_up

BAR_STEP = 26  # pixels a bar
LABEL_ROOM = 1.6  # how much wider than the longest bar the picture is, so that labels have a column


@lru_cache(maxsize=1)
def before_after_spec() -> dict[str, Any]:
    """The drawing rules: grey for today, orange for the scenario, a line for its range."""
    y, offset = by_order("figure"), alt.YOffset("which:N", sort=["Today", "What if"])
    x = alt.X("value:Q", axis=None, scale=alt.Scale(zero=True, nice=False))
    colour = alt.Color(
        "which:N", scale=alt.Scale(domain=["Today", "What if"], range=[NEIGHBOUR, SCENARIO]), legend=None
    )
    tips = [
        alt.Tooltip("figure:N", title="Figure"),
        alt.Tooltip("which:N", title="When"),
        alt.Tooltip("label:N", title="Value"),
    ]
    base = alt.Chart().transform_filter("datum.which !== 'room'")
    room = alt.Chart().transform_filter("datum.which === 'room'").mark_point(opacity=0).encode(x=x)
    bars = base.mark_bar(height={"band": 0.82}).encode(y=y, yOffset=offset, x=x, color=colour, tooltip=tips)
    span = base.mark_rule(strokeWidth=3, color=INK).encode(
        y=y, yOffset=offset, x=alt.X("low:Q", axis=None), x2="high:Q"
    )
    labels = end_labels(base, y, offset)
    return specification(alt.layer(bars, span, *labels, room).properties(height={"step": BAR_STEP}))


def before_after(
    scenario: Scenario, labels: dict[str, str], unit: str, name: str, where: str, when: str, source: str
) -> Picture:
    """The picture of some outcomes of a scenario.

    Args:
        labels: Outcome names in order, with what to call them.
        unit: "count" or "percent".
        name: A name for the picture, unique on the page.
        where: The authority.
        when: The years that today's figures are of.
        source: What the rates rest on.
    """
    outcomes = [(scenario[outcome], label) for outcome, label in labels.items() if not scenario[outcome].hidden]
    hidden = [label[0].lower() + label[1:] for outcome, label in labels.items() if scenario[outcome].hidden]
    heading = scenario_title(scenario, where, unit)
    axis = {"count": "plans", "percent": "percent"}[unit]
    return Picture(
        name=name,
        title=heading,
        subtitle=f"Long-run figures, {axis}. Grey bar: today ({when}). Orange bar: what if. Lines: likely ranges.",
        source=source,
        spec=before_after_spec(),
        data=_data(outcomes, unit),
        table=_table(outcomes, 0 if unit == "count" else 1),
        alt=f"Bar chart. {heading}. " + " ".join(_in_words(outcome, label, unit) for outcome, label in outcomes),
        key="Chance moves today and the what-if together, so the difference is known better than either.",
        note=f"Not drawn, because today's figure is hidden: {'; '.join(hidden)}." if hidden else "",
    )


def _say(value: float, unit: str) -> str:
    return f"{half_up(value, 0):,}" if unit == "count" else f"{half_up(value)}%"


def _in_words(outcome: Outcome, label: str, unit: str) -> str:
    return f"{label}: today {_say(outcome.baseline, unit)}, what if {_say(outcome.scenario, unit)}."


def _data(outcomes: list[tuple[Outcome, str]], unit: str) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for number, (outcome, label) in enumerate(outcomes):
        for which, value, (low, high) in (
            ("Today", outcome.baseline, outcome.baseline_range),
            ("What if", outcome.scenario, outcome.scenario_range),
        ):
            ranged = low != high
            rows.append(
                {
                    "figure": label,
                    "order": number,
                    "which": which,
                    "value": value,
                    "low": low if ranged else None,
                    "high": high if ranged else None,
                    "label": _long_label(which, value, (low, high) if ranged else None, unit),
                    "short": _say(value, unit),
                }
            )
    widest = max(max(outcome.baseline_range[1], outcome.scenario_range[1]) for outcome, _ in outcomes)
    rows.append({"which": "room", "value": LABEL_ROOM * (widest or 1.0)})
    return pl.DataFrame(rows, schema=_SCHEMA)


def _long_label(which: str, value: float, ends: tuple[float, float] | None, unit: str) -> str:
    said = f"{which}: {_say(value, unit)}"
    return f"{said} (likely {_say(ends[0], unit)} to {_say(ends[1], unit)})" if ends else said


_SCHEMA: dict[str, type[pl.DataType]] = {
    "figure": pl.String,
    "order": pl.Int64,
    "which": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "label": pl.String,
    "short": pl.String,
}


def _table(outcomes: list[tuple[Outcome, str]], places: int) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "Figure": label,
                **{
                    heading: float(half_up(value, places))
                    for heading, value in (
                        ("Today", outcome.baseline),
                        ("Today, low", outcome.baseline_range[0]),
                        ("Today, high", outcome.baseline_range[1]),
                        ("What if", outcome.scenario),
                        ("What if, low", outcome.scenario_range[0]),
                        ("What if, high", outcome.scenario_range[1]),
                        ("Difference", outcome.difference),
                        ("Difference, low", outcome.low),
                        ("Difference, high", outcome.high),
                    )
                },
            }
            for outcome, label in outcomes
        ]
    )
