"""What hangs is waited for so long, and left alone after that; what fails at once is asked again at once."""

from collections.abc import Iterator
from threading import Event

import pytest

from explorer.app import patience, saved, turns
from explorer.app.patience import NoAnswer, NotAsked, Patience
from explorer.errors import StoreUnavailable
from tests.fixtures import shipped_world
from tests.test_turns import taken

WORLD = shipped_world()


@pytest.fixture
def hanging() -> Iterator[Event]:
    """Something that is waited for until the test is over."""
    held = Event()
    yield held
    held.set()


def fails() -> None:
    raise KeyError("asked")


def test_an_answer_comes_as_it_is_and_a_fault_too() -> None:
    asked = Patience(5, 60)
    assert asked.ask(lambda: 7) == 7
    for _ in range(20):  # more often than may hang at once
        with pytest.raises(KeyError, match="asked"):
            asked.ask(fails)


def test_what_hangs_is_left_alone_and_asked_again_later(hanging: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_SLOW", 0.01)
    now = [0.0]

    def clock() -> float:
        now[0] += 0.02
        return now[0]

    asked = Patience(0.05, 60, clock)
    with pytest.raises(NoAnswer):
        asked.ask(hanging.wait)
    with pytest.raises(NotAsked):
        asked.ask(lambda: 7)
    now[0] += 60
    assert asked.ask(lambda: 7) == 7


def test_only_so_many_hang(hanging: Event) -> None:
    asked = Patience(0.02, 0)
    for _ in range(patience._AT_ONCE):
        with pytest.raises(NoAnswer):
            asked.ask(hanging.wait)
    with pytest.raises(NotAsked):
        asked.ask(lambda: 7)


def test_a_database_that_hangs_holds_no_page_up(hanging: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient = Patience(0.05, 0)
    monkeypatch.setattr(saved, "_patience", lambda *_: impatient)
    seen: list[int] = []

    def opened(_: object) -> None:
        seen.append(taken())
        hanging.wait()

    monkeypatch.setattr(saved, "store", opened)
    with turns.turn():
        found, faults = saved.tried(WORLD, lambda there: there)
        assert taken() == 1
    assert (found, seen) == (None, [0]), "others have the turn meanwhile"
    assert "does not answer" in faults[0]
    assert "whether it is there" in faults[0], "what was being saved may still be done"


def test_a_list_that_cannot_be_read_does_not_speak_of_saving(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.store.database import _sentence  # noqa: PLC0415 - most tests here need no database

    for said in ("canceling statement due to statement timeout", "connection timeout expired", "database is locked"):
        assert "saving" not in _sentence(said, writing=False)
        assert "did not answer in time" in _sentence(said, writing=False)
    assert "people are saving" in _sentence("canceling statement due to lock timeout", writing=True)
    assert "did not answer" in _sentence("canceling statement due to statement timeout", writing=True)


def test_what_is_told_at_once_is_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def opened(_: object) -> None:
        asked.append(1)
        raise StoreUnavailable("away")

    monkeypatch.setattr(saved, "store", opened)
    for _ in range(2):
        assert saved.tried(WORLD, lambda there: there) == (None, ("away",))
    assert len(asked) == 2
