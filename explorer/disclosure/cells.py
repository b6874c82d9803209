"""What disclosure control works on: counts, how they add up, and what a reader gets to see of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal


@dataclass(frozen=True)
class Cell:
    """One count.

    Args:
        name: Unique among the cells that are protected together.
        value: 0 or more, in whole plans (or children).
        worth: How much readers would miss it. Cells of higher worth are shown first, and lower ones then as far
            as the rule allows.
    """

    name: str
    value: int
    worth: int = 1


@dataclass(frozen=True)
class Equation:
    """How counts add up: ``whole`` is the sum of ``parts``, less the sum of ``less``.

    With ``at_most`` the whole is that sum or smaller: the children with a plan are at most the plans.
    """

    whole: str
    parts: tuple[str, ...]
    less: tuple[str, ...] = ()
    at_most: bool = False


@dataclass(frozen=True)
class ProtectedCell:
    """What a reader sees of one count.

    Args:
        name: The cell's name.
        value: The count; None where it is hidden. Nothing else is said of a hidden count.
        status: "published" or "suppressed".
    """

    name: str
    value: int | None
    status: Literal["published", "suppressed"]


@dataclass(frozen=True)
class Protected:
    """A whole table as readers see it.

    Args:
        cells: One for each cell that was given, in its order.
        exposed: Hidden cells that the rule cannot be kept for, because of what was published before (or was to
            stay hidden although the rest gives it away). Empty where nothing was published before.
    """

    cells: tuple[ProtectedCell, ...]
    exposed: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, ProtectedCell]:
        """The cells by their names."""
        return {cell.name: cell for cell in self.cells}

    def hidden(self, name: str) -> bool:
        """Whether a cell is hidden."""
        return self.by_name[name].status == "suppressed"
