"""What one way of asking says was changed: an effect with its interval, and how it was asked."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "main", "method", "path", "start", "placebo_date", "window", "model", "left_out", "hidden", "sensitivity"
]
Method = Literal["difference_in_differences", "synthetic_control", "synthetic_did", "interrupted_series", "cohorts"]


@dataclass(frozen=True)
class Estimate:
    """An effect on a share, in percentage points: below 0 the share is lower than it would have been.

    Attributes:
        method: a key of ``methods`` in config/evaluation.yaml.
        effect: the effect that is there in the last period of the window.
        lower, upper: 95 of 100.
        p_value: how often chance alone makes as large an effect, either way; 0 to 1.
        full: the effect once the stated path has run its course; the same as ``effect`` for a step.
        periods_before, periods_after: how many the estimate rests on.
    """

    method: Method
    effect: float
    lower: float
    upper: float
    p_value: float
    full: float
    periods_before: int
    periods_after: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no effect at all."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class Specification:
    """One way of asking the same question, beside the main one.

    Attributes:
        kind: what is asked in another way. A ``placebo_date`` is before the start: there should be no effect. A
            ``sensitivity`` finds too much by chance (bench/results): it is shown, and counts for nothing.
        label: what is different, in a few words: "start six months earlier", "without Stockport".
        estimate: None where it could not be asked.
        why_not: then the reason, as a sentence.
    """

    kind: Kind
    label: str
    estimate: Estimate | None
    why_not: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that has to hold before a result may be believed.

    Attributes:
        name: a key of ``checks`` in config/evaluation.yaml.
        passed: None where it could not be tried.
        said: what was found, as a sentence with its figures.
    """

    name: str
    passed: bool | None
    said: str
