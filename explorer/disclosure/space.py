"""All tables that fit what is shown: counts as differences of nodes, and what they keep to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Mask = NDArray[np.bool_]
Terms = Sequence[tuple[int, int]]  # node and what it is multiplied by
GROUND = 0  # the node that is always zero


@dataclass(frozen=True)
class Line:
    """Nodes in the order of time, of which any later one less an earlier one is a count.

    Args:
        nodes: Running totals.
        less: Running totals of a part of the same plans; the counts are those of the other part. Empty: of all.
    """

    nodes: Whole
    less: Whole


@dataclass(frozen=True)
class Space:
    """Nodes, the counts among them, and the sums and limits that every possible table keeps to.

    A node is a running total of plans since some day, or a number on a day. A count over days is one node less
    another, whatever the length of the period, so that figures of all period kinds are described at once.

    Args:
        base: The true value of each node; that of ``GROUND`` is 0.
        counts: A row for each count: which nodes it is made of.
        pairs: The two nodes of each count that is one node less another; (-1, -1) for other counts.
        equal: Rows that are zero in every table.
        least: Rows that are zero or more in every table.
        day: Where each node lies in time, in days; all zero where there is no time.
        lines: Where further counts can be worked out by taking one shown count from another.
    """

    base: Whole
    counts: csr_array
    pairs: Whole
    equal: csr_array
    least: csr_array
    day: Whole
    lines: tuple[Line, ...] = ()

    @cached_property
    def values(self) -> Whole:
        """The true value of each count."""
        return np.asarray(self.counts @ self.base, dtype=np.int64)

    @cached_property
    def room(self) -> Whole:
        """How far each row of ``least`` is from zero."""
        return np.asarray(self.least @ self.base, dtype=np.int64)

    def holds(self) -> bool:
        """Whether the true values keep to all sums and limits."""
        return not (self.equal @ self.base).any() and not (self.room < 0).any()

    def fits(self, move: Whole) -> bool:
        """Whether the true values and this move together keep to them."""
        return not (self.equal @ move).any() and not (self.least @ move + self.room < 0).any()

    def together(self, shown: Mask) -> Whole:
        """A number for each node, the same for nodes that can only move together while some counts are shown.

        Nodes are joined by a shown count, and by a sum of which everything else is known.
        """
        first, second = self.pairs[shown & (self.pairs[:, 0] >= 0)].T
        while True:
            edges = (np.ones(len(first)), (first, second))
            graph = coo_array(edges, shape=(len(self.base),) * 2)
            labels = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
            more = _joined(self.equal, labels)
            if not len(more):
                return labels
            first, second = np.concatenate([[first, second], more.T], axis=1)


def rows(entries: Iterable[Terms], width: int) -> csr_array:
    """Rows of terms as a matrix; a node that comes twice in a row counts twice."""
    places = [(number, node, times) for number, terms in enumerate(entries) for node, times in terms]
    listed = list(entries) if isinstance(entries, Sequence) else []
    row, column, sign = np.array(places, dtype=np.int64).reshape(-1, 3).T
    height = len(listed) or (int(row.max()) + 1 if len(row) else 0)
    matrix = csr_array((sign, (row, column)), shape=(height, width))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def grouped(labels: Whole) -> csr_array:
    """Nodes by the groups that move: the ground's group never moves and has no column."""
    size = int(labels.max()) + 1
    kept = np.flatnonzero(labels != labels[GROUND])
    column = labels[kept] - (labels[kept] > labels[GROUND])
    return csr_array((np.ones(len(kept), dtype=np.int64), (kept, column)), shape=(len(labels), size - 1))


def _joined(equal: csr_array, labels: Whole) -> Whole:
    """Nodes that a sum joins, because all its other groups cancel out or do not move."""
    if not equal.shape[0]:
        return np.empty((0, 2), dtype=np.int64)
    left = csr_array(equal @ grouped(labels))
    left.eliminate_zeros()
    size, total = np.diff(left.indptr), np.asarray(left.sum(axis=1))
    single, double = np.flatnonzero(size == 1), np.flatnonzero((size == 2) & (total == 0))
    some = np.full(int(labels.max()) + 1, GROUND)
    some[labels] = np.arange(len(labels))
    column = left.indices + (left.indices >= labels[GROUND])
    ones = np.stack([some[column[left.indptr[single]]], np.full(len(single), GROUND)], axis=1)
    twos = np.stack([some[column[left.indptr[double]]], some[column[left.indptr[double] + 1]]], axis=1)
    return np.concatenate([ones, twos])
