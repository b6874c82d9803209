"""What a check is: a rule number, the columns it reads, and an expression that is true where a row breaks it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from explorer.sources.checks.settings import Thresholds
from explorer.wording import day


@dataclass(frozen=True)
class Given:
    """What a check may know beside the rows: the dates of the return and the thresholds."""

    reference_date: date | None
    year: int | None  # the reporting year ends on 31 March of it
    thresholds: Thresholds

    @property
    def year_start(self) -> date | None:
        """1 April of the return's reporting year."""
        return None if self.year is None else date(self.year - 1, 4, 1)

    @property
    def year_end(self) -> date | None:
        """31 March of the return's reporting year."""
        return None if self.year is None else date(self.year, 3, 31)

    def in_words(self) -> dict[str, str]:
        """The dates for the placeholders of a rule's ``expected``."""
        return {
            "reference_date": "the reference date" if self.reference_date is None else day(self.reference_date),
            "year_start": "1 April" if self.year_start is None else day(self.year_start),
            "year_end": "31 March" if self.year_end is None else day(self.year_end),
        }


@dataclass(frozen=True)
class RowRule:
    """A check of every plan.

    Args:
        number: The DfE rule number, or a name for a rule of this project.
        reads: The columns of the plan table that the file must have for the rule to mean anything.
        breaks: True where a row breaks the rule; no expression where the return does not say enough to tell.
        value: What was found there, as text.
    """

    number: str
    reads: tuple[str, ...]
    breaks: Callable[[Given], pl.Expr | None]
    value: pl.Expr


@dataclass(frozen=True)
class FileRule:
    """A check of the file as a whole: where the fault is and what was found, or nothing."""

    number: str
    reads: tuple[str, ...]
    find: Callable[[pl.DataFrame, Given], tuple[str, str] | None]


def said(words: str, *columns: str | pl.Expr) -> pl.Expr:
    """Words with the columns in the places of {}: dates as 2021-04-01, nothing as 'missing'."""
    parts = [pl.col(column) if isinstance(column, str) else column for column in columns]
    return pl.format(words, *(part.cast(pl.String).fill_null("missing") for part in parts))


def blank(column: str) -> pl.Expr:
    """True where a text cell is null or holds nothing but spaces."""
    return pl.col(column).is_null() | (pl.col(column).str.strip_chars() == "")
