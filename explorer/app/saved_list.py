"""The list of saved views: open, change, delete and bring back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st

from explorer.app import leaving, parts, saved_files
from explorer.app.address import address_of
from explorer.app.choice import WHAT_IF_PAGE
from explorer.app.choices import published_version
from explorer.app.saved import attempt, in_words, measure, now, open_link, tried, when
from explorer.app.selection import current
from explorer.provenance import Provenance
from explorer.store import ChangedMeanwhile, SavedView, Store
from explorer.world import World

_MARCH = 3
_NARROW = 420  # a message beside its button, in pixels
_EDITED, _DELETED, _SHOWN, _SAID = "edited view", "deleted view", "views shown", "said of views"


def views(world: World) -> None:
    """All saved views, the one changed last first, and what can be done with them."""
    found = attempt(world, _read)
    if found is None:
        return
    alive, deleted = found
    _tell(world)
    st.markdown(_count(len(alive)))
    wanted = _sought(alive, world)
    at_once = world.config.app.saved_views.shown_at_once
    shown = st.session_state.get(_SHOWN, at_once)
    for view in wanted[:shown]:
        _one(world, view)
    if len(wanted) > shown:
        st.button(f"Show more ({len(wanted) - shown:,} left)", on_click=_show_more, args=(shown + at_once,))
    if alive:
        _take_away(world, alive)
    if deleted:
        _bring_back(world, deleted[:at_once])


def _read(store: Store) -> tuple[Sequence[SavedView], Sequence[SavedView]]:
    """Those alive, and those that can be brought back; what was deleted before those is dropped by the way."""
    moment = now()
    store.drop_long_deleted(moment)
    return store.views(), store.lately_deleted(moment)


def _count(number: int) -> str:
    match number:
        case 0:
            return "Nothing is saved yet. To save what a page shows, open “Share this view” at its top."
        case 1:
            return "One view is saved."
        case _:
            return f"{number:,} views are saved. The one changed last comes first."


def _sought(alive: Sequence[SavedView], world: World) -> Sequence[SavedView]:
    """Those with some letters in their name, notes or what they show, where there are too many to look through."""
    if len(alive) <= world.config.app.saved_views.shown_at_once:
        return alive
    letters = st.text_input("Find a view by its name, notes or authority", key="seek views").casefold().split()
    texts = {view.id: f"{view.name} {view.notes} {in_words(view.page, view.link, world)}".casefold() for view in alive}
    found = [view for view in alive if all(one in texts[view.id] for one in letters)]
    if not found:
        st.info("No saved view has these letters.")
    return found


def _show_more(number: int) -> None:
    st.session_state[_SHOWN] = number


def _one(world: World, view: SavedView) -> None:
    """One view: its name, what it shows, its notes, and what can be done with it."""
    with st.container(border=True, key=f"view-{view.id}"):
        st.header(parts.plain(view.name), anchor=False)
        if words := _shown(view, world):
            st.markdown(parts.plain(words))
        if st.session_state.get(_EDITED, (None, 0))[0] == view.id:
            _edit(world, view)
            return
        if view.notes:
            st.markdown("  \n".join(parts.plain(line) for line in view.notes.split("\n")))
        st.caption(parts.plain(_history(view, world)))
        with st.container(horizontal=True, vertical_alignment="center"):
            open_link(view, "Open")
            st.button("Edit", key=f"edit {view.id}", on_click=_begin_edit, args=(view,))
            st.button("Delete", key=f"delete {view.id}", on_click=_delete, args=(world, view))
            if view.page == WHAT_IF_PAGE and saved_files.is_what_if(view):
                leaving.offer(
                    "Scenario file (YAML)",
                    partial(saved_files.scenario_text, view, world, _origin_of_one(world, view)),
                    "what-if",
                    file_name=f"what-if-{view.id}.yaml",
                    mime="application/yaml",
                    key=f"scenario {view.id}",
                )


def _shown(view: SavedView, world: World) -> str:
    """What it shows, as far as its name does not say that already."""
    words = in_words(view.page, view.link, world)
    return ". ".join(filter(None, ("" if words == view.name else words, measure(view.link, world))))


def _history(view: SavedView, world: World) -> str:
    """When it was saved and changed, and whether figures have come since."""
    said = f"Saved on {when(view.made)}"
    if view.version > 1:
        said += f", changed on {when(view.changed)}"
    other = view.data_version.partition("+")[0] != published_version(world)
    return f"{said}. Since then the figures of this program have changed." if other else f"{said}."


def _begin_edit(view: SavedView) -> None:
    _forget_said()
    st.session_state[_EDITED] = (view.id, view.version)


def _end_edit() -> None:
    st.session_state.pop(_EDITED, None)


def _edit(world: World, view: SavedView) -> None:
    """Another name and notes. What was typed stays where it cannot be saved."""
    with st.form(f"edit view {view.id}", border=False):
        name = st.text_input("Name of the view", view.name, key=f"name {view.id}")
        notes = st.text_area("Notes", view.notes, key=f"notes {view.id}", height=96)
        with st.container(horizontal=True):
            pressed = st.form_submit_button("Save the change")
            st.form_submit_button("Leave it as it was", on_click=_end_edit)
    if pressed and _changed(world, view.id, name, notes):
        _end_edit()
        st.rerun()


def _changed(world: World, number: int, name: str, notes: str) -> bool:
    """Save a change of the version that was read when editing began; after a refusal, of the one then told."""
    read = st.session_state[_EDITED][1]

    def change(store: Store) -> SavedView:
        try:
            return store.change(number, name, notes, read, now())
        except ChangedMeanwhile as problem:
            st.session_state[_EDITED] = (number, problem.theirs.version)
            raise

    return attempt(world, change) is not None


def _delete(world: World, view: SavedView) -> None:
    _forget_said()
    _, faults = tried(world, lambda store: store.delete(view.id, now()))
    st.session_state[_SAID] = faults
    if not faults:
        st.session_state[_DELETED] = (view.id, view.name)


def _restore(world: World, number: int) -> None:
    _forget_said()
    _, st.session_state[_SAID] = tried(world, lambda store: store.restore(number, now()))


def _forget_said() -> None:
    st.session_state[_SAID] = ()
    st.session_state.pop(_DELETED, None)


def _tell(world: World) -> None:
    """What came of the button that was pressed last."""
    for fault in st.session_state.get(_SAID, ()):
        st.error(parts.plain(fault))
    if _DELETED in st.session_state:
        number, name = st.session_state[_DELETED]
        with st.container(horizontal=True, vertical_alignment="center", key="deleted"):
            st.success(parts.plain(f"“{name}” was deleted."), width=_NARROW)
            st.button("Undo", on_click=_restore, args=(world, number))


def _origin_of_one(world: World, view: SavedView) -> Provenance:
    """Where what one view holds comes from: the figures that it was made with, and its own address."""
    held, year = parts.provenance(world, current(world)), view.link.get("year", "")
    return replace(
        held,
        figures=f"What somebody chose, without figures. {in_words(view.page, view.link, world)}",
        version=view.data_version,
        as_at=date(int(year), _MARCH, 31) if year in map(str, world.years) else held.as_at,
        link=address_of(view.page, view.link),
    )


def _origin_of_all(world: World) -> Provenance:
    """Where the list comes from: people, until today."""
    held = parts.provenance(world, current(world))
    return replace(
        held,
        figures="Names, notes and addresses of saved views, without figures",
        sources=(f"What people saved here; the figures that the addresses lead to are from {held.sources[0]}",),
        as_at=leaving.today(),
        suppression="Nothing in this list is hidden: it holds no figures.",
    )


def _take_away(world: World, alive: Sequence[SavedView]) -> None:
    """All views as a file."""
    views, held = saved_files.listed(alive), _origin_of_all(world)
    st.header("Download", anchor=False)
    st.markdown("All saved views with their names, notes and addresses, but without figures.")
    with st.container(horizontal=True):
        for label, content, ending, mime in (
            ("All views (CSV)", saved_files.table_file, "csv", "text/csv"),
            ("All views (JSON Lines)", saved_files.json_lines, "jsonl", "application/jsonl"),
        ):
            leaving.offer(
                label,
                partial(content, views, held),
                "saved views",
                held,
                len(alive),
                file_name=f"saved-views.{ending}",
                mime=mime,
                key=f"views {ending}",
            )


def _bring_back(world: World, deleted: Sequence[SavedView]) -> None:
    """Views that were deleted not long ago: anybody can delete, so anybody can undo it."""
    days = world.config.app.saved_views.keep_deleted_days
    with st.expander(f"Deleted in the last {days} days"):
        for view in deleted:
            with st.container(horizontal=True, vertical_alignment="center"):
                said = ": ".join(filter(None, (f"“{view.name}”", _shown(view, world))))
                st.markdown(parts.plain(said), width="content")
                st.button("Bring back", key=f"restore {view.id}", on_click=_restore, args=(world, view.id))
