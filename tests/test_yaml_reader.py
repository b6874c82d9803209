"""Reading YAML: every fault is a ConfigError with the file and, where there is one, the line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer import yaml_reader
from explorer.errors import ConfigError
from explorer.yaml_reader import read_yaml
from tests.fixtures import ROOT, faults


def told(folder: Path, content: str | bytes) -> tuple[str, ...]:
    path = folder / "some.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return faults(lambda: read_yaml(path), ConfigError)


def test_content_and_the_line_of_every_key_and_list_entry(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("# a comment\ntitle: One\nwhat_if:\n  step: 0.05\n  list:\n    - a\n    - b\n")
    found = read_yaml(path)
    assert found.content == {"title": "One", "what_if": {"step": 0.05, "list": ["a", "b"]}}
    assert found.lines == {
        ("title",): 2,
        ("what_if",): 3,
        ("what_if", "step"): 4,
        ("what_if", "list"): 5,
        ("what_if", "list", 0): 6,
        ("what_if", "list", 1): 7,
    }


def test_a_key_that_is_not_there_is_placed_at_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("one: 1\nowner:\n  step: 0.05\n")
    found = read_yaml(path)
    assert found.at(("owner", "step")) == "some.yaml line 3"
    assert found.at(("owner", "missing", "deeper")) == "some.yaml line 2"
    assert found.at(("nowhere",)) == "some.yaml line 1"


def test_every_duplicate_key_is_told_with_both_its_lines(tmp_path: Path) -> None:
    assert told(tmp_path, "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\n") == (
        "some.yaml line 5: the key 'c' stands twice (first on line 3); keep one.",
        "some.yaml line 6: the key 'a' stands twice (first on line 1); keep one.",
    )


def test_the_same_key_in_two_places_is_no_duplicate(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("a:\n  label: x\nb:\n  label: y\n")
    assert read_yaml(path).content == {"a": {"label": "x"}, "b": {"label": "y"}}


BROKEN = {
    "a: 1\n\tb: 2\n": "some.yaml line 2: this is not valid YAML: ",
    'a: 1\nb: "open\n': "some.yaml line 3: this is not valid YAML: ",
    "a: [1, 2\nb: 3\n": "some.yaml line 2: this is not valid YAML: ",
    "a: 1\n---\nb: 2\n": "some.yaml line 2: this is not valid YAML: ",
    "a: *nothing\n": "some.yaml line 1: this is not valid YAML: found undefined alias",
    "a: !!python/object/apply:os.system ['true']\n": "some.yaml line 1: this is not valid YAML: could not determine",
    "a: \x00\n": "some.yaml: this is not valid YAML: ",
}


@pytest.mark.parametrize(("content", "start"), BROKEN.items())
def test_broken_yaml_is_told_with_its_line_where_there_is_one(tmp_path: Path, content: str, start: str) -> None:
    (fault,) = told(tmp_path, content)
    assert fault.startswith(start)


@pytest.mark.parametrize("content", ["", "# nothing\n", "- a\n- b\n", "just text\n", "5\n"])
def test_a_file_without_keys_at_its_top_is_refused(tmp_path: Path, content: str) -> None:
    assert told(tmp_path, content) == ("some.yaml: expected keys at the top level, such as 'label: ...'.",)


@pytest.mark.parametrize("content", ["a: &x {q: 1}\nb: *x\n", "a: &x [*x]\n"])
def test_an_alias_is_refused(tmp_path: Path, content: str) -> None:
    assert told(tmp_path, content) == ("some.yaml line 1: '&' anchors used twice are not allowed.",)


def test_a_missing_file_is_told_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    assert faults(lambda: read_yaml(folder / "app.yaml"), ConfigError) == (
        "app.yaml: the file is missing from config/.",
    )


def test_a_missing_file_of_the_folder_one_stands_in_is_told_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (fault,) = faults(lambda: read_yaml(Path("my.yaml")), ConfigError)
    assert fault == f"my.yaml: the file is missing from {tmp_path.name}/."


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, b"label: caf\xe9\n")
    assert fault.startswith("some.yaml: the file cannot be read as UTF-8 text (")


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").mkdir()
    (fault,) = faults(lambda: read_yaml(tmp_path / "app.yaml"), ConfigError)
    assert fault == "app.yaml: this is a folder; name a file in it."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(content=st.text(alphabet="ab:-[]{}&*!?#|>'\"% \n\t0.é~", max_size=40))
def test_any_text_is_read_or_refused_and_never_crashes(tmp_path: Path, content: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(content.encode())
    try:
        found = read_yaml(path)
    except ConfigError as problem:
        sentences = problem.faults
    else:
        sentences = ()
        assert isinstance(found.content, dict)
        assert all(1 <= line <= content.count("\n") + 1 for line in found.lines.values())
    assert all(fault.startswith("some.yaml") for fault in sentences)


@pytest.mark.parametrize("content", ["a: 2019-13-45\n", "a: 0b_\n", "a: !!int x\n", "a: !!binary x\n"])
def test_a_value_that_cannot_be_built_is_told(tmp_path: Path, content: str) -> None:
    (fault,) = told(tmp_path, content)
    assert fault.startswith("some.yaml")


def test_very_deep_nesting_is_refused(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, "a: " + "[" * 1500 + "]" * 1500 + "\n")
    assert fault.startswith("some.yaml")


@pytest.mark.parametrize("key", ["2025", "on", "~", "[a, b]", "<<"])
def test_a_key_that_is_not_text_is_told_with_its_line(tmp_path: Path, key: str) -> None:
    (fault,) = told(tmp_path, f"a: 1\n? {key}\n: {{b: 1}}\n")
    assert fault.startswith("some.yaml line 2: the key ")
    assert "is not text" in fault


def test_a_date_by_tag_that_is_none_is_told(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, "a: !!timestamp x\n")
    assert fault.startswith("some.yaml")


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "a:\n" + "- " * 200_000 + "x\n", "{a: " * 200_000])
def test_nesting_without_end_does_not_end_the_program(tmp_path: Path, text: str) -> None:
    (fault,) = told(tmp_path, text)
    assert fault.startswith("some.yaml")


def test_both_readers_find_the_same_in_every_file_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((ROOT / "config").rglob("*.yaml"))
    fast = [read_yaml(path) for path in files]
    monkeypatch.setattr(yaml_reader, "_FAST", None)
    assert [read_yaml(path) for path in files] == fast
