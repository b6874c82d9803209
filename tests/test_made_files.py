"""Files that wait for their download: no two are taken for one, however alike, and nobody can guess a name."""

from importlib.util import find_spec, module_from_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.runtime import memory_media_file_storage as storage
from streamlit.runtime.media_file_storage import MediaFileKind

from explorer.app.serving import made_files
from explorer.app.serving.made_files import name_of

_KEY = b"k" * 32
_ONE = b"1" * 3_000_000
_OTHER = _ONE[:400_000] + b"2" + _ONE[400_001:]  # as two tables of one shape of which one cell differs


def test_streamlit_takes_two_large_files_for_one() -> None:
    """Where this fails the library has mended it, and only the secret is still needed."""
    name = _library_s()
    assert name(_ONE, "text/csv", "a.csv") == name(_OTHER, "text/csv", "a.csv")


def _library_s() -> Any:
    """Streamlit's own naming, also where the server was set up before in this process."""
    spec = find_spec(storage.__name__)
    assert spec is not None
    assert spec.loader is not None
    fresh = module_from_spec(spec)
    spec.loader.exec_module(fresh)
    return fresh._calculate_file_id


def test_each_reader_is_given_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_calculate_file_id", storage._calculate_file_id)
    made_files.name_whole()
    kept = storage.MemoryMediaFileStorage("/media")
    for data in (_ONE, _OTHER):
        name = kept.load_and_get_id(data, "text/csv", MediaFileKind.DOWNLOADABLE, "a.csv")
        assert kept.get_file(f"{name}.csv").content == data


def test_the_same_file_has_the_same_name_and_nobody_else_can_work_it_out() -> None:
    assert name_of(_KEY, b"a", "text/csv", "x") == name_of(_KEY, b"a", "text/csv", "x")
    assert name_of(_KEY, b"a", "text/csv", "x") != name_of(b"other", b"a", "text/csv", "x")


@given(some.binary(max_size=6), some.text(max_size=3), some.text(max_size=3), some.text(max_size=3))
def test_what_belongs_to_one_part_never_counts_for_another(data: bytes, mimetype: str, name: str, more: str) -> None:
    if more:
        assert name_of(_KEY, data, mimetype + more, name) != name_of(_KEY, data, mimetype, more + name)
        assert name_of(_KEY, data, mimetype, name + more) != name_of(_KEY, data, mimetype, name)
