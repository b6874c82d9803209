"""Which program works something out: its version, its code, and the libraries that the last digit hangs on."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import explorer

_ROOMS = ("models", "evaluation")
_BESIDE = ("sweep/cells.py", "sweep/placebos.py")  # what else is worked out in sweeps
_LIBRARIES = ("numpy", "scipy", "polars")


@lru_cache(maxsize=1)
def program() -> Mapping[str, str]:
    """The program as names and short texts; two that are equal give the same figures.

    ``code`` is a digest of the modules that figures come from, so that a change without a new version is noticed too.
    """
    root = Path(explorer.__file__).parent
    digest = hashlib.sha256()
    rooms = sorted(path for room in _ROOMS for path in (root / room).rglob("*.py"))
    for path in (*rooms, *(root / name for name in _BESIDE)):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_text(encoding="utf-8").encode())  # as text: a line may end in two ways
    return {
        "program": explorer.__version__,
        "code": digest.hexdigest()[:8],
        **{library: version(library) for library in _LIBRARIES},
    }
