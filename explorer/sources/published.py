"""The published figures: DfE and ONS tables, checked against each other before anything is worked out."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from explorer.config import Config
from explorer.errors import DataError
from explorer.schema import TABLES
from explorer.sources.table import read_table, shortened

_ROW = "row in file"


@dataclass(frozen=True)
class Published:
    """Every published table, and a short digest of their content.

    The columns are those of ``schema.TABLES``. ``version`` changes when any byte of a file does: caches
    and links use it.
    """

    measures: pl.DataFrame
    areas: pl.DataFrame
    area_changes: pl.DataFrame
    neighbours: pl.DataFrame
    version: str


def load_published(config: Config) -> Published:
    """Read every source of config/sources.yaml and check it.

    Raises:
        DataError: a file breaks its rules (see ``read_table``), names an unknown measure or area, has a
            value that cannot be (a share above 100%, half a plan, a part larger than its whole, a number
            beside a status that says there is none), or a percentage that its counts do not give.
    """
    digest = hashlib.sha256()
    tables = {}
    for kind, table in TABLES.items():
        path = config.root / config.source(kind).path
        tables[kind] = read_table(path, table)
        digest.update(path.read_bytes())
    published = Published(**tables, version=digest.hexdigest()[:8])
    faults = [*_unknown_areas(config, published), *_bad_measures(config, published)]
    if not faults:
        faults = list(_contradictions(config, published))
    if faults:
        raise DataError(*shortened(faults))
    return published


def _file(config: Config, kind: str) -> str:
    return config.source(kind).path.rsplit("/", 1)[-1]


def _unknown_areas(config: Config, published: Published) -> Iterator[str]:
    """Rows that name an area which areas.csv does not hold."""
    known = published.areas["area"].to_list()
    for kind, columns in (
        ("measures", ("area",)),
        ("area_changes", ("old_area", "new_area")),
        ("neighbours", ("la_code", "neighbour_la_code")),
    ):
        frame: pl.DataFrame = getattr(published, kind).with_row_index(_ROW, offset=2)
        for column in columns:
            for row, area in frame.filter(~pl.col(column).is_in(known)).select(_ROW, column).iter_rows():
                yield f"{_file(config, kind)} row {row}: '{column}' is '{area}', which areas.csv does not have."


def _bad_measures(config: Config, published: Published) -> Iterator[str]:
    """Rows whose measure, value and status cannot go together."""
    file = _file(config, "measures")
    units = {name: entry.unit for name, entry in config.indicators.items()}
    frame = published.measures.with_row_index(_ROW, offset=2)
    unknown = frame.filter(~pl.col("measure").is_in(list(units)))
    for row, measure in unknown.select(_ROW, "measure").iter_rows():
        yield f"{file} row {row}: 'measure' is '{measure}', which indicators.yaml does not have."
    unit = pl.col("measure").replace_strict(units, default=None, return_dtype=pl.String)
    value, published_row = pl.col("value"), pl.col("status") == "published"
    for what, rule in (
        ("the status is 'published' and there is no value", published_row & value.is_null()),
        ("there is a value beside a status that says there is none", ~published_row & value.is_not_null()),
        ("a percentage is above 100", (unit == "percent") & (value > 100)),
        ("a count is not a whole number", (unit == "count") & (value != value.round())),
    ):
        for row, number, status in frame.filter(rule).select(_ROW, "value", "status").iter_rows():
            yield f"{file} row {row}: {what} (value {number}, status {status})."


def _contradictions(config: Config, published: Published) -> Iterator[str]:
    """Rows where a part is larger than its whole, or an authority's percentage is not what its counts give.

    Counts of England and the regions are rounded to 10, so percentages are not recomputed there.
    """
    file = _file(config, "measures")
    areas = published.areas.filter(pl.col("level") == "local_authority")["area"].to_list()
    key = ["area", "year_ending"]
    rows = published.measures.with_row_index(_ROW, offset=2).filter(pl.col("area").is_in(areas))

    def of(measure: str | None, name: str) -> pl.DataFrame:
        return rows.filter(pl.col("measure") == measure).select(*key, pl.col("value").alias(name), _ROW)

    for name, entry in config.indicators.items():
        if entry.unit != "percent" or entry.numerator is None:
            continue
        joined = of(entry.numerator, "part").join(of(entry.denominator, "whole").drop(_ROW), on=key)
        for row, part, whole in (
            joined.filter(pl.col("part") > pl.col("whole")).select(_ROW, "part", "whole").iter_rows()
        ):
            yield f"{file} row {row}: {part:g} {entry.numerator} is more than {whole:g} {entry.denominator}."
        share = 100 * pl.col("part") / pl.col("whole")
        checked = joined.drop(_ROW).join(of(name, "percent"), on=key).filter(pl.col("whole") > 0)
        # published to one decimal place, half up: 0.05 away at most, and a hair for binary fractions
        for row, percent, exact in (
            checked.filter((share - pl.col("percent")).abs() > 0.05 + 1e-6)
            .select(_ROW, "percent", share.alias("exact"))
            .iter_rows()
        ):
            yield f"{file} row {row}: {name} is {percent:g}, but its counts give {exact:.2f}."
