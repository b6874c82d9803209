"""What the authority's own course before would have led to, beside what came: an interrupted time series.

Log odds of a share are explained by level, trend, seasons, the pandemic and the effect along its stated path (Bernal,
Cummins and Gasparrini 2017, International Journal of Epidemiology 46; Turner and others 2021, BMC Medical Research
Methodology 21). How often it finds what is not there: bench/results/interrupted.json.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp

import numpy as np
from scipy.special import expit

from explorer.evaluation.estimate import Estimate
from explorer.evaluation.path import Array, Path, month_after
from explorer.evaluation.quasi_binomial import Fit, fit, told_apart
from explorer.evaluation.regressors import Design, Plan, Window, design, touches, without_a_lone_period
from explorer.evaluation.settings import EvaluationSettings
from explorer.evaluation.shares import Months, Shares, shares_of
from explorer.models.series import OVERLAPPING, Series, is_stock
from explorer.wording import count, lowered, percent, plural

_SEED = 1
_FARTHEST = 20.0


@dataclass(frozen=True)
class NotAsked:
    """Why a course cannot be asked, as a sentence."""

    why: str


@dataclass(frozen=True)
class Term:
    """One thing that the share is explained by.

    Attributes:
        name: of its column; see ``regressors.Design``.
        odds_ratio: how many times the odds it makes; of the level the odds themselves.
        lower, upper: 95 of 100.
        p_value: how often chance alone makes as much of it; None for the level, which nobody asks.
    """

    name: str
    odds_ratio: float
    lower: float
    upper: float
    p_value: float | None


@dataclass(frozen=True)
class Period:
    """One period as it was, as it is fitted, and as it would have been. Shares in percent.

    Attributes:
        used: whether the fit rests on it; not where it is hidden, out of nothing or left out.
        exposure: how much of the full effect it has seen, 0 to 1.
    """

    end: date
    part: float | None
    whole: float | None
    share: float | None
    used: bool
    exposure: float
    fitted: float
    without: float
    without_lower: float
    without_upper: float


@dataclass(frozen=True)
class Difference:
    """How many more since the start than would have been; below 0 fewer. Only of the periods that are shown and used.

    Attributes:
        number, lower, upper: children; 95 of 100.
        came: how many there were.
        out_of: of how many.
    """

    number: float
    lower: float
    upper: float
    came: float
    out_of: float


@dataclass(frozen=True)
class Asked:
    """A course that is fitted, before anything is read off it."""

    shares: Shares
    path: Path
    plan: Plan
    columns: Design
    used: Array
    fit: Fit
    last: int


@dataclass(frozen=True)
class Interrupted:
    """What an interrupted time series says.

    Attributes:
        estimate: the effect in the last period that is used, in percentage points.
        spread: how many times the ups and downs are those of children who come one by one.
        hidden: periods without a shown figure.
    """

    path: Path
    plan: Plan
    months: Months
    estimate: Estimate
    terms: tuple[Term, ...]
    course: tuple[Period, ...]
    since: Difference
    spread: float
    hidden: int

    @property
    def last(self) -> Period:
        """The last period that the fit rests on."""
        return next(period for period in reversed(self.course) if period.used)


def planned(months: Months, settings: EvaluationSettings, pandemic: Window | None = None) -> Plan:
    """How the question is asked by default.

    Args:
        months: how many months a period has.
        pandemic: its first and last day (the event of that kind in events.yaml).
    """
    rules = settings.interrupted
    waves = rules.waves_of_months if months == 1 else rules.waves_of_quarters
    return Plan(int(waves.value), pandemic=pandemic)


def evaluate_series(
    series: Series, path: Path, settings: EvaluationSettings, pandemic: Window | None = None
) -> Interrupted | NotAsked:
    """What a series of shares says, asked as planned; or why it cannot be asked."""
    why = unasked(series)
    if why:
        return NotAsked(why)
    shares = shares_of(series)
    return evaluate(shares, path, planned(shares.months, settings, pandemic), settings)


def unasked(series: Series) -> str:
    """Why a series is of a kind that this is not asked of, as a sentence; empty where it is not."""
    if is_stock(series.indicator):
        return (
            "This is not asked of what is counted on one day: most of it was there the month before too, so figures "
            "hang together, and chance would look like an effect."
        )
    if series.kind in OVERLAPPING:
        return "This is not asked of periods that overlap: each counts most of the same plans as the one before."
    if series.kind == "year":
        return "Years are too few to show a course. Figures by month or quarter are needed."
    return "" if series.points else "There is no figure."


def evaluate(
    shares: Shares, path: Path, plan: Plan, settings: EvaluationSettings, seed: int = _SEED
) -> Interrupted | NotAsked:
    """Fit a course and say what it would have been without the intervention.

    Args:
        shares: the counts; hidden periods are left out.
        path: how the effect is expected to arrive.
        plan: how it is asked.
        seed: of the draws behind the ranges of effects.
    """
    asked = ask(shares, path, plan, settings)
    if isinstance(asked, NotAsked):
        return asked
    confidence = settings.certainty.confidence.value
    return Interrupted(
        path=path,
        plan=plan,
        months=shares.months,
        estimate=estimate_of(asked, confidence, seed),
        terms=_terms(asked, confidence),
        course=_course(asked, confidence),
        since=_since(asked, confidence, seed),
        spread=asked.fit.dispersion,
        hidden=sum(shares.hidden),
    )


def ask(shares: Shares, path: Path, plan: Plan, settings: EvaluationSettings) -> Asked | NotAsked:
    """Fit a course, or say why it cannot be fitted."""
    used = np.array(used_periods(shares, path, plan), dtype=bool)
    why = _too_little(shares, used, path, settings)
    if why:
        return NotAsked(why)
    last = int(np.flatnonzero(used)[-1])
    plan = without_a_lone_period(shares.ends, shares.months, used, plan)
    columns = design(shares.ends, shares.months, path, plan, last)
    seen = path.exposure(shares.ends, shares.months)
    if not seen[last] > 0:
        return NotAsked("By the last period nothing of the effect is expected, so nothing can be asked.")
    kept = columns.columns[used]
    if len(kept) < kept.shape[1] + settings.interrupted.fewest_spare.value:
        many = plural(len(kept), "period is", "periods are")
        return NotAsked(f"{many} too few: the course is described by {kept.shape[1]} numbers.")
    if not told_apart(kept):
        return NotAsked("The effect cannot be told from what else is in the model: they run in step.")
    parts, wholes = (np.array(column, dtype=np.float64)[used] for column in (shares.parts, shares.wholes))
    found = fit(parts, wholes, kept, newey_west=plan.errors == "newey_west")
    if found is None:
        return NotAsked("The counts are too small: in some part of the course all or none of them are counted.")
    return Asked(shares, path, plan, columns, used, found, last)


def used_periods(shares: Shares, path: Path, plan: Plan) -> list[bool]:
    """Which periods a fit rests on: shown, out of something, and not left out by the plan."""
    windows = list(plan.left_out)
    if plan.wash_out:
        over = month_after(path.start, plan.wash_out)
        windows.append((path.start, date.fromordinal(over.toordinal() - 1)))
    return [
        not hidden and bool(whole) and not any(touches(end, shares.months, window) for window in windows)
        for end, whole, hidden in zip(shares.ends, shares.wholes, shares.hidden, strict=True)
    ]


def _too_little(shares: Shares, used: Array, path: Path, settings: EvaluationSettings) -> str:
    """Why there is too little to ask, as a sentence; empty where there is enough."""
    rules = settings.interrupted
    hidden = sum(shares.hidden)
    if hidden > rules.most_hidden.value * len(shares.ends):
        most = percent(100 * rules.most_hidden.value)
        return (
            f"{hidden} of {plural(len(shares.ends), 'period is', 'periods are')} hidden. What is hidden is small, so "
            f"with more than {most} of them hidden the others would mislead."
        )
    after = np.array([end >= path.start for end in shares.ends], dtype=bool)
    for many, words, rule in (
        (int((used & ~after).sum()), "before", rules.fewest_before),
        (int((used & after).sum()), "after", rules.fewest_after),
    ):
        if many < rule.value:
            few = f"{plural(many, 'period', 'periods')} {words} the start can be used; it takes {count(rule.value)}."
            return f"{few} Why: {lowered(rule.description)}"
    return ""


def estimate_of(asked: Asked, confidence: float, seed: int = _SEED) -> Estimate:
    """The effect in the last period of a fitted course.

    Its range holds the middle draws of the fit: it leaves out no effect where the p-value does.
    """
    fitted, last, columns = asked.fit, asked.last, asked.columns
    there = columns.columns[last]
    contrast = np.where(columns.effect, there, 0.0)
    full = _at_full(asked)
    drawn = fitted.draws(contrast, seed)
    effects = expit(drawn @ there) - expit(drawn @ (there - contrast))
    lower, upper = np.quantile(effects, [(1 - confidence) / 2, (1 + confidence) / 2])
    now, ever, none = fitted.shares(np.array([there, full, there - contrast]))
    after = np.array([end >= asked.path.start for end in asked.shares.ends], dtype=bool)
    return Estimate(
        method="interrupted_series",
        effect=float(np.clip(now - none, lower, upper)) * 100,
        lower=float(lower) * 100,
        upper=float(upper) * 100,
        p_value=fitted.p_value(contrast),
        full=float(ever - none) * 100 if asked.plan.shape == "path" else float(np.clip(now - none, lower, upper)) * 100,
        periods_before=int((asked.used & ~after).sum()),
        periods_after=int((asked.used & after).sum()),
    )


def _at_full(asked: Asked) -> Array:
    """The columns of the last period with all of the effect there."""
    there = asked.columns.columns[asked.last]
    if asked.plan.shape != "path":
        return np.asarray(there)
    seen = asked.path.exposure(asked.shares.ends, asked.shares.months)[asked.last]
    return np.asarray(np.where(asked.columns.effect, there / seen, there))


def _terms(asked: Asked, confidence: float) -> tuple[Term, ...]:
    found = []
    reach = asked.fit.reach(confidence)
    for place, name in enumerate(asked.columns.names):
        only = np.eye(len(asked.columns.names))[place]
        value, error = float(asked.fit.values[place]), asked.fit.error(only)
        ratio, lower, upper = (_odds(value + away * error) for away in (0, -reach, reach))
        found.append(Term(name, ratio, lower, upper, None if name == "level" else asked.fit.p_value(only)))
    return tuple(found)


def _odds(value: float) -> float:
    # beyond these ends a ratio of odds says no more than that nothing is known of it
    return exp(min(max(value, -_FARTHEST), _FARTHEST))


def _course(asked: Asked, confidence: float) -> tuple[Period, ...]:
    shares, columns = asked.shares, asked.columns
    seen = asked.path.exposure(shares.ends, shares.months)
    fitted, without = asked.fit.shares(columns.columns), asked.fit.shares(columns.without)
    lower, upper = asked.fit.band(columns.without, confidence)
    return tuple(
        Period(
            end=end,
            part=shares.parts[row],
            whole=shares.wholes[row],
            share=_percent(shares.parts[row], shares.wholes[row]),
            used=bool(asked.used[row]),
            exposure=float(seen[row]),
            fitted=100 * float(fitted[row]),
            without=100 * float(without[row]),
            without_lower=100 * float(lower[row]),
            without_upper=100 * float(upper[row]),
        )
        for row, end in enumerate(shares.ends)
    )


def _percent(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else 100 * part / whole


def _since(asked: Asked, confidence: float, seed: int) -> Difference:
    """How many more there were than would have been, in the periods since the start that the fit rests on."""
    rows = asked.used & np.array([end >= asked.path.start for end in asked.shares.ends], dtype=bool)
    parts, wholes = (_known(column, rows) for column in (asked.shares.parts, asked.shares.wholes))
    columns, without = asked.columns.columns[rows], asked.columns.without[rows]
    there = asked.columns.columns[asked.last]
    drawn = asked.fit.draws(np.where(asked.columns.effect, there, 0.0), seed)
    more = (expit(drawn @ columns.T) - expit(drawn @ without.T)) @ wholes
    lower, upper = np.quantile(more, [(1 - confidence) / 2, (1 + confidence) / 2])
    number = float((asked.fit.shares(columns) - asked.fit.shares(without)) @ wholes)
    return Difference(
        float(np.clip(number, lower, upper)), float(lower), float(upper), float(parts.sum()), float(wholes.sum())
    )


def _known(column: Sequence[float | None], rows: Array) -> Array:
    return np.array([number for number, wanted in zip(column, rows, strict=True) if wanted], dtype=np.float64)
