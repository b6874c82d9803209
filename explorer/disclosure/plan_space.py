"""The counts of a table of plan indicators as one space: every period kind is a difference of the same totals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from explorer.disclosure.plan_counts import Count, days_of, flows_and_stocks
from explorer.disclosure.plan_sums import ENDED, OPEN, RESTS, STARTED, Nodes, Terms, change, shared_days, sums
from explorer.disclosure.space import GROUND, Line, Mask, Space, Whole, rows
from explorer.errors import DataError

_CONTRADICTION = "The counts of plans in this table contradict each other, so they cannot be checked and are not shown."


@dataclass(frozen=True)
class PlanSpace:
    """The space, and which of its counts are those of the table.

    Args:
        space: The given counts come first, in the order of ``given``; then small ones that can be worked out.
        given: The counts of the table.
        figures: True for the given counts.
    """

    space: Space
    given: tuple[Count, ...]
    figures: Mask


def plan_space(values: Mapping[Count, int], lowest: int, highest: int) -> PlanSpace:
    """Every given count, and every small one that lies between two days next to each other.

    Args:
        values: The counts of the table.
        lowest: The lowest small count.
        highest: The highest.

    Raises:
        DataError: the counts contradict each other.
    """
    nodes, day = _nodes(values)
    given = [_terms(nodes, count) for count in values]
    equal, least = sums(nodes)
    lines = tuple(_lines(nodes))
    width = len(day)
    matrix = rows(given, width)
    limits = rows(equal, width), rows(least, width)
    base = _completed(matrix, np.array(list(values.values()), dtype=np.int64), *limits)
    known = Space(base, matrix, _pairs(given), *limits, day, lines)
    if not known.holds():
        raise DataError(_CONTRADICTION)
    more = _between_neighbours(known, nodes, lowest, highest)
    counts = csr_array(vstack([matrix, rows(more, width)], format="csr"))
    pairs = np.concatenate([known.pairs, np.full((len(more), 2), -1)])
    figures = np.arange(len(given) + len(more)) < len(given)
    return PlanSpace(Space(base, counts, pairs, *limits, day, lines), tuple(values), figures)


def _nodes(values: Mapping[Count, int]) -> tuple[Nodes, Whole]:
    """A node for each indicator and day; the running totals begin at the ground."""
    flows, stocks = flows_and_stocks(values)
    days = {name: days_of(found) for name, found in flows.items()}
    for known, other in ((STARTED, ENDED), (ENDED, STARTED)):
        if OPEN in stocks and known in flows and other not in flows:  # it follows from the other two
            days[other] = sorted(set(stocks[OPEN]) & set(days[known]))
    nodes: dict[str, dict[date, int]] = {}
    at = [0]
    for name, found in days.items():
        nodes[name] = dict.fromkeys(found[:1], GROUND)
        for one in found[1:]:
            nodes[name][one] = len(at)
            at.append(one.toordinal())
    for name, stock in stocks.items():
        nodes[name] = {}
        for one in sorted(stock):
            nodes[name][one] = len(at)
            at.append(one.toordinal())
    return nodes, np.array(at, dtype=np.int64)


def _terms(nodes: Nodes, count: Count) -> Terms:
    places = nodes[count.indicator]
    if count.indicator.startswith(OPEN):
        return [(places[count.end], 1), (GROUND, -1)]
    return [(places[count.end], 1), (places[count.after], -1)]


def _pairs(given: list[Terms]) -> Whole:
    return np.array([[terms[0][0], terms[1][0]] for terms in given], dtype=np.int64).reshape(-1, 2)


def _completed(given: csr_array, values: Whole, equal: csr_array, least: csr_array) -> Whole:
    """A value for each node with which the given counts come out; where several would do, any of them."""
    size = given.shape[1]
    limits = [
        LinearConstraint(given, values, values),
        *([LinearConstraint(equal, 0, 0)] if equal.shape[0] else []),
        *([LinearConstraint(least, 0, np.inf)] if least.shape[0] else []),
    ]
    lower, upper = np.full(size, -np.inf), np.full(size, np.inf)
    lower[GROUND] = upper[GROUND] = 0
    for whole in (0, 1):
        answer = milp(np.zeros(size), integrality=np.full(size, whole), bounds=Bounds(lower, upper), constraints=limits)
        if answer.x is None:
            raise DataError(_CONTRADICTION)
        base = np.rint(answer.x).astype(np.int64)
        if np.array_equal(given @ base, values) and not (equal @ base).any() and not (least @ base < 0).any():
            break
    return base


def _lines(nodes: Nodes) -> Iterator[Line]:
    """Where a small count can be worked out from two shown ones: all plans, and those that are not in a part."""
    for name, places in nodes.items():
        if not name.startswith(OPEN):
            yield Line(np.array([places[one] for one in sorted(places)]), np.empty(0, dtype=np.int64))
    for whole, part in RESTS:
        days = shared_days(nodes, (whole, part)) if not whole.startswith(OPEN) else []
        if days:
            yield Line(*(np.array([nodes[name][one] for one in days]) for name in (whole, part)))


def _between_neighbours(space: Space, nodes: Nodes, lowest: int, highest: int) -> list[Terms]:
    """Small counts over the shortest stretches, of all plans and of those not in a part, if the table gives them."""
    labels = space.together(np.ones(len(space.pairs), dtype=bool))
    flows = [name for name in nodes if not name.startswith(OPEN)]
    found = [change(nodes, (name,), *two, 1) for name in flows for two in pairwise(sorted(nodes[name]))]
    for whole, part in RESTS:
        days = shared_days(nodes, (whole, part))
        if whole.startswith(OPEN):
            found += [[(nodes[whole][one], 1), (nodes[part][one], -1)] for one in days]
        else:
            found += [change(nodes, (whole,), *two, 1) + change(nodes, (part,), *two, -1) for two in pairwise(days)]
    values: Whole = np.asarray(rows(found, len(space.base)) @ space.base, dtype=np.int64)
    listed = {tuple(sorted(pair)) for pair in space.pairs.tolist()}
    return [
        terms
        for terms, value in zip(found, values.tolist(), strict=True)
        if lowest <= int(value) <= highest
        and _is_known(terms, labels)
        and not (len(terms) == 2 and tuple(sorted(node for node, _ in terms)) in listed)
    ]


def _is_known(terms: Terms, labels: Whole) -> bool:
    """Whether the whole table gives a count away."""
    left: dict[int, int] = {}
    for node, times in terms:
        group = int(labels[node])
        left[group] = left.get(group, 0) + times * (group != labels[GROUND])
    return not any(left.values())
