"""What stands around every page: a focus that can be seen, no motion where it is not wanted, the foot of the page."""

import streamlit as st

from explorer.app.selection import link_to
from explorer.world import World

STATEMENT_PAGE = "accessibility"
PROGRAM = "Child Protection Planning Explorer"

# Fixed text: nothing of the data or the link goes in. Colours of the ring: 3:1 and more on both themes' backgrounds
# (WCAG 2.2, 1.4.11 and 2.4.7). Streamlit's own focus is missing on links and faint elsewhere.
_STYLE = """
<style>
:focus-visible, label:has(input:focus-visible):not([data-testid=stWidgetLabel]),
div:has(> div > input[type=range]:focus-visible) {
  outline: 3px solid #3578e5 !important; outline-offset: 2px !important;
}
main:focus-visible { outline-offset: -3px !important; }
[data-testid=stMain] { scroll-padding: 4.5rem 0 2rem; }
[data-testid=stTooltipHoverTarget] button, .stTooltipIcon button, [data-testid=stDateInputCalendarButton],
a[aria-label="Link to heading"] { min-width: 24px; min-height: 24px; }
[data-testid=stElementToolbar]:focus-within { opacity: 1 !important; z-index: 1000 !important; }
/* Streamlit's own picture of a chart has no title, measure or source: those below each chart are the ones to take */
[data-testid=stElementToolbarButton]:has(button[aria-label^="Download as PNG"]) { display: none; }
[data-testid=stButtonGroup] [role=radiogroup] { flex-wrap: wrap; row-gap: 0.25rem; overflow: visible; }
.st-key-pages { column-gap: 0.25rem; row-gap: 0.25rem; }
.st-key-pages a { padding-inline: 0.35rem; }
[class*=st-key-heard-] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.st-key-foot { border-top: 1px solid rgba(128, 132, 149, 0.5); margin-top: 2rem; padding-top: 0.5rem; }
@media (max-width: 640px) {
  [data-testid=stMainBlockContainer] { padding-top: 3.25rem; }
  [data-testid=stMainBlockContainer] [data-testid=stVerticalBlock] { gap: 0.75rem; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after {
    animation-duration: 0.01ms !important; animation-delay: 0s !important; animation-iteration-count: 1 !important;
    transition-duration: 0.01ms !important; transition-delay: 0s !important; scroll-behavior: auto !important;
  }
}
@media (forced-colors: active) {
  :focus-visible { outline-color: Highlight !important; }
  [aria-current=page] { outline: 2px solid LinkText; }
  [data-testid=stBaseButton-segmented_controlActive], [role=radio][aria-checked=true] {
    forced-color-adjust: none; background: Highlight !important; color: HighlightText !important;
  }
  [data-testid=stCheckbox] label > div:first-of-type, [data-testid=stRadio] label > div:first-of-type,
  [data-testid=stSlider] div:has(> div > input[type=range]) { outline: 2px solid ButtonText; }
  [data-testid=stSlider] [data-rac] > [data-rac] > div:first-child:not(:has(input)) { outline: 1px solid ButtonText; }
  [data-testid=stCheckbox] label:has(input:checked) > div:first-of-type,
  [data-testid=stRadio] label:has(input:checked) > div:first-of-type,
  [data-testid=stSlider] div:has(> div > input[type=range]) {
    forced-color-adjust: none; background: Highlight !important;
  }
}
</style>
"""
# A table or a code that is wider than its place scrolls in it: the keyboard has to get there (WCAG 2.1.1). Streamlit's
# box for files is called a presentation though it has a name, which assistive programs then may leave out.
_MENDED_JS = """
const mend = (sized) => {
  for (const table of document.querySelectorAll("[data-testid=stTable]")) {
    for (const box of [table, ...table.querySelectorAll("div")]) {
      if (!/auto|scroll/.test(getComputedStyle(box).overflowX)) continue
      sized.observe(box)
      const wider = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight
      if (!wider) { if (box.dataset.reached) { box.removeAttribute("tabindex"); delete box.dataset.reached } continue }
      box.tabIndex = 0
      box.dataset.reached = "yes"
      box.setAttribute("role", "group")
      box.setAttribute("aria-label", "Table, scrolls sideways")
    }
  }
  for (const box of document.querySelectorAll("[data-testid=stFileUploaderDropzone][role=presentation]")) {
    box.setAttribute("role", "group")
  }
  const answer = document.querySelector(".st-key-answer")
  if (answer) answer.setAttribute("role", "status")  // a control moves it: told without going there (WCAG 4.1.3)
  const menu = document.querySelector(".st-key-pages")
  if (menu) { menu.setAttribute("role", "navigation"); menu.setAttribute("aria-label", "Pages") }
  for (const link of document.querySelectorAll(".st-key-pages a")) {
    const leads = link.getAttribute("href").split("?")[0]  // empty for the first page, wherever one is
    const here = leads === location.pathname.split("/").at(-1)
    if (here) link.setAttribute("aria-current", "page")
    else link.removeAttribute("aria-current")
  }
  document.documentElement.lang = "en-GB"
}
// Streamlit folds and unfolds with animations of its own, which no style reaches
const still = () => {
  if (window.stillMoves || !matchMedia("(prefers-reduced-motion: reduce)").matches) return
  window.stillMoves = Element.prototype.animate
  Element.prototype.animate = function (frames, options) {
    const at = typeof options === "object" ? { ...options, duration: 0, delay: 0 } : 0
    return window.stillMoves.call(this, frames, at)
  }
}
// What a button opens hangs at the end of the page, many Tab presses away: who opened it by keyboard is taken there
// (WCAG 2.4.3). Escape gives the focus back to the button by itself.
const enter = () => {
  const body = document.querySelector("[data-testid=stPopoverBody]:not([tabindex])")
  if (!body) return
  body.tabIndex = -1  // seen once, so that nobody who goes back to the button is taken away from it
  if (document.activeElement.matches("[data-testid=stPopoverButton]:focus-visible")) body.focus()
}
// A page that comes back to a program that began anew is asked for again by Streamlit only where a part of it was drawn
// last. Otherwise it stands there and nothing works that the program has to know of, its files above all: so we ask.
const watchProgram = (ask) => {
  const app = document.querySelector("[data-testid=stApp]")
  let asking = 0
  const look = () => {
    const { testConnectionState: connection, testScriptState: script } = app.dataset
    if (connection !== "CONNECTED") { window.programLost = true; clearTimeout(asking); return }
    if (script === "running") { window.programLost = false; clearTimeout(asking); return }
    if (!window.programLost) return
    clearTimeout(asking)
    asking = setTimeout(() => { window.programLost = false; ask() }, 250)
  }
  const seen = new MutationObserver(look)
  seen.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state", "data-test-script-state"] })
  look()
  return () => { clearTimeout(asking); seen.disconnect() }
}
export default function ({ setTriggerValue }) {
  still()
  let waiting = 0  // until the page is quiet, so that a slider never waits for this
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => { mend(sized); enter() }, 150) }
  const unwatch = watchProgram(() => setTriggerValue("back", true))
  const sized = new ResizeObserver(soon)
  const seen = new MutationObserver(soon)
  seen.observe(document.body, { childList: true, subtree: true })
  window.addEventListener("resize", soon)
  document.addEventListener("toggle", soon, true)
  soon()
  return () => {
    clearTimeout(waiting)
    unwatch()
    seen.disconnect()
    sized.disconnect()
    window.removeEventListener("resize", soon)
    document.removeEventListener("toggle", soon, true)
  }
}
"""
_mended = st.components.v2.component("mended", js=_MENDED_JS)


def head() -> None:
    """What a page needs from the start, before anything of it is drawn."""
    st.html(_STYLE)
    with st.container(key="mended", height=1, border=False):
        _mended(key="mended-part", on_back_change=_run_again)


def _run_again() -> None:
    """The run that a page asks for when its program is there again is all that it needs."""


def foot(world: World) -> None:
    """The last line of every page, at the same place on each: where to say that something cannot be used."""
    with st.container(horizontal=True, key="foot"):
        st.page_link(
            f"explorer/app/pages/{STATEMENT_PAGE}.py",
            label="Accessibility, and how to ask for help",
            icon=":material/accessibility_new:",
            query_params=link_to(world, STATEMENT_PAGE),
        )
