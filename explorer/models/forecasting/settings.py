"""The numbers of policy behind forecasts of a series: forecast.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from explorer.entries import Amount, Entry, Text, Whole, read_entry

_FILE = "forecast.yaml"
ModelName = Literal[
    "last_value",
    "seasonal_last_value",
    "recent_mean",
    "level",
    "trend",
    "local_level",
    "seasonal_arima",
    "plan_flow",
    "average",
]


Step = Literal["year", "quarter", "month"]


class Model(Entry):
    """A way of forecasting, in words; ``label_of`` where they depend on the kind of period."""

    label: Text
    label_of: Mapping[Step, Text] = Field(default_factory=dict)
    unit: Text
    description: Text
    reference: Text

    def called(self, step: Step) -> str:
        """What it is called among forecasts of one kind of period."""
        return self.label_of.get(step, self.label)


class Percent(Entry):
    """A number of per cent."""

    label: Text
    unit: Text
    value: Annotated[float, Field(ge=0, lt=100)]
    description: Text
    reference: Text


class Between(Entry):
    """Two ends, in per cent."""

    label: Text
    unit: Text
    least: Annotated[float, Field(ge=0, le=100)]
    most: Annotated[float, Field(ge=0, le=100)]
    description: Text
    reference: Text


class NotForecast(Entry):
    """Measures that are not forecast, each with the reason in words."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    reasons: dict[str, Text]


class Test(Entry):
    """How forecasts of one kind of series are tested.

    ``shortest``: figures before the first forecast; ``fewest``, ``fewest_origins``: forecasts, and days they were made
    on, under which nothing is told.
    """

    label: Text
    unit: Text
    description: Text
    reference: Text
    horizons: Annotated[list[Whole], Field(min_length=1)]
    shortest: Annotated[int, Field(ge=2)]
    fewest: Whole
    fewest_origins: Whole


class SeasonalTest(Test):
    """The same of months or quarters, with the figures from which on the seasonal model is tried."""

    shortest_seasonal: Whole


class Ranges(Entry):
    """How ranges of a single series learn from its errors."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    model_counts_as: Annotated[float, Field(gt=0)]
    variance_to_mean: Annotated[float, Field(ge=1)]
    step: Annotated[float, Field(ge=0, le=0.5)]


class ForecastSettings(Entry):
    """forecast.yaml."""

    models: dict[ModelName, Model]
    least_gain: Percent
    least_sure: Amount
    least_held: Percent
    held_well: Between
    not_forecast: NotForecast
    yearly: Test
    monthly: SeasonalTest
    quarterly: SeasonalTest
    ranges: Ranges

    def of_season(self, season: int) -> SeasonalTest:
        """The test of a series with 12 or 4 periods a year."""
        return {12: self.monthly, 4: self.quarterly}[season]


def load_forecast_settings(folder: Path) -> ForecastSettings:
    """Read forecast.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    return read_entry(folder / _FILE, ForecastSettings)
