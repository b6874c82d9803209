"""Copy the browser's part of Streamlit to a folder that nginx serves, each file packed beside itself.

Packing once at the best level, when the image is built, saves each first visit a tenth of a second of processor time.
"""

import gzip
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

PACKED = {".js", ".css", ".svg", ".json", ".wasm", ".txt", ".map"}


def pack(target: Path) -> int:
    """Copy the files to ``target/static``; return how many were packed."""
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise SystemExit("Streamlit is not installed here, so there is nothing to copy.")
    there = target / "static"
    shutil.copytree(Path(found.origin).parent / "static" / "static", there, dirs_exist_ok=True)
    files = [file for file in sorted(there.rglob("*")) if file.suffix in PACKED]
    for file in files:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
    return len(files)


if __name__ == "__main__":
    print(f"{pack(Path(sys.argv[1]))} files packed")
