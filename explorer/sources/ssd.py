"""The Standard Safeguarding Dataset's table of plans, ``ssd_cp_plans``."""

import re
from collections.abc import Mapping

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.cells import text
from explorer.sources.headings import Table, matched
from explorer.sources.plan_file import ANNUAL, DATED_HISTORY, UNDERCOUNT, PlanFile
from explorer.sources.plan_table import from_table, with_previous_plans

LAYOUT: Mapping[str, tuple[str, ...]] = {
    "plan_id": ("cppl_cp_plan_id",),
    "child_id": ("cppl_person_id",),
    "start_date": ("cppl_cp_plan_start_date",),
    "end_date": ("cppl_cp_plan_end_date",),
    "initial_category": ("cppl_cp_plan_initial_category",),
    "latest_category": ("cppl_cp_plan_latest_category",),
}
REQUIRED = ("child_id", "start_date", "end_date")
OTHER_AUTHORITY = "Plans that another authority is responsible for (cppl_cp_plan_ola) were left out."
_FLAG = {"other_authority": ("cppl_cp_plan_ola",)}
_YES = ("y", "yes", "1", "true", "t")


def is_plans(table: Table) -> bool:
    """Is the table ``ssd_cp_plans``, by its headings."""
    return _has_prefix(table, "cppl_")


def is_reviews(table: Table) -> bool:
    """Is the table ``ssd_cp_reviews``, by its headings."""
    return _has_prefix(table, "cppr_")


def _has_prefix(table: Table, prefix: str) -> bool:
    """Do columns begin with the letters that the dataset gives each column of a table."""
    return any(re.search(rf"(?:^|[.\[])\s*{prefix}", heading.strip().lower()) for heading in table.headings)


def reviews_alone(place: str) -> DataError:
    """The error for the reviews without the plans."""
    return DataError(f"{place}: these are the reviews of the dataset (ssd_cp_reviews); load the plans, ssd_cp_plans.")


def read_ssd(name: str, table: Table, limits: Limits) -> PlanFile:
    """Read ``ssd_cp_plans``; plans held for another authority (``cppl_cp_plan_ola``) are left out, with a note.

    Raises:
        DataError: a column is missing or doubled, or there are too many rows.
    """
    raw = table.take(matched(table, {**LAYOUT, **_FLAG}, REQUIRED))
    notes: tuple[str, ...] = (UNDERCOUNT,)
    if "other_authority" in raw.columns:
        theirs = text(raw["other_authority"]).str.to_lowercase().is_in(_YES).fill_null(value=False)
        raw = raw.filter(~theirs).drop("other_authority")
        if theirs.any():
            notes += (OTHER_AUTHORITY,)
    read = from_table(name, "ssd", table, raw, limits, notes, frozenset({ANNUAL, DATED_HISTORY}))
    return with_previous_plans(read)
