"""Where a command works its blocks out, as a call says it."""

import argparse
import os
import sys

from explorer.sweep.place import Place
from explorer.wording import plural

_EACH = 2  # programs for each processor, at most: each more takes memory and brings nothing


def add_place(command: argparse.ArgumentParser) -> None:
    """Add the options that say where blocks are worked out."""
    where = command.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_workers, help="so many programs of this machine at once; else this one alone")
    where.add_argument("--scheduler", help="a Dask cluster's scheduler, such as tcp://10.0.0.5:8786")


def place_of(options: argparse.Namespace) -> Place:
    """Where the call wants blocks to be worked out; a word of warning where they will wait for each other."""
    most = os.cpu_count() or 1
    if (options.workers or 1) > most:
        here = f"{options.workers} programs share {plural(most, 'processor', 'processors')} of this machine"
        print(f"{here}: they wait for each other, and it will not be done sooner.", file=sys.stderr)
    return Place(options.workers, options.scheduler)


def _workers(text: str) -> int:
    processors = os.cpu_count() or 1
    most = _EACH * processors
    if text.isdecimal() and text.isascii() and 1 <= int(text) <= most:
        return int(text)
    has = plural(processors, "processor", "processors")
    raise argparse.ArgumentTypeError(
        f"'{text}' is not allowed; a whole number from 1 to {most} is, as this machine has {has}"
    )
