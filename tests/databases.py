"""A server of PostgreSQL for the tests, in a folder of its own, where this machine has one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_ORDINARY = ("postgres", "nobody")  # who runs it where the tests are run by root, whom PostgreSQL refuses


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([*map(str, _FOLDERS), os.environ.get("PATH", "")]))


def _user() -> str | None:
    """Somebody who is not root; None: the one who runs the tests."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _ORDINARY if name in known)


def missing() -> str:
    """Why no server can be started here; empty where one can."""
    lacking = [name for name in ("initdb", "pg_ctl") if _program(name) is None]
    return f"PostgreSQL is not on this machine: no {' and no '.join(lacking)}" if lacking else ""


@contextmanager
def postgresql() -> Iterator[str]:
    """A server that only this machine's socket reaches; gives an address, to which a database's name is added."""
    user = _user()
    # a path of a socket has at most some hundred letters, so not below pytest's own folder
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(_program(program)), *arguments],
            check=True,
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    run("initdb", "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB"
    run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://tests@/{{}}?host={folder}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-W", "stop")
        shutil.rmtree(folder, ignore_errors=True)
