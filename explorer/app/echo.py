"""What a control that is about to be drawn shows, and which of its reports are echoes of another control's movement."""

import time

import streamlit as st

_LAST_MOVED, _SHOWN, _JUST_MOVED = "last moved", "last shown", "just moved"
_BEFORE, _STALE = "shown before", "not told yet"
_ECHO_SECONDS = 3.0
_AT_ONCE_SECONDS = 0.8  # nobody sees what the program put into a control, and moves it back, in less


def echoed(key: str, name: str) -> bool:
    """Whether a report is the echo of another control's movement: its control then shows what it was last given.

    Where two controls hold one choice, the one that was not touched may send back, soon after the other was moved,
    what both showed before the page caught up. And a browser sends what all of its controls show: with a movement
    that follows soon on another it says of those that the first one set what they showed before. Another value is
    heard.
    """
    if _repeated(key, name) or _not_told_yet(key):
        st.session_state[key] = st.session_state[_SHOWN][key]
        return True
    return False


def _repeated(key: str, name: str) -> bool:
    """Whether a report says again what the control that holds the same choice was moved from or to."""
    now, value = time.monotonic(), st.session_state[key]
    mover, moves = st.session_state.get(_LAST_MOVED, {}).get(name, (key, ()))
    recent = tuple((when, *values) for when, *values in moves if now - when < _ECHO_SECONDS)
    if key != mover and any(value in values for _, *values in recent):
        return True
    if key in _stale():
        return False
    st.session_state[_JUST_MOVED] = key
    shown = st.session_state.get(_SHOWN, {}).get(key)
    st.session_state.setdefault(_LAST_MOVED, {})[name] = (key, (*recent, (now, shown, value)))
    return False


def _not_told_yet(key: str) -> bool:
    """Whether a report says what a control showed before the program put another value into it."""
    stale = _stale()
    if key not in stale:
        return False
    st.session_state[_STALE] = stale - {key}
    return True


def _stale() -> set[str]:
    """The controls that a message says something old of.

    One that alone is said to be what it was before may have been moved back by its reader, unless that was at once.
    """
    found: set[str] = st.session_state.get(_STALE, set())
    if found:
        return found
    now, shown, before = time.monotonic(), st.session_state.get(_SHOWN, {}), st.session_state.get(_BEFORE, {})
    reported = [key for key, value in shown.items() if key in st.session_state and st.session_state[key] != value]
    old = {
        key: now - max(when for when, value in before[key] if value == st.session_state[key])
        for key in reported
        if any(value == st.session_state[key] for _, value in before.get(key, ()))
    }
    soon = {key for key, seconds in old.items() if seconds < (_ECHO_SECONDS if len(reported) > 1 else _AT_ONCE_SECONDS)}
    st.session_state[_STALE] = soon
    return soon


def show(key: str, value: object) -> None:
    """Put a value into a control that is about to be drawn.

    Not into the one whose movement this run answers, if it has the value: where it is moved on meanwhile it would be
    set back.
    """
    st.session_state.pop(_STALE, None)
    answered = st.session_state.get(_JUST_MOVED) == key
    if answered:
        del st.session_state[_JUST_MOVED]
    if not answered or st.session_state.get(key) != value:
        st.session_state[key] = value
    shown = st.session_state.setdefault(_SHOWN, {})
    if key in shown and shown[key] != value and not answered:
        now, before = time.monotonic(), st.session_state.setdefault(_BEFORE, {})
        recent = [(when, old) for when, old in before.get(key, ()) if now - when < _ECHO_SECONDS]
        before[key] = (*recent, (now, shown[key]))
    shown[key] = value
