"""What the program says of itself: well or not and why, its counts, and its log without anybody's data."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import logger as of_streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime

from explorer.app.serving import health, logs, measures, replicas
from explorer.app.serving.limits import OWN_VISITOR
from explorer.app.serving.visitor import Drawn
from explorer.app.serving.watching import Watching
from explorer.serving_names import LEAVING, LOG
from explorer.serving_stop import Server, Stop
from tests.asgi import Answered, answered
from tests.fixtures import shipped_world

RULES = shipped_world().config.serving.health


class Visits:
    """In the place of the program's own visitor: counts, and does as it is told."""

    def __init__(self, page: Callable[[], Any] = Drawn) -> None:
        self.count, self._page = 0, page

    @asynccontextmanager
    async def __call__(self, _: ASGIApp) -> AsyncIterator[Any]:
        self.count += 1

        async def opened(*_: object) -> Drawn:
            found = self._page()
            drawn: Drawn = await found if asyncio.iscoroutine(found) else found
            return drawn

        yield SimpleNamespace(open=opened)


def ready(visits: Visits, database: Callable[[], str] = lambda: "there", **more: Any) -> health.Readiness:
    return health.Readiness(Starlette(), RULES, database, visits, **more)


def served(asked: health.Readiness | None, path: str = "/health/ready", *, leaving: bool = False) -> Answered:
    app = Starlette(routes=health.routes(lambda: asked))
    return answered(app, path, state={LEAVING: True} if leaving else {})


def test_a_page_that_comes_is_ready_and_many_who_ask_open_it_once() -> None:
    visits, now = Visits(), [0.0]
    asked = ready(visits, clock=lambda: now[0])

    async def many() -> None:
        answers = await asyncio.gather(*(asked.answer() for _ in range(50)))
        assert {answer.ready for answer in answers} == {True}
        now[0] = RULES.kept.value - 0.1
        await asked.answer()
        assert visits.count == 1
        now[0] = RULES.kept.value
        await asked.answer()
        assert visits.count == 2

    asyncio.run(many())


def broken() -> Drawn:
    return Drawn(faults=["password=hunter2"])


def not_let_in() -> Drawn:
    raise ConnectionError("hunter2")


async def _never() -> Drawn:
    await asyncio.sleep(60)
    return Drawn()


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (broken, "the page shows a fault"),
        (not_let_in, "no page can be opened"),
        (_never, "the page did not come in time"),
    ],
)
def test_a_page_that_does_not_come_is_503_with_a_reason_and_no_secret(
    page: Callable[[], Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = RULES.model_copy(update={"limit": RULES.limit.model_copy(update={"value": 0.05})})
    asked = health.Readiness(Starlette(), rules, lambda: "there", Visits(page))
    answer = served(asked)
    assert answer.status == 503
    assert answer.json() == {"ready": False, "reason": reason, "saved_views": "there"}
    assert "hunter2" not in answer.text


def test_before_it_is_warm_and_when_it_leaves_it_is_alive_and_not_ready() -> None:
    for asked, leaving, reason in ((None, False, "warming up"), (ready(Visits()), True, "leaving")):
        assert served(asked, "/health/live", leaving=leaving).status == 200
        answer = served(asked, leaving=leaving)
        assert (answer.status, answer.json()["reason"]) == (503, reason)
        assert answer.headers["cache-control"] == "no-store"


def test_without_the_database_it_is_ready_and_says_so() -> None:
    answer = served(ready(Visits(), lambda: "away"))
    assert (answer.status, answer.json()["saved_views"]) == (200, "away")


# --- What one replica leaves to the other


class _Runtime:
    """In the place of Streamlit's."""

    @staticmethod
    def is_active_session(name: str) -> bool:
        return name == "mine"


def test_a_file_of_another_replicas_reader_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "instance", lambda: _Runtime)
    taken = Route("/{path:path}", lambda _: PlainTextResponse("taken"), methods=["PUT", "DELETE", "GET"])
    app = replicas.Replicas(Starlette(routes=[taken]))
    for method in ("PUT", "DELETE"):
        assert answered(app, "/_stcore/upload_file/mine/file", method).text == "taken"
        assert answered(app, "/_stcore/upload_file/another/file", method).status == 503
    assert answered(app, "/anything").text == "taken"


@pytest.mark.parametrize("leaving", [True, False])
def test_a_replica_that_leaves_opens_no_new_page(*, leaving: bool) -> None:
    said: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    async def heard(message: Message) -> None:
        said.append(message)

    scope = {"type": "websocket", "extensions": {"websocket.http.response": {}}, "state": {LEAVING: leaving}}
    asyncio.run(replicas.Replicas(app)(scope, _nothing, heard))
    assert said[0] == (
        {"type": "websocket.http.response.start", "status": 503, "headers": [(b"content-type", b"text/plain")]}
        if leaving
        else {"type": "websocket.accept"}
    )


async def _nothing() -> Message:
    return {"type": "websocket.connect"}


def talk(*steps: tuple[str, bytes]) -> list[str]:
    """Which fragments the program was asked for, of messages to and fro."""
    heard: list[str] = []

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        for way, content in steps:
            if way == "came":
                message = BackMsg.FromString((await receive())["bytes"])
                assert message.rerun_script.query_string == "area=358", "the rest of the message stays"
                heard.append(message.rerun_script.fragment_id)
            else:
                await send({"type": "websocket.send", "bytes": content})

    async def unheard(_: Message) -> None:
        return None

    asyncio.run(replicas.Replicas(app)({"type": "websocket"}, _from(steps), unheard))
    return heard


def test_a_page_that_comes_over_gets_its_whole_page_until_that_is_drawn() -> None:
    assert talk(
        ("came", asked("h1", fragment="f")),
        ("came", asked("h1", fragment="f")),  # moved again before the page was drawn
        ("goes", finished(ForwardMsg.FINISHED_EARLY_FOR_RERUN)),
        ("came", asked("h1", fragment="f")),
        ("goes", finished()),
        ("came", asked("h1", fragment="f")),
        ("came", asked("h1")),
    ) == ["", "", "", "f", ""]


def test_what_is_no_message_is_passed_on_as_it_came() -> None:
    assert replicas._of_the_page(b"\xff\xff") == b"\xff\xff"


# --- Leaving


class _Reader(asyncio.Protocol):
    def __init__(self) -> None:
        self.closed = False

    def shutdown(self) -> None:
        self.closed = True


def test_readers_have_their_grace_and_are_then_handed_over_a_few_at_a_time() -> None:
    server = Server.__new__(Server)
    readers = [_Reader() for _ in range(7)]
    server.server_state = SimpleNamespace(connections=set(readers))  # type: ignore[assignment]
    server.config = SimpleNamespace(ws_protocol_class=_Reader)  # type: ignore[assignment]
    server.should_exit = False
    stop = Stop(grace=10, each_second=20)
    server._farewell(stop, 9.9, 1)
    assert not any(reader.closed for reader in readers)
    closed = []
    for _ in range(4):
        server._farewell(stop, 10.1, 1)
        closed.append(sum(reader.closed for reader in readers))
    assert closed == [2, 4, 6, 7]
    assert not server.should_exit
    server._farewell(stop, 10.2, 1)
    assert server.should_exit


# --- Counts


def value(name: str, **labels: str) -> float:
    return measures.REGISTRY.get_sample_value(name, labels) or 0.0


def navigation() -> bytes:
    said = ForwardMsg()
    page = said.navigation.app_pages.add()
    page.page_script_hash, page.url_pathname = "h1", "what_if"
    return bytes(said.SerializeToString())


def asked(page_hash: str = "", page: str = "", fragment: str = "") -> bytes:
    said = BackMsg()
    run = said.rerun_script
    run.page_script_hash, run.page_name, run.fragment_id = page_hash, page, fragment
    run.query_string = "area=358"
    return bytes(said.SerializeToString())


def finished(status: "ForwardMsg.ScriptFinishedStatus.ValueType" = ForwardMsg.FINISHED_SUCCESSFULLY) -> bytes:
    said = ForwardMsg()
    said.script_finished = status
    return bytes(said.SerializeToString())


def conversation(*steps: tuple[str, bytes], slow: float = 9.0, **scope: object) -> None:
    """Messages to and fro through ``Watching``."""
    watching = Watching(_talk(steps), slow)

    async def heard(_: Message) -> None:
        return None

    asyncio.run(watching({"type": "websocket", **scope}, _from(steps), heard))


def _from(steps: tuple[tuple[str, bytes], ...]) -> Receive:
    came = iter([content for way, content in steps if way == "came"])

    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": next(came)}

    return receive


def _talk(steps: tuple[tuple[str, bytes], ...]) -> ASGIApp:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        for way, content in steps:
            if way == "came":
                await receive()
            else:
                await send({"type": "websocket.send", "bytes": content})

    return app


def test_runs_are_counted_by_page_and_outcome_and_strange_names_are_one() -> None:
    page = {"page": "what_if", "kind": "part", "outcome": "done"}
    other = {"page": "other", "kind": "page", "outcome": "done"}
    before = value("explorer_run_seconds_count", **page), value("explorer_run_seconds_count", **other)
    conversation(
        ("goes", navigation()),
        ("came", asked("h1", fragment="f")),
        ("goes", finished(ForwardMsg.FINISHED_EARLY_FOR_RERUN)),
        ("goes", finished(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)),
        ("goes", finished()),  # of nothing that was asked
        ("came", asked(page="<script>")),
        ("goes", finished()),
    )
    assert value("explorer_run_seconds_count", **page) == before[0] + 1
    assert value("explorer_run_seconds_count", **other) == before[1] + 1
    assert value("explorer_readers") == 0


def test_the_programs_own_visitor_is_not_counted() -> None:
    text = generate_latest(measures.REGISTRY)
    conversation(("goes", navigation()), ("came", asked("h1")), ("goes", finished()), **{OWN_VISITOR: True})
    runs = [line for line in text.splitlines() if line.startswith(b"explorer_run")]
    after = generate_latest(measures.REGISTRY).splitlines()
    assert runs == [line for line in after if line.startswith(b"explorer_run")]


def test_a_slow_run_is_told_with_its_page(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "explorer.run"):
        conversation(("goes", navigation()), ("came", asked("h1")), ("goes", finished()), slow=0.0)
    (told,) = caplog.records
    assert (told.page, told.outcome) == ("what_if", "done")  # type: ignore[attr-defined]


def test_messages_that_nobody_understands_do_no_harm() -> None:
    conversation(("goes", navigation()), ("came", b"\xff\xff\xff"), ("goes", finished()))


def test_metrics_are_for_the_inside_alone() -> None:
    app = Starlette(routes=measures.ROUTES)
    answer = answered(app, "/metrics")
    assert answer.status == 200
    for name in (
        "explorer_run_seconds",
        "explorer_readers",
        "explorer_waiting",
        "explorer_process_resident_memory_bytes",
    ):
        assert f"# TYPE {name}" in answer.text
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        assert answered(app, "/metrics", headers={header: "203.0.113.9"}).status == 404


def test_faults_are_counted_by_kind_and_still_told() -> None:
    told: list[Exception] = []

    def tell(problem: Exception) -> bool:
        told.append(problem)
        return True

    before = value("explorer_faults_total", kind="KeyError")
    problem = KeyError("a child's name")
    assert measures.counted(tell)(problem)
    assert told == [problem]
    assert value("explorer_faults_total", kind="KeyError") == before + 1
    assert b"child" not in generate_latest(measures.REGISTRY)


# --- Logs


def record(message: str, *values: object, **more: object) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": "explorer.x", "levelname": "WARNING", "msg": message, "args": values, "created": 1.5e9, **more}
    )


def test_a_line_is_one_json_object_without_addresses_and_links() -> None:
    said = record(
        '203.0.113.9:4711 - "GET /what_if?area=358&note=Ann" from 2001:db8::7 at 10:15:30', page="what_if", ms=12
    )
    line = logs.Json().format(said)
    assert "\n" not in line
    told = json.loads(line)
    assert told == {
        "time": "2017-07-14T02:40:00.000+00:00",
        "level": "warning",
        "logger": "explorer.x",
        "event": '(address):4711 - "GET /what_if?…" from (address) at 10:15:30',
        "page": "what_if",
        "ms": 12,
    }


def test_a_fault_is_told_by_kind_and_place_and_not_by_what_it_says() -> None:
    try:
        raise ValueError("born 1 May 2015")
    except ValueError as problem:
        fault = (type(problem), problem, problem.__traceback__)
    told = json.loads(logs.Json().format(record("It failed", exc_info=fault)))
    assert told["fault"] == "ValueError"
    assert told["at"][0].endswith("test_a_fault_is_told_by_kind_and_place_and_not_by_what_it_says")
    assert "2015" not in json.dumps(told)


@pytest.mark.parametrize(
    "said", ["Uvicorn running on http://127.0.0.1:8501", "on http://0.0.0.0:8501", "1.67.0", "12:30"]
)
def test_what_is_no_address_of_a_reader_stays(said: str) -> None:
    assert logs.clean(said) == said


def test_the_trace_of_a_fault_is_cleaned_as_its_line_is() -> None:
    try:
        raise ConnectionError("203.0.113.9 asked for /trends?child=Ann")
    except ConnectionError:
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "Went wrong", (), sys.exc_info())
    told = logs.Words().format(record)
    assert "ConnectionError: (address) asked for /trends?…" in told
    assert "203.0.113.9" not in told
    assert "Ann" not in told


def test_all_loggers_speak_in_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept = root.handlers, root.level, of_streamlit.setup_formatter
    try:
        logs.set_up("json")
        of_streamlit.get_logger("streamlit.late").warning("late")
        logging.getLogger("uvicorn.error").warning("server")
        logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "203.0.113.9", "/?a=b")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        events = [line["event"] for line in lines]  # a thread that another test left behind may say something too
        assert [event for event in events if event in ("late", "server") or "WebSocket" in event] == ["late", "server"]
    finally:
        root.handlers, _, of_streamlit.setup_formatter = kept
        root.setLevel(kept[1])


@pytest.mark.parametrize(("asked_for", "found"), [("json", "json"), ("text", "text"), ("", "text"), ("xml", "text")])
def test_the_form_is_the_environments_else_the_configured(
    asked_for: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOG, asked_for)
    assert logs.chosen("text") == found


@pytest.mark.parametrize("code", [403, 411, 413, 421, 429, 503, 507])
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("PUT", "/_stcore/upload_file/a/b")])
def test_every_refusal_is_counted_by_its_code(code: int, method: str, path: str) -> None:
    def counted() -> float:
        return measures.REGISTRY.get_sample_value("explorer_refused_total", {"code": str(code)}) or 0.0

    before = counted()
    assert answered(Watching(PlainTextResponse("no", code), slow=9.0), path, method).status == code
    assert counted() == before + 1
