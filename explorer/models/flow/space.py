"""Memory of a run in one block, which the next run takes over.

Many arrays of a megabyte would be new memory in every run, and the first touch of new memory costs more than a sum.
The blocks are nobody's own: a server answers each movement of a slider in a thread of its own.
"""

import numpy as np

from explorer.models.flow.inputs import Array

_FREE: list[Array] = []  # blocks that no run has; taking one and giving one back are single steps of Python
_MOST_FREE = 2


class Space:
    """Rows of draws, handed out from first to last."""

    def __init__(self, rows: int, draws: int, *, lasting: bool) -> None:
        """Take memory.

        Args:
            lasting: Whether the rows are kept by somebody after the run; else ``give_back`` lets a next run have them.
        """
        self._kept: Array | None = None
        if lasting:
            self._block = np.empty((rows, draws))
        else:
            self._kept = _free_block(rows * draws)
            self._block = self._kept[: rows * draws].reshape(rows, draws)
        self._used = 0

    def rows(self, number: int) -> Array:
        """(number, draws) rows that nobody else has, with any content."""
        start, self._used = self._used, self._used + number
        assert self._used <= len(self._block)
        return self._block[start : self._used]

    def give_back(self) -> None:
        """Let a next run have the block; nothing of it may be read from now on."""
        if self._kept is not None and len(_FREE) < _MOST_FREE:
            _FREE.append(self._kept)
        self._kept = None


def _free_block(size: int) -> Array:
    try:
        block = _FREE.pop()
    except IndexError:
        return np.empty(size)
    return block if block.size >= size else np.empty(size)
