"""A stranger's file is worked on in a program of its own, which is ended when it takes too long or too much."""

import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, is_dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any, ClassVar

import explorer
from explorer.errors import DataError
from explorer.records.loaded import Progress, Sent
from explorer.records.safe import Records
from explorer.records.settings import RecordRules
from explorer.serving_entries import FileWork
from explorer.sources.upload import shown_name
from explorer.wording import plural

_log = logging.getLogger(__name__)
_LONGER = 2.5  # times as long may it take by the clock as of a processor, which it lets everybody else have first
_TOO_LONG = getattr(signal, "SIGXCPU", 0)  # how the system ends a program that had its seconds of a processor
_PLAIN = {("datetime", "date"), ("polars.dataframe.frame", "DataFrame")}  # beside this program's own, in an answer
LENGTH = 8  # bytes before each message that say how long it is
_LONGEST = 10**9  # bytes of a message: more than the records of any file that is taken
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "OPENBLAS_NUM_THREADS")  # of the environment; never a password


class FileTooSlow(DataError):
    """A file took longer to read and check than any may."""


class FileTooLarge(DataError):
    """A file needed more memory than any may have."""


class FilesWaiting(DataError):
    """Too many files are being worked on at once."""


@dataclass(frozen=True)
class Job:
    """What the program is given beside the file: see ``loaded_records``, and how much memory it may take."""

    sent: Sent
    rules: RecordRules
    authorities: frozenset[str]
    size: int
    most_megabytes: int
    most_seconds: int


class Desk:
    """Where files are worked on: so many at once, and the others wait a while for their turn."""

    def __init__(self, work: FileWork) -> None:
        self._work = work
        self._turns = BoundedSemaphore(int(work.at_once.value))

    def records_of(
        self, content: bytes, sent: Sent, rules: RecordRules, authorities: frozenset[str], progress: Progress
    ) -> Records:
        """``loaded_records``, worked out in a program that ends with it.

        What ``progress`` raises ends the program too: so a reader who leaves does not keep it.

        Raises:
            DataError: as there; or it took too long, needed too much memory, or others kept its turn.
        """
        name = shown_name(sent.name)
        if not self._turns.acquire(timeout=self._work.wait.value):
            raise FilesWaiting(f"{name}: other people are loading files just now; load it again in a minute.")
        try:
            most = int(self._work.seconds.value)
            job = Job(sent, rules, authorities, len(content), int(self._work.megabytes.value), most)
            with _program(_LONGER * most) as (process, late):
                said = list(_said(process, job, content, progress))
        finally:
            self._turns.release()
        match said:
            case [Records() as found]:
                return found
            case [DataError() as problem]:
                raise problem
            case [str() as fault] if fault != "memory":
                _log.error("A file could not be worked on: %s", fault)
                raise DataError(f"{name}: the file is not put together as plan records are; export it again.")
            case _ if late or process.returncode == -_TOO_LONG:
                raise FileTooSlow(
                    f"{name}: reading and checking the file took longer than {plural(most, 'second', 'seconds')}, "
                    "so it was put aside; "
                    "load fewer years at a time."
                )
            case _:  # ended by the system, or by itself where memory ran out
                raise FileTooLarge(f"{name}: the file needs more memory than there is; load fewer years at a time.")


@contextmanager
def _program(seconds: float) -> Iterator[tuple["subprocess.Popen[bytes]", list[bool]]]:
    """The program at work, and a list that has something in it once its time was up; at the end it is gone."""
    late: list[bool] = []
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer.records.alone"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a reader of files says may hold words of the file
        cwd=Path(explorer.__file__).parent.parent,
        env={**{name: os.environ[name] for name in _KEPT if name in os.environ}, "POLARS_MAX_THREADS": "1"},
    )

    def end() -> None:
        late.append(True)
        process.kill()

    timer = Timer(seconds, end)
    timer.start()
    try:
        yield process, late
    finally:
        timer.cancel()
        process.kill()
        with suppress(BrokenPipeError), process:  # closes its pipes and waits for it
            pass


def _said(
    process: "subprocess.Popen[bytes]", job: Job, content: bytes, progress: Progress
) -> Iterator[Records | DataError | str]:
    """What the program says of the file, or why it ended; nothing where it was ended before it could say anything."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        put(process.stdin, job)
        process.stdin.write(content)
        process.stdin.flush()
        while (message := take(process.stdout, answered)) is not None:
            match message:
                case {"share": share, "words": words}:
                    progress(share, words)
                case {"records": found}:
                    yield found
                case {"faults": faults}:
                    yield DataError(*faults)
                case {"ended": why}:
                    yield why
    except (BrokenPipeError, EOFError, pickle.UnpicklingError):
        return


def put(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    packed = pickle.dumps(message)
    stream.write(len(packed).to_bytes(LENGTH, "big"))
    stream.write(packed)
    stream.flush()


class _Answers(pickle._Unpickler):  # the one in Python, whose steps can be replaced
    """Makes nothing but what an answer holds.

    A file that has taken over the program that reads it could write an answer of its own, and Python's own form can
    call anything by its name.
    """

    stack: list[Any]  # of pickle's own: what is being put together

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as in pickle
        """A class that an answer may hold: a frozen table of values of this program, a date or a table.

        Raises:
            pickle.UnpicklingError: it is anything else.
        """
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        own = module in sys.modules and module.startswith("explorer.") and "." not in name
        found = getattr(sys.modules[module], name, None) if own else None
        if isinstance(found, type) and found.__module__ == module and is_dataclass(found):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")

    def _fill(self) -> None:
        if isinstance(self.stack[-2], type):
            raise pickle.UnpicklingError("an answer fills objects, and changes no class")
        pickle._Unpickler.dispatch[pickle.BUILD[0]](self)  # type: ignore[arg-type]  # one kind at run time

    dispatch: ClassVar[dict[int, Callable[..., None]]] = {**pickle._Unpickler.dispatch, pickle.BUILD[0]: _fill}


def answered(packed: bytes) -> Any:  # noqa: ANN401 - one of the messages of ``alone``
    """What the program that reads a file said, which is not believed.

    Raises:
        pickle.UnpicklingError: it holds what no answer does.
    """
    try:
        return _Answers(BytesIO(packed)).load()
    except Exception as problem:
        raise pickle.UnpicklingError(type(problem).__name__) from None


def take(stream: IO[bytes], read: Callable[[bytes], Any]) -> Any:  # noqa: ANN401 - what the other side put there
    """Read one message of ``put``; None at the end.

    Args:
        read: ``answered`` for what comes from the program that reads a file, ``pickle.loads`` for what it is given.

    Raises:
        EOFError: the message is cut short, or longer than any is.
    """
    length = stream.read(LENGTH)
    if not length:
        return None
    size = int.from_bytes(length, "big")
    if len(length) < LENGTH or size > _LONGEST:
        raise EOFError
    packed = stream.read(size)
    if len(packed) < size:
        raise EOFError
    return read(packed)
