"""On which days invented plans may start, be reviewed and end: working days, away from disputed lengths.

Days are counted as ``date.toordinal`` does.
"""

from datetime import date

# Lengths on which definitions disagree (90 days or 3 months, 729 days or 2 years) do not occur, so that every
# way of counting gives the same bands.
DISPUTED = frozenset((*range(88, 94), *range(180, 186), *range(363, 368), *range(727, 734)))
# Nor do starts that have a disputed length at 31 March or 30 September.
DISPUTED_STARTS = frozenset(((3, 30), (3, 31), (4, 1), (4, 2), (9, 28), (9, 29), (9, 30), (10, 1)))


def starting_day(day: int) -> int:
    """A day from ``day`` on when a plan may start."""
    while not _working_day(day) or (date.fromordinal(day).month, date.fromordinal(day).day) in DISPUTED_STARTS:
        day += _step(day)
    return day


def day_after(day: int, start: int) -> int:
    """A day from ``day`` on when a plan of ``start`` may end."""
    while not _working_day(day) or day - start in DISPUTED:
        day += _step(day)
    return day


def day_before(day: int, start: int) -> int:
    """A day up to ``day`` when a plan of ``start`` may be reviewed or end."""
    while not _working_day(day) or day - start in DISPUTED:
        day -= _step(day)
    return day


def _working_day(day: int) -> bool:
    """Monday to Friday, and not between Christmas Eve and 2 January."""
    there = date.fromordinal(day)
    holiday = (there.month == 12 and there.day >= 24) or (there.month == 1 and there.day <= 2)
    return there.weekday() < 5 and not holiday


def _step(day: int) -> int:
    """Days to move a date that may not be: 2 to 5, by its week, so that no weekday gets all the weekends'."""
    return 2 + day // 7 % 4
