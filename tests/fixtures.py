"""What several tests share: the shipped world, loaded once, and a copy of the project that a test may break."""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from explorer.benchmark_entries import Benchmarks
from explorer.errors import ExplorerError
from explorer.models.calibration import Calibration, calibrate
from explorer.models.england import England, learn
from explorer.models.history import History, load_history
from explorer.world import World, load_world

ROOT = Path(__file__).parent.parent
GROUP = "neighbours-2025"
TRAFFORD, STOCKPORT, CITY_OF_LONDON, HACKNEY, ENGLAND = "358", "356", "201", "204", "E92000001"
ISLES_OF_SCILLY = "420"
REPEAT, OPEN_LONG, ENDED_LONG, OPEN = (
    "repeat_plan_percent",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
    "plans_open",
)
MEASURES = "data/published/measures.csv"
# What may stand in no sentence: a value that was not filled in, a symbol of a source, a slip of punctuation.
BROKEN = re.compile(r"None|\bnan\b|\binf\b|[{}\[\]<>]|  |c%|\.\.| [.,;:]|\b-0\b|-0\.0|\bpublished:|^\s|\s$")
# A nought said of a figure: that would be a lie where the figure is hidden.
ZERO = re.compile(r"(?<![\d.,])0(\.0)?(%| of | plan)")


@lru_cache(maxsize=1)
def shipped_world() -> World:
    """The configuration and data of this repository."""
    return load_world()


@lru_cache
def england_in(year: int) -> England:
    """What the model learns from every authority's figures to 31 March of a year."""
    world = shipped_world()
    return learn(world.history.up_to(year), world.models.fit, world.models.return_shape)


@lru_cache
def start_of(area: str, year: int, draws: int = 200) -> Calibration:
    """An authority as a what-if finds it."""
    world = shipped_world()
    known, name = world.history.up_to(year), world.areas.label(area)
    return calibrate(known, england_in(year), area, name, draws, world.models.seed, world.models.fewest)


@lru_cache
def other_years_after(year: int) -> History:
    """The counts of every authority with every figure after a year another, and nothing hidden there."""
    world, later = shipped_world(), pl.col("period") > year
    changed = pl.col("value").fill_null(0) * 7 + pl.when(pl.col("indicator").str.contains("2y")).then(
        500_000
    ).otherwise(0)
    table = world.table.with_columns(
        value=pl.when(later).then(changed).otherwise("value"),
        status=pl.when(later).then(pl.lit("published")).otherwise("status"),
    )
    return load_history(table, world.history.areas, world.config.benchmarks.suppression)


def contents(thing: object) -> object:
    """Everything in an object of arrays, to the last bit, to be compared with another's."""
    if isinstance(thing, np.ndarray):
        return thing.shape, thing.tobytes()
    if is_dataclass(thing):
        return [(field.name, contents(getattr(thing, field.name))) for field in fields(thing)]
    if isinstance(thing, Mapping):
        return [(name, contents(one)) for name, one in thing.items()]
    return thing


def walked() -> list[tuple[str, int]]:
    """Authorities and years for the tests that walk over them: half, or all where WALK=all is in the environment.

    Each authority has every other pair of years, and the next one the other pairs: so every authority, every
    year and a change from one year to the next are among the half.
    """
    world, everything = shipped_world(), os.environ.get("WALK") == "all"
    return [
        (area.code, year)
        for number, area in enumerate(world.areas.authorities)
        for year in world.years
        if everything or (number + year // 2) % 2
    ]


def allowing_for(design_effect: float) -> Benchmarks:
    """The shipped benchmarks with another allowance for brothers and sisters; 1 is none."""
    benchmarks = shipped_world().config.benchmarks
    changed = benchmarks.uncertainty.model_copy(update={"design_effect": design_effect})
    return benchmarks.model_copy(update={"uncertainty": changed})


@dataclass(frozen=True)
class Project:
    """A copy of config/ and data/ in a folder of its own."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config"

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> None:
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / file).write_bytes(raw)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first ``old``; it has to be there, or the test would test nothing."""
        content = self.text(file)
        assert old in content, f"{file} has no {old!r}"
        self.write(file, content.replace(old, new, 1))

    def line(self, file: str, text: str) -> int:
        """The number, from 1, of the first line that holds ``text``."""
        return next(number for number, line in enumerate(self.text(file).splitlines(), 1) if text in line)

    def replace_line(self, file: str, start: str, new: str) -> int:
        """Put ``new`` in the place of the line that begins with ``start``; return its number."""
        lines = self.text(file).splitlines()
        (number,) = (number for number, line in enumerate(lines) if line.startswith(start))
        lines[number] = new
        self.write(file, "\n".join(lines) + "\n")
        return number + 1

    def append(self, file: str, line: str) -> int:
        """Add a line at the end; return its number."""
        content = self.text(file)
        self.write(file, content + line + "\n")
        return len(content.splitlines()) + 1


@lru_cache(maxsize=1)
def _few_measures() -> str:
    """The measures of Trafford, the City of London and England alone, so that a test reads them quickly."""
    heading, *lines = (ROOT / MEASURES).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(",", 2)[1] in (TRAFFORD, CITY_OF_LONDON, ENGLAND)]
    return "\n".join([heading, *kept]) + "\n"


def copied_project(folder: Path) -> Project:
    """The shipped config and data, with the measures of a few areas only."""
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns(Path(MEASURES).name))
    project = Project(folder)
    project.write(MEASURES, _few_measures())
    return project


def faults(run: Callable[[], object], kind: type[ExplorerError]) -> tuple[str, ...]:
    """The sentences of the error that ``run`` ends with, which has to be exactly of ``kind``."""
    with pytest.raises(kind) as caught:
        run()
    assert caught.type is kind
    return caught.value.faults
