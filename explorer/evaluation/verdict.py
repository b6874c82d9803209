"""The verdict: consistent with an effect, the other way, no sign, or cannot tell and when it could be told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

import polars as pl

from explorer.evaluation.before_after import BeforeAfter
from explorer.evaluation.checks import Alike, Facts, Fit, failed, of_need, tried, way
from explorer.evaluation.estimate import Check, Estimate, Method, Specification
from explorer.evaluation.interrupted import Difference
from explorer.evaluation.settings import EvaluationSettings, Outcome
from explorer.evaluation.verdict_settings import Answer, Caveat, Condition, Data

CONTROLLED: tuple[Method, ...] = ("difference_in_differences", "synthetic_control", "synthetic_did")
_PERCENT = 100.0

# One row a thing that was found. `low` and `high` are its 95% range; `unit` is points, share, plans or periods.
FOUND: Mapping[str, type[pl.DataType]] = {
    "item": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
}


@dataclass(frozen=True)
class Inquiry:
    """What was asked.

    Attributes:
        area: DfE number.
        indicator: a key of ``outcomes`` in evaluation.yaml.
        what: what began: "restorative conferences".
        start: the day; None where none is given.
        end: the last day of the time asked about.
        data: where the figures come from.
    """

    area: str
    indicator: str
    what: str
    start: date | None
    end: date
    data: Data


@dataclass(frozen=True)
class Power:
    """What could be noticed at all, by the power that the settings ask for.

    Attributes:
        smallest: the smallest effect there by the end of the time asked about that could be noticed, in points.
        by: the day by which the effect worth noticing could be; None where it could not within the horizon.
        method: the way of asking that gives that day.
    """

    smallest: float | None = None
    by: date | None = None
    method: Method | None = None


@dataclass(frozen=True)
class Evidence:
    """All that the verdict rests on.

    Attributes:
        estimate: the main one, by ``main`` of evaluation.yaml; None with ``why_not``, a sentence.
        specifications: every other way of asking.
        fit: how near the comparison was before.
        alike: authorities that stood where this one did.
        moved: before and after, beside what was to be expected by itself.
        power: what could be noticed.
        there: the share of the full effect that could be there in the last period, 0 to 1 (``Path.exposure``); None:
            as the estimate has it.
        base: what the last period's share is out of: plans; None where that is not shown.
        since: of an authority's own course, how many more or fewer there were since the start; told instead of the
            last period's.
        hidden: whether hidden figures of the authority went in as ranges.
    """

    asked: Inquiry
    estimate: Estimate | None
    why_not: str = ""
    specifications: tuple[Specification, ...] = ()
    fit: Fit | None = None
    alike: Alike | None = None
    moved: BeforeAfter | None = None
    power: Power = Power()
    there: float | None = None
    base: float | None = None
    since: Difference | None = None
    hidden: bool = False

    def __post_init__(self) -> None:
        if self.estimate is None and not self.why_not:
            raise ValueError("Without an estimate there is a reason.")

    @property
    def in_plans(self) -> tuple[float, float, float] | None:
        """The effect and its range in plans: since the start, or in the last period; None where that is not known."""
        if self.estimate is None:
            return None
        if self.since is not None:
            return self.since.number, self.since.lower, self.since.upper
        if not self.base or not isfinite(self.estimate.lower) or not isfinite(self.estimate.upper):
            return None
        share = self.base / _PERCENT
        return share * self.estimate.effect, share * self.estimate.lower, share * self.estimate.upper

    @property
    def share_there(self) -> float:
        """The share of the full effect that could be there by the end."""
        if self.there is not None:
            return self.there
        if self.estimate is None or not self.estimate.full:
            return 1.0
        return min(max(self.estimate.effect / self.estimate.full, 0.0), 1.0)


@dataclass(frozen=True)
class Verdict:
    """The answer, by which rule, and everything that has to stand beside it.

    Attributes:
        rule: the key of the rule in evaluation.yaml that gave the answer and gives its words.
        outcome: the settings of the measure asked about.
        checks: passed, failed, or not tried; empty without an estimate.
        caveats: keys of ``verdict.caveats`` that apply.
        when: the day by which it could be told; None where it is told, or no day is known.
        table: ``FOUND``.
    """

    answer: Answer
    rule: str
    evidence: Evidence
    outcome: Outcome
    checks: tuple[Check, ...]
    caveats: tuple[Caveat, ...]
    when: date | None
    table: pl.DataFrame


def decide(evidence: Evidence, settings: EvaluationSettings) -> Verdict:
    """Give the answer by the first rule of evaluation.yaml whose needs are all met.

    Raises:
        KeyError: the measure asked about is not among ``outcomes``.
    """
    outcome = settings.outcomes[evidence.asked.indicator]
    checks = tried(_facts(evidence, evidence.estimate), settings) if evidence.estimate else ()
    met = frozenset(conditions(evidence, checks, settings))
    name, rule = next((name, rule) for name, rule in settings.verdict.rules.items() if set(rule.needs) <= met)
    caveats = tuple(_caveats(evidence, checks, rule.answer, settings)) if rule.answer != "not_asked" else ()
    when = evidence.power.by if rule.answer == "cannot_tell" and "date_ahead" in rule.needs else None
    return Verdict(rule.answer, name, evidence, outcome, checks, caveats, when, _table(evidence, outcome))


def worth_now(evidence: Evidence, outcome: Outcome) -> float:
    """How much of the effect worth noticing could be there by the end, in points, above 0."""
    return outcome.worth_noticing * evidence.share_there


def conditions(evidence: Evidence, checks: tuple[Check, ...], settings: EvaluationSettings) -> Iterator[Condition]:
    """All that holds, in the words that rules may need."""
    start, end = evidence.asked.start, evidence.asked.end
    by = evidence.power.by
    yield from _when(start is None, "no_start")
    yield from _when(start is not None and end < start, "not_begun")
    yield from _when(by is not None and by > end, "date_ahead")
    yield from _when(by is not None and by <= end, "date_past")
    if evidence.estimate is None:
        yield "no_estimate"
        return
    sign, low, high = settings.outcomes[evidence.asked.indicator].sign, evidence.estimate.lower, evidence.estimate.upper
    every = of_need(checks, settings, "any_answer")
    untried = bool(every) and all(one.passed is None for one in every)
    held: Condition = "checks_untried" if untried else "checks_hold"
    yield "checks_fail" if failed(checks, settings, "any_answer") else held
    yield "effect_fails" if failed(checks, settings, "an_effect") else "effect_holds"
    found = way(low, high)
    yield "clear" if found else "unclear"
    yield from _when(found == sign, "hoped")
    yield from _when(found == -sign, "unhoped")
    best = max(sign * low, sign * high)
    yield from _when(best < worth_now(evidence, settings.outcomes[evidence.asked.indicator]), "worth_left_out")


def _when(holds: bool, condition: Condition) -> Iterator[Condition]:
    if holds:
        yield condition


def _facts(evidence: Evidence, estimate: Estimate) -> Facts:
    before = evidence.moved.before.value if evidence.moved else None
    return Facts(
        estimate,
        evidence.specifications,
        evidence.fit,
        evidence.alike,
        evidence.moved,
        evidence.share_there,
        before,
    )


def _caveats(
    evidence: Evidence, checks: tuple[Check, ...], answer: Answer, settings: EvaluationSettings
) -> Iterator[Caveat]:
    """Those that always apply, and those of this case; ``events`` is left to whoever knows them."""
    if evidence.asked.data == "sample":
        yield "invented"
    yield "not_proof"
    yield "balance"
    yield "events"
    estimate = evidence.estimate
    if estimate is not None:
        yield "comparison" if estimate.method in CONTROLLED else "one_series"
        early = next((one for one in checks if one.name == "time"), None)
        if early is not None and early.passed is False:
            yield "early"
    if evidence.hidden:
        yield "hidden"
    if any(one.passed is None for one in of_need(checks, settings, "any_answer", "an_effect")):
        yield "untried"
    effect = answer in ("consistent", "other_way")
    if effect and any(one.name != "time" for one in failed(checks, settings, "none")):
        yield "doubtful"


def _table(evidence: Evidence, outcome: Outcome) -> pl.DataFrame:
    """What was found, for a file and for the words: missing figures are null."""
    estimate = evidence.estimate
    rows: list[tuple[str, float | None, float | None, float | None, str]] = []
    if estimate is not None:
        rows.append(("effect", estimate.effect, estimate.lower, estimate.upper, "points"))
        if evidence.in_plans is not None:
            rows.append(("in_plans", *evidence.in_plans, "plans"))
        rows += [
            ("p_value", estimate.p_value, None, None, "share"),
            ("full_effect", estimate.full, None, None, "points"),
            ("periods_before", float(estimate.periods_before), None, None, "periods"),
            ("periods_after", float(estimate.periods_after), None, None, "periods"),
        ]
    rows += [
        ("there", evidence.share_there if estimate or evidence.there is not None else None, None, None, "share"),
        ("smallest_noticeable", evidence.power.smallest, None, None, "points"),
        ("worth_noticing", outcome.worth_noticing, None, None, "points"),
    ]
    return pl.DataFrame(rows, schema=FOUND, orient="row")
