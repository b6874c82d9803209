"""The program in which one stranger's file is worked on: ``python -m explorer.records.alone``, for ``apart``.

It may take so much memory and time, writes no file and leaves no picture of its memory behind, and ends after one file.
"""

import os
import pickle
import sys
from contextlib import suppress

from explorer.errors import DataError
from explorer.records.apart import Job, put, take
from explorer.records.loaded import loaded_records

_MEGABYTE = 1_000_000
_NOBODY = 65534  # the user and group without rights of their own, on Linux
_LAST = 10  # pages of readers come first (setpriority(2): 0 is usual, 19 last of all)


def main() -> None:
    """Take a job and its file from standard input, and say on standard output what comes of it."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a library might print must not stand among the answers
        job: Job = take(sys.stdin.buffer, pickle.loads)
        _bound(job)
        _step_down()
        content = sys.stdin.buffer.read(job.size)

        def progress(share: float, words: str) -> None:
            put(answers, {"share": share, "words": words})

        try:
            found = loaded_records(content, job.sent, job.rules, job.authorities, progress)
        except DataError as problem:
            put(answers, {"faults": problem.faults})
        except MemoryError:
            put(answers, {"ended": "memory"})
        except Exception as problem:
            put(answers, {"ended": type(problem).__name__})  # its message could hold words of the file
        else:
            put(answers, {"records": found})


def _bound(job: Job) -> None:
    """Ask the system to keep this program within its bounds, where it can (not on Windows)."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as first:
        first.write("1000")  # where memory runs out all the same, Linux ends this program and not the one for readers
    os.nice(_LAST)
    memory = job.most_megabytes * _MEGABYTE
    for what, most, more in (
        (resource.RLIMIT_DATA, memory, 0),
        (resource.RLIMIT_CPU, job.most_seconds, 5),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (most, most + more))


def _step_down() -> None:
    """Give the rights of root away for good, where this program has them and its own files stay readable without."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    needed = [path or "." for path in sys.path if os.path.isdir(path or ".")]
    os.setgroups([])
    os.setegid(_NOBODY)
    os.seteuid(_NOBODY)
    readable = all(os.access(path, os.R_OK | os.X_OK, effective_ids=True) for path in needed)
    os.seteuid(0)
    os.setegid(0)
    if readable:
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


if __name__ == "__main__":
    main()
