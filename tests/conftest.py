"""What holds for all tests of pages: they look at the whole page, what is folded away too."""

import sys
from collections.abc import Iterator
from functools import lru_cache

import pytest
from streamlit.components.v2 import manifest_scanner

from explorer.app import folded, redrawn

_MAIN = sys.modules["__main__"]


@pytest.fixture(scope="session", autouse=True)
def _components_looked_for_once() -> Iterator[None]:
    """For each app that a test opens Streamlit looks through every installed package for components: 0.2 to 1 s."""
    with pytest.MonkeyPatch.context() as patched:
        once = lru_cache(maxsize=1)(manifest_scanner.scan_component_manifests)
        patched.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(autouse=True)
def _unfolded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw what is folded away as if its reader had opened it; a test marked ``folded`` sees the page as it opens."""
    if request.node.get_closest_marker("folded") is None:
        monkeypatch.setattr(folded, "_open", lambda fold: True)


@pytest.fixture(autouse=True)
def _whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the whole page whatever moved: what a test reads of a page is only what its last run drew."""
    monkeypatch.setattr(redrawn, "again", lambda *keys: None)


@pytest.fixture(autouse=True)
def _own_main() -> Iterator[None]:
    """Put back the program that runs: a page puts itself in its place, and a process begun later would run the page."""
    yield
    sys.modules["__main__"] = _MAIN
