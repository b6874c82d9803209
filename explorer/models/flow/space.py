"""Memory of a run in one block, which the system takes back and gives again in one piece.

Many arrays of a megabyte would be new memory in every run, and the first touch of new memory costs more than a sum.
"""

from threading import local

import numpy as np

from explorer.models.flow.inputs import Array

_KEPT = local()


class Space:
    """Rows of draws, handed out from first to last."""

    def __init__(self, rows: int, draws: int, *, lasting: bool) -> None:
        """Take memory.

        Args:
            lasting: Whether the rows are kept by somebody after the run; else the next run of this thread has them.
        """
        if lasting:
            self._block = np.empty((rows, draws))
        else:
            kept = getattr(_KEPT, "memory", None)
            if kept is None or kept.size < rows * draws:
                kept = _KEPT.memory = np.empty(rows * draws)
            self._block = kept[: rows * draws].reshape(rows, draws)
        self._used = 0

    def rows(self, number: int) -> Array:
        """(number, draws) rows that nobody else has, with any content."""
        start, self._used = self._used, self._used + number
        assert self._used <= len(self._block)
        return self._block[start : self._used]
