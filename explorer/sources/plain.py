"""A plain table of plans, under the column names of ``schema.PLANS`` or names close to them."""

from collections.abc import Mapping

from explorer.config import Limits
from explorer.sources.headings import Table, matched
from explorer.sources.plan_file import ANNUAL, DATED_HISTORY, UNDERCOUNT, PlanFile
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
REQUIRED = ("child_id", "start_date", "end_date")


def is_plain(table: Table) -> bool:
    """Has the table a child and a plan's start, by its headings."""
    return table.has(*LAYOUT["child_id"]) and table.has(*LAYOUT["start_date"])


def read_plain(name: str, table: Table, limits: Limits) -> PlanFile:
    """Read a plain table; without a column of previous plans they are counted, with a note.

    Raises:
        DataError: a column is missing or doubled, or there are too many rows.
    """
    raw = table.take(matched(table, LAYOUT, REQUIRED))
    counted = "previous_plans" not in raw.columns
    notes = (UNDERCOUNT,) if counted else ()
    read = from_table(name, "plain", table, raw, limits, notes, frozenset({ANNUAL, DATED_HISTORY}))
    return with_previous_plans(read) if counted else read
