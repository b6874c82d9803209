"""What an idea is expected to move and how the effect arrives, written down before any result is seen."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from explorer.entries import Entry, Text

PathKind = Literal["plan_flow", "ramp", "step"]
# Figures that only change as plans end and time passes; the plan-flow model works them out, and no step is allowed.
SLOW = ("repeat_plan_percent", "open_2y_plus_percent", "ended_2y_plus_percent")
# Which way a figure goes where a ratio goes up: 1 up, -1 down. Other pairs are no lasting effect: the re-plan share of
# the long run is the share who come back, however many first plans there are, and how long plans last moves it only by
# what closing faster costs.
MOVES: Mapping[tuple[str, str], int] = {
    ("return_after_leaving", "repeat_plan_percent"): 1,
    ("return_in_pool", "repeat_plan_percent"): 1,
    ("gate", "repeat_plan_percent"): 1,
    ("ending", "open_2y_plus_percent"): -1,
    ("ending", "ended_2y_plus_percent"): -1,
}

Months = Annotated[int, Field(ge=0, le=120)]


class Impact(Entry):
    """One figure that an idea is expected to move.

    Args:
        outcome: An indicator that config/evaluation.yaml has among its ``outcomes``.
        expected: Which way.
        through: The effects of the idea that move it, by name; empty where none of the model's chances does.
        path: How the effect arrives.
        delay_months, rise_months: Of a ramp: months with nothing, then months over which it rises to all of it.
        reason: Why so, in plain words.
    """

    outcome: Text
    expected: Literal["lower", "higher"]
    through: tuple[Text, ...] = ()
    path: PathKind
    delay_months: Months | None = None
    rise_months: Months | None = None
    reason: Text
    reference: Text

    @property
    def sign(self) -> int:
        """-1 where a fall is expected, 1 where it is a rise."""
        return -1 if self.expected == "lower" else 1


class Began(Entry):
    """Where and since when an idea is known to be in use.

    Args:
        area: DfE number.
    """

    area: Text
    date: date
    reference: Text
