"""Where a picture's figures come from, in the file itself, where it stays when the picture is cut."""

import struct
import zlib
from xml.sax.saxutils import escape

from explorer.export.sheet import clean
from explorer.provenance import Provenance

_HEAD = 33  # bytes: a PNG's signature and its first chunk, IHDR, which has to stay the first
_MOST_KEYWORD = 79  # letters of the keyword of a text in a PNG


def svg_with(content: bytes, provenance: Provenance) -> bytes:
    """An SVG with a ``<metadata>`` element before everything that is drawn (SVG 2, section 5.7)."""
    said = "\n".join(f"{heading}: {words}" for heading, words in provenance.lines)
    first, end, rest = content.partition(b">")
    return first + end + f"<metadata>{escape(clean(said))}</metadata>".encode() + rest


def png_with(content: bytes, provenance: Provenance) -> bytes:
    """A PNG with one ``iTXt`` chunk for each part, its heading as keyword (PNG specification, section 11.3.3.4)."""
    chunks = b"".join(_chunk(heading, clean(words)) for heading, words in provenance.lines)
    return content[:_HEAD] + chunks + content[_HEAD:]


def _chunk(keyword: str, words: str) -> bytes:
    # not compressed, in British English, and without a translated keyword
    held = keyword.encode("latin-1", "replace")[:_MOST_KEYWORD] + b"\0\0\0en-GB\0\0" + words.encode()
    named = b"iTXt" + held
    return struct.pack(">I", len(held)) + named + struct.pack(">I", zlib.crc32(named))
