"""The order in which plan figures are released: config/release.yaml as frozen objects."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from explorer.entries import Amount, Entry, Text, Whole, checked
from explorer.errors import ConfigError
from explorer.plan_indicators.periods import PeriodKind
from explorer.plan_indicators.table import COUNTS, PERCENTAGES
from explorer.yaml_reader import Document, read_yaml

FILE = "release.yaml"
_PROGRAMS = 300  # that one thorough layer may use; a count and not a time, so that every run is the same
_NAMES = (*COUNTS, *PERCENTAGES)
_MARCH, _QUARTER = 3, 3


class Layer(Entry):
    """Figures that are released together, after those of the layers before.

    Args:
        step: How fine its figures are, from 1. Where many counts are small the finest steps are left out.
        periods: The period kinds.
        ends: On which days the periods end. A day within a month is in no layer.
        indicators: Names of counts and percentages.
        search: "thorough" hides as little as it can; "simple" hides everything that hangs together with a hidden
            count, which needs no search.
    """

    label: Text
    step: Whole
    periods: list[PeriodKind]
    ends: Literal["march", "half_years", "quarter_ends", "month_ends"]
    indicators: list[Text]
    search: Literal["thorough", "simple"]
    description: Text
    reference: Text

    @property
    def budget(self) -> int | None:
        """How many linear programs the search may use; None for the simple way."""
        return _PROGRAMS if self.search == "thorough" else None

    def holds(self, indicator: str, kind: str, end: date) -> bool:
        """Whether a figure belongs to this layer, if it belongs to none before."""
        return indicator in self.indicators and kind in self.periods and self._ends(end)

    def _ends(self, end: date) -> bool:
        every = {"march": 12, "half_years": 6, "quarter_ends": _QUARTER, "month_ends": 1}[self.ends]
        return (end + timedelta(1)).day == 1 and (end.month - _MARCH) % every == 0


@dataclass(frozen=True)
class ReleaseRules:
    """In which order figures are released, and how fine they are.

    Args:
        layers: The most useful first.
        most_small: For each step, the share of its counts (zeros aside) that may be small; beyond it is left out.
    """

    layers: tuple[Layer, ...]
    most_small: tuple[float, ...]


def load_release(folder: Path) -> ReleaseRules:
    """Read and check ``folder``/release.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / FILE)
    unknown = sorted(set(document.content) - {"layers", "steps"})
    if unknown:
        raise ConfigError(f"{document.at((unknown[0],))}: unknown key '{unknown[0]}'; allowed: layers, steps.")
    entries = document.content.get("layers")
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{document.at(('layers',))}: 'layers' must be a list of layers.")
    faults: list[str] = []
    entries_checked = [checked(Layer, document, entry, ("layers", n), faults) for n, entry in enumerate(entries)]
    layers = tuple(layer for layer in entries_checked if isinstance(layer, Layer))
    faults += _unknown(layers, document)
    steps = _steps(document, faults)
    faults += [
        f"{document.at(('layers', number, 'step'))}: 'step' is {layer.step}; allowed: 1 to {len(steps)}."
        for number, layer in enumerate(layers)
        if layer.step > len(steps)
    ]
    if faults:
        raise ConfigError(*faults)
    return ReleaseRules(layers, steps)


def _steps(document: Document, faults: list[str]) -> tuple[float, ...]:
    entries = document.content.get("steps")
    if not isinstance(entries, list) or not entries:
        faults.append(f"{document.at(('steps',))}: 'steps' must be a list, coarsest first.")
        return ()
    found = [checked(Amount, document, entry, ("steps", number), faults) for number, entry in enumerate(entries)]
    return tuple(step.value for step in found if isinstance(step, Amount))


def _unknown(layers: tuple[Layer, ...], document: Document) -> Iterator[str]:
    for number, layer in enumerate(layers):
        place = document.at(("layers", number, "indicators"))
        for name in layer.indicators:
            if name not in _NAMES:
                yield f"{place}: layer '{layer.label}' names '{name}'; allowed: {', '.join(_NAMES)}."
        if not layer.indicators or not layer.periods:
            yield f"{place}: layer '{layer.label}' needs at least one of 'indicators' and of 'periods'."
        if len(set(layer.indicators)) < len(layer.indicators):
            yield f"{place}: layer '{layer.label}' names an indicator twice; keep one."
