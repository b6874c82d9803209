"""How far a long work is, with the time left: a bar on a terminal, a line at each tenth elsewhere."""

import io
import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

_TENTHS = 10
_LINE = "{desc}: {n_fmt} of {total_fmt} {unit} ({percentage:.0f}%), {elapsed} so far, about {remaining} left"


class Progress:
    """Told how much is done; says so on standard error."""

    def __init__(self, title: str, unit: str, total: int, there: int = 0) -> None:
        """Begin.

        Args:
            title: What is done.
            unit: What is counted, in the plural.
            total: How many there are.
            there: How many were done before, which say nothing of the time that the others take.
        """
        self._total, self._done = total, there
        self._said = self._tenths
        self._quiet = not sys.stderr.isatty()
        self._bar = tqdm(
            total=total,
            initial=there,
            desc=title,
            unit=unit if self._quiet else f" {unit}",
            bar_format=_LINE if self._quiet else None,
            file=io.StringIO() if self._quiet else sys.stderr,
            dynamic_ncols=not self._quiet,
        )

    @property
    def _tenths(self) -> int:
        return _TENTHS * self._done // max(self._total, 1)

    def done(self, number: int = 1) -> None:
        """So many more are done."""
        self._done += number
        self._bar.update(number)
        if self._quiet and self._tenths > self._said:
            self._said = self._tenths
            print(str(self._bar), file=sys.stderr, flush=True)

    def say(self, sentence: str) -> None:
        """A sentence that stays, above the bar."""
        if self._quiet:
            print(sentence, file=sys.stderr, flush=True)
        else:
            self._bar.write(sentence, file=sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()
