"""A median that hidden members leave open: one number only where both of its ends are the same to the place shown."""

from explorer.wording import in_unit, number_in_unit


def is_open(least: float | None, most: float | None, unit: str) -> bool:
    """Whether a median is a range to those who read it: its middle may be drawn, and is never said as its figure."""
    return least is not None and most is not None and in_unit(least, unit) != in_unit(most, unit)


def median_in_unit(least: float | None, most: float | None, unit: str) -> str:
    """A median for a table or a label: '1.7% to 2.1%', '22.0%'; empty where there is none."""
    if least is None or most is None:
        return ""
    low, high = number_in_unit(least, unit), number_in_unit(most, unit)
    return low if low == high else f"{low} to {high}"


def median_number(least: float | None, most: float | None, unit: str) -> float | None:
    """A median as one number; None where there is none, or where it is a range."""
    return None if least is None or is_open(least, most, unit) else least
