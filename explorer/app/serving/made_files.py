"""Under which name a file that was made for a reader waits for its download: one that nobody else's file has.

Streamlit names a file of more than 1 MiB by its length and three samples of it, and keeps the first of a name for
everybody: of two readers' tables that differ in one cell between the samples, the second was given the first's.
"""

import hashlib
import secrets
from functools import partial

from streamlit.runtime import memory_media_file_storage as storage


def name_of(key: bytes, data: bytes, mimetype: str, filename: str | None = None) -> str:
    """The name of a file: all of its content counts, and nobody can work it out who does not know the key.

    Args:
        key: at most 64 bytes that only this process knows.
        data: the content.
        mimetype: its kind.
        filename: what its reader will call it.

    Returns:
        64 letters (BLAKE2b, RFC 7693, with a key).
    """
    digest = hashlib.blake2b(key=key, digest_size=32)
    for part in (mimetype.encode(), (filename or "").encode(), data):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def name_whole() -> None:
    """Have the server name files so, before it makes the first."""
    storage._calculate_file_id = partial(name_of, secrets.token_bytes(32))
