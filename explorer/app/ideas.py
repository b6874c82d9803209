"""The controls of a what-if: where it starts from, which ideas are in use and how, the file it is kept in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from explorer.app import parts
from explorer.app.choices import published_version
from explorer.app.selection import bound, current, keep_scenario, scenario
from explorer.errors import DataError
from explorer.models.scenario_file import read_scenario, write_scenario
from explorer.models.scenario_words import clean_name
from explorer.models.scenarios import (
    GLOBALS,
    NO_EFFECT,
    Change,
    InUse,
    Scenario,
    assumption,
    global_range,
    in_use,
    only_differences,
)
from explorer.models.what_if_entries import Effect, Intervention, WhatIfSettings
from explorer.world import World

_OWN = "Your own"
_FAULTS, _SEEN, _TOLD = "faults of the what-if file", "what-if file seen", "what is said of the what-if file"
_NO_FADE = 0  # in the box: the effect lasts


def choose_ideas(world: World) -> None:
    """Everything that makes a what-if."""
    settings = world.models.what_if
    _preset(world)
    used = {use.name: use for use in in_use(scenario(), settings)}
    for name, entry in settings.interventions.items():
        _idea(world, name, entry, used.get(name))
    st.button("Back to no effect", on_click=partial(keep_scenario, world, NO_EFFECT), disabled=not used, key="none")
    with st.expander("Between ideas, and how far ahead"):
        for key in GLOBALS:
            _assumption(world, settings, key)
    with st.expander("Keep it, or load one"):
        _file(world)
    _said_of_the_file()


def _preset(world: World) -> None:
    """Where to start from: nothing, or a what-if that ships."""
    shipped = {"": NO_EFFECT, **world.models.scenarios}
    at_hand = next((name for name, one in shipped.items() if _alike(one, scenario())), _OWN)

    def take(name: str) -> None:
        if name != _OWN:
            keep_scenario(world, shipped[name])

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


def _idea(world: World, name: str, entry: Intervention, use: InUse | None) -> None:
    """One idea: on or off, and where it is on its sliders with what they rest on."""

    def switch(on: bool) -> None:
        others = tuple(one for one in scenario().changes if one.intervention != name)
        _keep(world, changes=(*others, Change(name)) if on else others)

    on = use is not None
    st.toggle(entry.label, help=f"{entry.what} {entry.status}.", **bound(world, f"use {name}", on, switch))
    if use is None:
        return
    for effect in entry.effects:
        _ratio(world, use, effect)
    st.caption(f"**Evidence:** {parts.plain(entry.strength)}.")
    with st.popover("When, for whom, how long", width="stretch"):
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


def _ratio(world: World, use: InUse, effect: Effect) -> None:
    """A slider with a box beside it for an exact number; both hold the same ratio."""

    def take(ratio: float) -> None:
        change = scenario().change(use.name)
        ratios = dict(change.ratios if change else ()) | {effect.name: round(ratio, 3)}
        _changed(world, use.name, ratios=tuple(ratios.items()))

    now, key = use.ratios[effect.name], f"{use.name} {effect.name}"
    ends: dict[str, Any] = {
        "min_value": min(effect.lowest, now),
        "max_value": max(effect.highest, now),
        "step": effect.step,
    }
    left, right = st.columns([5, 3], vertical_alignment="bottom")
    left.slider(effect.label, format=f"%.2f {effect.unit}", **ends, **bound(world, key, now, take, same=key))
    right.number_input(
        f"{effect.label}, exact",
        value=None,  # so that an emptied box says nothing rather than the lowest value
        format="%.2f",
        label_visibility="collapsed",
        **ends,
        **bound(world, f"{key} box", now, take, same=key),
    )
    st.caption(_belief(effect, now))


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
    st.slider(
        f"{reach.label} (share)",
        reach.lowest,
        reach.highest,
        step=reach.step,
        help=reach.description,
        **bound(world, f"{use.name} reach", use.reach, lambda value: _changed(world, use.name, reach=round(value, 3))),
    )
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
    if gate and gate.comes_back and gate.delay_months:
        back, delay = gate.comes_back, gate.delay_months
        st.slider(
            f"{back.label} (share)",
            back.lowest,
            back.highest,
            step=back.step,
            help=back.description,
            **bound(
                world,
                f"{use.name} back",
                use.comes_back,
                lambda value: _changed(world, use.name, comes_back=round(value, 3)),
            ),
        )
        _number(world, use, "delay_months", f"{delay.label} (months)", delay.lowest, delay.highest)


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
    st.number_input(
        label,
        int(lowest),
        int(highest),
        value=None,
        step=1,
        **bound(world, f"{use.name} {field}", value, lambda given: _changed(world, use.name, **{field: kept(given)})),
    )


def _assumption(world: World, settings: WhatIfSettings, key: str) -> None:
    """One of the assumptions that all ideas share, as a slider."""
    entry, now = global_range(settings, key), assumption(scenario(), settings, key)
    whole = entry.whole
    kind: Callable[[float], float] = int if whole else float

    def take(value: float) -> None:
        _keep(world, **{key: kind(value)})

    st.slider(
        f"{entry.label} ({entry.unit})",
        kind(entry.lowest),
        kind(entry.highest),
        step=kind(entry.step),
        help=entry.description,
        **bound(world, key, kind(now), take),
    )


def _file(world: World) -> None:
    """The what-if as a file: its name, down and up."""
    settings = world.models.what_if
    st.text_input(
        "Name of this what-if",
        max_chars=int(settings.files.longest_name.value),
        **bound(world, "name of the what-if", scenario().name, lambda name: _renamed(world, name)),
    )
    st.download_button(
        "Download this what-if (YAML)",
        _yaml(world),  # not when it is pressed: the session is not at hand then
        file_name="what-if.yaml",
        mime="application/yaml",
        on_click="ignore",
        key="download what-if",
    )
    given = st.file_uploader("Load a what-if (YAML)", type=["yaml", "yml"], max_upload_size=1, key="what-if file")
    if given is not None and given.file_id != st.session_state.get(_SEEN):
        st.session_state[_SEEN] = given.file_id
        try:
            loaded = read_scenario(given.getvalue(), settings, given.name)
        except DataError as problem:
            st.session_state[_FAULTS] = (*problem.faults, "The what-if from before is still here.")
        else:
            st.session_state[_FAULTS] = ()
            st.session_state[_TOLD] = tuple(_other_than_here(world, loaded))
            keep_scenario(world, replace(loaded, data_version=None, area=None, year=None))
            st.rerun()


def _said_of_the_file() -> None:
    """What is wrong with the last file, or should be known of it."""
    faults = st.session_state.get(_FAULTS, ())
    if faults:
        st.error("\n".join(f"- {parts.plain(fault)}" for fault in faults))
    for said in st.session_state.get(_TOLD, ()):
        st.info(parts.plain(said))


def _other_than_here(world: World, loaded: Scenario) -> Iterator[str]:
    """What a file was made for that is not what the page shows."""
    now = published_version(world)
    if loaded.data_version not in (None, now):
        yield f"It was made with other figures (version {loaded.data_version}; now {now}), so its results may differ."
    here = current(world)
    if loaded.area not in (None, here.area) or loaded.year not in (None, here.year):
        yield "It was made for another authority or year. It is applied to the one you have chosen."


def _renamed(world: World, name: str) -> None:
    cleaned = clean_name(name, int(world.models.what_if.files.longest_name.value))
    if cleaned:
        keep_scenario(world, replace(scenario(), name=cleaned))


def _yaml(world: World) -> bytes:
    one = replace(only_differences(scenario(), world.models.what_if), data_version=published_version(world))
    held = parts.provenance(world, current(world)).lines
    origin = "".join(f"# {' '.join(f'{heading}: {words}'.split())}\n" for heading, words in held)
    return (origin + write_scenario(one, world.models.what_if)).encode()
