"""Other tables that fit what is shown, found by linear programs and checked in whole numbers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, coo_array, csr_array, eye_array
from scipy.sparse.csgraph import connected_components

from explorer.disclosure.space import GROUND, Mask, Real, Space, Whole, grouped

_CLOSE = 1e-6  # how far a solver's number may be from a whole one; the whole numbers are then checked by themselves
_REWARD = 1e4  # for moving a count by one towards where it has to go; above the cost of any way to do so
_BRANCHES = 200  # of a search in whole numbers: a number of steps and not of seconds, so that every run is the same


@dataclass(frozen=True)
class Moves:
    """The ways to move from the true table while the nodes of a group move together.

    Args:
        space: The nodes, sums and limits.
        labels: The group of each node (``Space.together``).
    """

    space: Space
    labels: Whole

    @cached_property
    def _groups(self) -> csr_array:
        return grouped(self.labels)

    @cached_property
    def _equal(self) -> csr_array:
        return _filled(csr_array(self.space.equal @ self._groups))[0]

    @cached_property
    def _least(self) -> tuple[csr_array, Whole]:
        matrix, kept = _filled(csr_array(self.space.least @ self._groups))
        return matrix, self.space.room[kept]

    @cached_property
    def parts(self) -> Whole:
        """A number for each group, the same for groups that limit each other, directly or through others."""
        size = self._groups.shape[1]
        links = [matrix.tocoo() for matrix in (self._equal, self._least[0])]
        row = np.concatenate([links[0].row, links[1].row + self._equal.shape[0]])
        column = np.concatenate([link.col for link in links])
        height = size + self._equal.shape[0] + self._least[0].shape[0]
        graph = coo_array((np.ones(len(row)), (column, size + row)), shape=(height, height))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)[:size]

    def parts_of(self, counts: csr_array) -> tuple[Whole, Whole]:
        """The counts that can move, a number for each group of theirs, and beside it the part the group belongs to."""
        inside = csr_array(counts @ self._groups)
        inside.eliminate_zeros()
        return np.repeat(np.arange(inside.shape[0]), np.diff(inside.indptr)), self.parts[inside.indices]

    def towards(self, counts: csr_array, reach: Whole, shown: csr_array, cost: Real) -> Whole:
        """A move in which counts go as far towards where they should as they can, and others as little as they can.

        Args:
            counts: The counts that should move.
            reach: How far each of them should move, up or down; no farther.
            shown: Counts that had better not move.
            cost: What each of them costs to move by one.

        Returns:
            A move of every node in whole numbers that fits; zeros where none was found.

        Source: Kelly, Golden and Assad 1992, Networks 22, 397-417.
        """
        goals = csr_array(counts @ self._groups)
        goals.eliminate_zeros()
        columns = np.flatnonzero(np.isin(self.parts, np.unique(self.parts[goals.indices])))
        goals = goals[:, columns]
        held, costly = _filled(csr_array(shown @ self._groups[:, columns]))
        gain = -_REWARD * np.asarray(np.sign(reach) @ goals, dtype=np.float64)
        if len(columns):
            for whole in (0, 1):  # fractions first: they are quick, and nearly always whole
                step = self._solved(columns, goals, reach, held, np.concatenate([gain, *[cost[costly]] * 2]), whole)
                move = np.asarray(self._groups[:, columns] @ np.rint(step).astype(np.int64), dtype=np.int64)
                if np.abs(step - np.rint(step)).max() < _CLOSE and self.space.fits(move):
                    return move
        return np.zeros(len(self.space.base), dtype=np.int64)

    def _solved(self, columns: Whole, goals: csr_array, reach: Whole, held: csr_array, price: Real, whole: int) -> Real:
        """The best step of some groups; zeros where none is found. Costly moves are split into up and down."""
        least, room = self._least
        inside, kept = _filled(least[:, columns])
        equal, _ = _filled(self._equal[:, columns])
        blocks = [[inside, None, None], [equal, None, None], [goals, None, None]]
        one = eye_array(held.shape[0], format="csr")
        stacked = [[*row[: 3 if held.shape[0] else 1]] for row in blocks] + (
            [[held, -one, one]] if held.shape[0] else []
        )
        still, none = np.zeros(equal.shape[0]), np.zeros(held.shape[0])
        limits: Any = block_array(stacked, format="csr")
        answer = milp(
            price,
            integrality=np.repeat([whole, 0], [len(columns), 2 * len(none)]),
            bounds=Bounds(np.repeat([-np.inf, 0.0], [len(columns), 2 * len(none)]), np.inf),
            constraints=LinearConstraint(
                limits,
                np.concatenate([-room[kept], still, np.minimum(reach, 0), none]),
                np.concatenate([np.full(len(kept), np.inf), still, np.maximum(reach, 0), none]),
            ),
            options={"node_limit": _BRANCHES},
        )
        return np.zeros(len(columns)) if answer.x is None else np.asarray(answer.x[: len(columns)], dtype=np.float64)


def near(space: Space, labels: Whole, days: tuple[int, int], within: int) -> Whole:
    """Groups of which only those move that lie wholly within so many days of a stretch."""
    far: Mask = (space.day < days[0] - within) | (space.day > days[1] + within)
    still = np.isin(labels, labels[far])
    return np.unique(np.where(still, labels[GROUND], labels), return_inverse=True)[1].astype(np.int64)


def _filled(matrix: csr_array) -> tuple[csr_array, Whole]:
    """The rows that are not all zero, and their numbers."""
    matrix = csr_array(matrix)
    matrix.eliminate_zeros()
    kept = np.flatnonzero(np.diff(matrix.indptr))
    return matrix[kept], kept
