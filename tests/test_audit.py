"""Every file that comes or leaves writes one line, and no line has a word of a person or of a file."""

import ast
import json
import logging
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
import streamlit as st
from prometheus_client import generate_latest
from streamlit.testing.v1 import AppTest

from explorer.app import leaving, loading
from explorer.app.allowance import Allowance
from explorer.app.serving import audit, measures
from explorer.errors import DataError
from explorer.export import image_file
from explorer.models.scenario_file import write_scenario
from explorer.models.scenarios import NO_EFFECT
from explorer.records.apart import FilesWaiting, FileTooLarge, FileTooSlow
from explorer.records.loaded import loaded_records
from tests.fixtures import TRAFFORD, shipped_world
from tests.test_architecture import FILES
from tests.test_nothing_leaks import ROOT, tiny


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The lines written so far, as they stand in the log."""
    monkeypatch.setattr(audit.LOGGER, "propagate", True)
    caplog.set_level(logging.INFO, audit.LOGGER.name)
    return lambda: [json.loads(one.message) for one in caplog.records if one.name == audit.LOGGER.name]


def test_a_line_is_json_with_the_moment_and_nothing_but_its_fields(lines: Any) -> None:
    audit.write(audit.Line("export", "done", kind="table", size=3, rows=1), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert lines() == [
        {
            "time": "2026-01-02T03:04:05+00:00", "what": "export", "outcome": "done", "kind": "table", "form": "",
            "size": 3, "rows": 1, "authority": "", "data": "", "version": "", "who": "not signed in", "visit": "",
        }
    ]  # fmt: skip


def test_somebody_is_the_same_number_where_the_secret_is_and_nowhere_else() -> None:
    one = audit.person("https://a", "17", "secret")
    assert one == audit.person("https://a", "17", "secret")
    assert len({one, audit.person("https://b", "17", "secret"), audit.person("https://a", "18", "secret"),
                audit.person("https://a", "17", "other"), audit.visit("17")}) == 5  # fmt: skip
    assert audit.person("https://a", "17", "") == "signed in"
    assert len(one) == 16


def test_no_room_offers_a_file_past_the_audit() -> None:
    def offers(module: str) -> bool:
        tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
        return any(isinstance(node, ast.Attribute) and node.attr == "download_button" for node in ast.walk(tree))

    assert {module for module in FILES if offers(module)} == {"explorer.app.leaving"}


@pytest.mark.parametrize("page", ["briefing", "did_it_work", "data", "what_if"])
def test_every_button_of_a_page_writes_its_line_when_it_is_pressed(
    page: str, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Any] = []
    monkeypatch.setattr(st, "download_button", lambda label, data, **rest: found.append((data, rest)))
    monkeypatch.setattr(image_file, "_drawn", lambda asked: (_ for _ in ()).throw(image_file.ImageError("no")))
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["choices"] = {"data": "sample" if page == "data" else "published", "area": TRAFFORD, "year": 2018}
    if page != "briefing":
        app.switch_page(f"explorer/app/pages/{page}.py")
    app.run()
    assert not app.exception
    assert lines() == []  # none before a button is pressed
    for number, (make, rest) in enumerate(found, 1):
        try:
            size = len(make())
        except image_file.ImageError:
            size = 0
        line = lines()[-1]
        assert len(lines()) == number
        assert line["form"] == rest["file_name"].rpartition(".")[2]
        assert (line["outcome"], line["size"]) == (("done", size) if size else ("failed", 0))
        assert (line["what"], line["authority"], line["who"]) == ("export", TRAFFORD, "not signed in")
        assert line["kind"]
        assert len(line["visit"]) == 16
    assert found


class Box:
    """A file in Streamlit's box."""

    name, size, file_id = "Confidential-Jane-Doe.csv", 1, "1"

    def __init__(self, content: bytes) -> None:
        self.content, self.size = content, len(content)

    def getvalue(self) -> bytes:
        return self.content


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        (None, "done"),
        (DataError("Confidential-Jane-Doe.csv: c900 is wrong"), "refused"),
        (FileTooSlow("Jane"), "too slow"),
        (FileTooLarge("Jane"), "too large"),
        (FilesWaiting("Jane"), "no turn"),
        (RuntimeError("Jane"), "refused"),
    ],
)
def test_a_file_that_is_loaded_writes_one_line_without_a_word_of_it(
    ends: Exception | None, outcome: str, lines: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Desk:
        def records_of(self, *given: Any) -> Any:
            if ends is not None:
                raise ends
            return loaded_records(*given)

    content = tiny(1, faults=True).encode()
    monkeypatch.setattr(loading, "_desk", Desk)
    world, told = shipped_world(), loading._Told(TRAFFORD, None, None)
    with nullcontext() if ends is None else pytest.raises(type(ends)):
        loading._records(world, Box(content), told, lambda *_: None)  # type: ignore[arg-type]
    (line,) = lines()
    assert (line["what"], line["outcome"], line["size"], line["authority"]) == (
        "upload", outcome, len(content), TRAFFORD,
    )  # fmt: skip
    assert (line["kind"], line["rows"]) == (("plain", 109) if ends is None else ("", None))
    for word in ("jane", "confidential", ".csv", "c900", "c1,", "neg"):
        assert word not in json.dumps(line).lower()


def test_what_is_not_known_outside_a_page_is_left_out(lines: Any) -> None:
    leaving.heard("upload", "refused", size=3)
    assert lines()[0]["visit"] == ""


def test_a_what_if_that_is_loaded_writes_its_line(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write_scenario(NO_EFFECT, shipped_world().models.what_if).encode()
    for content, outcome in ((b"nonsense: [", "refused"), (good, "done")):
        file = Box(content)
        monkeypatch.setattr(st, "file_uploader", lambda *given, file=file, **rest: file)
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        app.session_state["choices"] = {"data": "published", "area": TRAFFORD, "year": 2018}
        app.switch_page("explorer/app/pages/what_if.py").run()
        line = lines()[-1]
        assert (line["what"], line["outcome"], line["kind"]) == ("upload", outcome, "what-if")
        assert line["size"] == len(content)


def test_what_anybody_can_do_does_not_push_the_other_lines_out(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_OF_STRANGERS", Allowance(3, 1))
    monkeypatch.setattr(audit, "_OF_KNOWN", Allowance(3, 1))
    for _ in range(1_000):
        audit.write_some(audit.Line("upload", "not allowed"), 5.0)
    assert len(lines()) == 3
    audit.write_some(audit.Line("upload", "not allowed", who="0123456789abcdef"), 5.0)  # has room all the same
    assert len(lines()) == 4
    audit.write_some(audit.Line("upload", "not allowed"), 6.0)
    assert len(lines()) == 5
    assert b'explorer_unwritten_total{outcome="not allowed"}' in generate_latest(measures.REGISTRY)
