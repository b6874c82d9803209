"""A what-if: which ideas are in use, and what of each differs from its usual value; nothing in use is no effect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite, isinf
from typing import Any

from explorer.errors import DataError
from explorer.models.what_if_entries import Intervention, Parameter, Range, WhatIfSettings

_LONGEST_SHOWN = 40
GLOBALS = ("overlap_discount", "coupling", "months")
TIMING = ("start_month", "ramp_months", "reach", "fade_half_life_months", "comes_back", "delay_months")


@dataclass(frozen=True)
class Change:
    """One idea that is in use, with what differs from interventions.yaml; None is as it stands there.

    Args:
        intervention: Its name there.
        ratios: Pairs of an effect's name and its ratio (times today's), each effect once.
        start_month: 1 is the first month of the what-if.
        ramp_months: Months until it works in full.
        reach: Share of families, 0 to 1.
        fade_half_life_months: Months until half of the effect is gone; ``math.inf`` where it lasts.
        comes_back: Of a gate: share of those held back who come onto a plan after all.
        delay_months: Of a gate: how much later.
    """

    intervention: str
    ratios: tuple[tuple[str, float], ...] = ()
    start_month: int | None = None
    ramp_months: int | None = None
    reach: float | None = None
    fade_half_life_months: float | None = None
    comes_back: float | None = None
    delay_months: int | None = None


@dataclass(frozen=True)
class Scenario:
    """A what-if. None is as in interventions.yaml; an idea that is not among ``changes`` is not in use.

    Args:
        name: One line.
        notes: Why, in plain words; lines are kept.
        changes: Each idea once.
        overlap_discount, coupling: The two assumptions between ideas, 0 to 1.
        months: How far ahead.
        data_version: Of the data that it was made with.
        area, year: The authority (DfE number) and reporting year that it was made for.
    """

    name: str
    notes: str = ""
    changes: tuple[Change, ...] = ()
    overlap_discount: float | None = None
    coupling: float | None = None
    months: int | None = None
    data_version: str | None = None
    area: str | None = None
    year: int | None = None

    def change(self, intervention: str) -> Change | None:
        """What is said of an idea; None where it is not in use."""
        return next((change for change in self.changes if change.intervention == intervention), None)


NO_EFFECT = Scenario("No change")


@dataclass(frozen=True)
class InUse:
    """One idea that is in use with every value filled in; the meanings and units are those of ``Change``."""

    name: str
    entry: Intervention
    ratios: Mapping[str, float]
    start_month: int
    ramp_months: int
    reach: float
    fade_half_life_months: float
    comes_back: float | None
    delay_months: int | None


def in_use(scenario: Scenario, settings: WhatIfSettings) -> tuple[InUse, ...]:
    """Every idea that is in use, in the order of interventions.yaml, with all its values.

    Raises:
        DataError: the what-if names an idea or an effect that is not there.
    """
    for change in scenario.changes:
        _known(change.intervention, settings.interventions, "idea")
    chosen = {change.intervention: change for change in scenario.changes}
    return tuple(_filled(name, entry, chosen[name]) for name, entry in settings.interventions.items() if name in chosen)


def _filled(name: str, entry: Intervention, change: Change) -> InUse:
    usual = {effect.name: effect.ratio for effect in entry.effects}
    for effect, _ in change.ratios:
        _known(effect, usual, f"effect of '{name}'")
    values = {key: _usual(entry)[key] if (own := getattr(change, key)) is None else own for key in TIMING}
    return InUse(name, entry, usual | dict(change.ratios), **values)


def _known(name: str, known: Mapping[str, Any], what: str) -> None:
    if name not in known:
        raise DataError(f"There is no {what} called {shown(name)}; allowed: {', '.join(known)}.")


def _usual(entry: Intervention) -> dict[str, Any]:
    """The values of interventions.yaml by the key of a change."""
    gate = entry.gate
    back, delay = (gate.comes_back, gate.delay_months) if gate else (None, None)
    return {
        "start_month": entry.start_month,
        "ramp_months": entry.ramp_months,
        "reach": entry.reach.value,
        "fade_half_life_months": entry.fade,
        "comes_back": back.value if back else None,
        "delay_months": int(delay.value) if delay else None,
    }


def only_differences(scenario: Scenario, settings: WhatIfSettings) -> Scenario:
    """The same what-if without values that are as in interventions.yaml, in the order of that file.

    Two what-ifs that mean the same are equal afterwards, so that they share a place in a cache.
    """
    changes = []
    for use in in_use(scenario, settings):
        usual = _usual(use.entry)
        differing = {key: value for key in TIMING if (value := getattr(use, key)) != usual[key]}
        ratios = tuple(
            (effect.name, use.ratios[effect.name])
            for effect in use.entry.effects
            if use.ratios[effect.name] != effect.ratio
        )
        changes.append(Change(use.name, ratios, **differing))
    same: dict[str, Any] = {key: None for key in GLOBALS if getattr(scenario, key) == global_range(settings, key).value}
    return replace(scenario, changes=tuple(changes), **same)


def assumption(scenario: Scenario, settings: WhatIfSettings, key: str) -> float:
    """The overlap discount, the coupling or the months of a what-if: its own or the usual one."""
    own = getattr(scenario, key)
    return global_range(settings, key).value if own is None else float(own)


def global_range(settings: WhatIfSettings, key: str) -> Parameter:
    """What one of ``GLOBALS`` may be."""
    found: Parameter = getattr(settings.settings, key)
    return found


def ranges(entry: Intervention, settings: WhatIfSettings) -> dict[str, Range]:
    """What each value of a change to this idea may be, by key; the ratios have ``settings.settings.ratio``."""
    found: dict[str, Range] = {
        "start_month": settings.settings.start_month,
        "ramp_months": settings.settings.ramp_months,
        "reach": entry.reach,
        "fade_half_life_months": settings.settings.fade_half_life_months,
    }
    gate = entry.gate
    if gate and gate.comes_back and gate.delay_months:
        found |= {"comes_back": gate.comes_back, "delay_months": gate.delay_months}
    return found


def number(value: object, allowed: Range) -> float | int | None:
    """A stranger's value as a number of a range (a whole one as int); None where it is not allowed."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not allowed.holds(value):
        return None
    return int(value) if allowed.whole else float(value)


def shown(value: object) -> str:
    """A stranger's value made safe to show: one line, cut short, and only signs that can be seen."""
    match value:
        case None:
            return "empty"
        case dict():
            return "a group of keys"
        case list() | tuple() | set():
            return "a list"
        case float() if not isfinite(value):
            return "infinite" if isinf(value) else "not a number"
        case int() if not isinstance(value, bool) and abs(value) > 10**15:
            return "a number with very many digits"  # Python refuses to write those of some thousand digits
    text = "".join(sign if sign.isprintable() else " " for sign in str(value)[: _LONGEST_SHOWN + 1])
    text = " ".join(text.split())
    return f"'{text[:_LONGEST_SHOWN]}…'" if len(str(value)) > _LONGEST_SHOWN else f"'{text}'"


def lasts(value: object) -> bool:
    """Whether a half-life says that the effect does not fade."""
    return value == inf
