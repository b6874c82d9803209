"""What is folded away on a page: made when its reader opens it, so that nobody waits for what nobody sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import streamlit as st

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
    from streamlit.elements.lib.mutable_popover_container import PopoverContainer


@contextmanager
def expander(label: str, key: str) -> Iterator[bool]:
    """A part below its heading; gives whether it is open, and nothing should be drawn in it where it is not."""
    with st.expander(label, key=f"fold {key}", on_change="rerun") as fold:
        yield _open(fold)


@contextmanager
def popover(label: str, key: str, width: Literal["stretch", "content"] = "content") -> Iterator[bool]:
    """The same behind a button."""
    with st.popover(label, key=f"fold {key}", on_change="rerun", width=width) as fold:
        yield _open(fold)


def any_open(*keys: str) -> bool:
    """Whether one of these is open as far as the page knows."""
    return any(bool(st.session_state.get(f"fold {key}")) for key in keys)


def _open(fold: "ExpanderContainer | PopoverContainer") -> bool:
    return bool(fold.open)
