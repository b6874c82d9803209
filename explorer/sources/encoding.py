"""Which characters the bytes of a file stand for; where that is not certain the file is refused, never guessed."""

import codecs
import re
from typing import BinaryIO

from explorer.errors import DataError

WINDOWS_NOTE = "The file was not in UTF-8; it was read as Windows text (Windows-1252)."
_SAVE_ANEW = "export it in UTF-8 (in Excel: save it as 'CSV UTF-8') and load it again"
_BLOCK = 1 << 20

# Windows-1252 is believed only where the other old encodings (DOS, Mac) would have given other signs: letters
# of Western Europe anywhere, but an apostrophe only inside a word, and dashes and pounds only outside one.
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_WINDOWS = re.compile(
    rf"(?:[\t\n\r\x20-\x7e{_LETTER}]|(?<=[{_LETTER}])’(?=[{_LETTER}])|(?<![{_LETTER}])[–—£](?![{_LETTER}]))*"
)
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


def wide_encoding(start: bytes) -> str | None:
    """UTF-16 told by its mark, or by every second byte being zero; None for everything narrower."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[0:4096:2].count(0), start[1:4096:2].count(0)
    half = min(len(start), 4096) // 2
    if half >= 2 and not even and odd > 0.9 * half:
        return "utf-16-le"
    if half >= 2 and not odd and even > 0.9 * half:
        return "utf-16-be"
    return None


def text_encoding(name: str, content: bytes) -> str:
    """The encoding of a whole text: "utf-8-sig", one of UTF-16, or "cp1252" where nothing else fits.

    Raises:
        DataError: it is not text, or could be read in more than one way.
    """
    wide = wide_encoding(content)
    if wide is None and b"\0" in content:
        raise DataError(f"{name}: this is not text (it holds zero bytes); it may be damaged, so export it again.")
    if wide is not None:
        if not _decodes(content, wide):
            raise DataError(f"{name}: the UTF-16 text is cut short or damaged; export it again.")
        return wide
    if _decodes(content, "utf-8"):
        return "utf-8-sig"
    if is_windows(content):
        return "cp1252"
    raise uncertain(name)


def uncertain(name: str) -> DataError:
    """The error for text that could be read in more than one way."""
    return DataError(f"{name}: it is not certain which characters the file holds; {_SAVE_ANEW}.")


def is_utf8(stream: BinaryIO) -> bool:
    """Is a stream UTF-8 from here to its end; read in blocks, so that a long one takes no memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def is_windows(content: bytes) -> bool:
    """Can the bytes be Windows-1252, and nothing else that a council's software writes."""
    if _UTF8_PAIR.search(content):  # a mixture: part of it is UTF-8
        return False
    return _decodes(content, "cp1252") and _WINDOWS.fullmatch(content.decode("cp1252")) is not None


def decoded(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, without a byte-order mark, and what to tell about how it was read."""
    encoding = text_encoding(name, content)
    return content.decode(encoding), (WINDOWS_NOTE,) if encoding == "cp1252" else ()


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
