"""The crowd against a small page, its figures by hand, and what was recorded of the real thing."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.crowd import Reader, Task, _values
from bench.load import BARE, MIX, MOVED, bare_readers, readers, sent_out, slope, told
from bench.recorded import at_most, quantile, spread
from bench.served import bare
from explorer.app.serving.page_control import Control
from tests.fixtures import ROOT, shipped_world

RESULTS = ROOT / "bench" / "results"


def test_a_small_crowd_moves_the_bare_page_and_nothing_is_lost(tmp_path: Path) -> None:
    with bare(tmp_path) as server:
        task = Task(
            (*bare_readers(server.address, 3), Reader("what_if", server.address)),
            seconds=1.0,
            pause=0.2,
            arrive=0.1,
            servers=(server.process.pid,),
        )
        found = sent_out(task)
    assert found["moves"][BARE]["count"] >= 6
    assert 0 < found["moves"][BARE]["median"] <= found["moves"][BARE]["p95"] < 5000
    assert found["openings"][BARE]["count"] == 3
    assert found["server_processor_each_movement"] > 0
    assert found["memory_most"][0] > 20
    # the fourth expects a picture at the opening and at every movement, and there is none
    assert found["troubles"] == {"what_if: no picture came": 1 + found["moves"]["what_if"]["count"]}
    assert found["troubles_in_all"] == found["troubles"]["what_if: no picture came"]


def test_a_server_that_is_not_there_is_counted() -> None:
    found = sent_out(Task(tuple(bare_readers("http://localhost:9", 2)), seconds=0.0, arrive=0.0))
    assert found["troubles_in_all"] == 2
    assert found["movements"] == 0


def test_readers_are_spread_as_the_mix_says_and_the_seed_decides() -> None:
    world = shipped_world()
    found = readers(world, ["a", "b"], 200, MIX)
    kinds = [one.kind for one in found]
    assert {kind: kinds.count(kind) for kind in MIX} == {kind: 2 * share for kind, share in MIX.items()}
    assert [one.address for one in found].count("a") == 100
    assert len({one.link["area"] for one in found}) > 140  # all that a what-if can be shown for
    assert found == readers(world, ["a", "b"], 200, MIX)
    assert found != readers(world, ["a", "b"], 200, MIX, seed=2)
    assert set(MOVED) == set(MIX)


def test_a_slider_is_moved_to_its_own_steps() -> None:
    class Element:
        min, max, step = 0.5, 1.5, 0.25

    assert _values(Control("x", "x", "", "slider", Element())) == [0.5, 0.75, 1.0, 1.25, 1.5]


def test_the_middle_and_the_tail_by_hand() -> None:
    figures = [float(number) for number in range(1, 21)]
    assert spread(figures) == {"median": 10.0, "p95": 19.0, "least": 1.0, "most": 20.0}
    assert quantile([7.0], 0.95) == 7.0
    assert (at_most("", 60.0, 60).met, at_most("", 60.1, 60).met) == (True, False)
    assert not at_most("", float("nan"), 60).met  # what was not measured is not met


def test_memory_that_grows_is_told_by_the_hour() -> None:
    looks = [[0.0, 200.0], *([600.0 + 60 * minute, 300.0 + minute] for minute in range(30))]
    assert slope(looks, 600.0) == [pytest.approx(60.0)]


def test_a_crowds_figures_in_few_numbers() -> None:
    raw = {
        "seconds": 10.0,
        "openings": {"bare": [0.1]},
        "moves": {"bare": [0.02, 0.04], "what_if": [0.1]},
        "troubles": {"gone": 2},
        "messages": 30,
        "letters": 6000,
        "client_processor": 1.0,
        "client_late": [0.001],
        "server_processor": [0.6, 0.3],
        "memory": [[0.0, 200.0, 210.0], [10.0, 205.0, 208.0]],
    }
    found = told(Task((), 10.0), raw)
    assert found["moves"]["all"] == {"median": 40.0, "p95": 100.0, "least": 20.0, "most": 100.0, "count": 3}
    assert found["moves"]["what_if"]["count"] == 1
    assert found["messages_each_movement"] == 10
    assert found["kilobytes_each_movement"] == 2
    assert found["server_processor_each_movement"] == pytest.approx(300)
    assert found["server_processors_busy"] == [0.06, 0.03]
    assert found["memory_most"] == [205.0, 210.0]
    assert found["troubles_in_all"] == 2


@pytest.mark.parametrize("name", ["load", "latency"])
def test_what_was_recorded_says_on_which_machine_and_which_bars_are_met(name: str) -> None:
    record: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    assert {"python", "cores", "load_average", "versions"} <= set(record["machine"])
    assert record["bars"]
    for bar in record["bars"]:
        assert bar["met"] == (bar["found"] <= bar["most"])


def test_the_record_of_the_load_has_every_crowd_beside_the_bare_page() -> None:
    record = json.loads((RESULTS / "load.json").read_text(encoding="utf-8"))
    assert record["mix"] == MIX
    for what in ("all on what if", "mixed"):
        for where in ("moving", "two replicas"):
            assert record[f"{where}, {what}"]["ratio_to_bare_page"]["median"] > 0
    assert record["bare page, as many"]["movements"] > 0
