"""A finished sweep as a page asks of it: what an idea would change in each authority, and how sure that is.

Files are read no further than a question needs: one 31 March, one measure with its counts, one year ahead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from explorer.config import Indicator
from explorer.errors import DataError
from explorer.models.swept import Cell
from explorer.sweep.cells import ROWS
from explorer.sweep.manifest import FILE, Manifest, read_manifest
from explorer.sweep.store import CELLS, EVERY, read_rows

# One file a 31 March is a tenth of one a block. Counts are means over a thousand draws, so they lose nothing; of a
# percentage the page shows one place.
GATHERED_PLACES = 3
_NEEDED = ("area", "scenario", "indicator", "baseline_mean", "scenario_mean", "difference", "p10", "p90")
_SURE = ("p_lower", "p_higher")


@dataclass(frozen=True)
class Finished:
    """A sweep that has been tried to its end."""

    folder: Path
    manifest: Manifest

    @property
    def digest(self) -> str:
        """Of what was asked and what it rests on."""
        return self.manifest.digest

    @cached_property
    def as_ats(self) -> tuple[int, ...]:
        """The years of the 31 Marches that it looks ahead from, in order."""
        return tuple(sorted({year for year, _ in self.manifest.asked["blocks"]}))

    @property
    def years(self) -> tuple[int, ...]:
        """How many years ahead figures are told."""
        return tuple(self.manifest.asked["years"])

    @property
    def indicators(self) -> tuple[str, ...]:
        """The measures worked out."""
        return tuple(self.manifest.asked["indicators"])

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, in order."""
        return self.manifest.scenarios

    def code(self, scenario: str) -> str:
        """A scenario as a link of the What if page says it."""
        found: str = next(one["code"] for one in self.manifest.asked["scenarios"] if one["name"] == scenario)
        return found

    def areas(self, as_at: int) -> tuple[str, ...]:
        """The authorities that were asked for at a 31 March."""
        return tuple(area for year, area in self.manifest.asked["blocks"] if year == as_at)


def open_finished(folder: Path) -> Finished:
    """A finished sweep.

    Raises:
        DataError: there is none in the folder, or it is not finished.
    """
    found = read_manifest(folder)
    if found is None:
        raise DataError(f"{folder}: there is no sweep here; expected a folder with {FILE}, as 'sweep' writes it.")
    if not found.finished:
        raise DataError(f"{folder}: this sweep is not finished. Give the command that began it again; it goes on.")
    return Finished(folder, found)


def cells(
    found: Finished, as_at: int, indicator: str, years: int, entries: Mapping[str, Indicator]
) -> tuple[Cell, ...]:
    """Every authority that was asked for under every scenario, in that order; failed ones with the sentence why.

    Args:
        as_at: year of the 31 March from which it looks ahead.
        years: ahead.
        entries: every indicator of config/, by name.

    Raises:
        DataError: a file cannot be read.
    """
    entry = entries[indicator]
    parts = [name for name in (entry.numerator, entry.denominator) if name is not None]
    wanted = [indicator, *parts]
    try:
        table = (
            read_rows(found.folder, as_at)
            .filter(pl.col("indicator").is_in(wanted), pl.col("years") == years, pl.col("as_at") == as_at)
            .select(*_NEEDED, *_SURE)
            .collect()
        )
    except (OSError, pl.exceptions.PolarsError) as problem:
        said = str(problem).split("\n")[0]
        raise DataError(f"{found.folder}: the results of this sweep cannot be read ({said}).") from None
    rows = {(row["area"], row["scenario"], row["indicator"]): row for row in table.iter_rows(named=True)}
    return tuple(_cells(found, as_at, indicator, parts, rows))


def _cells(
    found: Finished,
    as_at: int,
    indicator: str,
    parts: Sequence[str],
    rows: Mapping[tuple[str, str, str], dict[str, Any]],
) -> Iterator[Cell]:
    for area in found.areas(as_at):
        for scenario in found.scenarios:
            row = rows.get((area, scenario, indicator))
            why = found.manifest.why_not(as_at, area, scenario)
            if row is None and not why:
                raise DataError(
                    f"{found.folder}: the results of this sweep cannot be read: those of {area}, 31 March {as_at}, are "
                    "missing. Give the command that made it again, or copy the whole folder."
                )
            if row is None or row["difference"] is None:
                yield Cell(area, scenario, why=why or "In no possible future is there a figure: there are no plans.")
                continue
            counted = [rows.get((area, scenario, part)) for part in parts]
            yield Cell(
                area,
                scenario,
                row["baseline_mean"],
                row["scenario_mean"],
                row["difference"],
                row["p10"],
                row["p90"],
                row["p_lower"],
                row["p_higher"],
                _counts(counted),
            )


def _counts(counted: Sequence[Mapping[str, Any] | None]) -> tuple[float, float, float, float] | None:
    top, whole = counted if len(counted) == 2 else (None, None)
    if top is None or whole is None:
        return None
    return top["baseline_mean"], whole["baseline_mean"], top["scenario_mean"], whole["scenario_mean"]


def gather(found: Finished, out: Path) -> None:
    """Write a finished sweep smaller, to go with a program: one file a 31 March, figures to ``GATHERED_PLACES``.

    Pages read it as any other. No sweep goes on in it: its blocks have no files of their own.

    Raises:
        OSError: it cannot be written.
    """
    for as_at in found.as_ats:
        rows = read_rows(found.folder, as_at).select(*ROWS).with_columns(pl.col(pl.Float64).round(GATHERED_PLACES))
        file = out / CELLS / f"as_at={as_at}" / EVERY
        file.parent.mkdir(parents=True, exist_ok=True)
        ordered = rows.sort("indicator", "years", "scenario", "area")
        ordered.collect().write_parquet(file, compression="zstd", compression_level=22)
    (out / FILE).write_bytes((found.folder / FILE).read_bytes())
