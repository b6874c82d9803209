"""Quotation marks of a CSV text: whether each opens a cell, closes one, or stands for one within it.

polars turns at every mark, wherever it stands, and takes what follows, to the next one, for one cell. So a mark that
does none of the three can cost rows that nobody is told of.
"""

import numpy as np
from numpy.typing import NDArray

_MARK, _LINE_END = ord('"'), ord("\n")


def all_in_place(text: bytes, separator: str) -> bool:
    """Whether every mark opens a cell, closes one, or stands doubled within one, and none is left open."""
    places, astray = _marks(text, separator)
    return len(places) % 2 == 0 and not astray.any()


def costs_rows(text: bytes, separator: str) -> bool:
    """Whether a mark out of its place has no other on its line, so that the end of the row is not known.

    Marks around a word amid a cell, as in ``the "big" one``, pair up on their line and cost none.
    """
    places, astray = _marks(text, separator)
    if not astray.any():
        return False
    ends = np.append(np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == _LINE_END), len(text))
    lines = np.unique(np.searchsorted(ends, places[astray]))
    until = np.searchsorted(places, ends)  # so many marks stand before each line end
    before, after = np.where(lines > 0, until[lines - 1], 0), until[lines]
    return bool((before % 2 | after % 2).any())


def _marks(text: bytes, separator: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where the marks are, and which of them are out of place: one after the other they open and close."""
    letters = np.frombuffer(text, dtype=np.uint8)
    places = np.flatnonzero(letters == _MARK)
    beside = np.zeros(256, dtype=np.bool_)
    beside[[_MARK, _LINE_END, ord("\r"), ord(separator)]] = True
    opening, closing = places[::2], places[1::2]
    astray = np.zeros(len(places), dtype=np.bool_)
    astray[::2] = ~beside[letters[np.maximum(opening - 1, 0)]] & (opening > 0)
    last = len(letters) - 1
    astray[1::2] = ~beside[letters[np.minimum(closing + 1, last)]] & (closing < last)
    return places, astray
