"""What the program says can be read at fourteen: every room of sentences, for authorities of every kind."""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise

import pytest

from explorer.app.evaluation_choices import LOOKS
from explorer.benchmarks.change import change
from explorer.benchmarks.fifths import fifths
from explorer.benchmarks.sensitivity import sensitivity
from explorer.evaluation.controlled import NoComparison
from explorer.models.forecasting import annual_tested, load_yearly_test
from explorer.models.movement import movements
from explorer.models.series import yearly
from explorer.models.spc import ControlChart, NoChart, chart_for
from explorer.models.verdict import verdict
from explorer.sentences import (
    control,
    controlled,
    forecasts,
    groups,
    monitoring,
    movement,
    pairs,
    standing,
    sweep,
    verdicts,
)
from explorer.sentences import map as map_words
from explorer.sentences.changes import change_sentence
from explorer.sentences.evaluation import beside_sentence, told
from explorer.sentences.specifications import agreement_sentence, placebo_sentence, specifications_title
from explorer.sweep.finished import cells, open_finished
from tests.fixtures import GROUP, OPEN, OPEN_LONG, REPEAT, ROOT, TRAFFORD, shipped_world
from tests.reading_age import grade, hardest, split, syllables, words_of
from tests.test_before_after import found as before_after
from tests.test_before_after import told as told_before_after
from tests.test_cohort_pictures import everything_said as children_followed
from tests.test_did_it_work_page import opened as did_it_work
from tests.test_did_it_work_page import plain
from tests.test_evaluation_verdict import EVENTS as VERDICT_EVENTS
from tests.test_evaluation_verdict import all_answers
from tests.test_forecasting_words import FAN
from tests.test_impact_words import DAYS, NEVER
from tests.test_impact_words import ENTRY as REPLANS
from tests.test_impact_words import every_sentence as what_to_expect
from tests.test_inquiry import CONFERENCES, asked
from tests.test_interrupted_words import everything as own_courses
from tests.test_monitoring import BASE
from tests.test_monitoring import plan as monitoring_plan
from tests.test_standing_sentences import MEASURES, judged
from tests.test_what_if_sentences import generated as what_ifs

WORLD = shipped_world()
ENTRIES = WORLD.config.indicators
# large and small, shown and hidden, split up, merged and for some years without figures
CODES = (TRAFFORD, "857", "201", "886", "330", "420", "929", "909", "839", "204", "356", "850")
SOME = tuple(WORLD.areas[code] for code in CODES)
LIMIT = WORLD.config.app.reading_age.value
AT_MOST = 15  # of a single sentence: lists of events or of measures by their full names are long and read with ease


def of_positions() -> Iterable[str]:
    config, areas = WORLD.config, WORLD.areas
    for area in SOME:
        for year in (2018, 2025):
            every = [WORLD.position(area.code, name, year, GROUP) for name in (*MEASURES, OPEN)]
            for one in every:
                yield from (groups.title(one, config, areas), groups.position_sentence(one, config, areas))
            for one, other in pairwise(every):
                yield from (pairs.pair_title(one, other, config, areas), pairs.pair_caveats(one, other, config))


def of_changes() -> Iterable[str]:
    for area in SOME:
        for name in (*MEASURES, OPEN):
            for year in (2018, 2025):
                before, now = (WORLD.position(area.code, name, one, GROUP).figure for one in (year - 1, year))
                yield change_sentence(change(before, now, ENTRIES[name].scale), ENTRIES[name])


def of_standing() -> Iterable[str]:
    for name in MEASURES:
        for year in (2018, 2025):
            for area in SOME:
                found = judged(area.code, name, year)
                if found is None:
                    continue
                yield verdicts.funnel_title(found, WORLD.config, area.label)
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
    for area in SOME:
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


def of_maps() -> Iterable[str]:
    for area in SOME:
        for name in (*MEASURES, OPEN):
            one = WORLD.position(area.code, name, 2025, "england")
            parted = fifths(one)
            yield map_words.map_title(one, parted, WORLD.config, WORLD.areas)
            yield map_words.map_note(one, parted)


def of_monitoring() -> Iterable[str]:
    for found in (monitoring_plan(), monitoring_plan(NEVER), monitoring_plan(made_for=DAYS[3])):
        yield from (monitoring.made_sentence(found), monitoring.nothing_ahead(found), monitoring.no_decision(found))
        yield from (monitoring.finding(found, REPLANS), monitoring.base_sentence(BASE, REPLANS))
        yield from monitoring.how_to_read(found)


def of_sweeps() -> Iterable[str]:
    found = open_finished(ROOT / "data/sweeps/ideas")
    yield from (sweep.HONEST, sweep.NOT_OF_RECORDS, sweep.NONE_NAMED, sweep.not_there("what-if", "all what-ifs"))
    yield from (sweep.other_figures("a1", "b2"), sweep.other_settings("a1", "b2"))
    yield from (sweep.as_at_words((2018, 2025), 2020, 2018), sweep.not_in_sweep(2018, "Trafford"))
    for as_at, years in ((2018, 3), (2025, 1)):
        for name in (REPEAT, OPEN, OPEN_LONG):
            told_of, entry = cells(found, as_at, name, years, ENTRIES), ENTRIES[name]
            yield sweep.heat_title(told_of, entry, as_at, years)
            yield sweep.failed_words(told_of, WORLD.areas)
            for one in found.scenarios:
                own = [cell for cell in told_of if cell.scenario == one]
                yield sweep.map_title(one, own, entry, as_at, years)
            for area in SOME:
                own = [cell for cell in told_of if cell.area == area.code]
                if own:
                    yield sweep.own_title(own, entry, area.label, as_at, years)
                    yield from (sweep.cell_sentence(cell, entry, area.label) for cell in own)


KINDS: dict[str, Callable[[], Iterable[str]]] = {
    "positions": of_positions,
    "changes": of_changes,
    "maps": of_maps,
    "standing": of_standing,
    "control": of_control,
    "forecasts": of_forecasts,
    "movements": of_movements,
    "what if": what_ifs,
    "verdicts": of_verdicts,
    "before and after": of_before_and_after,
    "comparisons": of_comparisons,
    "own course": own_courses,
    "children followed": children_followed,
    "what to expect": what_to_expect,
    "monitoring": of_monitoring,
    "did it work": of_did_it_work,
    "sweeps": of_sweeps,
}


@cache
def sentences(kind: str) -> tuple[str, ...]:
    """Every different sentence of a room, one by one."""
    return tuple(sorted({one for said in KINDS[kind]() for one in split(said)}))


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_can_be_read_at_fourteen(kind: str) -> None:
    said = sentences(kind)
    assert len(said) > 15
    found, worst = grade(said), hardest(said)
    print(f"{kind}: grade {found:.1f} over {len(said)} sentences; hardest {worst[0][0]:.1f}: {worst[0][1]}")
    assert found <= LIMIT, worst
    assert worst[0][0] <= AT_MOST, worst


# --- the scorer itself


@pytest.mark.parametrize(
    ("said", "words", "sounds"),
    [
        ("The cat sat on the mat.", 6, 6),
        ("29.1% of 261 plans.", 4, 4),  # a figure is one short word
        ("It was 0.6% to 3.2% on 31 March 2018.", 9, 9),
        ("A re-plan, Trafford's second.", 4, 7),  # a, re-plan, Trafford's, second
        ("Bournemouth, Christchurch and Poole has two.", 3, 4),  # the name of an authority is one word of two syllables
        ("In King's Lynn higher figures changed usually.", 7, 12),
    ],
)
def test_words_and_syllables_by_hand(said: str, words: int, sounds: int) -> None:
    found = words_of(said)
    assert (len(found), sum(map(syllables, found))) == (words, sounds), found
    assert grade([said]) == pytest.approx(0.39 * words + 11.8 * sounds / words - 15.59)


def test_a_text_is_scored_as_a_whole() -> None:
    """Two sentences of 3 and 9 words, 4 and 12 syllables: 6 words a sentence, 4/3 syllables a word."""
    two = ["Plans were higher.", "It is said again by the people who live nearby, nearly."]
    numbers = [(len(words_of(one)), sum(map(syllables, words_of(one)))) for one in two]
    words, sounds = (sum(column) for column in zip(*numbers, strict=True))
    assert grade(two) == pytest.approx(0.39 * words / 2 + 11.8 * sounds / words - 15.59)
    assert grade([" ".join(two)]) == grade(two)  # a full stop ends a sentence wherever it stands
    assert hardest(two, 1)[0][1] == max(two, key=lambda one: grade([one]))
    with pytest.raises(ValueError, match="no sentence"):
        grade(["", " . "])


def test_a_published_text_has_its_known_grade() -> None:
    """The first sentence of the Gettysburg Address: 30 words, 49 syllables by hand, grade 15.4."""
    said = (
        "Four score and seven years ago our fathers brought forth, upon this continent, a new nation, conceived in "
        "liberty, and dedicated to the proposition that all men are created equal."
    )
    assert grade([said]) == pytest.approx(0.39 * 30 + 11.8 * 49 / 30 - 15.59, abs=0.5)


def test_what_is_said_decides_and_not_where_full_stops_are_missing() -> None:
    assert split("Of 100, 4.5% were hidden. 6 were not? No.") == ["Of 100, 4.5% were hidden.", "6 were not?", "No."]
    assert split("None moves it. “Closing faster” does.") == ["None moves it.", "“Closing faster” does."]
    assert grade(["The authorities' multidimensional accountability necessitates transformation"]) > 20
