"""Two measures together: sides only where they are certain, the question only where it applies, names beside dots."""

import re
from dataclasses import replace
from functools import lru_cache

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.benchmarks.position import Figure, Position
from explorer.charts.names import PLACED_ON, placed
from explorer.charts.pairs import pairs, pairs_spec
from explorer.charts.picture import Picture
from explorer.charts.whose import drawn_as, group_key, whose
from explorer.sentences.pairs import pair_caveats, pair_title, side
from tests.fixtures import CITY_OF_LONDON, GROUP, HACKNEY, OPEN_LONG, REPEAT, TRAFFORD, shipped_world

RUTLAND, ON_TIME = "857", "reviews_on_time_percent"
VIEWS = [
    (area, year, other, group)
    for area, year in ((TRAFFORD, 2018), (TRAFFORD, 2025), (RUTLAND, 2018), (CITY_OF_LONDON, 2018), (HACKNEY, 2022))
    for other in (OPEN_LONG, ON_TIME)
    for group in (GROUP, "england", "custom")
]


def at(indicator: str, area: str = TRAFFORD, year: int = 2018, group: str = GROUP) -> Position:
    return shipped_world().position(area, indicator, year, group)


@lru_cache
def drawn(area: str, year: int, other: str, group: str) -> Picture:
    world = shipped_world()
    x, y = (at(one, area, year, group) for one in (REPEAT, other))
    england_x, england_y = (at(one, area, year, "england") for one in (REPEAT, other))
    return pairs(x, y, england_x, england_y, world.config, world.areas)


def moved(found: Position, value: float | None, median: tuple[float, float] | None) -> Position:
    status = "published" if value is not None else "suppressed"
    figure = Figure(found.area, status, value=value, base=100.0, least=1.0, most=5.0)
    return replace(found, figure=figure, median=None, median_bounds=median)


@pytest.mark.parametrize(
    ("value", "median", "expected"),
    [
        (10.0, (5.0, 9.9), "above"),
        (10.0, (5.0, 10.0), None),
        (4.0, (5.0, 9.9), "below"),
        (5.0, (5.0, 5.0), "at"),
        (None, (50.0, 50.0), None),  # a hidden figure can be larger than 1 to 5
        (10.0, None, None),
    ],
)
def test_a_side_is_told_only_where_it_is_certain(
    value: float | None, median: tuple[float, float] | None, expected: str | None
) -> None:
    assert side(moved(at(REPEAT), value, median)) == expected


def test_the_title_says_both_sides() -> None:
    world = shipped_world()

    def said(x: float | None, y: float | None) -> str:
        both = (moved(at(REPEAT), x, (20.0, 20.0)), moved(at(OPEN_LONG), y, (2.0, 2.0)))
        return pair_title(*both, world.config, world.areas)

    long_plans = "open plans of two years or more"
    assert said(30, 3) == f"Trafford is above the middle of its group both on re-plans and on {long_plans}"
    assert said(30, 1) == f"Trafford is above the middle of its group on re-plans and below it on {long_plans}"
    assert said(20, 1) == f"Trafford is at the middle of its group on re-plans and below it on {long_plans}"
    assert said(None, 1) == (
        f"Trafford is below the middle of its group on {long_plans}; its figure for re-plans is hidden"
    )
    assert said(None, None) == (
        f"Whether Trafford is above or below the middle of its group cannot be told for re-plans or {long_plans}"
    )


def test_the_question_is_asked_only_where_it_applies() -> None:
    config, question = shipped_world().config, "do they?"

    def said(x: float | None, y: float | None, other: str = OPEN_LONG) -> str:
        return pair_caveats(moved(at(REPEAT), x, (20.0, 20.0)), moved(at(other), y, (2.0, 2.0)), config)

    assert question in said(30, 1)
    for x, y in ((30.0, 3.0), (10.0, 1.0), (20.0, 1.0), (30.0, None), (None, 1.0)):
        assert question not in said(x, y)
    assert question not in said(30, 1, ON_TIME)
    assert "Some second plans are needed" in said(10, 1)
    assert "No likely range can be given for reviews on time" in said(30, 1, ON_TIME)


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_it_is_told_in_words_and_the_table_holds_every_authority(view: tuple[str, int, str, str]) -> None:
    picture, world = drawn(*view), shipped_world()
    for words in (picture.title, picture.subtitle, picture.source, picture.alt, picture.key, picture.note):
        assert words.strip()
        assert not re.search(r"None|\bnan\b|[{}]|  |\.\.", words), words
    assert picture.title in picture.alt
    names = picture.table["Authority"].to_list()
    assert names == sorted(world.areas.label(one.code) for one in world.areas.authorities if one.existed(view[1]))


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_hidden_figure_is_a_range_and_nothing_else(view: tuple[str, int, str, str]) -> None:
    picture = drawn(*view)
    labels = [shipped_world().config.indicators[name].label for name in (REPEAT, view[2])]
    for row in picture.table.iter_rows(named=True):
        for label in labels:
            assert (row[label] is not None) == (row[f"{label}: status"] == "published"), row
            assert row[f"{label}: if hidden, least"] is None or row[f"{label}: status"] == "suppressed"
    points = {row["name"]: row for row in picture.data.iter_rows(named=True) if row["name"]}
    table = {row["Authority"]: row for row in picture.table.iter_rows(named=True)}
    for name, row in points.items():
        for axis, label in zip("xy", labels, strict=True):
            assert row[axis] == table[name][label]
            assert row[f"{axis}_least"] == table[name][f"{label}: if hidden, least"]
            assert (row[axis] is None) == ("hidden" in row[f"{axis}_words"])


def test_kinds_of_marks_follow_what_is_hidden() -> None:
    marks = dict(drawn(RUTLAND, 2018, OPEN_LONG, GROUP).data.select("name", "kind").drop_nulls().iter_rows())
    assert marks["Rutland"] == "authority level"
    marks = dict(drawn(TRAFFORD, 2025, OPEN_LONG, GROUP).data.select("name", "kind").drop_nulls().iter_rows())
    assert marks["Trafford"] == "authority upright"
    assert "Hackney" not in drawn(HACKNEY, 2022, OPEN_LONG, GROUP).data["name"].to_list()


def test_the_middles_and_the_likely_range_are_those_of_the_positions() -> None:
    data = drawn(TRAFFORD, 2018, OPEN_LONG, GROUP).data
    assert data.filter(kind="middle x")["x"].to_list() == [21.5]
    assert data.filter(kind="middle y")["y"].to_list() == [pytest.approx(1.9)]
    assert data.filter(kind="middle y range").select("y_least", "y_most").row(0) == pytest.approx((1.7, 2.1))
    own = at(REPEAT).figure
    assert data.filter(kind="likely x").select("x_least", "x_most").row(0) == (own.lower, own.upper)
    assert data.filter(kind="likely y").height == 1
    assert drawn(TRAFFORD, 2018, ON_TIME, GROUP).data.filter(kind="likely y").is_empty()


def test_whoever_lies_below_the_picture_is_counted() -> None:
    picture = drawn(TRAFFORD, 2018, ON_TIME, GROUP)
    foot, _ = picture.data.filter(kind="room")["y"].to_list()
    label = "Reviews on time"
    both = picture.table.filter(
        picture.table["Re-plans"].is_not_null() | picture.table["Re-plans: if hidden, least"].is_not_null()
    )
    below = both.filter(both[label] < foot).height
    assert below > 0
    assert f"{below} authorities lie below the picture" in picture.note
    assert "high is good" in str(picture.spec)
    assert "does not start from zero" in picture.key
    assert drawn(TRAFFORD, 2018, OPEN_LONG, GROUP).data.filter(kind="room")["y"].to_list()[0] == 0


def test_all_of_england_is_not_drawn_as_a_group_that_hides_itself() -> None:
    england, group = at(REPEAT, group="england"), at(REPEAT)
    member = group.members[0].area
    assert (whose(member, england), drawn_as(member, england)) == ("member", "other")
    assert drawn_as(member, group) == "member"
    assert drawn_as(TRAFFORD, england) == "authority"
    assert group_key(england, england) == "Hollow grey dots: the other authorities."
    assert "Full grey dots: the statistical neighbours." in group_key(group, england)


def test_the_specification_is_valid_and_holds_no_data() -> None:
    picture = drawn(TRAFFORD, 2018, OPEN_LONG, GROUP)
    assert picture.spec is drawn(RUTLAND, 2018, OPEN_LONG, GROUP).spec
    assert "Trafford" not in str(picture.spec)
    text = str(picture.spec)
    fields = set(re.findall(r"'field': '(\w+)'", text)) | set(re.findall(r"datum\.(\w+)", text))
    assert fields <= set(picture.data.columns)
    alt.LayerChart.from_dict({**pairs_spec("one", "two"), "data": {"values": picture.data.to_dicts()}})


# --- Names beside dots --------------------------------------------------------------------------------------------

SPANS = ((0.0, float(PLACED_ON[0])), (0.0, float(PLACED_ON[1])))


def test_a_name_stands_on_the_side_that_is_free() -> None:
    (alone,) = placed({"Bromley": (400, 200)}, None, SPANS)
    assert alone.kind == "name right"
    crowded = placed({"Bromley": (400, 200), "Surrey": (430, 200)}, None, SPANS)
    assert [one.kind for one in crowded] == ["name left", "name right"]
    (late,) = placed({"Bromley": (815, 200)}, None, SPANS)
    assert late.kind == "name left"


def test_the_authority_always_has_its_name() -> None:
    heap = {f"Authority {number}": (400.0, 200.0) for number in range(20)}
    found = placed(heap, ("Trafford", (400.0, 200.0)), SPANS)
    assert found[0].kind == "own name right"
    assert placed({}, ("Trafford", (700.0, 200.0)), SPANS)[0].kind == "own name left"
    assert len(found) < 8  # the others would cover each other


@given(st.dictionaries(st.text("ab", min_size=1, max_size=20), st.tuples(st.floats(0, 820), st.floats(0, 400))))
def test_no_name_is_given_twice_or_made_up(points: dict[str, tuple[float, float]]) -> None:
    found = placed(points, None, SPANS)
    assert len({one.label for one in found}) == len(found)
    assert all(points[one.label] == one.at for one in found)
