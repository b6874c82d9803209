"""Any file of plan records: its kind is told by what is in it, never by its name, and the right reader takes it."""

from collections.abc import Callable
from pathlib import Path

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources import annex_a, plain, ssd
from explorer.sources.csv_table import csv_table
from explorer.sources.headings import Table, known_headings, shown_headings
from explorer.sources.plan_file import PlanFile
from explorer.sources.signature import container
from explorer.sources.upload import ACCEPTED, Upload, received
from explorer.sources.xml_start import xml_start
from explorer.wording import listed

Reader = Callable[[str, Table, Limits], PlanFile]

KNOWN = known_headings(annex_a.LAYOUT, ssd.LAYOUT, plain.LAYOUT)


def read_plans(
    name: str, content: bytes | Path, limits: Limits, progress: Callable[[float], None] | None = None
) -> PlanFile:
    """Read a file of plan records of any kind.

    Args:
        name: what the sender calls the file; only shown.
        content: its bytes, or where they are.
        limits: how large it may be and which years are believed.
        progress: told now and then which share of a census return has been read, from 0 to 1.

    Raises:
        DataError: with one sentence that says what is wrong and what to do.
    """
    # Readers of a kind are loaded with the first file of it: their libraries take 20 MB that most readers never need.
    upload = received(name, content, limits)
    match container(upload):
        case "zip":
            return _workbook(upload, limits)
        case "parquet":
            from explorer.sources.parquet_table import parquet_table  # noqa: PLC0415

            return _table(upload, parquet_table(upload, limits), limits)
        case "text":
            start = xml_start(upload)
            if start is None:
                return _table(upload, csv_table(upload, KNOWN, limits), limits)
            if start.root != "message":
                raise DataError(
                    f"{upload.name}: this XML begins with <{start.root[:40]}>, but a CIN census return begins with "
                    f"<Message>; load {ACCEPTED}."
                )
            from explorer.sources.cin_census import read_census  # noqa: PLC0415

            return read_census(upload, start, limits, progress)


def _table(upload: Upload, table: Table, limits: Limits) -> PlanFile:
    reader = _reader(table)
    if reader is None:
        raise _unknown(table)
    return reader(upload.name, table, limits)


def _workbook(upload: Upload, limits: Limits) -> PlanFile:
    """The one sheet of a workbook that holds plans; a sheet named as List 7 comes first."""
    from explorer.sources.workbook_table import workbook_tables  # noqa: PLC0415

    tables = workbook_tables(upload, KNOWN, limits)
    named = [table for table in tables if annex_a.is_named_list_7(table.sheet)]
    for candidates in (named, tables):
        held = [(table, reader) for table in candidates if (reader := _reader(table)) is not None]
        if len(held) > 1:
            sheets = listed(f"'{table.sheet[:40]}'" for table, _ in held)
            raise DataError(f"{upload.name}: the sheets {sheets} all hold plans; keep one of them.")
        if held:
            table, reader = held[0]
            return reader(upload.name, table, limits)
    for table in (*named, *tables):
        raise _unknown(table)
    raise DataError(f"{upload.name}: there is nothing in the workbook; load {ACCEPTED}.")


def _reader(table: Table) -> Reader | None:
    """Who can read a table, by its headings; a plain table on a sheet named as List 7 has the scope of List 7."""
    if ssd.is_plans(table):
        return ssd.read_ssd
    if annex_a.is_list_7(table) or (annex_a.is_named_list_7(table.sheet) and plain.is_plain(table)):
        return annex_a.read_annex_a
    return plain.read_plain if plain.is_plain(table) else None


def _unknown(table: Table) -> DataError:
    """Why nobody can read a table."""
    if ssd.is_reviews(table):
        return ssd.reviews_alone(table.place)
    if annex_a.is_other_list(table):
        return annex_a.other_list(table.place)
    return DataError(
        f"{table.place}: the columns are not those of plan records ({shown_headings(table.headings)}); load {ACCEPTED}."
    )
