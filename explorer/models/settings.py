"""Everything in config/ that says how a what-if is worked out, read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from explorer.errors import ConfigError, ExplorerError
from explorer.models.fit_settings import FitSettings, load_fit_settings
from explorer.models.flow import Array, return_shape
from explorer.models.forecasting.settings import ForecastSettings, load_forecast_settings
from explorer.models.interventions import load_interventions
from explorer.models.scenario_file import load_scenarios
from explorer.models.scenarios import Scenario
from explorer.models.trend_settings import TrendSettings, load_trend_settings
from explorer.models.what_if_entries import WhatIfSettings

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, eq=False)
class ModelSettings:
    """How plans flow, what can be tried, and the what-ifs that ship.

    Attributes:
        what_if: interventions.yaml and evidence.yaml.
        fit: plan_flow.yaml.
        scenarios: config/scenarios, by file name.
        forecast: forecast.yaml.
        trends: trends.yaml.
    """

    what_if: WhatIfSettings
    fit: FitSettings
    scenarios: Mapping[str, Scenario]
    forecast: ForecastSettings
    trends: TrendSettings

    @cached_property
    def return_shape(self) -> Array:
        """(120,) how coming back is spread over the months since leaving a plan."""
        return return_shape(self.what_if.model.return_shape.value)

    @property
    def draws(self) -> int:
        """How many possible futures are worked out."""
        return int(self.what_if.model.draws.value)

    @property
    def seed(self) -> int:
        """Where the random numbers start."""
        return int(self.what_if.model.seed.value)

    @property
    def fewest(self) -> int:
        """Plans started in a year under which a what-if is refused."""
        return int(self.what_if.model.minimum_starts.value)


def load_model_settings(folder: Path) -> ModelSettings:
    """Read what ``folder`` says of models: plan_flow, forecast, trends, interventions, evidence, scenarios/.

    Raises:
        ConfigError: with one sentence for every fault in all of them.
    """
    faults: list[str] = []
    fit = _loaded(lambda: load_fit_settings(folder), faults)
    forecast = _loaded(lambda: load_forecast_settings(folder), faults)
    trends = _loaded(lambda: load_trend_settings(folder), faults)
    what_if = _loaded(lambda: load_interventions(folder), faults)
    scenarios = None if what_if is None else _loaded(lambda: load_scenarios(folder, what_if), faults)
    if fit is None or forecast is None or trends is None or what_if is None or scenarios is None:
        raise ConfigError(*faults)
    return ModelSettings(what_if, fit, scenarios, forecast, trends)


def _loaded(read: Callable[[], Loaded], faults: list[str]) -> Loaded | None:
    try:
        return read()
    except ExplorerError as problem:
        faults += problem.faults
        return None
