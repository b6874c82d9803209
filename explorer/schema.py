"""The columns, types and rules of every table that the program reads or makes."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

# What a figure that is not a number means, in words. A value that is not there is null beside one of these.
STATUS_WORDS: Mapping[str, str] = {
    "published": "published",
    "suppressed": "hidden, because it or a figure beside it is small",
    "withheld": "hidden here, so that nobody can be picked out from the plan records",
    "not_in_records": "the plan records that you see do not hold it",
    "not_available": "not available",
    "not_applicable": "not applicable, because there was nothing to count",
    "low_reliability": "withheld by DfE as unreliable",
    "no_authority": "the authority did not exist then",
    "not_published": "not published for this year",
}
# The statuses that may stand in a file; the rest are found by the program.
FILE_STATUSES = ("published", "suppressed", "not_available", "not_applicable", "low_reliability")
HIDDEN = ("suppressed", "withheld")  # by DfE; by this program's own disclosure control
ENGLAND = "E92000001"
LEVELS = ("country", "region", "local_authority")
CLOSENESS = ("Extremely close", "Very close", "Close", "Somewhat close", "Not close")
FIRST_YEAR, LAST_YEAR = 2000, 2040  # outside these a year is a typing mistake


@dataclass(frozen=True)
class Column:
    """One column of a file: its type, and what its cells may be."""

    dtype: type[pl.DataType]
    required: bool = True
    allowed: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    @property
    def rule(self) -> str:
        """What a cell may be, in words."""
        if self.allowed:
            return f"one of {', '.join(self.allowed)}"
        noun = {pl.Int64: "a whole number", pl.Float64: "a number", pl.Date: "a date like 2019-04-01"}.get(
            self.dtype, "some text"
        )
        if self.lowest is not None and self.highest is not None:
            return f"{noun} from {self.lowest:g} to {self.highest:g}"
        return noun if self.lowest is None else f"{noun} of {self.lowest:g} or more"


@dataclass(frozen=True)
class Table:
    """One kind of file: its columns in order, and the columns that make a row unique."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]


_YEAR = Column(pl.Int64, lowest=FIRST_YEAR, highest=LAST_YEAR)
_TEXT = Column(pl.String)

TABLES: Mapping[str, Table] = {
    "measures": Table(
        {
            "measure": _TEXT,
            "area": _TEXT,
            "year_ending": _YEAR,
            "value": Column(pl.Float64, required=False, lowest=0),
            "status": Column(pl.String, allowed=FILE_STATUSES),
            "source": _TEXT,
        },
        ("measure", "area", "year_ending"),
    ),
    "areas": Table(
        {
            "area": _TEXT,
            "level": Column(pl.String, allowed=LEVELS),
            "name": _TEXT,
            "ons_code": _TEXT,
            "region": Column(pl.String, required=False),
            "first_year": _YEAR,
            "last_year": _YEAR,
        },
        ("area",),
    ),
    "area_changes": Table(
        {"old_area": _TEXT, "new_area": _TEXT, "changed_on": Column(pl.Date), "source": _TEXT},
        ("old_area", "new_area"),
    ),
    "neighbours": Table(
        {
            "model": _YEAR,
            "la_code": _TEXT,
            "la_name": _TEXT,
            "rank": Column(pl.Int64, lowest=1, highest=10),
            "neighbour_la_code": _TEXT,
            "closeness": Column(pl.String, allowed=CLOSENESS),
            "neighbour_name": _TEXT,
        },
        ("model", "la_code", "rank"),
    ),
    "tiles": Table(
        {
            "area": _TEXT,
            "column": Column(pl.Int64, lowest=0, highest=40),
            "row": Column(pl.Int64, lowest=0, highest=40),
            "short": _TEXT,
        },
        ("area",),
    ),
}

# One row an indicator, area and period. `value`, `numerator` and `denominator` are as published, or null
# beside a status. `base` is the denominator, or an estimate of it where none is published. `least` and
# `most` bound a hidden value; `lower` and `upper` are the likely range of a published percentage.
INDICATORS: Mapping[str, type[pl.DataType]] = {
    "indicator": pl.String,
    "area": pl.String,
    "period": pl.Int64,
    "period_kind": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "base": pl.Float64,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "least": pl.Float64,
    "most": pl.Float64,
    "status": pl.String,
    "source": pl.String,
}

# One row a plan. Any cell may be null: missing in the file, or not readable as a date or number. Categories
# are DfE codes (NEG, PHY, SAB, EMO, MUL); text that is none of them is kept as it stood. `plan_id` is unique
# within a file. `review_dates` may hold nulls (a review without a date); the whole list is null where the
# file has no reviews to give. `position` says in words where the row stands in its file: "row 12".
PLANS: Mapping[str, pl.DataType] = {
    "child_id": pl.String(),
    "plan_id": pl.String(),
    "start_date": pl.Date(),
    "end_date": pl.Date(),
    "previous_plans": pl.Int64(),
    "initial_category": pl.String(),
    "latest_category": pl.String(),
    "family_id": pl.String(),
    "birth_date": pl.Date(),
    "expected_birth_date": pl.Date(),
    "death_date": pl.Date(),
    "referral_date": pl.Date(),
    "upn": pl.String(),
    "review_dates": pl.List(pl.Date()),
    "position": pl.String(),
}

# One row a fault in plan records. `severity` is "error" (the row is left out) or "query" (it is kept).
FINDINGS: Mapping[str, pl.DataType] = {
    "rule": pl.String(),
    "severity": pl.String(),
    "child_id": pl.String(),
    "position": pl.String(),
    "value": pl.String(),
    "expected": pl.String(),
}
