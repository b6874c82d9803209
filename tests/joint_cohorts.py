"""Re-plans and those who came back, by chance, and a linear program over all tables that fit what is shown of both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from explorer.benchmark_entries import Suppression
from explorer.disclosure import Replans, protect_cohorts
from explorer.plan_indicators import COHORTS, PLAN_INDICATORS, STEPS

QUARTERS = 16
COUNTED = STEPS[-1] // 3  # quarters from the first on which earlier plans are known two years back
MONTHS = pl.date_range(date(2020, 4, 1), date(2024, 3, 1), "1mo", eager=True).dt.month_end().to_list()
ENDS = tuple(MONTHS[2::3])
# the step by which a child is back, and how many quarters after leaving that can be
WAYS = tuple(
    (step, later)
    for step, (after, cut) in enumerate(zip((0, *STEPS), STEPS, strict=False))
    for later in range(after // 3, cut // 3 + 1)
)
_NUMBERS = np.array([1, 2, 3, 4, 5, 6, 6, 7, 8, 12])
SIZE = {"quarter": 1, "half_year": 2, "year": 4}
Terms = tuple[tuple[int, ...], ...]
REPEAT, SOON = "plans_started_repeat", "plans_started_repeat_within_2y"


@dataclass(frozen=True)
class Truth:
    """What happened: who came back by quarter and way, who never did, and re-plans of others by quarter."""

    back: NDArray[np.int64]  # (quarters, ways); 0 where it would be after the last quarter
    never: NDArray[np.int64]
    others: NDArray[np.int64]

    @property
    def values(self) -> NDArray[np.int64]:
        """All numbers in a row, as the program has them."""
        return np.concatenate([self.back.ravel(), self.never, self.others])


def by_chance(seed: int, often: float, others: float) -> Truth:
    """A sparse table, in which limits are near: few come back, in numbers around the highest small count.

    Args:
        seed: which table.
        often: how often anybody comes back in a way and quarter, 0 to 1.
        others: how often re-plans of others begin in a quarter, 0 to 1.
    """
    generator = np.random.default_rng(seed)

    def some(shape: tuple[int, ...], chance: float) -> NDArray[np.int64]:
        return generator.choice(_NUMBERS, shape) * (generator.random(shape) < chance)

    back = some((QUARTERS, len(WAYS)), often)
    for place, (_, later) in enumerate(WAYS):
        back[QUARTERS - later :, place] = 0
    return Truth(back, generator.poisson(30, QUARTERS), some((QUARTERS,), others))


def width() -> int:
    return QUARTERS * (len(WAYS) + 2)


def came_back(first: int, size: int, after: int, steps: int) -> set[int]:
    """The numbers that make up those who left in some quarters and were back in some of the steps."""
    return {
        quarter * len(WAYS) + place
        for quarter in range(first, first + size)
        for place, (step, _) in enumerate(WAYS)
        if after <= step < steps
    }


def began(first: int, last: int, *, every: bool) -> set[int]:
    """The numbers that make up the re-plans of some quarters."""
    returns = {
        quarter * len(WAYS) + place
        for quarter in range(QUARTERS)
        for place, (_, later) in enumerate(WAYS)
        if first <= quarter + later <= last
    }
    others = {QUARTERS * (len(WAYS) + 1) + quarter for quarter in range(first, last + 1)}
    return returns | others if every else returns


def row(numbers: set[int]) -> NDArray[np.float64]:
    found = np.zeros(width())
    found[list(numbers)] = 1
    return found


def replans(truth: Truth) -> Replans:
    every, soon = (
        np.array([truth.values[list(began(at, at, every=both))].sum() for at in range(QUARTERS)], dtype=float)
        for both in (True, False)
    )
    soon[:COUNTED] = np.nan
    return Replans(ENDS, every, soon)


def cohorts(truth: Truth, shown: pl.DataFrame, suppression: Suppression, known: Replans) -> pl.DataFrame:
    """The table of cohorts as it is shown."""
    rows = [
        (ENDS[at], months, int(truth.values[list(came_back(at, 1, 0, step + 1))].sum()), left(truth, at))
        for at in range(QUARTERS)
        for step, months in enumerate(STEPS)
        if at + months // 3 < QUARTERS
    ]
    return protect_cohorts(pl.DataFrame(rows, schema=COHORTS, orient="row"), shown, suppression, known)


def figures(truth: Truth, seed: int) -> pl.DataFrame:
    """Plans started and re-plans by month, so far in the year, in twelve months and in years, before control."""
    known, generator = replans(truth), np.random.default_rng(seed)
    every = np.concatenate([generator.multinomial(int(one), [1 / 3] * 3) for one in known.every])
    soon = np.full(len(MONTHS), np.nan)
    for at in range(COUNTED, QUARTERS):
        three = slice(3 * at, 3 * at + 3)
        soon[three] = generator.multivariate_hypergeometric(every[three], int(known.soon[at]))
    rows = []
    for at, end in enumerate(MONTHS):
        begins = {"month": at, "year_to_date": at - at % 12, "rolling_12m": at - 11}
        for kind, first in (begins | ({"year": at - 11} if at % 12 == 11 else {})).items():
            for name, counts in (("plans_started", every + 30), (REPEAT, every), (SOON, soon)):
                total = float(counts[first : at + 1].sum()) if first >= 0 else np.nan
                value, status = (None, "refused") if np.isnan(total) else (int(total), "published")
                rows.append((name, end, kind, value, None, None, None, None, status))
    return pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row")


def stretches_of(protected: pl.DataFrame) -> dict[tuple[str, int, int], bool]:
    """Whole quarters of re-plans after control, and whether they are shown."""
    found: dict[tuple[str, int, int], bool] = {}
    rows = protected.filter(pl.col("indicator") != "plans_started", pl.col("status") != "refused")
    for name, end, kind, status in rows.select("indicator", "period_end", "period_kind", "status").iter_rows():
        if end in ENDS and kind != "month":
            last = ENDS.index(end)
            key = (name, last - 3 if kind == "rolling_12m" else last // 4 * 4, last)
            found[key] = found.get(key, False) or status == "published"
    return found


def left(truth: Truth, at: int) -> int:
    return int(truth.back[at].sum() + truth.never[at])


def ended() -> pl.DataFrame:
    """Figures that show how many plans ended in each month; the numbers do not matter here."""
    rows = [("plans_ended", end, "month", 0, None, None, None, None, "published") for end in MONTHS]
    return pl.DataFrame(rows, schema=PLAN_INDICATORS, orient="row")


def cohort_sums(table: pl.DataFrame) -> Iterator[tuple[set[int], int | None]]:
    """Which numbers each figure of the table adds up, and the figure."""
    columns = ("period_kind", "period_end", "interval", "numerator")
    for kind, end, name, value in table.filter(cohort="leaving").select(columns).iter_rows():
        first = ENDS.index(end) + 1 - SIZE[kind]
        yield came_back(first, SIZE[kind], 0, STEPS.index(int(name[7:-1])) + 1), value


def narrow(
    truth: Truth, table: pl.DataFrame, stretches: Mapping[tuple[str, int, int], bool], suppression: Suppression
) -> list[tuple[object, ...]]:
    """Small counts that can differ by less than the span over all tables that fit what is shown.

    Args:
        truth: What happened.
        table: What is shown of those who came back.
        stretches: Re-plans by indicator, first and last quarter, and whether they are shown; the others are hidden.
        suppression: Which counts are small.
    """
    values = truth.values
    held = [row(which) for which, value in cohort_sums(table) if value is not None]
    held += [row(began(first, last, every=name == REPEAT)) for (name, first, last), seen in stretches.items() if seen]
    held += [row(came_back(at, 1, 0, len(STEPS)) | {QUARTERS * len(WAYS) + at}) for at in range(QUARTERS)]
    goals: dict[tuple[object, ...], set[int]] = {
        key: began(key[1], key[2], every=key[0] == REPEAT) for key, seen in stretches.items() if not seen
    }
    for size in SIZE.values():
        for first in range(0, QUARTERS, size):
            for after, steps in combinations(range(len(STEPS) + 1), 2):
                if first + size - 1 + STEPS[steps - 1] // 3 < QUARTERS:
                    goals["back", size, first, after, steps] = came_back(first, size, after, steps)
    matrix = csr_array(np.array(held))
    bounds: Any = [(0, 0 if _after_the_last(place) else None) for place in range(width())]
    found = []
    for name, which in goals.items():
        value = int(values[list(which)].sum())
        if suppression.lowest <= value <= suppression.highest:
            reached = [_end(sign * row(which), matrix, matrix @ values, bounds) for sign in (1, -1)]
            if -reached[1] - reached[0] < suppression.highest - suppression.lowest - 1e-6:
                found.append((*name, value, reached[0], -reached[1]))
    return found


def _after_the_last(place: int) -> bool:
    quarter, way = divmod(place, len(WAYS))
    return quarter < QUARTERS and quarter + WAYS[way][1] >= QUARTERS


def _end(goal: NDArray[np.float64], matrix: csr_array, right: NDArray[np.float64], bounds: Any) -> float:
    program: Any = linprog
    solved = program(goal, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
    assert solved.status in (0, 3)
    return float(solved.fun) if solved.status == 0 else -np.inf
