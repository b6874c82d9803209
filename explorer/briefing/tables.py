"""The two tables behind the pictures of a measure: the years up to now, and the others in the newest one."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from explorer.benchmarks.position import Figure, Position
from explorer.benchmarks.standing import middle
from explorer.briefing.briefing import COURSE, OTHERS
from explorer.briefing.gather import Gathered, Place
from explorer.config import Indicator
from explorer.sentences.figures import shown
from explorer.wording import in_range


def course(found: Gathered, place: Place, years: Sequence[int]) -> pl.DataFrame:
    """``COURSE``: the compared measure, year by year."""
    places = ((year, place(found.compared, year)) for year in years)
    return pl.DataFrame([_year(year, at, found.compared_entry) for year, at in places if at], schema=COURSE)


def _year(year: int, at: Position, entry: Indicator) -> dict[str, object]:
    own, ends = at.figure, at.median_bounds or (None, None)
    hidden = own.value is None
    return {
        "year": year,
        "value": own.value,
        "numerator": None if hidden else own.numerator,
        "denominator": own.base,
        "lower": own.lower,
        "upper": own.upper,
        "least": own.least if hidden else None,
        "most": own.most if hidden else None,
        "status": own.status,
        "shown": shown(own, entry),
        "median": None if at.median_bounds is None else middle(at),
        "median_least": ends[0],
        "median_most": ends[1],
        "members": at.contributing,
        "england": at.england.value,
    }


def others(found: Gathered, called: Callable[[str], str]) -> pl.DataFrame:
    """``OTHERS``: the authority, its group, their median and England in the newest year, highest first.

    Args:
        called: The name of an authority.
    """
    if found.found is None:
        return pl.DataFrame(schema=OTHERS)
    rows = list(_rows(found.found, found.compared_entry, called))
    return pl.DataFrame(rows, schema=OTHERS).sort("value", "name", descending=[True, False], nulls_last=True)


def _rows(at: Position, entry: Indicator, called: Callable[[str], str]) -> Iterator[dict[str, object]]:
    yield _row(at.figure, called(at.area), "authority", shown(at.figure, entry))
    for member in at.members:
        yield _row(member, called(member.area), "member", shown(member, entry))
    if at.median_bounds is not None:
        least, most = at.median_bounds
        median = Figure("", "published", middle(at), least=least, most=most)
        said = in_range(least, most, entry.unit)
        yield {**_row(median, f"Median of {at.group.short_label}", "median", said), "least": least, "most": most}
    if at.england.value is not None:
        yield _row(at.england, "England", "england", shown(at.england, entry))


def _row(figure: Figure, name: str, kind: str, said: str) -> dict[str, object]:
    hidden = figure.value is None
    return {
        "area": figure.area or None,
        "name": name,
        "kind": kind,
        "value": figure.value,
        "least": figure.least if hidden else None,
        "most": figure.most if hidden else None,
        "status": figure.status,
        "shown": said,
    }
