"""What several tests share: the shipped world, loaded once, and a copy of the project that a test may break."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from explorer.areas import comparators
from explorer.benchmarks.position import Position, position
from explorer.errors import ExplorerError, SelectionError
from explorer.models.calibration import Calibration, calibrate
from explorer.world import World, load_world

ROOT = Path(__file__).parent.parent
GROUP = "neighbours-2025"
TRAFFORD, STOCKPORT, CITY_OF_LONDON, HACKNEY = "358", "356", "201", "204"
REPEAT, OPEN_LONG, ENDED_LONG, OPEN = (
    "repeat_plan_percent",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
    "plans_open",
)
MEASURES = "data/published/measures.csv"


@lru_cache(maxsize=1)
def shipped_world() -> World:
    """The configuration and data of this repository."""
    return load_world()


@lru_cache(maxsize=1)
def tables() -> dict[tuple[str, int], pl.DataFrame]:
    """The indicator table cut up by indicator and year, so that a walk over all of them is quick."""
    parts = shipped_world().table.partition_by("indicator", "period", as_dict=True)
    return {(str(key[0]), int(key[1])): part for key, part in parts.items()}


@lru_cache(maxsize=8)
def every_position(indicator: str, *years: int) -> dict[tuple[str, int], Position]:
    """The position of every authority, among its 2025 neighbours, in some years or all that the indicator has."""
    world, found = shipped_world(), {}
    for year in (year for year in years or world.years if (indicator, year) in tables()):
        for area in world.areas.authorities:
            group = comparators(world.areas, world.config.benchmarks, GROUP, area.code, year)
            found[area.code, year] = position(
                tables()[indicator, year], world.areas, world.indicator(indicator), area.code, year, group
            )
    return found


@lru_cache(maxsize=1)
def every_calibration() -> dict[tuple[str, int], Calibration | SelectionError]:
    """What a what-if rests on for every authority and year, or why there is none."""
    world = shipped_world()
    parts = {str(key[0]): part for key, part in world.table.partition_by("area", as_dict=True).items()}
    found: dict[tuple[str, int], Calibration | SelectionError] = {}
    for area in world.areas.authorities:
        for year in world.years:
            try:
                found[area.code, year] = calibrate(parts[area.code], world.config, area.code, area.label, year)
            except SelectionError as problem:
                found[area.code, year] = problem
    return found


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


def copied_project(folder: Path, areas: tuple[str, ...] = (TRAFFORD, CITY_OF_LONDON, "E92000001")) -> Project:
    """The shipped config and data, with the measures of a few areas only, so that a test reads them quickly."""
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "data", folder / "data")
    project = Project(folder)
    heading, *lines = project.text(MEASURES).splitlines()
    kept = [line for line in lines if line.split(",")[1] in areas]
    project.write(MEASURES, "\n".join([heading, *kept]) + "\n")
    return project


def faults(run: Callable[[], object], kind: type[ExplorerError]) -> tuple[str, ...]:
    """The sentences of the error that ``run`` ends with, which has to be exactly of ``kind``."""
    try:
        run()
    except ExplorerError as problem:
        assert type(problem) is kind, f"{type(problem).__name__} instead of {kind.__name__}: {problem}"
        return problem.faults
    raise AssertionError(f"no {kind.__name__} was raised")
