"""Small counts that one shown count less another gives away."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array

from explorer.disclosure.space import Line, Space, Whole


def small_differences(space: Space, labels: Whole, lowest: int, highest: int) -> csr_array:
    """The small counts over days that follow from what is shown and that the space does not list yet.

    Args:
        space: Its ``lines`` say where such counts can lie.
        labels: Nodes with the same number can only move together, so their difference is known.
        lowest: The lowest small count.
        highest: The highest.

    Returns:
        A row for each count over its nodes. It is enough to look at neighbours among the nodes that move together:
        where no count between neighbours is small, no longer one is.
    """
    entries = [entry for line in space.lines for entry in _of_line(space, line, labels, lowest, highest)]
    width = space.counts.shape[1]
    row = [number for number, terms in enumerate(entries) for _ in terms]
    flat = [term for terms in entries for term in terms]
    column, sign = [node for node, _ in flat], [times for _, times in flat]
    found = csr_array(coo_array((np.array(sign, dtype=np.int64), (row, column)), shape=(len(entries), width)))
    return found[_new(space.counts, found)]


def _of_line(space: Space, line: Line, labels: Whole, lowest: int, highest: int) -> Iterator[list[tuple[int, int]]]:
    totals = space.base[line.nodes] - (space.base[line.less] if len(line.less) else 0)
    key = labels[line.nodes]
    if len(line.less):
        key = key * (int(labels.max()) + 1) + labels[line.less]
    order = np.argsort(key, kind="stable")
    first, second = order[:-1], order[1:]
    apart = totals[second] - totals[first]
    chosen = (key[first] == key[second]) & (apart >= lowest) & (apart <= highest)
    for before, after in zip(first[chosen].tolist(), second[chosen].tolist(), strict=True):
        terms = [(int(line.nodes[after]), 1), (int(line.nodes[before]), -1)]
        if len(line.less):
            terms += [(int(line.less[after]), -1), (int(line.less[before]), 1)]
        yield terms


def _new(known: csr_array, found: csr_array) -> Whole:
    """The rows of ``found`` that are not among ``known``."""
    seen = set(_rows(known))
    return np.array([number for number, row in enumerate(_rows(found)) if row not in seen], dtype=np.int64)


def _rows(matrix: csr_array) -> Iterator[tuple[tuple[int, int], ...]]:
    ends = matrix.indptr.tolist()
    columns, signs = matrix.indices.tolist(), matrix.data.tolist()
    for start, end in pairwise(ends):
        yield tuple(sorted(zip(columns[start:end], signs[start:end], strict=True)))
