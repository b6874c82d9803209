"""What the invented plan records must reproduce and how they are made up: config/sample.yaml as frozen objects."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from explorer.entries import Entry, Text, checked
from explorer.errors import ConfigError
from explorer.yaml_reader import Document, read_yaml

FILE = "sample.yaml"
T = TypeVar("T")
CODES = ("NEG", "PHY", "SAB", "EMO", "MUL")


def _as_tuple(value: object) -> object:
    """YAML has lists and no tuples, which cannot be changed by accident."""
    if not isinstance(value, list) or not value:
        raise ValueError("expected a list with something in it, such as [1, 2]")
    return tuple(value)


def _as_pair(value: object) -> object:
    """One figure is from itself to itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, int | float):
        return [value, value]
    raise ValueError("expected a number or [least, most]")


def _in_order(pair: tuple[float, ...]) -> tuple[float, ...]:
    if len(pair) != 2 or pair[0] > pair[1]:
        raise ValueError("expected [least, most]")
    return pair


def _not_all_0(shares: tuple[float, ...]) -> tuple[float, ...]:
    if sum(shares) <= 0:
        raise ValueError("expected numbers that are not all 0")
    return shares


def _twelve(shares: tuple[float, ...]) -> tuple[float, ...]:
    if len(shares) != 12:
        raise ValueError("expected twelve numbers, January to December")
    return shares


def _codes(mix: Mapping[str, float]) -> Mapping[str, float]:
    if not mix or not mix.keys() <= set(CODES):
        raise ValueError(f"expected shares of {', '.join(CODES)}")
    return MappingProxyType(dict(mix))


def _whole_years(days: tuple[date, ...]) -> tuple[date, ...]:
    ends = tuple((day.month, day.day) for day in days)
    if ends != ((4, 1), (3, 31)) or days[0] > days[1]:
        raise ValueError("expected [first day, last day], from a 1 April to a 31 March, in whole reporting years")
    return days


Whole = Annotated[int, Field(ge=1)]
Number = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Chance = Annotated[float, Field(ge=0, le=1)]
Pair = Annotated[tuple[Number, ...], BeforeValidator(_as_tuple), AfterValidator(_in_order)]
Shares = Annotated[tuple[Number, ...], BeforeValidator(_as_tuple), AfterValidator(_not_all_0)]
Chances = Annotated[tuple[Chance, ...], BeforeValidator(_as_tuple)]
Months = Annotated[tuple[Positive, ...], BeforeValidator(_as_tuple), AfterValidator(_twelve)]
Mix = Annotated[Mapping[str, Positive], AfterValidator(_codes)]
Window = Annotated[tuple[date, ...], BeforeValidator(_as_tuple), AfterValidator(_whole_years)]


class Setting(Entry, Generic[T]):
    """One number, date or list, with its words."""

    label: Text
    unit: Text
    value: T
    description: Text
    reference: Text


class Slide(Entry):
    """One figure of the slides, between two days inclusive."""

    label: Text
    unit: Text
    value: Annotated[Pair, BeforeValidator(_as_pair)]
    first: date
    last: date
    description: Text
    reference: Text

    @property
    def least(self) -> float:
        """The least that the figure may be; as ``most`` where it is exact."""
        return self.value[0]

    @property
    def most(self) -> float:
        """The most that the figure may be."""
        return self.value[1]


class Slides(Entry):
    """Every figure of the slides."""

    open_steady: Slide
    open_peak: Slide
    open_back: Slide
    started: Slide
    started_repeat: Slide
    open_long_percent: Slide
    ended_long_percent: Slide


class Invention(Entry):
    """How families are made up. Units and meanings stand in sample.yaml; pairs are [least, most]."""

    seed: Setting[Whole]
    families: Setting[Whole]
    history_first: Setting[date]
    family_sizes: Setting[Shares]
    age_skew: Setting[Positive]
    sibling_gap_years: Setting[Pair]
    unborn_share: Setting[Chance]
    baby_rate: Setting[Number]
    repeat_chance: Setting[Chance]
    repeat_shape: Setting[Positive]
    repeat_scale_years: Setting[Positive]
    repeat_most_years: Setting[Positive]
    joins_again: Setting[Chance]
    ends_apart: Setting[Chance]
    first_review_days: Setting[Pair]
    next_review_days: Setting[Pair]
    ends_at_review: Setting[Chances]
    ends_between: Setting[Chances]
    category_mix: Setting[Mix]
    category_own: Setting[Chance]
    category_kept: Setting[Chance]
    category_changes: Setting[Chance]
    referral_days: Setting[Pair]
    start_season: Setting[Months]


class Weights(Entry):
    """Points for one plan too many or too few."""

    open: Positive
    open_band: Positive
    ended: Positive
    ended_band: Positive
    long_band: Positive
    shape: Positive


class SampleSettings(Entry):
    """Everything in sample.yaml."""

    area: Setting[Text]
    window: Setting[Window]
    long_plan_days: Setting[Whole]
    slides: Slides
    invention: Invention
    weights: Setting[Weights]

    @property
    def first(self) -> date:
        """The first day that the records cover."""
        return self.window.value[0]

    @property
    def last(self) -> date:
        """The last day that the records cover."""
        return self.window.value[1]

    @property
    def years(self) -> range:
        """The reporting years that the records cover whole, by the year they end in."""
        return range(self.first.year + 1, self.last.year + 1)


def load_sample_settings(folder: Path) -> SampleSettings:
    """Read and check ``folder``/sample.yaml.

    Args:
        folder: The folder config/.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(folder / FILE)
    faults: list[str] = []
    settings = checked(SampleSettings, document, document.content, (), faults)
    if isinstance(settings, SampleSettings):
        faults += _wrong_days(settings, document)
        if not faults:
            return settings
    raise ConfigError(*faults)


def _wrong_days(settings: SampleSettings, document: Document) -> Iterator[str]:
    """A sentence for every date that does not go with another one."""
    if settings.invention.history_first.value > settings.first:
        place = document.at(("invention", "history_first", "value"))
        yield f"{place}: 'invention.history_first' must not be after the first day of 'window'."
    for name, slide in settings.slides:
        if not settings.first <= slide.first <= slide.last <= settings.last:
            place = document.at(("slides", name, "first"))
            yield f"{place}: 'slides.{name}' must have 'first' up to 'last', and both within 'window'."
