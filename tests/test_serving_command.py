"""``serve --config DIR`` serves that folder, the pages and the server alike."""

from pathlib import Path

import pytest

from explorer import serving_command
from explorer.__main__ import main
from explorer.app import cached
from explorer.app.serving import server
from explorer.serving_names import CONFIG
from explorer.world import CONFIG_FOLDER
from tests.fixtures import copied_project


class _Started(Exception):
    """Instead of a server."""


def test_a_folder_that_is_named_is_the_one_that_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONFIG, "")  # put back afterwards
    assert cached.config_folder() == CONFIG_FOLDER
    project = copied_project(tmp_path)
    project.edit("config/serving.yaml", "  slow:\n    label: From when", "  slow:\n    label: Here from when")

    def start(*_: object) -> None:
        raise _Started

    monkeypatch.setattr(serving_command, "Server", start)
    monkeypatch.setattr(serving_command, "_lean", lambda: None)
    with pytest.raises(_Started):
        main(["--config", str(project.config), "serve"])
    assert cached.config_folder() == project.config.resolve()
    assert cached.world.__wrapped__().config.serving.logs.slow.label.startswith("Here")  # type: ignore[attr-defined]
    asked: list[Path] = []

    def loaded(folder: Path) -> None:
        asked.append(folder)
        raise _Started

    monkeypatch.setattr(server, "load_config", loaded)
    with pytest.raises(_Started):
        server._safe_app()
    assert asked == [project.config.resolve()]


@pytest.mark.parametrize(
    ("asked", "told"), [(["--replica"], True), (["--host", "0.0.0.0"], True), ([], False), (["--host", "::1"], False)]
)
def test_who_serves_others_is_told_that_nobody_is_named_for_help(
    asked: list[str], told: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(*_: object) -> None:
        raise _Started

    monkeypatch.setenv(CONFIG, "")
    monkeypatch.setattr(serving_command, "Server", start)
    monkeypatch.setattr(serving_command, "_lean", lambda: None)
    with pytest.raises(_Started):
        main(["serve", *asked])
    assert ("names nobody whom readers can ask for help" in capsys.readouterr().err) == told
