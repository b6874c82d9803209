"""The numbers of policy behind "Did it work?": evaluation.yaml."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from explorer.entries import Amount, Entry, Text, Whole, read_entry
from explorer.evaluation.estimate import Method
from explorer.evaluation.monitoring_settings import ImpactSettings, MonitoringSettings
from explorer.evaluation.verdict_settings import CheckEntry, CheckName, VerdictSettings, every_check
from explorer.plan_indicators.cohorts import STEPS

_FILE = "evaluation.yaml"


class Outcome(Entry):
    """A measure that can be asked about, which way is better, and the change in points that is worth knowing of."""

    better: Literal["lower", "higher"]
    worth_noticing: Annotated[float, Field(gt=0, lt=100)]
    description: Text
    reference: Text

    @property
    def sign(self) -> int:
        """-1 where a fall is what is hoped for, 1 where it is a rise."""
        return -1 if self.better == "lower" else 1


class Certainty(Entry):
    """How sure ranges are, how often a real change has to be noticed, and how far ahead a date is looked for."""

    confidence: Amount
    power: Amount
    horizon: Amount


class MethodEntry(Entry):
    """One way of asking: its name, what it does in plain words, and who described it."""

    label: Text
    plain: Text
    reference: Text


class Main(Entry):
    """Which way of asking gives the verdict, by kind of data; fixed before any result is seen."""

    published: Literal["difference_in_differences", "synthetic_control", "synthetic_did"]
    records: Literal["interrupted_series"]


class Measured(Entry):
    """Of 100 invented authorities, how many an effect was found in where there was none, at most.

    ``usual`` is of any authority, ``worst`` of those that ``where`` tells.
    """

    usual: Whole
    worst: Whole
    where: Text
    reference: Text


class Years(Entry):
    """Reporting years by the year they end in."""

    label: Text
    unit: Text
    value: Sequence[Whole]
    description: Text
    reference: Text


class Controlled(Entry):
    """When published figures of other authorities can be a comparison, and how the result is tried."""

    fewest_before: Amount
    most_hidden: Amount
    alike: Amount
    left_out: Amount
    unusual_years: Years


class Interrupted(Entry):
    """When an authority's own course can be a comparison, and how the result is tried."""

    fewest_before: Amount
    fewest_after: Amount
    most_hidden: Amount
    wash_out: Amount
    waves_of_months: Amount
    waves_of_quarters: Amount
    fewest_spare: Amount
    moved: Amount


class Follow(Entry):
    """Months that children are followed, in rising order."""

    label: Text
    unit: Text
    value: Sequence[Whole]
    description: Text
    reference: Text


class Cohorts(Entry):
    """How children who left a plan are followed, and when there are enough of them to tell."""

    follow: Follow
    most_hidden: Amount
    fewest: Amount

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if not set(self.follow.value) <= set(STEPS):
            raise ValueError(f"'follow' may hold {', '.join(map(str, STEPS))} months")
        return self


class EvaluationSettings(Entry):
    """Everything in evaluation.yaml."""

    outcomes: Mapping[str, Outcome]
    certainty: Certainty
    methods: Mapping[Method, MethodEntry]
    main: Main
    measured: Mapping[Method, Measured]
    controlled: Controlled
    interrupted: Interrupted
    cohorts: Cohorts
    impact: ImpactSettings
    monitoring: MonitoringSettings
    checks: Annotated[Mapping[CheckName, CheckEntry], AfterValidator(every_check)]
    verdict: VerdictSettings

    @model_validator(mode="after")
    def _every_method_has_its_words(self) -> Self:
        missing = sorted({self.main.published, self.main.records} - set(self.methods))
        if missing:
            raise ValueError(f"'main' names {', '.join(missing)}, which 'methods' does not have")
        return self


def load_evaluation_settings(folder: Path) -> EvaluationSettings:
    """Read evaluation.yaml.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    return read_entry(folder / _FILE, EvaluationSettings)
