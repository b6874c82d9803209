"""How often something may be done: some times in a row, and after that as fast as time gives it back."""

from dataclasses import dataclass
from threading import Lock


@dataclass
class Allowance:
    """A token bucket for one or many threads; it has no clock, so every call says what time it is.

    Attributes:
        most: how many times in a row.
        each_second: how many are given back each second.
    """

    most: float
    each_second: float

    def __post_init__(self) -> None:
        self._left, self._since, self._lock = self.most, float("-inf"), Lock()

    def left(self, now: float) -> bool:
        """Whether it may be done now; takes nothing."""
        with self._lock:
            return self._filled(now) >= 1

    def spend(self, now: float) -> float:
        """Take one, also where none is left.

        Returns:
            How many seconds to wait before doing it; 0 where it may be done at once.
        """
        with self._lock:
            self._left = self._filled(now) - 1
            return max(0.0, -self._left / self.each_second)

    def _filled(self, now: float) -> float:
        if now > self._since:
            self._left = min(self.most, self._left + (now - self._since) * self.each_second)
            self._since = now
        return self._left
