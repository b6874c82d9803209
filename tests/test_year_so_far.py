"""The year so far: each point in its month and year, and nothing of a hidden figure."""

from datetime import date

from explorer.charts.year_so_far import year_so_far
from explorer.models.series import Point, Series
from explorer.models.spc import NoChart
from tests.fixtures import shipped_world

POINTS = (
    Point(date(2017, 2, 28), "published", 200.0, None, None, None, None, None, None),
    Point(date(2017, 3, 31), "published", 220.0, None, None, None, None, None, None),
    Point(date(2017, 4, 30), "published", 18.0, None, None, None, None, None, None),
    Point(date(2018, 3, 31), "published", 261.0, None, None, None, None, None, None),
    Point(date(2018, 4, 30), "withheld", None, None, None, None, None, None, None),
    Point(date(2018, 5, 31), "published", 44.0, None, None, None, None, None, None),
    Point(date(2018, 6, 30), "withheld", None, None, None, None, None, None, None),
)


def drawn(points: tuple[Point, ...] = POINTS) -> list[dict[str, object]]:
    world = shipped_world()
    series = Series("plans_started", "358", "year_to_date", points, "Made by hand")
    entry, settings = world.config.indicators["plans_started"], world.models.trends
    return year_so_far(series, entry, "Trafford", NoChart("overlapping"), settings).data.to_dicts()


def test_a_year_begins_in_april() -> None:
    rows = drawn()
    assert [(row["year"], row["month"], row["which"]) for row in rows] == [
        ("2016-17", "Feb", "earlier"),
        ("2016-17", "Mar", "earlier"),
        ("2017-18", "Apr", "last"),
        ("2017-18", "Mar", "last"),
        ("2018-19", "Apr", "this"),
        ("2018-19", "May", "this"),
        ("2018-19", "Jun", "this"),
    ]


def test_a_line_is_named_at_its_last_figure_that_is_shown() -> None:
    assert [(row["year"], row["month"]) for row in drawn() if row["newest"]] == [
        ("2016-17", "Mar"),
        ("2017-18", "Mar"),
        ("2018-19", "May"),
    ]


def test_a_hidden_figure_is_said_and_not_drawn() -> None:
    hidden = [row for row in drawn() if row["value"] is None]
    assert {row["label"] for row in hidden} == {"hidden"}
    assert len(hidden) == 2


def test_no_points_make_an_empty_picture() -> None:
    assert drawn(()) == []
