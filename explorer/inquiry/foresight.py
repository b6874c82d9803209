"""By when an answer could be had: what each way of asking could notice, and the plan for looking again."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from explorer.benchmarks.position import Figure
from explorer.evaluation import power
from explorer.evaluation.before_after import last_year_before
from explorer.evaluation.cohorts import Followed
from explorer.evaluation.drift import Drift, drift_of
from explorer.evaluation.estimate import Method
from explorer.evaluation.ground import Ground
from explorer.evaluation.monitoring import Base
from explorer.evaluation.panel import Panel
from explorer.evaluation.path import Path, months_between
from explorer.evaluation.power import Noticeable, asked_of, period_ends
from explorer.evaluation.settings import EvaluationSettings, Outcome
from explorer.evaluation.shares import shares_of
from explorer.inquiry.ask import MARCH, YEAR, Ask
from explorer.models.series import Series, is_stock
from explorer.world import World

_FEWEST_YEARS = 2  # of figures before, for a level
_COMING_BACK = "repeat_plan_percent"


@dataclass(frozen=True)
class Footing:
    """What could be noticed rests on this: one authority's level before, and how shares move by themselves.

    Attributes:
        base: the last figure before the start; of a hidden one the middle of what it can be, without its count.
        years: from the first figure before the start to the last.
        figures: how many of those years have one.
        others: authorities with a figure then.
        design_effect: of brothers and sisters.
    """

    base: Base
    plans: float
    years: tuple[int, ...]
    figures: int
    others: int
    drift: Drift
    design_effect: float

    @property
    def share(self) -> float:
        """Without an effect, 0 to 1."""
        return self.base.percent / 100


def footing(panel: Panel, area: str, before: int, design_effect: float) -> Footing | None:
    """Where an authority stood after its last year before the start; None where that is not known.

    Args:
        before: that year; nothing later is used.
    """
    if area not in panel.areas or before not in panel.years:
        return None
    known = panel.years_where(np.array([year <= before for year in panel.years]))
    own, last = known.row(area), len(known.years) - 1
    percent, plans = float(known.middle[own, last]), float(known.base[own, last])
    years = tuple(year for year, share in zip(known.years, known.middle[own], strict=True) if not np.isnan(share))
    if not (0 < percent < 100 and plans > 0) or len(years) < _FEWEST_YEARS:
        return None
    try:
        drift = drift_of(known, design_effect)
    except ValueError:
        return None
    hidden = bool(known.hidden[own, last])
    part = None if hidden or np.isnan(known.part[own, last]) else float(known.part[own, last])
    base = Base(percent, part, None if part is None else plans, before, before)
    others = int((~np.isnan(known.middle[:, last])).sum()) - 1
    return Footing(base, plans, tuple(range(years[0], before + 1)), len(years), max(others, 1), drift, design_effect)


def what_came(world: World, ask: Ask, before: int) -> dict[date, Figure]:
    """The authority's figures of the years after one, up to the year asked, by their last day."""
    years = [year for year in range(before + 1, ask.last + 1) if world.has(ask.outcome, year)]
    found = {year: world.figures(ask.outcome, year).get(ask.area) for year in years}
    return {date(year, MARCH, 31): one for year, one in found.items() if one is not None}


@dataclass(frozen=True)
class Own:
    """What an authority's own plan records show.

    Attributes:
        series: the measure by month or quarter.
        children: those who left a plan before and after; None where none are shown.
    """

    series: Series
    children: Followed | None


def ways_of_noticing(
    found: Footing,
    path: Path,
    ground: Ground,
    outcome: Outcome,
    indicator: str,
    settings: EvaluationSettings,
    own: Own | None,
) -> dict[Method, tuple[Noticeable, ...]]:
    """What could be noticed by each day up to the horizon, by way of asking (keys of ``methods``); published first.

    Only ways that can be asked, now or with figures to come. An authority's own course and children who left want plan
    records: without any here they stand beside the comparison, because an authority has records of itself.

    Args:
        own: its plan records; None where only published figures are known.

    Returns:
        Nothing where no way that could give a verdict can be asked.
    """
    ways = _every_way(found, path, ground, outcome, indicator, settings)
    if not _comparison_allowed(found, path.start, settings):
        del ways[settings.main.published]
    if own is not None and not _course_allowed(own.series, path.start, settings):
        ways.pop("interrupted_series", None)
    if own is not None and not _children_allowed(own.children, settings):
        ways.pop("cohorts", None)
    verdicts = {settings.main.published} if own is None else {settings.main.published, settings.main.records}
    return ways if verdicts & set(ways) else {}


def _comparison_allowed(found: Footing, start: date, settings: EvaluationSettings) -> bool:
    """Whether there are enough years before the start, those to come until then among them."""
    to_come = last_year_before(start) - found.base.last
    return found.figures + to_come >= settings.controlled.fewest_before.value


def _course_allowed(series: Series, start: date, settings: EvaluationSettings) -> bool:
    """Whether enough periods are shown; there may be more to come after the start, and before one that is ahead."""
    if is_stock(series.indicator) or not series.points:
        return False
    shares, rules = shares_of(series), settings.interrupted
    if sum(shares.hidden) > rules.most_hidden.value * len(shares.ends):
        return False
    used = [bool(whole) and not hidden for whole, hidden in zip(shares.wholes, shares.hidden, strict=True)]
    before = sum(one for end, one in zip(shares.ends, used, strict=True) if end < start)
    to_come = max(months_between(shares.ends[-1], start) - 1, 0) // shares.months
    return before + to_come >= rules.fewest_before.value


def _children_allowed(children: Followed | None, settings: EvaluationSettings) -> bool:
    """Whether enough children who left before the start are shown."""
    before = None if children is None else children.before
    return before is not None and before.quarters >= settings.cohorts.fewest.value


def _every_way(
    found: Footing, path: Path, ground: Ground, outcome: Outcome, indicator: str, settings: EvaluationSettings
) -> dict[Method, tuple[Noticeable, ...]]:
    """What each way could notice, if it can be asked."""
    asked, stock = asked_of(settings.certainty), is_stock(indicator)
    ahead = int(settings.certainty.horizon.value)
    level, effect, way = found.share, found.design_effect, outcome.better
    years = range(found.years[0], found.base.last + ahead + 1)
    given = found.plans, level, effect
    ways: dict[Method, tuple[Noticeable, ...]] = {
        settings.main.published: power.controlled(
            years, path, *given, found.drift, found.others, asked, way=way, stock=stock
        )
    }
    if not stock:
        months = len(found.years) * YEAR + ahead * YEAR
        ends = period_ends(date(found.years[0] - 1, MARCH + 1, 1), 1, months)
        monthly = power.interrupted(
            ends, 1, path, found.plans / YEAR, level, effect, asked, way=way,
            seasons=int(settings.interrupted.waves_of_months.value),
        )  # fmt: skip
        ways["interrupted_series"] = tuple(one for one in monthly if one.end.month == MARCH)
    if indicator == _COMING_BACK:
        follow = settings.cohorts.follow.value[0]
        back = ground.back_within(follow)
        days = [date(year, MARCH, 31) for year in years if date(year, MARCH, 31) >= path.start]
        left = power.cohorts(
            days, path.start, found.plans / YEAR, len(found.years) * YEAR, follow, back, effect, asked, way=way
        )
        ways["cohorts"] = power.of_outcome(left, back, level)
    return ways
