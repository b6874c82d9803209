"""What was expected, before the result is seen: how much of an effect is there when, and how large it might be.

The path is the difference that an idea makes in the plan model, month by month, as a share of what it makes in the
long run. A conference changes who comes back only after the plan that it belongs to has ended, and children come back
over years: so re-plans have about a fifth of their change in the first year and about two fifths in the second
(methods, "Read first", 4). How large the effect is does not matter to the shape, which is worked out with a chance a
fifth lower for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from scipy.optimize import isotonic_regression

from explorer.errors import SelectionError
from explorer.evaluation.ground import Ground
from explorer.evaluation.monitoring_settings import ImpactSettings
from explorer.evaluation.path import Path, month_after, months_between, ramp, step
from explorer.models.effects import effects, mean_effects
from explorer.models.flow import Array, Flows, indicators, run
from explorer.models.impact_entries import SLOW, Impact
from explorer.models.impact_rules import direction
from explorer.models.scenarios import Change, Scenario
from explorer.models.what_if_entries import Intervention, WhatIfSettings

Source = Literal["authority", "england", "settled", "configured"]
AS_MODELLED = "as the plan model says"
_RATIO = 0.8  # of the shape: methods, "Read first", 4; any other gives nearly the same
_LONG_RUN = 360  # months after the start, by when nothing moves any more: children come back for ten years
_LEAST = 0.02  # percentage points: less than that in the long run is no effect to wait for
_FAR = 0.35  # of the full effect: a course that leaves its smoothed path by more is drawn by something else
_YEAR = 12
_BELIEF = (0.1, 0.9)  # 80 of 100, as interventions.yaml has it


@dataclass(frozen=True)
class Stated:
    """How an effect is expected to arrive, with what the path was worked out from.

    Attributes:
        source: the authority's own figures; England's; the authority's rates held for ever ("settled"), because its
            figures are moved by too much else; or months written in interventions.yaml.
        uneven: whether the model has more, or less again, of the effect in some months than the path, which only rises.
    """

    path: Path
    impact: Impact
    source: Source
    uneven: bool = False

    def share_by(self, end: date, *, months: int = _YEAR, stock: bool = False) -> float:
        """The share of the full effect in the period of so many months to a day."""
        return float(self.path.exposure([end], months, stock=stock)[0])


def expected_path(name: str, outcome: str, begins: date, ground: Ground, settings: WhatIfSettings) -> Stated:
    """How the effect of an idea on a figure is expected to arrive.

    Args:
        name: of interventions.yaml.
        outcome: one of those that its ``impact`` names.
        begins: a day in the month in which it begins, after ``ground.as_at``.
        ground: the authority's, or England's where there is too little to calibrate.

    Raises:
        SelectionError: the idea is not expected to move the figure, or the plan model finds that it does not, or finds
            the opposite; the sentence says so.
    """
    entry, impact = _expected(name, outcome, settings)
    start = month_after(begins, 0)
    if impact.path == "step":
        return Stated(step(start), impact, "configured")
    if impact.path == "ramp":
        return Stated(_ramp(start, impact.delay_months or 0, impact.rise_months or 0), impact, "configured")
    shares, uneven = _shares(name, entry, impact, start, ground, settings)
    source: Source = ground.whose
    if uneven and ground.whose == "authority":
        calm, still_uneven = _shares(name, entry, impact, start, ground.settled(), settings)
        if not still_uneven:
            shares, uneven, source = calm, False, "settled"
    return Stated(Path(AS_MODELLED, start, tuple(shares.tolist())), impact, source, uneven)


def direct_paths(stated: Stated, settings: ImpactSettings) -> tuple[Path, ...]:
    """What a reader may choose: the stated path first, one that waits and then rises, and all at once.

    All at once is never the first where time has to pass (``impact_entries.SLOW``): it looks for the whole effect
    in months in which next to nothing of it can be there, and so finds too little of it.
    """
    start = stated.path.start
    later = _ramp(start, int(settings.delay.value), int(settings.rise.value))
    found = {path.shares: path for path in (stated.path, later, step(start))}
    return tuple(found.values())


def _ramp(start: date, delay: int, rise: int) -> Path:
    wait = f" after {delay} months with nothing" if delay else ""
    return ramp(start, delay, rise, f"rising evenly over {rise} months{wait}")


def _expected(name: str, outcome: str, settings: WhatIfSettings) -> tuple[Intervention, Impact]:
    entry = settings.interventions[name]
    impact = entry.expected(outcome)
    if impact is None:
        raise SelectionError(
            f"{entry.label} is not expected to move this figure. What it is expected to move is written in "
            "config/interventions.yaml, before any result is seen."
        )
    return entry, impact


def _shares(
    name: str, entry: Intervention, impact: Impact, start: date, ground: Ground, settings: WhatIfSettings
) -> tuple[Array, bool]:
    """The share of the long run's effect in each month, rising only; and whether the model's course is far from it."""
    wait = _wait(start, ground)
    ratios = tuple((effect.name, _hoped(effect.name, entry, impact)) for effect in entry.effects)
    change = Change(name, ratios, wait + 1, entry.ramp_months, reach=1.0, fade_half_life_months=np.inf)
    months = wait + _LONG_RUN
    known = frozenset((name, effect.name) for effect in entry.effects)
    acting = mean_effects(Scenario("", changes=(change,)), settings, months, ground.leaving_mix, known)
    now, then = (run(ground.state, ground.rates, one, months, None) for one in (None, acting))
    moved = (monthly(then, impact.outcome) - monthly(now, impact.outcome))[wait:, 0]
    full = float(moved[-1])
    if full * impact.sign < 0 or abs(full) < _LEAST:
        found = "hardly moves it" if abs(full) < _LEAST else "moves it the other way"
        raise SelectionError(
            f"{entry.label} should make this figure {impact.expected}, but in the plan model it {found} in the long "
            "run. So there is no path to look for."
        )
    course = moved / full
    shares = np.clip(isotonic_regression(course).x, 0, 1)
    return shares, bool(np.abs(course - shares).max() > _FAR)


def _wait(start: date, ground: Ground) -> int:
    """Months from the ground's date to the month before the start."""
    wait = months_between(ground.as_at, start) - 1
    if wait < 0:
        raise ValueError(f"The start, {start}, is before the figures that it is worked out from, {ground.as_at}.")
    return wait


def _hoped(effect_name: str, entry: Intervention, impact: Impact) -> float:
    """The ratio of the shape: as hoped for the effects that the figure moves through, and 1 for the others."""
    if effect_name not in impact.through:
        return 1.0
    effect = next(one for one in entry.effects if one.name == effect_name)
    return 1 / _RATIO if direction(effect, impact.outcome) == impact.sign else _RATIO


def monthly(flows: Flows, outcome: str) -> Array:
    """(months, draws) a percentage of single months, and not of twelve together.

    Raises:
        KeyError: the plan model does not give it.
    """
    part, whole = {
        "repeat_plan_percent": (flows.repeats, flows.started),
        "open_2y_plus_percent": (flows.open_long, flows.open),
        "ended_2y_plus_percent": (flows.ended_long, flows.ended),
    }[outcome]
    return np.asarray(100 * part / np.maximum(whole, np.finfo(float).tiny))


@dataclass(frozen=True)
class Size:
    """How large an effect would be by a day if what is believed is right, in points (below 0: lower than without).

    Attributes:
        middle: with every ratio where its slider stands.
        low, high: 80 of 100 of what is believed.
    """

    end: date
    middle: float
    low: float
    high: float


def expected_sizes(
    name: str,
    outcome: str,
    begins: date,
    ground: Ground,
    settings: WhatIfSettings,
    ends: Sequence[date],
    draws: int,
    seed: int,
) -> tuple[Size, ...]:
    """How large the effect would be in the figure of the twelve months to each day (of a stock: on the day).

    Everything that the idea is believed to do is in it, with its usual reach, ramp and fading; the range is that of
    what is believed and not of chance.

    Args:
        ends: days at ends of months after ``begins``.

    Raises:
        SelectionError: as ``expected_path``, and where the plan model does not give the figure.
    """
    entry, impact = _expected(name, outcome, settings)
    if impact.outcome not in SLOW:
        raise SelectionError(f"The plan model does not say how large the effect of {entry.label} on this figure is.")
    wait = _wait(month_after(begins, 0), ground)
    places = np.array([months_between(ground.as_at, end) - 1 for end in ends])
    months = int(places.max()) + 1
    scenario = Scenario("", changes=(Change(name, start_month=wait + 1),))
    known = frozenset((name, effect.name) for effect in entry.effects)
    exact = mean_effects(scenario, settings, months, ground.leaving_mix, known)
    drawn = effects(scenario, settings, months, draws, seed, ground.leaving_mix)
    now, middle, spread = (
        indicators(run(ground.state, ground.rates, one, months, None), ground.state.year)[outcome][places]
        for one in (None, exact, drawn)
    )
    low, high = np.quantile(spread - now, _BELIEF, axis=1)
    points = (middle - now)[:, 0]
    return tuple(Size(end, float(points[n]), float(low[n]), float(high[n])) for n, end in enumerate(ends))
