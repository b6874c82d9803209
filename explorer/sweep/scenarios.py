"""The scenarios of a sweep: those that ship, those written out, and grids; all read as a scenario's own file is."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from explorer.errors import ConfigError, DataError
from explorer.models.scenario_code import scenario_code
from explorer.models.scenario_file import read_scenario
from explorer.models.scenarios import GLOBALS, Scenario
from explorer.models.settings import ModelSettings
from explorer.models.what_if_entries import WhatIfSettings
from explorer.sweep.entries import ALL, MOST_SCENARIOS, Grid, Scenarios, Steps
from explorer.yaml_reader import Document, KeyPath

_READ_AS = "scenario"


@dataclass(frozen=True)
class Named:
    """A scenario of a sweep: how it is called, what is told of it, its code for links, and itself."""

    name: str
    notes: str
    code: str
    scenario: Scenario


def scenarios_of(found: Scenarios, months: int, models: ModelSettings, document: Document) -> tuple[Named, ...]:
    """Every scenario of a sweep, in the order of its file: shipped, written, grids.

    Args:
        months: how far the sweep looks ahead; a scenario's own months, authority and year give way.
        document: the file, for the sentences.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    faults = _too_many(found, models, document)
    if faults:
        raise ConfigError(*faults)
    read = [*_shipped(found, models, document, faults), *_own(found, models.what_if, document, faults)]
    if not faults:
        faults += _twice([one.name for one in read], document)
    if not faults and not read:
        faults.append(f"{document.at(('scenarios',))}: 'scenarios' has none; give 'shipped', 'written' or 'grids'.")
    if faults:
        raise ConfigError(*faults)
    return tuple(_named(one, months, models.what_if) for one in read)


def how_many(found: Scenarios, models: ModelSettings) -> int:
    """How many scenarios a sweep's file asks for, counted before any is made."""
    shipped = len(models.scenarios if found.shipped == ALL else found.shipped)
    return shipped + len(found.written) + sum(grid.size for grid in found.grids)


def _too_many(found: Scenarios, models: ModelSettings, document: Document) -> list[str]:
    """The sentence for more scenarios than a sweep may have."""
    size = how_many(found, models)
    if size <= MOST_SCENARIOS:
        return []
    return [f"{document.at(('scenarios',))}: 'scenarios' has {size:,} in all; allowed: 1 to {MOST_SCENARIOS:,}."]


def _named(one: Scenario, months: int, settings: WhatIfSettings) -> Named:
    plain = replace(one, months=months, area=None, year=None, data_version=None)
    return Named(one.name, one.notes, scenario_code(plain, settings), plain)


def _shipped(found: Scenarios, models: ModelSettings, document: Document, faults: list[str]) -> Iterator[Scenario]:
    for name in models.scenarios if found.shipped == ALL else found.shipped:
        if name in models.scenarios:
            yield models.scenarios[name]
        else:
            place = document.at(("scenarios", "shipped"))
            faults.append(f"{place}: there is no scenario '{name}'; allowed: {', '.join(models.scenarios)}.")


def _own(found: Scenarios, settings: WhatIfSettings, document: Document, faults: list[str]) -> Iterator[Scenario]:
    for number, written in enumerate(found.written):
        yield from _read(written, settings, document, ("scenarios", "written", number), faults)
    for number, grid in enumerate(found.grids):
        path = ("scenarios", "grids", number)
        for written in _of_grid(grid):
            before = len(faults)
            yield from _read(written, settings, document, path, faults)
            if len(faults) > before:  # the next ones would say the same again
                break


def _read(
    written: Mapping[str, Any], settings: WhatIfSettings, document: Document, path: KeyPath, faults: list[str]
) -> Iterator[Scenario]:
    """A scenario in the words of its own file, by the reader of such files: JSON is YAML on one line."""
    try:
        yield read_scenario(json.dumps(written, default=str), settings, _READ_AS)
    except DataError as problem:
        place = document.at(path)
        faults += [fault.replace(f"{_READ_AS} line 1:", f"{place}:") for fault in problem.faults]


def _of_grid(grid: Grid) -> Iterator[dict[str, Any]]:
    """Every scenario of a grid as its own file would say it."""
    for values in product(*(_values(one) for one in grid.over.values())):
        written = json.loads(json.dumps(dict(grid.base), default=str))
        chosen = dict(zip(grid.over, values, strict=True))
        for key, value in chosen.items():
            _put(written, key.split("."), value)
        said = ", ".join(f"{key.rpartition('.')[2].replace('_', ' ')} {_short(value)}" for key, value in chosen.items())
        yield written | {"name": f"{grid.name}: {said}"}


def _put(written: dict[str, Any], path: list[str], value: object) -> None:
    """Set a value where a scenario's file has it; what belongs to an idea stands below 'interventions'."""
    keys = path if path[0] in GLOBALS else ["interventions", *path]
    for key in keys[:-1]:
        below = written.get(key)
        if not isinstance(below, dict):
            below = written[key] = {}
        written = below
    written[keys[-1]] = value


def _values(given: object) -> tuple[Any, ...]:
    if isinstance(given, Steps):
        return given.values
    assert isinstance(given, tuple)
    return given


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _twice(names: list[str], document: Document) -> list[str]:
    place = document.at(("scenarios",))
    twice = [name for name, times in Counter(names).items() if times > 1]
    return [f"{place}: two scenarios are called '{name}'; give each a name of its own." for name in twice]
