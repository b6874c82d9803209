"""A room full of readers: how long each waits while all move something, open at once, or stay for an hour.

``python -m bench.load`` measures all but the hour and writes bench/results/load.json; ``python -m bench.load endurance
--minutes 60`` is the hour (endurance.json). With the name of a scenario it measures that alone and records nothing:
``python -m bench.load moving --viewers 50 --seconds 30``. The readers are in a process of their own on the same machine
and speak the messages of a browser (bench/crowd.py); a bare page of one slider is measured by the same readers.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from bench.crowd import Reader, Task
from bench.recorded import Bar, at_most, bars_met, quantile, record, spread, table
from bench.served import Server, bare, end_with_servers, explorer
from explorer.models.scenario_code import scenario_code
from explorer.world import World, load_world

ROOT = Path(__file__).parents[1]
Found = dict[str, Any]
# Of a hundred readers: what they look at, and which pick lists they move (without: the sliders).
MIX = {"what_if": 70, "neighbours": 10, "trends": 10, "briefing": 10}
MOVED = {
    "what_if": (),
    "neighbours": ("Measure",),  # not in every year is there something to draw
    "trends": ("Measure",),
    "briefing": ("Year to March",),
}
PAGES = {"what_if": "what_if", "neighbours": "neighbours", "trends": "trends", "briefing": ""}
ROOM = ("358", "356", "355", "353")  # Trafford's committee, and three authorities that visit it
BARE = "bare"


def readers(world: World, addresses: Sequence[str], viewers: int, mix: dict[str, int], seed: int = 1) -> list[Reader]:
    """Readers spread over pages, authorities, years and what-ifs; over the servers in turns."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's choices
    areas = cycle(chance.sample(_large_enough(world), k=len(_large_enough(world))))
    codes = [scenario_code(one, world.models.what_if) for one in world.models.scenarios.values()]
    kinds = [kind for kind, share in mix.items() for _ in range(share)]
    chosen = [kinds[place * len(kinds) // viewers] for place in range(viewers)]
    chance.shuffle(chosen)
    found = []
    for kind, address in zip(chosen, cycle(addresses), strict=False):
        link = {"v": "1", "area": next(areas), "year": str(world.years[-1])}
        if kind == "what_if":
            link["if"] = chance.choice(codes)
        found.append(Reader(kind, address, PAGES[kind], link, MOVED[kind]))
    return found


def _large_enough(world: World) -> list[str]:
    """Authorities that a what-if can be shown for in the newest year."""
    history = world.history
    enough = (np.nan_to_num(history.started[:, -1]) >= world.models.fewest) & (np.nan_to_num(history.open[:, -1]) > 0)
    held = set(np.array(history.areas)[enough])
    return [area.code for area in world.areas.authorities if area.code in held]


def of_the_room(world: World, address: str, viewers: int, kind: str) -> list[Reader]:
    """Readers who have one meeting's link, each for one of four authorities."""
    code = scenario_code(world.models.scenarios["what_trafford_planned_2018"], world.models.what_if)
    held = {"if": code} if kind == "what_if" else {}
    areas = cycle(ROOM)
    return [
        Reader(kind, address, PAGES[kind], {"v": "1", "area": next(areas), "year": "2018", **held})
        for _ in range(viewers)
    ]


def bare_readers(address: str, viewers: int) -> list[Reader]:
    """Readers of the bare page."""
    return [Reader(BARE, address)] * viewers


def sent_out(task: Task) -> Found:
    """What came of a crowd in a process of its own, in milliseconds, by kind of page and all together."""
    command = [sys.executable, "-m", "bench.crowd"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    given = json.dumps(asdict(task)).encode()
    done = subprocess.run(command, cwd=ROOT, env=environment, input=given, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return told(task, json.loads(done.stdout))


def told(task: Task, raw: Found) -> Found:
    """A crowd's figures in few numbers."""
    moves, openings = _in_milliseconds(raw["moves"]), _in_milliseconds(raw["openings"])
    count = len(moves["all"])
    memory = np.array(raw["memory"])
    return {
        "viewers": len(task.readers),
        "seconds": raw["seconds"],
        "pause": task.pause,
        "arrive": task.arrive,
        "movements": count,
        "moves": {kind: spread(figures) | {"count": len(figures)} for kind, figures in moves.items()},
        "openings": {kind: spread(figures) | {"count": len(figures)} for kind, figures in openings.items()},
        "troubles": raw["troubles"],
        "troubles_in_all": sum(raw["troubles"].values()),
        "messages_each_movement": raw["messages"] / max(1, count),
        "kilobytes_each_movement": raw["letters"] / 1000 / max(1, count),
        "server_processor_each_movement": 1000 * sum(raw["server_processor"]) / max(1, count),
        "server_processors_busy": [busy / raw["seconds"] for busy in raw["server_processor"]],
        "client_processor_busy": raw["client_processor"] / raw["seconds"],
        "client_late_p95": 1000 * quantile(raw["client_late"], 0.95),
        "memory_at_start": list(memory[0, 1:]),
        "memory_at_end": list(memory[-1, 1:]),
        "memory_most": list(memory[:, 1:].max(axis=0)),
        "memory": raw["memory"],
    }


def _in_milliseconds(by_kind: dict[str, list[float]]) -> dict[str, list[float]]:
    found = {kind: [1000 * one for one in figures] for kind, figures in by_kind.items()}
    return {**found, "all": [one for figures in found.values() for one in figures]}


def moving(world: World, servers: Sequence[Server], viewers: int, seconds: float, mix: dict[str, int]) -> Found:
    """Readers who all move something every three seconds; other mixes have other readers, who find nothing cached."""
    addresses = [server.address for server in servers]
    who = tuple(readers(world, addresses, viewers, mix, seed := len(mix)))
    return sent_out(Task(who, seconds, seed=seed, servers=_numbers(servers)))


def opening(world: World, server: Server, viewers: int, kind: str) -> Found:
    """Readers who all open one meeting's link at the same moment."""
    task = Task(tuple(of_the_room(world, server.address, viewers, kind)), 0, arrive=0, servers=_numbers([server]))
    return sent_out(task)


def one_alone(world: World, app: Server, plain: Server, seconds: float) -> dict[str, Found]:
    """One reader and nobody else: of What if and of the bare page, in turns so that the machine's moods meet both."""
    of_app = tuple(of_the_room(world, app.address, 1, "what_if"))
    of_plain = tuple(bare_readers(plain.address, 1))
    found: dict[str, list[Found]] = {"what_if": [], BARE: []}
    for seed in range(2):  # another one moves to other values: what is in a cache would be told too fast
        for name, who, server in (("what_if", of_app, app), (BARE, of_plain, plain)):
            task = Task(who, seconds, pause=0.3, arrive=0, seed=seed, servers=_numbers([server]))
            found[name].append(sent_out(task))
    return {name: min(two, key=lambda one: one["moves"]["all"]["median"]) for name, two in found.items()}


def endurance(world: World, server: Server, viewers: int, minutes: float) -> Found:
    """Readers who move something for as long as an afternoon's meeting, each leaving for another after five minutes."""
    who = tuple(readers(world, [server.address], viewers, MIX))
    task = Task(who, 60 * minutes, stay=300, servers=_numbers([server]))
    return sent_out(task)


def _numbers(servers: Sequence[Server]) -> tuple[int, ...]:
    return tuple(server.process.pid for server in servers)


def measured(world: World, seconds: float, viewers: int) -> Found:
    """All scenarios but the hour.

    Args:
        seconds: how long the readers move.
        viewers: of one process; two have twice as many.
    """
    found: Found = {"mix": MIX, "moved": MOVED}
    with tempfile.TemporaryDirectory() as folder, bare(Path(folder)) as plain:
        with _explorers(1) as (app,):
            found["memory_warm"] = app.memory()
            alone = one_alone(world, app, plain, min(15.0, seconds))
            found |= {"one reader, what if": alone["what_if"], "one reader, bare page": alone[BARE]}
            for kind in ("briefing", "what_if"):
                found[f"opening at once, {kind}"] = opening(world, app, viewers, kind)
            found["moving, all on what if"] = moving(world, [app], viewers, seconds, {"what_if": 1})
            found["moving, mixed"] = moving(world, [app], viewers, seconds, MIX)
            found["log"] = app.faults()
        crowd = Task(tuple(bare_readers(plain.address, viewers)), seconds / 2, servers=_numbers([plain]))
        found["bare page, as many"] = sent_out(crowd)
    with _explorers(2) as apps:
        found["two replicas, all on what if"] = moving(world, apps, 2 * viewers, seconds, {"what_if": 1})
        found["two replicas, mixed"] = moving(world, apps, 2 * viewers, seconds, MIX)
        found["log"] += [line for app in apps for line in app.faults()]
    return found


@contextmanager
def _explorers(count: int) -> Iterator[list[Server]]:
    """Replicas of the program, with one place for what they keep."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        yield [stack.enter_context(explorer(Path(folder))) for _ in range(count)]


def bars_of(found: Found, viewers: int) -> list[Bar]:
    """What it should show."""
    bars = []
    for what in ("all on what if", "mixed"):
        here, replicas = found[f"moving, {what}"], found[f"two replicas, {what}"]
        name = f"{viewers} readers, one process, {what}"
        bars += [
            at_most(f"{name}: median in milliseconds", here["moves"]["all"]["median"], 60),
            at_most(f"{name}: p95 in milliseconds", here["moves"]["all"]["p95"], 250),
            at_most(f"{name}: troubles", here["troubles_in_all"], 0),
            at_most(f"{name}: megabytes held", max(here["memory_most"]), 350),
            at_most(
                f"{2 * viewers} on two replicas, {what}: p95 in milliseconds", replicas["moves"]["all"]["p95"], 250
            ),
            at_most(f"{2 * viewers} on two replicas, {what}: troubles", replicas["troubles_in_all"], 0),
        ]
    for kind in ("briefing", "what_if"):
        opened = found[f"opening at once, {kind}"]
        bars.append(
            at_most(f"{viewers} opening at once, {kind}: p95 in milliseconds", opened["openings"]["all"]["p95"], 3000)
        )
        bars.append(at_most(f"{viewers} opening at once, {kind}: troubles", opened["troubles_in_all"], 0))
    return bars


def _with_ratios(found: Found) -> None:
    """Put beside each crowd how many times as long as on the bare page of the same run its readers wait."""
    for name, one in found.items():
        if isinstance(one, dict) and "moves" in one and one["movements"]:
            beside = found["one reader, bare page" if "one reader" in name else "bare page, as many"]
            one["ratio_to_bare_page"] = {
                part: one["moves"]["all"][part] / beside["moves"]["all"][part] for part in ("median", "p95")
            }


def shown(found: Found) -> None:
    """Print what was found, a line a crowd and kind of page."""
    rows: dict[str, dict[str, float]] = {}
    for name, one in found.items():
        if isinstance(one, dict) and "moves" in one:
            for what in ("moves", "openings"):
                for kind, figures in one[what].items():
                    if figures["count"] and (what == "openings") == name.startswith("opening"):
                        rows[f"{name}: {kind}"] = figures
            rows[f"{name}: beside"] = {
                "troubles": one["troubles_in_all"],
                "server ms/move": one["server_processor_each_movement"],
                "server busy": max(one["server_processors_busy"]),
                "client busy": one["client_processor_busy"],
                "client late p95": one["client_late_p95"],
                "messages/move": one["messages_each_movement"],
                "kB/move": one["kilobytes_each_movement"],
                "MB": max(one["memory_most"]),
                "ratio to bare": one.get("ratio_to_bare_page", {}).get("median", float("nan")),
            }
    table(rows)
    for name, one in found.items():
        if isinstance(one, dict) and one.get("troubles"):
            print(f"{name}: {one['troubles']}")


def slope(looks: Sequence[Sequence[float]], settled: float) -> list[float]:
    """Megabytes an hour that each server gains, by least squares over what comes after a time to settle in.

    Args:
        looks: seconds, then megabytes of each server.
        settled: seconds.
    """
    kept = np.array([look for look in looks if look[0] >= settled])
    return [float(3600 * np.polyfit(kept[:, 0], kept[:, place], 1)[0]) for place in range(1, kept.shape[1])]


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", default="all", choices=["all", "moving", "opening", "endurance"])
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--mixed", action="store_true", help="not all on What if")
    parser.add_argument("--replicas", type=int, default=1)
    options = parser.parse_args()
    end_with_servers()
    world = load_world()
    if options.scenario == "all":
        found = measured(world, options.seconds, options.viewers)
        _with_ratios(found)
        bars = bars_of(found, options.viewers)
        shown(found)
        bars_met(bars)
        record("load", found, bars)
        return
    with _explorers(options.replicas) as apps:
        if options.scenario == "opening":
            shown({f"opening, {kind}": opening(world, apps[0], options.viewers, kind) for kind in PAGES})
        elif options.scenario == "moving":
            mix = MIX if options.mixed else {"what_if": 1}
            shown({"moving": moving(world, apps, options.viewers, options.seconds, mix)})
        else:
            _endured(world, apps[0], options.viewers, options.minutes)
        for app in apps:
            print("\n".join(app.faults()))


def _endured(world: World, app: Server, viewers: int, minutes: float) -> None:
    """The long run, recorded where it was an hour or more."""
    warm, found = app.memory(), endurance(world, app, viewers, minutes)
    found |= {"memory_warm": warm, "megabytes_an_hour": slope(found["memory"], 60 * minutes / 3), "log": app.faults()}
    shown({"endurance": found})
    bars = [
        at_most("Megabytes held at most", max(found["memory_most"]), 350),
        at_most("Megabytes gained an hour, once settled", max(found["megabytes_an_hour"]), 10),
        at_most("Troubles", found["troubles_in_all"] + len(found["log"]), 0),
    ]
    bars_met(bars)
    if minutes >= 60:
        record("endurance", found, bars)


if __name__ == "__main__":
    main()
