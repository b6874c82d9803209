"""Ten thousand hostile inputs to the app in this process: ``python -m bench.hostile``; recorded in hostile.json.

Beside them a reader who loaded a file of their own goes on reading. Nothing may raise, no exception may be shown, the
process has to live, that reader's figures have to stay, and nothing of their file may come to anybody else.
"""

import asyncio
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from starlette.types import ASGIApp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench import hostile_inputs as inputs
from bench.hostile_lines import Line, ask, running
from bench.recorded import RESULTS, machine
from explorer.app.serving.visitor import Visitor
from explorer.errors import DataError
from explorer.models.scenario_file import read_scenario
from explorer.records.loaded import Sent, loaded_records
from explorer.world import World
from tests import plan_samples

ROOT = Path(__file__).parents[1]
COUNTS = {"links": 1500, "files": 2500, "what-ifs": 2500, "messages": 2000, "requests": 2000}
MARK = "QX7SOMEBODYSCHILD"  # in the file of the reader beside
_PAGES = ("what_if", "neighbours", "saved", "join", "data", "trends", "did_it_work", "")
_IN_A_ROW = 15  # messages of one conversation


@dataclass
class Found:
    """What came of one kind of input.

    ``tried`` how many; ``told`` of how many an exception that nobody foresaw ended the run of its sender's page, who
    was told a sentence with a number; ``faults`` what must not be, each with the number of its input; ``slowest``
    seconds.
    """

    tried: int = 0
    told: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def fault(self, number: int, what: str) -> None:
        """Keep what was wrong with an input."""
        self.faults.append(f"{number}: {what}"[:300])


def good_links() -> list[tuple[str, str]]:
    """Pages by their names in their addresses, each with the query string of a link to it."""
    entries = yaml.safe_load((ROOT / "tests" / "links.yaml").read_text(encoding="utf-8"))["links"]
    return [("" if one["page"] == "briefing" else one["page"], one["link"]) for one in entries]


def good_what_ifs() -> list[str]:
    """The what-ifs that ship."""
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "config" / "scenarios").glob("*.yaml"))]


def good_files() -> list[bytes]:
    """A small file of plan records of each kind."""
    rows = [plan_samples.annex_a_row(f"c{at}") for at in range(3)]
    sheets = {"List_7": [plan_samples.ANNEX_A, *rows]}
    plain = "child_id,start_date,end_date,previous_plans,initial_category,latest_category\n"
    plain += "".join(f"c{at},2018-0{at % 9 + 1}-11,2019-02-03,{at % 3},NEG,EMO\n" for at in range(20))
    children = [plan_samples.child(f"{MARK}{at}", plan_samples.plan("2018-05-01")) for at in range(5)]
    import polars as pl  # noqa: PLC0415 - only here

    table = pl.read_csv(plain.encode())
    return [
        plain.encode(),
        plan_samples.census(*children).replace("</Header>", "<Source><LEA>358</LEA></Source></Header>").encode(),
        plan_samples.workbook(**sheets),
        plan_samples.comma_separated(plan_samples.ANNEX_A, *rows).encode(),
        plan_samples.comma_separated(plan_samples.SSD, plan_samples.ssd_row()).encode(),
        plan_samples.parquet(table),
    ]


def look(came: Sequence[ForwardMsg], found: Found, number: int) -> None:
    """Look whether what came shows an exception or another reader's file, and count the sentences for faults."""
    for said in came:
        if MARK.encode() in said.SerializeToString():
            found.fault(number, "another reader's file was seen")
        if said.WhichOneof("type") == "delta" and said.delta.WhichOneof("type") == "new_element":
            element = said.delta.new_element
            if element.WhichOneof("type") == "exception":
                found.fault(number, f"exception: {element.exception.type} {element.exception.message}")
            if element.WhichOneof("type") == "alert" and "Something went wrong here" in element.alert.body:
                found.told += 1
                found.kinds["told a number"] += 1
        if (
            said.WhichOneof("type") == "script_finished"
            and said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
        ):
            found.fault(number, "the page does not compile")


async def links(app: ASGIApp, rng: random.Random, count: int, found: Found) -> None:
    """Open links as a new reader each time the last one ended."""
    good = good_links()
    number = 0
    while number < count:
        async with Line(app) as line:
            for _ in range(_IN_A_ROW):
                number += 1
                page, query = inputs.link(rng, good)
                opened = BackMsg()
                opened.rerun_script.page_name, opened.rerun_script.query_string = page, query
                if not await _say(line, opened.SerializeToString(), number, found):
                    break


async def _say(line: Line, message: bytes | str, number: int, found: Found) -> bool:
    found.tried += 1
    began = time.perf_counter()
    try:
        came, goes_on = await line.say(message)
    except TimeoutError:
        found.fault(number, "a run of a page began and did not end")
        return False
    except Exception as problem:
        found.fault(number, f"raised {type(problem).__name__}: {problem}")
        return False
    found.slowest = max(found.slowest, time.perf_counter() - began)
    found.kinds["went on" if goes_on else "hung up on"] += 1
    look(came, found, number)
    return goes_on


async def messages(app: ASGIApp, rng: random.Random, count: int, found: Found, strangers_file: str = "x") -> None:
    """Open a page as it should be, and then send it what no page sends."""
    number = 0
    while number < count:
        async with Line(app) as line:
            visitor = Visitor(line.send, line.receive)
            await visitor.open(rng.choice(_PAGES), {"v": "1", "area": "358", "year": "2018"})
            await visitor.open(rng.choice(_PAGES), {"v": "1", "area": "358", "year": "2018", "data": "sample"})
            good = line.last
            if visitor.controls:  # a movement holds the state of every control
                control = rng.choice(list(visitor.controls.values()))
                state = BackMsg.FromString(good)
                state.rerun_script.fragment_id = control.fragment
                del state.rerun_script.widget_states.widgets[:]
                for one in visitor.controls.values():
                    state.rerun_script.widget_states.widgets.add(id=one.identity)
                state.rerun_script.page_name = ""
                good = state.SerializeToString()
            for _ in range(_IN_A_ROW):
                number += 1
                if not await _say(line, inputs.message(rng, good, strangers_file), number, found):
                    break


async def requests(app: ASGIApp, rng: random.Random, count: int, found: Found) -> None:
    """Ask for what there is not, in ways that nobody should."""
    for number in range(1, count + 1):
        method, path, headers, body = inputs.request(rng)
        found.tried += 1
        began = time.perf_counter()
        try:
            status, given, answer = await ask(app, method, path, headers, body)
        except Exception as problem:
            found.fault(number, f"{method} {path[:80]} raised {type(problem).__name__}: {problem}")
            continue
        found.slowest = max(found.slowest, time.perf_counter() - began)
        found.kinds[str(status)] += 1
        names = {name.lower() for name, _ in given}
        if status in (0, 500) or b"Traceback" in answer or MARK.encode() in answer:
            found.fault(number, f"{method} {path[:80]} gave {status}")
        if not {b"content-security-policy", b"x-content-type-options"} <= names:
            found.fault(number, f"{method} {path[:80]} came without its headers")


def files(world: World, rng: random.Random, count: int, found: Found) -> None:
    """Read files as the page does, here without the program of its own that the page puts around it."""
    good, authorities = good_files(), frozenset(area.code for area in world.areas.authorities)
    for number in range(1, count + 1):
        sent = inputs.file(rng, good), Sent("file.csv", "358"), world.rules, authorities, lambda share, words: None
        _read(found, number, partial(loaded_records, *sent))


def what_ifs(world: World, rng: random.Random, count: int, found: Found) -> None:
    """Read what-ifs as the page does."""
    good = good_what_ifs()
    for number in range(1, count + 1):
        _read(found, number, partial(read_scenario, inputs.what_if(rng, good), world.models.what_if))


def _read(found: Found, number: int, read: Callable[[], object]) -> None:
    found.tried += 1
    began = time.perf_counter()
    try:
        read()
        found.kinds["read"] += 1
    except DataError as problem:
        found.kinds["refused"] += 1
        if any(len(fault) > 2000 or "Traceback" in fault for fault in problem.faults):
            found.fault(number, f"a sentence that nobody can read: {str(problem)[:100]}")
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
        found.fault(number, f"raised {type(problem).__name__}: {problem}")
    found.slowest = max(found.slowest, time.perf_counter() - began)


class ReaderBeside:
    """A reader with a file of their own, who goes on reading."""

    def __init__(self, app: ASGIApp, line: Line) -> None:
        self._app, self._line = app, line
        self._visitor = Visitor(line.send, self._heard)
        self._came: list[ForwardMsg] = []
        self.file = ""

    async def _heard(self) -> bytes:
        came = await self._line.receive()
        self._came.append(ForwardMsg.FromString(came))
        return came

    async def load(self) -> None:
        """Load a census return whose children have names that are found again."""
        await self._visitor.open("data")
        asked = BackMsg()
        asked.file_urls_request.request_id = "r"
        asked.file_urls_request.file_names.append("return.xml")
        await self._line.send(asked.SerializeToString())
        while (said := ForwardMsg.FromString(await self._line.receive())).WhichOneof("type") != "file_urls_response":
            pass
        where = said.file_urls_response.file_urls[0]
        self.file = where.file_id
        _, given, _ = await ask(self._app, "GET", "/_stcore/health")
        cookie = next(value for name, value in given if name.lower() == b"set-cookie" and b"_streamlit_xsrf" in value)
        token = cookie.split(b";")[0].partition(b"=")[2]
        body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="return.xml"\r\n\r\n'
        body += good_files()[1] + b"\r\n--b--\r\n"
        headers = [
            (b"host", b"localhost"),
            (b"content-length", b"%d" % len(body)),
            (b"content-type", b"multipart/form-data; boundary=b"),
            (b"cookie", b"_streamlit_xsrf=" + token),
            (b"x-xsrftoken", token),
        ]
        status, _, _ = await ask(self._app, "PUT", where.upload_url, headers, body)
        assert status == 204, status
        box = next(one for one in self._visitor.controls.values() if one.kind == "file_uploader")
        moved = BackMsg()
        moved.rerun_script.page_name = "data"
        state = moved.rerun_script.widget_states.widgets.add(id=box.identity)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = where.file_id, "return.xml", len(body)
        info.file_urls.CopyFrom(where)
        came, _ = await self._line.say(moved.SerializeToString())
        assert any(b"Loaded" in said.SerializeToString() for said in came), "the file was not loaded"

    async def figures(self) -> str:
        """A digest of everything that two pages say from the file, without what names a run."""
        self._came = []
        for page in ("neighbours", "trends"):
            drawn = await self._visitor.open(page)
            assert not drawn.faults, drawn.faults
        said = sorted(
            one.delta.new_element.markdown.body
            for one in self._came
            if one.WhichOneof("type") == "delta" and one.delta.new_element.WhichOneof("type") == "markdown"
        )
        assert said
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


Ask = Callable[[ASGIApp, random.Random, int, Found], Awaitable[None]]


async def try_all(app: ASGIApp, world: World, counts: dict[str, int], seed: int) -> dict[str, Found]:
    """Everything, each kind with its own seed, with the reader beside it before, between and after."""
    found: dict[str, Found] = {kind: Found() for kind in counts}
    async with Line(app) as own:
        beside = ReaderBeside(app, own)
        await beside.load()
        before = await beside.figures()
        for kind, count in counts.items():
            rng = random.Random(f"{seed} {kind}")  # noqa: S311 - nothing is kept secret by it
            match kind:
                case "links":
                    await links(app, rng, count, found[kind])
                case "messages":
                    await messages(app, rng, count, found[kind], beside.file)
                case "requests":
                    await requests(app, rng, count, found[kind])
                case "files":
                    await asyncio.to_thread(files, world, rng, count, found[kind])
                case "what-ifs":
                    await asyncio.to_thread(what_ifs, world, rng, count, found[kind])
            if await beside.figures() != before:
                found[kind].fault(0, "the figures of the reader beside have changed")
    return found


async def _main(counts: dict[str, int], seed: int, *, warm: bool) -> dict[str, Found]:
    from explorer.app import cached  # noqa: PLC0415 - the server sets itself up when it is imported
    from explorer.app.serving import server  # noqa: PLC0415

    if not warm:
        setattr(server, "warm_up", _no_warm_up)  # noqa: B010 - a name of another module
    async with running(server.app):
        return await try_all(server.app, cached.world(), counts, seed)


async def _no_warm_up(*_: object) -> None:
    """Nothing: a few inputs are tried sooner without it."""


def main() -> None:
    """Try all of them, print what came of it and record it; with a share such as 0.02, that share of them alone."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    began = time.perf_counter()
    found = asyncio.run(
        _main({kind: max(1, int(count * share)) for kind, count in COUNTS.items()}, 8, warm=share == 1.0)
    )
    record: dict[str, Any] = {
        "machine": machine(),
        "inputs": sum(one.tried for one in found.values()),
        "faults": sum(len(one.faults) for one in found.values()),
        "told_a_number": sum(one.told for one in found.values()),  # a fault that nobody foresaw, told as a sentence
        "seconds": round(time.perf_counter() - began),
        "kinds": {kind: asdict(one) | {"kinds": dict(one.kinds)} for kind, one in found.items()},
    }
    for kind, one in found.items():
        print(f"{kind}: {one.tried} tried, {len(one.faults)} faults, {one.told} told a number")
        print(f"  slowest {one.slowest:.1f} s; {dict(one.kinds)}")
        print("\n".join(one.faults[:30]))
    print(f"{record['told_a_number']} ended in an exception that its sender was told of in a sentence with a number")
    print(f"{record['inputs']} inputs, {record['faults']} faults")
    if share == 1.0:
        (RESULTS / "hostile.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
