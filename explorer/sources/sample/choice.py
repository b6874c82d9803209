"""Choosing families so that their plans give the wanted figures: an integer programme, solved with HiGHS.

First shares of families are chosen at the least points, with a small random cost for each family so that the
choice does not lean to one kind. Families that are taken whole or left are settled. Then whole families are
chosen among the rest and those with a single plan: with those, small gaps are easy to fill.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csc_array, hstack

from explorer.errors import ExplorerError
from explorer.sources.sample.rules import MOST_HIDDEN, Amounts, Rule
from explorer.wording import listed

Flags = NDArray[np.bool_]
SHARE_NOISE = 1e-6  # a share this near to 0 or 1 is 0 or 1
COST_OF_A_FAMILY = 0.05  # points, at most: far less than a plan too many or too few
NEAR_ENOUGH = 0.02  # of the points: less than one plan, and closing the rest would take most of the time
NODES = 20_000  # ends a hopeless search; counted in nodes, as a time would differ between machines


def choose(rules: Sequence[Rule], single: Flags, costs: Amounts) -> Flags:
    """Which families to keep.

    Args:
        rules: Each with one amount a family.
        single: True for families with one plan.
        costs: One random number from 0 to 1 a family.

    Raises:
        ExplorerError: no choice keeps to every rule, or none was found.
    """
    programme = _Programme(rules, len(single))
    programme.settle_hidden()
    programme.points[: len(single)] = COST_OF_A_FAMILY * costs
    shares = programme.solve(whole=False)
    programme.settle(shares, ~single)
    programme.points[: len(single)] = 0
    flags: Flags = programme.solve(whole=True)[: len(single)] > 0.5
    return flags


class _Programme:
    """The rules as a matrix. Columns: one a family, then for each rule with points: too few, too many."""

    def __init__(self, rules: Sequence[Rule], families: int) -> None:
        self.rules, self.families = rules, families
        soft = [row for row, rule in enumerate(rules) if rule.weight is not None]
        slack = np.zeros((len(rules), 2 * len(soft)))
        for column, row in enumerate(soft):
            slack[row, 2 * column : 2 * column + 2] = (1, -1)
        amounts = np.array([rule.amounts for rule in rules])
        self.matrix = hstack([csc_array(amounts), csc_array(slack)], format="csc")
        self.least = np.array([rule.least for rule in rules], dtype=np.float64)
        self.most = np.array([rule.most for rule in rules], dtype=np.float64)
        weights = np.repeat([rules[row].weight for row in soft], 2).astype(np.float64)
        self.points = np.concatenate([np.zeros(families), weights])
        self.lowest = np.zeros(len(self.points))
        self.highest = np.concatenate([np.ones(families), np.full(len(weights), np.inf)])

    def settle_hidden(self) -> None:
        """Of the figures hidden together at least one is 1 to 5: take the one that costs the fewest points.

        On a tie it is the one of the longer plans, which are fewer.
        """
        groups: dict[tuple[str, int], list[int]] = {}
        for row, rule in enumerate(self.rules):
            if rule.group is not None:
                groups.setdefault(rule.group, []).append(row)
        for rows in groups.values():
            points: dict[int, float] = {}
            for row in reversed(rows):
                self.most[row] = MOST_HIDDEN
                found = self._minimum(whole=False)
                points[row] = np.inf if found.x is None else round(float(found.fun), 6)
                self.most[row] = np.inf
            self.most[min(points, key=points.__getitem__)] = MOST_HIDDEN

    def settle(self, shares: Amounts, families: Flags) -> None:
        """Keep those of the ``families`` that were taken whole or left as they are."""
        settled = np.flatnonzero(families & (np.abs(shares - shares.round())[: self.families] < SHARE_NOISE))
        self.lowest[settled] = self.highest[settled] = shares[settled].round()

    def solve(self, *, whole: bool) -> Amounts:
        """Every column at the fewest points; families as shares, or whole.

        Raises:
            ExplorerError: no choice keeps to every rule, or none was found.
        """
        found = self._minimum(whole=whole)
        if found.x is None or not found.success:
            raise ExplorerError(
                f"sample.yaml: no choice of invented families gives every figure{self._out_of_reach()}; raise "
                "'invention.families', or change 'invention.seed' or the figure that changed last."
            )
        solution: Amounts = found.x
        return solution

    def _out_of_reach(self) -> str:
        """In words, the rules that not even all families together could keep."""
        reached = [rule.amounts[rule.amounts > 0].sum() for rule in self.rules]
        names = [
            f"'{rule.name}'"
            for rule, most in zip(self.rules, reached, strict=True)
            if rule.weight is None and most < rule.least
        ]
        return f" (out of reach: {listed(names)})" if names else ""

    def _minimum(self, *, whole: bool) -> OptimizeResult:
        integrality = np.zeros(len(self.points), dtype=np.int64)
        integrality[: self.families] = whole
        return milp(
            self.points,
            constraints=LinearConstraint(self.matrix, self.least, self.most),
            integrality=integrality,
            bounds=Bounds(self.lowest, self.highest),
            options={"mip_rel_gap": NEAR_ENOUGH, "node_limit": NODES},
        )
