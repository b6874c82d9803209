"""Numbers of a call, each within its limits."""

import argparse
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

MOST_DRAWS = 10_000


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(text: str) -> int:
        if text.isdecimal() and text.isascii() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"'{text}' is not allowed; a whole number from {least} to {most:,} is")

    return read


def number(least: float, most: float, *, below: bool = False) -> Callable[[str], float]:
    """Reads a number from ``least`` to ``most``, or to below it."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if least <= value <= most and not (below and value == most):
            return value
        words = f"from {least:g} to {'below ' if below else ''}{most:g}"
        raise argparse.ArgumentTypeError(f"'{text}' is not allowed; a number {words} is")

    return read
