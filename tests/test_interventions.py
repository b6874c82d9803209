"""What can be tried and on what evidence: what ships, and every fault of the two files with its place."""

import shutil
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from explorer.config import load_config
from explorer.errors import ConfigError
from explorer.models.flow.inputs import BAND_STARTS, LEFT_ROWS, SINCE_STARTS
from explorer.models.impact_entries import SLOW
from explorer.models.impact_rules import direction
from explorer.models.interventions import load_interventions
from explorer.models.what_if_entries import EDGES
from tests.fixtures import ROOT, Project, faults

FILE, EVIDENCE = "config/interventions.yaml", "config/evidence.yaml"
SHIPPED = load_interventions(ROOT / "config")
METHODS = {  # methods: median and 80% interval; peer learning is this project's own
    ("restorative_conferences", "return"): (0.95, 0.80, 1.10),
    ("replan_oversight", "let_through"): (0.97, 0.85, 1.05),
    ("smarter_plans", "return"): (1.00, 0.90, 1.08),
    ("smarter_plans", "ending_second_year"): (1.05, 0.95, 1.20),
    ("iro_thinking_time", "return"): (1.00, 0.92, 1.08),
    ("commissioned_support", "return"): (0.82, 0.70, 0.98),
    ("peer_learning", "first_plans"): (1.00, 0.95, 1.05),
    ("peer_learning", "return"): (1.00, 0.95, 1.05),
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return Project(tmp_path)


def told(project: Project) -> tuple[str, ...]:
    return faults(lambda: load_interventions(project.config), ConfigError)


def test_the_six_ideas_ship_with_the_figures_of_the_methods() -> None:
    found = {
        (name, effect.name): (effect.ratio, effect.low, effect.high)
        for name, entry in SHIPPED.interventions.items()
        for effect in entry.effects
    }
    assert found == METHODS


def test_no_effect_and_harm_are_in_every_range() -> None:
    for entry in SHIPPED.interventions.values():
        for effect in entry.effects:
            least, most = effect.interval_95
            assert effect.lowest < 1 < effect.highest
            assert least < 1 < most


def test_the_spread_is_that_of_the_80_percent_interval() -> None:
    (effect,) = SHIPPED.interventions["restorative_conferences"].effects
    # ln 1.10 - ln 0.80 = 0.09531 + 0.22314 = 0.31845; a normal holds 80% within 1.28155 standard deviations
    # ln(0.95 / 0.80) / 1.28155 and ln(1.10 / 0.95) / 1.28155; 1.95996 of them either side
    assert effect.log_sds == pytest.approx((0.134098, 0.114396), abs=1e-5)
    assert effect.interval_95 == pytest.approx((0.95 * 0.76888, 0.95 * 1.25133), abs=1e-4)


def test_all_but_bought_support_are_called_judgement() -> None:
    said = {name: entry.strength for name, entry in SHIPPED.interventions.items()}
    assert said.pop("commissioned_support") == "moderate, from another country"
    assert set(said.values()) == {"judgement, no direct evidence"}
    assert SHIPPED.interventions["commissioned_support"].reach.value == 0.25


def test_the_studies_ship_with_their_figures() -> None:
    assert len(SHIPPED.evidence) == 12
    for name, figures in {
        "family_group_conference_trial": ("36.2%", "44.8%"),
        "leeds_family_valued": ("974", "515"),
        "hertfordshire_family_safeguarding": ("1,032", "530"),
        "safecare": ("0.74", "0.83"),
        "intensive_family_preservation": ("0.51", "0.60"),
        "rereferral_goldacre": ("32%", "58%"),
    }.items():
        assert all(figure in SHIPPED.evidence[name].result for figure in figures)
    assert SHIPPED.evidence["conference_practice"].year is None


def test_bands_are_those_of_the_engine() -> None:
    assert EDGES["ending"] == (*BAND_STARTS, None) == (0, 3, 6, 12, 24, None)
    assert EDGES["return_after_leaving"] == EDGES["return_in_pool"] == (*SINCE_STARTS, LEFT_ROWS) == (0, 12, 24, 120)
    slow = SHIPPED.interventions["smarter_plans"].effects[1]
    assert (slow.bands.start, slow.bands.stop) == (3, 4)


def test_the_numbers_of_the_model() -> None:
    model = SHIPPED.model
    assert (model.return_shape.value, model.return_years.value, model.draws.value) == (0.45, 10, 1000)
    assert sum(model.leaving_mix.weights) == pytest.approx(1)
    assert model.leaving_mix.weights[2] == pytest.approx(0.433)
    assert model.minimum_starts.value == 20


def test_every_entry_explains_itself() -> None:
    for entry in SHIPPED.interventions.values():
        for text in (entry.what, entry.description):
            assert text.endswith(".")
            assert "\n" not in text
        for number in (entry.reach, entry.workload):
            assert number is None or (number.description and number.reference)
    for study in SHIPPED.evidence.values():
        assert study.reading.endswith(".")


def test_nothing_of_it_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SHIPPED.model = None  # type: ignore[misc, assignment]
    with pytest.raises(ValidationError):
        SHIPPED.interventions["smarter_plans"].reach.value = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        SHIPPED.interventions["more"] = None  # type: ignore[index]
    assert {SHIPPED: 1}[SHIPPED] == 1


def test_the_other_files_of_config_do_not_mind(project: Project) -> None:
    assert load_config(project.config)
    assert load_interventions(project.config).interventions.keys() == SHIPPED.interventions.keys()


ONE_FAULT = {  # what is replaced, by what, the line that is named (None: that of the new text), what is said
    ("    code: rc\n", "    code: rc\n    colour: red\n"): (
        "colour",
        "unknown key 'interventions.restorative_conferences.colour'; allowed: code, label",
    ),
    ("        low: 0.80\n", ""): (
        "name: return",
        "the key 'interventions.restorative_conferences.effects.0.low' is missing",
    ),
    ("acts_on: gate", "acts_on: gates"): (
        "gates",
        "'gates'; allowed: 'return_after_leaving', 'return_in_pool', 'ending', 'first_starts' or 'gate'",
    ),
    ("to_months: 24", "to_months: 30"): (
        "from_months: 12",
        "goes from 12 to 30 months; allowed for 'ending': from one to a later one of 0, 3, 6, 12, 24, null",
    ),
    ("from_months: 12", "from_months: 24"): ("from_months: 24", "goes from 24 to 24 months"),
    ("acts_on: first_starts", "acts_on: first_starts\n        from_months: 0"): (
        "from_months: 0\n        label: First",
        "which has no bands; leave",
    ),
    ("        high: 0.98", "        high: 0.83"): (
        "ratio: 0.82",
        "(harm); allowed: 1 inside the slider (0.5 to 1.5) and inside the 95% range (0.64 to 0.84)",
    ),
    (
        "        low: 0.92\n        high: 1.08\n        lowest: 0.5\n        highest: 1.5",
        "        low: 0.92\n        high: 0.99\n        lowest: 0.5\n        highest: 1.0",
    ): ("ratio: 1.0\n        low: 0.92", "rise in this order"),
    (
        "        low: 0.85\n        high: 1.05\n        lowest: 0.5\n        highest: 1.2",
        "        low: 0.85\n        high: 1.05\n        lowest: 0.9\n        highest: 1.2",
    ): ("ratio: 0.97", "has a slider from 0.9 to 1.2; allowed: one that holds 0.85 to 1.05, within 0.1 to 10"),
    ("    start_month: 4", "    start_month: 0"): (
        "start_month: 0",
        "start_month' is 0; allowed: a whole number from 1 to 120",
    ),
    ("    start_month: 4", "    start_month: 4.5"): ("start_month: 4.5", "'4.5': Input should be a valid integer"),
    ("    ramp_months: 6", "    ramp_months: -1"): (
        "ramp_months: -1",
        "ramp_months' is -1; allowed: a whole number from 0 to 60",
    ),
    (
        "      value: 0.25\n      lowest: 0.0\n      highest: 1.0",
        "      value: 0.25\n      lowest: 0.0\n      highest: 2.0",
    ): ("lowest: 0.0\n      highest: 2.0", "goes from 0 to 2; allowed: a range that rises, within 0 to 1"),
    ("      value: 0.25", "      value: 1.25"): ("value: 1.25", "value' is 1.25; allowed: a number from 0 to 1"),
    ("      - safecare", "      - safecar"): (
        "- safecar",
        "'evidence' names 'safecar'; allowed: family_group_conference_trial",
    ),
    ("      - safecare", "      - intensive_family_preservation"): (
        "- intensive_family_preservation\n      - hertf",
        "twice; keep one",
    ),
    ("    code: ov", "    code: rc"): ("code: rc\n    label: Senior", "the code 'rc' stands twice; give each its own"),
    ("    code: ov", "    code: OV"): ("code: OV", "'code' is 'OV'; allowed: one to four small letters"),
    ("    label: SMARTER plans", "    label: Restorative conferences"): (
        "label: Restorative conferences\n    what: Assess",
        "the label 'Restorative conferences' stands twice",
    ),
    ("      - name: ending_second_year", "      - name: return"): (
        "name: return\n        code: e",
        "the name 'return' stands twice",
    ),
    (
        "        acts_on: ending\n        from_months: 12\n        to_months: 24",
        "        acts_on: return_after_leaving\n        from_months: 0\n        to_months: 12",
    ): (
        "name: ending_second_year",
        "'return' and 'ending_second_year' act on 'return_after_leaving' in the same months",
    ),
    ("        acts_on: first_starts\n", "        acts_on: gate\n"): (
        "name: first_plans",
        "a second effect with 'acts_on: gate'; allowed: one in the whole file",
    ),
    ("  6m_to_1y: 0.433", "  6m_to_1y: 0.533"): ("shares:", "the shares add up to 1.1; allowed"),
    ("  6m_to_1y: 0.433", "  6m_to_2y: 0.433"): ("shares:", "allowed: up_to_3m, 3m_to_6m, 6m_to_1y, 1y_to_2y, 2y_plus"),
    ("    value: 1000\n", "    value: 1000.5\n"): ("value: 1000.5", "'model.draws' is 1000.5; allowed: a whole number"),
    ("    value: 10\n", "    value: 12\n"): ("value: 12", "'model.return_years' is 12; allowed: 10"),
    ("    value: 36\n    lowest: 12", "    value: 66.5\n    lowest: 12"): (
        "value: 66.5",
        "'settings.months.value' is 66.5; allowed: a whole number from 12 to 120",
    ),
    ("    value: 0.3\n    lowest: 0.0", "    value: 0.3\n    lowest: -1.0"): ("lowest: -1.0", "within 0 to 1"),
    ("    step: 0.05\n", "    step: 0.0\n"): ("step: 0.0\n", "'settings.coupling.step' is 0; allowed: above 0"),
    ("      per: replan", "      per: week"): (
        "per: week",
        "'week'; allowed: 'conference', 'replan', 'plan_started', 'plan_ended' or 'month'",
    ),
}


@pytest.mark.parametrize("edit", ONE_FAULT, ids=lambda edit: edit[1].strip().splitlines()[0] if edit[1] else "left out")
def test_a_fault_is_told_with_its_place_and_what_is_allowed(project: Project, edit: tuple[str, str]) -> None:
    where, said = ONE_FAULT[edit]
    project.edit(FILE, *edit)
    line = project.text(FILE)[: project.text(FILE).index(where)].count("\n") + 1
    found = told(project)
    assert any(fault.startswith(f"interventions.yaml line {line}: ") and said in fault for fault in found), found


def test_what_belongs_to_a_gate_belongs_there_alone(project: Project) -> None:
    project.edit(FILE, "acts_on: gate", "acts_on: first_starts")
    said = [fault.split(": ", 1)[1] for fault in told(project)]
    assert said[:2] == [
        f"'{key}' belongs to an effect with 'acts_on: gate', and only there." for key in ("comes_back", "delay_months")
    ]
    assert said[2:] == ["'let_through' acts on 'first_starts', which does not move 'repeat_plan_percent' for good."]


# What is expected of an idea


def test_every_idea_says_what_it_should_move_and_restorative_conferences_when_they_began() -> None:
    found = {
        name: [(one.outcome, one.expected, one.path, one.through) for one in entry.impact]
        for name, entry in SHIPPED.interventions.items()
    }
    returning = [("repeat_plan_percent", "lower", "plan_flow", ("return",))]
    assert found == {
        "restorative_conferences": returning,
        "replan_oversight": [("repeat_plan_percent", "lower", "plan_flow", ("let_through",))],
        "smarter_plans": [
            ("open_2y_plus_percent", "lower", "plan_flow", ("ending_second_year",)),
            ("ended_2y_plus_percent", "lower", "plan_flow", ("ending_second_year",)),
            *returning,
        ],
        "iro_thinking_time": returning,
        "commissioned_support": returning,
        "peer_learning": returning,
    }
    began = {name: [(one.area, one.date) for one in entry.began] for name, entry in SHIPPED.interventions.items()}
    assert began.pop("restorative_conferences") == [("358", date(2018, 9, 1))]
    assert not any(began.values())
    conferences = SHIPPED.interventions["restorative_conferences"]
    assert conferences.start_in("358") is conferences.began[0]
    assert conferences.start_in("356") is None
    assert conferences.expected("open_2y_plus_percent") is None
    assert SHIPPED.interventions["smarter_plans"].expected("open_2y_plus_percent").sign == -1  # type: ignore[union-attr]


FIRST = "        path: plan_flow\n        reason: >-\n          Only a child"
EXPECTED_FAULTS = {  # what is replaced, by what, what is said
    (FIRST, FIRST.replace("plan_flow", "step")): (
        "'path' is 'step' for 'repeat_plan_percent': a conference can only change what comes after that plan ends, "
        "about 11 months later, and time has to pass; allowed: 'plan_flow', or 'ramp' with months."
    ),
    (FIRST, FIRST.replace("plan_flow", "ramp\n        delay_months: 0\n        rise_months: 6")): (
        "the ramp is over in less than 12 months, nearly a step for 'repeat_plan_percent'"
    ),
    (FIRST, FIRST.replace("plan_flow", "ramp")): "belong to 'path: ramp', both of them, and only there",
    (FIRST, FIRST.replace("plan_flow", "plan_flow\n        rise_months: 6")): "belong to 'path: ramp', both of them",
    (FIRST, FIRST.replace("plan_flow", "soon")): "'soon'; allowed: 'plan_flow', 'ramp' or 'step'",
    ("outcome: repeat_plan_percent", "outcome: reviews_on_time_percent"): (
        "'path' is 'plan_flow' for 'reviews_on_time_percent'; the plan model gives repeat_plan_percent"
    ),
    ("expected: lower", "expected: higher"): (
        "'repeat_plan_percent' is expected to be higher, but 'return' with its ratio of 0.95 moves it the other way"
    ),
    ("through: [return]", "through: [back]"): "'through' names 'back'; allowed: return.",
    ("        through: [return]\n", ""): "'through' is missing; allowed with 'plan_flow': return.",
    ("outcome: ended_2y_plus_percent", "outcome: open_2y_plus_percent"): "names 'open_2y_plus_percent' twice; keep one",
    ("through: [ending_second_year]", "through: [return]"): "does not move 'open_2y_plus_percent' for good",
    (
        "date: 2018-09-01\n",
        'date: 2018-09-01\n        reference: One\n      - area: "358"\n        date: 2019-09-01\n',
    ): "'began' names the area '358' twice; keep one",
    ("date: 2018-09-01", "date: September"): "began.0.date' is 'September'",
}


@pytest.mark.parametrize("edit", EXPECTED_FAULTS, ids=lambda edit: edit[1].strip().splitlines()[0] if edit[1] else "-")
def test_what_is_expected_has_to_fit_what_the_effects_do(project: Project, edit: tuple[str, str]) -> None:
    project.edit(FILE, *edit)
    assert any(EXPECTED_FAULTS[edit] in fault for fault in told(project)), told(project)


def test_a_ramp_and_a_step_stand_where_they_are_true(project: Project) -> None:
    ramp = "ramp\n        delay_months: 12\n        rise_months: 12"
    project.edit(FILE, FIRST, FIRST.replace("plan_flow", ramp))
    entry = load_interventions(project.config).interventions["restorative_conferences"]
    assert (entry.impact[0].delay_months, entry.impact[0].rise_months) == (12, 12)
    project.edit(FILE, ramp, "step")
    project.edit(FILE, "outcome: repeat_plan_percent", "outcome: reviews_on_time_percent")
    project.edit(FILE, "        through: [return]\n", "")
    assert load_interventions(project.config).interventions["restorative_conferences"].impact[0].path == "step"


def test_clearing_long_plans_does_not_lower_their_share_of_endings() -> None:
    slow = SHIPPED.interventions["smarter_plans"].effects[1]
    long = slow.model_copy(update={"from_months": 24, "to_months": None})
    assert [direction(slow, outcome) for outcome in SLOW] == [0, -1, -1]
    assert [direction(long, outcome) for outcome in SLOW] == [0, -1, 0]


def test_a_key_that_stands_twice(project: Project) -> None:
    project.edit(FILE, "    code: rc\n", "    code: rc\n    code: rd\n")
    (fault,) = told(project)
    assert "the key 'code' stands twice" in fault


def test_faults_of_both_files_are_told_at_once(project: Project) -> None:
    project.edit(FILE, "    code: rc\n", "    code: rc\n    colour: red\n")
    project.edit(EVIDENCE, "  strength: weak\n", "  strength: feeble\n")
    assert [fault.split(" ")[0] for fault in told(project)] == ["evidence.yaml", "interventions.yaml"]
    assert "'feeble'; allowed: 'strong', 'moderate', 'weak', 'mixed' or 'none'" in told(project)[0]


def test_a_missing_file_is_told(project: Project) -> None:
    (project.folder / EVIDENCE).unlink()
    assert told(project) == ("evidence.yaml: the file is missing from config/.",)


def test_two_studies_with_one_label(project: Project) -> None:
    project.edit(EVIDENCE, "  label: Supervision of social workers", "  label: Who comes back, and when")
    (fault,) = told(project)
    assert "'supervision_review' and 'recurrence_hindley' have the same label" in fault


def test_a_new_idea_is_a_yaml_edit(project: Project) -> None:
    text = project.text(FILE)
    start = text.index("  iro_thinking_time:")
    block = text[start : text.index("  commissioned_support:")]
    for old, new in (
        ("iro_thinking_time", "home_visits"),
        ("code: it", "code: hv"),
        ("Thinking time for", "Visits by"),
    ):
        block = block.replace(old, new, 1)
    project.write(FILE, text + "\n" + block.replace("return_after_leaving", "return_in_pool"))
    assert load_interventions(project.config).interventions["home_visits"].effects[0].acts_on == "return_in_pool"
