"""Numbers, dates and lists in words: half-up rounding above all."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import wording


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (22.05, 1, "22.1"),
        (0.05, 1, "0.1"),
        (0.15, 1, "0.2"),
        (0.25, 1, "0.3"),
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-0.5, 0, "-1"),
        (22.049, 1, "22.0"),
        (25.240000000000002, 1, "25.2"),
        (0.15 + 0.1, 1, "0.3"),
        (100 * 76 / 261, 1, "29.1"),
        (0, 1, "0.0"),
        (13_900, 0, "13900"),
    ],
)
def test_halves_are_rounded_up_as_dfe_does(value: float, places: int, expected: str) -> None:
    assert str(wording.half_up(value, places)) == expected


@given(numerator=st.integers(0, 5000), denominator=st.integers(1, 5000))
def test_a_percentage_from_counts_is_rounded_as_exact_arithmetic_would(numerator: int, denominator: int) -> None:
    exact = Fraction(1000 * numerator, denominator)  # tenths of a percent
    expected = (exact + Fraction(1, 2)).__floor__()
    assert wording.half_up(100 * numerator / denominator) == Decimal(expected) / 10


@given(st.floats(-1e6, 1e6))
def test_rounding_moves_a_number_by_half_a_unit_at_most(value: float) -> None:
    assert abs(wording.half_up(value) - Decimal(value)) <= Decimal("0.0500001")


def test_units_are_said() -> None:
    assert wording.in_unit(29.1, "percent") == "29.1%"
    assert wording.in_unit(39.799999999999997, "per_10k") == "39.8 per 10,000"
    assert wording.in_unit(13_900, "count") == "13,900"
    assert wording.number_in_unit(39.8, "per_10k") == "39.8"
    assert wording.number_in_unit(29.1, "percent") == "29.1%"


def test_a_range_with_equal_ends_is_one_number() -> None:
    assert wording.in_range(100 / 155, 500 / 155, "percent") == "0.6% to 3.2%"
    assert wording.in_range(1, 5, "count") == "1 to 5"
    assert wording.in_range(27, 27, "count") == "27"
    assert wording.in_range(2.01, 2.04, "percent") == "2.0%"


def test_days_and_periods_are_said() -> None:
    assert wording.day(date(2019, 4, 1)) == "1 April 2019"
    assert wording.period("day", 2025) == "at 31 March 2025"
    assert wording.period("year", 2018) == "in the year to March 2018"


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_said(items: list[str], expected: str) -> None:
    assert wording.listed(items) == expected


def test_a_list_of_choices_ends_with_or() -> None:
    assert wording.listed(iter(["a", "b", "c"]), "or") == "a, b or c"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (10, "10th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (101, "101st"),
        (111, "111th"),
        (112, "112th"),
        (122, "122nd"),
        (153, "153rd"),
    ],
)
def test_places_are_said(number: int, expected: str) -> None:
    assert wording.ordinal(number) == expected


def test_possessives() -> None:
    assert wording.possessive("Trafford") == "Trafford's"
    assert wording.possessive("St Helens") == "St Helens'"
