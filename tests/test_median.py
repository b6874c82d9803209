"""A median that hidden members leave open: one number only where its ends are the same to the place shown."""

import pytest

from explorer.sentences.median import is_open, median_in_unit, median_number


@pytest.mark.parametrize(
    ("least", "most", "unit", "words", "number"),
    [
        (1.7, 2.1, "percent", "1.7% to 2.1%", None),
        (1.72, 1.74, "percent", "1.7%", 1.72),
        (1.74, 1.76, "percent", "1.7% to 1.8%", None),  # near, and not the same when said
        (30.0, 31.0, "per_10k", "30.0 to 31.0", None),
        (7.0, 7.0, "count", "7", 7.0),
        (None, None, "percent", "", None),
    ],
)
def test_one_number_only_where_both_ends_are_said_alike(
    least: float | None, most: float | None, unit: str, words: str, number: float | None
) -> None:
    assert median_in_unit(least, most, unit) == words
    assert median_number(least, most, unit) == number
    assert is_open(least, most, unit) == (" to " in words)
