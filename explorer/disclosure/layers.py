"""The order in which plan figures are released: config/release.yaml as frozen objects."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import polars as pl

from explorer.entries import Amount, Entry, Read, Text, Whole, checked
from explorer.errors import ConfigError
from explorer.plan_indicators.periods import PeriodKind
from explorer.plan_indicators.table import COUNTS, PERCENTAGES
from explorer.yaml_reader import Document, read_yaml

FILE = "release.yaml"
_PROGRAMS = 300  # that one thorough layer may use; a count and not a time, so that every run is the same
_AREA = re.compile("[0-9]{3}")
_KEYS = ("published_before", "steps", "layers")
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


class PublishedBefore(Entry):
    """A figure of one authority and period that is public already, so that hiding it would protect nobody.

    It is only the numbers that were published: where the records at hand give others, as a later file of the same
    authority may, showing them would tell by how many children they differ.

    Args:
        area: DfE number of the authority.
        period: The period kind.
        last_day: The day on which the period ends.
        indicator: Name of a percentage, with which the two counts behind it are public too, or of a count.
        numerator: The part, or the count itself, as it was published.
        denominator: What a percentage is of, as it was published; of a count there is none.
        reference: Where it was published.
    """

    label: Text
    area: Text
    period: PeriodKind
    last_day: date
    indicator: Text
    numerator: int
    denominator: Whole | None = None
    description: Text
    reference: Text

    @property
    def indicators(self) -> tuple[str, ...]:
        """Every figure that it makes public."""
        return (*PERCENTAGES.get(self.indicator, ()), self.indicator)

    def holds(self, indicator: str, kind: str, end: date) -> bool:
        """Whether a figure is one of those that it makes public."""
        return indicator in self.indicators and (kind, end) == (self.period, self.last_day)

    def agrees(self, exact: pl.DataFrame) -> bool:
        """Whether exact figures have the part and the whole that were published.

        Args:
            exact: The columns of ``plan_indicators.PLAN_INDICATORS``.
        """
        found = exact.filter(indicator=self.indicator, period_kind=self.period, period_end=self.last_day)
        return found.select("numerator", "denominator").rows() == [(self.numerator, self.denominator)]


@dataclass(frozen=True)
class KnownLayer:
    """The layer before all others: what everybody may know of one authority from elsewhere.

    What comes after is then shown only as far as it gives nothing away beside these figures.
    """

    known: tuple[PublishedBefore, ...]
    label: str = "Published before"
    step: int = 1
    budget: int = _PROGRAMS

    def holds(self, indicator: str, kind: str, end: date) -> bool:
        """Whether a figure is one of those published before."""
        return any(one.holds(indicator, kind, end) for one in self.known)


@dataclass(frozen=True)
class ReleaseRules:
    """In which order figures are released, and how fine they are.

    Args:
        layers: The most useful first.
        most_small: For each step, the share of its counts (zeros aside) that may be small; beyond it is left out.
        published_before: What was published of single authorities; ``for_area`` makes a layer of it.
    """

    layers: tuple[Layer | KnownLayer, ...]
    most_small: tuple[float, ...]
    published_before: tuple[PublishedBefore, ...] = ()

    def for_area(self, area: str, exact: pl.DataFrame) -> "ReleaseRules":
        """The rules for plan records of one authority: first of all what was published of it before.

        A figure that is another number in the records goes through the layers like all others.

        Args:
            exact: The figures of the records, ``plan_indicators.PLAN_INDICATORS``, before anything is hidden.
        """
        known = tuple(one for one in self.published_before if one.area == area and one.agrees(exact))
        return replace(self, layers=(KnownLayer(known), *self.layers)) if known else self


def load_release(folder: Path) -> ReleaseRules:
    """Read and check ``folder``/release.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / FILE)
    unknown = sorted(set(document.content) - set(_KEYS))
    if unknown:
        raise ConfigError(f"{document.at((unknown[0],))}: unknown key '{unknown[0]}'; allowed: {', '.join(_KEYS)}.")
    for key, least in (("layers", 1), ("published_before", 0)):
        found = document.content.get(key, [])
        if not isinstance(found, list) or len(found) < least:
            raise ConfigError(f"{document.at((key,))}: '{key}' must be a list.")
    faults: list[str] = []
    layers = _entries(Layer, document, "layers", faults)
    known = _entries(PublishedBefore, document, "published_before", faults)
    faults += [*_unknown(layers, document), *_contradicting(known, document)]
    steps = _steps(document, faults)
    faults += [
        f"{document.at(('layers', number, 'step'))}: 'step' is {layer.step}; allowed: 1 to {len(steps)}."
        for number, layer in enumerate(layers)
        if layer.step > len(steps)
    ]
    if faults:
        raise ConfigError(*faults)
    return ReleaseRules(layers, steps, known)


def _entries(model: type[Read], document: Document, key: str, faults: list[str]) -> tuple[Read, ...]:
    every = (
        checked(model, document, entry, (key, place), faults)
        for place, entry in enumerate(document.content.get(key, []))
    )
    return tuple(one for one in every if isinstance(one, model))


def _steps(document: Document, faults: list[str]) -> tuple[float, ...]:
    entries = document.content.get("steps")
    if not isinstance(entries, list) or not entries:
        faults.append(f"{document.at(('steps',))}: 'steps' must be a list, coarsest first.")
        return ()
    found = [checked(Amount, document, entry, ("steps", number), faults) for number, entry in enumerate(entries)]
    return tuple(step.value for step in found if isinstance(step, Amount))


def _unknown(layers: Sequence[Layer], document: Document) -> Iterator[str]:
    for number, entry in enumerate(layers):
        place = document.at(("layers", number, "indicators"))
        for name in entry.indicators:
            if name not in _NAMES:
                yield f"{place}: '{entry.label}' names '{name}'; allowed: {', '.join(_NAMES)}."
        if not entry.indicators or not entry.periods:
            yield f"{place}: '{entry.label}' needs at least one of 'indicators' and of 'periods'."
        if len(set(entry.indicators)) < len(entry.indicators):
            yield f"{place}: '{entry.label}' names an indicator twice; keep one."


def _contradicting(known: Sequence[PublishedBefore], document: Document) -> Iterator[str]:
    """What was published before and cannot have been."""
    for number, entry in enumerate(known):
        place = document.at(("published_before", number, "indicator"))
        whole = entry.denominator
        if entry.indicator not in _NAMES:
            yield f"{place}: '{entry.label}' names '{entry.indicator}'; allowed: {', '.join(_NAMES)}."
        elif (entry.indicator in PERCENTAGES) != (whole is not None):
            yield f"{place}: '{entry.label}' needs a 'denominator' for a percentage, and none for a count."
        elif not 0 <= entry.numerator <= (entry.numerator if whole is None else whole):
            yield f"{place}: '{entry.label}' has {entry.numerator} of {whole}; allowed: 0 to all of them."
        if not _AREA.fullmatch(entry.area):
            yield f"{place}: '{entry.label}' is of area '{entry.area}'; allowed: a DfE number such as '358'."
