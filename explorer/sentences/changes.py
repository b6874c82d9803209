"""A change on the year before in words, and whether chance alone could explain it."""

from decimal import Decimal

from explorer.benchmarks.change import Change
from explorer.config import Indicator
from explorer.sentences.figures import counts, shown
from explorer.wording import half_up


def change_sentence(moved: Change | None, entry: Indicator) -> str:
    """How a figure moved since the year before, with the likely range of the change."""
    if moved is None:
        return "No change can be given: this year or the year before is not published."
    before, behind = shown(moved.before, entry), counts(moved.before, entry)
    was = f"from {before}" + (f" ({behind})" if behind and entry.unit == "percent" else "")
    size = half_up(moved.difference, 0 if entry.unit == "count" else 1)
    noun = {"percent": "percentage points ", "per_10k": "per 10,000 ", "count": ""}[entry.unit]
    direction = "Up" if size > 0 else "Down"
    said = f"{direction} {abs(size):,} {noun}on the year before, {was}."
    if not size:
        said = f"No change on the year before ({before})."
    if moved.clear is None or moved.low is None or moved.high is None:
        return said
    verdict = "more than chance alone is likely to cause" if moved.clear else "chance alone could explain it"
    low, high = _way(half_up(moved.low)), _way(half_up(moved.high))
    return f"{said} The likely range of the change is {low} to {high}: {verdict}."


def _way(points: Decimal) -> str:
    if not points:
        return "none"
    return f"{abs(points)} {'up' if points > 0 else 'down'}"
