"""What a control draws again by itself is what a reader would see who opened the page anew."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.fixtures import ROOT


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    """A walk over the controls of a what-if, in a process of its own as a server is."""
    walked = subprocess.run(
        [sys.executable, "-m", "tests.redrawn_walk", "1"],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        text=True,
        timeout=240,
    )
    assert walked.returncode == 0, walked.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(walked.stdout)
    return found


def test_the_walk_goes_over_controls_of_every_kind(steps: list[dict[str, Any]]) -> None:
    moved = {step["moved"] for step in steps}
    assert {"Start from", "Figure", "Look closer", "SMARTER plans"} <= moved
    assert any(name.endswith(", exact") for name in moved)


def test_what_is_drawn_again_is_what_a_reader_sees_who_opens_the_link(steps: list[dict[str, Any]]) -> None:
    otherwise = [
        step for step in steps if step["only here"] or step["only anew"] or step["otherwise"] or not step["as many"]
    ]
    assert otherwise == []


def test_no_control_draws_the_whole_page_again(steps: list[dict[str, Any]]) -> None:
    assert all(step["part"] for step in steps)
