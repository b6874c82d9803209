"""What a sweep is asked for, in full: every authority, 31 March and scenario, and the numbers that all share."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.entries import checked
from explorer.errors import ConfigError, SelectionError
from explorer.models.flow import INDICATORS
from explorer.models.outcome import TOLD
from explorer.models.scenarios import global_range
from explorer.models.what_if import HORIZONS
from explorer.sweep.entries import ALL, MOST_SCENARIOS, Around, SweepFile
from explorer.sweep.program import program
from explorer.sweep.scenarios import Named, how_many, scenarios_of
from explorer.world import World
from explorer.yaml_reader import Document, read_yaml

MOST_CELLS = 1_000_000  # about a day and a half of one program
_WORDS = ("label", "unit", "description", "reference", "what", "status", "strength", "evidence", "impact", "began")


@dataclass(frozen=True, order=True)
class Block:
    """One authority at one 31 March: its scenarios share a calibration, their chance and how things go on."""

    as_at: int
    area: str


@dataclass(frozen=True)
class Sweep:
    """A sweep in full.

    Attributes:
        name, notes: as its file says.
        blocks: in order; each has a cell for every scenario.
        scenarios: as read; see ``scenarios.Named``.
        indicators: the measures worked out, of ``flow.INDICATORS``; a percentage brings its counts.
        years: ahead, at which differences are told.
        months, draws, seed: of every cell.
    """

    name: str
    notes: str
    blocks: tuple[Block, ...]
    scenarios: tuple[Named, ...]
    indicators: tuple[str, ...]
    years: tuple[int, ...]
    months: int
    draws: int
    seed: int

    @property
    def cells(self) -> int:
        """Authorities and 31 Marches times scenarios."""
        return len(self.blocks) * len(self.scenarios)

    def asked(self) -> dict[str, Any]:
        """Everything that was asked, in one form whatever the file looked like; plain values alone."""
        return {
            "name": self.name,
            "notes": self.notes,
            "months": self.months,
            "draws": self.draws,
            "seed": self.seed,
            "years": list(self.years),
            "indicators": list(self.indicators),
            "scenarios": [{"name": one.name, "code": one.code, "notes": one.notes} for one in self.scenarios],
            "blocks": [[block.as_at, block.area] for block in self.blocks],
        }


def rests_on(world: World) -> dict[str, str]:
    """What figures hang on besides what was asked: data, settings, program and the libraries that do the sums."""
    return {"data": world.version, "settings": settings_digest(world), **program()}


def settings_digest(world: World) -> str:
    """Eight signs that change with any number of config/ that a cell hangs on; words may change."""
    models = world.models
    what_if = models.what_if
    held = {
        "fit": models.fit.model_dump(mode="json"),
        "model": what_if.model.model_dump(mode="json"),
        "settings": what_if.settings.model_dump(mode="json"),
        "ideas": {name: idea.model_dump(mode="json") for name, idea in what_if.interventions.items()},
        "hidden": world.config.benchmarks.suppression.model_dump(mode="json"),
    }
    return digest_of(_without_words(held), 8)


def digest_of(held: object, signs: int = 16) -> str:
    """A digest of plain values, the same for the same ones wherever it is worked out."""
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:signs]


def _without_words(held: object) -> object:
    match held:
        case dict():
            return {key: _without_words(value) for key, value in held.items() if key not in _WORDS}
        case list():
            return [_without_words(value) for value in held]
    return held


def read_sweep(path: Path, world: World) -> Sweep:
    """Read a sweep's file and work out all that it asks for.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    document = read_yaml(path)
    faults: list[str] = []
    found = checked(SweepFile, document, document.content, (), faults)
    if not isinstance(found, SweepFile):
        raise ConfigError(*faults)
    months = _months(found, world, document, faults)
    years = _years_of(found, world, document, faults)
    blocks = tuple(Block(year, area) for year in years for area in _areas(found, world, year, document, faults))
    indicators = _indicators(found, world, document, faults)
    many = _too_many(len(blocks), how_many(found.scenarios, world.models), document)
    faults += many
    try:
        scenarios = () if many else scenarios_of(found.scenarios, months, world.models, document)
    except ConfigError as problem:
        faults += problem.faults
    if faults:
        raise ConfigError(*dict.fromkeys(faults))
    draws = world.models.draws if found.draws is None else found.draws
    seed = world.models.seed if found.seed is None else found.seed
    ahead = tuple(year for year in dict.fromkeys((*HORIZONS, months // 12)) if 12 * year <= months)
    return Sweep(found.name, found.notes, blocks, scenarios, indicators, ahead, months, draws, seed)


def _too_many(blocks: int, scenarios: int, document: Document) -> list[str]:
    """The sentence for more cells than a sweep may have, counted before any scenario is read."""
    if blocks * scenarios <= MOST_CELLS or scenarios > MOST_SCENARIOS:  # which is told of where they are read
        return []
    asked = f"{blocks:,} authorities and 31 Marches under {scenarios:,} scenarios"
    cells = f"{blocks * scenarios:,} cells; allowed: up to {MOST_CELLS:,}"
    return [f"{document.at(('scenarios',))}: {asked} are {cells}. Make several sweeps of it."]


def _months(found: SweepFile, world: World, document: Document, faults: list[str]) -> int:
    allowed = global_range(world.models.what_if, "months")
    months = int(allowed.value) if found.months is None else found.months
    if not allowed.holds(months):
        faults.append(f"{document.at(('months',))}: 'months' is {months}; allowed: {allowed.allowed}.")
    return months


def _years_of(found: SweepFile, world: World, document: Document, faults: list[str]) -> tuple[int, ...]:
    """Years that can be looked ahead from: England's rates are learnt from the figures of two years."""
    possible = world.history.years[1:]
    if found.as_at == ALL:
        return possible
    assert not isinstance(found.as_at, str)
    for year in found.as_at:
        if year not in possible:
            allowed = f"{possible[0]} to {possible[-1]}, each for its 31 March"
            faults.append(f"{document.at(('as_at',))}: 'as_at' has {year}; allowed: {allowed}.")
    return tuple(sorted(year for year in found.as_at if year in possible))


def _areas(found: SweepFile, world: World, year: int, document: Document, faults: list[str]) -> Iterator[str]:
    """The authorities of a year: 'all' are those that existed; of a list or group all stay, and are told of."""
    place = document.at(("authorities",))
    match found.authorities:
        case Around() as chosen:
            try:
                yield chosen.around
                yield from world.comparators(chosen.around, year, chosen.group).members
            except SelectionError as problem:
                faults += [f"{place}: {fault}" for fault in problem.faults]
        case tuple() as codes:
            for code in codes:
                if code in world.areas.by_code and world.areas[code].level == "local_authority":
                    yield code
                else:
                    faults.append(f"{place}: '{code}' is not an authority. Trafford, for example, is 358.")
        case _:
            yield from sorted(area.code for area in world.areas.authorities if area.existed(year))


def _indicators(found: SweepFile, world: World, document: Document, faults: list[str]) -> tuple[str, ...]:
    """The measures with the counts of each percentage, which always go with it, in the order of the model."""
    wanted = set(TOLD if found.measures is None else found.measures)
    for name in sorted(wanted - set(INDICATORS)):
        place = document.at(("measures",))
        faults.append(f"{place}: 'measures' has '{name}'; allowed: {', '.join(INDICATORS)}.")
    for name in wanted & set(INDICATORS):
        entry = world.config.indicators[name]
        wanted |= {part for part in (entry.numerator, entry.denominator) if part is not None}
    return tuple(name for name in INDICATORS if name in wanted)
