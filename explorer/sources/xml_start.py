"""The beginning of an XML file: its characters, its first element, and that it declares no entities."""

import re
from dataclasses import dataclass

from explorer.errors import DataError
from explorer.sources.encoding import WINDOWS_NOTE, is_utf8, is_windows, uncertain, wide_encoding
from explorer.sources.signature import refused
from explorer.sources.upload import ACCEPTED, Upload

_DECLARED = re.compile(r"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""", re.ASCII)
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_NARROW = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252"}
WINDOWS = "windows-1252"
_WIDE = {"utf-16", "utf16", "utf-16le", "utf-16be", "ucs-2", "iso-10646-ucs-2", "unicode"}


@dataclass(frozen=True)
class XmlStart:
    """How an XML file begins.

    Attributes:
        root: the first element's name without its namespace, in small letters.
        encoding: what to tell the parser, because the file says something else or nothing; None to believe it.
        skip: bytes of blanks before the XML, which a parser would not forgive.
        notes: sentences about how the file is read.
    """

    root: str
    encoding: str | None
    skip: int
    notes: tuple[str, ...] = ()


def xml_start(upload: Upload) -> XmlStart | None:
    """Look at the beginning of a text; None where it is no XML.

    Raises:
        DataError: it is a web page, declares entities or an unknown encoding, or has no element.
    """
    start = upload.start()
    wide = wide_encoding(start)
    text = start.decode(wide or "utf-8-sig", errors="replace")
    trimmed = text.lstrip()
    if not trimmed.startswith("<"):
        return None
    if re.match(r"<(!doctype\s+)?html", trimmed, re.IGNORECASE):
        raise refused(upload.name, "a web page")
    found = _DECLARED.match(trimmed)
    declared = found.group(1).lower() if found else "utf-8"
    if declared not in _NARROW | _WIDE:
        raise DataError(f"{upload.name}: the file says it is in '{declared[:20]}'; export it again in UTF-8.")
    root = _root(upload.name, trimmed)
    blanks = 0 if wide or len(text) == len(trimmed) else start.index(b"<")
    # the parser spells "utf-16le" in one word
    encoding = wide.replace("16-", "16") if wide else _narrow_encoding(upload, declared)
    return XmlStart(root, encoding, blanks, (WINDOWS_NOTE,) if encoding == WINDOWS else ())


def _narrow_encoding(upload: Upload, declared: str) -> str | None:
    """The encoding to tell the parser. Returns "in UTF-16" that a program saved as UTF-8 are common."""
    if declared not in {"utf-8", "utf8"} | _WIDE:
        return None
    with upload.open() as stream:
        if is_utf8(stream):
            return "utf-8"
    if is_windows(upload.read()):
        return WINDOWS
    raise uncertain(upload.name)


def _root(name: str, text: str) -> str:
    """The name of the first element, past comments and instructions."""
    while True:
        text = text.lstrip()
        if text.startswith("<!--"):
            text = text.partition("-->")[2]
        elif text.startswith("<?"):
            text = text.partition("?>")[2]
        elif text.startswith("<!"):
            raise entities(name)
        elif found := _ELEMENT.match(text):
            return found.group(1).lower()
        else:
            raise DataError(f"{name}: this looks like XML but no element was found at its start; load {ACCEPTED}.")


def entities(name: str) -> DataError:
    """The error for XML that declares its own entities, which can be made to grow without end."""
    return DataError(
        f"{name}: the XML begins with a document type declaration (<!DOCTYPE ...>), which a census return does not "
        "have and which is not safe to read; export the return again."
    )
