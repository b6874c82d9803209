"""Parts of a page that are drawn again by themselves: so that a control redraws only what it moves."""

from collections.abc import Callable

import streamlit as st
from streamlit.errors import StreamlitAPIException


def part(key: str, draw: Callable[[], None]) -> None:
    """Draw a part of the page that can be drawn again alone.

    Args:
        key: what ``again`` calls it; one of its kind on a page.
        draw: draws it from the choices as they are by then, not as they were when the page was opened.
    """

    def drawn() -> None:
        draw()

    st.fragment(drawn, key=key)()


def again(*keys: str) -> None:
    """End what a control does when it is moved: these parts are drawn again, in this order, and nothing else.

    Where one of them is not known the whole page is, as for a reader who was with another server until now.
    """
    try:
        st.rerun(list(keys))
    except StreamlitAPIException:
        return
