"""Some of what somebody who means harm might send; ten thousand of it in ``python -m bench.hostile``."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bench import hostile, hostile_inputs, hostile_sockets
from bench.hostile import Found
from explorer.app.choices import CHOICES
from explorer.app.link_reading import take
from explorer.errors import DataError
from explorer.models.scenario_file import read_scenario
from explorer.records.loaded import Sent, loaded_records
from tests.fixtures import ROOT, shipped_world

WORLD = shipped_world()
AREAS = frozenset(area.code for area in WORLD.areas.authorities)


def test_files_that_are_none_are_refused_in_sentences() -> None:
    found = Found()
    hostile.files(WORLD, random.Random(1), 60, found)
    assert found.faults == []
    assert found.kinds["refused"] > 30
    assert found.slowest < 30


def test_what_ifs_that_are_none_are_refused_in_sentences() -> None:
    found = Found()
    hostile.what_ifs(WORLD, random.Random(1), 100, found)
    assert found.faults == []
    assert found.kinds["refused"] > 50


def test_the_bombs_are_refused_and_not_the_good_ones() -> None:
    """Else the fuzzer would try nothing."""
    for content in hostile.good_files()[:2]:
        loaded_records(content, Sent("file", "358"), WORLD.rules, AREAS, lambda share, words: None)
    for bomb in hostile_inputs.BOMBS[:2]:
        with pytest.raises(DataError):
            loaded_records(bomb(), Sent("file", "358"), WORLD.rules, AREAS, lambda share, words: None)
    for text in hostile.good_what_ifs():
        read_scenario(text, WORLD.models.what_if)
    for written in hostile_inputs.YAML_BOMBS[:3]:
        with pytest.raises(DataError):
            read_scenario(written, WORLD.models.what_if)


@given(
    some.dictionaries(
        some.sampled_from([*CHOICES, "v", "x"]), some.text(max_size=60) | some.sampled_from(hostile_inputs.JUNK)
    )
)
@settings(max_examples=100, deadline=None)
def test_any_link_is_read_and_what_is_chosen_can_be_written(link: dict[str, str]) -> None:
    kept: dict[str, Any] = {name: choice.default(WORLD) for name, choice in CHOICES.items()}
    told = take(link, kept, WORLD, "what_if", own_file=False)
    assert all(len(sentence) < 2000 for sentence in told)
    for name, choice in CHOICES.items():
        assert isinstance(choice.write(kept[name], WORLD), str)


def test_the_app_stands_some_of_all_kinds(tmp_path: Path) -> None:
    """In a process of its own, since there can be one server in a process."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.hostile", "0.01"],
        cwd=ROOT,
        env={**os.environ, "EXPLORER_DATABASE_URL": f"sqlite:///{tmp_path}/kept.db", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert run.stdout.splitlines()[-1].endswith("inputs, 0 faults"), run.stdout
    assert hostile.MARK not in run.stderr


def test_ten_thousand_were_tried_and_none_did_harm() -> None:
    record = json.loads((ROOT / "bench" / "results" / "hostile.json").read_text(encoding="utf-8"))
    assert record["inputs"] >= 10_000
    assert record["faults"] == 0
    assert record["told_a_number"] == sum(one["told"] for one in record["kinds"].values()), "said, and not left out"
    assert record["kinds"].keys() == hostile.COUNTS.keys()
    assert sum(one["tried"] for one in record["kinds"].values()) == record["inputs"]


def test_some_more_passed_the_server_itself_and_did_no_harm() -> None:
    record = json.loads((ROOT / "bench" / "results" / "hostile_sockets.json").read_text(encoding="utf-8"))
    assert record["inputs"] >= sum(hostile_sockets.COUNTS.values())
    assert record["faults"] == 0
    codes = record["kinds"]["bytes"]["kinds"]
    assert "500" not in codes
    assert codes["400"] > 0, "else no bytes were refused"


def test_bytes_that_are_no_request_are_of_many_kinds() -> None:
    rng = random.Random(1)
    made = [hostile_sockets.raw(rng) for _ in range(100)]
    assert any(len(one) > 100_000 for one in made)
    assert any(one.startswith(b"PUT") for one in made)
    assert sum(b"Sec-WebSocket-Key" in one for one in made) > 10
