"""Blocks of work that ask nothing of each other, done one after the other: the same as a cluster does at once.

A piece of work is an object that holds all that its blocks need and is called with each: it reads nothing, has no
clock, and takes its chance from its own seed, so that a block comes to the same wherever and whenever it is done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

Block = TypeVar("Block")
Result = TypeVar("Result")
Given_contra = TypeVar("Given_contra", contravariant=True)
Found_co = TypeVar("Found_co", covariant=True)


class Work(Protocol[Given_contra, Found_co]):
    """What is done with every block. It can be sent to another machine, and so can its blocks and results."""

    def __call__(self, block: Given_contra, /) -> Found_co:
        """Do one block."""
        ...


@dataclass(frozen=True)
class Lost:
    """A block that came to nothing because the workers that had it ended; ``why`` is a sentence."""

    why: str


def one_by_one(work: Work[Block, Result], blocks: Iterable[Block]) -> Iterator[tuple[Block, Result]]:
    """Do the blocks in this process, in their order; each with its result as it is there."""
    for block in blocks:
        yield block, work(block)
