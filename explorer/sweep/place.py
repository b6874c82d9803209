"""Where blocks are worked out: in this program, in some programs of this machine, or on a cluster that is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.errors import DataError
from explorer.sweep.blocks import Block, Lost, Result, Work, one_by_one


@dataclass(frozen=True)
class Place:
    """Where to work: here, unless ``workers`` of this machine or the address of a ``scheduler`` are given."""

    workers: int | None = None
    scheduler: str | None = None


HERE = Place()


def results(
    work: Work[Block, Result], blocks: Sequence[Block], place: Place = HERE
) -> Iterator[tuple[Block, Result | Lost]]:
    """Every block with its result as it is there; on a cluster in any order.

    Raises:
        DataError: the cluster cannot be reached, or runs another program.
    """
    if not blocks:
        return
    if place == HERE:
        yield from one_by_one(work, blocks)
        return
    from explorer.sweep.cluster import connected, on_cluster  # noqa: PLC0415 - takes a second that few need

    with connected(place.workers, place.scheduler) as client:
        yield from on_cluster(client, work, blocks)


def in_order(work: Work[Block, Result], blocks: Sequence[Block], place: Place = HERE) -> Iterator[tuple[Block, Result]]:
    """The same in the order of the blocks: a result waits until those before it are there.

    Raises:
        DataError: as ``results``, or a block was lost.
    """
    waiting: dict[int, Result] = {}
    number = {block: place for place, block in enumerate(blocks)}
    following = 0
    for block, result in results(work, blocks, place):
        if isinstance(result, Lost):
            raise DataError(result.why)
        waiting[number[block]] = result
        while following in waiting:
            yield blocks[following], waiting.pop(following)
            following += 1
