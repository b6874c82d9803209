"""Disclosure control of any table: sums by hand, then 10,000 random tables against a solver of the test's own."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, kron

from explorer.config import load_config
from explorer.disclosure import Cell, Equation, Protected, protect
from tests.fixtures import ROOT

SUPPRESSION = load_config(ROOT / "config").benchmarks.suppression
SPAN = SUPPRESSION.highest - SUPPRESSION.lowest
SEED, TABLES, CHUNKS, TOGETHER = 20180930, 10_000, 20, 100  # the random tables are the same on every run
Sum = tuple[str, tuple[str, ...]]  # a whole and its parts


def shown(found: Protected) -> dict[str, int | None]:
    return {cell.name: cell.value for cell in found.cells}


def a_sum(*values: int) -> Protected:
    names = tuple("abcdefgh"[: len(values)])
    cells = [Cell(name, value) for name, value in zip(names, values, strict=True)]
    return protect([*cells, Cell("total", sum(values), 2)], [Equation("total", names)], SUPPRESSION)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((7, 8, 9), (7, 8, 9)),
        ((0, 8, 9), (0, 8, 9)),  # a zero is shown
        ((5, 8, 9), (None, None, 9)),  # and the smallest other is hidden beside a small one
        ((6, 8, 9), (6, 8, 9)),  # six is not small
        ((3, 4, 9), (None, None, 9)),  # their sum is 7: each can be 0 to 7
        ((1, 2, 9), (None, None, None)),  # their sum is 3, which is too close
        ((3, 0, 20), (None, 0, None)),  # the zero is the last choice
    ],
)
def test_a_small_part_by_hand(values: tuple[int, ...], expected: tuple[int | None, ...]) -> None:
    assert tuple(shown(a_sum(*values)).values()) == (*expected, sum(values))


def test_a_zero_is_hidden_where_nothing_else_is_left() -> None:
    cells = [Cell("a", 3), Cell("b", 0), Cell("c", 17)]
    found = protect([*cells, Cell("total", 20)], [Equation("total", ("a", "b", "c"))], SUPPRESSION, ("c", "total"))
    assert found.exposed == ("a", "b")  # with 17 of 20 published before, a and b add up to 3 at most
    found = protect([*cells[:2], Cell("total", 23), Cell("c", 20)], [Equation("total", ("a", "b", "c"))], SUPPRESSION)
    assert shown(found)["a"] is None
    assert sum(value is None for value in shown(found).values()) >= 2


def test_what_was_published_stays_and_what_was_hidden_stays_hidden() -> None:
    cells = [Cell("a", 3), Cell("b", 9), Cell("c", 30), Cell("total", 42)]
    found = protect(cells, [Equation("total", ("a", "b", "c"))], SUPPRESSION, fixed=("b", "total"))
    assert shown(found) == {"a": None, "b": 9, "c": None, "total": 42}
    found = protect(cells, [Equation("total", ("a", "b", "c"))], SUPPRESSION, keep_hidden=("c",))
    assert shown(found)["c"] is None
    found = protect([*cells[1:3], Cell("both", 39)], [Equation("both", ("b", "c"))], SUPPRESSION, ("b", "both"), ("c",))
    assert found.exposed == ("c",)


def test_at_most_leaves_room_below() -> None:
    """Three children have six plans or more in all: the number of plans does not give that of children away."""
    found = protect([Cell("children", 3), Cell("plans", 7)], [Equation("children", ("plans",), (), True)], SUPPRESSION)
    assert shown(found) == {"children": None, "plans": 7}


def test_cells_that_do_not_fit_together_are_refused() -> None:
    one = Cell("a", 1)
    for cells, equations, said in (
        ([one, one], [], "same name"),
        ([Cell("a", -1)], [], "negative"),
        ([one], [Equation("a", ("b",))], "not among"),
        ([one, Cell("b", 2)], [Equation("a", ("b",))], "add up"),
    ):
        with pytest.raises(ValueError, match=said):
            protect(cells, equations, SUPPRESSION)


def test_closing_three_brings_it_to_fourteen() -> None:
    """With the change said, the scenario's 14 gives today's 17 away: so both are shown or neither."""
    hidden = shown(a_sum(3, 17, 40))["b"] is None
    assert hidden


@pytest.mark.parametrize("budget", range(31))
def test_a_search_of_any_length_ends(budget: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.disclosure.control.PROGRAMS", budget)
    cells = [Cell(name, value) for name, value in zip("abcdefgh", (3, 8, 7, 2, 9, 11, 4, 5), strict=True)]
    total = Cell("all", sum(cell.value for cell in cells))
    found = protect([*cells, total], [Equation("all", tuple("abcdefgh"))], SUPPRESSION)
    assert all(found.hidden(cell.name) for cell in cells if cell.value <= 5)


def two_way(rng: random.Random) -> tuple[dict[str, int], list[Sum]]:
    """A table of two to four rows and columns with totals."""
    height, width, most = rng.randint(2, 4), rng.randint(2, 4), rng.choice([2, 6, 9, 20, 60])
    cells = {f"{r},{c}": max(0, rng.randint(-most // 3, most)) for r in range(height) for c in range(width)}
    across = [(f"{r},", tuple(f"{r},{c}" for c in range(width))) for r in range(height)]
    down = [(f",{c}", tuple(f"{r},{c}" for r in range(height))) for c in range(width)]
    every = (",", tuple(whole for whole, _ in across))
    for whole, parts in (*across, *down, every):
        cells[whole] = sum(cells[part] for part in parts)
    return cells, [*across, *down, every, (",", tuple(whole for whole, _ in down))]


def months(rng: random.Random) -> tuple[dict[str, int], list[Sum]]:
    """Eight months, the year so far in each of two years, and sums of the last three months."""
    most = rng.choice([2, 6, 9, 20, 60])
    cells = {f"m{number}": max(0, rng.randint(-most // 3, most)) for number in range(8)}
    sums = [(f"y{n}", tuple(f"m{one}" for one in range(n - n % 4, n + 1))) for n in range(8) if n % 4]
    sums += [(f"r{n}", tuple(f"m{one}" for one in range(n - 2, n + 1))) for n in range(2, 8)]
    for whole, parts in sums:
        cells[whole] = sum(cells[part] for part in parts)
    return cells, sums


def narrow(cells: dict[str, int | None], sums: list[Sum]) -> list[str]:
    """The hidden cells whose least and most, over everything that fits what is published, are too close."""
    hidden = [name for name, value in cells.items() if value is None]
    if not hidden:
        return []
    place = {name: number for number, name in enumerate(hidden)}
    left, right = np.zeros((len(sums), len(hidden))), np.zeros(len(sums))
    for number, (whole, parts) in enumerate(sums):
        for name, sign in ((whole, -1), *((part, 1) for part in parts)):
            value = cells[name]
            if value is None:
                left[number, place[name]] += sign
            else:
                right[number] -= sign * value
    # one program for the least and the most of all hidden cells: a copy of the table for each of them
    goals = np.concatenate([np.eye(len(hidden)), -np.eye(len(hidden))])
    copies: Any = csr_array(kron(eye_array(len(goals)), left))
    far = 10 * sum(value or 0 for value in cells.values()) + 1000
    answer = linprog(goals.ravel(), A_eq=copies, b_eq=np.tile(right, len(goals)), bounds=(0, far), method="highs")
    assert answer.status == 0, "the published values contradict each other"
    ends = (goals * np.asarray(answer.x).reshape(goals.shape)).sum(axis=1)
    least, most = ends[: len(hidden)], -ends[len(hidden) :]
    return [name for name, low, high in zip(hidden, least, most, strict=True) if high - low < SPAN - 1e-6]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_hidden_count_of_10000_random_tables_can_be_worked_out(chunk: int) -> None:
    """Tables that have nothing to do with each other are protected in one go, which is quicker."""
    rng = random.Random(SEED + chunk)
    for _ in range(TABLES // CHUNKS // TOGETHER):
        tables = [(two_way, months)[number % 2](rng) for number in range(TOGETHER)]
        found = protect(
            [Cell(f"{n} {name}", value) for n, (cells, _) in enumerate(tables) for name, value in cells.items()],
            [
                Equation(f"{n} {whole}", tuple(f"{n} {part}" for part in parts))
                for n, (_, sums) in enumerate(tables)
                for whole, parts in sums
            ],
            SUPPRESSION,
        )
        assert not found.exposed
        seen = shown(found)
        for n, (cells, sums) in enumerate(tables):
            mine = {name: seen[f"{n} {name}"] for name in cells}
            assert all(value is None or value == cells[name] for name, value in mine.items())
            assert not [name for name, value in mine.items() if value in range(1, 6)]
            assert not narrow(mine, sums), (cells, mine)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_sums_changes_nothing_that_matters(seed: int, shuffle: random.Random) -> None:
    cells, sums = two_way(random.Random(seed))
    turned = [*sums]
    shuffle.shuffle(turned)
    for order in (sums, turned):
        found = protect(
            [Cell(name, value) for name, value in cells.items()], [Equation(*one) for one in order], SUPPRESSION
        )
        assert not narrow(shown(found), order)
