"""Something that may hang is waited for so long and no longer; where it was slow to fail, it is left alone a while."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread
from typing import TypeVar

from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

Done = TypeVar("Done")
_SLOW = 1.0  # seconds: a failure that comes sooner costs nobody anything, and asking again finds what was mended
_AT_ONCE = 8  # are asked: those that hang keep a thread each until they are answered


class NoAnswer(Exception):
    """Nothing came in time; what was asked may still be done."""


class NotAsked(Exception):
    """It was not asked, because it failed slowly just now, or too many wait for it."""


class Patience:
    """Asks in a thread of its own, because a library's own limits do not hold where the other machine only listens.

    Args:
        seconds: how long an answer may take.
        rest: seconds in which nothing is asked after it failed slowly.
    """

    def __init__(self, seconds: float, rest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._rest, self._clock = seconds, rest, clock
        self._free = BoundedSemaphore(_AT_ONCE)
        self._until = clock()  # nothing is asked before

    def ask(self, do: Callable[[], Done]) -> Done:
        """What ``do`` gives, or what it raises.

        Raises:
            NoAnswer: it took too long.
            NotAsked: it rests.
        """
        began = self._clock()
        if began < self._until or not self._free.acquire(timeout=self._seconds / 2):
            raise NotAsked
        answer: Future[Done] = Future()
        worker = Thread(target=self._work, args=(do, answer), daemon=True, name="asked with patience")
        if (run := get_script_run_ctx(suppress_warning=True)) is not None:
            add_script_run_ctx(worker, run)  # so that it knows the reader's session
        worker.start()
        try:
            return answer.result(self._seconds)
        except BaseException as problem:
            if self._clock() - began >= _SLOW:
                self._until = self._clock() + self._rest
            if not answer.done():
                raise NoAnswer from problem
            raise

    def _work(self, do: Callable[[], Done], answer: "Future[Done]") -> None:
        try:
            answer.set_result(do())
        except BaseException as problem:  # whoever asked is told all of it
            answer.set_exception(problem)
        finally:
            self._free.release()
