"""A sweep from beginning to end: what is there already is left as it is, the rest is worked out and kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.sweep.blocks import Lost
from explorer.sweep.cells import ROWS, work_of
from explorer.sweep.manifest import Manifest, Tried, begun, write_manifest
from explorer.sweep.place import HERE, Place, results
from explorer.sweep.plan import Sweep, rests_on
from explorer.sweep.store import alone, check, opened, written
from explorer.world import World


@dataclass(frozen=True)
class Begun:
    """A sweep whose folder is ready.

    Attributes:
        sweep: what is asked.
        manifest: with the blocks that are there already.
        folder: where results are.
    """

    sweep: Sweep
    manifest: Manifest
    folder: Path

    @property
    def cells_there(self) -> int:
        """How many cells need nothing more."""
        return len(self.manifest.blocks) * len(self.sweep.scenarios)


def begin(sweep: Sweep, world: World, folder: Path) -> Begun:
    """Make the folder ready, and find what is there already.

    Raises:
        DataError: the folder holds something else, is written to by another program, or cannot be.
    """
    wanted = begun(sweep.asked(), rests_on(world), {name: str(kind()) for name, kind in ROWS.items()})
    check(wanted, folder)  # a folder that is refused is left as it was
    with alone(folder):
        manifest = replace(wanted, blocks=opened(wanted, folder))
        write_manifest(manifest, folder)
    return Begun(sweep, manifest, folder)


def go_on(begun_before: Begun, world: World, place: Place = HERE) -> Iterator[Tried]:
    """Work out what is missing; each block as it is kept. At the end ``manifest.json`` tells of all of them.

    A block that is lost with its workers is told of, and not kept: the next run tries it again.

    Raises:
        DataError: the cluster or the folder cannot be used; what is finished is kept.
    """
    with alone(begun_before.folder):
        yield from _gone_on(begun_before, world, place)


def _gone_on(begun_before: Begun, world: World, place: Place) -> Iterator[Tried]:
    sweep, manifest, folder = begun_before.sweep, begun_before.manifest, begun_before.folder
    tried = {one.block: one for one in manifest.blocks}
    missing = [block for block in sweep.blocks if block not in tried]
    if missing:
        work = work_of(sweep, world, missing)
        for block, found in results(work, missing, place):
            name = work.names[block.area]
            if isinstance(found, Lost):
                tried[block] = Tried(block.as_at, block.area, name, None, 0, found.why)
            else:
                tried[block] = written(block, found, name, manifest.digest, folder)
            yield tried[block]
    write_manifest(replace(manifest, finished=True, blocks=tuple(tried.values())), folder)
