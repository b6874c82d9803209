"""Ofsted's Annex A, List 7: children on a child protection plan at an inspection, or whose plan ended recently."""

from collections.abc import Mapping

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.headings import Table, matched, simple
from explorer.sources.plan_file import ANNEX_A_SCOPE, PlanFile
from explorer.sources.plan_table import from_table

# Each column of List 7 that is used, under the headings that authorities give it.
LAYOUT: Mapping[str, tuple[str, ...]] = {
    "child_id": ("Child Unique ID", "Child ID", "Unique Child ID", "Child Unique Identifier"),
    "birth_date": ("Date of Birth", "DOB"),
    "start_date": ("Child Protection Plan Start Date", "CP Plan Start Date", "CPP Start Date"),
    "initial_category": ("Initial Category of Abuse", "Initial Category"),
    "latest_category": ("Latest Category of Abuse", "Latest Category"),
    "review_dates": (
        "Date of latest review conference",
        "DateOfLatestReviewConf",
        "Date of the latest review conference",
        "Date of last review conference",
    ),
    "end_date": ("Child Protection Plan End Date", "CP Plan End Date", "CPP End Date"),
    "previous_plans": (
        "Number of Previous Child Protection Plans",
        "Sum of Number of Previous Child Protection Plans",
        "Number of Previous CP Plans",
        "Number of Previous CPP",
    ),
}
REQUIRED = ("child_id", "start_date", "end_date", "previous_plans")
# Headings that only Annex A has: its identifier, and what inspectors ask about a plan.
_OWN = (
    "Child Unique ID",
    "Date of the Last Statutory Visit",
    "Date of Last Statutory Visit",
    "Was the Child Seen Alone?",
    "Child Seen Alone",
    "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
    "ProtectionLastSixMonths",
    "Sum of Number of Previous Child Protection Plans",
)
_SHEETS = ("list7", "childprotection")


def is_list_7(table: Table) -> bool:
    """Is the table List 7 of Annex A, by its headings."""
    return table.has(*LAYOUT["start_date"]) and table.has(*_OWN)


def is_other_list(table: Table) -> bool:
    """Is the table another list of Annex A, by its headings."""
    return table.has("Child Unique ID") and not table.has(*LAYOUT["start_date"])


def is_named_list_7(sheet: str) -> bool:
    """Is a sheet named as List 7 usually is: "List 7", "List_7", "Child Protection", "List 7 - Child protection"."""
    plain = simple(sheet)
    return plain in _SHEETS or (plain.startswith("list7") and not plain[5:6].isdigit()) or plain == "7childprotection"


def other_list(place: str) -> DataError:
    """The error for another list of Annex A."""
    return DataError(
        f"{place}: this is a list of Annex A, but not List 7 (child protection): it has no column "
        f"'{LAYOUT['start_date'][0]}'; load List 7."
    )


def read_annex_a(name: str, table: Table, limits: Limits) -> PlanFile:
    """Read List 7.

    Raises:
        DataError: a column is missing or doubled, or there are too many rows.
    """
    raw = table.take(matched(table, LAYOUT, REQUIRED))
    return from_table(name, "annex_a", table, raw, limits, (ANNEX_A_SCOPE,), frozenset())
