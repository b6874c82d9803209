"""Plan records as anybody may see them: figures through disclosure control, faults without children."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import polars as pl

from explorer.disclosure import protect_cohorts, protect_difference, protect_indicators, replans_of
from explorer.plan_indicators import children_again, left_out_difference
from explorer.records.checked import Checked
from explorer.records.figures import Asked, all_figures, of_period
from explorer.records.settings import RecordRules
from explorer.wording import plural

_SIZES = (
    (100, "fewer than a hundred plans"),
    (1_000, "hundreds of plans"),
    (1_000_000, "thousands of plans"),
    (float("inf"), "a million plans or more"),
)

Origin = Literal["sample", "plan_records", "upload"]


@dataclass(frozen=True)
class Records:
    """Plan records of one authority, ready for screens.

    Attributes:
        label: what they are called.
        origin: where they come from.
        area: DfE number of the authority.
        checked: the records themselves, for the analyst's own downloads and for nothing that others see.
        figures: every figure after disclosure control, ``plan_indicators.PLAN_INDICATORS``.
        cohorts: children followed after they left a plan, and plans after they started, after disclosure control,
            ``disclosure.cohort_table.COHORT_TABLE``.
        version: a digest of ``figures`` and ``cohorts``, so that it says nothing of what is hidden.
    """

    label: str
    origin: Origin
    area: str
    checked: Checked
    figures: pl.DataFrame
    cohorts: pl.DataFrame
    version: str

    @property
    def invented(self) -> bool:
        """Whether no child in them is real."""
        return self.checked.file.kind == "sample"

    @property
    def rows(self) -> str:
        """How many plans are in the file, in the coarsest words: less the plans open it would give those ended."""
        height = self.checked.file.plans.height
        return next(words for most, words in _SIZES if height < most)


@dataclass(frozen=True)
class Faults:
    """What is wrong in a file, without identifiers or values.

    Attributes:
        by_rule: ``rule``, ``severity``, ``label``, ``findings`` (how many), errors first.
        left_out: rows with an error, which are not counted in any figure.
        queried: rows with a query, which are counted.
    """

    by_rule: pl.DataFrame
    left_out: int
    queried: int

    @property
    def outline(self) -> str:
        """What was found without a number: how many rows have a fault can tell how many children have something."""
        if self.by_rule.is_empty():
            return "No fault was found."
        parts = ["Rows with an error were found; they are left out of every figure."] if self.left_out else []
        return " ".join([*parts, *(["Rows with a query were found; they are kept."] if self.queried else [])])

    @property
    def sentence(self) -> str:
        """What was found, in one sentence with its numbers: for the analyst alone."""
        if self.by_rule.is_empty():
            return "No fault was found."
        return (
            f"{plural(self.left_out, 'row has', 'rows have')} an error and {_were(self.left_out)} left out of every "
            f"figure; {plural(self.queried, 'row has', 'rows have')} a query and {_were(self.queried)} kept."
        )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def safe_records(
    checked: Checked, rules: RecordRules, label: str, origin: Origin, area: str, asked: Asked | None = None
) -> Records:
    """Count every figure of a file and hide what could give a small count away, beside what is known of the area."""
    exact = all_figures(checked, rules, asked)
    figures = protect_indicators(exact, rules.release.for_area(area, exact), rules.benchmarks.suppression)
    again = children_again(checked.split.kept, checked.first, checked.last, checked.scope)
    cohorts = protect_cohorts(again, figures, rules.benchmarks.suppression, replans_of(exact))
    version = hashlib.sha256((figures.write_csv() + cohorts.write_csv()).encode()).hexdigest()[:8]
    return Records(label, origin, area, checked, figures, cohorts, version)


def faults_of(checked: Checked, rules: RecordRules) -> Faults:
    """The faults of a file as a screen shows them: the rule and the row, never a child or a value."""
    words = pl.DataFrame(
        [(number, rule.label) for number, rule in rules.checks.rules.items()],
        schema={"rule": pl.String, "label": pl.String},
        orient="row",
    )
    by_rule = (
        checked.findings.group_by("rule", "severity")
        .agg(findings=pl.len())
        .join(words, on="rule", how="left")
        .with_columns(label=pl.col("label").fill_null("Cell that could not be read"))
        .select("rule", "severity", "label", "findings")
        .sort("severity", "rule")
    )
    return Faults(by_rule, checked.split.left_out.height, checked.split.queried)


def safe_differences(records: Records, asked: Asked, rules: RecordRules) -> pl.DataFrame:
    """What the rows with errors would have changed in each figure of one period, where that may be shown.

    Returns:
        The columns of ``plan_indicators.left_out_difference``.
    """
    checked = records.checked
    exact = left_out_difference(
        checked.file.plans,
        checked.split.kept,
        asked.as_at,
        asked.kind,
        rules.plans,
        rules.benchmarks,
        checked.scope,
    )
    return protect_difference(exact, records.figures.filter(of_period(asked)), rules.benchmarks.suppression)
