"""Categories of abuse: every way that systems write them, and text that names none kept as it stood."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.sources.categories import CODES, category_code, category_codes, is_flags


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("NEG", "NEG"), ("neg", "NEG"), ("Neglect", "NEG"), ("a) Neglect", "NEG"), ("a. Neglect", "NEG")),
        *(("PHY", "PHY"), ("b) Physical abuse", "PHY"), ("Physical", "PHY"), ("Physical Injury", "PHY")),
        *(("SAB", "SAB"), ("c) Sexual abuse", "SAB"), ("SEXUAL ABUSE", "SAB")),
        *(("EMO", "EMO"), ("d) Emotional abuse", "EMO"), ("Emotional harm", "EMO")),
        *(("MUL", "MUL"), ("e) Multiple/not recommended", "MUL"), ("Multiple", "MUL"), ("Not recommended", "MUL")),
        *(("Multiple Categories of Abuse", "MUL"), ("Multiple (includes category not recorded)", "MUL")),
        *(("Emotional, Neglect", "MUL"), ("Neglect and Physical abuse", "MUL"), ("NEG/EMO", "MUL")),
        *(("Emotional abuse & Neglect", "MUL"), ("Neglect; Sexual", "MUL"), ("Neglect, neglect", "NEG")),
        *(("a) Neglect, d) Emotional abuse", "MUL"), ("a) Neglect; a) Neglect", "NEG")),
        *(("YNNN", "NEG"), ("NYNN", "PHY"), ("NNYN", "SAB"), ("nnny", "EMO"), ("YNNY", "MUL"), ("YYYY", "MUL")),
    ],
)
def test_a_category_becomes_its_code(cell: str, code: str) -> None:
    assert category_code(cell) == code


@pytest.mark.parametrize(
    "cell",
    [*("NNNN", "Abuse", "Domestic abuse", "Neglectful", "NEG2", "Sexual exploitation", "=NEG", "a)", "YN", "YNNNN")],
)
def test_a_text_that_names_no_category_stays_as_it_stood(cell: str) -> None:
    assert category_code(cell) == cell


def test_flags_are_told_from_codes() -> None:
    assert is_flags(" ynnn ")
    assert not is_flags("NEG")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_code_or_itself(cell: str) -> None:
    assert category_code(cell) in (*CODES, cell)


def test_a_column_keeps_its_nulls_and_order() -> None:
    column = pl.Series(["b) Physical abuse", None, "odd", "NEG"])
    assert category_codes(column).to_list() == ["PHY", None, "odd", "NEG"]
