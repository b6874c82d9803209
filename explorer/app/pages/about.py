"""About: sources, definitions, hidden figures, methods with their limits, and licence."""

import streamlit as st

from explorer import __version__
from explorer.app import parts, shown
from explorer.models.spc import RULES
from explorer.schema import STATUS_WORDS
from explorer.sentences.verdicts import of_authorities
from explorer.wording import count, day, half_up, listed

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

st.header("How an authority is judged beside others", anchor=False)
standing = config.benchmarks.standing
usual, far = of_authorities(standing.usual_confidence), of_authorities(standing.far_confidence)
st.markdown(
    f"""
- **Higher, lower or similar**: chance alone makes authorities differ, small ones most. So one is called higher or
  lower only where it lies outside the range of {far} authorities of its size around the median of its group, or
  outside that of {usual} in two years running, on the same side. All others are similar. Where figures are hidden, a
  verdict is given only if it is the same whatever they are. Measures published without their counts are not judged.
- **Funnel** (the view "By size"): these two ranges at every size, wide for few plans and narrow for many. How far
  authorities differ by more than chance is learnt from all of England, and a group's median is itself taken to be
  unsure (Spiegelhalter 2005). *Its limit*: it says what is usual, not what is right; where few plans start, even a
  large difference can be called similar.
- **Level**: a year's figure is partly chance. The level is what would be left without it. The chance of being above
  the middle of the group, and the places an authority can have, are those of levels. *Its limit*: a small authority's
  level is drawn far towards the others', also where it truly is unlike them.
- **Gap in children**: how many fewer or more would match the median. Anybody can work it out again from the figures on
  the page. Its range allows for chance, in the group too.
- **What goes by itself**: of a high or low figure, the part that is chance is not expected to come back next year. Over
  all published years about as much went as is said here. *Its limit*: it cannot know what was done meanwhile.
"""
)

st.header("How an unusual figure is told from the usual ups and downs", anchor=False)
trends = world.models.trends
rules = trends.rules
signs = listed(f"{rules.signs[name].label.lower()} ({rules.signs[name].points})" for name in RULES)
st.markdown(
    f"""
- **Control chart**: an average and two limits, made from how much one figure differs from the next. Shares have limits
  that allow for how many each is out of (Laney 2002). The signs are those of NHS England's Making Data Count, each
  with how many figures it takes: {signs}.
- **A sign and a real change** are not the same. {parts.plain(trends.alarm.description)} Below each
  chart stands how often one like it shows a sign, or a real change, though nothing changes: that was tried on invented
  authorities (bench/results/false_alarms.json).
- **No control chart** is drawn of what is counted on a day, such as plans open, or over periods that overlap: most of
  it was counted the time before. Nor where more than {half_up(100 * rules.most_hidden.value, 0)} in 100 figures are
  hidden, or where they are too few ({count(rules.fewest_points)} at least), too small, mostly level or nearly 0% or
  100%, so that nobody can tell what is usual.
- **Limits** move only where you begin new ones by hand, with a reason. Limits that follow every change would hide it.
- *Its limit*: a chart says that something is unusual, never why. An event marked beside it says when, not that it was
  the cause.
"""
)

st.header("Forecasts, and why the number of plans moved", anchor=False)
forecast = world.models.forecast
st.markdown(
    f"""
- Up to {count(len(forecast.models))} ways to forecast are tried on the past, each time with nothing known that came
  later. One is drawn only where it came clearly nearer than simply carrying the last figure forward, and its 80% ranges
  held at least {half_up(forecast.least_held.value, 0)} of 100; and only so far ahead. The page says how it did; where
  nothing helped, it draws none.
- The bands should hold 50, 80 and 95 of 100 figures to come. They are as wide as past errors say: for years, the
  errors of all authorities; for months and quarters, the series' own, and they widen after each miss (Gibbs and
  Candès 2021).
- **Why the number of plans moved**: how long plans stay follows from how many were open at the start and the end of
  a year and how many started in it. The change is then split into what was under way before, more or fewer plans
  starting, and plans lasting longer or shorter. *Its limit*: no single plan is measured for it.
- *The limit of every forecast*: it expects what comes to be like what went before. It knows of no new law,
  inspection or change of practice.
"""
)

st.header("Whether something worked", anchor=False)
main = world.evaluation.methods[world.evaluation.main.published]
st.markdown(
    f"""
- **What was expected comes first**: which figure should move, which way and how fast, worked out from figures before
  the start. Then the answer comes from one way of asking, chosen by how it does on invented authorities and not by
  what it finds in a real one. The others stand beside it.
- **Published figures**: {parts.plain(main.plain)}. All other English authorities are asked about in the same way.
  They had changes of their own too, so they show how far figures move anyway. Small ones move more, and that is allowed
  for.
- **Plan records**: what the authority's own course before would have led to, with the seasons and the pandemic allowed
  for. Children who left a plan before and after the start are followed for the same time.
- **Checks**: an answer needs a comparison that held before the start, and no effect at dates when nothing began. An
  effect also needs that other ways of asking point the same way, and that others as high or low moved less.
- **Power**: the smallest change that could be noticed by a day. Where it is larger than what is worth noticing, the
  answer is that it cannot be told, and not that nothing happened.
- *The limit of all of them*: what else began at the same time looks just the same. "Consistent with" is not proof.
- How often each finds an effect where there is none was tried on thousands of invented authorities (bench/results).
"""
)

st.header("Where these methods come from", anchor=False)
st.markdown(
    """
- **Likely ranges**: Wilson (1927), Journal of the American Statistical Association 22. Brothers and sisters: Kish
  (1965), Survey Sampling.
- **Change between two years**: Newcombe (1998), Statistics in Medicine 17, 873-890.
- **Funnels**: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202.
- **Levels**: Skellam (1948), Journal of the Royal Statistical Society B 10; Efron and Morris (1975), Journal of the
  American Statistical Association 70.
- **Control charts**: Laney (2002), Quality Engineering 14, 531-537; Wheeler (2000), Understanding Variation;
  NHS England, Making Data Count.
- **Whether something worked**: Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46; Abadie,
  Diamond and Hainmueller (2010), Journal of the American Statistical Association 105; Ferman and Pinto (2019), Review
  of Economics and Statistics 101; Arkhangelsky and others (2021), American Economic Review 111. Children followed:
  Kaplan and Meier (1958), Journal of the American Statistical Association 53.
- **Ranges of forecasts**: Gibbs and Candès (2021), Adaptive conformal inference under distribution shift.
"""
)

st.header("Comparator groups", anchor=False)
for group in config.benchmarks.groups.values():
    st.markdown(f"**{parts.plain(group.label)}**: {parts.plain(group.description)} ({parts.plain(group.reference)})")

st.header("Authorities that were split or merged", anchor=False)
for change in world.areas.changes:
    old, new = (listed(world.areas.label(code) for code in codes) for codes in (change.old, change.new))
    st.markdown(parts.plain(f"{day(change.changed_on)}: {old} gave way to {new}."))
