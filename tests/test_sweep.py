"""Sweeps in one process: what is asked, what a cell holds, and that a stop loses nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import __main__, sweep_commands
from explorer.errors import ConfigError, DataError, SelectionError
from explorer.evaluation.controlled import Controlled, Question, compare
from explorer.evaluation.panel import panel
from explorer.evaluation.path import step
from explorer.models.outcome import TOLD, changes, outcome
from explorer.models.scenario_code import read_code
from explorer.models.scenarios import Change, Scenario
from explorer.models.what_if import noise_of, run_scenario
from explorer.sweep import cells, place, plan, run
from explorer.sweep.cells import PLACES, ROWS, CellWork, work_of
from explorer.sweep.entries import Steps
from explorer.sweep.finished import gather, open_finished
from explorer.sweep.manifest import FILE, Tried, read_manifest
from explorer.sweep.options import add_place, place_of
from explorer.sweep.place import HERE, Place, in_order
from explorer.sweep.placebos import PLACEBOS, placebo_tests
from explorer.sweep.plan import Block, Sweep, read_sweep
from explorer.sweep.progress import Progress
from explorer.sweep.run import begin, go_on
from explorer.sweep.scenarios import Named
from explorer.sweep.store import file_of, read_rows
from tests.fixtures import BROKEN, CITY_OF_LONDON, REPEAT, ROOT, TRAFFORD, england_in, faults, shipped_world, start_of

START = date(2018, 9, 1)
RUTLAND, NORTHAMPTONSHIRE = "857", "928"
SMALL = """\
name: "A small one"
authorities: ["358", "356"]
as_at: [2018, 2022]
months: 36
draws: 200
scenarios:
  shipped: [all_six_ideas]
  grids:
    - name: "Conferences"
      over:
        restorative_conferences.ratios.return: [0.8, 1.0]
"""


def read(text: str, folder: Path) -> Sweep:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return read_sweep(path, shipped_world())


@pytest.fixture
def small(tmp_path: Path) -> Sweep:
    return read(SMALL, tmp_path)


def done(sweep: Sweep, folder: Path) -> Path:
    """The folder of a finished sweep."""
    for _ in go_on(begin(sweep, shipped_world(), folder), shipped_world()):
        pass
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


@pytest.fixture(autouse=True)
def learnt_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "learn", lambda history, *settings: england_in(history.years[-1]))


# --- what is asked


def test_a_file_says_authorities_days_and_scenarios(small: Sweep) -> None:
    assert small.blocks == (Block(2018, "358"), Block(2018, "356"), Block(2022, "358"), Block(2022, "356"))
    assert [one.name for one in small.scenarios] == [
        "All six ideas",
        "Conferences: return 0.8",
        "Conferences: return 1",
    ]
    assert (small.months, small.draws, small.seed, small.years) == (36, 200, 1, (1, 2, 3))
    assert small.cells == 12


def test_a_grid_crosses_its_values_on_its_base(tmp_path: Path) -> None:
    text = SMALL[: SMALL.index("  grids")] + (
        "  grids:\n    - name: G\n      base: {interventions: {peer_learning: {}}}\n      over:\n"
        "        coupling: [0, 0.5]\n        smarter_plans.reach: {from: 0.1, to: 0.3, step: 0.1}\n"
        "        smarter_plans.fade_half_life_months: [lasts, 12]\n"
    )
    found = read(text, tmp_path).scenarios[1:]
    assert len(found) == 12
    assert found[0].name == "G: coupling 0, reach 0.1, fade half life months lasts"
    assert {(one.scenario.coupling, one.scenario.changes[0].reach) for one in found} == {
        (coupling, reach) for coupling in (0, 0.5) for reach in (0.1, 0.2, 0.3)
    }
    assert all({change.intervention for change in one.scenario.changes} >= {"smarter_plans"} for one in found)
    assert all("peer_learning" in {change.intervention for change in one.scenario.changes} for one in found)


@given(st.integers(0, 50), st.integers(1, 50), st.sampled_from((0.01, 0.05, 0.1, 0.25)))
def test_steps_hold_both_ends(first: int, more: int, size: float) -> None:
    start, to = round(first * size, 10), round((first + more) * size, 10)
    values = Steps.model_validate({"from": start, "to": to, "step": size}).values
    assert len(values) == more + 1
    assert (values[0], values[-1]) == (start, to)


def test_a_group_is_the_authority_and_its_members(tmp_path: Path) -> None:
    text = SMALL.replace('["358", "356"]', '{group: neighbours-2025, around: "358"}')
    members = shipped_world().comparators(TRAFFORD, 2018, "neighbours-2025").members
    assert [block.area for block in read(text, tmp_path).blocks][:11] == [TRAFFORD, *members]


def test_all_are_those_that_existed(tmp_path: Path) -> None:
    found = read(SMALL.replace('["358", "356"]', "all"), tmp_path).blocks
    assert Block(2018, NORTHAMPTONSHIRE) in found
    assert Block(2022, NORTHAMPTONSHIRE) not in found


def test_a_percentage_brings_its_counts(tmp_path: Path) -> None:
    found = read(SMALL + f"measures: [{REPEAT}]\n", tmp_path)
    assert found.indicators == (REPEAT, "plans_started", "plans_started_repeat")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["358", "356"]', "some", "small.yaml line 2: 'authorities' is 'some'; allowed: all, a list of DfE numbers"),
        ('["358", "356"]', '["999"]', "small.yaml line 2: '999' is not an authority."),
        ('["358", "356"]', '{group: friends, around: "358"}', "small.yaml line 2: There is no group 'friends'"),
        ("[2018, 2022]", "[2013]", "small.yaml line 3: 'as_at' has 2013; allowed: 2014 to"),
        ("[2018, 2022]", "[2018-09-30]", "each for its 31 March"),
        ("months: 36", "months: 11", "small.yaml line 4: 'months' is 11; allowed: a whole number from 12"),
        ("draws: 200", "draws: 1", "small.yaml line 5: 'draws' is '1'"),
        ("draws: 200", "dras: 200", "small.yaml line 5: unknown key 'dras'; allowed: name, notes, authorities"),
        ("[all_six_ideas]", "[all_six]", "there is no scenario 'all_six'; allowed: all_six_ideas"),
        (
            "[0.8, 1.0]",
            "[0.8, 99]",
            "'interventions.restorative_conferences.ratios.return' is '99.0'; allowed: a number",
        ),
        ("[0.8, 1.0]", "0.8", "needs a list of numbers such as"),
        ("[0.8, 1.0]", "{from: 0, to: 1000, step: 0.01}", "has more than 10,000 values; allowed: 1 to 10,000."),
        ("[0.8, 1.0]", "{from: 0, to: 1.0e+9, step: 1}", "has more than 10,000 values; allowed: 1 to 10,000."),
        ("[0.8, 1.0]", "{from: 0, to: 1.0e+300, step: 1.0e-300}", "has more than 10,000 values"),
        ("[0.8, 1.0]", "{from: 1, to: 0, step: 0.1}", "has no values; allowed: 1 to 10,000."),
        ("[0.8, 1.0]", "{from: 1, to: 0.8, step: 0.5}", "has no values; allowed: 1 to 10,000."),
        ("[0.8, 1.0]", "{from: 0, to: 1, step: 0}", "needs a list of numbers such as"),
        ("[0.8, 1.0]", "{from: 0, to: 1, step: wide}", "needs a list of numbers such as"),
        ("[0.8, 1.0]", "[0.8, .nan]", "needs a list of numbers such as"),
        (
            "[0.8, 1.0]",
            "{from: 0, to: 1, step: 0.0002}\n        coupling: {from: 0, to: 1, step: 0.0002}",
            "small.yaml line 6: 'scenarios' has 25,010,002 in all; allowed: 1 to 10,000.",
        ),
        ("[0.8, 1.0]", "[0.8, 0.8]", "two scenarios are called 'Conferences: return 0.8'"),
        ("restorative_conferences.ratios", "conferences.ratios", "unknown key 'conferences' in 'interventions'"),
    ],
)
def test_a_fault_is_a_sentence_with_its_place(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in SMALL
    found = faults(lambda: read(SMALL.replace(old, new), tmp_path), ConfigError)
    assert any(said in fault for fault in found), found


def test_more_cells_than_a_sweep_may_have_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(plan, "MOST_CELLS", 11)
    monkeypatch.setattr(plan, "scenarios_of", made)  # none is read
    (said,) = faults(lambda: read(SMALL, tmp_path), ConfigError)
    assert "4 authorities and 31 Marches under 3 scenarios are 12 cells; allowed: up to 11." in said


def test_the_shipped_sweeps_can_be_read() -> None:
    found = {path.stem: read_sweep(path, shipped_world()) for path in (ROOT / "config" / "sweeps").glob("*.yaml")}
    asked = found["ideas_by_authority"]
    assert (len(asked.scenarios), asked.draws, asked.months) == (20, 1000, 60)
    assert 150 <= len(asked.blocks) <= 155
    assert found["first_try"].cells == 55


# --- what a cell holds


def test_a_cell_is_what_the_page_shows(small: Sweep) -> None:
    """The same draws, baseline and differences as the What if page works out."""
    world, models = shipped_world(), shipped_world().models
    found = work_of(small, world, small.blocks)(Block(2018, TRAFFORD))
    assert found.why == ""
    assert found.rows.schema == ROWS
    start = start_of(TRAFFORD, 2018)
    noise = noise_of(start, 36, models.seed)
    for named in small.scenarios:
        scenario = read_code(named.code, models.what_if).scenario
        now, then = (outcome(start, one, models.what_if, noise, models.seed) for one in (None, scenario))
        polarity = {name: entry.polarity for name, entry in world.config.indicators.items()}
        page = changes(now, then, polarity).sort("indicator", "years")
        rows = found.rows.filter(pl.col("scenario") == named.name, pl.col("indicator").is_in(TOLD))
        rows = rows.sort("indicator", "years")
        for mine, theirs in (
            ("baseline_mean", "baseline"),
            ("scenario_mean", "scenario"),
            *((name, name) for name in ("difference", "p10", "p90", "p_lower", "p_higher")),
        ):
            assert rows[mine].equals(page[theirs].round(PLACES).alias(mine))


def test_the_wider_range_by_hand(small: Sweep) -> None:
    models, start = shipped_world().models, start_of(TRAFFORD, 2018)
    noise = noise_of(start, 36, 1)
    one = small.scenarios[1]
    now, then = (run_scenario(start, which, models.what_if, noise, 1) for which in (None, one.scenario))
    change = np.sort(then.at("plans_open", 24) - now.at("plans_open", 24))
    place_low = 199 * 0.025
    low = change[4] + (change[5] - change[4]) * (place_low - 4)
    rows = work_of(small, shipped_world(), small.blocks)(Block(2018, TRAFFORD)).rows
    (row,) = rows.filter(scenario=one.name, indicator="plans_open", years=2).to_dicts()
    assert row["p2_5"] == pytest.approx(low, abs=1e-6)
    assert row["p2_5"] <= row["p10"] <= row["p90"] <= row["p97_5"]
    assert row["known"] == 200
    assert row["difference"] == pytest.approx(row["scenario_mean"] - row["baseline_mean"], abs=1e-5)


def test_who_did_not_exist_or_is_hidden_is_told_and_the_rest_is_done(tmp_path: Path) -> None:
    sweep = read(SMALL.replace('"356"', f'"{CITY_OF_LONDON}", "{NORTHAMPTONSHIRE}"'), tmp_path)
    manifest = read_manifest(done(sweep, tmp_path / "out"))
    assert manifest is not None
    assert manifest.finished
    assert manifest.cells == {"asked": 18, "done": 9, "failed": 9}
    name = sweep.scenarios[0].name
    assert "was replaced by North Northamptonshire" in manifest.why_not(2022, NORTHAMPTONSHIRE, name)
    assert "they are hidden or missing" in manifest.why_not(2018, CITY_OF_LONDON, name)
    assert manifest.why_not(2018, NORTHAMPTONSHIRE, name) == ""
    assert manifest.why_not(2018, "204", name) == "It was not asked for, or has not been worked out yet."
    assert not any(BROKEN.search(one.why) for one in manifest.blocks)
    rows = read_rows(tmp_path / "out").collect()
    assert rows.schema == ROWS
    assert rows["area"].unique().sort().to_list() == [TRAFFORD, NORTHAMPTONSHIRE]


def test_a_fault_in_one_scenario_leaves_the_others(small: Sweep, tmp_path: Path) -> None:
    bad = Named("Bad", "", "1", Scenario("Bad", changes=(Change("nothing"),)))
    sweep = replace(small, scenarios=(small.scenarios[0], bad), blocks=small.blocks[:1])
    folder = done(sweep, tmp_path / "out")
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.cells == {"asked": 2, "done": 1, "failed": 1}
    assert manifest.why_not(2018, TRAFFORD, "Bad").startswith("There is no idea called 'nothing'")
    assert read_rows(folder).collect()["scenario"].unique().to_list() == ["All six ideas"]


def test_a_fault_of_the_program_is_told_of_one_authority(small: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    work = work_of(small, shipped_world(), small.blocks)

    def broken(*given: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(CellWork, "_calibrated", broken)
    assert work(small.blocks[0]).why == "It could not be worked out (ZeroDivisionError: by nothing)."


# --- a stop loses nothing


def test_it_goes_on_where_it_was_stopped(small: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after each number of blocks: what is there is not done again, and the end is the same to the byte."""
    whole = files(done(small, tmp_path / "whole"))
    assert len(whole) == 5
    worked: list[Block] = []

    def watched(work: Any, blocks: Any, where: Any) -> Iterator[Any]:
        for block in blocks:
            worked.append(block)
            yield block, work(block)

    monkeypatch.setattr(run, "results", watched)
    for stop in range(1, 4):
        folder = tmp_path / str(stop)
        going = go_on(begin(small, shipped_world(), folder), shipped_world())
        for _ in range(stop):
            next(going)
        del going
        half = read_manifest(folder)
        assert half is not None
        assert not half.finished
        (folder / "cells" / "as_at=2018" / "area=358.parquet.123.part").write_bytes(b"half")
        worked.clear()
        before = begin(small, shipped_world(), folder)
        assert before.cells_there == 3 * stop
        assert len(list(go_on(before, shipped_world()))) == 4 - stop
        assert worked == list(small.blocks[stop:])
        assert files(folder) == whole
    assert done(small, tmp_path / "3")
    assert files(tmp_path / "3") == whole


def test_a_kill_at_any_moment(tmp_path: Path) -> None:
    """A real one: the program is killed as soon as its first results are there, and started again."""
    text = SMALL.replace('["358", "356"]', '{group: neighbours-2025, around: "358"}').replace("200", "600")
    sweep = read(text, tmp_path)
    folder = tmp_path / "out"
    call = [sys.executable, "-m", "explorer", "sweep", str(tmp_path / "small.yaml"), "--out", str(folder)]
    program = subprocess.Popen(call, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not list(folder.glob("cells/*/*.parquet")) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(program.pid, signal.SIGKILL)
    assert program.wait() == -signal.SIGKILL
    before = begin(sweep, shipped_world(), folder)
    assert 0 < len(before.manifest.blocks) < len(sweep.blocks)
    there = {one.file: (folder / str(one.file)).read_bytes() for one in before.manifest.blocks}
    ended = list(go_on(before, shipped_world()))
    assert len(ended) == len(sweep.blocks) - len(there)
    assert {name: (folder / name).read_bytes() for name in map(str, there)} == there
    work = work_of(sweep, shipped_world(), sweep.blocks)
    again = before.manifest.blocks[0].block
    assert pl.read_parquet(folder / file_of(again)).equals(work(again).rows)


def test_a_damaged_or_strange_file_is_done_again(small: Sweep, tmp_path: Path) -> None:
    folder = done(small, tmp_path / "out")
    whole = files(folder)
    other = done(replace(small, seed=2), tmp_path / "other")
    first, second = (folder / file_of(block) for block in small.blocks[:2])
    first.write_bytes(first.read_bytes()[:-100])
    second.write_bytes((other / file_of(small.blocks[1])).read_bytes())
    before = begin(small, shipped_world(), folder)
    assert [one.block for one in before.manifest.blocks] == list(small.blocks[2:])
    assert files(done(small, folder)) == whole


@pytest.mark.parametrize("what", ["draws", "seed", "data", "settings", "code"])
def test_another_sweep_is_refused(what: str, small: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(small, shipped_world(), tmp_path / "out")
    sweep = small
    if what in ("draws", "seed"):
        sweep = replace(small, draws=7) if what == "draws" else replace(small, seed=7)
    else:
        rests = plan.rests_on(shipped_world()) | {what: "changed"}
        monkeypatch.setattr(run, "rests_on", lambda world: rests)
    (said,) = faults(lambda: begin(sweep, shipped_world(), tmp_path / "out"), DataError)
    assert "this folder holds another sweep, of 'A small one'. It differs in: " in said
    assert f"{what} (was " in said
    assert said.endswith("give another folder with --out, or remove this one.")


def test_numbers_of_config_change_the_digest_and_words_do_not() -> None:
    world = shipped_world()
    ideas = dict(world.models.what_if.interventions)
    first = next(iter(ideas))

    def with_idea(**changed: object) -> str:
        one = ideas[first].model_copy(update=changed)
        settings = replace(world.models.what_if, interventions=ideas | {first: one})
        return plan.settings_digest(replace(world, models=replace(world.models, what_if=settings)))

    assert with_idea() == with_idea(description="Other words.") == plan.settings_digest(world)
    effect = ideas[first].effects[0].model_copy(update={"high": 1.23})
    assert with_idea(effects=(effect, *ideas[first].effects[1:])) != with_idea()


def test_a_folder_of_other_things_is_refused(small: Sweep, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (said,) = faults(lambda: begin(small, shipped_world(), tmp_path), DataError)
    assert "this folder holds other files (" in said
    half = (
        '{"form": 1, "digest": "", "asked": {"blocks": []}, "rests_on": {}, "rows": {}, "finished": true, "blocks": []}'
    )
    for content in ("{", "[]", '{"form": 2}', '{"form": 1}', half):
        (tmp_path / FILE).write_text(content, encoding="utf-8")
        (said,) = faults(lambda: begin(small, shipped_world(), tmp_path), DataError)
        assert "manifest" in said
    taken = tmp_path / "notes.txt"
    for where in (taken, taken / "below"):
        (said,) = faults(partial(begin, small, shipped_world(), where), DataError)
        assert said == f"{where}: this is no folder, or lies in none. Give a folder with --out."


def test_gathered_results_are_left_as_they_are(small: Sweep, tmp_path: Path) -> None:
    gather(open_finished(done(small, tmp_path / "out")), tmp_path / "gathered")
    before = files(tmp_path / "gathered")
    (said,) = faults(lambda: begin(small, shipped_world(), tmp_path / "gathered"), DataError)
    assert "this folder holds gathered results" in said
    assert files(tmp_path / "gathered") == before
    assert not list((tmp_path / "gathered").glob(".*"))


def test_two_sweeps_do_not_write_to_one_folder_at_once(small: Sweep, tmp_path: Path) -> None:
    going = go_on(begin(small, shipped_world(), tmp_path / "out"), shipped_world())
    next(going)
    (said,) = faults(lambda: begin(small, shipped_world(), tmp_path / "out"), DataError)
    assert "another sweep is writing to this folder" in said
    going.close()  # type: ignore[attr-defined]
    assert begin(small, shipped_world(), tmp_path / "out").cells_there == 3


def test_a_folder_may_be_called_anything(small: Sweep, tmp_path: Path) -> None:
    folder = tmp_path / "a[b]*"
    assert read_rows(folder).collect().schema == ROWS
    done(small, folder)
    assert read_rows(folder, 2018).collect()["area"].n_unique() == 2
    assert begin(small, shipped_world(), folder).cells_there == 12


def test_the_manifest_tells_everything_and_no_clock_or_machine(small: Sweep, tmp_path: Path) -> None:
    folder = done(small, tmp_path / "out")
    held = json.loads((folder / FILE).read_text(encoding="utf-8"))
    assert held["asked"] == small.asked()
    assert held["rests_on"]["data"] == shipped_world().version
    assert held["rows"] == {name: str(kind()) for name, kind in ROWS.items()}
    assert held["cells"] == {"asked": 12, "done": 12, "failed": 0}
    assert [(one["as_at"], one["area"], one["done"]) for one in held["blocks"]] == [
        (block.as_at, block.area, 3) for block in sorted(small.blocks)
    ]
    assert str(tmp_path) not in (folder / FILE).read_text(encoding="utf-8")


# --- the machinery


@given(st.permutations(list(range(6))))
def test_results_come_in_the_order_of_their_blocks(order: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "results", lambda work, blocks, where: ((one, work(one)) for one in order))
        assert list(in_order(lambda block: 2 * block, range(6), HERE)) == [(n, 2 * n) for n in range(6)]


def test_progress_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("Work", "cells", 200, 50) as progress:
        for _ in range(150):
            progress.done()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 8
    assert lines[0].startswith("Work: 60 of 200 cells (30%), ")
    assert lines[-1].startswith("Work: 200 of 200 cells (100%), ")
    assert all(line.endswith(" left") for line in lines)


# --- the commands


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sweep_commands, "load_world", lambda folder: shipped_world())
    return lambda *given: __main__.main([str(one) for one in given])


def test_the_exit_code_tells(command: Any, small: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, folder = tmp_path / "small.yaml", tmp_path / "out"
    assert command("sweep", path, "--out", folder) == 0
    assert capsys.readouterr().out == f"{folder}: 12 of 12 cells are done, 0 failed.\n"
    path.write_text(SMALL.replace('"356"', f'"{CITY_OF_LONDON}"'), encoding="utf-8")
    assert command("sweep", path, "--out", folder) == 1
    assert "this folder holds another sweep" in capsys.readouterr().err
    assert command("sweep", path, "--out", tmp_path / "other") == 3
    said = capsys.readouterr()
    assert said.out.endswith("6 of 12 cells are done, 6 failed.\n")
    assert "City of London (201), 31 March 2018: City of London has no figures" in said.err


def test_stopped_by_hand(
    command: Any, small: Sweep, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*given: object) -> Iterator[object]:
        yield Tried(2018, TRAFFORD, "Trafford", "cells/as_at=2018/area=358.parquet", 3)
        yield Tried(2018, "356", "Stockport", None, 0, "It was lost.")
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep_commands, "go_on", stopped)
    assert command("sweep", tmp_path / "small.yaml", "--out", tmp_path / "out") == 130
    assert capsys.readouterr().err.endswith("Stopped. 3 of 12 cells are kept; the same command goes on.\n")


def test_no_more_workers_than_two_for_each_processor(
    command: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    with pytest.raises(SystemExit):
        command("sweep", "small.yaml", "--workers", "9")
    assert "'9' is not allowed; a whole number from 1 to 8 is, as this machine has 4" in capsys.readouterr().err


@pytest.mark.parametrize(("processors", "warned"), [(1, True), (2, False)])
def test_more_workers_than_processors_are_warned_of(
    processors: int, warned: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    parser = ArgumentParser()
    add_place(parser)
    assert place_of(parser.parse_args(["--workers", "2"])) == Place(2, None)
    said = "2 programs share 1 processor of this machine: they wait for each other, and it will not be done sooner.\n"
    assert capsys.readouterr().err == (said if warned else "")


def test_placebos_are_the_comparisons_that_the_page_makes(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world = shipped_world()
    assert command("placebos", "--start", "2018-09-01", "--last", "2020", "--json") == 0
    found = pl.DataFrame(json.loads(capsys.readouterr().out), schema=PLACEBOS)
    codes = tuple(area.code for area in world.areas.authorities if area.existed(2018))
    assert tuple(found["area"]) == codes
    figures = panel(world.table, REPEAT, codes, stock=False)
    for area in (TRAFFORD, RUTLAND, CITY_OF_LONDON):
        one = compare(figures, Question(area, step(START), 2020, world.evaluation.main.published), world.evaluation)
        (row,) = found.filter(area=area).to_dicts()
        if isinstance(one, Controlled):
            assert (row["effect"], row["p_value"]) == (one.estimate.effect, one.estimate.p_value)
        else:
            assert row["why"] == one.why


def test_a_placebo_that_cannot_be_asked_is_a_sentence() -> None:
    world = shipped_world()
    said = faults(lambda: placebo_tests(world, "plans_open", START, [2020]), SelectionError)
    assert said[0].startswith("'plans_open' cannot be asked about; allowed: ")
    said = faults(lambda: placebo_tests(world, REPEAT, START, [2018]), SelectionError)
    assert said[0].startswith("2018 is no last year; allowed: 2019 to ")


# --- what was measured


def test_every_bar_that_was_recorded_is_met() -> None:
    path = ROOT / "bench" / "results" / "sweep.json"
    if not path.exists():
        pytest.skip("bench/results/sweep.json is not there: python -m bench.sweep has not been recorded yet")
    held = json.loads(path.read_text(encoding="utf-8"))
    bars = {bar["what"]: bar for bar in held["bars"]}
    assert {name: bar["most"] for name, bar in bars.items()} == {
        "a cell, times the bare engine": 1.5,
        "time of two workers, for one of a single worker": pytest.approx(1 / 1.7, abs=1e-4),
        "files that differ, with a worker killed and on any workers": 0,
    }
    assert [name for name, bar in bars.items() if bar["found"] > bar["most"]] == []
    assert (held["sweep"]["scenarios"], held["sweep"]["draws"], held["sweep"]["months"]) == (20, 1000, 60)
    assert held["sweep"]["cells_done"] >= 20 * 145
    assert [name for name, bar in bars.items() if not bar["met"]] == []
