"""Events and the Trends page's settings: read, checked, and every fault named."""

from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ConfigError
from explorer.events import load_events
from explorer.models.trend_settings import load_trend_settings
from explorer.world import load_world
from tests.fixtures import ROOT, copied_project, faults, shipped_world


def test_events_come_in_order_with_what_is_known_of_their_day() -> None:
    events = {event.label: event for event in shipped_world().events}
    starts = [event.start for event in shipped_world().events]
    assert starts == sorted(starts)
    assert events["Restorative conferences"].start == date(2018, 9, 1)
    assert events["Restorative conferences"].area == "358"
    assert events["Ofsted inspection"].when == "March 2019"
    assert events["Pandemic restrictions"].when == "23 March 2020 to 19 July 2021"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  kind: pandemic\n", "  kind: weather\n", "'pandemic.kind' is 'weather'; allowed:"),
        ("  end: 2021-07-19\n", "  end: 2019-07-19\n", "'pandemic.end' is before its start."),
        ("  start: 2020-03-23\n", "", "the key 'pandemic.start' is missing."),
        ("  precision: day\n", "  precision: hour\n", "allowed: 'day' or 'month'."),
    ],
)
def test_a_wrong_event_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (ROOT / "config/events.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "events.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (fault,) = faults(lambda: load_events(tmp_path), ConfigError)
    assert fault.startswith("events.yaml line ")
    assert said in fault


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    low: 240\n", "    low: 270\n", "'low' must be below 'high'"),
        ("      points: 7\n", "      points: 2\n", "take 4 figures or more"),
        ("    year: [outside]\n", "", "'enough_alone' has no year"),
        ("    quarter: [outside]\n", "    quarter: [luck]\n", "is 'luck'; allowed:"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (ROOT / "config/trends.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "trends.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (fault,) = faults(lambda: load_trend_settings(tmp_path), ConfigError)
    assert fault.startswith("trends.yaml line ")
    assert said in fault


def test_an_event_or_band_of_nowhere_is_named(tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    project.edit("config/events.yaml", 'area: "358"', 'area: "999"')
    project.edit("config/trends.yaml", "indicator: plans_open\n", "indicator: plans_opened\n")
    found = faults(lambda: load_world(project.config), ConfigError)
    assert "events.yaml: 'Restorative conferences' has the area '999', which is not an authority." in found
    assert any("'bands.trafford-open-plans-2018.indicator' is 'plans_opened'; allowed:" in one for one in found)
