"""Run every check over a table of plans, and set the rows with errors aside."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from explorer.schema import FINDINGS, PLANS
from explorer.sources.checks.facts import with_facts
from explorer.sources.checks.rule import FileRule, Given, RowRule
from explorer.sources.checks.rules import FILE_RULES, NUMBERS, ROW_RULES
from explorer.sources.checks.settings import CheckSettings, load_settings


@dataclass(frozen=True)
class Split:
    """Plans by what the findings say: tables of ``schema.PLANS`` in the order of the file."""

    kept: pl.DataFrame  # without a fault, or with queries only
    left_out: pl.DataFrame  # with at least one error
    queried: int  # rows of ``kept`` that have a query


def load_checks(folder: Path) -> CheckSettings:
    """The words, severities and thresholds of config/checks.yaml.

    Raises:
        ConfigError: with one sentence for every fault; each check needs its words, and no other may stand there.
    """
    return load_settings(folder, NUMBERS)


def run_checks(
    plans: pl.DataFrame,
    reference_date: date | None,
    year: int | None,
    settings: CheckSettings,
    columns: Collection[str] | None = None,
) -> pl.DataFrame:
    """Every fault in the plans, by rule and then by the order of the file.

    Args:
        plans: The columns of ``schema.PLANS``; ``position`` tells the rows apart.
        reference_date: The return's reference date. Without it no start is too late.
        year: The year that the return is for: 2022 is 1 April 2021 to 31 March 2022. Files of several years
            have none, and then no end is outside the year.
        settings: config/checks.yaml.
        columns: The columns that the file has. A rule that reads another one is not run, because a table
            without unique pupil numbers, say, has nothing wrong with them. None: the file has them all.

    Returns:
        The columns of ``schema.FINDINGS``. ``child_id`` is null where a fault is of the file.
    """
    held = set(PLANS if columns is None else columns)
    given = Given(reference_date, year, settings.thresholds)
    found: list[pl.DataFrame] = []
    for rule in (rule for rule in FILE_RULES if held.issuperset(rule.reads)):
        found += _of_file(rule, plans, given)
    rules = [rule for rule in ROW_RULES if held.issuperset(rule.reads)]
    found += _of_rows(rules, with_facts(plans), given)
    table = pl.concat([pl.DataFrame(schema={"rule": pl.String, **_FOUND}), *found])
    return _with_words(table, settings, given)


_FOUND = {"child_id": pl.String, "position": pl.String, "value": pl.String}


def _of_file(rule: FileRule, plans: pl.DataFrame, given: Given) -> Iterator[pl.DataFrame]:
    if (fault := rule.find(plans, given)) is not None:
        position, value = fault
        row = {"rule": rule.number, "child_id": None, "position": position, "value": value}
        yield pl.DataFrame([row], schema={"rule": pl.String, **_FOUND})


def _of_rows(rules: list[RowRule], frame: pl.DataFrame, given: Given) -> Iterator[pl.DataFrame]:
    breaks = {rule.number: rule.breaks(given) for rule in rules}
    # all conditions in one pass; only the rows that break a rule are put into words
    broken = frame.select(**{number: condition for number, condition in breaks.items() if condition is not None})
    broken = broken.select(pl.all().fill_null(value=False))
    any_row = broken.select(pl.all().any()).row(0, named=True)
    for rule in rules:
        if any_row.get(rule.number):
            rows = frame.filter(broken[rule.number])
            yield rows.select(pl.lit(rule.number).alias("rule"), "child_id", "position", rule.value.alias("value"))


def _with_words(table: pl.DataFrame, settings: CheckSettings, given: Given) -> pl.DataFrame:
    dates = given.in_words()
    words = pl.DataFrame(
        [(number, rule.severity, rule.expected.format_map(dates)) for number, rule in settings.rules.items()],
        schema={"rule": pl.String, "severity": pl.String, "expected": pl.String},
        orient="row",
    )
    return table.join(words, on="rule", how="left", maintain_order="left").select(*FINDINGS)


def split_by_severity(plans: pl.DataFrame, findings: pl.DataFrame) -> Split:
    """Set the plans with errors aside.

    Args:
        plans: The columns of ``schema.PLANS``.
        findings: The columns of ``schema.FINDINGS``, from the checks and from reading the file. A finding
            belongs to the plan that stands at its ``position``; one about the whole file leaves no row out.
    """
    places = {
        severity: findings.filter(pl.col("severity") == severity).select("position").unique()
        for severity in ("error", "query")
    }
    kept = plans.join(places["error"], on="position", how="anti", maintain_order="left")
    left_out = plans.join(places["error"], on="position", how="semi", maintain_order="left")
    return Split(kept, left_out, kept.join(places["query"], on="position", how="semi").height)
