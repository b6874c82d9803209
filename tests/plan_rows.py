"""Rows of plan records for tests: a sound plan, with what a test changes, as a table of ``schema.PLANS``."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl
from hypothesis import strategies as st

from explorer.schema import PLANS

Row = dict[str, object]
SOUND: Mapping[str, object] = {
    "child_id": "A",
    "plan_id": None,
    "start_date": date(2021, 5, 10),
    "end_date": date(2021, 11, 2),
    "previous_plans": 0,
    "initial_category": "NEG",
    "latest_category": "EMO",
    "family_id": None,
    "birth_date": date(2015, 1, 1),
    "expected_birth_date": None,
    "death_date": None,
    "referral_date": date(2021, 4, 20),
    "upn": None,
    "review_dates": [date(2021, 8, 5)],
    "position": None,
}


def row(**changes: object) -> Row:
    """A plan that no check finds fault with, changed."""
    assert changes.keys() <= SOUND.keys()
    return {**SOUND, **changes}


def dated(child: str, start: str | None, end: str | None = None, **changes: object) -> Row:
    """A plan by its dates alone; everything else agrees with them."""
    begun = None if start is None else date.fromisoformat(start)
    ended = None if end is None else date.fromisoformat(end)
    return row(
        **{
            "child_id": child,
            "start_date": begun,
            "end_date": ended,
            "referral_date": None,
            "review_dates": [],
            **changes,
        }
    )


def table(rows: Iterable[Row]) -> pl.DataFrame:
    """Rows as a table; each that has no position gets "row 1", "row 2" and so on."""
    placed = [
        {**entry, "position": entry["position"] or f"row {number}", "plan_id": entry["plan_id"] or f"{number}"}
        for number, entry in enumerate(rows, 1)
    ]
    return pl.DataFrame(placed, schema=PLANS, orient="row")


def _changed(values: Mapping[str, object]) -> Row:
    return row(**values)


_DAYS = st.one_of(
    st.dates(date(2019, 1, 1), date(2022, 6, 1)),
    # days on which something changes
    st.sampled_from([date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2021, 3, 31), date(2021, 4, 1)]),
)
# Few children and few values, so that plans overlap, repeat and agree often; anything may be missing.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "child_id": st.sampled_from(["A", "B", "C", "D", None]),
            "start_date": st.none() | _DAYS,
            "end_date": st.none() | _DAYS,
            "previous_plans": st.sampled_from([None, 0, 0, 1, 2]),
            "initial_category": st.sampled_from(["NEG", "EMO"]),
            "upn": st.sampled_from([None, None, "U1"]),
            "review_dates": st.lists(st.none() | _DAYS, max_size=2),
        }
    ).map(_changed),
    max_size=12,
)


def _plan(child: str, start: date, length: int | None, previous: int) -> Row:
    end = None if length is None else str(start + timedelta(length))
    return dated(child, str(start), end, previous_plans=previous)


# Plans of which most have no error, so that they are counted; those of one child may overlap now and then.
MOSTLY_SOUND = st.lists(
    st.builds(
        _plan,
        st.sampled_from([f"{letter}{number}" for letter in "ABCD" for number in range(3)]),
        st.dates(date(2018, 1, 1), date(2021, 12, 31)),
        st.none() | st.integers(1, 900) | st.sampled_from([90, 365, 729, 730, 731]),
        st.sampled_from([0, 0, 1, 2]),
    ),
    min_size=1,
    max_size=16,
)
EITHER = MOSTLY_SOUND | ROWS
