"""A what-if as a file of its reader's own: its name, down and up again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import streamlit as st

from explorer.app import leaving, parts
from explorer.app.choices import published_version
from explorer.app.selection import bound, current, keep_scenario, scenario
from explorer.errors import DataError
from explorer.models.scenario_file import read_scenario, write_scenario
from explorer.models.scenario_words import clean_name
from explorer.models.scenarios import Scenario, only_differences
from explorer.provenance import Provenance
from explorer.world import World

_FAULTS, _SEEN, _TOLD = "faults of the what-if file", "what-if file seen", "what is said of the what-if file"


def box(world: World, taken: Callable[[Callable[[str], None]], Callable[[str], None]]) -> None:
    """The what-if as a file: its name, down and up.

    Args:
        taken: what else happens when it is named.
    """
    settings = world.models.what_if
    st.text_input(
        "Name of this what-if",
        max_chars=int(settings.files.longest_name.value),
        **bound(world, "name of the what-if", scenario().name, taken(partial(_renamed, world))),
    )
    held = parts.provenance(world, current(world))
    file = _yaml(world, held)  # not when it is pressed: the session is not at hand then
    leaving.offer(
        "Download this what-if (YAML)",
        lambda: file,
        "what-if",
        held,
        file_name="what-if.yaml",
        mime="application/yaml",
        key="download what-if",
    )
    given = st.file_uploader("Load a what-if (YAML)", type=["yaml", "yml"], max_upload_size=1, key="what-if file")
    if given is not None and given.file_id != st.session_state.get(_SEEN):
        st.session_state[_SEEN] = given.file_id
        came = {"kind": "what-if", "form": "yaml", "size": given.size}
        try:
            loaded = read_scenario(given.getvalue(), settings, given.name)
        except DataError as problem:
            leaving.heard("upload", "refused", **came)
            st.session_state[_FAULTS] = (*problem.faults, "The what-if from before is still here.")
        else:
            leaving.heard("upload", "done", **came)
            st.session_state[_FAULTS] = ()
            st.session_state[_TOLD] = tuple(_other_than_here(world, loaded))
            keep_scenario(world, replace(loaded, data_version=None, area=None, year=None))
            st.rerun()


def say() -> None:
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


def _yaml(world: World, held: Provenance) -> bytes:
    one = replace(only_differences(scenario(), world.models.what_if), data_version=published_version(world))
    origin = "".join(f"# {' '.join(f'{heading}: {words}'.split())}\n" for heading, words in held.lines)
    return (origin + write_scenario(one, world.models.what_if)).encode()
