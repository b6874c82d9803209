"""What the invented plan records must reproduce and how they are made up: config/sample.yaml as frozen objects."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from explorer.errors import ConfigError
from explorer.sources.sample_entries import (
    DAY,
    DAYS,
    MIX,
    NUMBER,
    PAIR,
    SHARES,
    TEXT,
    WHOLE,
    WORDS,
    EntryReader,
    Kind,
)
from explorer.yaml_reader import KeyPath, read_yaml

Shares = tuple[float, ...]
# What each entry of ``invention`` may be; those not named here are one number.
_KINDS: Mapping[str, Kind[Any]] = {
    **dict.fromkeys(("seed", "families"), WHOLE),
    **dict.fromkeys(("sibling_gap_years", "first_review_days", "next_review_days", "referral_days"), PAIR),
    **dict.fromkeys(("family_sizes", "ends_at_review", "ends_between"), SHARES),
    "history_first": DAY,
    "category_mix": MIX,
}


@dataclass(frozen=True)
class Slide:
    """One figure of the slides: from ``least`` to ``most`` (equal where exact), between two days inclusive."""

    label: str
    unit: str
    description: str
    reference: str
    least: float
    most: float
    first: date
    last: date


@dataclass(frozen=True)
class Slides:
    """Every figure of the slides."""

    open_steady: Slide
    open_peak: Slide
    open_back: Slide
    started: Slide
    started_repeat: Slide
    open_long_percent: Slide
    ended_long_percent: Slide


@dataclass(frozen=True)
class Invention:
    """How families are made up. Units and meanings stand in sample.yaml; pairs are [least, most]."""

    seed: int
    families: int
    history_first: date
    family_sizes: Shares
    age_skew: float
    sibling_gap_years: Shares
    unborn_share: float
    baby_rate: float
    repeat_chance: float
    repeat_shape: float
    repeat_scale_years: float
    repeat_most_years: float
    joins_again: float
    ends_apart: float
    first_review_days: Shares
    next_review_days: Shares
    ends_at_review: Shares
    ends_between: Shares
    category_mix: Mapping[str, float]
    category_own: float
    category_kept: float
    category_changes: float
    referral_days: Shares


@dataclass(frozen=True)
class Weights:
    """Points for one plan too many or too few."""

    open: float
    open_band: float
    ended: float
    ended_band: float
    long_band: float
    shape: float


@dataclass(frozen=True)
class SampleSettings:
    """Everything in sample.yaml. ``first`` and ``last`` are the days that the records cover."""

    area: str
    first: date
    last: date
    long_plan_days: int
    slides: Slides
    invention: Invention
    weights: Weights

    @property
    def years(self) -> range:
        """The reporting years that the records cover whole, by the year they end in."""
        return range(self.first.year + 1, self.last.year + 1)


def load_sample_settings(path: Path) -> SampleSettings:
    """Read and check sample.yaml.

    Raises:
        ConfigError: one sentence for every key that is missing, unknown or holds the wrong kind of value.
    """
    document = read_yaml(path)
    reader = EntryReader(document)
    reader.keys((), ("area", "window", "long_plan_days", "slides", "invention", "weights"))
    window = reader.value(("window",), DAYS)
    found: dict[str, Any] = {
        "area": reader.value(("area",), TEXT),
        "long_plan_days": reader.value(("long_plan_days",), WHOLE),
        "slides": _slides(reader),
        "invention": _invention(reader),
        "weights": _weights(reader),
    }
    if window and (window[0].strftime("%d%m"), window[1].strftime("%d%m")) != ("0104", "3103"):
        place = document.at(("window", "value"))
        reader.faults.append(
            f"{place}: 'window.value' must go from a 1 April to a 31 March, in whole reporting years."
        )
    if reader.faults or window is None:
        raise ConfigError(*reader.faults)
    return SampleSettings(first=window[0], last=window[1], **found)


def _slides(reader: EntryReader) -> Slides | None:
    names = [slide.name for slide in fields(Slides)]
    content = reader.keys(("slides",), names)
    found: dict[str, Any] = {name: _slide(reader, ("slides", name)) for name in names if name in content}
    return Slides(**found) if len(found) == len(names) else None


def _slide(reader: EntryReader, path: KeyPath) -> Slide | None:
    entry = reader.keys(path, (*WORDS, "value", "first", "last"))
    texts = reader.words(path, entry)
    value = entry.get("value")
    pair = reader.cell((*path, "value"), value if isinstance(value, list) else [value, value], PAIR)
    first, last = (reader.cell((*path, key), entry.get(key), DAY) for key in ("first", "last"))
    if pair is None or first is None or last is None:
        return None
    if first > last:
        reader.faults.append(f"{reader.document.at((*path, 'first'))}: '{path[-1]}' ends before its first day.")
    return Slide(least=pair[0], most=pair[1], first=first, last=last, **texts)


def _invention(reader: EntryReader) -> Invention | None:
    names = [entry.name for entry in fields(Invention)]
    content = reader.keys(("invention",), names)
    found: dict[str, Any] = {
        name: reader.value(("invention", name), _KINDS.get(name, NUMBER)) for name in names if name in content
    }
    return Invention(**found) if len(found) == len(names) else None


def _weights(reader: EntryReader) -> Weights | None:
    found = reader.value(("weights",), MIX)
    names = [weight.name for weight in fields(Weights)]
    if found is None:
        return None
    if set(found) != set(names):
        place = reader.document.at(("weights", "value"))
        reader.faults.append(f"{place}: 'weights.value' holds {', '.join(found)}; expected {', '.join(names)}.")
        return None
    return Weights(**found)
