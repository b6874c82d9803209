"""The published figures: DfE and ONS tables, checked against each other before anything is worked out."""

import hashlib
from dataclasses import dataclass

import polars as pl

from explorer.config import Config
from explorer.errors import DataError
from explorer.schema import TABLES
from explorer.sources.consistency import inconsistencies
from explorer.sources.table import read_table, shortened


@dataclass(frozen=True)
class Published:
    """Every published table, and a short digest of their content.

    The columns are those of ``schema.TABLES``. ``version`` changes when any byte of a file of figures does; caches
    are keyed by it. Where a tile stands on the map changes no figure, so ``tiles`` do not count.
    """

    measures: pl.DataFrame
    areas: pl.DataFrame
    area_changes: pl.DataFrame
    neighbours: pl.DataFrame
    tiles: pl.DataFrame
    version: str


def load_published(config: Config) -> Published:
    """Read every source of config/sources.yaml and check it.

    Raises:
        DataError: a file breaks its rules (see ``read_table``), names an unknown measure or area, has a
            value that cannot be (a share above 100%, half a plan, a part larger than its whole, a number
            beside a status that says there is none), or a percentage that its counts do not give.
    """
    digest = hashlib.sha256()
    tables: dict[str, pl.DataFrame] = {}
    faults: list[str] = []
    for kind, table in TABLES.items():
        path = config.path(config.source(kind))
        try:
            tables[kind] = read_table(path, table)
            if kind != "tiles":
                digest.update(path.read_bytes())
        except DataError as problem:
            faults += problem.faults
    if not faults:
        faults = inconsistencies(config, tables)
    if faults:
        raise DataError(*shortened(faults))
    return Published(**tables, version=digest.hexdigest()[:8])
