"""The result of the back-test as a file that ships with the program, for the page that tells how far to trust it.

Working it out takes a minute, so it is not done on a page. The file says with which data and settings it was made.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from explorer.errors import DataError
from explorer.models.backtest import FIRST_ORIGIN, Settings, by_size, summary

FILE = Path("models") / "backtest.csv"  # in data/
_VERSIONS = {"data_version": pl.String, "settings": pl.String, "authorities": pl.Int64, "last_origin": pl.Int64}
# One row a figure, years ahead and model; with `least_open` and `most_open` only authorities of that size (plans open
# at the start, from and below), without them all. `gain`: percent less CRPS than the last value carried forward.
# `in_80`, `in_95`: percent of truths held; `..._known`: of those that are published.
BACKTEST = {
    "indicator": pl.String,
    "horizon": pl.Int64,
    "model": pl.String,
    "least_open": pl.Int64,
    "most_open": pl.Int64,
    "n": pl.Int64,
    "crps": pl.Float64,
    "gain": pl.Float64,
    "in_80": pl.Float64,
    "in_95": pl.Float64,
    "in_80_known": pl.Float64,
    "in_95_known": pl.Float64,
}
_PLACES = 3


@dataclass(frozen=True)
class BackTest:
    """A back-test's result.

    Attributes:
        table: ``BACKTEST``.
        authorities: how many were tested.
        last_origin: the last year (31 March) in which a forecast was made; the first is ``FIRST_ORIGIN``.
        data_version: of the data it was made with.
        settings: a digest of the settings it was made with; see ``digest``.
    """

    table: pl.DataFrame
    authorities: int
    last_origin: int
    data_version: str
    settings: str

    @property
    def summary(self) -> pl.DataFrame:
        """All authorities together."""
        return self.table.filter(pl.col("least_open").is_null())

    @property
    def by_size(self) -> pl.DataFrame:
        """By how many plans were open at the start."""
        return self.table.filter(pl.col("least_open").is_not_null())

    @property
    def origins(self) -> str:
        """From when to when forecasts were made, in words."""
        return f"31 March {FIRST_ORIGIN} to {self.last_origin}"


def digest(settings: Settings) -> str:
    """Eight signs that change with any number that the back-test is run with; words may change."""
    fit = settings.fit.model_dump(mode="json")
    del fit["record_years"]  # of plan records, which are not tested here
    numbers = {name: _numbers(entry) for name, entry in fit.items()}
    hidden = settings.suppression.lowest, settings.suppression.highest
    others = [*hidden, settings.draws, settings.seed, settings.fewest, *settings.return_shape[:2].tolist()]
    return hashlib.sha256(json.dumps([numbers, others], sort_keys=True).encode()).hexdigest()[:8]


def _numbers(entry: object) -> object:
    if isinstance(entry, dict):
        return {key: _numbers(value) for key, value in entry.items() if not isinstance(value, str)}
    return entry


def back_test_table(scores: pl.DataFrame, data_version: str, settings: Settings) -> BackTest:
    """The scores summed up.

    Args:
        scores: ``backtest.SCORES``.
        data_version: of the data they were made with.
        settings: that they were made with.
    """
    keys = ["indicator", "horizon", "model", "least_open"]
    parts = (summary(scores), by_size(scores))
    shaped = [
        part.select(
            (pl.col(name) if name in part.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in BACKTEST.items()
        )
        for part in parts
    ]
    table = pl.concat(shaped).with_columns(pl.col(pl.Float64).round(_PLACES)).sort(keys, nulls_last=False)
    authorities, origin = scores["area"].n_unique(), int(scores["origin"].max())  # type: ignore[arg-type]
    return BackTest(table, authorities, origin, data_version, digest(settings))


def save(result: BackTest, data_folder: Path) -> Path:
    """Write the result to the file that ships; returns it."""
    told = {name: getattr(result, name) for name in _VERSIONS}
    path = data_folder / FILE
    path.parent.mkdir(exist_ok=True)
    table = result.table.with_columns(pl.lit(value).cast(_VERSIONS[name]).alias(name) for name, value in told.items())
    path.write_text(table.select(*_VERSIONS, *BACKTEST).write_csv(), encoding="utf-8")
    return path


def load_back_test(data_folder: Path) -> BackTest:
    """Read the file that ships.

    Raises:
        DataError: it is missing, or not as ``save`` writes it.
    """
    path = data_folder / FILE
    wanted = {**_VERSIONS, **BACKTEST}
    try:
        table = pl.read_csv(path, schema=wanted)
    except OSError as problem:
        raise DataError(f"{path.name}: the file cannot be read ({problem.strerror or 'missing'}).") from None
    except pl.exceptions.PolarsError:
        raise DataError(f"{path.name}: its columns must be {', '.join(wanted)}.") from None
    if table.is_empty() or table.select(*_VERSIONS).n_unique() != 1:
        raise DataError(f"{path.name}: it must hold the result of one back-test.")
    version, settings, authorities, origin = table.select(*_VERSIONS).row(0)
    return BackTest(table.select(*BACKTEST), authorities, origin, version, settings)
