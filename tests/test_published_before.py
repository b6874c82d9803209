"""Figures that were published elsewhere before are shown, and everything else is safe beside them."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.disclosure import PublishedBefore, ReleaseRules, load_release, protect_indicators
from explorer.errors import ConfigError
from explorer.records.safe import safe_records
from explorer.records.shipped import load_sample
from tests.fixtures import STOCKPORT, TRAFFORD, copied_project, faults, shipped_world
from tests.test_disclosure_plans import KEY, RELEASE, SUPPRESSION, Auditor, R, S, check_statuses, indicators, invented

WORLD = shipped_world()
PERCENT = "repeat_plan_percent"
END = date(2020, 8, 31)  # in the invented tables of the tests of disclosure control
AUGUST, SEPTEMBER = date(2018, 8, 31), date(2018, 9, 30)


def known(every: pl.DataFrame, name: str = PERCENT, more: int = 0) -> PublishedBefore:
    """What a table has up to ``END``, as if it had been published; with ``more`` in part and whole than it has."""
    part, whole, _ = figure(every, name)
    assert isinstance(part, int)
    return PublishedBefore(
        label="Slides",
        area=TRAFFORD,
        period="year_to_date",
        last_day=END,
        indicator=name,
        numerator=part + more,
        denominator=whole + more if isinstance(whole, int) else None,
        description="Invented.",
        reference="Invented.",
    )


def rules(every: pl.DataFrame, *entries: PublishedBefore) -> ReleaseRules:
    return replace(RELEASE, published_before=entries or (known(every),)).for_area(TRAFFORD, every)


def figure(table: pl.DataFrame, name: str, end: date = END, kind: str = "year_to_date") -> tuple[object, ...]:
    row = table.filter(indicator=name, period_end=end, period_kind=kind).to_dicts()[0]
    return row["numerator"], row["denominator"], row["status"]


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([60, 150, 400, 900, 2500]))
def test_nothing_small_can_be_worked_out_beside_it(seed: int, size: int) -> None:
    """What was published is shown unless it tells of a small count by itself; what else is hidden stays far enough."""
    every = indicators(invented(seed, size))
    protected = protect_indicators(every, rules(every), SUPPRESSION)
    check_statuses(every, protected)
    part, whole, _ = figure(every, PERCENT)
    assert isinstance(part, int)
    assert isinstance(whole, int)
    tells = any(SUPPRESSION.lowest <= number <= SUPPRESSION.highest for number in (part, whole, whole - part))
    if not tells:
        assert figure(protected, PERCENT) == (part, whole, "published")
    auditor = Auditor(protected)
    true = dict(zip(every.select(KEY).iter_rows(), every["numerator"].to_list(), strict=True))
    hidden = protected.filter((pl.col("status") == "suppressed") & pl.col("indicator").is_in([S, R]))
    small = [row for row in hidden.select(KEY).iter_rows() if true[row] in range(1, 6)]
    chosen = random.Random(seed).sample(small, min(25, len(small)))
    assert not auditor.too_close(auditor.terms(name, kind, end) for name, end, kind in chosen)


def one_of_two() -> pl.DataFrame:
    """A table whose re-plans up to the end of September are three more than up to the end of August."""
    return next(
        every
        for every in (indicators(invented(seed, 900)) for seed in range(60))
        if _gap(every) == 3 and int(str(figure(every, R)[0])) > SUPPRESSION.highest
    )


def _gap(every: pl.DataFrame) -> int:
    return int(str(figure(every, R, date(2020, 9, 30))[0])) - int(str(figure(every, R)[0]))


def test_what_would_give_a_small_count_away_beside_it_is_hidden() -> None:
    """With the end of August public, the half-year would tell that three came in September."""
    every = one_of_two()
    alone = protect_indicators(every, RELEASE, SUPPRESSION)
    beside = protect_indicators(every, rules(every), SUPPRESSION)
    assert figure(alone, R)[2] == "suppressed"
    assert figure(alone, R, date(2020, 9, 30))[2] == "published"
    assert figure(beside, R)[2] == "published"
    assert figure(beside, R, date(2020, 9, 30))[2] == "suppressed"


def test_a_figure_that_is_small_in_the_records_at_hand_stays_hidden() -> None:
    every = indicators(invented(3, 20))
    part, whole, _ = figure(every, PERCENT)
    assert part in range(1, 6), "the table is for a small count"
    protected = protect_indicators(every, rules(every), SUPPRESSION)
    assert figure(protected, R)[2] == figure(protected, PERCENT)[2] == "suppressed"
    assert whole


def test_only_what_is_named_becomes_shown_by_it() -> None:
    every = indicators(invented(5, 900))
    protected = protect_indicators(every, rules(every, known(every, S)), SUPPRESSION)
    assert protected.equals(protect_indicators(every, RELEASE, SUPPRESSION))  # plans started are shown anyway
    nothing = replace(RELEASE, layers=(), published_before=(known(every),)).for_area(TRAFFORD, every)
    shown = protect_indicators(every, nothing, SUPPRESSION).filter(status="published")
    assert sorted(shown["indicator"]) == [S, R, PERCENT]
    assert set(shown["period_end"]) == {END}


@pytest.mark.parametrize("more", [-1, 1])
def test_records_with_other_numbers_go_through_the_usual_layers(more: int) -> None:
    """Beside 30 of 112 that are public, 31 of 113 would tell of one child."""
    every = one_of_two()
    other = protect_indicators(every, rules(every, known(every, more=more)), SUPPRESSION)
    assert other.equals(protect_indicators(every, RELEASE, SUPPRESSION))
    assert figure(other, R)[2] == figure(other, PERCENT)[2] == "suppressed"
    only_the_part = known(every).model_copy(update={"denominator": known(every, more=more).denominator})
    assert rules(every, only_the_part).layers == RELEASE.layers


def test_a_later_file_of_the_area_does_not_tell_by_how_much_it_differs() -> None:
    checked = load_sample(WORLD.config, WORLD.rules).checked
    kept = checked.split.kept
    july = kept.filter(
        pl.col("start_date").is_between(date(2018, 7, 1), date(2018, 7, 31)), pl.col("previous_plans") > 0
    )
    again = july.head(1).with_columns(plan_id=pl.lit("one more"), child_id=pl.lit("one more"))
    later = replace(checked, split=replace(checked.split, kept=pl.concat([kept, again])))
    found = safe_records(later, WORLD.rules, "A later file", "upload", TRAFFORD).figures
    assert figure(found, R, AUGUST) == figure(found, PERCENT, AUGUST) == (None, None, "suppressed")


def test_it_is_of_one_authority_alone() -> None:
    every = indicators(invented(5, 900))
    assert replace(RELEASE, published_before=(known(every),)).for_area(STOCKPORT, every).layers == RELEASE.layers
    checked = load_sample(WORLD.config, WORLD.rules).checked
    theirs = safe_records(checked, WORLD.rules, "The same plans", "upload", STOCKPORT).figures
    assert figure(theirs, PERCENT, AUGUST)[2] == "suppressed"


@pytest.fixture(scope="module")
def sample() -> pl.DataFrame:
    return load_sample(WORLD.config, WORLD.rules).figures


@pytest.mark.parametrize(
    ("name", "kind", "end", "part", "whole"),
    [
        ("plans_open", "month", AUGUST, 275, None),
        ("plans_open", "month", SEPTEMBER, 248, None),
        ("open_2y_plus_percent", "month", SEPTEMBER, 16, 248),
        ("ended_2y_plus_percent", "rolling_12m", SEPTEMBER, 21, 264),
        (PERCENT, "year", date(2018, 3, 31), 76, 261),
        (PERCENT, "year_to_date", AUGUST, 30, 112),
        (S, "year_to_date", AUGUST, 112, None),
        (R, "year_to_date", AUGUST, 30, None),
        (PERCENT, "year_to_date", SEPTEMBER, 40, 130),
    ],
)
def test_the_sample_shows_every_figure_of_the_slides(
    sample: pl.DataFrame, name: str, kind: str, end: date, part: int, whole: int | None
) -> None:
    assert figure(sample, name, end, kind) == (part, whole, "published")


def test_the_sample_shows_how_many_plans_were_open_in_every_month_of_the_slides(sample: pl.DataFrame) -> None:
    months = sample.filter(
        pl.col("period_end").is_between(date(2017, 3, 31), SEPTEMBER), indicator="plans_open", period_kind="month"
    )
    assert months["status"].to_list() == ["published"] * 19


def test_nothing_else_of_the_sample_is_hidden_for_it(sample: pl.DataFrame) -> None:
    release = replace(WORLD.rules.release, published_before=())
    before = load_sample(WORLD.config, replace(WORLD.rules, release=release)).figures
    other = sample.filter(sample["status"] != before["status"])
    assert other.select("indicator", "period_kind", "period_end").sort("indicator").rows() == [
        (R, "year_to_date", AUGUST),
        (PERCENT, "year_to_date", AUGUST),
    ]


ENTRY, NAME = "published_before:\n", "indicator: repeat_plan_percent\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('area: "358"', 'area: "Trafford"'), "is of area 'Trafford'; allowed"),
        (lambda text: text.replace("last_day: 2018-08-31", "last_day: August"), "'published_before.0.last_day'"),
        (lambda text: text.replace("period: year_to_date", "period: decade"), "published_before.0.period' is 'decade'"),
        (lambda text: text.replace(NAME, "indicator: plans_startd\n"), "names 'plans_startd'; allowed"),
        (lambda text: text.replace(NAME, "indicator: plans_open\n"), "and none for a count"),
        (lambda text: text.replace("    denominator: 112\n", ""), "needs a 'denominator' for a percentage"),
        (lambda text: text.replace("numerator: 30", "numerator: 113"), "has 113 of 112; allowed: 0 to all"),
        (lambda text: text.replace("numerator: 30", "numerator: -1"), "has -1 of 112; allowed: 0 to all"),
        (lambda text: text.replace(ENTRY, ENTRY + "  - label: Slides\n", 1), "'published_before.0.area' is missing"),
        (lambda text: text.replace(ENTRY, "published_before: never\nx:\n", 1), "unknown key 'x'; allowed"),
    ],
)
def test_faults_of_what_was_published_are_told(tmp_path: Path, change: Callable[[str], str], said: str) -> None:
    project = copied_project(tmp_path)
    file = project.config / "release.yaml"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    found = faults(lambda: load_release(project.config), ConfigError)
    assert any(said in sentence for sentence in found), found
