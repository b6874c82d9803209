"""Everything loaded and checked, in one frozen object; what the pages and the command line ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from explorer.areas import Areas, Comparators, comparators, load_areas
from explorer.benchmarks.position import Position, position
from explorer.config import Config, Indicator, load_config
from explorer.errors import ConfigError, SelectionError
from explorer.indicators import indicator_table
from explorer.sources.published import load_published

CONFIG_FOLDER = Path(__file__).parent.parent / "config"


@dataclass(frozen=True)
class World:
    """Configuration, areas and the indicator table, with the version of the data they came from."""

    config: Config
    areas: Areas
    table: pl.DataFrame
    years: tuple[int, ...]
    covered: frozenset[tuple[str, int]]
    version: str

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

    def comparators(self, area: str, year: int, group: str, chosen: Sequence[str] = ()) -> Comparators:
        """Whom ``area`` is compared with; see ``areas.comparators``."""
        if year not in self.years:
            raise SelectionError(f"There are no figures for {year}; years are {self.years[0]} to {self.years[-1]}.")
        for code in chosen:
            if self.areas[code].level != "local_authority":
                raise SelectionError(f"'{code}' is not an authority.")
        return comparators(self.areas, self.config.benchmarks, group, area, year, chosen)

    def position(self, area: str, indicator: str, year: int, group: str, chosen: Sequence[str] = ()) -> Position:
        """Place ``area`` for one indicator and year; see ``benchmarks.position``."""
        entry = self.indicator(indicator)
        found = self.comparators(area, year, group, chosen)
        return position(self.table, self.areas, entry, area, year, found)


def load_world(folder: Path = CONFIG_FOLDER) -> World:
    """Read config/ and every file that it names.

    Raises:
        ConfigError: a fault in the configuration, or a default that the data do not have.
        DataError: a fault in a data file.
    """
    config = load_config(folder)
    published = load_published(config)
    areas = load_areas(published)
    years = tuple(published.measures["year_ending"].unique().sort())
    faults = []
    if config.app.default_area not in {area.code for area in areas.authorities}:
        faults.append(f"app.yaml: 'default_area' is '{config.app.default_area}', which is not an authority.")
    if config.app.default_year != "latest" and config.app.default_year not in years:
        allowed = f"latest, or {years[0]} to {years[-1]}"
        faults.append(f"app.yaml: 'default_year' is '{config.app.default_year}'; allowed: {allowed}.")
    models = sorted({model for model, _ in areas.neighbours})
    for name, group in config.benchmarks.groups.items():
        if group.model is not None and group.model not in models:
            faults.append(f"benchmarks.yaml: 'groups.{name}.model' is {group.model}; allowed: {models}.")
    if faults:
        raise ConfigError(*faults)
    table = indicator_table(config, published, areas)
    covered = frozenset(table.select("indicator", "period").unique().iter_rows())
    return World(config, areas, table, years, covered, published.version)
