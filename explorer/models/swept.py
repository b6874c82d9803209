"""What a scenario changes in one authority, and whether that is more than chance."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["lower", "higher", "same", "cannot_tell", "failed"]


@dataclass(frozen=True)
class Cell:
    """One authority under one scenario, in one measure at one year ahead.

    Attributes:
        area, scenario: whose it is; the scenario by its name.
        before, after: the measure's mean as things are and under the scenario; None where the cell failed.
        change: ``after`` less ``before``; low, high: the ends that hold 80 of 100 draws of it.
        p_lower, p_higher: shares (0-1) of the draws in which the scenario is lower or higher; None where none differs.
        counts: of a percentage, numerator and denominator as things are, and both under the scenario.
        why: the sentence why there is no figure; empty where there is one.
    """

    area: str
    scenario: str
    before: float | None = None
    after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p_lower: float | None = None
    p_higher: float | None = None
    counts: tuple[float, float, float, float] | None = None
    why: str = ""

    @property
    def verdict(self) -> Verdict:
        """Which way it goes, where the 80% range holds to that; 'cannot_tell' where the range holds no change."""
        if self.change is None or self.low is None or self.high is None:
            return "failed"
        if self.low == self.high == self.change == 0:
            return "same"
        if self.high < 0:
            return "lower"
        return "higher" if self.low > 0 else "cannot_tell"

    @property
    def size(self) -> float:
        """How far it moves, whichever way; 0 where there is no figure."""
        return abs(self.change or 0.0)

    @property
    def sureness(self) -> float:
        """The chance of its likelier direction; 0 where there is none."""
        return max(self.p_lower or 0.0, self.p_higher or 0.0)
