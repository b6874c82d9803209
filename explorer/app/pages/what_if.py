"""What if: move two sliders and see where re-plans, long plans and plans open would settle."""

import streamlit as st

from explorer.app import cached, parts, shown
from explorer.app.selection import choose_ratio, current, reset_ratios
from explorer.charts.before_after import before_after
from explorer.config import Slider
from explorer.errors import SelectionError
from explorer.models.calibration import Calibration
from explorer.models.scenario import what_if
from explorer.sentences.scenarios import counts_used, scenario_sentence, years_used

COUNTS = {
    "plans_open": "Children on a plan at any time",
    "plans_started": "Plans started in a year",
    "plans_started_repeat": "Re-plans in a year",
    "plans_open_2y_plus": "Plans open for two years or more",
}
SHARES = {
    "repeat_plan_percent": "Re-plans, of plans started",
    "open_2y_plus_percent": "Two years or more, of open plans",
    "ended_2y_plus_percent": "Two years or more, of ended plans",
}
world = shown.world()
chosen = current(world)
name = world.areas.label(chosen.area)


def slider(key: str) -> float:
    """A slider with the strength of its evidence beside it."""
    entry: Slider = getattr(world.config.app.what_if, key)
    value = choose_ratio(world, key)
    st.caption(
        f"{parts.plain(entry.description)} **Evidence:** {parts.plain(entry.evidence)}. "
        f"{parts.plain(entry.evidence_detail)} Source: {parts.plain(entry.reference)}."
    )
    return value


@st.fragment
def sliders_and_results(calibration: Calibration) -> None:
    """What changes when a slider moves; the rest of the page stays."""
    answer = st.container()
    repeat_ratio, ending_ratio = slider("repeat_ratio"), slider("ending_ratio")
    scenario = what_if(calibration, repeat_ratio, ending_ratio)
    answer.markdown(f"**{parts.plain(scenario_sentence(scenario, name))}**")
    st.button("Back to no effect", on_click=reset_ratios, args=(world,), disabled=not scenario.has_effect)
    theirs = world.records is not None and world.records.area == chosen.area
    rests_on = parts.from_records(world) if theirs else "DfE tables D3, D5 and D7"
    source = f"Source: worked out from {rests_on}; see 'What this rests on'"
    when = years_used(calibration)
    parts.show(before_after(scenario, COUNTS, "count", "what-if-counts", name, when, source), world, chosen)
    parts.show(before_after(scenario, SHARES, "percent", "what-if-shares", name, when, source), world, chosen)


parts.opening(f"What if: {name}")
parts.context(world, chosen)
parts.explain_area(world, chosen)
try:
    calibration = cached.calibration(world, chosen.area, chosen.year)
except SelectionError as problem:
    st.info(parts.plain(str(problem)))
    st.stop()
sliders_and_results(calibration)
st.header("What this rests on", anchor=False)
st.markdown(
    """
- **Long run.** A change in re-plans shows only after plans have ended and years have passed: ten years or more
  for all of it. Nothing here says how soon.
- **Nothing else moves.** As many first plans start each year as in the year chosen.
- **The sliders are yours.** The likely range carries chance in the counts, with an allowance for brothers and
  sisters, and hidden counts. It does not carry doubt about the slider itself.
- **Some re-plans are needed.** Fewer plans is not success by itself: read it beside children coming into care.
- **Ending plans faster may bring more re-plans.** The sliders are
  kept apart here: move both to see the two together.
"""
)
for note in calibration.notes:
    st.caption(parts.plain(note))
with st.expander("The counts used"):
    st.table(parts.readable(counts_used(calibration, world.config)))
