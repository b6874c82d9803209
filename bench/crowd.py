"""Many readers at once in a process of their own: each opens a page and moves its controls until the time is up.

``python -m bench.crowd`` reads what to do from standard input as JSON and writes what came of it to standard output.
Nothing that goes wrong is left out: every fault, broken connection and missing picture is counted by its words. A
reader moves again only after the page stood, as people do.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection

from bench.connection import connected, over
from explorer.app.serving.page_control import Control, Value
from explorer.app.serving.visitor import Drawn, Visitor

PATIENCE = 60.0  # seconds that anything may take before it counts as lost
_LOOK = 0.05  # seconds between two looks at how late this process itself is


@dataclass(frozen=True)
class Reader:
    """One reader: where, on which page, by which link, and what of it is moved.

    ``moves`` names the pick lists that are moved; without any, all sliders are.
    """

    kind: str
    address: str
    page: str = ""
    link: dict[str, str] = field(default_factory=dict)
    moves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What a crowd does.

    Args:
        seconds: how long it moves; nought: it only opens.
        pause: seconds between a page that stands and the next movement, on average; from half to one and a half of it.
        arrive: seconds over which it arrives; nought: all at the same moment.
        stay: seconds after which each reader leaves and another takes the place; nought: all stay.
        servers: process numbers, whose memory and processor time are told.
        every: seconds between two looks at them.
    """

    readers: tuple[Reader, ...]
    seconds: float
    pause: float = 3.0
    arrive: float = 20.0
    stay: float = 0.0
    seed: int = 1
    servers: tuple[int, ...] = ()
    every: float = 30.0


class Crowd:
    """Readers at work, and what came of it."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.openings: dict[str, list[float]] = defaultdict(list)
        self.moves: dict[str, list[float]] = defaultdict(list)
        self.troubles: Counter[str] = Counter()
        self.messages = self.letters = 0
        self._arrived, self._begin = 0, asyncio.Event()
        self._until = float("inf")

    async def work(self) -> dict[str, Any]:
        """All of it: what was measured, as it is written."""
        ways = [asyncio.create_task(self._reader(place, one)) for place, one in enumerate(self.task.readers)]
        while self._arrived < len(ways) and not all(way.done() for way in ways):
            await asyncio.sleep(_LOOK)
        self.messages = self.letters = 0
        servers = [psutil.Process(number) for number in self.task.servers]
        began, busy, own = time.monotonic(), _processor(servers), time.process_time()
        self._until = began + self.task.seconds
        memory: list[list[float]] = []
        late: list[float] = []
        beside = (asyncio.create_task(_look(servers, self.task.every, memory)), asyncio.create_task(_lateness(late)))
        self._begin.set()
        for found in await asyncio.gather(*ways, return_exceptions=True):
            if isinstance(found, BaseException):
                self.troubles[f"a reader was lost: {type(found).__name__}: {found}"] += 1
        for one in beside:
            one.cancel()
        memory.append([time.monotonic() - began, *_memory(servers)])
        return {
            "seconds": time.monotonic() - began,
            "openings": self.openings,
            "moves": self.moves,
            "troubles": dict(self.troubles),
            "messages": self.messages,
            "letters": self.letters,
            "client_processor": time.process_time() - own,
            "client_late": late,
            "server_processor": [after - before for before, after in zip(busy, _processor(servers), strict=True)],
            "memory": memory,
        }

    async def _reader(self, place: int, one: Reader) -> None:
        chance = random.Random(f"{self.task.seed} {place}")  # noqa: S311 - a benchmark's choices
        await asyncio.sleep(self.task.arrive * place / len(self.task.readers))
        first = True
        while first or time.monotonic() < self._until:
            visitor = await self._come(one)
            if first:
                self._arrived += 1
                first = False
            if visitor is not None:
                await self._begin.wait()
                await self._stay(visitor, one, chance)
            elif self.task.seconds:
                await asyncio.sleep(self.task.pause)
            if not self.task.seconds:
                return

    async def _come(self, one: Reader) -> "_Place | None":
        began = time.perf_counter()
        try:
            connection = await connected(one.address, PATIENCE)
            visitor = Visitor(*over(connection, PATIENCE), one.address)
            drawn = await visitor.open(one.page, one.link)
        except (ConnectionError, TimeoutError) as problem:
            self._count(one, problem)
            return None
        self.openings[one.kind].append(time.perf_counter() - began)
        self._note(one, drawn)
        return _Place(visitor, connection)

    async def _stay(self, place: "_Place", one: Reader, chance: random.Random) -> None:
        leaves = min(self._until, time.monotonic() + (self.task.stay or float("inf")))
        movements = _movements(place.visitor, one, chance)
        try:
            while True:
                await asyncio.sleep(self.task.pause * chance.uniform(0.5, 1.5))
                if time.monotonic() >= leaves:
                    return
                drawn = await place.visitor.move(*next(movements))
                self.moves[one.kind].append(drawn.seconds)
                self._note(one, drawn)
        except (ConnectionError, TimeoutError, KeyError) as problem:
            self._count(one, problem)
        finally:
            await place.connection.close()

    def _note(self, one: Reader, drawn: Drawn) -> None:
        self.messages += drawn.messages
        self.letters += drawn.letters
        for fault in (*drawn.faults, *drawn.errors):
            self.troubles[f"{one.kind}: {fault}"] += 1
        if not drawn.pictures and one.kind != "bare":
            self.troubles[f"{one.kind}: no picture came"] += 1
        if drawn.begun_again:
            self.troubles[f"{one.kind}: a run ended early"] += drawn.begun_again

    def _count(self, one: Reader, problem: Exception) -> None:
        self.troubles[f"{one.kind}: {type(problem).__name__}: {problem}"] += 1


@dataclass(frozen=True)
class _Place:
    """A reader who has come in."""

    visitor: Visitor
    connection: ClientConnection


def _movements(visitor: Visitor, one: Reader, chance: random.Random) -> Iterator[tuple[str, Value]]:
    """What the reader moves next, for ever: any control of the page to any of its values but the one it has."""
    while True:
        controls = [control for control in visitor.controls.values() if _moved(control, one.moves)]
        if not controls:
            raise KeyError(f"nothing to move on {one.kind} ({one.link.get('area', '')})")
        control = chance.choice(controls)
        yield control.label, chance.choice([value for value in _values(control) if value != control.shown()])


def _moved(control: Control, names: tuple[str, ...]) -> bool:
    return control.label in names if names else control.kind == "slider"


def _values(control: Control) -> list[Value]:
    """The values that its reader can give it."""
    if control.kind == "slider":
        element = control.element
        steps = round((element.max - element.min) / element.step)
        return [round(element.min + step * element.step, 6) for step in range(steps + 1)]
    return list(control.element.options)


def _processor(servers: list[psutil.Process]) -> list[float]:
    """Seconds that each has been on a processor."""
    return [float(sum(server.cpu_times()[:2])) for server in servers]


def _memory(servers: list[psutil.Process]) -> list[float]:
    """Megabytes that each holds."""
    return [server.memory_info().rss / 2**20 for server in servers]


async def _look(servers: list[psutil.Process], every: float, found: list[list[float]]) -> None:
    """Put the memory of the servers into a list again and again, after the seconds since the first time."""
    began = time.monotonic()
    while True:
        found.append([time.monotonic() - began, *_memory(servers)])
        await asyncio.sleep(every)


async def _lateness(found: list[float]) -> None:
    """Put into a list by how many seconds this process is late itself: that much of what it measures is its own."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(_LOOK)
        found.append(time.perf_counter() - asked - _LOOK)


def main() -> None:
    """Do the task of standard input."""
    given = json.load(sys.stdin)
    readers = tuple(Reader(**one | {"moves": tuple(one["moves"])}) for one in given.pop("readers"))
    crowd = Crowd(Task(readers, **given | {"servers": tuple(given["servers"])}))
    json.dump(asyncio.run(crowd.work()), sys.stdout)


if __name__ == "__main__":
    main()
