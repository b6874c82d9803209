"""What a folder of results says of itself: what was asked, what it rests on, and which cells are there.

``manifest.json`` holds no clock, machine or path: the same sweep writes the same one wherever it runs.

    form       1; another form is another way of writing
    digest     of ``asked`` and ``rests_on``; every file of the sweep carries it
    asked      ``Sweep.asked``: name, notes, months, draws, seed, years, indicators, scenarios (name, code, notes) and
               blocks (pairs of a 31 March's year and an authority)
    rests_on   data, settings: digests; program, code and libraries that worked it out
    rows       the columns of the files below cells/, each with its type
    finished   whether every block has been tried to its end
    cells      how many there are: asked, done, failed
    blocks     for every block that was tried: as_at, area, name, file, done (cells), and where some failed
               ``why`` (of all of them) or ``failed`` (by scenario), each a sentence
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from explorer.errors import DataError
from explorer.sweep.plan import Block, digest_of

FILE = "manifest.json"
FORM = 1
_UNFINISHED = ".part"
_ASKED = ("name", "years", "indicators", "scenarios", "blocks")  # what is read of it again


@dataclass(frozen=True)
class Tried:
    """A block that was tried.

    Attributes:
        as_at, area: whose it is.
        name: what the authority is called.
        file: its rows, from the sweep's folder; None where a block was lost, which is tried again.
        done: how many cells have rows.
        why: the sentence why no cell has; empty where some have.
        failed: by scenario, the sentence why that cell has none, where others have.
    """

    as_at: int
    area: str
    name: str
    file: str | None
    done: int
    why: str = ""
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def block(self) -> Block:
        """Its place in the sweep."""
        return Block(self.as_at, self.area)

    def failed_of(self, scenarios: int) -> int:
        """How many of its cells failed, of so many."""
        return scenarios - self.done


@dataclass(frozen=True)
class Manifest:
    """``manifest.json`` as it is read and written; see the top of this module."""

    digest: str
    asked: Mapping[str, Any]
    rests_on: Mapping[str, str]
    rows: Mapping[str, str]
    finished: bool
    blocks: tuple[Tried, ...]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios, in order."""
        return tuple(one["name"] for one in self.asked["scenarios"])

    @property
    def cells(self) -> Mapping[str, int]:
        """How many cells were asked for, are done and failed."""
        done = sum(one.done for one in self.blocks)
        tried = len(self.blocks) * len(self.scenarios)
        return {"asked": len(self.asked["blocks"]) * len(self.scenarios), "done": done, "failed": tried - done}

    def tried(self, as_at: int, area: str) -> Tried | None:
        """What became of an authority at a 31 March; None where it was not asked for or not tried yet."""
        return self._by_block.get(Block(as_at, area))

    @property
    def _by_block(self) -> Mapping[Block, Tried]:
        return {one.block: one for one in self.blocks}

    def why_not(self, as_at: int, area: str, scenario: str) -> str:
        """Why a cell has no rows, as a sentence; empty where it has."""
        found = self.tried(as_at, area)
        if found is None:
            return "It was not asked for, or has not been worked out yet."
        return found.why or found.failed.get(scenario, "")


def begun(asked: Mapping[str, Any], rests_on: Mapping[str, str], rows: Mapping[str, str]) -> Manifest:
    """The manifest of a sweep of which nothing is there yet."""
    digest = digest_of({"asked": asked, "rests_on": dict(rests_on), "form": FORM})
    return Manifest(digest, asked, rests_on, rows, finished=False, blocks=())


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write it whole or not at all.

    Raises:
        DataError: the folder cannot be written to.
    """
    held = {
        "form": FORM,
        "digest": manifest.digest,
        "asked": manifest.asked,
        "rests_on": dict(manifest.rests_on),
        "rows": dict(manifest.rows),
        "finished": manifest.finished,
        "cells": dict(manifest.cells),
        "blocks": [_written(one) for one in sorted(manifest.blocks, key=lambda one: one.block)],
    }
    write_whole(folder / FILE, (json.dumps(held, indent=1, ensure_ascii=False) + "\n").encode())


def _written(one: Tried) -> dict[str, Any]:
    """What is empty is left out."""
    return {key: value for key, value in asdict(one).items() if value not in ("", {})}


def read_manifest(folder: Path) -> Manifest | None:
    """Read a folder's manifest; None where it has none.

    Raises:
        DataError: it cannot be read, or is not a sweep's.
    """
    path = folder / FILE
    try:
        held = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise DataError(f"{folder}: this is no folder, or lies in none. Give a folder with --out.") from None
    except OSError as problem:
        raise DataError(f"{path}: the file cannot be read ({problem.strerror}).") from None
    except ValueError:
        raise DataError(f"{path}: this is not the manifest of a sweep; it is not JSON.") from None
    if not isinstance(held, dict) or held.get("form") != FORM:
        raise DataError(f"{path}: this is not the manifest of a sweep that this program can read.")
    try:
        blocks = tuple(Tried(**one) for one in held["blocks"])
        parts = {key: held[key] for key in ("digest", "asked", "rests_on", "rows", "finished")}
        manifest = Manifest(blocks=blocks, **parts)
        _ = (
            [manifest.asked[key] for key in _ASKED],
            manifest.scenarios,
            [Block(*one) for one in parts["asked"]["blocks"]],
        )
    except (KeyError, TypeError):
        raise DataError(f"{path}: this manifest of a sweep is not whole.") from None
    return manifest


def differing(old: Manifest, new: Manifest) -> Sequence[str]:
    """What two sweeps do not share, each in a few words; empty where they are the same."""
    if old.digest == new.digest:
        return ()
    found = []
    for was, now in ((old.asked, new.asked), (old.rests_on, new.rests_on)):
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) != now.get(key):
                plain = all(isinstance(one.get(key), str | int) for one in (was, now))
                found.append(f"{key} (was {was[key]}, is {now[key]})" if plain else key)
    return tuple(found) or ("the way it is written",)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name first and then give it its own: it is there whole or not at all.

    Raises:
        DataError: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # else a name can be on the disk before what it stands for
        beside.replace(path)
    except OSError as problem:
        raise DataError(f"{path}: the file cannot be written ({problem.strerror}). What is finished is kept.") from None


def clear_unfinished(folder: Path) -> None:
    """Take away what a stop in the middle of a file left behind."""
    for path in folder.rglob(f"*{_UNFINISHED}"):
        path.unlink(missing_ok=True)
