"""A deployment of the program for tests: its own config/ and secrets beside the program's code, in a process."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 90  # seconds for it to be ready, on a busy machine


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def laid_out(folder: Path, changes: Mapping[str, tuple[str, str]], secrets: str = "") -> Path:
    """A folder with the program's code and data and a config/ of its own.

    Args:
        changes: by file of config/, words that stand in it once and what stands there instead.
        secrets: .streamlit/secrets.toml.
    """
    for name in ("explorer", "data", "docs", "streamlit_app.py"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("config", ".streamlit"):
        shutil.copytree(ROOT / name, folder / name)
    for name, (before, after) in changes.items():
        file = folder / "config" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before)
        file.write_text(text.replace(before, after), encoding="utf-8")
    if secrets:
        (folder / ".streamlit" / "secrets.toml").write_text(secrets, encoding="utf-8")
    return folder


@contextmanager
def served(folder: Path, port: int, environment: Mapping[str, str] | None = None) -> Iterator[Path]:
    """The program at work in a folder; gives the file in which its audit and its log stand."""
    log = folder / "standard-output.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "explorer", "serve", "--port", str(port)],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(folder),
                "EXPLORER_DATABASE_URL": f"sqlite:///{folder}/kept.db",
                **(environment or {}),
            },
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(f"http://localhost:{port}/_stcore/health", process, log)
            yield log
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the program did not start: {log.read_text(encoding='utf-8')[-2000:]}")
