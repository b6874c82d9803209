"""What the Neighbours page shows of one authority: each view with its picture, sentences and caveats."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st

from explorer.app import cached, folded, parts
from explorer.app.choices import comparable_indicators
from explorer.app.controls import choose_lines
from explorer.app.one_measure import OneMeasure
from explorer.benchmarks.change import Change, change
from explorer.benchmarks.position import Position
from explorer.benchmarks.quarters import quarter
from explorer.benchmarks.sensitivity import sensitivity
from explorer.benchmarks.standing import Standing
from explorer.benchmarks.summary import summary_rows
from explorer.charts.funnel import funnel, funnel_top
from explorer.charts.pairs import pairs
from explorer.charts.picture import Picture
from explorer.charts.ranked import longest, ranked_bars
from explorer.charts.series import top_of, yearly_series
from explorer.charts.summary import summary
from explorer.charts.tile_map import tile_map
from explorer.sentences.changes import change_sentence
from explorer.sentences.figures import own_figure
from explorer.sentences.groups import (
    england_sentence,
    group_sentence,
    pooled_sentence,
    rank_sentence,
)
from explorer.sentences.standing import (
    beside_sentence,
    fading_sentence,
    gap_to_middle_sentence,
    level_sentence,
    quarter_sentence,
    sensitivity_sentence,
    sensitivity_table,
    verdict_sentence,
)

_MOST_ROOM = 1.5  # times the highest figure


@dataclass(frozen=True)
class Place(OneMeasure):
    """One authority in one measure, as the page shows it; ``number`` is 1, or 2 for the one put beside it."""

    number: int = 1

    def position(self, indicator: str, year: int) -> Position | None:
        """Its position in another measure or year."""
        return cached.position(self.world, self.chosen.area, indicator, year, *self.chosen.whom)

    def standing(self, indicator: str) -> Standing | None:
        """How it stands in a measure."""
        return cached.standing_of(self.world, self.chosen.area, indicator, self.chosen.year, *self.chosen.whom)

    def in_england(self, indicator: str) -> Position | None:
        """Its position among all of England."""
        group = self.world.config.benchmarks.england
        return cached.position(self.world, self.chosen.area, indicator, self.chosen.year, group)

    @cached_property
    def found(self) -> Position | None:
        """Its position in the year; None where nobody has figures."""
        return self.position(self.indicator, self.chosen.year)

    def course(self, indicator: str) -> tuple[Position, ...]:
        """Its positions in all years."""
        return cached.over_the_years(self.world, self.chosen.area, indicator, *self.chosen.whom)

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be said of its group."""
        group = self.world.comparators(self.chosen.area, self.chosen.year, *self.chosen.whom)
        return group.notes

    def show(self, picture: Picture, about: str = "") -> None:
        """A picture under a name that no other has on the page."""
        named = picture if self.number == 1 else replace(picture, name=f"{picture.name}-{self.number}")
        parts.show(named, self.world, self.chosen, about)


def answer(place: Place) -> str:
    """The page's answer in a sentence or two."""
    found, stands = place.found, place.standing(place.indicator)
    if found is None or stands is None:
        years = [year for year in place.world.years if place.world.has(place.indicator, year)]
        return f"{place.entry.label}: no figures are published for {place.chosen.year}. The first year is {min(years)}."
    own = own_figure(found.figure, place.entry, place.name, place.chosen.year)
    return own if stands.why == "no_figure" else f"{own} {verdict_sentence(stands, place.world.config, place.name)}"


def draw(place: Place, view: str, places: Sequence[Place]) -> None:
    """One view of one authority.

    Args:
        view: of ``choices.VIEWS``.
        places: all that stand side by side: they share a scale.
    """
    views = {"bars": _bars, "funnel": _funnel, "years": _years, "all": _all, "pairs": _pairs, "map": _map}
    views[view](place, places)


def _bars(place: Place, places: Sequence[Place]) -> None:
    """Ranked bars, and everything that can be said of the position."""
    found, stands = place.found, place.standing(place.indicator)
    if found is None or stands is None:
        return
    config = place.world.config
    top = max(longest(one.found) for one in places if one.found is not None)
    place.show(ranked_bars(found, config, place.world.areas, top), place.indicator)
    parts.points(
        level_sentence(stands, place.name),
        gap_to_middle_sentence(stands, config),
        fading_sentence(stands, config),
        _moved(place, found),
    )
    with st.expander("The group, England and rank"):
        england = place.in_england(place.indicator)
        parts.points(
            group_sentence(found, config),
            pooled_sentence(found, config),
            england_sentence(found, config),
            rank_sentence(found, config, place.name),
            _quarter(place, england) if england else "",
        )
    _sensitivity(place, found)


def _step(place: Place, indicator: str) -> Change | None:
    """The change of a measure on the year before."""
    now, before = (place.position(indicator, year) for year in (place.chosen.year, place.chosen.year - 1))
    if now is None or before is None:
        return None
    return change(before.figure, now.figure, place.world.config.indicators[indicator].scale)


def _moved(place: Place, found: Position) -> str:
    if found.figure.value is None:
        return ""
    return change_sentence(_step(place, place.indicator), place.entry)


def _funnel(place: Place, places: Sequence[Place]) -> None:
    """Every authority by its size."""
    stands, england = place.standing(place.indicator), place.in_england(place.indicator)
    if stands is None or england is None:
        return
    config = place.world.config
    tops = [funnel_top(one) for each in places if (one := each.in_england(place.indicator)) is not None]
    judged = [each.standing(place.indicator) for each in places]
    every = cached.everybody(place.indicator, place.chosen.year)
    highest = max(figure for _, figure in tops)
    for found in judged:  # both limits at the authority's own size, unless the outer one would press all else together
        if found is not None and found.usual is not None and found.far is not None:
            highest = max(highest, found.usual[1], found.far[1] if found.far[1] < _MOST_ROOM * highest else 0.0)
    top = (max(size for size, _ in tops), highest)
    picture = funnel(stands, england, every, config, place.world.areas, top)
    if picture is None:
        st.info("There is nothing to draw by size: nobody's counts are published.")
        return
    place.show(picture, place.indicator)
    parts.points(level_sentence(stands, place.name), fading_sentence(stands, config))


def _all(place: Place, places: Sequence[Place]) -> None:
    """Every measure in a row."""
    names = [name for name in comparable_indicators(place.world) if place.standing(name) is not None]
    standings = [stands for name in names if (stands := place.standing(name)) is not None]
    rows = summary_rows(
        standings,
        {name: _step(place, name) for name in names},
        {name: place.course(name) for name in names},
    )
    place.show(summary(rows, place.world.config, place.name))


def _pairs(place: Place, places: Sequence[Place]) -> None:
    """Measures that have to be read together."""
    config = place.world.config
    for pair in config.app.paired_measures:
        x, y = (place.position(name, place.chosen.year) for name in (pair.across, pair.upwards))
        far_x, far_y = (place.in_england(name) for name in (pair.across, pair.upwards))
        if x is None or y is None or far_x is None or far_y is None:
            missing = config.indicators[pair.across if x is None else pair.upwards].label
            st.info(parts.plain(f"{missing}: no figures are published for {place.chosen.year}."))
            continue
        place.show(pairs(x, y, far_x, far_y, config, place.world.areas))


def _map(place: Place, places: Sequence[Place]) -> None:
    """England as a map of tiles."""
    england, world = place.in_england(place.indicator), place.world
    if england is None:
        return
    members = world.comparators(place.chosen.area, place.chosen.year, *place.chosen.whom).members
    place.show(tile_map(england, members, world.config, world.areas, world.published.tiles), place.indicator)
    parts.points(_quarter(place, england))


def _quarter(place: Place, england: Position) -> str:
    polarity = place.entry.polarity
    return quarter_sentence(quarter(england, polarity), polarity, place.name)


def _sensitivity(place: Place, found: Position) -> None:
    """The gap held against every way to say what is usual."""
    groups = place.world.config.benchmarks.groups
    models = [name for name, group in groups.items() if group.model is not None and name != place.chosen.group]
    area, year = place.chosen.area, place.chosen.year
    others = {
        name: other
        for name in models
        if (other := cached.position(place.world, area, place.indicator, year, name)) is not None
    }
    rows = sensitivity(found, place.entry.scale, others)
    if not rows:
        return
    name = "sensitivity" if place.number == 1 else f"sensitivity-{place.number}"
    with folded.expander("Does it depend on how the group is averaged, or on who is in it?", name) as opened:
        if opened:
            st.markdown(parts.plain(sensitivity_sentence(rows)))
            table = sensitivity_table(rows, place.world.config, place.world.areas)
            parts.table_with_file(table, parts.file_stem(place.world, place.chosen), name)


def _years(place: Place, places: Sequence[Place]) -> None:
    """The measure over the years, with any neighbours asked for."""
    courses = [one.course(place.indicator) for one in places]
    course = place.course(place.indicator)
    if not course:
        return
    members = sorted({code for one in courses for each in one for code in each.group.members})
    lines = choose_lines(place.world, members) if place.number == 1 else ()
    mine = {code for one in course for code in one.group.members}
    top = max(top_of(one) for one in courses)
    kept = [code for code in lines if code in mine]
    picture = yearly_series(course, place.chosen.year, place.world.config, place.world.areas, kept, top)
    place.show(picture, place.indicator)
    found = place.found
    if found is not None:
        parts.points(_moved(place, found), group_sentence(found, place.world.config))


def beside(places: Sequence[Place]) -> str:
    """How two authorities differ; empty where there is one."""
    found = [one.found for one in places if one.found is not None]
    if len(found) < 2:
        return ""
    difference = change(found[1].figure, found[0].figure, places[0].entry.scale)
    return beside_sentence(difference, places[0].entry, places[0].name, places[1].name)
