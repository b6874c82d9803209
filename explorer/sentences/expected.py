"""What was expected of a figure, or set for it, in words: whether it stayed within a forecast or somebody's range."""

from datetime import date

from explorer.config import Indicator
from explorer.models.forecasting.fan import Fan
from explorer.models.series import Series
from explorer.models.trend_settings import Band
from explorer.wording import count, day, in_range, in_unit, lowered, plural, possessive


def band_sentence(series: Series, entry: Indicator, band: Band) -> str:
    """How often a figure lay in the range that somebody set for it; empty where no figure is shown."""
    shown = [point for point in series.points if point.value is not None]
    if not shown:
        return ""
    inside = [point for point in shown if point.value is not None and band.low <= point.value <= band.high]
    newest = shown[-1]
    return (
        f"Of {plural(len(shown), 'figure', 'figures')} up to {day(newest.end)}, {len(inside)} lay between "
        f"{count(band.low)} and {count(band.high)} ({band.label}); the newest "
        f"{'does' if newest in inside else 'does not'}."
    )


def expected_title(fan: Fan, came: Series, entry: Indicator, name: str, *, forecast: bool) -> str:
    """Whether the newest figure that is known stayed within what was expected of it some time before.

    Args:
        forecast: whether it is a forecast, and not how far the figure usually moves.
    """
    what = f"{possessive(name)} {lowered(entry.label)}"
    place = _newest(fan, came)
    if place is None:
        return f"{what}: no figure to hold against what was expected"
    figure = in_unit(_values(came)[fan.ends[place]], entry.unit)
    return f"{what}: {figure} at {day(fan.ends[place])} is {_held(fan, came, entry, place, forecast)}"


def expected_sentence(fan: Fan, came: Series, entry: Indicator, *, forecast: bool) -> str:
    """The same of the newest figure itself: 'That is within what was expected'; empty where it is hidden."""
    place = _newest(fan, came)
    if place is None or fan.ends[place] != came.ends[-1]:
        return ""
    return f"That is {_held(fan, came, entry, place, forecast)}."


def _values(came: Series) -> dict[date, float]:
    return {point.end: point.value for point in came.points if point.value is not None}


def _newest(fan: Fan, came: Series) -> int | None:
    """The last period of a fan that there is a figure of."""
    known = _values(came)
    return max((place for place, end in enumerate(fan.ends) if end in known), default=None)


def _held(fan: Fan, came: Series, entry: Indicator, place: int, forecast: bool) -> str:
    """'well above what was expected (95 of 100: 218 to 259)'."""
    value = _values(came)[fan.ends[place]]
    (low, high), (least, most) = ((low[place], high[place]) for low, high in _ranges(fan))
    what = "what was expected" if forecast else "what its usual movement would allow"
    inner = f"{what} (80 of 100: {in_range(low, high, entry.unit)})"
    if low <= value <= high:
        return f"within {inner}"
    side = "above" if value > high else "below"
    if least <= value <= most:
        return f"a little {side} {inner}"
    return f"well {side} {what} (95 of 100: {in_range(least, most, entry.unit)})"


def kept_sentence(fan: Fan, later: Series) -> str:
    """How many of the figures that came stayed within a forecast's ranges; empty where none came."""
    came = {point.end: point.value for point in later.points if point.value is not None}
    places = [place for place, end in enumerate(fan.ends) if end in came]
    if not places:
        return ""
    inside = [sum(low[n] <= came[fan.ends[n]] <= high[n] for n in places) for low, high in _ranges(fan)]
    return (
        f"Of {plural(len(places), 'figure', 'figures')} that came, {inside[0]} lay within the 80% range and "
        f"{inside[1]} within the 95% range."
    )


def _ranges(fan: Fan) -> tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]:
    return (fan.low_80, fan.high_80), (fan.low_95, fan.high_95)
