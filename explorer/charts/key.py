"""The words under a chart: what its lines mean, and why some figures are ranges."""

from collections.abc import Iterable

from explorer.benchmarks.position import Figure, Position
from explorer.config import Config, Indicator
from explorer.wording import in_range, in_unit


def line_key(found: Position, entry: Indicator) -> str:
    """What the two rules stand for, with their figures."""
    parts = []
    if found.median is not None:
        said = in_unit(found.median, entry.unit)
        if found.median_bounds and found.median_bounds[0] < found.median_bounds[1]:
            said += f" (shaded: {in_range(*found.median_bounds, entry.unit)} with the hidden ones)"
        parts.append(f"Solid line: median of the published {found.group.short_label}, {said}.")
    if found.england.value is not None and entry.unit != "count":
        parts.append(f"Dotted line: England, {in_unit(found.england.value, entry.unit)}.")
    return " ".join(parts)


def hidden_note(figures: Iterable[Figure], config: Config) -> str:
    """Why some figures are drawn as hatched ranges; empty where none is."""
    if not any(figure.value is None and figure.bounds for figure in figures):
        return ""
    rule = config.benchmarks.suppression
    return (
        f"Hatched ranges are hidden figures. They show what the figure is if the hidden count is "
        f"{rule.lowest} to {rule.highest}; a larger count is at times hidden to protect it."
    )
