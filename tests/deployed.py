"""The deployment on this machine: nginx with the very template of deploy/, and replicas as programs of their own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import nginx

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
NAMES = ("one", "two")
PATIENCE = 150  # seconds for a replica to be ready on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def filled_in(template: str, values: dict[str, str]) -> str:
    """A template as the proxy's container fills it in: ``${EXPLORER_...}`` and nothing else.

    Raises:
        KeyError: the template asks for more than there is.
    """
    return re.sub(r"\$\{(EXPLORER_\w+)\}", lambda found: values[found[1]], template)


def proxy_values(folder: Path, port: int, replicas: dict[str, int], listen: str = "") -> dict[str, str]:
    """What the template asks for, for ports of this machine."""
    said = folder / "listen.conf"
    said.write_text(listen or f"listen 127.0.0.1:{port} backlog=2048;\n", encoding="utf-8")
    return {
        "EXPLORER_REPLICA_ONE": f"127.0.0.1:{replicas['one']}",
        "EXPLORER_REPLICA_TWO": f"127.0.0.1:{replicas['two']}",
        "EXPLORER_LISTEN": str(said),
        "EXPLORER_SCHEME": "$scheme",
        "EXPLORER_COOKIE_SECURE": "",
        "EXPLORER_REAL_ADDRESS": "",
        "EXPLORER_MOST_UPLOAD": "121m",
        "EXPLORER_TEMPORARY": str(folder),
        "EXPLORER_MIME_TYPES": "/etc/nginx/mime.types",
        "EXPLORER_STATIC": str(folder / "browser"),
    }


def proxy_command(folder: Path, *more: str) -> list[str]:
    """nginx with the configuration in a folder; where root runs it its workers stay root, to reach the folder."""
    user = "user root; " if os.geteuid() == 0 else ""
    return [str(nginx.find()), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", f"{user}daemon off;", *more]


@dataclass
class Deployment:
    """A proxy and its replicas, which can be ended and begun again by name."""

    folder: Path
    port: int
    ports: dict[str, int]
    database: str
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where readers ask."""
        return f"http://localhost:{self.port}"

    def start(self, name: str) -> None:
        """Begin a replica, and do not wait for it."""
        command = [sys.executable, "-m", "explorer", "--config", str(self.folder / "config"), "serve"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*command, "--port", str(self.ports[name]), "--replica", "--log", "json"],
                cwd=ROOT,
                env=os.environ
                | {
                    "EXPLORER_DATABASE_URL": self.database,
                    "STREAMLIT_SERVER_COOKIE_SECRET": "of both replicas",
                    "OPENBLAS_NUM_THREADS": "1",
                },
                stdout=log,
                stderr=log,
            )

    def wait(self, name: str) -> None:
        """Wait until a replica says that it is ready.

        Raises:
            RuntimeError: it does not, with the end of what it said.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.running[name].poll() is None:
            if self.ready(name):
                return
            time.sleep(0.2)
        said = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"replica {name} is not ready:\n{said[-3000:]}")

    def ready(self, name: str) -> bool:
        """Whether a replica says that readers can come."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.ports[name]}/health/ready", timeout=10):
                return True
        except OSError:
            return False

    def kill(self, name: str) -> None:
        """End a replica in the middle of whatever it does."""
        self.running[name].kill()
        self.running[name].wait(10)

    def stop(self, name: str) -> None:
        """Tell a replica to stop, and do not wait for it."""
        self.running[name].send_signal(signal.SIGTERM)

    def ended(self, name: str, seconds: float) -> int:
        """Wait for the end of a replica that was told to stop; its exit code."""
        return self.running[name].wait(seconds)


def asked(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Code, headers (names in small letters) and content of an answer."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, {name.lower(): value for name, value in refused.headers.items()}, refused.read()


@contextmanager
def deployment(database: str, grace: float = 3.0) -> Iterator[Deployment]:
    """Two replicas that are ready behind a proxy.

    Args:
        database: where saved views are kept.
        grace: seconds that readers have when a replica is told to stop.
    """
    with tempfile.TemporaryDirectory(prefix="deployed") as made:
        folder = Path(made)
        shutil.copytree(ROOT / "config", folder / "config")
        (folder / "data").symlink_to(ROOT / "data")
        serving = (ROOT / "config" / "serving.yaml").read_text(encoding="utf-8")
        shorter, count = re.subn(r"(grace:(?:\n    .*)*?\n    value: )\d+", rf"\g<1>{grace:g}", serving)
        assert count == 1
        (folder / "config" / "serving.yaml").write_text(shorter, encoding="utf-8")
        pack = [sys.executable, str(DEPLOY / "pack_static.py"), str(folder / "browser")]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        there = Deployment(folder, free_port(), {name: free_port() for name in NAMES}, database)
        values = proxy_values(folder, there.port, there.ports)
        template = (DEPLOY / "nginx.conf.template").read_text(encoding="utf-8")
        (folder / "nginx.conf").write_text(filled_in(template, values), encoding="utf-8")
        with (folder / "nginx.log").open("wb") as log:
            proxy = subprocess.Popen(proxy_command(folder), stdout=log, stderr=log)
        try:
            for name in NAMES:
                there.start(name)
            for name in NAMES:
                there.wait(name)
            yield there
        finally:
            for program in (*there.running.values(), proxy):
                if program.poll() is None:
                    program.kill() if program is not proxy else program.terminate()
                program.wait(20)
