"""Blocks on two real workers: the same figures as in one process, also where workers end, differ or are not there."""

# mypy: allow-untyped-calls
# LocalCluster has no types.

import asyncio
import pickle
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.client import FuturesCancelledError
from distributed.comm.core import CommClosedError

from explorer.errors import DataError
from explorer.evaluation.panel import panel
from explorer.models.backtest import OriginWork
from explorer.sweep import cells, cluster
from explorer.sweep.blocks import Lost
from explorer.sweep.place import HERE, Place, in_order, results
from explorer.sweep.placebos import PlaceboWork
from explorer.sweep.plan import Sweep
from explorer.sweep.program import program
from explorer.sweep.run import begin, go_on
from tests.fixtures import REPEAT, england_in, faults, shipped_world
from tests.test_backtest import few, names, settings
from tests.test_sweep import SMALL, START, files, read

ONCE = 0
LIMIT = 60  # seconds that anything may be waited for
DEADLINE = "it was not there within a minute"


@pytest.fixture(autouse=True)
def never_for_ever() -> Iterator[None]:
    """Whatever waits is ended, and the test with it."""

    def late(*given: object) -> None:
        pytest.fail(DEADLINE)

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LIMIT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def two() -> Iterator[Place]:
    """A scheduler with two workers, each a process of its own; no test ends one."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="localhost:0") as local:
        yield Place(scheduler=local.scheduler_address)


@pytest.fixture(autouse=True)
def learnt_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "learn", lambda history, *settings: england_in(history.years[-1]))


@pytest.fixture
def small(tmp_path: Path) -> Sweep:
    return read(SMALL, tmp_path)


def done(sweep: Sweep, folder: Path, place: Place) -> dict[str, bytes]:
    assert len(list(go_on(begin(sweep, shipped_world(), folder), shipped_world(), place))) == len(sweep.blocks)
    return files(folder)


@dataclass(frozen=True)
class Square:
    """A small piece of work."""

    def __call__(self, block: int) -> int:
        return block * block


SQUARE = Square()


def test_two_workers_give_the_same_files_to_the_last_byte(small: Sweep, two: Place, tmp_path: Path) -> None:
    assert done(small, tmp_path / "two", two) == done(small, tmp_path / "one", HERE)


@pytest.mark.parametrize(("kills", "lost"), [(1, 0), (4, 1), (6, 3)])
def test_a_block_that_ended_its_workers_is_tried_alone_and_then_given_up(
    kills: int, lost: int, two: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Dask tells of them; that a worker which is really killed changes nothing is measured in bench/sweep.py."""
    fetch, told = Future.result, []

    def killed(future: Future[Any], timeout: float | None = None) -> object:
        told.append(future)
        if len(told) <= kills:
            fetch(future, timeout)
            raise KilledWorker("block", last_worker=None, allowed_failures=ONCE)  # type: ignore[arg-type]
        return fetch(future, timeout)

    monkeypatch.setattr(Future, "result", killed)
    found = dict(results(SQUARE, range(3), two))
    given_up = [one for one in found.values() if isinstance(one, Lost)]
    assert len(given_up) == lost
    assert all(one.why.startswith("The workers that had it ended, mostly for want of memory.") for one in given_up)
    assert {block: one for block, one in found.items() if not isinstance(one, Lost)}.items() <= {
        (block, block * block) for block in range(3)
    }
    assert len(found) == 3


def fails(block: int) -> int:
    raise ValueError(f"{block} is wrong")


@dataclass(frozen=True)
class Unsendable:
    """Faults that cannot be sent from a worker as they are."""

    def __call__(self, block: int) -> int:
        fault = ValueError(f"{block} is wrong")
        fault.lock = threading.Lock()  # type: ignore[attr-defined]
        raise fault


def test_a_fault_of_the_work_is_its_own(two: Place) -> None:
    with pytest.raises(ValueError, match="1 is wrong"):
        list(results(fails, [1], two))
    with pytest.raises(RuntimeError, match="ValueError: 1 is wrong"):
        list(results(Unsendable(), [1], two))


@pytest.mark.parametrize("fault", [AttributeError("no '_do'"), TypeError("3 and not 2"), pickle.UnpicklingError("x")])
def test_a_fault_that_is_not_of_the_work_is_another_program(fault: Exception) -> None:
    class Old:
        def result(self, timeout: float) -> None:
            raise fault

    said = faults(lambda: cluster._result_of(Old()), DataError)  # type: ignore[arg-type]
    assert said[0].startswith("A machine of the cluster does not run the same program (it could not do what was sent")


def test_a_result_that_is_lost_before_it_is_fetched_is_waited_for(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker that holds it ends in between: Dask does the block again, and says nothing until then."""
    asked: list[float] = []
    fetch = Future.result

    def late(future: Future[Any], timeout: float | None = None) -> object:
        assert timeout is not None, "this would wait for ever"
        asked.append(timeout)
        if len(asked) <= 2:
            raise TimeoutError
        return fetch(future, timeout)

    monkeypatch.setattr(Future, "result", late)
    found = dict(results(SQUARE, range(4), two))
    assert found == {block: block * block for block in range(4)}
    assert len(asked) == 6


def test_a_result_that_never_comes_is_given_up_with_a_sentence(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def late(future: Future[Any], timeout: float | None = None) -> object:
        asked.append(timeout)
        raise TimeoutError

    monkeypatch.setattr(Future, "result", late)
    monkeypatch.setattr(cluster, "_FETCHES", 3)
    found = dict(results(SQUARE, range(1), two))
    assert isinstance(found[0], Lost)
    assert found[0].why.startswith("Its result was said to be there and could not be fetched, again and again")
    assert len(asked) == 2 * 3  # among the others, and alone


def test_a_cluster_that_takes_nothing_is_given_up(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever(*given: object, **more: object) -> None:
        await asyncio.sleep(LIMIT)

    monkeypatch.setattr(Client, "register_plugin", for_ever)
    monkeypatch.setattr(Client, "unregister_worker_plugin", for_ever)
    for name, value in (("_FIRST", 0.2), ("_ANSWER", 0.2), ("_TRIES", 2), ("_BETWEEN", 0.01)):
        monkeypatch.setattr(cluster, name, value)
    with Client(two.scheduler, timeout=LIMIT) as client:
        (said,) = faults(lambda: list(cluster.on_cluster(client, SQUARE, range(3))), DataError)
    assert said.startswith("The connection to the cluster was lost (")


def test_the_client_that_was_given_is_asked_and_not_the_newest(two: Place) -> None:
    with (
        Client(two.scheduler, timeout=LIMIT) as own,
        LocalCluster(n_workers=0, processes=False, dashboard_address="localhost:0") as other,
        Client(other, timeout=LIMIT),
    ):
        assert dict(cluster.on_cluster(own, SQUARE, range(3))) == {0: 0, 1: 1, 2: 4}


def test_a_worker_that_ends_as_the_work_is_brought_is_passed_by(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    register, tries = Client.register_plugin, []

    def ends(client: Client, *given: Any, **more: Any) -> object:
        tries.append(given)
        if len(tries) < 3:
            raise CommClosedError("the worker is gone")
        return register(client, *given, **more)

    monkeypatch.setattr(Client, "register_plugin", ends)
    monkeypatch.setattr(cluster, "_BETWEEN", 0.01)
    assert dict(results(SQUARE, range(3), two)) == {0: 0, 1: 1, 2: 4}
    assert len(tries) == 3


def test_a_block_that_is_lost_is_a_failed_cell_and_tried_again(
    small: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_lost(work: Any, blocks: Any, place: Place) -> Iterator[Any]:
        yield blocks[0], Lost("It was too large.")
        yield from ((block, work(block)) for block in blocks[1:])

    with monkeypatch.context() as patch:
        patch.setattr("explorer.sweep.run.results", first_lost)
        tried = list(go_on(begin(small, shipped_world(), tmp_path / "out"), shipped_world()))
    assert (tried[0].file, tried[0].why, tried[0].done) == (None, "It was too large.", 0)
    again = begin(small, shipped_world(), tmp_path / "out")
    assert [one.block for one in go_on(again, shipped_world())] == [small.blocks[0]]


def test_the_back_test_is_the_same_on_workers(two: Place) -> None:
    work = OriginWork(few(few(shipped_world().history.up_to(2018))), names(), settings())
    here, there = (pl.concat(found for _, found in in_order(work, (2016, 2017), place)) for place in (HERE, two))
    assert here.height > 200
    assert here.equals(there)


def test_placebos_are_the_same_on_workers(two: Place) -> None:
    world = shipped_world()
    codes = tuple(area.code for area in world.areas.authorities if area.existed(2018))
    figures = panel(world.table, REPEAT, codes, stock=False)
    work = PlaceboWork(figures, START, (2020,), world.evaluation.main.published, world.evaluation)
    here, there = (pl.concat(found for _, found in in_order(work, codes[:20], place)) for place in (HERE, two))
    assert here.equals(there)
    assert here["effect"].is_not_null().sum() > 15


def test_a_worker_with_another_program_is_refused(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**program(), "program": "9.9", "code": "changed"}
    monkeypatch.setattr(cluster, "program", lambda: other)
    (said,) = faults(lambda: list(results(SQUARE, range(3), two)), DataError)
    assert said.startswith("A machine of the cluster does not run the same program (program 0.1.0 and not 9.9, code ")
    assert said.endswith("install the version and libraries of this machine on the scheduler and every worker.")


def test_a_block_that_is_lost_stops_what_needs_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.sweep.place.results", lambda *given: iter([(1, Lost("It is gone."))]))
    assert faults(lambda: list(in_order(abs, [1])), DataError) == ("It is gone.",)


@pytest.mark.parametrize("fault", [CommClosedError("gone"), FuturesCancelledError([]), OSError("gone")])
def test_a_cluster_that_is_lost_in_the_middle_is_a_sentence(
    fault: Exception, two: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*given: object, **more: object) -> None:
        raise fault

    monkeypatch.setattr(cluster, "wait", lost)
    (said,) = faults(lambda: list(results(SQUARE, range(3), two)), DataError)
    assert said.startswith("The connection to the cluster was lost (")
    assert said.endswith("). The same command tries again.")


def test_a_cluster_without_workers_is_left_in_the_end(two: Place, monkeypatch: Any) -> None:
    def none_yet(*given: object, **more: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(cluster, "wait", none_yet)
    monkeypatch.setattr(cluster, "_threads", lambda client: 0)
    (said,) = faults(lambda: list(results(SQUARE, range(3), two)), DataError)
    assert said.startswith("The cluster has had no workers for two minutes.")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere:port", "ftp://10.0.0.1:80"])
def test_a_scheduler_that_is_not_there_is_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWER", 0.5)
    (said,) = faults(lambda: list(results(abs, [1], Place(scheduler=address))), DataError)
    assert said.startswith(f"No Dask scheduler answers at '{address}' (")


def test_nothing_to_do_asks_for_no_cluster() -> None:
    assert list(results(abs, [], Place(scheduler="tcp://127.0.0.1:9"))) == []
