"""What an authority is known to be doing about its plans: the list under ``actions`` in interventions.yaml."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from explorer.entries import Entry, Text

Status = Literal["in_use", "done", "under_way", "planned"]


class ActionEntry(Entry):
    """One thing that is being done.

    Args:
        area: DfE number.
        intervention: The idea of the same file that it is, where it is one.
        what: In a few words; ``detail`` in a sentence.
        started: Where the day is known.
        status: How it stood on the day ``stood_on``, in the words of those who do it.
    """

    area: Text
    intervention: Text | None = None
    what: Text
    detail: Text
    started: date | None = None
    status: Status
    stood_on: date
    reference: Text


def actions_of(actions: Sequence[ActionEntry], area: str, as_at: date) -> tuple[ActionEntry, ...]:
    """What was known of an authority on a day."""
    return tuple(one for one in actions if one.area == area and one.stood_on <= as_at)
