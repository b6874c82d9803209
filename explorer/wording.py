"""How numbers, dates and lists are put into words: one rule each, used on every page and in every file."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_STEPS = [Decimal(1).scaleb(-places) for places in range(13)]


def half_up(value: float, places: int = 1) -> Decimal:
    """Round as DfE does: 22.05 to 22.1 (binary rounding would give 22.1 or 22.0 by accident)."""
    # repr of 12 significant digits drops the noise of sums such as 25.240000000000002
    return Decimal(f"{value:.12g}").quantize(_STEPS[places], ROUND_HALF_UP)


def count(value: float) -> str:
    """A whole number with thousands marked: 13,900."""
    return f"{half_up(value, 0):,}"


def percent(value: float) -> str:
    """A percentage to one place: 29.1%."""
    return f"{half_up(value):,}%"


@lru_cache(maxsize=4096)  # a page says the same figures again with every movement of a slider
def in_unit(value: float, unit: str) -> str:
    """A value of an indicator with its unit (percent, per_10k or count)."""
    match unit:
        case "percent":
            return percent(value)
        case "per_10k":
            return f"{half_up(value):,} per 10,000"
        case _:
            return count(value)


def number_in_unit(value: float, unit: str) -> str:
    """A value for a chart's labels: as ``in_unit``, with the long 'per 10,000' left to the axis."""
    return str(half_up(value)) if unit == "per_10k" else in_unit(value, unit)


def in_range(least: float, most: float, unit: str) -> str:
    """A range of values: 0.6% to 3.2%."""
    low, high = in_unit(least, unit), in_unit(most, unit)
    return low if low == high else f"{low} to {high}"


def day(value: date) -> str:
    """A date in words: 1 April 2019."""
    return f"{value.day} {value:%B %Y}"


def period(kind: str, year: int) -> str:
    """When a figure was counted: 'in the year to March 2018' or 'at 31 March 2018'."""
    return f"at 31 March {year}" if kind == "day" else f"in the year to March {year}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Items in a sentence: 'a, b and c'."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def plural(number: int, one: str, many: str) -> str:
    """A number with its noun: 1 row, 1,200 rows."""
    return f"{number:,} {one if number == 1 else many}"


def ordinal(number: int) -> str:
    """A place in order: 1st, 2nd, 11th."""
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def possessive(name: str) -> str:
    """A name's possessive: Trafford's, St Helens', Bristol's (of 'Bristol, City of')."""
    for ending in (", City of", ", County of"):
        name = name.removesuffix(ending)
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def lowered(label: str) -> str:
    """A label inside a sentence: 'restorative conferences', but 'SMARTER plans'."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
