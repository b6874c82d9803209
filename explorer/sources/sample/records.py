"""Chosen families as plan records, and those as the text of the file that ships."""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from explorer.schema import PLANS
from explorer.sources.plan_file import INVENTED
from explorer.sources.sample.families import Family, InventedPlan

BETWEEN_DATES = ";"
_NOT_INVENTED = ("death_date", "upn", "position")  # the rest of ``schema.PLANS`` is in the file
_COLUMNS = {name: kind for name, kind in PLANS.items() if name not in _NOT_INVENTED}


def plan_table(families: Sequence[Family], last: date) -> pl.DataFrame:
    """One row a plan, by start and child, as known at the end of ``last``.

    Plans still open then have no end, babies not yet born an expected birth date in place of a birth date,
    and reviews still to come are left out.

    Returns:
        The columns of ``schema.PLANS`` but those for which nothing is invented.
    """
    rows: list[dict[str, object]] = []
    children = 0
    for number, family in enumerate(families, start=1):
        names: dict[int, str] = {}
        for plan in family.plans:
            if plan.child not in names:
                children += 1
                names[plan.child] = f"INV-{children:04}"
            child = names[plan.child]
            row = {"child_id": child, "plan_id": f"{child}-{plan.previous + 1}", "family_id": f"INV-F{number:04}"}
            rows.append({**row, **dict(_known(plan, family.births[plan.child], last.toordinal()))})
    return pl.DataFrame(rows, schema=_COLUMNS).sort("start_date", "child_id")


def _known(plan: InventedPlan, born: int, last: int) -> Iterator[tuple[str, object]]:
    """The cells of one plan, as known at the end of the day ``last``."""
    yield "start_date", date.fromordinal(plan.start)
    yield "end_date", date.fromordinal(plan.end) if plan.end <= last else None
    yield "previous_plans", plan.previous
    yield "initial_category", plan.initial
    yield "latest_category", plan.latest
    yield "birth_date" if born <= last else "expected_birth_date", date.fromordinal(born)
    yield "referral_date", date.fromordinal(plan.referral)
    yield "review_dates", [date.fromordinal(day) for day in plan.reviews if day <= last]


def csv_text(plans: pl.DataFrame) -> str:
    """The rows of ``plan_table`` as CSV. The first column says of every row that it is invented."""
    reviews = pl.col("review_dates").list.eval(pl.element().dt.to_string("%Y-%m-%d")).list.join(BETWEEN_DATES)
    written = plans.with_columns(reviews)
    return written.select(pl.lit(INVENTED).alias("note"), *written.columns).write_csv()
