"""The rules of the verdict in evaluation.yaml: what may be written there, and every fault named."""

from pathlib import Path

import pytest

from explorer.errors import ConfigError
from explorer.evaluation.settings import load_evaluation_settings
from explorer.evaluation.verdict_settings import CLAIMS, MUST, Condition
from tests.fixtures import Project, copied_project, faults, shipped_world

FILE = "config/evaluation.yaml"
SETTINGS = shipped_world().evaluation


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


def refused(project: Project) -> str:
    return " ".join(faults(lambda: load_evaluation_settings(project.config), ConfigError))


def test_the_shipped_rules_load_and_the_last_takes_everything() -> None:
    *others, last = SETTINGS.verdict.rules.values()
    assert not last.needs
    assert all(rule.needs for rule in others)
    assert {rule.answer for rule in (*others, last)} == {
        "consistent",
        "other_way",
        "no_sign",
        "cannot_tell",
        "not_asked",
    }


def test_measures_beside_are_measures() -> None:
    world = shipped_world()
    assert set(SETTINGS.verdict.beside) <= set(world.config.indicators)
    assert all(world.has(name, world.years[-1]) for name in SETTINGS.verdict.beside)


def test_a_fault_names_its_line(project: Project) -> None:
    project.edit(FILE, "needs: [no_start]", "needs: [no_beginning]")
    line = project.line(FILE, "no_beginning")
    assert f"evaluation.yaml line {line}: 'verdict.rules.no_start.needs.0' is 'no_beginning'; allowed:" in refused(
        project
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("({what}). So nothing can", "({how}). So nothing can", "unknown placeholder {how}; allowed: asked, date"),
        ("of {range} ({what})", "of {range ({what})", "cannot be filled in"),
        ("consistent with an effect of {range}", "an effect caused by {what} of {range}", "says 'caused'"),
        ("title: The figures end before the start", "title: It worked", "says 'worked'"),
        ("published: A finding from", "published: Proved by", "says 'Proved'"),
        ("one_series: Only", "one_series: Of {nobody} only", "unknown placeholder {nobody}"),
        ("{range} ({what}).", "{range:>9} ({what}).", "a placeholder stands alone in its brackets"),
        ("The records are invented.", "These are the records.", "'sample' has to say that the records are invented"),
        ("needs: [clear, hoped, checks_hold, effect_holds]", "needs: [hoped, checks_hold]",
         "the answer 'consistent' needs clear, effect_holds"),
        ("needs: [clear, unhoped, checks_hold, effect_holds]", "needs: [clear, hoped, checks_hold, effect_holds]",
         "the answer 'other_way' needs unhoped"),
        ("needs: [unclear, worth_left_out, checks_hold]", "needs: [unclear, checks_hold]",
         "the answer 'no_sign' needs worth_left_out"),
        ("needs: []", "needs: [unclear]", "the last of 'rules' has to take everything"),
        ("needs: [no_start]", "needs: []", "only the last of 'rules'"),
        ("    sample: The records are invented", "    samples: The records are invented", "samples"),
        ("  robust:\n", "  sturdy:\n", "sturdy"),
        ("    untried: fails\n", "    untried: maybe\n", "allowed: 'allowed' or 'fails'"),
        ("    needed: an_effect\n", "    needed: sometimes\n", "allowed: 'any_answer', 'an_effect' or 'none'"),
    ],
)  # fmt: skip
def test_what_may_not_be_written(project: Project, old: str, new: str, said: str) -> None:
    project.edit(FILE, old, new)
    assert said in refused(project)


def test_a_check_or_a_caveat_that_is_missing_is_named(project: Project) -> None:
    text = project.text(FILE)
    start, end = text.index("  time:\n    label: Long"), text.index("# Which answer is given.")
    project.write(FILE, text[:start] + text[end:])
    assert "'checks': has no time" in refused(project)
    line = next(line for line in text.splitlines() if line.startswith("    invented:"))
    project.write(FILE, text.replace(line + "\n", ""))
    assert "'caveats' has no invented" in refused(project)


def test_words_that_claim_too_much_are_told_from_others() -> None:
    for said in ("It caused this", "causing harm", "proven", "It works", "a success", "Thanks to it", "due to it"):
        assert CLAIMS.search(said), said
    for said in ("because", "improvement", "consistent with", "It is no proof", "approved by", "workers"):
        assert not CLAIMS.search(said), said


def test_no_answer_of_an_effect_can_be_had_from_a_range_that_holds_none() -> None:
    contrary: dict[Condition, Condition] = {"clear": "unclear", "hoped": "unhoped", "checks_hold": "checks_fail"}
    for rule in SETTINGS.verdict.rules.values():
        assert set(rule.needs) >= MUST.get(rule.answer, frozenset())
        assert not any(one in rule.needs and other in rule.needs for one, other in contrary.items())
