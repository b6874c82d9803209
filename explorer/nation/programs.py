"""Authorities of a nation shared out among programs of their own, or counted in this one.

As many programs count as the machine has processors, because tables of one authority are too small for threads to
share. They begin while the files are still being read.
"""

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache

import polars as pl

from explorer.errors import DataError
from explorer.nation.authority import Found, Question, figures_of
from explorer.nation.one_thread import one_thread
from explorer.nation.reading import SPAWN
from explorer.nation.shelf import Slot
from explorer.records import RecordRules

Rows = tuple[str, tuple[Slot, ...]]  # a DfE number, and where the rows of the authority are
Answer = tuple[str, Found | DataError]


@contextmanager
def begun(programs: int) -> Iterator[ProcessPoolExecutor | None]:
    """So many programs, which load what they need from now on; None where there are to be none beside this one."""
    if programs < 2:
        yield None
        return
    with ProcessPoolExecutor(programs, mp_context=SPAWN, initializer=one_thread) as pool:
        for _ in range(programs):
            pool.submit(_ready)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def counted(
    every: Sequence[Rows], rules: RecordRules, question: Question, pool: ProcessPoolExecutor | None
) -> Iterator[Answer]:
    """The figures of each authority, or why there are none: by many programs the largest first, each as it is done.

    Raises:
        DataError: a program was ended from outside, as the system does where memory runs out.
    """
    if pool is None:
        for area, slots in every:
            yield area, _counted(area, slots, rules, question)
        return
    packed = pickle.dumps((rules, question))
    ordered = sorted(every, key=lambda one: -sum(slot.rows for slot in one[1]))
    try:
        waiting: set[Future[Answer]] = {pool.submit(_counted_there, *one, packed) for one in ordered}
        while waiting:
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in ready)
    except BrokenProcessPool:
        raise DataError(
            "A program that counts an authority was ended by the system, most likely because memory ran out; use "
            "fewer programs (--workers 1)."
        ) from None


def _ready() -> None:
    """Done once this module, and with it all that counts, is loaded."""


def _counted_there(area: str, slots: tuple[Slot, ...], packed: bytes) -> Answer:
    return area, _counted(area, slots, *_unpacked(packed))


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> tuple[RecordRules, Question]:
    rules, question = pickle.loads(packed)  # noqa: S301 - of this very program
    return rules, question


def _counted(area: str, slots: tuple[Slot, ...], rules: RecordRules, question: Question) -> Found | DataError:
    try:
        return figures_of(area, slots, rules, question)
    except DataError as problem:
        return DataError(*problem.faults)
    except Exception as problem:  # whatever it is, the other authorities are counted
        return _uncounted(problem)
    except BaseException as problem:
        if not isinstance(problem, pl.exceptions.PanicException):  # the one error of polars that is no Exception
            raise
        return _uncounted(problem)


def _uncounted(problem: BaseException) -> DataError:
    """Only the kind of the error: its words may hold what stands in a row."""
    if isinstance(problem, MemoryError):
        return DataError("There is not enough memory for its rows; use fewer programs (--workers 1).")
    return DataError(f"Its rows could not be counted ({type(problem).__name__}); check them as a file of their own.")
