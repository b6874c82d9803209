"""Invented countries over many years with no intervention: what a comparison of authorities has to find nothing in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.simulated import starts_in_families
from explorer.evaluation.panel import Panel

Array = NDArray[Any]
LOWEST, HIGHEST = 0.02, 0.6  # a share of re-plans stays within these


@dataclass(frozen=True)
class Course:
    """How true shares run.

    Attributes:
        years: years ending 31 March, in order.
        common: (years,) what they would be everywhere, 0 to 1.
        lasting: standard deviation of what always sets an authority apart.
        drift: standard deviation of what a year adds to that.
    """

    years: tuple[int, ...]
    common: Array
    lasting: float
    drift: float


def country(wholes: Array, course: Course, generator: np.random.Generator, changed: dict[int, Array]) -> Panel:
    """Published figures of one country, with brothers and sisters.

    Args:
        wholes: (areas,) plans started in every year.
        course: of the true shares.
        generator: of chance.
        changed: what is added to the true shares of some areas, (years,).
    """
    size, number = len(wholes), len(course.years)
    own = generator.normal(0, course.lasting, (size, 1)) + np.cumsum(
        generator.normal(0, course.drift, (size, number)), axis=1
    )
    true = course.common + own
    for row, added in changed.items():
        true[row] += added
    true = np.clip(true, LOWEST, HIGHEST)
    counts = np.array(
        [[starts_in_families(int(wholes[row]), true[row, year], generator) for year in range(number)]
         for row in range(size)],
        dtype=float,
    )  # fmt: skip
    base, part = counts[..., 0], counts[..., 1]
    share = np.round(100 * part / base, 1)
    names = tuple(str(row) for row in range(size))
    return Panel("invented", names, course.years, False, share, share, part, base)
