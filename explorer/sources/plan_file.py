"""A file of plan records once it is read: its plans, what could not be read in it, and what it can answer."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

Kind = Literal["cin_census", "annex_a", "ssd", "plain", "sample"]

# What a file can answer. "annual": figures for a whole reporting year. "dated_history": earlier plans stand
# in it with their dates, so that a plan within two years of the last one can be told.
ANNUAL, DATED_HISTORY = "annual", "dated_history"

NO_PLANS = "no child protection plans in this file"
UNDERCOUNT = (
    "The file does not say how many earlier plans a child had, so they were counted from the plans in the file. "
    "Plans that ended before the file begins (six years ago in a Standard Safeguarding Dataset) are not in that "
    "count, so it can be too low."
)
ANNEX_A_SCOPE = (
    "Annex A List 7 holds the plans that are open now or ended in the last six months, so it cannot give figures "
    "for a whole year."
)

# Records that say this in the column "note" of every row are the sample of this program, wherever they come from.
INVENTED = "invented"
INVENTED_NOTE = "These records are invented: no child in them is real."
SOME_INVENTED_NOTE = "Some rows of this file say that they are invented and others do not; all of them are counted."


@dataclass(frozen=True)
class PlanFile:
    """The content of one file of plan records.

    Attributes:
        name: the file's name, safe to show.
        kind: what sort of file it is.
        plans: one row a plan, ``schema.PLANS``.
        unreadable: cells that are no date or number, ``schema.FINDINGS`` with the rule "unreadable".
        children: children in the file, with or without a plan.
        reference_date: the day up to which a return counts, where the file says it.
        year: the year (ending 31 March) that a return says it is for.
        notes: sentences for whoever reads the figures.
        capabilities: what the file can answer: ``ANNUAL``, ``DATED_HISTORY``.
        columns: the columns of ``schema.PLANS`` that the file has; the others are null because it has them not.
        authority: DfE number of the authority, where the file says it.
        covered: the first and last day that several returns together are complete for; None: not said.
    """

    name: str
    kind: Kind
    plans: pl.DataFrame
    unreadable: pl.DataFrame
    children: int
    reference_date: date | None
    year: int | None
    notes: tuple[str, ...]
    capabilities: frozenset[str]
    columns: frozenset[str]
    authority: str | None = None
    covered: tuple[date, date] | None = None
