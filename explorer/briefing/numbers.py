"""The figures of one measure as numbers, for sheets and charts, from what its words are made of."""

from explorer.benchmarks.position import Figure
from explorer.briefing.briefing import LineNumbers
from explorer.briefing.gather import Gathered

_NONE = Figure("", "not_published")


def numbers(found: Gathered) -> LineNumbers:
    """The numbers of one measure; a hidden figure leaves its own empty."""
    now, before = found.newest.figure, _shown(found.before.figure if found.before else _NONE)
    own, moved, usual, place = _shown(now), found.change, found.usual, found.found
    return LineNumbers(
        value=own.value,
        numerator=own.numerator,
        denominator=own.base,
        lower=own.lower,
        upper=own.upper,
        least=now.least if now.value is None else None,
        most=now.most if now.value is None else None,
        before=before.value,
        before_numerator=before.numerator,
        before_denominator=before.base,
        change=None if moved is None else moved.difference,
        change_low=None if moved is None else moved.low,
        change_high=None if moved is None else moved.high,
        usual_low=None if usual is None else usual.low,
        usual_high=None if usual is None else usual.high,
        median_low=None if found.median is None else found.median[0],
        median_high=None if found.median is None else found.median[1],
        contributing=None if place is None else place.contributing,
        members=None if place is None else place.group_size,
        england=None if place is None else place.england.value,
    )


def _shown(figure: Figure) -> Figure:
    return _NONE if figure.value is None else figure
