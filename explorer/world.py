"""Everything loaded and checked, in one frozen object; what the pages and the command line ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from explorer import records as plan_records
from explorer.areas import Areas, Comparators, comparators, load_areas
from explorer.benchmarks.position import Figure, Position, figures_of, position_among
from explorer.briefing_entries import BriefingSettings, load_briefing_settings
from explorer.config import Config, Indicator, load_config
from explorer.errors import ConfigError, SelectionError
from explorer.evaluation.settings import EvaluationSettings, load_evaluation_settings
from explorer.events import Event, load_events
from explorer.indicators import indicator_table
from explorer.models.history import History, load_history
from explorer.models.settings import ModelSettings, load_model_settings
from explorer.records import RecordRules, Records, load_record_rules
from explorer.sources.published import Published, load_published

CONFIG_FOLDER = Path(__file__).parent.parent / "config"


@dataclass(frozen=True)
class World:
    """Configuration, areas and the indicator table, with the version of the data they came from.

    ``records`` are the plan records that stand in the place of their authority's published figures; None where
    every figure is published.
    """

    config: Config
    rules: RecordRules
    models: ModelSettings
    evaluation: EvaluationSettings
    briefing: BriefingSettings
    published: Published
    areas: Areas
    table: pl.DataFrame
    years: tuple[int, ...]
    covered: frozenset[tuple[str, int]]
    events: tuple[Event, ...]
    records: Records | None = None

    @property
    def version(self) -> str:
        """A digest of the data; plan records have one of their own beside it."""
        return self.published.version

    @cached_property
    def history(self) -> History:
        """Every authority's yearly counts, as the plan-flow model takes them."""
        codes = tuple(area.code for area in self.areas.authorities)
        return load_history(self.table, codes, self.config.benchmarks.suppression)

    @property
    def private(self) -> bool:
        """Whether the data are one session's: an uploaded file, of which nothing may be kept for others."""
        return self.records is not None and self.records.origin == "upload"

    @property
    def years_of_records(self) -> tuple[int, ...]:
        """The reporting years that the plan records give any figure of."""
        if self.records is None:
            return ()
        theirs = self.published.measures.filter(
            pl.col("area") == self.records.area,
            pl.col("source") == self.records.label,
            pl.col("status") != "not_in_records",
        )
        return tuple(sorted(theirs["year_ending"].unique().to_list()))

    def with_records(self, records: Records) -> "World":
        """The same with one authority's figures taken from its plan records."""
        published = plan_records.with_records(self.published, self.config, records)
        settings = self.config, self.rules, self.models, self.evaluation, self.briefing, self.events
        return _world(*settings, published, records)

    @property
    def default_year(self) -> int:
        """The year that the app opens on."""
        year = self.config.app.default_year
        return self.years[-1] if year == "latest" else year

    def indicator(self, name: str) -> tuple[str, Indicator]:
        """An indicator with its name.

        Raises:
            SelectionError: there is none of that name.
        """
        if name not in self.config.indicators:
            allowed = ", ".join(self.config.indicators)
            raise SelectionError(f"There is no indicator '{name}'; allowed: {allowed}.")
        return name, self.config.indicators[name]

    def has(self, indicator: str, year: int) -> bool:
        """Whether an indicator has any figures, of any area, in a year."""
        return (indicator, year) in self.covered

    def comparators(
        self, area: str, year: int, group: str, chosen: Sequence[str] = (), without: Sequence[str] = ()
    ) -> Comparators:
        """Whom ``area`` is compared with; see ``areas.comparators``."""
        if year not in self.years:
            raise SelectionError(f"There are no figures for {year}; years are {self.years[0]} to {self.years[-1]}.")
        for code in (*chosen, *without):
            if self.areas[code].level != "local_authority":
                raise SelectionError(f"'{code}' is not an authority.")
        return comparators(self.areas, self.config.benchmarks, group, area, year, chosen, without)

    def position(
        self,
        area: str,
        indicator: str,
        year: int,
        group: str,
        chosen: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> Position:
        """Place ``area`` for one indicator and year; see ``benchmarks.position``."""
        entry = self.indicator(indicator)
        found = self.comparators(area, year, group, chosen, without)
        return position_among(self.figures(indicator, year), self.areas, entry, area, year, found)

    def figures(self, indicator: str, year: int) -> Mapping[str, Figure]:
        """The figures of one indicator and year, by area; made once, so that all positions share them.

        Raises:
            SelectionError: there are none at all.
        """
        if (indicator, year) not in self._figures:
            self._figures[indicator, year] = figures_of(self.table, indicator, year)
        return self._figures[indicator, year]

    @cached_property
    def _figures(self) -> dict[tuple[str, int], Mapping[str, Figure]]:
        return {}


def load_world(folder: Path = CONFIG_FOLDER) -> World:
    """Read config/ and every file that it names.

    Raises:
        ConfigError: a fault in the configuration, or a default that the data do not have.
        DataError: a fault in a data file.
    """
    config = load_config(folder)
    rules = load_record_rules(folder, config)
    models = load_model_settings(folder)
    evaluation = load_evaluation_settings(folder)
    briefing = load_briefing_settings(folder)
    events = load_events(folder)
    published = load_published(config)
    world = _world(config, rules, models, evaluation, briefing, events, published)
    faults = list(_bad_choices(world))
    if faults:
        raise ConfigError(*faults)
    return world


def _world(
    config: Config,
    rules: RecordRules,
    models: ModelSettings,
    evaluation: EvaluationSettings,
    briefing: BriefingSettings,
    events: tuple[Event, ...],
    published: Published,
    records: Records | None = None,
) -> World:
    areas = load_areas(published)
    years = tuple(published.measures["year_ending"].unique().sort())
    table = indicator_table(config, published, areas)
    covered = frozenset(table.select("indicator", "period").unique().iter_rows())
    return World(config, rules, models, evaluation, briefing, published, areas, table, years, covered, events, records)


def _bad_choices(world: World) -> Iterator[str]:
    """Sentences for what config/ names and the data do not have."""
    config, years = world.config, world.years
    codes = {area.code for area in world.areas.authorities}
    if config.app.default_area not in codes:
        yield f"app.yaml: 'default_area' is '{config.app.default_area}', which is not an authority."
    if config.app.default_year != "latest" and config.app.default_year not in years:
        allowed = f"latest, or {years[0]} to {years[-1]}"
        yield f"app.yaml: 'default_year' is '{config.app.default_year}'; allowed: {allowed}."
    models = sorted({model for model, _ in world.areas.neighbours})
    for name, group in config.benchmarks.groups.items():
        if group.model is not None and group.model not in models:
            yield f"benchmarks.yaml: 'groups.{name}.model' is {group.model}; allowed: {models}."
    for name, source in config.sources.items():
        if source.area is not None and source.area not in codes:
            yield f"sources.yaml: '{name}.area' is '{source.area}', which is not an authority."
    for event in world.events:
        if event.area is not None and event.area not in codes:
            yield f"events.yaml: '{event.label}' has the area '{event.area}', which is not an authority."
    yield from _bad_outcomes(world)
    yield from _bad_briefing(world)
    for name, band in world.models.trends.bands.items():
        if band.area not in codes:
            yield f"trends.yaml: 'bands.{name}.area' is '{band.area}', which is not an authority."
        if band.indicator not in config.indicators:
            allowed = ", ".join(config.indicators)
            yield f"trends.yaml: 'bands.{name}.indicator' is '{band.indicator}'; allowed: {allowed}."


def _bad_briefing(world: World) -> Iterator[str]:
    """What briefing.yaml, and interventions.yaml of what is being done, name and other files do not have."""
    indicators, codes = world.config.indicators, {area.code for area in world.areas.authorities}
    named = {f"measures.{number}": name for number, name in enumerate(world.briefing.measures)}
    named |= {f"told.{number}.indicator": one.indicator for number, one in enumerate(world.briefing.told)}
    for key, name in named.items():
        if name not in indicators:
            yield f"briefing.yaml: '{key}' is '{name}'; allowed: {', '.join(indicators)}."
    for number, told in enumerate(world.briefing.told):
        if told.area not in codes:
            yield f"briefing.yaml: 'told.{number}' has the area '{told.area}', which is not an authority."
    for number, action in enumerate(world.models.what_if.actions):
        if action.area not in codes:
            yield f"interventions.yaml: 'actions.{number}' has the area '{action.area}', which is not an authority."


def _bad_outcomes(world: World) -> Iterator[str]:
    """What evaluation.yaml, and interventions.yaml of what is expected, name and other files do not have."""
    indicators, evaluation = world.config.indicators, world.evaluation
    codes = {area.code for area in world.areas.authorities}
    allowed = ", ".join(name for name, entry in indicators.items() if entry.unit == "percent")
    for name in evaluation.outcomes:
        if name not in indicators or indicators[name].unit != "percent":
            yield f"evaluation.yaml: 'outcomes' has '{name}'; allowed: {allowed}."
    watched = {f"monitoring.beside.{key}.indicator": one.indicator for key, one in evaluation.monitoring.beside.items()}
    watched |= {f"verdict.beside.{number}": name for number, name in enumerate(evaluation.verdict.beside)}
    for key, watched_name in watched.items():
        if watched_name is not None and watched_name not in indicators:
            yield f"evaluation.yaml: '{key}' is '{watched_name}'; allowed: {', '.join(indicators)}."
    for name, idea in world.models.what_if.interventions.items():
        for impact in idea.impact:
            if impact.outcome not in evaluation.outcomes:
                moved = ", ".join(evaluation.outcomes)
                yield f"interventions.yaml: '{name}.impact' has the outcome '{impact.outcome}'; allowed: {moved}."
        for began in idea.began:
            if began.area not in codes:
                yield f"interventions.yaml: '{name}.began' has the area '{began.area}', which is not an authority."
