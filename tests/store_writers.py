"""Programs of their own that write to one database at the same time, or are killed while they do.

``python -m tests.store_writers together|killed ADDRESS NUMBER ROWS|SEED`` writes what was acknowledged to its standard
output, as JSON. One small program forks the writers, so that none has to load everything again.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from explorer.store import Rules, Store, open_store
from explorer.store.database import checked_url, make_engine

RULES = Rules(timedelta(hours=24), 5000, 5000, 80, 5000, 8000, timedelta(days=30))
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LINK = {"v": "1", "area": "358"}


def row(store: Store, writer: int, number: int) -> str:
    """Keep one view whose parts can be checked against each other; its name once that is acknowledged."""
    name = f"{writer}-{number}"
    store.save(name, f"{name} " * 300, "neighbours", {**LINK, "if": name}, NOW, name)
    return name


def together(address: str, writers: int, rows: int) -> list[str]:
    """So many programs begin at once, each to open the database, which is not there yet, and to write."""
    make_engine(checked_url(address))  # opens nothing, but loads the driver for all
    begin, go = os.pipe()
    outputs = []
    for writer in range(writers):
        with _forked() as (child, output):
            if child:
                os.close(go)
                os.read(begin, 1)  # all begin when the last one is there: the other end is closed then
                store = open_store(address, RULES)
                for number in range(rows):
                    _say(output, row(store, writer, number))
            else:
                outputs.append(output)
    os.close(go)
    said = [name for output in outputs for name in _heard(output)]
    for _ in range(writers):
        os.wait()
    return said


def killed(address: str, times: int, seed: int) -> list[str]:
    """A program that writes without end is killed at some moment, again and again."""
    open_store(address, RULES).close()
    moments = random.Random(seed)
    said = []
    for writer in range(times):
        with _forked() as (child, output):
            if child:
                store = open_store(address, RULES)
                for number in range(10**6):
                    _say(output, row(store, writer, number))
            else:
                first = os.read(output, 1)  # it is writing now
                time.sleep(moments.uniform(0, 0.04))
                pid = _children.pop()
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                said += _heard(output, first)
    return said


_children: list[int] = []


@contextmanager
def _forked() -> Iterator[tuple[bool, int]]:
    """A program beside this one: whether it is the child, and its way to speak or ours to listen."""
    listen, speak = os.pipe()
    pid = os.fork()
    if pid:
        os.close(speak)
        _children.append(pid)
        yield False, listen
        return
    os.close(listen)
    try:
        yield True, speak
    except BaseException as problem:  # what went wrong is told, and then it is a name that nobody wrote
        _say(speak, f"failed: {problem!r}")
    finally:
        os._exit(0)


def _say(output: int, name: str) -> None:
    os.write(output, f"{name}\n".encode())


def _heard(output: int, before: bytes = b"") -> list[str]:
    """Everything that was acknowledged, until the other end is closed."""
    with os.fdopen(output, "rb") as said:
        return (before + said.read()).decode().splitlines()


if __name__ == "__main__":
    what, where, number, other = sys.argv[1:]
    print(json.dumps({"together": together, "killed": killed}[what](where, int(number), int(other))))
