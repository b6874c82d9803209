"""What lines, shapes and numbers of a figure over time mean: the words below the picture."""

from collections.abc import Sequence

from explorer.events import Event
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Series
from explorer.models.spc import ControlChart
from explorer.models.trend_settings import Band
from explorer.schema import HIDDEN, STATUS_WORDS
from explorer.sentences.control import Anew


def key_of(
    series: Series,
    control: ControlChart | None,
    later: Series | None,
    fan: Fan | None,
    events: Sequence[Event],
    band: Band | None,
    from_zero: bool,
    anew: Anew | None,
) -> str:
    """What lines, shapes and numbers mean."""
    parts = []
    if control:
        parts.append("Grey line: average. Dashed grey lines: limits of the usual range.")
        if anew:
            parts.append(f"Upright grey line: {anew.said}.")
        if any(control.rules):
            parts.append(
                "Large points are unusual by a rule: diamond outside, triangle trend, square 2 of 3, circle shift."
            )
    if any(point.lower is not None for point in series.points):
        parts.append("Pale band: likely range of each figure.")
    if fan:
        parts.append(
            "Blue fan: forecast, darkest where half of what is likely lies, then 80% and 95%; dashed its middle."
        )
    if later and later.points:
        parts.append("Hollow points came later.")
    if any(point.status in HIDDEN for point in series.points):
        parts.append("Hatched marks are hidden figures.")
    if band:
        parts.append(f"Dotted lines: {band.label} (from {band.reference}).")
    if not from_zero:
        parts.append("The scale does not start at zero.")
    if events:
        said = "; ".join(f"{number} {one.label}, {one.when}" for number, one in enumerate(events, 1))
        parts.append(f"Events: {said}. A mark says when something happened, not that it was the cause.")
    return " ".join(parts)


def note_of(series: Series) -> str:
    """Why some periods have no figure."""
    gone = {point.status for point in series.points if point.value is None}
    return " ".join(f"Some periods: {STATUS_WORDS[status]}." for status in STATUS_WORDS if status in gone)
