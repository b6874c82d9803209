"""The server hangs up on whoever asks a letter at a time, and on nobody else."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from explorer.serving_command import _punctual
from tests.fixtures import shipped_world

PATIENCE = 0.6  # seconds
_WHOLE = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    safety = shipped_world().config.serving.safety
    patient = safety.model_copy(update={"patience": safety.patience.model_copy(update={"value": PATIENCE})})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = uvicorn.Config(
        PlainTextResponse("hello"),
        host="127.0.0.1",
        port=port,
        http=_punctual(patient),
        lifespan="off",
        log_level="error",
    )
    server = uvicorn.Server(told)
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    running.join(10)


def _until_hung_up(line: socket.socket, more: bytes = b"") -> float:
    """Seconds until the server hangs up on somebody who sends a letter now and then."""
    began = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - began < 10:
        try:
            if more:
                line.sendall(more)
            if line.recv(4096) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


def _ask(line: socket.socket) -> None:
    """Ask as one should, and be answered."""
    line.sendall(_WHOLE)
    came = b""
    while not came.endswith(b"hello"):
        part = line.recv(4096)
        assert part
        came += part


@pytest.mark.parametrize(
    ("begun", "more"), [(b"", b""), (b"GET / HTTP/1.1\r\nhost: loc", b"a"), (_WHOLE[:-2], b"x: y\r\n")]
)
def test_a_request_that_trickles_in_is_hung_up_on(port: int, begun: bytes, more: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(begun)
        assert PATIENCE * 0.5 < _until_hung_up(line, more) < 9


@pytest.mark.parametrize("said", [b"content-length: 100000\r\n", b"transfer-encoding: chunked\r\n"])
def test_what_comes_after_the_answer_may_not_trickle_in_for_ever(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(_WHOLE[:-2] + said + b"\r\n")
        assert PATIENCE * 0.5 < _until_hung_up(line, b"1\r\nx\r\n" if b"chunked" in said else b"x") < 9


def test_a_short_rest_after_the_answer_harms_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(_WHOLE[:-2] + b"content-length: 2\r\n\r\n")
        while not line.recv(4096).endswith(b"hello"):
            pass
        time.sleep(PATIENCE / 4)
        line.sendall(b"ab")
        _ask(line)


def test_the_second_request_of_a_connection_may_not_trickle_in_either(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        _ask(line)
        line.sendall(b"GET / HT")
        assert _until_hung_up(line, b"a") < 9


def test_who_asks_in_time_is_answered_again_and_again(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        for _ in range(4):
            _ask(line)
            time.sleep(PATIENCE / 2)
