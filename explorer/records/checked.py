"""A file of plan records whose rows have been looked at: the faults, the rows kept, and the days it covers."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from explorer.plan_indicators import Scope
from explorer.records.settings import RecordRules
from explorer.sources.checks import Split, run_checks, split_by_severity
from explorer.sources.plan_file import PlanFile

_ANNEX_A_MONTHS = 6  # List 7 holds the plans that ended in the last six months, and those open now
_APRIL = 4


@dataclass(frozen=True)
class Checked:
    """A file, its faults, and what it can answer.

    Attributes:
        file: the file as it was read.
        findings: every fault, ``schema.FINDINGS``. They name children: for the analyst alone.
        split: the rows kept and left out.
        scope: what the file can answer by its kind.
        first: the first day of the figures; plans that ended before it may be missing from the file.
        last: the last day; None, like ``first``, where no row has a date.
        first_guessed: nobody said from when the file is complete: ``first`` is the first day a plan in it ended.
        last_guessed: nobody said up to when it runs: ``last`` is the last day a plan in it started or ended.
    """

    file: PlanFile
    findings: pl.DataFrame
    split: Split
    scope: Scope
    first: date | None
    last: date | None
    first_guessed: bool = False
    last_guessed: bool = False


def check_plans(file: PlanFile, rules: RecordRules, since: date | None = None, until: date | None = None) -> Checked:
    """Run every check, set the rows with errors aside, and tell which days the rest covers.

    Args:
        file: The file.
        rules: How it is checked and counted.
        since: The day from which the file holds every plan, where somebody knows it. Of files that do not say so
            themselves it is else taken to be the first day on which a plan ended: an extract of some years lacks the
            plans that ended before it begins.
        until: The day up to which the file runs, where somebody knows it. A return says so itself; of other files
            it is else taken to be the last day on which a plan started or ended.
    """
    found = run_checks(file.plans, file.reference_date, file.year, rules.checks, file.columns)
    findings = pl.concat([file.unreadable, found])
    split = split_by_severity(file.plans, findings)
    told = until or file.reference_date
    last = told or _latest(split.kept)
    scope = _scope(file, last)
    first, last = _covered(split.kept, scope, (since, last), rules.history_years)
    first_guessed = since is None and scope.first_day is None and first == split.kept["end_date"].min()
    return Checked(
        file,
        findings,
        split,
        scope,
        first,
        last,
        first_guessed=first is not None and first_guessed,
        last_guessed=last is not None and told is None and scope.last_day is None,
    )


def _scope(file: PlanFile, last: date | None) -> Scope:
    """What a kind of file holds: a census one reporting year, Annex A the last six months, others any time."""
    if file.covered is not None:
        return Scope(file.capabilities, *file.covered)
    if file.kind == "cin_census" and file.year is not None:
        return Scope(file.capabilities, date(file.year - 1, 4, 1), date(file.year, 3, 31))
    if file.kind == "annex_a" and last is not None:
        first = pl.Series([last]).dt.offset_by(f"-{_ANNEX_A_MONTHS}mo").item()
        return Scope(file.capabilities, first + timedelta(1), None)
    return Scope(file.capabilities)


def _latest(plans: pl.DataFrame) -> date | None:
    """The last day on which anything happened in the file."""
    latest: date | None = plans.select(pl.max_horizontal(pl.col("start_date").max(), pl.col("end_date").max())).item()
    return latest


def _covered(
    plans: pl.DataFrame, scope: Scope, told: tuple[date | None, date | None], history_years: int
) -> tuple[date | None, date | None]:
    """The first and last day of the figures; none where no plan is left to count.

    No figures are older than ``history_years``.
    """
    since, last = told
    last = scope.last_day or last
    earliest: date | None = plans["end_date"].min() or plans["start_date"].min()  # type: ignore[assignment]
    if last is None or earliest is None:
        return None, None
    oldest = date(last.year - history_years - (last.month < _APRIL), _APRIL, 1)
    first = max(scope.first_day or since or earliest, oldest)
    return (first, last) if first <= last else (None, None)
