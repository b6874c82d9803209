"""What the readers of tables share: a table's cells become a ``PlanFile``, and earlier plans can be counted."""

from dataclasses import replace

import polars as pl

from explorer.config import Limits
from explorer.schema import PLANS
from explorer.sources.categories import FLAGS_NOTE, has_flags
from explorer.sources.headings import Table
from explorer.sources.plan_file import NO_PLANS, Kind, PlanFile
from explorer.sources.typed import CATEGORIES, typed_plans


def from_table(
    name: str,
    kind: Kind,
    table: Table,
    raw: pl.DataFrame,
    limits: Limits,
    notes: tuple[str, ...],
    capabilities: frozenset[str],
) -> PlanFile:
    """Type the cells of a table and say what goes with them.

    Raises:
        DataError: a column does not hold plain cells.
    """
    plans, unreadable = typed_plans(table.place, raw, limits)
    flags = any(has_flags(raw[column]) for column in CATEGORIES if column in raw.columns)
    said = (*table.notes, *notes, *((FLAGS_NOTE,) if flags else ()))
    return PlanFile(
        name=name,
        kind=kind,
        plans=plans,
        unreadable=unreadable,
        children=plans["child_id"].drop_nulls().n_unique(),
        reference_date=None,
        year=None,
        notes=said if plans.height else (*said, NO_PLANS),
        capabilities=capabilities,
        columns=frozenset(raw.columns) & frozenset(PLANS),
    )


def with_previous_plans(read: PlanFile) -> PlanFile:
    """Count for each plan the days before it on which a plan of the child began, over the whole file.

    Days and not rows are counted, so that a plan which stands in the file twice counts once. A plan that ends on or
    before the day it starts is none (rules 8840 and 8925) and does not count as an earlier one.
    """
    key = ["child_id", "start_date"]
    is_plan = pl.col("end_date").is_null() | (pl.col("end_date") > pl.col("start_date"))
    starts = read.plans.filter(is_plan).select(key).drop_nulls().unique()
    earlier = (pl.col("start_date").rank("dense").over("child_id") - 1).cast(pl.Int64)
    counted = read.plans.drop("previous_plans").join(
        starts.with_columns(previous_plans=earlier), on=key, how="left", maintain_order="left"
    )
    columns = read.columns | {"previous_plans"}
    return replace(read, plans=counted.select(read.plans.columns), columns=columns)
