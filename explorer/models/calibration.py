"""The rates behind a what-if, from an authority's own published figures, with the range they can be in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import polars as pl

from explorer.config import Config
from explorer.errors import SelectionError
from explorer.indicators import wilson_interval
from explorer.models.plan_flow import PlanFlow

_STARTS = ("plans_started", "plans_started_repeat")
_BANDS = ("up_to_3m", "3m_to_6m", "6m_to_1y", "1y_to_2y", "2y_plus")


@dataclass(frozen=True)
class Count:
    """A count; one that is not published has the range it can be in and its middle as ``value``."""

    measure: str
    year: int
    value: float
    least: float
    most: float
    published: bool

    @property
    def hidden(self) -> bool:
        """Whether the count is only known as a range."""
        return self.least < self.most


@dataclass(frozen=True)
class Calibration:
    """The central rates, the corners of what the rates can be, and the counts that they rest on."""

    flow: PlanFlow
    corners: tuple[PlanFlow, ...]
    counts: tuple[Count, ...]
    notes: tuple[str, ...]


def calibrate(table: pl.DataFrame, config: Config, area: str, name: str, year: int) -> Calibration:
    """Rates of ``area`` from the year ending 31 March ``year``, or the latest one before it that has them.

    The corners take the re-plan share and the share of second-year plans that reach two years to the ends
    of their Wilson intervals (see ``indicators.wilson_interval``), and hidden counts to theirs.

    Args:
        table: ``schema.INDICATORS``.
        name: What the area is called, for the sentences.

    Raises:
        SelectionError: there is too little to go on; the sentence says why and what to do instead.
    """
    rows = table.filter(pl.col("area") == area, pl.col("period") <= year)
    if rows.filter(pl.col("period") == year, pl.col("status") != "no_authority").is_empty():
        raise SelectionError(f"{name} did not exist in {year}, so no what-if is shown. Pick a year when it did.")
    notes: list[str] = []
    counts = dict(_starts(_latest(rows, _STARTS, "plans started", name, year, notes)))
    for kind, what in (("plans_open", "open plans"), ("plans_ended", "ended plans")):
        measures = (kind, *(f"{kind}_{band}" for band in _BANDS))
        counts |= dict(_long_plans(kind, _latest(rows, measures, what, name, year, notes)))
    _check_enough(counts, config, name)
    if any(count.hidden for count in counts.values()):
        notes.append("Hidden counts are taken at the middle of the range they can be in; the range is carried through.")
    central = {measure: count.value for measure, count in counts.items()}
    corners = tuple(dict.fromkeys(_corners(counts, config)))
    return Calibration(_flow(central), corners, tuple(counts.values()), tuple(notes))


Rows = Mapping[str, Mapping[str, float | None]]


def _latest(
    rows: pl.DataFrame, measures: Sequence[str], what: str, name: str, year: int, notes: list[str]
) -> tuple[int, Rows]:
    """The rows of the latest year in which every measure is published or hidden."""
    there = pl.col("indicator").is_in(list(measures)) & pl.col("status").is_in(["published", "suppressed"])
    wanted = rows.filter(there).select("indicator", "period", "value", "least", "most")
    complete = wanted.group_by("period").len().filter(pl.col("len") == len(measures))["period"]
    if complete.is_empty():
        raise SelectionError(
            f"{name} has no figures for {what} by {year} that a what-if can rest on: they are hidden or missing. "
            "Pick a later year, another authority or other data."
        )
    latest = max(complete.to_list())
    if latest != year:
        notes.append(f"For {what} the figures of {latest} are used: those of {year} are not all published.")
    return latest, {row["indicator"]: row for row in wanted.filter(period=latest).iter_rows(named=True)}


def _starts(found: tuple[int, Rows]) -> Iterator[tuple[str, Count]]:
    for measure in _STARTS:
        yield measure, _count(measure, *found)


def _count(measure: str, year: int, rows: Rows) -> Count:
    row = rows[measure]
    least, most = (row["value"], row["value"]) if row["value"] is not None else (row["least"], row["most"])
    if least is None or most is None:
        raise ValueError(f"{measure} is hidden and has no range")  # indicators gives every hidden count one
    return Count(measure, year, (least + most) / 2, least, most, row["value"] is not None)


def _long_plans(kind: str, found: tuple[int, Rows]) -> Iterator[tuple[str, Count]]:
    """The whole, the plans of a year or more and those of two years or more.

    DfE hides a second band to protect the first, and that one can be large: it is worked out from what the
    published bands leave of the whole.
    """
    year, rows = found
    whole = _count(kind, year, rows)
    bands = {band: _count(f"{kind}_{band}", year, rows) for band in _BANDS}
    left = whole.value - sum(count.value for count in bands.values() if count.published)
    second, beyond = bands["1y_to_2y"], bands["2y_plus"]
    others = sum(not count.published for count in bands.values()) - (not second.published) - (not beyond.published)
    most_beyond = beyond.most if beyond.published else min(beyond.most, left - others - (not second.published))
    if second.published:
        least, most = second.value + beyond.least, second.value + most_beyond
    else:  # the hidden bands share what is left, one plan each at the least
        known = beyond.value if beyond.published else 0.0
        most = known + left - others
        least = most if not others else known + 1 + (not beyond.published)
    over_one = Count(f"{kind}_1y_plus", year, (least + most) / 2, least, most, second.published and beyond.published)
    middle = min((beyond.least + most_beyond) / 2, over_one.value)
    yield kind, whole
    yield f"{kind}_1y_plus", over_one
    yield f"{kind}_2y_plus", Count(beyond.measure, year, middle, beyond.least, most_beyond, beyond.published)


def _check_enough(counts: Mapping[str, Count], config: Config, name: str) -> None:
    starts, repeats = counts["plans_started"], counts["plans_started_repeat"]
    minimum = config.app.what_if.minimum_starts.value
    if starts.hidden or starts.value < minimum:
        raise SelectionError(
            f"{name} started fewer than {minimum:g} plans in the year to March {starts.year}. One family could "
            "move every rate, so no what-if is shown. Pick a larger authority nearby instead."
        )
    if repeats.hidden:
        raise SelectionError(
            f"The number of re-plans of {name} in the year to March {repeats.year} is hidden, because it or a "
            "figure beside it is small. So no what-if is shown. Pick another year or a larger authority nearby."
        )
    empty = [kind for kind in ("plans_open", "plans_ended") if counts[kind].hidden or counts[kind].value <= 0]
    if empty or repeats.most >= starts.value:
        raise SelectionError(
            f"{name} had too few first, open or ended plans in the year to March {starts.year} for a what-if. "
            "Pick another year or a larger authority nearby."
        )


def _flow(counts: Mapping[str, float], repeat: float | None = None, reach: float | None = None) -> PlanFlow:
    """The rates that a set of counts implies; ``repeat`` and ``reach`` override two shares."""
    starts, ended, opened = counts["plans_started"], counts["plans_ended"], counts["plans_open"]
    repeat = counts["plans_started_repeat"] / starts if repeat is None else repeat
    over_one = counts["plans_ended_1y_plus"]
    reach = (counts["plans_ended_2y_plus"] / over_one if over_one else 0.0) if reach is None else reach
    beyond = min(counts["plans_open_2y_plus"], counts["plans_open_1y_plus"])  # ends of two ranges may cross
    return PlanFlow(
        first_starts=starts * (1 - repeat),
        repeat_share=repeat,
        reach_one_year=over_one / ended,
        reach_two_years=reach * over_one / ended,
        months_first_year=12 * (opened - counts["plans_open_1y_plus"]) / starts,
        months_second_year=12 * (counts["plans_open_1y_plus"] - beyond) / starts,
        months_beyond=12 * beyond / starts,
    )


def _corners(counts: Mapping[str, Count], config: Config) -> Iterator[PlanFlow]:
    """Every combination of ends: hidden counts, the re-plan share, the share that reaches two years."""
    doubtful = [count for count in counts.values() if count.hidden]
    for ends in product(*(((count.measure, count.least), (count.measure, count.most)) for count in doubtful)):
        known = {measure: count.value for measure, count in counts.items()} | dict(ends)
        repeats = wilson_interval(known["plans_started_repeat"], known["plans_started"], config.benchmarks)
        reaches: tuple[float | None, ...] = (None,)
        over_one = known["plans_ended_1y_plus"]
        if over_one:
            reaches = wilson_interval(min(known["plans_ended_2y_plus"], over_one), over_one, config.benchmarks)
        for repeat, reach in product(repeats, reaches):
            yield _flow(known, repeat, None if reach is None else max(reach, 0.0))
