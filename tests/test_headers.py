"""Answers carry what keeps a browser safe, what is not for readers is refused, and one reader can take only so much."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from bench.hostile_lines import ask
from explorer.app.allowance import Allowance
from explorer.app.serving import fault_words, headers, limits
from explorer.app.serving.headers import Guarded
from explorer.app.serving.limits import OWN_VISITOR, Limited, heard
from explorer.app.serving.measures import REGISTRY
from explorer.serving_entries import Safety
from tests.asgi import answered
from tests.fixtures import shipped_world

SAFETY = shipped_world().config.serving.safety
ADDRESS = "https://plans.example.gov.uk"


def within(**changed: float) -> Safety:
    """The shipped safety with other amounts."""
    updates = {name: getattr(SAFETY, name).model_copy(update={"value": value}) for name, value in changed.items()}
    return SAFETY.model_copy(update=updates)


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


async def _breaks(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("Anna Smith, born 2010")


@dataclass(frozen=True)
class Answer:
    """What a request came to."""

    status: int
    headers: Headers
    text: str


@dataclass(frozen=True)
class Client:
    """Asks an app behind the middleware."""

    app: ASGIApp = _hello
    safety: Safety = SAFETY
    base: str = ADDRESS

    def request(self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
        scheme, _, host = self.base.partition("://")
        told = [(name.encode(), value.encode()) for name, value in {"host": host, **headers}.items()]
        asked = ask(Guarded(self.app, ADDRESS, self.safety), method, path, told, scheme=scheme)
        status, given, body = asyncio.run(asked)
        return Answer(status, Headers(raw=given), body.decode())

    def get(self, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
        return self.request("GET", path, headers)


# What goes with every answer


def policy_of(answer: Answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_every_answer_has_the_headers() -> None:
    answer = Client().get("/")
    assert answer.text == "hello"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["cache-control"] == "no-store"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_the_policy_lets_no_stranger_in_and_evaluates_no_text() -> None:
    found = policy_of(Client().get("/"))
    assert "'unsafe-eval'" not in str(found)
    assert "'unsafe-inline'" not in found["script-src"]
    assert found["frame-ancestors"] == found["object-src"] == "'none'"
    assert found["connect-src"] == "'self' wss://plans.example.gov.uk"
    assert not any(word in value for value in found.values() for word in ("*", "http:", "https:"))


def test_the_one_script_within_the_served_page_is_named_by_its_digest() -> None:
    page = headers._served_page()
    (script,) = headers._INLINE.findall(page)
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    assert f"'sha256-{digest}'" in policy_of(Client().get("/"))["script-src"]
    assert headers.inline_scripts(b"<script>a</script><script src=b></script>") == headers.inline_scripts(
        b"<script>a</script>"
    )


def test_without_https_a_browser_is_not_told_to_use_nothing_else() -> None:
    answer = Client(base="http://localhost:8501").get("/")
    assert "strict-transport-security" not in answer.headers
    assert policy_of(answer)["connect-src"] == "'self' ws://localhost:8501"


def test_those_who_may_show_it_in_a_frame_are_named_in_the_settings() -> None:
    answer = Client(safety=SAFETY.model_copy(update={"embedded_by": ("https://intranet.example",)})).get("/")
    assert policy_of(answer)["frame-ancestors"] == "https://intranet.example"
    assert "x-frame-options" not in answer.headers


def test_a_fault_below_is_a_sentence_with_a_number_and_its_words_go_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(_breaks).get("/")
    number = answer.text.removesuffix(".").rpartition(" ")[2]
    assert answer.status == 500
    assert "content-security-policy" in answer.headers
    assert number in caplog.text
    assert "ValueError" in caplog.text
    assert "_breaks" in caplog.text
    assert "Anna" not in caplog.text + answer.text


# What is refused


@pytest.mark.parametrize(
    "host", ["evil.example", "plans.example.gov.uk.evil.example", "a@localhost", "localhost:x", ""]
)
def test_another_name_is_not_answered(host: str) -> None:
    answer = Client().get("/", headers={"host": host})
    assert answer.status == 421
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "host", ["plans.example.gov.uk", "PLANS.example.gov.uk:443", "localhost:8501", "127.0.0.1", "[::1]:80"]
)
def test_its_own_names_are_answered(host: str) -> None:
    assert Client().get("/", headers={"host": host}).status == 200


@pytest.mark.parametrize(("origin", "status"), [(ADDRESS, 200), ("http://evil.example", 403), ("null", 403)])
def test_a_page_of_another_address_is_not_answered(origin: str, status: int) -> None:
    assert Client().get("/", headers={"origin": origin}).status == status


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent/mcp", "/_stcore/script-health-check"]
)
def test_what_is_for_the_inside_is_not_found(path: str) -> None:
    assert Client().get(path).status == 404
    assert Client().get(path.replace("metrics", "%6detrics")).status == 404


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/health/ready", "/health/ready/"])
@pytest.mark.parametrize(
    ("client", "status"),
    [
        (("127.0.0.1", 9), 200),
        (("::1", 9), 200),
        (("::ffff:127.0.0.1", 9), 200),
        (("172.30.8.11", 9), 200),  # the network of deploy/compose.yaml
        (("172.30.9.11", 9), 404),
        (("203.0.113.9", 9), 404),
        (("2001:db8::1", 9), 404),
        (("a name", 9), 404),
        (None, 404),
    ],
)
def test_measurements_and_readiness_are_for_the_inside_whatever_headers_are_sent(
    path: str, client: tuple[str, int] | None, status: int
) -> None:
    app = Guarded(_hello, ADDRESS, SAFETY)
    assert answered(app, path, client=client).status == status
    assert answered(app, "/health/live", client=client).status == 200


def test_the_network_of_the_replicas_is_an_inside_one() -> None:
    compose = (Path(__file__).parents[1] / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    assert f"subnet: {SAFETY.inside[0]}" in compose


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 405),
        ("PUT", "/", 405),
        ("DELETE", "/media/x", 405),
        ("TRACE", "/", 405),
        ("PUT", "/_stcore/upload_file/a/b", 200),
        ("HEAD", "/", 200),
    ],
)
def test_all_but_files_can_only_be_read(method: str, path: str, status: int) -> None:
    assert Client().request(method, path).status == status


# Conversations


def talk(app: ASGIApp, *events: dict[str, Any], own: bool = False, **scope: Any) -> list[dict[str, Any]]:
    """What an app says to a conversation that says these events, one after the other."""

    async def held() -> list[dict[str, Any]]:
        waiting, said = [{"type": "websocket.connect"}, *events, {"type": "websocket.disconnect", "code": 1000}], []

        async def receive() -> dict[str, Any]:
            return waiting.pop(0)

        async def send(event: Any) -> None:
            said.append(event)

        whole = {"type": "websocket", "path": "/_stcore/stream", "headers": [(b"host", b"localhost")], "scheme": "ws"}
        await app({**whole, **scope, **({OWN_VISITOR: True} if own else {})}, receive, send)
        return said

    return asyncio.run(held())


class Hearing:
    """An app that accepts, keeps what it hears, and ends with the conversation."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            self.heard.append(event["bytes"])


def said(**fields: Any) -> dict[str, Any]:
    return {"type": "websocket.receive", "bytes": BackMsg(**fields).SerializeToString()}


def test_messages_that_no_page_sends_are_left_unheard() -> None:
    """``clear_cache`` of anybody would empty the caches of all."""
    app = Hearing()
    unheard = [
        said(clear_cache=True),
        said(load_git_info=True),
        said(set_run_on_save=True),
        said(debug_shutdown_runtime=True),
        said(debug_disconnect_websocket=True),
        said(),
    ]
    assert len(talk(Limited(app, SAFETY), *unheard, said(stop_script=True))) == 1
    assert [BackMsg.FromString(data).WhichOneof("type") for data in app.heard] == ["stop_script"]


def test_nobody_has_the_server_write_files_or_make_thousands_of_addresses() -> None:
    message = BackMsg()
    message.backend_operation_request.install_skills.SetInParent()
    assert not heard(message)
    message.backend_operation_request.deferred_file.file_id = "x"
    assert heard(message)
    message.file_urls_request.file_names.extend(["a.csv"])
    assert heard(message)
    message.file_urls_request.file_names.extend(["a.csv"] * 20)
    assert not heard(message)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "websocket.receive", "text": "hello"}, 1003),
        ({"type": "websocket.receive", "bytes": b"\xff\xff\xff"}, 1002),
        ({"type": "websocket.receive", "bytes": b"\x00" * 1_000_001}, 1009),
    ],
)
def test_what_is_no_message_ends_the_conversation_without_a_word(event: dict[str, Any], code: int) -> None:
    app = Hearing()
    assert talk(Limited(app, SAFETY), event)[1:] == [{"type": "websocket.close", "code": code}]
    assert app.heard == []


def test_one_reader_too_many_is_told_to_come_back() -> None:
    app = Limited(Hearing(), within(most_open=1))
    app._open = 1  # as while somebody reads
    assert talk(app) == [{"type": "websocket.close", "code": 1013}]
    answered = talk(app, extensions={"websocket.http.response": {}})
    assert (answered[0]["type"], answered[0]["status"]) == ("websocket.http.response.start", 503)
    page = Client(app).get("/", {"accept": "text/html"})
    assert (page.status, page.headers["retry-after"]) == (503, "60")
    assert "come back in a minute" in page.text
    assert talk(app, own=True)[0]["type"] == "websocket.accept"


def test_unheard_messages_are_counted_and_told_of_now_and_then(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody can send them as fast as the network lets them."""
    caplog.set_level("INFO", limits.__name__)
    monkeypatch.setattr(limits, "_TOLD", Allowance(3, 1e-9))
    before = REGISTRY.get_sample_value("explorer_unheard_total") or 0
    talk(Limited(Hearing(), within(messages_at_once=1_000)), *[said(clear_cache=True)] * 50)
    assert len(caplog.records) == 3
    assert REGISTRY.get_sample_value("explorer_unheard_total") == before + 50


def test_places_are_given_back() -> None:
    app = Limited(Hearing(), within(most_open=1))
    for _ in range(3):
        assert talk(app, said(stop_script=True)) == [{"type": "websocket.accept"}]


def test_who_sends_too_fast_waits_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    app = Hearing()
    talk(Limited(app, within(messages_at_once=3, messages_each_second=2), lambda: 0.0), *[said(stop_script=True)] * 6)
    assert len(app.heard) == 6
    assert waits == [0.5, 1.0, 1.5]


# Requests that trickle in


def test_a_file_whose_parts_stop_coming_is_put_aside() -> None:
    async def held() -> list[Any]:
        answered: list[Any] = []

        async def takes(scope: Scope, receive: Receive, send: Send) -> None:
            while (await receive()).get("more_body"):
                pass

        parts = [{"type": "http.request", "body": b"a", "more_body": True}]

        async def receive() -> Any:
            return parts.pop() if parts else await asyncio.Event().wait()

        async def send(event: Any) -> None:
            answered.append(event)

        scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/a/b", "headers": []}
        await asyncio.wait_for(Limited(takes, within(patience=0.05))(scope, receive, send), 5)
        return answered

    assert asyncio.run(held())[0]["status"] == 408


# How often


@given(some.lists(some.floats(0, 10), min_size=1, max_size=60))
def test_in_any_time_no_more_is_done_than_was_allowed(pauses: list[float]) -> None:
    allowance, now, done = Allowance(5, 2), 0.0, []
    for pause in pauses:
        now += pause
        done.append(now + allowance.spend(now))
    assert done == sorted(done)
    for first, began in enumerate(done):
        for last in range(first, len(done)):
            assert last - first + 1 <= 5 + 2 * (done[last] - began) + 1e-6


def test_looking_takes_nothing() -> None:
    allowance = Allowance(1, 1)
    assert all(allowance.left(0.0) for _ in range(5))
    allowance.spend(0.0)
    assert not allowance.left(0.5)
    assert allowance.left(1.0)


# Words of faults


def test_a_reader_is_told_a_number_and_the_log_the_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("streamlit.error", shown.append)
    problem = KeyError("Anna Smith")
    problem.__cause__ = ValueError("born 2010")
    assert fault_words.tell(problem)
    (words,) = shown
    assert words.removesuffix(".").rpartition(" ")[2] in caplog.text
    assert "KeyError" in caplog.text
    assert "ValueError" in caplog.text
    assert "Anna" not in words + caplog.text
    assert "2010" not in words + caplog.text
