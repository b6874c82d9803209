"""What pages say can be read at fourteen: standing, control charts, forecasts, movements, and whether it worked."""

import re
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from explorer.app.evaluation_choices import LOOKS
from explorer.benchmarks.sensitivity import sensitivity
from explorer.evaluation.controlled import NoComparison
from explorer.models.forecasting import annual_tested, load_yearly_test
from explorer.models.movement import movements
from explorer.models.series import yearly
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.verdict import verdict
from explorer.sentences import control, controlled, forecasts, movement, standing
from explorer.sentences.evaluation import beside_sentence, told
from explorer.sentences.specifications import agreement_sentence, placebo_sentence, specifications_title
from tests.fixtures import OPEN, OPEN_LONG, REPEAT, ROOT, TRAFFORD, shipped_world
from tests.test_before_after import found as before_after
from tests.test_before_after import told as told_before_after
from tests.test_did_it_work_page import opened as did_it_work
from tests.test_did_it_work_page import plain
from tests.test_evaluation_verdict import EVENTS as VERDICT_EVENTS
from tests.test_evaluation_verdict import all_answers
from tests.test_forecasting_words import FAN
from tests.test_inquiry import CONFERENCES, asked
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


def of_comparisons() -> Iterable[str]:
    for area in (*SOME, WORLD.areas["420"]):
        for tried, name in ((CONFERENCES, REPEAT), ("smarter_plans", OPEN_LONG))[: 2 if area in SOME[:4] else 1]:
            found, entry, one = asked(area.code, tried, name), ENTRIES[name], asked(area.code, tried, name).comparison
            yield beside_sentence(found.beside, WORLD.config, area.label, found.years)
            if isinstance(one, NoComparison):
                yield one.why
                continue
            yield controlled.title(one, entry, area.label)
            yield controlled.effect_sentence(one, entry, area.label)
            yield from (controlled.rank_sentence(one), controlled.fit_sentence(one), controlled.left_out_sentence(one))
            if found.stood is not None:
                yield controlled.alike_sentence(found.stood, entry)
            every = found.comparisons
            yield from (specifications_title(every), placebo_sentence(every))
            yield agreement_sentence(every, area.label, entry.label)
            yield from (way.why_not for way in every)


def of_did_it_work() -> Iterable[str]:
    """Whatever the page says in sentences, also to those for whom nothing can be worked out."""
    asked_of: tuple[tuple[str, int, dict[str, str]], ...] = (
        (TRAFFORD, 2025, {}),
        (TRAFFORD, 2025, {"data": "sample"}),
        (TRAFFORD, 2018, {"tried": "sp"}),
        ("420", 2025, {"path": "step"}),
    )
    for area, year, link in asked_of:
        for look in LOOKS:
            app = did_it_work(area, year, look=look, **link)
            for one in (*app.markdown, *app.info, *app.warning):
                yield from (line.strip("-* ") for line in plain(one.value).splitlines() if line.strip().endswith("."))


KINDS: dict[str, Callable[[], Iterable[str]]] = {
    "standing": of_standing,
    "control": of_control,
    "forecasts": of_forecasts,
    "movements": of_movements,
    "verdicts": of_verdicts,
    "before and after": of_before_and_after,
    "comparisons": of_comparisons,
    "did it work": of_did_it_work,
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
