"""What stands in interventions.yaml and evidence.yaml: ideas, what they change, how sure anyone can be, and studies."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf, log
from statistics import NormalDist
from typing import Literal

from explorer.entries import Amount, Entry, Text
from explorer.models.action_entries import ActionEntry
from explorer.models.flow.inputs import BAND_STARTS, LEFT_ROWS, SINCE_STARTS
from explorer.models.impact_entries import Began, Impact
from explorer.plan_indicators.rules import BAND_NAMES, LAST_BAND, LONG

ActsOn = Literal["return_after_leaving", "return_in_pool", "ending", "first_starts", "gate"]
DURATION_BANDS = (*BAND_NAMES, LAST_BAND, LONG)
SINCE_LEAVING = (*SINCE_STARTS, LEFT_ROWS)  # months since a plan ended at which the engine's bands begin and end
LONG_BAND = BAND_STARTS[-1]  # months on the plan from which it is long
ON_PLAN = (*BAND_STARTS, None)  # months on the plan; the last band has no end
EDGES: Mapping[str, tuple[int | None, ...]] = {
    "return_after_leaving": SINCE_LEAVING,
    "return_in_pool": SINCE_LEAVING,
    "ending": ON_PLAN,
}
_NORMAL = NormalDist()
_Z80, _Z95 = _NORMAL.inv_cdf(0.9), _NORMAL.inv_cdf(0.975)


class Range(Entry):
    """What a number of a what-if may be, and by how much a slider moves it."""

    label: Text
    unit: Text
    lowest: float
    highest: float
    step: float
    description: Text
    reference: Text

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed: those where least and step are whole."""
        return self.step.is_integer() and self.lowest.is_integer()

    @property
    def allowed(self) -> str:
        """What may stand here, in words."""
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.lowest:g} to {self.highest:g} ({self.unit})"

    def holds(self, value: float) -> bool:
        """Whether a number is allowed; NaN never is."""
        return self.lowest <= value <= self.highest and (not self.whole or float(value).is_integer())


class Parameter(Range):
    """A number with the value that it has unless somebody moves it."""

    value: float


class Effect(Entry):
    """One chance that an idea changes.

    Args:
        from_months, to_months: Which children, by time since leaving or on the plan (``EDGES``); None without bands.
        ratio, low, high: Middle of what is believed, and its 80% interval, as times today's.
        lowest, highest, step: The slider.
        comes_back, delay_months: Of a gate: the share of those held back who come onto a plan after all, and when.
    """

    name: Text
    code: Text
    acts_on: ActsOn
    from_months: int | None = None
    to_months: int | None = None
    label: Text
    unit: Text
    ratio: float
    low: float
    high: float
    lowest: float
    highest: float
    step: float
    comes_back: Parameter | None = None
    delay_months: Parameter | None = None

    @property
    def log_sds(self) -> tuple[float, float]:
        """Standard deviations of the logarithm of the ratio below and above its middle, from the 80% interval."""
        return log(self.ratio / self.low) / _Z80, log(self.high / self.ratio) / _Z80

    @property
    def mean_ratio(self) -> float:
        """The mean of what is believed, as times its middle."""
        below, above = self.log_sds
        return exp(below**2 / 2) * _NORMAL.cdf(-below) + exp(above**2 / 2) * _NORMAL.cdf(above)

    @property
    def interval_95(self) -> tuple[float, float]:
        """What holds the ratio in 95 of 100 cases."""
        below, above = self.log_sds
        return self.ratio * exp(-_Z95 * below), self.ratio * exp(_Z95 * above)

    def allows(self, ratio: float) -> bool:
        """Whether the evidence allows for a ratio: it is within ``interval_95``."""
        lowest, highest = self.interval_95
        return lowest <= ratio <= highest

    @property
    def bands(self) -> slice:
        """The bands of the engine that it acts on, as a slice of their axis."""
        edges = EDGES.get(self.acts_on)
        if edges is None:
            return slice(0, 1)
        return slice(edges.index(self.from_months), edges.index(self.to_months))


class Workload(Amount):
    """What an idea asks of staff: so many units for each ``per`` that it reaches (for a month: always)."""

    per: Literal["conference", "replan", "plan_started", "plan_ended", "month"]


class Intervention(Entry):
    """One idea: what is done, what it changes, when, for how many families, on what evidence, what should move."""

    code: Text
    label: Text
    what: Text
    status: Text
    description: Text
    start_month: int
    ramp_months: int
    reach: Parameter
    fade_half_life_months: int | None
    effects: tuple[Effect, ...]
    workload: Workload | None = None
    impact: tuple[Impact, ...]
    began: tuple[Began, ...] = ()
    evidence: tuple[Text, ...]
    strength: Text
    reference: Text

    @property
    def fade(self) -> float:
        """Months until half of the effect is gone; infinite where it lasts."""
        return inf if self.fade_half_life_months is None else float(self.fade_half_life_months)

    def expected(self, outcome: str) -> Impact | None:
        """How it is expected to move a figure; None where it is not."""
        return next((impact for impact in self.impact if impact.outcome == outcome), None)

    def start_in(self, area: str) -> Began | None:
        """When it began in an authority (DfE number), where that is known."""
        return next((one for one in self.began if one.area == area), None)

    @property
    def gate(self) -> Effect | None:
        """The effect that is a gate on re-plans, if there is one."""
        return next((effect for effect in self.effects if effect.acts_on == "gate"), None)


class LeavingMix(Entry):
    """How long plans had lasted that ended: the share of each duration band."""

    label: Text
    unit: Text
    description: Text
    reference: Text
    shares: dict[str, float]

    @property
    def weights(self) -> tuple[float, ...]:
        """The shares in the order of ``DURATION_BANDS``, adding up to 1."""
        total = sum(self.shares.values())
        return tuple(self.shares[band] / total for band in DURATION_BANDS)


class ModelNumbers(Entry):
    """The policy numbers of the engine and of the page."""

    draws: Amount
    seed: Amount
    minimum_starts: Amount
    return_shape: Amount
    return_years: Amount
    first_review_months: Amount
    next_review_months: Amount
    leaving_mix: LeavingMix


class Adjustable(Entry):
    """What every what-if can set: two assumptions and the horizon, and the ranges of what an idea can be set to."""

    overlap_discount: Parameter
    coupling: Parameter
    months: Parameter
    start_month: Range
    ramp_months: Range
    fade_half_life_months: Range
    ratio: Range


class FileLimits(Entry):
    """How large a stranger's what-if may be."""

    max_bytes: Amount
    longest_name: Amount
    longest_notes: Amount
    longest_name_in_link: Amount
    longest_link: Amount


class InterventionsFile(Entry):
    """Everything in interventions.yaml."""

    model: ModelNumbers
    settings: Adjustable
    files: FileLimits
    interventions: dict[str, Intervention]
    actions: tuple[ActionEntry, ...] = ()


class Study(Entry):
    """One study: what was found, how far it can be trusted, and what it can and cannot tell here."""

    label: Text
    design: Text
    result: Text
    year: int | None
    population: Text
    outcome: Text
    strength: Literal["strong", "moderate", "weak", "mixed", "none"]
    reading: Text
    reference: Text


@dataclass(frozen=True, eq=False)  # compared as one object, so that it can be a key of a cache
class WhatIfSettings:
    """interventions.yaml and evidence.yaml, checked."""

    model: ModelNumbers
    settings: Adjustable
    files: FileLimits
    interventions: Mapping[str, Intervention]
    evidence: Mapping[str, Study]
    actions: tuple[ActionEntry, ...] = ()
