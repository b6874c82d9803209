"""The elements of a census return as they are finished, each forgotten after its turn; damage told in words."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml import etree

from explorer.errors import DataError
from explorer.sources.census_child import local_name
from explorer.sources.encoding import wide_encoding
from explorer.sources.upload import Upload
from explorer.sources.xml_start import XmlStart, entities

# No real child's record is so long: a file with more between the ends of two children is made to fill the memory.
_MOST_BYTES = 4_000_000
_CLOSED = re.compile(r"</(?:[\w.-]+:)?message\s*>", re.IGNORECASE)
_CHILDREN = ("children", "message")


class _Watched:
    """The bytes of a return: tells at each hundredth how far it has been read, and stops at an endless child."""

    def __init__(self, upload: Upload, stream: BinaryIO, progress: Callable[[float], None] | None) -> None:
        self.upload, self.stream, self.progress = upload, stream, progress
        self.told = self.child_ended = 0

    def read(self, length: int = -1, /) -> bytes:
        block = self.stream.read(length)
        place = self.stream.tell()
        if place - self.child_ended > _MOST_BYTES:
            raise DataError(
                f"{self.upload.name}: one part of the return is longer than any child's record; export it again."
            )
        reached = 100 * place // self.upload.size
        if self.progress is not None and reached > self.told:
            self.told = reached
            self.progress(reached / 100)
        return block


def finished(
    upload: Upload, start: XmlStart, progress: Callable[[float], None] | None
) -> Iterator[tuple[str, etree._Element]]:
    """Each ``CollectionDetails``, ``Source``, ``Child`` and ``Children`` when it ends, with its name in small letters.

    Raises:
        DataError: the XML is cut short, not well formed, declares entities, or has an endless child.
    """
    with upload.open() as stream:
        stream.seek(start.skip)
        watched = _Watched(upload, stream, progress)
        parser = etree.iterparse(
            watched,
            events=("end",),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding=start.encoding,
        )
        try:
            yield from _turns(watched, parser)
        except etree.XMLSyntaxError as problem:
            raise _damaged(upload, problem) from None


def _turns(watched: _Watched, parser: Iterator[tuple[str, etree._Element]]) -> Iterator[tuple[str, etree._Element]]:
    first = True
    for _, element in parser:
        if first and element.getroottree().docinfo.internalDTD is not None:
            raise entities(watched.upload.name)
        first = False
        match local_name(element):
            case "child" if _path(element.getparent()) == _CHILDREN:
                yield "child", element
                _forget(element)
                watched.child_ended = watched.stream.tell()
            case "children" if _path(element) == _CHILDREN:
                yield "children", element
            case ("collectiondetails" | "source") as header:
                yield header, element


def _path(element: etree._Element | None) -> tuple[str, ...]:
    """The names of an element and everything around it, innermost first."""
    if element is None:
        return ()
    return (local_name(element), *map(local_name, element.iterancestors()))


def _forget(element: etree._Element) -> None:
    """Give back the memory of an element and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _damaged(upload: Upload, problem: etree.XMLSyntaxError) -> DataError:
    """What is wrong with the XML: told by the file's end, because the parser's own words differ with every cut."""
    end = upload.end()
    encoding = wide_encoding(upload.start()) or "utf-8"
    if encoding == "utf-16":
        encoding = "utf-16-le" if upload.start().startswith(b"\xff\xfe") else "utf-16-be"
    if _CLOSED.search(end.decode(encoding, errors="replace")) is None:
        return DataError(
            f"{upload.name}: the return is cut short (the end of the message is missing); export it again."
        )
    return DataError(
        f"{upload.name}: the XML is not well formed at line {problem.lineno}; "
        "correct that line, or export the return again."
    )
