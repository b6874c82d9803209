"""From what was found to the evidence of a verdict: published figures, and an authority's own course."""

import json
from datetime import date

import numpy as np
import pytest

from explorer.evaluation.alike import alike
from explorer.evaluation.controlled import Controlled, NoComparison, Question, compare
from explorer.evaluation.gathered import of_comparison, of_course, power_of
from explorer.evaluation.interrupted import Interrupted, NotAsked, evaluate, planned
from explorer.evaluation.panel import panel
from explorer.evaluation.path import step
from explorer.evaluation.power import Noticeable, period_ends
from explorer.evaluation.shares import Shares
from explorer.evaluation.variants import variants
from explorer.evaluation.verdict import Inquiry, Power, decide
from explorer.sentences.evaluation import told
from tests.fixtures import BROKEN, REPEAT, ROOT, TRAFFORD, shipped_world
from tests.test_before_after import found as before_after

WORLD = shipped_world()
SETTINGS = WORLD.evaluation
START, END = date(2018, 9, 1), date(2020, 3, 31)
INQUIRY = Inquiry(TRAFFORD, REPEAT, "restorative conferences", START, END, "published")
CODES = tuple(area.code for area in WORLD.areas.authorities)
NAMES = {area.code: area.label for area in WORLD.areas.authorities}


def test_what_could_be_noticed_by_then_and_when() -> None:
    days = [
        Noticeable(date(2019, 3, 31), 0.5, 30.0, 15.0, 10.0),
        Noticeable(END, 1.0, 9.0, 9.0, 6.0),
        Noticeable(date(2023, 3, 31), 1.0, 6.0, 6.0, 4.0),
    ]
    assert power_of(INQUIRY, days, "synthetic_did", SETTINGS) == Power(9.0, date(2023, 3, 31), "synthetic_did")
    assert power_of(INQUIRY, days[:2], "synthetic_did", SETTINGS) == Power(9.0, None, "synthetic_did")
    assert power_of(INQUIRY, days[2:], "synthetic_did", SETTINGS).smallest is None


def test_trafford_by_its_published_figures() -> None:
    """Whichever way it falls the answer follows the rules; by these figures it is that it cannot be told."""
    figures = panel(WORLD.table, REPEAT, CODES, stock=False)
    found = compare(figures, Question(TRAFFORD, step(START), END.year), SETTINGS)
    assert isinstance(found, Controlled)
    evidence = of_comparison(
        INQUIRY,
        found,
        variants(figures, found, SETTINGS, NAMES),
        alike(figures, TRAFFORD, START, END.year, 30),
        before_after(TRAFFORD, REPEAT, 2018, 2020),
    )
    assert (evidence.there, evidence.base, evidence.hidden) == (1.0, 234.0, False)
    assert evidence.fit is not None
    assert evidence.fit.as_bad is not None
    assert evidence.fit.as_bad + found.better_fitted == evidence.fit.others > 100
    verdict = decide(evidence, SETTINGS)
    assert evidence.estimate is not None
    assert evidence.estimate.lower < 0 < evidence.estimate.upper
    assert verdict.answer == "cannot_tell"
    words = told(verdict, SETTINGS, WORLD.config, "Trafford")
    assert words.about == "A finding from published figures."
    assert not any(BROKEN.search(line) for line in words.text.splitlines())


def test_what_cannot_be_asked_says_why() -> None:
    nobody = of_comparison(INQUIRY, NoComparison("Too many of its figures are hidden."))
    assert decide(nobody, SETTINGS).rule == "no_estimate"
    short = of_course(INQUIRY, NotAsked("There are too few months."))
    assert told(decide(short, SETTINGS), SETTINGS, WORLD.config, "Trafford").answer == (
        "It cannot be told from these figures. There are too few months."
    )


@pytest.mark.parametrize("months", [1, 3])
def test_an_own_course_is_counted_since_the_start(months: int) -> None:
    ends = period_ends(date(2015, 4, 1), months, 90 // months)
    generator = np.random.default_rng(3)
    wholes = tuple(22.0 * months for _ in ends)
    parts = tuple(float(generator.binomial(22 * months, 0.25)) for _ in ends)
    shares = Shares(ends, parts, wholes, 1 if months == 1 else 3)
    found = evaluate(shares, step(START), planned(shares.months, SETTINGS), SETTINGS)
    assert isinstance(found, Interrupted)
    evidence = of_course(INQUIRY, found)
    assert evidence.since == found.since
    assert evidence.in_plans == (found.since.number, found.since.lower, found.since.upper)
    assert evidence.there == 1.0
    assert decide(evidence, SETTINGS).answer in ("cannot_tell", "no_sign")


def test_few_authorities_are_told_an_effect_where_most_began_nothing() -> None:
    """What ``python -m bench.verdicts`` recorded of all English authorities; those highest before are no exception."""
    record = json.loads((ROOT / "bench/results/verdicts.json").read_text(encoding="utf-8"))
    answers = record["answers_percent"]
    assert len(answers) == 12
    for title, row in answers.items():
        everybody = "highest" not in title
        assert row["asked"] > (100 if everybody else 20), title
        assert row["consistent"] <= (3 if everybody else 7), title
        assert row["other_way"] <= (3 if everybody else 7), title
    assert all(90 <= share <= 99 for share in record["before_and_after_within_95_percent_range"].values())
