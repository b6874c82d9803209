"""What several tests share: the shipped world, loaded once, and a copy of the project that a test may break."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from explorer.config import Benchmarks
from explorer.errors import ExplorerError
from explorer.models.calibration import Calibration, Count
from explorer.world import World, load_world

ROOT = Path(__file__).parent.parent
GROUP = "neighbours-2025"
TRAFFORD, STOCKPORT, CITY_OF_LONDON, HACKNEY, ENGLAND = "358", "356", "201", "204", "E92000001"
REPEAT, OPEN_LONG, ENDED_LONG, OPEN = (
    "repeat_plan_percent",
    "open_2y_plus_percent",
    "ended_2y_plus_percent",
    "plans_open",
)
MEASURES = "data/published/measures.csv"
BANDS = ("up_to_3m", "3m_to_6m", "6m_to_1y", "1y_to_2y", "2y_plus")
# What may stand in no sentence: a value that was not filled in, a symbol of a source, a slip of punctuation.
BROKEN = re.compile(r"None|\bnan\b|\binf\b|[{}\[\]<>]|  |c%|\.\.| [.,;:]|\b-0\b|-0\.0|\bpublished:|^\s|\s$")
# A nought said of a figure: that would be a lie where the figure is hidden.
ZERO = re.compile(r"(?<![\d.,])0(\.0)?(%| of | plan)")


@lru_cache(maxsize=1)
def shipped_world() -> World:
    """The configuration and data of this repository."""
    return load_world()


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


def counted(calibration: Calibration, measure: str) -> Count:
    """One of the counts that a calibration rests on."""
    return next(item for item in calibration.counts if item.measure == measure)


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
