"""The figures of one measure as the cells of a table."""

from collections.abc import Mapping

from explorer.briefing.briefing import HEADINGS
from explorer.briefing.gather import Gathered
from explorer.briefing.words import looked_back
from explorer.sentences.figures import shown
from explorer.wording import in_range

_NOT_KNOWN = "Not known"
_CHANCE = {True: " (more than chance)", False: " (could be chance)", None: ""}


def cells(found: Gathered, known: Mapping[str, str]) -> dict[str, str]:
    """The figures of one measure for a table, by heading.

    Args:
        known: Its placeholders, from ``words``.
    """
    contents = (
        shown(found.newest.figure, found.entry),
        _count(found, known),
        _before(found, known),
        _change(found, known),
        _usual(found, known),
        _neighbours(found),
        "" if found.found is None else f"{shown(found.found.england, found.compared_entry)}{_of_another_day(found)}",
    )
    return {heading: said or _NOT_KNOWN for heading, said in zip(HEADINGS, contents, strict=True)}


def _count(found: Gathered, known: Mapping[str, str]) -> str:
    return (
        "A number, not a share" if found.entry.unit == "count" else known.get("count") or known.get("hidden_count", "")
    )


def _before(found: Gathered, known: Mapping[str, str]) -> str:
    if found.before is None:
        return ""
    said, behind = shown(found.before.figure, found.entry), known.get("before_count", "")
    return f"{said} ({behind})" if behind else said


def _change(found: Gathered, known: Mapping[str, str]) -> str:
    """Size, way, and whether chance could make it; of none at all there is nothing to ask of chance."""
    if found.change is None:
        return ""
    if not any("1" <= sign <= "9" for sign in known["size"].partition(" per ")[0]):
        return "No change"
    return f"{known['way'].capitalize()} {known['size']}{_CHANCE[found.change.clear]}"


def _usual(found: Gathered, known: Mapping[str, str]) -> str:
    """The range, with which figures it is of where it is only between which they lay."""
    if found.usual is None:
        return ""
    return f"{known['usual']} ({looked_back(found)})" if found.usual.how == "seen" else known["usual"]


def _neighbours(found: Gathered) -> str:
    """The median with from how many it is: 'Median 22.0%, from 8 of 10'."""
    place = found.found
    if place is None or found.median is None:
        return ""
    median = in_range(*found.median, found.compared_entry.unit)
    return f"Median {median}, from {place.contributing} of {place.group_size}{_of_another_day(found)}"


def _of_another_day(found: Gathered) -> str:
    """When others are compared, where the authority's own figure is of another period: ' (year to March 2018)'."""
    if found.kind == "year" or found.found is None:
        return ""
    year = found.found.year
    return f" (31 March {year})" if found.compared_entry.period == "day" else f" (year to March {year})"
