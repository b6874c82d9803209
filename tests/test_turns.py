"""A few pages at a time: who waits, who does not, and that a turn always comes back."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from explorer.app import turns
from tests.fixtures import shipped_world

ALL = int(shipped_world().config.serving.turns.value)


def taken() -> int:
    """How many turns are taken now."""
    free = 0
    while turns._turns().acquire(blocking=False):
        free += 1
    for _ in range(free):
        turns._turns().release()
    return ALL - free


def test_a_run_takes_one_turn_however_deep_and_gives_it_back() -> None:
    with turns.turn():
        assert taken() == 1
        with turns.turn(), turns.turn():
            assert taken() == 1
        assert taken() == 1
    assert taken() == 0


def test_a_turn_comes_back_when_a_page_fails() -> None:
    with pytest.raises(ValueError, match="a page"), turns.turn():
        raise ValueError("a page")
    assert taken() == 0


def test_who_steps_aside_lets_another_go_and_goes_on_with_a_turn() -> None:
    with turns.turn():
        with turns.aside():
            assert taken() == 0
        assert taken() == 1
        with pytest.raises(KeyError), turns.aside():
            raise KeyError
        assert taken() == 1
    assert taken() == 0
    with turns.aside():  # nothing to step aside from
        assert taken() == 0
    assert taken() == 0


def test_no_more_than_that_many_work_at_a_time() -> None:
    began, ended = [Event() for _ in range(ALL + 1)], Event()

    def page(number: int) -> None:
        with turns.turn():
            began[number].set()
            assert ended.wait(10)

    with ThreadPoolExecutor(ALL + 1) as readers:
        work = [readers.submit(page, number) for number in range(ALL)]
        assert all(one.wait(10) for one in began[:ALL])
        late = readers.submit(page, ALL)
        assert not began[ALL].wait(0.1)
        ended.set()
        for one in (*work, late):
            one.result(10)
    assert began[ALL].is_set()
    assert taken() == 0
