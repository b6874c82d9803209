"""Yearly counts as arrays: where they stand, what is worked out, and what a hidden band of durations can be."""

from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.history import BANDS, Banded, History, filled, load_history
from tests.fixtures import TRAFFORD, contents, other_years_after, shipped_world

RULE = shipped_world().config.benchmarks.suppression
FEW = settings(max_examples=60, deadline=None)
HERE, THERE, NAN = "here", "there", float("nan")
# Plans of the other authority, so that England's order of the bands is known: most between 6 months and a year.
COMMON = (200.0, 150.0, 300.0, 120.0, 30.0)

Cell = float | str  # a number, or the status that stands in its place


def counts(cells: Mapping[tuple[str, str, int], Cell]) -> pl.DataFrame:
    """The columns of ``schema.INDICATORS`` that are read."""
    rows = [
        (indicator, area, year, None, cell) if isinstance(cell, str) else (indicator, area, year, cell, "published")
        for (indicator, area, year), cell in cells.items()
    ]
    schema = {"indicator": pl.String, "area": pl.String, "period": pl.Int64, "value": pl.Float64, "status": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def banded(
    kind: str, area: str, year: int, whole: Cell | None, *bands: Cell | None
) -> dict[tuple[str, str, int], Cell]:
    """A whole and its five bands; None where there is no row."""
    cells = {(kind, area, year): whole}
    cells |= {(f"{kind}_{band}", area, year): cell for band, cell in zip(BANDS, bands, strict=True)}
    return {key: cell for key, cell in cells.items() if cell is not None}


def open_bands(whole: float | None, *bands: Cell | None, common: tuple[float, ...] = COMMON) -> History:
    """Two authorities in one year: the one that is asked about, and one that shows everything."""
    cells = banded("plans_open", HERE, 2018, whole, *bands)
    cells |= banded("plans_open", THERE, 2018, sum(common), *common)
    return load_history(counts(cells), (HERE, THERE), RULE)


def ends(history: History, area: int = 0, year: int = -1) -> list[tuple[float, float, float]]:
    """(least, value, most) of each band of open plans."""
    found = history.open_bands
    columns = [array[:, area, year].tolist() for array in (found.least, found.value, found.most)]
    return list(zip(*columns, strict=True))


# Where counts stand


def test_counts_stand_by_area_in_the_order_asked_and_by_year() -> None:
    cells: dict[tuple[str, str, int], Cell] = {
        ("plans_started", HERE, 2016): 10,
        ("plans_started", HERE, 2018): 30,
        ("plans_started", THERE, 2017): 70,
        ("plans_started_repeat", HERE, 2018): 8,
        ("plans_started_repeat", THERE, 2017): "suppressed",
        ("children_0_17", HERE, 2016): 50_000,
        ("plans_started", "another", 2015): 99,
        ("something_else", HERE, 2012): 99,
    }
    found = load_history(counts(cells), (THERE, HERE), RULE)
    assert (found.areas, found.years) == ((THERE, HERE), (2016, 2017, 2018))
    np.testing.assert_array_equal(found.started, [[np.nan, 70, np.nan], [10, np.nan, 30]])
    np.testing.assert_array_equal(found.repeats, [[np.nan, 3, np.nan], [np.nan, np.nan, 8]])
    np.testing.assert_array_equal(found.first_starts, [[np.nan, 67, np.nan], [np.nan, np.nan, 22]])
    np.testing.assert_array_equal(found.children[1], [50_000, np.nan, np.nan])
    assert np.isnan(found.open_bands.value).all()


def test_plans_ended_are_worked_out_from_their_rate_where_the_count_is_not_there() -> None:
    cells: dict[tuple[str, str, int], Cell] = {
        ("children_0_17", HERE, 2024): 50_000,
        ("children_0_17", HERE, 2025): 50_123,
        ("plans_ended", HERE, 2024): 200,
        ("plans_ended_per_10k", HERE, 2024): 99.9,
        ("plans_ended_per_10k", HERE, 2025): 44.9,
    }
    found = load_history(counts(cells), (HERE,), RULE)
    assert found.ended.tolist() == [[200, round(44.9 * 5.0123)]]


def test_trafford_in_2018_is_as_published() -> None:
    history = shipped_world().history
    row, year = history.areas.index(TRAFFORD), history.years.index(2018)
    found = [array[row, year] for array in (history.started, history.repeats, history.open, history.ended)]
    assert found == [261, 76, 259, 257]
    assert history.ended_bands.value[3:, row, year].tolist() == [67, 26]
    assert history.open_bands.value[3:, row, year].tolist() == [55, 17]


# Cutting


def test_up_to_a_year_holds_nothing_later() -> None:
    history = shipped_world().history
    found = history.up_to(2016)
    assert found.years == (2013, 2014, 2015, 2016)
    for name in ("children", "started", "repeats", "repeats_least", "repeats_most", "open", "ended"):
        np.testing.assert_array_equal(getattr(found, name), getattr(history, name)[:, :4], err_msg=name)
    for field in fields(Banded):
        np.testing.assert_array_equal(
            getattr(found.ended_bands, field.name), getattr(history.ended_bands, field.name)[:, :, :4]
        )


def test_no_count_rests_on_a_later_year() -> None:
    """Every figure after 2018 another, and nothing hidden: what was known in 2018 stays to the last bit."""
    history, changed = shipped_world().history, other_years_after(2018)
    assert contents(changed) != contents(history)
    assert contents(changed.up_to(2018)) == contents(history.up_to(2018))


def test_an_area_alone() -> None:
    history = shipped_world().history.up_to(2018)
    own = history.of(TRAFFORD)
    row = history.areas.index(TRAFFORD)
    assert own.areas == (TRAFFORD,)
    assert own.years == history.years
    for name in ("started", "repeats", "repeats_least", "repeats_most"):
        np.testing.assert_array_equal(getattr(own, name), getattr(history, name)[[row]], err_msg=name)
    np.testing.assert_array_equal(own.open_bands.most, history.open_bands.most[:, [row]])
    np.testing.assert_array_equal(own.children, history.exposed[[row]])


# Gaps


def test_a_gap_takes_the_year_before_and_else_the_year_after() -> None:
    gaps = np.array([[np.nan, 2, np.nan, np.nan, 5], [1, np.nan, 3, np.nan, np.nan], [np.nan] * 5])
    expected = [[2, 2, 2, 2, 5], [1, 1, 3, 3, 3], [np.nan] * 5]
    np.testing.assert_array_equal(filled(gaps), expected)
    assert np.isnan(gaps[0, 0])  # what was given stays as it was


@given(st.lists(st.one_of(st.none(), st.integers(0, 99)), min_size=1, max_size=12))
def test_filling_keeps_what_is_known_and_makes_nothing_up(values: list[int | None]) -> None:
    given_row = np.array([[np.nan if value is None else value for value in values]], dtype=float)
    done = filled(given_row)
    known = ~np.isnan(given_row)
    np.testing.assert_array_equal(done[known], given_row[known])
    if known.any():
        assert set(done.ravel()) <= set(given_row[known])
    else:
        assert np.isnan(done).all()
    np.testing.assert_array_equal(filled(done), done)


def test_plans_that_nobody_counted_as_ended_are_those_started() -> None:
    cells: dict[tuple[str, str, int], Cell] = {
        ("plans_started", area, year): 40 for area in (HERE, THERE) for year in (2017, 2018)
    }
    cells |= {("plans_ended", HERE, 2017): 30}
    found = load_history(counts(cells), (HERE, THERE), RULE)
    assert found.left.tolist() == [[30, 30], [40, 40]]


def test_an_authority_without_an_estimate_of_its_children_has_the_rate_of_the_others() -> None:
    cells: dict[tuple[str, str, int], Cell] = {
        ("plans_started", HERE, 2017): 30,
        ("plans_started", HERE, 2018): 50,
        ("plans_started", THERE, 2017): 100,
        ("plans_started", THERE, 2018): 120,
        ("children_0_17", THERE, 2017): 20_000,
    }
    found = load_history(counts(cells), (HERE, THERE), RULE)
    rate = (100 + 120) / (20_000 + 20_000)
    assert found.exposed[1].tolist() == [20_000, 20_000]
    assert found.exposed[0] == pytest.approx([40 / rate, 40 / rate])
    assert found.of(HERE).exposed == pytest.approx(found.exposed[[0]])


# Hidden re-plans


@pytest.mark.parametrize(
    ("started", "repeats", "ends"),
    [
        (70, "suppressed", (1, 3, 5)),
        (5, "suppressed", (1, 3, 5)),
        (4, "suppressed", (1, 2.5, 4)),  # never more than the plans started
        (1, "suppressed", (1, 1, 1)),
        (None, "suppressed", (1, 3, 5)),
        ("suppressed", "suppressed", (1, 3, 5)),
        (70, 0, (0, 0, 0)),
        (70, 14, (14, 14, 14)),
        (70, 3, (3, 3, 3)),
        (70, "withheld", (NAN, NAN, NAN)),
        (70, "not_published", (NAN, NAN, NAN)),
        (70, None, (NAN, NAN, NAN)),
    ],
)
def test_a_hidden_number_of_re_plans_by_hand(
    started: Cell | None, repeats: Cell | None, ends: tuple[float, float, float]
) -> None:
    cells: dict[tuple[str, str, int], Cell | None] = {
        ("plans_started", HERE, 2018): started, ("plans_started_repeat", HERE, 2018): repeats,
        ("plans_started", THERE, 2018): 99,
    }  # fmt: skip
    found = load_history(counts({key: cell for key, cell in cells.items() if cell is not None}), (HERE,), RULE)
    told = [float(array[0, -1]) for array in (found.repeats_least, found.repeats, found.repeats_most)]
    np.testing.assert_array_equal(told, ends)


def test_every_hidden_number_of_re_plans_is_1_to_5_and_every_other_as_published() -> None:
    world = shipped_world()
    history, hidden = world.history, 0
    for row in world.table.filter(indicator="plans_started_repeat").iter_rows(named=True):
        if row["area"] in history.areas:
            place = history.areas.index(row["area"]), history.years.index(row["period"])
            found = [float(array[place]) for array in (history.repeats_least, history.repeats, history.repeats_most)]
            hidden += row["status"] == "suppressed"
            match row["status"], row["value"]:
                case "suppressed", _:
                    assert found == [1, 3, 5], row
                case _, None:
                    assert np.isnan(found).all(), row
                case _, value:
                    assert found == [value] * 3, row
    assert hidden > 20
    assert (history.first_starts[~np.isnan(history.first_starts)] >= 0).all()


# Hidden bands


def test_published_bands_are_not_ranges() -> None:
    assert ends(open_bands(42, 10, 8, 12, 9, 3)) == [(value, value, value) for value in (10, 8, 12, 9, 3)]
    assert not open_bands(42, 10, 8, 12, 9, 3).open_bands.hidden().any()


def test_of_two_hidden_bands_the_one_that_is_smaller_in_england_is_1_to_5() -> None:
    found = open_bands(40, 10, 8, 12, "suppressed", "suppressed")
    assert ends(found)[3:] == [(5, 7, 9), (1, 3, 5)]
    assert found.open_bands.hidden()[:, 0, 0].tolist() == [False, False, False, True, True]


def test_of_three_hidden_bands_two_are_1_to_5() -> None:
    found = ends(open_bands(40, 10, "suppressed", 12, "suppressed", "suppressed"))
    assert [found[band] for band in (1, 3, 4)] == [(8, 12, 16), (1, 3, 5), (1, 3, 5)]


def test_hidden_bands_are_never_more_than_what_the_others_leave() -> None:
    assert ends(open_bands(33, 10, 8, 12, "suppressed", "suppressed"))[3:] == [(1, 1.5, 2), (1, 1.5, 2)]
    assert ends(open_bands(32, 10, 8, 12, "suppressed", "suppressed"))[3:] == [(1, 1, 1), (1, 1, 1)]


def test_one_hidden_band_is_what_the_others_leave() -> None:
    assert ends(open_bands(43, 10, 8, 12, 9, "suppressed"))[4] == (4, 4, 4)


def test_one_band_that_dfe_hid_is_small_where_the_whole_or_other_bands_are_not_there() -> None:
    """As in table D7 of 2025, of which only the last band is published."""
    assert ends(open_bands(None, 10, 8, 12, 9, "suppressed"))[4] == (1, 3, 5)
    alone = open_bands(250, None, None, None, None, "suppressed")
    assert ends(alone)[4] == (1, 3, 5)
    assert np.isnan(alone.open_bands.value[:4, 0]).all()
    assert ends(open_bands(13, 10, None, None, None, "suppressed"))[4] == (1, 2, 3)


def test_nothing_is_said_of_several_hidden_bands_of_a_hidden_whole() -> None:
    found = open_bands(None, 10, 8, 12, "suppressed", "suppressed")
    assert np.isnan([end for ends_ in ends(found)[3:] for end in ends_]).all()


def test_bands_that_this_program_hid_share_what_is_left_in_englands_proportions() -> None:
    found = ends(open_bands(40, 10, 8, 12, "withheld", "withheld"))
    assert found[3] == pytest.approx((0, 10 * 121 / 152, 10), rel=0.01)
    assert found[4] == pytest.approx((0, 10 * 31 / 152, 10), rel=0.01)
    assert found[3][1] + found[4][1] == pytest.approx(10)


def test_a_band_hidden_by_us_makes_no_other_one_small() -> None:
    found = ends(open_bands(40, 10, 8, 12, "withheld", "suppressed"))
    assert [(least, most) for least, _, most in found[3:]] == [(0, 10), (0, 10)]


@st.composite
def half_hidden(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Five bands, and those of them that DfE hides: small ones, and the one that is largest in England."""
    bands = draw(st.lists(st.integers(0, 60), min_size=5, max_size=5))
    hidden = draw(st.lists(st.integers(0, 4), min_size=2, max_size=5, unique=True))
    largest = max(hidden, key=lambda band: COMMON[band])
    for band in hidden:
        bands[band] = draw(st.integers(1, 60 if band == largest else 5))
    return bands, hidden


def as_published(bands: list[int], hidden: list[int]) -> History:
    return open_bands(sum(bands), *["suppressed" if number in hidden else band for number, band in enumerate(bands)])


@given(half_hidden())
@FEW
def test_ranges_hold_the_truth_and_each_end_can_be_made_whole(case: tuple[list[int], list[int]]) -> None:
    bands, hidden = case
    history = as_published(bands, hidden)
    least, value, most = (np.array(column) for column in zip(*ends(history), strict=True))
    assert (least <= bands).all()
    assert (bands <= most).all()
    np.testing.assert_allclose(value, (least + most) / 2)
    whole = sum(bands)
    for band in range(5):
        for end in (least[band], most[band]):
            others = least.sum() - least[band], most.sum() - most[band]
            assert end + others[0] <= whole <= end + others[1], (band, end)


@given(st.lists(st.integers(0, 40), min_size=5, max_size=5), st.sets(st.integers(0, 4), min_size=1))
@FEW
def test_ranges_of_what_this_program_hid_hold_the_truth_too(bands: list[int], hidden: set[int]) -> None:
    history = open_bands(sum(bands), *["withheld" if number in hidden else band for number, band in enumerate(bands)])
    least, value, most = (np.array(column) for column in zip(*ends(history), strict=True))
    assert ((least <= bands) & (bands <= most)).all()
    assert value.sum() == pytest.approx(sum(bands))


def test_the_ranges_of_every_authority_and_year_hold_a_whole() -> None:
    history, checked = shipped_world().history, 0
    for bands, whole in ((history.open_bands, history.open), (history.ended_bands, history.ended)):
        known = ~np.isnan(bands.value).any(axis=0) & ~np.isnan(whole)
        checked += int((bands.hidden().any(axis=0) & known).sum())
        assert (bands.least.sum(axis=0) <= whole)[known].all()
        assert (bands.most.sum(axis=0) >= whole)[known].all()
        assert (bands.least <= bands.value)[:, known].all()
        assert (bands.value <= bands.most)[:, known].all()
    assert checked > 900


def test_a_hidden_count_of_long_plans_is_never_narrower_than_the_tables_allow() -> None:
    """1 to 5, or as much as the other bands leave if that is less."""
    world, checked = shipped_world(), 0
    cells = {
        (row[0], row[1], row[2]): (row[3], row[4])
        for row in world.table.select("indicator", "area", "period", "value", "status").iter_rows()
    }
    for kind, bands in (("plans_open", world.history.open_bands), ("plans_ended", world.history.ended_bands)):
        for row, area in enumerate(world.history.areas):
            for column, year in enumerate(world.history.years):
                mine = [cells.get((f"{kind}_{band}", area, year), (None, "not_published")) for band in BANDS]
                whole = cells.get((kind, area, year), (None, ""))[0]
                if mine[4][1] != "suppressed" or np.isnan(bands.value[4, row, column]):
                    continue
                checked += 1
                highest = 5.0
                if whole is not None and all(value is not None or status == "suppressed" for value, status in mine):
                    hidden = sum(value is None for value, _ in mine)
                    highest = min(5.0, whole - sum(value or 0 for value, _ in mine) - (hidden - 1))
                found = bands.least[4, row, column], bands.most[4, row, column]
                assert found == (1, highest), (kind, area, year)
    assert checked > 1000


def test_a_cut_of_bands_keeps_all_three_arrays() -> None:
    bands = shipped_world().history.open_bands
    part = bands.cut([3, 1], slice(2, 5))
    for field in fields(Banded):
        np.testing.assert_array_equal(getattr(part, field.name), getattr(bands, field.name)[:, [3, 1], 2:5])


def test_children_of_later_years_fill_no_gap_of_a_history_that_ends_before() -> None:
    history = shipped_world().history
    late = replace(history, children=np.where(np.arange(len(history.years)) > 5, history.children, np.nan))
    assert late.exposed[0, 0] == history.children[0, 6]
    assert np.isnan(late.up_to(2018).exposed).all()
