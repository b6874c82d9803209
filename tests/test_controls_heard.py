"""A control's report is heard where it is one of those that the control can make; other ones come from no page."""

import pytest

from explorer.app import selection
from tests.fixtures import shipped_world

WORLD = shipped_world()


@pytest.fixture(autouse=True)
def _no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "has_upload", lambda: False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("area", "none of these"),
        ("group", "none of these"),
        ("data", "upload"),
        ("data", "none of these"),
        ("year", "none of these"),
        ("year", 1066),
        ("indicator", "<script>"),
        ("areas", ["358", "none of these"]),
        ("without", [7]),
        ("figure", ""),
    ],
)
def test_what_no_control_offers_is_not_possible(name: str, value: object) -> None:
    assert not selection._possible(WORLD, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("area", "857"),
        ("group", "custom"),
        ("data", "sample"),
        ("year", 2018),
        ("indicator", "open_2y_plus_percent"),
        ("areas", ["358", "356"]),
        ("areas", []),
        ("without", []),
        ("figure", "plans_open"),
        ("came", True),
    ],
)
def test_what_a_control_offers_is(name: str, value: object) -> None:
    assert selection._possible(WORLD, name, value)
