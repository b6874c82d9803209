"""Short codes of meetings: nobody can foresee or misread them, and they end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from explorer.errors import StoreError
from explorer.store import Rules, Store, codes, open_store
from tests.fixtures import faults

RULES = Rules(
    meeting_life=timedelta(hours=24),
    most_meetings=50,
    most_views=20,
    longest_name=80,
    longest_notes=500,
    longest_link=2000,
    keep_deleted=timedelta(days=30),
)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LINK = {"v": "1", "area": "358", "year": "2018"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = open_store(f"sqlite:///{tmp_path}/var/kept.db", RULES)
    yield kept
    kept.close()


def test_a_meeting_is_found_by_its_code_until_it_is_over(store: Store) -> None:
    code = store.start_meeting("neighbours", LINK, NOW)
    found = store.meeting(code, NOW + timedelta(hours=23, minutes=59))
    assert found is not None
    assert (found.page, dict(found.link), found.until) == ("neighbours", LINK, NOW + timedelta(hours=24))
    assert list(found.link) == list(LINK)  # in the order of the link
    assert store.meeting(code, NOW + timedelta(hours=24)) is None


@pytest.mark.parametrize("typed", ["KT7-2MP", "kt72mp", " kt7 2mp ", "KT7–2MP", "k.t.7.2.m.p", "KT7ZMP", "kt7zmp"])
def test_a_code_is_understood_as_people_type_it(typed: str) -> None:
    assert codes.understood(typed) == "KT72MP"


@pytest.mark.parametrize(
    "typed", ["", "KT7-2M", "KT7-2MPP", "KT7-2M0", "KT7-2MI", "' or 1=1", "\u0663T72MP", "K" * 9999]
)
def test_what_is_no_code_finds_nothing(store: Store, typed: str) -> None:
    assert codes.understood(typed) is None
    assert store.meeting(typed, NOW) is None


def test_no_sign_of_a_code_looks_like_another() -> None:
    for alike in ("0OQD", "1ILJ", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(codes.SIGNS)) <= 1, alike
    assert not set("AEIOU") & set(codes.SIGNS)


def test_codes_use_every_sign_at_every_place_alike() -> None:
    drawn = [codes.draw() for _ in range(4000)]
    assert len(set(drawn)) >= 3999
    for place in range(codes.LENGTH):
        counts = [sum(code[place] == sign for code in drawn) for sign in codes.SIGNS]
        assert min(counts) > 4000 / 22 - 80  # six standard deviations of 13


def test_a_code_is_drawn_again_where_it_is_taken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = iter(["KKKKKK", "KKKKKK", "TTTTTT"])
    monkeypatch.setattr("explorer.store.meetings.draw", lambda: next(waiting))
    assert [store.start_meeting(page, LINK, NOW) for page in ("", "trends")] == ["KKK-KKK", "TTT-TTT"]


def test_the_same_view_has_one_code_while_it_is_alive(store: Store) -> None:
    code = store.start_meeting("trends", LINK, NOW)
    later = NOW + timedelta(hours=20)
    assert {store.start_meeting("trends", dict(LINK), later) for _ in range(RULES.most_meetings + 1)} == {code}
    found = store.meeting(code, NOW + timedelta(hours=30))  # the code lasts as long as a new one
    assert found is not None
    assert found.until == later + RULES.meeting_life
    others = {store.start_meeting("trends", {**LINK, "year": "2017"}, later), store.start_meeting("", LINK, later)}
    assert len(others | {code}) == 3
    assert store.start_meeting("trends", LINK, later + RULES.meeting_life) != code


def test_meetings_that_are_over_make_room(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kept.db", replace(RULES, most_meetings=2))
    for page in ("", "about"):
        store.start_meeting(page, LINK, NOW)
    assert "already 2 meetings" in faults(lambda: store.start_meeting("trends", LINK, NOW), StoreError)[0]
    store.start_meeting("", LINK, NOW + timedelta(hours=24))


def test_a_link_that_is_too_long_is_not_kept(store: Store) -> None:
    assert "2,000" in faults(lambda: store.start_meeting("", {"if": "x" * 2000}, NOW), StoreError)[0]


def test_a_time_is_the_same_in_every_zone(store: Store) -> None:
    summer = NOW.astimezone().replace()  # the same moment, as a clock on the wall says it
    code = store.start_meeting("", LINK, summer)
    found = store.meeting(code, NOW)
    assert found is not None
    assert found.until == NOW + RULES.meeting_life
    assert found.until.tzinfo is UTC
