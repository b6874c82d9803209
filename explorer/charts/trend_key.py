"""What lines, shapes and numbers of a figure over time mean: the words below the picture."""

from collections.abc import Sequence

from explorer.events import Event
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Point, Series
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
    ranged = {lone(series, place) for place, point in enumerate(series.points) if point.lower is not None}
    if ranged:
        parts.append(f"{_RANGES[True in ranged, False in ranged]}: likely range of each figure.")
    if fan:
        parts.append(
            "Blue fan: forecast. From the inside out, 50, 80 and 95 of 100 likely figures lie in it; dashed its middle."
        )
    if later and later.points:
        parts.append("Hollow points came later.")
    parts += _hidden_words((*series.points, *(later.points if later else ())))
    if band:
        parts.append(f"Dotted lines: {band.label} (from {band.reference}).")
    if not from_zero:
        parts.append("The scale does not start at zero.")
    if events:
        said = "; ".join(f"{number} {one.label}, {one.when}" for number, one in enumerate(events, 1))
        parts.append(f"Events: {said}. A mark says when something happened, not that it was the cause.")
    return " ".join(parts)


_RANGES = {(False, True): "Pale band", (True, False): "Pale bar", (True, True): "Pale band or bar"}


def lone(series: Series, place: int) -> bool:
    """Whether a figure stands between two without a likely range, so that no band leads to its own."""
    beside = (at for at in (place - 1, place + 1) if 0 <= at < len(series.points))
    return all(series.points[at].lower is None for at in beside)


def _hidden_words(points: Sequence[Point]) -> list[str]:
    """What a hatched mark says of a hidden figure: between which it lies, or that nobody can say."""
    hidden = [point for point in points if point.value is None and point.status in HIDDEN]
    parts = []
    if any(point.most is not None for point in hidden):
        parts.append("A hatched bar is the range that a hidden figure lies in.")
    if any(point.most is None for point in hidden):
        parts.append("A short hatched mark at the foot: hidden, and its range is not known.")
    return parts


def note_of(series: Series) -> str:
    """Why some periods have no figure."""
    gone = {point.status for point in series.points if point.value is None}
    return " ".join(f"Some periods: {STATUS_WORDS[status]}." for status in STATUS_WORDS if status in gone)
