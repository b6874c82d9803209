"""Any table of counts that add up: small counts hidden, and others beside them."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from explorer.benchmark_entries import Suppression
from explorer.disclosure.cells import Cell, Equation, Protected, ProtectedCell
from explorer.disclosure.release import Release, Rule
from explorer.disclosure.space import GROUND, Mask, Space, Whole, rows

PROGRAMS = 20_000  # linear programs before the search gives up and takes the simple way


def protect(
    cells: Sequence[Cell],
    equations: Iterable[Equation],
    suppression: Suppression,
    fixed: Collection[str] = (),
    keep_hidden: Collection[str] = (),
) -> Protected:
    """The cells as readers may see them, by the rule in the package's description.

    Args:
        cells: Every count that is shown, and those that a reader can work out from them.
        equations: How they add up, over all rows, columns and periods that are published together.
        suppression: Which counts are small.
        fixed: Names of cells that were published before, and so cannot be hidden any more.
        keep_hidden: Names of cells that were hidden before, and so stay hidden.

    Raises:
        ValueError: the cells and equations do not fit together.
    """
    space = _space(cells, equations)
    before, kept = _named(cells, fixed), _named(cells, keep_hidden)
    rule = Rule(suppression.lowest, suppression.highest)
    release = Release(space, rule, np.ones(len(cells), dtype=bool), before, kept)
    for worth in sorted({cell.worth for cell in cells}, reverse=True):
        release.layer(np.array([cell.worth == worth for cell in cells], dtype=bool), PROGRAMS)
    found = (
        ProtectedCell(cell.name, cell.value if seen else None, "published" if seen else "suppressed")
        for cell, seen in zip(cells, release.shown.tolist(), strict=True)
    )
    return Protected(tuple(found), tuple(cells[number].name for number in np.flatnonzero(release.exposed).tolist()))


def _named(cells: Sequence[Cell], names: Collection[str]) -> Mask:
    wanted = frozenset(names)
    return np.array([cell.name in wanted for cell in cells], dtype=bool)


def _space(cells: Sequence[Cell], equations: Iterable[Equation]) -> Space:
    """A node for each cell, so that each is one node less the ground.

    Raises:
        ValueError: a name comes twice or is unknown, a count is negative, or an equation does not hold.
    """
    node = {cell.name: number for number, cell in enumerate(cells, 1)}
    if len(node) < len(cells):
        raise ValueError("Two cells have the same name.")
    if any(cell.value < 0 for cell in cells):
        raise ValueError("A count is negative; counts are 0 or more.")
    base: Whole = np.array([0, *(cell.value for cell in cells)], dtype=np.int64)
    equal, least = list[list[tuple[int, int]]](), [[(number, 1)] for number in node.values()]
    for equation in equations:
        terms = _terms(equation, node)
        over = sum(times * int(base[number]) for number, times in terms)
        if over < 0 or (over and not equation.at_most):
            raise ValueError(f"The parts of '{equation.whole}' do not add up to it.")
        (least if equation.at_most else equal).append(terms)
    width = len(base)
    return Space(
        base=base,
        counts=rows([[(number, 1), (GROUND, -1)] for number in node.values()], width),
        pairs=np.array([[number, GROUND] for number in node.values()], dtype=np.int64).reshape(-1, 2),
        equal=rows(equal, width),
        least=rows(least, width),
        day=np.zeros(width, dtype=np.int64),
    )


def _terms(equation: Equation, node: dict[str, int]) -> list[tuple[int, int]]:
    signed = [(name, 1) for name in equation.parts] + [(name, -1) for name in (equation.whole, *equation.less)]
    unknown = next((name for name, _ in signed if name not in node), None)
    if unknown is not None:
        raise ValueError(f"An equation names '{unknown}', which is not among the cells.")
    return [(node[name], times) for name, times in signed]
