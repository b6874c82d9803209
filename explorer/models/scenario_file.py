"""A what-if as a file that people can read, write and send: a name, notes and only what differs."""

from collections.abc import Mapping
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from explorer.errors import ConfigError, DataError
from explorer.models.scenario_words import clean_area, clean_name, clean_notes, clean_version, clean_year
from explorer.models.scenarios import (
    GLOBALS,
    TIMING,
    Change,
    Scenario,
    global_range,
    lasts,
    number,
    only_differences,
    ranges,
    shown,
)
from explorer.models.what_if_entries import Intervention, Range, WhatIfSettings
from explorer.yaml_reader import Document, KeyPath, read_yaml

LASTS = "lasts"
KEYS = ("name", "notes", "data_version", "area", "year", *GLOBALS, "interventions")
_LONGEST_FAULT, _FAULTS_SHOWN = 400, 20
_COMMENT = """\
# A what-if of the Child Protection Planning Explorer. It holds only what differs from config/interventions.yaml:
# an idea that is listed is in use, {} means with its usual values, and an idea that is not listed is not in use.
"""


class _Given:
    """Text that came from somewhere else than a folder, in the shape that ``read_yaml`` reads."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self._text = name, text

    def read_text(self, encoding: str) -> str:
        """The text as it was given."""
        return self._text


def read_scenario(given: str | bytes, settings: WhatIfSettings, name: str = "the file") -> Scenario:
    """Read a stranger's what-if.

    Args:
        given: The content of the file.
        settings: What can be tried, and within which limits.
        name: What the file is called, for the sentences.

    Returns:
        The what-if without values that are the usual ones.

    Raises:
        DataError: one sentence for each fault (the first ones, where there are very many), each with the place
            and what was allowed.
    """
    name = shown(name).strip("'") or "the file"
    try:
        document = read_yaml(cast(Path, _Given(name, _text(given, settings, name))))
    except ConfigError as problem:
        raise _refused(list(problem.faults)) from None
    reading = _Reading(document, settings)
    scenario = reading.scenario()
    if reading.faults or scenario is None:
        raise _refused(reading.faults)
    return only_differences(scenario, settings)


def load_scenarios(folder: Path, settings: WhatIfSettings) -> Mapping[str, Scenario]:
    """The what-ifs of ``folder``/scenarios, by the name of their file without its ending, in the order of the names.

    Raises:
        ConfigError: with one sentence for every fault in every file.
    """
    found: dict[str, Scenario] = {}
    faults: list[str] = []
    for path in sorted((folder / "scenarios").glob("*.yaml")):
        try:
            found[path.stem] = read_scenario(path.read_bytes(), settings, path.name)
        except DataError as problem:
            faults += problem.faults
        except OSError as problem:
            faults.append(f"{path.name}: the file cannot be read ({problem.strerror}).")
    if faults:
        raise ConfigError(*faults)
    return MappingProxyType(found)


def _text(given: str | bytes, settings: WhatIfSettings, name: str) -> str:
    most = int(settings.files.max_bytes.value)
    size = len(given) if isinstance(given, bytes) else len(given.encode("utf-8", "surrogatepass"))
    if size > most:
        raise ConfigError(f"{name}: the file has {size:,} bytes; allowed: up to {most:,}.")
    if isinstance(given, str):
        return given.removeprefix("\ufeff")
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{name}: the file is not UTF-8 text; allowed: a text file such as the download.") from None


def _refused(faults: list[str]) -> DataError:
    """Short sentences on one line each, and no more than somebody reads."""
    lines = [" ".join("".join(sign if sign.isprintable() else " " for sign in fault).split()) for fault in faults]
    short = [line if len(line) <= _LONGEST_FAULT else f"{line[:_LONGEST_FAULT]}…" for line in lines]
    rest = len(short) - _FAULTS_SHOWN
    return DataError(*short[:_FAULTS_SHOWN], *([f"... and {rest} more faults."] if rest > 0 else []))


class _Reading:
    """Goes through the keys of one file and keeps a sentence for each fault."""

    def __init__(self, document: Document, settings: WhatIfSettings) -> None:
        self.document, self.settings = document, settings
        self.faults: list[str] = []

    def scenario(self) -> Scenario | None:
        """The what-if as far as it could be read."""
        content = self._keys(self.document.content, KEYS, ())
        files = self.settings.files
        name = clean_name(content.get("name"), int(files.longest_name.value))
        if name is None:
            words = f"text on one line, up to {files.longest_name.value:g} letters"
            self._refuse(("name",), content.get("name"), words, "name" not in content)
        checked: dict[str, Any] = {}
        for key, clean, words in (
            (
                "notes",
                lambda v: clean_notes(v, int(files.longest_notes.value)),
                f"text, up to {files.longest_notes.value:g} letters",
            ),
            ("data_version", clean_version, "up to 64 letters, digits, '.' and '-', in quotes"),
            ("area", clean_area, 'an authority\'s number in quotes, such as "358"'),
            ("year", clean_year, "a year such as 2025"),
        ):
            if content.get(key) is not None:
                checked[key] = clean(content[key])
                if checked[key] is None:
                    self._refuse((key,), content[key], words)
        for key in GLOBALS:
            if key in content:
                checked[key] = self._number(content[key], global_range(self.settings, key), (key,))
        changes = self._changes(content.get("interventions"))
        return None if name is None else Scenario(name, changes=changes, **checked)

    def _changes(self, content: object) -> tuple[Change, ...]:
        if content is None:
            return ()
        known = self.settings.interventions
        if not isinstance(content, dict):
            self._refuse(("interventions",), content, f"a group of these keys: {', '.join(known)}")
            return ()
        listed = self._keys(content, tuple(known), ("interventions",))
        return tuple(self._change(name, known[name], value) for name, value in listed.items())

    def _change(self, name: str, entry: Intervention, content: object) -> Change:
        path: KeyPath = ("interventions", name)
        allowed = ranges(entry, self.settings)
        keys = ("ratios", *allowed)
        if content is None:
            content = {}
        if not isinstance(content, dict):
            self._refuse(path, content, f"{{}}, or a group of these keys: {', '.join(keys)}")
            return Change(name)
        found = self._keys(content, keys, path)
        values: dict[str, Any] = {}
        for key, limits in allowed.items():
            if key not in found:
                continue
            if key == "fade_half_life_months" and found[key] in (None, LASTS):
                values[key] = inf
            else:
                values[key] = self._number(found[key], limits, (*path, key), f", or {LASTS}" * key.startswith("fade"))
        return Change(name, self._ratios(found.get("ratios"), entry, (*path, "ratios")), **values)

    def _ratios(self, content: object, entry: Intervention, path: KeyPath) -> tuple[tuple[str, float], ...]:
        names = tuple(effect.name for effect in entry.effects)
        if content is None:
            return ()
        if not isinstance(content, dict):
            self._refuse(path, content, f"a group of these keys: {', '.join(names)}")
            return ()
        limits = self.settings.settings.ratio
        found = {
            name: self._number(value, limits, (*path, name)) for name, value in self._keys(content, names, path).items()
        }
        return tuple((name, float(value)) for name, value in found.items() if value is not None)

    def _keys(self, content: dict[str, Any], allowed: tuple[str, ...], path: KeyPath) -> dict[str, Any]:
        """The keys that may stand there; a sentence for every other one."""
        for key in (key for key in content if key not in allowed):
            where = f" in '{'.'.join(map(str, path))}'" if path else ""
            self.faults.append(
                f"{self.document.at((*path, key))}: unknown key {shown(key)}{where}; allowed: {', '.join(allowed)}."
            )
        return {key: value for key, value in content.items() if key in allowed}

    def _number(self, value: object, limits: Range, path: KeyPath, other: str = "") -> float | int | None:
        found = number(value, limits)
        if found is None:
            self._refuse(path, value, f"{limits.allowed}{other}")
        return found

    def _refuse(self, path: KeyPath, value: object, allowed: str, missing: bool = False) -> None:
        said = "is missing" if missing else f"is {shown(value)}"
        self.faults.append(f"{self.document.at(path)}: '{'.'.join(map(str, path))}' {said}; allowed: {allowed}.")


def write_scenario(scenario: Scenario, settings: WhatIfSettings) -> str:
    """A what-if as YAML: a comment, its name and notes, and only what differs.

    ``read_scenario`` gives ``only_differences`` of it back, to the last digit.

    Raises:
        DataError: it names an idea that is not there, or its name or notes cannot stand in a file.
    """
    found = only_differences(scenario, settings)
    files = settings.files
    name = clean_name(found.name, int(files.longest_name.value))
    notes = clean_notes(found.notes, int(files.longest_notes.value))
    if name is None or notes is None:
        raise DataError(
            f"The name must be one line of up to {files.longest_name.value:g} letters, and the notes have up to "
            f"{files.longest_notes.value:g}, without signs that cannot be seen."
        )
    lines = [f"name: {_quoted(name)}"]
    if notes:
        lines += ["notes: |-", *(f"  {line}".rstrip() for line in notes.split("\n"))]
    lines += [
        f"{key}: {_quoted(value)}" for key in ("data_version", "area") if (value := getattr(found, key)) is not None
    ]
    lines += [f"{key}: {_written(value)}" for key in ("year", *GLOBALS) if (value := getattr(found, key)) is not None]
    lines += ["interventions:" if found.changes else "interventions: {}"]
    for change in found.changes:
        lines += _change_lines(change)
    return _COMMENT + "\n".join(lines) + "\n"


def _change_lines(change: Change) -> list[str]:
    lines = [f"    {key}: {_written(value)}" for key in TIMING if (value := getattr(change, key)) is not None]
    if change.ratios:
        lines += ["    ratios:", *(f"      {name}: {_written(value)}" for name, value in change.ratios)]
    return [f"  {change.intervention}:{'' if lines else ' {}'}", *lines]


def _written(value: float) -> str:
    """A number so that it is read back as the same one; YAML wants a point before an exponent."""
    if lasts(value):
        return LASTS
    mantissa, sign, exponent = repr(value).partition("e")
    return f"{mantissa}{'.0' if sign and '.' not in mantissa else ''}{sign}{exponent}"


def _quoted(text: str) -> str:
    """Text in double quotes; only these two signs mean something between them."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
