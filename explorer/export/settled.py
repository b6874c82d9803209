"""A package of Office files without the time at which it was packed: the same content is the same file."""

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Change = Callable[[str], str]
_NONE: Mapping[str, Change] = MappingProxyType({})
_READABLE = 0o600 << 16  # a file that its owner may read and write, as the ZIP format keeps it


def settled(package: bytes, made: date, changes: Mapping[str, Change] = _NONE) -> bytes:
    """The same parts in the same order, all of the day on which the content was made.

    Args:
        changes: Parts of text that are rewritten, by their name in the package.
    """
    stream = BytesIO()
    with ZipFile(BytesIO(package)) as given, ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=6) as copy:
        for name in given.namelist():
            part = ZipInfo(name, (made.year, made.month, made.day, 0, 0, 0))
            part.compress_type, part.external_attr = ZIP_DEFLATED, _READABLE
            held = given.read(name)
            copy.writestr(part, changes[name](held.decode()).encode() if name in changes else held)
    return stream.getvalue()
