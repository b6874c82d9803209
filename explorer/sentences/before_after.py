"""Before and after in words: what moved, how all of England moved, what would go by itself, and what is left."""

from explorer.benchmarks.position import Figure
from explorer.config import Indicator
from explorer.evaluation.before_after import BeforeAfter, Span, WhyNot
from explorer.sentences.evaluation import points_words, range_words
from explorer.sentences.figures import counts, shown
from explorer.wording import half_up, in_range, in_unit, lowered, period, possessive

_WHY: dict[WhyNot, str] = {
    "hidden": "A figure is hidden, and no range of it is known. So before and after cannot be compared.",
    "no_figure": "A figure is missing. So before and after cannot be compared.",
    "no_counts": (
        "The counts behind are not all published. So what was to be expected with nothing done cannot be said."
    ),
}


def change_words(span: Span) -> str:
    """A change: '9.4 points lower', '3.4 to 6.0 points lower' where figures are hidden."""
    if half_up(span.least) == half_up(span.most):
        return points_words(span.least)
    return range_words(span.least, span.most)


def moved_sentence(found: BeforeAfter, entry: Indicator, name: str) -> str:
    """Both figures with their counts, and whether chance alone could explain the change."""
    (first, figure), (second, later) = zip(found.years, (found.before, found.after), strict=True)
    was, now = (_with_counts(one, entry) for one in (figure, later))
    said = (
        f"{possessive(name)} figure for {lowered(entry.label)} was {was} {period(entry.period, first)}. "
        f"It was {now} {period(entry.period, second)}."
    )
    change = found.change
    if change is None:
        return f"{said} {_WHY[found.why_not]}"
    said = f"{said} The change is {change_words(change)}"
    if change.low is None or change.high is None:
        return f"{said}."
    verdict = "more than chance alone is likely to make" if change.clear else "chance alone could make it"
    return f"{said}, with a likely range of {range_words(change.low, change.high)}: {verdict}."


def _with_counts(figure: Figure, entry: Indicator) -> str:
    behind = counts(figure, entry)
    return f"{shown(figure, entry)}{f' ({behind})' if behind else ''}"


def england_sentence(found: BeforeAfter, entry: Indicator) -> str:
    """How all authorities together moved; empty where England has no figure."""
    before, after = (one.value for one in found.england)
    if found.general is None or before is None or after is None:
        return ""
    size = half_up(found.general)
    ends = f"from {in_unit(before, entry.unit)} to {in_unit(after, entry.unit)}"
    if not size:
        return f"In all of England together it stayed as it was ({in_unit(after, entry.unit)})."
    noun = "point" if abs(size) == 1 else "points"
    return f"In all of England together it {'rose' if size > 0 else 'fell'} by {abs(size)} {noun}, {ends}."


def fading_sentence(found: BeforeAfter, entry: Indicator) -> str:
    """Regression to the mean: what of the distance from all others was expected to go by itself."""
    if found.fading is None or found.centre is None or found.before.value is None:
        return _WHY["no_counts"] if found.why_not == "no_counts" else ""
    distance, going = found.before.value - found.centre, abs(found.fading[0])
    centre = in_unit(found.centre, entry.unit)
    if not half_up(going):
        return f"The figure before was about the mean level of all authorities ({centre}), so none of it was to go."
    side = "above" if distance > 0 else "below"
    return (
        f"The figure before was {half_up(abs(distance))} points {side} the mean level of all authorities ({centre}). "
        f"About {half_up(going)} of them were likely to be chance. They would go by themselves, with nothing done."
    )


def expected_sentence(found: BeforeAfter, entry: Indicator) -> str:
    """The figure to be expected in the year asked with nothing done; empty where that is not known."""
    expected = found.expected
    if expected is None or expected.low is None or expected.high is None:
        return ""
    return (
        f"With that, and moving as England did, {in_range(expected.least, expected.most, entry.unit)} was to be "
        f"expected {period(entry.period, found.years[1])} with nothing done. Of 100 authorities like it 95 would lie "
        f"within {in_range(expected.low, expected.high, entry.unit)}."
    )


def left_sentence(found: BeforeAfter) -> str:
    """What neither chance nor the general course explains; empty where that is not known."""
    left = found.left
    if left is None or left.low is None or left.high is None:
        return ""
    verdict = "more than chance is likely to make" if left.clear else "no more than chance may make"
    return f"Beside that the figure is {change_words(left)} (range {range_words(left.low, left.high)}): {verdict}."


def title(found: BeforeAfter, entry: Indicator, name: str) -> str:
    """The finding: "Trafford's re-plans: 19.7%, and 25.3% was to be expected with nothing done"."""
    what = f"{possessive(name)} {lowered(entry.label)}"
    if found.change is None:
        return f"{what}: before and after cannot be compared"
    if found.expected is None or found.left is None:
        return f"{what}: {change_words(found.change)} than before"
    where = "not what" if found.left.clear else "within what"
    return f"{what}: {change_words(found.change)} than before, {where} was to be expected with nothing done"
