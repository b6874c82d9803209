"""Authorities: splits and mergers are explained, names are unique, and each group has the members it should."""

import csv
from dataclasses import replace

import pytest

from explorer.areas import Areas, Comparators, comparators
from explorer.errors import SelectionError
from explorer.world import World
from tests.fixtures import ENGLAND, ROOT, TRAFFORD, faults, shipped_world

# the ten of the 2025 model, as published
TRAFFORDS_NEIGHBOURS = (
    "Hertfordshire",
    "Stockport",
    "Buckinghamshire",
    "Oxfordshire",
    "Surrey",
    "Bromley",
    "Cheshire East",
    "Cambridgeshire",
    "Gloucestershire",
    "Solihull",
)
SPLITS = [
    (("835", "836", "837"), ("838", "839"), 2019, "1 April 2019"),
    (("928",), ("940", "941"), 2021, "1 April 2021"),
    (("909",), ("942", "943"), 2023, "1 April 2023"),
]


@pytest.fixture(scope="module")
def world() -> World:
    return shipped_world()


@pytest.fixture(scope="module")
def areas(world: World) -> Areas:
    return world.areas


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (ROOT / "data/published/areas.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def group(world: World, name: str, code: str, year: int, chosen: tuple[str, ...] = ()) -> Comparators:
    return comparators(world.areas, world.config.benchmarks, name, code, year, chosen)


def test_every_area_of_the_file_is_known_by_its_code(areas: Areas, rows: list[dict[str, str]]) -> None:
    assert set(areas.by_code) == {row["area"] for row in rows}
    assert areas[TRAFFORD].name == "Trafford"
    assert areas[ENGLAND].level == "country"


def test_the_authorities_are_in_order_of_their_labels_and_past_ones_are_kept(areas: Areas) -> None:
    labels = [area.label for area in areas.authorities]
    assert labels == sorted(labels)
    assert {area.level for area in areas.authorities} == {"local_authority"}
    assert {"928", "940"} <= {area.code for area in areas.authorities}


def test_no_two_areas_have_the_same_label(areas: Areas) -> None:
    labels = [area.label for area in areas.by_code.values()]
    assert len(labels) == len(set(labels))


def test_a_name_that_two_authorities_have_had_tells_them_apart(areas: Areas) -> None:
    assert areas["835"].name == areas["838"].name == "Dorset"
    assert (areas.label("835"), areas.label("838")) == ("Dorset (until 2019)", "Dorset")


def test_an_authority_exists_from_its_first_to_its_last_year(areas: Areas) -> None:
    assert [areas["928"].existed(year) for year in (2012, 2013, 2021, 2022)] == [False, True, True, False]
    assert [areas["940"].existed(year) for year in (2021, 2022, 2025)] == [False, True, True]


@pytest.mark.parametrize(("old", "new", "last", "day"), SPLITS)
def test_a_split_or_merger_is_told_to_both_sides(
    areas: Areas, old: tuple[str, ...], new: tuple[str, ...], last: int, day: str
) -> None:
    for code in (*old, *new):
        told = areas.history(code)
        assert told.startswith(f"On {day} ")
        assert told.endswith(".")
        assert all(areas.label(other) in told for other in (*old, *new))
        assert f" {'was' if len(old) == 1 else 'were'} replaced by " in told


@pytest.mark.parametrize(("old", "new", "last", "day"), SPLITS)
def test_the_relatives_are_those_that_existed_in_the_year(
    areas: Areas, old: tuple[str, ...], new: tuple[str, ...], last: int, day: str
) -> None:
    assert areas.relatives(old[0], last) == ()
    assert areas.relatives(old[0], last + 1) == new
    assert areas.relatives(new[0], last + 1) == ()
    assert old[0] in areas.relatives(new[0], last)
    assert set(areas.relatives(new[0], last)) <= set(old)


def test_a_relative_covers_some_of_the_same_place(areas: Areas) -> None:
    assert areas.relatives("836", 2020) == ("839",)
    assert areas.relatives("838", 2019) == ("835",)


def test_a_relative_that_did_not_exist_either_is_left_out(areas: Areas) -> None:
    assert areas.relatives("835", 2012) == ()


def test_an_authority_that_did_not_change_has_no_history(areas: Areas) -> None:
    assert areas.history(TRAFFORD) == ""
    assert areas.relatives(TRAFFORD, 2018) == ()


def test_the_2025_neighbours_of_trafford_are_in_order_of_closeness(world: World) -> None:
    found = group(world, "neighbours-2025", TRAFFORD, 2018)
    assert tuple(world.areas.label(code) for code in found.members) == TRAFFORDS_NEIGHBOURS
    assert found.notes == ()
    assert found.member_label == "neighbour"


def test_the_2021_model_is_another_one(world: World) -> None:
    newer, older = (set(group(world, f"neighbours-{model}", TRAFFORD, 2018).members) for model in (2025, 2021))
    assert len(older) == 10
    assert older != newer


@pytest.mark.parametrize("model", [2021, 2025])
def test_each_authority_of_a_model_has_ten_other_authorities_as_neighbours(areas: Areas, model: int) -> None:
    listed = {code: members for (year, code), members in areas.neighbours.items() if year == model}
    assert len(listed) >= 150
    for code, members in listed.items():
        assert len(set(members)) == 10
        assert code not in members
        assert all(areas[member].level == "local_authority" for member in members)


@pytest.mark.parametrize("year", [2018, 2025])
def test_a_region_holds_its_authorities_of_the_year(world: World, rows: list[dict[str, str]], year: int) -> None:
    expected = {
        row["area"]
        for row in rows
        if row["level"] == "local_authority"
        and row["region"] == "North West"
        and int(row["first_year"]) <= year <= int(row["last_year"])
        and row["area"] != TRAFFORD
    }
    found = group(world, "region", TRAFFORD, year)
    assert set(found.members) == expected
    assert len(found.members) == len(expected)
    assert ("909" in expected, "942" in expected) == (year == 2018, year == 2025)


@pytest.mark.parametrize("year", [2013, 2020, 2025])
def test_england_holds_every_other_authority_of_the_year(world: World, rows: list[dict[str, str]], year: int) -> None:
    expected = {
        row["area"]
        for row in rows
        if row["level"] == "local_authority" and int(row["first_year"]) <= year <= int(row["last_year"])
    }
    assert set(group(world, "england", TRAFFORD, year).members) == expected - {TRAFFORD}


def test_a_list_picked_by_hand_leaves_out_the_authority_and_doubles(world: World) -> None:
    found = group(world, "custom", TRAFFORD, 2018, ("356", TRAFFORD, "204", "356"))
    assert found.members == ("356", "204")
    assert found.notes == ()


def test_an_empty_list_says_what_to_do(world: World) -> None:
    for chosen in ((), (TRAFFORD,)):
        found = group(world, "custom", TRAFFORD, 2018, chosen)
        assert found.members == ()
        assert found.notes == ("No authorities are picked yet. Add some under 'Compare with'.",)


def test_the_picked_list_is_only_for_its_own_group(world: World) -> None:
    with_list = group(world, "neighbours-2025", TRAFFORD, 2018, ("204",))
    assert with_list == group(world, "neighbours-2025", TRAFFORD, 2018)


@pytest.mark.parametrize(
    ("name", "code", "model", "instead"),
    [
        ("neighbours-2025", "835", 2025, "Choose Neighbours (2021 model) instead."),
        ("neighbours-2025", "928", 2025, "Choose Neighbours (2021 model) instead."),
        ("neighbours-2021", "942", 2021, "Choose Neighbours (2025 model) instead."),
    ],
)
def test_an_authority_that_a_model_does_not_have_is_explained(
    world: World, name: str, code: str, model: int, instead: str
) -> None:
    found = group(world, name, code, 2019)
    (note,) = (note for note in found.notes if "model" in note)
    assert found.members == ()
    assert note.startswith(f"The {model} model has no neighbours for {world.areas.label(code)}. On 1 April ")
    assert note.endswith(instead)


def test_a_neighbour_that_did_not_exist_then_stays_a_member_and_is_explained(world: World) -> None:
    model = {code: members for (year, code), members in world.areas.neighbours.items() if year == 2025}
    code = next(code for code, members in model.items() if "940" in members)
    found = group(world, "neighbours-2025", code, 2018)
    assert "940" in found.members
    assert any(
        note.startswith("North Northamptonshire has no figures for 2018. On 1 April 2021 Northamptonshire")
        for note in found.notes
    )
    assert not any("North Northamptonshire" in note for note in group(world, "neighbours-2025", code, 2025).notes)


def test_an_unknown_group_is_told_with_the_ones_there_are(world: World) -> None:
    told = faults(lambda: group(world, "neighbours-1999", TRAFFORD, 2018), SelectionError)
    assert told == (
        "There is no group 'neighbours-1999'; allowed: neighbours-2025, neighbours-2021, region, england, custom.",
    )


@pytest.mark.parametrize("code", ["999", "", "E99", "trafford"])
def test_an_unknown_area_is_told(world: World, code: str) -> None:
    assert faults(lambda: world.areas[code], SelectionError) == (
        f"There is no area '{code}'. Trafford, for example, is 358.",
    )
    with pytest.raises(SelectionError, match="There is no area"):
        group(world, "region", code, 2018)


def test_only_an_authority_is_compared(world: World) -> None:
    with pytest.raises(SelectionError, match="England is not an authority"):
        group(world, "region", ENGLAND, 2018)


def test_only_authorities_are_picked(world: World) -> None:
    with pytest.raises(SelectionError, match="'E92000001' is not an authority"):
        world.comparators(TRAFFORD, 2018, "custom", [ENGLAND])


def test_a_year_outside_the_data_is_told_with_the_years_there_are(world: World) -> None:
    told = faults(lambda: world.comparators(TRAFFORD, 2012, "region"), SelectionError)
    assert told == ("There are no figures for 2012; years are 2013 to 2025.",)


def test_an_authority_without_history_is_explained_in_clean_sentences(world: World) -> None:
    bare = replace(world.areas, neighbours={})
    (note,) = comparators(bare, world.config.benchmarks, "neighbours-2025", TRAFFORD, 2018).notes
    assert note == "The 2025 model has no neighbours for Trafford. Choose its region or England instead."
