"""Chance: numbers that are the same on every machine for the same seed, and what is drawn with them."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

K = TypeVar("K")
_AT_ONCE = 65_536  # numbers fetched from the generator together, for speed alone


class Draws:
    """Uniform numbers made of the raw bits of a seeded generator.

    numpy promises the same raw bits for ever, and not the same numbers of its distributions.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)
        self._ready: list[float] = []

    def uniform(self) -> float:
        """A number from 0 up to, not including, 1."""
        if not self._ready:
            self._ready = [(bits >> 11) * 2.0**-53 for bits in self._bits.random_raw(_AT_ONCE).tolist()]
            self._ready.reverse()
        return self._ready.pop()

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def days(self, pair: Sequence[float]) -> int:
        """A whole number of days, evenly from the least to the most."""
        return int(pair[0] + self.uniform() * (pair[1] - pair[0] + 1))

    def place(self, shares: Sequence[float]) -> int:
        """The position of one share, drawn in proportion."""
        left = self.uniform() * sum(shares)
        for number, share in enumerate(shares):
            left -= share
            if left < 0:
                return number
        return len(shares) - 1

    def key(self, mix: Mapping[K, float]) -> K:
        """One name of a mix, drawn in proportion."""
        return list(mix)[self.place(list(mix.values()))]
