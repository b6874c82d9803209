"""The false findings that are told are those that were recorded, rounded up."""

import json
from math import ceil
from typing import Any

import pytest

from explorer.evaluation.estimators import WAYS
from explorer.sentences.measured import measured_sentence
from tests.fixtures import BROKEN, ROOT, shipped_world

SETTINGS = shipped_world().evaluation
PICKED = "highest the year before"


def record(name: str) -> Any:
    return json.loads((ROOT / "bench" / "results" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("way", WAYS)
def test_the_false_findings_of_a_comparison_are_those_recorded(way: str) -> None:
    paths = record("controlled")["years_after"]
    assert set(paths) == {"all at once", "as the plan model says"}

    def most(*kinds: str) -> int:
        rows = [row for kinds_of in paths.values() for kind in kinds for row in kinds_of[kind].get(way, {}).values()]
        assert len(rows) >= 6  # both paths at 1, 2 and 7 years
        return ceil(max(float(row["effect found, percent"]) for row in rows))

    told = SETTINGS.measured[way]  # type: ignore[index]
    assert (told.usual, told.worst) == (most("any", "small", "large"), most(PICKED))
    assert told.usual <= 6
    assert PICKED in told.where


def test_the_false_findings_of_an_own_course_are_those_recorded() -> None:
    found, told = record("interrupted"), SETTINGS.measured["interrupted_series"]
    drift = [row for name, row in found["drift"].items() if name.startswith("as planned")]
    assert min(row["asked"] for row in (*found["null"].values(), *drift)) >= 1_000
    most = [ceil(max(row["type_one_percent"] for row in rows)) for rows in (found["null"].values(), drift)]
    assert [told.usual, told.worst] == most
    assert told.usual <= 6


def test_it_is_told_in_words() -> None:
    for method in (SETTINGS.main.published, SETTINGS.main.records):
        said, told = measured_sentence(SETTINGS, method), SETTINGS.measured[method]
        assert f"at most {told.usual} of 100" in said
        assert f"{told.where}: in at most {told.worst} of 100." in said
        assert not BROKEN.search(said)
    assert measured_sentence(SETTINGS, "cohorts") == ""


def test_the_way_that_gives_the_verdict_is_the_one_that_errs_least_where_it_is_asked_most() -> None:
    """Of authorities that were highest the year before its mean error is the least, and it finds the fewest effects."""
    errors = {way: abs(_mean_error(way)) for way in WAYS}
    assert min(errors, key=lambda way: errors[way]) == SETTINGS.main.published
    assert SETTINGS.measured[SETTINGS.main.published].worst == min(SETTINGS.measured[way].worst for way in WAYS)


def _mean_error(way: str) -> float:
    rows = record("controlled")["years_after"]["all at once"][PICKED][way].values()
    return float(max((row["mean error, points"] for row in rows), key=abs))
