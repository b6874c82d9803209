"""The published panel: figures, ranges of hidden ones, sizes, and which years and authorities are used."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from explorer.evaluation.alike import alike
from explorer.evaluation.panel import Panel, panel
from explorer.schema import INDICATORS
from tests.fixtures import HACKNEY, OPEN_LONG, REPEAT, TRAFFORD, shipped_world


def row(area: str, year: int, value: float | None, base: float | None, **more: object) -> dict[str, object]:
    known = {"numerator": None if value is None or base is None else round(value * base / 100)}
    status = "published" if value is not None else "suppressed"
    own = {"indicator": "share", "area": area, "period": year, "period_kind": "year", "value": value, "base": base}
    return own | known | {"status": status} | more


def made(*rows: dict[str, object]) -> Panel:
    table = pl.DataFrame([dict.fromkeys(INDICATORS) | one for one in rows], schema=INDICATORS)
    return panel(table, "share", ("a", "b"), stock=False)


THREE = made(
    row("a", 2016, 20.0, 100),
    row("a", 2017, None, 50, least=2.0, most=10.0),
    row("a", 2018, 30.0, 200),
    row("b", 2016, 10.0, 40),
    row("b", 2018, None, None),
)


def test_the_panel_by_hand() -> None:
    assert THREE.years == (2016, 2017, 2018)
    assert THREE.middle[0].tolist() == [20, 6, 30]
    assert THREE.least[0].tolist() == [20, 2, 30]
    assert THREE.hidden.tolist() == [[False, True, False], [False, False, False]]
    assert THREE.part[0].tolist() == [20, 3, 60]
    assert np.isnan(THREE.middle[1]).tolist() == [False, True, True]
    assert THREE.size == pytest.approx([3 / (1 / 100 + 1 / 50 + 1 / 200), 40])
    assert THREE.ends[0] == date(2016, 3, 31)


def test_chance_by_hand() -> None:
    """A level of (20 + 3 + 300 x 27/190)/(150 + 300) for a, from the years before; over the size of all years."""
    before = np.array([True, True, False])
    everybody = (20 + 3 + 4) / (100 + 50 + 40)
    a, b = ((23 + 300 * everybody) / 450, (4 + 300 * everybody) / 340)
    expected = 1e4 * np.array([a * (1 - a), b * (1 - b)]) / THREE.size
    assert THREE.chance(before) == pytest.approx(expected)


def test_years_without_a_figure_of_the_authoritys_own_are_not_used() -> None:
    assert THREE.of_area("a", 2018).years == (2016, 2017, 2018)
    assert THREE.of_area("a", 2017).years == (2016, 2017)
    assert THREE.of_area("a", 2018, without=(2017,)).years == (2016, 2018)
    assert THREE.of_area("b", 2018).years == (2016,)


def test_others_need_a_figure_in_every_year_and_few_hidden_ones() -> None:
    assert THREE.comparable("a", 0.5).areas == ("a",)
    assert THREE.comparable("b", 0.5).areas == ("a", "b")  # b is asked about, whatever it lacks
    assert THREE.comparable("b", 0.3).areas == ("b",)  # one of a's three is hidden


def test_the_shipped_panel() -> None:
    world = shipped_world()
    codes = tuple(area.code for area in world.areas.authorities)
    found = panel(world.table, REPEAT, codes, stock=False)
    shares = found.of_area(TRAFFORD, 2020)
    own = shares.middle[shares.row(TRAFFORD)]
    assert own[-6:].tolist() == [28.6, 26.8, 19.3, 29.1, 28.9, 19.7]
    assert shares.base[shares.row(TRAFFORD)][-1] == 234
    others = found.of_area(TRAFFORD, 2025).comparable(TRAFFORD, 0.25)
    assert HACKNEY not in others.areas  # no figures for 2021 and 2022
    assert not {area.code for area in world.areas.authorities if not area.existed(2018)} & set(others.areas)
    assert len(others.areas) > 130
    stocks = panel(world.table, OPEN_LONG, codes, stock=True)
    hidden = stocks.hidden[stocks.row(TRAFFORD)]
    assert [year for year, one in zip(stocks.years, hidden, strict=True) if one] == [2013, 2020, 2022, 2025]


def test_a_measure_without_counts_of_its_own_has_the_plans_open_as_its_size() -> None:
    world = shipped_world()
    found = panel(world.table, "reviews_on_time_percent", (TRAFFORD,), stock=True)
    assert np.isnan(found.part).all()
    assert 150 < found.size[0] < 320


STOOD = made(
    *(row("a", year, value, 100) for year, value in ((2017, 28.0), (2018, 30.0), (2019, 21.0))),
    *(row("b", year, value, 100) for year, value in ((2017, 29.0), (2018, 28.0), (2019, 22.0))),
)


def test_who_stood_alike_by_hand() -> None:
    found = alike(STOOD, "a", date(2018, 9, 1), 2019, 30)
    assert found is not None
    assert (found.year, found.before, found.after, found.areas) == (2018, 30, 21, ("b",))
    assert found.changes == pytest.approx((-6,))
    assert (found.as_far, found.usual) == (0, -6)  # b fell, and by less
    other = alike(STOOD, "b", date(2018, 9, 1), 2019, 30)
    assert other is not None
    assert other.as_far == 1
    up = alike(STOOD, "a", date(2017, 9, 1), 2018, 30)
    assert up is not None
    assert (up.change, up.as_far) == (2, 0)  # b moved the other way


def test_nobody_stood_alike_where_the_authoritys_own_figure_is_not_known() -> None:
    assert alike(THREE, "b", date(2016, 9, 1), 2018, 30) is None
    assert alike(STOOD, "a", date(2012, 9, 1), 2019, 30) is None
    assert alike(STOOD, "c", date(2018, 9, 1), 2019, 30) is None
    assert alike(STOOD, "a", date(2018, 9, 1), 2024, 30) is None


def test_the_nearest_come_with_all_that_are_as_near() -> None:
    world = shipped_world()
    codes = tuple(area.code for area in world.areas.authorities)
    found = panel(world.table, REPEAT, codes, stock=False)
    one = alike(found, TRAFFORD, date(2018, 9, 1), 2020, 30)
    assert one is not None
    assert (one.year, one.as_far) == (2018, 1)
    away = np.abs(found.middle[:, found.years.index(2018)] - 29.1).round(6)
    farthest = np.sort(away)[30]  # the authority itself is the nearest
    expected = {code for code, one in zip(codes, away, strict=True) if one <= farthest} - {TRAFFORD}
    assert set(one.areas) == expected
    assert len(expected) == 33
    assert (one.lowest, one.highest) == (24.0, 30.6)
