"""The layout: imports point one way, each library stays in its room, and modules and functions stay short."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures import ROOT

# Low to high. A module may import from the rows above it and from its own room, never from a room beside it.
LEVELS = (
    ("explorer.errors", "explorer.wording", "explorer.version", "explorer.serving_names"),
    ("explorer.schema", "explorer.yaml_reader"),
    ("explorer.entries",),
    ("explorer.benchmark_entries", "explorer.briefing_entries", "explorer.serving_entries", "explorer.sharing_entries"),
    ("explorer.serving_stop",),
    ("explorer.config",),
    ("explorer.sources",),
    ("explorer.areas", "explorer.events"),
    ("explorer.indicators",),
    ("explorer.plan_indicators",),
    ("explorer.disclosure",),
    ("explorer.benchmarks", "explorer.models", "explorer.records"),
    ("explorer.evaluation", "explorer.nation"),
    ("explorer.sentences", "explorer.world"),
    ("explorer.inquiry", "explorer.provenance", "explorer.sweep"),
    ("explorer.briefing",),
    ("explorer.charts",),
    ("explorer.export", "explorer.store"),
    ("explorer.nation_commands",),
    ("explorer.record_commands",),
    ("explorer.model_commands", "explorer.pack_commands", "explorer.serving_command", "explorer.sweep_commands"),
    ("explorer.app", "explorer.__main__"),
    ("streamlit_app",),
)
HOMES = {  # library: the rooms that may import it
    "docx": ("explorer.export",),
    "streamlit": ("explorer.app", "streamlit_app"),
    "altair": ("explorer.charts",),
    "yaml": ("explorer.yaml_reader",),
    "pptx": ("explorer.export",),
    "sqlalchemy": ("explorer.store",),
    "alembic": ("explorer.store",),
    "pydantic": (
        "explorer.entries",
        "explorer.benchmark_entries",
        "explorer.briefing_entries",
        "explorer.serving_entries",
        "explorer.sharing_entries",
        "explorer.config",
        "explorer.sources",
        "explorer.models",
        "explorer.evaluation",
        "explorer.sweep",
    ),
    "distributed": ("explorer.sweep",),
}
LONGEST_MODULE, LONGEST_FUNCTION = 350, 60
LEVEL = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_name(path): path for path in (*sorted((ROOT / "explorer").rglob("*.py")), ROOT / "streamlit_app.py")}


def room(module: str) -> str:
    """The row entry of LEVELS that a module belongs to."""
    if module == "explorer":
        return "explorer.version"  # the package itself holds its version and nothing else
    return ".".join(module.split(".")[:2])


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


@cache
def imported(module: str) -> frozenset[str]:
    """Everything that a module imports, wherever in it the import stands; 'from a import b' is a.b if that is one."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name; write it out"
            source = node.module or ""
            found |= {f"{source}.{alias.name}" if f"{source}.{alias.name}" in FILES else source for alias in node.names}
    return frozenset(found)


OWN_IMPORTS = sorted(
    (module, other)
    for module in FILES
    for other in imported(module)
    if other.split(".")[0] in ("explorer", "streamlit_app")
)


@pytest.mark.parametrize("module", FILES)
def test_no_python_runs_in_the_threads_of_polars(module: str) -> None:
    """They wait for Python while a page that holds it waits for them: the whole server stands still for ever."""
    called = {node.attr for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}
    assert not called & {"map_elements", "map_batches", "map_groups", "map_rows"}


def test_the_walk_finds_the_package() -> None:
    assert {"explorer.config", "explorer.app.pages.briefing", "explorer.charts.theme", "streamlit_app"} <= set(FILES)
    assert ("explorer.world", "explorer.config") in OWN_IMPORTS
    assert ("explorer.app.pages.data", "explorer.app.cached") in OWN_IMPORTS
    assert len(OWN_IMPORTS) > 80


@pytest.mark.parametrize("module", FILES)
def test_every_module_has_a_level(module: str) -> None:
    assert room(module) in LEVEL, f"{module} is in no row of LEVELS: put it where it belongs"


@pytest.mark.parametrize("module", FILES)
def test_imports_point_one_way(module: str) -> None:
    wrong = [
        f"{module} may not import {other}"
        for importer, other in OWN_IMPORTS
        if importer == module and room(other) != room(module) and LEVEL[room(other)] >= LEVEL[room(module)]
    ]
    assert not wrong, "; ".join(wrong)


def test_models_and_benchmarks_know_nothing_of_charts_words_or_pages() -> None:
    above = ("explorer.sentences", "explorer.charts", "explorer.export", "explorer.app", "explorer.world")
    wrong = [
        (module, other)
        for module, other in OWN_IMPORTS
        if room(module) in ("explorer.models", "explorer.benchmarks") and room(other) in above
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Modules without anything left to wait for are taken away until none is left."""
    waiting = {module: {other for own, other in OWN_IMPORTS if own == module and other in FILES} for module in FILES}
    while ready := [module for module, others in waiting.items() if not others & waiting.keys()]:
        for module in ready:
            del waiting[module]
    assert not waiting, f"in a circle, or above one: {sorted(waiting)}"


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_room(library: str) -> None:
    users = {module for module in FILES if any(name.split(".")[0] == library for name in imported(module))}
    assert users
    strangers = sorted(module for module in users if room(module) not in HOMES[library])
    assert not strangers, f"{library} belongs in {HOMES[library]}, and is imported by {strangers}"


def test_the_core_reads_no_clock_and_rolls_no_dice() -> None:
    core = [module for module in FILES if LEVEL[room(module)] < LEVEL["explorer.app"]]
    clocks = {"time", "random", "secrets"}
    unforeseen = {"explorer.store.codes"}  # a code that could be worked out would not keep anybody out
    calls = {"now", "today", "utcnow"}
    wrong = [
        module
        for module in core
        if (imported(module) & clocks and module not in unforeseen)
        or any(isinstance(node, ast.Attribute) and node.attr in calls for node in ast.walk(tree(module)))
    ]
    assert wrong == []


@pytest.mark.parametrize("module", FILES)
def test_a_module_says_its_idea_and_stays_short(module: str) -> None:
    said = ast.get_docstring(tree(module))
    assert said, f"{module} has no docstring"
    assert said.splitlines()[0].rstrip().endswith((".", "?", ":")), f"{module}: the first line is a sentence"
    length = len(FILES[module].read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_MODULE, f"{module} has {length} lines"


def functions(module: str) -> list[tuple[str, int]]:
    """The functions of a module with their lines, from 'def' to the end."""
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_functions_are_found_with_their_lengths() -> None:
    assert ("half_up", 4) in functions("explorer.wording")


@pytest.mark.parametrize("module", FILES)
def test_a_function_stays_short(module: str) -> None:
    long = [f"{name} has {length} lines" for name, length in functions(module) if length > LONGEST_FUNCTION]
    assert not long, f"{module}: {'; '.join(long)}"


def test_no_room_is_called_after_nothing() -> None:
    assert not [module for module in FILES if set(module.split(".")) & {"utils", "util", "helpers", "common", "misc"}]
