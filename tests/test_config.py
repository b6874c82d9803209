"""config/*.yaml: what is shipped is whole, and every fault is told with file, line, key and what was allowed."""

from pathlib import Path

import pytest
import yaml

from explorer.config import load_config
from explorer.errors import ConfigError
from explorer.world import load_world
from tests.fixtures import ROOT, Project, copied_project, faults, shipped_world

APP, BENCHMARKS, INDICATORS, SOURCES, GLOSSARY = (
    f"config/{name}.yaml" for name in ("app", "benchmarks", "indicators", "sources", "glossary")
)
FILES = (APP, BENCHMARKS, INDICATORS, SOURCES, GLOSSARY)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


def config_faults(project: Project) -> tuple[str, ...]:
    return faults(lambda: load_config(project.config), ConfigError)


def _entries(content: object, path: str) -> list[tuple[str, dict[str, object]]]:
    """Every mapping that holds no other mapping: the things that are said something about."""
    if not isinstance(content, dict):
        return []
    inner = [found for key, value in content.items() for found in _entries(value, f"{path}.{key}")]
    return inner or [(path, content)]


@pytest.mark.parametrize("file", FILES)
def test_every_entry_says_what_it_is_and_where_it_comes_from(file: str) -> None:
    entries = _entries(yaml.safe_load((ROOT / file).read_text(encoding="utf-8")), file)
    assert len(entries) >= 2
    silent = [
        f"{path}.{key}"
        for path, entry in entries
        for key in ("label", "description", "reference")
        if not str(entry.get(key) or "").strip()
    ]
    assert not silent


def test_the_objects_are_frozen() -> None:
    config = shipped_world().config
    with pytest.raises(Exception, match="frozen"):
        config.app.default_area = "356"  # type: ignore[misc]
    with pytest.raises(TypeError):
        config.indicators["new"] = config.indicators["plans_open"]  # type: ignore[index]


UNKNOWN_KEYS = [
    (
        INDICATORS,
        "\n  polarity: low",
        "\n  polarty: low",
        "repeat_plan_percent.polarty",
        "label, unit, polarity, period",
    ),
    (APP, "default_group:", "defalt_group:", "defalt_group", "default_area, default_group"),
    (BENCHMARKS, "    model: 2025", "    modle: 2025", "groups.neighbours-2025.modle", "label, short_label"),
    (BENCHMARKS, "  design_effect:", "  effect:", "uncertainty.effect", "label, unit, confidence, design_effect"),
    (SOURCES, "  licence:", "  license:", "published_measures.license", "label, kind, area"),
    (GLOSSARY, "  label: Median", "  labl: Median", "median.labl", "label, description, reference"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "allowed"), UNKNOWN_KEYS)
def test_an_unknown_key_is_told_with_the_ones_that_are_allowed(
    project: Project, file: str, old: str, new: str, key: str, allowed: str
) -> None:
    project.edit(file, old, new)
    place = f"{Path(file).name} line {project.line(file, new.strip())}"
    (told,) = (fault for fault in config_faults(project) if "unknown key" in fault)
    assert told.startswith(f"{place}: unknown key '{key}'; allowed: {allowed}")


MISSING_KEYS = [
    (INDICATORS, "  polarity: low\n", "repeat_plan_percent:", "repeat_plan_percent.polarity"),
    (BENCHMARKS, "  confidence: 0.95\n", "uncertainty:", "uncertainty.confidence"),
    (SOURCES, "  kind: areas\n", "areas:", "areas.kind"),
    (GLOSSARY, "  label: Median\n", "median:", "median.label"),
]


@pytest.mark.parametrize(("file", "gone", "owner", "key"), MISSING_KEYS)
def test_a_missing_key_is_told_at_the_line_of_its_owner(
    project: Project, file: str, gone: str, owner: str, key: str
) -> None:
    project.edit(file, gone, "")
    place = f"{Path(file).name} line {project.line(file, owner)}"
    assert f"{place}: the key '{key}' is missing." in config_faults(project)


WRONG_VALUES = [
    (
        INDICATORS,
        "\n  polarity: low",
        "\n  polarity: lower",
        "repeat_plan_percent.polarity",
        "'low', 'high' or 'none'",
    ),
    (
        INDICATORS,
        "  unit: percent",
        "  unit: per cent",
        "repeat_plan_percent.unit",
        "'percent', 'per_10k' or 'count'",
    ),
    (
        SOURCES,
        "  kind: areas\n",
        "  kind: area\n",
        "areas.kind",
        "'measures', 'areas', 'area_changes', 'neighbours', 'tiles', 'sample' or 'plan_records'",
    ),
    (BENCHMARKS, "    model: 2025", "    model: soon", "groups.neighbours-2025.model", "integer"),
    (BENCHMARKS, "  confidence: 0.95", "  confidence: 1", "uncertainty.confidence", "less than 1"),
    (
        BENCHMARKS,
        "  design_effect: 2.8",
        "  design_effect: 0.5",
        "uncertainty.design_effect",
        "greater than or equal",
    ),
    (GLOSSARY, "  label: Median", '  label: "  "', "median.label", "at least 1 character"),
    (APP, 'default_area: "358"', "default_area: 358", "default_area", "string"),
    (APP, "custom_group_limit: 30", "custom_group_limit: 0", "custom_group_limit", "greater than or equal to 1"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "allowed"), WRONG_VALUES)
def test_a_wrong_value_is_told_with_what_was_allowed(
    project: Project, file: str, old: str, new: str, key: str, allowed: str
) -> None:
    project.edit(file, old, new)
    (told,) = config_faults(project)
    assert told.startswith(f"{Path(file).name} line {project.line(file, new.strip())}: '{key}' is ")
    assert allowed in told


BAD_REFERENCES = [
    (
        INDICATORS,
        "  numerator: plans_started_repeat",
        "repeat_plan_percent.numerator",
        "plans_started, plans_started_",
    ),
    (INDICATORS, "  denominator: plans_started", "repeat_plan_percent.denominator", "plans_started, plans_started_"),
    (INDICATORS, "  denominator_rate: plans_ended_per_10k", "ended_2y_plus_percent.denominator_rate", "_per_10k, "),
    (INDICATORS, "  rate: plans_open_per_10k", "plans_open.rate", "plans_open_per_10k, plans_started_per_10k"),
    (APP, "default_group: neighbours-2025", "default_group", "neighbours-2025, neighbours-2021, region, england"),
]


@pytest.mark.parametrize(("file", "line", "key", "allowed"), BAD_REFERENCES)
def test_a_name_that_points_at_nothing_is_told_with_the_names_there_are(
    project: Project, file: str, line: str, key: str, allowed: str
) -> None:
    wrong = line.partition(": ")[0] + ": nothing_like_it"
    project.edit(file, line, wrong)
    (told,) = config_faults(project)
    assert told.startswith(
        f"{Path(file).name} line {project.line(file, wrong)}: '{key}' is 'nothing_like_it'; allowed: "
    )
    assert allowed in told


def test_a_count_may_not_be_made_of_a_rate(project: Project) -> None:
    project.edit(INDICATORS, "  numerator: plans_started_repeat", "  numerator: plans_open_per_10k")
    (told,) = config_faults(project)
    assert "'repeat_plan_percent.numerator' is 'plans_open_per_10k'; allowed: plans_open, plans_started" in told


def test_an_unknown_measure_to_open_on_is_told_with_its_line(project: Project) -> None:
    project.edit(APP, "opening_indicator: repeat_plan_percent", "opening_indicator: plans_opn")
    (told,) = config_faults(project)
    line = project.line(APP, "opening_indicator: plans_opn")
    assert told.startswith(f"app.yaml line {line}: 'opening_indicator' is 'plans_opn'; allowed: repeat_plan_")


RULES = [
    (INDICATORS, "  denominator: plans_started\n", "", "'numerator' and 'denominator' come together"),
    (INDICATORS, "  rate: plans_open_per_10k\n", "  denominator_rate: plans_open_per_10k\n", "needs a 'denominator'"),
    (INDICATORS, '"{value} plans were open"', '"{vlue} plans were open"', "'sentence' uses {vlue}; allowed"),
    (INDICATORS, '"{value} plans were open"', '"{value.real} plans"', "'sentence' uses {value.real}; allowed"),
    (INDICATORS, '"{value} plans were open"', '"{value plans were open"', "stray brace"),
    (
        BENCHMARKS,
        "    model: 2021\n",
        "",
        "'model' (a year) belongs to kind 'statistical_neighbours', and only there",
    ),
    (BENCHMARKS, "    kind: region\n", "    kind: region\n    model: 2021\n", "'model' (a year) belongs to kind"),
    (BENCHMARKS, "  lowest: 1\n", "  lowest: 7\n", "'lowest' must not be above 'highest'"),
    (INDICATORS, '"{value} plans were open"', '"plans were open"', "'sentence' must say value"),
]


@pytest.mark.parametrize(("file", "old", "new", "rule"), RULES)
def test_values_that_do_not_go_together_are_told(project: Project, file: str, old: str, new: str, rule: str) -> None:
    project.edit(file, old, new)
    (told,) = config_faults(project)
    assert rule in told
    assert told.startswith(f"{Path(file).name} line ")


def test_each_kind_of_table_has_exactly_one_source(project: Project) -> None:
    project.edit(SOURCES, "  kind: areas\n", "  kind: measures\n")
    assert config_faults(project) == (
        "sources.yaml: expected one source of kind 'measures', found 2.",
        "sources.yaml: expected one source of kind 'areas', found 0.",
    )


def test_faults_in_several_files_are_told_together(project: Project) -> None:
    project.edit(APP, "default_group:", "defalt_group:")
    project.edit(BENCHMARKS, "    model: 2025", "    model: soon")
    project.edit(INDICATORS, "\n  polarity: low", "\n  polarity: lower")
    project.edit(SOURCES, "  kind: areas\n", "  kind: area\n")
    project.edit(GLOSSARY, "  label: Median\n", "  label: Median\n  label: Middle\n")
    told = config_faults(project)
    assert {fault.split()[0].rstrip(":") for fault in told} == {Path(file).name for file in FILES}
    assert len(told) == 6  # the misspelt key is both unknown and missing


def test_every_missing_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    told = faults(lambda: load_config(tmp_path / "config"), ConfigError)
    every = ("config/serving.yaml", *FILES)
    assert sorted(told) == sorted(f"{Path(file).name}: the file is missing from config/." for file in every)


UNKNOWN_TO_THE_DATA = [
    (APP, 'default_area: "358"', 'default_area: "999"', "app.yaml", "'default_area' is '999', which is not an auth"),
    (APP, 'default_area: "358"', 'default_area: "E92000001"', "app.yaml", "which is not an authority"),
    (APP, "default_year: latest", "default_year: 1999", "app.yaml", "'1999'; allowed: latest, or 2013 to 2025"),
    (BENCHMARKS, "    model: 2021", "    model: 2022", "benchmarks.yaml", "'groups.neighbours-2021.model' is 2022"),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "what"), UNKNOWN_TO_THE_DATA)
def test_a_default_that_the_data_do_not_have_is_told(
    project: Project, file: str, old: str, new: str, where: str, what: str
) -> None:
    project.edit(file, old, new)
    (told,) = faults(lambda: load_world(project.config), ConfigError)
    assert told.startswith(where)
    assert what in told


def test_a_year_may_be_given_instead_of_the_latest(project: Project) -> None:
    project.edit(APP, "default_year: latest", "default_year: 2018")
    assert load_world(project.config).default_year == 2018


def test_a_wrong_year_is_told_once_by_its_own_key(project: Project) -> None:
    project.edit(APP, "default_year: latest", "default_year: soon")
    (told,) = config_faults(project)
    assert told.startswith(f"app.yaml line {project.line(APP, 'default_year')}: 'default_year' is 'soon'")


def test_a_key_that_is_not_text_is_told(project: Project) -> None:
    project.edit(INDICATORS, "plans_open:\n", "2025:\n")
    assert any("2025" in fault for fault in config_faults(project))


@pytest.mark.parametrize("sentence", ["{value:d} plans", "{value!z} plans", "{value:{numerator}} plans"])
def test_a_sentence_that_cannot_be_filled_in_is_told(project: Project, sentence: str) -> None:
    project.edit(INDICATORS, '"{value} plans were open"', f'"{sentence}"')
    assert any("sentence" in fault for fault in config_faults(project))


@pytest.mark.parametrize(("file", "old"), [(APP, "max_expansion_ratio: 100"), (BENCHMARKS, "design_effect: 2.8")])
def test_a_number_of_policy_is_finite(project: Project, file: str, old: str) -> None:
    key = old.partition(":")[0]
    project.edit(file, old, f"{key}: .inf")
    assert any(key in fault for fault in config_faults(project))
