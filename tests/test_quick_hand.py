"""A movement that follows soon on another does not take back what the first one set."""

import json
import os
import subprocess
import sys

import pytest

from tests.fixtures import ROOT


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What ``tests.quick_hand`` prints, in a process of its own as a server is."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.quick_hand"],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, list[str]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("then", ["a question", "another figure"])
def test_a_what_if_stays_whatever_the_other_controls_still_showed(then: str, told: dict[str, list[str]]) -> None:
    planned = told["nothing more"][0]
    assert "What-Trafford-planned-in-2018" in planned
    assert told[then] == [planned, planned]


@pytest.mark.parametrize(
    ("then", "found"), [("another start", "Support-for-one-family-in-four"), ("no effect", "No-change")]
)
def test_the_second_of_two_what_ifs_is_the_one_at_hand(then: str, found: str, told: dict[str, list[str]]) -> None:
    assert all(found in one for one in told[then])


def test_an_idea_that_was_set_and_is_seen_can_be_switched_off_again(told: dict[str, list[str]]) -> None:
    (link,) = told["switched off"]
    assert "~rc_" not in link
    assert "~ov_" in link
    assert "Your-own" in link
