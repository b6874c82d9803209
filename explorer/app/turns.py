"""A few pages are worked out at a time, and the others wait their turn: so those that came first are done first."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local

import streamlit as st

from explorer.app import cached
from explorer.app.serving import measures

_OWN = local()  # whether the run of a page in this thread has a turn


@st.cache_resource(show_spinner=False)
def _turns() -> BoundedSemaphore:
    return BoundedSemaphore(int(cached.world().config.serving.turns.value))


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and give it back at the end however that comes.

    A run that has one goes on with it: a part of a page may be all that runs, or be drawn with the whole.
    """
    if getattr(_OWN, "turn", False):
        yield
        return
    turns = _turns()
    began = time.monotonic()
    with measures.WAITING.track_inprogress():
        turns.acquire()
    _OWN.turn = True
    try:
        with measures.in_turn(began, time.monotonic()):
            yield
    finally:
        _OWN.turn = False
        turns.release()


@contextmanager
def aside() -> Iterator[None]:
    """Let others have the turn meanwhile: for long work that has a queue of its own, such as a file that is read."""
    had = getattr(_OWN, "turn", False)
    if had:
        _OWN.turn = False
        _turns().release()
    try:
        yield
    finally:
        if had:
            _turns().acquire()
            _OWN.turn = True
