"""What the invented plan records must reproduce and how they are made up: config/sample.yaml as frozen objects."""

from datetime import date
from pathlib import Path
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from explorer.config import Text, _checked, _Entry
from explorer.errors import ConfigError
from explorer.yaml_reader import read_yaml

FILE = "sample.yaml"
T = TypeVar("T")
Code = Literal["NEG", "EMO", "PHY", "SAB", "MUL"]


def _in_order(pair: tuple[float, ...]) -> tuple[float, ...]:
    if len(pair) != 2 or pair[0] > pair[1]:
        raise ValueError("expected [least, most]")
    return pair


def _not_all_0(shares: tuple[float, ...]) -> tuple[float, ...]:
    if sum(shares) <= 0:
        raise ValueError("expected numbers that are not all 0")
    return shares


def _whole_years(days: tuple[date, ...]) -> tuple[date, ...]:
    ends = tuple((day.month, day.day) for day in days)
    if ends != ((4, 1), (3, 31)) or days[0] > days[1]:
        raise ValueError("expected [first day, last day], from a 1 April to a 31 March, in whole reporting years")
    return days


def _twelve(shares: tuple[float, ...]) -> tuple[float, ...]:
    if len(shares) != 12:
        raise ValueError("expected twelve numbers, January to December")
    return shares


def _as_pair(value: object) -> object:
    """One figure is from itself to itself."""
    return value if isinstance(value, list) else [value, value]


Whole = Annotated[int, Field(ge=1)]
Number = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Chance = Annotated[float, Field(ge=0, le=1)]
# YAML has lists and no tuples; not being strict about that lets them be frozen
Pair = Annotated[tuple[Number, ...], Field(strict=False), AfterValidator(_in_order)]
Shares = Annotated[tuple[Number, ...], Field(strict=False), AfterValidator(_not_all_0)]
Chances = Annotated[tuple[Chance, ...], Field(strict=False, min_length=1)]
Months = Annotated[tuple[Positive, ...], Field(strict=False), AfterValidator(_twelve)]
Window = Annotated[tuple[date, ...], Field(strict=False), AfterValidator(_whole_years)]


class Setting(_Entry, Generic[T]):
    """One number, date or list, with its words."""

    label: Text
    unit: Text
    value: T
    description: Text
    reference: Text


class Slide(_Entry):
    """One figure of the slides, between two days inclusive."""

    label: Text
    unit: Text
    value: Annotated[Pair, BeforeValidator(_as_pair)]
    first: date
    last: date
    description: Text
    reference: Text

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("'first' must not be after 'last'")
        return self

    @property
    def least(self) -> float:
        """The least that the figure may be; as ``most`` where it is exact."""
        return self.value[0]

    @property
    def most(self) -> float:
        """The most that the figure may be."""
        return self.value[1]


class Slides(_Entry):
    """Every figure of the slides."""

    open_steady: Slide
    open_peak: Slide
    open_back: Slide
    started: Slide
    started_repeat: Slide
    open_long_percent: Slide
    ended_long_percent: Slide


class Invention(_Entry):
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
    category_mix: Setting[dict[Code, Positive]]
    category_own: Setting[Chance]
    category_kept: Setting[Chance]
    category_changes: Setting[Chance]
    referral_days: Setting[Pair]
    start_season: Setting[Months]


class Weights(_Entry):
    """Points for one plan too many or too few."""

    open: Positive
    open_band: Positive
    ended: Positive
    ended_band: Positive
    long_band: Positive
    shape: Positive


class SampleSettings(_Entry):
    """Everything in sample.yaml."""

    area: Setting[Text]
    window: Setting[Window]
    long_plan_days: Setting[Whole]
    slides: Slides
    invention: Invention
    weights: Setting[Weights]

    @model_validator(mode="after")
    def _history_before_window(self) -> Self:
        if self.invention.history_first.value > self.first:
            raise ValueError("'invention.history_first' must not be after the first day of 'window'")
        return self

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
    settings = _checked(SampleSettings, document, document.content, (), faults)
    if isinstance(settings, SampleSettings):
        return settings
    raise ConfigError(*faults)
