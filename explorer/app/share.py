"""The view at hand as a link: to copy, as a square code for the camera of a phone, and to show to a room."""

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import segno
import streamlit as st

from explorer.app import saved
from explorer.app.address import address_of
from explorer.app.choices import UPLOAD
from explorer.app.meeting_choices import INVITE_PAGE, JOIN_PAGE, TITLES, name_of
from explorer.app.selection import data, keep, link_to, page
from explorer.world import World

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_popover_container import PopoverContainer

QUIET = 4  # light squares around the code, as ISO/IEC 18004 asks
LEVEL = "m"  # of error correction: read back with 15% of it hidden
_KEPT_CODES = 64
SCALE = 16  # units of the picture for a square, enough for a projector; the page makes it smaller
_SMALL = 240  # pixels

_COPY_HTML = """
<label for="link">Link to this view</label>
<textarea id="link" readonly rows="2" spellcheck="false"></textarea>
<button type="button">Copy link</button>
<p role="status"></p>
"""
_COPY_CSS = """
:host, div { font-family: var(--st-font); color: var(--st-text-color); }
label { display: block; font-size: 0.875rem; margin-bottom: 0.25rem; }
textarea {
  box-sizing: border-box; width: 100%; font: inherit; font-size: 0.875rem; resize: vertical; padding: 0.5rem;
  overflow-wrap: anywhere; color: inherit; background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color-light, #858b94); border-radius: 0.5rem;
}
button {
  font: inherit; font-size: 0.9375rem; padding: 0.4rem 0.9rem; margin-top: 0.5rem;
  border-radius: 0.5rem; cursor: pointer;
  color: var(--st-background-color); background: var(--st-primary-color); border: 1px solid var(--st-primary-color);
}
textarea:focus-visible, button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
p { margin: 0.4rem 0 0; font-size: 0.875rem; min-height: 1.3em; }
"""
# Without https a browser has no clipboard to write to; the older way may still be open. If not, the link is selected.
_COPY_JS = """
export default function ({ data, parentElement }) {
  const field = parentElement.querySelector("textarea")
  const said = parentElement.querySelector("[role=status]")
  if (field.value !== data.link) { field.value = data.link; said.textContent = "" }
  field.style.height = "auto"
  field.style.height = `${field.scrollHeight + 2}px`
  const tell = (words) => { said.textContent = ""; setTimeout(() => { said.textContent = words }, 50) }
  const olderWay = () => {
    field.focus()
    field.select()
    try { return document.execCommand("copy") } catch { return false }
  }
  parentElement.querySelector("button").onclick = async () => {
    let copied = false
    try { await navigator.clipboard.writeText(data.link); copied = true } catch { copied = olderWay() }
    tell(copied ? "Link copied." : "This browser does not let us copy. The link is selected: copy it from there.")
  }
}
"""
_copy = st.components.v2.component("copy_link", html=_COPY_HTML, css=_COPY_CSS, js=_COPY_JS)


def file_of(name: str) -> str:
    """The file of a page, as navigation knows it."""
    return f"explorer/app/pages/{name}.py"


@lru_cache(maxsize=_KEPT_CODES)
def square_code(address: str) -> str:
    """An address as a QR code: SVG, black on white whatever the theme, with its quiet zone, level M or better."""
    drawn = BytesIO()
    segno.make_qr(address, error=LEVEL).save(
        drawn, kind="svg", xmldecl=False, dark="#000", light="#fff", border=QUIET, scale=SCALE
    )
    return drawn.getvalue().decode()


def show_square_code(address: str, alt: str, width: int | Literal["stretch"]) -> None:
    """The code as a picture with words for it, for those who do not see it, at a width in pixels."""
    st.image(square_code(address), width=width, alt=alt)


def button() -> "PopoverContainer":
    """The button that opens what ``fill`` draws. While it is closed nothing is worked out for it."""
    return st.popover("Share this view", icon=":material/share:", key="share", on_change="rerun")


def fill(world: World, opened: "PopoverContainer") -> None:
    """What stands behind the button; run when the page's choices are settled."""
    if not opened.open:
        return
    with opened:
        address = address_of(page(), link_to(world, page()))
        _copy(data={"link": address}, key="copy")
        if data() == UPLOAD:
            st.caption("The link holds your choices but not your file: whoever opens it sees published figures.")
        name = name_of(page())
        if name in TITLES:
            _for_a_room(world, name)
        show_square_code(address, "QR code of the link to this view", _SMALL)
        st.caption("Point a phone's camera at the square code to open this view there.")
        if name in TITLES:
            saved.save_form(world)


def _for_a_room(world: World, name: str) -> None:
    """What else can be done with the view: show it to a room, let others join, or join others."""
    st.button(
        "Start meeting mode",
        icon=":material/present_to_all:",
        type="tertiary",
        on_click=keep,
        args=(world, "meet", True),
        help="Full width and large type, one page after the other. Escape leaves it.",
    )
    link = link_to(world, INVITE_PAGE, name)
    st.page_link(file_of(INVITE_PAGE), label="Let others join", icon=":material/group_add:", query_params=link)
    link = {"v": str(world.config.app.link_version)}
    st.page_link(file_of(JOIN_PAGE), label="Join a meeting with a code", icon=":material/login:", query_params=link)
