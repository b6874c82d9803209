"""The figures of one authority of a nation: its rows through the checks, the counts and the disclosure control.

This is the program that takes a file of one authority, given the rows of one authority out of many files. So a figure
here is the figure that the authority gets from its own file, to the plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from explorer.disclosure import layer_of_rows, protect_indicators
from explorer.errors import DataError
from explorer.nation.shelf import Slot
from explorer.plan_indicators import PeriodKind
from explorer.records import Faults, RecordRules, all_figures, check_plans, faults_of
from explorer.records.figures import KINDS
from explorer.records.shipped import joined
from explorer.sources.headings import Table, too_many_rows, with_positions
from explorer.sources.plain import read_plain
from explorer.sources.plan_file import PlanFile
from explorer.wording import listed


@dataclass(frozen=True)
class Question:
    """What is asked of every authority.

    Attributes:
        kind: the kind of the periods; each one that was complete on ``until`` is counted.
        until: nothing later is used.
        since: the day from which the files hold every plan; None: for each authority the first day a plan ended.
        exact: figures as they are, for one's own machine; else small numbers are hidden.
    """

    kind: PeriodKind
    until: date
    since: date | None = None
    exact: bool = False


@dataclass(frozen=True)
class Found:
    """What one authority comes to.

    Attributes:
        area: its DfE number.
        figures: ``plan_indicators.PLAN_INDICATORS``, the periods of the kind that was asked for.
        faults: what was wrong in its rows, by rule.
        rows: plans that were read.
        latest: the last day on which anything happened in its rows; None where no row is kept.
        notes: sentences about its rows.
    """

    area: str
    figures: pl.DataFrame
    faults: Faults
    rows: int
    latest: date | None
    notes: tuple[str, ...]


def figures_of(area: str, slots: Sequence[Slot], rules: RecordRules, question: Question) -> Found:
    """Check, count and protect the rows of one authority.

    Raises:
        DataError: its rows cannot be typed, are too many for one authority, or lie outside the days asked for.
    """
    if sum(slot.rows for slot in slots) > rules.limits.max_rows:
        raise too_many_rows(listed(tuple(slot.place for slot in slots)), rules.limits)
    file = joined([_plan_file(slot, rules) for slot in slots])
    checked = check_plans(file, rules, question.since, question.until)
    kept = checked.split.kept
    if checked.first is None and not kept.is_empty():
        raise DataError(f"{file.name}: no plan lies between the days that were asked for.")
    if question.exact:
        figures = all_figures(checked, rules, kinds=(question.kind,))
    else:
        together = (question.kind,) if question.kind == "year" else KINDS
        figures = _safe(area, all_figures(checked, rules, kinds=together), rules)
    return Found(
        area,
        figures.filter(period_kind=question.kind),
        faults_of(checked, rules),
        file.plans.height,
        kept.select(pl.max_horizontal(pl.col("start_date").max(), pl.col("end_date").max())).item(),
        file.notes,
    )


def _plan_file(slot: Slot, rules: RecordRules) -> PlanFile:
    """The rows of one file as the reader of plain tables has them; they are numbered as they come."""
    held = slot.read()

    def take(wanted: Mapping[str, int]) -> pl.DataFrame:
        cells = held.select(pl.nth(number).alias(name) for name, number in wanted.items())
        return with_positions(slot.place, cells, 1, rules.limits)

    return read_plain(slot.place, Table(slot.place, tuple(held.columns), take), rules.limits)


def _safe(area: str, exact: pl.DataFrame, rules: RecordRules) -> pl.DataFrame:
    """The figures as anybody may see them. Layers that none of them is in are left off: they would show nothing."""
    release = rules.release.for_area(area, exact)
    used = set(layer_of_rows(exact, release))
    layers = tuple(layer for number, layer in enumerate(release.layers) if number in used)
    return protect_indicators(exact, replace(release, layers=layers), rules.benchmarks.suppression)
