"""The order in which plan figures are released: the key ``release`` of config/plans.yaml as frozen objects."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from explorer.entries import Entry, Text, checked
from explorer.errors import ConfigError
from explorer.plan_indicators.periods import PeriodKind
from explorer.plan_indicators.rules import FILE
from explorer.plan_indicators.table import COUNTS, PERCENTAGES
from explorer.yaml_reader import Document, read_yaml

_PROGRAMS = 1000  # that one thorough layer may use; a count and not a time, so that every run is the same
_NAMES = (*COUNTS, *PERCENTAGES)
_MARCH, _QUARTER = 3, 3


class Layer(Entry):
    """Figures that are released together, after those of the layers before.

    Args:
        periods: The period kinds.
        ends: On which days the periods end. "any" takes days within a month too.
        indicators: Names of counts and percentages.
        search: "thorough" hides as little as it can; "simple" hides everything that hangs together with a hidden
            count, which needs no search.
    """

    label: Text
    periods: list[PeriodKind]
    ends: Literal["march", "quarter_ends", "month_ends", "any"]
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
        if self.ends == "any":
            return True
        every = {"march": 12, "quarter_ends": _QUARTER, "month_ends": 1}[self.ends]
        return (end + timedelta(1)).day == 1 and (end.month - _MARCH) % every == 0


def load_release(folder: Path) -> tuple[Layer, ...]:
    """Read and check the layers of ``folder``/plans.yaml, the most useful first.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / FILE)
    entries = document.content.get("release")
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{document.at(('release',))}: 'release' must be a list of layers.")
    faults: list[str] = []
    entries_checked = [checked(Layer, document, entry, ("release", n), faults) for n, entry in enumerate(entries)]
    layers = tuple(layer for layer in entries_checked if isinstance(layer, Layer))
    faults += _unknown(layers, document)
    if faults:
        raise ConfigError(*faults)
    return layers


def _unknown(layers: tuple[Layer, ...], document: Document) -> Iterator[str]:
    for number, layer in enumerate(layers):
        place = document.at(("release", number, "indicators"))
        for name in layer.indicators:
            if name not in _NAMES:
                yield f"{place}: layer '{layer.label}' names '{name}'; allowed: {', '.join(_NAMES)}."
        if not layer.indicators or not layer.periods:
            yield f"{place}: layer '{layer.label}' needs at least one of 'indicators' and of 'periods'."
        if len(set(layer.indicators)) < len(layer.indicators):
            yield f"{place}: layer '{layer.label}' names an indicator twice; keep one."
