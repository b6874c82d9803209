"""Checks of the published files against each other: rows that cannot all be true."""

from collections.abc import Iterator, Mapping

import polars as pl

from explorer.config import Config
from explorer.schema import ENGLAND

_ROW = "row in file"
_NEIGHBOURS = 10  # each model names ten
Tables = Mapping[str, pl.DataFrame]


def inconsistencies(config: Config, tables: Tables) -> list[str]:
    """A sentence for every row of the published tables that cannot stand beside the others.

    Args:
        tables: By kind, with the columns of ``schema.TABLES``.
    """
    faults = [*_bad_areas(config, tables), *_unknown_areas(config, tables), *_bad_measures(config, tables)]
    return faults or [*_bad_neighbours(config, tables), *_bad_tiles(config, tables), *_contradictions(config, tables)]


def _bad_areas(config: Config, tables: Tables) -> Iterator[str]:
    """Areas that cannot be: no England, two of one name at one time, a region that is none."""
    file = _file(config, "areas")
    areas = tables["areas"].with_row_index(_ROW, offset=2)
    if areas.filter(area=ENGLAND).is_empty():
        yield f"{file}: England ({ENGLAND}) is missing."
    regions = areas.filter(level="region")["name"].to_list()
    authorities = areas.filter(level="local_authority")
    wrong = authorities.filter(~pl.col("region").is_in(regions).fill_null(value=False))
    for row, region in wrong.select(_ROW, "region").iter_rows():
        yield f"{file} row {row}: 'region' is '{region}'; expected one of {', '.join(regions)}."
    for row, first, last in (
        areas.filter(pl.col("first_year") > pl.col("last_year")).select(_ROW, "first_year", "last_year").iter_rows()
    ):
        yield f"{file} row {row}: 'first_year' {first} is after 'last_year' {last}."
    for row, name, year in (
        areas.filter(areas.select("name", "last_year").is_duplicated()).select(_ROW, "name", "last_year").iter_rows()
    ):
        yield f"{file} row {row}: two areas are called '{name}' in {year}; names must tell them apart."


def _bad_neighbours(config: Config, tables: Tables) -> Iterator[str]:
    """Neighbour lists that are not ten different authorities other than oneself."""
    file = _file(config, "neighbours")
    authorities = tables["areas"].filter(level="local_authority")["area"].to_list()
    rows = tables["neighbours"].with_row_index(_ROW, offset=2)
    itself = pl.col("la_code") == pl.col("neighbour_la_code")
    stranger = ~pl.col("neighbour_la_code").is_in(authorities) | ~pl.col("la_code").is_in(authorities)
    twice = rows.select("model", "la_code", "neighbour_la_code").is_duplicated()
    for what, rule in (
        ("an authority is its own neighbour", itself),
        ("a neighbour or its owner is not an authority", stranger),
        ("a neighbour stands twice", pl.lit(twice)),
    ):
        for row, code in rows.filter(rule).select(_ROW, "neighbour_la_code").iter_rows():
            yield f"{file} row {row}: {what} ({code})."
    short = rows.group_by("model", "la_code").len().filter(pl.col("len") != _NEIGHBOURS).sort("model", "la_code")
    for model, code, number in short.iter_rows():
        yield f"{file}: {code} has {number} neighbours in the {model} model; expected {_NEIGHBOURS}."


def _bad_tiles(config: Config, tables: Tables) -> Iterator[str]:
    """Authorities without a tile, and two on one tile in the same year."""
    file = _file(config, "tiles")
    authorities = tables["areas"].filter(level="local_authority")
    for area, name in authorities.join(tables["tiles"], on="area", how="anti").select("area", "name").iter_rows():
        yield f"{file}: there is no tile for {name} ({area})."
    placed = tables["tiles"].join(authorities, on="area")
    pairs = placed.join(placed, on=["column", "row"], suffix="_2").filter(
        pl.col("area") < pl.col("area_2"),
        pl.max_horizontal("first_year", "first_year_2") <= pl.min_horizontal("last_year", "last_year_2"),
    )
    for one, other, column, row in pairs.select("area", "area_2", "column", "row").iter_rows():
        yield f"{file}: {one} and {other} are on one tile (column {column}, row {row}) in the same year."


def _file(config: Config, kind: str) -> str:
    return config.source(kind).path.rsplit("/", 1)[-1]


def _unknown_areas(config: Config, tables: Tables) -> Iterator[str]:
    """Rows that name an area which areas.csv does not hold."""
    known = tables["areas"]["area"].to_list()
    for kind, columns in (
        ("measures", ("area",)),
        ("area_changes", ("old_area", "new_area")),
        ("neighbours", ("la_code", "neighbour_la_code")),
        ("tiles", ("area",)),
    ):
        frame = tables[kind].with_row_index(_ROW, offset=2)
        for column in columns:
            for row, area in frame.filter(~pl.col(column).is_in(known)).select(_ROW, column).iter_rows():
                yield f"{_file(config, kind)} row {row}: '{column}' is '{area}', which areas.csv does not have."


def _bad_measures(config: Config, tables: Tables) -> Iterator[str]:
    """Rows whose measure, value and status cannot go together."""
    file = _file(config, "measures")
    units = {name: entry.unit for name, entry in config.indicators.items()}
    frame = tables["measures"].with_row_index(_ROW, offset=2)
    unknown = frame.filter(~pl.col("measure").is_in(list(units)))
    for row, measure in unknown.select(_ROW, "measure").iter_rows():
        yield f"{file} row {row}: 'measure' is '{measure}', which indicators.yaml does not have."
    present = frame["measure"].unique().to_list()
    for name, entry in config.indicators.items():
        if name not in present and not entry.only_records:
            yield f"{file}: there is no row for the measure '{name}' of indicators.yaml."
    years = {row[0] for row in frame.filter(area=ENGLAND).select("year_ending").iter_rows()}
    for row, year in frame.filter(~pl.col("year_ending").is_in(list(years))).select(_ROW, "year_ending").iter_rows():
        yield f"{file} row {row}: 'year_ending' is {year}, a year without any figure for England."
    spans = tables["areas"].select("area", "first_year", "last_year")
    outside = (
        frame.filter(pl.col("value").is_not_null())
        .join(spans, on="area")
        .filter(~pl.col("year_ending").is_between("first_year", "last_year"))
    )
    for row, area, year in outside.select(_ROW, "area", "year_ending").iter_rows():
        yield f"{file} row {row}: a value for {area} in {year}, when areas.csv says that it did not exist."
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


def _contradictions(config: Config, tables: Tables) -> Iterator[str]:
    """Rows where a part is larger than its whole, or an authority's share or rate is not what its counts give.

    Counts of England and the regions are rounded to 10, so percentages are not recomputed there.
    """
    file = _file(config, "measures")
    areas = tables["areas"].filter(pl.col("level") == "local_authority")["area"].to_list()
    key = ["area", "year_ending"]
    rows = tables["measures"].with_row_index(_ROW, offset=2).filter(pl.col("area").is_in(areas))

    def of(measure: str | None, name: str) -> pl.DataFrame:
        return rows.filter(pl.col("measure") == measure).select(*key, pl.col("value").alias(name), _ROW)

    for name, entry in config.indicators.items():
        if entry.numerator is None:
            continue
        joined = of(entry.numerator, "part").join(of(entry.denominator, "whole").drop(_ROW), on=key)
        for row, part, whole in (
            joined.filter(pl.col("part") > pl.col("whole"), entry.unit == "percent")
            .select(_ROW, "part", "whole")
            .iter_rows()
        ):
            yield f"{file} row {row}: {part:g} {entry.numerator} is more than {whole:g} {entry.denominator}."
        share = entry.scale * pl.col("part") / pl.col("whole")
        checked = joined.drop(_ROW).join(of(name, "value"), on=key).filter(pl.col("whole") > 0)
        for row, value, exact in (
            checked.filter((share - pl.col("value")).abs() > _tolerance(entry.unit))
            .select(_ROW, "value", share.alias("exact"))
            .iter_rows()
        ):
            yield f"{file} row {row}: {name} is {value:g}, but its counts give {exact:.2f}."


def _tolerance(unit: str) -> float:
    """How far a figure may be from its counts: half of the last place, and a hair for binary fractions.

    Rates rest on a population that is revised between releases, so one more place is allowed there.
    """
    return 0.05 + 1e-6 if unit == "percent" else 0.5
