"""Two pictures of a page beside each other: is it the same page, drawn by another machine?

Letters are smoothed and spaced differently by every machine, so no two pictures agree point by point. What a reader
would call another page is ink in another place: so both are made grey, averaged over squares of ``FINE`` points, about
the height of a line, and the squares are compared in windows of ``WINDOW`` squares a side. One window is enough, so
that a button that has moved counts as much on a long page as on a short one.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FINE = 12  # points a side
WINDOW = 4  # squares a side
LEVELS = 16  # of grey in a kept picture; enough to see what is on it, and small

Greys = NDArray[np.float64]


def kept_form(drawn: Image.Image, width: int) -> Image.Image:
    """A picture as it is kept: grey, few levels, at a width in points."""
    small = drawn.convert("L").resize((width, round(drawn.height * width / drawn.width)), Image.Resampling.LANCZOS)
    return small.quantize(LEVELS)


def _squares(drawn: Image.Image) -> Greys:
    grey = np.asarray(drawn.convert("L"), dtype=float)
    high, wide = (size // FINE * FINE for size in grey.shape)
    squares: Greys = grey[:high, :wide].reshape(high // FINE, FINE, wide // FINE, FINE).mean(axis=(1, 3))
    return squares


def difference(one: Image.Image, other: Image.Image) -> tuple[float, tuple[int, int]]:
    """The window that differs most: by how many levels of grey on average, and its place in points from the top left.

    Raises:
        ValueError: they are not of one size.
    """
    if one.size != other.size:
        raise ValueError(f"one is {one.size} points, the other {other.size}")
    apart = np.abs(_squares(one) - _squares(other))
    windows = np.lib.stride_tricks.sliding_window_view(apart, (WINDOW, WINDOW)).mean(axis=(2, 3))
    row, column = np.unravel_index(windows.argmax(), windows.shape)
    return float(windows.max()), (int(column) * FINE, int(row) * FINE)
