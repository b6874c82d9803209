"""One figure in words: with its counts, or why there is none and what it could be."""

from explorer.benchmarks.position import Figure
from explorer.config import Indicator
from explorer.schema import HIDDEN, STATUS_WORDS
from explorer.wording import count, in_range, in_unit, period, possessive


def own_figure(figure: Figure, entry: Indicator, name: str, year: int) -> str:
    """What an authority's figure is, with its counts, or why there is none."""
    when = period(entry.period, year)
    if figure.value is not None:
        return f"{name}, {when}: {_with_counts(figure, entry)}."
    if figure.status != "suppressed":
        return f"{name} has no figure for this, {when}: {STATUS_WORDS[figure.status]}."
    hidden = f"{possessive(name)} figure, {when}, is hidden, because it or a figure beside it is small."
    if figure.least is None or figure.most is None:
        return f"{hidden} The source does not give the counts, so its range is not known."
    if entry.unit == "count":
        return f"{hidden} If it is itself a small number it is {in_range(figure.least, figure.most, entry.unit)}."
    return (
        f"{hidden} If the hidden count is itself a small number, {hidden_counts(figure, entry)}, "
        f"the figure is {in_range(figure.least, figure.most, entry.unit)}. It could be higher if it was "
        "hidden only to protect another number."
    )


def _with_counts(figure: Figure, entry: Indicator) -> str:
    """A published figure by the indicator's own sentence, or plainly where its counts are not all known."""
    value = in_unit(figure.value or 0.0, entry.unit)
    if entry.numerator is None:
        return entry.sentence.format(value=value)
    if figure.numerator is None:
        return f"{entry.label.lower()}, {value}; its counts are not published for this year"
    if figure.base is None:
        return f"{entry.label.lower()}, {value}, {count(figure.numerator)} in all; how many it is out of is hidden"
    said = entry.sentence.format(value=value, numerator=count(figure.numerator), denominator=_whole(figure))
    return f"{said} ({value})"


def hidden_counts(figure: Figure, entry: Indicator) -> str:
    """The counts that a hidden figure can have: '1 to 5 of 155'."""
    if figure.least is None or figure.most is None or figure.base is None:
        return "not known"
    least, most = (bound * figure.base / entry.scale for bound in (figure.least, figure.most))
    return f"{in_range(least, most, 'count')} of {_whole(figure)}"


def counts(figure: Figure, entry: Indicator) -> str:
    """The counts behind a figure for a table: '76 of 261', '1 to 5 of 155', or nothing."""
    if figure.base is None or entry.numerator is None:
        return ""
    if figure.numerator is not None:
        return f"{count(figure.numerator)} of {_whole(figure)}"
    return "" if figure.least is None else hidden_counts(figure, entry)


def shown(figure: Figure, entry: Indicator) -> str:
    """A figure for a table cell or label: '29.1%', 'hidden: 0.6% to 3.2%', 'not available'."""
    if figure.value is not None:
        return in_unit(figure.value, entry.unit)
    if figure.status == "suppressed" and figure.least is not None and figure.most is not None:
        return f"hidden: {in_range(figure.least, figure.most, entry.unit)}"
    return "hidden" if figure.status in HIDDEN else STATUS_WORDS[figure.status]


def headline(figure: Figure, entry: Indicator) -> str:
    """A figure at its shortest, for large type: '29.1%', 'Hidden', 'No figure'."""
    if figure.value is not None:
        return in_unit(figure.value, entry.unit)
    return "Hidden" if figure.status in HIDDEN else "No figure"


def _whole(figure: Figure) -> str:
    if figure.denominator is not None:
        return count(figure.denominator)
    return f"about {count(figure.base or 0.0)}"
