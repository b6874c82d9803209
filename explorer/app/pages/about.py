"""About: sources, definitions, hidden figures, methods and licence."""

import streamlit as st

from explorer import __version__
from explorer.app import parts, shown
from explorer.schema import STATUS_WORDS
from explorer.wording import day, listed

world = shown.world()
config = world.config
parts.opening(
    "About",
    "Where an English authority stands on child protection plans, and what it would take to change it.",
)
st.markdown(
    "It began with a question that Trafford's scrutiny committee put in October 2018. It ships with official "
    "statistics and with invented plan records. A file that you load on the Data page stays in your session."
)

st.header("Where the figures come from", anchor=False)
for source in config.sources.values():
    link = f"[Publisher's page]({source.url}). " if source.url else ""
    st.markdown(
        f"**{parts.plain(source.label)}** ({parts.plain(source.publisher)}). {parts.plain(source.description)} "
        f"{parts.plain(source.reference.rstrip('.'))}. {link}{parts.plain(source.licence)}."
    )
st.markdown(
    f"Contains public sector information licensed under the [Open Government Licence v3.0]"
    f"(https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/). Data version {world.version}, "
    f"program version {__version__}, years ending March {world.years[0]} to {world.years[-1]}."
)

st.header("What the measures mean", anchor=False)
for entry in config.indicators.values():
    if entry.unit != "count":
        good = {
            "low": "Lower is better.",
            "high": "Higher is better.",
            "none": "Neither high nor low is good in itself.",
        }
        st.markdown(
            parts.plain(f"{entry.label}").join(("**", "**"))
            + parts.plain(f": {entry.description} {good[entry.polarity]} ({entry.reference})")
        )

st.header("Words", anchor=False)
for term in config.glossary.values():
    st.markdown(f"**{parts.plain(term.label)}**: {parts.plain(term.description)}")

st.header("Hidden and missing figures", anchor=False)
st.markdown(parts.plain(config.benchmarks.suppression.description))
st.markdown("\n".join(f"- **{status.replace('_', ' ')}**: {words}" for status, words in STATUS_WORDS.items()))
st.markdown(
    "The Local Authority Interactive Tool writes a dash for every symbol, so a measure taken from it may be "
    "marked hidden when it was missing for another reason."
)

st.header("Plan records", anchor=False)
long, window = world.rules.plans.long_plan_days, world.rules.plans.repeat_window_months
st.markdown(
    f"""
- A plan is **open** on a day if it started on or before it and has not ended by its close. A plan that ends on
  31 March has ended in that year. It has lasted **two years** after {long} days; DfE's words allow 729 days too.
- A **re-plan** is a plan of a child with earlier plans, however long ago. Within two years means at most
  {window} months after the last plan ended.
- A row with an **error** by a DfE rule is left out of every figure; a row with a **query** is kept.
- A count of {config.benchmarks.suppression.lowest} to {config.benchmarks.suppression.highest} is **hidden**, and so
  are others beside it until no hidden count can be worked out to within
  {config.benchmarks.suppression.highest - config.benchmarks.suppression.lowest} from all that is shown together: parts
  and wholes, this period and the one before, plans open and those that started and ended in between. Figures are
  released in order of use, reporting years first. Nothing is said of how large a hidden count is.
- What if and the rest read only figures that are shown, so nothing on them can give a hidden one away.
"""
)

st.header("How it is worked out", anchor=False)
uncertainty = config.benchmarks.uncertainty
st.markdown(
    f"""
- Percentages are as published, to one decimal place, halves rounded up. England's and the regions' counts are
  rounded to 10 by DfE, so their percentages are never worked out again here.
- The **mean** is the plain average of the group's published figures, the authority left out. The **median** is
  the middle one. The **pooled rate** counts all the group's plans together. Each says how many members
  it rests on.
- Where members are hidden, the mean and median are also given with each hidden count at its least and its most.
- **Rank**: for a measure where low is good, the lowest is first; equal figures share the better place. Measures
  that are neither good nor bad have no rank.
- **Likely range**: {uncertainty.confidence:.0%} Wilson interval, design effect {uncertainty.design_effect:g}.
  {parts.plain(uncertainty.description)}
- **Change**: two years are called different only where the likely range of the difference leaves out zero
  (Newcombe 1998).
- **"About"**: where the number of plans ended is not published yet, it is worked out from the published rate and
  the number of children.
"""
)

st.header("Comparator groups", anchor=False)
for group in config.benchmarks.groups.values():
    st.markdown(f"**{parts.plain(group.label)}**: {parts.plain(group.description)} ({parts.plain(group.reference)})")

st.header("Authorities that were split or merged", anchor=False)
for change in world.areas.changes:
    old, new = (listed(world.areas.label(code) for code in codes) for codes in (change.old, change.new))
    st.markdown(parts.plain(f"{day(change.changed_on)}: {old} gave way to {new}."))
