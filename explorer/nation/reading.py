"""Files of a nation's records read one after the other, in a program of their own.

A damaged Parquet file can end the program that reads it. Then the file is named, and a new program reads the next one.
This loads none of what counts, so that reading begins at once.
"""

from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from explorer.config import Limits
from explorer.errors import DataError
from explorer.nation.blocks import Unreadable
from explorer.nation.places import Places
from explorer.nation.shelf import Shelved, shelve
from explorer.sources.upload import shown_name

SPAWN = get_context("spawn")  # a copy of this program could wait for ever for a thread that was not copied with it
Shelf = tuple[Path, Path]  # a file, and where its rows are to stand


def shelved_here(
    files: Sequence[Shelf], places: Places, limits: Limits, read: Callable[[int], None]
) -> Iterator[Shelved | DataError]:
    """What each file held, or what is wrong with it, in their order."""
    for path, target in files:
        try:
            yield shelve(path, target, places, limits, read)
        except DataError as problem:
            yield DataError(*problem.faults)  # a kind of its own would not come through from another program whole


def shelved_apart(
    files: Sequence[Shelf], places: Places, limits: Limits, read: Callable[[int], None]
) -> Iterator[Shelved | DataError]:
    """``shelved_here``, in a program of its own; one that ends the program is damaged, and the next has a new one."""
    done = 0
    while done < len(files):
        mine, its = SPAWN.Pipe(duplex=False)
        process = SPAWN.Process(target=_shelve_all, args=(its, files[done:], places, limits), daemon=True)
        process.start()
        its.close()
        try:
            while done < len(files):
                match mine.recv():
                    case int() as rows:
                        read(rows)
                    case answer:
                        done += 1
                        yield answer
        except EOFError:
            yield DataError(*Unreadable(shown_name(files[done][0].name)).faults)
            done += 1
        finally:
            process.kill()
            process.join()
            mine.close()


def _shelve_all(answers: Connection, files: Sequence[Shelf], places: Places, limits: Limits) -> None:
    for answer in shelved_here(files, places, limits, answers.send):
        answers.send(answer)
