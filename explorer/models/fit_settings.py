"""The numbers of policy behind fitting and forecasting: plan_flow.yaml."""

from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from explorer.entries import Entry, Text, read_entry
from explorer.models.flow.noise import Dispersion
from explorer.models.history import BANDS

_Ratio = Annotated[float, Field(ge=1)]
_Some = Annotated[float, Field(ge=0)]
_Share = Annotated[float, Field(ge=0, le=1)]
_FILE = "plan_flow.yaml"
Number = TypeVar("Number", bound=float)


class ByBand(Entry, Generic[Number]):
    """One number for each duration band; the names are those of ``history.BANDS``."""

    up_to_3m: Number
    three_to_six: Annotated[Number, Field(alias="3m_to_6m")]
    six_to_twelve: Annotated[Number, Field(alias="6m_to_1y")]
    one_to_two: Annotated[Number, Field(alias="1y_to_2y")]
    two_plus: Annotated[Number, Field(alias="2y_plus")]

    @property
    def by_band(self) -> tuple[float, ...]:
        """In the order of ``history.BANDS``."""
        return (self.up_to_3m, self.three_to_six, self.six_to_twelve, self.one_to_two, self.two_plus)


class Chance(Entry):
    """How much more monthly numbers vary than those of independent children would."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    first_starts: _Ratio
    returns: _Ratio
    ending: ByBand[_Ratio]
    together: _Share

    @property
    def of_flows(self) -> Dispersion:
        """As the engine takes it."""
        return Dispersion(self.first_starts, self.returns, self.ending.by_band, self.together)


class YearlyChance(Entry):
    """Chance that all months of a year share: variance of a yearly rate's logarithm times the year's events."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    first_starts: _Some
    returns: _Some
    ending: ByBand[_Some]

    def of(self, rate: str) -> float:
        """That of a rate, by the names of ``rates.RATES``."""
        if rate.startswith("ending_"):
            return self.ending.by_band[BANDS.index(rate.removeprefix("ending_"))]
        return float(getattr(self, rate))


class Share(Entry):
    """One number between 0 and 1."""

    label: Text
    unit: Text
    value: _Share
    description: Text
    reference: Text


class Years(Entry):
    """A number of years."""

    label: Text
    unit: Text
    value: Annotated[int, Field(ge=1, le=10)]
    description: Text
    reference: Text


class Drift(Entry):
    """How far England's own course is carried on, for each kind of rate, and how much of it is kept each year."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    first_starts: _Share
    returns: _Share
    ending: _Share
    kept_each_year: _Share


class FitSettings(Entry):
    """plan_flow.yaml."""

    dispersion: Chance
    yearly_chance: YearlyChance
    correlation: Share
    drift: Drift
    england_spread: Share
    record_years: Years


def load_fit_settings(folder: Path) -> FitSettings:
    """Read plan_flow.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    return read_entry(folder / _FILE, FitSettings)
