"""Figures of a briefing as numbers, for a workbook: to four places, and shorthand where there is none."""

from typing import cast

from explorer.briefing.briefing import Briefing, Line
from explorer.export.accessible_workbook import Amount, Cell, Column, Kind, Table
from explorer.wording import half_up

HIDDEN, NOT_AVAILABLE, NOT_APPLICABLE = "[c]", "[x]", "[z]"
_PLACES = 4  # as in the CSV files: without binary noise, and finer than anything that is shown
_MARKS = {  # shorthand of a figure that is not there, by its status
    "suppressed": HIDDEN,
    "withheld": HIDDEN,
    "low_reliability": "[u]",
    "not_applicable": NOT_APPLICABLE,
    "no_authority": NOT_APPLICABLE,
}
Counts = tuple[float | None, float | None]  # part and whole
UNITS = {"percent": "percent", "per_10k": "per 10,000 children", "count": "number"}


ABOUT_NUMBERS = (
    "The first numbers of a row are of the period named beside them. Those headed 'compared' are of the newest full "
    "year, in which authorities are compared; a number of plans is compared by its rate."
)


def numbers_table(briefing: Briefing) -> Table:
    """One row a measure: the figures that are said of the day, then those of the year that is compared."""
    columns = (
        Column("Measure"),
        Column("Unit"),
        Column("Period"),
        Column("Figure", "count"),
        Column("Count", "count"),
        Column("Out of", "count"),
        Column("Figure a year before", "count"),
        Column("Count a year before", "count"),
        Column("Out of, a year before", "count"),
        Column("Usual range, lower end", "count"),
        Column("Usual range, upper end", "count"),
        Column("Measure compared"),
        Column("Unit of the measure compared"),
        Column("Period compared"),
        Column("Figure compared", "count"),
        Column("Count compared", "count"),
        Column("Out of, compared", "count"),
        Column("Likely range, lower end", "count"),
        Column("Likely range, upper end", "count"),
        Column("If hidden, least", "count"),
        Column("If hidden, most", "count"),
        Column("Median of the group, least it can be", "count"),
        Column("Median of the group, most it can be", "count"),
        Column("Members with a figure", "count"),
        Column("Members of the group", "count"),
        Column("England", "count"),
        Column("Source"),
    )
    return Table(columns, [_numbers_of(line) for line in briefing.lines])


def _numbers_of(line: Line) -> list[Cell]:
    return [line.label, UNITS[line.unit], line.period, *_now(line), line.compared_label, UNITS[line.compared_unit],
            line.compared_period, *_compared(line), line.source]  # fmt: skip


def _now(line: Line) -> list[Cell]:
    """The figures of the period: now, a year before, and what is usual."""
    held, kind = line.numbers, kind_of(line.unit)
    return [
        *_figure(held.value, (held.numerator, held.denominator), line.value, kind),
        *_figure(held.before, (held.before_numerator, held.before_denominator), line.cells["Year before"], kind),
        *(_said(end, NOT_AVAILABLE, kind) for end in (held.usual_low, held.usual_high)),
    ]


def _figure(value: float | None, behind: Counts, words: str, kind: Kind) -> list[Cell]:
    """A figure and the counts behind it; ``words`` say why there is none where there is none."""
    low = words.lower()
    mark = next((mark for start, mark in _STARTS.items() if low.startswith(start)), NOT_AVAILABLE)
    if kind == "count":
        return [_said(value, mark, kind), NOT_APPLICABLE, NOT_APPLICABLE]
    none = mark if value is None else NOT_AVAILABLE
    return [_said(value, mark, kind), *(none if part is None or value is None else part for part in behind)]


_STARTS = {"hidden": HIDDEN, "not applicable": NOT_APPLICABLE, "withheld by dfe": "[u]"}


def _said(value: float | None, mark: str, kind: Kind) -> Cell:
    """A number, children as whole ones as they are said; or the shorthand where there is none."""
    if value is None:
        return mark
    return Amount(float(half_up(value, 0)), kind) if kind == "count" else _amount(number(value, "published"), kind)


def kind_of(unit: str) -> Kind:
    """How numbers of a unit are shown; each unit of indicators.yaml is a kind of column."""
    return cast(Kind, unit)


def _compared(line: Line) -> list[Cell]:
    """The figures of the year in which authorities are compared."""
    place, kind = line.position, kind_of(line.compared_unit)
    if place is None:
        return [NOT_AVAILABLE] * 12
    own = place.figure
    ends = place.median_bounds or (place.median, place.median)
    shares = [
        number(own.value, own.status),
        *counts(own.numerator, own.denominator, own.status, kind),
        *likely(own.value, own.lower, own.upper, own.status),
        *hidden_range(own.status, own.least, own.most),
        *(number(end, "not_available") for end in ends),
    ]
    england = number(place.england.value, place.england.status)
    whole = (1, 2)  # the counts behind the figure
    return [
        *(cell if order in whole else _amount(cell, kind) for order, cell in enumerate(shares)),
        place.contributing,
        place.group_size,
        _amount(england, kind),
    ]


def _amount(cell: Cell, kind: Kind) -> Cell:
    return Amount(cell, kind) if isinstance(cell, float) else cell


def number(value: float | None, status: str) -> Cell:
    """A number to four places, or the shorthand that says why there is none."""
    if value is None or status in _MARKS:  # what is hidden stays so, whatever stands behind its status
        return _MARKS.get(status, NOT_AVAILABLE)
    if value and not half_up(value):
        return "[low]"
    return _rounded(value)


def _rounded(value: float) -> float:
    return float(half_up(value, _PLACES))


def counts(part: float | None, whole: float | None, status: str, unit: str) -> list[Cell]:
    """The counts behind a share or rate; a count has none behind it. What a hidden count is out of may be known."""
    if part is None and unit == "count":
        return [NOT_APPLICABLE, NOT_APPLICABLE]
    return [number(part, status), number(whole, status) if whole is None else _rounded(whole)]


def likely(value: float | None, lower: float | None, upper: float | None, status: str) -> list[Cell]:
    """The two ends of the likely range: a number of plans has none, nor has a share whose counts are not known."""
    if lower is None or upper is None or status in _MARKS:
        mark = _MARKS.get(status, NOT_AVAILABLE if value is None else NOT_APPLICABLE)
        return [mark, mark]
    return [_rounded(lower), _rounded(upper)]


def hidden_range(status: str, least: float | None, most: float | None) -> list[Cell]:
    """Between what a hidden figure lies: only DfE's hidden figures have a range, and only some of them."""
    if status not in ("suppressed", "withheld"):
        return [NOT_APPLICABLE, NOT_APPLICABLE]
    return [NOT_AVAILABLE if end is None else _rounded(end) for end in (least, most)]
