"""Whether a percentage has moved since the year before by more than chance is likely to cause."""

from dataclasses import dataclass
from math import sqrt

from explorer.benchmarks.position import Figure


@dataclass(frozen=True)
class Change:
    """The change between two years, in the indicator's unit; percentage points for a percentage.

    ``low`` and ``high`` are its likely range, and are None where there is none to give (counts, rates).
    """

    before: Figure
    after: Figure
    difference: float
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool | None:
        """Whether the likely range leaves out no change at all; None without a range."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0


def change(before: Figure, after: Figure, scale: float) -> Change | None:
    """Compare two years of one indicator; None where either is not published.

    Args:
        scale: what a share of the indicator is multiplied by: 100, or 10,000.

    The range combines the two Wilson intervals (Newcombe 1998, method 10), so that it carries the same
    design effect as they do.
    """
    if before.value is None or after.value is None:
        return None
    difference = after.value - before.value
    if before.lower is None or before.upper is None or after.lower is None or after.upper is None:
        return Change(before, after, difference, None, None)
    p, q = _exact(before, scale), _exact(after, scale)
    low = (q - p) - sqrt((q - after.lower) ** 2 + (before.upper - p) ** 2)
    high = (q - p) + sqrt((after.upper - q) ** 2 + (p - before.lower) ** 2)
    return Change(before, after, difference, low, high)


def _exact(figure: Figure, scale: float) -> float:
    """The percentage or rate before it was rounded for publication."""
    if figure.numerator is None or not figure.base:
        raise ValueError("a percentage or rate with an interval has its counts")
    return scale * figure.numerator / figure.base
