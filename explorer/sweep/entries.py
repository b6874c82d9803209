"""What a sweep's file may hold: for whom, from when, how far ahead, and which scenarios."""

from collections.abc import Mapping
from datetime import date
from math import isfinite, prod
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from explorer.entries import Entry, Text, Whole

ALL = "all"
MOST_DRAWS = 10_000
MOST_SCENARIOS = 10_000
_LAST_SEED = 2**32 - 1


class Around(Entry):
    """An authority and a group of benchmarks.yaml around it."""

    group: Text
    around: Text


class Steps(Entry):
    """Numbers from one to another, both included."""

    start: float = Field(alias="from")
    to: float
    step: Annotated[float, Field(gt=0)]

    @property
    def count(self) -> int:
        """How many they are, none of them made; of more than a sweep may have, one more than that."""
        steps = (self.to - self.start) / self.step
        if steps < 0:  # none backwards
            return 0
        return int(steps + 1e-9) + 1 if steps < MOST_SCENARIOS else MOST_SCENARIOS + 1

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers, as they would be written: 0.3 and not 0.30000000000000004."""
        return tuple(round(self.start + number * self.step, 10) for number in range(self.count))


class Grid(Entry):
    """Scenarios that differ in some values: every value of one with every value of the others.

    Attributes:
        name: what the scenarios' names begin with.
        base: what all of them have, in the words of a scenario's file; empty where that is nothing.
        over: by what is varied ("coupling", "restorative_conferences.reach",
            "restorative_conferences.ratios.return"), its values.
    """

    name: Text
    base: Mapping[str, Any] = Field(default_factory=dict)
    over: Mapping[str, tuple[float | Literal["lasts"], ...] | Steps]

    @property
    def size(self) -> int:
        """How many scenarios it has, none of them made."""
        return prod(one.count if isinstance(one, Steps) else len(one) for one in self.over.values())

    @field_validator("over", mode="after")
    @classmethod
    def _few(cls, over: Mapping[str, tuple[Any, ...] | Steps]) -> Mapping[str, tuple[Any, ...] | Steps]:
        for key, values in over.items():
            if isinstance(values, Steps) and not 0 < values.count <= MOST_SCENARIOS:
                many = f"more than {MOST_SCENARIOS:,}" if values.count else "no"
                raise ValueError(f"'{key}' has {many} values; allowed: 1 to {MOST_SCENARIOS:,}. Take other steps")
        return over

    @field_validator("over", mode="before")
    @classmethod
    def _values(cls, given: object) -> object:
        if not isinstance(given, dict) or not given:
            raise ValueError("names what is varied, such as restorative_conferences.reach, each with its values")
        read: dict[str, object] = {}
        for key, values in given.items():
            number = isinstance(values, list) and values and all(_is_value(one) for one in values)
            steps = isinstance(values, dict) and set(values) == {"from", "to", "step"}
            if not number and not (steps and all(_is_number(one) for one in values.values()) and values["step"] > 0):
                raise ValueError(
                    f"'{key}' needs a list of numbers such as [0.8, 1.0], or {{from: 0, to: 1, step: 0.5}}"
                )
            read[key] = tuple(values) if isinstance(values, list) else values
        return read


def _is_value(one: object) -> bool:
    return one == "lasts" or _is_number(one)


def _is_number(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one)


class Scenarios(Entry):
    """Which scenarios: of config/scenarios, written out as in such a file, and grids."""

    shipped: tuple[str, ...] | Literal["all"] = ()
    written: Annotated[tuple[Mapping[str, Any], ...], Field(strict=False)] = ()
    grids: Annotated[tuple[Grid, ...], Field(strict=False)] = ()

    @field_validator("shipped", mode="before")
    @classmethod
    def _names(cls, given: object) -> object:
        if given == ALL:
            return given
        if isinstance(given, list) and all(isinstance(one, str) for one in given):
            return tuple(given)
        raise ValueError(f"is '{given}'; allowed: all, or a list of names of files in config/scenarios")


class SweepFile(Entry):
    """A sweep as it is written; see docs/sweeps.md."""

    name: Text
    notes: str = ""
    authorities: tuple[str, ...] | Around | Literal["all"]
    as_at: tuple[int, ...] | Literal["all"]
    months: Whole | None = None
    draws: Annotated[int, Field(ge=2, le=MOST_DRAWS)] | None = None
    seed: Annotated[int, Field(ge=0, le=_LAST_SEED)] | None = None
    measures: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] | None = None
    scenarios: Scenarios

    @field_validator("authorities", mode="before")
    @classmethod
    def _whom(cls, given: Any) -> object:  # noqa: ANN401 - whatever stands there
        match given:
            case "all":
                return given
            case {"group": str(), "around": str() | int()} if len(given) == 2:
                return {"group": given["group"], "around": str(given["around"])}
            case [_, *_] if all(isinstance(one, str | int) and not isinstance(one, bool) for one in given):
                return tuple(dict.fromkeys(str(one) for one in given))
        raise ValueError(
            f'is \'{given}\'; allowed: all, a list of DfE numbers such as ["358", "857"], or '
            '{group: neighbours-2025, around: "358"}'
        )

    @field_validator("as_at", mode="before")
    @classmethod
    def _when(cls, given: object) -> object:
        if given == ALL:
            return given
        years = [_year(one) for one in given] if isinstance(given, list) and given else [None]
        if None in years:
            raise ValueError(f"is '{given}'; allowed: all, or a list of years such as [2018], each for its 31 March")
        return tuple(dict.fromkeys(years))


def _year(given: object) -> int | None:
    """A year, or the year of a 31 March; None for anything else."""
    if isinstance(given, date):
        return given.year if (given.month, given.day) == (3, 31) else None
    return given if isinstance(given, int) and not isinstance(given, bool) else None
