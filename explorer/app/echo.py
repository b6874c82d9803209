"""What a control that is about to be drawn shows, and which of its reports are echoes of another control's movement."""

import time

import streamlit as st

_LAST_MOVED, _SHOWN, _JUST_MOVED = "last moved", "last shown", "just moved"
_ECHO_SECONDS = 3.0


def echoed(key: str, name: str) -> bool:
    """Whether a report is the echo of another control's movement.

    Where two controls hold one choice, the one that was not touched may send back, soon after the other was moved,
    what both showed before the page caught up: such an echo is left unheard. Another value is heard.
    """
    now, value = time.monotonic(), st.session_state[key]
    mover, moves = st.session_state.get(_LAST_MOVED, {}).get(name, (key, ()))
    recent = tuple((when, *values) for when, *values in moves if now - when < _ECHO_SECONDS)
    if key != mover and any(value in values for _, *values in recent):
        return True
    st.session_state[_JUST_MOVED] = key
    shown = st.session_state.get(_SHOWN, {}).get(key)
    st.session_state.setdefault(_LAST_MOVED, {})[name] = (key, (*recent, (now, shown, value)))
    return False


def show(key: str, value: object) -> None:
    """Put a value into a control that is about to be drawn.

    Not into the one whose movement this run answers, if it has the value: where it is moved on meanwhile it would be
    set back.
    """
    answered = st.session_state.get(_JUST_MOVED) == key
    if answered:
        del st.session_state[_JUST_MOVED]
    if not answered or st.session_state.get(key) != value:
        st.session_state[key] = value
    st.session_state.setdefault(_SHOWN, {})[key] = value
