"""What the program is made of: every package is pinned with digests, nothing else is needed, and it is what runs."""

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version

import pytest

from tests.audit import CLEAN, FOUND, NOT_ASKED, judged
from tests.fixtures import ROOT

_PIN = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s;\\]+)(?:\s*;[^\\]*)?((?:\s*\\\n\s+--hash=sha256:[0-9a-f]{64})*)",
    re.MULTILINE,
)
_REQUIRED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
FILES = ("requirements.txt", "requirements-dev.txt")


def plain(name: str) -> str:
    """A package's name as all write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def pins(file: str) -> dict[str, tuple[str, int]]:
    """Version and number of digests of each pin."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return {plain(found[1]): (found[2], found[3].count("--hash=")) for found in _PIN.finditer(text)}


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_its_digests(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert len(pins(file)) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)) > 20
    assert [name for name, (_, digests) in pins(file).items() if not digests] == []


@pytest.mark.parametrize("file", FILES)
def test_everything_that_is_asked_for_is_pinned(file: str) -> None:
    asked = (ROOT / file.replace(".txt", ".in")).read_text(encoding="utf-8").splitlines()
    names = {plain(found[0]) for line in asked if (found := _REQUIRED.match(line.strip()))}
    assert names <= pins(file).keys()


def test_nothing_that_a_pinned_package_needs_is_left_out() -> None:
    """Packages that are needed here; those for an extra or another system may be pinned or not."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - comes with the tools of the tests

    pinned, missing = pins("requirements.txt"), set()
    for name in pinned:
        for line in distribution(name).requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                missing |= {plain(needed.name)} - pinned.keys()
    assert missing == set()


def test_what_is_installed_is_what_is_pinned() -> None:
    other = {}
    for name, (pinned, _) in pins("requirements.txt").items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "none"
        if found != pinned:
            other[name] = (pinned, found)
    assert other == {}, "install again: pip install --require-hashes -r requirements.txt"


def test_an_audit_that_could_not_ask_is_no_clean_bill() -> None:
    sound = {"name": "a", "version": "1", "vulns": []}
    faulty = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
    skipped = {"name": "c", "skip_reason": "not found"}
    assert judged({"dependencies": [sound]}).code == CLEAN
    assert judged({"dependencies": [sound, skipped]}).code == NOT_ASKED
    assert judged({"dependencies": []}).code == NOT_ASKED
    found = judged({"dependencies": [sound, faulty, skipped]})
    assert found.code == FOUND
    assert found.sentences[0] == "b 2: CVE-1; mended in 3."
    assert "could not be asked about 1: c" in found.sentences[2]
