"""What sort of file the first bytes say it is, whatever its name; what cannot hold plans is refused in words."""

from collections.abc import Mapping
from typing import Literal

from explorer.errors import DataError
from explorer.sources.upload import ACCEPTED, Upload

Container = Literal["text", "zip", "parquet"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office wrote before 2007, and still wraps around a password
_OTHERS: Mapping[bytes, str] = {
    b"%PDF": "a PDF document",
    b"{\\rtf": "a Word document (RTF)",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"7z\xbc\xaf\x27\x1c": "a compressed file (7z)",
    b"Rar!": "a compressed file (RAR)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3": "a database",
    b"MZ": "a program",
}
# parts of an Office package that say what it is
_PARTS: Mapping[str, str] = {
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "xl/workbook.bin": "an Excel binary workbook (xlsb)",
    "content.xml": "an OpenDocument file",
}


def container(upload: Upload) -> Container:
    """Tell text (XML, CSV), packed workbooks and Parquet apart.

    Raises:
        DataError: the bytes are those of another kind of file.
    """
    start = upload.start()
    if start.startswith(_ZIP):
        return "zip"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(_OLE):
        raise DataError(f"{upload.name}: {_old_office(upload.read())}")
    for signature, what in _OTHERS.items():
        if start.startswith(signature):
            raise refused(upload.name, what)
    return "text"


def check_package(name: str, parts: list[str]) -> None:
    """Make sure that a packed file is an Excel workbook.

    Args:
        parts: the names of what is packed in it.

    Raises:
        DataError: it is a document of another kind, or a folder of files.
    """
    if "xl/workbook.xml" in parts:
        return
    for part, what in _PARTS.items():
        if any(found.startswith(part) for found in parts):
            raise refused(name, what)
    raise DataError(f"{name}: this is a zip file; take the plan records out of it and load them on their own.")


def refused(name: str, what: str) -> DataError:
    """The error for a file of a kind that cannot be read."""
    return DataError(f"{name}: this is {what}, not plan records; load {ACCEPTED}.")


def _old_office(content: bytes) -> str:
    """What to do with an Office file of the old sort; its streams are named in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "this workbook has a password; take the password off in Excel, save it and load it again."
    if "Workbook".encode("utf-16-le") in content:
        return "this is an old Excel file (xls); open it in Excel, save it as an Excel workbook (xlsx) and load that."
    return f"this is an old Word or Office file, not plan records; load {ACCEPTED}."
