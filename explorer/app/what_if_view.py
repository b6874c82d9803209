"""What a what-if comes to, on the page: the fan, the differences, and the questions below them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl
import streamlit as st

from explorer.app import cached, folded, ideas, parts
from explorer.app.selection import Selection
from explorer.charts.fan import fan
from explorer.charts.picture import Picture
from explorer.charts.skill import skill
from explorer.config import Indicator
from explorer.errors import SelectionError
from explorer.models.calibration import Calibration
from explorer.models.outcome import TOLD, Outcome, changes, history
from explorer.models.scenario_code import scenario_code
from explorer.models.scenarios import Scenario, assumption, in_use
from explorer.models.what_if import HORIZONS, month_end
from explorer.sentences.tested import HOW_TESTED, size_sentence, sizes_table
from explorer.sentences.what_if import (
    answer,
    at_years,
    difference_sentence,
    differences_table,
    trade_offs,
    when_words,
)
from explorer.wording import listed
from explorer.world import World

_OTHERS = 3  # authorities named instead
TESTED_MONTHS = 12 * max(HORIZONS)


@dataclass(frozen=True, eq=False)
class View:
    """Everything that the page is drawn from for one reader's choices."""

    world: World
    chosen: Selection
    start: Calibration
    scenario: Scenario
    indicator: str

    @property
    def name(self) -> str:
        """The authority."""
        return self.world.areas.label(self.chosen.area)

    @property
    def entry(self) -> Indicator:
        """The indicator that is looked at."""
        return self.world.config.indicators[self.indicator]

    @property
    def months(self) -> int:
        """How far ahead."""
        return int(assumption(self.scenario, self.world.models.what_if, "months"))

    @property
    def years(self) -> int:
        """The year at which the answer is told: the third, or the last one if that is sooner."""
        return min(3, self.months // 12)

    @property
    def when(self) -> str:
        """That year in words."""
        return when_words(self.entry, month_end(self.start.as_at, 12 * self.years))

    @property
    def end(self) -> date:
        """The last day that it looks ahead to."""
        return month_end(self.start.as_at, self.months)

    @property
    def told(self) -> str:
        """The measure in which the answer is told: children where there is a count of them."""
        return "plans_started_repeat" if self.indicator == "repeat_plan_percent" else self.indicator

    @cached_property
    def baseline(self) -> Outcome:
        """How things go on as they are."""
        return self._course("", self.indicator, self.told)

    @cached_property
    def code(self) -> str:
        """The what-if as text, whatever it is called; empty where nothing is in use."""
        return _code_of(self.scenario, self.world) if self.acting else ""

    def course(self, one: Scenario, *drawn: str) -> Outcome:
        """A what-if of the same authority, over the same months.

        Args:
            drawn: measures of which all months are wanted; of the others the ends of the years are enough.
        """
        return self._course(_code_of(one, self.world), *drawn)

    def _course(self, code: str, *drawn: str) -> Outcome:
        area, year = self.chosen.area, self.chosen.year
        return cached.course(self.world, self.start, area, year, self.months, code, tuple(dict.fromkeys(drawn)))

    @property
    def acting(self) -> bool:
        """Whether anything is in use."""
        return bool(self.scenario.changes)

    @cached_property
    def outcome(self) -> Outcome:
        """What the what-if comes to."""
        return self._course(self.code, self.indicator) if self.acting else self.baseline

    @cached_property
    def differences(self) -> pl.DataFrame:
        """What it changes."""
        polarity = {name: self.world.config.indicators[name].polarity for name in TOLD}
        return changes(self.baseline, self.outcome, polarity)

    @cached_property
    def shown(self) -> "Shown":
        """Everything that its reader sees at once; kept for all who ask the same."""
        chosen = self.chosen
        key = ("what-if", self.months, self.code, self.indicator, chosen.area, chosen.year, chosen.whom)
        return cached.kept(self.world, key, lambda: _shown(self))

    @property
    def labels(self) -> Mapping[str, str]:
        """What each idea in use is called."""
        return {use.name: use.entry.label for use in in_use(self.scenario, self.world.models.what_if)}

    @property
    def source(self) -> str:
        """What the figures rest on."""
        theirs = self.world.records is not None and self.world.records.area == self.chosen.area
        rests_on = parts.from_records(self.world) if theirs else "DfE tables D3, D5 and D7"
        return f"Source: worked out from {rests_on}; see 'What this rests on'"

    def median(self) -> tuple[float | None, str]:
        """The median of the comparators in the year chosen, and what it is called.

        Of a count it is that of the rate, times the authority's own children.
        """
        rate = self.entry.rate
        measure = rate or self.indicator
        chosen = self.chosen
        found = cached.position(self.world, chosen.area, measure, chosen.year, *chosen.whom)
        label = f"Median of {self.world.config.benchmarks.groups[chosen.group].short_label}"
        if found is None or found.median is None:
            return None, label
        if rate is None:
            return found.median, label
        history = self.world.history
        children = history.exposed[history.areas.index(chosen.area), history.years.index(chosen.year)]
        return found.median * float(children) / 10_000, f"{label}, for as many children"


def _code_of(one: Scenario, world: World) -> str:
    plain = Scenario("x", changes=one.changes, overlap_discount=one.overlap_discount, coupling=one.coupling)
    return scenario_code(plain, world.models.what_if)


def others_instead(world: World, chosen: Selection) -> str:
    """Authorities of the group at hand that a what-if can be shown for, in a sentence."""
    found: list[str] = []
    for code in world.comparators(chosen.area, chosen.year, *chosen.whom).members:
        if len(found) < _OTHERS and world.areas[code].existed(chosen.year):
            try:
                cached.calibration(world, code, chosen.year)
            except SelectionError:
                continue
            found.append(world.areas.label(code))
    return f"It can be shown for {listed(found, 'or')}, for example." if found else ""


@dataclass(frozen=True, eq=False)
class Shown:
    """What a what-if comes to for one measure, in words and as a picture.

    Attributes:
        answer: in children.
        bought_with: what it is bought with, a warning each.
        picture: the months ahead.
        sentences: the measure looked at after one, two and three years; none where nothing is in use.
        near: ``what_if.DIFFERENCES`` up to those years.
    """

    answer: str
    bought_with: tuple[str, ...]
    picture: Picture
    sentences: tuple[str, ...]
    near: pl.DataFrame


def _shown(view: View) -> Shown:
    entries, labels = view.world.config.indicators, list(view.labels.values())
    near = view.differences.filter(pl.col("years") <= view.years)
    told = dict.fromkeys((view.told, view.indicator)) if view.acting else ()
    return Shown(
        answer(view.differences, view.baseline.paths, entries[view.told], view.told, view.name, labels, view.years),
        trade_offs(view.differences, view.years) if view.acting else (),
        _picture(view),
        tuple(difference_sentence(row, entries[name]) for name in told for row in _of(near, name)),
        near,
    )


def say(view: View) -> None:
    """The answer in children, and what it is bought with."""
    found = view.shown
    st.markdown(f"**{parts.plain(found.answer)}**")
    if view.months > TESTED_MONTHS and view.acting:
        st.warning("Further than three years ahead these forecasts have not been tested. Read them with great care.")
    for use in in_use(view.scenario, view.world.models.what_if):
        if not all(effect.allows(use.ratios[effect.name]) for effect in use.entry.effects):
            said = (
                f"{use.entry.label}: set beyond anything the evidence allows for, so do not read 'likely' as a belief."
            )
            st.warning(parts.plain(said))
    for warning in found.bought_with:
        st.warning(parts.plain(warning))


def draw(view: View) -> None:
    """The months ahead of one measure."""
    parts.show(view.shown.picture, view.world, view.chosen, moving=True)


def _picture(view: View) -> Picture:
    middle, label = view.median()
    row = at_years(view.differences, view.indicator, view.months // 12)
    paths = [one.paths for one in ((view.baseline, view.outcome) if view.acting else (view.baseline,))]
    return fan(
        pl.concat(paths),
        _past(view),
        view.entry,
        view.indicator,
        view.name,
        middle,
        label,
        view.start.as_at,
        view.months,
        view.source,
        view.acting,
        None if row is None else row["p_lower"],
        None if row is None else row["p_higher"],
    )


def _past(view: View) -> pl.DataFrame:
    key = view.chosen.area, view.indicator, view.start.as_at, view.end
    return cached.kept(
        view.world,
        ("past", *key),
        lambda: history(view.world.table, view.chosen.area, (view.indicator,), view.start.as_at, view.end),
    )


def sentences(view: View) -> None:
    """The measure that is looked at after one, two and three years."""
    if view.acting:
        st.header("After one, two and three years", anchor=False)
        parts.points(*view.shown.sentences)


def all_measures(view: View) -> None:
    """Every measure after one, two and three years, as a table."""
    with folded.expander("Every measure after one, two and three years", ideas.DIFFERENCES) as opened:
        if opened:
            table = differences_table(view.shown.near, {name: view.world.config.indicators[name] for name in TOLD})
            if not view.acting:
                table = table.select("Measure", "Years ahead", "As now")
            parts.table_with_file(table, parts.file_stem(view.world, view.chosen), "what-if-differences")


def _of(differences: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    return differences.filter(indicator=name).sort("years").to_dicts()


def tested(world: World, chosen: Selection) -> None:
    """How near such forecasts came in the past."""
    result = cached.back_test()
    table = result.summary.filter(pl.col("model") != "last_value").select(
        "indicator",
        "horizon",
        pl.col("model").str.replace("_", " "),
        "gain",
        "n",
        pl.col("in_80").alias("cover_80"),
        pl.col("in_95").alias("cover_95"),
    )
    order = {name: place for place, name in enumerate(table["indicator"].unique(maintain_order=True))}
    table = table.sort(pl.col("indicator").replace_strict(order), "horizon", "model", maintain_order=True)
    source = "Source: this program's back-test of published figures"
    picture = skill(table, world.config.indicators, result.authorities, result.origins, source)
    newest = date(world.years[-1], 3, 31)  # the test looks at every year
    parts.show(picture, world, chosen, as_at=newest)
    history = world.history
    opened = float(history.open[history.areas.index(chosen.area), history.years.index(chosen.year)])
    st.markdown(parts.plain(f"{size_sentence(result, opened)} {HOW_TESTED}".strip()))
    with folded.expander("The same by size of authority", "by size") as opened:
        if opened:
            held = parts.provenance(world, chosen, (source,), newest)
            parts.table_with_file(sizes_table(result, world.config.indicators), "back-test", "by-size", held=held)
