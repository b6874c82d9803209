"""The controls of a what-if: where it starts from, which ideas are in use and how."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from explorer.app import folded, parts, redrawn, what_if_file
from explorer.app.selection import bound, keep_scenario, scenario
from explorer.models.scenarios import (
    GLOBALS,
    NO_EFFECT,
    Change,
    InUse,
    Scenario,
    assumption,
    global_range,
    in_use,
)
from explorer.models.what_if_entries import Effect, Intervention, Range, WhatIfSettings
from explorer.world import World

RESULTS, TABLES = "results", "tables"  # the parts of the page that every control moves; tables where one is open
DIFFERENCES, ASSUMPTIONS = "what-if differences", "what-if assumptions"  # the tables
_START, _BELOW = "where to start from", "below the ideas"
_BETWEEN, _FILE = "between ideas", "what-if file"  # what is folded away there
_OWN = "Your own"
_NO_FADE = 0  # in the box: the effect lasts
_SHARES = {"reach": "reach", "comes_back": "back"}  # fields of a change, and what the keys of their controls end with


def choose_ideas(world: World) -> None:
    """Everything that makes a what-if; each part of it is drawn again only when it changes."""
    redrawn.part(_START, partial(_preset, world))
    for name, entry in world.models.what_if.interventions.items():
        redrawn.part(name, partial(_idea, world, name, entry))
    redrawn.part(_BELOW, partial(_below, world))


def _below(world: World) -> None:
    """Below the ideas: the way back, what they share, and the file."""
    settings = world.models.what_if
    used = bool(in_use(scenario(), settings))
    st.button("Back to no effect", on_click=partial(_take_whole, world, NO_EFFECT), disabled=not used, key="none")
    with folded.expander("Between ideas, and how far ahead", _BETWEEN) as opened:
        for key in GLOBALS if opened else ():
            _assumption(world, settings, key)
    with folded.expander("Keep it, or load one", _FILE) as opened:
        if opened:
            what_if_file.box(world, lambda keep: _taken(world, keep, _BELOW))
    what_if_file.say()


def _take_whole(world: World, one: Scenario) -> None:
    """Take another what-if: all its controls move."""
    keep_scenario(world, one)
    redrawn.again(_START, *world.models.what_if.interventions, _BELOW, RESULTS, TABLES)


def _taken(world: World, keep: Callable[[Any], None], *own: str) -> Callable[[Any], None]:
    """What a control does: ``keep`` what it says, and draw again its ``own`` parts and what follows from it."""

    def take(value: Any) -> None:  # noqa: ANN401 - of whatever control
        before = _name_and_notes(world)
        keep(value)
        others = [_START] if _name_and_notes(world) != before else []
        below = [_BELOW] if folded.any_open(_BETWEEN, _FILE) else []
        tables = [TABLES] if folded.any_open(DIFFERENCES, ASSUMPTIONS) else []
        redrawn.again(*dict.fromkeys((*own, *others, *below)), RESULTS, *tables)

    return take


def _shipped(world: World) -> dict[str, Scenario]:
    return {"": NO_EFFECT, **world.models.scenarios}


def _at_hand(world: World) -> str:
    """Which of those that ship the what-if at hand is, if any."""
    return next((name for name, one in _shipped(world).items() if _alike(one, scenario())), _OWN)


def _name_and_notes(world: World) -> tuple[str, str, str]:
    """All that the box shows that says where to start from."""
    return _at_hand(world), scenario().name, scenario().notes


def _preset(world: World) -> None:
    """Where to start from: nothing, or a what-if that ships."""
    shipped, at_hand = _shipped(world), _at_hand(world)

    def take(name: str) -> None:
        if name in shipped:
            _take_whole(world, shipped[name])

    options = [*shipped, *([_OWN] if at_hand == _OWN else [])]
    words = {"": "No change", _OWN: scenario().name if scenario().name != NO_EFFECT.name else _OWN}
    st.selectbox(
        "Start from",
        options,
        format_func=lambda name: words.get(name) or shipped[name].name,
        help="Five what-ifs to begin with. Change anything below.",
        **bound(world, "start from", at_hand, take),
    )
    if scenario().notes:
        st.caption(parts.plain(scenario().notes))


def _alike(one: Scenario, other: Scenario) -> bool:
    """Whether two what-ifs do the same, whatever they are called."""

    def plain(any_one: Scenario) -> Scenario:
        return replace(any_one, name="", notes="", data_version=None, area=None, year=None)

    return plain(one) == plain(other)


def _use(world: World, name: str) -> InUse | None:
    """An idea as it is in use by now."""
    return next((use for use in in_use(scenario(), world.models.what_if) if use.name == name), None)


def _idea(world: World, name: str, entry: Intervention) -> None:
    """One idea: on or off, and where it is on its sliders with what they rest on."""

    def switch(on: bool) -> None:
        others = tuple(one for one in scenario().changes if one.intervention != name)
        _keep(world, changes=(*others, scenario().change(name) or Change(name)) if on else others)

    use = _use(world, name)
    taken = _taken(world, switch, name, _BELOW)
    st.toggle(entry.label, help=f"{entry.what} {entry.status}.", **bound(world, f"use {name}", use is not None, taken))
    if use is None:
        return
    for effect in entry.effects:
        redrawn.part(f"{name} {effect.name}", partial(_ratio, world, name, effect))
    st.caption(f"**Evidence:** {parts.plain(entry.strength)}.")
    with folded.popover("When, for whom, how long", f"{name} details", "stretch") as opened:
        if not opened:
            return
        _details(world, use)
        st.caption(parts.plain(entry.description))
        for study in (world.models.what_if.evidence[key] for key in entry.evidence):
            st.caption(
                f"**{parts.plain(study.label)}**, {parts.plain(study.design)}. {parts.plain(study.result)} "
                f"{parts.plain(study.reading)}"
            )


def _keep(world: World, **changed: Any) -> None:  # noqa: ANN401 - fields of a Scenario
    """Take a change to the what-if at hand; one that shipped becomes the reader's own."""
    one = scenario()
    shipped = {other.name for other in (NO_EFFECT, *world.models.scenarios.values())}
    if one.name in shipped:
        one = replace(one, name=_OWN, notes="")
    keep_scenario(world, replace(one, **changed))


def _changed(world: World, name: str, **values: Any) -> None:  # noqa: ANN401 - fields of a Change
    changes = [replace(one, **values) if one.intervention == name else one for one in scenario().changes]
    _keep(world, changes=tuple(changes))


def _ratio(world: World, name: str, effect: Effect) -> None:
    """A slider with a box beside it for an exact number; both hold the same ratio."""
    use = _use(world, name)
    if use is None:
        return

    def take(ratio: float) -> None:
        change = scenario().change(name)
        ratios = dict(change.ratios if change else ()) | {effect.name: round(ratio, 3)}
        _changed(world, name, ratios=tuple(ratios.items()))

    now, key = use.ratios[effect.name], f"{name} {effect.name}"
    ends = min(effect.lowest, now), max(effect.highest, now), effect.step
    _slider_with_box(world, key, effect.label, now, ends, f"%.2f {effect.unit}", _taken(world, take, key))
    st.caption(_belief(effect, now))


def _slider_with_box(
    world: World,
    key: str,
    label: str,
    now: float,
    ends: tuple[float, float, float],
    said: str,
    take: Callable[[float], None],
    help: str | None = None,
) -> None:
    """A slider with a box beside it for an exact number; both hold the same value.

    Args:
        ends: the lowest, the highest and the step.
        said: how the slider says its value, with the unit.
    """
    lowest, highest, step = ends
    limits: dict[str, Any] = {"min_value": lowest, "max_value": highest, "step": step}
    left, right = st.columns([5, 3], vertical_alignment="bottom")
    left.slider(label, value=now, format=said, help=help, **limits, **bound(world, key, now, take, same=key))
    right.number_input(
        f"{label}, exact",
        value=None,  # so that an emptied box says nothing rather than the lowest value
        format="%d" if isinstance(now, int) else "%.2f",
        label_visibility="collapsed",
        **limits,
        **bound(world, f"{key} box", now, take, same=key),
    )


def _belief(effect: Effect, now: float) -> str:
    """What is believed of an effect, what range its slider stands for, and whether it has left the evidence."""
    said = f"Believed: {effect.ratio:.2f}, in 8 of 10 cases {effect.low:.2f} to {effect.high:.2f}. 1.00 is no effect."
    if now != effect.ratio:
        low, high = (now * end / effect.ratio for end in (effect.low, effect.high))
        said += f" As set: {low:.2f} to {high:.2f}."
    return said if effect.allows(now) else f"{said} **Beyond the evidence.**"


def _details(world: World, use: InUse) -> None:
    """Start, ramp, reach, fading; for a gate, who comes back and when."""
    settings = world.models.what_if.settings
    reach = use.entry.reach
    _number(world, use, "start_month", "Starts in month", settings.start_month.lowest, settings.start_month.highest)
    _number(world, use, "ramp_months", "Months until it works in full", 0, settings.ramp_months.highest)
    _share(world, use, "reach", reach, use.reach)
    fade = settings.fade_half_life_months
    _number(
        world,
        use,
        "fade_half_life_months",
        "Months until half of it has faded (0: it lasts)",
        _NO_FADE,
        fade.highest,
        shown=lambda value: _NO_FADE if value == float("inf") else int(value),
        kept=lambda value: float("inf") if value == _NO_FADE else float(value),
    )
    gate = use.entry.gate
    if gate and gate.comes_back and gate.delay_months and use.comes_back is not None:
        back, delay = gate.comes_back, gate.delay_months
        _share(world, use, "comes_back", back, use.comes_back)
        _number(world, use, "delay_months", f"{delay.label} (months)", delay.lowest, delay.highest)


def _share(world: World, use: InUse, field: str, span: Range, now: float) -> None:
    """A share of one field of a change, as a slider with its box."""

    def take(value: float) -> None:
        _changed(world, use.name, **{field: round(value, 3)})

    ends = span.lowest, span.highest, span.step
    key, taken = f"{use.name} {_SHARES[field]}", _taken(world, take, use.name)
    _slider_with_box(world, key, f"{span.label} (share)", now, ends, "percent", taken, span.description)


def _number(
    world: World,
    use: InUse,
    field: str,
    label: str,
    lowest: float,
    highest: float,
    shown: Callable[[Any], int] = int,
    kept: Callable[[int], Any] = int,
) -> None:
    """A box for a whole number of one field of a change."""
    value = shown(getattr(use, field))

    def take(given: int) -> None:
        _changed(world, use.name, **{field: kept(given)})

    st.number_input(
        label,
        int(lowest),
        int(highest),
        value=None,
        step=1,
        **bound(world, f"{use.name} {field}", value, _taken(world, take, use.name)),
    )


def _assumption(world: World, settings: WhatIfSettings, key: str) -> None:
    """One of the assumptions that all ideas share, as a slider."""
    entry, now = global_range(settings, key), assumption(scenario(), settings, key)
    whole = entry.whole
    kind: Callable[[float], float] = int if whole else float

    def take(value: float) -> None:
        _keep(world, **{key: kind(value)})

    ends = kind(entry.lowest), kind(entry.highest), kind(entry.step)
    said = "%d months" if whole else "percent" if entry.unit.startswith("share") else f"%.2f {entry.unit.split(',')[0]}"
    label = f"{entry.label} ({entry.unit})"
    _slider_with_box(world, key, label, kind(now), ends, said, _taken(world, take, _BELOW), entry.description)
