"""Codes of meetings cannot be guessed fast: wrong ones run out for one reader, and slow everybody's down."""

from pathlib import Path

import pytest

from explorer.app import joining, saved
from explorer.app.allowance import Allowance
from explorer.sentences.meetings import TOO_MANY_CODES
from tests.fixtures import shipped_world
from tests.test_meeting import VIEW, opened, typed

WORLD = shipped_world()


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(saved.ADDRESS, f"sqlite:///{tmp_path}/kept.db")


@pytest.fixture(autouse=True)
def all_readers(monkeypatch: pytest.MonkeyPatch) -> Allowance:
    """Wrong codes of all readers together: 14 in a row, and none given back while a test lasts."""
    allowance = Allowance(14, 1e-9)
    monkeypatch.setattr(joining, "_tries_of_all", lambda: allowance)
    return allowance


def test_after_so_many_wrong_ones_not_even_a_right_one_is_looked_up() -> None:
    code = saved.store(WORLD).start_meeting("neighbours", VIEW, saved.now())
    most = int(WORLD.config.serving.safety.wrong_codes_of_one.value)
    guesser = opened("join")
    for _ in range(most):
        typed(guesser, "AAA-AAA")
        assert str(guesser.warning[0].value).startswith("No meeting has this code.")
    typed(guesser, code)
    assert str(guesser.warning[0].value).replace("\\", "") == TOO_MANY_CODES

    other = opened("join")  # the right code costs nothing
    for _ in range(2):
        typed(other, code)
        assert not other.warning


def test_opening_the_page_anew_makes_nobody_faster_and_shuts_nobody_out(
    all_readers: Allowance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who types wrong codes for ever cannot take the codes of a whole meeting away."""
    pauses: list[float] = []
    monkeypatch.setattr(joining, "_pause", pauses.append)
    code = saved.store(WORLD).start_meeting("neighbours", VIEW, saved.now())
    for _ in range(2):
        guesser = opened("join")
        for _ in range(7):
            typed(guesser, "AAA-AAA")
    assert pauses == []
    assert sum("guessing" in line for line in caplog.messages) == 1
    typed(opened("join"), "AAA-AAA")
    assert pauses == [WORLD.config.serving.safety.wrong_codes_pause.value]
    visitor = opened("join")
    typed(visitor, code)
    assert not visitor.warning
    assert len(pauses) == 2
