"""Cohorts drawn and told: the same figures in picture, table and words, nothing hidden, and read at fourteen."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from explorer.charts import cohorts as course_chart
from explorer.charts import curves as curves_chart
from explorer.charts.picture import Picture
from explorer.evaluation.cohorts import Cohort, CohortCourse, Curves, Followed, before_after, cohort_course, curves
from explorer.sentences.cohorts import (
    cohort_caveats,
    cohorts_sentence,
    cohorts_title,
    curve_share,
    curves_sentence,
    curves_title,
    point_words,
    when_words,
)
from tests.fixtures import BROKEN, ZERO, shipped_world
from tests.test_cohorts import Line, safe, year
from tests.test_plan_cohorts import sample

WORLD = shipped_world()
BENCHMARKS, EVALUATION = WORLD.config.benchmarks, WORLD.evaluation
START = date(2018, 9, 1)


def asked(table: pl.DataFrame, cohort: Cohort, months: int) -> tuple[CohortCourse, Followed]:
    course = cohort_course(table, cohort, months, BENCHMARKS, EVALUATION.cohorts)
    assert course is not None
    return course, before_after(table, cohort, months, START, BENCHMARKS, EVALUATION)


def drawn(table: pl.DataFrame, cohort: Cohort, months: int) -> Picture:
    return course_chart.cohorts(
        *asked(table, cohort, months), "Trafford", "Source: invented", "Restorative conferences"
    )


def both(table: pl.DataFrame, cohort: Cohort = "leaving") -> Curves:
    return curves(table, cohort, START, BENCHMARKS, EVALUATION)


def split(before: int | None, after: int, whole: int = 200) -> pl.DataFrame:
    lines: list[Line] = [year(end, 12, before if end < 2019 else after, whole) for end in range(2016, 2022)]
    return safe(*lines)


def test_the_picture_shows_what_the_table_says() -> None:
    picture = drawn(sample().cohorts, "leaving", 12)
    own = picture.data.filter(kind="own")
    assert own.height == picture.table.height == 18
    assert own["value"].round(1).to_list() == pytest.approx(picture.table["Percent"].to_list(), abs=0.06)
    assert picture.table["Side"].to_list() == ["before"] * 6 + ["on neither side"] + ["after"] * 11
    assert own["used"].to_list() == [side != "on neither side" for side in picture.table["Side"]]
    (start,) = picture.data.filter(kind="start").iter_rows(named=True)
    assert (start["x"], start["label"]) == (START, "Restorative conferences, 1 September 2018")
    assert own["high"].max() < picture.data.filter(kind="room")["value"].item()


def test_what_is_hidden_is_neither_drawn_nor_told() -> None:
    picture = drawn(sample().cohorts, "leaving", 24)
    (hidden,) = picture.data.filter(pl.col("hidden")).iter_rows(named=True)
    assert (hidden["value"], hidden["low"], hidden["high"], hidden["label"]) == (None, None, None, "hidden")
    (row,) = picture.table.filter(Status="hidden").iter_rows(named=True)
    assert (row["On a plan again within 24 months"], row["Percent"], row["Likely range"]) == (None, None, "")
    assert "hidden" in picture.note
    assert "Hatched" in picture.key


def test_words_and_pictures_of_the_sample() -> None:
    course, found = asked(sample().cohorts, "leaving", 12)
    assert found.estimate is not None
    assert cohorts_sentence(found, EVALUATION) == (
        "Of the 805 children who left a plan before the start, 143 (17.8%) were on a plan again within 12 months. "
        "Of the 1,332 after it, 171 (12.8%) were. That is 4.9 points lower, with a likely range of 10.5 points lower "
        "to 0.3 higher: chance alone could make it."
    )
    assert when_words(course.points[0]) == "April to September 2015"
    assert when_words(course.points[1]) == "October 2015 to March 2016"
    assert point_words(course.points[0]) == "23 of 124 (18.5%)"


def test_a_clear_change_is_no_proof() -> None:
    _, found = asked(split(60, 20), "leaving", 12)
    said = cohorts_sentence(found, EVALUATION)
    assert "more than chance alone is likely to make" in said
    assert "no proof" in said
    assert "20.0 points lower" in said


def test_why_nothing_is_compared() -> None:
    hidden = before_after(split(None, 20), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert "hidden" in cohorts_sentence(hidden, EVALUATION)
    assert "cannot be told" in cohorts_title(hidden, "Trafford")
    few = before_after(safe(year(2018, 12, 20)), "leaving", 12, START, BENCHMARKS, EVALUATION)
    assert "It takes 4 quarters" in cohorts_sentence(few, EVALUATION)


def test_curves_end_where_their_words_do() -> None:
    found = both(sample().cohorts)
    picture = curves_chart.curves(found, "Trafford", "Source: invented")
    assert picture is not None
    assert found.before is not None
    for kind, curve in (("before", found.before), ("after", found.after)):
        assert curve is not None
        rows = picture.data.filter(pl.col("marked"), kind=kind)
        assert rows["x"].to_list() == list(curve.months)
        assert rows["value"].to_list() == pytest.approx([100 * (1 - share) for share in curve.left.share])
        assert (rows["low"] < rows["value"]).all()
        assert (rows["high"] > rows["value"]).all()
        assert f"{curve_share(curve, 'leaving'):.1f}%" in picture.title
    assert picture.table.height == 2 * len(found.before.months)
    names = picture.data.filter(kind="name")["value"]
    assert names[0] > names[1]


def test_names_of_curves_that_meet_stand_apart() -> None:
    picture = curves_chart.curves(both(split(40, 40)), "Trafford", "Source: invented")
    assert picture is not None
    first, second = picture.data.filter(kind="name")["value"]
    assert abs(first - second) > 1


def test_no_curve_where_too_much_is_hidden() -> None:
    found = both(split(None, 20))
    assert curves_chart.curves(found, "Trafford", "Source: invented") is None
    assert "No curve" in curves_sentence(found)
    assert "hidden" in curves_title(found, "Trafford")


def test_time_on_plan_starts_from_all() -> None:
    lines = [year(end, months, part) for end in range(2016, 2022) for months, part in ((12, 80), (24, 20))]
    found = both(safe(*lines, cohort="starting"), "starting")
    picture = curves_chart.curves(found, "Trafford", "Source: invented")
    assert picture is not None
    assert picture.data.filter(kind="after")["value"].to_list() == pytest.approx([100, 40, 10, 10])
    assert "still on it 24 months later" in picture.title


def everything_said() -> list[str]:
    tables = [sample().cohorts, split(60, 20), split(None, 20), split(20, 20, 80), safe(year(2018, 12, 20))]
    said = []
    for table in tables:
        for months in (12, 24):
            for cohort in ("leaving", "starting"):
                found = before_after(table, cohort, months, START, BENCHMARKS, EVALUATION)
                said += [cohorts_title(found, "Trafford"), cohorts_sentence(found, EVALUATION)]
                said += cohort_caveats(found.cohort, found)
        said += [curves_title(both(table), "Trafford"), curves_sentence(both(table))]
    return list(dict.fromkeys(said))


def test_sentences_are_whole() -> None:
    sentences = everything_said()
    assert len(sentences) > 20
    for one in sentences:
        assert not BROKEN.search(one), one
        assert not ZERO.search(one), one


@pytest.mark.parametrize(
    "picture",
    [
        lambda: drawn(sample().cohorts, "leaving", 12),
        lambda: curves_chart.curves(both(sample().cohorts), "Trafford", "s"),
    ],
)
def test_the_specification_holds_no_data_and_is_kept(picture: Any) -> None:
    one, other = picture(), picture()
    assert one.spec is other.spec
    assert "datasets" not in one.spec
    assert not BROKEN.search(one.key)
    assert not BROKEN.search(one.subtitle)
