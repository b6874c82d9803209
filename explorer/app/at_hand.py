"""The data that the reader has chosen, or the published ones and why."""

from explorer.app import cached, choices, selection
from explorer.errors import ExplorerError
from explorer.world import World


def at_hand() -> tuple[World, tuple[str, ...]]:
    """The data that are shown, and a sentence for every fault of plan records that were chosen and cannot be read."""
    try:
        match selection.data():
            case choices.SAMPLE:
                return cached.sample(), ()
            case choices.STANDING:
                return cached.standing() or cached.world(), ()
            case choices.UPLOAD:
                return selection.uploaded(), ()
    except ExplorerError as problem:
        return cached.world(), problem.faults
    return cached.world(), ()
