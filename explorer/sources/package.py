"""A packed file is looked over before anything in it is unpacked: how large it would get, and what it declares."""

from io import BytesIO
from zipfile import ZipFile

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.signature import check_package
from explorer.sources.upload import Upload, megabytes
from explorer.wording import count

_ENTRY = b"PK\x01\x02"  # begins each entry of the table of contents
_MOST_PARTS = 5_000
_MEMORY = 4  # a workbook takes several times its unpacked size in memory, a CSV about its own
_BLOCK = 1 << 20
_DECLARATIONS = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le"))
_OVERLAP = max(map(len, _DECLARATIONS))


def checked_package(upload: Upload, limits: Limits) -> BytesIO:
    """The bytes of an Excel workbook that is safe to unpack.

    Unpacking stops at the sizes that the table of contents declares, so checking those is enough.

    Raises:
        DataError: it is damaged, no workbook, locked, would unpack to too much, or declares entities.
    """
    content = upload.read()
    if content.count(_ENTRY) > _MOST_PARTS:
        raise DataError(f"{upload.name}: the workbook has more than {count(_MOST_PARTS)} parts; save it anew in Excel.")
    stream = BytesIO(content)
    try:
        with ZipFile(stream) as package:
            check_package(upload.name, package.namelist())
            _check_sizes(upload.name, package, limits)
            _check_declarations(upload.name, package)
    except DataError:
        raise
    except Exception as problem:  # damaged packages fail in many ways
        raise _damaged(upload.name) from problem
    stream.seek(0)
    return stream


def _damaged(name: str) -> DataError:
    return DataError(f"{name}: the workbook is cut short or damaged; export or download it again.")


def _check_sizes(name: str, package: ZipFile, limits: Limits) -> None:
    parts = package.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise DataError(f"{name}: the file has a password; take the password off and load it again.")
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    most = limits.max_bytes // _MEMORY
    if unpacked > most or unpacked / packed > limits.max_expansion_ratio:
        raise DataError(
            f"{name}: the workbook would unpack to {megabytes(unpacked)}, {count(unpacked / packed)} times its size "
            f"(at most {megabytes(most)} and {count(limits.max_expansion_ratio)} times are taken); "
            "copy List 7 into a new workbook and load that."
        )


def _check_declarations(name: str, package: ZipFile) -> None:
    """Refuse parts that define entities: Excel writes none, and they can be made to grow without end."""
    for part in package.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with package.open(part) as stream:
            before = b""
            while block := stream.read(_BLOCK):
                if any(word in before + block for word in _DECLARATIONS):
                    raise DataError(f"{name}: the workbook holds XML that Excel does not write; save it anew in Excel.")
                before = block[-_OVERLAP:]
