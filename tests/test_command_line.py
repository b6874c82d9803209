"""The command line: figures on standard output, faults as sentences on standard error, and never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import __main__, world
from explorer.world import CONFIG_FOLDER, World
from tests.fixtures import ROOT, Project, copied_project, shipped_world

ASKED = ["position", "--area", "358", "--indicator", "repeat_plan_percent", "--year", "2018"]
KEYS = {  # issue 2
    *("value", "numerator", "denominator", "group_mean", "group_mean_low", "group_mean_high", "group_median"),
    *("group_pooled", "contributing", "group_size", "rank", "rank_of", "england"),
}

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _shipped_world_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process the shipped data come from the memory; the calls in a process of their own read them."""
    read = world.load_world

    def load_world(folder: Path) -> World:
        return shipped_world() if folder == CONFIG_FOLDER else read(folder)

    monkeypatch.setattr(__main__, "load_world", load_world)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def asked(**changes: str) -> list[str]:
    """The call of the issue with some options changed or added."""
    options = dict(zip(ASKED[1::2], ASKED[2::2], strict=True)) | {f"--{name}": value for name, value in changes.items()}
    return ["position", *(part for option in options.items() for part in option)]


def test_position_prints_one_object_with_the_keys_of_the_issue() -> None:
    found = run(*ASKED, "--group", "neighbours-2025", "--json")
    assert (found.returncode, found.stderr) == (0, "")
    answer = json.loads(found.stdout)
    assert not KEYS - set(answer)
    expected = {
        "value": 29.1,
        "numerator": 76,
        "denominator": 261,
        "group_mean": 22.05,
        "group_mean_low": 22.05,
        "group_mean_high": 22.05,
        "group_median": 21.5,
        "contributing": 10,
        "group_size": 10,
        "rank": 10,
        "rank_of": 11,
        "england": 20.2,
    }
    assert {key: answer[key] for key in expected} == expected
    assert 20 < answer["group_pooled"] < 24


def test_the_default_group_is_that_of_the_configuration(capsys: Captured) -> None:
    assert __main__.main([*ASKED, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["group"] == "neighbours-2025"


def test_a_hidden_figure_is_null_beside_its_range(capsys: Captured) -> None:
    assert __main__.main([*asked(indicator="open_2y_plus_percent", year="2025"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["value"], answer["numerator"], answer["status"], answer["rank"]) == (
        None,
        None,
        "suppressed",
        None,
    )
    assert (answer["denominator"], answer["value_low"], answer["value_high"]) == (155, 0.6452, 3.2258)
    assert (answer["contributing"], answer["group_mean"]) == (4, 2.95)
    assert (round(answer["group_mean_low"], 1), round(answer["group_mean_high"], 1)) == (1.4, 2.2)


def test_an_estimated_denominator_is_kept_apart_from_a_published_one(capsys: Captured) -> None:
    assert __main__.main([*asked(indicator="ended_2y_plus_percent", year="2025"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["denominator"], answer["denominator_estimate"]) == (None, 255)


def test_without_json_it_is_said_in_words(capsys: Captured) -> None:
    assert __main__.main(ASKED) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Trafford, in the year to March 2018: 76 of 261 plans started were second or later")
    assert captured.err == ""


def test_a_list_picked_by_hand(capsys: Captured) -> None:
    assert __main__.main([*asked(group="custom", areas="356,204"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["group_size"] == 2


def test_what_should_be_known_of_the_group_is_said(capsys: Captured) -> None:
    assert __main__.main(asked(area="835", group="neighbours-2025")) == 0
    assert "The 2025 model has no neighbours for Dorset (until 2019)." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"area": "999"}, "There is no area '999'. Trafford, for example, is 358."),
        ({"area": "E92000001"}, "England is not an authority; pick an authority to compare."),
        ({"indicator": "happiness"}, "There is no indicator 'happiness'; allowed: repeat_plan_percent, "),
        ({"year": "1999"}, "There are no figures for 1999; years are 2013 to 2025."),
        ({"group": "friends"}, "There is no group 'friends'; allowed: neighbours-2025, neighbours-2021, region"),
        ({"group": "custom", "areas": "356,999"}, "There is no area '999'."),
        (
            {"indicator": "reviews_on_time_percent", "year": "2013"},
            "'reviews_on_time_percent' has no published",
        ),
    ],
)
def test_something_unknown_is_told_in_one_sentence(capsys: Captured, changes: dict[str, str], sentence: str) -> None:
    assert __main__.main([*asked(**changes), "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(sentence)
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["position"], asked(year="soon"), [*ASKED, "--unknown"], ["check-config", "more"]]
)
def test_a_wrong_call_exits_2_with_the_usage(capsys: Captured, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m explorer")


def test_check_config_prints_ok() -> None:
    found = run("check-config")
    assert (found.returncode, found.stdout, found.stderr) == (0, "ok\n", "")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


def test_check_config_takes_another_folder(project: Project, capsys: Captured) -> None:
    assert __main__.main(["--config", str(project.config), "check-config"]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_check_config_prints_every_fault_and_no_traceback(project: Project) -> None:
    project.edit("config/app.yaml", "default_group:", "defalt_group:")
    project.edit("config/glossary.yaml", "  label: Median\n", "  label: Median\n  label: Middle\n")
    found = run("--config", str(project.config), "check-config")
    assert (found.returncode, found.stdout) == (1, "")
    told = found.stderr.splitlines()
    assert len(told) == 3
    assert any("unknown key 'defalt_group'; allowed: default_area, " in line for line in told)
    assert any(line.startswith("glossary.yaml line ") and "stands twice" in line for line in told)


@pytest.mark.parametrize(
    ("file", "content", "start"),
    [
        ("config/app.yaml", "title: [", "app.yaml line 1: this is not valid YAML"),
        ("data/published/measures.csv", "measure,area\n", "measures.csv row 1: the column 'year_ending' is missing"),
        ("data/published/areas.csv", "", "areas.csv: the file is empty."),
    ],
)
def test_a_broken_file_is_told_and_exits_1(
    project: Project, capsys: Captured, file: str, content: str, start: str
) -> None:
    project.write(file, content)
    for command in (["check-config"], ASKED):
        assert __main__.main(["--config", str(project.config), *command]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith(start)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: Captured) -> None:
    assert __main__.main(["--config", str(tmp_path / "nowhere"), "check-config"]) == 1
    assert "app.yaml: the file is missing from nowhere/." in capsys.readouterr().err


def test_a_stop_by_hand_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(folder: Path) -> World:
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "load_world", stopped)
    assert __main__.main(["check-config"]) == 130
    assert capsys.readouterr().err == "Stopped by hand, before the end.\n"
