"""Servers to measure: the program as it is served to readers, and a bare page of one slider as Streamlit serves it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
START_SECONDS = 120.0
BARE = """
import streamlit as st

@st.fragment
def one():
    st.header(f"{st.slider('One', 0.0, 2.0, 1.0, step=0.01):.2f}")

one()
"""
_TELLS_OF_A_FAULT = ("Traceback", "ERROR", "Exception")


@dataclass(frozen=True)
class Server:
    """A server that runs: where it is asked, its process, and what it wrote."""

    address: str
    process: psutil.Process
    log: Path

    def processor(self) -> float:
        """Seconds that it has been on a processor."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Megabytes that it holds."""
        return float(self.process.memory_info().rss) / 2**20

    def faults(self) -> list[str]:
        """The lines of its log that tell of a fault."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if any(sign in line for sign in _TELLS_OF_A_FAULT)]


def end_with_servers() -> None:
    """Let a measurement that is told to end take its servers with it; told twice, it still does."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit("told to end")

    signal.signal(signal.SIGTERM, end)


@contextmanager
def explorer(folder: Path) -> Iterator[Server]:
    """The program as ``make run`` and a deployment serve it, warm when it is given; what it keeps is in the folder."""
    port = _free_port()
    command = [sys.executable, "-m", "explorer", "serve", "--port", str(port)]
    kept = {"EXPLORER_DATABASE_URL": f"sqlite:///{folder / 'kept.db'}"}
    with _running(command, ROOT, port, folder, kept) as server:
        yield server


@contextmanager
def bare(folder: Path) -> Iterator[Server]:
    """A page with one slider and a heading, as ``streamlit run`` serves it with its own settings."""
    script, port = folder / "bare.py", _free_port()
    script.write_text(BARE, encoding="utf-8")
    quiet = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *quiet]
    with _running(command, folder, port, folder, {}) as server:
        yield server


@contextmanager
def _running(command: list[str], where: Path, port: int, folder: Path, kept: dict[str, str]) -> Iterator[Server]:
    log = folder / f"{port}.log"
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)} | kept
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=where, env=environment, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603 - our own
    try:
        address = f"http://localhost:{port}"
        _wait_for(address, process, log)
        yield Server(address, psutil.Process(process.pid), log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()  # noqa: S310 - our own
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{address} did not open:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
