"""The tests mirror the package; those in browser/ use a real browser."""

import os

from hypothesis import settings

# The same examples on every run, and no test fails because the machine is busy.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def examples(usual: int, every: int) -> int:
    """How many examples a slow property is tried with: fewer by default, every one with EXPLORER_EXAMPLES=all."""
    return every if os.environ.get("EXPLORER_EXAMPLES") == "all" else usual
