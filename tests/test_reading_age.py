"""What Neighbours and Trends say can be read at fourteen: standing, control charts, forecasts and movements."""

import re
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from explorer.benchmarks.sensitivity import sensitivity
from explorer.models.forecasting import annual_tested, load_yearly_test
from explorer.models.movement import movements
from explorer.models.series import yearly
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.verdict import verdict
from explorer.sentences import control, forecasts, movement, standing
from explorer.sentences.evaluation import told
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, ROOT, TRAFFORD, shipped_world
from tests.test_before_after import found as before_after
from tests.test_before_after import told as told_before_after
from tests.test_evaluation_verdict import EVENTS as VERDICT_EVENTS
from tests.test_evaluation_verdict import all_answers
from tests.test_forecasting_words import FAN
from tests.test_standing_sentences import MEASURES, judged
from tests.test_what_if_sentences import grade

WORLD = shipped_world()
ENTRIES = WORLD.config.indicators
SOME = tuple(dict.fromkeys([WORLD.areas[TRAFFORD], *WORLD.areas.authorities[::12]]))
ON_AVERAGE, AT_MOST = 9, 14  # school years; a reading age of fourteen is grade nine


def of_standing() -> Iterable[str]:
    for name in MEASURES:
        for year in (2018, 2025):
            for area in SOME:
                found = judged(area.code, name, year)
                if found is None:
                    continue
                yield standing.verdict_sentence(found, WORLD.config, area.label)
                yield standing.level_sentence(found, area.label)
                yield standing.gap_to_middle_sentence(found, WORLD.config)
                yield standing.fading_sentence(found, WORLD.config)
                yield standing.sensitivity_sentence(sensitivity(found.position, ENTRIES[name].scale, {}))


def of_control() -> Iterable[str]:
    trends = WORLD.models.trends
    for name in (*MEASURES, OPEN, "plans_started"):
        entry = ENTRIES[name]
        for area in SOME:
            series = yearly(WORLD.table, name, area.code)
            chart = chart_for(series, entry, trends.rules)
            found = verdict(series, chart, trends.alarm) if isinstance(chart, ControlChart) else None
            yield control.title(series, entry, area.label, chart, found)
            yield control.newest_sentence(series, entry, area.label)
            yield from control.caveats(series, entry, chart)
            yield control.rebase_sentence(series, entry, chart, series.ends[3], "New threshold document")
            if isinstance(chart, ControlChart) and found is not None:
                yield control.signs_sentence(series, entry, chart, found, trends)
                yield control.limits_sentence(series, entry, chart, trends)
    for reason in ("stock", "overlapping", "too_few", "level", "hidden", "small", "edge"):
        yield control.why_no_chart(NoChart(reason))


def of_forecasts() -> Iterable[str]:
    shipped, settings = load_yearly_test(ROOT / "data"), WORLD.models.forecast
    for name in shipped.by_indicator:
        for year in WORLD.years:
            yield forecasts.tested_sentence(annual_tested(shipped, name, year, settings), settings, "year")
    for step in ("year", "day", "month", "quarter"):
        yield forecasts.fan_sentence(FAN, "percent", step)
        yield forecasts.usual_sentence(FAN, "percent", step)


def of_movements() -> Iterable[str]:
    for area in SOME:
        for one in movements(WORLD.table, WORLD.history, area.code, WORLD.config.benchmarks.uncertainty):
            yield movement.moved_sentence(one, area.label)
            yield movement.why_sentence(one)
            yield movement.why_title(one, area.label)
    yield from (movement.LENGTH_MEANING, movement.FEW, movement.IMPOSSIBLE)


def of_verdicts() -> Iterable[str]:
    for one in all_answers():
        words = told(one, WORLD.evaluation, WORLD.config, "Trafford", VERDICT_EVENTS)
        yield from words.text.splitlines()
        yield from (check.means for check in words.checks)
    yield from (entry.says for entry in WORLD.evaluation.verdict.rules.values())
    yield from WORLD.evaluation.verdict.caveats.values()


def of_before_and_after() -> Iterable[str]:
    for name in (REPEAT, OPEN_LONG):
        for area in SOME:
            yield from told_before_after(before_after(area.code, name, 2018, 2025), name, area.label)


KINDS: dict[str, Callable[[], Iterable[str]]] = {
    "standing": of_standing,
    "control": of_control,
    "forecasts": of_forecasts,
    "movements": of_movements,
    "verdicts": of_verdicts,
    "before and after": of_before_and_after,
}


@cache
def sentences(kind: str) -> tuple[str, ...]:
    """Every different sentence, one by one: a new one begins after a full stop."""
    found = {one for said in KINDS[kind]() for one in re.split(r"(?<=[.?!])\s+(?=[A-Z])", said) if one}
    return tuple(sorted(found))


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_can_be_read_at_fourteen(kind: str) -> None:
    grades = {one: grade(one) for one in sentences(kind)}
    assert len(grades) > 20
    assert sum(grades.values()) / len(grades) <= ON_AVERAGE
    hardest = max(grades, key=grades.__getitem__)
    assert grades[hardest] <= AT_MOST, (grades[hardest], hardest)
