"""The verdict: one rule for whatever is found, never more than the range allows, symmetric, and whole in words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.evaluation.beside import beside
from explorer.evaluation.checks import Alike, Fit
from explorer.evaluation.estimate import Estimate, Kind, Method, Specification
from explorer.evaluation.interrupted import Difference
from explorer.evaluation.settings import EvaluationSettings
from explorer.evaluation.verdict import FOUND, Evidence, Inquiry, Power, Verdict, conditions, decide, worth_now
from explorer.evaluation.verdict_settings import CLAIMS, Data
from explorer.events import events_for
from explorer.sentences.evaluation import (
    Told,
    asked_words,
    beside_sentence,
    beside_table,
    checks_table,
    points_words,
    range_words,
    size_sentence,
    told,
    verdict_table,
)
from tests.fixtures import BROKEN, REPEAT, TRAFFORD, shipped_world
from tests.test_before_after import found as before_after

WORLD = shipped_world()
SETTINGS, CONFIG = WORLD.evaluation, WORLD.config
START, END = date(2018, 9, 1), date(2020, 3, 31)
EVENTS = events_for(WORLD.events, TRAFFORD, START, END)
ASKED = Inquiry(TRAFFORD, REPEAT, "restorative conferences", START, END, "published")
AT_ALL = re.compile(r"\b(caus(e|es|ed|ing)|worked|proved|proven)\b", re.IGNORECASE)


def estimate(effect: float, half: float, method: Method = "synthetic_did", there: float = 0.4) -> Estimate:
    return Estimate(method, effect, effect - half, effect + half, 0.04, effect / there, 5, 2)


def ways(kind: Kind, number: int, effect: float, half: float = 5.0) -> tuple[Specification, ...]:
    return tuple(Specification(kind, f"{kind} {one}", estimate(effect, half)) for one in range(number))


def evidence(effect: float, half: float, **more: object) -> Evidence:
    """A case in which every check that is needed holds."""
    sound = ways("model", 4, effect) + ways("placebo_date", 4, 0.0) + ways("left_out", 5, effect)
    base = Evidence(
        ASKED,
        estimate(effect, half),
        specifications=sound,
        fit=Fit(3.1, 40, 140),
        alike=Alike(30, 1),
        moved=before_after(TRAFFORD, REPEAT, 2018, 2020),
        power=Power(9.1, date(2027, 3, 31), "interrupted_series"),
        there=0.4,
        base=234.0,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def in_words(one: Evidence) -> Told:
    return told(decide(one, SETTINGS), SETTINGS, CONFIG, "Trafford", EVENTS)


# --- each answer by an example: worth noticing is 6 points in the end, 2.4 by then


@pytest.mark.parametrize(
    ("found", "rule", "answer"),
    [
        (evidence(-8, 6), "consistent", "consistent"),
        (evidence(8, 6), "other_way", "other_way"),
        (evidence(-0.5, 1.8), "no_sign", "no_sign"),
        (evidence(4, 5), "no_sign", "no_sign"),  # leaves out 2.4 lower
        (evidence(-1, 7), "too_early", "cannot_tell"),
        (evidence(-0.7, 1.8), "too_early", "cannot_tell"),  # 2.5 lower is still possible
        (evidence(-1, 7, power=Power()), "too_small", "cannot_tell"),
        (evidence(-1, 7, power=Power(2.0, END)), "not_noticed", "cannot_tell"),
        (evidence(-8, 6, fit=Fit(9.0, 0, 140)), "check_failed", "cannot_tell"),
        (evidence(-0.5, 1.8, fit=Fit(9.0, 0, 140)), "check_failed", "cannot_tell"),
        (evidence(-8, 6, fit=None, specifications=ways("model", 4, -8)), "check_untried", "cannot_tell"),
        (evidence(-8, 6, alike=Alike(30, 12)), "effect_not_firm", "cannot_tell"),
        (evidence(-8, 6, specifications=()), "effect_not_firm", "cannot_tell"),
        (evidence(-8, 6, there=0.05), "effect_not_firm", "cannot_tell"),  # 40 points lower of 29 in the end
        (evidence(-0.5, 1.8, alike=Alike(30, 12)), "no_sign", "no_sign"),  # needed for an effect alone
        (evidence(-8, 6, estimate=None, why_not="Its figures are hidden."), "no_estimate", "cannot_tell"),
        (evidence(-8, 6, asked=replace(ASKED, start=None)), "no_start", "not_asked"),
        (evidence(-8, 6, asked=replace(ASKED, end=date(2018, 3, 31))), "not_begun", "not_asked"),
    ],
)
def test_the_rule_and_the_answer(found: Evidence, rule: str, answer: str) -> None:
    verdict = decide(found, SETTINGS)
    assert (verdict.rule, verdict.answer) == (rule, answer)
    assert (verdict.when is not None) == (rule == "too_early")


def test_every_rule_can_be_reached() -> None:
    cases = test_the_rule_and_the_answer.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case[1] for case in cases} == set(SETTINGS.verdict.rules)


def test_what_is_worth_noticing_shrinks_to_what_could_be_there_by_then() -> None:
    found = evidence(-0.5, 1.8)
    assert worth_now(found, SETTINGS.outcomes[REPEAT]) == pytest.approx(2.4)
    full = replace(found, there=1.0)
    assert worth_now(full, SETTINGS.outcomes[REPEAT]) == pytest.approx(6.0)
    as_estimated = replace(found, there=None)
    assert worth_now(as_estimated, SETTINGS.outcomes[REPEAT]) == pytest.approx(2.4)


def test_nothing_is_told_where_hardly_any_of_an_effect_could_be_there() -> None:
    assert decide(evidence(0.1, 1.0, there=0.01), SETTINGS).answer == "cannot_tell"


def test_a_range_without_an_end_tells_nothing_and_is_said_without_figures() -> None:
    words = in_words(evidence(-3, float("inf"), power=Power()))
    assert words.label == "Cannot tell"
    assert "can be of any size" in words.answer
    assert words.size == ""


def test_without_an_estimate_there_is_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Evidence(ASKED, None)


# --- properties


points = st.floats(-60, 60).map(lambda value: round(value, 3))
KINDS: tuple[Kind, ...] = ("method", "path", "start", "placebo_date", "window", "model", "left_out", "hidden")
METHODS: tuple[Method, ...] = (
    "difference_in_differences", "synthetic_control", "synthetic_did", "interrupted_series", "cohorts",
)  # fmt: skip


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, effect, high = sorted(draw(st.tuples(points, points, points)))
    there = draw(st.sampled_from((0.05, 0.4, 1.0)))
    chance = draw(st.floats(0, 1))
    return Estimate(draw(st.sampled_from(METHODS)), effect, low, high, chance, effect / there, 5, 2)


@st.composite
def cases(draw: st.DrawFn) -> Evidence:
    found = draw(st.one_of(st.none(), estimates()))
    asked = Inquiry(
        TRAFFORD,
        draw(st.sampled_from(sorted(SETTINGS.outcomes))),
        "restorative conferences",
        draw(st.sampled_from((None, START, date(2021, 1, 1)))),
        END,
        draw(st.sampled_from(("published", "sample", "upload", "plan_records"))),
    )
    others = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.one_of(st.none(), estimates())), max_size=6))
    return Evidence(
        asked,
        found,
        "" if found else "Its figures are hidden.",
        tuple(Specification(kind, "one", one, "" if one else "It is hidden.") for kind, one in others),
        draw(st.one_of(st.none(), st.builds(Fit, st.floats(0, 20), st.integers(0, 20), st.integers(20, 150)))),
        draw(st.one_of(st.none(), st.builds(Alike, st.integers(20, 30), st.integers(0, 20)))),
        draw(st.sampled_from((None, before_after(TRAFFORD, REPEAT, 2018, 2020)))),
        Power(
            draw(st.one_of(st.none(), st.floats(0.1, 40))),
            draw(st.one_of(st.none(), st.dates(date(2019, 3, 31), date(2030, 3, 31)))),
        ),
        draw(st.one_of(st.none(), st.floats(0, 1))),
        draw(st.one_of(st.none(), st.floats(1, 900))),
        draw(st.sampled_from((None, Difference(-30.4, -61.2, 0.3, 190, 801)))),
        draw(st.booleans()),
    )


@settings(max_examples=80, deadline=None)
@given(cases())
def test_whatever_is_found_one_rule_gives_an_answer_that_the_range_allows(found: Evidence) -> None:
    verdict = decide(found, SETTINGS)
    met = set(conditions(found, verdict.checks, SETTINGS))
    fitting = [name for name, rule in SETTINGS.verdict.rules.items() if set(rule.needs) <= met]
    assert verdict.rule == fitting[0]
    sign = SETTINGS.outcomes[found.asked.indicator].sign
    if verdict.answer in ("consistent", "other_way"):
        assert found.estimate is not None
        low, high = found.estimate.lower, found.estimate.upper
        towards = sign if verdict.answer == "consistent" else -sign
        assert not low <= 0 <= high
        assert (low if towards > 0 else -high) > 0
        assert all(one.passed is not False for one in verdict.checks if SETTINGS.checks[one.name].needed != "none")  # type: ignore[index]
    if verdict.answer == "no_sign":
        assert found.estimate is not None
        assert found.estimate.lower <= 0 <= found.estimate.upper
    assert verdict.table.schema == FOUND


@settings(max_examples=80, deadline=None)
@given(cases())
def test_words_are_whole_and_never_claim_more(found: Evidence) -> None:
    words = told(decide(found, SETTINGS), SETTINGS, CONFIG, "Trafford", EVENTS)
    for line in words.text.splitlines():
        assert not BROKEN.search(line), line
    for text in (words.about, words.label, words.title, words.answer, words.size, words.power, *words.caveats):
        assert not AT_ALL.search(text)
        assert not CLAIMS.search(text)
    first = words.text.splitlines()[0]
    assert ("invented" in first and "not a finding about Trafford" in first) == (found.asked.data == "sample")
    if words.label != "Not asked":
        assert 'Even "consistent with an effect" is not proof' in words.text
        assert "section 47" in words.text


def turned(one: Estimate) -> Estimate:
    """The same effect the other way round."""
    return replace(one, effect=-one.effect, lower=-one.upper, upper=-one.lower, full=-one.full)


def other_hopes() -> EvaluationSettings:
    """The settings with every hope the other way round."""
    other = {"lower": "higher", "higher": "lower"}
    outcomes = {name: one.model_copy(update={"better": other[one.better]}) for name, one in SETTINGS.outcomes.items()}
    return SETTINGS.model_copy(update={"outcomes": outcomes})


@settings(max_examples=60, deadline=None)
@given(cases())
def test_turning_every_effect_and_the_hope_round_changes_no_answer(found: Evidence) -> None:
    """All but the figures before, which are not symmetric: a share cannot fall below nothing."""
    found = replace(found, moved=None)
    mirrored = replace(
        found,
        estimate=turned(found.estimate) if found.estimate else None,
        specifications=tuple(
            replace(one, estimate=turned(one.estimate) if one.estimate else None) for one in found.specifications
        ),
    )
    here, there = decide(found, SETTINGS), decide(mirrored, other_hopes())
    assert (here.answer, here.rule, here.caveats) == (there.answer, there.rule, there.caveats)
    opposite = {"consistent": "other_way", "other_way": "consistent"}
    against = decide(mirrored, SETTINGS)
    if here.answer in opposite:
        assert against.answer == opposite[here.answer]


# --- words


def test_a_full_text_of_the_published_figures() -> None:
    assert in_words(evidence(-8, 6, hidden=True)).text == "\n".join(
        (
            "A finding from published figures.",
            "Trafford's re-plans: consistent with an effect",
            "Taken together along the stated path, the figures since the start put re-plans 8.0 points lower than "
            "expected by the year to March 2020. That is consistent with an effect of 2.0 to 14.0 points lower "
            "(restorative conferences).",
            "Such an effect makes 5 to 33 fewer re-plans started, out of 234 plans started in the year to March 2020.",
            "An effect of 9.1 points there by then would be noticed in 80 of 100 cases; a smaller one less often. "
            "Worth noticing is a full effect of 6.0 points.",
            "Was like its comparison before: passed. In a usual year before the start it lay 3.1 points from its "
            "comparison. Of 140 others 40 lay as far from theirs, or farther.",
            "No effect where there can be none: passed. Of 4 dates before the start none shows an effect. Chance alone "
            "makes one at about 5 of 100 dates.",
            "Others that were as high or low moved less: passed. Of 30 others that stood where it did 1 moved as far "
            "or farther.",
            "Other ways of asking point the same way: passed. Of 4 other ways of asking 4 point the same way.",
            "Does not hang on one other authority: passed. Of 5 results with one of them left out 5 point the same "
            "way.",
            "The size is possible: passed. Even the near end of the range would mean 5.0 points lower in the end. "
            "Before it was 29.1%.",
            "Clear in most ways of asking: passed. In the middle one of 5 ways of asking, chance alone makes as large "
            "an effect in 4 of 100 cases.",
            "More than would go by itself: failed. What is left of the change from the last year before is no more "
            "than chance may make.",
            "Long enough to see most of it: failed. About 40% of the full effect could be there by then.",
            'Even "consistent with an effect" is not proof. Anything else that began at the same time would look just '
            "the same.",
            "Fewer plans or re-plans are not good by themselves. Look at re-referrals, section 47 enquiries and "
            "children coming into care as well. Children in care are not in these figures.",
            "Other things happened in this time: Ofsted inspection (March 2019); Improvement notice (23 May 2019); "
            "Pandemic restrictions (23 March 2020 to 19 July 2021).",
            "The authorities in the comparison were changing things too. So the effect is one beside what they did.",
            "By then only about 40% of the full effect could be there.",
            "Some of the figures are hidden. The range takes in all that they can be.",
            "Some checks do not hold, which the answer does not need: more than would go by itself.",
        )
    )


def test_a_full_answer_of_invented_records() -> None:
    words = in_words(
        evidence(
            -1,
            7,
            asked=replace(ASKED, data="sample"),
            estimate=estimate(-1, 7, "interrupted_series"),
            fit=None,
            alike=None,
        )
    )
    assert words.about == (
        "The records are invented. So this verdict shows the method and is not a finding about Trafford."
    )
    assert words.title == "Cannot tell yet: an effect on Trafford's re-plans could show by March 2027"
    assert words.answer == (
        "It cannot be told yet. The change by March 2020 can be 8.0 points lower to 6.0 higher. That holds no effect "
        "at all. It also holds an effect worth noticing: 6.0 points lower in the end, so 2.4 points lower by then. In "
        "80 of 100 cases such an effect would be noticed by March 2027."
    )
    assert words.caveats[0] == (
        "No child in these records is real. The finding about Trafford comes from the published figures."
    )
    assert (
        "Only the authority's own course is used here. Nothing tells what would have come without restorative "
        "conferences." in words.caveats
    )
    assert words.caveats[-1] == (
        "Some checks could not be tried: was like its comparison before; others that were as high or low moved less."
    )


def test_the_answer_where_it_is_a_failed_check() -> None:
    words = in_words(evidence(-8, 6, alike=Alike(30, 12)))
    assert words.answer == (
        "Taken together along the stated path, the figures since the start put re-plans 8.0 points lower than expected "
        "by the year to March 2020 (range 2.0 to 14.0 points lower). But not all checks hold that an effect needs "
        "(others that were as high or low moved less). So it cannot be told."
    )


def test_what_is_asked_about_is_no_event_beside_itself() -> None:
    events = (*EVENTS, *(one for one in WORLD.events if one.start == START))
    words = told(decide(evidence(-8, 6), SETTINGS), SETTINGS, CONFIG, "Trafford", events)
    assert "Restorative conferences" not in words.text
    none = told(decide(evidence(-8, 6), SETTINGS), SETTINGS, CONFIG, "Trafford", ())
    assert "Other things happened" not in none.text


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-14.1, -1.04, "1.0 to 14.1 points lower"),
        (1.0, 14.1, "1.0 to 14.1 points higher"),
        (-14.1, 1.0, "14.1 points lower to 1.0 higher"),
        (-1.0, 2.0, "1.0 point lower to 2.0 higher"),
        (-14.1, -0.01, "less than 0.1 to 14.1 points lower"),
        (-14.1, 0.0, "14.1 points lower to no change"),
        (-14.1, 0.04, "14.1 points lower to no change"),
        (-0.04, 3.0, "no lower to 3.0 higher"),
        (-2.0, -2.0, "2.0 points lower"),
        (float("-inf"), float("inf"), "of any size"),
    ],
)
def test_ranges_in_words(low: float, high: float, said: str) -> None:
    assert range_words(low, high) == said


def test_effects_in_words() -> None:
    assert [points_words(one) for one in (-7.55, 1.0, 0.04, -0.04, 0.0)] == [
        "7.6 points lower", "1.0 point higher", "less than 0.1 points higher", "less than 0.1 points lower",
        "no different",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "half", "said"),
    [
        (-8, 6, "about 19 fewer re-plans started, {of}. It could be 5 to 33 fewer."),
        (0, 6, "hardly any change in re-plans started, {of}. It could be anything from 14 fewer to 14 more."),
        (4, 4, "about 9 more re-plans started, {of}. It could be none to 19 more."),
    ],
)  # fmt: skip
def test_the_size_in_whole_children(effect: float, half: float, said: str) -> None:
    entry = CONFIG.indicators[REPEAT]
    whole = said.format(of="out of 234 plans started in the year to March 2020")
    assert size_sentence(evidence(effect, half), entry, CONFIG) == f"Such an effect makes {whole}"
    assert size_sentence(evidence(effect, half, base=None), entry, CONFIG) == ""


def test_the_size_of_an_own_course_is_that_since_the_start() -> None:
    found = evidence(-8, 6, since=Difference(-30.4, -61.2, 0.3, 190, 801))
    assert size_sentence(found, CONFIG.indicators[REPEAT], CONFIG) == (
        "Such an effect makes about 30 fewer re-plans started, out of 801 plans started since the start. It could be "
        "none to 61 fewer."
    )


def test_a_full_effect_that_cannot_be_is_not_told() -> None:
    """With 2% of an effect there 4 points lower would be 200 in the end, of a figure of 29.1%."""
    told_of = "Full effect, if all of it came as expected"
    for full, said in ((-201.6, "too little could be there yet to say"), (80.0, "too little could be there yet to say"),
                       (-20.0, "20.0 points lower")):  # fmt: skip
        one = evidence(-4, 6, estimate=replace(estimate(-4, 6), full=full))
        table = verdict_table(decide(one, SETTINGS), SETTINGS, CONFIG, "Trafford")
        assert dict(table.iter_rows())[told_of] == said


def test_the_only_figure_since_the_start_is_told_as_one() -> None:
    one = evidence(-8, 6, estimate=replace(estimate(-8, 6), periods_after=1))
    assert in_words(one).answer.startswith(
        "The only figure since the start puts re-plans 8.0 points lower than expected"
    )


def test_when_it_was_counted() -> None:
    entries = CONFIG.indicators
    assert asked_words(END, entries[REPEAT], yearly=True) == "by the year to March 2020"
    assert asked_words(END, entries["open_2y_plus_percent"], yearly=True) == "by 31 March 2020"
    assert asked_words(END, entries[REPEAT], yearly=False) == "by March 2020"


# --- tables


def all_answers() -> Iterator[Verdict]:
    data: tuple[Data, ...] = ("published", "sample")
    for (effect, half), kind in product(((-8, 6), (8, 6), (-0.5, 1.8), (-1, 7)), data):
        yield decide(evidence(effect, half, asked=replace(ASKED, data=kind)), SETTINGS)
    yield decide(evidence(-8, 6, estimate=None, why_not="Its figures are hidden."), SETTINGS)
    yield decide(evidence(-8, 6, asked=replace(ASKED, start=None)), SETTINGS)


def test_tables_for_reading_have_no_holes() -> None:
    for verdict in all_answers():
        table = verdict_table(verdict, SETTINGS, CONFIG, "Trafford")
        assert table.null_count().sum_horizontal().item() == 0
        for what, said in table.iter_rows():
            assert not BROKEN.search(said), (what, said)
        words = told(verdict, SETTINGS, CONFIG, "Trafford", EVENTS)
        checks = checks_table(words.checks)
        assert checks.height == len(verdict.checks)
        assert set(checks["Result"]) <= {"passed", "failed", "could not be tried"}


def test_the_table_of_what_was_found() -> None:
    table = decide(evidence(-8, 6), SETTINGS).table
    rows = {row["item"]: row for row in table.iter_rows(named=True)}
    assert (rows["effect"]["value"], rows["effect"]["low"], rows["effect"]["high"]) == (-8, -14, -2)
    assert rows["in_plans"]["value"] == pytest.approx(-8 * 2.34)
    assert rows["there"]["value"] == 0.4
    assert table.filter(pl.col("value").is_null()).is_empty()


def test_what_moved_beside_it() -> None:
    found = beside(TRAFFORD, (2018, 2020), SETTINGS.verdict.beside, WORLD.figures, WORLD.has)
    table = beside_table(found, CONFIG, "Trafford", (2018, 2020))
    assert table.columns == ["Measure", "Trafford, 2018", "Trafford, 2020", "England, 2018", "England, 2020", "Source"]
    assert table.row(0)[:5] == ("Re-referrals within 12 months", "25.9%", "31.8%", "21.9%", "22.6%")
    assert beside_sentence(found, CONFIG, "Trafford", (2018, 2020)) == (
        "In Trafford, from 2018 to 2020: re-referrals within 12 months and section 47 enquiries per 10,000 children "
        "rose; plans started per 10,000 children and plans open per 10,000 children fell."
    )
    nowhere = beside("nobody", (2018, 1999), SETTINGS.verdict.beside, WORLD.figures, WORLD.has)
    assert set(beside_table(nowhere, CONFIG, "Nobody", (2018, 1999))["Nobody, 1999"]) == {"not published for this year"}
    assert beside_sentence(nowhere, CONFIG, "Nobody", (2018, 1999)).endswith("cannot be compared.")
