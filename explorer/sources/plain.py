"""A plain table of plans, under the column names of ``schema.PLANS`` or names close to them."""

from collections.abc import Mapping

import polars as pl

from explorer.config import Limits
from explorer.sources.cells import text
from explorer.sources.headings import Table, matched, simple
from explorer.sources.plan_file import (
    ANNUAL,
    DATED_HISTORY,
    INVENTED,
    INVENTED_NOTE,
    SOME_INVENTED_NOTE,
    UNDERCOUNT,
    Kind,
    PlanFile,
)
from explorer.sources.plan_table import from_table, with_previous_plans

LAYOUT: Mapping[str, tuple[str, ...]] = {
    "child_id": ("child_id", "LAchildID", "child_unique_id", "person_id", "client_id", "child"),
    "plan_id": ("plan_id", "cp_plan_id", "cpp_id", "child_protection_plan_id"),
    "start_date": (
        "start_date",
        "plan_start_date",
        "plan_start",
        "cpp_start_date",
        "cp_plan_start_date",
        "child_protection_plan_start_date",
        "date_started",
        "start",
    ),
    "end_date": (
        "end_date",
        "plan_end_date",
        "plan_end",
        "cpp_end_date",
        "cp_plan_end_date",
        "child_protection_plan_end_date",
        "date_ended",
        "end",
    ),
    "previous_plans": (
        "previous_plans",
        "number_of_previous_plans",
        "number_of_previous_cpp",
        "number_of_previous_cp_plans",
        "number_of_previous_child_protection_plans",
        "previous_cpp",
        "previous_cp_plans",
    ),
    "initial_category": ("initial_category", "initial_category_of_abuse", "category_of_abuse", "category"),
    "latest_category": ("latest_category", "latest_category_of_abuse"),
    "family_id": ("family_id", "family", "household_id", "sibling_group"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "person_birth_date"),
    "expected_birth_date": ("expected_birth_date", "expected_person_birth_date", "expected_date_of_birth", "edd"),
    "death_date": ("death_date", "date_of_death", "person_death_date"),
    "referral_date": ("referral_date", "cin_referral_date", "date_of_referral"),
    "upn": ("upn", "unique_pupil_number"),
    "review_dates": ("review_dates", "review_date", "cpp_review_date", "reviews"),
}
NOTE = "note"
REQUIRED = ("child_id", "start_date", "end_date")


def is_plain(table: Table) -> bool:
    """Has the table a child and a plan's start, by its headings."""
    return table.has(*LAYOUT["child_id"]) and table.has(*LAYOUT["start_date"])


def read_plain(name: str, table: Table, limits: Limits) -> PlanFile:
    """Read a plain table; without a column of previous plans they are counted, with a note.

    Returns:
        A file of the kind "sample" if every row says that it is invented, so that the sample is known for what it
        is when somebody loads it as their own file.

    Raises:
        DataError: a column is missing or doubled, or there are too many rows.
    """
    raw = table.take(matched(table, LAYOUT, REQUIRED))
    kind, about = _invented(table, raw)
    counted = "previous_plans" not in raw.columns
    notes = (*about, *((UNDERCOUNT,) if counted else ()))
    read = from_table(name, kind, table, raw, limits, notes, frozenset({ANNUAL, DATED_HISTORY}))
    return with_previous_plans(read) if counted else read


def _invented(table: Table, raw: pl.DataFrame) -> tuple[Kind, tuple[str, ...]]:
    """Do the rows say that they are invented: the kind of the file, and sentences about that.

    The column is taken apart from the others: real files have notes too, and a row with nothing but a note is blank.
    """
    columns = [number for number, heading in enumerate(table.headings) if simple(heading) == NOTE]
    if len(columns) != 1 or raw.is_empty():
        return "plain", ()
    notes = table.take({NOTE: columns[0]})
    if notes[NOTE].dtype != pl.String:
        return "plain", ()
    said = raw.select("position").join(notes, on="position", how="left")[NOTE]
    invented = (text(said).str.to_lowercase() == INVENTED).fill_null(value=False)
    if invented.all():
        return "sample", (INVENTED_NOTE,)
    return "plain", (SOME_INVENTED_NOTE,) if invented.any() else ()
