"""Counts shown layer by layer, each as far as all that stay hidden can still not be worked out."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from explorer.disclosure.differences import small_differences
from explorer.disclosure.moves import Moves, near
from explorer.disclosure.space import Mask, Real, Space, Whole, grouped

_WINDOWS = (120, 420)  # days around a count within which others are moved first
_WORTHWHILE = 4  # counts that a program for many counts has to settle so that it is not better to look at each
_TURN = 2654435761  # Knuth's multiplier: which counts rise and which fall looks random, and is always the same


@dataclass(frozen=True)
class Rule:
    """Which counts are small, and how far a hidden count must be able to differ between two tables."""

    lowest: int
    highest: int

    @property
    def span(self) -> int:
        """How far apart the least and the most of a hidden count have to be."""
        return self.highest - self.lowest

    def small(self, values: Whole) -> Mask:
        """Which counts are small."""
        return (values >= self.lowest) & (values <= self.highest)


class Release:
    """What is shown so far, and tables that prove that the rest cannot be worked out.

    After every layer each small count, and each other count of the table that is not shown, differs by the span
    or more between two of the tables, or follows from what is shown and is not small.
    """

    def __init__(self, space: Space, rule: Rule, figures: Mask, fixed: Mask, kept: Mask) -> None:
        """Start with nothing shown but what was shown before.

        Args:
            space: The nodes, counts, sums and limits.
            rule: Which counts are small.
            figures: The counts that readers look for; the others are protected only where they are small.
            fixed: The counts that were shown before and cannot be hidden any more.
            kept: The counts that stay hidden even if they are not small.
        """
        self.space, self.rule = space, rule
        self.figures, self.shown = figures, fixed
        self.exposed = np.zeros(len(figures), dtype=bool)
        self._small = (rule.small(space.values) | kept) & ~fixed
        self._tables: list[Whole] = []
        self._low = np.zeros(len(figures), dtype=np.int64)
        self._high = self._low.copy()
        self._programs = 0

    @property
    def small_share(self) -> float:
        """How many of the counts that are not zero are small, from 0 to 1."""
        return float(self._small.sum() / max(1, int((self.space.values > 0).sum())))

    def layer(self, wanted: Mask, budget: int | None) -> None:
        """Show as many of the wanted counts as the rule allows.

        Args:
            wanted: For each count given, whether it is in this layer. Those shown before stay shown.
            budget: How many linear programs the search may use; None for the simple way without any.
        """
        batch = self._padded(wanted) & ~self.shown & ~self._small
        before = Moves(self.space, self.space.together(self.shown))
        clean = self._clean(before)
        if budget is not None:
            self._programs = budget
            found = self._searched(before, batch, clean)
            if found is not None:
                self._show(found)
                return
        self._show_simply(self._padded(batch) & self._padded(clean))

    def _show(self, batch: Mask) -> None:
        known = self._known(self.space.together(self.shown | batch))
        self.shown = self.shown | batch | (known & ~self._small)

    def _show_simply(self, batch: Mask) -> None:
        """Show the batch, without any count that gives away one of those that the space did not list yet."""
        while self._add_given_away(self.space.together(self.shown | self._padded(batch))):
            clean = self._clean(Moves(self.space, self.space.together(self.shown)))
            batch = self._padded(batch) & clean
        self._show(self._padded(batch))

    def _clean(self, moves: Moves) -> Mask:
        """The counts that hang together with no small count that is hidden, through any sum or limit."""
        numbers, parts = moves.parts_of(self.space.counts)
        dirty = np.isin(parts, parts[self._small[numbers]])
        clean = np.ones(len(self._small), dtype=bool)
        clean[numbers[dirty]] = False
        return clean

    def _searched(self, before: Moves, batch: Mask, clean: Mask) -> Mask | None:
        """The part of the batch that can be shown; None where the budget is used up."""
        self._forget(batch)
        while True:
            labels = self.space.together(self.shown | batch)
            self._add_given_away(labels)
            before = Moves(self.space, before.labels)
            batch, clean = self._padded(batch), self._padded(clean)
            known = self._known(labels)
            narrow = np.flatnonzero(known & self._small & ~self.exposed)
            moves = None
            if not len(narrow):
                moves = Moves(self.space, labels)
                narrow = self._unsettled(
                    moves, (self._small | self.figures) & ~(self.shown | batch | known | clean | self.exposed)
                )
            if not len(narrow):
                return batch
            for count in narrow.tolist():
                if moves is not None:
                    self._reach(moves, count, None)
                if not self._wide(count):
                    batch = self._freed(before, batch, count)
                if self._programs <= 0:
                    return None

    def _freed(self, before: Moves, batch: Mask, count: int) -> Mask:
        """The batch without what has to stay hidden so that a count can reach as far as it has to."""
        number = len(self._tables)
        self._reach(before, count, batch)
        if not self._wide(count):
            self.exposed[count] = not batch.any()
            return np.zeros_like(batch)
        moved = self.space.counts @ np.stack([np.zeros_like(self.space.base), *self._tables[number:]], axis=1)
        return batch & ~moved.any(axis=1)

    def _reach(self, moves: Moves, count: int, batch: Mask | None) -> None:
        """Look for tables in which a count is far enough apart, first where only others near it move."""
        windows = self._windows(moves, count)
        # without a batch a miss only means that counts are freed at once, so that the farthest look is not worth it
        for labels in windows if batch is not None else windows[-2:][:1]:
            here = moves if labels is None else Moves(self.space, labels)
            for rising in (True, False):
                if self._wide(count):
                    return
                self._towards(here, np.array([count]), rising, batch)

    def _windows(self, moves: Moves, count: int) -> list[Whole | None]:
        """Groups that move only near a count, then a little farther away, then all (None)."""
        days = self.space.day[self.space.counts[[count]].indices]
        days = days[days > 0]
        if not len(days):
            return [None]
        ends = int(days.min()), int(days.max())
        return [*(near(self.space, moves.labels, ends, within) for within in _WINDOWS), None]

    def _unsettled(self, moves: Moves, unsure: Mask) -> Whole:
        """The counts for which moving many at a time finds no two tables that are far enough apart."""
        left, turn = np.flatnonzero(unsure & ~self._wide_all()), 0
        before = 2 * len(left) + 1
        while len(left) and (before - len(left) >= _WORTHWHILE or turn < 3) and self._programs > 0:
            rising = (left * _TURN >> (8 + turn)) % 2 == 0
            self._towards(moves, left, rising, None)
            before, left, turn = len(left), left[~self._wide_all()[left]], turn + 1
        return left

    def _towards(self, moves: Moves, counts: Whole, rising: Mask | bool, batch: Mask | None) -> Whole:
        """Find a table in which counts are as high or low as they need to be; count it in; return the difference."""
        self._programs -= 1
        reach = np.where(rising, self._low[counts] + self.rule.span, self._high[counts] - self.rule.span)
        held = np.flatnonzero(batch) if batch is not None else np.empty(0, dtype=np.int64)
        cost = _cost(self.space.values[held])
        move = moves.towards(self.space.counts[counts], reach, self.space.counts[held], cost)
        if move.any():
            self._tables.append(move)
            moved = self.space.counts @ move
            np.minimum(self._low, moved, out=self._low)
            np.maximum(self._high, moved, out=self._high)
        return move

    def _forget(self, batch: Mask) -> None:
        """Keep the tables that agree with everything in the batch."""
        held = self.space.counts[np.flatnonzero(batch)]
        self._tables = [move for move in self._tables if not (held @ move).any()]
        self._measure()

    def _measure(self) -> None:
        moved = self.space.counts @ np.stack([np.zeros_like(self.space.base), *self._tables], axis=1)
        self._low, self._high = moved.min(axis=1), moved.max(axis=1)

    def _wide(self, count: int) -> bool:
        return bool(self._high[count] - self._low[count] >= self.rule.span)

    def _wide_all(self) -> Mask:
        return self._high - self._low >= self.rule.span

    def _known(self, labels: Whole) -> Mask:
        """The counts that follow from the sums alone."""
        left = csr_array(self.space.counts @ grouped(labels))
        left.eliminate_zeros()
        return np.asarray(np.diff(left.indptr) == 0, dtype=np.bool_)

    def _add_given_away(self, labels: Whole) -> bool:
        """Add the small counts that one shown count less another gives away, such as two months of three."""
        more = small_differences(self.space, labels, self.rule.lowest, self.rule.highest)
        if not more.shape[0]:
            return False
        counts = csr_array(vstack([self.space.counts, more], format="csr"))
        pairs = np.concatenate([self.space.pairs, np.full((more.shape[0], 2), -1)])
        self.space = replace(self.space, counts=counts, pairs=pairs)
        self.figures, self.shown, self.exposed = map(self._padded, (self.figures, self.shown, self.exposed))
        self._small = self._padded(self._small)
        self._small[-more.shape[0] :] = True
        self._measure()
        return True

    def _padded(self, mask: Mask) -> Mask:
        """A mask over the counts that there are by now; those added since are not in it."""
        return np.append(mask, np.zeros(self.space.counts.shape[0] - len(mask), dtype=bool))


def _cost(values: Whole) -> Real:
    """What it costs to hide a count by one that moves: little where it is small; a zero is the last choice."""
    return np.where(values > 0, np.log1p(values), 50.0)
