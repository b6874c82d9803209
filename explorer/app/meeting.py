"""Meeting mode: one page after the other for a room, in large type, with the keys that a presenter's clicker sends."""

from typing import NamedTuple

import streamlit as st

from explorer.app.controls import choose
from explorer.app.meeting_choices import INVITE_PAGE, JOIN_PAGE, TITLES, name_of, path_of
from explorer.app.selection import chosen_of, keep, link_to, page
from explorer.app.share import file_of
from explorer.sentences.meetings import step_words
from explorer.world import World

# Sizes for a room, in steps and not by the width itself, so that zooming in still makes everything larger. Charts are
# drawn in fixed sizes, so they are drawn for a narrower page and enlarged to the width of this one. A side panel
# that was open before would stay, and empty.
_LARGE = """
<style>
:root { --larger: 1; font-size: 19px !important; }
@media (min-width: 1000px) { :root { --larger: 1.3; font-size: 21px !important; } }
@media (min-width: 1600px) { :root { --larger: 1.6; font-size: 25px !important; } }
[data-testid="stElementContainer"]:has([data-testid="stVegaLiteChart"]) {
  zoom: var(--larger); width: calc(100% / var(--larger)) !important;
}
[data-testid="stSidebar"], [data-testid="stHeader"] { display: none !important; }
[data-testid="stMainBlockContainer"] { padding-top: 0.75rem; }
[data-testid="stMainBlockContainer"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
[data-testid="stMainBlockContainer"] h1 { padding: 0 0 0.5rem; }
[data-testid="stNumberInput"] :is([data-testid="stNumberInputStepDown"], [data-testid="stNumberInputStepUp"]) {
  display: none;  /* in large type they leave no room for the number, which arrow keys move too */
}
/* The map is the highest picture: in full size a part of it would be below the screen. */
@media (min-width: 1600px) {
  .st-key-map-of-england [data-testid="stElementContainer"]:has([data-testid="stVegaLiteChart"]) {
    zoom: 1.1; width: calc(100% / 1.1) !important;
  }
}
</style>
"""
_SPOKEN = """
<p role="status"></p>
"""
_SPOKEN_CSS = """
p { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
"""
# The keys belong to whatever uses them itself: a field, a slider, a tab, a menu, an open popover, what scrolls
# sideways. They are heard before all others, so that Escape still finds the popover that it closes.
_KEYS_JS = """
const USES_KEYS = [
  "input", "textarea", "select", "video", "audio", "canvas", "[contenteditable=true]", "[role=slider]", "[role=tab]",
  "[role=tablist]", "[role=menu]", "[role=menuitem]", "[role=listbox]", "[role=option]", "[role=combobox]",
  "[role=radio]", "[role=radiogroup]", "[role=grid]", "[role=dialog]", "[role=tree]", "[role=spinbutton]",
].join(",")
const OPEN = "[role=dialog], [role=listbox], [role=menu], [data-testid=stPopoverBody]"
const LEADS = {
  ArrowRight: "meeting-next", PageDown: "meeting-next", ArrowLeft: "meeting-previous", PageUp: "meeting-previous",
  Escape: "meeting-leave",
}
const scrollsSideways = (element) => {
  for (let one = element; one && one !== document.body; one = one.parentElement) {
    if (one.scrollWidth > one.clientWidth && /auto|scroll/.test(getComputedStyle(one).overflowX)) return true
  }
  return false
}
export default function ({ data, parentElement }) {
  const said = parentElement.querySelector("[role=status]")
  if (said.textContent !== data.step) setTimeout(() => { said.textContent = data.step }, 150)
  const heard = (event) => {
    const leads = LEADS[event.key]
    if (!leads || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    const target = event.composedPath()[0]
    if (target instanceof Element && target.closest(USES_KEYS)) return
    if (document.querySelector(OPEN) || document.fullscreenElement) return
    if (event.key.startsWith("Arrow") && target instanceof Element && scrollsSideways(target)) return
    const link = document.querySelector(`.st-key-${leads} :is(a[href], button)`)
    if (!link) return
    event.preventDefault()
    link.click()
  }
  window.addEventListener("keydown", heard, true)
  return () => window.removeEventListener("keydown", heard, true)
}
"""
_keys = st.components.v2.component("meeting_keys", html=_SPOKEN, css=_SPOKEN_CSS, js=_KEYS_JS)


class Step(NamedTuple):
    """Where a page is among the steps of a meeting: its number from 1, and the pages before and after it."""

    number: int | None
    before: str | None
    after: str | None


def step_of(name: str, steps: tuple[str, ...]) -> Step:
    """The step that a page is. A page that is none has the first step after it."""
    if name not in steps:
        return Step(None, None, steps[0])
    number = steps.index(name)
    return Step(
        number + 1,
        steps[number - 1] if number else None,
        steps[number + 1] if number + 1 < len(steps) else None,
    )


def on() -> bool:
    """Whether the page is shown to a room. A visitor's way in is not: it is for their own phone."""
    return bool(chosen_of("meet")) and page() != JOIN_PAGE


def bar(world: World) -> None:
    """What stands above a page in a meeting: the step at hand and the ways on, with keys for them; and large type."""
    name = name_of(page())
    steps = world.config.app.meeting.steps
    st.html(_LARGE)
    if name == INVITE_PAGE:
        _back(world)
        return
    step = step_of(name, steps)
    words = step_words(step.number, len(steps), TITLES.get(name, ""))
    with st.container(horizontal=True, vertical_alignment="center", key="meeting"):
        _way(world, step.before, "Previous", "arrow_back", "meeting-previous")
        st.markdown(f"**{words}**", width="content")
        _way(world, step.after, "Next", "arrow_forward", "meeting-next")
        st.space("stretch")
        with st.popover("Choose", icon=":material/tune:", key="meeting-choose", on_change="rerun") as opened:
            if opened.open:
                choose(world)
        if name in TITLES:
            st.page_link(
                file_of(INVITE_PAGE),
                label="Let others join",
                icon=":material/group_add:",
                query_params=link_to(world, INVITE_PAGE, name),
            )
        with st.container(key="meeting-leave", width="content"):
            st.button("Leave", icon=":material/close:", type="tertiary", on_click=keep, args=(world, "meet", False))
    _keys(data={"step": words}, key="keys")


def _way(world: World, name: str | None, label: str, icon: str, key: str) -> None:
    """A link to the step before or after; greyed where there is none."""
    with st.container(key=key, width="content"):
        if name is None:  # a greyed link can still be reached by keyboard, and leads nowhere
            st.button(label, icon=f":material/{icon}:", type="tertiary", disabled=True)
            return
        st.page_link(file_of(name), label=label, icon=f":material/{icon}:", query_params=link_to(world, path_of(name)))


def _back(world: World) -> None:
    """From the page that lets others join back to the meeting."""
    name = str(chosen_of("to"))
    with st.container(key="meeting-leave", width="content"):
        st.page_link(
            file_of(name or world.config.app.meeting.steps[0]),
            label="Back to the meeting",
            icon=":material/arrow_back:",
            query_params=link_to(world, path_of(name)),
        )
    _keys(data={"step": "Let others join"}, key="keys")
