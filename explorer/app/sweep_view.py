"""What the Sweep page shows: which what-if would move which authority, how sure that is, and the way to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import streamlit as st

from explorer.app import cached_sweeps, folded, parts, selection
from explorer.app.choice import WHAT_IF_PAGE
from explorer.app.choices import CHOICES, PUBLISHED
from explorer.app.controls import choose_of, choose_part
from explorer.app.one_measure import OneMeasure
from explorer.app.selection import brought, chosen_of, tell
from explorer.app.sweep_choices import EVERY_SCENARIO, ORDERS, by_slug
from explorer.charts.sweep_heat import cells_table, heat_map
from explorer.charts.sweep_map import sweep_map
from explorer.charts.theme import UNIT_TITLES
from explorer.config import FinishedSweep
from explorer.models.outcome import DRAWN
from explorer.models.swept import Cell
from explorer.sentences.sweep import (
    ahead_words,
    cell_sentence,
    cell_words,
    heat_title,
    made_words,
    map_title,
    not_there,
    own_title,
    when,
)
from explorer.sweep.finished import Finished
from explorer.wording import lowered, possessive
from explorer.world import World

WHAT_IF_FILE = "explorer/app/pages/what_if.py"
MOST_LISTED, MOST_OTHERS = 8, 5


@dataclass(frozen=True, eq=False)
class View(OneMeasure):
    """Everything that the page is drawn from for one reader's choices.

    Attributes:
        scenario: the name of one what-if; empty for all of them.
    """

    found: Finished
    as_at: int
    years: int
    scenario: str
    order: str

    @cached_property
    def every(self) -> tuple[Cell, ...]:
        """All cells of the day, measure and year."""
        return cached_sweeps.told(self.found, self.as_at, self.indicator, self.years)

    @cached_property
    def own(self) -> tuple[Cell, ...]:
        """Those of the chosen authority."""
        return tuple(cell for cell in self.every if cell.area == self.chosen.area)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Those it is compared with, as the shared controls have it."""
        return tuple(self.world.comparators(self.chosen.area, self.as_at, *self.chosen.whom).members)

    @cached_property
    def whom(self) -> tuple[str, ...]:
        """The chosen authority and those it is compared with, as far as the sweep has them, in the order chosen."""
        asked = self.found.areas(self.as_at)
        rest = [area for area in self.members if area in asked and area != self.chosen.area]
        largest = {area: self._rank(area) for area in rest}
        rest.sort(key=lambda area: (largest[area], self.world.areas.label(area)))
        return ((self.chosen.area,) if self.chosen.area in asked else ()) + tuple(rest)

    def _rank(self, area: str) -> float:
        """Where an authority comes: by its largest or surest clear change, then by the others."""
        return min((self.place(cell) for cell in self.every if cell.area == area), default=0.0)

    def place(self, cell: Cell) -> float:
        """Where a cell comes in a list; the lowest first."""
        match self.order:
            case "size":
                return -cell.size
            case "sure":
                return -cell.sureness
        return 0.0

    @property
    def subtitle(self) -> str:
        """Measure, unit and time."""
        moment = when(self.as_at, self.years, self.entry)
        unit = "in percentage points" if self.entry.unit == "percent" else UNIT_TITLES[self.entry.unit]
        return f"Change in: {self.entry.label}, {unit}, {moment}, looking ahead from 31 March {self.as_at}"

    @property
    def source(self) -> str:
        """How the sweep was made."""
        rests = self.found.manifest.rests_on
        return made_words(self.found.manifest.asked, rests.get("data", "not known"), self.found.digest)


def choose(world: World, found: Finished) -> tuple[str, int, str, str]:
    """The controls: measure, years ahead, one what-if by its name or all (an empty name), and the order."""
    labels = world.config.indicators
    names = {EVERY_SCENARIO: "All what-ifs", **by_slug(found.scenarios)}
    best = len(found.years) - 1
    _tell_if_gone("moved", found.indicators, labels[found.indicators[0]].label)
    _tell_if_gone("scenario", list(names), "all what-ifs")
    _tell_if_gone("ahead", found.years, ahead_words(found.years[best]))
    left, middle, right = st.columns(3)
    with left:
        indicator = choose_of(world, "moved", "Measure", found.indicators, lambda name: labels[name].label)
    with middle:
        scenario = choose_of(world, "scenario", "What-if", list(names), names.__getitem__)
    with right:
        years = choose_of(world, "ahead", "How far ahead", found.years, ahead_words, best)
    order = choose_part(world, "order", "Order", ORDERS)
    return indicator, years, "" if scenario == EVERY_SCENARIO else names[scenario], order


def _tell_if_gone(name: str, there: Sequence[object], instead: str) -> None:
    """Say of a link's choice that this sweep does not have it; what else is chosen gives way without a word."""
    if brought(name) and chosen_of(name) not in there:
        tell(not_there(CHOICES[name].what, instead))


def nearest(as_ats: Sequence[int], asked: int) -> int:
    """The newest 31 March that is not after the year asked for, so that nothing later is used."""
    return max(year for year in as_ats if year <= asked)


def answer(view: View) -> str:
    """The page's answer: what would move the chosen authority most, or what one what-if would do to it.

    Raises:
        DataError: the results cannot be read.
    """
    if not view.own:
        return ""
    if all(cell.why for cell in view.own):
        return f"{possessive(view.name)} {lowered(view.entry.label)}: nothing could be worked out. {view.own[0].why}"
    if not view.scenario:
        return f"{own_title(view.own, view.entry, view.name, view.as_at, view.years)}."
    return next(cell_sentence(cell, view.entry, view.name) for cell in view.own if cell.scenario == view.scenario)


def picture(view: View) -> None:
    """The heat map of all what-ifs, or the map of England of one."""
    world, entry = view.world, view.entry
    day = date(view.as_at, 3, 31)
    if view.scenario:
        told = [cell for cell in view.every if cell.scenario == view.scenario]
        told.sort(key=lambda cell: (cell.area != view.chosen.area, view.place(cell), world.areas.label(cell.area)))
        title = map_title(view.scenario, told, entry, view.as_at, view.years)
        drawn = sweep_map(
            told,
            view.chosen.area,
            view.members,
            entry,
            world.areas,
            world.published.tiles,
            title,
            view.subtitle,
            view.source,
        )
    else:
        whom = view.whom
        told = [cell for cell in view.every if cell.area in whom]
        title = heat_title(told, entry, view.as_at, view.years)
        drawn = heat_map(told, whom, entry, world.areas, title, view.subtitle, view.source)
    parts.show(drawn, world, view.chosen, view.indicator, day)


def closer(view: View) -> None:
    """The cells of the chosen authority and those that move most, each with the way to the What if page."""
    shown = [cell for cell in view.own if not view.scenario or cell.scenario == view.scenario]
    if any(not cell.why for cell in shown):
        st.header(parts.plain(f"{view.name}, what-if by what-if"), anchor=False)
        st.caption("Each link opens its what-if on the What if page, where all of it can be changed.")
        _listed(view, sorted(shown, key=view.place)[:MOST_LISTED])
    whom = set(view.whom) - {view.chosen.area}
    others = [
        cell
        for cell in view.every
        if cell.area in whom and not cell.why and (not view.scenario or cell.scenario == view.scenario)
    ]
    others.sort(key=lambda cell: (view.place(cell), view.world.areas.label(cell.area)))
    if others:
        words = {"size": "Largest changes", "sure": "Surest changes", "name": "The first by name"}[view.order]
        st.header(parts.plain(f"{words} among those it is compared with"), anchor=False)
        _listed(view, others[:MOST_OTHERS])


def _listed(view: View, cells: Sequence[Cell]) -> None:
    """Cells in words, each below a link that opens it on the What if page."""
    for cell in cells:
        name = view.world.areas.label(cell.area)
        if cell.why:
            st.markdown(parts.plain(cell_sentence(cell, view.entry, name)))
            continue
        st.page_link(
            WHAT_IF_FILE,
            label=parts.plain(f"{name}: {cell.scenario}"),
            icon=":material/arrow_forward:",
            query_params=link_of(view, cell),
        )
        words = cell_words(cell, view.entry)
        st.markdown(parts.plain(f"{words[:1].upper()}{words[1:]}"))


def link_of(view: View, cell: Cell) -> dict[str, str]:
    """The choices with which the What if page shows a cell."""
    figure = {"figure": view.indicator} if view.indicator in DRAWN else {}
    return {
        **selection.link_to(view.world, WHAT_IF_PAGE),
        "data": PUBLISHED,
        "area": cell.area,
        "year": str(view.as_at),
        "if": view.found.code(cell.scenario),
        **figure,
    }


def everything(view: View) -> None:
    """Every authority and what-if of the day, as a file."""
    with folded.expander("Every authority and every what-if", "every cell of the sweep") as opened:
        if opened:
            ordered = sorted(view.every, key=lambda cell: (view.place(cell), view.world.areas.label(cell.area)))
            table = cells_table(ordered, view.entry, view.world.areas)
            held = parts.provenance(view.world, view.chosen, (view.source,), date(view.as_at, 3, 31))
            st.caption(f"{table.height:,} rows: too many for a page, so they come as a file.")
            stem = parts.file_stem(view.world, view.chosen)
            parts.files(table, f"{stem}-{view.indicator}", "sweep-every", held=held)


def how(view: View, shown: FinishedSweep) -> None:
    """How the sweep was made, and what it leaves out."""
    st.header("How this was worked out", anchor=False)
    asked = view.found.manifest.asked
    st.markdown(parts.plain(f"{shown.label}: {shown.description}"))
    parts.points(
        f"Each what-if was worked out for each authority as on the What if page: {asked['draws']:,} possible futures, "
        "with and without it, and the same chance in both.",
        "“Clearly” means that the range which holds 8 of 10 possible futures is on one side of no change. Where it is "
        "not, we cannot tell.",
        "Every authority is given the same ideas. What one costs or suits where is not looked at.",
        "Authorities differ in size, so a larger number of children is no larger success.",
    )
    for one in asked["scenarios"]:
        if one["notes"] and view.scenario in ("", one["name"]):
            st.markdown(f"**{parts.plain(one['name'])}.** {parts.plain(' '.join(one['notes'].split()))}")
