"""What must be true of the position of every authority in every year, in figures and in words.

A file of its own, because all of it rests on one walk that takes some seconds; WALK=all takes the whole of it.
"""

import csv
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from statistics import median

import pytest

from explorer.benchmarks.change import change
from explorer.benchmarks.position import Position
from explorer.benchmarks.quarters import quarter
from explorer.schema import STATUS_WORDS
from explorer.sentences import changes, figures, groups
from explorer.wording import half_up, in_range, in_unit
from tests.fixtures import BROKEN, ENDED_LONG, GROUP, OPEN, OPEN_LONG, REPEAT, ROOT, ZERO, shipped_world, walked

SHARES = (REPEAT, OPEN_LONG, ENDED_LONG)


def test_the_walk_takes_in_every_authority_and_every_year() -> None:
    world, pairs = shipped_world(), set(walked())
    assert {area for area, _ in pairs} == {area.code for area in world.areas.authorities}
    assert {year for _, year in pairs} == set(world.years)
    assert any((area, year - 1) in pairs for area, year in pairs)


def all_of_them() -> list[tuple[str, int]]:
    """Every authority in every year: the rules of LAIT and of DfE's dashboard are held to on all of them."""
    world = shipped_world()
    return [(area.code, year) for area in world.areas.authorities for year in world.years]


@lru_cache(maxsize=8)
def every_position(indicator: str, *years: int) -> dict[tuple[str, int], Position]:
    """The position of every authority, among its 2025 neighbours, in some of the years or in all."""
    return positions_of(indicator, years or shipped_world().years, walked())


def positions_of(
    indicator: str, years: Sequence[int], pairs: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Position]:
    """Those of some authorities and years."""
    world = shipped_world()
    chosen = [(area, year) for area, year in pairs if year in years]
    return {(area, year): world.position(area, indicator, year, GROUP) for area, year in chosen}


# --- LAIT's rules once more, from the files alone


class Lait:
    """Values, averages and ranks as LAIT works them out, without anything of the program."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, int], dict[str, float]] = {}
        spans: dict[str, tuple[int, int]] = {}
        for row in self._rows("areas"):
            if row["level"] == "local_authority":
                spans[row["area"]] = (int(row["first_year"]), int(row["last_year"]))
        for row in self._rows("measures"):
            year = int(row["year_ending"])
            if row["status"] == "published" and row["area"] in spans:
                first, last = spans[row["area"]]
                if first <= year <= last:
                    self.values.setdefault((row["measure"], year), {})[row["area"]] = float(row["value"])
        self.neighbours: dict[str, list[str]] = {}
        for row in self._rows("statistical_neighbours"):
            if row["model"] == "2025":
                self.neighbours.setdefault(row["la_code"], []).append(row["neighbour_la_code"])

    @staticmethod
    def _rows(name: str) -> list[dict[str, str]]:
        with (ROOT / f"data/published/{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    @staticmethod
    def rank(value: float, values: list[float], low_is_good: bool) -> int:
        """The place of ``value`` in ``values``, itself included; ties take the least place."""
        ordered = sorted(values if low_is_good else [-other for other in values])
        return 1 + bisect_left(ordered, value if low_is_good else -value)


@pytest.mark.parametrize(
    ("indicator", "years"),
    [(REPEAT, ()), (OPEN_LONG, ()), (ENDED_LONG, ()), ("reviews_on_time_percent", (2016, 2019, 2022, 2025))],
)
def test_every_position_is_as_lait_would_have_it(indicator: str, years: tuple[int, ...]) -> None:
    world = shipped_world()
    lait, low_is_good = Lait(), indicator != "reviews_on_time_percent"
    positions = positions_of(indicator, years or world.years, all_of_them())
    assert len(positions) == len(world.areas.authorities) * len(years or world.years)
    ordered = {year: list(values.values()) for (measure, year), values in lait.values.items() if measure == indicator}
    for (area, year), found in positions.items():
        values, where = lait.values[indicator, year], (indicator, area, year)
        theirs = [values[code] for code in lait.neighbours.get(area, []) if code in values]
        assert found.figure.value == values.get(area), where
        assert (found.contributing, found.group_size) == (len(theirs), len(lait.neighbours.get(area, []))), where
        assert (found.mean is None) == (found.median is None) == (not theirs), where
        if theirs:
            assert found.mean == pytest.approx(sum(theirs) / len(theirs)), where
            assert found.median == pytest.approx(median(theirs)), where
            assert found.median is not None
            assert half_up(found.median) == half_up(median(theirs)), where  # as DfE's dashboard shows it
        own = values.get(area)
        if own is None:
            assert (found.rank.place, found.england_rank.place) == (None, None), where
        else:
            assert found.rank.place == lait.rank(own, [own, *theirs], low_is_good), where
            assert found.rank.of == 1 + len(theirs), where
            assert found.england_rank.place == lait.rank(own, ordered[year], low_is_good), where
            assert found.england_rank.of == len(values), where


def type_7(values: list[float], share: float) -> float:
    """A quantile as R and LAIT have it: in a straight line between the two figures beside it."""
    ordered, place = sorted(values), share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@pytest.mark.parametrize(
    ("indicator", "years"),
    [(REPEAT, ()), (OPEN_LONG, ()), (ENDED_LONG, ()), ("reviews_on_time_percent", (2016, 2019, 2022, 2025))],
)
def test_every_quarter_is_as_lait_would_have_it(indicator: str, years: tuple[int, ...]) -> None:
    """The best quarter is up to and with the first limit; where high is good, all is turned round."""
    world, lait = shipped_world(), Lait()
    polarity, england = world.config.indicators[indicator].polarity, world.config.benchmarks.england
    for year in years or world.years:
        values = lait.values.get((indicator, year), {})
        limits = [type_7(list(values.values()), share) for share in (0.25, 0.5, 0.75)] if values else []
        for area in (area.code for area in world.areas.authorities):
            found = quarter(world.position(area, indicator, year, england), polarity)
            if area not in values:
                assert found is None or found.best <= found.worst  # hidden: between two quarters
                continue
            assert found is not None
            assert found.limits == pytest.approx(limits), (area, year)
            worse = [values[area] > limit for limit in limits]
            if polarity == "high":
                worse = [values[area] < limit for limit in limits]
            assert (found.best, found.worst) == (1 + sum(worse), 1 + sum(worse)), (area, year)


@pytest.mark.parametrize("indicator", [REPEAT, OPEN_LONG, ENDED_LONG])
def test_hidden_figures_widen_a_position_and_never_narrow_it(indicator: str) -> None:
    widened = 0
    for where, found in every_position(indicator).items():
        hidden = found.bounded - found.contributing
        if found.mean_bounds is not None and found.median_bounds is not None:
            if hidden:
                widened += 1
                assert found.mean_bounds[0] < found.mean_bounds[1], where
                assert found.median_bounds[0] <= found.median_bounds[1], where
            else:
                assert found.mean_bounds == pytest.approx((found.mean, found.mean)), where
                assert found.median_bounds == pytest.approx((found.median, found.median)), where
        rank = found.rank
        if rank.place is not None and rank.best is not None and rank.worst is not None:
            assert rank.place <= rank.best <= rank.worst <= rank.place + hidden, where
            assert rank.of_bounded == rank.of + hidden, where
        told = found.comparison
        assert told.lower + told.level + told.higher + told.unknown == found.group_size, where
    assert widened > 25


# --- What is said


def everything_said(found: Position) -> dict[str, str]:
    world = shipped_world()
    entry, name = world.config.indicators[found.indicator], world.areas.label(found.area)
    return {
        "title": groups.title(found, world.config, world.areas),
        "own": figures.own_figure(found.figure, entry, name, found.year),
        "group": groups.group_sentence(found, world.config),
        "pooled": groups.pooled_sentence(found, world.config),
        "england": groups.england_sentence(found, world.config),
        "rank": groups.rank_sentence(found, world.config, name),
        "position": groups.position_sentence(found, world.config, world.areas),
        "cell": figures.shown(found.figure, entry),
        "counts": figures.counts(found.figure, entry),
        "notes": " ".join(found.group.notes),
    }


def _headline_positions(indicator: str) -> dict[tuple[str, int], Position]:
    """All of the shares; the number of plans, which says less, in two years."""
    return every_position(indicator) if indicator in SHARES else every_position(indicator, 2018, 2022)


@pytest.mark.parametrize("indicator", [*SHARES, OPEN])
def test_no_sentence_is_broken_for_any_authority_and_year(indicator: str) -> None:
    positions = _headline_positions(indicator)
    assert len(positions) > 100
    for where, found in positions.items():
        for what, said in everything_said(found).items():
            assert not BROKEN.search(said), (where, what, said)


@pytest.mark.parametrize("indicator", [*SHARES, OPEN])
def test_what_is_said_of_a_figure_follows_its_status(indicator: str) -> None:
    entry = shipped_world().config.indicators[indicator]
    for where, found in _headline_positions(indicator).items():
        figure, said = found.figure, everything_said(found)
        if figure.value is not None:
            assert in_unit(figure.value, entry.unit) in said["own"], where
            if figure.denominator is not None:
                assert f"{figure.numerator:,.0f} of {figure.denominator:,.0f} " in said["own"], where
        elif figure.status == "suppressed":
            assert " is hidden, because " in said["own"], where
            if figure.least is None or figure.most is None:
                assert "range is not known" in said["own"], where
            else:
                assert in_range(figure.least, figure.most, entry.unit) in said["own"], where
            assert not ZERO.search(said["own"]), where
            assert said["title"].endswith("figure is hidden"), where
        else:
            assert said["own"].endswith(f": {STATUS_WORDS[figure.status]}."), where
            assert said["rank"] == "", where
            assert said["counts"] in ("", "0 of 0"), where


@pytest.mark.parametrize("indicator", SHARES)
def test_the_change_of_every_authority_is_true(indicator: str) -> None:
    world, positions = shipped_world(), every_position(indicator)
    entry = world.config.indicators[indicator]
    steps = 0
    for (area, year), found in positions.items():
        before = positions.get((area, year - 1))
        step = change(before.figure, found.figure, entry.scale) if before else None
        said = changes.change_sentence(step, entry)
        assert not BROKEN.search(said), (area, year, said)
        if step is not None and half_up(abs(step.difference)):
            steps += 1
            assert said.startswith("Up " if step.after.value > step.before.value else "Down "), (area, year)  # type: ignore[operator]
            assert step.clear is None or ("more than chance" in said) == step.clear, (area, year)
    assert steps > 150
