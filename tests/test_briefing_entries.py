"""briefing.yaml and the actions of interventions.yaml: every fault is told with its file, line and key."""

from pathlib import Path

import pytest

from explorer.briefing_entries import (
    ALWAYS,
    FACTS,
    INNER,
    OVERALL,
    PARTS,
    SLOTS,
    WORDS,
    load_briefing_settings,
    rules_of,
)
from explorer.errors import ConfigError
from explorer.world import load_world
from tests.fixtures import Project, copied_project, shipped_world

FILE = "config/briefing.yaml"
SETTINGS = shipped_world().briefing


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


def faults(project: Project) -> str:
    with pytest.raises(ConfigError) as told:
        load_briefing_settings(project.config)
    return str(told.value)


def test_every_rule_asks_for_what_there_is_and_everything_there_is_is_asked_for() -> None:
    """A fact that no rule asks for, or a placeholder in no words, would be worked out for nothing."""
    rules = [rule for _, rule in rules_of(SETTINGS)]
    asked = {name.rpartition(".")[2] for rule in rules for name in (*rule.when, *rule.unless)}
    told = {name for rule in rules for name in rule.placeholders}
    assert asked == FACTS | OVERALL
    assert told | {"count", "hidden_count"} == WORDS  # these two stand in cells
    assert ALWAYS <= WORDS
    assert {path[1] for path, _ in rules_of(SETTINGS) if path[0] in ("within", "sentences", "answer")} == {
        *INNER,
        *SLOTS,
        *PARTS,
    }


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("[shown, band, above_usual]", "[shown, bnad]", "sentences.finding.2.when", "asks for 'bnad'"),
        ("of: [plans_open], when: [zero]", "of: [plans_opne], when: [zero]", "sentences.finding.0.of", "plans_open"),
        ("{when: [invented]", "{when: [invanted]", "limits.0.when", "asks for 'invanted'"),
        ("when: [repeat_plan_percent.worse]", "when: [repeat.worse]", "questions.4.when", "asks for 'repeat.worse'"),
        ("when: [plans_open.zero]", "when: [zero]", "answer.plans.1.when", "asks for 'zero'"),
        (
            'when: [band, above_usual], say: ", above',
            'when: [bnad], say: ", above',
            "within.past.0.when",
            "asks for 'bnad'",
        ),
        ('say: "{whose} figure {when} was {value}."', 'say: "{whom}"', "sentences.figure.4.say", "'whom'; allowed:"),
        ('say: "{whose} figure {when} was {value}."', 'say: "{whose"', "sentences.figure.4.say", "cannot be read"),
        (
            "{when: [band], say:",
            "{when: [band], unless: [band], say:",
            "sentences.usual.2",
            "wants 'band' and does not",
        ),
        ("{when: [band], say:", "{wenn: [band], say:", "sentences.usual.2.wenn", "allowed: when, unless, of, say"),
        ("  - plans_open\n", "  - plans_open\n  - plans_open\n", "measures", "has 'plans_open' twice"),
        ("    value: 2.3\n", "    value: 1.5\n", "numbers.twice_to.value", "must be above 'twice_from'"),
        ("    value: 50\n", "    value: 50.5\n", "numbers.few.value", "allowed: a whole number"),
        ("end: 2018-08-31", "end: 2018-10-31", "told.0.end", "after it was told"),
        ("places: 1", "places: 2", "told.1.places", "allowed: 0 or 1"),
        ("  custom: the authorities picked here\n", "", "groups", "has nothing for custom"),
    ],
)
def test_a_fault_is_told_with_its_place(project: Project, old: str, new: str, key: str, said: str) -> None:
    project.edit(FILE, old, new)
    told = faults(project)
    assert f"'{key}'" in told
    assert said in told
    assert told.startswith("briefing.yaml line ") or "\nbriefing.yaml line " in told


def test_a_fault_of_a_sentence_names_its_own_line(project: Project) -> None:
    project.edit(FILE, "[hidden, bounded, number]", "[hidden, bounded, nummer]")
    assert f"briefing.yaml line {project.line(FILE, 'nummer')}: 'sentences.figure.5.when'" in faults(project)


@pytest.mark.parametrize("slot", ["finding", "figure"])
def test_there_is_always_a_title_and_a_figure(project: Project, slot: str) -> None:
    last = SETTINGS.sentences[slot][-1].say  # type: ignore[index]
    project.edit(FILE, f'    - {{say: "{last}"}}\n', "")
    assert f"'sentences.{slot}' must end with words that need nothing but" in faults(project)


def test_a_slot_that_is_not_there_is_told(project: Project) -> None:
    project.edit(FILE, "  newest:\n", "  newer:\n")
    assert "newer" in faults(project)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (FILE, '- {area: "358", told_on', '- {area: "359x", told_on', "'told.0' has the area '359x', which is not an"),
        (FILE, "indicator: plans_open, kind", "indicator: plans_opened, kind", "'told.0.indicator' is 'plans_opened'"),
        (
            "config/interventions.yaml",
            '  - area: "358"\n    intervention: restorative_conferences\n    what',
            '  - area: "1"\n    intervention: restorative_conferences\n    what',
            "'actions.0' has the area '1', which is not an authority",
        ),
        (
            "config/interventions.yaml",
            '  - area: "358"\n    intervention: restorative_conferences\n    what',
            '  - area: "358"\n    intervention: conferences\n    what',
            "'actions.0.intervention' is 'conferences'; allowed:",
        ),
        (
            "config/interventions.yaml",
            "started: 2018-09-01\n    status",
            "started: 2018-10-01\n    status",
            "'stood_on'",
        ),
        ("config/interventions.yaml", "status: in_use", "status: in use", "'in_use', 'done', 'under_way' or 'planned'"),
    ],
)
def test_what_was_told_and_is_done_points_at_what_there_is(
    project: Project, file: str, old: str, new: str, said: str
) -> None:
    project.edit(file, old, new)
    with pytest.raises(ConfigError) as told:
        load_world(project.config)
    assert said in str(told.value)
