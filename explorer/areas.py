"""Authorities, regions and England: what they are called, when they existed, and who stands beside whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from explorer.benchmark_entries import Benchmarks
from explorer.errors import SelectionError
from explorer.sources.published import Published
from explorer.wording import day, listed


@dataclass(frozen=True)
class Area:
    """One authority, region or England, with the years (ending 31 March) its figures were published."""

    code: str
    level: str
    name: str
    label: str
    region: str | None
    first_year: int
    last_year: int

    def existed(self, year: int) -> bool:
        """Whether figures for the year ending 31 March ``year`` can be this area's."""
        return self.first_year <= year <= self.last_year


@dataclass(frozen=True)
class Change:
    """A split or merger on a date: ``pairs`` are (old, new) area codes that share some of the same place."""

    pairs: tuple[tuple[str, str], ...]
    changed_on: date

    @property
    def old(self) -> tuple[str, ...]:
        """The authorities that ended."""
        return tuple(dict.fromkeys(old for old, _ in self.pairs))

    @property
    def new(self) -> tuple[str, ...]:
        """The authorities that began."""
        return tuple(dict.fromkeys(new for _, new in self.pairs))


@dataclass(frozen=True)
class Comparators:
    """The members of a comparator group, the authority itself left out, and what should be said of them."""

    group: str
    label: str
    short_label: str
    member_label: str
    members: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Areas:
    """Every area by its code, the splits and mergers, and the neighbour models."""

    by_code: Mapping[str, Area]
    changes: tuple[Change, ...]
    neighbours: Mapping[tuple[int, str], tuple[str, ...]]

    def __getitem__(self, code: str) -> Area:
        try:
            return self.by_code[code]
        except KeyError:
            raise SelectionError(f"There is no area '{code}'. Trafford, for example, is 358.") from None

    @cached_property
    def authorities(self) -> tuple[Area, ...]:
        """Every authority, past ones too, by label."""
        found = (area for area in self.by_code.values() if area.level == "local_authority")
        return tuple(sorted(found, key=lambda area: area.label))

    def label(self, code: str) -> str:
        """The name an area is shown by; unique among all areas."""
        return self[code].label

    def history(self, code: str) -> str:
        """What became of an authority or what it came from, as a sentence; empty where nothing changed."""
        sentences = []
        for change in self.changes:
            old, new = listed(self.label(c) for c in change.old), listed(self.label(c) for c in change.new)
            if code in change.old or code in change.new:
                verb = "was" if len(change.old) == 1 else "were"
                sentences.append(f"On {day(change.changed_on)} {old} {verb} replaced by {new}.")
        return " ".join(sentences)

    def relatives(self, code: str, year: int) -> tuple[str, ...]:
        """The authorities that covered the same place in ``year``, where ``code`` itself did not exist."""
        if self[code].existed(year):
            return ()
        found = [
            other
            for change in self.changes
            for pair in change.pairs
            for mine, other in (pair, pair[::-1])
            if mine == code and self[other].existed(year)
        ]
        return tuple(dict.fromkeys(found))


def load_areas(published: Published) -> Areas:
    """Build the register from the published tables.

    A name that two authorities have had (Dorset) is made unique by the last year of the one that ended.
    """
    latest = int(published.areas["last_year"].max())  # type: ignore[arg-type]
    by_code = {}
    for row in published.areas.iter_rows(named=True):
        ended = row["last_year"] < latest
        label = f"{row['name']} (until {row['last_year']})" if ended else row["name"]
        by_code[row["area"]] = Area(
            row["area"], row["level"], row["name"], label, row["region"], row["first_year"], row["last_year"]
        )
    neighbours = {
        (key[0], key[1]): tuple(rows.sort("rank")["neighbour_la_code"])
        for key, rows in published.neighbours.group_by("model", "la_code")
    }
    return Areas(by_code, _changes(published.area_changes), neighbours)


def _changes(table: pl.DataFrame) -> tuple[Change, ...]:
    """One change an order: the pairs of old and new authorities of one day and one order."""
    return tuple(
        Change(tuple(rows.select("old_area", "new_area").iter_rows()), key[0])
        for key, rows in table.sort("changed_on").group_by("changed_on", "source", maintain_order=True)
    )


def comparators(
    areas: Areas,
    benchmarks: Benchmarks,
    group: str,
    code: str,
    year: int,
    chosen: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Comparators:
    """Whom ``code`` is compared with in ``year`` by a group of config/benchmarks.yaml.

    A neighbour that did not exist in ``year`` stays a member and is explained in the notes.

    Args:
        chosen: The areas of a group picked by hand; used by that group alone.
        without: Members that the reader leaves out; others are not minded.

    Raises:
        SelectionError: the group is unknown, or the area is not an authority.
    """
    if group not in benchmarks.groups:
        raise SelectionError(f"There is no group '{group}'; allowed: {', '.join(benchmarks.groups)}.")
    entry, area = benchmarks.groups[group], areas[code]
    if area.level != "local_authority":
        raise SelectionError(f"{area.label} is not an authority; pick an authority to compare.")
    standing = [other.code for other in areas.authorities if other.existed(year) and other.code != code]
    notes: list[str] = []
    match entry.kind:
        case "statistical_neighbours":
            members = list(areas.neighbours.get((entry.model or 0, code), ()))
            if not members:
                notes.append(_no_neighbours(areas, benchmarks, entry.model, area))
        case "region":
            members = [other for other in standing if areas[other].region == area.region]
        case "england":
            members = standing
        case _:
            members = [other for other in dict.fromkeys(chosen) if other != code]
            if not members:
                notes.append("No authorities are picked yet. Add some under 'Compare with'.")
    left_out = [other for other in members if other in without]
    if left_out:
        members = [other for other in members if other not in without]
        notes.append(f"Left out of the comparison by choice: {listed(areas.label(other) for other in left_out)}.")
    notes += [_absent(areas, other, year) for other in members if not areas[other].existed(year)]
    return Comparators(group, entry.label, entry.short_label, entry.member_label, tuple(members), tuple(notes))


def _no_neighbours(areas: Areas, benchmarks: Benchmarks, model: int | None, area: Area) -> str:
    others = [
        entry.label
        for entry in benchmarks.groups.values()
        if entry.model and (entry.model, area.code) in areas.neighbours
    ]
    instead = f"Choose {listed(others, 'or')} instead." if others else "Choose its region or England instead."
    said = (f"The {model} model has no neighbours for {area.label}.", areas.history(area.code), instead)
    return " ".join(filter(None, said))


def _absent(areas: Areas, code: str, year: int) -> str:
    return f"{areas.label(code)} has no figures for {year}. {areas.history(code)}"
