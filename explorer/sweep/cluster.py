"""Blocks on many machines: Dask's workers do them, this program asks, waits, and keeps what comes back.

What every block needs is brought to each worker once, also to one that comes later or in the place of one that ended.
Only results come back, so workers need none of this machine's files; but they must run the same program. No more
blocks are out than keep the workers busy. A worker's end loses nothing: its blocks are done by others. A block whose
workers ended several times is tried alone at the end, and given up (``Lost``) if they end again.
"""

# mypy: allow-untyped-calls
# The functions of distributed have no types.

import asyncio
import logging
import pickle
import signal
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from dask import config as dask_config
from distributed import Client, Future, KilledWorker, LocalCluster, Worker, WorkerPlugin, get_worker, wait
from distributed.client import FutureCancelledError, FuturesCancelledError
from distributed.comm.core import CommClosedError

from explorer.errors import DataError
from explorer.sweep.blocks import Block, Lost, Result, Work
from explorer.sweep.program import program

_EACH = 3  # blocks out for each worker: one in work, and others that wait with it
_ANSWER = 20  # seconds in which a scheduler has to answer
_FIRST = 120  # seconds in which its first worker has to be there, and after which a cluster without any is left
_TRIES, _BETWEEN = 5, 1.0  # to bring the work, as a worker may end meanwhile; and seconds between them
_FETCHES = 10  # tries to fetch a result that is said to be there, of _ANSWER seconds each
_GONE = (CommClosedError, FutureCancelledError, FuturesCancelledError, OSError, TimeoutError)
_NEVER_CAME = (
    "Its result was said to be there and could not be fetched, again and again: the workers that had it end, or do not "
    "answer. See to them; the same command tries it again."
)
_LOGS = ("distributed", "distributed.client")


class Brought(WorkerPlugin):
    """What every block needs, on a worker."""

    def __init__(self, name: str, work: Work[Any, Any], wanted: Mapping[str, str]) -> None:
        self.name, self.work, self.wanted = name, work, dict(wanted)

    def setup(self, worker: Worker) -> None:
        """Called on the worker as it comes; there is nothing to make ready."""


@contextmanager
def connected(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    """A client of the scheduler at an address, or of some workers on this machine that end with it.

    Raises:
        DataError: nobody answers there, or it has no workers.
    """
    before = {name: logging.getLogger(name).level for name in _LOGS}
    for name in _LOGS:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # of workers that end this program tells itself
    try:
        with dask_config.set({"distributed.comm.timeouts.connect": f"{_ANSWER}s"}):
            if scheduler is not None:
                with _client_of(scheduler) as client:
                    yield client
            else:
                with _own_workers(workers) as cluster, Client(cluster) as client:
                    yield client
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _own_workers(workers: int | None) -> LocalCluster:
    """Workers of this machine, deaf to a stop by hand: it is for this program, which then ends them."""
    here = threading.current_thread() is threading.main_thread()  # only there can it be said
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    try:
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="localhost:0",
            silence_logs=logging.CRITICAL,
        )
    finally:
        if here:
            signal.signal(signal.SIGINT, before)


def _client_of(address: str) -> Client:
    try:
        client = Client(address, timeout=_ANSWER)
    except (*_GONE, ValueError) as problem:
        said = str(problem).split("\n")[0]
        raise DataError(
            f"No Dask scheduler answers at '{address}' ({said}). Check the address, such as tcp://10.0.0.5:8786, and "
            "that 'dask scheduler' runs there."
        ) from None
    try:
        client.wait_for_workers(1, timeout=_FIRST)
    except _GONE:
        client.close()
        raise DataError(
            f"The Dask scheduler at '{address}' has no workers. Start some with 'dask worker {address} --nthreads 1'."
        ) from None
    return client


def on_cluster(
    client: Client, work: Work[Block, Result], blocks: Sequence[Block]
) -> Iterator[tuple[Block, Result | Lost]]:
    """Every block with its result as it is there, in any order.

    Raises:
        DataError: the cluster is lost or has no workers left, or a worker runs another program.
    """
    name = f"explorer-{client.id}"  # of this call alone: others may use the cluster too
    out: dict[Future[Any], Block] = {}
    missed: Counter[Future[Any]] = Counter()
    suspects: list[Block] = []
    try:
        _bring(client, Brought(name, work, program()))
        yield from _all(client, name, iter(blocks), out, missed, suspects)
        for block in suspects:  # each alone: what waits on a worker that ends is suspected with what ended it
            for future, found in _finished(client, [_submit(client, name, block, out)], missed):
                yield out.pop(future), found
    except _GONE as problem:
        said = " ".join(str(problem).split("\n")[0].split()).rstrip(".:")
        raise DataError(f"The connection to the cluster was lost ({said}). The same command tries again.") from None
    finally:
        _leave(client, list(out), name)


def _all(
    client: Client,
    name: str,
    waiting: Iterator[Block],
    out: dict[Future[Any], Block],
    missed: Counter[Future[Any]],
    suspects: list[Block],
) -> Iterator[tuple[Block, Any]]:
    """Every block but those whose workers ended again and again, which are put among the suspects."""
    while True:
        for block in islice(waiting, max(_EACH * max(_threads(client), 1) - len(out), 0)):
            _submit(client, name, block, out)
        if not out:
            return
        for future, found in _finished(client, list(out), missed):
            block = out.pop(future)
            if isinstance(found, Lost):
                suspects.append(block)
            else:
                yield block, found


def _submit(client: Client, name: str, block: Block, out: dict[Future[Any], Block]) -> Future[Any]:
    future: Future[Any] = client.submit(_do, name, dict(program()), block, pure=False)
    out[future] = block
    return future


def _threads(client: Client) -> int:
    """How many blocks the workers that are there can do at once; none on a cluster that is between two.

    Raises:
        TimeoutError: the scheduler does not answer.
    """
    threads: dict[str, int] = client.sync(client.scheduler.ncores, workers=None, callback_timeout=_ANSWER)  # type: ignore[union-attr]
    return sum(threads.values())


def _bring(client: Client, brought: Brought) -> None:
    """To every worker; one that cannot read it has another program. One that ends meanwhile needs it no more."""
    for left in reversed(range(_TRIES)):
        try:
            _soon(client, _FIRST, lambda: client.register_plugin(brought, name=brought.name))
        except _GONE:
            if not left or client.status != "running":
                raise
            client.sync(asyncio.sleep, _BETWEEN)
        except Exception as problem:
            raise DataError(_other_program(f"{type(problem).__name__}: {problem}")) from None
        else:
            return


def _do(name: str, wanted: dict[str, str], block: Any) -> Any:  # noqa: ANN401 - whatever the work gives
    """On a worker: one block, or why it came to nothing."""
    plugin = get_worker().plugins.get(name)
    own = dict(program())
    if own != wanted or not isinstance(plugin, Brought):
        apart = [f"{key} {own.get(key)} and not {value}" for key, value in wanted.items() if own.get(key) != value]
        return _Refused(_other_program(", ".join(apart) or "what it was brought could not be read"))
    try:
        return plugin.work(block)
    except Exception as problem:
        return _Faulty(_can_be_sent(problem))


def _can_be_sent(problem: Exception) -> Exception:
    """A fault with where it happened; another one with its words where it cannot be sent as it is."""
    problem.add_note(traceback.format_exc())
    try:
        pickle.loads(pickle.dumps(problem))  # noqa: S301 - made on the line itself
    except Exception:
        return RuntimeError(f"{type(problem).__name__}: {problem}")
    return problem


class _Faulty:
    """A worker's answer that the work itself has a fault, which any other worker would have too."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem


class _Refused:
    """A worker's answer that it runs another program."""

    def __init__(self, why: str) -> None:
        self.why = why


def _other_program(what: str) -> str:
    return (
        f"A machine of the cluster does not run the same program ({what}). Figures would not be the same: install the "
        "version and libraries of this machine on the scheduler and every worker."
    )


def _soon(client: Client, seconds: float, *asked: Callable[[], Any]) -> None:
    """Ask a cluster for something, one after the other, that has no limit of its own.

    Raises:
        TimeoutError: it was not done in so many seconds.
    """

    async def one_by_one() -> None:
        for ask in asked:
            await ask()  # where the client's own loop runs, it gives what can be waited for

    client.sync(one_by_one, callback_timeout=seconds)


def _finished(
    client: Client, futures: list[Future[Any]], missed: Counter[Future[Any]]
) -> list[tuple[Future[Any], Any]]:
    """Those that are there, with what they came to; waits for the first.

    One that is there can be lost again with its worker before it is fetched: it is waited for as the others are, and
    is ``Lost`` once it has been missed too often.

    Raises:
        DataError: there has been no worker for a while, or a worker runs another program.
    """
    empty = 0
    while True:
        found: list[tuple[Future[Any], Any]] = []
        try:
            with client.as_current():  # else it would ask the newest client of this program
                done = wait(futures, timeout=_ANSWER, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            done = set()
        for future in (future for future in futures if future in done):
            try:
                found.append((future, _result_of(future)))
            except TimeoutError:
                missed[future] += 1
                if missed[future] >= _FETCHES:
                    found.append((future, Lost(_NEVER_CAME)))
        if not found:
            empty = 0 if _threads(client) else empty + _ANSWER
            if empty >= _FIRST:
                raise DataError("The cluster has had no workers for two minutes. Start some and try again.") from None
        else:
            return found


def _result_of(future: Future[Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    """What a block came to, ``Lost`` where its workers ended.

    Raises:
        TimeoutError: it is not there any more, or not yet here.
    """
    try:
        found = future.result(timeout=_ANSWER)
    except KilledWorker:
        found = Lost(
            "The workers that had it ended, mostly for want of memory. Give them more, or take fewer draws; the same "
            "command tries it again."
        )
    except _GONE:
        raise
    except Exception as problem:  # the work's own come as _Faulty
        said = " ".join(f"{type(problem).__name__}: {problem}".split()).rstrip(".")
        raise DataError(_other_program(f"it could not do what was sent to it; {said}")) from None
    future.release()
    if isinstance(found, _Refused):
        raise DataError(found.why)
    if isinstance(found, _Faulty):
        raise found.problem
    return found


def _leave(client: Client, futures: list[Future[Any]], name: str) -> None:
    """Leave a cluster as it was; one that is gone needs nothing."""
    with suppress(Exception):  # what went wrong before is what has to be told
        cancel, forget = lambda: client.cancel(futures, force=True), lambda: client.unregister_worker_plugin(name)
        _soon(client, _ANSWER, cancel, forget)
